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
  -- A text of size c0 is as long as the number before it says, which is taken with it.
  RUN = '>I7I7I7I7I7BBc0I2c0',
  RUN_SIZE = 39,
  DIGEST_SIZE = 16,
  HAS_RUN_AT = 128,
  READ_AHEAD = 512,
  LAST_READ = '511',
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
  return bytes.err and '' or bytes
end

-- Where the body begins in a record: behind the head and a byte for every eight reservations.
function jobs.start_of(reserves)
  local bits = reserves + 7
  return jobs.HEAD_SIZE + (bits - bits % 8) / 8
end

-- The job, or false if there is none. Its first bytes are read, or the whole record at once where all of it will be needed.
function jobs.find(id, all)
  local job = jobs.known[id]
  if job ~= nil then
    return job
  end
  local key = jobs.key_of(id)
  local raw = jobs.read(key, '0', all and '-1' or jobs.LAST_READ)
  if #raw < jobs.HEAD_SIZE or byte(raw) ~= jobs.FORMAT then
    jobs.known[id] = false
    return false
  end
  local _, code, priority, dependencies, blockers, reserves, attempt, seq, ticket, created_at, admitted_at, ready_at, facts, body =
    unpack_bytes(jobs.HEAD, raw)
  local state, kind = code % 8, code % 16
  job = {
    id = id, key = key, raw = raw, whole = all or #raw < jobs.READ_AHEAD, start = jobs.start_of(reserves),
    state = state, is_retryable = kind >= 8, reason = (code - kind) / 16, priority = priority, dependencies = dependencies, blockers = blockers, reserves = reserves,
    attempt = attempt, seq = seq, ticket = ticket, created_at = created_at, admitted_at = admitted_at, ready_at = ready_at,
    facts = facts, body = body,
  }
  jobs.known[id] = job
  return job
end

-- Bytes of the record, from and to counted from 0; read again only where find did not read so far.
function jobs.bytes_of(job, from, to)
  if job.new_body then
    return sub(job.new_body, from - job.start + 1, to - job.start + 1)
  elseif job.whole or to < #job.raw then
    return sub(job.raw, from + 1, to + 1)
  end
  return jobs.read(job.key, from, to)
end

-- Bytes that contain the facts, and where the facts begin in them, from 1 on.
function jobs.facts_in(job)
  if job.new_body then
    return job.new_body, 1
  elseif job.start + job.facts <= #job.raw then
    return job.raw, job.start + 1
  end
  job.fact_bytes = job.fact_bytes or jobs.bytes_of(job, job.start, job.start + job.facts - 1)
  return job.fact_bytes, 1
end

-- A name of 1 to 256 bytes is written with its length less one in front.
function jobs.take_name(bytes, at)
  local last = at + byte(bytes, at) + 1
  return sub(bytes, at + 1, last), last + 1
end

function jobs.queue_of(job)
  if not job.queue then
    local bytes, at = jobs.facts_in(job)
    job.queue = jobs.take_name(bytes, at + jobs.DIGEST_SIZE)
  end
  return job.queue
end

-- Its reservations in order: {resource, mode, capacity (0: none), held}.
function jobs.places_of(job)
  if job.places then
    return job.places
  end
  local bytes, start = jobs.facts_in(job)
  local places, at = {}, nil
  job.queue, at = jobs.take_name(bytes, start + jobs.DIGEST_SIZE)
  local bits = 0
  for n = 1, job.reserves do
    if n % 8 == 1 then
      bits = job.raw and byte(job.raw, jobs.start_of(n)) or 0
    end
    local held = bits % 2
    bits = (bits - held) / 2
    local kind = byte(bytes, at)
    local capacity = 0
    if kind == 2 then
      capacity = unpack_bytes('>I4', bytes, at + 1)
      at = at + 4
    end
    local resource, after = jobs.take_name(bytes, at + 1)
    at = after
    places[n] = { resource = resource, mode = kind == 0 and MODE.EXCLUSIVE or MODE.SHARED, capacity = capacity, held = held == 1 }
  end
  job.places = places
  job.places_size = at - start
  return places
end

function jobs.run_of(job)
  if job.run then
    return job.run
  end
  local from = job.start + job.body
  local bytes, before = job.raw, from
  if not job.whole then
    bytes, before = jobs.bytes_of(job, from, from + jobs.RUN_SIZE + 600), 0
  end
  local fence, started_at, canceling_at, finished_at, ended_at, code, incarnation, worker = 0, 0, 0, 0, 0, 0, '', ''
  if #bytes >= before + jobs.RUN_SIZE then
    fence, started_at, canceling_at, finished_at, ended_at, code, incarnation, worker = unpack_bytes(jobs.RUN, bytes, before + 1)
  end
  local reason = code % 16
  job.run = { fence = fence, started_at = started_at, canceling_at = canceling_at, finished_at = finished_at, ended_at = ended_at,
    reason = reason, losses = (code - reason) / 16, incarnation = incarnation, worker = worker }
  return job.run
end

function jobs.touch(job)
  if not job.changed then
    job.changed = true
    jobs.changed[#jobs.changed + 1] = job
  end
end

-- By how much the numbers of the jobs of a queue changed, by state.
function jobs.tallies_of(queue)
  local counts = jobs.tallies[queue]
  if not counts then
    counts = { [0] = 0, 0, 0, 0, 0, 0, 0, 0 }
    jobs.tallies[queue] = counts
  end
  return counts
end

function jobs.tally(queue, state, difference)
  local counts = jobs.tallies_of(queue)
  counts[state] = counts[state] + difference
end

function jobs.move(job, state)
  local counts = jobs.tallies_of(job.queue or jobs.queue_of(job))
  counts[job.state] = counts[job.state] - 1
  counts[state] = counts[state] + 1
  job.state = state
  jobs.touch(job)
end

-- A bit for each reservation, the lowest first.
function jobs.held_bytes(job)
  local places = job.places
  if not places then
    return sub(job.raw, jobs.HEAD_SIZE + 1, job.start)
  end
  local bytes, bits, weight = '', 0, 1
  for n = 1, #places do
    if places[n].held then
      bits = bits + weight
    end
    weight = weight * 2
    if weight == 256 or n == #places then
      bytes = bytes .. string.char(bits)
      bits, weight = 0, 1
    end
  end
  return bytes
end

function jobs.head_bytes(job)
  return pack(jobs.HEAD, jobs.FORMAT, job.reason * 16 + (job.is_retryable and 8 or 0) + job.state, job.priority, job.dependencies, job.blockers, job.reserves,
    job.attempt, job.seq, job.ticket, job.created_at, job.admitted_at, job.ready_at, job.facts, job.body) .. jobs.held_bytes(job)
end

function jobs.run_bytes(run)
  return pack(jobs.RUN, run.fence, run.started_at, run.canceling_at, run.finished_at, run.ended_at, run.losses * 16 + run.reason,
    #run.incarnation, run.incarnation, #run.worker, run.worker)
end

-- A record that is new, or is short and gets or has a run, is written whole, together with others: that costs less than two writes in place, and leaves
-- no room behind it as Redis does when it lengthens a string. Of others the head and the run are written, and the content is not moved.
function jobs.save()
  local whole = {}
  for n = 1, #jobs.changed do
    local job = jobs.changed[n]
    local key, head = job.key, jobs.head_bytes(job)
    local run = job.run_changed and jobs.run_bytes(job.run) or ''
    if job.new_body then
      whole[#whole + 1] = key
      whole[#whole + 1] = head .. job.new_body .. run
    elseif run ~= '' and #job.raw < jobs.READ_AHEAD then
      whole[#whole + 1] = key
      whole[#whole + 1] = head .. sub(job.raw, job.start + 1, job.start + job.body) .. run
    else
      call('SETRANGE', key, '0', head)
      if run ~= '' then
        call('SETRANGE', key, job.start + job.body, run)
      end
    end
  end
  step.pass_all(whole, function(...)
    call('MSET', ...)
  end)
end

function jobs.save_tallies()
  for queue, counts in pairs(jobs.tallies) do
    for state = STATE.SCHEDULED, STATE.CANCELED do
      local difference = counts[state]
      if difference ~= 0 and call('HINCRBY', base .. ':counts', state .. queue, difference) == 0 then
        call('HDEL', base .. ':counts', state .. queue)
      end
    end
  end
end

-- Fixed width, so that equal scores are ordered by the number.
function jobs.numbered(number, id)
  return pack('>I7', number) .. id
end

-- For few jobs, or for readers.
step.rarely(jobs, function()
  function jobs.body_of(job)
    return jobs.bytes_of(job, job.start, job.start + job.body - 1)
  end

  function jobs.facts_of(job)
    local bytes, at = jobs.facts_in(job)
    return sub(bytes, at, at + job.facts - 1)
  end

  -- Ids of the jobs it comes after, when it is due (0: no time was given), and where these conditions begin and end in the facts.
  function jobs.conditions_of(job)
    jobs.places_of(job)
    local bytes, start = jobs.facts_in(job)
    local at = start + job.places_size
    local after = {}
    local count = byte(bytes, at) % jobs.HAS_RUN_AT
    local has_run_at = byte(bytes, at) > count
    at = at + 1
    for n = 1, count do
      after[n], at = jobs.take_name(bytes, at)
    end
    local run_at = 0
    if has_run_at then
      run_at = unpack_bytes('>I7', bytes, at)
      at = at + 7
    end
    return after, run_at, job.places_size + 1, at - start + 1
  end

  -- Method, parent, labels and content.
  function jobs.rest_of(job)
    local _, _, _, rest = jobs.conditions_of(job)
    return sub(jobs.body_of(job), rest)
  end
end)
