-- Part "hints": tells those who wait what a step made happen, with its last commands. A hint may be lost: whoever waits
-- also looks once a second.
-- A worker that found nothing to do is in BASE:idle:QUEUE for each of its queues; as many of them are woken as jobs became
-- ready, each on a channel of its own, so that a job does not wake a herd.
local hints = { MOST_WOKEN = 16, ready = {}, workers = {}, final = {}, due_at = nil }

function hints.add_ready(queue)
  hints.ready[queue] = (hints.ready[queue] or 0) + 1
end

function hints.publish(suffix)
  call(ARGV[3] == 'S' and 'SPUBLISH' or 'PUBLISH', base .. ':hint:' .. suffix, '')
end

-- The channels of these that have a subscriber.
function hints.heard(suffixes)
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

function hints.send()
  local suffixes = {}
  for queue, count in pairs(hints.ready) do
    local woken = call('ZPOPMIN', base .. ':idle:' .. queue, math.min(count, hints.MOST_WOKEN))
    for n = 1, #woken, 2 do
      hints.publish('idle:' .. woken[n])
    end
    suffixes[#suffixes + 1] = 'queue:' .. queue
  end
  for incarnation in pairs(hints.workers) do
    hints.publish('worker:' .. incarnation)
  end
  if hints.due_at and select(2, paged.first(base .. ':due')) == hints.due_at then
    suffixes[#suffixes + 1] = 'due'
  end
  if #hints.final > 0 then
    suffixes[#suffixes + 1] = 'waiters'
  end
  if #suffixes == 0 then
    return
  end
  for _, suffix in ipairs(hints.heard(suffixes)) do
    if suffix == 'waiters' then
      for _, id in ipairs(hints.final) do
        hints.publish('job:' .. id)
      end
    else
      hints.publish(suffix)
    end
  end
end
