-- Reads events and the feed's bounds.
-- KEYS: none of its own.
-- ARGV 3: the last event read; 4: how many at most.
-- Returns the generation, the newest sequence, the oldest entry (none or one), the entry at ARGV 3 (none or one), the
-- entries after it.
-- One step because events that are swept between reading the bounds and reading the entries would be a silent gap.
local after = ARGV[3]
local first = whole(after + 1)
return {
  meta[3] or '0',
  whole(sequence),
  call('XRANGE', FEED, '-', '+', 'COUNT', 1),
  call('XRANGE', FEED, after .. '-0', after .. '-0'),
  call('XRANGE', FEED, first .. '-0', '+', 'COUNT', ARGV[4]),
}
