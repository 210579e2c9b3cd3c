-- Makes an incarnation of a worker known, with beat 0, or updates what it registered.
-- uses: step paged jobs resources pending hints heart attempts workers
-- ARGV: incarnation, name, lease in microseconds, queues (each with its length less one in front), registration (JSON)
-- Result: {1}. Repeat: no effect. Cost: O(its queues).
local refused = step.require_schema()
if refused then
  return refused
end
step.never_refuse()
local incarnation, name, lease, queues, registration = step.take(), step.take(), step.take_number(), step.take(), step.take()
local known = call('HMGET', workers.key_of(incarnation), 'queues', 'asked')
-- One that was asked to be quiet or to stop serves no queue any more.
if not known[2] then
  workers.serve(workers.split_queues(known[1] or ''), -1)
  workers.serve(workers.split_queues(queues), 1)
end
call('HSET', workers.key_of(incarnation), 'name', name, 'queues', queues, 'registration', registration)
local beat = workers.beat_of(incarnation)
if beat then
  beat.lease = lease
else
  call('HSET', workers.key_of(incarnation), 'started', step.digits(now))
  beat = { beat = 0, lease = lease, at = now }
  meta.beat = meta.beat + 1
  call('ZADD', base .. ':workers', meta.beat, incarnation)
end
workers.save_beat(incarnation, beat)
step.save_counters()
return { 1 }
