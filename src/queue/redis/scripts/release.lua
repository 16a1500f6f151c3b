-- Ends leases of one claim.
-- KEYS: none of its own.
-- ARGV 3: the claim id; then ids, none of them meaning all that the claim holds.
-- Returns the ids whose leases were live.
-- One step because only the holder's lease may be ended, not that of whoever took the comment meanwhile.
local freed = held_by(ARGV[3], 4)
for _, id in ipairs(freed) do
  end_claim(id)
end
keep_meta()
return freed
