-- Reads the state of the namespace, one part of it at a time.
-- uses: step paged jobs browsing resources waiting
-- ARGV: what, then its arguments:
--   queues     cursor of served, cursor of counts ('' where that is at its end)
--   oldest     number of queues, their names
--   workers    cursor
--   resources  cursor
--   places     number of resources, their names
-- Result: {microseconds since 1970 now, ticket, entries of pending work, then}
--   queues     next cursors, 2 x number of queues served, name and workers of each, then state followed by the queue and number of jobs of each count
--   oldest     queues looked at, then for each microseconds since 1970, 0 if it has no ready job
--   workers    next cursor, then for each: registration (JSON), started, beat, time of the beat, memory, asked, overdue, number of jobs it runs, their ids
--   resources  next cursor, then name and admission of the first in line (0: nobody waits) of each
--   places     for each that is there: name, held (-1: exclusively), capacity (0: none), waiting, holders and line as part "waiting" has them
-- Guarantee: each answer is one consistent view; nothing is written. Cost: O(500 fields or records), and O(100 resources) for places.
local FIELDS_PER_STEP, RECORDS_PER_STEP = 500, 500
local refused = step.require_schema()
if refused then
  return refused
end
local reply = { now, meta.ticket, call('ZCARD', base .. ':pending') }

local function scan(name, cursor, most)
  local found = call('HSCAN', base .. ':' .. name, cursor, 'COUNT', most)
  return found[1] ~= '0' and found[1] or '', found[2]
end

local survey = {}

function survey.queues()
  local served, counts = step.take(), step.take()
  local queues, tallies = {}, {}
  if served ~= '' then
    served, queues = scan('served', served, FIELDS_PER_STEP)
  end
  if counts ~= '' then
    counts, tallies = scan('counts', counts, FIELDS_PER_STEP)
  end
  reply[#reply + 1] = served
  reply[#reply + 1] = counts
  step.append(reply, queues)
  for _, item in ipairs(tallies) do
    reply[#reply + 1] = item
  end
end

-- The smallest time among the jobs that are claimed next: with priorities the oldest need not be the first.
local function oldest_of(queue, most)
  local entries = browsing.first(base .. ':ready:' .. queue, most)
  local oldest = 0
  for n = 1, #entries, 2 do
    local job = jobs.find(string.sub(entries[n], 8))
    if job and (oldest == 0 or job.ready_at < oldest) then
      oldest = job.ready_at
    end
  end
  return oldest, #entries / 2
end

function survey.oldest()
  local at = #reply + 1
  reply[at] = 0
  local count, looked_at = step.take_number(), 0
  while reply[at] < count and looked_at < RECORDS_PER_STEP do
    local oldest, looked = oldest_of(step.take(), RECORDS_PER_STEP)
    looked_at = looked_at + looked + 1
    reply[at] = reply[at] + 1
    reply[#reply + 1] = oldest
  end
end

function survey.workers()
  local next, beats = scan('beats', step.take(), FIELDS_PER_STEP / 10)
  reply[#reply + 1] = next
  for n = 1, #beats, 2 do
    local worker = call('HMGET', base .. ':worker:' .. beats[n], 'registration', 'started', 'memory', 'asked', 'overdue')
    if worker[1] then
      local beat, at = string.match(beats[n + 1], '^(%d+) %d+ (%d+)$')
      local runs = call('ZRANGE', base .. ':runs:' .. beats[n], 0, -1)
      for m, run in ipairs(runs) do
        runs[m] = string.match(run, '^(.+) %d+$')
      end
      for _, item in ipairs({ worker[1], worker[2], beat, at, worker[3] or '0', worker[4] or '0', worker[5] or '' }) do
        reply[#reply + 1] = item
      end
      step.append(reply, runs)
    end
  end
end

function survey.resources()
  local next, fields = scan('resources', step.take(), FIELDS_PER_STEP)
  reply[#reply + 1] = next
  for n = 1, #fields, 2 do
    local head = resources.head_of(resources.find(fields[n]))
    local job = head and jobs.find(head.id)
    reply[#reply + 1] = fields[n]
    reply[#reply + 1] = job and job.admitted_at or 0
  end
end

function survey.places()
  for _ = 1, step.take_number() do
    local resource = resources.find(step.take())
    if resource.stored then
      for _, item in ipairs({ resource.name, resource.held, resource.capacity, resource.waiting }) do
        reply[#reply + 1] = item
      end
      waiting.add_holders(reply, resource)
      waiting.add_line(reply, resource)
    end
  end
end

survey[step.take()]()
return reply
