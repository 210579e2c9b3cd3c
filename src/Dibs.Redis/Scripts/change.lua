-- Cancels or requeues jobs, each on its own.
-- uses: step paged jobs resources pending hints heart adding attempts
-- ARGV: cancel or requeue; number of jobs; for each: id, id of the requeued job
-- Result: {more, then for each: id, outcome (number of ChangeOutcome), state or -1}. Repeat: the same answers, but already for done.
-- Cost: O(reservations) per job.
local DONE, ALREADY, NOT_POSSIBLE, UNKNOWN = 0, 1, 2, 3
local refused = require_schema()
if refused then
  return refused
end

local function cancel(job)
  if is_final(job) then
    return job, NOT_POSSIBLE
  elseif job.state == CANCELING then
    return job, ALREADY
  elseif job.state == RUNNING then
    local run = run_of(job)
    run.canceling_at = now
    touch_run(job)
    move(job, CANCELING)
    local key = base .. ':worker:' .. run.incarnation
    local stopping = call('HGET', key, 'stopping')
    call('HSET', key, 'stopping', stopping and stopping .. '\n' .. job.id or job.id)
    hints.workers[run.incarnation] = true
  else
    finish(job, CANCELED, REASON_CANCELED)
  end
  return job, DONE
end

local function requeue(job, id)
  if not is_final(job) then
    return job, NOT_POSSIBLE
  end
  local known = find(id)
  if known then
    return known, ALREADY
  end
  local _, _, conditions = conditions_of(job)
  local again = compose(string.sub(facts_of(job), 1, conditions - 1), {}, 0, rest_of(job))
  return add(id, job.priority, job.reserves, again, #again - (job.body - job.facts), {}, 0), DONE
end

local verb = take()
if verb == 'cancel' then
  never_refuse()
end
local answers = {}
for n = 1, take_number() do
  local id, requeued = take(), take()
  local job = find(id)
  if not job then
    answers[n] = { id = id, outcome = UNKNOWN }
  else
    local subject, outcome
    if verb == 'cancel' then
      subject, outcome = cancel(job)
    else
      subject, outcome = requeue(job, requeued)
    end
    answers[n] = { id = subject.id, outcome = outcome, job = subject }
  end
end
work(UNITS_PER_STEP)
local reply = { save() }
for _, answer in ipairs(answers) do
  reply[#reply + 1] = answer.id
  reply[#reply + 1] = answer.outcome
  reply[#reply + 1] = answer.job and answer.job.state or -1
end
return reply
