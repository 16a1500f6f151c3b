-- Counts the comments of a site.
-- KEYS: none of its own.
-- ARGV: none of its own.
-- Returns the five states in the order of their codes, the live claims, and when the oldest pending and the oldest
-- escalated comment came in (ms, -1 when there is none).
-- One step because a comment that moves between two counts would be in both or in none.
local answer = {}
for state = PENDING, WITHDRAWN do
  answer[state] = call('ZCARD', KEYS[1 + state])
end
answer[6] = call('ZCOUNT', LEASES, '(' .. whole(now_ms), '+inf')
local function oldest(state)
  local oldest = -1
  for tier = 0, 31 do
    local base = place(state, tier, 0)
    local first = call('ZRANGEBYSCORE', KEYS[1 + state], whole(base), whole(base + 4398046511103), 'WITHSCORES', 'LIMIT', 0, 1)
    if first[2] and (oldest < 0 or first[2] - base < oldest) then
      oldest = first[2] - base
    end
  end
  return oldest
end
answer[7] = oldest(PENDING)
answer[8] = oldest(ESCALATED)
return answer
