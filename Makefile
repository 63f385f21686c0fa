# Thin on purpose: every target calls an npm script or a program in tools/dev.
# Variables: ARGS=... AUDIO=file DOMAIN=name PG=15|16|17|18 TEST_DATABASE_URL=postgres://... APP_PORT=8080

VERSION := $(shell node -p "require('./package.json').version" 2>/dev/null)
IMAGE   ?= veza-backend-api
NODE    := node

.DEFAULT_GOAL := help
.PHONY: help run dev demo seed test test-coverage test-integration test-load build build-linux lint vet security docker-build docker-run

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile

run: ## install, build, start PostgreSQL and the payment sandbox, seed, serve on :8080
	@$(NODE) tools/dev/run.mjs

dev: ## the same, and reload on every change
	@$(NODE) tools/dev/run.mjs --watch

demo: ## the main job as a story against the running server: make demo [AUDIO=file]
	@$(NODE) tools/dev/demo.mjs

seed: ## demo data, idempotent: make seed [DOMAIN=marketplace]
	@$(NODE) tools/dev/seed.mjs

test: ## install, check, unit and end-to-end tests: make test [PG=16] [TEST_DATABASE_URL=...]
	@$(NODE) tools/dev/test.mjs $(ARGS)

test-coverage: ## the same with the coverage thresholds
	@$(NODE) tools/dev/test.mjs --coverage

test-integration: ## the tests against real Redis, RabbitMQ, clamd, SMTP, where they are reachable
	@$(NODE) tools/dev/test.mjs --no-check test/services

test-load: ## CPU per request against a plain server doing the same work
	@npm run --silent bench

build: ## compile into dist
	@$(NODE) tools/dev/build.mjs

build-linux: ## a tarball in dist that runs on a Linux machine without Node
	@$(NODE) tools/dev/build-linux.mjs

lint: ## ESLint and the import graph
	@npm run --silent lint

vet: ## types
	@npm run --silent typecheck

security: ## known vulnerabilities and secrets in tracked files
	@$(NODE) tools/dev/security.mjs

docker-build: ## the production image
	docker build -f docker/Dockerfile -t $(IMAGE):$(VERSION) .

docker-run: ## the image with PostgreSQL, Redis, RabbitMQ, ClamAV and a mail catcher
	@$(NODE) tools/dev/env.mjs
	docker compose --env-file .env -f docker/docker-compose.yml up --build
