# Every target sets up .venv first. PYTHON chooses the interpreter; ARGS goes to the command:
#   make issue ARGS="--week 2026-W48"      make test PYTHON=python3.13

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: issue quick test test-all coverage site book check write bench proof pictures editor serve service lock clean help

issue: $(VENV)/run.stamp  ## make the letter of the coming Friday: both languages, email, feeds, archive page (ARGS)
	@$(BIN)/generate issue $(ARGS)

site: $(VENV)/run.stamp  ## build the site in both languages, strictly, into site/
	@$(BIN)/generate site $(ARGS)

book: $(VENV)/book.stamp  ## make the playbook as a book, PDF and EPUB, into build/book/
	@$(BIN)/generate book $(ARGS)

write: $(VENV)/run.stamp  ## write the coming letter in the browser (ARGS)
	@$(BIN)/generate write $(ARGS)

serve: $(VENV)/run.stamp  ## serve the site while you write, with the preview below /preview/
	@$(BIN)/generate serve $(ARGS)

service: $(VENV)/run.stamp  ## try the sign-up service on this machine: mail goes to var/mail (ARGS)
	@$(BIN)/newsletter serve $(ARGS)

check: $(VENV)/run.stamp  ## check pages, thoughts and letters, or what ARGS names; changes no text
	@$(BIN)/generate check $(ARGS)

quick: $(VENV)/test.stamp  ## formatting, style, types, imports and unit tests: in under 40 seconds, while you work
	$(look)
	@echo "== Unit tests (pytest)"
	@$(BIN)/pytest $(parallel) -m unit $(whole) $(ARGS)

test: $(VENV)/test.stamp  ## what to run before each commit; it stops at the first failure (ARGS goes to pytest)
	$(all-but-tests)
	@echo "== Tests (pytest)"
	@$(BIN)/pytest $(parallel) -m "not slow" $(ARGS)

coverage: $(VENV)/test.stamp  ## the same tests with branch coverage, which takes half as long again; before a release
	@$(BIN)/python -m tests.machine
	@$(BIN)/pytest --cov $(parallel) -m "not slow" $(ARGS)

test-all: $(VENV)/test.stamp  ## the same, with the tests that are slow, and on another day; CI runs this
	$(all-but-tests)
	@echo "== Tests, slow ones too (pytest)"
	@$(BIN)/pytest $(parallel) $(ARGS)
	@echo "== Another day (pytest under libfaketime)"
	@$(BIN)/python -m tests.days -- $(parallel) $(ARGS)

parallel := --numprocesses auto --maxprocesses 4 --dist worksteal
# Where hardly a test is small: without these, collecting takes half the time.
whole := $(addprefix --ignore tests/,cli documents site web check/rules/test_spelling.py render/page/test_cards.py \
	render/page/test_pages.py subscribers/store/test_migrations.py subscribers/test_states.py test_preview.py \
	test_atomic.py test_repository.py)

define look
	@echo "== Formatting (ruff format)"
	@$(BIN)/ruff format --check --quiet --output-format concise src tests || { echo "To repair: $(BIN)/ruff format src tests"; exit 1; }
	@echo "== Style (ruff check)"
	@$(BIN)/ruff check --quiet src tests
	@echo "== Types (mypy)"
	@$(BIN)/mypy
	@echo "== Imports only go down (import-linter)"
	@$(BIN)/lint-imports --no-logo
endef

define all-but-tests
	$(look)
	@echo "== Content (generate check --strict)"
	@$(BIN)/generate check --strict
	@echo "== Site (generate site)"
	@$(BIN)/generate site
	@echo "== Programs of this machine"
	@$(BIN)/python -m tests.machine
endef

bench: $(VENV)/bench.stamp  ## measure build time and size, and compare them with a well-known plugin
	@$(BIN)/python -m tests.bench $(ARGS)

proof: $(VENV)/test.stamp  ## kill senders at every step, and account for every reader; it takes some minutes
	@$(BIN)/python -m tests.proof $(ARGS)

# In a folder of its own: node_modules has no place among the templates, which are watched while somebody writes.
editor:  ## bundle the editor of `generate write` anew, as templates/write/codemirror/package-lock.json has it (needs node)
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && cp templates/write/codemirror/* "$$folder" && \
	(cd "$$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel error && node build.js "$(CURDIR)/templates/write")

pictures: $(VENV)/test.stamp  ## take the screenshots of README and guide, from the real product
	@$(BIN)/python -m tests.pictures

clean:  ## remove everything that make can make again, .venv included
	rm -rf $(VENV) build site .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests -name __pycache__ -prune -exec rm -rf {} +

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile


# --- .venv ------------------------------------------------------------------------------------------------------------
#
# .venv/<lock>.stamp: everything in requirements/<lock>.txt is installed. .venv/complete: the last set-up finished, in
# this folder, with this PYTHON. Without it (interrupted, moved, Python gone), there are no stamps and .venv is made anew.

PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install -qq --no-input --no-deps

check-python = \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo >&2 \
	"Python 3.11 or newer is needed: apt install python3 python3-venv (or name one: make PYTHON=python3.11)."; exit 1; }; \
	$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo >&2 \
	"Python's venv module is missing: apt install python3-venv."; exit 1; }

asked := $(if $(filter file,$(origin PYTHON)),*,'$(PYTHON)')
$(shell test -x $(BIN)/python || rm -f $(VENV)/complete; \
	case "$$(cat $(VENV)/complete 2>&1)" in ('$(CURDIR) '$(asked)) ;; (*) rm -f $(VENV)/complete $(VENV)/*.stamp ;; esac)

$(VENV)/%.stamp: requirements/build.txt requirements/%.txt pyproject.toml
	@if test -e $(VENV)/complete; then \
		echo "Bringing $(VENV) up to date…"; \
	else \
		$(check-python); \
		echo "Setting up $(VENV) (once, about a minute)…"; \
		$(PYTHON) -m venv --clear $(VENV); \
	fi
	@rm -f $(VENV)/complete
	@$(PIP) --require-hashes -r requirements/build.txt
	@$(PIP) --require-hashes --no-build-isolation --use-pep517 -r requirements/$*.txt
	@$(PIP) --no-build-isolation --editable .
	@echo '$(CURDIR) $(PYTHON)' > $(VENV)/complete
	@touch $(VENV)/run.stamp $@  # test, bench and book include run


# --- Lock files -------------------------------------------------------------------------------------------------------
#
# The newest versions that pyproject.toml allows, one version for every platform and Python, with the hashes of all
# published files. --fork-strategy fewest: the same version for everybody, so the same bytes for everybody.

COMPILE = $(VENV)/lock/bin/uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
	--generate-hashes --upgrade --custom-compile-command "make lock" --output-file

lock:  ## renew requirements/*.txt within the bounds of pyproject.toml
	@$(check-python)
	@$(PYTHON) -m venv --clear $(VENV)/lock
	@$(VENV)/lock/bin/python -m pip install -qq 'uv>=0.13,<1'
	@$(COMPILE) requirements/build.txt --group build
	@$(COMPILE) requirements/run.txt pyproject.toml
	@$(COMPILE) requirements/book.txt pyproject.toml --group book --constraints requirements/run.txt
	@$(COMPILE) requirements/ses.txt pyproject.toml --extra ses --constraints requirements/run.txt
	@$(COMPILE) requirements/test.txt pyproject.toml --extra ses --group test --constraints requirements/run.txt
	@$(COMPILE) requirements/bench.txt pyproject.toml --group bench --constraints requirements/run.txt
