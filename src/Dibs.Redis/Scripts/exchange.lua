-- Settles attempts and claims ready jobs, with the pending work between.
-- uses: step paged jobs resources pending hints heart attempts workers
-- ARGV: incarnation, number of the exchange, most claims, number of settlements; for each: id, attempt, fence, state, reason, reason in
--       the history of attempts (numbers), error, result, exit ('' for none). With 8 in the state a retryable job is ready again instead, and
--       with 16 that is a loss.
-- Result: {status, …}: 'stale', last number, worker name, if a later exchange was answered; else
--         'ok', known, more, ready left, due, ticket, fence before the claims, number of refused settlements, their places from 0, then for each
--         claim: id, attempt, fence, queue, rest (method, parent, labels, content, as in a record).
-- Guarantee: a settlement is taken only while exactly that attempt runs. Repeat: the same number gets the same answer and does nothing.
-- Cost: O(reservations of the settled jobs + claims).
local FAIR_CLAIM_EVERY = 8
local AGAIN, LOSS = 8, 16
local refused = step.require_schema()
if refused then
  return refused
end
step.never_refuse()
local incarnation, number, most = step.take(), step.take_number(), step.take_number()
local worker = call('HMGET', workers.key_of(incarnation), 'name', 'queues', 'exchange', 'claims', 'asked')
local known = worker[1]
local last = tonumber(worker[3]) or 0

-- The claims of an answer: what never changes of a job is read from its record, the rest is in the kept answer.
local function answer(status, claims)
  local reply = { 'ok', status.known, status.more, status.left, status.due, status.ticket, status.fence }
  step.append(reply, status.refused)
  for n = 1, #claims, 3 do
    local job = jobs.find(claims[n])
    reply[#reply + 1] = claims[n]
    reply[#reply + 1] = claims[n + 1]
    reply[#reply + 1] = claims[n + 2]
    reply[#reply + 1] = job and jobs.queue_of(job) or ''
    reply[#reply + 1] = job and jobs.rest_of(job) or ''
  end
  return reply
end

if known and number == last then
  local kept = cmsgpack.unpack(call('HGET', workers.key_of(incarnation), 'answer'))
  return answer(kept.status, kept.claims)
end
if known and number < last then
  return { 'stale', last, worker[1] }
end

local function settle()
  local id, attempt, fence, state, reason, attempt_reason = step.take(), step.take_number(), step.take_number(), step.take_number(), step.take_number(), step.take_number()
  local failure, result, exit = step.take(), step.take(), step.take()
  local job = attempts.running(id, attempt, fence)
  if not job then
    return false
  end
  if job.state == STATE.CANCELING then
    attempts.finish(job, STATE.CANCELED, REASON.CANCELED, REASON.CANCELED)
  elseif job.is_retryable and state >= LOSS then
    attempts.count_loss(job, attempt_reason)
  elseif job.is_retryable and state >= AGAIN then
    attempts.finish(job, STATE.READY, REASON.NONE, attempt_reason)
  else
    attempts.finish(job, state % AGAIN, reason, attempt_reason)
  end
  -- Of an attempt that ended without ending its job the error is kept, for its history.
  if jobs.is_final(job) or state >= AGAIN then
    local outcome = {}
    for name, value in pairs({ error = failure, result = jobs.is_final(job) and result or '', exit = jobs.is_final(job) and exit or '' }) do
      if value ~= '' then
        outcome[#outcome + 1] = name
        outcome[#outcome + 1] = value
      end
    end
    if #outcome > 0 then
      call('HSET', base .. ':more:' .. id, unpack(outcome))
    end
  end
  return true
end

local not_settled = {}
for n = 1, step.take_number() do
  if not settle() then
    not_settled[#not_settled + 1] = n - 1
  end
end
heart.work(heart.UNITS_PER_STEP)

-- The ready jobs of a queue from the front, read and taken out some at a time; nothing becomes ready while jobs are claimed.
local lines = {}

local function take_out(line)
  if #line.taken > 0 then
    paged.remove_from(line.key, line.page, line.taken)
    line.taken = {}
  end
end

local function next_ready(queue)
  local line = lines[queue]
  if not line then
    line = { key = base .. ':ready:' .. queue, entries = {}, at = 1, taken = {} }
    lines[queue] = line
  end
  if line.at > #line.entries then
    take_out(line)
    line.entries, line.page = paged.head(line.key, math.max(1, most))
    line.at = 1
  end
  return line.entries[line.at], tonumber(line.entries[line.at + 1]), line
end

-- One that was asked to be quiet or to stop has no queue any more.
local queues = known and not worker[5] and workers.split_queues(worker[2]) or {}
local counted = tonumber(worker[4]) or 0

-- The job to claim next: of the first queue that has one; every eighth time the smallest over all of them.
local function choose()
  local fair = (counted + 1) % FAIR_CLAIM_EVERY == 0
  local best
  for _, queue in ipairs(queues) do
    local member, key, line = next_ready(queue)
    if member and (not best or key < best.key or (key == best.key and member < best.member)) then
      best = { queue = queue, member = member, key = key, line = line }
      if not fair then
        return best
      end
    end
  end
  return best
end

local fence_before = meta.fence
local claims = {}
local claimed = 0
while claimed < most do
  local next = choose()
  if not next then
    break
  end
  next.line.at = next.line.at + 2
  next.line.taken[#next.line.taken + 1] = next.member
  local job = jobs.find(string.sub(next.member, 8))
  -- What has no record is no job any more, and its place is gone with this.
  if job and job.state == STATE.READY then
    counted = counted + 1
    claimed = claimed + 1
    attempts.begin(job, incarnation, worker[1])
    call('ZADD', attempts.runs_key(incarnation), meta.fence, attempts.member_of(job.id, job.attempt))
    claims[#claims + 1] = job.id
    claims[#claims + 1] = job.attempt
    claims[#claims + 1] = meta.fence
    if hints.ready[next.queue] then
      hints.ready[next.queue] = hints.ready[next.queue] > 1 and hints.ready[next.queue] - 1 or nil
    end
  end
end

local left = 0
for _, queue in ipairs(queues) do
  local is_left, _, line = next_ready(queue)
  take_out(line)
  if is_left then
    left = 1
    -- Whoever else waits for this queue helps: a step wakes only so many.
    hints.ready[queue] = hints.ready[queue] or 1
  elseif claimed < most then
    call('ZADD', base .. ':idle:' .. queue, now, incarnation)
  end
end
local next_due = select(2, paged.first(base .. ':due'))
local status = { known = known and 1 or 0, left = left, due = next_due and next_due <= now and 1 or 0, refused = not_settled }
status.more = heart.save()
status.ticket, status.fence = meta.ticket, fence_before
if known then
  call('HSET', workers.key_of(incarnation), 'exchange', step.digits(number), 'claims', step.digits(counted),
    'answer', cmsgpack.pack({ status = status, claims = claims }))
end
return answer(status, claims)
