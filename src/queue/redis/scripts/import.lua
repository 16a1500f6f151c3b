-- Brings comments of another system's history in, each all or nothing for itself.
-- KEYS 16..: for each comment the record, its decisions, its history, its author's record; the last: the comments
--      that are not in the index of authors yet.
-- ARGV 3: how many may wait at most; then for each comment its id; the order (see import.rs); its record without the
--      head; the bodies of the decision and of its history entry, '' where nobody decided; the body of the history
--      entry for the import.
-- Returns for each comment a byte: 1 stored, 2 it is here already, 3 the id is another comment's, 4 the queue is full.
-- One step because a comment must not be seen without its decision, nor count for its author without being there.
local STORED, HERE, TAKEN, FULL = '\1', '\2', '\3', '\4'
local KEYS_EACH, ARGS_EACH, OWN_ARGS = 4, 6, 3
local cap = tonumber(ARGV[3])
local waiting = call('ZCARD', KEYS[1 + PENDING]) + call('ZCARD', KEYS[1 + ESCALATED])

local function past_entry(time, state, version, body)
  return pack('>I8BI4B', time, state, version, 0) .. body
end

local function bring_in(record, decisions, history, author, id, order, content, decision, decision_entry, import_entry)
  local state, tier, counted, has_author, create, decide, hash, author_hash = unpacked('>BBBBI8I8c8c6', order)
  local known = call('GETRANGE', record, 32, 39)
  if known ~= '' then
    return known == hash and HERE or TAKEN
  elseif state <= ESCALATED and waiting >= cap then
    return FULL
  end

  local is_decided = decision ~= ''
  local head = { state = state, published = state == APPROVED and 1 or 0, counted = counted, tier = tier,
    version = is_decided and 2 or 1, create = create, update = now_ms, reports = 0, origin = PENDING,
    stacked = is_decided and 1 or 0, revised = 0, hash = hash }
  call('SET', record, write_head(head) .. content)
  call('ZADD', KEYS[1 + state], whole(place(state, tier, create, now_ms)), id)
  if is_decided then
    call('RPUSH', decisions, pack('>BI8BBB', BY_MODERATOR, decide, PENDING, 0, 0) .. decision)
    call('RPUSH', history, past_entry(decide, state, head.version, decision_entry))
  end
  call('RPUSH', history, past_entry(now_ms, state, head.version, import_entry))
  if has_author == 1 then
    recount(author, 0, counted)
    call('RPUSH', KEYS[#KEYS], pack('>I8', create) .. author_hash .. string.char(#id) .. id)
  end
  if state <= ESCALATED then
    waiting = waiting + 1
  end
  return STORED
end

local answers = {}
for index = 0, (#ARGV - OWN_ARGS) / ARGS_EACH - 1 do
  local key, arg = FIXED_KEYS + index * KEYS_EACH, OWN_ARGS + index * ARGS_EACH
  local parts = { unpack(KEYS, key + 1, key + KEYS_EACH) }
  for offset = 1, ARGS_EACH do
    parts[KEYS_EACH + offset] = ARGV[arg + offset]
  end
  answers[index + 1] = bring_in(unpack(parts))
end
keep_meta()
return table.concat(answers)
