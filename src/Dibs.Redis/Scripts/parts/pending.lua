-- Part "pending": what has work left, a set in the order in which its entries came: resources whose head of line fits, and
-- ended jobs with dependents not told. BASE:pending has what steps left over, as r and the resource or j and the job.
-- Most steps do all they cause, so what a step adds is stored only if it is left at the end.
local added = {}
local added_first = 1
local last_stored = meta.pending
local last_number = meta.pending

local function stored_first()
  return call('ZRANGE', base .. ':pending', 0, 0)[1]
end

-- Puts a resource last if it is not in, or takes it out.
local function set_pending(resource, has_work)
  if has_work and resource.pending == 0 then
    last_number = last_number + 1
    resource.pending = last_number
    added[#added + 1] = { number = last_number, resource = resource }
    touch_resource(resource)
  elseif not has_work and resource.pending ~= 0 then
    if resource.pending <= last_stored then
      call('ZREM', base .. ':pending', 'r' .. resource.name)
    end
    resource.pending = 0
    touch_resource(resource)
  end
end

-- Puts an ended job last. Only for one that is not in.
local function add_pending_job(id)
  last_number = last_number + 1
  added[#added + 1] = { number = last_number, id = id }
end

-- An entry that was taken out meanwhile stays in the queue of this step, under a number that its resource has no more.
local function skip_removed()
  local entry = added[added_first]
  while entry and entry.resource and entry.resource.pending ~= entry.number do
    added_first = added_first + 1
    entry = added[added_first]
  end
  return entry
end

local function has_pending()
  return stored_first() ~= nil or skip_removed() ~= nil
end

-- Takes out the entry that came first: a resource, or the id of a job.
local function take_pending()
  local member = stored_first()
  if member then
    call('ZREM', base .. ':pending', member)
    local name = string.sub(member, 2)
    if string.byte(member) == 106 then
      return nil, name
    end
    local resource = resource_of(name)
    resource.pending = 0
    touch_resource(resource)
    return resource
  end
  local entry = skip_removed()
  if not entry then
    return nil
  end
  added_first = added_first + 1
  if entry.resource then
    entry.resource.pending = 0
  end
  return entry.resource, entry.id
end

-- Whether work is left over, for this or the next step.
local function save_pending()
  local left = false
  for n = added_first, #added do
    local entry = added[n]
    if entry.id or entry.resource.pending == entry.number then
      call('ZADD', base .. ':pending', entry.number, entry.id and 'j' .. entry.id or 'r' .. entry.resource.name)
      meta.pending = entry.number
      left = true
    end
  end
  return left or stored_first() ~= nil
end
