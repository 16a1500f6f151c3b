-- What every script shares; it is put in front of each of them.
-- KEYS 1..15: the fixed keys of the site, named below. A script's own keys follow.
-- ARGV 1: milliseconds to add to Redis' clock; 2: the generation, should the site have none yet.
--      A script's own arguments follow.
-- Time never runs backwards: it is the later of Redis' clock and the last time that was written.
local META, LEASES, CLAIMS, FEED = KEYS[1], KEYS[7], KEYS[8], KEYS[9]
local SEEN, WAVES, POLICIES = { [0] = KEYS[10], [1] = KEYS[11] }, KEYS[12], KEYS[13]
local LIMITS = { [0] = KEYS[14], [1] = KEYS[15] }
local FIXED_KEYS, FIXED_ARGS = 15, 2
local PENDING, ESCALATED, APPROVED, REJECTED, WITHDRAWN = 1, 2, 3, 4, 5
local BY_POLICY, BY_MODERATOR = 1, 2

local call, pack, unpacked = redis.call, struct.pack, struct.unpack
local floor, ceil, min, max, sub = math.floor, math.ceil, math.min, math.max, string.sub

-- Lua's own way to write a number keeps 14 digits.
local format = string.format
local function whole(number)
  return format('%d', number)
end

local meta = call('HMGET', META, 'clock', 'sequence', 'generation')
local time = call('TIME')
local now = max(time[1] * 1000000 + time[2] + ARGV[1] * 1000, tonumber(meta[1] or 0))
local now_ms = floor(now / 1000)
local sequence = tonumber(meta[2] or 0)

-- The last write of every script that writes.
local function keep_meta()
  if not meta[3] then
    call('HSET', META, 'generation', ARGV[2], 'indexed', 1)
  end
  call('HSET', META, 'clock', whole(now), 'sequence', whole(sequence))
end

-- What is kept for this window and the one before lies in two hashes in turn. Each has its window's number under
-- 'window'; one that is older counts as empty.
local function window_at(length)
  local window = floor(now_ms / length)
  return whole(window), whole(window - 1), window % 2
end

-- Writes into the hash of this window; the last but one makes way. `fields` are fields and values in turn.
local function keep_in_window(key, is_fresh, window, length, fields)
  if is_fresh then
    call('UNLINK', key)
    call('HSET', key, 'window', window)
    -- Busy sites free it in the background at the turn of the window, before it expires in the foreground.
    call('PEXPIRE', key, whole(3 * length))
  end
  call('HSET', key, unpack(fields))
end

-- The head of a stored comment, laid out as in hot.rs. Of the four bytes that are the store's own, `origin` is
-- the state at admission, `stacked` is 1 while decisions stand in the comment's list, `revised` is 1 when the
-- content is not the one that came in.
local HEAD = '>BBBBI4I8I8I4BBBBc8'

-- nil when there is no comment; false when it cannot be read.
local function read_head(stored)
  if not stored or stored == '' then
    return nil
  end
  if #stored < 40 then
    return false
  end
  local head, version, flags, spare = {}
  version, head.state, flags, head.tier, head.version, head.create, head.update, head.reports,
    head.origin, head.stacked, head.revised, spare, head.hash = unpacked(HEAD, stored)
  head.published, head.counted = flags % 2, floor(flags / 2)
  return version == 1 and head.state >= 1 and head.state <= 5 and head.counted <= 2 and head
end

local function write_head(head)
  return pack(HEAD, 1, head.state, head.published + 2 * head.counted, head.tier, head.version, head.create,
    head.update, head.reports, head.origin, head.stacked, head.revised, 0, head.hash)
end

local function damaged(what)
  return redis.error_reply('DAMAGED ' .. what)
end

-- The head of a comment as the server read it, or nil and what to answer instead.
local function head_as_read(key, id, version)
  local head = read_head(call('GETRANGE', key, 0, 39))
  if head == nil then
    return nil, { 'missing' }
  elseif head == false then
    return nil, damaged('comment ' .. id)
  elseif head.version ~= version then
    return nil, { 'again' }
  end
  return head
end

-- A comment's score in the list of its state: the waiting by falling tier, then by creation.
local function place(state, tier, create, update)
  return state <= ESCALATED and (31 - tier) * 4398046511104 + create or update
end

-- Puts a changed head in force. `before` is the state that it had.
local function settle(key, id, before, head)
  call('SETRANGE', key, 0, write_head(head))
  if before ~= head.state then
    call('ZREM', KEYS[1 + before], id)
  end
  call('ZADD', KEYS[1 + head.state], place(head.state, head.tier, head.create, head.update), id)
end

-- Content or state changed.
local function touch(head)
  head.version = head.version + 1
  head.update = now_ms
end

local function append_event(state, previous, published, version, body)
  sequence = sequence + 1
  call('XADD', FEED, whole(sequence) .. '-0', 'e', pack('>BBBI4I8', state, previous, published, version, now_ms) .. body)
end

local function append_history(key, change, head, body)
  call('RPUSH', key, pack('>I8BI4B', now_ms, head.state, head.version, #change) .. change .. body)
end

-- True when the change of this name is among the last that happened: the call is repeated.
local function happened(key, change)
  for _, entry in ipairs(call('LRANGE', key, -8, -1)) do
    if sub(entry, 15, 14 + unpacked('B', entry, 14)) == change then
      return true
    end
  end
  return false
end

local function push_decision(key, kind, before, body)
  call('RPUSH', key, pack('>BI8BBB', kind, now_ms, before.state, before.published, before.counted) .. body)
end

-- The value of a live lease (its end, the claim id, a zero byte, the reviewer), or false.
local function live_claim(id)
  local claim = call('HGET', CLAIMS, id)
  return claim and unpacked('>I8', claim) > now_ms and claim
end

local function claim_id_of(claim)
  return sub(claim, 9, string.find(claim, '\0', 9, true) - 1)
end

local function end_claim(id)
  if call('HDEL', CLAIMS, id) == 1 then
    call('ZREM', LEASES, id)
  end
end

-- The ids that a claim holds now: of those from ARGV[from] on, or all when there are none.
local function held_by(claim_id, from)
  local ids = { unpack(ARGV, from) }
  if #ids == 0 then
    ids = call('ZRANGEBYSCORE', LEASES, '(' .. whole(now_ms), '+inf')
  end
  local held = {}
  for _, id in ipairs(ids) do
    local claim = live_claim(id)
    if claim and claim_id_of(claim) == claim_id then
      held[#held + 1] = id
    end
  end
  return held
end

-- A comment's share in its author's record: by code of `Counted`.
local function recount(key, before, after)
  if before == after then
    return
  end
  local approved, rejected, standing, version = unpacked('>I4I4BI4', call('GET', key) or string.rep('\0', 13))
  local shares = { { 1, 0 }, { 0, 1 }, [0] = { 0, 0 } }
  approved = max(0, approved + shares[after][1] - shares[before][1])
  rejected = max(0, rejected + shares[after][2] - shares[before][2])
  call('SET', key, pack('>I4I4BI4', approved, rejected, standing, version + 1))
end

-- Takes a comment out of the waves of these fingerprints, eight bytes each.
local function leave_waves(id, prints)
  for at = 1, #prints, 8 do
    local print = sub(prints, at, at + 7)
    call('ZREM', WAVES, print .. id)
    for slot = 0, 1 do
      local value = call('HGET', SEEN[slot], print)
      if value and sub(value, 5) == id then
        call('HSET', SEEN[slot], print, sub(value, 1, 4))
      end
    end
  end
end

-- What an outcome tells of a comment: its head, the decision that stands, the live claim.
local function outcome(head, decisions, id)
  local top = head.stacked == 1 and call('LINDEX', decisions, -1) or ''
  return { 'ok', write_head(head), top, live_claim(id) or '' }
end

-- The outcome of a call that has been done already.
local function repeated(head, decisions, id)
  local answer = outcome(head, decisions, id)
  answer[1] = 'repeated'
  return answer
end
