-- Adds a note for moderators to a comment's history.
-- KEYS 16: the comment's record; 17: its decisions; 18: its history.
-- ARGV 3: the comment's id; 4: a name for this call; 5: the history entry's body.
-- Returns an outcome with the whole record instead of its head, or a refusal.
-- One step because the entry carries the state and version at that moment, and a comment that was swept has no history.
local stored = call('GET', KEYS[16])
local head = read_head(stored)
if head == nil then
  return { 'missing' }
elseif head == false then
  return damaged('comment ' .. ARGV[3])
end
if not happened(KEYS[18], ARGV[4]) then
  append_history(KEYS[18], ARGV[4], head, ARGV[5])
  keep_meta()
end
local answer = outcome(head, KEYS[17], ARGV[3])
answer[2] = stored
return answer
