-- Part "showing": a job as an answer has it; src/Dibs.Redis/Reading/JobAnswer.cs reads it.
local showing = { MOST_BYTES = 4 * 1024 * 1024, bytes = 0 }

function showing.add(reply, bytes)
  reply[#reply + 1] = bytes
  showing.bytes = showing.bytes + #bytes
end

function showing.add_all(reply, items)
  step.append(reply, items)
  for _, item in ipairs(items) do
    showing.bytes = showing.bytes + #item
  end
end

-- Id, record without the content, run; with details: content, fields of BASE:more:ID, earlier attempts; with logs: lines.
function showing.job(reply, job, details, logs)
  showing.add(reply, job.id)
  showing.add(reply, string.sub(job.raw, 1, job.start) .. jobs.facts_of(job))
  showing.add(reply, jobs.run_bytes(jobs.run_of(job)))
  if details then
    showing.add(reply, string.sub(jobs.body_of(job), job.facts + 1))
    showing.add_all(reply, call('HGETALL', base .. ':more:' .. job.id))
    showing.add_all(reply, call('LRANGE', base .. ':tries:' .. job.id, 0, -1))
  end
  if logs then
    showing.add_all(reply, call('LRANGE', base .. ':log:' .. job.id, 0, -1))
  end
end

-- The answer is large enough: the rest is for the next step.
function showing.is_full()
  return showing.bytes >= showing.MOST_BYTES
end
