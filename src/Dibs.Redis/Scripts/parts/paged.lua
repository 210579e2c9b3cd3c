-- Part "paged": sorted sets of any length in pages of 80 entries. Redis keeps a sorted set of up to 128 small entries in
-- a compact form of some 20 bytes an entry, and a longer one in 110; it looks through the compact form from the front, so two thirds of
-- what fits take less time and about as much memory. The first page is the key itself; while that is
-- the only one there is no directory. Page N of BASE:NAME is BASE:N:NAME and its directory BASE:pages:NAME: the number stands
-- in front, since names end as they like, so that behind them it could be part of another's. The directory has an entry for each
-- page, with the score of the first entry that the page was begun with, and as member the member of that entry and the number of
-- the page in four bytes: so the order of the directory is the order of the entries. Entries of equal score begin with a number of fixed width, or there are none.
local paged = { PAGE = 80, NUMBER = '>I4', FIRST = '\0\0\0\0', lasts = {}, added = {} }

function paged.key_of(key, page)
  if page == paged.FIRST then
    return key
  end
  return base .. ':' .. unpack_bytes(paged.NUMBER, page, #page - 3) .. sub(key, #base + 1)
end

function paged.directory_of(key)
  return base .. ':pages' .. sub(key, #base + 1)
end

-- The last page of a set, as this step knows it: its entry in the directory, its key and the number of its entries.
function paged.last(key)
  local last = paged.lasts[key]
  if last then
    return last
  end
  local entry = call('ZREVRANGE', paged.directory_of(key), '0', '0', 'WITHSCORES')
  local page = entry[1] or paged.FIRST
  local at = paged.key_of(key, page)
  last = { page = page, at = at, from = tonumber(entry[2]) or -math.huge, single = not entry[1], count = call('ZCARD', at) }
  paged.lasts[key] = last
  return last
end

-- Adds an entry: it is written with the others that the step adds to that set, by one command a page, at the end or before the step looks at the set.
function paged.add(key, score, member)
  local added = paged.added[key]
  if not added then
    added = {}
    paged.added[key] = added
  end
  local n = #added
  added[n + 1] = score
  added[n + 2] = member
end

-- Writes what was added to a set.
function paged.write(key)
  local added = paged.added[key]
  if not added then
    return
  end
  paged.added[key] = nil
  local last = paged.last(key)
  local batch = {}

  local function write_batch()
    if #batch > 0 then
      last.count = last.count + call('ZADD', last.at, unpack(batch))
      batch = {}
    end
  end

  for n = 1, #added, 2 do
    local score, member = added[n], added[n + 1]
    if not paged.is_in_last(last, score, member) then
      call('ZADD', paged.key_of(key, paged.earlier_page_of(key, score, member)), step.digits(score), member)
    else
      local size = #batch
      if last.count + size / 2 >= paged.PAGE then
        write_batch()
        size = 0
        if paged.is_full(last, score, member) then
          last = paged.begin_page(key, last, score, member)
        end
      end
      batch[size + 1] = step.digits(score)
      batch[size + 2] = member
    end
  end
  write_batch()
end

-- Writes what was added to all sets.
function paged.save()
  local key = next(paged.added)
  while key do
    paged.write(key)
    key = next(paged.added)
  end
end

-- Whether an entry belongs to the last page.
function paged.is_in_last(last, score, member)
  return last.single or score > last.from or (score == last.from and sub(last.page, 1, -5) <= member)
end

-- The page that an entry belongs to.
function paged.page_of(key, score, member)
  paged.write(key)
  local last = paged.last(key)
  if paged.is_in_last(last, score, member) then
    return last.page
  end
  return paged.earlier_page_of(key, score, member)
end

-- Takes members out of the page that they are in; answers how many were there.
function paged.remove_from(key, page, members)
  paged.write(key)
  local at = paged.key_of(key, page)
  local removed = call('ZREM', at, unpack(members))
  local last = paged.last(key)
  if page == last.page then
    last.count = last.count - removed
  end
  if not last.single and call('EXISTS', at) == 0 then
    call('ZREM', paged.directory_of(key), page)
    paged.lasts[key] = nil
  end
  return removed
end

-- True if it was in.
function paged.remove(key, score, member)
  return paged.remove_from(key, paged.page_of(key, score, member), { member }) == 1
end

-- Up to count entries of the lowest page, {member, score, member, score, …}, smallest first, and the page.
function paged.head(key, count)
  paged.write(key)
  local last = paged.last(key)
  if last.single and last.count == 0 then
    return {}, last.page
  end
  local page = last.single and last.page or call('ZRANGE', paged.directory_of(key), '0', '0')[1]
  return call('ZRANGE', paged.key_of(key, page), '0', count - 1, 'WITHSCORES'), page
end

-- The first entry, its score and its page; nothing if there is none.
function paged.first(key)
  local entries, page = paged.head(key, 1)
  return entries[1], tonumber(entries[2]), page
end

step.rarely(paged, function()
  -- The page of an entry that is not of the last one, found in the directory.
  function paged.earlier_page_of(key, score, member)
    local directory = paged.directory_of(key)
    local from = 0
    while true do
      local pages = call('ZREVRANGEBYSCORE', directory, step.digits(score), '-inf', 'WITHSCORES', 'LIMIT', from, 8)
      for n = 1, #pages, 2 do
        if tonumber(pages[n + 1]) < score or sub(pages[n], 1, -5) <= member then
          return pages[n]
        end
      end
      if #pages < 16 then
        -- Smaller than the first of all pages.
        return call('ZRANGE', directory, '0', '0')[1]
      end
      from = from + 8
    end
  end

  -- Whether a full last page ends before this entry.
  function paged.is_full(last, score, member)
    if last.count < paged.PAGE then
      return false
    end
    local tail = call('ZREVRANGE', last.at, '0', '0', 'WITHSCORES')
    local tail_score = tonumber(tail[2])
    return tail_score < score or (tail_score == score and tail[1] < member)
  end

  function paged.begin_page(key, last, score, member)
    local directory = paged.directory_of(key)
    if last.single then
      call('ZADD', directory, '-inf', paged.FIRST)
    end
    local number, page, at = unpack_bytes(paged.NUMBER, last.page, #last.page - 3), nil, nil
    -- A page whose directory was lost is not taken up again: verify puts its entries where they belong, and counts each once.
    repeat
      number = number + 1
      page = member .. pack(paged.NUMBER, number)
      at = paged.key_of(key, page)
    until call('EXISTS', at) == 0
    call('ZADD', directory, step.digits(score), page)
    local new = { page = page, at = at, from = score, single = false, count = 0 }
    paged.lasts[key] = new
    return new
  end
end)
