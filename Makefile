# Everything a developer or a visitor starts. Needs Python 3.11 or newer and nothing else of ours.
PYTHON ?= python3
PORT ?= 8000
export PORT

.PHONY: help run test check bench fit format translations docs clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1  	/p' Makefile

run: ## serve the demo city on http://127.0.0.1:8000 (PORT=8010 for another port)
	@exec $(PYTHON) tools/run.py

test: ## the whole suite, on every database and service that is found; says what it skipped
	@exec $(PYTHON) tools/test.py $(ARGS)

check: ## style, layout, layers, types, Django, migrations, generated docs, translations, sizes
	@exec $(PYTHON) tools/check.py

bench: ## performance beside baselines measured in the same run
	@exec $(PYTHON) tools/bench.py $(ARGS)

fit: ## fit the matching engine's score on the labelled sets
	@exec $(PYTHON) tools/environment.py -m duplicates.fit $(or $(ARGS),tests/data/yunhai)

format: ## lay the code out and sort its imports
	@$(PYTHON) tools/environment.py -m ruff check --quiet --select I --fix .
	@exec $(PYTHON) tools/environment.py -m ruff format .

translations: ## collect new texts into locale/ and compile them
	@exec $(PYTHON) tools/environment.py tools/translations.py update compile

docs: ## write docs/workflow.md and docs/permissions.md anew from the tables
	@exec $(PYTHON) tools/environment.py manage.py workflow_docs

clean: ## forget the virtual environment, the demo database and every cache
	rm -rf .venv var staticfiles .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
