-- Makes the namespace known, with the schema of the caller.
-- uses: step
-- Result: {schema found before, 0 if the namespace was new}. Repeat: no effect. Cost: one command or two.
local found = meta.schema
if found == 0 then
  meta.schema = tonumber(ARGV[1])
  step.save_counters()
end
return { found }
