-- Part "drifts": what verify found. From here on a key of a foreign type is read as if it were empty, and is a drift; to
-- repair, it is removed where it is met, and what belongs there is put back from the jobs.
local drifts = { flat = {}, known = {}, repairs = false, SHOWN = 200 }

function drifts.text_of(value)
  return type(value) == 'number' and step.digits(value) or string.sub(tostring(value), 1, drifts.SHOWN)
end

-- Notes a drift, once in a step. True if it is to be set right.
function drifts.add(kind, subject, stored, expected)
  local drift = { kind, subject, drifts.text_of(stored), drifts.text_of(expected) }
  local all = table.concat(drift, '\n')
  if not drifts.known[all] then
    drifts.known[all] = true
    for _, item in ipairs(drift) do
      drifts.flat[#drifts.flat + 1] = item
    end
  end
  return drifts.repairs
end

-- True if they differ and it is to be set right.
function drifts.compare(kind, subject, stored, expected)
  return stored ~= expected and drifts.add(kind, subject, stored, expected)
end

-- The key without what all keys of the namespace begin with.
function drifts.name_of(key)
  return string.sub(key, #base + 2)
end

function drifts.foreign(key)
  if drifts.add('key', drifts.name_of(key), call('TYPE', key).ok, 'another type') then
    redis.call('UNLINK', key)
    paged.lasts = {}
  end
end

drifts.EMPTY = { HGET = false, ZSCORE = false, ZRANK = false, ZCARD = 0 }

call = function(command, key, ...)
  local answer = redis.pcall(command, key, ...)
  if type(answer) ~= 'table' or not answer.err then
    return answer
  end
  if not string.find(answer.err, 'WRONGTYPE', 1, true) then
    error(answer.err)
  end
  drifts.foreign(key)
  if drifts.repairs then
    return redis.call(command, key, ...)
  end
  local empty = drifts.EMPTY[command]
  return empty == nil and {} or empty
end
