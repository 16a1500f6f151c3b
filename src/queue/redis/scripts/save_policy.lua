-- Saves the next revision of a site's policy, and settles a proposal with it.
-- KEYS 16: the site's proposals.
-- ARGV 3: the revision that was in force when it was written; 4: a name for this call, 26 bytes;
--      5: the revision's body; 6: the number of the proposal that it settles, or 0.
-- Returns the time in ms; nothing when another revision was saved meanwhile; -1 when the proposal is not open.
-- One step because the later of two editors would silently undo the first, and a proposal is settled by one revision.
local length, expected, number = call('LLEN', POLICIES), tonumber(ARGV[3]), ARGV[6]
local newest = length == expected + 1 and call('LINDEX', POLICIES, -1)
if newest and sub(newest, 9, 34) == ARGV[4] then
  return { (unpacked('>I8', newest)) }
elseif length ~= expected then
  return {}
end
local proposal = number ~= '0' and call('HGET', KEYS[16], number)
if proposal and #proposal < 42 then
  return damaged('proposal ' .. number)
end
if number ~= '0' and not (proposal and unpacked('>I8', proposal, 9) == 0) then
  return { -1 }
end
call('RPUSH', POLICIES, pack('>I8', now_ms) .. ARGV[4] .. ARGV[5])
if proposal then
  call('HSET', KEYS[16], number, sub(proposal, 1, 8) .. pack('>I8', length + 1) .. sub(proposal, 17))
end
keep_meta()
return { now_ms }
