-- Part "keycheck": looks at the keys themselves, of which each entry is to be backed by the record of a job.
local keycheck = {
  TYPES = {
    j = 'string', more = 'hash', tries = 'list', log = 'list', dependents = 'zset', runs = 'zset', worker = 'hash', idle = 'zset',
    ready = 'zset', held = 'zset', line = 'zset', order = 'zset', due = 'zset', final = 'zset', pages = 'zset', page = 'zset',
    resources = 'hash', pending = 'zset', workers = 'zset', beats = 'hash', served = 'hash', counts = 'hash', meta = 'hash',
  },
  backed = {},
  look = {},
}

-- Family and rest of the name of a key; of a page or a directory the name of its set too.
function keycheck.split(key)
  local family, rest = string.match(drifts.name_of(key), '^([^:]*):?(.*)$')
  if family == 'pages' or string.match(family, '^%d+$') then
    return family == 'pages' and family or 'page', base .. ':' .. rest
  end
  return family, rest
end

-- For each family of paged sets: whether an entry is backed; kind and subject of the drift if it is not; then whether a resource counts it.
local function is_in_set(set, member, score)
  local job = jobs.find(string.sub(member, 8))
  local key, _, expected, named
  if job then
    key, _, expected, named = jobcheck.set_for(job)
  end
  return key == set and expected == score and named == member
end

function keycheck.backed.due(set, _, member, score)
  return is_in_set(set, member, score), 'due', string.sub(member, 8)
end

function keycheck.backed.final(set, _, member, score)
  return is_in_set(set, member, score), 'final', string.sub(member, 8)
end

function keycheck.backed.ready(set, _, member, score)
  return is_in_set(set, member, score), 'ready', string.sub(member, 8)
end

function keycheck.backed.order(_, _, member, score)
  local job = jobs.find(member)
  return job and job.seq == score, 'order', member
end

function keycheck.backed.held(_, name, member, score)
  local job = resourcecheck.is_placed(member, name, MODE.SHARED, true)
  return job and job.ticket == score, 'held', name, resources.find
end

function keycheck.backed.line(_, name, member, score)
  local mode, id = resources.split_waiter(member)
  local job = resourcecheck.is_placed(id, name, mode, false)
  return job and job.ticket == score, 'resource', name, resources.find
end

-- An entry of a page: it is backed, and where it is looked for.
function keycheck.check_entry(key, set, member, score)
  local family, name = keycheck.split(set)
  local is_backed, kind, subject, find = keycheck.backed[family](set, name, member, score)
  local is_reachable = browsing.page_for(set, score, member) == key
  if is_backed and is_reachable then
    return
  end
  if not drifts.add(kind, subject, is_backed and 'out of its place' or 'in the set ' .. drifts.name_of(set), is_backed and 'in its place' or 'not in it') then
    return
  end
  if not (is_reachable and paged.remove(set, score, member)) then
    call('ZREM', key, member)
    paged.lasts = {}
  end
  if is_backed and not browsing.has(set, score, member) then
    paged.add(set, score, member)
  end
  if find then
    resourcecheck.count_again(find(name))
  end
end

-- What belongs to a job, or to nobody any more.
local function check_owner(key, id)
  if not jobs.find(id) and call('EXISTS', jobs.key_of(id)) == 0 and drifts.add('key', drifts.name_of(key), 'left over', 'nothing') then
    call('UNLINK', key)
  end
end

keycheck.look.more, keycheck.look.tries, keycheck.look.log = check_owner, check_owner, check_owner

-- A record that the order of creation does not have is looked at here, since nobody else finds it.
function keycheck.look.j(key, id)
  local job = jobs.find(id)
  if not (job and jobcheck.is_readable(job)) then
    drifts.add('job', id, 'unreadable', 'a record')
  elseif not browsing.has(base .. ':order', job.seq, id) then
    if drifts.add('order', id, 'not in it', 'in it') then
      paged.add(base .. ':order', job.seq, id)
    end
    jobcheck.check(job)
    return job
  end
end

function keycheck.look.worker(key, incarnation)
  if not call('HGET', base .. ':beats', incarnation) and drifts.add('workers', incarnation, 'left over', 'nothing') then
    call('UNLINK', key)
  end
end

-- For the other keys: what is to be said of an entry, and how it goes.
keycheck.entries = {}

function keycheck.entries.pages(key, set, member, score)
  local page = paged.key_of(set, member)
  if call('EXISTS', page) == 0 and drifts.add('key', drifts.name_of(key), 'names ' .. drifts.name_of(page), 'nothing') then
    call('ZREM', key, member)
    paged.lasts = {}
  end
end

function keycheck.entries.dependents(key, id, member)
  local job = jobs.find(member)
  local is_backed = false
  for _, other in ipairs(job and jobs.conditions_of(job) or {}) do
    is_backed = is_backed or other == id
  end
  if not is_backed then
    if drifts.add('dependencies', member, 'after ' .. id, 'not after it') then
      call('ZREM', key, member)
    end
  elseif not jobs.find(id) and not call('ZSCORE', base .. ':pending', 'j' .. id) and drifts.add('pending', id, false, true) then
    pending.add_job(id)
  end
end

function keycheck.entries.runs(key, incarnation, member, score)
  local id, attempt = workers.split_run(member)
  local job = id and attempts.running(id, attempt, score)
  if not (job and jobs.run_of(job).incarnation == incarnation) and drifts.add('runs', id or member, 'runs', 'does not run') then
    call('ZREM', key, member)
  end
end

function keycheck.entries.idle(key, queue, member)
  if not call('HGET', base .. ':beats', member) and drifts.add('workers', member, 'idle', 'unknown') then
    call('ZREM', key, member)
  end
end

function keycheck.entries.pending(key, _, member, number)
  local name = string.sub(member, 2)
  local is_backed
  if string.sub(member, 1, 1) == 'r' then
    is_backed = resourcecheck.read(name).pending == number
  else
    local job = jobs.find(name)
    is_backed = call('EXISTS', base .. ':dependents:' .. name) == 1 and not (job and not jobs.is_final(job))
  end
  if not is_backed and drifts.add('pending', name, true, false) then
    call('ZREM', key, member)
  end
end

function keycheck.entries.workers(key, _, member)
  if not call('HGET', base .. ':beats', member) and drifts.add('workers', member, 'watched', 'unknown') then
    call('ZREM', key, member)
  end
end

function keycheck.entries.beats(key, _, member, text)
  if not string.match(text, '^%d+ %d+ %d+$') then
    if drifts.add('workers', member, text, 'numbers') then
      call('HDEL', key, member)
      jobcheck.check_worker(member)
    end
  elseif not call('ZSCORE', base .. ':workers', member) then
    jobcheck.check_worker(member)
  end
end

-- Looks at a key, or at some entries of a large one from the cursor on. Answers the cursor to go on at, '0' at the end, how many entries it
-- looked at, and the record that it found.
function keycheck.check(key, cursor, most)
  local family, rest = keycheck.split(key)
  local expected = keycheck.TYPES[family]
  local actual = call('TYPE', key).ok
  if not expected or actual == 'none' then
    return '0', 0
  end
  if actual ~= expected then
    if family == 'j' then
      drifts.add('job', rest, actual, 'a record')
    else
      drifts.foreign(key)
    end
    return '0', 0
  end
  if keycheck.look[family] then
    return '0', 1, keycheck.look[family](key, rest)
  end
  local set = family == 'page' and rest or key
  local look = keycheck.backed[(keycheck.split(set))] and function(_, _, member, score)
    keycheck.check_entry(key, set, member, score)
  end or keycheck.entries[family]
  if not look then
    return '0', 0
  end
  local found = call(actual == 'zset' and 'ZSCAN' or 'HSCAN', key, cursor, 'COUNT', most)
  for n = 1, #found[2], 2 do
    look(key, rest, found[2][n], actual == 'zset' and tonumber(found[2][n + 1]) or found[2][n + 1])
  end
  return found[1], #found[2] / 2
end
