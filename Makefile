# `make help` lists what can be asked. Nothing needs to be set up first: each target sees to it.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
HOST ?= 127.0.0.1
PORT ?= 8000
# More words for pytest, for one run: make test ARGS="-k holding -x"
ARGS ?=

BIN := .venv/bin
READY := .venv/.ready
PYTEST := $(BIN)/python -m pytest

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(READY) ## the virtual environment, with the locked dependencies (the others call it)

# Where Python may write no bytecode, each of a dozen processes would compile Django anew at every
# start, for three seconds instead of one: there it is made once, at set-up.
BYTECODE := $(if $(PYTHONDONTWRITEBYTECODE),--compile-bytecode)

# uv is quick and heeds the lock; where it cannot be had, pip reads the same lock, more slowly.
$(READY): requirements.lock .ci/bootstrap.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tocsin needs Python 3.11 or newer; say which with: make PYTHON=…")'
	@echo "Setting up .venv …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --require-hashes -r .ci/bootstrap.lock \
	  && $(BIN)/uv pip sync --quiet $(BYTECODE) --python $(BIN)/python --require-hashes requirements.lock \
	  && $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . \
	  || { echo "uv could not do it; trying pip." \
	  && $(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock \
	  && $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e . ; }
	@$(if $(BYTECODE),$(BIN)/python -m compileall -q tocsin)
	@touch $@

.PHONY: serve
serve: $(READY) ## set up and serve on HOST:PORT (127.0.0.1:8000), data in TOCSIN_DATA_DIR (data)
	@exec $(BIN)/tocsin serve --host $(HOST) --port $(PORT)

.PHONY: test
test: $(READY) ## every test on SQLite, then those to which the database matters on PostgreSQL
	TOCSIN_TEST_DATABASE=sqlite $(PYTEST) $(ARGS)
	TOCSIN_TEST_DATABASE=postgresql $(PYTEST) $(ARGS)

.PHONY: test-all
test-all: test chromium clients nginx ## make test, and then what needs a browser or other people's clients
	TOCSIN_TEST_DATABASE=sqlite $(PYTEST) -m "browser or clients" $(ARGS)

.PHONY: check
check: $(READY) ## style, types and contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	TOCSIN_DATA_DIR=.mypy_cache/data $(BIN)/mypy
	$(BIN)/lint-imports --no-logo

.PHONY: bench
bench: $(READY) wrk nginx chromium clients ## how fast: ratios in one run, with machine and load printed
	$(BIN)/python -m tests.bench $(ARGS)

.PHONY: bench-coach
bench-coach: $(READY) ## how fast the coach is, and how often right: every cell of both halves
	@$(BIN)/python -m tests.coach

.PHONY: import-check
import-check: $(READY) ## take DIR's {page, incident} files in, and compare every field that comes out
	@$(BIN)/python -m tests.arrival "$(DIR)"

.PHONY: faults
faults: $(READY) wrk ## how safe: kills in mid-work, a locked and a stopped database
	$(BIN)/python -m tests.faults $(ARGS)

.PHONY: screenshots
screenshots: $(READY) chromium ## redraw docs/images
	$(BIN)/python -m tests.screenshots $(ARGS)

.PHONY: messages
messages: $(READY) ## compile the translations (.po to .mo)
	@for place in tocsin/*/locale; do $(BIN)/pybabel --quiet compile -D django -d "$$place"; done

.PHONY: lock
lock: $(READY) ## pin the newest dependencies that pyproject.toml allows, with hashes
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --python-version 3.11 --group dev pyproject.toml -o requirements.lock

.PHONY: chromium
chromium:
	@.ci/chromium

.PHONY: clients
clients: $(READY)
	@.ci/clients

.PHONY: nginx
nginx:
	@.ci/nginx

.PHONY: wrk
wrk:
	@.ci/wrk
