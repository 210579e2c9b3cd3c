-- Part "adding": stores a new job.

-- facts: digest, queue and reservations as in a record; call: method, parent and labels; after: ids; run_at 0: no time given.
local function compose(facts, after, run_at, rest)
  local conditions = { string.char(#after) }
  for n, id in ipairs(after) do
    conditions[n + 1] = string.char(#id - 1) .. id
  end
  return facts .. table.concat(conditions) .. struct.pack('>I7', run_at) .. rest
end

-- body is compose()d; facts_size is its length without the content.
local function add(id, priority, reserves, body, facts_size, after, run_at)
  meta.seq = meta.seq + 1
  local job = {
    id = id, state = run_at > now and SCHEDULED or BLOCKED, reason = REASON_NONE, priority = priority, dependencies = 0, blockers = 0,
    reserves = reserves, attempt = 0, seq = meta.seq, ticket = 0, created_at = now, admitted_at = 0, ready_at = 0,
    facts = facts_size, body = #body, start = HEAD_SIZE + math.ceil(reserves / 8), new_body = body, whole = true,
  }
  job.raw = string.rep('\0', job.start) .. body
  jobs[id] = job
  touch(job)
  tally(queue_of(job), job.state, 1)
  paged_add(base .. ':order', job.seq, id)
  local broken = false
  for _, other in ipairs(after) do
    local dependency = find(other)
    broken = broken or (is_final(dependency) and dependency.state ~= COMPLETED)
  end
  if job.state == SCHEDULED and not broken then
    paged_add(base .. ':due', run_at, numbered(job.seq, id))
    hints.due_at = math.min(hints.due_at or run_at, run_at)
  end
  if broken then
    if job.state == SCHEDULED then
      move(job, BLOCKED)
    end
    finish(job, CANCELED, REASON_DEPENDENCY)
    return job
  end
  for _, other in ipairs(after) do
    if not is_final(find(other)) then
      job.dependencies = job.dependencies + 1
      call('ZADD', base .. ':dependents:' .. other, job.seq, id)
    end
  end
  admit_if_possible(job)
  return job
end
