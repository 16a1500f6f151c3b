-- Takes a reader's name out of a report. That there was one still counts.
-- KEYS 16: the comment's history; 17: who reported it.
-- ARGV 3: the reader; then for each entry of the history that names them its place from 0, the entry, and the entry
--      without the name.
-- Returns 1.
-- One step because another server's erasure may be at the same history, and the name must leave both or stay in both.
for at = 4, #ARGV, 3 do
  if call('LINDEX', KEYS[16], ARGV[at]) == ARGV[at + 1] then
    call('LSET', KEYS[16], ARGV[at], ARGV[at + 2])
  end
end
call('SREM', KEYS[17], ARGV[3])
keep_meta()
return 1
