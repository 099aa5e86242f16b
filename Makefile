# Everything here works on a fresh machine with Python 3.11, as root or not. `make help` tells what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help env demo stop wheel test check access machine bench kill long lock cluster cluster-stop cluster-test launch

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

env: ## prepare .venv and the assets to run it (command line: .venv/bin/abhiyan); tests add what they need
	@tools/env run

demo: ## a campaign in full swing on http://localhost:8000, in the foreground
	@tools/env run
	@exec .venv/bin/abhiyan demo

stop: ## end the demo, its workers and its database, also from another terminal
	@if [ -x .venv/bin/abhiyan ]; then exec .venv/bin/abhiyan stop; else echo "nothing runs: there is no .venv"; fi

wheel: ## the release in dist/: one wheel, the lock file of what it needs, and deploy/ (docs/install.md)
	@tools/env run
	@rm -rf dist/abhiyan-*.whl dist/requirements.lock dist/deploy
	@.venv/bin/python -m hatchling build -t wheel -d dist >/dev/null
	@cp -r requirements.lock deploy dist/
	@ls -d dist/*

test: ## the checks, and every test that a normal change can break
	@tools/env
	@exec tools/test

check: ## the fast checks only: style, types, floors, messages
	@tools/env
	@exec tools/test check

machine: ## the tests that start, kill or restore processes
	@tools/env
	@exec tools/test machine

access: ## write what every role gets at each address (tests/access.tsv), a line a page: read its diff
	@tools/env
	@ABHIYAN_WRITE_ACCESS=yes .venv/bin/python -m pytest -p no:cacheprovider -q tests/test_access_urls.py \
		tests/test_access_acts.py -k "as_every_role or changes_nothing"

bench: ## measure against the stated references (with wrk); writes bench/results.md
	@tools/env
	@command -v wrk >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		&& apt-get install -q -y --no-install-recommends wrk; } \
		|| { echo "the bench enrol needs wrk, the load generator: apt-get install wrk"; exit 1; }
	@exec .venv/bin/abhiyan bench --all --write bench/results.md

kill: ## kill -9 of workers, jobs, supervisor and database, and a full disk, while 64 clients enrol
	@tools/env
	@exec .venv/bin/python -m pytest -p no:cacheprovider -q -s -m kill tests/kill

cluster: ## three databases under Patroni and two web hosts on this machine, by docs/cluster.md; they run on behind
	@tools/env run
	@exec .venv/bin/python tools/make_cluster.py start

launch: ## a launch evening by Locust: make launch WORLD=world.json HOSTS="http://… http://…" (docs/cluster.md)
	@tools/env
	@.venv/bin/uv venv -q --allow-existing .venv/load
	@.venv/bin/uv pip install -q --python .venv/load/bin/python --group load
	@exec .venv/load/bin/python bench/evening.py play $(WORLD) $(HOSTS)

cluster-stop: ## end them
	@exec .venv/bin/python tools/make_cluster.py stop

cluster-test: ## what fails in such a cluster, each thing twice, while 32 clients enrol
	@tools/env
	@exec .venv/bin/python -m pytest -p no:cacheprovider -q -s -m cluster tests/cluster

long: ## what takes longer: every page in every look, large property runs, PostgreSQL 15, the demo at its full size
	@tools/env
	@exec tools/test long

lock: ## write the lock files anew from pyproject.toml and package.json
	@exec tools/lock
