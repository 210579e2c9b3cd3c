-- Stores jobs, all or none.
-- uses: step paged jobs resources pending hints heart adding
-- ARGV: number of jobs; for each: id, priority, reservations, facts (digest, queue, reservations as in a record), rest (method, parent,
--       labels, content), size of rest without the content, '' or d and microseconds of delay or a and microseconds since 1970,
--       number of dependencies, their ids.
-- Result: {more, ticket, fence, then for each: outcome, state or -1, unknown dependency or ''}.
--         Outcomes are the numbers of EnqueueOutcome.
-- Guarantee: nothing is written unless every job can be stored; the first write is refused at maxmemory. Repeat: the same
--            answers, since an id that exists with the same digest is answered as it is.
-- Cost: O(reservations + dependencies) per job.
local STORED, EXISTED, ID_CONFLICT, UNKNOWN_DEPENDENCY, NOT_STORED = 0, 1, 2, 3, 4
local refused = require_schema()
if refused then
  return refused
end

local function read_job()
  local new = { id = take(), priority = take_number(), reserves = take_number(), facts = take(), rest = take(), rest_facts = take_number() }
  local due = take()
  local kind = string.sub(due, 1, 1)
  local time = tonumber(string.sub(due, 2)) or 0
  new.run_at = kind == 'd' and now + time or time
  new.digest = string.sub(new.facts, 1, DIGEST_SIZE)
  new.after = {}
  for n = 1, take_number() do
    new.after[n] = take()
  end
  return new
end

local function unknown_dependency(new, digests)
  for _, id in ipairs(new.after) do
    if id == new.id or not (find(id) or digests[id]) then
      return id
    end
  end
end

local news = {}
local digests = {}
local is_refused = false
for n = 1, take_number() do
  local new = read_job()
  local known = find(new.id)
  local digest = known and string.sub(facts_of(known), 1, DIGEST_SIZE) or digests[new.id]
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
  more = has_pending() and 1 or 0
else
  for _, new in ipairs(news) do
    if new.outcome == NOT_STORED then
      local body = compose(new.facts, new.after, new.run_at, new.rest)
      add(new.id, new.priority, new.reserves, body, #body - #new.rest + new.rest_facts, new.after, new.run_at)
      new.outcome = STORED
    end
  end
  work(UNITS_PER_STEP)
  more = save()
end
local reply = { more, meta.ticket, meta.fence }
for _, new in ipairs(news) do
  local job = find(new.id)
  reply[#reply + 1] = new.outcome
  reply[#reply + 1] = job and job.state or -1
  reply[#reply + 1] = new.unknown or ''
end
return reply
