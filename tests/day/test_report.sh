#!/usr/bin/env bash
# dunlin report on a small home whose every figure was worked out by hand: who is credited with a
# reply, a promise and a cure, what is known of the cost, the curve, and what the rules did.
set -euo pipefail

# says PATTERN: grep -q that reads to the end, so that nobody is ended by a broken pipe
says() {
	grep "$@" | grep -q .
}

: "${BIN:?the build folder}"
command -v sqlite3 >/dev/null || {
	echo "sqlite3 is missing: reports were not looked at"
	exit 77
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "FAIL: $*" >&2
	exit 1
}

dunlin() {
	"$BIN/dunlin" -C "$dir/home" "$@"
}

# shows COMMAND... <<< LINES: its output is exactly that.
shows() {
	dunlin "$@" 2>"$dir/err" | tr -d '\r' >"$dir/out" || fail "dunlin $*: $(cat "$dir/err")"
	diff "$dir/out" - >"$dir/diff" || fail "dunlin $* (<: what it shows; >: by hand)
$(cat "$dir/diff")"
}

# figures COLUMNS COMMAND...: those columns of its CSV, by number.
figures() {
	local columns=$1
	shift
	dunlin "$@" --csv | tr -d '\r' | tail -n +2 | cut -d, -f"$columns"
}

# same WHAT EXPECTED ACTUAL
same() {
	[ "$2" = "$3" ] || fail "$1:
by hand:
$2
shown:
$3"
}

mkdir -p "$dir/home/campaigns" "$dir/home/templates"
cat >"$dir/home/dunlin.yaml" <<'END'
lender: {name: Sunrise, contact: "+63285550100", country: PH, currency: PHP, timezone: Asia/Manila, languages: [en]}
routes:
  paper: {type: file, path: sent.jsonl, price: "0.35"}
END
printf 'steps:\n  - {day: [1, 7], sms: reminder}\n' >"$dir/home/campaigns/overdue.yaml"
printf 'priority: 200\nsteps:\n  - {day: -3, sms: reminder}\n' >"$dir/home/campaigns/early.yaml"
echo 'Sunrise Lending: {{name}}, {{amount}} is due since {{due_date}}. STOP ends.' \
	>"$dir/home/templates/reminder.en.txt"

# ---- before there is a store ----

[ "$(dunlin report | wc -l)" = 1 ] || fail "an empty home shows more than a sentence"
shows report --json </dev/null
shows report rules --csv <<<"reason,rule,moved,held,ended,override_reason"
[ ! -f "$dir/home/dunlin.db" ] || fail "reading made a store"

# ---- borrowers, and what they paid ----

cat >"$dir/accounts.csv" <<'END'
account_id,name,phone,due_date,amount_due,product,timezone
A-1,Ana,+639170000001,2026-09-01,1000,payday,
A-2,Ben,+639170000002,2026-09-01,1000,payday,
A-3,Cora,+639170000003,2026-09-01,1000,salary,
A-4,Dan,+639170000004,2026-08-01,1000,salary,Asia/Dubai
T-1,Eve,+639170000005,2026-09-20,1000,salary,
T-2,Eve,+639170000005,2026-10-01,1000,salary,
END
cat >"$dir/payments.csv" <<'END'
account_id,paid_on,amount
A-1,2026-09-10,1000
A-2,2026-09-14,600
A-2,2026-09-09,400
END
dunlin import accounts "$dir/accounts.csv" >/dev/null 2>&1
dunlin import payments "$dir/payments.csv" >/dev/null 2>&1

# text ACCOUNT DUE STEP CAMPAIGN CLASS STATUS SEGMENTS PRICE ROUTE TIME ACCEPTED: one that was handed
# over at a time of Manila.  Class 0 campaign, 1 answer, 2 by hand, 3 alert; status 3 sent,
# 4 delivered, 5 failed, 6 expired, 7 unknown.  Prices in millionths.
text() {
	local at="(strftime('%s', '${10}', '-8 hours') * 1000)" accepted=NULL
	[ "${11}" = no ] || accepted=$at
	echo "INSERT INTO message (account, person, due, step, campaign, class, direction, status,
		segments, price, route, template, language, at, created_at, handed_at, sent_at) VALUES (
		(SELECT id FROM account WHERE ref = '$1'), (SELECT person FROM account WHERE ref = '$1'),
		CASE WHEN '$2' <> '' THEN julianday('$2') - 2440587.5 END, nullif('$3', ''),
		nullif('$4', ''), $5, 0, $6, $7, $8, '$9', 'reminder', 'en', $at, $at, $at, $accepted);"
}

# reply ACCOUNT INTENT TIME: intents 1 promise, 3 stop, 6 wrong number, 0 what nobody understood.
reply() {
	local at="(strftime('%s', '$3', '-8 hours') * 1000)"
	echo "INSERT INTO message (account, person, class, direction, status, at, created_at) VALUES (
		(SELECT id FROM account WHERE ref = '$1'), (SELECT person FROM account WHERE ref = '$1'),
		0, 1, 10, $at, $at);
		INSERT INTO inbox (message, intent, handled) VALUES (last_insert_rowid(), $2, 1);"
}

{
	text A-1 2026-09-01 +1/sms overdue 0 4 1 350000 paper '2026-09-02 10:00' yes
	text A-1 2026-09-01 +7/sms overdue 0 4 2 700000 paper '2026-09-08 10:00' yes
	reply A-1 1 '2026-09-08 12:00'
	text A-1 '' '' '' 1 4 1 350000 paper '2026-09-08 12:01' yes
	text A-2 2026-09-01 +1/sms overdue 0 5 1 350000 paper '2026-09-02 10:00' no
	reply A-2 0 '2026-09-02 12:00' # the failed text earns nothing
	text A-2 2026-09-01 +7/sms overdue 0 3 1 NULL sticks '2026-09-08 18:00' yes
	reply A-2 3 '2026-09-15 18:00' # seven days, to the minute
	text A-3 2026-09-01 +1/sms overdue 0 4 1 350000 paper '2026-09-02 10:00' yes
	reply A-3 6 '2026-09-02 11:00'
	reply A-3 0 '2026-09-02 11:05' # the text is answered once
	reply A-3 0 '2026-09-10 11:00' # too late for any text
	text A-4 2026-08-01 +32/sms overdue 0 6 1 350000 paper '2026-09-02 10:00' yes
	text A-4 '' '' '' 2 7 1 350000 paper '2026-09-03 10:00' no
	reply A-4 0 '2026-09-03 11:00'
	text T-1 2026-09-20 -3/sms early 0 4 1 350000 paper '2026-09-17 10:00' yes
	reply T-2 0 '2026-09-17 12:00' # the same person
	text '' '' '' '' 3 4 1 350000 paper '2026-09-08 08:00' yes
	echo "INSERT INTO promise (account, day, expected, due, currency, source, status, at, import,
		until, pauses, actor) SELECT id, 20706, 100000, 20697, 'PHP', 'sms', s, a, 1, 20708, 1, 'x'
		FROM (SELECT id FROM account WHERE ref = 'A-1'),
		(SELECT 1 AS s, strftime('%s', '2026-09-08 04:00') * 1000 AS a
		UNION ALL SELECT 4, strftime('%s', '2026-09-08 03:00') * 1000);
	INSERT INTO optout (key, at, actor) SELECT 'a' || id, strftime('%s', '2026-09-15 10:00') * 1000,
		'dunlin' FROM account WHERE ref = 'A-2';
	INSERT INTO rule_count (at, what, reason, rule, n) VALUES
		(strftime('%s', '2026-09-08 04:00') * 1000, 0, 10, 'base.window', 3),
		(strftime('%s', '2026-09-09 04:00') * 1000, 0, 10, 'base.window', 2),
		(strftime('%s', '2026-09-08 04:00') * 1000, 2, 2, '', 7);
	INSERT OR REPLACE INTO meta (key, value) VALUES ('clock', 'schedule'),
		('clock_at', strftime('%s', '2026-09-19 16:00') * 1000), ('started', 0);"
} >"$dir/rows.sql"
sqlite3 "$dir/home/dunlin.db" <"$dir/rows.sql"

# ---- by what: sent segments delivered failed expired unknown replied promised kept cured_3 cured_7
# ---- opted_out wrong_numbers cost_minor cost_per_cured_minor currency unpriced calls

head='by,value,sent,segments,delivered,failed,expired,unknown,replied,promised,kept,cured_3,cured_7,opted_out,wrong_numbers,cost_minor,cost_per_cured_minor,currency,unpriced,override_reason,calls'
shows report --csv --by step <<END
$head
step,-3/sms,1,1,1,0,0,0,1,0,0,0,0,0,0,35,,PHP,0,,0
step,+1/sms,2,2,2,1,0,0,1,0,0,0,0,0,1,70,,PHP,0,,0
step,+7/sms,2,3,1,0,0,0,2,1,1,1,2,1,0,,,PHP,1,,0
step,+32/sms,1,1,0,0,1,0,0,0,0,0,0,0,0,35,,PHP,0,,0
step,(alert),1,1,1,0,0,0,0,0,0,0,0,0,0,35,,PHP,0,,0
step,(answer),1,1,1,0,0,0,0,0,0,0,0,0,0,35,,PHP,0,,0
step,(manual),0,0,0,0,0,1,1,0,0,0,0,0,0,0,,PHP,0,,0
END
shows report --csv --by route <<END
$head
route,paper,7,8,6,1,1,1,4,1,1,1,1,0,1,280,280,PHP,0,,0
route,sticks,1,1,0,0,0,0,1,0,0,0,1,1,0,,,PHP,1,,0
END
shows report --by total --json <<'END'
{"by":"total","value":"all","sent":8,"segments":9,"delivered":6,"failed":1,"expired":1,"unknown":1,"replied":5,"promised":1,"kept":1,"cured_3":1,"cured_7":2,"opted_out":1,"wrong_numbers":1,"cost_minor":null,"cost_per_cured_minor":null,"currency":"PHP","unpriced":1,"override_reason":null,"calls":0}
END
# Dubai's clock shows 06:00 when Manila's shows 10:00; answers and alerts reach nobody first.
same "by hour" '06,1,0,1
10,4,4,3
18,1,0,1' "$(figures 2,3,5,9 report --by hour)"
same "hours" "$(dunlin report hours --json)" "$(dunlin report --by hour --json)"
same "by weekday" 'tue,2,1,2
wed,3,2,1
thu,1,1,2' "$(figures 2,3,5,9 report --by weekday)"
# The answer to A-1 of the 8th speaks of nothing, but A-1 was seven days late.
same "by bucket" 'M0,1
M1,5
M2,1
(none),1' "$(figures 2,3 report --by bucket)"
same "by campaign" 'early,1
overdue,5
(alert),1
(answer),1
(manual),0' "$(figures 2,3 report --by campaign)"
same "by class" 'alert,1
answer,1
campaign,6
manual,0' "$(figures 2,3 report --by class)"
same "by product" 'payday,4
salary,3
(none),1' "$(figures 2,3 report --by product)"
same "by template and language" 'reminder,8
en,8' "$(figures 2,3 report --by template; figures 2,3 report --by language)"
same "by month" '2026-09,8' "$(figures 2,3 report --by month)"
same "by day" '2026-09-02,3
2026-09-03,0
2026-09-08,4
2026-09-17,1' "$(figures 2,3 report --by day)"
same "all at once" 'campaign:5 hour:3 step:7 total:1' \
	"$(figures 1 report | sort | uniq -c | awk '{printf "%s%s:%s", s, $2, $1; s = " "}')"

# ---- a period is one of texts: what came of them later counts ----

same "one day" '3,2,1,2,1' "$(figures 3,9,11,13,14 report --by total --since 2026-09-08T09:00 --until 2026-09-09)"
# A-1's first text was not the last one before the payment, though the later one is not asked for.
same "the day before" '3,1,0' "$(figures 3,9,13 report --by total --until 2026-09-03)"
same "one campaign" '1,1' "$(figures 3,9 report --by total --campaign early)"

# ---- the curve: A-1 paid on day 9, A-2 on 13, A-3 was open up to 18, A-4 all along ----

dunlin report curve --json >"$dir/curve"
[ "$(wc -l <"$dir/curve")" = 31 ] || fail "the curve has not 31 days"
same "the curve" '{"dpd":8,"open":4,"cured":0,"share":0.0000,"bend":false,"override_reason":null}
{"dpd":9,"open":4,"cured":1,"share":0.2500,"bend":false,"override_reason":null}
{"dpd":13,"open":3,"cured":1,"share":0.5000,"bend":false,"override_reason":null}
{"dpd":18,"open":2,"cured":0,"share":0.5000,"bend":false,"override_reason":null}
{"dpd":19,"open":1,"cured":0,"share":0.5000,"bend":false,"override_reason":null}
{"dpd":30,"open":1,"cured":0,"share":0.5000,"bend":false,"override_reason":null}' \
	"$(grep -E '"dpd":(8|9|13|18|19|30),' "$dir/curve")"
# The campaign has rows for the amounts of A-1, A-2, A-3 and A-4; T-1's is due today.
same "the curve of a campaign" '"open":4' \
	"$(dunlin report curve --json --campaign overdue | head -1 | grep -o '"open":[0-9]*')"
same "amounts of a period" '"open":1' \
	"$(dunlin report curve --json --until 2026-09-01 | head -1 | grep -o '"open":[0-9]*')"

# ---- promises and rules ----

shows report promises --csv <<'END'
status,promises,amount_minor,currency,override_reason
kept,1,100000,PHP,
partial,0,0,PHP,
broken,0,0,PHP,
open,0,0,PHP,
withdrawn,1,100000,PHP,
END
shows report rules --json <<'END'
{"reason":"paid","rule":null,"moved":0,"held":0,"ended":7,"override_reason":null}
{"reason":"window","rule":"base.window","moved":5,"held":0,"ended":0,"override_reason":null}
END
same "rules of a day" 'window,base.window,2,0,0,' \
	"$(dunlin report rules --csv --since 2026-09-09 | tr -d '\r' | tail -n +2)"

# ---- for people ----

dunlin report >"$dir/out"
for words in 'Sunrise: all texts until 2026-09-20 00:00 (Asia/Manila)' \
	'7 days' 'in 9 segments, cost > PHP 2.80' 'kept so far 1' 'Best hour' 'Cure curve' \
	'50% by 30' 'too few to tell where it bends' 'Moved, held and ended'; do
	grep -qF "$words" "$dir/out" || fail "the overview does not say: $words"
done
dunlin help report | says 'How it is counted' || fail "help does not tell how it is counted"

# ---- buckets of the lender's own ----

cp "$dir/home/dunlin.yaml" "$dir/usual.yaml"
echo 'buckets: [0, 5, 20]' >>"$dir/home/dunlin.yaml"
same "by other buckets" 'M0,1
M1,2
M2,3
M3,1
(none),1' "$(figures 2,3 report --by bucket)"
cp "$dir/usual.yaml" "$dir/home/dunlin.yaml"

# ---- wider hours are told in every report ----

cat >>"$dir/home/dunlin.yaml" <<'END'
policy: {windows: {sms: {mon-fri: "07:00-21:00"}}, override_reason: "consent, file 12"}
END
if dunlin check >"$dir/err" 2>&1; then
	for report in '' hours curve rules promises; do
		dunlin report $report | sed -n 2p | says 'consent, file 12' ||
			fail "report $report does not begin with the reason for wider hours"
		dunlin report $report | sed -n 3p | says '^  wider: ' ||
			fail "report $report does not tell what is wider"
		dunlin report $report --json | grep -vq '"override_reason":"consent, file 12"' &&
			fail "report $report --json leaves the reason out"
		dunlin report $report --csv | says '"consent, file 12"' ||
			fail "report $report --csv leaves the reason out"
	done
else
	fail "$(cat "$dir/err")"
fi

# ---- what is asked wrongly ----

for wrong in 'report --by buckt' 'report --since soon' 'report --csv --json' 'report tides' \
	'report hours --by step' 'report rules --campaign overdue' \
	'report --since 2026-09-02 --until 2026-09-01'; do
	status=0
	# shellcheck disable=SC2086
	dunlin $wrong >"$dir/out" 2>"$dir/err" || status=$?
	[ "$status" = 2 ] || fail "dunlin $wrong: exit $status"
	[ ! -s "$dir/out" ] || fail "dunlin $wrong shows something"
done
grep -q 'before --since' "$dir/err" || fail "$(cat "$dir/err")"

# ---- the rules count where they speak: a window moves each text once, STOP ends them ----

rm -rf "$dir/home"
mkdir -p "$dir/home/campaigns" "$dir/home/templates"
cat >"$dir/home/dunlin.yaml" <<'END'
lender: {name: Sunrise, contact: "+63285550100", country: PH, currency: PHP, timezone: Asia/Manila, languages: [en]}
policy: {windows: {sms: {mon-fri: "09:00-12:00"}}}
routes:
  paper: {type: file, path: sent.jsonl, price: "0.35"}
END
printf 'steps:\n  - {day: 1, sms: reminder}\nat: "15:00"\nlate: {within: 3}\n' \
	>"$dir/home/campaigns/overdue.yaml"
echo 'Sunrise Lending: {{name}}, {{amount}} is due since {{due_date}}. STOP ends.' \
	>"$dir/home/templates/reminder.en.txt"
{
	echo account_id,name,phone,due_date,amount_due
	for i in 1 2 3; do echo "A-$i,Ana,+63917000000$i,2026-09-07,1000"; done
} >"$dir/accounts.csv"
dunlin import accounts "$dir/accounts.csv" >/dev/null 2>&1
dunlin serve --at 2026-09-08T06:00 --speed 1000 --until 2026-09-08T06:01 2>"$dir/log" ||
	fail "serve: $(cat "$dir/log")"
dunlin hold A-3 --until 2026-09-10 --reason dispute >/dev/null
dunlin serve --at 2026-09-08T06:00 --speed 100000 --until 2026-09-11 2>"$dir/log" ||
	fail "serve: $(cat "$dir/log")"
dunlin report rules --csv | tr -d '\r' >"$dir/out"
same "moved by the window" 3 "$(awk -F, '$1 == "window" {n += $3} END {print n + 0}' "$dir/out")"
# What is known to end is waited for: the hold moves its text once, to its first free day.
same "moved by the hold" hold,dispute,1,0,0, "$(grep '^hold' "$dir/out")"
same "texts of that home" 'all,3,3,105' "$(figures 2,3,4,16 report --by total)"
