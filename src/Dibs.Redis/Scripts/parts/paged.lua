-- Part "paged": sorted sets of any length in pages of 128 entries. Redis keeps a sorted set of up to 128 small entries in
-- a compact form of some 20 bytes an entry, and a longer one in 110. The first page is the key itself; while that is
-- the only one there is no directory. KEY:pages has the others: its members are page numbers, their scores the smallest
-- score of the page. No two pages share a score, so equal scores stay ordered by member.
local PAGE = 128
local last_pages = {}

local function page_key(key, page)
  if page == '0' then
    return key
  end
  return key .. ':' .. page
end

-- The last page of a set: its number, smallest score, entries and largest score, as this step knows them.
local function last_page(key)
  local last = last_pages[key]
  if last then
    return last
  end
  local entry = call('ZREVRANGE', key .. ':pages', 0, 0, 'WITHSCORES')
  last = { page = entry[1] or '0', single = not entry[1], from = tonumber(entry[2]) or -math.huge }
  local at = page_key(key, last.page)
  last.count = call('ZCARD', at)
  last_pages[key] = last
  return last
end

local function page_of(key, score)
  local last = last_page(key)
  if last.single or score >= last.from then
    return last.page
  end
  return call('ZREVRANGEBYSCORE', key .. ':pages', score, '-inf', 'LIMIT', 0, 1)[1]
end

local function paged_add(key, score, member)
  local last = last_page(key)
  local page = page_of(key, score)
  if not page then
    -- Smaller than all: it belongs to the lowest page.
    page = call('ZRANGE', key .. ':pages', 0, 0)[1]
    call('ZADD', key .. ':pages', score, page)
    if page == last.page then
      last.from = score
    end
  elseif page == last.page then
    if last.count >= PAGE and tonumber(call('ZREVRANGE', page_key(key, page), 0, 0, 'WITHSCORES')[2]) < score then
      if last.single then
        call('ZADD', key .. ':pages', '-inf', '0')
      end
      page = digits(tonumber(page) + 1)
      call('ZADD', key .. ':pages', score, page)
      last = { page = page, single = false, from = score, count = 0 }
      last_pages[key] = last
    end
    last.count = last.count + 1
  end
  call('ZADD', page_key(key, page), score, member)
end

-- True if it was in.
local function paged_remove(key, score, member)
  local page = page_of(key, score)
  if not page then
    return false
  end
  local at = page_key(key, page)
  local removed = call('ZREM', at, member) == 1
  local last = last_pages[key]
  if page == last.page then
    last.count = last.count - (removed and 1 or 0)
  end
  if not last.single and removed and call('EXISTS', at) == 0 then
    call('ZREM', key .. ':pages', page)
    last_pages[key] = nil
  end
  return removed
end

-- Up to count entries of the lowest page: {member, score, member, score, …}, smallest first.
local function paged_head(key, count)
  local entries = call('ZRANGE', key, 0, count - 1, 'WITHSCORES')
  if #entries > 0 then
    return entries
  end
  local page = call('ZRANGE', key .. ':pages', 0, 0)[1]
  if not page then
    return entries
  end
  return call('ZRANGE', page_key(key, page), 0, count - 1, 'WITHSCORES')
end

local function paged_first(key)
  local entries = paged_head(key, 1)
  return entries[1], tonumber(entries[2])
end
