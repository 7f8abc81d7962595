-- ARGV: state, problem, stage that failed (or '').
-- Answers 'written', 'ended' or 'gone'. A terminal state never changes.
local state = get('state')
if not state then
  return 'gone'
end
if terminal[state] then
  return 'ended'
end
if ARGV[3] ~= '' then
  set(ARGV[3] .. '.state', 'failed', ARGV[3] .. '.finished', now)
  announce('kind', 'stage', 'stage', ARGV[3], 'state', 'failed')
end
finish_job(ARGV[1], ARGV[2])
return 'written'
