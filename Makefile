# What people run. `make help` lists the targets.
# Needs GNU make and Python 3.11 or later; everything else is installed into .venv, from locks.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
# make lock UPGRADE=--upgrade takes the newest versions that pyproject.toml allows.
UPGRADE ?=
# make test PYTEST_ARGS="-k negotiate" runs some of the tests.
PYTEST_ARGS ?=

# make suites SUITES=FOLDER runs the suites of others; CONTRIBUTING.md says what lies there.
SUITES ?=

# make full TESTED=yes leaves out what a run of make test has just done.
TESTED ?=

# make shots KINDS="home center" takes pictures of some kinds of pages.
KINDS ?=

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/runtime.stamp
TOOLS := $(VENV)/test.stamp
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

CHECKER := node_modules/vnu-jar/build/dist/vnu.jar
TEXTS := kg/web/translations/messages.pot
ONTOLOGY := ontology/ontology.ttl ontology/external.ttl ontology/codes.ttl

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve build check wheel quick test full static unit suites bench format lock owl crate refine html translations assets shots clean browser-packages crate-packages nginx-packages owl-packages html-packages openrefine-packages

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: build ## set up, build if the sources changed, serve http://HOST:PORT (127.0.0.1:8000)
	@exec $(BIN)/kg serve --host $(HOST) --port $(PORT)

build: $(RUNTIME) ## set up, check the sources and make a release of them
	@$(BIN)/kg build

check: $(RUNTIME) ## set up and check the sources
	@$(BIN)/kg check

# Format, lint, types and import rules side by side with the tests that need nothing.
quick: $(TOOLS) ## what needs no release and no socket: format, lint, types, import rules, unit tests; under 45 s
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target static unit

test: $(TOOLS) browser-packages ## all that a change can break: quick, and the tests with releases, servers and a browser
	@$(MAKE) --no-print-directory static
	@echo "... tests"
	@$(BIN)/pytest --numprocesses 2 --dist loadfile $(PYTEST_ARGS)

full: $(if $(TESTED),,test) $(TOOLS) crate-packages owl-packages openrefine-packages nginx-packages html-packages tools/html/$(CHECKER) ## test, then the exhaustive products and the programs of others: nginx, OWL, OpenRefine, validators
	@echo "... everything there is"
	@tools/owl/check $(ONTOLOGY)
	@CRATE_TOOLS=$(CRATE) $(BIN)/pytest --numprocesses 2 --dist loadfile \
		-m "exhaustive or java or crate or html or openrefine" $(PYTEST_ARGS)

static: $(TOOLS) ## format, lint, types and import rules alone
	@echo "... format"
	@$(BIN)/ruff format --quiet --check . || { echo "make format puts it right" >&2; exit 1; }
	@echo "... lint"
	@$(BIN)/ruff check --quiet .
	@echo "... types"
	@$(BIN)/mypy --no-error-summary
	@echo "... import rules"
	@$(BIN)/lint-imports --no-logo

# Files that are bombs take half a minute to unpack: make test has them.
unit: $(TOOLS) ## the tests that need no release and no socket
	@echo "... unit tests"
	@$(BIN)/pytest --quiet --numprocesses 2 --dist loadfile --ignore-glob "*/test_hostile_*" \
		tests/unit kg $(PYTEST_ARGS)

suites: $(TOOLS) ## run the suites of others: make suites SUITES=FOLDER; CONTRIBUTING.md says what lies there
	@test -n "$(SUITES)" || { echo "name the folder of suites: make suites SUITES=FOLDER; CONTRIBUTING.md says what lies there and where it is published" >&2; exit 1; }
	@test -d "$(SUITES)" || { echo "$(SUITES): no such folder; CONTRIBUTING.md says what lies there and where it is published" >&2; exit 1; }
	@SUITES="$(abspath $(SUITES))" $(BIN)/pytest --numprocesses 2 --dist loadfile \
		tests/suites tests/release/test_reconcile.py tests/http/test_link_service.py tests/release/test_openrefine.py $(PYTEST_ARGS)

bench: $(TOOLS) build ## measure how far runaway queries slow others; about ten minutes, alone on the machine
	@$(BIN)/python bench/isolation.py

shots: $(TOOLS) browser-packages ## take pictures of a page of each kind into test-results/shots
	@$(BIN)/python tests/shots.py test-results/shots $(KINDS)

# With the locked hatchling; nothing is fetched.
wheel: $(TOOLS) ## build the wheel and the source distribution into dist/
	@$(BIN)/python -m hatchling build -d dist

format: $(TOOLS) ## format the code and mend what the linter can mend
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

translations: $(TOOLS) ## find the interface texts, update the catalog and compile it
	@$(BIN)/pybabel --quiet extract --mapping-file kg/web/babel.cfg --keywords lazy_gettext \
		--no-location --sort-output --output-file $(TEXTS) kg/web
	@$(BIN)/pybabel --quiet update --input-file $(TEXTS) --output-dir kg/web/translations \
		--locale zh --no-fuzzy-matching --ignore-pot-creation-date
	@rm $(TEXTS)
	@$(BIN)/pybabel --quiet compile --directory kg/web/translations

# The lock names no host and no script of a package runs.
assets: ## bundle editor, search and engine for browsers from assets/ into kg/web/static (npm)
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 18 or later" >&2; exit 1; }
	@cd assets && npm ci --ignore-scripts --silent && npm run --silent build

owl: $(TOOLS) owl-packages ## check that the ontology is in OWL 2 DL (Java)
	@tools/owl/check $(ONTOLOGY)
	@$(BIN)/pytest --quiet -m java tests/unit/test_owl.py

# Debian's OpenRefine is 3.6.2; a hundred packages, Java among them.
refine: $(TOOLS) openrefine-packages ## have OpenRefine reconcile and extend a column (Java)
	@$(BIN)/pytest --quiet -m openrefine tests/release/test_openrefine.py

html: $(TOOLS) html-packages tools/html/$(CHECKER) ## check the HTML of every kind of page (Java, and Node.js for npm)
	@$(BIN)/pytest --quiet -m html tests/release/test_html_validity.py

tools/html/$(CHECKER): tools/html/package-lock.json
	@npm ci --prefix tools/html --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# The validator has an environment of its own: it wants an older rich than the command line.
CRATE := $(VENV)/crate
crate-packages: $(CRATE)/set-up.stamp

crate: $(TOOLS) crate-packages ## check that a release is an RO-Crate (Node.js for npm)
	@CRATE_TOOLS=$(CRATE) $(BIN)/pytest --quiet -m crate tests/release/test_crate.py

$(CRATE)/set-up.stamp: tools/crate/requirements.txt tools/crate/package-lock.json | $(BIN)/python
	@echo "... install $<"
	@$(PYTHON) -m venv $(CRATE)
	@$(CRATE)/bin/python -m pip --disable-pip-version-check --quiet install \
		--require-hashes --requirement $<
	@npm ci --prefix tools/crate --ignore-scripts --no-audit --no-fund --loglevel=error
	@cp tools/crate/node_modules/ro-crate/lib/context.json $(CRATE)/context.json
	@touch $@

# Both locks name hashes and no host: they hold for any index.
lock: export CUSTOM_COMPILE_COMMAND := make lock
lock: COMPILE = $(BIN)/pip-compile --quiet $(UPGRADE) --generate-hashes --strip-extras \
	--allow-unsafe --no-emit-index-url --no-emit-find-links --build-deps-for=editable
lock: $(BIN)/pip-compile ## write requirements*.txt from pyproject.toml
	@echo "... requirements.txt"
	@$(COMPILE) --output-file requirements.txt pyproject.toml
	@echo "... requirements-test.txt"
	@$(COMPILE) --extra test --constraint requirements.txt \
		--output-file requirements-test.txt pyproject.toml
	@echo "... tools/crate/requirements.txt"
	@$(BIN)/pip-compile --quiet $(UPGRADE) --generate-hashes --strip-extras --allow-unsafe \
		--no-emit-index-url --no-emit-find-links --output-file tools/crate/requirements.txt \
		tools/crate/requirements.in

clean: ## remove the environment and the caches; releases stay
	@rm -rf $(VENV) dist .mypy_cache .pytest_cache .ruff_cache \
		.hypothesis .import_linter_cache .cache test-results
	@find kg tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment: one folder, a stamp for each lock that it holds ---------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "$(PYTHON) is not Python 3.11 or later: install it, or name one with make PYTHON=..." >&2; \
		exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make environments: run apt-get install python3-venv" >&2; \
		exit 1; }
	@echo "... create $(VENV)"
	@$(PYTHON) -m venv $(VENV)

# The project itself comes without dependencies and is built with the locked hatchling,
# so that nothing unlocked is ever fetched.
define install
	@echo "... install $<"
	@$(PIP) install --require-hashes --requirement $<
	@$(PIP) install --no-deps --no-build-isolation --editable .
endef

$(RUNTIME): requirements.txt pyproject.toml | $(BIN)/python
	$(install)
	@touch $@

# The test lock holds all of the other one.
$(TOOLS): requirements-test.txt requirements.txt pyproject.toml | $(BIN)/python
	$(install)
	@touch $(RUNTIME) $@

# Locking must work while the locks are behind pyproject.toml, so it does without the project.
$(BIN)/pip-compile: | $(BIN)/python
	@echo "... install requirements-test.txt"
	@$(PIP) install --require-hashes --requirement requirements-test.txt

# --- what pip cannot install ---------------------------------------------------------------

browser-packages:
	@tools/system-packages "Browser tests" chromium fonts-noto-cjk || true

nginx-packages:
	@tools/system-packages "Tests with nginx" nginx libnginx-mod-http-js \
		libnginx-mod-http-brotli-static || true

html-packages:
	@command -v java >/dev/null || \
		tools/system-packages "The HTML check" default-jre-headless

owl-packages:
	@command -v java >/dev/null && test -e /usr/share/java/owlapi-distribution.jar || \
		tools/system-packages "The OWL check" default-jre-headless libowlapi-java

openrefine-packages:
	@tools/system-packages "OpenRefine" openrefine
