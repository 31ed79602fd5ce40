# `make` or `make help` lists the targets.

.DEFAULT_GOAL := help
.PHONY: help demo setup test test-fast lint bench findings clean

VENV := .venv
RUN := $(VENV)/bin/python
# When the command began, so that the demo's stopwatch counts the installation in.
DEMO_BEGAN := $(shell date +%s)

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.installed ## Start the demo shop (PORT=8000, PHOTOS=folder, WEIGHTS=imagenet)
	@exec env DEMO_BEGAN=$(DEMO_BEGAN) $(RUN) -m shop.demo

setup: $(VENV)/.installed-dev ## Make .venv with everything that tests and benchmarks need

test: setup ## Run all tests
	$(RUN) -m pytest

test-fast: setup ## Run the tests that take a moment only
	$(RUN) -m pytest -m "not slow"

lint: setup ## Style, types, import contracts, migrations, deployment settings
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy .
	$(VENV)/bin/lint-imports
	$(RUN) manage.py makemigrations --check --dry-run
	SECRET_KEY=$$($(RUN) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	ALLOWED_HOSTS=shop.example CACHE_URL=redis://cache.example:6379/0 \
	DJANGO_SETTINGS_MODULE=shop.settings.production \
	$(RUN) manage.py check --deploy --fail-level WARNING

bench: setup ## Measure what the README states (VRS_PHOTOS=folder of photos)
	$(RUN) -m benchmarks

findings: ## Look whether libraries still behave as findings/ says (slow, outside the tests)
	@findings/run

clean: ## Remove .venv, caches and the demo's data
	@if [ -x $(RUN) ]; then rm -rf "$$(env -u VRS_DATA $(RUN) -c 'from shop import services; print(services.data_folder())')"; fi
	rm -rf $(VENV) .demo .demo-photos-* .pytest_cache .mypy_cache .ruff_cache staticfiles
	rm -rf build *.egg-info
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
	@$(RUN) -m pip install --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@$(RUN) -m pip install --disable-pip-version-check -r requirements-dev.txt
	@touch $@
