-- Reads jobs by their ids.
-- uses: step paged jobs showing
-- ARGV: 1 with details; 1 with logs; number of ids; the ids
-- Result: {ids looked at, then each job of them that exists, as part "showing" has it}. It looks at all unless the answer grows too large.
-- Guarantee: one consistent view; nothing is written. Cost: O(ids + bytes).
local refused = step.require_schema()
if refused then
  return refused
end
local details, logs, count = step.take() == '1', step.take() == '1', step.take_number()
local reply = { 0 }
while reply[1] < count and not showing.is_full() do
  local job = jobs.find(step.take())
  reply[1] = reply[1] + 1
  if job then
    showing.job(reply, job, details, logs)
  end
end
return reply
