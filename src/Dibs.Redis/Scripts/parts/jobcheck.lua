-- Part "jobcheck": compares what is derived from the record of a job with the record.
local jobcheck = { LEASE = 30000000 }

-- Whether all of the record can be read.
function jobcheck.is_readable(job)
  return (pcall(jobs.conditions_of, job)) and (pcall(jobs.run_of, job)) and call('STRLEN', jobs.key_of(job.id)) >= job.start + job.body
end

-- The set that a job is in for its state, what it is called, its score and its member.
function jobcheck.set_for(job)
  if job.state == STATE.SCHEDULED then
    return base .. ':due', 'due', select(2, jobs.conditions_of(job)), jobs.numbered(job.seq, job.id)
  elseif job.state == STATE.READY then
    return base .. ':ready:' .. jobs.queue_of(job), 'ready', heart.ready_key_of(job), jobs.numbered(job.ticket, job.id)
  elseif jobs.is_final(job) then
    return base .. ':final', 'final', jobs.run_of(job).finished_at, jobs.numbered(job.seq, job.id)
  end
end

function jobcheck.check_set(job)
  local key, kind, score, member = jobcheck.set_for(job)
  if key and drifts.compare(kind, job.id, browsing.has(key, score, member), true) then
    paged.add(key, score, member)
  end
end

-- No number may be given twice, so the counters are at least what the records have.
function jobcheck.check_counters(job)
  local least = { seq = job.seq, ticket = job.ticket, ready = job.ready_at, fence = jobs.run_of(job).fence }
  for name, number in pairs(least) do
    if meta[name] < number and drifts.add('counts', name, meta[name], number) then
      meta[name] = number
    end
  end
end

function jobcheck.check_places(job)
  local blockers = 0
  if job.ticket > 0 then
    for _, place in ipairs(jobs.places_of(job)) do
      resourcecheck.check_place(job, place)
      blockers = blockers + (place.held and 0 or 1)
    end
  end
  if drifts.compare('blockers', job.id, job.blockers, blockers) then
    job.blockers = blockers
    jobs.touch(job)
  end
  if job.state == STATE.BLOCKED and job.ticket > 0 and blockers == 0 and drifts.add('ready', job.id, 'blocked', 'ready') then
    heart.begin_ready(job)
  end
end

-- Whether a job is among those that another one tells of its end.
function jobcheck.is_dependent(job, other)
  return call('ZSCORE', base .. ':dependents:' .. other, job.id) and true or false
end

function jobcheck.count_untold(job)
  local untold = 0
  for _, other in ipairs((jobs.conditions_of(job))) do
    untold = untold + (jobcheck.is_dependent(job, other) and 1 or 0)
  end
  return untold
end

-- Who was not told, as far as the number says that some were not: it hears it again, which does no harm.
function jobcheck.tell_again(job, more_than_known)
  for _, other in ipairs((jobs.conditions_of(job))) do
    local dependency = jobs.find(other)
    if dependency and not jobcheck.is_dependent(job, other) and (more_than_known or not jobs.is_final(dependency)) then
      call('ZADD', base .. ':dependents:' .. other, job.seq, job.id)
      if jobs.is_final(dependency) and not call('ZSCORE', base .. ':pending', 'j' .. other) then
        pending.add_job(other)
      end
    end
  end
end

function jobcheck.check_dependencies(job)
  local untold = jobcheck.count_untold(job)
  local wrong = drifts.compare('dependencies', job.id, job.dependencies, untold)
  if not jobs.is_final(job) then
    for _, other in ipairs((jobs.conditions_of(job))) do
      local dependency = jobs.find(other)
      if dependency and not jobs.is_final(dependency) then
        wrong = drifts.compare('dependencies', job.id, jobcheck.is_dependent(job, other), true) or wrong
      end
    end
  end
  if wrong then
    if not jobs.is_final(job) then
      jobcheck.tell_again(job, job.dependencies > untold)
    end
    job.dependencies = jobcheck.count_untold(job)
    jobs.touch(job)
  end
  if job.state == STATE.BLOCKED and job.ticket == 0 and job.dependencies == 0 and drifts.add('ready', job.id, 'blocked', 'admitted') then
    heart.admit(job)
  end
end

function jobcheck.check_dependents(job)
  local has_dependents = call('EXISTS', base .. ':dependents:' .. job.id) == 1
  local is_pending = call('ZSCORE', base .. ':pending', 'j' .. job.id) and true or false
  if not drifts.compare('pending', job.id, is_pending, has_dependents) then
    return
  end
  if has_dependents then
    pending.add_job(job.id)
  else
    call('ZREM', base .. ':pending', 'j' .. job.id)
  end
end

-- An incarnation that runs something is watched, or nobody would ever end what it left.
function jobcheck.check_worker(incarnation)
  if not call('HGET', base .. ':beats', incarnation) and drifts.add('workers', incarnation, 'unknown', 'known') then
    workers.save_beat(incarnation, { beat = 0, lease = jobcheck.LEASE, at = now })
  end
  if not call('ZSCORE', base .. ':workers', incarnation) and drifts.add('workers', incarnation, 'not watched', 'watched') then
    meta.beat = meta.beat + 1
    call('ZADD', base .. ':workers', meta.beat, incarnation)
  end
end

function jobcheck.check_attempt(job)
  local run = jobs.run_of(job)
  local key, member = attempts.runs_key(run.incarnation), attempts.member_of(job.id, job.attempt)
  if drifts.compare('runs', job.id, tonumber(call('ZSCORE', key, member) or nil) or 0, run.fence) then
    call('ZADD', key, run.fence, member)
  end
  jobcheck.check_worker(run.incarnation)
  if job.state ~= STATE.CANCELING then
    return
  end
  local stopping = call('HGET', workers.key_of(run.incarnation), 'stopping') or ''
  local is_asked = string.find('\n' .. stopping .. '\n', '\n' .. job.id .. '\n', 1, true) ~= nil
  if drifts.compare('runs', job.id, is_asked, true) then
    call('HSET', workers.key_of(run.incarnation), 'stopping', stopping == '' and job.id or stopping .. '\n' .. job.id)
  end
end

function jobcheck.check(job)
  jobcheck.check_counters(job)
  jobcheck.check_set(job)
  jobcheck.check_places(job)
  jobcheck.check_dependencies(job)
  if jobs.is_final(job) then
    jobcheck.check_dependents(job)
  elseif jobs.is_running(job) then
    jobcheck.check_attempt(job)
  end
end
