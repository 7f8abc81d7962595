-- ARGV: options, software, retention seconds, deadline seconds, then (field, value) pairs: stage states and
-- the outputs that the client states itself.
-- Answers 0 when the id is taken.
if redis.call('EXISTS', job) == 1 then
  return 0
end
local retention, deadline = tonumber(ARGV[3]), tonumber(ARGV[4])
set('state', 'queued', 'created', now, 'options', ARGV[1], 'software', ARGV[2],
  'expires', string.format('%.6f', tonumber(now) + retention),
  'deadline', string.format('%.6f', tonumber(now) + deadline))
for i = 5, #ARGV, 2 do
  set(ARGV[i], ARGV[i + 1])
end
redis.call('PEXPIREAT', job, math.floor((tonumber(now) + retention) * 1000))
announce('kind', 'job', 'state', 'queued')
return 1
