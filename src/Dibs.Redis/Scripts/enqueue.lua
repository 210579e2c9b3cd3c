-- Stores jobs, all or none.
-- uses: step paged jobs resources pending hints heart adding
-- ARGV: number of jobs; for each: id, priority, reservations, 1 if it is retryable, facts (digest, queue, reservations as in a record), rest (method, parent,
--       labels, content), size of rest without the content, '' or d and microseconds of delay or a and microseconds since 1970,
--       number of dependencies, their ids.
-- Result: {more, ticket, fence, then for each: outcome, state or -1, unknown dependency or ''}.
--         Outcomes are the numbers of EnqueueOutcome.
-- Guarantee: nothing is written unless every job can be stored; the first write is refused at maxmemory. Repeat: the same
--            answers, since an id that exists with the same digest is answered as it is.
-- Cost: O(reservations + dependencies) per job.
local STORED, EXISTED, ID_CONFLICT, UNKNOWN_DEPENDENCY, NOT_STORED = 0, 1, 2, 3, 4
local refused = step.require_schema()
if refused then
  return refused
end

local function read_job()
  local new = { id = step.take(), priority = step.take_number(), reserves = step.take_number(), is_retryable = step.take() == '1', facts = step.take(), rest = step.take(), rest_facts = step.take_number() }
  local due = step.take()
  local kind = string.sub(due, 1, 1)
  local time = tonumber(string.sub(due, 2)) or 0
  new.run_at = kind == 'd' and now + time or time
  new.digest = string.sub(new.facts, 1, jobs.DIGEST_SIZE)
  new.after = {}
  for n = 1, step.take_number() do
    new.after[n] = step.take()
  end
  return new
end

local function unknown_dependency(new, digests)
  for _, id in ipairs(new.after) do
    if id == new.id or not (jobs.find(id) or digests[id]) then
      return id
    end
  end
end

local news = {}
local digests = {}
local is_refused = false
for n = 1, step.take_number() do
  local new = read_job()
  local known = jobs.find(new.id)
  local digest = known and string.sub(jobs.facts_of(known), 1, jobs.DIGEST_SIZE) or digests[new.id]
  if digest then
    new.outcome = digest == new.digest and EXISTED or ID_CONFLICT
  else
    digests[new.id] = new.digest
    new.unknown = unknown_dependency(new, digests)
    new.outcome = new.unknown and UNKNOWN_DEPENDENCY or NOT_STORED
  end
  is_refused = is_refused or new.outcome == ID_CONFLICT or new.outcome == UNKNOWN_DEPENDENCY
  news[n] = new
end

local more
if is_refused then
  more = pending.any() and 1 or 0
else
  for _, new in ipairs(news) do
    if new.outcome == NOT_STORED then
      local body = adding.compose(new.facts, new.after, new.run_at, new.rest)
      adding.add(new.id, new.priority, new.reserves, new.is_retryable, body, #body - #new.rest + new.rest_facts, new.after, new.run_at)
      new.outcome = STORED
    end
  end
  heart.work(heart.UNITS_PER_STEP)
  more = heart.save()
end
local reply = { more, meta.ticket, meta.fence }
for _, new in ipairs(news) do
  local job = jobs.find(new.id)
  reply[#reply + 1] = new.outcome
  reply[#reply + 1] = job and job.state or -1
  reply[#reply + 1] = new.unknown or ''
end
return reply
