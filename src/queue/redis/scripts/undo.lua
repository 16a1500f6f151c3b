-- Takes the last moderator's decision on a comment back.
-- KEYS 16: the comment's record; 17: its decisions; 18: its history; 19: its author's record.
-- ARGV 3: the comment's id; 4: the version that the server read; 5: the version that the moderator saw, or -1;
--      6: 1 when there is an author; 7: the event's id; 8: the event's body; 9: the history entry's body.
-- Returns an outcome, a refusal, or {'again'} when the comment changed since the server read it.
-- One step because half an undo would leave the author's record, the feed and the queue in disagreement.
local RECORD, DECISIONS, HISTORY, AUTHOR = KEYS[16], KEYS[17], KEYS[18], KEYS[19]
local id, read, expected, event_id = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[7]

local head, refusal = head_as_read(RECORD, id, read)
if not head then
  return refusal
elseif happened(HISTORY, event_id) then
  return repeated(head, DECISIONS, id)
end
local top = call('LINDEX', DECISIONS, -1)
if head.state == WITHDRAWN or not top or string.byte(top) ~= BY_MODERATOR then
  return { 'state', head.state }
elseif expected >= 0 and expected ~= head.version then
  return { 'stale', head.version }
end

local _, _, state, published, counted = unpacked('>BI8BBB', top)
local before, counted_before = head.state, head.counted
head.state, head.published, head.counted = state, published, counted
touch(head)
call('RPOP', DECISIONS)
head.stacked = min(1, call('LLEN', DECISIONS))
if ARGV[6] == '1' then
  recount(AUTHOR, counted_before, counted)
end
append_history(HISTORY, event_id, head, ARGV[9])
append_event(head.state, before, head.published, head.version, ARGV[8])
end_claim(id)
settle(RECORD, id, before, head)
keep_meta()
return outcome(head, DECISIONS, id)
