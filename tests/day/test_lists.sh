#!/usr/bin/env bash
# The commands that only read, on a real home: empty before there is a store; then what the plan
# says will go is what goes, word for word, and every list has the keys other programs rely on.
set -euo pipefail

: "${BIN:?the build folder}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "FAIL: $*" >&2
	exit 1
}

dunlin() {
	"$BIN/dunlin" -C "$dir/home" "$@"
}

# exits STATUS COMMAND...
exits() {
	local expected=$1 status=0
	shift
	dunlin "$@" >"$dir/out" 2>"$dir/err" || status=$?
	[ "$status" = "$expected" ] || fail "dunlin $*: exit $status, not $expected: $(cat "$dir/err")"
}

# keys COMMAND... -- KEY...: every line of its JSON has the keys.
keys() {
	local command=()
	while [ "$1" != -- ]; do
		command+=("$1")
		shift
	done
	shift
	dunlin "${command[@]}" --json >"$dir/out"
	[ -s "$dir/out" ] || fail "dunlin ${command[*]} --json shows nothing"
	for key in "$@"; do
		if grep -qv "\"$key\":" "$dir/out"; then
			fail "dunlin ${command[*]} --json has no $key"
		fi
	done
}

# texts FILE: the texts in it, each once.
texts() {
	grep -o '"text":"[^"]*"' "$1" | sort -u
}

"$BIN/dunlin" init "$dir/home" >/dev/null

# ---- before there is a store ----

for list in messages inbox promises calls tasks accounts events plan modems; do
	exits 0 "$list" --json
	[ ! -s "$dir/out" ] || fail "$list --json is not empty"
	exits 0 "$list"
	[ "$(wc -l <"$dir/out")" = 1 ] || fail "$list says more or less than one sentence"
done
exits 0 status
exits 0 verify
exits 1 account 1001
[ ! -f "$dir/home/dunlin.db" ] || fail "reading made a store"

# ---- the plan is what goes ----

dunlin import accounts "$dir/home/accounts.csv" >/dev/null 2>&1
dunlin import payments "$dir/home/payments.csv" >/dev/null 2>&1
today=$(TZ=Asia/Manila date +%F)
dunlin serve --at "${today}T06:00" --speed 1000 --until "${today}T06:01" 2>"$dir/log" ||
	fail "serve: $(cat "$dir/log")"
dunlin plan --json >"$dir/plan"
grep '"decision":"send"' "$dir/plan" >"$dir/sends"
[ "$(wc -l <"$dir/sends")" -ge 5 ] || fail "the sample has too little to send"
keys plan -- key account name due_date day campaign step channel template language to at text \
	segments encoding price_minor route decision reason rule
dunlin serve --at "${today}T09:00" --speed 5000 --until "${today}T11:00" 2>"$dir/log" ||
	fail "serve: $(cat "$dir/log")"
dunlin messages --json >"$dir/messages"
grep '"status":"sent"' "$dir/messages" >"$dir/sent"
diff <(texts "$dir/sends") <(texts "$dir/sent") || fail "what went is not what was planned"
diff <(texts "$dir/sends") <(texts "$dir/home/sent.jsonl") || fail "the route wrote other texts"
dunlin plan --json --on "$today" >"$dir/plan"
if grep -q '"decision":"send"' "$dir/plan"; then
	fail "what went is planned again"
fi

# ---- keys ----

keys messages -- id account due_date campaign step class direction channel to from text route \
	status reason segments parts created_at sent_at done_at
keys accounts -- account name person phone language timezone product segment risk cause dpd \
	arrears_minor balance_minor currency next_step next_at next_reason holds opted_out
keys account 1003 -- account amounts due_date billed_minor left_minor payments messages calls inbox \
	promises holds tasks decisions policy
keys tasks -- id account kind due reason status
keys events -- seq at kind actor account message data hash
keys routes -- name type state since reason queue in_flight sent_today failed_today rate \
	price_minor learned
keys status -- now live paused clock routes modems queue today needs
keys template preview reminder -- template language text encoding segments units left price_minor \
	costly
keys reply-explain "will pay friday" -- intent promise_date amount_minor currency language cues

# ---- narrowing ----

[ "$(dunlin messages --json --limit 3 | wc -l)" = 3 ] || fail "--limit"
[ "$(dunlin messages --json --account 1003 | grep -c '"account":"1003"')" -ge 1 ] || fail "--account"
[ "$(dunlin messages --json --since 2100-01-01 | wc -l)" = 0 ] || fail "--since"
first=$(dunlin events --json --after 3 --limit 1)
[[ $first == '{"seq":4,'* ]] || fail "--after: $first"
newest=$(dunlin messages --json --limit 1 | grep -o '"id":[0-9]*')
[ "$newest" = "$(dunlin messages --json | grep -o '"id":[0-9]*' | sort -t: -k2 -n | tail -n 1)" ] ||
	fail "messages are not newest first"
exits 1 messages --account nobody
exits 2 messages --since yesterday
exits 0 account 1010
grep -q "Nothing was said" "$dir/out" || fail "account 1010: $(cat "$dir/out")"
exits 0 account 1003
grep -q "> Sunrise Lending" "$dir/out" || fail "account 1003 does not tell what was said"
exits 2 messages --limit many
exits 2 plan --on 15/09/2026
exits 1 template preview remindr
grep -q 'reminder' "$dir/err" || fail "no suggestion for a mistyped template"
exits 2 reply-explain x --balance 12,50

# ---- the chain ----

exits 0 verify
command -v sqlite3 >/dev/null || exit 0
sqlite3 "$dir/home/dunlin.db" "UPDATE event SET actor = 'nobody' WHERE seq = 5"
exits 1 verify
grep -q 'event 5' "$dir/out" || fail "verify does not name the bad event: $(cat "$dir/out")"
