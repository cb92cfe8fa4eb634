# Everything from a bare checkout: make demo, make test.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test chaos load fuzz hostile bench lint services engine engine-stop images exercism clean

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: images ## Set everything up, grade sample submissions, and run the whole service once
	@scripts/demo.sh
	@scripts/demo_service.sh

test: images services lint ## Set everything up and run all tests, fast ones first
	@$(BIN)/pytest -q -n 3 tests/unit tests/service
	@$(BIN)/pytest -q -n 3 --dist loadscope -m "not measured" tests/integration tests/hostile tests/e2e
	@$(BIN)/pytest -q -m measured tests/integration tests/hostile tests/e2e

chaos: images ## Kill parts of the service at random under load: make chaos SUBMISSIONS=500
	@$(BIN)/python -m tests.live.chaos --submissions $(or $(SUBMISSIONS),500)

load: images ## A thousand submissions at once: make load SUBMISSIONS=1000
	@$(BIN)/python -m tests.live.load --submissions $(or $(SUBMISSIONS),1000)

fuzz: services .venv/fuzzing ## Fuzz the API's endpoints, and the readers of hostile bytes: make fuzz EXAMPLES=300 SECONDS=600
	@FUZZ_EXAMPLES=$(or $(EXAMPLES),300) $(BIN)/pytest -q tests/service/test_fuzz.py
	@for target in archives assignments wire; do $(BIN)/python -m tests.fuzz.run $$target $(or $(SECONDS),600); done

hostile: images ## Make every attack of the catalogue in every way: alone, eight at once, over both transports
	@HOSTILE=all $(BIN)/pytest -q tests/hostile

bench: images ## Time grading against plain pytest and against one container for each submission
	@$(BIN)/python benchmarks/run.py

lint: .venv/installed ## Check style and types
	@$(BIN)/ruff format --check --quiet . || { echo "run '$(BIN)/ruff format .'"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary

exercism: images ## Grade all exercises of an Exercism track: make exercism TRACK=path/to/python
	@$(BIN)/python benchmarks/exercism.py "$(TRACK)"

engine: .venv/installed ## Have a Docker Engine running
	@scripts/engine.sh start

engine-stop: ## Stop the Docker Engine that 'make engine' started
	@scripts/engine.sh stop

services: ## Have PostgreSQL's programs, which the tests run a server of their own with
	@scripts/services.sh

images: engine ## Build the sandbox images that are missing
	@$(BIN)/grader images build assignments/grey-image >/dev/null

clean: engine-stop ## Remove what 'make' made here (images stay)
	@rm -rf .venv .run .fuzz .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info

.venv/installed: pyproject.toml
	@echo "making the virtual environment" >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: make PYTHON=python3.12 …" >&2; exit 3; }
	@$(PYTHON) -m venv .venv || { echo "no virtual environment: on Debian and Ubuntu install python3-venv" >&2; exit 3; }
	@$(BIN)/pip install -qq --disable-pip-version-check --editable '.[dev]'
	@touch $@

.venv/fuzzing: .venv/installed
	@$(BIN)/pip install -qq --disable-pip-version-check --editable '.[dev,fuzz]'
	@touch $@
