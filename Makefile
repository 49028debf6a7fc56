# Needs GNU make and Python 3.11 or newer; everything else is installed into .venv.

# The first of these that runs and is new enough: a version manager's may be there and not run.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
PORT ?= 8000

VENV := .venv
BIN := $(VENV)/bin
MONGODB_SERVER := var/servers/bin/mongodb-server
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
# Most tests wait most of the time: two workers for each core. 0 is no worker but pytest itself.
WORKERS ?= $(shell expr 2 \* $$(getconf _NPROCESSORS_ONLN))
TESTS := -m pytest --numprocesses $(WORKERS) --dist worksteal
BESIDE_SERVERS := $(BIN)/python -m tests.servers
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --generate-hashes \
	--python-version 3.11 --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

.PHONY: help run token test coverage check bench servers mongodb-server lock clean

help: ## List these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 18

run: $(VENV)/installed-run ## Serve http://127.0.0.1:8000, no other server needed (PORT=8123 for another port)
	@exec $(BIN)/flask run --port $(PORT)

token: $(VENV)/installed-run ## Print a token for development, and nothing else (ROLE=reader, editor or admin)
	@$(BIN)/flask token issue --role $(or $(ROLE),editor)

test: $(VENV)/installed-dev ## Run all tests; those whose servers are missing are skipped (WORKERS=4)
	@exec $(BESIDE_SERVERS) $(BIN)/python $(TESTS)

coverage: $(VENV)/installed-dev ## Run all tests, and fail if they leave out too much of the code
	@$(BIN)/coverage erase
	@$(BESIDE_SERVERS) $(BIN)/coverage run $(TESTS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

check: $(VENV)/installed-dev ## Check style, types and layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/installed-benchmarks ## Measure the bridge beside its peers (ROUNDS=7 SECONDS=1 WORK=a,b)
	@exec $(BIN)/python -m benchmarks $(if $(ROUNDS),--rounds $(ROUNDS)) \
		$(if $(SECONDS),--seconds $(SECONDS)) $(if $(WORK),--work $(WORK))

servers: $(VENV)/installed-dev mongodb-server ## Run MySQL, MongoDB and Redis under var/servers until Ctrl-C
	@exec $(BIN)/python -m tests.servers

mongodb-server: ## Build a stand-in for MongoDB, where there is Go and no mongod
	@if command -v mongod >/dev/null; then :; \
	elif command -v go >/dev/null; then $(MAKE) --no-print-directory $(MONGODB_SERVER); \
	else echo "No stand-in for MongoDB is built: there is no Go on PATH." >&2; fi

lock: $(VENV)/installed-dev ## Bring the lock files up to pyproject.toml (UPGRADE=1: and all packages up to date)
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --group dev --output-file requirements-dev.lock
	$(COMPILE) --group benchmarks --constraint requirements-dev.lock \
		--output-file requirements-benchmarks.lock

clean: ## Remove the environment, what was built, and caches; keep the data under var
	rm -rf $(VENV) .tox .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	rm -rf .coverage .coverage.* *.egg-info $(MONGODB_SERVER)
	find . -name __pycache__ -prune -exec rm -rf {} +

$(MONGODB_SERVER): $(wildcard tests/servers/mongodb/*)
	@echo "Building $@; the first time takes a minute or two."
	@cd tests/servers/mongodb && go build -buildvcs=false -o $(CURDIR)/$@ .

# The files that follow stand for finished steps: each is as new as what its step was done from.
$(VENV)/installed-run: requirements.lock
$(VENV)/installed-dev: requirements-dev.lock
$(VENV)/installed-benchmarks: requirements-benchmarks.lock
$(VENV)/installed-run $(VENV)/installed-dev $(VENV)/installed-benchmarks: pyproject.toml $(VENV)/created
	@echo "Installing $(filter %.lock,$^) into $(VENV) ..."
	@$(INSTALL) --require-hashes --requirement $(filter %.lock,$^)
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/created:
	@test -n "$(PYTHON)" || { \
		echo "No Python 3.11 or newer is on PATH: make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is not Python 3.11 or newer." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) has no venv module: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@
