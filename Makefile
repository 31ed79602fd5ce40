# `make` or `make help` lists the targets.

.DEFAULT_GOAL := help
.PHONY: help demo setup test test-fast matrix lint style types contracts migrations deployment docs docs-links bench soak findings clean

VENV := .venv
RUN := $(VENV)/bin/python
# PYTEST_OPTIONS=… are for pytest; a worker on each processor has servers of its own.
PYTEST := $(RUN) -m pytest --numprocesses=logical --maxprocesses=8 --dist=worksteal $(PYTEST_OPTIONS)
# Pages are made from code too, which Sphinx does not watch: it reads all of them anew.
SPHINX := $(VENV)/bin/sphinx-build --fresh-env --fail-on-warning --keep-going --nitpicky --quiet
# Each process would compile anew what it imports.
unexport PYTHONDONTWRITEBYTECODE
# When the command began, so that the demo's stopwatch counts the installation in.
DEMO_BEGAN := $(shell date +%s)

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.installed ## Start the demo shop (PORT=8000, PHOTOS=folder, WEIGHTS=imagenet)
	@exec env DEMO_BEGAN=$(DEMO_BEGAN) $(RUN) -m shop.demo

setup: $(VENV)/.installed-dev ## Make .venv with everything that tests and benchmarks need

test: setup ## Run all tests, on every processor
	$(PYTEST)

test-fast: setup ## Run the quick tests, for every change
	$(PYTEST) -m "not slow"

matrix: setup ## Run the quick tests on the oldest and the newest versions that the package allows
	$(VENV)/bin/nox

lint: style types contracts migrations deployment ## Style, types, import contracts, migrations, settings

style: setup
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

types: setup
	$(VENV)/bin/mypy .

contracts: setup
	$(VENV)/bin/lint-imports

migrations: setup
	$(RUN) manage.py makemigrations --check --dry-run

deployment: setup
	SECRET_KEY=$$($(RUN) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	ALLOWED_HOSTS=shop.example CACHE_URL=redis://cache.example:6379/0 \
	DJANGO_SETTINGS_MODULE=shop.settings.production \
	$(RUN) manage.py check --deploy --fail-level WARNING

docs: setup ## Build the documentation into docs/_build/html; each warning is an error
	$(SPHINX) -b html docs docs/_build/html

docs-links: setup ## Ask each address outside that the documentation links to (needs the internet)
	$(SPHINX) -b linkcheck docs docs/_build/links

bench: setup ## Measure what the documentation states (VRS_PHOTOS=folder of photos)
	$(RUN) -m benchmarks

soak: setup ## Use a shop for ten minutes while its servers are killed
	$(RUN) -m benchmarks soak --minutes 10

findings: ## Check whether libraries still behave as findings/ describes (slow, downloads)
	@findings/run

clean: ## Remove .venv, caches and the demo's data
	@if [ -x $(RUN) ]; then rm -rf "$$(env -u VRS_DATA $(RUN) -c 'from shop import services; print(services.data_folder())')"; fi
	rm -rf $(VENV) .nox .demo .demo-photos-* .pytest_cache .mypy_cache .ruff_cache staticfiles
	rm -rf build docs/_build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# PYTHON=… chooses the interpreter; else the newest that all the wheels are made for.
PYTHONS := $(or $(PYTHON),python3.12 python3.11 python3)

$(VENV)/bin/pip:
	@for python in $(PYTHONS); do \
	    $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' \
	        2>/dev/null && found=$$python && break; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "Error: this needs Python 3.11 or 3.12; none among:" \
	        "$(PYTHONS). Install one, or name it:" \
	        "make PYTHON=/path/to/python3.12 …" >&2; exit 1; \
	fi; \
	if ! $$found -c 'import venv, ensurepip' 2>/dev/null; then \
	    echo "Error: $$found cannot make virtual environments. On Debian and Ubuntu:" \
	        "apt install $$(basename $$found)-venv" >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$($$found --version) …"; \
	$$found -m venv --clear $(VENV)

$(VENV)/.installed: requirements.txt requirements-worker.txt requirements-web.txt | $(VENV)/bin/pip
	@echo "Installing what the demo needs (some 350 MB, most of it TensorFlow) …"
	@# Of what it installs little is ever imported: only that is compiled, at its first import.
	@$(RUN) -m pip install --disable-pip-version-check --no-compile -r requirements.txt
	@$(RUN) -c "import keras" >/dev/null 2>&1 & # beside the steps that need no worker
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt requirements-tests.txt requirements-docs.txt $(VENV)/.installed
	@$(RUN) -m pip install --disable-pip-version-check -r requirements-dev.txt
	@touch $@
