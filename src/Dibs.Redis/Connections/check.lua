-- Purpose: tells what the server is, and which commands this user may not run in a script, by running each once without effect. A
--          step that is refused in its middle would leave half of its changes, so a user may run all that changes or nothing.
--          INFO is asked here since StackExchange.Redis lets only administrators send it.
-- KEYS[1]: a key of the namespace that is used for nothing else.
-- ARGV:    1 the command that publishes, 2 a channel of the namespace to which nobody listens.
-- Result:  what INFO says, empty if the user may not ask; then pairs: r for a command that reads, w for one that changes; the command.
-- Effects: none; what it adds it removes. Cost: O(1).
local key = KEYS[1]
local info = redis.pcall('INFO')
local refused = { type(info) == 'string' and info or '' }

local function is_of_rights(err)
  return err:find('^NOPERM') or err:find('-NOPERM') or err:find("user executing the script can't", 1, true) or err:find('ACL failure', 1, true)
end

local function try(kind, ...)
  local reply = redis.pcall(...)
  if type(reply) == 'table' and reply.err and is_of_rights(reply.err) then
    refused[#refused + 1] = kind
    refused[#refused + 1] = (...)
    return false
  end
  return true
end

try('r', 'TIME')
try('r', 'EXISTS', key)
try('r', 'GETRANGE', key, 0, 0)
try('r', 'HGET', key, 'f')
try('r', 'HMGET', key, 'f')
try('r', 'HGETALL', key)
try('r', 'HEXISTS', key, 'f')
try('r', 'HSCAN', key, 0)
try('r', 'LINDEX', key, 0)
try('r', 'LRANGE', key, 0, 0)
try('r', 'ZCARD', key)
try('r', 'ZSCORE', key, 'm')
try('r', 'ZRANK', key, 'm')
try('r', 'ZRANGE', key, 0, 0)
try('r', 'ZREVRANGE', key, 0, 0)
try('r', 'ZREVRANGEBYSCORE', key, 0, 0)

-- Only a user who may remove what was added gets to add.
if try('w', 'DEL', key) then
  try('w', 'MSET', key, 'v')
  try('w', 'SETRANGE', key, 0, 'v')
  try('w', 'UNLINK', key)
  redis.pcall('DEL', key)
  try('w', 'HSET', key, 'f', 1)
  try('w', 'HINCRBY', key, 'f', 1)
  try('w', 'HDEL', key, 'f')
  redis.pcall('DEL', key)
  try('w', 'ZADD', key, 1, 'm')
  try('w', 'ZPOPMIN', key)
  try('w', 'ZREM', key, 'm')
  redis.pcall('DEL', key)
  try('w', 'RPUSH', key, 'v')
  try('w', 'LPOP', key)
  try('w', 'LTRIM', key, 1, 0)
  redis.pcall('DEL', key)
  try('w', 'PUBSUB', ARGV[1] == 'SPUBLISH' and 'SHARDNUMSUB' or 'NUMSUB', ARGV[2])
  try('w', ARGV[1], ARGV[2], '')
end
return refused
