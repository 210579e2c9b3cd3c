-- Part "resources": resources that somebody holds or waits for. One field each in the hash BASE:resources, its value
-- "HELD CAPACITY WAITING PENDING HOLDER": -1 held exclusively, by HOLDER, else the number of shared holders; 0 no capacity;
-- jobs in line; number among the pending, 0 if it is not among them. BASE:held:NAME has the shared holders and
-- BASE:line:NAME those who wait, both by ticket; a member of a line is x or s, for its mode, and the id.
local resources = { LINE_MODES = { [MODE.EXCLUSIVE] = 'x', [MODE.SHARED] = 's' }, known = {}, changed = {} }

-- What most fields begin with, and so are read and written without taking the numbers apart.
resources.HELD_ALONE = '-1 0 0 0 '

function resources.held_key(name)
  return base .. ':held:' .. name
end

-- Makes a resource known from its field, false if it has none.
function resources.know(name, text)
  local resource = { name = name, held = 0, capacity = 0, waiting = 0, pending = 0, holder = '', stored = text and true }
  if text and sub(text, 1, #resources.HELD_ALONE) == resources.HELD_ALONE then
    resource.held, resource.holder = -1, sub(text, #resources.HELD_ALONE + 1)
  elseif text then
    local held, capacity, waiting, number, holder = string.match(text, '^(%S+) (%S+) (%S+) (%S+) (.*)$')
    resource.held, resource.capacity, resource.waiting = tonumber(held), tonumber(capacity), tonumber(waiting)
    resource.pending, resource.holder = tonumber(number), holder
  end
  resources.known[name] = resource
  return resource
end

function resources.find(name)
  return resources.known[name] or resources.know(name, call('HGET', base .. ':resources', name))
end

-- Reads at once the resources of jobs that will be admitted or will leave.
function resources.foresee(list)
  local names, seen = {}, {}
  for n = 1, #list do
    local places = jobs.places_of(list[n])
    for i = 1, #places do
      local name = places[i].resource
      if not seen[name] then
        seen[name] = true
        names[#names + 1] = name
      end
    end
  end
  local known = 0
  step.pass_all(names, function(...)
    local texts = call('HMGET', base .. ':resources', ...)
    for n = 1, #texts do
      resources.know(names[known + n], texts[n])
    end
    known = known + #texts
  end)
end

function resources.touch(resource)
  if not resource.changed then
    resource.changed = true
    resources.changed[#resources.changed + 1] = resource
  end
end

function resources.is_idle(resource)
  return resource.held == 0 and resource.waiting == 0
end

function resources.fits(resource, mode)
  if mode == MODE.EXCLUSIVE then
    return resource.held == 0
  end
  return resource.held >= 0 and (resource.capacity == 0 or resource.held < resource.capacity)
end

function resources.hold(resource, id, mode, ticket)
  if mode == MODE.EXCLUSIVE then
    resource.held = -1
    resource.holder = id
  else
    resource.held = resource.held + 1
    paged.add(resources.held_key(resource.name), ticket, id)
  end
  resources.touch(resource)
end

-- The job joins the line, or holds the resource at once when nobody waits and it fits.
function resources.join(resource, job, place)
  place.held = resource.waiting == 0 and resources.fits(resource, place.mode)
  if place.held then
    resources.hold(resource, job.id, place.mode, job.ticket)
  else
    paged.add(resources.line_key(resource.name), job.ticket, resources.LINE_MODES[place.mode] .. job.id)
    resource.waiting = resource.waiting + 1
    resources.touch(resource)
  end
end

function resources.give_back(resource, job, place)
  if not place.held then
    resources.leave_line(resource, job.ticket, job.id, place.mode)
    return
  end
  if place.mode == MODE.EXCLUSIVE then
    resource.held = 0
    resource.holder = ''
  else
    paged.remove(resources.held_key(resource.name), job.ticket, job.id)
    resource.held = resource.held - 1
  end
  place.held = false
  resources.touch(resource)
end

function resources.text_of(resource)
  if resource.held < 0 and resource.capacity == 0 and resource.waiting == 0 and resource.pending == 0 then
    return resources.HELD_ALONE .. resource.holder
  end
  return string.format('%d %d %d %.0f %s', resource.held, resource.capacity, resource.waiting, resource.pending, resource.holder)
end

-- After the pending work was saved, which numbers what is left of it.
function resources.save()
  local fields, idle = {}, {}
  for n = 1, #resources.changed do
    local resource = resources.changed[n]
    if not resources.is_idle(resource) then
      fields[#fields + 1] = resource.name
      fields[#fields + 1] = resources.text_of(resource)
    elseif resource.stored then
      idle[#idle + 1] = resource.name
    end
  end
  step.pass_all(fields, function(...)
    call('HSET', base .. ':resources', ...)
  end)
  step.pass_all(idle, function(...)
    call('HDEL', base .. ':resources', ...)
  end)
end

-- Where somebody waits.
step.rarely(resources, function()
  function resources.line_key(name)
    return base .. ':line:' .. name
  end

  -- Mode and id of a member of a line.
  function resources.split_waiter(member)
    return string.byte(member) == 120 and MODE.EXCLUSIVE or MODE.SHARED, string.sub(member, 2)
  end

  -- The first in line: {id, mode, ticket}, or nil.
  function resources.head_of(resource)
    while resource.waiting > 0 and not resource.head do
      local member, ticket, page = paged.first(resources.line_key(resource.name))
      if not member then
        break
      end
      local mode, id = resources.split_waiter(member)
      resource.head = { id = id, mode = mode, ticket = ticket, page = page }
    end
    return resource.head
  end

  function resources.head_fits(resource)
    local head = resources.head_of(resource)
    return head ~= nil and resources.fits(resource, head.mode)
  end

  function resources.leave_line(resource, ticket, id, mode)
    local key, member = resources.line_key(resource.name), resources.LINE_MODES[mode] .. id
    if resource.head and resource.head.id == id then
      paged.remove_from(key, resource.head.page, { member })
      resource.head = nil
    else
      paged.remove(key, ticket, member)
    end
    resource.waiting = resource.waiting - 1
    resources.touch(resource)
  end
end)
