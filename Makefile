# Everything a newcomer needs: `make run` serves, `make test` passes the tests, `make bench` measures.
# Each installs what is missing from apt and nothing else.

SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
INSTALL = $(SUDO) apt-get update -qq && $(SUDO) DEBIAN_FRONTEND=noninteractive apt-get install -y -qq

.PHONY: run test bench lint redis-server h2load

run:
	cargo run --release

test: redis-server
	cargo test

bench: redis-server h2load
	benches/run.sh

lint:
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items

redis-server:
	@command -v redis-server >/dev/null || ($(INSTALL) redis-server)

h2load:
	@command -v h2load >/dev/null || ($(INSTALL) nghttp2-client)
