-- Reads a comment and everything that happened to it since its submission.
-- KEYS 16: the comment's record; 17: its history.
-- ARGV: none.
-- Returns {record with head, entries…}, or nothing when there is no such comment.
-- One step because the submission is told from the record and the rest from the list: they must fit.
local stored = call('GET', KEYS[16])
if not stored then
  return {}
end
local entries = call('LRANGE', KEYS[17], 0, -1)
table.insert(entries, 1, stored)
return entries
