-- Cancels or requeues jobs, or asks something of workers, each on its own.
-- uses: step paged jobs resources pending hints heart adding attempts workers
-- ARGV: cancel or requeue; number of jobs; for each: id, id of the requeued job. Or: quiet or stop; number of names; for each: name, ''
-- Result: {more, then for each: id or name, outcome (number of ChangeOutcome), state of the job or least that is asked of the workers, or -1}.
--         Repeat: the same answers, but already for done.
-- Cost: O(reservations) per job, O(live incarnations) per name.
local ASK = { quiet = 1, stop = 2 }
local DONE, ALREADY, NOT_POSSIBLE, UNKNOWN = 0, 1, 2, 3
local NO_CONDITIONS = '\0'
local refused = step.require_schema()
if refused then
  return refused
end

local function cancel(job)
  if jobs.is_final(job) then
    return job, NOT_POSSIBLE
  elseif job.state == STATE.CANCELING then
    return job, ALREADY
  elseif job.state == STATE.RUNNING then
    local run = jobs.run_of(job)
    run.canceling_at = now
    job.run_changed = true
    jobs.move(job, STATE.CANCELING)
    local key = base .. ':worker:' .. run.incarnation
    local stopping = call('HGET', key, 'stopping')
    call('HSET', key, 'stopping', stopping and stopping .. '\n' .. job.id or job.id)
    hints.workers[run.incarnation] = true
  else
    heart.finish(job, STATE.CANCELED, REASON.CANCELED)
  end
  return job, DONE
end

local function requeue(job, id)
  if not jobs.is_final(job) then
    return job, NOT_POSSIBLE
  end
  local known = jobs.find(id)
  if known then
    return known, ALREADY
  end
  local _, _, conditions = jobs.conditions_of(job)
  local rest = jobs.rest_of(job)
  local body = sub(jobs.facts_of(job), 1, conditions - 1) .. NO_CONDITIONS .. rest
  local again = adding.create(id, job.priority, job.reserves, job.is_retryable, body, #body - (job.body - job.facts), {}, 0)
  adding.begin(again)
  return again, DONE
end

local function ask(name, request)
  local is_known, is_new, asked = workers.ask(name, request)
  return { id = name, outcome = not is_known and UNKNOWN or is_new and DONE or ALREADY, asked = asked }
end

local verb = step.take()
if verb ~= 'requeue' then
  step.never_refuse()
end
local answers = {}
for n = 1, step.take_number() do
  local id, requeued = step.take(), step.take()
  local job = not ASK[verb] and jobs.find(id)
  if ASK[verb] then
    answers[n] = ask(id, ASK[verb])
  elseif not job then
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
heart.work(heart.UNITS_PER_STEP)
local reply = { heart.save() }
for _, answer in ipairs(answers) do
  reply[#reply + 1] = answer.id
  reply[#reply + 1] = answer.outcome
  reply[#reply + 1] = answer.job and answer.job.state or answer.asked or -1
end
return reply
