-- Settles attempts and claims ready jobs, with the pending work between.
-- uses: step paged jobs resources pending hints heart attempts workers
-- ARGV: incarnation, number of the exchange, most claims, number of settlements; for each: a head as SETTLEMENT says with the id behind it,
--       then name and value of each outcome (error, result, exit).
--       Head: attempt, fence, state, reason, reason in the history of attempts (numbers), number of outcomes. With 8 in the state a retryable job is ready
--       again instead, and with 16 that is a loss.
-- Result: {status, …}: 'stale', last number, worker name, if a later exchange was answered; else
--         'ok', known, more, ready left, due, ticket, fence before the claims, number of refused settlements, their places from 0, then for each
--         claim: attempt, fence, number of reservations as CLAIM says with the id behind them; the body of its record, from the queue on.
-- Guarantee: a settlement is taken only while exactly that attempt runs. Repeat: the same number gets the same answer and does nothing.
-- Cost: O(reservations of the settled jobs + claims).
local FAIR_CLAIM_EVERY = 8
local AGAIN, LOSS = 8, 16
local SETTLEMENT = '>I3I7BBBB'
local CLAIM, CLAIM_SIZE = '>I3I7B', 11
local refused = step.require_schema()
if refused then
  return refused
end
step.never_refuse()
local incarnation, number, most = step.take(), step.take_number(), step.take_number()
local worker = call('HMGET', workers.key_of(incarnation), 'name', 'queues', 'exchange', 'claims', 'asked')
local known = worker[1]
local last = tonumber(worker[3]) or 0

-- The claims of an answer: what never changes of a job is read from its record, the rest is in the kept answer. A claim whose record is gone is none.
local function answer(status, claims)
  local reply = { 'ok', status.known, status.more, status.left, status.due, status.ticket, status.fence }
  step.append(reply, status.refused)
  for n = 1, #claims do
    local job = jobs.find(sub(claims[n], CLAIM_SIZE + 1), true)
    if job then
      reply[#reply + 1] = claims[n]
      reply[#reply + 1] = jobs.bytes_of(job, job.start + jobs.DIGEST_SIZE, job.start + job.body - 1)
    end
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

local function read_settlement()
  local head = step.take()
  local attempt, fence, state, reason, attempt_reason, outcomes, id_at = unpack_bytes(SETTLEMENT, head)
  local settlement = { id = sub(head, id_at), attempt = attempt, fence = fence, state = state, reason = reason, attempt_reason = attempt_reason }
  if outcomes > 0 then
    settlement.outcomes = {}
    for n = 1, 2 * outcomes do
      settlement.outcomes[n] = step.take()
    end
  end
  return settlement
end

-- Of an attempt that ended without ending its job the error is kept, for its history.
local function settle_again(job, settlement)
  if settlement.state >= LOSS then
    attempts.count_loss(job, settlement.attempt_reason)
  else
    attempts.finish(job, STATE.READY, REASON.NONE, settlement.attempt_reason)
  end
  for n = 1, job.state == STATE.READY and #(settlement.outcomes or {}) or 0, 2 do
    if settlement.outcomes[n] == 'error' then
      call('HSET', base .. ':more:' .. job.id, 'error', settlement.outcomes[n + 1])
    end
  end
end

local function settle(settlement)
  local job = attempts.running(settlement.id, settlement.attempt, settlement.fence)
  if not job then
    return false
  end
  if job.state == STATE.CANCELING then
    attempts.finish(job, STATE.CANCELED, REASON.CANCELED, REASON.CANCELED)
  elseif job.is_retryable and settlement.state >= AGAIN then
    settle_again(job, settlement)
  else
    attempts.finish(job, settlement.state % AGAIN, settlement.reason, settlement.attempt_reason)
  end
  if settlement.outcomes and jobs.is_final(job) then
    call('HSET', base .. ':more:' .. job.id, unpack(settlement.outcomes))
  end
  return true
end

local settlements, ending = {}, {}
for n = 1, step.take_number() do
  settlements[n] = read_settlement()
  ending[#ending + 1] = jobs.find(settlements[n].id) or nil
end
heart.foresee_ends(ending)
local not_settled = {}
for n = 1, #settlements do
  if not settle(settlements[n]) then
    not_settled[#not_settled + 1] = n - 1
  end
end
attempts.save_ends()
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
    -- One more than can be claimed says whether something is left.
    line.entries, line.page = paged.head(line.key, most + 1)
    line.at = 1
  end
  return line.entries[line.at], line
end

-- One that was asked to be quiet or to stop has no queue any more.
local queues = known and not worker[5] and workers.split_queues(worker[2]) or {}
local counted = tonumber(worker[4]) or 0

-- The job to claim next, the line that it is in and its queue: of the first queue that has one; every eighth time the smallest over all of them.
local function choose()
  local fair = (counted + 1) % FAIR_CLAIM_EVERY == 0
  local first, smallest, of_line, of_queue
  for n = 1, #queues do
    local member, line = next_ready(queues[n])
    if member and not fair then
      return member, line, queues[n]
    end
    local key = member and tonumber(line.entries[line.at + 1])
    if member and (not first or key < smallest or (key == smallest and member < first)) then
      first, smallest, of_line, of_queue = member, key, line, queues[n]
    end
  end
  return first, of_line, of_queue
end

local fence_before = meta.fence
local claims, runs = {}, {}
while #claims < most do
  local member, line, queue = choose()
  if not member then
    break
  end
  line.at = line.at + 2
  line.taken[#line.taken + 1] = member
  local job = jobs.find(sub(member, 8), true)
  -- What has no record is no job any more, and its place is gone with this.
  if job and job.state == STATE.READY then
    job.queue = queue
    counted = counted + 1
    attempts.begin(job, incarnation, worker[1])
    runs[#runs + 1] = step.digits(meta.fence)
    runs[#runs + 1] = attempts.member_of(job.id, job.attempt)
    claims[#claims + 1] = pack(CLAIM, job.attempt, meta.fence, job.reserves) .. job.id
    local woken = hints.ready[queue]
    if woken then
      hints.ready[queue] = woken > 1 and woken - 1 or nil
    end
  end
end
step.pass_all(runs, function(...)
  call('ZADD', attempts.runs_key(incarnation), ...)
end)

local left = 0
for _, queue in ipairs(queues) do
  local is_left, line = next_ready(queue)
  take_out(line)
  if is_left then
    left = 1
    -- Whoever else waits for this queue helps: a step wakes only so many.
    hints.ready[queue] = hints.ready[queue] or 1
  elseif #claims < most then
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
