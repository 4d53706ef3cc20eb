"""The program nobody has written yet: it knows Dunlin by its contract alone, and drives it from outside.

Names, keys, types, exit statuses and what the lists say; when a text may go is rules.py's.
GO_ON=1 goes through all groups in spite of failures.
"""
import contextlib
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "fault"))
from lib import *  # noqa: E402

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)$")
DATE = re.compile(r"\d{4}-\d\d-\d\d$")
STEP = re.compile(r"(\+|-)\d+/(sms|call|task)$")
KINDS = {
    "i": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "s": lambda v: isinstance(v, str) and v != "",
    "b": lambda v: isinstance(v, bool),
    "t": lambda v: isinstance(v, str) and TIME.match(v),
    "d": lambda v: isinstance(v, str) and DATE.match(v),
    "p": lambda v: isinstance(v, str) and STEP.match(v),
    "c": lambda v: isinstance(v, str) and re.match(r"[A-Z]{3}$", v),
    "l": lambda v: isinstance(v, list),
    "o": lambda v: isinstance(v, dict),
    "r": lambda v: v in REASONS,
}
# key:KIND, with ? where null may stand
ROWS = {
    "plan": "key:s account:s name:s due_date:d day:i campaign:s step:p channel:s template:s? "
            "language:s to:s? at:t? text:s? segments:i? encoding:s? price_minor:i? route:s? "
            "decision:s reason:r? rule:s?",
    "messages": "id:i account:s? due_date:d? campaign:s? step:p? class:s? direction:s channel:s "
                "to:s? from:s? text:s? route:s? status:s reason:r? segments:i? parts:l "
                "created_at:t sent_at:t? done_at:t?",
    "inbox": "id:i account:s? from:s text:s received_at:t intent:s? language:s? promise_date:d? "
             "amount_minor:i? currency:c? handled:b",
    "promises": "id:i account:s date:d amount_minor:i? currency:c source:s status:s",
    "tasks": "id:i account:s? kind:s due:d? reason:s? status:s",
    "accounts": "account:s name:s person:s? phone:s? language:s timezone:s product:s? segment:s? "
                "risk:s? cause:s? dpd:i? arrears_minor:i balance_minor:i currency:c next_step:p? "
                "next_at:t? next_reason:r? holds:l opted_out:b",
    "imports": "id:i kind:s file:s at:t by:s taken:i known:i refused:i closed:i undone:b",
    "routes": "name:s type:s state:s since:t? reason:s? queue:i in_flight:i sent_today:i "
              "failed_today:i rate:i price_minor:i? learned:s?",
    "events": "seq:i at:t kind:s actor:s? account:s? message:i? data:o hash:s",
    "reply-explain": "intent:s promise_date:d? amount_minor:i? currency:c? language:s? cues:l",
    "template preview": "template:s language:s text:s encoding:s segments:i units:i left:i "
                        "price_minor:i? costly:l",
    "account": "account:o amounts:l payments:l messages:l calls:l inbox:l promises:l holds:l "
               "tasks:l decisions:l",
    "amounts": "due_date:d billed_minor:i left_minor:i",
    "holds": "reason:s from:t until:d? by:s",
    "decisions": "at:t step:p decision:s reason:r? rule:s? policy:s",
    "parts": "n:i status:s smsc_id:s? done_at:t?",
    "costly": "char:s instead:s?",
    "status": "now:t live:b paused:b clock:o routes:l modems:l queue:o today:o needs:o",
    "reasons": "reason:s text:s",
}
STATUSES = {"planned", "queued", "sending", "sent", "delivered", "failed", "expired", "unknown",
            "cancelled", "skipped", "received"}
REASONS = set()
wanted = []


def want(condition, *what):
    """As check, but the group goes on, so that one run shows all that deviates."""
    if not condition:
        wanted.append(" ".join(str(w) for w in what)[:1500])


@contextlib.contextmanager
def group(what):
    """told, and everything that was wanted in it."""
    with told(what):
        del wanted[:]
        yield
        check(not wanted, "\n  ".join(["%d deviations" % len(wanted)] + wanted))


def has_keys(kind, rows, at_least=1):
    check(len(rows) >= at_least, kind, "shows", len(rows), "rows")
    for row in rows:
        for word in ROWS[kind].split():
            key, type_ = word.split(":")
            if key not in row:
                want(False, kind, "has no", key, row)
                return
            if row[key] is None:
                want(type_.endswith("?"), kind, key, "is null in", row)
            else:
                want(KINDS[type_[0]](row[key]), kind, key, "is", repr(row[key]), "in", row)
    return rows


def says(home, status, words, *args):
    """A refusal: its status, and what it says on standard error alone."""
    out = home.run(*args, status=None)
    want(home.status == status, args, "exits", home.status, "and not", status, out, home.stderr)
    for word in [words] if isinstance(words, str) else words:
        want(word.lower() in home.stderr.lower(), args, "does not say", repr(word), "but",
             home.stderr)
    return home.stderr


def takes(home, kind, text, *options, status=0, encoding="utf-8", name="in.csv"):
    path = os.path.join(home.dir, name)
    with open(path, "wb") as f:
        f.write(text.encode(encoding) if isinstance(text, str) else text)
    out = home.run("import", kind, path, *options, status=None)
    want(status is None or home.status == status, "import exits", home.status, "and not", status, ":", out,
         home.stderr, text[:300])
    return out + home.stderr


def balance(home, account):
    return home.one("accounts", "--account", account)["balance_minor"]


ONE = [("A1", "Ana", "+639170000001", "2026-08-31", "1500.00")]
HEAD = "account_id,name,phone,due_date,amount_due"

with group("the sample home works, and can reach nobody"):
    home = Home()
    REASONS |= {r["reason"] for r in has_keys("reasons", home.list("help", "reasons"))}
    for word in ("done paid opted_out promise_open hold claims_paid awaiting_person wrong_number "
                 "third_party window holiday cap gap cooloff late superseded quota no_route "
                 "no_phone no_language no_check template_error barred stale paused clock restored "
                 "campaign_changed test").split():
        want(word in REASONS, "help reasons does not know", word)
    want(len(home.run("help", "reasons").splitlines()) >= len(REASONS), "the table of reasons")
    parent = folder()
    sample = os.path.join(parent, "home")
    home.run("init", sample)
    home.run("init", sample, status=1)
    home.dir = sample
    home.run("check")
    want(home.list("plan") == [] and home.list("messages") == [], "an empty store has rows")
    for kind in ("accounts", "payments"):
        home.run("import", kind, os.path.join(sample, kind + ".csv"))
    rows = has_keys("accounts", home.list("accounts"), 5)
    phones = [r["phone"] for r in rows]
    text = open(os.path.join(sample, "dunlin.yaml")).read()
    want(len(set(phones)) == len(phones), "sample numbers are not distinct")
    want(all(p in text for p in phones), "a sample number is no test number")
    has_keys("plan", home.list("plan"), 3)
    has_keys("status", home.list("status"))
    want(home.one("status")["live"] is False, "the sample is live")
    routes = has_keys("routes", home.list("routes"))
    want([r["type"] for r in routes] == ["file"], "more than the file route:", routes)
    want(re.search(r"^live: false", text, re.M), "init does not write live: false")

with group("every mistake is told at once, with its place"):
    home = Home()
    home.put("dunlin.yaml", LENDER.format(zone="Asia/Manila").replace("contact:", "contat:") +
             "polcy: {}\nlive: perhaps\nroutes:\n  paper: {type: file, path: sent.jsonl}\n")
    home.put("campaigns/main.yaml",
             "steps:\n  - {day: [1, 1], sms: reminder}\n  - {day: 2, sms: remindr}\nat: \"25:00\"\n")
    home.put("templates/reminder.en.txt", "{{lender}}: {{nam}}, {{amount}}\n")
    error = says(home, 1, ["did you mean `contact`", "`policy`", "remindr", "nam", "25:00", "live"],
                 "check")
    lines = error.splitlines()
    at = [i for i, x in enumerate(lines) if re.match(r"\S+:\d+:\d+: error: ", x)]
    want(len(at) >= 6, "fewer than six mistakes in their form:", error)
    for i in at:
        want(i + 2 < len(lines) and lines[i + 2].strip().startswith("^"), "no caret:", lines[i])
        column = int(lines[i].split(":")[2])
        want(len(lines[i + 2]) - 2 == column, "the caret is elsewhere:", lines[i:i + 3])
    for command in (("plan",), ("serve",), ("send", "--to", "+639170000001", "--text", "x")):
        says(home, 1, "error:", *command)

with group("what the lender may and may not write"):
    def checks(status, words, old=None, new=None, more="", **files):
        home = Home(more=more)
        if old is not None:
            home.edit(old, new)
        for name, text in files.items():
            home.put({"campaign": "campaigns/main.yaml",
                      "template": "templates/reminder.en.txt"}[name], text)
        says(home, status, words, "check")
        return home

    paper = "paper: {type: file, path: sent.jsonl}"
    smpp = "op: {type: smpp, host: %s, port: 2775, system_id: x, %s, source: \"28550\"%s}"
    checks(0, [])
    checks(0, [], "routes:", "live: true\npromises: {ahead: 31, grace: 1, tolerance: 5}\n"
           "alerts: {to: \"+639171234567\", daily: \"08:00\"}\nstore: dunlin.db\n"
           "web: {listen: \"127.0.0.1:8080\"}\ntest_numbers: [\"+639171234567\"]\n"
           "policy: {preset: base, stale_after: 2, ignore_below: \"1.00\"}\nroutes:")
    checks(1, "`password`", paper, smpp % ("127.0.0.1", "password: hunter2", ""))
    home = checks(1, "chmod 600", paper, smpp % ("127.0.0.1", "password_file: open.password", ""))
    home = Home()
    home.put("open.password", "hunter2\n")
    os.chmod(os.path.join(home.dir, "open.password"), 0o644)
    home.edit(paper, smpp % ("127.0.0.1", "password_file: open.password", ""))
    want("hunter2" not in says(home, 1, "chmod 600", "check"), "the password is shown")
    checks(0, "warning", paper, smpp % ("smpp.example.net", "password_file: smpp.password", ""))
    want("warning" not in says(checks(0, [], paper, smpp % (
        "127.0.0.1", "password_file: smpp.password", "")), 0, [], "check"), "tls on loopback")
    checks(1, "reply", paper, smpp % ("127.0.0.1", "password_file: smpp.password",
                                      ", replies: false"),
           template="{{! replies: yes }}{{lender}}: reply with a day\n")
    checks(1, "override_reason", "routes:",
           "policy: {windows: {sms: {mon-sun: \"06:00-23:00\"}}}\nroutes:")
    checks(0, [], "routes:", "policy: {windows: {sms: {mon-sun: \"06:00-23:00\"}}, "
           "override_reason: agreed}\nroutes:")
    checks(1, "preset", "routes:", "policy: {preset: nowhere}\nroutes:")
    checks(1, "timezone", "Asia/Manila", "Asia/Manilla")
    checks(1, "currency", "currency: PHP", "currency: PESO")
    checks(1, "+1/sms", campaign="steps:\n  - {day: 1, sms: reminder}\n"
           "  - {day: [2, 1], sms: reminder}\n")
    checks(1, "twice", more="live: true\nlive: true\n")
    home = Home()
    home.put("scripts/reminder-call.yaml", "say: hello\n")
    home.put("campaigns/main.yaml",
             "priority: 10\nselect: {product: [payday, salary], segment: early}\n"
             "steps:\n  - {day: -3, sms: reminder}\n  - {day: [1, 7, 15, 21], sms: reminder}\n"
             "  - {day: 10, call: reminder-call, when: {replied: no, promise: none}}\n"
             "  - {day: [24, 27, 30], task: manual call, sms: reminder, mandatory: true}\n"
             "at: \"10:00\"\nlate: {within: 3}\n")
    want("12 steps" in home.run("check"), "twelve single steps")

with group("the command line: names, options, exit statuses"):
    home = Home()
    known = home.run("help")
    for name in ("init check import imports plan serve status accounts messages inbox promises "
                 "calls tasks account send reply hold release optout promise cancel resolve skip "
                 "events pause resume template reply-explain routes modems verify backup restore "
                 "adopt help").split():
        want(re.search(r"^  %s\b" % name, known, re.M), "help does not name", name)
        home.run("help", name, status=None)
        want(home.status == 0, "help", name, "exits", home.status)
    says(home, 2, "did you mean `messages`", "mesages")
    says(home, 2, "--limit", "messages", "--limit", "many")
    says(home, 2, "--since", "messages", "--since", "15/09/2026")
    says(home, 2, [], "messages", "extra")
    says(home, 2, [], "plan", "--of", "2026-09-01")
    says(home, 2, [], "import", "loans", "x.csv")
    says(home, 3, "nothere.csv", "import", "accounts", "nothere.csv")
    for args in (("serve", "--speed", "5"), ("serve", "--at", "tomorrow"),
                 ("serve", "--at", "2026-09-01", "--speed", "0"),
                 ("serve", "--at", "2026-09-01", "--speed", "100001"),
                 ("serve", "--at", "2026-09-01", "--until", "later"), ("hold", "A1"),
                 ("hold", "A1", "--until", "2026-13-01", "--reason", "x"),
                 ("promise", "A1"), ("skip", "A1/whatever"), ("resolve", "1"),
                 ("resolve", "1", "--sent", "--again"), ("cancel", "first"), ("adopt",),
                 ("send", "--account", "A1"), ("send", "--to", "+639170000001"),
                 ("events", "--after", "x"), ("plan", "--days", "0"), ("skip", )):
        says(home, 2, [], *args)
    home.accounts(ONE)
    says(home, 2, [], "promise", "A1", "--date", "soon")
    for args in (("account", "nobody"), ("messages", "--account", "nobody"),
                 ("hold", "nobody", "--until", "2030-01-01", "--reason", "x"),
                 ("release", "nobody"), ("optout", "nobody"), ("promise", "nobody", "--withdraw"),
                 ("cancel", "99"), ("resolve", "99", "--sent"), ("inbox", "done", "99"),
                 ("tasks", "done", "99"), ("skip", "A1/2026-08-31/+99/sms"),
                 ("pause", "--campaign", "nothing"), ("template", "preview", "nothing"),
                 ("template", "approve", "nothing"), ("import", "undo", "99"),
                 ("routes", "test", "nothing"), ("promise", "A1", "--withdraw"),
                 ("restore", "nothing.db"), ("account", "A2")):
        says(home, 1, [], *args)
        want(home.stderr.strip(), args, "says nothing")
    says(home, 3, "serve", "send", "--account", "A1", "--template", "reminder")
    says(home, 3, [], "backup", "/proc/no/such/folder.db")
    home.dir = os.path.join(home.dir, "nowhere")
    says(home, 1, "dunlin init", "status")

with group("accounts.csv: forms, keys and modes"):
    home = Home()
    out = takes(home, "accounts", "\ufeff" + HEAD + "\nA1,\"Cruz, Ana\",0917 000 0001,2026-08-31,"
                "1500.00\nA1,\"Cruz, Ana\",09170000001,2026-09-30,200.5\n")
    rows = has_keys("accounts", home.list("accounts"))
    want(len(rows) == 1 and rows[0]["phone"] == "+639170000001" and rows[0]["name"] == "Cruz, Ana",
         "BOM, quotes, national numbers:", rows)
    want(rows[0]["balance_minor"] == 170050 and rows[0]["currency"] == "PHP" and
         rows[0]["timezone"] == "Asia/Manila" and rows[0]["language"] == "en", rows[0])
    takes(home, "accounts", HEAD.replace(",", ";") + "\nA2;Jos\u00e9;+639170000002;2026-08-31;9.00\n",
          encoding="cp1252")
    takes(home, "accounts", (HEAD + "\r\nA3,Bo,+639170000003,2026-08-31,9\r\n").replace(",", "\t"))
    names = {r["account"]: r["name"] for r in home.list("accounts")}
    want(names.get("A2") == "Jos\u00e9" and names.get("A3") == "Bo", "CP-1252, ; and tab:", names)
    out = takes(home, "accounts", HEAD + "\nA2,Jose,+639170000002,2026-08-31,7.00\n")
    want("3" in out and "not in" in out, "open amounts that were not in the file:", out)
    want(balance(home, "A2") == 700, "the key is account and due date")
    takes(home, "accounts", HEAD + "\nA1,Ana,+639170000001,2026-10-31,1.00\n", "--mode", "replace",
          "--yes")
    want(balance(home, "A1") == 100 and balance(home, "A2") == 700, "replace")
    big = HEAD + "\n" + "".join("B%d,Bo,+6391800000%02d,2026-08-31,1.00\n" % (i, i)
                                for i in range(30))
    takes(home, "accounts", big)
    few = "\n".join(big.splitlines()[:20]) + "\n"
    takes(home, "accounts", few, "--mode", "complete", status=1)
    want("--yes" in home.stderr, "closing a third asks for --yes:", home.stderr)
    want(len([r for r in home.list("accounts") if r["balance_minor"]]) == 33, "half imported")
    takes(home, "accounts", few, "--mode", "complete", "--yes")
    want(len([r for r in home.list("accounts") if r["balance_minor"]]) == 19, "complete")
    says(home, 2, "mode", "import", "accounts", os.path.join(home.dir, "in.csv"), "--mode", "all")
    rows = has_keys("imports", home.list("imports"), 6)
    want([r["id"] for r in rows] == sorted((r["id"] for r in rows), reverse=True), "newest first")
    want(rows[0]["closed"] >= 14 and rows[0]["kind"] == "accounts", rows[0])
    home.run("import", "undo", rows[0]["id"])
    want(len([r for r in home.list("accounts") if r["balance_minor"]]) == 33, "undo")
    want(home.list("imports")[0]["undone"] or home.list("imports")[1]["undone"], "is not undone")
    says(home, 1, [], "import", "undo", rows[0]["id"])

with group("rows that cannot be taken, and what Excel breaks"):
    home = Home()
    bad = [("A2,Bo,2.54E+11,2026-08-31,1.00", ["excel"]),
           ("A3,Bo,+639170000003,15/09/2026,1.00", ["excel", "yyyy-mm-dd"]),
           ("A4,Bo,+639170000004,2026-02-30,1.00", []),
           ("A5,Bo,+639170000005,2026-08-31,1.005", []),
           ("A6,Bo,+639170000006,2026-08-31,1 000", []),
           ("A7,Bo,+639170000007,2026-08-31", []),
           (",Bo,+639170000008,2026-08-31,1.00", []),
           ("A9,Bo,12,2026-08-31,1.00", []),
           ("A1,Ana,+639170000001,2026-08-31,2.00", []),
           ("A8,Bo,\"+639170000009,2026-08-31,1.00", [])]
    good = "A1,Ana,+639170000001,2026-08-31,1.00\n"
    for row, words in bad[:8]:
        home = Home()
        out = takes(home, "accounts", HEAD + "\n" + good + row + "\n", status=None)
        want("in.csv:3:" in out, "no line is named for", row, ":", out)
        for word in words:
            want(word in out.lower(), "does not say", word, "of", row, ":", out)
        taken = [r["account"] for r in home.list("accounts")]
        want("A1" in taken, "the good row was not taken beside", row, taken)
        home = Home()
        takes(home, "accounts", HEAD + "\n" + good + row + "\n", "--strict", status=1)
        want(not home.list("accounts"), "--strict took some beside", row)
    home = Home()
    out = takes(home, "accounts", HEAD + "\n" + good + bad[8][0] + "\n", status=None)
    want("in.csv:3" in out, "the same amount twice:", out)
    out = takes(home, "accounts", HEAD + "\n" + good.replace("A1", "AA") + bad[9][0] + "\n",
                status=None)
    want("in.csv" in out, "an open quote:", out)
    home = Home()
    out = takes(home, "accounts", HEAD + "\n" + good, "--dry-run")
    want(not home.list("accounts") and not home.list("imports"), "--dry-run took something")
    takes(home, "accounts", "account_id,name,phone,due_date,amount_du\nA1,A,+639170000001,"
          "2026-08-31,1.00\n", status=1)
    want("amount_due" in home.stderr, "a missing column:", home.stderr)
    takes(home, "accounts", "", status=1)
    takes(home, "accounts", HEAD + ",currency\nA1,A,+639170000001,2026-08-31,1.00,PHP\n"
          "A1,A,+639170000001,2026-09-30,1.00,USD\n", status=None)
    want("currenc" in home.stderr.lower(), "two currencies in one account:", home.stderr)
    home = Home()
    takes(home, "accounts", HEAD + ",currency\nA1,A,+639170000001,2026-08-31,1500,JPY\n"
          "A2,A,+639170000002,2026-08-31,1.500,KWD\nA3,A,+639170000003,2026-08-31,1.5,JPY\n",
          status=None)
    want("in.csv:4" in home.stderr, "half a yen:", home.stderr)
    want(balance(home, "A1") == 1500 and balance(home, "A2") == 1500, "minor units")

with group("payments.csv: keys, credit, reversal, amount_left, undo"):
    home = Home()
    owed = HEAD + "\nA1,Ana,+639170000001,2026-08-01,100.00\nA1,Ana,+639170000001,2026-09-01,50.00\n"
    takes(home, "accounts", owed)
    paid = "account_id,paid_on,amount,reference\n"

    def left():
        return [a["left_minor"] for a in home.one("account", "A1")["amounts"]]

    takes(home, "payments", paid + "A1,2026-08-05,120.00,r1\n")
    want(left() == [0, 3000], "the oldest first, part by part:", left())
    out = takes(home, "payments", paid + "A1,2026-08-05,120.00,r1\n")
    want(left() == [0, 3000] and "1 known" in out, "known already:", out)
    takes(home, "payments", paid + "A1,2026-08-06,-120.00,r2\n")
    want(left() == [10000, 5000], "a reversal re-opens:", left())
    takes(home, "payments", paid + "A1,2026-08-07,200.00,r3\n")
    want(left() == [0, 0], left())
    takes(home, "accounts", owed + "A1,Ana,+639170000001,2026-10-01,80.00\n")
    want(left() == [0, 0, 3000], "excess is credit for the next:", left())
    takes(home, "payments", paid.replace(",reference", "") + "A1,2026-08-08,5\nA1,2026-08-08,5\n")
    want(left() == [0, 0, 2000], "without reference, the n-th such row:", left())
    takes(home, "payments", paid.replace(",reference", "") + "A1,2026-08-08,5\nA1,2026-08-08,5\n"
          "A1,2026-08-08,5\n")
    want(left() == [0, 0, 1500], "a third such row:", left())
    out = takes(home, "payments", paid + "A9,2026-08-08,5,r9\n", status=None)
    want("in.csv:2" in out, "an unknown account:", out)
    takes(home, "payments", paid + "A9,2026-08-08,5,r9\nA1,2026-08-08,1,r10\n", "--strict", status=1)
    want(left() == [0, 0, 1500], "--strict")
    home.run("import", "undo", home.list("imports")[0]["id"])
    want(left() == [0, 0, 2000], "undone:", left(), home.list("imports"))
    home = Home()
    takes(home, "accounts", HEAD + ",amount_left\nA1,Ana,+639170000001,2026-08-01,100.00,60.00\n")
    want(left() == [6000], "amount_left:", left())
    takes(home, "payments", paid + "A1,2026-07-20,10.00,r1\n")
    want(left() == [5000], "imported after it, whatever paid_on:", left())
    takes(home, "accounts", HEAD + ",amount_left\nA1,Ana,+639170000001,2026-08-01,100.00,45.00\n")
    want(left() == [4500], "contains what was imported before:", left())
    takes(home, "accounts", HEAD + ",amount_left\nA1,Ana,+639170000001,2026-08-01,100.00,0\n", "--yes")
    want(left() in ([0], []), "0 closes the row:", left())
    row = home.one("account", "A1")
    want(row["amounts"] == [] or row["amounts"][0]["billed_minor"] == 10000, row)
    want([(p["amount_minor"], p["paid_on"], p["reference"]) for p in row["payments"]] ==
         [(1000, "2026-07-20", "r1")], "payments of account ID:", row["payments"])

STEPS = ("steps:\n  - {day: -3, sms: soon}\n  - {day: [0, 1, 7, 15, 21], sms: reminder}\n"
         "  - {day: 24, task: manual call, sms: reminder}\nat: \"10:00\"\n")


def campaign(home, text=STEPS):
    home.put("campaigns/main.yaml", text)
    home.put("templates/soon.en.txt", "{{lender}}: {{amount}} is due on {{due_date}}.\n")
    home.put("templates/reminder.en.txt",
             "{{! class: remind; replies: yes }}{{lender}}: {{name}}, {{amount}}, oldest "
             "{{amount_oldest}}, all {{balance}}, {{days_overdue}} days since {{due_date}}. "
             "{{contact}}\n")
    return home


def plan(home, day, *more):
    return home.list("plan", "--on", day, *more)


with group("the plan: steps, days past due, figures"):
    home = campaign(Home())
    home.through("2026-09-01T00:00", "2026-09-01T00:10")
    takes(home, "accounts", HEAD + ",product\n"
          "A1,Ana,+639170000001,2026-09-04,100.00,x\n"
          "A2,Ben,+639170000002,2026-09-01,100.00,x\nA2,Ben,+639170000002,2026-10-01,70.00,x\n"
          "A3,Cy,+639170000003,2026-08-31,100.00,x\nA3,Cy,+639170000003,2026-09-04,30.00,x\n"
          "A4,Di,+639170000004,2026-08-08,100.00,x\nA5,Ed,,2026-08-31,100.00,x\n"
          "A6,Flo,+491700000006,2026-08-31,100.00,x\n")
    rows = {r["key"]: r for r in has_keys("plan", plan(home, "2026-09-01"), 6)}
    a1, a2 = rows.get("A1/2026-09-04/-3/sms"), rows.get("A2/2026-09-01/+0/sms")
    want(a1 and a1["day"] == -3 and a1["decision"] == "send" and a1["template"] == "soon" and
         a1["text"] == "Sunrise Lending: PHP 100.00 is due on 4 Sep 2026." or a1, a1)
    want(a1 and a1["at"].startswith("2026-09-01T10:00:00") and a1["at"].endswith("+08:00"), a1)
    want(a2 and a2["step"] == "+0/sms" and "all PHP 170.00, 0 days" in a2["text"], a2)
    a3 = rows.get("A3/2026-08-31/+1/sms")
    want(a3 and "PHP 100.00, oldest PHP 100.00, all PHP 130.00, 1 days" in a3["text"], a3)
    want(not [k for k in rows if k.startswith("A3/2026-09-04")], "a pre-due step in arrears")
    a4 = [rows.get("A4/2026-08-08/+24/" + c) for c in ("task", "sms")]
    want(a4[0] and a4[0]["decision"] == "task" and a4[1] and a4[1]["decision"] == "send", a4)
    want(rows.get("A5/2026-08-31/+1/sms", {}).get("reason") == "no_phone", "A5", rows)
    want(rows.get("A6/2026-08-31/+1/sms", {}).get("reason") == "no_route", "A6", rows)
    for r in rows.values():
        want(r["decision"] in ("send", "defer", "skip", "task"), r)
        want(r["segments"] is None or r["encoding"] in ("gsm7", "ucs2", "GSM-7", "UCS-2"), r)
    want({r["account"]: r["dpd"] for r in home.list("accounts")} ==
         {"A1": None, "A2": None, "A3": 1, "A4": 24, "A5": 1, "A6": 1}, "dpd")
    days = plan(home, "2026-09-01", "--days", "8")
    want("A3/2026-08-31/+7/sms" in [r["key"] for r in days], "--days")
    table = home.run("plan", "--on", "2026-09-01")
    want("A1" in table and "{" not in table, "the table:", table)
    # due and paid: nothing more is said of it, and what comes next takes its place
    home.payments([("A3", "2026-09-01", "100.00", "r1")])
    rows = plan(home, "2026-09-01")
    a3 = [r for r in rows if r["account"] == "A3" and r["decision"] == "send"]
    want([r["key"] for r in a3] == ["A3/2026-09-04/-3/sms"], "when the oldest clears:", a3)
    home.through("2026-09-01T00:10", "2026-09-01T20:00")
    rows = [r for r in plan(home, "2026-09-01") if r["account"] in ("A1", "A2", "A4")]
    want(rows and {(r["decision"], r["reason"]) for r in rows if r["channel"] == "sms"} ==
         {("skip", "done")}, "already served:", rows)
    lines = texts = read_lines(os.path.join(home.dir, "sent.jsonl"))
    want(len(lines) == 4, "lines of the file route:", lines)
    ids = {m["id"] for m in home.out()}
    for x in lines:
        want(all(k in x for k in "id at route from to text encoding segments".split()), x)
        want(TIME.match(x["at"]) and x["route"] == "paper" and x["id"] in ids, x)
    rows = has_keys("messages", home.messages(), 4)
    for m in rows:
        has_keys("parts", m["parts"], 0)
        want(m["status"] in STATUSES and m["direction"] == "out" and m["class"] == "campaign" and
             m["channel"] == "sms", m)
        if m["status"] == "sent":
            want(m["sent_at"] and m["route"] == "paper" and len(m["parts"]) == m["segments"], m)
    tasks = has_keys("tasks", home.list("tasks"))
    want(len(tasks) == 1 and tasks[0]["account"] == "A4" and tasks[0]["status"] == "open" and
         tasks[0]["kind"] == "manual call", tasks)
    home.run("tasks", "done", tasks[0]["id"])
    want(home.list("tasks")[0]["status"] == "done", "tasks done")
    has_keys("events", home.list("events"), 8)
    row = has_keys("account", home.list("account", "A4"))[0]
    has_keys("accounts", [row["account"]])
    for key in ("amounts", "messages", "tasks", "decisions"):
        has_keys(key, row[key])
    want(row["decisions"][0]["step"] == "+24/sms" and row["decisions"][0]["decision"] == "send",
         row["decisions"])
    want(len(has_keys("status", home.list("status"))) == 1, "status")
    status = home.one("status")
    want(status["now"].startswith("2026-09-01T20:00"), "the stopped clock stands at --until", status)
    has_keys("routes", status["routes"])

with group("rows of the plan that wait, and why"):
    def why(more="", before=None, on="2026-09-01"):
        home = campaign(Home(more=more), "steps:\n  - {day: [1, 7], sms: reminder}\n")
        home.through("2026-08-30T00:00", "2026-08-30T00:10")
        home.accounts(ONE)
        for args in before or []:
            home.run(*args)
        rows = [r for r in has_keys("plan", plan(home, on), 0) if r["account"] == "A1"]
        return [(r["decision"], r["reason"]) for r in rows], rows, home

    def is_(expected, *args, **more):
        got, rows, home = why(*args, **more)
        want(got == expected, "expected", expected, "and the plan says", got, rows, args, more)
        return rows, home

    is_([("send", None)])
    rows, _ = is_([("defer", "window")], "policy: {windows: {sms: {mon-fri: \"13:00-18:00\"}}}\n")
    want(rows and rows[0]["at"].startswith("2026-09-01T13:00") and rows[0]["rule"], rows)
    rows, home = is_([("defer", "window")], "policy: {windows: {sms: {wed: \"13:00-18:00\"}}}\n")
    want(rows and rows[0]["at"].startswith("2026-09-02T13:00"), rows)
    want([r["key"] for r in plan(home, "2026-09-02")] == ["A1/2026-08-31/+1/sms"],
         "listed on the day it moves to as well", plan(home, "2026-09-02"))
    is_([("skip", "hold")], before=[("hold", "A1", "--until", "2026-09-02", "--reason", "dispute")])
    is_([("send", None)], before=[("hold", "A1", "--until", "2026-09-01", "--reason", "dispute")])
    is_([("skip", "opted_out")], before=[("optout", "A1")])
    is_([("send", None)], before=[("optout", "A1"), ("optout", "A1", "--undo")])
    is_([("skip", "opted_out")], before=[("optout", "--number", "+639170000001")])
    is_([("skip", "promise_open")], before=[("promise", "A1", "--date", "2026-09-05")])
    is_([("skip", "paused")], before=[("pause",)])
    is_([("skip", "paused")], before=[("pause", "--campaign", "main")])
    is_([("send", None)], before=[("pause",), ("resume",)])
    is_([("skip", "skipped")], before=[("skip", "A1/2026-08-31/+1/sms")])
    is_([("send", None)], before=[("skip", "A1/2026-08-31/+1/sms"),
                                  ("skip", "A1/2026-08-31/+1/sms", "--undo")])
    is_([("skip", "test")], "live: false\ntest_numbers: [\"+639170000002\"]\n")
    is_([("skip", "paid")], "policy: {ignore_below: \"1500.01\"}\n")
    ics = ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:"
           "20260101T000000Z\r\nDTSTART;VALUE=DATE:20260901\r\nSUMMARY:A day\r\nEND:VEVENT\r\n"
           "END:VCALENDAR\r\n")
    home = campaign(Home())
    home.put("holidays/ph.ics", ics)
    home.edit("routes:", "policy: {holidays: [holidays/ph.ics]}\nroutes:")
    home.through("2026-08-30T00:00", "2026-08-30T00:10")
    home.accounts(ONE)
    rows = plan(home, "2026-09-01")
    want([(r["decision"], r["reason"], r["at"][:10]) for r in rows if r["day"] == 1] ==
         [("defer", "holiday", "2026-09-02")], "a holiday:", rows)


def crowd_of(n, due, amount="1500.00"):
    return [("A%d" % i, "Ana", "+6391700000%02d" % i, due, amount) for i in range(1, n + 1)]


def answers(home, account):
    """What was answered to a borrower, newest first."""
    return [m["text"] for m in home.out("--account", account) if m["class"] == "answer"]


with group("replies: stored, understood, answered"):
    sim = Sim()
    home = campaign(Home(sim.port), "steps:\n  - {day: [1, 7], sms: reminder}\n")
    rows = crowd_of(12, "2026-09-07")
    rows[3] = ("A4", "Dora", "+639170000004;+639170000104", "2026-09-07", "1500.00")
    home.accounts(rows)
    daemon = home.serve("--at", "2026-09-08T09:59:55", "--speed", "5")
    wait_until("all are reminded", lambda: sum(m["status"] == "delivered" for m in home.out()) == 12)
    says(home, 1, "already", "serve", "--at", "2026-09-08T09:00")

    def writes(*texts):
        n = len(home.list("inbox"))
        sim.tell(*["mo 6391700000%02d 28550 %s" % t for t in texts])
        wait_until("they are stored", lambda: len(home.list("inbox")) == n + len(texts))

    writes((1, "I will pay 700 on 15 Sep"), (2, "I have paid"), (3, "STOP"), (4, "wrong number"),
           (5, "my cat is blue"), (6, "will pay tomorrow"), (7, "i dispute this"), (8, "stop."))
    wait_until("answers", lambda: len([m for m in home.out() if m["class"] == "answer" and
                                       m["status"] == "delivered"]) >= 5)
    inbox = {r["account"]: r for r in has_keys("inbox", home.list("inbox"), 8)}
    a = inbox["A1"]
    want((a["intent"], a["promise_date"], a["amount_minor"], a["currency"]) ==
         ("promise", "2026-09-15", 70000, "PHP") and a["handled"] is True, a)
    want(answers(home, "A1") == ["Noted: PHP 700 on Tue 15 Sep. If wrong reply NO."],
         "the echo:", answers(home, "A1"))
    want(inbox["A6"]["promise_date"] == "2026-09-09" and inbox["A6"]["amount_minor"] is None,
         inbox["A6"])
    want(inbox["A5"]["handled"] is False and inbox["A5"]["text"] == "my cat is blue", inbox["A5"])
    promises = has_keys("promises", home.list("promises"), 2)
    want({(p["account"], p["date"], p["amount_minor"], p["source"], p["status"]) for p in promises} ==
         {("A1", "2026-09-15", 70000, "sms", "open"), ("A6", "2026-09-09", None, "sms", "open")},
         promises)
    for a in ("A3", "A8"):
        want(len(answers(home, a)) == 1 and "PHP" not in answers(home, a)[0] and
             "1,500" not in answers(home, a)[0], "STOP is confirmed:", answers(home, a))
    accounts = {r["account"]: r for r in has_keys("accounts", home.list("accounts"), 12)}
    want([a for a in sorted(accounts) if accounts[a]["opted_out"]] == ["A3", "A8"], "opted out")
    want(accounts["A2"]["holds"] == ["claims_paid"] and accounts["A2"]["balance_minor"] == 150000,
         accounts["A2"])
    want(accounts["A5"]["holds"] == ["awaiting_person"], accounts["A5"])
    want(accounts["A7"]["holds"] and "A7" in [t["account"] for t in home.list("tasks")],
         accounts["A7"])
    want(accounts["A4"]["phone"] == "+639170000104", "the next number is used", accounts["A4"])
    want(answers(home, "A5") == [], "what is not understood is acted on")
    story = home.one("account", "A2")
    has_keys("holds", story["holds"])
    want(story["holds"][0]["reason"] == "claims_paid", story["holds"])
    want(story["holds"][0]["until"] == "2026-09-12", "3 days after today", story["holds"])
    want(has_keys("account", home.list("account", "A7"))[0]["holds"][0]["until"] is None,
         "until released")
    writes((1, "NO"), (2, "paid already"), (9, "hello"))
    wait_until("withdrawn", lambda: home.list("promises", "--account", "A1")[0]["status"] ==
               "withdrawn")
    want("awaiting_person" in home.one("accounts", "--account", "A2")["holds"], "a second paid")
    row = home.list("inbox", "--account", "A9")[0]
    want(row["id"] in [m["id"] for m in home.messages("--account", "A9") if
                       m["direction"] == "in" and m["status"] == "received" and
                       m["from"] == "+639170000009" and m["class"] is None], "an inbox row's id")
    home.run("reply", row["id"], "Please call us")
    wait_until("the reply is delivered", lambda: [m for m in home.out("--account", "A9") if
                                                  m["class"] == "manual" and
                                                  m["status"] == "delivered"])
    want(home.list("inbox", "--account", "A9")[0]["handled"], "reply marks it handled")
    want(home.one("accounts", "--account", "A9")["holds"] == [], "and ends the hold")
    row = home.list("inbox", "--account", "A5")[0]
    home.run("inbox", "done", row["id"])
    want(home.list("inbox", "--account", "A5")[0]["handled"], "inbox done")
    want(home.one("accounts", "--account", "A5")["holds"] == [], "and ends the hold")
    says(home, 1, [], "reply", home.list("inbox", "--account", "A3")[0]["id"], "But please")
    n = len(sim.submits())
    for i in range(6):
        writes((10, "help " + "?" * i))
    time.sleep(1)
    want(len(answers(home, "A10")) <= 3, "more than 3 answers a day", answers(home, "A10"))
    sim.tell("mo LENDER 28550 will pay tomorrow", "mo 8080 28550 will pay tomorrow")
    time.sleep(1)
    want(not [s for s in sim.submits() if s["to"] in ("LENDER", "8080")], "letters and short codes")
    status = home.one("status")
    want(status["needs"]["inbox"] >= 2 and status["needs"]["tasks"] >= 1, status)
    # two borrowers, one telephone: no amount
    home.accounts([("B1", "Ben", "+639170000011", "2026-12-07", "10.00")])
    writes((11, "I will pay 300 on 15 Sep"))
    wait_until("an answer", lambda: answers(home, "A11") + answers(home, "B1"))
    want("300" not in str(answers(home, "A11") + answers(home, "B1")), "an amount for two borrowers",
         answers(home, "A11"), answers(home, "B1"))
    daemon.stop()
    home.whole()
    sim.end()

with group("promises: kept, partial, broken; holds that end by themselves"):
    sim = Sim()
    home = campaign(Home(sim.port), "steps: [{day: [1, 2, 5, 7], sms: reminder}]\nlate: {within: 9}\n")
    home.accounts(crowd_of(9, "2026-09-07", "1000.00"))
    home.through("2026-09-07T20:00", "2026-09-07T21:00")
    for a, amount in (("A1", "100.00"), ("A2", "100.00"), ("A3", "100.00"), ("A4", None),
                      ("A5", None)):
        home.run("promise", a, "--date", "2026-09-09", *(["--amount", amount] if amount else []))
    says(home, 1, [], "promise", "A6", "--date", "2026-09-01")
    want([p["source"] for p in home.list("promises")] == ["person"] * 5, home.list("promises"))
    # Wed 9 Sep, and one working day of grace: judged when Thursday has ended
    home.through("2026-09-07T21:00", "2026-09-09T12:00")
    home.payments([("A1", "2026-09-09", "95.00", "a"), ("A2", "2026-09-09", "94.99", "b"),
                   ("A4", "2026-09-09", "950.00", "d")])
    home.through("2026-09-09T12:00", "2026-09-10T22:00")
    want({p["status"] for p in home.list("promises")} <= {"open", "kept"}, "judged before Thursday ended",
         home.list("promises"))
    want({s["to"] for s in sim.submits()} == {"6391700000%02d" % i for i in (6, 7, 8, 9)},
         "sent while promised", sim.submits())
    home.through("2026-09-10T22:00", "2026-09-11T12:00")
    got = {p["account"]: p["status"] for p in home.list("promises")}
    want(got == {"A1": "kept", "A2": "partial", "A3": "broken", "A4": "kept", "A5": "broken"}, got)
    story = home.one("account", "A3")
    want(("skip", "promise_open") in {(d["decision"], d["reason"]) for d in story["decisions"]},
         "an account's story does not say why nothing went on 8 September:", story["decisions"])
    # "I have paid" on Fri 11 Sep holds until Tuesday; what nobody reads, two working days
    daemon = home.serve("--at", "2026-09-11T12:00", "--speed", "1")
    for i, text in ((7, "already paid"), (8, "blue cat"), (9, "this is my dispute")):
        sim.tell("mo 6391700000%02d 28550 %s" % (i, text))
    wait_until("they are stored", lambda: len(home.list("inbox")) == 3)
    daemon.stop()
    before = len(sim.submits())
    home.through("2026-09-11T12:00", "2026-09-14T20:00")
    late = {s["to"][-1] for s in sim.submits()[before:] if "days since" in s["text"]}
    want(not late & {"7", "8", "9"}, "sent while held", late)
    home.through("2026-09-14T20:00", "2026-09-16T20:00")
    late = {s["to"][-1] for s in sim.submits()[before:] if "days since" in s["text"]}
    want({"7", "8"} <= late and "9" not in late, "3 days; two working days; until released:", late)
    home.run("release", "A9")
    home.through("2026-09-16T20:00", "2026-09-17T20:00")
    late = {s["to"][-1] for s in sim.submits()[before:] if "days since" in s["text"]}
    want("9" in late, "released", late)
    home.run("promise", "A9", "--date", "2026-09-20")
    home.run("promise", "A9", "--withdraw")
    want(home.list("promises", "--account", "A9")[0]["status"] == "withdrawn", "--withdraw")
    home.whole()
    sim.end()

with group("by hand, with a daemon and without"):
    home = campaign(Home(), "steps: [{day: [1, 7], sms: reminder}]\n")
    home.put("templates/note.en.txt", "{{lender}}: please call {{contact}}.\n")
    home.edit("routes:", "test_numbers: [\"+639179999999\"]\nroutes:")
    home.accounts(crowd_of(6, "2026-09-07"))
    home.through("2026-09-07T10:00", "2026-09-07T10:10")
    for args in (("--account", "A1", "--template", "note"), ("--to", "+639170000002", "--text", "x")):
        says(home, 3, "daemon", "send", *args)
    home.run("send", "--account", "A1", "--template", "note", "--when-allowed")
    want([m["status"] for m in home.out("--account", "A1") if m["class"] == "manual"] in
         (["queued"], ["planned"]), home.out("--account", "A1"))
    home.run("send", "--to", "+639170000002", "--text", "plain words", "--when-allowed")
    says(home, 1, "number", "send", "--to", "+639178888888", "--text", "x", "--when-allowed")
    home.run("hold", "A3", "--until", "2026-12-24", "--reason", "dispute")
    row = home.one("account", "A3")
    want(has_keys("holds", row["holds"])[0]["until"] == "2026-12-24" and
         row["holds"][0]["reason"] == "dispute", row["holds"])
    home.run("optout", "A4", "--by", "Lea")
    want([e["actor"] for e in home.list("events")][-1] == "Lea", "--by", home.list("events")[-1])
    home.run("optout", "A4", "--undo")
    daemon = home.serve("--at", "2026-09-07T10:10", "--speed", "1")
    wait_until("both go", lambda: sum(m["status"] == "sent" for m in home.out()) == 2)
    sent = read_lines(os.path.join(home.dir, "sent.jsonl"))
    want({s["text"] for s in sent} == {"Sunrise Lending: please call +63285550100.", "plain words"},
         sent)
    home.run("send", "--to", "+639179999999", "--text", "to a test number")
    home.run("send", "--account", "A5", "--template", "note")
    says(home, 1, "2026-09-08", "send", "--account", "A5", "--template", "note")
    says(home, 1, "hold", "send", "--account", "A3", "--template", "note")
    wait_until("they go", lambda: sum(m["status"] == "sent" for m in home.out()) == 4)
    m = home.out("--account", "A5")[0]
    says(home, 1, [], "cancel", m["id"])
    says(home, 1, [], "resolve", m["id"], "--again")
    says(home, 1, "daemon", "restore", "x.db")
    home.run("pause")
    want(home.one("status")["paused"] is True, "pause")
    want([r["state"] for r in home.list("routes")] == ["paused"], home.list("routes"))
    daemon.stop()
    want(home.one("status")["paused"] is True, "a pause survives")
    home.run("resume")
    want([r["state"] for r in home.list("routes")] == ["down"], "no daemon serves")
    home.run("reply", 1, "hello", status=None)
    want(home.status == 1 and "inbox" in home.stderr, "reply to what never came", home.stderr)
    want(len({e["actor"] for e in home.list("events")} - {"dunlin", "Lea"}) == 1, "the login name",
         {e["actor"] for e in home.list("events")})

with group("the schedule's clock"):
    home = campaign(Home(), "steps: [{day: [1, 7], sms: reminder}]\n")
    home.accounts(ONE)  # on the true clock, before the store has one of its own
    daemon = home.serve("--at", "2026-09-01T09:59:58", "--speed", "1")
    first = home.one("status")["now"]
    want(first[:16] in ("2026-09-01T09:59", "2026-09-01T10:00"), "starts exactly at TIME", first)
    want(home.one("status")["clock"]["kind"] == "schedule", home.one("status")["clock"])
    wait_until("it goes", lambda: read_lines(os.path.join(home.dir, "sent.jsonl")))
    daemon.stop()
    at = home.out()[0]["sent_at"]
    want("2026-09-01T10:00:00" <= at[:19] <= "2026-09-01T10:00:30", at)
    stopped = home.one("status")["now"]
    want(stopped >= "2026-09-01T10:00:00" and stopped == home.one("status")["now"], "it stands still")
    want([r["reason"] for r in home.list("plan")] == ["done"], "the plan's today", home.list("plan"))
    home.run("hold", "A1", "--until", "2026-09-20", "--reason", "test")
    event = home.list("events")[-1]
    want(event["at"][:10] in ("2026-09-01",), "commands take their now from it", event)
    Daemon(home, "--at", "2026-08-01", "--speed", "100000", "--until", "2026-09-05T12:00:30").wait()
    want(home.one("status")["now"].startswith("2026-09-05T12:00:30"), "exactly at --until",
         home.one("status")["now"])
    Daemon(home, "--at", "2026-09-06", "--until", "2026-09-06", "--speed", "9").wait()
    want(home.one("status")["now"].startswith("2026-09-06T00:00:00"), home.one("status")["now"])
    says(home, 1, "clock", "serve")
    for form in ("2026-09-06T07", "06/09/2026", "2026-9-6"):
        says(home, 2, [], "serve", "--at", form)
    home.whole()

with group("copies, the chain, pauses"):
    home = campaign(Home(), "steps: [{day: [1, 7], sms: reminder}]\n")
    home.accounts(crowd_of(3, "2026-09-07"))
    home.through("2026-09-07T20:00", "2026-09-08T20:00")
    rows = has_keys("events", home.list("events"), 6)
    want([r["seq"] for r in rows] == list(range(1, len(rows) + 1)), "oldest first, without gaps")
    want([r["seq"] for r in home.list("events", "--after", "3")] ==
         list(range(4, len(rows) + 1)), "--after")
    want(len({r["hash"] for r in rows}) == len(rows), "hashes")
    kept = os.path.join(home.dir, "kept.db")
    home.run("backup", kept)
    want(os.stat(kept).st_mode & 0o77 == 0, "others can read the backup")
    says(home, 1, [], "backup", kept)
    home.run("restore", kept)
    want("restored" in json.dumps(home.one("status")), home.one("status"))
    plans = plan(home, "2026-09-14")
    want({r["reason"] for r in plans} == {"restored"}, "the plan of a restored store:", plans)
    daemon = home.serve("--at", "2026-09-08T20:00")
    says(home, 1, "adopt", "send", "--account", "A1", "--template", "soon")
    daemon.stop()
    out = home.run("adopt", "--since", "2026-09-08T09:00")
    for a in ("A1", "A2", "A3"):
        want(a in out, "adopt does not list what may have been said to", a, out)
    plans = plan(home, "2026-09-14")
    want({r["decision"] for r in plans} == {"send"}, "after adopt:", plans)
    home.whole()

with group("what may not be shown is shown nowhere"):
    sim = Sim()
    home = campaign(Home(sim.port), "steps: [{day: [1, 7], sms: reminder}]\n")
    takes(home, "accounts", HEAD + ",check,town\nA1,Ana,+639170000001,2026-09-07,10.00,864297531,"
          "Cebu\nA2,Ben,+639170000002,2026-09-07,10.00,,\nA3,Cy,1x,2026-09-07,10.00,753197864,\n",
          status=None)
    daemon = home.serve("--at", "2026-09-08T09:59:58", "--speed", "1")
    wait_until("they go", lambda: sum(m["status"] == "delivered" for m in home.out()) == 2)
    said = "".join("".join(home.run(*args, "--json")) for args in (
        ("accounts",), ("account", "A1"), ("messages",), ("events",), ("imports",), ("plan",),
        ("status",), ("routes",), ("inbox",), ("tasks",)))
    said += "".join(home.run(*args) for args in (("accounts",), ("account", "A1"), ("plan",),
                                                 ("events",), ("routes",), ("status",)))
    daemon.stop()
    said += "\n".join(daemon.said()) + home.stderr
    for secret in ("864297531", "753197864", "secret"):
        want(secret not in said, secret, "is shown:", said[max(0, said.find(secret) - 300):][:600])
    want("639170000001" not in "\n".join(daemon.said()), "numbers in the log are not masked")
    home.put("templates/reminder.en.txt", "{{lender}}: {{check}} {{town}}\n")
    says(home, 1, "check", "check")
    campaign(home)
    home.put("smpp.password", "wrongword\n")
    says(home, 3, "op", "routes", "test", "op")
    want("wrongword" not in home.stderr, "routes test shows the password")
    sim.end()

with group("previews: texts and replies"):
    home = campaign(Home())
    home.edit("paper: {type: file, path: sent.jsonl}",
              "paper: {type: file, path: sent.jsonl, price: \"0.355\"}")
    home.edit("languages: [en]", "languages: [en, fil]")
    home.put("templates/soon.fil.txt", "{{lender}}: \u2018{{amount}}\u2019 sa {{due_date}} \u20b1\n")
    takes(home, "accounts", HEAD + ",language\nA1,Ana,+639170000001,2027-09-04,100.00,en\n"
          "A2,Ben,+639170000002,2027-09-04,100.00,tl\nA3,Cy,+639170000003,2027-09-04,9.00,de\n")
    rows = {r["language"]: r for r in has_keys("template preview",
                                               home.list("template", "preview", "soon"), 2)}
    want(set(rows) == {"en", "fil"}, "both languages:", rows)
    en, fil = rows["en"], rows["fil"]
    want((en["segments"], en["costly"], en["template"]) == (1, [], "soon") and
         en["units"] + en["left"] == 160 and en["price_minor"] == 36, en)
    want(fil["encoding"] != en["encoding"] and fil["units"] + fil["left"] == 70, fil)
    want({c["char"] for c in has_keys("costly", fil["costly"])} ==
         {"\u2018", "\u2019", "\u20b1"}, fil["costly"])
    for account, language in (("A1", "en"), ("A2", "fil"), ("A3", "en")):
        rows = home.list("template", "preview", "soon", "--account", account)
        want([r["language"] for r in rows] == [language], account, rows)
    want("PHP 9.00" in rows[0]["text"], rows)
    want({a["account"]: a["language"] for a in home.list("accounts")}["A2"] == "fil", "tl is fil")
    home.put("templates/soon.en.txt", "{{lender}}: {{nothing}}\n")
    says(home, 0, "nothing", "check")
    home = campaign(Home())
    home.run("template", "approve", "reminder", "--by", "Lea")
    want(home.list("events")[-1]["actor"] == "Lea", home.list("events"))

    def explains(text, intent, date=None, amount=None, *options):
        row = has_keys("reply-explain", home.list("reply-explain", text, "--on", "2026-09-08",
                                                  *options))[0]
        want((row["intent"], row["promise_date"], row["amount_minor"]) == (intent, date, amount),
             text, "is read as", row)
        return row

    explains("I will pay 700 on 15 Sep", "promise", "2026-09-15", 70000)
    explains("will pay tomorrow", "promise", "2026-09-09")
    explains("I will pay on Friday", "promise", "2026-09-11")
    explains("already paid", "paid")
    explains("STOP", "stop")
    explains("Stop.", "stop")
    explains("wrong number", "wrong_number")
    explains("don't stop believing in me", "other")
    explains("I cannot pay", "hardship")
    explains("", "other")
    row = explains("will pay 700 tomorrow", "promise", "2026-09-09", 700, "--currency", "JPY")
    want(row["currency"] == "JPY" and row["cues"], row)

with group("tables show fifty rows unless told, and lists go on where a text has a mistake"):
    home = campaign(Home(), "steps: [{day: [1, 7], sms: reminder}]\n")
    home.accounts([("A%d" % i, "Ana", "+63917%07d" % i, "2026-09-07", "9.00") for i in range(70)])
    home.through("2026-09-07T20:00", "2026-09-08T20:00")
    for name in ("accounts", "messages", "plan", "events"):
        more = ("--on", "2026-09-14") if name == "plan" else ()
        ids = "SEQ" if name == "events" else "ACCOUNT"
        table = [x for x in home.run(name, *more).splitlines()]
        rows = [x for x in table if re.search(r"\bA\d+\b", x)] if name != "events" else \
            [x for x in table if re.match(r" *\d+  ", x)]
        want(len(rows) == 50, name, "shows", len(rows))
        want(len(home.list(name, *more)) >= 70, name, "--json shows not all")
        want(len(home.list(name, *more, "--limit", "7")) == 7, name, "--limit")
        want(len([x for x in home.run(name, *more, "--limit", "60").splitlines()]) >= 60, name)
    since = home.list("messages", "--since", "2026-09-08T10:00")
    want(len(since) == 70 and home.list("messages", "--since", "2026-09-09") == [], "--since",
         len(since))
    want(len(home.list("messages", "--account", "A7")) == 1, "--account")
    home.put("templates/reminder.en.txt", "{{lender}}: {{amount\n")
    for name in ("accounts", "messages", "inbox", "promises", "tasks", "events", "status", "routes",
                 "imports", "verify"):
        home.run(name, "--json")
        want(len(home.stderr.splitlines()) == 1 and "dunlin check" in home.stderr, name,
             home.stderr)
    has_keys("account", home.list("account", "A7"))
    home.run("backup", os.path.join(home.dir, "kept.db"))
    for args in (("plan",), ("check",), ("serve", "--at", "2026-09-08T21:00"),
                 ("send", "--account", "A7", "--template", "soon", "--when-allowed")):
        says(home, 1, "reminder.en.txt:1:", *args)
    home.put("dunlin.yaml", "lender: {name: X}\nroutes: {}\n")
    says(home, 1, "error:", "messages")

with group("what becomes of a text, part by part"):
    sim = Sim("--blocked", "639170000002,639170000003", "--blocked-status", "11")
    home = campaign(Home(sim.port), "steps: [{day: [1, 7], sms: reminder}]\nlate: {within: 3}\n")
    home.edit("source: \"28550\"", "source: \"28550\"\n    price: \"0.35\"")
    home.put("templates/reminder.en.txt", "{{lender}}: {{name}}, {{amount}}. {{note}}\n")
    home.put("templates/only.fil.txt", "{{lender}}: {{name}}\n")
    home.put("campaigns/other.yaml", "select: {product: odd}\nsteps: [{day: 1, sms: only}]\n")
    home.put("campaigns/main.yaml", "select: {product: x}\nsteps: [{day: [1, 7], sms: reminder}]\n")
    long = "Please do call. " * 20
    takes(home, "accounts", HEAD + ",product,note,timezone\n"
          "A1,Ana,+639170000001,2026-08-31,10.00,x," + long + ",\n"
          "A2,Ben,+639170000002,2026-08-31,10.00,x,short,\n"
          "A3,Cy,+639170000003;+639170000103,2026-08-31,10.00,x,short,\n"
          "A4,Di,+639170000004,2026-08-31,10.00,odd,,\n"
          "A5,Ed,+639170000005,2026-08-31,10.00,x,\u20b1,\n"
          "A6,Flo,+639170000006,2026-08-31,10.00,none,,\n"
          "A7,Gil,+639170000007,2026-08-31,10.00,x,n,America/New_York\n")
    home.through("2026-09-01T00:00", "2026-09-01T01:00")
    dpd = {a["account"]: a["dpd"] for a in home.list("accounts")}
    want(dpd["A1"] == 1 and dpd["A7"] is None, "days are counted in the account's zone:", dpd)
    rows = {r["account"]: r for r in plan(home, "2026-09-01")}
    want("A6" not in rows, "no campaign selects it", rows)
    want(rows["A1"]["segments"] == 3 and rows["A1"]["price_minor"] == 105, rows["A1"])
    want(rows["A4"]["reason"] == "no_language" and rows["A4"]["decision"] == "skip", rows["A4"])
    home.through("2026-09-01T01:00", "2026-09-01T20:00")
    m = {x["account"]: x for x in has_keys("messages", home.out("--since", "2026-09-01T01:00"), 5)
         if x["status"] != "planned"}
    want(m["A1"]["status"] == "delivered" and m["A1"]["segments"] == 3 and
         [p["n"] for p in has_keys("parts", m["A1"]["parts"], 3)] == [1, 2, 3] and
         {p["status"] for p in m["A1"]["parts"]} == {"delivered"} and
         len({p["smsc_id"] for p in m["A1"]["parts"]}) == 3 and m["A1"]["done_at"], m["A1"])
    want(m["A2"]["status"] == "failed" and m["A2"]["reason"], m["A2"])
    a4 = home.out("--account", "A4")[0]
    want((a4["status"], a4["reason"], a4["sent_at"]) == ("planned", "no_language", None), a4)
    want(m["A5"]["status"] == "delivered" and m["A5"]["segments"] == 1, m["A5"])
    want(m["A7"]["sent_at"] is None if "A7" in m else True, m.get("A7"))
    a3 = home.out("--account", "A3")
    want(home.one("accounts", "--account", "A3")["phone"] == "+639170000103",
         "the next number after a permanent failure", home.one("accounts", "--account", "A3"))
    status = home.one("status")
    want(status["today"]["sent"] == 2 and status["today"]["failed"] >= 1, status["today"])
    route = home.one("routes")
    want(route["failed_today"] >= 1 and route["sent_today"] == 2 and route["price_minor"] == 35, route)
    home.through("2026-09-01T20:00", "2026-09-08T12:00")
    texts = [s for s in sim.submits() if s["to"].endswith("0103")]
    want(texts, "nothing went to the next number", home.out("--account", "A3"))
    m = [x for x in home.out("--account", "A7") if x["step"] == "+1/sms"]
    want(m and near(m[0]["sent_at"], "2026-09-01T10:00") and m[0]["sent_at"].endswith("-04:00"), m)
    home.whole()
    sim.end()

with group("files of the home, and a daemon that reads them again"):
    home = campaign(Home(more="alerts: {to: \"+639171234567\"}\n"),
                    "steps: [{day: [1, 7], sms: reminder}]\n")
    home.accounts(ONE)
    daemon = home.serve("--at", "2026-09-01T09:00")
    for name in ("dunlin.sock", "dunlin.db"):
        mode = os.stat(os.path.join(home.dir, name)).st_mode & 0o777
        want(mode == 0o600, name, "has mode", oct(mode))
    home.accounts([("A2", "Ben", "+639170000002", "2026-08-31", "9.00")])
    wait_until("what came in is planned", lambda: home.out("--account", "A2"))
    m = home.out("--account", "A2")[0]
    want(m["status"] == "planned" and m["at"].startswith("2026-09-01T10:00:00"), m)
    home.run("cancel", m["id"])
    want([(x["status"]) for x in home.out("--account", "A2")] == ["cancelled"], "cancel")
    says(home, 1, [], "cancel", m["id"])
    home.run("skip", "A1/2026-08-31/+1/sms")
    wait_until("skipped", lambda: home.out("--account", "A1")[0]["status"] == "skipped")
    home.run("skip", "A1/2026-08-31/+1/sms", "--undo")
    wait_until("planned again", lambda: home.out("--account", "A1")[0]["status"] == "planned")
    want(len(home.out("--account", "A1")) == 1, "in the same row")
    home.run("hold", "A1", "--until", "2027-01-01", "--reason", "dispute")
    want(home.one("accounts", "--account", "A1")["holds"] == ["dispute"], "hold")
    want(home.one("accounts", "--account", "A1")["next_reason"] == "hold", "next_reason")
    home.run("release", "A1")
    want(home.one("accounts", "--account", "A1")["holds"] == [], "release")
    want(home.one("accounts", "--account", "A1")["next_step"] == "+1/sms", "next_step")
    home.run("backup", os.path.join(home.dir, "served.db"))
    out = takes(home, "payments", "account_id,paid_on,amount\nA1,2026-09-01,1500\n")
    wait_until("paid", lambda: home.out("--account", "A1")[0]["status"] == "cancelled")
    want(home.out("--account", "A1")[0]["reason"] == "paid", home.out("--account", "A1"))
    daemon.stop()
    want(not os.path.exists(os.path.join(home.dir, "dunlin.sock")), "the socket is left")
    home.whole()
