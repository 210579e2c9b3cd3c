-- Part "step": what every step begins and ends with.
-- KEYS[1]  BASE:meta; every other key of the namespace is BASE:…, in the same slot
-- ARGV[1]  schema version of the caller
-- ARGV[2]  microseconds since 1970 to take for the time; empty: TIME of the server
-- ARGV[3]  how hints are published: empty where subscribers are counted by this server, S sharded, B blindly
-- ARGV[4…] arguments of the step, taken in order
local call, arguments = redis.call, ARGV
-- Looked up once: these are called several times for each job, and finding a global costs as much as what they do.
local sub, byte, pack, unpack_bytes = string.sub, string.byte, struct.pack, struct.unpack
local base = sub(KEYS[1], 1, -6)

-- Each part is one table: what a script makes anew on every call should be few things that its functions share.
local step = { argument = 3, MOST_ITEMS = 1000 }

-- Defines functions of a part that most steps never call, when the first of them is asked for: to make a function costs more than
-- most calls of it.
function step.rarely(part, define)
  setmetatable(part, { __index = function(_, name)
    setmetatable(part, nil)
    define()
    return part[name]
  end })
end

function step.take()
  local at = step.argument + 1
  step.argument = at
  return arguments[at]
end

function step.take_number()
  return tonumber(step.take())
end

-- Numbers above 10^14 lose digits in Lua's own conversion to text. As an integer a number is written in a third of the time, where one
-- has 64 bits. The same time comes again and again in a step.
step.INTEGER = #pack('l', 0) == 8 and '%d' or '%.0f'
function step.digits(number)
  if number ~= step.last_number then
    step.last_number = number
    step.last_digits = string.format(step.INTEGER, number)
  end
  return step.last_digits
end

-- Passes many items on to a command at once: a thousand each time, since Lua cannot pass on any number. MOST_ITEMS is even, so that pairs stay together.
function step.pass_all(items, command)
  for first = 1, #items, step.MOST_ITEMS do
    command(unpack(items, first, math.min(first + step.MOST_ITEMS - 1, #items)))
  end
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
local meta = { schema = 0, seq = 0, ticket = 0, fence = 0, ready = 0, pending = 0, beat = 0, final = 0 }
step.counters_before = {}
local counters = redis.pcall('HMGET', KEYS[1], unpack(step.COUNTERS))
for i = 1, #step.COUNTERS do
  -- Arithmetic makes a number of a text, and costs a fraction of a call of tonumber.
  local number = (counters[i] or 0) + 0
  step.counters_before[i] = number
  meta[step.COUNTERS[i]] = number
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
  for i = 1, #step.COUNTERS do
    local name = step.COUNTERS[i]
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
  for n = 1, #items do
    list[#list + 1] = items[n]
  end
end
