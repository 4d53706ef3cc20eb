"""The program nobody has written yet: it knows Dunlin by its contract alone, from outside.

What people write, commands, imports, the plan.  When a text may go is rules.py's.
GO_ON=1 goes through all groups in spite of failures.
"""
import json
import os
import re
import time

from contract_keys import *  # noqa: F403

with group("the sample home works, and can reach nobody"):
    home = Home()
    has_keys("reasons", home.list("help", "reasons"), 29)
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
             "steps:\n  - {day: [1, 1], sms: reminder}\n  - {day: 2, sms: remindr}\n"
             "at: \"25:00\"\n")
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
    home.put("scripts/reminder-call.yaml", "start: bye\ntrouble: bye\nsteps: {bye: {end: true}}\n")
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
                 "adopt help policy report evidence erase purge").split():
        want(re.search(r"^  %s\b" % name, known, re.M), "help does not name", name)
        home.run("help", name, status=None)
        want(home.status == 0, "help", name, "exits", home.status)
    want(max(map(len, known.splitlines())) <= 80, "help is wider than a terminal")
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
                 ("serve", "--at", "2026-09-02", "--until", "2026-09-01T23:59"),
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
    takes(home, "accounts",
          HEAD.replace(",", ";") + "\nA2;Jos\u00e9;+639170000002;2026-08-31;9.00\n",
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
    owed = (HEAD + "\nA1,Ana,+639170000001,2026-08-01,100.00\n"
            "A1,Ana,+639170000001,2026-09-01,50.00\n")
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
    takes(home, "payments", paid + "A9,2026-08-08,5,r9\nA1,2026-08-08,1,r10\n", "--strict",
          status=1)
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
    takes(home, "accounts", HEAD + ",amount_left\nA1,Ana,+639170000001,2026-08-01,100.00,0\n",
          "--yes")
    want(left() in ([0], []), "0 closes the row:", left())
    row = home.one("account", "A1")
    want(row["amounts"] == [] or row["amounts"][0]["billed_minor"] == 10000, row)
    want([(p["amount_minor"], p["paid_on"], p["reference"]) for p in row["payments"]] ==
         [(1000, "2026-07-20", "r1")], "payments of account ID:", row["payments"])

with group("the plan: steps, days past due, figures"):
    home = campaign(Home())
    through(home, "2026-09-01T00:00", "2026-09-01T00:10")
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
    through(home, "2026-09-01T00:10", "2026-09-01T20:00")
    rows = [r for r in plan(home, "2026-09-01") if r["account"] in ("A1", "A2", "A4")]
    want(rows and {(r["decision"], r["reason"]) for r in rows if r["channel"] == "sms"} ==
         {("skip", "done")}, "already served:", rows)
    lines = texts = read_lines(os.path.join(home.dir, "sent.jsonl"))
    want(len(lines) == 4, "lines of the file route:", lines)
    ids = {m["id"] for m in home.out()}
    for x in lines:
        want(all(k in x for k in "id at route from to text encoding segments".split()), x)
        want(TIME.match(x["at"]) and x["route"] == "paper" and x["id"] in ids, x)
        want(x["at"].startswith("2026-09-01T1") and x["at"].endswith("+08:00"), x)
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
    want(status["now"].startswith("2026-09-01T20:00"), "stopped, the clock stands at --until",
         status)
    has_keys("routes", status["routes"])

with group("rows of the plan that wait, and why"):
    def why(more="", before=None, on="2026-09-01"):
        home = campaign(Home(more=more), "steps:\n  - {day: [1, 7], sms: reminder}\n")
        through(home, "2026-08-30T00:00", "2026-08-30T00:10")
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
    through(home, "2026-08-30T00:00", "2026-08-30T00:10")
    home.accounts(ONE)
    rows = plan(home, "2026-09-01")
    want([(r["decision"], r["reason"], r["at"][:10]) for r in rows if r["day"] == 1] ==
         [("defer", "holiday", "2026-09-02")], "a holiday:", rows)

with group("previews: texts and replies"):
    home = campaign(Home())
    home.edit("paper: {type: file, path: sent.jsonl}",
              "paper: {type: file, path: sent.jsonl, price: \"0.355\"}")
    home.edit("languages: [en]", "languages: [en, fil]")
    home.put("templates/soon.fil.txt",
             "{{lender}}: \u2018{{amount}}\u2019 sa {{due_date}} \u20b1\n")
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
