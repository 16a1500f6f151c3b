-- Takes judged comments in, each all or nothing for itself.
-- KEYS 16..: for each comment its record, its author's record when it has an author, a key for each limit that is
--      not short; the last: the comments that are not in the index of authors yet.
-- ARGV 3, 4: lengths of the windows for repeats and for short limits, in ms; 5: how many comments; 6, 7: how many
--      fingerprints and names of short limits they have together; 8: bytes of a record's key before the id; 9: 1 when no
--      fingerprint is there twice; then the fingerprints, eight bytes each; then the names; then for each comment the order (see admit.rs), the record
--      without its head, and the event's body ('' when none is written).
-- Returns the time in ms, the newest policy revision, then one packed answer a comment (see admit.rs).
-- One step because the id, the evidence, the cap and the limits must still hold when the comment is written:
-- otherwise two servers overshoot a limit, or a thousand equal comments all pass as the first.
local STORED, REPLAYED, TAKEN, STALE, LIMITED, FULL, DAMAGED = '\1', '\2', '\3', '\4', '\5', '\6', '\7'
-- The record of an author on whom nobody has decided, and the count of a first sighting.
local NOBODY, ONCE = string.rep('\0', 13), '\0\0\0\1'
local ENFORCE, HOLD, NEVER = 0, 1, 4294967295
local SHORT, OWN_ARGS = 4, 9
local repeat_length, limit_length, count = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local print_count, name_count, id_from, are_distinct = tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8] + 1, ARGV[9] == '1'
local char = string.char

-- All is read before anything is written, with few calls for many comments. `values` has what lies under the
-- scripts' own keys, in their order.
local ARRIVED = KEYS[#KEYS]
local values = call('MGET', unpack(KEYS, FIXED_KEYS + 1, #KEYS - 1))
local waiting = call('ZCARD', KEYS[1 + PENDING]) + call('ZCARD', KEYS[1 + ESCALATED])
local revision = call('LLEN', POLICIES)

-- The values of some of the arguments in this window and in the one before; and whether this window is new.
local function read_windows(keys, length, from, total)
  local window, last, slot = window_at(length)
  if total == 0 then
    return {}, {}, false, window, slot
  end
  local current = call('HMGET', keys[slot], 'window', unpack(ARGV, from, from + total - 1))
  local earlier = call('HMGET', keys[1 - slot], 'window', unpack(ARGV, from, from + total - 1))
  local is_fresh = current[1] ~= window
  return is_fresh and {} or current, earlier[1] == last and earlier or {}, is_fresh, window, slot
end

local prints_from, names_from = OWN_ARGS, OWN_ARGS + print_count
local prints_now, prints_before, is_fresh_seen, seen_window, seen_slot =
  read_windows(SEEN, repeat_length, prints_from + 1, print_count)
local names_now, names_before, is_fresh_limits, limits_window, limits_slot =
  read_windows(LIMITS, limit_length, names_from + 1, name_count)

-- What the comments before in this call have changed: later ones see it.
local hashes, arrivals, short_arrivals, scores = {}, {}, {}, {}
local records, events, wave, arrived = {}, {}, {}, {}
local placed = { {}, {}, {}, {} }
-- Sightings to write, fingerprint and value in turn; and by fingerprint, where its value is. A value is the count in
-- this window and the first comment that had it; none once it is in a wave, or an edit took it out.
local sighted, sighted_at = {}, {}

-- What is known of the fingerprint at this place: in this window and in the one before.
local function sightings(index)
  local at = sighted_at[ARGV[prints_from + index]]
  return at and sighted[at] or prints_now[index + 1], prints_before[index + 1]
end

-- True when nobody had any of these fingerprints: most comments, and they need no closer look.
local function are_new(from, total)
  if not are_distinct then
    return false
  end
  for index = from + 1, from + total do
    if prints_now[index] or prints_before[index] then
      return false
    end
  end
  return true
end

local function count_first_sightings(from, total, id)
  local counted, at = ONCE .. id, #sighted
  for index = prints_from + from, prints_from + from + total - 1 do
    sighted[at + 1] = ARGV[index]
    sighted[at + 2] = counted
    at = at + 2
  end
end

local function times(value)
  return value and unpacked('>I4', value) or 0
end

local function count_sighting(index, id)
  local print = ARGV[prints_from + index]
  local value, before = sightings(index)
  local counted = ONCE .. id
  if value or before then
    local first = before and #before > 4 and before or value and #value > 4 and value
    if first then
      wave[#wave + 1], wave[#wave + 2] = 0, print .. sub(first, 5)
    end
    wave[#wave + 1], wave[#wave + 2] = 0, print .. id
    counted = pack('>I4', times(value) + 1)
  end
  local at = sighted_at[print]
  if at then
    sighted[at] = counted
  else
    at = #sighted + 1
    sighted[at], sighted[at + 1], sighted_at[print] = print, counted, at + 1
  end
end

local function stale_answer(author, first_print, print_total, held)
  local answer = { STALE, pack('>I8', revision), author }
  for index = first_print, first_print + print_total - 1 do
    local value, before = sightings(index)
    answer[#answer + 1] = pack('>I4', min(times(value) + times(before), NEVER))
  end
  return table.concat(answer) .. held
end

-- The arrival time of a short limit: of the names, that at this place.
local function short_arrival(index)
  local value = names_now[index + 1] or names_before[index + 1]
  return short_arrivals[ARGV[names_from + index]] or (value and unpacked('>I8', value))
end

-- Looks at the limits of one comment; its keys and names go on at these places. Answers the longest wait for an
-- enforced limit and which one it is, and which ones in mode hold and shadow are exceeded. The arrival times that
-- admitting it would bring about are left in `charged`.
local charged = {}
local function check_limits(order, at, total, key_at, name_at)
  local worst, worst_place, held, hits = 0, 0, '', ''
  for offset = 0, total - 1 do
    local mode, emission, tolerance, arrival
    mode, emission, tolerance, at = unpacked('>BI8I8', order, at)
    if mode >= SHORT then
      mode, arrival, name_at = mode - SHORT, short_arrival(name_at), name_at + 1
    else
      arrival, key_at = arrivals[KEYS[key_at]] or tonumber(values[key_at - FIXED_KEYS] or now), key_at + 1
    end
    arrival = arrival and arrival > now and arrival or now
    local wait = arrival - tolerance - now
    charged[offset] = wait <= 0 and arrival + emission
    if wait <= 0 then
      -- within the limit
    elseif mode == ENFORCE then
      if wait >= worst then
        worst, worst_place = wait, offset
      end
    elseif mode == HOLD then
      held = held .. char(offset)
    else
      hits = hits .. char(offset)
    end
  end
  return worst, worst_place, held, hits
end

-- Charges the limits that were looked at last.
local function charge_limits(order, at, total, key_at, name_at)
  for offset = 0, total - 1 do
    if string.byte(order, at + 17 * offset) >= SHORT then
      local name = ARGV[names_from + name_at]
      short_arrivals[name], name_at = charged[offset] or short_arrivals[name], name_at + 1
    else
      local key = KEYS[key_at]
      arrivals[key], key_at = charged[offset] or arrivals[key], key_at + 1
    end
  end
end

local answers, key_at, arg_at, print_at, name_at = { now_ms, revision }, FIXED_KEYS + 1, names_from + name_count + 1, 1, 1
for index = 1, count do
  local order, answer = ARGV[arg_at], nil
  local state, tier, published, has_author, has_grounds, print_total, limit_total, short_total, judged, cap, hash, author_hash, at =
    unpacked('>BBBBBBBBc13I8c8c6', order)
  local key, value, author = KEYS[key_at], values[key_at - FIXED_KEYS], has_author == 1 and values[key_at - FIXED_KEYS + 1] or NOBODY
  local limit_at, limits_from = key_at + 1 + has_author, at + 4 * print_total
  local known = hashes[key] or value and sub(value, 33, 40)

  if known then
    answer = known == hash and REPLAYED or TAKEN
  elseif #author ~= #NOBODY then
    answer = DAMAGED
  else
    local is_stale, is_new = has_grounds == 1 and judged ~= author, are_new(print_at, print_total)
    if has_grounds == 1 and not is_new then
      for offset = 0, print_total - 1 do
        local now_seen, before = sightings(print_at + offset)
        if now_seen or before then
          local below = unpacked('>I4', order, at + 4 * offset)
          is_stale = is_stale or below < NEVER and times(now_seen) + times(before) >= below
        end
      end
    end
    local worst, worst_place, held, hits = check_limits(order, limits_from, limit_total, limit_at, name_at)
    if is_stale then
      answer = stale_answer(author, print_at, print_total, held)
    elseif state <= ESCALATED and waiting >= cap then
      answer = FULL
    elseif worst > 0 then
      answer = LIMITED .. pack('>BI8', worst_place, worst)
    elseif held ~= '' and has_grounds == 1 then
      answer = stale_answer(author, print_at, print_total, held)
    else
      local id, list = sub(key, id_from), placed[state]
      local score = scores[state * 32 + tier] or whole(place(state, tier, now_ms, now_ms))
      scores[state * 32 + tier] = score
      list[#list + 1], list[#list + 2] = score, id
      hashes[key] = hash
      if has_author == 1 then
        arrived[#arrived + 1] = author_hash .. char(#id) .. id
      end
      records[#records + 1] = key
      records[#records + 1] = pack(HEAD, 1, state, published, tier, 1, now_ms, now_ms, 0, state, 0, 0, 0, hash)
        .. ARGV[arg_at + 1]
      charge_limits(order, limits_from, limit_total, limit_at, name_at)
      if is_new then
        count_first_sightings(print_at, print_total, id)
      else
        for print = print_at, print_at + print_total - 1 do
          count_sighting(print, id)
        end
      end
      if state <= ESCALATED then
        waiting = waiting + 1
      else
        events[#events + 1] = { state, published, ARGV[arg_at + 2] }
      end
      answer = STORED .. hits
    end
  end
  answers[index + 2] = answer
  key_at, arg_at = limit_at + limit_total - short_total, arg_at + 3
  print_at, name_at = print_at + print_total, name_at + short_total
end

if #records == 0 then
  return answers
end
call('MSET', unpack(records))
for state, list in ipairs(placed) do
  if #list > 0 then
    call('ZADD', KEYS[1 + state], unpack(list))
  end
end
for key, arrival in pairs(arrivals) do
  call('SET', key, whole(arrival), 'PX', whole(ceil((arrival - now) / 1000)))
end
if next(short_arrivals) then
  local fields = {}
  for name, arrival in pairs(short_arrivals) do
    fields[#fields + 1], fields[#fields + 2] = name, pack('>I8', arrival)
  end
  keep_in_window(LIMITS[limits_slot], is_fresh_limits, limits_window, limit_length, fields)
end
if #arrived > 0 then
  call('RPUSH', ARRIVED, pack('>I8', now_ms) .. table.concat(arrived))
end
if #sighted > 0 then
  keep_in_window(SEEN[seen_slot], is_fresh_seen, seen_window, repeat_length, sighted)
end
if #wave > 0 then
  call('ZADD', WAVES, unpack(wave))
end
for _, event in ipairs(events) do
  append_event(event[1], 0, event[2], 1, event[3])
end
keep_meta()
return answers
