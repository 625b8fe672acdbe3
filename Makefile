# All tasks of the project. Each target installs what it needs and reports what it does.

SHELL := bash
export PATH := $(shell scripts/tools path):$(PATH)
PROGRAM := src browser style public migrations .sqlx data .cargo build.rs Cargo.toml Cargo.lock
SOURCES := $(shell find $(PROGRAM) -type f)
# The commit that `rollcall --version` prints: the last one that changed the program, so that a commit of documents
# rebuilds nothing. An image is built without a repository and is given it.
export ROLLCALL_COMMIT := $(or $(ROLLCALL_COMMIT),$(shell git log -1 --abbrev=8 --format=%h -- $(PROGRAM) 2>/dev/null))

QUICK := $(or $(CARGO_TARGET_DIR),target)/debug/rollcall
RELEASE := $(or $(CARGO_TARGET_DIR),target)/release/rollcall
# Has the commit of the last release build, and is written only when that changes.
COMMIT := $(RELEASE).commit

# Builds for development erase the types of views, which makes them compile faster. cargo-leptos does the same, so that
# `make watch` shares the compiled dependencies.
run check test-fast test openapi docs sqlx: export RUSTFLAGS := $(RUSTFLAGS) --cfg erase_components

.PHONY: run build archive watch check test-fast test openapi docs sqlx measure bench bench-page bench-slow \
	bench-instances bench-files bench-list bench-peers bench-soak snapshots screenshots help always

run: ## Build quickly, import the laureates into an empty directory, serve on 127.0.0.1:3000
	@scripts/build-quick
	@$(QUICK) import data/laureates.csv --if-empty
	@ROLLCALL_ANONYMOUS=$${ROLLCALL_ANONYMOUS:-read} $(QUICK)

build: $(RELEASE) ## Build the deployable binary, target/release/rollcall

$(COMMIT): always
	@mkdir -p $(@D)
	@echo '$(ROLLCALL_COMMIT)' | cmp -s - $@ || echo '$(ROLLCALL_COMMIT)' >$@

$(RELEASE): $(SOURCES) $(COMMIT)
	@scripts/setup
	@scripts/say "Building the release; the first build takes some minutes"
	@cargo leptos build --release --precompress --split --lib-features split \
		--bin-cargo-args=--features=jemalloc
	@touch $@

archive: build ## Make the files of a release in target/archive: archive, checksum, SBOM
	@scripts/setup release
	@scripts/release-archive $(RELEASE) $(or $(CARGO_TARGET_DIR),target)/archive

watch: ## Serve on 127.0.0.1:3000, rebuild on every change and reload the page
	@scripts/setup
	@ROLLCALL_ANONYMOUS=$${ROLLCALL_ANONYMOUS:-read} cargo leptos watch

check: ## Check formatting, lints, licences, prose and unit tests: before each commit
	@scripts/setup checks
	@scripts/test check

test-fast: ## Run all tests that need neither a browser nor an optimized build
	@scripts/setup fast
	@scripts/test fast

test: ## Run all tests: unit, both databases, REST, command line, browser
	@scripts/setup tests
	@scripts/test all

openapi: ## Regenerate docs/openapi.json from the handlers
	@scripts/setup
	@ROLLCALL_REFRESH=1 cargo test --quiet the_document_in_docs

docs: ## Regenerate what docs/ has from the code: the OpenAPI document, the settings and the commands
	@scripts/setup
	@ROLLCALL_REFRESH=1 cargo test --quiet _in_docs_

sqlx: ## Check every SQL statement against real databases and refresh .sqlx/
	@scripts/with-postgres scripts/refresh-sqlx .sqlx

measure: build ## Measure the release: size, memory, bytes sent to a browser
	@scripts/measure $(RELEASE)

bench: bench-page bench-slow bench-instances bench-files bench-list bench-peers ## Run all measurements of docs/benchmarks.md

bench-page: build ## Measure the page in a browser with a slowed processor
	@scripts/setup tests
	@scripts/bench-page $(RELEASE)

bench-slow: build ## Measure busy clients beside slow ones
	@scripts/bench-slow $(RELEASE)

bench-instances: build ## Measure several instances over one PostgreSQL
	@scripts/setup tests
	@scripts/bench-instances $(RELEASE)

bench-files: build ## Measure import and export against the databases' own tools
	@scripts/setup tests
	@scripts/with-postgres scripts/bench-import $(RELEASE)
	@scripts/with-postgres scripts/bench-export $(RELEASE)

bench-list: build ## Measure the list of a million people
	@scripts/setup tests
	@POSTGRES_SHARED_BUFFERS=1GB scripts/with-postgres scripts/bench

bench-peers: build ## Measure Rollcall beside hyper, axum, maud, chi, Fastify, FastAPI and SvelteKit
	@scripts/setup tests
	@scripts/peers-setup
	@scripts/say "Building the release once more, with the page that peers are measured by"
	@cargo build --release --features jemalloc --example bench-server
	@scripts/with-postgres scripts/bench-peers $(dir $(RELEASE))examples/bench-server

bench-soak: build ## Send ten million requests and check that memory does not grow
	@scripts/peers-setup
	@scripts/bench-soak $(RELEASE)

snapshots: build ## Update the snapshots of the visual regression tests
	@scripts/setup tests
	@cd end2end && npx playwright test visual.spec.ts --update-snapshots=changed

screenshots: build ## Update the pictures of the README and the user guide, docs/pictures
	@scripts/setup tests
	@cd end2end && npx playwright test --config screenshots.config.ts

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 17
