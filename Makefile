# AgenticFlow Enterprise: `make help` lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run demo test check build reference archives release simulator install uninstall bench clean

PRODUCT := agenticflow-enterprise
PREFIX ?= /usr/local
DESTDIR ?=
ARGS ?=
BENCH ?=

BUILD := swift build --explicit-target-dependency-import-check error
# Exclusive access to memory is proved by the compiler and checked at run time in every debug build and test; the run-time
# check costs 4.5 % of a relayed request (docs/decisions/0004), so the release does without.
# A command lives for milliseconds, and half of them went into the C++ libraries, a table of exported names that nobody asks for,
# and types that are looked up by name at run time (docs/decisions/0010). Where the compiler has its C++ library as an archive, that
# one is linked.
ARCHIVES := $(CURDIR)/.build/archives
RELEASE := $(BUILD) --configuration release --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked \
	-Xlinker --no-export-dynamic -Xswiftc -L$(ARCHIVES) -Xswiftc -Xclang-linker -Xswiftc -static-libgcc \
	-Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors
RELEASED := .build/release/$(PRODUCT)
BINDIR := $(DESTDIR)$(PREFIX)/bin
SHARE := $(DESTDIR)$(PREFIX)/share

help: ## list the targets
	@echo "AgenticFlow Enterprise: a gateway that owns the credentials of AI model providers"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "First: make run. It needs Swift 6.2 or later; on Debian and Ubuntu it installs the rest."

run: ## install what is missing, build, start the gateway in the foreground (ARGS="--port 18790")
	@scripts/bootstrap run
	@$(MAKE) --no-print-directory release
	@exec $(RELEASED) gateway run $(ARGS)

demo: ## no key needed: a simulated provider, several credentials, real requests, and what happened
	@scripts/bootstrap run
	@$(MAKE) --no-print-directory release simulator
	@scripts/demo

test: ## install what the tests need, run everything CI runs
	@scripts/bootstrap test
	@scripts/test

check: ## layout, rules and docs; the checks are checked too
	@scripts/check
	@scripts/check --self-test

build: ## debug build of everything, tests included
	$(BUILD) --build-tests

reference: ## write docs/cli anew, from the commands themselves
	$(BUILD) --product $(PRODUCT)
	@scripts/reference .build/debug/$(PRODUCT) markdown docs/cli

archives:
	@mkdir -p $(ARCHIVES)
	@archive=$$("$$(command -v cc || command -v clang)" -print-file-name=libstdc++.a); \
	  ln -sf "$$archive" $(ARCHIVES)/libstdc++.a

release: archives
	$(RELEASE) --product $(PRODUCT)

simulator: archives
	$(RELEASE) --product provider-simulator

install: release ## put the stripped binary, its manual pages and completions below PREFIX (/usr/local)
	@mkdir -p $(BINDIR) 2>/dev/null && test -w $(BINDIR) || { \
	  echo "error: $(BINDIR) cannot be written to by $$(id -un)." >&2; \
	  echo "  why: it belongs to another user." >&2; \
	  echo "  fix: make install PREFIX=$$HOME/.local, or build first and then: sudo make install" >&2; exit 77; }
	@scripts/check-binary $(RELEASED)
	@# Beside first, then renamed: a running gateway keeps the file it was started from.
	@strip -o $(BINDIR)/.$(PRODUCT).new $(RELEASED)
	@chmod 755 $(BINDIR)/.$(PRODUCT).new
	@mv -f $(BINDIR)/.$(PRODUCT).new $(BINDIR)/$(PRODUCT)
	@scripts/reference $(BINDIR)/$(PRODUCT) man $(SHARE)/man/man1
	@scripts/reference $(BINDIR)/$(PRODUCT) completions $(SHARE)
	@echo "installed: $(BINDIR)/$(PRODUCT), with manual pages and completions in $(SHARE)"
	@case ":$$PATH:" in *":$(BINDIR):"*) ;; *) echo "note: $(BINDIR) is not on PATH" ;; esac

uninstall: ## take it away again; what it has stored stays
	rm -f $(BINDIR)/$(PRODUCT) $(SHARE)/man/man1/$(PRODUCT).1 $(SHARE)/man/man1/$(PRODUCT)-*.1
	rm -f $(SHARE)/bash-completion/completions/$(PRODUCT) $(SHARE)/zsh/site-functions/_$(PRODUCT)
	rm -f $(SHARE)/fish/vendor_completions.d/$(PRODUCT).fish

bench: ## measure the release binary beside nginx (BENCH="--rounds 3"); results in Benchmarks/results
	@scripts/bootstrap bench
	@Benchmarks/run $(BENCH)

clean: ## remove what was built
	rm -rf .build Benchmarks/results Benchmarks/yardstick/.work
