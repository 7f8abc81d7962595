-- ARGV: field, value. Answers 1 when written, 0 when the field was there already or the job is gone.
-- A note on a job that has ended changes nothing that its client is told.
if not get('state') then
  return 0
end
return redis.call('HSETNX', job, ARGV[1], ARGV[2])
