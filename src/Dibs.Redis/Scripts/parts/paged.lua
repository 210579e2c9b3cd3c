-- Part "paged": sorted sets of any length in pages of 128 entries. Redis keeps a sorted set of up to 128 small entries in
-- a compact form of some 20 bytes an entry, and a longer one in 110. The first page is the key itself; while that is
-- the only one there is no directory. Page N of BASE:NAME is BASE:N:NAME and its directory BASE:pages:NAME: the number stands
-- in front, since names end as they like, so that behind them it could be part of another's. The directory has an entry for each
-- page, with the score of the first entry that the page was begun with, and as member the member of that entry and the number of
-- the page in four bytes: so the order of the directory is the order of the entries. Entries of equal score begin with a number of fixed width, or there are none.
local paged = { PAGE = 128, NUMBER = '>I4', FIRST = '\0\0\0\0', lasts = {} }

function paged.key_of(key, page)
  local number = struct.unpack(paged.NUMBER, page, #page - 3)
  if number == 0 then
    return key
  end
  return base .. ':' .. number .. string.sub(key, #base + 1)
end

function paged.directory_of(key)
  return base .. ':pages' .. string.sub(key, #base + 1)
end

-- The last page of a set, as this step knows it: its entry in the directory, its key and the number of its entries.
function paged.last(key)
  local last = paged.lasts[key]
  if last then
    return last
  end
  local entry = call('ZREVRANGE', paged.directory_of(key), 0, 0, 'WITHSCORES')
  local page = entry[1] or paged.FIRST
  local at = paged.key_of(key, page)
  last = { page = page, at = at, from = tonumber(entry[2]) or -math.huge, single = not entry[1], count = call('ZCARD', at) }
  paged.lasts[key] = last
  return last
end

-- The page that an entry belongs to.
function paged.page_of(key, score, member)
  local last = paged.last(key)
  if last.single or score > last.from then
    return last.page
  end
  local directory = paged.directory_of(key)
  local from = 0
  while true do
    local pages = call('ZREVRANGEBYSCORE', directory, step.digits(score), '-inf', 'WITHSCORES', 'LIMIT', from, 8)
    for n = 1, #pages, 2 do
      if tonumber(pages[n + 1]) < score or string.sub(pages[n], 1, -5) <= member then
        return pages[n]
      end
    end
    if #pages < 16 then
      -- Smaller than the first of all pages.
      return call('ZRANGE', directory, 0, 0)[1]
    end
    from = from + 8
  end
end

-- Whether a full last page ends before this entry.
function paged.is_full(last, score, member)
  if last.count < paged.PAGE then
    return false
  end
  local tail = call('ZREVRANGE', last.at, 0, 0, 'WITHSCORES')
  local tail_score = tonumber(tail[2])
  return tail_score < score or (tail_score == score and tail[1] < member)
end

function paged.begin_page(key, last, score, member)
  local directory = paged.directory_of(key)
  if last.single then
    call('ZADD', directory, '-inf', paged.FIRST)
  end
  local page = member .. struct.pack(paged.NUMBER, struct.unpack(paged.NUMBER, last.page, #last.page - 3) + 1)
  call('ZADD', directory, step.digits(score), page)
  local new = { page = page, at = paged.key_of(key, page), from = score, single = false, count = 0 }
  paged.lasts[key] = new
  return new
end

function paged.add(key, score, member)
  local page = paged.page_of(key, score, member)
  local last = paged.lasts[key]
  if page ~= last.page then
    call('ZADD', paged.key_of(key, page), step.digits(score), member)
    return
  end
  if paged.is_full(last, score, member) then
    last = paged.begin_page(key, last, score, member)
  end
  last.count = last.count + call('ZADD', last.at, step.digits(score), member)
end

-- Takes members out of the page that they are in; answers how many were there.
function paged.remove_from(key, page, members)
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
  local entries = call('ZRANGE', key, 0, count - 1, 'WITHSCORES')
  if #entries > 0 then
    return entries, paged.FIRST
  end
  local page = call('ZRANGE', paged.directory_of(key), 0, 0)[1]
  if not page then
    return entries, paged.FIRST
  end
  return call('ZRANGE', paged.key_of(key, page), 0, count - 1, 'WITHSCORES'), page
end

-- The first entry, its score and its page; nothing if there is none.
function paged.first(key)
  local entries, page = paged.head(key, 1)
  return entries[1], tonumber(entries[2]), page
end
