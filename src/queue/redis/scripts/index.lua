-- Enters comments in the index of authors.
-- KEYS 16: the comments that came in and are not in the index yet; then for each comment the shelf of its author.
-- ARGV 3: how many entries of that list these comments are, 0 when they were found otherwise; 4: the first of these
--      entries; 5: 1 when with these all comments of the site are in the index; then for each comment its creation in
--      ms, and its author's hash and its id.
-- Returns 1, or 0 when another server has entered them meanwhile.
-- One step because a comment must be in the list or in the index, or its author could not be found.
local ARRIVED, taken = KEYS[16], tonumber(ARGV[3])
if taken > 0 and call('LINDEX', ARRIVED, 0) ~= ARGV[4] then
  return 0
end
for index = 1, #KEYS - FIXED_KEYS - 1 do
  call('ZADD', KEYS[FIXED_KEYS + 1 + index], ARGV[4 + 2 * index], ARGV[5 + 2 * index])
end
if taken > 0 then
  call('LTRIM', ARRIVED, taken, -1)
end
if ARGV[5] == '1' then
  call('HSET', META, 'indexed', 1)
end
keep_meta()
return 1
