-- Raises the beat of an incarnation and compares the attempts it names with those that run for it.
-- uses: step paged jobs resources pending hints heart attempts workers
-- ARGV: incarnation, its memory in bytes, ids of overdue jobs with a blank between them, 1 if it leaves, 1 if it counts, number of attempts named; for each: id, attempt, fence
-- Result: {known, more, ticket, fence, what was asked of it (number of WorkerRequest), number of the named that are lost, their places from 0, 3 x number of canceling, id, attempt, fence of
--         each, 3 x number of the stalest, incarnation, beat, lease in microseconds of each}
-- Guarantee: a claim that two heartbeats that count in a row do not name is lost. Repeat: one beat more.
-- Cost: O(attempts of the incarnation + 256).
local refused = step.require_schema()
if refused then
  return refused
end
step.never_refuse()
local incarnation, memory, overdue, leaving, counts = step.take(), step.take(), step.take(), step.take() == '1', step.take() == '1'
local named = {}
local held = {}
for n = 1, step.take_number() do
  local key = { attempts.member_of(step.take(), step.take_number()), step.take_number() }
  held[n] = key
  named[key[1]] = key[2]
end

local beat = workers.beat_of(incarnation)
local runs = beat and workers.runs_of(incarnation, 0) or {}
local fences = {}
for n = 1, #runs, 2 do
  fences[runs[n]] = tonumber(runs[n + 1])
end
local lost = {}
for n, key in ipairs(held) do
  if fences[key[1]] ~= key[2] then
    lost[#lost + 1] = n - 1
  end
end

local function reply(known, more, asked, canceling)
  local flat = { known, more, meta.ticket, meta.fence, asked }
  step.append(flat, lost)
  step.append(flat, canceling)
  step.append(flat, workers.stalest(incarnation))
  return flat
end

if not beat then
  return reply(0, pending.any() and 1 or 0, 0, {})
end

-- Claims whose reply was lost: one heartbeat may have been on its way before the claim.
local function end_unnamed()
  local missed_before = {}
  for member in string.gmatch(call('HGET', workers.key_of(incarnation), 'unnamed') or '', '[^\n]+') do
    missed_before[member] = true
  end
  local missed = {}
  local ended = 0
  for n = 1, #runs, 2 do
    local member = runs[n]
    if named[member] ~= fences[member] then
      if missed_before[member] and ended < heart.UNITS_PER_STEP then
        local id, attempt = workers.split_run(member)
        local job = attempts.running(id, attempt, fences[member])
        if job then
          attempts.lose(job)
        else
          attempts.note_end(incarnation, member)
        end
        fences[member] = nil
        ended = ended + 1
      else
        missed[#missed + 1] = member
      end
    end
  end
  if #missed > 0 then
    call('HSET', workers.key_of(incarnation), 'unnamed', table.concat(missed, '\n'))
  elseif next(missed_before) then
    call('HDEL', workers.key_of(incarnation), 'unnamed')
  end
  return ended
end

local function canceling_of()
  local ids = {}
  for id in string.gmatch(call('HGET', workers.key_of(incarnation), 'stopping') or '', '[^\n]+') do
    ids[id] = true
  end
  local flat = {}
  if next(ids) then
    for n = 1, #runs, 2 do
      local id, attempt = workers.split_run(runs[n])
      if ids[id] and fences[runs[n]] then
        flat[#flat + 1] = id
        flat[#flat + 1] = attempt
        flat[#flat + 1] = runs[n + 1]
      end
    end
  end
  return flat
end

beat.beat = beat.beat + 1
beat.at = now
meta.beat = meta.beat + 1
local asked = tonumber(call('HGET', workers.key_of(incarnation), 'asked') or 0)
local left = false
local ended = 0
if leaving then
  local gone
  gone, left = workers.lose_all(incarnation)
  ended = #gone / 3
elseif counts then
  ended = end_unnamed()
  attempts.save_ends()
end
if not leaving or left then
  workers.save_beat(incarnation, beat)
  call('HSET', workers.key_of(incarnation), 'memory', memory, 'overdue', overdue)
  call('ZADD', base .. ':workers', meta.beat, incarnation)
end
heart.work(heart.UNITS_PER_STEP - ended)
local more = heart.save()
return reply(1, (more == 1 or left) and 1 or 0, asked, (leaving and not left) and {} or canceling_of())
