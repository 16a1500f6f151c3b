-- Reads what is kept of a site's learned model.
-- KEYS 16: the model; 17: what was added to it since it was stored whole.
-- ARGV 3: the revision that the reader has; -1: it wants the numbers alone.
-- Returns the generation, the revision, the cursor, the newest event, the revision of the whole, the whole or nothing,
--      the changes that the reader lacks.
-- One step because changes that are folded into a new whole between two reads would be missing.
local stored = call('HMGET', KEYS[16], 'revision', 'cursor', 'whole_revision')
local revision, whole_revision = tonumber(stored[1] or 0), tonumber(stored[3] or 0)
local known, model, changes = tonumber(ARGV[3]), false, {}
if known >= 0 then
  if known < whole_revision or known > revision then
    known, model = whole_revision, call('HGET', KEYS[16], 'whole') or ''
  end
  changes = call('LRANGE', KEYS[17], whole(known - whole_revision), -1)
end
return { meta[3] or '0', stored[1] or '0', stored[2] or '0', whole(sequence), stored[3] or '0', model, changes }
