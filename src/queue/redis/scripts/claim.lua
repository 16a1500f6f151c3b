-- Leases comments to a reviewer.
-- KEYS 16..: the candidates' records.
-- ARGV 3: the claim id; 4: the reviewer; 5: how long, in ms; then for each candidate its id and the version seen.
-- Returns when the lease ends, in ms, then the ids that are leased now.
-- One step because two moderators who look at the same page must never get the same comment.
local claim_id, reviewer, ends = ARGV[3], ARGV[4], now_ms + tonumber(ARGV[5])
local value = pack('>I8', ends) .. claim_id .. '\0' .. reviewer

local won = {}
for index = FIXED_KEYS + 1, #KEYS do
  local arg = 6 + 2 * (index - FIXED_KEYS - 1)
  local id, version = ARGV[arg], tonumber(ARGV[arg + 1])
  local head = read_head(call('GETRANGE', KEYS[index], 0, 39))
  if head and head.state <= ESCALATED and head.version == version then
    local claim = live_claim(id)
    if not claim or sub(claim, 9) == sub(value, 9) then
      won[#won + 1] = id
    end
  end
end

local over = call('ZRANGEBYSCORE', LEASES, '-inf', whole(now_ms), 'LIMIT', 0, 200)
if #over > 0 then
  call('ZREM', LEASES, unpack(over))
  call('HDEL', CLAIMS, unpack(over))
end
for _, id in ipairs(won) do
  call('ZADD', LEASES, ends, id)
  call('HSET', CLAIMS, id, value)
end
keep_meta()
table.insert(won, 1, ends)
return won
