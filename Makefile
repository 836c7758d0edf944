# elearn's few words. `make run` and `make test` need nothing but make and Python 3.11 or newer.
# Kept to what GNU make 3.81 knows, the make of macOS.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
export PIP_REQUIRE_VIRTUALENV := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --no-input
PO := $(wildcard elearn/translations/*/LC_MESSAGES/messages.po)
MO := $(PO:.po=.mo)
PYTEST := $(BIN)/pytest
OPTIONS := $(if $(PORT),--port $(PORT))

.DEFAULT_GOAL := help
.PHONY: help run test test-pg faults plays fuzz check fix bench lock messages format lint types floors packages templates content tests
.NOTPARALLEL:

help: ## show this list
	@echo "elearn"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  make run PORT=8000    another port         .venv/bin/elearn --help    the command itself"

run: .venv/run.stamp $(MO) ## set up what lacks, then serve the site on this machine
	@exec $(BIN)/elearn run $(OPTIONS)

test: .venv/dev.stamp .venv/node.stamp $(MO) ## set up what lacks, then run every test
	@$(PYTEST) -n 3

test-pg: .venv/dev.stamp $(MO) ## the tests of store, services and web on PostgreSQL
	@ELEARN_TEST_ON=postgresql $(PYTEST) -n 3 tests/store tests/services tests/web

check: .venv/dev.stamp .venv/node.stamp $(MO) format lint types floors packages templates content tests ## what CI runs: format, lint, types, floors, content, tests
	@echo "== make check: all is well"

format:
	@echo "== format"; $(BIN)/ruff format --quiet --check . || { echo "run: make fix"; exit 1; }

lint:
	@echo "== lint"; $(BIN)/ruff check --quiet .

types:
	@echo "== types"; $(BIN)/mypy

floors:
	@echo "== floors"; mkdir -p build; $(BIN)/lint-imports --no-logo > build/floors.txt || { cat build/floors.txt; exit 1; }

packages:
	@echo "== packages"; mkdir -p build; $(BIN)/deptry . 2> build/packages.txt || { cat build/packages.txt; exit 1; }

templates:
	@echo "== templates"; $(BIN)/djlint --lint --quiet elearn/web/templates

content:
	@echo "== content"; $(BIN)/elearn check content

tests:
	@echo "== tests"; $(PYTEST) -n 3

faults: .venv/dev.stamp $(MO) ## long fault tests: kills, power cuts, locks, full disk (a quarter of an hour)
	@ELEARN_LONG_FAULTS=1 $(PYTEST) -s tests/faults

plays: .venv/dev.stamp $(MO) ## every course in Chromium, from an account to the attestation, and every page (an hour)
	@ELEARN_LONG_PLAYS=1 $(PYTEST) -n 2 tests/browser/test_journey.py tests/browser/test_pages.py

fuzz: .venv/dev.stamp $(MO) ## read 100,000 spoiled units; stop it when you like, it goes on from there (half an hour)
	@$(BIN)/python -m tests.fuzz

fix: .venv/dev.stamp messages ## format, repair what can be repaired, bring messages up to date
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format --quiet .
	@$(MAKE) $(MO)

messages: .venv/dev.stamp
	@mkdir -p build
	@$(BIN)/pybabel --quiet extract -F pyproject.toml -k _ -k ngettext:1,2 --no-location --omit-header --sort-output \
		-o build/messages.pot elearn
	@$(BIN)/pybabel --quiet update -i build/messages.pot -d elearn/translations -l en --no-fuzzy-matching \
		--ignore-obsolete --ignore-pot-creation-date

bench: .venv/dev.stamp $(MO) ## pages against a bare Flask page; checking one and 1,000 units; 1,000 attestations (four minutes)
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.content
	@$(BIN)/python -m bench.issuing

lock: .venv/dev.stamp ## choose versions anew and write requirements/*.txt
	@sh requirements/lock.sh

%.mo: %.po .venv/run.stamp
	@$(BIN)/pybabel --quiet compile -i $< -o $@

.venv/run.stamp: requirements/run.txt
	@sh requirements/venv.sh
	@echo "== installation (une seule fois) · installing (only once)"
	@$(PIP) --require-hashes -r requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# Verifiers in JavaScript, for tests only. Without npm those tests are skipped and say so.
.venv/node.stamp: tests/independent/package-lock.json
	@mkdir -p .venv
	@if command -v npm >/dev/null; then \
		echo "== vérificateurs indépendants (une seule fois) · independent verifiers (only once)"; \
		npm ci --prefix tests/independent --ignore-scripts --no-audit --no-fund --silent; \
	fi
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements/dev.txt
	@echo "== outils de développement (une seule fois) · development tools (only once)"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@mkdir -p build
	@touch $@
