PYTHON ?= python3
BIN := .venv/bin
# The two test processes suit the smallest machine this is tested on.
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help venv run test lint schedulers wheel clean

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: .venv/stamp  ## Make the environment in .venv

.venv/stamp: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --disable-pip-version-check --quiet -c constraints.txt -e '.[plot,test,dev]'
	touch $@

run: venv  ## Run the job over data/samples: tallybook.duckdb, exports/ and two of its views
	$(BIN)/tallybook run
	$(BIN)/tallybook query port_comparison
	$(BIN)/tallybook query yoy_growth

test: lint schedulers  ## Check and test everything
	$(BIN)/python -m pytest -n $(JOBS)

lint: venv  ## Check style and types
	$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar queries
	$(BIN)/ruff check etl tests bench deploy
	$(BIN)/mypy

# In environments of their own: neither shares its packages with anything else. Without them
# the tests of deploy/airflow and deploy/dagster are skipped, and say so.
schedulers: .venv-airflow/stamp .venv-dagster/stamp  ## Make the environments for the tests of schedulers

.venv-%/stamp: tests/schedulers/%.txt
	$(PYTHON) -m venv .venv-$*
	if .venv-$*/bin/pip install --disable-pip-version-check --quiet -r $<; then touch $@; \
	else echo "$* cannot be installed here: its tests are skipped" >&2; fi

wheel: venv  ## Build the wheel in dist/
	$(BIN)/python -m hatchling build -t wheel

clean:  ## Remove what the other targets made, the book and its exports too
	rm -rf .venv .venv-airflow .venv-dagster dist exports tallybook.duckdb tallybook.duckdb.* .mypy_cache .ruff_cache .pytest_cache .hypothesis
