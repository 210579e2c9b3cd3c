-- Part "resources": resources that somebody holds or waits for. One field each in the hash BASE:resources, its value
-- "HELD CAPACITY WAITING PENDING HOLDER": -1 held exclusively, by HOLDER, else the number of shared holders; 0 no capacity;
-- jobs in line; number among the pending, 0 if it is not among them. BASE:held:NAME has the shared holders and
-- BASE:line:NAME those who wait, both by ticket; a member of a line is x or s, for its mode, and the id.
local LINE_MODES = { [EXCLUSIVE] = 'x', [SHARED] = 's' }
local resources = {}
local changed_resources = {}

local function held_key(name)
  return base .. ':held:' .. name
end

local function line_key(name)
  return base .. ':line:' .. name
end

local function resource_of(name)
  local resource = resources[name]
  if resource then
    return resource
  end
  resource = { name = name, held = 0, capacity = 0, waiting = 0, pending = 0, holder = '' }
  local text = call('HGET', base .. ':resources', name)
  if text then
    local held, capacity, waiting, pending, holder = string.match(text, '^(%S+) (%S+) (%S+) (%S+) (.*)$')
    resource.held, resource.capacity, resource.waiting = tonumber(held), tonumber(capacity), tonumber(waiting)
    resource.pending, resource.holder, resource.stored = tonumber(pending), holder, true
  end
  resources[name] = resource
  return resource
end

local function touch_resource(resource)
  if not resource.changed then
    resource.changed = true
    changed_resources[#changed_resources + 1] = resource
  end
end

local function is_idle(resource)
  return resource.held == 0 and resource.waiting == 0
end

local function fits(resource, mode)
  if mode == EXCLUSIVE then
    return resource.held == 0
  end
  return resource.held >= 0 and (resource.capacity == 0 or resource.held < resource.capacity)
end

-- The first in line: {id, mode, ticket}, or nil.
local function head_of(resource)
  while resource.waiting > 0 and not resource.head do
    local member, ticket = paged_first(line_key(resource.name))
    if not member then
      break
    end
    resource.head = { id = string.sub(member, 2), mode = string.byte(member) == 120 and EXCLUSIVE or SHARED, ticket = ticket }
  end
  return resource.head
end

local function head_fits(resource)
  local head = head_of(resource)
  return head ~= nil and fits(resource, head.mode)
end

local function hold(resource, id, mode, ticket)
  if mode == EXCLUSIVE then
    resource.held = -1
    resource.holder = id
  else
    resource.held = resource.held + 1
    paged_add(held_key(resource.name), ticket, id)
  end
  touch_resource(resource)
end

-- The job joins the line, or holds the resource at once when nobody waits and it fits.
local function join(resource, job, place)
  place.held = resource.waiting == 0 and fits(resource, place.mode)
  if place.held then
    hold(resource, job.id, place.mode, job.ticket)
  else
    paged_add(line_key(resource.name), job.ticket, LINE_MODES[place.mode] .. job.id)
    resource.waiting = resource.waiting + 1
    touch_resource(resource)
  end
end

local function leave_line(resource, ticket, id, mode)
  paged_remove(line_key(resource.name), ticket, LINE_MODES[mode] .. id)
  resource.waiting = resource.waiting - 1
  if resource.head and resource.head.id == id then
    resource.head = nil
  end
  touch_resource(resource)
end

local function give_back(resource, job, place)
  if not place.held then
    leave_line(resource, job.ticket, job.id, place.mode)
    return
  end
  if place.mode == EXCLUSIVE then
    resource.held = 0
    resource.holder = ''
  else
    paged_remove(held_key(resource.name), job.ticket, job.id)
    resource.held = resource.held - 1
  end
  place.held = false
  touch_resource(resource)
end

-- After the pending work was saved, which numbers what is left of it.
local function save_resources()
  for _, resource in ipairs(changed_resources) do
    if not is_idle(resource) then
      call('HSET', base .. ':resources', resource.name, string.format('%d %d %d %.0f %s',
        resource.held, resource.capacity, resource.waiting, resource.pending, resource.holder))
    elseif resource.stored then
      call('HDEL', base .. ':resources', resource.name)
    end
  end
end
