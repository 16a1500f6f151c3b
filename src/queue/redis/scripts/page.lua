-- Lists ids of one state in order, after a place.
-- KEYS 16: the state's list.
-- ARGV 3: how many; 4: 1 ascending, -1 descending; 5: 1 to merge the tiers by time; 6: 1 when there is a
--      place to start after; 7: its score within its tier, or its whole score when tiers are not merged; 8: its id.
-- Returns ids and scores in turn; scores within their tier when tiers are merged.
-- One step because the places of ties are found by rank, and ranks shift with every write.
local LIST, limit, step, merge, marked = KEYS[16], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5] == '1', ARGV[6] == '1'
local mark_score, mark_id = tonumber(ARGV[7]), ARGV[8]
local CHUNK = 64

-- Bytewise; Lua's own comparison follows the locale.
local function less(a, b)
  for index = 1, min(#a, #b) do
    local x, y = string.byte(a, index), string.byte(b, index)
    if x ~= y then
      return x < y
    end
  end
  return #a < #b
end

-- The rank at which to go on from the mark: the first after it, or the last before it when descending.
local function rank_of(score)
  local low = call('ZCOUNT', LIST, '-inf', '(' .. whole(score))
  local high = low + call('ZCOUNT', LIST, whole(score), whole(score))
  while low < high do
    local middle = floor((low + high) / 2)
    local id = call('ZRANGE', LIST, middle, middle)[1]
    if less(id, mark_id) or (step == 1 and id == mark_id) then
      low = middle + 1
    else
      high = middle
    end
  end
  return step == 1 and low or low - 1
end

-- One run of ranks in which time rises: a tier, or the whole list. Its head is `score` and `id`.
local function advance(run)
  run.at = run.at + 2
  if not run.chunk or run.at > #run.chunk then
    if run.rank < run.first or run.rank > run.last then
      return false
    end
    local till = step == 1 and min(run.last, run.rank + CHUNK - 1) or max(run.first, run.rank - CHUNK + 1)
    run.chunk = call('ZRANGE', LIST, min(run.rank, till), max(run.rank, till), 'WITHSCORES')
    if step == -1 then
      local turned = {}
      for index = #run.chunk - 1, 1, -2 do
        turned[#turned + 1] = run.chunk[index]
        turned[#turned + 1] = run.chunk[index + 1]
      end
      run.chunk = turned
    end
    run.rank, run.at = till + step, 1
  end
  run.id, run.score = run.chunk[run.at], run.chunk[run.at + 1] - run.base
  return true
end

local function open(base, first, last)
  local run = { base = base, first = first, last = last, at = -1 }
  run.rank = step == 1 and first or last
  if marked then
    local rank = rank_of(base + mark_score)
    run.rank = step == 1 and max(first, rank) or min(last, rank)
  end
  return advance(run) and run
end

local runs = {}
if merge then
  local first = 0
  for tier = 31, 0, -1 do
    local base = place(PENDING, tier, 0)
    local size = call('ZCOUNT', LIST, whole(base), whole(base + 4398046511103))
    runs[#runs + 1] = size > 0 and open(base, first, first + size - 1) or nil
    first = first + size
  end
else
  runs[1] = open(0, 0, call('ZCARD', LIST) - 1) or nil
end

local function sooner(a, b)
  if a.score ~= b.score then
    return (a.score < b.score) == (step == 1)
  end
  return less(a.id, b.id) == (step == 1)
end

local answer = {}
while #runs > 0 and #answer < 2 * limit do
  local best = 1
  for index = 2, #runs do
    if sooner(runs[index], runs[best]) then
      best = index
    end
  end
  answer[#answer + 1] = runs[best].id
  answer[#answer + 1] = whole(runs[best].score)
  if not advance(runs[best]) then
    table.remove(runs, best)
  end
end
return answer
