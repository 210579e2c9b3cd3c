-- Part "waiting": who holds a resource and who waits for it, for readers; src/Dibs.Redis/Reading/WaitAnswer.cs reads it.
local waiting = { SHOWN = 10 }

-- Since when a job is in its state, in microseconds since 1970.
function waiting.since(job)
  if job.state == STATE.SCHEDULED then
    return job.created_at
  elseif job.state == STATE.BLOCKED then
    return job.admitted_at > 0 and job.admitted_at or job.created_at
  elseif job.state == STATE.READY then
    return job.ready_at
  end
  local run = jobs.run_of(job)
  if job.state == STATE.RUNNING then
    return run.started_at
  elseif job.state == STATE.CANCELING then
    return run.canceling_at
  end
  return run.finished_at
end

-- Adds the number of holders and, of the first of them, how many, then id, state, worker and since when of each.
function waiting.add_holders(reply, resource)
  reply[#reply + 1] = math.abs(resource.held)
  local ids = {}
  if resource.held < 0 then
    ids[1] = resource.holder
  elseif resource.held > 0 then
    local entries = browsing.first(resources.held_key(resource.name), waiting.SHOWN)
    for n = 1, #entries, 2 do
      ids[#ids + 1] = entries[n]
    end
  end
  local flat = {}
  for _, id in ipairs(ids) do
    local job = jobs.find(id)
    if job then
      flat[#flat + 1] = id
      flat[#flat + 1] = job.state
      flat[#flat + 1] = jobs.is_running(job) and jobs.run_of(job).worker or ''
      flat[#flat + 1] = waiting.since(job)
    end
  end
  step.append(reply, flat)
end

-- Adds how many jobs of the line are shown, and id, mode and time of admission of each.
function waiting.add_line(reply, resource)
  local flat = {}
  if resource.waiting > 0 then
    local entries = browsing.first(resources.line_key(resource.name), waiting.SHOWN)
    for n = 1, #entries, 2 do
      local mode, id = resources.split_waiter(entries[n])
      local job = jobs.find(id)
      if job then
        flat[#flat + 1] = id
        flat[#flat + 1] = mode
        flat[#flat + 1] = job.admitted_at
      end
    end
  end
  step.append(reply, flat)
end
