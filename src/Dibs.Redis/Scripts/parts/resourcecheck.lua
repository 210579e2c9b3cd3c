-- Part "resourcecheck": compares what is kept of a resource with the jobs that hold it or wait for it.
local resourcecheck = {}

-- The place of a job on a resource, or nil.
function resourcecheck.place_of(job, name)
  for _, place in ipairs(jobs.places_of(job)) do
    if place.resource == name then
      return place
    end
  end
end

-- Whether a job has a ticket, and its place on the resource is of this mode and so held.
function resourcecheck.is_placed(id, name, mode, held)
  local job = jobs.find(id)
  local place = job and job.ticket > 0 and resourcecheck.place_of(job, name)
  return place and place.mode == mode and place.held == held and job
end

function resourcecheck.has_holder(resource)
  return resource.held < 0 and resourcecheck.is_placed(resource.holder, resource.name, MODE.EXCLUSIVE, true)
end

function resourcecheck.expected_held(resource)
  return resourcecheck.has_holder(resource) and -1 or browsing.count(resources.held_key(resource.name))
end

function resourcecheck.count_again(resource)
  resource.held = resourcecheck.expected_held(resource)
  resource.holder = resource.held < 0 and resource.holder or ''
  resource.waiting = browsing.count(resources.line_key(resource.name))
  resource.head = nil
  resources.touch(resource)
  heart.reconsider(resource)
end

-- A field that says nothing is no field; the jobs say what belongs there.
function resourcecheck.read(name)
  local text = call('HGET', base .. ':resources', name)
  if text and not string.match(text, '^%-?%d+ %d+ %d+ %d+ .*$') then
    if drifts.add('resource', name, text, 'numbers') then
      call('HDEL', base .. ':resources', name)
    end
    resources.known[name] = { name = name, held = 0, capacity = 0, waiting = 0, pending = 0, holder = '' }
  end
  return resources.find(name)
end

-- Compares the numbers of a resource with its sets.
function resourcecheck.check(name)
  local resource = resourcecheck.read(name)
  if not resource.stored then
    return
  end
  local waiting = browsing.count(resources.line_key(name))
  local held = resourcecheck.expected_held(resource)
  local is_idle = held == 0 and waiting == 0
  local wrong = drifts.compare('held', name, resource.held, held)
  wrong = drifts.compare('resource', name, resource.waiting, waiting) or wrong
  wrong = drifts.compare('resource', name, 'stored', is_idle and 'not stored' or 'stored') or wrong
  if wrong then
    resourcecheck.count_again(resource)
  end
  local number = tonumber(call('ZSCORE', base .. ':pending', 'r' .. name) or nil) or 0
  if drifts.compare('pending', name, resource.pending, number) then
    resource.pending = number
    resources.touch(resource)
  end
  local fits = resources.head_fits(resource)
  if drifts.compare('pending', name, resource.pending ~= 0, fits) then
    pending.set(resource, fits)
  end
end

-- Puts a place of a job with a ticket where it belongs, if it is not there.
function resourcecheck.check_place(job, place)
  local name = place.resource
  local resource = resourcecheck.read(name)
  local wrong = drifts.compare('resource', name, resource.stored and 'stored' or 'not stored', 'stored')
  if place.capacity > 0 and drifts.compare('resource', name, resource.capacity > 0, true) then
    resource.capacity = place.capacity
    wrong = true
  end
  if place.held and place.mode == MODE.EXCLUSIVE then
    if drifts.compare('held', name, resource.held < 0 and resource.holder or resource.held, job.id) then
      resource.held, resource.holder = -1, job.id
      wrong = true
    end
  else
    local key = place.held and resources.held_key(name) or resources.line_key(name)
    local member = place.held and job.id or resources.LINE_MODES[place.mode] .. job.id
    if drifts.compare(place.held and 'held' or 'resource', name, browsing.has(key, job.ticket, member), true) then
      paged.add(key, job.ticket, member)
      wrong = true
    end
  end
  if wrong then
    resource.stored = true
    resourcecheck.count_again(resource)
  end
end
