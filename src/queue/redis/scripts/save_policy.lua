-- Saves the next revision of a site's policy.
-- KEYS: none of its own.
-- ARGV 3: the revision that was in force when it was written; 4: a name for this call, 26 bytes;
--      5: the revision's body.
-- Returns the time in ms, or nothing when another revision was saved meanwhile.
-- One step because the later of two editors would silently undo the first.
local length, expected = call('LLEN', POLICIES), tonumber(ARGV[3])
local newest = length == expected + 1 and call('LINDEX', POLICIES, -1)
if newest and sub(newest, 9, 34) == ARGV[4] then
  return { (unpacked('>I8', newest)) }
elseif length ~= expected then
  return {}
end
call('RPUSH', POLICIES, pack('>I8', now_ms) .. ARGV[4] .. ARGV[5])
keep_meta()
return { now_ms }
