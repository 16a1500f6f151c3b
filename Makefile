# Everything a newcomer needs: `make run` serves, `make test` passes the tests, `make bench` measures, `make fuzz` looks for crashes,
# `make screenshots` draws the pictures of the README.
# Each installs what is missing from apt and nothing else.

SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
INSTALL = $(SUDO) apt-get update -qq && $(SUDO) DEBIAN_FRONTEND=noninteractive apt-get install -y -qq

# How long `make fuzz` feeds each target.
SECONDS ?= 60

.PHONY: run test bench fuzz lint screenshots redis-server h2load chromium

run:
	cargo run --release

test: redis-server
	cargo test

bench: redis-server h2load
	benches/run.sh

fuzz:
	cargo build --release --example fuzz
	target/release/examples/fuzz texts --seconds $(SECONDS) --seed $$(date +%s)
	target/release/examples/fuzz policies --seconds $(SECONDS) --seed $$(date +%s)
	TMPDIR=/dev/shm target/release/examples/fuzz wire --seconds $(SECONDS) --seed $$(date +%s)

screenshots: chromium
	cargo build --bins --example screenshots
	target/debug/examples/screenshots docs/screenshots

lint:
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items

redis-server:
	@command -v redis-server >/dev/null || ($(INSTALL) redis-server)

h2load:
	@command -v h2load >/dev/null || ($(INSTALL) nghttp2-client)

chromium:
	@command -v chromium >/dev/null || ($(INSTALL) chromium)
