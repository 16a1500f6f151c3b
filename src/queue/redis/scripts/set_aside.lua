-- Takes a comment that cannot be read out of the queue, so that it does not block the others. Its record stays.
-- KEYS 16: the comment's record; 17: the list of those set aside.
-- ARGV 3: the comment's id; 4: the record that could not be read.
-- Returns 1 when it was set aside, 0 when it has changed since.
-- One step because a record that was mended meanwhile must stay where it is.
if call('GET', KEYS[16]) ~= ARGV[4] then
  return 0
end
for state = PENDING, WITHDRAWN do
  call('ZREM', KEYS[1 + state], ARGV[3])
end
end_claim(ARGV[3])
call('ZADD', KEYS[17], now_ms, ARGV[3])
keep_meta()
return 1
