-- Part "attempts": the beginning and the end of an attempt. BASE:runs:INCARNATION has what an incarnation runs, "ID ATTEMPT" by
-- fence; BASE:tries:ID the earlier attempts of a job, the last 31 of them.
local ATTEMPTS_KEPT = 32

local function runs_key(incarnation)
  return base .. ':runs:' .. incarnation
end

local function run_member(id, attempt)
  return id .. ' ' .. digits(attempt)
end

-- What an incarnation keeps of its attempts besides: ids that were asked to stop, and attempts that one heartbeat did not name.
local function take_from_list(incarnation, field, item)
  local key = base .. ':worker:' .. incarnation
  local list = call('HGET', key, field)
  if not list then
    return
  end
  local left = {}
  for other in string.gmatch(list, '[^\n]+') do
    if other ~= item then
      left[#left + 1] = other
    end
  end
  if #left == 0 then
    call('HDEL', key, field)
  else
    call('HSET', key, field, table.concat(left, '\n'))
  end
end

local function begin_attempt(job, incarnation, worker)
  local run = run_of(job)
  if job.attempt > 0 then
    call('RPUSH', base .. ':tries:' .. job.id, struct.pack('>I3', job.attempt) .. run_bytes(run))
    call('LTRIM', base .. ':tries:' .. job.id, 1 - ATTEMPTS_KEPT, -1)
    call('UNLINK', base .. ':log:' .. job.id)
    call('HDEL', base .. ':more:' .. job.id, 'line')
  end
  meta.fence = math.max(meta.fence + 1, now)
  job.attempt = job.attempt + 1
  job.run = { fence = meta.fence, started_at = now, canceling_at = 0, finished_at = 0, ended_at = 0, reason = REASON_NONE,
    incarnation = incarnation, worker = worker }
  touch_run(job)
  move(job, RUNNING)
end

-- The attempt ends, and the job with it unless it is ready again.
local function end_attempt(job, state, reason, attempt_reason)
  local run = run_of(job)
  call('ZREM', runs_key(run.incarnation), run_member(job.id, job.attempt))
  if job.state == CANCELING then
    take_from_list(run.incarnation, 'stopping', job.id)
  end
  run.ended_at = now
  run.reason = attempt_reason
  run.incarnation = ''
  touch_run(job)
  if state == READY then
    make_ready(job)
  else
    finish(job, state, reason)
  end
end

-- The job if exactly that attempt of it runs, else false.
local function running(id, attempt, fence)
  local job = find(id)
  return job and is_running(job) and job.attempt == attempt and run_of(job).fence == fence and job
end

local function lose_attempt(job)
  hints.workers[run_of(job).incarnation] = true
  if job.state == CANCELING then
    end_attempt(job, CANCELED, REASON_CANCELED, REASON_CANCELED)
  else
    end_attempt(job, FAILED, REASON_WORKER_LOST, REASON_WORKER_LOST)
  end
end
