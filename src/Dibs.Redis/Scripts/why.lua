-- Reads why a job is not running, and the same of the jobs at which it waits, hop after hop.
-- uses: step paged jobs browsing resources pending hints heart waiting
-- ARGV: id, most jobs to look at, how far to count the jobs ahead
-- Result: microseconds since 1970 now, then for each job from the one asked for on: id, state, reason, worker, microseconds since 1970 since when, of
--         a running one the registration of its worker and from its record method, parent, labels and content, else '' twice, number of causes, then of each
--         its kind and: scheduled: when due; dependency: id, state; reservation: resource, mode, ahead, holders as part
--         "waiting" has them, next; no-slot: queue, ahead; no-worker: queue; advancing: nothing. Only the time if there is no such job.
-- Guarantee: one consistent view; nothing is written. Cost: per hop O(its causes + jobs ahead / 80).
local refused = step.require_schema()
if refused then
  return refused
end
local asked, most_hops, most_ahead = step.take(), step.take_number(), step.take_number()

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
  elseif job.state == STATE.READY then
    local queue = jobs.queue_of(job)
    if call('HEXISTS', base .. ':served', queue) == 1 then
      add('no-slot', queue, browsing.rank(base .. ':ready:' .. queue, heart.ready_key_of(job), jobs.numbered(job.ticket, job.id), most_ahead))
    else
      add('no-worker', queue)
    end
  end
  return causes
end

-- Of a running job what tells whether its worker can kill it, and its time-out.
local function attempt_of(job)
  if not jobs.is_running(job) then
    return '', ''
  end
  local registration = call('HGET', base .. ':worker:' .. jobs.run_of(job).incarnation, 'registration')
  return registration or '', jobs.rest_of(job)
end

local reply = { now }
local job = jobs.find(asked)
for _ = 1, most_hops do
  if not job then
    break
  end
  local causes = causes_of(job)
  local registration, rest = attempt_of(job)
  for _, item in ipairs({ job.id, job.state, job.reason, jobs.run_of(job).worker, waiting.since(job), registration, rest, causes.count }) do
    reply[#reply + 1] = item
  end
  for _, item in ipairs(causes) do
    reply[#reply + 1] = item
  end
  job = causes.next and jobs.find(causes.next)
end
return reply
