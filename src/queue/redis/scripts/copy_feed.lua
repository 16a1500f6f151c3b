-- Writes a part of the feed anew, with other words in some events, and puts it in the feed's place at the end. Deleting
-- entries would not do: a stream keeps their bytes, in memory and in its files, until all around them are deleted.
-- KEYS 16: the feed as it is written anew.
-- ARGV 3: a name for this copy; 4: the last event copied, 0 to begin; 5: how many at most; then for each event to be
--      changed its sequence and its new body.
-- Returns 'more', 'done' or 'busy', when another copy is under way, and the last event copied.
-- One step because an event that comes in while the feed changes places must be in the new one.
local COPY, name, from, most, LEASE = KEYS[16], ARGV[3], ARGV[4], tonumber(ARGV[5]), 10000

local copier = call('HGET', META, 'copier')
local is_mine = copier and sub(copier, 9) == name
if not is_mine and (from ~= '0' or copier and unpacked('>I8', copier) > now_ms) then
  return { 'busy', from }
end
local changed, last = {}, from
for at = 6, #ARGV, 2 do
  changed[ARGV[at]] = ARGV[at + 1]
end
local entries = call('XRANGE', FEED, whole(from + 1) .. '-0', '+', 'COUNT', most)

if from == '0' then
  call('UNLINK', COPY)
end
call('HSET', META, 'copier', pack('>I8', now_ms + LEASE) .. name)
for _, entry in ipairs(entries) do
  local event = entry[2][2]
  last = string.match(entry[1], '^%d+')
  call('XADD', COPY, entry[1], 'e', changed[last] and sub(event, 1, 15) .. changed[last] or event)
end
local is_done = #entries < most
if is_done then
  call('HDEL', META, 'copier')
  if call('EXISTS', COPY) == 1 then
    call('RENAME', COPY, FEED)
  end
end
keep_meta()
return { is_done and 'done' or 'more', last }
