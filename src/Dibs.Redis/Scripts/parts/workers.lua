-- Part "workers": incarnations. BASE:workers has them in the order of their beats, BASE:beats "BEAT LEASE AT" of each,
-- BASE:worker:INCARNATION what it registered, BASE:served how many of them serve each queue.
local STALEST_SHOWN = 256

local function worker_key(incarnation)
  return base .. ':worker:' .. incarnation
end

-- Queues are kept one after the other, each with its length less one in front.
local function split_queues(bytes)
  local queues = {}
  local at = 1
  while at <= #bytes do
    queues[#queues + 1], at = take_name(bytes, at)
  end
  return queues
end

local function beat_of(incarnation)
  local text = call('HGET', base .. ':beats', incarnation)
  if not text then
    return nil
  end
  local beat, lease, at = string.match(text, '^(%d+) (%d+) (%d+)$')
  return { beat = tonumber(beat), lease = tonumber(lease), at = tonumber(at) }
end

local function save_beat(incarnation, beat)
  call('HSET', base .. ':beats', incarnation, digits(beat.beat) .. ' ' .. digits(beat.lease) .. ' ' .. digits(beat.at))
end

local function serve(queues, difference)
  for _, queue in ipairs(queues) do
    if call('HINCRBY', base .. ':served', queue, difference) <= 0 then
      call('HDEL', base .. ':served', queue)
    end
  end
end

-- Up to count of the attempts that it runs, in the order of their claims: {"ID ATTEMPT", fence, …}.
local function runs_of(incarnation, count)
  return call('ZRANGE', runs_key(incarnation), 0, count - 1, 'WITHSCORES')
end

local function split_run(member)
  local id, attempt = string.match(member, '^(%S+) (%d+)$')
  return id, tonumber(attempt)
end

-- Ends attempts of an incarnation that is gone, up to a step's units, and forgets it when none is left.
-- Answers {id, attempt, fence, …} and whether attempts are left.
local function lose_all(incarnation)
  local runs = runs_of(incarnation, UNITS_PER_STEP)
  local ended = {}
  for n = 1, #runs, 2 do
    local id, attempt = split_run(runs[n])
    local job = running(id, attempt, tonumber(runs[n + 1]))
    if job then
      lose_attempt(job)
    else
      call('ZREM', runs_key(incarnation), runs[n])
    end
    ended[#ended + 1] = id
    ended[#ended + 1] = attempt
    ended[#ended + 1] = runs[n + 1]
  end
  if call('EXISTS', runs_key(incarnation)) == 1 then
    return ended, true
  end
  local queues = split_queues(call('HGET', worker_key(incarnation), 'queues') or '')
  serve(queues, -1)
  for _, queue in ipairs(queues) do
    call('ZREM', base .. ':idle:' .. queue, incarnation)
  end
  call('DEL', worker_key(incarnation))
  call('HDEL', base .. ':beats', incarnation)
  call('ZREM', base .. ':workers', incarnation)
  return ended, false
end

-- The others that beat longest ago: {incarnation, beat, lease, …}.
local function stalest(except)
  local names = call('ZRANGE', base .. ':workers', 0, STALEST_SHOWN)
  local others = {}
  for _, name in ipairs(names) do
    if name ~= except and #others < STALEST_SHOWN then
      others[#others + 1] = name
    end
  end
  if #others == 0 then
    return {}
  end
  local flat = {}
  for n, text in ipairs(call('HMGET', base .. ':beats', unpack(others))) do
    if text then
      local beat, lease = string.match(text, '^(%d+) (%d+)')
      flat[#flat + 1] = others[n]
      flat[#flat + 1] = beat
      flat[#flat + 1] = lease
    end
  end
  return flat
end

local function append(list, items)
  list[#list + 1] = #items
  for _, item in ipairs(items) do
    list[#list + 1] = item
  end
end
