-- Ends the attempts of an incarnation whose beat stood still, and forgets it when none is left.
-- uses: step paged jobs resources pending hints heart attempts workers
-- ARGV: incarnation, beat
-- Result: {refused, more, worker name, then id, attempt, fence of each attempt that was ended}
-- Guarantee: refused if the beat moved. Repeat: no effect. Cost: O(its attempts), at most 256 a step.
local refused = step.require_schema()
if refused then
  return refused
end
step.never_refuse()
local incarnation, observed = step.take(), step.take_number()
local beat = workers.beat_of(incarnation)
if not beat or beat.beat ~= observed then
  return { 1, pending.any() and 1 or 0, '' }
end
local name = call('HGET', workers.key_of(incarnation), 'name')
local ended, left = workers.lose_all(incarnation)
heart.work(heart.UNITS_PER_STEP - #ended / 3)
local more = heart.save()
local reply = { 0, (more == 1 or left) and 1 or 0, name }
for _, item in ipairs(ended) do
  reply[#reply + 1] = item
end
return reply
