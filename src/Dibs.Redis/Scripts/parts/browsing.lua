-- Part "browsing": looks through paged sets and changes nothing.
local browsing = {}

-- Up to count pages from the lowest on, all if it is 0. Each page has an entry at least.
function browsing.pages(key, count)
  paged.write(key)
  local pages = call('ZRANGE', paged.directory_of(key), 0, count - 1)
  if #pages == 0 then
    return { paged.FIRST }
  end
  return pages
end

function browsing.count(key)
  local count = 0
  for _, page in ipairs(browsing.pages(key, 0)) do
    count = count + call('ZCARD', paged.key_of(key, page))
  end
  return count
end

-- Entries of these pages, read by read(key of page, how many), until there are count: {member, score, …}.
function browsing.collect(key, pages, count, read)
  local entries = {}
  for _, page in ipairs(pages) do
    local missing = count - #entries / 2
    if missing == 0 then
      break
    end
    for _, item in ipairs(read(paged.key_of(key, page), missing)) do
      entries[#entries + 1] = item
    end
  end
  return entries
end

-- The first count entries, smallest first.
function browsing.first(key, count)
  return browsing.collect(key, browsing.pages(key, count), count, function(page, most)
    return call('ZRANGE', page, 0, most - 1, 'WITHSCORES')
  end)
end

-- Up to count entries of a smaller score ('inf': all), largest first. For sets whose scores are unique.
function browsing.below(key, score, count)
  local directory = paged.directory_of(key)
  local pages = call('ZREVRANGEBYSCORE', directory, '(' .. score, '-inf', 'LIMIT', 0, count + 1)
  if #pages == 0 then
    pages = browsing.pages(key, 1)
  end
  return browsing.collect(key, pages, count, function(page, most)
    return call('ZREVRANGEBYSCORE', page, '(' .. score, '-inf', 'WITHSCORES', 'LIMIT', 0, most)
  end)
end

-- How many entries stand before this one, counted to most.
function browsing.rank(key, score, member, most)
  local pages = browsing.pages(key, most + 1)
  local page = paged.page_of(key, score, member)
  local before = 0
  for _, other in ipairs(pages) do
    local at = paged.key_of(key, other)
    if other == page then
      before = before + (call('ZRANK', at, member) or 0)
      break
    end
    before = before + call('ZCARD', at)
    if before >= most then
      break
    end
  end
  return math.min(before, most)
end

-- The key of the page in which an entry is, if it is there.
function browsing.page_for(key, score, member)
  return paged.key_of(key, paged.page_of(key, score, member))
end

function browsing.has(key, score, member)
  return tonumber(call('ZSCORE', browsing.page_for(key, score, member), member) or nil) == score
end

-- Up to count entries of a larger score, smallest first. For sets whose scores are unique.
function browsing.above(key, score, count)
  local directory = paged.directory_of(key)
  local rank = call('ZRANK', directory, paged.page_of(key, score, '')) or 0
  local pages = call('ZRANGE', directory, rank, rank + count)
  if #pages == 0 then
    pages = { paged.FIRST }
  end
  return browsing.collect(key, pages, count, function(at, most)
    return call('ZRANGEBYSCORE', at, '(' .. step.digits(score), '+inf', 'WITHSCORES', 'LIMIT', 0, most)
  end)
end
