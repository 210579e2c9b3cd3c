-- Part "attempts": the beginning and the end of an attempt. BASE:runs:INCARNATION has what an incarnation runs, "ID ATTEMPT" by
-- fence; BASE:tries:ID the earlier attempts of a job with their errors, the last 31 of them.
local attempts = { KEPT = 32, MOST_LOSSES = 3, ended = {}, texts = {} }

function attempts.runs_key(incarnation)
  return base .. ':runs:' .. incarnation
end

-- Most attempts are the first, so their numbers are made texts once in a step.
function attempts.member_of(id, attempt)
  local text = attempts.texts[attempt]
  if not text then
    text = ' ' .. attempt
    attempts.texts[attempt] = text
  end
  return id .. text
end

-- Notes that what an incarnation runs has ended. It is written with the other ends of a step, by save_ends.
function attempts.note_end(incarnation, member)
  local ended = attempts.ended[incarnation]
  if not ended then
    ended = {}
    attempts.ended[incarnation] = ended
  end
  ended[#ended + 1] = member
end

function attempts.save_ends()
  for incarnation, members in pairs(attempts.ended) do
    step.pass_all(members, function(...)
      call('ZREM', attempts.runs_key(incarnation), ...)
    end)
  end
  attempts.ended = {}
end

function attempts.begin(job, incarnation, worker)
  local losses = 0
  if job.attempt > 0 then
    losses = jobs.run_of(job).losses
    attempts.keep(job)
  end
  meta.fence = math.max(meta.fence + 1, now)
  job.attempt = job.attempt + 1
  job.run = { fence = meta.fence, started_at = now, canceling_at = 0, finished_at = 0, ended_at = 0, reason = REASON.NONE,
    losses = losses, incarnation = incarnation, worker = worker }
  job.run_changed = true
  jobs.move(job, STATE.RUNNING)
end

-- The attempt ends, and the job with it unless it is ready again: from now on if it had begun, else as it was.
function attempts.finish(job, state, reason, attempt_reason)
  local run = jobs.run_of(job)
  attempts.note_end(run.incarnation, attempts.member_of(job.id, job.attempt))
  if job.state == STATE.CANCELING then
    attempts.take_from_list(run.incarnation, 'stopping', job.id)
  end
  run.ended_at = now
  run.reason = attempt_reason
  run.incarnation = ''
  job.run_changed = true
  if state == STATE.READY and attempt_reason == REASON.RETURNED then
    heart.make_ready(job)
  elseif state == STATE.READY then
    heart.begin_ready(job)
  else
    heart.finish(job, state, reason)
  end
end

-- The job if exactly that attempt of it runs, else false.
function attempts.running(id, attempt, fence)
  local job = jobs.find(id)
  return job and jobs.is_running(job) and job.attempt == attempt and jobs.run_of(job).fence == fence and job
end

step.rarely(attempts, function()
  -- The error of the last attempt of a job that begins again; the next one has none yet.
  function attempts.take_error(job)
    local reason = jobs.run_of(job).reason
    if reason == REASON.RETURNED or reason == REASON.WORKER_LOST then
      return ''
    end
    local key = base .. ':more:' .. job.id
    local failure = call('HGET', key, 'error')
    call('HDEL', key, 'error')
    return failure or ''
  end

  -- Keeps the last attempt among the earlier ones.
  function attempts.keep(job)
    call('RPUSH', base .. ':tries:' .. job.id, pack('>I3', job.attempt) .. jobs.run_bytes(jobs.run_of(job)) .. attempts.take_error(job))
    call('LTRIM', base .. ':tries:' .. job.id, 1 - attempts.KEPT, -1)
    call('UNLINK', base .. ':log:' .. job.id)
    call('HDEL', base .. ':more:' .. job.id, 'line')
  end

  -- What an incarnation keeps of its attempts besides: ids that were asked to stop, and attempts that one heartbeat did not name.
  function attempts.take_from_list(incarnation, field, item)
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

  -- A retryable job was lost with its worker or job host: it begins again, until that happened too often.
  function attempts.count_loss(job, attempt_reason)
    local run = jobs.run_of(job)
    run.losses = run.losses + 1
    if run.losses < attempts.MOST_LOSSES then
      attempts.finish(job, STATE.READY, REASON.NONE, attempt_reason)
    else
      attempts.finish(job, STATE.FAILED, REASON.POISON, attempt_reason)
    end
  end

  function attempts.lose(job)
    hints.workers[jobs.run_of(job).incarnation] = true
    if job.state == STATE.CANCELING then
      attempts.finish(job, STATE.CANCELED, REASON.CANCELED, REASON.CANCELED)
    elseif job.is_retryable then
      attempts.count_loss(job, REASON.WORKER_LOST)
    else
      attempts.finish(job, STATE.FAILED, REASON.WORKER_LOST, REASON.WORKER_LOST)
    end
  end
end)
