#!/usr/bin/env bash
# First figures: an empty call and SubmitComment under the default policy, on each store, and what a comment that waits
# takes in Redis. Ratios count, not rates: machines differ and are noisy. REDIS_SERVER names another server, such as valkey-server.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
pids=()
cleanup() { kill "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"; }
trap cleanup EXIT

# The benchmark brings the two binaries with it.
build() { cargo bench --no-run --quiet --bench load; }

# Starts a server on the store $1, waits until it is ready, and leaves its address in $address.
serve() {
  rm -rf "$work/data"
  target/release/modqueue --listen 127.0.0.1:0 --metrics-listen 127.0.0.1:0 --data-dir "$work/data" --store "$1" \
    >"$work/server.out" 2>"$work/server.err" &
  server=$!
  pids+=("$server")
  for _ in $(seq 100); do
    address=$(sed -n 's/^listening on //p' "$work/server.out")
    [ -n "$address" ] && break
    sleep 0.1
  done
  [ -n "$address" ] || { cat "$work/server.err"; exit 1; }
  sleep 1
}

measure() {
  printf '\n== %s\n' "$1"
  serve "$2"
  cargo bench --quiet --bench load -- --address "$address" --token-file "$work/data/tokens/portal" "${@:3}"
  printf 'empty call by h2load: '
  printf '\0\0\0\0\0' >"$work/empty"
  h2load -D 3 -c 10 -m 10 -t 2 -d "$work/empty" -H 'content-type: application/grpc' -H 'te: trailers' \
    "http://$address/grpc.health.v1.Health/Check" | sed -n 's/^finished in [^,]*, \([^,]*\),.*/\1/p'
  kill "$server"
  wait "$server" 2>/dev/null || true
}

redis() {
  "${REDIS_SERVER:-redis-server}" --port 0 --unixsocket "$work/redis.sock" --dir "$work" --save '' --maxmemory-policy noeviction "$@" >/dev/null &
  redis=$!
  pids+=("$redis")
  for _ in $(seq 50); do [ -S "$work/redis.sock" ] && break; sleep 0.1; done
}

ask_redis() { redis-cli -s "$work/redis.sock" "$@" | tr -d '\r'; }
used_memory() { ask_redis info memory | sed -n 's/^used_memory://p'; }

build
for fsync in off everysec always; do
  case $fsync in
    off) redis --appendonly no ;;
    *) redis --appendonly yes --appendfsync "$fsync" ;;
  esac
  before=$(used_memory)
  measure "Redis, AOF $fsync" "redis+unix://$work/redis.sock" "$@"
  waiting=$(ask_redis zcard 'mq:{default}:z:pending')
  echo "bytes in Redis, a comment of $waiting: $((($(used_memory) - before) / waiting))"
  kill "$redis"
  wait "$redis" 2>/dev/null || true
  rm -rf "$work/appendonlydir" "$work/redis.sock"
done
measure "embedded store, fsync before each answer" "embedded:$work/queue.redb" "$@"
