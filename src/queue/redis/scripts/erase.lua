-- Erases comments of an author, and the author's record.
-- KEYS 16: how far the erasure has come; 17: the author's record; 18: the comments set aside; 19: the author's shelf;
--      then for each comment its record, its decisions, its history, who reported it, what it taught;
--      then what each reviewer deferred.
-- ARGV 3: how many comments; 4: 1 when something else of the author went before; 5: how long the progress is
--      remembered, in ms; then for each comment its id, the version that the server read (-1: it cannot be read), its
--      fingerprints, eight bytes each, and its entry on the shelf.
-- Returns how many comments went, and how far the erasure has come.
-- One step because the count must be that of the comments that went, whoever is cut off in between; a comment
-- that was revised meanwhile may be another author's.
local PROGRESS, AUTHOR, ASIDE, SHELF = KEYS[16], KEYS[17], KEYS[18], KEYS[19]
local count, own_keys = tonumber(ARGV[3]), FIXED_KEYS + 4

local progress, due, erased = call('GET', PROGRESS), {}, 0
for index = 0, count - 1 do
  local head, version = read_head(call('GETRANGE', KEYS[own_keys + index * 5 + 1], 0, 39)), tonumber(ARGV[7 + index * 4])
  if head == nil or version < 0 or head and head.version == version then
    due[#due + 1] = index
    erased = erased + (head == nil and 0 or 1)
  end
end

for _, index in ipairs(due) do
  local key, arg = own_keys + index * 5, 6 + index * 4
  local id = ARGV[arg]
  for state = PENDING, WITHDRAWN do
    call('ZREM', KEYS[1 + state], id)
  end
  call('DEL', unpack(KEYS, key + 1, key + 5))
  end_claim(id)
  leave_waves(id, ARGV[arg + 2])
  call('ZREM', SHELF, ARGV[arg + 3])
  call('ZREM', ASIDE, id)
  for deferred = own_keys + count * 5 + 1, #KEYS do
    call('ZREM', KEYS[deferred], id)
  end
end
local is_new = call('DEL', AUTHOR) == 1 or erased > 0 or ARGV[4] == '1'

local start, total, complete, files = now_ms, 0, 0, '\0'
if progress then
  local began, before, ended = unpacked('>I8I8I8', progress)
  if ended == 0 or not is_new then
    start, total, complete = began, before, ended
    files = is_new and '\0' or sub(progress, 25)
  end
end
progress = pack('>I8I8I8', start, total + erased, complete) .. files
call('SET', PROGRESS, progress, 'PX', ARGV[5])
keep_meta()
return { erased, progress }
