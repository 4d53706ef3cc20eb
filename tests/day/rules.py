"""When a text may go, and when it may not: every rule of the contract, asked of the whole program.

Each part has a home of its own.  Most send into a file, some to a simulated operator.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "fault"))
from lib import *  # noqa: E402

ONE = [("A1", "Ana", "+639170000001", "2026-08-31", "1500.00")]
AT = "2026-09-01T10:00:00+08:00"


def step_of(home, account, step="+1/sms"):
    rows = [m for m in home.out("--account", account) if m["step"] == step]
    check(len(rows) == 1, len(rows), "rows for", account, step)
    return rows[0]


def ended(home, account, status, reason=None, step="+1/sms"):
    m = step_of(home, account, step)
    check((m["status"], m["reason"]) == (status, reason), "expected", status, reason, "and it is", m)
    return m


def texts(home):
    return read_lines(os.path.join(home.dir, "sent.jsonl"))


def refused(home, words, *args, status=1):
    home.run(*args, status=status)
    check(words in home.stderr, args, "does not say", words, "but", home.stderr)


with told("ten o'clock is local, over zones and changes of the clock"):
    home = Home()
    zones = {"A1": "Asia/Manila", "A2": "America/New_York", "A3": "Europe/Berlin",
             "A4": "America/St_Johns", "A5": "Pacific/Auckland", "A6": "Asia/Kathmandu"}
    home.put("campaigns/main.yaml", "steps:\n  - {day: [1, 8], sms: reminder}\n")
    # Berlin's hour comes twice on 25 October, New York's on 1 November.
    home.accounts([(k, k, "+6391700000" + k[1:].zfill(2), day, "100.00", z)
                   for k, z in zones.items() for day in ["2026-10-24"]],
                  "account_id,name,phone,due_date,amount_due,timezone")
    home.through("2026-10-24T00:00", "2026-10-26T00:00")
    home.through("2026-10-31T12:00", "2026-11-02T00:00")
    offsets = {"A1": ("+08:00", "+08:00"), "A2": ("-04:00", "-05:00"), "A3": ("+01:00", "+01:00"),
               "A4": ("-02:30", "-03:30"), "A5": ("+13:00", "+13:00"), "A6": ("+05:45", "+05:45")}
    for k in zones:
        for day, zone in zip(("2026-10-25", "2026-11-01"), offsets[k]):
            m = next(m for m in home.out("--account", k) if m["at"][:10] == day)
            check(m["status"] == "sent" and went_at(m, day + "T10:00") and
                  m["sent_at"].endswith(zone), "not at ten o'clock there:", m)

with told("an hour that does not exist, and one that comes twice"):
    wide = "policy:\n  override_reason: tests\n  windows: {sms: {mon-sun: \"00:00-24:00\"}}\n"
    for day, hour, want in (("2026-03-07", "02:30", "2026-03-08T03:00"),
                            ("2026-10-31", "01:30", "2026-11-01T01:30")):
        home = Home(zone="America/New_York", more=wide)
        home.put("campaigns/main.yaml", "at: \"%s\"\nsteps:\n  - {day: 1, sms: reminder}\n" % hour)
        home.accounts([("A1", "Ana", "+639170000001", day, "100.00")])
        home.through(day + "T20:00", want[:10] + "T08:00")
        m = ended(home, "A1", "sent")
        check(went_at(m, want) and m["at"].endswith("-04:00"), m)

with told("outside its hours a text waits for them"):
    home = Home(more="policy:\n  windows: {sms: {mon-fri: \"09:00-12:00,13:00-18:00\"}}\n")
    home.put("campaigns/main.yaml", "at: \"12:30\"\nsteps:\n  - {day: [1, 5], sms: reminder}\n")
    home.accounts(ONE)
    home.through("2026-08-31T12:00", "2026-09-02T00:00")
    home.through("2026-09-05T00:00", "2026-09-08T00:00")
    check(went_at(ended(home, "A1", "sent"), "2026-09-01T13:00"), "the lunch hour")
    m = ended(home, "A1", "sent", "late", step="+5/sms")  # a Saturday
    check(went_at(m, "2026-09-07T13:00"), "not on Monday morning:", m)
    home = Home()
    home.put("campaigns/main.yaml", "at: \"21:00\"\nsteps:\n  - {day: 1, sms: reminder}\n")
    home.accounts(ONE)
    home.through("2026-08-31T12:00", "2026-09-03T12:00")
    m = ended(home, "A1", "sent", "late")
    check("2026-09-02T08:00" <= m["sent_at"][:16] <= "2026-09-02T20:00", m)

with told("STOP a second before ten"):
    sim = Sim("--receipts", "final")
    home = Home(sim.port)
    home.accounts(ONE + [("A2", "Ben", "+639170000002", "2026-08-31", "1.00"),
                         ("A3", "Cy", "+639170000001", "2026-08-30", "1.00")])
    daemon = home.serve("--at", "2026-09-01T09:59:50", "--speed", "2")
    wait_until("the plan is made", lambda: len(home.out()) >= 2)
    wait_until("09:59:57", lambda: home.one("status")["now"] >= "2026-09-01T09:59:55")
    sim.tell("mo 639170000001 28550 STOP")
    wait_until("ten o'clock", lambda: home.one("status")["now"] >= "2026-09-01T10:00:03")
    wait_until("the other goes", lambda: step_of(home, "A2")["status"] == "delivered")
    daemon.stop()
    check(not [s for s in sim.submits() if s["to"].endswith("001") and "overdue" in s["text"]],
          "a text went after STOP")
    answers = [m for m in home.out() if m["class"] == "answer"]
    check(len(answers) == 1 and "PHP" not in answers[0]["text"], "one confirmation:", answers)
    check(home.one("accounts", "--account", "A1")["opted_out"] and
          home.one("accounts", "--account", "A3")["opted_out"], "both accounts of the number")
    home.accounts([("A1", "Ana", "+639170000009", "2026-08-31", "1500.00")])  # does not lift it
    home.through("2026-09-02T00:00", "2026-09-05T00:00")
    check(not [s for s in sim.submits() if s["to"].endswith("009")], "a new number lifted it")
    sim.end()

with told("paid a few seconds before ten"):
    home = Home()
    home.accounts(ONE + [("A2", "Ben", "+639170000002", "2026-08-31", "1.00")])
    daemon = home.serve("--at", "2026-09-01T09:59:52", "--speed", "2")
    wait_until("the plan is made", lambda: len(home.out()) == 2)
    home.payments([("A1", "2026-09-01", "1500.00", "r1")])
    wait_until("the other goes", lambda: step_of(home, "A2")["status"] == "sent")
    daemon.stop()
    ended(home, "A1", "cancelled", "paid")
    check(len(texts(home)) == 1, "only one owed")

with told("what remains below ignore_below is paid; part payments change the text"):
    home = Home(more="policy: {ignore_below: \"5.00\"}\n")
    home.accounts([("A%d" % i, "Ana", "+63917000000%d" % i, "2026-08-31", "100.00")
                   for i in (1, 2)])
    home.payments([("A1", "2026-09-01", "95.01", "a"), ("A2", "2026-09-01", "40.00", "b")])
    home.through("2026-09-01T00:00", "2026-09-02T00:00")
    sent = texts(home)
    check(len(sent) == 1 and "PHP 60.00" in sent[0]["text"], sent)

with told("held until a day, released, and promised"):
    home = Home()
    home.accounts([("A%d" % i, "Ana", "+63917000000%d" % i, "2026-08-31", "100.00")
                   for i in range(1, 6)])
    home.through("2026-08-31T00:00", "2026-08-31T23:00")
    home.run("hold", "A1", "--until", "2026-09-03", "--reason", "dispute")
    home.run("hold", "A2", "--until", "2027-01-01", "--reason", "dispute")
    home.run("promise", "A3", "--date", "2026-09-03", "--amount", "50.00")
    home.run("promise", "A4", "--date", "2026-09-03")
    home.through("2026-08-31T23:00", "2026-09-02T20:00")
    check({t["to"][-1] for t in texts(home)} == {"5"}, texts(home))
    home.through("2026-09-02T20:00", "2026-09-03T20:00")
    m = ended(home, "A1", "sent", "late")
    check(went_at(m, "2026-09-03T10:00"), "not the first free day at ten:", m)
    home.run("release", "A2")
    home.payments([("A3", "2026-09-03", "50.00", "a")])
    home.through("2026-09-03T20:00", "2026-09-06T20:00")
    ended(home, "A2", "sent", "late")
    states = {p["account"]: p["status"] for p in home.list("promises")}
    check(states == {"A3": "kept", "A4": "broken"}, states)
    home.through("2026-09-06T20:00", "2026-09-08T20:00")
    for a in ("A3", "A4"):
        ended(home, a, "skipped", "superseded")
        check(ended(home, a, "sent", step="+7/sms")["sent_at"][:10] == "2026-09-07", a)

with told("stale lists hold campaigns"):
    home = Home(more="policy: {stale_after: 2}\n")
    home.accounts([("A1", "Ana", "+639170000001", "2026-08-26", "100.00"),
                   ("A2", "Ben", "+639170000002", "2026-09-06", "100.00"),
                   ("A3", "Cy", "+639170000003", "2026-09-03", "100.00")])
    home.through("2026-08-27T00:00", "2026-08-27T09:00")
    home.payments([("A3", "2026-08-27", "1.00", "x")])
    home.through("2026-08-27T09:00", "2026-08-28T20:00")
    for day in ("2026-09-02", "2026-09-04"):
        home.through(day + "T00:00", day + "T20:00")
    check(len(texts(home)) == 1, "held by stale lists:", texts(home))
    home.payments([("A3", "2026-09-06", "1.00", "y")])
    home.through("2026-09-06T20:00", "2026-09-07T20:00")
    check(len(texts(home)) >= 2, "fed again:", texts(home))

with told("not live: only test numbers, the others are skipped and may go later"):
    home = Home(more="live: false\ntest_numbers: [\"+639170000002\"]\n")
    home.accounts(ONE + [("A2", "Ben", "+639170000002", "2026-08-31", "1.00")])
    home.through("2026-09-01T00:00", "2026-09-01T20:00")
    ended(home, "A1", "skipped", "test")
    ended(home, "A2", "sent")
    home.edit("live: false", "live: true")
    home.through("2026-09-01T20:00", "2026-09-02T20:00")
    ended(home, "A1", "sent", "late")
    check(len(texts(home)) == 2, texts(home))

with told("paused over a restart, then resumed; a single campaign too"):
    home = Home()
    home.put("campaigns/other.yaml", "select: {product: b}\nsteps: [{day: 1, sms: reminder}]\n")
    home.edit("steps:", "select: {product: a}\nsteps:", "campaigns/main.yaml")
    home.accounts([("A1", "Ana", "+639170000001", "2026-08-31", "9.00", "a"),
                   ("A2", "Ben", "+639170000002", "2026-08-31", "9.00", "b")],
                  "account_id,name,phone,due_date,amount_due,product")
    home.run("pause", "--campaign", "main")
    home.through("2026-09-01T00:00", "2026-09-01T20:00")
    check([t["to"][-1] for t in texts(home)] == ["2"], texts(home))
    home.run("resume", "--campaign", "main")
    home.run("pause")
    home.through("2026-09-01T20:00", "2026-09-02T20:00")
    check(len(texts(home)) == 1, "sent while paused")
    check(home.one("status")["paused"], "status does not say it")
    home.run("resume")
    home.through("2026-09-02T20:00", "2026-09-03T20:00")
    ended(home, "A1", "sent", "late")

with told("one text a day and three in seven days a person, highest first"):
    home = Home()
    home.put("campaigns/main.yaml",
             "steps:\n  - {day: [1, 2, 3, 4, 5, 6, 7, 8, 9], sms: reminder}\n"
             "late: {within: 1}\n")
    home.accounts([("A1", "Ana", "+639170000001", "2026-08-30", "1.00", "p1"),
                   ("A2", "Ana", "+639170000002", "2026-08-28", "2.00", "p1"),
                   ("A3", "Ana", "+639170000002", "2026-08-29", "3.00", "")],
                  "account_id,name,phone,due_date,amount_due,person_id")
    home.through("2026-08-31T00:00", "2026-09-09T00:00")
    days = sorted(datetime.date.fromisoformat(t["at"][:10]) for t in texts(home))
    check(len(days) >= 4 and len(days) == len(set(days)), "two a day:", days)
    check(all((later - day).days >= 7 for day, later in zip(days, days[3:])),
          "four in seven days:", days)
    first = min(texts(home), key=lambda t: t["at"])
    check(first["to"] == "+639170000002" and "PHP 2.00" in first["text"], "highest DPD first", first)

with told("after an outage of three days: late, and what is older superseded"):
    home = Home()
    home.put("campaigns/main.yaml", "steps:\n  - {day: [1, 2, 6], sms: reminder}\n")
    home.accounts(ONE + [("A2", "Ben", "+639170000002", "2026-08-29", "1.00")])
    home.through("2026-08-31T12:00", "2026-08-31T13:00")
    ended(home, "A2", "sent", step="+2/sms")
    home.through("2026-09-04T08:30", "2026-09-04T20:00")
    ended(home, "A1", "skipped", "superseded")
    ended(home, "A1", "sent", "late", step="+2/sms")
    check("4 days overdue" in step_of(home, "A1", "+2/sms")["text"], "today's words")
    home.through("2026-09-10T09:00", "2026-09-10T20:00")
    ended(home, "A1", "skipped", "superseded", step="+6/sms")

with told("a campaign changed midway, and one renamed"):
    home = Home()
    home.accounts(ONE + [("A2", "Ben", "+639170000002", "2026-08-25", "1.00")])
    daemon = home.serve("--at", "2026-09-01T07:00", "--speed", "1")
    wait_until("the plan is made", lambda: len(home.out()) == 2)
    home.put("campaigns/main.yaml", "steps:\n  - {day: 7, sms: reminder}\n")
    daemon.hangup()
    wait_until("the step that is gone is cancelled",
               lambda: step_of(home, "A1")["status"] == "cancelled")
    ended(home, "A1", "cancelled", "campaign_changed")
    home.put("campaigns/main.yaml", "steps:\n  - {day: seven, sms: reminder}\n")
    daemon.hangup()
    wait_until("the mistake is refused", lambda: any("reload_refused" in x for x in daemon.said()))
    home.put("campaigns/main.yaml", "steps:\n  - {day: [1, 7], sms: reminder}\n")
    daemon.hangup()
    wait_until("the step that is back is planned",
               lambda: step_of(home, "A1")["status"] == "planned")
    daemon.stop()
    home.through("2026-09-01T07:00", "2026-09-01T20:00")
    ended(home, "A1", "sent")
    os.rename(os.path.join(home.dir, "campaigns/main.yaml"),
              os.path.join(home.dir, "campaigns/renamed.yaml"))
    home.through("2026-09-01T20:00", "2026-09-03T20:00")
    check(len(texts(home)) == 2, "said again under another name:", texts(home))
    home.whole()

with told("one daemon a home, and one clock a store"):
    home = Home()
    home.accounts(ONE)
    daemon = home.serve("--at", "2026-09-01T07:00")
    refused(home, "serves this home already", "serve", "--at", "2026-09-01T07:00")
    daemon.stop()
    refused(home, "schedule's clock", "serve")
    refused(home, "--at", "serve", "--speed", "5", status=2)
    check(home.one("status")["now"].startswith("2026-09-01T07:00"), "the clock stands elsewhere")
    Daemon(home, "--at", "2026-08-20T07:00", "--until", "2026-08-21").wait()
    check(home.one("status")["now"] >= "2026-09-01T07:00", "the clock went back")
    home.edit("paper: {type: file, path: sent.jsonl}",
              "op: {type: smpp, host: smpp.example.net, port: 2775, system_id: x, "
              "password_file: smpp.password, source: \"28550\", tls: true}")
    refused(home, "loopback", "serve", "--at", "2026-09-01T07:00")
    home = Home()
    home.serve().stop()
    refused(home, "true clock", "serve", "--at", "2026-09-01T07:00")

with told("a copy and a restored store hold until they are adopted"):
    home = Home()
    home.accounts(ONE + [("A2", "Ben", "+639170000002", "2026-08-30", "1.00")])
    home.through("2026-08-31T00:00", "2026-08-31T20:00")
    home.run("backup", os.path.join(home.dir, "backup.db"))
    home.through("2026-08-31T20:00", "2026-09-01T20:00")
    check(len(texts(home)) == 2, texts(home))
    home.run("restore", os.path.join(home.dir, "backup.db"))
    home.through("2026-08-31T20:00", "2026-09-02T20:00")
    check(len(texts(home)) == 2, "said again by a restored store:", texts(home))
    check("restored" in json.dumps(home.one("status")), "status does not say why")
    home.run("adopt", "--since", "2026-08-31T20:00")
    home.through("2026-09-03T20:00", "2026-09-05T20:00")
    check(len(texts(home)) == 2, "a step that was due is said after adopting:", texts(home))
    home.through("2026-09-05T20:00", "2026-09-07T20:00")
    check(len(texts(home)) > 2, "nothing goes after adopting")
    copy = folder()
    for name in os.listdir(home.dir):
        if name.startswith("dunlin.db") or name in ("dunlin.yaml", "smpp.password"):
            shutil.copy(os.path.join(home.dir, name), copy)
    for name in ("templates", "campaigns"):
        shutil.copytree(os.path.join(home.dir, name), os.path.join(copy, name))
    other = Home(path=copy)
    other.through("2026-09-14T20:00", "2026-09-16T20:00")
    check(not texts(other), "a copy sends:", texts(other))
    home.whole()

with told("unknown texts stay so until somebody says what became of them"):
    sim = Sim("--stall", "1", "--receipts", "off")
    home = Home(sim.port)
    home.accounts([("A%d" % i, "Ana", "+63917000000%d" % i, "2026-08-31", "1.00")
                   for i in range(1, 4)])
    daemon = home.serve("--at", "2026-09-01T10:00")
    wait_until("they are on their way", lambda: len(sim.submits()) == 3)
    daemon.kill()
    sim.tell("set stall 0")
    home.through("2026-09-01T10:00", "2026-09-02T20:00")
    check(len(sim.submits()) == 3, "sent again by itself")
    ids = {a: ended(home, a, "unknown", "no_answer")["id"] for a in ("A1", "A2", "A3")}
    home.run("resolve", ids["A1"], "--sent")
    home.run("resolve", ids["A2"], "--again")
    home.through("2026-09-02T20:00", "2026-09-03T20:00")
    check([s["to"][-1] for s in sim.submits()].count("2") == 2, "the second was not sent again")
    ended(home, "A1", "sent")
    ended(home, "A2", "sent", "late")
    ended(home, "A3", "unknown", "no_answer")
    check(len(sim.submits()) == 4, sim.submits())
    refused(home, "", "resolve", ids["A1"], "--again")
    sim.end()

with told("cancel, skip and undo"):
    home = Home()
    home.accounts([("A%d" % i, "Ana", "+63917000000%d" % i, "2026-08-31", "1.00")
                   for i in range(1, 5)])
    home.run("skip", "A1/2026-08-31/+1/sms")
    home.run("skip", "A2/2026-08-31/+1/sms")
    home.run("skip", "A2/2026-08-31/+1/sms", "--undo")
    home.through("2026-08-31T00:00", "2026-08-31T23:00")
    home.run("cancel", step_of(home, "A3")["id"])
    home.run("skip", "A4/2026-08-31/+1/sms")
    home.through("2026-08-31T23:00", "2026-09-01T23:00")
    check([t["to"][-1] for t in texts(home)] == ["2"], texts(home))
    home.run("skip", "A4/2026-08-31/+1/sms", "--undo")
    home.through("2026-09-01T23:00", "2026-09-02T23:00")
    check(sorted(t["to"][-1] for t in texts(home)) == ["2", "4"], texts(home))
    ended(home, "A3", "cancelled", "cancelled")

with told("texts by hand and answers to replies keep to the hours"):
    sim = Sim()
    home = Home(sim.port)
    home.put("templates/note.en.txt", "{{lender}}: please call {{contact}}.\n")
    home.accounts([("A1", "Ana", "+639170000001", "2026-12-31", "100.00"),
                   ("A2", "Ben", "+639170000002", "2026-12-31", "100.00")])
    daemon = home.serve("--at", "2026-09-01T21:30")
    refused(home, "08:00", "send", "--account", "A1", "--template", "note")
    home.run("send", "--account", "A1", "--template", "note", "--when-allowed")
    sim.tell("mo 639170000002 28550 what is this about")
    row = wait_until("the reply is there", lambda: home.list("inbox"))[0]
    refused(home, "08:00", "reply", row["id"], "It is about your loan")
    home.run("reply", row["id"], "It is about your loan", "--when-allowed")
    refused(home, "", "send", "--to", "+639179999999", "--text", "hello")
    daemon.stop()
    check(not sim.submits(), "sent at night:", sim.submits())
    home.through("2026-09-01T21:40", "2026-09-02T09:00")
    check(sorted(s["to"][-1] for s in sim.submits()) == ["1", "2"], sim.submits())
    for m in home.out():
        check("2026-09-02T08:00" <= m["sent_at"][:16] <= "2026-09-02T09:00", m)
    sim.end()

with told("the daily text does not count itself"):
    home = Home(more="alerts: {to: \"+639175555555\", daily: \"08:00\"}\n")
    home.accounts(ONE)
    home.through("2026-08-31T12:00", "2026-09-04T12:00", speed=20000)
    said = {m["sent_at"][:10]: m["text"] for m in home.out() if m["class"] == "alert"}
    check({day: "nothing went out" in text for day, text in said.items()} ==
          {"2026-09-01": True, "2026-09-02": False, "2026-09-03": True, "2026-09-04": True}, said)

with told("every chain is whole"):
    for path in folders:
        if os.path.exists(os.path.join(path, "dunlin.db")):
            Home(path=path).whole()
sys.exit(1 if failures else 0)
