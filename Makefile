# Two commands for everything: `make demo` runs a night on the sample council, `make test` runs the tests.
# Each sets up what it needs in .venv, once.

PYTHON ?= python3
VENV := .venv
AS_OF ?= 2026-06-10
# where set, every start of Python would compile everything anew
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-all lock lint clean

demo: $(VENV)/ready
	$(VENV)/bin/reconcile nightly --data sample_data/council/landing --out out --as-of $(AS_OF)

# its workers share the processors: Polars has one in each of them, and all of them in the longer run
test: $(VENV)/ready
	POLARS_MAX_THREADS=1 $(VENV)/bin/python -m pytest -q -n 3 --no-loadscope-reorder -m "not slow"

test-all: $(VENV)/ready
	$(VENV)/bin/python -m pytest -q -n 3 --no-loadscope-reorder

lint: $(VENV)/ready
	$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check .

$(VENV)/ready: requirements.lock pyproject.toml
	test -x $(VENV)/bin/uv || $(PYTHON) -m venv $(VENV)
	test -x $(VENV)/bin/uv || $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(VENV)/bin/uv pip sync --quiet --compile-bytecode --require-hashes --python $(VENV)/bin/python requirements.lock
	$(VENV)/bin/uv pip install --quiet --no-deps --no-build-isolation --python $(VENV)/bin/python --editable .
	PREFECT_SERVER_ANALYTICS_ENABLED=false DO_NOT_TRACK=1 $(VENV)/bin/prefect server database upgrade --yes >/dev/null
	touch $@

lock:
	$(VENV)/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
	    --python-version 3.11 --extra test --extra setup pyproject.toml --output-file requirements.lock

clean:
	rm -rf $(VENV) out build
