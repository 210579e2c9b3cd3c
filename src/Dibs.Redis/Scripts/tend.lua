-- The chores that any worker does for all: admits what became due, prunes what is final long enough, works on what is pending.
-- uses: step paged jobs resources pending hints heart
-- ARGV: longest age of a final job and shortest, in microseconds; most final jobs
-- Result: {promoted, pruned, microseconds until the next job is due or -1, more}. Repeat: goes on. Cost: at most 256 units.
local refused = step.require_schema()
if refused then
  return refused
end
step.never_refuse()
local age, least_age, most_final = step.take_number(), step.take_number(), step.take_number()
local recent = now - least_age
local old = math.min(recent, now - age)

local function next_due()
  local member, run_at = paged.first(base .. ':due')
  return member and run_at <= now and string.sub(member, 8), run_at, member
end

local function promote(id, run_at, member)
  paged.remove(base .. ':due', run_at, member)
  local job = jobs.find(id)
  if job then
    jobs.move(job, STATE.BLOCKED)
    heart.admit_if_possible(job)
  end
end

local function is_pending(id)
  return call('ZSCORE', base .. ':pending', 'j' .. id)
end

-- Dependencies that have not told it of their end must not do so any more.
local function forget(job)
  if job.dependencies == 0 then
    return
  end
  for _, id in ipairs((jobs.conditions_of(job))) do
    local key = base .. ':dependents:' .. id
    if call('ZREM', key, job.id) == 1 and call('EXISTS', key) == 0 then
      call('ZREM', base .. ':pending', 'j' .. id)
    end
  end
end

local function prune(id, finished_at, member)
  paged.remove(base .. ':final', finished_at, member)
  meta.final = meta.final - 1
  local job = jobs.find(id)
  if job then
    forget(job)
    jobs.tally(jobs.queue_of(job), job.state, -1)
    paged.remove(base .. ':order', job.seq, id)
    call('UNLINK', jobs.key_of(id), base .. ':more:' .. id, base .. ':log:' .. id, base .. ':tries:' .. id)
    jobs.known[id] = false
  end
end

-- Final jobs from the oldest on that may go now, and are not at work any more. A page at a time; those at work stay where they are.
local function next_to_prune()
  local entries = paged.head(base .. ':final', paged.PAGE)
  for n = 1, #entries, 2 do
    local finished_at = tonumber(entries[n + 1])
    if finished_at > recent or (finished_at > old and meta.final <= most_final) then
      return nil
    end
    local id = string.sub(entries[n], 8)
    if not is_pending(id) then
      return id, finished_at, entries[n]
    end
  end
end

-- Does one after the other, up to the budget; answers how many.
local function each(budget, find_next, act)
  for done = 0, budget - 1 do
    local id, time, member = find_next()
    if not id then
      return done
    end
    act(id, time, member)
  end
  return budget
end

local promoted = each(heart.UNITS_PER_STEP, next_due, promote)
local pruned = each(heart.UNITS_PER_STEP - promoted, next_to_prune, prune)
heart.work(heart.UNITS_PER_STEP - promoted - pruned)
local _, due_at = paged.first(base .. ':due')
local more = heart.save() == 1 or next_due() or next_to_prune()
return { promoted, pruned, due_at and math.max(0, due_at - now) or -1, more and 1 or 0 }
