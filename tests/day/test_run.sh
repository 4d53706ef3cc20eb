#!/usr/bin/env bash
# ./run from its first to its last line, over three days: it must end well, with both books alike,
# leave a home that can be looked at, and leave no process behind.
set -eu
cd "${SRC:-$(dirname "$0")/../..}"
[ -x build/release/dunlin ] || { echo 'build/release is not built: ./run was not tried'; exit 77; }

out=$(mktemp)
trap 'rm -f "$out"' EXIT
fail() {
	echo "FAIL: $*"
	cat "$out"
	exit 1
}

DAYS=3 ACCOUNTS=80 ./run >"$out" 2>&1 || fail "./run ended with status $?"
grep -q '^  Sent  *[1-9][0-9]* reminders' "$out" || fail 'no reminder was sent'
grep -q 'no receipt missing' "$out" || fail 'a receipt is missing'
grep -q '^  Verified  *The chain is whole' "$out" || fail 'the chain was not verified'
taken=$(sed -n 's/^  Compared  *operator and SIMs took \([0-9]*\) segments, our store says \([0-9]*\); 0 .*/\1 \2/p' "$out")
[ -n "$taken" ] || fail 'the books were not compared'
[ "${taken% *}" = "${taken#* }" ] || fail "the books differ: $taken"
[ "$(cat build/operator/taken.jsonl build/sticks/taken.jsonl | wc -l)" = "${taken% *}" ] ||
	fail 'the operator and the sticks counted otherwise'
[ -s build/sticks/taken.jsonl ] || fail 'the sticks sent nothing'
grep -q $'\033' "$out" && fail 'escape sequences, and this is no terminal'
build/release/dunlin -C build/demo status | grep -q "by the schedule's clock" || fail 'no home to look at'

# Told to stop in the middle it ends at once, and ends what it started.
DAYS=30 ./run >"$out" 2>&1 &
run=$!
for _ in {1..100}; do
	[ -S build/demo/dunlin.sock ] && break
	sleep 0.1
done
kill -TERM "$run"
wait "$run" && fail 'stopped, it said that all was well'
[ ! -S build/demo/dunlin.sock ] || fail 'the daemon was left behind'
echo ok
