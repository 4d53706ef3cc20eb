"""The program nobody has written yet: it knows Dunlin by its contract alone, from outside.

Serving: replies, promises, commands by hand, clocks, copies, what lists show and must not.  When a text may go is rules.py's.
GO_ON=1 goes through all groups in spite of failures.
"""
import json
import os
import re
import time

from contract_keys import *  # noqa: F403

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
    through(home, "2026-09-07T20:00", "2026-09-07T21:00")
    for a, amount in (("A1", "100.00"), ("A2", "100.00"), ("A3", "100.00"), ("A4", None),
                      ("A5", None)):
        home.run("promise", a, "--date", "2026-09-09", *(["--amount", amount] if amount else []))
    says(home, 1, [], "promise", "A6", "--date", "2026-09-01")
    want([p["source"] for p in home.list("promises")] == ["person"] * 5, home.list("promises"))
    # Wed 9 Sep, and one working day of grace: judged when Thursday has ended
    through(home, "2026-09-07T21:00", "2026-09-09T12:00")
    home.payments([("A1", "2026-09-09", "95.00", "a"), ("A2", "2026-09-09", "94.99", "b"),
                   ("A4", "2026-09-09", "950.00", "d")])
    through(home, "2026-09-09T12:00", "2026-09-10T22:00")
    want({p["status"] for p in home.list("promises")} <= {"open", "kept"}, "judged before Thursday ended",
         home.list("promises"))
    reminded = {s["to"] for s in sim.submits() if "the day you said" in s["text"]}
    want(reminded == {"6391700000%02d" % i for i in range(1, 6)}, "on the promised day", reminded)
    want({s["to"] for s in sim.submits() if "the day you said" not in s["text"]} ==
         {"6391700000%02d" % i for i in (6, 7, 8, 9)}, "sent while promised", sim.submits())
    through(home, "2026-09-10T22:00", "2026-09-11T12:00")
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
    through(home, "2026-09-11T12:00", "2026-09-14T20:00")
    late = {s["to"][-1] for s in sim.submits()[before:] if "days since" in s["text"]}
    want(not late & {"7", "8", "9"}, "sent while held", late)
    through(home, "2026-09-14T20:00", "2026-09-16T20:00")
    late = {s["to"][-1] for s in sim.submits()[before:] if "days since" in s["text"]}
    want({"7", "8"} <= late and "9" not in late, "3 days; two working days; until released:", late)
    home.run("release", "A9")
    through(home, "2026-09-16T20:00", "2026-09-17T20:00")
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
    through(home, "2026-09-07T10:00", "2026-09-07T10:10")
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
    through(home, "2026-09-07T20:00", "2026-09-08T20:00")
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

with group("tables show fifty rows unless told, and lists go on where a text has a mistake"):
    home = campaign(Home(), "steps: [{day: [1, 7], sms: reminder}]\n")
    home.accounts([("A%d" % i, "Ana", "+63917%07d" % i, "2026-09-07", "9.00") for i in range(70)])
    through(home, "2026-09-07T20:00", "2026-09-08T20:00")
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
    through(home, "2026-09-01T00:00", "2026-09-01T01:00")
    dpd = {a["account"]: a["dpd"] for a in home.list("accounts")}
    want(dpd["A1"] == 1 and dpd["A7"] is None, "days are counted in the account's zone:", dpd)
    rows = {r["account"]: r for r in plan(home, "2026-09-01")}
    want("A6" not in rows, "no campaign selects it", rows)
    want(rows["A1"]["segments"] == 3 and rows["A1"]["price_minor"] == 105, rows["A1"])
    want(rows["A4"]["reason"] == "no_language" and rows["A4"]["decision"] == "skip", rows["A4"])
    through(home, "2026-09-01T01:00", "2026-09-01T20:00")
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
    through(home, "2026-09-01T20:00", "2026-09-08T12:00")
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
