# Each target makes the environment it needs; stamps carry the digest of the requirement file, so a second run is
# instant and a changed requirement installs itself. `make help` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= $(firstword $(shell command -v python3.11) $(shell command -v python3))
VENV := .venv
PY := $(VENV)/bin/python
# --no-deps: the files are complete (pip check, in `make check`, proves it). --no-compile: Python compiles what is used.
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --no-input --no-deps --no-compile --require-hashes
digest = $(shell sha256sum requirements/$(1).txt | cut -c1-16)
BASE := $(VENV)/.base-$(call digest,base)
DEV := $(VENV)/.dev-$(call digest,dev)
# Tests and gates never touch an installation that the shell happens to name.
APART := env -u CUSTODIA_HOME -u CUSTODIA_PORT -u DATABASE_URL -u SITE_ROLE -u DJANGO_SETTINGS_MODULE -u DEMO_PASSWORD
BENCH ?= all
ARGS ?=

.PHONY: help setup demo demo-reset test check release-check test-services e2e soak bench conformance requirements

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "Python 3.11 is needed; name it with PYTHON=")'
	@$(PYTHON) -m venv $(VENV)

$(BASE): requirements/base.txt | $(PY)
	@rm -f $(VENV)/.base-*
	@$(INSTALL) -r requirements/base.txt
	@touch $@

$(DEV): requirements/dev.txt | $(PY)
	@rm -f $(VENV)/.dev-*
	@$(INSTALL) -r requirements/dev.txt
	@touch $@

setup: $(BASE) ## makes .venv with what the product needs

demo: $(BASE) ## loads the demo once and serves it; the first lines say where and with which password
	@exec $(PY) manage.py demo

demo-reset: $(BASE) ## empties the installation's folder and loads the demo anew
	@$(PY) -m cms.settings.reset
	@$(PY) manage.py demo --load-only

test: $(DEV) ## unit, integration, contract and security tests
	@$(APART) $(PY) -m pytest -n 2 --dist worksteal $(ARGS)

check: $(DEV) ## format, lint, types, import rules, templates, migrations, settings, known vulnerabilities
	@$(APART) $(PY) -m tests.gates

release-check: $(DEV) ## check, and an audit that could not be made is a failure
	@$(APART) $(PY) -m tests.gates --release

test-services: $(DEV) ## the database tests on PostgreSQL, the search on Elasticsearch, real files, systems killed
	@$(APART) $(PY) -m tests.services $(ARGS)

e2e: $(DEV) ## the journeys in a browser
	@$(APART) REQUIRE_BROWSER=1 $(PY) -m pytest -n 2 --dist loadfile -m e2e $(or $(ARGS),tests/e2e)

soak: $(DEV) ## repetitions and sizes at full
	@$(APART) $(PY) -m pytest -m soak $(ARGS)

bench: $(DEV) ## benchmarks with their floors; BENCH=name for one
	@$(APART) $(PY) -m benchmarks $(BENCH)

conformance: $(DEV) ## what is proved, by which test, with which last result
	@$(APART) $(PY) -m tests.conformance

requirements: $(DEV) ## compiles requirements/*.txt from pyproject.toml
	@$(PY) -m tests.gates.requirements
