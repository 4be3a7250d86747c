# The usual tasks. `make` lists them.

CARGO ?= cargo
TARGET := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),target)

.PHONY: help demo build stage header test nightly vectors bench fmt dist dist-check clean

help: ## list the tasks
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

demo: ## see it work: every founding scheme, over HTTP on this machine
	@$(CARGO) build --quiet --locked -p paysig-cli -p paysig-demo
	@$(TARGET)/debug/paysig-demo $(TARGET)/debug/paysig

build: ## the command line, optimised: target/release/paysig
	$(CARGO) build --release --locked -p paysig-cli

stage: ## install the C library, headers, pkg-config and CMake files: make stage PREFIX=dir
	@scripts/stage.sh "$(PREFIX)" release

header: ## write include/paysig.h and paysig.ffi.h from ffi/
	@scripts/header.sh

test: ## everything that continuous integration runs
	@tests/run

nightly: ## what is too long for every run: ten minutes with each fuzz target, a million calls through each language
	@FUZZ_SECONDS=600 PAYSIG_CALLS=1000000 tests/run 33-go. 38-php 39-san 44-js 60-python 62-fuzz

vectors: ## only the conformance vectors, through the command line
	@tests/conformance/check.py cli --lacks diagnose

bench: ## what calls cost beside the bare operations under them
	@benches/run

fmt: ## format the sources
	$(CARGO) fmt --all

dist: ## build everything that is released, for every platform: target/dist/VERSION (docs/releasing.md)
	@scripts/dist/run.sh

dist-check: ## install what `make dist` made as a user does, and run it
	@scripts/dist/check.sh

clean: ## remove what was built
	$(CARGO) clean
