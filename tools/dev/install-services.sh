#!/usr/bin/env bash
# Installs what test/services starts by itself and the packages of npm do not bring: clamd. Needs root and apt-get,
# takes five minutes at most and never fails: it prints what is missing, and the suites say that they were skipped.
# Redis and RabbitMQ are used where they already run.
set -uo pipefail
export DEBIAN_FRONTEND=noninteractive PATH="$PATH:/usr/sbin"

missing() {
  echo "Not installed: clamd ($1). Its tests are skipped."
  exit 0
}

command -v clamd >/dev/null && exit 0
command -v apt-get >/dev/null || missing "no apt-get here"
[ "$(id -u)" -eq 0 ] || missing "only root may; apt-get install clamav-daemon"

log="$(mktemp)"
trap 'rm -f "$log"' EXIT
bounded() { timeout --kill-after=10 "$@" >>"$log" 2>&1 </dev/null; }
install() { bounded 120 apt-get -y --no-install-recommends -o DPkg::Lock::Timeout=30 install clamav-daemon; }

echo "Installing clamd (clamav-daemon)"
install || { bounded 60 apt-get update && install; } || missing "$(tail -n 1 "$log")"
