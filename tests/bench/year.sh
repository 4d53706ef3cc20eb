#!/bin/bash
# A simulated year: what deciding one account's day costs, and how long a hundred thousand accounts
# take.  README.md says how to read it.
# Usage: BIN=build/release tests/bench/year.sh [ACCOUNTS] [DAYS]
set -eu
bin=${BIN:-build/release}
read -r _ n _ sent _ tasks _ held _ cpu _ floor _ each <<<"$("$bin/tests/bench_year" "${1:-100000}" "${2:-365}")"
awk -v n="$n" -v sent="$sent" -v tasks="$tasks" -v held="$held" -v cpu="$cpu" -v floor="$floor" -v each="$each" 'BEGIN {
	printf "%d account-days: %d texts, %d tasks, %d held or listed as served\n", n, sent, tasks, held
	printf "%.1f s of CPU, of which %.1f s for living the year itself\n", cpu, floor
	printf "deciding one account-day: %.0f ns  (aim 2000); with its life / without plan %.2f\n", each, cpu / floor
}'
