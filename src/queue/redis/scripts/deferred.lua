-- Lists what a reviewer deferred.
-- KEYS 16: what the reviewer deferred.
-- ARGV: none of its own.
-- Returns the ids whose time is not over.
-- One step because it asks for Redis' time and compares with it.
return call('ZRANGEBYSCORE', KEYS[16], '(' .. whole(now_ms), '+inf')
