-- Part "pending": what has work left, a set in the order in which its entries came: resources whose head of line fits, and
-- ended jobs with dependents not told. BASE:pending has what steps left over, as r and the resource or j and the job.
-- Most steps do all they cause, so what a step adds is stored only if it is left at the end.
local pending = { added = {}, first = 1, last_stored = meta.pending, last = meta.pending }

-- Nothing is stored before the end of a step, so what was seen to be empty is not looked at again.
function pending.stored_first()
  if pending.none_stored then
    return nil
  end
  local first = call('ZRANGE', base .. ':pending', '0', '0')[1]
  pending.none_stored = first == nil
  return first
end

-- Puts a resource last if it is not in, or takes it out.
function pending.set(resource, has_work)
  if has_work and resource.pending == 0 then
    pending.last = pending.last + 1
    resource.pending = pending.last
    pending.added[#pending.added + 1] = { number = pending.last, resource = resource }
    resources.touch(resource)
  elseif not has_work and resource.pending ~= 0 then
    if resource.pending <= pending.last_stored then
      call('ZREM', base .. ':pending', 'r' .. resource.name)
    end
    resource.pending = 0
    resources.touch(resource)
  end
end

-- Puts an ended job last. Only for one that is not in.
function pending.add_job(id)
  pending.last = pending.last + 1
  pending.added[#pending.added + 1] = { number = pending.last, id = id }
end

-- An entry that was taken out meanwhile stays in the queue of this step, under a number that its resource has no more.
function pending.skip_removed()
  local entry = pending.added[pending.first]
  while entry and entry.resource and entry.resource.pending ~= entry.number do
    pending.first = pending.first + 1
    entry = pending.added[pending.first]
  end
  return entry
end

function pending.any()
  return pending.stored_first() ~= nil or pending.skip_removed() ~= nil
end

-- Takes out the entry that came first: a resource, or the id of a job.
function pending.take()
  local member = pending.stored_first()
  if member then
    call('ZREM', base .. ':pending', member)
    local name = string.sub(member, 2)
    if string.byte(member) == 106 then
      return nil, name
    end
    local resource = resources.find(name)
    resource.pending = 0
    resources.touch(resource)
    return resource
  end
  local entry = pending.skip_removed()
  if not entry then
    return nil
  end
  pending.first = pending.first + 1
  if entry.resource then
    entry.resource.pending = 0
  end
  return entry.resource, entry.id
end

-- Whether work is left over, for this or the next step.
function pending.save()
  local left = false
  for n = pending.first, #pending.added do
    local entry = pending.added[n]
    if entry.id or entry.resource.pending == entry.number then
      call('ZADD', base .. ':pending', entry.number, entry.id and 'j' .. entry.id or 'r' .. entry.resource.name)
      meta.pending = entry.number
      left = true
    end
  end
  return left or pending.stored_first() ~= nil
end
