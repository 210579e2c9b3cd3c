-- Reads why a job is not running, and the same of the jobs at which it waits, hop after hop.
-- uses: step paged jobs browsing resources pending hints heart waiting workers
-- ARGV: id, most jobs to look at, how far to count the jobs ahead, most workers to look at
-- Result: microseconds since 1970 now, then for each job from the one asked for on: id, state, reason, worker, microseconds since 1970 since when;
--         of a running one "1", the registration of its worker (JSON), the time of its last heartbeat, and from its record method, parent, labels and content;
--         of a ready one "2", queue, jobs ahead, workers that serve it, 4 x number of those listed, then for each: its registration, number of jobs it
--         runs, ids of the overdue ones with a blank between them, time of its last heartbeat; of others "0"; then number of causes, then of each
--         its kind and: scheduled: when due; dependency: id, state; reservation: resource, mode, ahead, holders as part
--         "waiting" has them, next; advancing: nothing. Only the time if there is no such job.
-- Guarantee: one consistent view; nothing is written. Cost: per hop O(its causes + jobs ahead / 80), and O(workers looked at) for a ready one.
local refused = step.require_schema()
if refused then
  return refused
end
local asked, most_hops, most_ahead, most_workers = step.take(), step.take_number(), step.take_number(), step.take_number()

-- Causes of one job: the flat facts, how many they are, and the job to look at next.
local function causes_of(job)
  local causes = { count = 0 }
  local function add(...)
    causes.count = causes.count + 1
    for _, item in ipairs({ ... }) do
      causes[#causes + 1] = item
    end
  end

  local function lead_to(id)
    if id ~= job.id then
      causes.next = causes.next or id
    end
  end

  local function add_dependencies()
    for _, id in ipairs((jobs.conditions_of(job))) do
      local other = jobs.find(id)
      if other and not jobs.is_final(other) then
        add('dependency', id, other.state)
        lead_to(id)
      end
    end
  end

  local function add_reservation(resource, mode)
    local member = resources.LINE_MODES[mode] .. job.id
    local head = resources.head_of(resource)
    add('reservation', resource.name, mode, browsing.rank(resources.line_key(resource.name), job.ticket, member, most_ahead))
    local first = #causes + 3
    waiting.add_holders(causes, resource)
    lead_to(causes[first] or (head and head.id) or job.id)
    causes[#causes + 1] = head and head.id or ''
  end

  if job.state == STATE.SCHEDULED then
    add('scheduled', (select(2, jobs.conditions_of(job))))
    add_dependencies()
    causes.next = nil
  elseif job.state == STATE.BLOCKED and job.ticket == 0 then
    add_dependencies()
    if causes.count == 0 then
      add('advancing')
    end
  elseif job.state == STATE.BLOCKED then
    local advancing = false
    for _, place in ipairs(jobs.places_of(job)) do
      if not place.held then
        local resource = resources.find(place.resource)
        local head = resources.head_of(resource)
        if head and head.id == job.id and resources.fits(resource, place.mode) then
          advancing = true
        else
          add_reservation(resource, place.mode)
        end
      end
    end
    if advancing then
      add('advancing')
    end
  end
  return causes
end

local reply = { now }

local function tell(...)
  for _, item in ipairs({ ... }) do
    reply[#reply + 1] = item
  end
end

local function heard_of(incarnation)
  return string.match(call('HGET', base .. ':beats', incarnation) or '', '(%d+)$')
end

local function serves(worker, queue)
  for _, name in ipairs(workers.split_queues(worker)) do
    if name == queue then
      return true
    end
  end
  return false
end

-- Who could claim a ready job: of all workers those that were heard of last are looked at.
local function tell_queue(job)
  local queue = jobs.queue_of(job)
  tell('2', queue, browsing.rank(base .. ':ready:' .. queue, heart.ready_key_of(job), jobs.numbered(job.ticket, job.id), most_ahead))
  tell(call('HGET', base .. ':served', queue) or '0')
  local servers = {}
  for _, incarnation in ipairs(call('ZREVRANGE', base .. ':workers', 0, most_workers - 1)) do
    local worker = call('HMGET', base .. ':worker:' .. incarnation, 'registration', 'queues', 'asked', 'overdue')
    local heard = heard_of(incarnation)
    if worker[1] and heard and not worker[3] and serves(worker[2], queue) then
      servers[#servers + 1] = worker[1]
      servers[#servers + 1] = call('ZCARD', base .. ':runs:' .. incarnation)
      servers[#servers + 1] = worker[4] or ''
      servers[#servers + 1] = heard
    end
  end
  step.append(reply, servers)
end

-- Of a running job what tells whether its worker lives and can kill it, and its time-out.
local function tell_attempt(job)
  local incarnation = jobs.run_of(job).incarnation
  local registration, heard = call('HGET', base .. ':worker:' .. incarnation, 'registration'), heard_of(incarnation)
  if registration and heard then
    tell('1', registration, heard, jobs.rest_of(job))
  else
    tell('0')
  end
end

local job = jobs.find(asked)
for _ = 1, most_hops do
  if not job then
    break
  end
  local causes = causes_of(job)
  tell(job.id, job.state, job.reason, jobs.run_of(job).worker, waiting.since(job))
  if jobs.is_running(job) then
    tell_attempt(job)
  elseif job.state == STATE.READY then
    tell_queue(job)
  else
    tell('0')
  end
  tell(causes.count)
  for _, item in ipairs(causes) do
    reply[#reply + 1] = item
  end
  job = causes.next and jobs.find(causes.next)
end
return reply
