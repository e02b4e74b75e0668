# The commands of this project; docs/operations.md says what each does.
.DEFAULT_GOAL := help
.PHONY: help install run test test-all bench format lint lock
.SILENT:

PYTHON := .venv/bin/python
TOOLS := .venv/bin
WITH_SERVICES := $(PYTHON) -m extratex.embedded exec --
TEMPLATES := git ls-files -z -- '*.html' | xargs -0
MARKS := not slow
JOBS := 2

help:
	echo "make install    .venv and node_modules, exactly as the locks say"
	echo "make run        the portal with the demonstration programme, on port PORT (8000); Ctrl-C stops it"
	echo "make test       lint, types, contracts, migrations and the tests"
	echo "make test-all   that and the slow tests"
	echo "make bench      the benchmarks"
	echo "make format     puts the code into its shape"
	echo "make lint       only the checks before the tests"
	echo "make lock       remakes the locks from pyproject.toml and package.json"

install:
	scripts/install.sh embedded

run: install
	exec $(PYTHON) -m extratex.run

test: dev
	CHROMIUM=$$(scripts/install_chromium.sh) && export CHROMIUM && \
	exec $(WITH_SERVICES) $(MAKE) --no-print-directory checks suite MARKS='$(MARKS)'

test-all:
	$(MAKE) --no-print-directory test MARKS='slow or not slow'

bench: dev
	exec $(WITH_SERVICES) $(MAKE) --no-print-directory benchmarks

format: dev
	$(PYTHON) -m ruff check --quiet --fix-only .
	$(PYTHON) -m ruff format --quiet .
	$(TEMPLATES) $(TOOLS)/djade

lint: dev
	exec $(WITH_SERVICES) $(MAKE) --no-print-directory checks

lock: dev
	scripts/lock.sh

# What the commands above call once everything is installed and the services run.
.PHONY: dev checks suite benchmarks

dev:
	scripts/install.sh dev

checks:
	$(PYTHON) -m ruff format --quiet --check .
	$(PYTHON) -m ruff check --quiet .
	$(TEMPLATES) $(TOOLS)/djade --check
	$(TEMPLATES) $(PYTHON) -m curlylint --quiet
	$(TOOLS)/lint-imports --no-logo
	$(PYTHON) -m mypy
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) scripts/lint_migrations.py
	scripts/check_deploy.sh

suite:
	$(PYTHON) manage.py migrate --verbosity=0
	TEST_DATABASE_IS_MIGRATED=1 exec $(PYTHON) -m pytest -n $(JOBS) --maxschedchunk=1 -m '$(MARKS)'

benchmarks:
	failed=0; \
	for file in bench/[a-z]*.py; do \
		module=bench.$$(basename $$file .py) && echo "== $$module" && $(PYTHON) -m $$module || failed=1; \
	done; \
	exit $$failed
