#!/bin/bash
# Durable texts a second of the whole daemon over one SMPP link on loopback, beside what SQLite alone
# asks for and beside Kannel's bearerbox, in one run.  README.md says how to read it.
# Usage: BIN=build/release tests/bench/durable.sh [TEXTS]
. "$(dirname "$0")/lib.sh"
texts=${1:-100000}

# run TEXTS WINDOW RECEIPTS [SIM OPTIONS]: all TEXTS are due and queued before the first may go, then
# the pause is lifted; the operator's own counts say when the first came and when the last was done.
# Sets rate (texts a second), cost and sim_cost (microseconds a text).
run() {
	local n=$1 window=$2 receipts=$3 done_word=answers begin end cpu sim_cpu sent_at
	shift 3
	[ "$receipts" = false ] || done_word=deliver_answers
	sim "$@"
	home "$n" "$window" "$receipts"
	"$dunlin" -C "$work/home" pause >/dev/null
	serve --at 2026-09-01T10:00
	until [ "$(query 'select count(*) from message' 2>/dev/null || echo 0)" = "$n" ]; do
		kill -0 "$dunlin_pid" 2>/dev/null || die "the daemon ended while it planned"
		nap 0.5
	done
	nap 1.5
	cpu=$(cpu_us "$dunlin_pid") sim_cpu=$(cpu_us "$sim_pid")
	"$dunlin" -C "$work/home" resume >/dev/null
	begin=$(now_us)
	counted=0
	while [ "$counted" = 0 ]; do
		begin=$(now_us)
		nap 0.005
		sim_count submits
	done
	sim_reaches submits "$n"
	sent_at=$(now_us)
	sim_reaches "$done_word" "$n"
	end=$(now_us)
	cpu=$(($(cpu_us "$dunlin_pid") - cpu)) sim_cpu=$(($(cpu_us "$sim_pid") - sim_cpu))
	sim_count twice
	[ "$counted" = 0 ] || die "$counted texts came twice"
	sim_count max_unanswered
	rate=$(per_second "$n" $((end - begin)))
	sent_rate=$(per_second "$n" $((sent_at - begin)))
	cost=$(ratio "$cpu" "$n") sim_cost=$(ratio "$sim_cpu" "$n")
	read -r _ peak <<<"$(rss_kb "$dunlin_pid")"
	kill "$dunlin_pid"
	wait "$dunlin_pid" || true
	sim_quit
	printf 'dunlin, window %s, receipts %s%s: %s texts/s (submitted at %s/s), %s us a text (operator %s us), at most %s in flight, peak %d MB\n' \
		"$window" "$receipts" "${*:+, $*}" "$rate" "$sent_rate" "$cost" "$sim_cost" "$counted" $((peak / 1024))
}

# floor GROUP: rows a second and microseconds a row of SQLite alone, into floor_rate and floor_cost
floor() {
	local line
	rm -f "$work"/floor.db*
	line=$("$bin/tests/bench_floor" "$work/floor.db" "$texts" "$1")
	read -r floor_rate floor_cost <<<"$(awk '{ printf "%.0f %s", $2 / $6, $8 }' <<<"$line")"
	printf 'SQLite, groups of %s: %s rows/s inserted and changed, %s us a row\n' "$1" "$floor_rate" "$floor_cost"
}

# kannel TEXTS WINDOW: bearerbox with its spool store, fed over the box connection, receipts on
kannel() {
	local n=$1 begin end cpu box=$((20000 + RANDOM % 12000))
	sim --receipts final --receipt-delay 50
	mkdir -p "$work/spool"
	cat >"$work/kannel.conf" <<-CONF
		group = core
		admin-port = $((box + 1))
		admin-password = sandpiper
		admin-interface = 127.0.0.1
		smsbox-port = $box
		smsbox-interface = 127.0.0.1
		log-file = "$work/bearerbox.log"
		log-level = 3
		store-type = spool
		store-location = "$work/spool"
		dlr-storage = internal

		group = smsc
		smsc = smpp
		smsc-id = sim
		host = 127.0.0.1
		port = $sim_port
		transceiver-mode = true
		smsc-username = sunrise
		smsc-password = plover
		system-type = ""
		max-pending-submits = $2

		group = smsbox
		bearerbox-host = 127.0.0.1
	CONF
	bearerbox -v 4 "$work/kannel.conf" >"$work/bearerbox.out" 2>"$work/bearerbox.err" &
	local pid=$!
	pids+=($pid)
	counted=0
	while [ "$counted" = 0 ]; do
		nap 0.1
		kill -0 "$pid" 2>/dev/null || die "bearerbox does not start"
		sim_count binds
	done
	cpu=$(cpu_us "$pid") begin=$(now_us)
	"$bin/tests/bench_box" "$box" "$n" 1000 >"$work/box.out" || die "bearerbox: $(cat "$work/box.out")"
	end=$(now_us)
	cpu=$(($(cpu_us "$pid") - cpu))
	kannel_rate=$(per_second "$n" $((end - begin)))
	kannel_cost=$(ratio "$cpu" "$n")
	kill -9 "$pid" # it takes half a minute to end by itself
	wait "$pid" 2>/dev/null || true
	sim_quit
	printf 'Kannel bearerbox, window %s, receipts true: %s texts/s, %s us a text (%s)\n' "$2" "$kannel_rate" "$kannel_cost" \
		"$(cat "$work/box.out")"
}

verdict() {
	printf '%-62s %8s  (%s)\n' "$@"
}

floor 100
floor 1000
run "$texts" 1000 false --receipts off
plain_rate=$rate plain_cost=$cost
run "$texts" 100 true --receipts final --receipt-delay 50
full_rate=$rate full_cost=$cost
run 10000 100 false --receipts off --answer-delay 50 --response-order shuffle
far_rate=$rate
if command -v bearerbox >/dev/null; then
	kannel "$texts" 100
else
	kannel_rate=0 kannel_cost=0
	echo 'Kannel is not installed: its ratios are 0'
fi
echo
verdict 'texts a second without receipts, window 1000' "$plain_rate" 'aim 25000'
verdict 'texts a second with receipts, window 100' "$full_rate" 'aim 12000'
verdict 'share of window / latency at 50 ms, window 100' "$(ratio "$far_rate" 2000)" 'aim 0.95'
verdict 'CPU a text with receipts, Kannel / dunlin' "$(ratio "$kannel_cost" "$full_cost")" 'aim 8'
verdict 'texts a second with receipts, dunlin / Kannel' "$(ratio "$full_rate" "$kannel_rate")" ''
verdict 'CPU a text, dunlin without receipts / SQLite, groups of 1000' "$(ratio "$plain_cost" "$floor_cost")" ''
verdict 'CPU a text, dunlin with receipts / SQLite, groups of 1000' "$(ratio "$full_cost" "$floor_cost")" ''
