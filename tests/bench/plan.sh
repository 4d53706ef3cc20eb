#!/bin/bash
# `dunlin plan` of one day over a long list: what a rendered row costs apart from the scan, against
# sqlite3 reading the same rows.  README.md says how to read it.
# Usage: BIN=build/release tests/bench/plan.sh [ACCOUNTS] [DUE]
. "$(dirname "$0")/lib.sh"
accounts=${1:-1000000}
due=${2:-100000}

# A working day to come: DUE accounts have their step then, the others on one of the five days after.
day=$(date -d 'next wednesday' +%F)
list() {
	local dates=()
	for back in 7 6 5 4 3 2; do
		dates+=("$(date -d "$day - $back days" +%F)")
	done
	awk -v n="$1" -v due="$due" -v dates="${dates[*]}" 'BEGIN {
		print "account_id,name,phone,due_date,amount_due"
		every = int(n / due)
		split(dates, date, " ")
		for (i = 0; i < n; i++)
			printf "A%07d,Maria %d,+63917%07d,%s,%d.50\n", i, i, (i * 7919) % 10000000,
			       i % every == 0 && i / every < due ? date[1] : date[2 + i % 5],
			       500 + i % 5000
	}' >"$2"
}

home "$accounts"

# CPU seconds, wall seconds and peak of a command, into cpu, took and peak
measure() {
	local user sys
	/usr/bin/time -o "$work/time" -f '%U %S %e %M' "$@" >"$work/out" 2>"$work/plan.err"
	read -r user sys took peak <"$work/time"
	cpu=$(awk -v u="$user" -v s="$sys" 'BEGIN { printf "%.2f", u + s }')
}

best_cpu='' best_took=''
for _ in 1 2 3; do
	measure "$dunlin" -C "$work/home" plan --on "$day" --json --timing
	awk -v a="$best_cpu" -v b="$cpu" 'BEGIN { exit !(a == "" || b < a) }' && best_cpu=$cpu best_took=$took
	grep -v '^{' "$work/plan.err" | sed 's/^/  /'
	plan_peak=$peak
done
rows=$(grep -c '"decision":"send"' "$work/out")
measure sqlite3 -readonly "$work/home/dunlin.db" 'select sum(length(name) + length(phones)), sum(billed)
	from account_row join amount using (account)'
printf '%s accounts, %s rows to send: %s s (%s s of CPU), peak %d MB\n' "$accounts" "$rows" "$best_took" "$best_cpu" \
	$((plan_peak / 1024))
printf 'sqlite3 reads the same rows in %s s of CPU, ratio %s\n' "$cpu" "$(ratio "$best_cpu" "$cpu")"
