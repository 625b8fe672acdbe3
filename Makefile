# Everything one does with Rollcall. Each target sets up what it needs and says what it is doing.

SHELL := bash
export PATH := $(shell scripts/tools path):$(PATH)

RELEASE := $(or $(CARGO_TARGET_DIR),target)/release/rollcall
SOURCES := $(shell find src style public migrations .sqlx data .cargo Cargo.toml Cargo.lock -type f)

.PHONY: run build watch test openapi sqlx measure bench bench-page bench-slow bench-instances \
	bench-files bench-list bench-peers bench-soak pictures screenshots help

run: build ## Build Rollcall, bring in the laureates if it is empty, serve it on 127.0.0.1:3000
	@$(RELEASE) import data/laureates.csv --if-empty
	@ROLLCALL_ANONYMOUS=$${ROLLCALL_ANONYMOUS:-read} $(RELEASE)

build: $(RELEASE) ## Build the one file to deploy, target/release/rollcall

$(RELEASE): $(SOURCES)
	@scripts/setup
	@scripts/say "Building the release: the first time takes some minutes"
	@cargo leptos build --release --precompress --split --lib-features split
	@touch $@

watch: ## Serve on 127.0.0.1:3000, rebuild at every change and reload the page
	@scripts/setup
	@ROLLCALL_ANONYMOUS=$${ROLLCALL_ANONYMOUS:-read} cargo leptos watch

test: ## Run every test: unit, both databases, REST, command line, browser
	@scripts/setup tests
	@scripts/test

openapi: ## Write docs/openapi.json, the document of the API, anew from the handlers
	@scripts/setup
	@ROLLCALL_REFRESH=1 cargo test --quiet the_document_in_docs

sqlx: ## Check every statement against real databases and refresh .sqlx/
	@scripts/with-postgres scripts/refresh-sqlx .sqlx

measure: build ## Measure the release: size, memory, what a browser is sent
	@scripts/measure $(RELEASE)

bench: bench-page bench-slow bench-instances bench-files bench-list bench-peers ## Measure everything: docs/benchmarks.md

bench-page: build ## Measure the page in a browser on a slow processor
	@scripts/setup tests
	@scripts/bench-page $(RELEASE)

bench-slow: build ## Measure busy clients beside slow ones
	@scripts/bench-slow $(RELEASE)

bench-instances: build ## Measure several instances over one PostgreSQL
	@scripts/setup tests
	@scripts/bench-instances $(RELEASE)

bench-files: build ## Measure import and export beside what the databases do by themselves
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
	@cargo build --release --example bench-server
	@scripts/with-postgres scripts/bench-peers $(dir $(RELEASE))examples/bench-server

bench-soak: build ## Ask Rollcall ten million times and see whether its memory grows
	@scripts/peers-setup
	@scripts/bench-soak $(RELEASE)

pictures: build ## Take the pictures anew that the browser tests compare each page with
	@scripts/setup tests
	@cd end2end && npx playwright test pictures.spec.ts --update-snapshots=changed

screenshots: build ## Take the pictures of the README
	@scripts/setup tests
	@cd end2end && npx playwright test --config screenshots.config.ts

help: ## Say what there is to make
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 14
