-- Part "heart": admission, release, advance. The rules are those of src/Dibs/Reservations/Heart.cs, which says why they
-- are so; random traces hold this restatement to it.
local heart = { UNITS_PER_STEP = 256, PER_PRIORITY = 6000000, lonely = {} }

function heart.reconsider(resource)
  if resource.waiting > 0 or resource.pending ~= 0 then
    pending.set(resource, resources.head_fits(resource))
  end
end

function heart.leave(job)
  if job.ticket == 0 then
    return
  end
  local places = jobs.places_of(job)
  for n = 1, #places do
    local place = places[n]
    local resource = resources.find(place.resource)
    resources.give_back(resource, job, place)
    heart.reconsider(resource)
    if resources.is_idle(resource) then
      resource.capacity = 0
    end
  end
  job.ticket = 0
  job.blockers = 0
end

-- Reads at once what the ends of these jobs will look at: resources, and whether nobody comes after them.
function heart.foresee_ends(list)
  resources.foresee(list)
  local keys, found = {}, 0
  for n = 1, #list do
    keys[n] = base .. ':dependents:' .. list[n].id
  end
  step.pass_all(keys, function(...)
    found = found + call('EXISTS', ...)
  end)
  if found == 0 then
    for n = 1, #list do
      heart.lonely[list[n].id] = true
    end
  end
end

-- The job is final: it gives back all it holds or waits for, and its dependents will be told.
function heart.finish(job, state, reason)
  if job.state == STATE.SCHEDULED then
    local _, run_at = jobs.conditions_of(job)
    paged.remove(base .. ':due', run_at, jobs.numbered(job.seq, job.id))
  elseif job.state == STATE.READY then
    heart.leave_ready(job)
  end
  heart.leave(job)
  if not heart.lonely[job.id] and call('EXISTS', base .. ':dependents:' .. job.id) == 1 then
    pending.add_job(job.id)
  end
  job.reason = reason
  jobs.run_of(job).finished_at = now
  job.run_changed = true
  jobs.move(job, state)
  paged.add(base .. ':final', now, jobs.numbered(job.seq, job.id))
  meta.final = meta.final + 1
  hints.final[#hints.final + 1] = job.id
end

-- Works on what is pending, up to the budget; answers the units spent.
function heart.work(budget)
  local spent = 0
  while spent < budget do
    local resource, id = pending.take()
    if resource then
      spent = spent + heart.advance(resource, budget - spent)
    elseif id then
      spent = spent + heart.tell_dependents(id, budget - spent)
    else
      break
    end
  end
  return spent
end

-- Stores all that the step changed, and tells who waits. Answers whether pending work is left.
-- A key of a foreign type ends a step where it is met. So what was given is stored before the records that have it, and what others are
-- computed from before what is computed: repair can set right all that such a step leaves behind.
function heart.save()
  local more = pending.save()
  step.save_counters()
  paged.save()
  jobs.save()
  resources.save()
  jobs.save_tallies()
  hints.send()
  return more and 1 or 0
end

-- What an exchange does not need, if its ends wake nobody.
step.rarely(heart, function()
  function heart.ready_key_of(job)
    return job.ready_at - heart.PER_PRIORITY * job.priority
  end

  function heart.make_ready(job)
    jobs.move(job, STATE.READY)
    paged.add(base .. ':ready:' .. jobs.queue_of(job), heart.ready_key_of(job), jobs.numbered(job.ticket, job.id))
    hints.add_ready(jobs.queue_of(job))
  end

  function heart.begin_ready(job)
    meta.ready = math.max(meta.ready, now)
    job.ready_at = meta.ready
    heart.make_ready(job)
  end

  function heart.leave_ready(job)
    paged.remove(base .. ':ready:' .. jobs.queue_of(job), heart.ready_key_of(job), jobs.numbered(job.ticket, job.id))
  end

  -- A job gets its ticket and joins the line of every resource.
  function heart.admit(job)
    meta.ticket = meta.ticket + 1
    job.ticket = meta.ticket
    job.blockers = 0
    local places = jobs.places_of(job)
    for n = 1, #places do
      local place = places[n]
      local resource = resources.find(place.resource)
      if place.capacity > 0 and (job.admitted_at == 0 or resource.capacity == 0) then
        resource.capacity = place.capacity
        resources.touch(resource)
        heart.reconsider(resource)
      end
      resources.join(resource, job, place)
      if not place.held then
        job.blockers = job.blockers + 1
      end
    end
    job.admitted_at = now
    jobs.touch(job)
    if job.blockers == 0 then
      heart.begin_ready(job)
    end
  end

  function heart.admit_if_possible(job)
    if job.state == STATE.BLOCKED and job.dependencies == 0 then
      heart.admit(job)
    end
  end

  function heart.advance(resource, budget)
    local spent = 0
    while spent < budget and resources.head_fits(resource) do
      local head = resource.head
      resources.leave_line(resource, head.ticket, head.id, head.mode)
      spent = spent + 1
      local job = jobs.find(head.id)
      -- What has no record is no job any more, and its place is gone with this.
      if job and job.ticket == head.ticket then
        for _, place in ipairs(jobs.places_of(job)) do
          if place.resource == resource.name then
            place.held = true
          end
        end
        resources.hold(resource, job.id, head.mode, head.ticket)
        job.blockers = job.blockers - 1
        jobs.touch(job)
        if job.blockers == 0 then
          heart.begin_ready(job)
        end
      end
    end
    heart.reconsider(resource)
    return spent
  end

  function heart.tell_dependents(id, budget)
    local key = base .. ':dependents:' .. id
    local job = jobs.find(id)
    local spent = 0
    while spent < budget do
      local first = call('ZPOPMIN', key)[1]
      if not first then
        return spent
      end
      spent = spent + 1
      local dependent = jobs.find(first)
      if dependent then
        dependent.dependencies = dependent.dependencies - 1
        jobs.touch(dependent)
        if not jobs.is_final(dependent) then
          if job and job.state == STATE.COMPLETED then
            heart.admit_if_possible(dependent)
          else
            heart.finish(dependent, STATE.CANCELED, REASON.DEPENDENCY)
          end
        end
      end
    end
    if call('EXISTS', key) == 1 then
      pending.add_job(id)
    end
    return spent
  end
end)
