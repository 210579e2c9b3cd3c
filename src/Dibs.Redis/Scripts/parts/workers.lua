-- Part "workers": incarnations. BASE:workers has them in the order of their beats, BASE:beats "BEAT LEASE AT" of each,
-- BASE:worker:INCARNATION what it registered, BASE:served how many of them serve each queue and may claim.
local workers = { STALEST_SHOWN = 256 }

function workers.key_of(incarnation)
  return base .. ':worker:' .. incarnation
end

-- Queues are kept one after the other, each with its length less one in front.
function workers.split_queues(bytes)
  local queues = {}
  local at = 1
  while at <= #bytes do
    queues[#queues + 1], at = jobs.take_name(bytes, at)
  end
  return queues
end

-- What an exchange does not need.
step.rarely(workers, function()
  function workers.beat_of(incarnation)
    local text = call('HGET', base .. ':beats', incarnation)
    if not text then
      return nil
    end
    local beat, lease, at = string.match(text, '^(%d+) (%d+) (%d+)$')
    return { beat = tonumber(beat), lease = tonumber(lease), at = tonumber(at) }
  end

  function workers.save_beat(incarnation, beat)
    call('HSET', base .. ':beats', incarnation, step.digits(beat.beat) .. ' ' .. step.digits(beat.lease) .. ' ' .. step.digits(beat.at))
  end

  function workers.serve(queues, difference)
    for _, queue in ipairs(queues) do
      if call('HINCRBY', base .. ':served', queue, difference) <= 0 then
        call('HDEL', base .. ':served', queue)
      end
    end
  end

  -- Up to count of the attempts that it runs, in the order of their claims: {"ID ATTEMPT", fence, …}.
  function workers.runs_of(incarnation, count)
    return call('ZRANGE', attempts.runs_key(incarnation), 0, count - 1, 'WITHSCORES')
  end

  function workers.split_run(member)
    local id, attempt = string.match(member, '^(.+) (%d+)$')
    return id, tonumber(attempt)
  end

  -- An incarnation claims nothing more.
  function workers.retire(incarnation, queues)
    workers.serve(queues, -1)
    for _, queue in ipairs(queues) do
      call('ZREM', base .. ':idle:' .. queue, incarnation)
    end
  end

  -- Ends attempts of an incarnation that is gone, up to a step's units, and forgets it when none is left.
  -- Answers {id, attempt, fence, …} and whether attempts are left.
  function workers.lose_all(incarnation)
    local runs = workers.runs_of(incarnation, heart.UNITS_PER_STEP)
    local ended = {}
    for n = 1, #runs, 2 do
      local id, attempt = workers.split_run(runs[n])
      local job = attempts.running(id, attempt, tonumber(runs[n + 1]))
      if job then
        attempts.lose(job)
      else
        attempts.note_end(incarnation, runs[n])
      end
      ended[#ended + 1] = id
      ended[#ended + 1] = attempt
      ended[#ended + 1] = runs[n + 1]
    end
    attempts.save_ends()
    if call('EXISTS', attempts.runs_key(incarnation)) == 1 then
      return ended, true
    end
    local worker = call('HMGET', workers.key_of(incarnation), 'queues', 'asked')
    if worker[1] and not worker[2] then
      workers.retire(incarnation, workers.split_queues(worker[1]))
    end
    call('DEL', workers.key_of(incarnation))
    call('HDEL', base .. ':beats', incarnation)
    call('ZREM', base .. ':workers', incarnation)
    return ended, false
  end

  -- Asks something of all incarnations of a name, each of which keeps the most that was asked of it. Answers whether there are any, whether
  -- it is new to one of them, and the least that is asked of them now.
  function workers.ask(name, request)
    local is_new, least = false, nil
    for _, incarnation in ipairs(call('ZRANGE', base .. ':workers', 0, -1)) do
      local key = workers.key_of(incarnation)
      local worker = call('HMGET', key, 'name', 'asked', 'queues')
      if worker[1] == name then
        local asked = tonumber(worker[2] or 0)
        if asked < request then
          if asked == 0 then
            workers.retire(incarnation, workers.split_queues(worker[3]))
          end
          asked, is_new = request, true
          call('HSET', key, 'asked', request)
          hints.workers[incarnation] = true
        end
        least = math.min(least or asked, asked)
      end
    end
    return least ~= nil, is_new, least
  end

  -- The others that beat longest ago: {incarnation, beat, lease, …}.
  function workers.stalest(except)
    local names = call('ZRANGE', base .. ':workers', 0, workers.STALEST_SHOWN)
    local others = {}
    for _, name in ipairs(names) do
      if name ~= except and #others < workers.STALEST_SHOWN then
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
end)
