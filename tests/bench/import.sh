#!/bin/bash
# How long a list of accounts takes, against `sqlite3 .import` of the same file into one table with an
# index on account_id, in the same run.  Usage: BIN=build/release tests/bench/import.sh [ROWS]
#
# The numbers of the list are E.164 and in no order, as lists come.  Three rounds, best of each.
set -euo pipefail
rows=${1:-1000000}
src=$(cd "$(dirname "$0")/../.." && pwd)
bin=${BIN:-$src/build/release}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

list=$work/accounts.csv
awk -v n="$rows" 'BEGIN {
	print "account_id,name,phone,due_date,amount_due,currency,language,product,segment"
	for (i = 0; i < n; i++)
		printf "A%07d,Maria Santos %d,+63917%07d,2026-%02d-%02d,%d.50,PHP,en,payday,early\n",
		       i, i, (i * 7919) % 10000000, 1 + i % 12, 1 + i % 28, 500 + i % 5000
}' >"$list"

# seconds and kilobytes of a command, into `took` and `memory`
measure() {
	/usr/bin/time -o "$work/time" -f '%e %M' "$@" >/dev/null
	read -r took memory <"$work/time"
}

# the smaller of two numbers, the first of which may be empty
least() {
	awk -v a="$1" -v b="$2" 'BEGIN { print a == "" || b < a ? b : a }'
}

plain() {
	rm -f "$work/plain.db"
	measure sqlite3 "$work/plain.db" \
		"create table t (account_id, name, phone, due_date, amount_due, currency, language, product, segment)" \
		"create index t_account on t (account_id)" ".import --csv --skip 1 $list t"
}

floor='' first='' again='' memory_first=0
for _ in 1 2 3; do
	plain
	floor=$(least "$floor" "$took")
	rm -rf "$work/home"
	"$bin/dunlin" init "$work/home" >/dev/null
	measure "$bin/dunlin" -C "$work/home" import accounts "$list"
	first=$(least "$first" "$took")
	memory_first=$memory
	measure "$bin/dunlin" -C "$work/home" import accounts "$list"
	again=$(least "$again" "$took")
done

awk -v n="$rows" -v f="$floor" -v a="$first" -v b="$again" -v m="$memory_first" 'BEGIN {
	printf "%d rows: sqlite3 .import %.2f s\n", n, f
	printf "dunlin import %.2f s, ratio %.2f (at most 4), %d MB\n", a, a / f, m / 1024
	printf "the same file again %.2f s, ratio %.2f\n", b, b / f
}'
