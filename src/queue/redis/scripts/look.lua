-- Reads comments with the decision that stands and the live claim.
-- KEYS 16..: the comments' records, then their decisions in the same order.
-- ARGV 3..: their ids.
-- Returns the time in ms, then for each comment {record with head, last decision or '', claim or ''}, or '' when
-- there is none.
-- One step because a record read before a decision and the decision read after it would tell of a comment that never was.
local count = #ARGV - FIXED_ARGS
local records = call('MGET', unpack(KEYS, FIXED_KEYS + 1, FIXED_KEYS + count))
local claims = call('HMGET', CLAIMS, unpack(ARGV, FIXED_ARGS + 1))
local answers = { now_ms }
for index = 1, count do
  local stored, claim, top = records[index], claims[index], ''
  if stored and string.byte(stored, 30) == 1 then
    top = call('LINDEX', KEYS[FIXED_KEYS + count + index], -1) or ''
  end
  if claim and unpacked('>I8', claim) <= now_ms then
    claim = ''
  end
  answers[index + 1] = stored and { stored, top, claim or '' } or ''
end
return answers
