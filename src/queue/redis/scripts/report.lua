-- Counts a reader's report of a comment, once a reader.
-- KEYS 16: the comment's record; 17: its decisions; 18: its history; 19: who reported it.
-- ARGV 3: the comment's id; 4: the version that the server read; 5: the reporter; 6: 1 to hide it when it is approved;
--      7: what a report adds to the tier; 8: the event's id; 9: the event's body; 10: the history entry's body.
-- Returns {'ok' or 'repeated', …} as an outcome, a refusal, or {'again'} when the comment changed since the server
-- read it.
-- One step because a report that is counted twice, or moves a comment that was decided meanwhile, would be a lie.
local RECORD, DECISIONS, HISTORY, REPORTERS = KEYS[16], KEYS[17], KEYS[18], KEYS[19]
local id, read, reporter, step = ARGV[3], tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[7])

local head, refusal = head_as_read(RECORD, id, read)
if not head then
  return refusal
elseif head.state == REJECTED or head.state == WITHDRAWN then
  return { 'state', head.state }
elseif call('SISMEMBER', REPORTERS, reporter) == 1 then
  return repeated(head, DECISIONS, id)
end

local before = head.state
head.reports = head.reports + 1
head.tier = min(31, head.tier + step)
if before == APPROVED then
  head.state = PENDING
  head.published = ARGV[6] == '1' and 0 or head.published
  touch(head)
end
call('SADD', REPORTERS, reporter)
append_history(HISTORY, ARGV[8], head, ARGV[10])
if head.state ~= before then
  append_event(head.state, before, head.published, head.version, ARGV[9])
end
settle(RECORD, id, before, head)
keep_meta()
return outcome(head, DECISIONS, id)
