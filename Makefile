# Everything here works on a fresh machine with Python 3.11, as root or not. `make help` tells what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help env demo stop test check slow bench kill long lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-7s %s\n", $$1, $$2}' Makefile

env: ## prepare .venv and the assets to run it (command line: .venv/bin/abhiyan); tests add what they need
	@tools/env run

demo: ## a campaign in full swing on http://localhost:8000, in the foreground
	@tools/env run
	@exec .venv/bin/abhiyan demo

stop: ## end the demo, its workers and its database, also from another terminal
	@if [ -x .venv/bin/abhiyan ]; then exec .venv/bin/abhiyan stop; else echo "nothing runs: there is no .venv"; fi

test: ## the checks and tests but the slow ones (at most 9 minutes on 2 quiet cores)
	@tools/env
	@exec tools/test

check: ## the fast checks only: style, types, floors, messages (a minute)
	@tools/env
	@exec tools/test check

slow: ## the slow tests: every page in every size and language, large property runs, the small demo; ONE_IN=N: fewer
	@tools/env
	@exec tools/test slow $(ONE_IN)

bench: ## measure against the stated references (with wrk); writes bench/results.md
	@tools/env
	@command -v wrk >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		&& apt-get install -q -y --no-install-recommends wrk; } \
		|| { echo "the bench enrol needs wrk, the load generator: apt-get install wrk"; exit 1; }
	@exec .venv/bin/abhiyan bench --all --write bench/results.md

kill: ## kill -9 of workers, jobs, supervisor and database, and a full disk, while 64 clients enrol
	@tools/env
	@exec .venv/bin/python -m pytest -p no:cacheprovider -q -s tests/kill

long: ## what takes longest: the demo at full size and over 20 seeds, R's survey, slides, the other tests on PostgreSQL 15
	@tools/env
	@exec tools/test long $(ONE_IN)

lock: ## write the lock files anew from pyproject.toml and package.json
	@exec tools/lock
