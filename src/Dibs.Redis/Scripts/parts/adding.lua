-- Part "adding": stores a new job.
local adding = {}

-- facts: digest, queue and reservations as in a record; call: method, parent and labels; after: ids; run_at 0: no time given.
function adding.compose(facts, after, run_at, rest)
  local conditions = { string.char(#after + (run_at > 0 and jobs.HAS_RUN_AT or 0)) }
  for n, id in ipairs(after) do
    conditions[n + 1] = string.char(#id - 1) .. id
  end
  if run_at > 0 then
    conditions[#conditions + 1] = struct.pack('>I7', run_at)
  end
  return facts .. table.concat(conditions) .. rest
end

-- body is compose()d; facts_size is its length without the content.
function adding.add(id, priority, reserves, is_retryable, body, facts_size, after, run_at)
  meta.seq = meta.seq + 1
  local job = {
    id = id, state = run_at > now and STATE.SCHEDULED or STATE.BLOCKED, reason = REASON.NONE, is_retryable = is_retryable, priority = priority, dependencies = 0, blockers = 0,
    reserves = reserves, attempt = 0, seq = meta.seq, ticket = 0, created_at = now, admitted_at = 0, ready_at = 0,
    facts = facts_size, body = #body, start = jobs.HEAD_SIZE + math.ceil(reserves / 8), new_body = body, whole = true,
  }
  job.raw = string.rep('\0', job.start) .. body
  jobs.known[id] = job
  jobs.touch(job)
  jobs.tally(jobs.queue_of(job), job.state, 1)
  paged.add(base .. ':order', job.seq, id)
  local broken = false
  for _, other in ipairs(after) do
    local dependency = jobs.find(other)
    broken = broken or (jobs.is_final(dependency) and dependency.state ~= STATE.COMPLETED)
  end
  if job.state == STATE.SCHEDULED and not broken then
    paged.add(base .. ':due', run_at, jobs.numbered(job.seq, id))
    hints.due_at = math.min(hints.due_at or run_at, run_at)
  end
  if broken then
    if job.state == STATE.SCHEDULED then
      jobs.move(job, STATE.BLOCKED)
    end
    heart.finish(job, STATE.CANCELED, REASON.DEPENDENCY)
    return job
  end
  for _, other in ipairs(after) do
    if not jobs.is_final(jobs.find(other)) then
      job.dependencies = job.dependencies + 1
      call('ZADD', base .. ':dependents:' .. other, job.seq, id)
    end
  end
  heart.admit_if_possible(job)
  return job
end
