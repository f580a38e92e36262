# Two commands matter: `make run` and `make test`. Both need Python 3.11+ with venv, and nothing else.
SHELL := /bin/sh
PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
DATASET ?= auto
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DYNALITE := tests/support/dynalite

.DEFAULT_GOAL := help
.PHONY: help install run report readme bench test stress-test dynalite lint types contracts unit web-test cluster-test damage-test scale lock clean audit-test conversation-test

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|' 2>/dev/null \
	  || sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1   \2/p' Makefile

install: $(INSTALLED) ## Create the environment in .venv

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "error: Whylens needs Python 3.11 or newer; '$(PYTHON)' is not. Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "error: this Python has no venv module. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing the pinned environment into $(VENV) (about 2 minutes the first time) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock || { \
	  echo "error: installing packages failed (see above). Check the network or pip's index settings, then try again." >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: $(INSTALLED) ## Train if needed, show five explained recommendations, serve on PORT
	@PORT=$(PORT) $(BIN)/whylens run

report: $(INSTALLED) ## Train and measure on DATASET, print the tables, write report.html
	@$(BIN)/whylens train --evaluate --dataset "$(DATASET)" --report report.html
	@echo "The whole report: report.html"

readme: $(INSTALLED) ## Put the figures of the last `make report` into the README
	@$(BIN)/python -m training.readme_figures --home "$${WHYLENS_HOME:-.whylens}"

bench: $(INSTALLED) ## Measure the time budgets on the bundle that serves (trains first if there is none)
	@$(BIN)/python -c 'import implicit' 2>/dev/null || \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps implicit==0.7.2 || \
	  echo "the library implicit could not be installed: its row is left out" >&2
	@[ -e "$${WHYLENS_HOME:-.whylens}/bundles/CURRENT" ] || $(BIN)/whylens train
	@$(BIN)/whylens bench

test: lint types contracts unit web-test ## Everything that guards main

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)
	$(BIN)/mypy

contracts: $(INSTALLED)
	$(BIN)/lint-imports

unit: $(INSTALLED) dynalite
	$(BIN)/python -m pytest -n 2 --dist loadfile

stress-test: $(INSTALLED) dynalite ## Eight processes on one viewer, and kill -9 amid writes (minutes)
	$(BIN)/python -m pytest -m stress -s

dynalite: $(DYNALITE)/node_modules/.installed ## The DynamoDB emulator of the tests (needs Node; says so when there is none)

$(DYNALITE)/node_modules/.installed: $(DYNALITE)/package-lock.json
	@if ! command -v npm >/dev/null 2>&1; then \
	  echo "npm is not installed: state is not tested on dynalite" >&2; \
	elif npm ci --prefix $(DYNALITE) --ignore-scripts --no-audit --no-fund --silent; then touch $@; \
	else echo "npm could not install dynalite: state is not tested on it" >&2; fi

web-test: $(INSTALLED) ## Tests of the page's modules (needs Node; says so when there is none)
	@if command -v node >/dev/null 2>&1; then node --test tests/web/; \
	else echo "node is not installed: the page's own module tests were not run"; fi

cluster-test: $(INSTALLED) ## Train on a Spark cluster of a master and two workers, compare with local
	$(BIN)/python -m pytest -m cluster tests/integration/training

damage-test: $(INSTALLED) ## Kill training at five random moments; the old bundle must serve on
	$(BIN)/python -m pytest -s -m damage tests/integration/training

audit-test: $(INSTALLED) ## Explain 100 viewers' lists; no name or number may lack evidence
	$(BIN)/python -m pytest -s -m audit tests/integration/test_audit.py

conversation-test: $(INSTALLED) ## Hold the earlier and the harder conversations, 1,020 turns (minutes)
	$(BIN)/python -m pytest -s -m conversations tests/integration/test_conversations.py

scale: $(INSTALLED) ## Time and memory of training at 100k, 1M and 5M ratings (about 20 minutes)
	$(BIN)/python -m training.scale

lock: ## Pin the newest versions (needs uv)
	uv pip compile --universal --python-version 3.11 --no-annotate --no-emit-index-url --upgrade \
	  --no-header --all-extras --group dev pyproject.toml -o requirements.lock
	@sed -i.old "1i # Every version, pinned: \`make lock\` writes this file." requirements.lock && rm requirements.lock.old

clean: ## Remove the environment and caches, keep trained bundles and state
	rm -rf $(VENV) $(DYNALITE)/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
