-- Removes comments and events that have been kept long enough.
-- KEYS 16..: for each comment its record, its decisions, its history, who reported it, what it taught, the shelf of its
--      author.
-- ARGV 3: comments unchanged since before this time (ms) go; 4: events before this time (ms) go; 5: events at most;
--      then for each comment its id, its state, its fingerprints, eight bytes each, and the index's entry for its author.
-- Returns how many comments and how many events went.
-- One step because a comment that is reported or undone meanwhile must not lose half of itself.
local decided_before, events_before = tonumber(ARGV[3]), tonumber(ARGV[4])
local comments = 0
for index = 0, (#ARGV - 5) / 4 - 1 do
  local id, state, prints, entry = unpack(ARGV, 6 + index * 4, 9 + index * 4)
  local list, key = KEYS[1 + state], FIXED_KEYS + index * 6
  local changed = call('ZSCORE', list, id)
  if changed and tonumber(changed) < decided_before then
    call('ZREM', list, id)
    call('DEL', unpack(KEYS, key + 1, key + 5))
    call('ZREM', KEYS[key + 6], entry)
    end_claim(id)
    leave_waves(id, prints)
    comments = comments + 1
  end
end

local over = {}
for _, entry in ipairs(call('XRANGE', FEED, '-', '+', 'COUNT', ARGV[5])) do
  local _, _, _, _, event_time = unpacked('>BBBI4I8', entry[2][2])
  if event_time >= events_before then
    break
  end
  over[#over + 1] = entry[1]
end
if #over > 0 then
  call('XDEL', FEED, unpack(over))
end
if comments + #over > 0 then
  keep_meta()
end
return { comments, #over }
