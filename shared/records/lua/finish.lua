-- ARGV: stage, seconds, output field, output, last stage ('1' or '0'), then (image name, '1') pairs.
-- Answers 'written', 'kept' (another delivery was first), 'ended' or 'gone'.
local stage = ARGV[1]
local state = get('state')
if not state then
  return 'gone'
end
if terminal[state] then
  return 'ended'
end
if redis.call('HSETNX', job, ARGV[3], ARGV[4]) == 0 then
  return 'kept'
end
for i = 6, #ARGV do
  set('image.' .. ARGV[i], '1')
end
set(stage .. '.state', 'succeeded', stage .. '.finished', now, stage .. '.seconds', ARGV[2])
announce('kind', 'stage', 'stage', stage, 'state', 'succeeded', 'seconds', ARGV[2])
if ARGV[5] == '1' then
  finish_job('succeeded', '')
end
return 'written'
