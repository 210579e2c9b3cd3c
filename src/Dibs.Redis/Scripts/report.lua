-- Stores what running attempts report: progress, created resources, log lines.
-- uses: step paged jobs resources pending hints heart attempts
-- ARGV: most phases, created resources and log lines kept; number of reports; for each: id, attempt, fence, first line, first kept line,
--       number of phases and code and JSON of each, number of created resources and their names, number of lines and
--       each of them (number in 6 bytes, then what is opaque here)
-- Result: {}. Guarantee: a report of an attempt that does not run is dropped. Repeat: changes nothing, lines are known by their numbers.
-- Cost: O(what is reported). Keys: BASE:more:ID has "p CODE", "c NAME" with their order in front, and "line"; BASE:log:ID the lines.
local refused = step.require_schema()
if refused then
  return refused
end
step.never_refuse()
local most_phases, most_created, most_lines = step.take_number(), step.take_number(), step.take_number()

-- Sets a field whose value begins with its place in the order of fields of its kind.
local function put(key, kind, name, value, most)
  local field = kind .. ' ' .. name
  local known = call('HGET', key, field)
  local place
  if known then
    place = string.match(known, '^%d+')
  else
    local count = tonumber(call('HGET', key, kind) or '0')
    if count >= most then
      return
    end
    place = step.digits(count)
    call('HSET', key, kind, step.digits(count + 1))
  end
  call('HSET', key, field, place .. ' ' .. value)
end

local function add_lines(id, first, first_kept, lines)
  local key = base .. ':log:' .. id
  local more = base .. ':more:' .. id
  local next_line = tonumber(call('HGET', more, 'line') or '0')
  for n, line in ipairs(lines) do
    if first + n - 1 >= next_line then
      call('RPUSH', key, line)
    end
  end
  call('HSET', more, 'line', step.digits(math.max(next_line, first + #lines)))
  local front = call('LINDEX', key, 0)
  while front and struct.unpack('>I6', front) < first_kept do
    call('LPOP', key)
    front = call('LINDEX', key, 0)
  end
  call('LTRIM', key, -most_lines, -1)
end

for _ = 1, step.take_number() do
  local id, attempt, fence, first, first_kept = step.take(), step.take_number(), step.take_number(), step.take_number(), step.take_number()
  local job = attempts.running(id, attempt, fence)
  local key = base .. ':more:' .. id
  for _ = 1, step.take_number() do
    local code, phase = step.take(), step.take()
    if job then
      put(key, 'p', code, phase, most_phases)
    end
  end
  for _ = 1, step.take_number() do
    local name = step.take()
    if job then
      put(key, 'c', name, '', most_created)
    end
  end
  local lines = {}
  for n = 1, step.take_number() do
    lines[n] = step.take()
  end
  if job and #lines > 0 then
    add_lines(id, first, first_kept, lines)
  end
end
return {}
