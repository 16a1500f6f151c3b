-- Writes down how far the files have come in an erasure.
-- KEYS 16: how far the erasure has come.
-- ARGV 3: that, as it was read; 4: the stage of the files now, one byte, and Redis' run; 5: 1 when they are clean.
-- Returns how far the erasure has come.
-- One step because an erasure that found more meanwhile must not be told complete.
local progress = call('GET', KEYS[16])
if progress ~= ARGV[3] then
  return progress or ARGV[3]
end
progress = sub(progress, 1, 16) .. pack('>I8', ARGV[5] == '1' and now_ms or 0) .. ARGV[4]
call('SET', KEYS[16], progress, 'PX', max(1, call('PTTL', KEYS[16])))
keep_meta()
return progress
