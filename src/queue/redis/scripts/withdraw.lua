-- Takes a comment back for good.
-- KEYS 16: the comment's record; 17: its decisions; 18: its history.
-- ARGV 3: the comment's id; 4: the version that the server read; 5: the version that the caller saw, or -1;
--      6: the event's id; 7: the event's body; 8: the history entry's body.
-- Returns an outcome, a refusal, or {'again'} when the comment changed since the server read it.
-- One step because a moderator must not decide a comment between its leaving the queue and its event.
local RECORD, DECISIONS, HISTORY = KEYS[16], KEYS[17], KEYS[18]
local id, read, expected, event_id = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]

local head, refusal = head_as_read(RECORD, id, read)
if not head then
  return refusal
elseif head.state == WITHDRAWN then
  return repeated(head, DECISIONS, id)
elseif expected >= 0 and expected ~= head.version then
  return { 'stale', head.version }
end

local before = head.state
head.state, head.published = WITHDRAWN, 0
touch(head)
append_history(HISTORY, event_id, head, ARGV[8])
append_event(head.state, before, head.published, head.version, ARGV[7])
end_claim(id)
settle(RECORD, id, before, head)
keep_meta()
return outcome(head, DECISIONS, id)
