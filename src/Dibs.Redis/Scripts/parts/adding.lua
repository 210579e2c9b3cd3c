-- Part "adding": stores a new job, in two steps so that what the admission of many looks at is read at once between them.
local adding = {}

-- body: all of the record that never changes; facts_size: its length without the content; after: ids; run_at 0: no time given.
function adding.create(id, priority, reserves, is_retryable, body, facts_size, after, run_at)
  meta.seq = meta.seq + 1
  local job = {
    id = id, key = jobs.key_of(id), state = run_at > now and STATE.SCHEDULED or STATE.BLOCKED, reason = REASON.NONE, is_retryable = is_retryable, priority = priority, dependencies = 0, blockers = 0,
    reserves = reserves, attempt = 0, seq = meta.seq, ticket = 0, created_at = now, admitted_at = 0, ready_at = 0,
    facts = facts_size, body = #body, start = jobs.start_of(reserves), new_body = body, after = after, run_at = run_at,
  }
  jobs.known[id] = job
  jobs.touch(job)
  jobs.tally(jobs.queue_of(job), job.state, 1)
  paged.add(base .. ':order', job.seq, id)
  return job
end

-- Admits a created job, or notes what it waits for.
function adding.begin(job)
  local after = job.after
  local broken = false
  for n = 1, #after do
    local dependency = jobs.find(after[n])
    broken = broken or (jobs.is_final(dependency) and dependency.state ~= STATE.COMPLETED)
  end
  if broken then
    if job.state == STATE.SCHEDULED then
      jobs.move(job, STATE.BLOCKED)
    end
    heart.finish(job, STATE.CANCELED, REASON.DEPENDENCY)
    return
  end
  if job.state == STATE.SCHEDULED then
    paged.add(base .. ':due', job.run_at, jobs.numbered(job.seq, job.id))
    hints.due_at = math.min(hints.due_at or job.run_at, job.run_at)
  end
  for n = 1, #after do
    if not jobs.is_final(jobs.find(after[n])) then
      job.dependencies = job.dependencies + 1
      call('ZADD', base .. ':dependents:' .. after[n], job.seq, job.id)
    end
  end
  heart.admit_if_possible(job)
end
