-- Sets what an admin says of an author.
-- KEYS 16: the author's record.
-- ARGV 3: the standing's code.
-- Returns the new record.
-- One step because the counts beside it move with every decision.
local approved, rejected, _, version = unpacked('>I4I4BI4', call('GET', KEYS[16]) or string.rep('\0', 13))
local record = pack('>I4I4BI4', approved, rejected, tonumber(ARGV[3]), version + 1)
call('SET', KEYS[16], record)
keep_meta()
return record
