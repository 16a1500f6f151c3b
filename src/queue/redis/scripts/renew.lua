-- Sets a new end for live leases of one claim.
-- KEYS: none of its own.
-- ARGV 3: the claim id; 4: how long from now, in ms; then ids, none of them meaning all that the claim holds.
-- Returns when the leases end, in ms, then the ids that are held on.
-- One step because a lease must not end, and be given to another, between looking and prolonging.
local claim_id, ends = ARGV[3], now_ms + tonumber(ARGV[4])
local kept = held_by(claim_id, 5)
for _, id in ipairs(kept) do
  local claim = call('HGET', CLAIMS, id)
  call('HSET', CLAIMS, id, pack('>I8', ends) .. sub(claim, 9))
  call('ZADD', LEASES, ends, id)
end
keep_meta()
table.insert(kept, 1, ends)
return kept
