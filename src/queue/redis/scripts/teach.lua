-- Changes a site's learned model, moves the learner's cursor and keeps with the comments what they taught.
-- KEYS 16: the model; 17: what was added to it since it was stored whole; then for each comment its record and what it
--      taught.
-- ARGV 3: the revision, and 4: the cursor that the change was made on; 5: the new cursor;
--      6: `nothing`, `added` or `whole`; 7: the bytes; then for each comment what is to be kept, empty for nothing.
-- Returns 1, or 0 when another learner changed the model meanwhile.
-- One step because an event must be learned from once, however many servers learn, and what was learned must be known
--      to whoever takes it back.
local MODEL, CHANGES = KEYS[16], KEYS[17]
local stored = call('HMGET', MODEL, 'revision', 'cursor')
local revision = tonumber(stored[1] or 0)
if revision ~= tonumber(ARGV[3]) or tonumber(stored[2] or 0) ~= tonumber(ARGV[4]) then
  return 0
end
local is_there = {}
for index = 8, #ARGV do
  is_there[index] = call('EXISTS', KEYS[2 + 2 * index]) == 1
end

if ARGV[6] == 'added' then
  revision = revision + 1
  call('RPUSH', CHANGES, ARGV[7])
elseif ARGV[6] == 'whole' then
  revision = revision + 1
  call('DEL', CHANGES)
  call('HSET', MODEL, 'whole', ARGV[7], 'whole_revision', whole(revision))
end
call('HSET', MODEL, 'revision', whole(revision), 'cursor', ARGV[5])
for index = 8, #ARGV do
  local lesson = KEYS[3 + 2 * index]
  if ARGV[index] == '' or not is_there[index] then
    call('DEL', lesson)
  else
    call('SET', lesson, ARGV[index])
  end
end
keep_meta()
return 1
