-- Part "hints": tells those who wait what a step made happen, with its last commands. A hint may be lost: whoever waits
-- also looks once a second.
-- A worker that found nothing to do is in BASE:idle:QUEUE for each of its queues; as many of them are woken as jobs became
-- ready, each on a channel of its own, so that a job does not wake a herd.
local MOST_WOKEN = 16
local hints = { ready = {}, workers = {}, final = {}, due_at = nil }

local function hint_ready(queue)
  hints.ready[queue] = (hints.ready[queue] or 0) + 1
end

local function publish(suffix)
  call(ARGV[3] == 'S' and 'SPUBLISH' or 'PUBLISH', base .. ':hint:' .. suffix, '')
end

-- The channels of these that have a subscriber.
local function heard(suffixes)
  if ARGV[3] == 'B' then
    return suffixes
  end
  local channels = {}
  for n, suffix in ipairs(suffixes) do
    channels[n] = base .. ':hint:' .. suffix
  end
  local counts = call('PUBSUB', ARGV[3] == 'S' and 'SHARDNUMSUB' or 'NUMSUB', unpack(channels))
  local found = {}
  for n, suffix in ipairs(suffixes) do
    if tonumber(counts[2 * n]) > 0 then
      found[#found + 1] = suffix
    end
  end
  return found
end

local function send_hints()
  local suffixes = {}
  for queue, count in pairs(hints.ready) do
    local woken = call('ZPOPMIN', base .. ':idle:' .. queue, math.min(count, MOST_WOKEN))
    for n = 1, #woken, 2 do
      hints.workers[woken[n]] = true
    end
    suffixes[#suffixes + 1] = 'queue:' .. queue
  end
  for incarnation in pairs(hints.workers) do
    publish('worker:' .. incarnation)
  end
  if hints.due_at and select(2, paged_first(base .. ':due')) == hints.due_at then
    suffixes[#suffixes + 1] = 'due'
  end
  if #hints.final > 0 then
    suffixes[#suffixes + 1] = 'waiters'
  end
  if #suffixes == 0 then
    return
  end
  for _, suffix in ipairs(heard(suffixes)) do
    if suffix == 'waiters' then
      for _, id in ipairs(hints.final) do
        publish('job:' .. id)
      end
    else
      publish(suffix)
    end
  end
end
