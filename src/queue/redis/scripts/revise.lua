-- Replaces the content of a comment.
-- KEYS 16: the comment's record; 17: its decisions; 18: its history; 19, 20: the shelves of the authors before and now.
-- ARGV 3: the comment's id; 4: the version that the server read; 5: the version that was edited, or -1;
--      6: the new state; 7: the new tier before reports; 8: what a report adds to it; 9: the new content hash;
--      10: the new record without its head; 11, 12: the fingerprints before and now, eight bytes each;
--      13: length of the repeat window in ms; 14: the event's id; 15: the event's body;
--      16: the history entry's body; 17: the body of the policy's decision, '' when it left it to moderators;
--      18: the body of that decision's history entry; 19, 20: the index's entries for the authors before and now, ''
--      where none is to be taken out or entered.
-- Returns an outcome, a refusal, or {'again'} when the comment changed since the server read it.
-- One step because the text before must go into the history exactly when the new one takes its place, and no
-- moderator may decide the old text meanwhile.
local RECORD, DECISIONS, HISTORY = KEYS[16], KEYS[17], KEYS[18]
local id, read, expected, event_id = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[14]
local window_length = tonumber(ARGV[13])

-- Joins the comments that have this fingerprint, or waits for the next. It is not counted: no comment came in.
local function join_wave(print)
  local window, last, slot = window_at(window_length)
  local windows = { [slot] = window, [1 - slot] = last }
  local first, seen = '', false
  for other = 0, 1 do
    local value = call('HGET', SEEN[other], 'window') == windows[other] and call('HGET', SEEN[other], print)
    if value then
      seen = true
      first = sub(value, 5) ~= '' and sub(value, 5) or first
    end
  end
  if seen then
    call('ZADD', WAVES, 0, print .. id, 0, print .. (first ~= '' and first or id))
    return
  end
  local is_fresh = call('HGET', SEEN[slot], 'window') ~= window
  keep_in_window(SEEN[slot], is_fresh, window, window_length, { print, pack('>I4', 0) .. id })
end

local head, refusal = head_as_read(RECORD, id, read)
if not head then
  return refusal
elseif happened(HISTORY, event_id) then
  return repeated(head, DECISIONS, id)
elseif head.state == WITHDRAWN then
  return { 'state', head.state }
elseif expected >= 0 and expected ~= head.version then
  return { 'stale', head.version }
end

local before = { state = head.state, published = head.published, counted = head.counted }
head.state, head.hash, head.counted = tonumber(ARGV[6]), ARGV[9], 0
head.tier = min(31, ARGV[7] + ARGV[8] * head.reports)
head.published = head.state == APPROVED and 1 or 0
head.stacked, head.revised = ARGV[17] == '' and 0 or 1, 1
touch(head)
call('DEL', DECISIONS)
if head.stacked == 1 then
  push_decision(DECISIONS, BY_POLICY, before, ARGV[17])
end
append_history(HISTORY, event_id, head, ARGV[16])
if head.stacked == 1 then
  append_history(HISTORY, event_id, head, ARGV[18])
end
if head.state ~= before.state or head.state > ESCALATED or before.published > 0 then
  append_event(head.state, before.state, head.published, head.version, ARGV[15])
end
end_claim(id)
call('SET', RECORD, write_head(head) .. ARGV[10])
settle(RECORD, id, before.state, head)
if ARGV[19] ~= '' then
  call('ZREM', KEYS[19], ARGV[19])
end
if ARGV[20] ~= '' then
  call('ZADD', KEYS[20], head.create, ARGV[20])
end
leave_waves(id, ARGV[11])
for at = 1, #ARGV[12], 8 do
  join_wave(sub(ARGV[12], at, at + 7))
end
keep_meta()
return outcome(head, DECISIONS, id)
