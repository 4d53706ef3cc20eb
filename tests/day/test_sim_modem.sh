#!/usr/bin/env bash
# The simulated modems are judged by programs that are not ours: gammu, gammu-smsd and smsd send
# through them, and read reports and replies. What dunlin-sim gets wrong about modems would show
# here before it misleads the tests of the daemon.
set -euo pipefail

: "${BIN:?the build folder}" "${SRC:?the source folder}"
for program in gammu gammu-smsd gammu-smsd-inject smsd; do
	command -v "$program" >/dev/null || exit 77
done

dir=$(mktemp -d)
pids=()
finish() {
	local status=$?
	exec 5>&- || true
	if [ -s "$dir/smsd.pid" ]; then # it leaves its parent, and is slow to end
		local smsd
		smsd=$(cat "$dir/smsd.pid")
		kill "$smsd" 2>/dev/null || true
		for _ in $(seq 150); do
			kill -0 "$smsd" 2>/dev/null && [ -e "$dir/smsd.pid" ] || break
			sleep 0.1
		done
	fi
	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
	for pid in "${pids[@]}"; do
		wait "$pid" 2>/dev/null || true
	done
	if [ $status -ne 0 ]; then
		tail -n 20 "$dir"/*.log "$dir"/*.out "$dir"/sent.jsonl 2>/dev/null || true
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

# has PATTERN N FILE...: at least N lines of them.
has() {
	local n
	n=$(cat "${@:3}" 2>/dev/null | grep -c -- "$1") || true
	[ "${n:-0}" -ge "$2" ]
}

sent() {
	has "$1" "${2:-1}" "$dir/sent.jsonl"
}

sim_says() {
	echo stats >&5
	sleep 0.1
	tail -n 1 "$dir/sim.out" | grep -q -- "$1"
}

mkfifo "$dir/control"
"$BIN/dunlin-sim" modem --count 3 --profile generic,huawei,simcom800 --link "$dir" --control \
	--log "$dir/sent.jsonl" --latency 50 --setup 50 --report-delay 50 --reply-delay 200 \
	--population sample --shares promise=100 --for 600 \
	<"$dir/control" >"$dir/sim.out" 2>"$dir/sim.log" &
pids+=($!)
exec 5>"$dir/control"
until_true "the modems are not there" grep -q '^ready' "$dir/sim.out"

# ---- gammu: one command after the other, each opening the port ----

sed "s|@DIR@|$dir|" "$SRC/tests/day/gammu.conf.in" >"$dir/gammu.conf"
gammu() {
	timeout 60 gammu -c "$dir/gammu.conf" "$@" >>"$dir/gammu.out" 2>&1
}
long=$(printf 'This is a long text %.0s' $(seq 12))
gammu identify || fail "gammu does not know the modem"
grep -q 'IMEI *: 350448100010005' "$dir/gammu.out" || fail "gammu read another IMEI"
gammu sendsms TEXT +639171234567 -report -text "PHP 1,250 is due [today]" || fail "gammu sends nothing"
gammu sendsms TEXT +639171234568 -unicode -text "明天 😊" || fail "gammu sends no UCS-2"
gammu sendsms TEXT +639171234569 -len 400 -text "$long" || fail "gammu sends no long text"
sent '"to":"639171234567".*"text":"PHP 1,250 is due \[today\]".*"registered_delivery":1' ||
	fail "the short text came otherwise"
sent '"text":"明天 😊"' || fail "UCS-2 came otherwise"
sent '"to":"639171234569".*"how":"udh8".*"total":2,"n":2' || fail "the long text came otherwise"

echo "incoming +639170000001 $long" >&5
until_true "the replies do not arrive" sim_says '"stored":5,'
gammu getallsms || fail "gammu reads nothing"
grep -q 'part 2 of 2' "$dir/gammu.out" || fail "gammu sees no parts"
grep -q 'Remote number *: "+639171234568"' "$dir/gammu.out" || fail "gammu sees no reply"
gammu deleteallsms 1 || fail "gammu deletes nothing"
until_true "the texts are still there" sim_says '"deleted":5,'

# ---- gammu-smsd: stays at the port, is told of texts and reports ----

mkdir -p "$dir"/smsd/{inbox,outbox,sent,error}
sed "s|@DIR@|$dir|" "$SRC/tests/day/gammu_smsd.conf.in" >"$dir/gammu-smsd.conf"
gammu-smsd -c "$dir/gammu-smsd.conf" -p "$dir/gammu-smsd.pid" >"$dir/gammu-smsd.out" 2>&1 &
pids+=($!)
gammu-smsd-inject -c "$dir/gammu-smsd.conf" TEXT +639171234601 -report -text "from gammu-smsd" \
	>>"$dir/inject.out" 2>&1
gammu-smsd-inject -c "$dir/gammu-smsd.conf" TEXT +639171234602 -len 400 -text "$long" \
	>>"$dir/inject.out" 2>&1
until_true "gammu-smsd sends nothing" sent '"modem":1.*"text":"from gammu-smsd"'
until_true "gammu-smsd sends no long text" sent '"to":"639171234602".*"n":2'
until_true "gammu-smsd gets no report" has 'Delivered to +639171234601' 1 "$dir/gammu-smsd.log"
until_true "gammu-smsd gets no replies" has 'Received IN.*63917123460' 2 "$dir/gammu-smsd.log"

# ---- smsd of the SMS Server Tools ----

mkdir -p "$dir"/smstools/{outgoing,incoming,checked,failed,sent,report}
sed "s|@DIR@|$dir|" "$SRC/tests/day/smstools.conf.in" >"$dir/smstools.conf"
printf 'To: 639171234701\n\nfrom smsd\n' >"$dir/smstools/outgoing/one"
printf 'To: 639171234702\nAlphabet: UTF-8\n\n%s\n' "$long" >"$dir/smstools/outgoing/two"
smsd -c "$dir/smstools.conf" >"$dir/smsd.out" 2>&1
until_true "smsd sends nothing" sent '"modem":2.*"text":"from smsd"'
until_true "smsd sends no long text" sent '"to":"639171234702".*"n":2'
replies() {
	has 'From: 63917123470' 2 "$dir"/smstools/incoming/*
}
until_true "smsd gets no replies" replies

until_true "a modem was given what is no PDU" sim_says '"malformed":0,.*"twice":0,'
echo "ok"
