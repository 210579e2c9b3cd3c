-- Reads jobs that match, newest first.
-- uses: step paged jobs browsing showing
-- ARGV: 1 with details; 1 with logs; number of creation that they come before (inf: the newest); most records to look at; most jobs to show;
--       a bit per state (0: all); microseconds since 1970 of the earliest creation or ''; queue, method, worker, resource, each = and the
--       name, or ''; number of labels, key and value of each
-- Result: {number of creation before which to go on, 0 at the end, then the jobs, as part "showing" has them}
-- Guarantee: one consistent view; nothing is written. Cost: O(records looked at + bytes shown).
local refused = step.require_schema()
if refused then
  return refused
end
local details, logs = step.take() == '1', step.take() == '1'
local before, most_looked_at, most_shown = step.take(), step.take_number(), step.take_number()
local states, since = step.take_number(), step.take_number()

local function take_name()
  local text = step.take()
  return text ~= '' and string.sub(text, 2) or nil
end

local queue, method, worker, resource = take_name(), take_name(), take_name(), take_name()
local labels = {}
for _ = 1, step.take_number() do
  local key = step.take()
  labels[key] = step.take()
end

local function reserves(job)
  for _, place in ipairs(jobs.places_of(job)) do
    if place.resource == resource then
      return true
    end
  end
  return false
end

-- The method and the labels that were asked for.
local function is_called_so(job)
  local _, _, _, at = jobs.conditions_of(job)
  local bytes = jobs.facts_of(job)
  local function take_text()
    local length = struct.unpack('>I2', bytes, at)
    at = at + 2 + length
    return string.sub(bytes, at - length, at - 1)
  end
  local name, _ = take_text(), take_text()
  local found = {}
  local count = string.byte(bytes, at)
  at = at + 1
  for _ = 1, count do
    local key = take_text()
    found[key] = take_text()
  end
  for key, value in pairs(labels) do
    if found[key] ~= value then
      return false
    end
  end
  return method == nil or (name == method and name ~= '')
end

local function matches(job)
  return (states == 0 or bit.band(states, bit.lshift(1, job.state)) ~= 0)
    and (since == nil or job.created_at >= since)
    and (queue == nil or jobs.queue_of(job) == queue)
    and (worker == nil or (job.attempt > 0 and jobs.run_of(job).worker == worker))
    and (resource == nil or reserves(job))
    and ((method == nil and next(labels) == nil) or is_called_so(job))
end

local entries = browsing.below(base .. ':order', before, most_looked_at)
local reply = { #entries < 2 * most_looked_at and 0 or tonumber(entries[#entries]) }
local shown = 0
for n = 1, #entries, 2 do
  local job = jobs.find(entries[n])
  if job and matches(job) then
    showing.job(reply, job, details, logs)
    shown = shown + 1
    if shown == most_shown or showing.is_full() then
      reply[1] = n + 1 < #entries and tonumber(entries[n + 1]) or reply[1]
      break
    end
  end
end
return reply
