# Needs nothing but Python 3.11 or newer with venv; everything else goes into .venv.
PYTHON ?= python3
BIN := .venv/bin
RUN ?=
BENCH ?=
FUZZ ?=
SHOTS ?=
TEST ?=
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help setup run test test-long fuzz check format bench docs screenshots words clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-11s %s\n", $$1, $$2}'

setup: $(READY) ## install everything into .venv

# --inexact keeps uv itself and what a developer added by hand.
$(READY): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "OpenWorklist needs Python 3.11 or newer: make setup PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
		{ echo "Python has no venv module: apt-get install python3-venv" >&2; exit 1; }
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.5'
	UV_PROJECT_ENVIRONMENT=.venv $(BIN)/uv sync --quiet --frozen --inexact --all-extras --python $(BIN)/python
	@touch $@

run: setup ## start the server on an embedded database in ./data (options: make run RUN="--hl7-port 2575")
	@exec $(BIN)/openworklist serve $(RUN)

# The browser's driver has a loop of its own on the main thread, which tests with loops cannot share.
# Tests of one file share servers, so a file is run by one process.
test: setup ## every test but the long ones (options: make test TEST=--ignore=tests/unit)
	$(BIN)/pytest -m "not long" -n auto --dist loadfile --ignore=tests/browser $(TEST)
	$(BIN)/pytest -m "not long" -n auto --dist loadfile tests/browser

test-long: setup ## floods, soaks and long fuzzing
	$(BIN)/pytest -m long

fuzz: setup ## broken DICOM from a new seed (options: make fuzz FUZZ="--seed 7 --count 1000000")
	PYTHONPATH=tests $(BIN)/python -m players.fuzz $(FUZZ)

check: setup ## format, lint, types, import rules, unit tests
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -n auto --dist loadfile tests/unit

format: setup ## mend what format and lint can mend
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: setup ## measure side by side with other servers (options: make bench BENCH="--only hl7")
	$(BIN)/python -m benchmarks $(BENCH)

docs: setup ## write docs/attributes.md, the tables of docs/conformance.md and the schema of mappings anew
	$(BIN)/openworklist attributes > docs/attributes.md
	$(BIN)/python -m openworklist.cli.conformance docs/conformance.md
	$(BIN)/python -c "from openworklist.hl7.profile_schema import write_schema; print(write_schema())" > docs/mapping.schema.json

screenshots: setup ## make the pictures of the README anew (options: make screenshots SHOTS="--all build/pages")
	$(BIN)/python -m screenshots $(SHOTS)

words: setup ## take up the words of the pages in the catalogues of src/openworklist/ui/locale
	$(BIN)/python -m openworklist.cli.languages

clean: ## remove .venv and caches; the data folder stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
