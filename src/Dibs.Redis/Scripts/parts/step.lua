-- Part "step": what every step begins and ends with.
-- KEYS[1]  BASE:meta; every other key of the namespace is BASE:…, in the same slot
-- ARGV[1]  schema version of the caller
-- ARGV[2]  microseconds since 1970 to take for the time; empty: TIME of the server
-- ARGV[3]  how hints are published: empty where subscribers are counted by this server, S sharded, B blindly
-- ARGV[4…] arguments of the step, taken in order
local call = redis.call
local base = string.sub(KEYS[1], 1, -6)

-- Each part is one table: what a script makes anew on every call should be few things that its functions share.
local step = { argument = 3, texts = {} }

function step.take()
  step.argument = step.argument + 1
  return ARGV[step.argument]
end

function step.take_number()
  return tonumber(step.take())
end

-- Numbers above 10^14 lose digits in Lua's own conversion to text. The same few times come again and again in a step.
function step.digits(number)
  local text = step.texts[number]
  if not text then
    text = string.format('%.0f', number)
    step.texts[number] = text
  end
  return text
end

function step.read_clock()
  if ARGV[2] ~= '' then
    return tonumber(ARGV[2])
  end
  local time = call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

local now = step.read_clock()

-- The counters of the namespace: each only grows. "final" alone goes up and down.
step.COUNTERS = { 'schema', 'seq', 'ticket', 'fence', 'ready', 'pending', 'beat', 'final' }
local meta = {}
step.counters_before = {}
local counters = redis.pcall('HMGET', KEYS[1], unpack(step.COUNTERS))
for i, name in ipairs(step.COUNTERS) do
  step.counters_before[i] = tonumber(counters[i]) or 0
  meta[name] = step.counters_before[i]
end

-- The error to answer with, if the counters cannot be read or are of another schema.
function step.require_schema()
  if counters.err then
    return counters
  end
  if meta.schema ~= 0 and meta.schema ~= tonumber(ARGV[1]) then
    return redis.error_reply('DIBSSCHEMA ' .. step.digits(meta.schema))
  end
  meta.schema = tonumber(ARGV[1])
end

function step.save_counters()
  local changed = {}
  for i, name in ipairs(step.COUNTERS) do
    if meta[name] ~= step.counters_before[i] then
      changed[#changed + 1] = name
      changed[#changed + 1] = step.digits(meta[name])
    end
  end
  if #changed > 0 then
    call('HSET', KEYS[1], unpack(changed))
  end
end

-- At maxmemory Redis refuses the first write of a script if that write may need memory, and none after another write.
-- What makes room or ends what runs must never be refused, so it begins with a write that needs none.
function step.never_refuse()
  call('DEL', base .. ':never')
end

-- Adds the number of items and the items to a flat answer.
function step.append(list, items)
  list[#list + 1] = #items
  for _, item in ipairs(items) do
    list[#list + 1] = item
  end
end
