-- Decides comments, each all or nothing for itself.
-- KEYS 16..: for each ruling the comment's record, its decisions, its history, its author's record.
-- ARGV 3..: for each ruling, 11: the comment's id; the version that the server read; the version that the
--      moderator saw, or -1; the claim id; the new state; what counts for the author now (0, 1 approval, 2 rejection);
--      1 when there is an author; the event's id; the bodies of decision, event and history entry.
-- Returns for each ruling an outcome, a refusal, or {'again'} when the comment changed since the server read it.
-- One step because state, place, claim, author's record, history and event tell one story, and two moderators
-- must not both be told that their decision stands.
local KEYS_EACH, ARGS_EACH = 4, 11
local count = (#ARGV - FIXED_ARGS) / ARGS_EACH

local function published_after(state, published)
  if state == ESCALATED then
    return published
  end
  return state == APPROVED and 1 or 0
end

-- The versions that this call itself brought about; they change no content.
local ruled = {}

local function rule(record, decisions, history, author, id, read, expected, claim_id, state, counted, has_author,
  event_id, decision_body, event_body, history_body)
  local head = read_head(call('GETRANGE', record, 0, 39))
  if not head then
    return { 'missing' }
  end
  if head.version ~= tonumber(read) and head.version ~= ruled[record] then
    return { 'again' }
  end
  if happened(history, event_id) then
    return repeated(head, decisions, id)
  end
  if head.state == WITHDRAWN then
    return { 'state', head.state }
  end
  local claim = live_claim(id)
  if claim and claim_id_of(claim) ~= claim_id then
    return { 'held', claim }
  end
  if tonumber(expected) >= 0 and tonumber(expected) ~= head.version then
    return { 'stale', head.version }
  end

  local before = { state = head.state, published = head.published, counted = head.counted }
  head.state, head.counted, head.stacked = tonumber(state), tonumber(counted), 1
  head.published = published_after(head.state, before.published)
  touch(head)
  push_decision(decisions, BY_MODERATOR, before, decision_body)
  if has_author == '1' then
    recount(author, before.counted, head.counted)
  end
  append_history(history, event_id, head, history_body)
  append_event(head.state, before.state, head.published, head.version, event_body)
  end_claim(id)
  settle(record, id, before.state, head)
  ruled[record] = head.version
  return outcome(head, decisions, id)
end

for index = 0, count - 1 do
  if read_head(call('GETRANGE', KEYS[FIXED_KEYS + index * KEYS_EACH + 1], 0, 39)) == false then
    return damaged('comment ' .. ARGV[FIXED_ARGS + index * ARGS_EACH + 1])
  end
end
local answers = {}
for index = 0, count - 1 do
  local key, arg = FIXED_KEYS + index * KEYS_EACH, FIXED_ARGS + index * ARGS_EACH
  local parts = { unpack(KEYS, key + 1, key + KEYS_EACH) }
  for offset = 1, ARGS_EACH do
    parts[KEYS_EACH + offset] = ARGV[arg + offset]
  end
  answers[index + 1] = rule(unpack(parts))
end
keep_meta()
return answers
