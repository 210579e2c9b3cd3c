-- Part "jobs": the record of a job, one string BASE:j:ID. docs/redis-layout.md has its form.
--   head   what changes while the job waits; then a bit per reservation: held
--   body   what never changes: digest, queue, reservations | after, run_at | method, parent, labels | content
--   run    from the first attempt or the end on: fence and times of the last attempt, incarnation, worker name
local SCHEDULED, BLOCKED, READY, RUNNING, CANCELING, COMPLETED, FAILED, CANCELED = 0, 1, 2, 3, 4, 5, 6, 7
local REASON_NONE, REASON_CANCELED, REASON_DEPENDENCY, REASON_WORKER_LOST, REASON_RETURNED = 0, 1, 2, 3, 15
local FORMAT = 1
local HEAD = '>BBbBBBI3I6I6I7I7I7I2I3'
local HEAD_SIZE = struct.size(HEAD)
local RUN = '>I7I7I7I7I7BB'
local RUN_FIXED = struct.size(RUN)
local DIGEST_SIZE = 16
local READ_AHEAD = 512
local EXCLUSIVE, SHARED = 0, 1

local jobs = {}
local changed_jobs = {}
local tallies = {}

local function job_key(id)
  return base .. ':j:' .. id
end

local function is_final(job)
  return job.state >= COMPLETED
end

local function is_running(job)
  return job.state == RUNNING or job.state == CANCELING
end

-- Read with a protected call: a key of a foreign type is no job of ours, and verify reports it.
local function read(key, from, to)
  local bytes = redis.pcall('GETRANGE', key, from, to)
  if type(bytes) ~= 'string' then
    return ''
  end
  return bytes
end

-- The job, or false if there is none.
local function find(id)
  local job = jobs[id]
  if job ~= nil then
    return job
  end
  local raw = read(job_key(id), 0, READ_AHEAD - 1)
  if #raw < HEAD_SIZE or string.byte(raw, 1) ~= FORMAT then
    jobs[id] = false
    return false
  end
  local format, state
  job = { id = id, raw = raw, whole = #raw < READ_AHEAD }
  format, state, job.priority, job.dependencies, job.blockers, job.reserves, job.attempt, job.seq, job.ticket, job.created_at,
    job.admitted_at, job.ready_at, job.facts, job.body = struct.unpack(HEAD, raw)
  job.state = state % 16
  job.reason = (state - job.state) / 16
  job.start = HEAD_SIZE + math.ceil(job.reserves / 8)
  jobs[id] = job
  return job
end

-- Bytes of the record, from and to counted from 0; read again only where find did not read so far.
local function bytes_of(job, from, to)
  if job.whole or to < #job.raw then
    return string.sub(job.raw, from + 1, to + 1)
  end
  return read(job_key(job.id), from, to)
end

local function facts_of(job)
  job.fact_bytes = job.fact_bytes or bytes_of(job, job.start, job.start + job.facts - 1)
  return job.fact_bytes
end

local function body_of(job)
  return bytes_of(job, job.start, job.start + job.body - 1)
end

-- A name of 1 to 256 bytes is written with its length less one in front.
local function take_name(bytes, at)
  local length = string.byte(bytes, at) + 1
  return string.sub(bytes, at + 1, at + length), at + 1 + length
end

local function queue_of(job)
  if not job.queue then
    job.queue, job.after_queue = take_name(facts_of(job), DIGEST_SIZE + 1)
  end
  return job.queue
end

-- Its reservations in order: {resource, mode, capacity (0: none), held}.
local function places_of(job)
  if job.places then
    return job.places
  end
  queue_of(job)
  local bytes = facts_of(job)
  local at = job.after_queue
  local places = {}
  for n = 1, job.reserves do
    local kind = string.byte(bytes, at)
    local place = { mode = kind == 0 and EXCLUSIVE or SHARED, capacity = 0 }
    at = at + 1
    if kind == 2 then
      place.capacity = struct.unpack('>I4', bytes, at)
      at = at + 4
    end
    place.resource, at = take_name(bytes, at)
    local bits = string.byte(job.raw, HEAD_SIZE + math.floor((n - 1) / 8) + 1)
    place.held = bit.band(bits, bit.lshift(1, (n - 1) % 8)) ~= 0
    places[n] = place
  end
  job.places = places
  job.after_places = at
  return places
end

-- Ids of the jobs it comes after, when it is due (0: no time was given), and where these conditions begin and end in the facts.
local function conditions_of(job)
  places_of(job)
  local bytes = facts_of(job)
  local at = job.after_places
  local after = {}
  local count = string.byte(bytes, at)
  at = at + 1
  for n = 1, count do
    after[n], at = take_name(bytes, at)
  end
  local run_at = struct.unpack('>I7', bytes, at)
  return after, run_at, job.after_places, at + 7
end

-- Method, parent, labels and content.
local function rest_of(job)
  local _, _, _, rest = conditions_of(job)
  return string.sub(body_of(job), rest)
end

local function run_of(job)
  if job.run then
    return job.run
  end
  local from = job.start + job.body
  local bytes = bytes_of(job, from, from + RUN_FIXED + 600)
  local run = { fence = 0, started_at = 0, canceling_at = 0, finished_at = 0, ended_at = 0, reason = 0, incarnation = '', worker = '' }
  if #bytes >= RUN_FIXED then
    local size, length
    run.fence, run.started_at, run.canceling_at, run.finished_at, run.ended_at, run.reason, size = struct.unpack(RUN, bytes)
    run.incarnation = string.sub(bytes, RUN_FIXED + 1, RUN_FIXED + size)
    length = struct.unpack('>I2', bytes, RUN_FIXED + size + 1)
    run.worker = string.sub(bytes, RUN_FIXED + size + 3, RUN_FIXED + size + 2 + length)
  end
  job.run = run
  return run
end

local function touch(job)
  if not job.changed then
    job.changed = true
    changed_jobs[#changed_jobs + 1] = job
  end
end

local function touch_run(job)
  job.run_changed = true
  touch(job)
end

local function tally(queue, state, difference)
  local field = state .. queue
  tallies[field] = (tallies[field] or 0) + difference
end

local function move(job, state)
  local queue = queue_of(job)
  tally(queue, job.state, -1)
  tally(queue, state, 1)
  job.state = state
  touch(job)
end

local function head_bytes(job)
  local head = struct.pack(HEAD, FORMAT, job.reason * 16 + job.state, job.priority, job.dependencies, job.blockers, job.reserves,
    job.attempt, job.seq, job.ticket, job.created_at, job.admitted_at, job.ready_at, job.facts, job.body)
  if job.reserves == 0 then
    return head
  end
  if not job.places then
    return head .. string.sub(job.raw, HEAD_SIZE + 1, job.start)
  end
  local bits = {}
  for n = 1, math.ceil(job.reserves / 8) do
    bits[n] = 0
  end
  for n, place in ipairs(job.places) do
    if place.held then
      local byte = math.floor((n - 1) / 8) + 1
      bits[byte] = bits[byte] + 2 ^ ((n - 1) % 8)
    end
  end
  return head .. string.char(unpack(bits))
end

local function run_bytes(run)
  return struct.pack(RUN, run.fence, run.started_at, run.canceling_at, run.finished_at, run.ended_at, run.reason, #run.incarnation)
    .. run.incarnation .. struct.pack('>I2', #run.worker) .. run.worker
end

local function save_jobs()
  for _, job in ipairs(changed_jobs) do
    local key = job_key(job.id)
    if job.new_body then
      call('SET', key, head_bytes(job) .. job.new_body .. (job.run_changed and run_bytes(job.run) or ''))
    elseif not job.pruned then
      call('SETRANGE', key, 0, head_bytes(job))
      if job.run_changed then
        call('SETRANGE', key, job.start + job.body, run_bytes(job.run))
      end
    end
  end
  for field, difference in pairs(tallies) do
    if difference ~= 0 and call('HINCRBY', base .. ':counts', field, difference) == 0 then
      call('HDEL', base .. ':counts', field)
    end
  end
end

-- Fixed width, so that equal scores are ordered by the number.
local function numbered(number, id)
  return struct.pack('>I7', number) .. id
end
