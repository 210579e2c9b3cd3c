-- Makes an incarnation of a worker known, with beat 0, or updates what it registered.
-- uses: step paged jobs resources pending hints heart attempts workers
-- ARGV: incarnation, name, lease in microseconds, queues (each with its length less one in front), registration (JSON)
-- Result: {1}. Repeat: no effect. Cost: O(its queues).
local refused = require_schema()
if refused then
  return refused
end
never_refuse()
local incarnation, name, lease, queues, registration = take(), take(), take_number(), take(), take()
local known = call('HGET', worker_key(incarnation), 'queues')
if known then
  serve(split_queues(known), -1)
end
serve(split_queues(queues), 1)
call('HSET', worker_key(incarnation), 'name', name, 'queues', queues, 'registration', registration)
local beat = beat_of(incarnation)
if beat then
  beat.lease = lease
else
  call('HSET', worker_key(incarnation), 'started', digits(now))
  beat = { beat = 0, lease = lease, at = now }
  meta.beat = meta.beat + 1
  call('ZADD', base .. ':workers', meta.beat, incarnation)
end
save_beat(incarnation, beat)
save_meta()
return { 1 }
