#!/usr/bin/env bash
# The simulated operator is judged by a client that is not ours: Kannel's bearerbox binds to it,
# sends, gets receipts and is told a borrower's text. What dunlin-sim gets wrong about SMPP would
# show here before it misleads the tests of the gateway.
set -euo pipefail

# says PATTERN: grep -q that reads to the end, so that nobody is ended by a broken pipe
says() {
	grep "$@" | grep -q .
}

: "${BIN:?the build folder}" "${SRC:?the source folder}"
command -v bearerbox >/dev/null && command -v smsbox >/dev/null || exit 77

dir=$(mktemp -d)
pids=()
finish() {
	local status=$?
	exec 5>&- || true
	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
	for pid in "${pids[@]}"; do
		wait "$pid" 2>/dev/null || true
	done
	if [ $status -ne 0 ]; then
		tail -n 12 "$dir"/*.log "$dir"/*.out "$dir"/sent.jsonl 2>/dev/null || true
	fi
	rm -rf "$dir"
}
trap finish EXIT

fail() {
	echo "FAIL: $*" >&2
	exit 1
}

# until_true WHAT COMMAND...: tries for half a minute; how long it takes is not what is tested.
until_true() {
	local what=$1
	shift
	for _ in $(seq 300); do
		if "$@"; then
			return 0
		fi
		sleep 0.1
	done
	fail "$what"
}

free_port() {
	local port
	while :; do
		port=$((20000 + RANDOM % 12000))
		if ! (exec 9<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
			echo "$port"
			return
		fi
	done
}

answers() {
	(exec 9<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# http_get PORT PATH: the answer, head and body.
http_get() {
	exec 9<>"/dev/tcp/127.0.0.1/$1"
	printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "$2" >&9
	tr -d '\0' <&9
	exec 9>&-
}

send() {
	http_get "$send" "/cgi-bin/sendsms?username=lender&password=stint&from=28550&$1"
}

count() {
	local n
	n=$(grep -c -- "$1" "$2" 2>/dev/null) || true
	[ "${n:-0}" -ge "$3" ]
}

sim_says() {
	echo stats >&5
	sleep 0.1
	tail -n 1 "$dir/sim.out" | says -- "$1"
}

mkfifo "$dir/control"
"$BIN/dunlin-sim" smsc --port 0 --system-id sunrise --password plover --control \
	--log "$dir/sent.jsonl" --id-form upper-hex --receipts final --receipt-delay 50 --for 600 \
	<"$dir/control" >"$dir/sim.out" 2>"$dir/sim.log" &
pids+=($!)
exec 5>"$dir/control"
until_true "the operator does not listen" grep -q '^listening ' "$dir/sim.out"
smpp=$(sed -n 's/^listening 127.0.0.1://p' "$dir/sim.out")

admin=$(free_port) box=$(free_port) send=$(free_port)
sed -e "s|@DIR@|$dir|; s|@SMPP@|$smpp|; s|@ADMIN@|$admin|; s|@BOX@|$box|; s|@SEND@|$send|" \
	"$SRC/tests/day/kannel.conf.in" >"$dir/kannel.conf"
bearerbox "$dir/kannel.conf" >"$dir/bearerbox.out" 2>&1 &
pids+=($!)
until_true "bearerbox does not start" answers "$box"
smsbox "$dir/kannel.conf" >"$dir/smsbox.out" 2>&1 &
pids+=($!)
until_true "smsbox does not start" answers "$send"
until_true "Kannel does not bind" sim_says '"binds":1,'

# A short text, one with what needs the extension table, one in UCS-2, one in two parts.
receipts='dlr-mask=3&dlr-url=http%3A%2F%2F127.0.0.1%3A1%2F'
long=$(printf 'This+is+a+long+text+%.0s' $(seq 10))
send "to=%2B639171234567&text=PHP+1%2C250+is+due+today&$receipts" | says 'Accepted' ||
	fail "smsbox takes no text"
send "to=%2B639171234568&text=%5B%E2%82%AC%5D+%40+you&charset=utf-8&$receipts" >/dev/null
send "to=%2B639171234569&text=%E6%98%8E%E5%A4%A9&coding=2&charset=utf-8&$receipts" >/dev/null
send "to=%2B639171234570&text=$long&$receipts" >/dev/null
until_true "five segments are not accepted" count '"answered":true' "$dir/sent.jsonl" 5

grep -q '"to":"+\?639171234567".*"text":"PHP 1,250 is due today"' "$dir/sent.jsonl" ||
	fail "the short text came otherwise"
grep -q '"text":"\[€\] @ you"' "$dir/sent.jsonl" || fail "the extension table came otherwise"
grep -q '"text":"明天"' "$dir/sent.jsonl" || fail "UCS-2 came otherwise"
grep -q '"how":"udh8".*"total":2,"n":2' "$dir/sent.jsonl" || fail "the long text came otherwise"

# Each is reported delivered (of the long one Kannel asks it for its first part alone).
until_true "receipts are not passed on" count 'Receive DLR .*SMSC:sim' "$dir/access.log" 4
until_true "receipts stay unanswered" sim_says '"deliver_answers":4,'

# Two incoming texts, one of them in parts, and Kannel's answers to them.
echo 'mo +639171234567 28550 I will pay on friday' >&5
until_true "the incoming text is not passed on" count 'Receive SMS .*I will pay on friday' \
	"$dir/access.log" 1
until_true "the incoming text is not answered" count 'say I.will.pay.on.friday' \
	"$dir/sent.jsonl" 1
echo 'mo +639171234567 28550 明天还' >&5
until_true "the UCS-2 text is not passed on" count 'Receive SMS ' "$dir/access.log" 2

# A lost connection: Kannel comes back by itself, and is served again.
echo drop >&5
until_true "Kannel does not bind again" sim_says '"binds":2,'
send "to=%2B639171234571&text=again&$receipts" >/dev/null
until_true "nothing is accepted after the drop" count '"text":"again"' "$dir/sent.jsonl" 1

until_true "the operator saw what is not SMPP" sim_says '"malformed":0,.*"twice":0,'
echo "ok"
