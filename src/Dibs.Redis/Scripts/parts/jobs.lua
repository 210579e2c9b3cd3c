-- Part "jobs": the record of a job, one string BASE:j:ID. docs/redis-layout.md has its form.
--   head   what changes while the job waits; then a bit per reservation: held
--   body   what never changes: digest, queue, reservations | after, run_at | method, parent, labels | content
--   run    from the first attempt or the end on: fence and times of the last attempt, incarnation, worker name
local STATE = { SCHEDULED = 0, BLOCKED = 1, READY = 2, RUNNING = 3, CANCELING = 4, COMPLETED = 5, FAILED = 6, CANCELED = 7 }
local REASON = { NONE = 0, CANCELED = 1, DEPENDENCY = 2, WORKER_LOST = 3, POISON = 11, RETURNED = 15 }
local MODE = { EXCLUSIVE = 0, SHARED = 1 }
local jobs = {
  FORMAT = 1,
  HEAD = '>BBbBBBI3I6I6I7I7I7I2I3',
  HEAD_SIZE = 47,
  RUN = '>I7I7I7I7I7BB',
  RUN_SIZE = 37,
  DIGEST_SIZE = 16,
  HAS_RUN_AT = 128,
  READ_AHEAD = 512,
  known = {},
  changed = {},
  tallies = {},
}

function jobs.key_of(id)
  return base .. ':j:' .. id
end

function jobs.is_final(job)
  return job.state >= STATE.COMPLETED
end

function jobs.is_running(job)
  return job.state == STATE.RUNNING or job.state == STATE.CANCELING
end

-- Read with a protected call: a key of a foreign type is no job of ours, and verify reports it.
function jobs.read(key, from, to)
  local bytes = redis.pcall('GETRANGE', key, from, to)
  if type(bytes) ~= 'string' then
    return ''
  end
  return bytes
end

-- The job, or false if there is none.
function jobs.find(id)
  local job = jobs.known[id]
  if job ~= nil then
    return job
  end
  local raw = jobs.read(jobs.key_of(id), 0, jobs.READ_AHEAD - 1)
  if #raw < jobs.HEAD_SIZE or string.byte(raw, 1) ~= jobs.FORMAT then
    jobs.known[id] = false
    return false
  end
  local _, code, priority, dependencies, blockers, reserves, attempt, seq, ticket, created_at, admitted_at, ready_at, facts, body =
    struct.unpack(jobs.HEAD, raw)
  local state, kind = code % 8, code % 16
  job = {
    id = id, raw = raw, whole = #raw < jobs.READ_AHEAD, start = jobs.HEAD_SIZE + math.ceil(reserves / 8),
    state = state, is_retryable = kind >= 8, reason = (code - kind) / 16, priority = priority, dependencies = dependencies, blockers = blockers, reserves = reserves,
    attempt = attempt, seq = seq, ticket = ticket, created_at = created_at, admitted_at = admitted_at, ready_at = ready_at,
    facts = facts, body = body,
  }
  jobs.known[id] = job
  return job
end

-- Bytes of the record, from and to counted from 0; read again only where find did not read so far.
function jobs.bytes_of(job, from, to)
  if job.whole or to < #job.raw then
    return string.sub(job.raw, from + 1, to + 1)
  end
  return jobs.read(jobs.key_of(job.id), from, to)
end

function jobs.facts_of(job)
  job.fact_bytes = job.fact_bytes or jobs.bytes_of(job, job.start, job.start + job.facts - 1)
  return job.fact_bytes
end

function jobs.body_of(job)
  return jobs.bytes_of(job, job.start, job.start + job.body - 1)
end

-- A name of 1 to 256 bytes is written with its length less one in front.
function jobs.take_name(bytes, at)
  local length = string.byte(bytes, at) + 1
  return string.sub(bytes, at + 1, at + length), at + 1 + length
end

function jobs.queue_of(job)
  if not job.queue then
    job.queue, job.after_queue = jobs.take_name(jobs.facts_of(job), jobs.DIGEST_SIZE + 1)
  end
  return job.queue
end

-- Its reservations in order: {resource, mode, capacity (0: none), held}.
function jobs.places_of(job)
  if job.places then
    return job.places
  end
  jobs.queue_of(job)
  local bytes = jobs.facts_of(job)
  local at = job.after_queue
  local places = {}
  for n = 1, job.reserves do
    local kind = string.byte(bytes, at)
    local place = { mode = kind == 0 and MODE.EXCLUSIVE or MODE.SHARED, capacity = 0 }
    at = at + 1
    if kind == 2 then
      place.capacity = struct.unpack('>I4', bytes, at)
      at = at + 4
    end
    place.resource, at = jobs.take_name(bytes, at)
    local bits = string.byte(job.raw, jobs.HEAD_SIZE + math.floor((n - 1) / 8) + 1)
    place.held = bit.band(bits, bit.lshift(1, (n - 1) % 8)) ~= 0
    places[n] = place
  end
  job.places = places
  job.after_places = at
  return places
end

-- Ids of the jobs it comes after, when it is due (0: no time was given), and where these conditions begin and end in the facts.
function jobs.conditions_of(job)
  jobs.places_of(job)
  local bytes = jobs.facts_of(job)
  local at = job.after_places
  local after = {}
  local count = string.byte(bytes, at) % jobs.HAS_RUN_AT
  local has_run_at = string.byte(bytes, at) > count
  at = at + 1
  for n = 1, count do
    after[n], at = jobs.take_name(bytes, at)
  end
  if not has_run_at then
    return after, 0, job.after_places, at
  end
  return after, struct.unpack('>I7', bytes, at), job.after_places, at + 7
end

-- Method, parent, labels and content.
function jobs.rest_of(job)
  local _, _, _, rest = jobs.conditions_of(job)
  return string.sub(jobs.body_of(job), rest)
end

function jobs.run_of(job)
  if job.run then
    return job.run
  end
  local from = job.start + job.body
  local bytes = jobs.bytes_of(job, from, from + jobs.RUN_SIZE + 600)
  local run = { fence = 0, started_at = 0, canceling_at = 0, finished_at = 0, ended_at = 0, reason = 0, losses = 0, incarnation = '', worker = '' }
  if #bytes >= jobs.RUN_SIZE then
    local code, size, length
    run.fence, run.started_at, run.canceling_at, run.finished_at, run.ended_at, code, size = struct.unpack(jobs.RUN, bytes)
    run.reason = code % 16
    run.losses = (code - run.reason) / 16
    run.incarnation = string.sub(bytes, jobs.RUN_SIZE + 1, jobs.RUN_SIZE + size)
    length = struct.unpack('>I2', bytes, jobs.RUN_SIZE + size + 1)
    run.worker = string.sub(bytes, jobs.RUN_SIZE + size + 3, jobs.RUN_SIZE + size + 2 + length)
  end
  job.run = run
  return run
end

function jobs.touch(job)
  if not job.changed then
    job.changed = true
    jobs.changed[#jobs.changed + 1] = job
  end
end

function jobs.touch_run(job)
  job.run_changed = true
  jobs.touch(job)
end

function jobs.tally(queue, state, difference)
  local counts = jobs.tallies[queue]
  if not counts then
    counts = {}
    jobs.tallies[queue] = counts
  end
  counts[state] = (counts[state] or 0) + difference
end

function jobs.move(job, state)
  local queue = jobs.queue_of(job)
  jobs.tally(queue, job.state, -1)
  jobs.tally(queue, state, 1)
  job.state = state
  jobs.touch(job)
end

function jobs.head_bytes(job)
  local head = struct.pack(jobs.HEAD, jobs.FORMAT, job.reason * 16 + (job.is_retryable and 8 or 0) + job.state, job.priority, job.dependencies, job.blockers, job.reserves,
    job.attempt, job.seq, job.ticket, job.created_at, job.admitted_at, job.ready_at, job.facts, job.body)
  if job.reserves == 0 then
    return head
  end
  if not job.places then
    return head .. string.sub(job.raw, jobs.HEAD_SIZE + 1, job.start)
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

function jobs.run_bytes(run)
  return struct.pack(jobs.RUN, run.fence, run.started_at, run.canceling_at, run.finished_at, run.ended_at, run.losses * 16 + run.reason, #run.incarnation)
    .. run.incarnation .. struct.pack('>I2', #run.worker) .. run.worker
end

function jobs.save()
  for _, job in ipairs(jobs.changed) do
    local key = jobs.key_of(job.id)
    if job.new_body then
      call('SET', key, jobs.head_bytes(job) .. job.new_body .. (job.run_changed and jobs.run_bytes(job.run) or ''))
    elseif not job.pruned then
      call('SETRANGE', key, 0, jobs.head_bytes(job))
      if job.run_changed then
        call('SETRANGE', key, job.start + job.body, jobs.run_bytes(job.run))
      end
    end
  end
end

function jobs.save_tallies()
  for queue, counts in pairs(jobs.tallies) do
    for state, difference in pairs(counts) do
      if difference ~= 0 and call('HINCRBY', base .. ':counts', state .. queue, difference) == 0 then
        call('HDEL', base .. ':counts', state .. queue)
      end
    end
  end
end

-- Fixed width, so that equal scores are ordered by the number.
function jobs.numbered(number, id)
  return struct.pack('>I7', number) .. id
end
