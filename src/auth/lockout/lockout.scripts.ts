/**
 * The scripts of the lock-out. Each runs in Redis as one step, with the clock of Redis.
 * KEYS: pair, account, network (hashes of `failures` and `until`), under way (a number), known (a flag).
 */

/**
 * Begins an attempt. ARGV: free failures of a pair, attempts at once from a known network, from any other, seconds
 * after which an attempt expires. Returns milliseconds to wait, 0 when it may go on.
 *
 * What is under way counts as failed until it has ended, so that a burst gets no further than one attempt after the
 * other would; a known network may go on with many at once, as long as nothing has failed too often.
 */
export const BEGIN = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('EXISTS', KEYS[5]) == 1
local wait = 0
for index, key in ipairs({ KEYS[1], KEYS[2], KEYS[3] }) do
  if not (known and index == 2) then
    wait = math.max(wait, tonumber(redis.call('HGET', key, 'until') or 0) - now)
  end
end
if wait > 0 then return wait end
local places = tonumber(ARGV[2])
if not known then
  local failures = tonumber(redis.call('HGET', KEYS[1], 'failures') or 0)
  places = math.min(tonumber(ARGV[3]), math.max(tonumber(ARGV[1]) - failures, 1))
end
if tonumber(redis.call('GET', KEYS[4]) or 0) >= places then return 1000 end
redis.call('INCR', KEYS[4])
redis.call('EXPIRE', KEYS[4], ARGV[4])
return 0`;

const END = `
if tonumber(redis.call('GET', KEYS[4]) or 0) > 1 then redis.call('DECR', KEYS[4]) else redis.call('DEL', KEYS[4]) end`;

/**
 * Ends an attempt that failed. ARGV: for each of pair, account, network four numbers: free, first, longest, memory.
 * Returns milliseconds to wait until the next one.
 */
export const FAILED = `${END}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('EXISTS', KEYS[5]) == 1
local longest = 0
for index = 1, 3 do
  if not (known and index == 2) then
    local free, first = tonumber(ARGV[index * 4 - 3]), tonumber(ARGV[index * 4 - 2])
    local failures = redis.call('HINCRBY', KEYS[index], 'failures', 1)
    redis.call('EXPIRE', KEYS[index], ARGV[index * 4])
    if failures >= free then
      local wait = math.min(first * 2 ^ math.min(failures - free, 30), tonumber(ARGV[index * 4 - 1])) * 1000
      redis.call('HSET', KEYS[index], 'until', string.format('%.0f', now + wait))
      longest = math.max(longest, wait)
    end
  end
end
return longest`;

/** What failed from here before is forgiven, and the network is known. ARGV: seconds. */
export const FORGIVEN = `
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[5], 1, 'EX', ARGV[1])
return 0`;

/** Ends an attempt that succeeded, and forgives. ARGV: seconds. */
export const SUCCEEDED = `${END}${FORGIVEN}`;

/** Ends an attempt of which nothing came, because something else was wrong. */
export const ABANDONED = `${END}
return 0`;
