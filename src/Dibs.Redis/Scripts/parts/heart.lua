-- Part "heart": admission, release, advance. The rules are those of src/Dibs/Reservations/Heart.cs, which says why they
-- are so; random traces hold this restatement to it.
local UNITS_PER_STEP = 256
local PRIORITY_STEP = 6000000

local function ready_key_of(job)
  return job.ready_at - PRIORITY_STEP * job.priority
end

local function reconsider(resource)
  set_pending(resource, head_fits(resource))
end

local function make_ready(job)
  move(job, READY)
  paged_add(base .. ':ready:' .. queue_of(job), ready_key_of(job), numbered(job.ticket, job.id))
  hint_ready(queue_of(job))
end

local function begin_ready(job)
  meta.ready = math.max(meta.ready, now)
  job.ready_at = meta.ready
  make_ready(job)
end

local function leave_ready(job)
  paged_remove(base .. ':ready:' .. queue_of(job), ready_key_of(job), numbered(job.ticket, job.id))
end

-- A job gets its ticket and joins the line of every resource.
local function admit(job)
  meta.ticket = meta.ticket + 1
  job.ticket = meta.ticket
  job.blockers = 0
  for _, place in ipairs(places_of(job)) do
    local resource = resource_of(place.resource)
    if place.capacity > 0 and (job.admitted_at == 0 or resource.capacity == 0) then
      resource.capacity = place.capacity
      touch_resource(resource)
      reconsider(resource)
    end
    join(resource, job, place)
    if not place.held then
      job.blockers = job.blockers + 1
    end
  end
  job.admitted_at = now
  touch(job)
  if job.blockers == 0 then
    begin_ready(job)
  end
end

local function admit_if_possible(job)
  if job.state == BLOCKED and job.dependencies == 0 then
    admit(job)
  end
end

local function leave(job)
  if job.ticket == 0 then
    return
  end
  for _, place in ipairs(places_of(job)) do
    local resource = resource_of(place.resource)
    give_back(resource, job, place)
    reconsider(resource)
    if is_idle(resource) then
      resource.capacity = 0
    end
  end
  job.ticket = 0
  job.blockers = 0
end

-- The job is final: it gives back all it holds or waits for, and its dependents will be told.
local function finish(job, state, reason)
  if job.state == SCHEDULED then
    local _, run_at = conditions_of(job)
    paged_remove(base .. ':due', run_at, numbered(job.seq, job.id))
  elseif job.state == READY then
    leave_ready(job)
  end
  leave(job)
  if call('EXISTS', base .. ':dependents:' .. job.id) == 1 then
    add_pending_job(job.id)
  end
  job.reason = reason
  run_of(job).finished_at = now
  touch_run(job)
  move(job, state)
  paged_add(base .. ':final', now, numbered(job.seq, job.id))
  meta.final = meta.final + 1
  hints.final[#hints.final + 1] = job.id
end

local function advance(resource, budget)
  local spent = 0
  while spent < budget and head_fits(resource) do
    local head = resource.head
    leave_line(resource, head.ticket, head.id, head.mode)
    spent = spent + 1
    local job = find(head.id)
    -- What has no record is no job any more, and its place is gone with this.
    if job and job.ticket == head.ticket then
      for _, place in ipairs(places_of(job)) do
        if place.resource == resource.name then
          place.held = true
        end
      end
      hold(resource, job.id, head.mode, head.ticket)
      job.blockers = job.blockers - 1
      touch(job)
      if job.blockers == 0 then
        begin_ready(job)
      end
    end
  end
  reconsider(resource)
  return spent
end

local function tell_dependents(id, budget)
  local key = base .. ':dependents:' .. id
  local job = find(id)
  local spent = 0
  while spent < budget do
    local first = call('ZPOPMIN', key)[1]
    if not first then
      return spent
    end
    spent = spent + 1
    local dependent = find(first)
    if dependent then
      dependent.dependencies = dependent.dependencies - 1
      touch(dependent)
      if not is_final(dependent) then
        if job and job.state == COMPLETED then
          admit_if_possible(dependent)
        else
          finish(dependent, CANCELED, REASON_DEPENDENCY)
        end
      end
    end
  end
  if call('EXISTS', key) == 1 then
    add_pending_job(id)
  end
  return spent
end

-- Works on what is pending, up to the budget; answers the units spent.
local function work(budget)
  local spent = 0
  while spent < budget do
    local resource, id = take_pending()
    if resource then
      spent = spent + advance(resource, budget - spent)
    elseif id then
      spent = spent + tell_dependents(id, budget - spent)
    else
      break
    end
  end
  return spent
end

-- Stores all that the step changed, and tells who waits. Answers whether pending work is left.
local function save()
  local more = save_pending()
  save_jobs()
  save_resources()
  save_meta()
  send_hints()
  return more and 1 or 0
end
