-- ARGV: stage, worker, attempts allowed.
-- Answers {verdict, worker that held the stage, attempts}; for 'go' also the seconds since anything last happened.
local stage, worker, cap = ARGV[1], ARGV[2], tonumber(ARGV[3])
local state = get('state')
if not state then
  return {'gone', '', 0}
end
if terminal[state] then
  return {'ended', '', 0}
end
local attempts = tonumber(get(stage .. '.attempts') or 0)
local stage_state = get(stage .. '.state')
if stage_state == 'succeeded' or stage_state == 'skipped' then
  return {'done', '', attempts}
end
if tonumber(now) > tonumber(get('deadline')) then
  return {'late', '', attempts}
end
local holder = get(stage .. '.worker')
if stage_state == 'running' and holder ~= worker and ARGV[4] ~= 'take' then
  return {'held', holder, attempts}
end
if attempts >= cap then
  return {'poison', holder or '', attempts}
end
local waited = tonumber(now) - tonumber(get('touched'))
if state == 'queued' then
  set('state', 'running', 'started', now)
  announce('kind', 'job', 'state', 'running')
end
set(stage .. '.state', 'running', stage .. '.started', now, stage .. '.worker', worker,
  stage .. '.attempts', attempts + 1)
announce('kind', 'stage', 'stage', stage, 'state', 'running', 'attempt', attempts + 1)
return {'go', '', attempts + 1, string.format('%.6f', waited)}
