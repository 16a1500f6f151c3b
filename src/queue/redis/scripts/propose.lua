-- Writes a suggested policy down.
-- KEYS 16: the site's proposals.
-- ARGV 3: a name for this call, 26 bytes; 4: how many are kept; 5: the proposal's body.
-- Returns its number and the time in ms.
-- One step because two suggestions at once must not get one number.
local PROPOSALS, name = KEYS[16], ARGV[3]
local newest = tonumber(call('HGET', PROPOSALS, 'newest') or 0)
local last = newest > 0 and call('HGET', PROPOSALS, whole(newest))
if last and sub(last, 17, 42) == name then
  return { newest, (unpacked('>I8', last)) }
end
newest = newest + 1
call('HSET', PROPOSALS, 'newest', whole(newest), whole(newest), pack('>I8I8', now_ms, 0) .. name .. ARGV[5])
call('HDEL', PROPOSALS, whole(newest - tonumber(ARGV[4])))
keep_meta()
return { newest, now_ms }
