-- Keeps a comment from being offered to a reviewer for a while.
-- KEYS 16: what the reviewer deferred.
-- ARGV 3: the comment's id; 4: the reviewer; 5: how long, in ms.
-- Returns nothing.
-- One step because the reviewer's lease ends with it: otherwise the comment would be offered to nobody.
local id, reviewer = ARGV[3], ARGV[4]
local claim = live_claim(id)
call('ZREMRANGEBYSCORE', KEYS[16], '-inf', whole(now_ms))
call('ZADD', KEYS[16], now_ms + tonumber(ARGV[5]), id)
local last = call('ZRANGE', KEYS[16], -1, -1, 'WITHSCORES')[2]
call('PEXPIRE', KEYS[16], whole(max(1, last - now_ms)))
if claim and sub(claim, string.find(claim, '\0', 9, true) + 1) == reviewer then
  end_claim(id)
end
keep_meta()
