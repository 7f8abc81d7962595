-- Shared by all scripts. KEYS[1] is the job's hash, KEYS[2] its event stream, KEYS[3] the ends webhooks are told of.
local job, events, ended = KEYS[1], KEYS[2], KEYS[3]
local clock = redis.call('TIME')
local now = string.format('%d.%06d', clock[1], clock[2])

local terminal = {succeeded = true, failed = true, cancelled = true, expired = true}

local function get(field)
  return redis.call('HGET', job, field)
end

local function set(...)
  redis.call('HSET', job, 'touched', now, ...)
end

-- An event never outlives its job: the stream takes the job's own expiry.
local function announce(...)
  redis.call('XADD', events, 'MAXLEN', '~', 200, '*', 'at', now, ...)
  redis.call('PEXPIREAT', events, redis.call('PEXPIRETIME', job))
end

local function finish_job(state, problem)
  set('state', state, 'finished', now)
  if problem ~= '' then
    set('error', problem)
  end
  announce('kind', 'job', 'state', state)
  local webhook = get('webhook')
  if webhook then
    redis.call('RPUSH', ended, cjson.encode({
      webhook = webhook, owner = get('owner'), job = get('id'), state = state, at = now
    }))
    redis.call('EXPIRE', ended, 8 * 24 * 3600)
  end
  -- A job without retention waits a moment for its one reader, then it goes.
  local grace = get('grace')
  if grace then
    local goes = math.floor((tonumber(now) + tonumber(grace)) * 1000)
    set('expires', string.format('%.3f', goes / 1000))
    redis.call('PEXPIREAT', job, goes)
    redis.call('PEXPIREAT', events, goes)
  end
end
