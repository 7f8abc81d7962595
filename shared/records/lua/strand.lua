-- ARGV: stage, the `touched` the sweeper saw. Answers 1 when the stage is now waiting for a new message.
-- Only if nothing happened since the sweeper looked: two sweepers, or a worker just in time, do no harm.
if not get('state') or terminal[get('state')] or get('touched') ~= ARGV[2] then
  return 0
end
set(ARGV[1] .. '.state', 'waiting', ARGV[1] .. '.worker', '')
announce('kind', 'stage', 'stage', ARGV[1], 'state', 'waiting')
return 1
