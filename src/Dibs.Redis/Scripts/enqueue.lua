-- Stores jobs, all or none.
-- uses: step paged jobs resources pending hints heart adding
-- ARGV: number of jobs; for each: a head as HEAD says with the id behind it, body (all of the record that never changes; with 0 for the time
--       when it is due, if a delay is given), ids of its dependencies.
--       Head: priority, reservations, 1 if it is retryable, length of the body without the content, dependencies, place of the time when it is due in the body
--       from 0 on (0: none is given), 1 if that time is a delay, the time in microseconds.
-- Result: {more, ticket, fence, then for each: outcome, state or -1, unknown dependency or ''}.
--         Outcomes are the numbers of EnqueueOutcome.
-- Guarantee: nothing is written unless every job can be stored; the first write is refused at maxmemory. Repeat: the same
--            answers, since an id that exists with the same digest is answered as it is.
-- Cost: O(reservations + dependencies) per job.
local STORED, EXISTED, ID_CONFLICT, UNKNOWN_DEPENDENCY, NOT_STORED = 0, 1, 2, 3, 4
local HEAD, TIME = '>bBBI2BI2BI7', '>I7'
local refused = step.require_schema()
if refused then
  return refused
end

local function read_job()
  local head, body = step.take(), step.take()
  local priority, reserves, retryable, facts, dependencies, due_place, is_delay, time, id_at = unpack_bytes(HEAD, head)
  if is_delay == 1 then
    time = now + time
    body = sub(body, 1, due_place) .. pack(TIME, time) .. sub(body, due_place + 8)
  end
  local after = {}
  for n = 1, dependencies do
    after[n] = step.take()
  end
  return { id = sub(head, id_at), priority = priority, reserves = reserves, is_retryable = retryable == 1, facts = facts, body = body, run_at = time, after = after,
    digest = sub(body, 1, jobs.DIGEST_SIZE) }
end

local function unknown_dependency(new, digests)
  for _, id in ipairs(new.after) do
    if id == new.id or not (jobs.find(id) or digests[id]) then
      return id
    end
  end
end

-- The digest of the job of that id which is stored, or nothing. Mostly none of the ids is known, which one look says.
local function find_digests(news)
  local keys, found = {}, 0
  for n = 1, #news do
    keys[n] = jobs.key_of(news[n].id)
  end
  step.pass_all(keys, function(...)
    found = found + call('EXISTS', ...)
  end)
  local digests = {}
  for n = 1, found > 0 and #news or 0 do
    local job = jobs.find(news[n].id)
    digests[news[n].id] = job and sub(jobs.facts_of(job), 1, jobs.DIGEST_SIZE) or nil
  end
  return digests
end

local news = {}
for n = 1, step.take_number() do
  news[n] = read_job()
end
local digests = find_digests(news)
local is_refused = false
for n = 1, #news do
  local new = news[n]
  local digest = digests[new.id]
  if digest then
    new.outcome = digest == new.digest and EXISTED or ID_CONFLICT
  else
    digests[new.id] = new.digest
    new.unknown = unknown_dependency(new, digests)
    new.outcome = new.unknown and UNKNOWN_DEPENDENCY or NOT_STORED
  end
  is_refused = is_refused or new.outcome == ID_CONFLICT or new.outcome == UNKNOWN_DEPENDENCY
end

local more
if is_refused then
  more = pending.any() and 1 or 0
else
  local created = {}
  for n = 1, #news do
    local new = news[n]
    if new.outcome == NOT_STORED then
      created[#created + 1] = adding.create(new.id, new.priority, new.reserves, new.is_retryable, new.body, new.facts, new.after, new.run_at)
      new.outcome = STORED
    end
  end
  resources.foresee(created)
  for n = 1, #created do
    adding.begin(created[n])
  end
  heart.work(heart.UNITS_PER_STEP)
  more = heart.save()
end
local reply = { more, meta.ticket, meta.fence }
for n = 1, #news do
  local new = news[n]
  local job = jobs.find(new.id)
  reply[3 * n + 1] = new.outcome
  reply[3 * n + 2] = job and job.state or -1
  reply[3 * n + 3] = new.unknown or ''
end
return reply
