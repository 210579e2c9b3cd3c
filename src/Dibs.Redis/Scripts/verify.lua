-- Compares what is derived with the records of the jobs, a part in each step, and sets it right if it is to.
-- uses: step paged browsing jobs resources pending hints heart attempts workers drifts resourcecheck jobcheck keycheck
-- ARGV: where to go on (opaque; '' at the beginning); 1 to repair; units a step may spend; most keys of the database to pass over in a step
-- Result: {where to go on or '', jobs and resources checked, then kind, subject, stored and expected of each drift}
-- Guarantee: each step is one consistent view, so what differs is a drift; without repair nothing is written. No record is ever removed,
--            and the state of a job only where it does not say what it holds and waits for. Repeat: no effect.
-- Cost: about as many looks at entries as units. Four passes: resources; jobs in the order of creation; all keys of the namespace,
--       found by SCAN; the counts, which are compared if nothing moved meanwhile.
local KEYS_PER_SCAN, MOST_COUNTS, MOST_WORKERS = 500, 4096, 10000
local COST_OF_RESOURCE = 5
local STATE_NAMES = { [0] = 'scheduled', 'blocked', 'ready', 'running', 'canceling', 'completed', 'failed', 'canceled' }

local given = step.take()
local at = given ~= '' and cmsgpack.unpack(given) or { pass = 'resources', cursor = '0', todo = {}, seq = 0, tallies = {} }
drifts.repairs = step.take() == '1'
local units, most_passed = step.take_number(), step.take_number()
local spent, checked, passed = 0, 0, 0

-- Counters that are lost: what was given is not known, so they go on above all that can have been: the number of
-- microseconds since 1970 for fences, and a sixteenth of it, which six bytes hold, for tickets and for the order of creation.
local lost = step.require_schema()
if lost and not string.find(lost.err, 'WRONGTYPE', 1, true) then
  return lost
end
if lost and drifts.add('key', 'meta', 'another type', 'counters') then
  redis.call('UNLINK', KEYS[1])
  meta.schema = tonumber(ARGV[1])
  meta.seq, meta.ticket, meta.fence, meta.ready = math.floor(now / 16), math.floor(now / 16), now, now
  meta.beat, meta.pending = now, now
end

-- Moves whenever a job changes its state.
local function read_mark()
  if call('HLEN', base .. ':counts') > MOST_COUNTS then
    return 'too many counts'
  end
  local counts = table.concat(call('HGETALL', base .. ':counts'), '\n')
  return redis.sha1hex(table.concat({ meta.seq, meta.fence, meta.final, counts }, '\n'))
end

local function count_job(job)
  local field = job.state .. jobs.queue_of(job)
  at.tallies[field] = (at.tallies[field] or 0) + 1
end

local function check_job(job)
  if jobcheck.is_readable(job) then
    jobcheck.check(job)
    count_job(job)
  end
  checked = checked + 1
  spent = spent + 1 + job.reserves + #jobs.conditions_of(job)
end

-- Each pass works until the units are spent, and answers the next one when it is at its end.
local passes = {}

function passes.resources()
  while spent < units do
    if #at.todo == 0 then
      if at.cursor == '' then
        at.seq = 0
        return 'jobs'
      end
      local found = call('HSCAN', base .. ':resources', at.cursor, 'COUNT', 100)
      at.cursor = found[1] and found[1] ~= '0' and found[1] or ''
      for n = 1, found[2] and #found[2] or 0, 2 do
        at.todo[#at.todo + 1] = found[2][n]
      end
    else
      resourcecheck.check(table.remove(at.todo))
      checked = checked + 1
      spent = spent + COST_OF_RESOURCE
    end
  end
end

function passes.jobs()
  local entries = browsing.above(base .. ':order', at.seq, units)
  for n = 1, #entries, 2 do
    if spent >= units then
      return nil
    end
    at.seq = tonumber(entries[n + 1])
    local job = jobs.find(entries[n])
    if job then
      check_job(job)
    else
      spent = spent + 1
    end
  end
  if #entries == 2 * units then
    return nil
  end
  at.cursor = '0'
  return 'keys'
end

-- The base as a pattern that means only itself.
local function pattern_of(text)
  return (string.gsub(text, '[%*%?%[%]\\]', '\\%0'))
end

function passes.keys()
  while spent < units and passed < most_passed do
    if #at.todo == 0 then
      if at.cursor == '' then
        return 'counts'
      end
      local found = call('SCAN', at.cursor, 'MATCH', pattern_of(base) .. ':*', 'COUNT', KEYS_PER_SCAN)
      at.cursor = found[1] ~= '0' and found[1] or ''
      at.todo = found[2]
      passed = passed + KEYS_PER_SCAN
    else
      local next, looked, job = keycheck.check(at.todo[#at.todo], at.entry or '0', 100)
      if job then
        count_job(job)
        checked = checked + 1
      end
      at.entry = next ~= '0' and next or nil
      if not at.entry then
        table.remove(at.todo)
      end
      spent = spent + 1 + looked
    end
  end
end

-- Compares a hash of numbers with what was counted; fields of 0 are not stored.
local function compare_numbers(kind, key, counted, subject_of)
  local flat = call('HGETALL', key)
  local stored = {}
  for n = 1, #flat, 2 do
    stored[flat[n]] = tonumber(flat[n + 1]) or flat[n + 1]
    counted[flat[n]] = counted[flat[n]] or 0
  end
  for field, number in pairs(counted) do
    if drifts.compare(kind, subject_of(field), stored[field] or 0, number) then
      if number > 0 then
        call('HSET', key, field, step.digits(number))
      else
        call('HDEL', key, field)
      end
    end
  end
end

local function compare_counts()
  compare_numbers('counts', base .. ':counts', at.tallies, function(field)
    return string.sub(field, 2) .. ' ' .. (STATE_NAMES[tonumber(string.sub(field, 1, 1))] or '')
  end)
end

local function compare_served()
  if call('ZCARD', base .. ':workers') > MOST_WORKERS then
    return
  end
  local served = {}
  for _, incarnation in ipairs(call('ZRANGE', base .. ':workers', 0, -1)) do
    local worker = call('HMGET', workers.key_of(incarnation), 'queues', 'asked')
    for _, queue in ipairs(workers.split_queues(not worker[2] and worker[1] or '')) do
      served[queue] = (served[queue] or 0) + 1
    end
  end
  compare_numbers('workers', base .. ':served', served, function(queue)
    return queue
  end)
end

function passes.counts()
  local final = browsing.count(base .. ':final')
  if drifts.compare('counts', 'final', meta.final, final) then
    meta.final = final
  end
  compare_served()
  if at.mark ~= '' and read_mark() == at.mark then
    compare_counts()
  end
  return 'end'
end

if not at.mark then
  at.mark = read_mark()
end
while at.pass ~= 'end' do
  local next = passes[at.pass]()
  if not next then
    break
  end
  at.pass = next
end
if drifts.repairs then
  heart.save()
end
local reply = { at.pass == 'end' and '' or cmsgpack.pack(at), checked }
for _, item in ipairs(drifts.flat) do
  reply[#reply + 1] = item
end
return reply
