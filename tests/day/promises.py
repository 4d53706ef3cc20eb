"""Promises to pay from the first word to the last consequence, asked of the whole program: borrowers
write over a simulated operator, payments come in lists, and days go by on the schedule's clock."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "fault"))
from lib import *  # noqa: E402

RULES = "policy: {preset: base}\n"
REMINDS = "the day you said"
STEPS = "steps:\n  - {day: [1, 3, 5, 7, 9], sms: reminder}\nat: \"10:00\"\nlate: {within: 3}\n"


def number(i):
    return "+6391700000%02d" % i


class Lender:
    """Accounts P1, P2 ... of 1,500 pesos due on 31 August, and what they write."""

    def __init__(self, n, more=""):
        self.sim = Sim("--receipts", "final")
        self.home = Home(self.sim.port, more=RULES + more)
        self.home.put("campaigns/main.yaml", STEPS)
        self.home.accounts([("P%d" % i, "Ana", number(i), "2026-08-31", "1500.00")
                            for i in range(1, n + 1)])
        self.home.through("2026-08-31T12:00", "2026-08-31T13:00")

    def hear(self, at, texts):
        """At a moment some borrowers write, and each is read before the daemon rests again."""
        daemon = self.home.serve("--at", at, "--speed", "1")
        before = len(self.home.list("inbox"))
        for i, text in texts:
            self.sim.tell("mo %s 28550 %s" % (number(i)[1:], text))
        wait_until("they are read", lambda: len(self.home.list("inbox")) == before + len(texts))
        wait_until("and answered", lambda: not [m for m in self.home.out()
                                                if m["class"] == "answer" and m["status"] in
                                                ("planned", "queued", "sending")])
        daemon.stop()

    def until(self, day):
        self.home.through(self.home.one("status")["now"][:19], day)

    def pay(self, *rows):
        self.home.payments([("P%d" % i, day, amount, ref) for i, day, amount, ref in rows])

    def promises(self, i):
        return self.home.list("promises", "--account", "P%d" % i)

    def promise(self, i):
        rows = self.promises(i)
        check(rows, "P%d has no promise" % i)
        return rows[0]

    def steps(self, i):
        """What went to one borrower: day -> step; what reminds of a promised day is no step."""
        return {m["sent_at"][:10]: m["step"] for m in self.home.out("--account", "P%d" % i)
                if m["class"] == "campaign" and m["sent_at"] and REMINDS not in m["text"]}

    def answers(self, i):
        return [m["text"] for m in self.home.out("--account", "P%d" % i) if m["class"] == "answer"]

    def tasks(self, i):
        return [t["reason"] for t in self.home.list("tasks", "--account", "P%d" % i)]

    def events(self, i, kind):
        return [e for e in self.home.list("events", "--account", "P%d" % i) if e["kind"] == kind]

    def end(self):
        self.home.whole()
        self.sim.end()


with told("kept, partial, broken; small, far, taken back"):
    x = Lender(7)
    x.until("2026-09-01T12:00")
    x.hear("2026-09-01T12:00", [(1, "I will pay 700 on 5 September"),
                                (2, "I will pay 700 on 5 September"),
                                (3, "I will pay 700 on 5 September"),
                                (4, "I will pay 100 on 5 September"),
                                (5, "I will pay on 15 October"),
                                (6, "I will pay 700 on 5 September")])
    x.hear("2026-09-01T13:00", [(6, "NO")])
    check(x.answers(1) == ["Noted: PHP 700 on Sat 5 Sep. If wrong reply NO."], x.answers(1))
    x.pay((1, "2026-09-04", "670.00", "a"), (2, "2026-09-04", "100.00", "b"))
    x.until("2026-09-07T23:00")
    # The Monday after is its working day of grace: judged on Tuesday.
    check([x.promise(i)["status"] for i in (1, 2, 3)] == ["open"] * 3, "judged too early")
    for i in (1, 2, 3):
        check(list(x.steps(i)) == ["2026-09-01"], "P%d was not left alone:" % i, x.steps(i))
    check(x.promise(4)["status"] == "open" and not x.promise(4)["pauses"], x.promise(4))
    for i, why in ((4, "promise_small"), (5, "promise_far"), (6, "promise_withdrawn")):
        check("2026-09-03" in x.steps(i), "P%d was left alone:" % i, x.steps(i))
        check(x.tasks(i) == [why], x.tasks(i))
    check(x.promise(6)["status"] == "withdrawn" and len(x.answers(6)) == 2, x.answers(6))
    x.until("2026-09-09T00:00")
    check([x.promise(i)["status"] for i in (1, 2, 3)] == ["kept", "partial", "broken"],
          [x.promise(i) for i in (1, 2, 3)])
    for i in (1, 2, 3):  # the step of the day, and no burst of the older ones
        check(x.steps(i) == {"2026-09-01": "+1/sms", "2026-09-08": "+7/sms"}, x.steps(i))
    older = {m["step"]: m["reason"] for m in x.home.out("--account", "P3")
             if m["status"] == "skipped"}
    check(older["+3/sms"] == "superseded" and set(older.values()) == {"superseded"}, older)
    reminded = {m["sent_at"][:10] for m in x.home.out("--account", "P3")
                if REMINDS in (m["text"] or "")}
    check(reminded == {"2026-09-05"}, "on the promised day", reminded)
    check(not x.promises(7) and x.steps(7)["2026-09-05"] == "+5/sms", "who promised nothing")
    x.end()

with told("judged when the day is over where the borrower lives, and no sooner or later"):
    x = Lender(2)
    x.home.accounts([("P1", "Ana", number(1), "2026-08-31", "1500.00", "Asia/Kathmandu")],
                    "account_id,name,phone,due_date,amount_due,timezone")
    for i in (1, 2):
        x.home.run("promise", "P%d" % i, "--date", "2026-09-01")
    x.until("2026-09-03T01:30")
    check([x.promise(i)["status"] for i in (1, 2)] == ["open", "broken"], x.home.list("promises"))
    x.home.through("2026-09-03T01:30", "2026-09-03T05:00", speed=2000)
    check(x.promise(1)["status"] == "broken", "a quarter past two in Manila", x.promise(1))
    x.end()

with told("a payment that bounces takes the promise back that it kept"):
    x = Lender(2)
    x.home.run("promise", "P1", "--date", "2026-09-02", "--amount", "500.00")
    x.home.run("promise", "P2", "--date", "2026-09-02", "--amount", "500.00")
    x.until("2026-09-02T12:00")
    x.pay((1, "2026-09-02", "500.00", "a"), (2, "2026-09-02", "500.00", "b"),
          (2, "2026-09-02", "250.00", "c"))
    x.until("2026-09-04T12:00")
    check([x.promise(i)["status"] for i in (1, 2)] == ["kept", "kept"], x.home.list("promises"))
    x.pay((1, "2026-09-04", "-500.00", "a-back"), (2, "2026-09-04", "-500.00", "b-back"))
    x.until("2026-09-05T12:00")
    check([x.promise(i)["status"] for i in (1, 2)] == ["broken", "partial"], x.home.list("promises"))
    said = [e["data"].get("why") for e in x.events(1, "promise_ended")]
    check(said == [None, "a payment was reversed"], said)
    check(x.home.one("accounts", "--account", "P1")["balance_minor"] == 150000, "owed again")
    check(x.steps(1).get("2026-09-05") == "+5/sms", x.steps(1))
    x.end()

with told("after two broken ones the third is for a person; one kept makes it good"):
    x = Lender(2)
    for i in (1, 2):
        x.home.run("promise", "P%d" % i, "--date", "2026-09-01")
    x.until("2026-09-03T12:00")
    for i in (1, 2):
        x.home.run("promise", "P%d" % i, "--date", "2026-09-03", "--amount", "500.00")
    x.pay((2, "2026-09-03", "500.00", "a"))
    x.until("2026-09-05T12:00")
    check([p["status"] for p in x.promises(1)] == ["broken", "broken"], x.promises(1))
    check([p["status"] for p in x.promises(2)] == ["kept", "broken"], x.promises(2))
    x.hear("2026-09-05T12:00", [(1, "I will pay on 10 September"), (2, "I will pay on 10 September")])
    check(not x.promise(1)["pauses"] and x.tasks(1) == ["promise_third"], x.promise(1), x.tasks(1))
    check(x.promise(2)["pauses"] and not x.tasks(2), x.promise(2), x.tasks(2))
    check("Noted" in x.answers(1)[0], x.answers(1))
    x.until("2026-09-09T12:00")
    check("+7/sms" in x.steps(1).values() and "+7/sms" not in x.steps(2).values(),
          x.steps(1), x.steps(2))
    x.end()

with told("a plan of three parts of which the second is not paid"):
    x = Lender(3)
    for i in (1, 2):
        x.home.run("promise", "P%d" % i, "--plan",
                   "2026-09-02:500,2026-09-08:500,2026-09-16:500")
    x.home.run("promise", "P3", "--plan", "500x3", "--every", "1w", "--from", "2026-09-02")
    x.home.run("promise", "P3", "--plan", "2026-10-01:1500.01", status=1)
    check("1,500.01" in x.home.stderr and "1,500.00" in x.home.stderr, x.home.stderr)
    x.until("2026-09-02T12:00")
    x.pay((1, "2026-09-02", "500.00", "a"), (2, "2026-09-02", "500.00", "b"),
          (3, "2026-09-02", "1500.00", "c"))
    x.until("2026-09-04T12:00")
    rows = [(p["part"], p["status"]) for p in x.promises(1)]
    check(rows == [(2, "open"), (1, "kept")], rows)
    x.pay((2, "2026-09-08", "480.00", "d"))
    x.until("2026-09-12T00:00")
    rows = [(p["part"], p["status"]) for p in x.promises(1)]
    check(rows == [(2, "broken"), (1, "kept")], rows)
    check(x.tasks(1) == ["plan_broken"] and not x.tasks(2), x.tasks(1), x.tasks(2))
    check(x.steps(1) == {"2026-09-10": "+9/sms"}, "resumes at the day's step:", x.steps(1))
    story = json.loads(x.home.run("account", "P1", "--json"))["plans"]
    check(story[0]["status"] == "broken" and
          [p["status"] for p in story[0]["parts"]] == ["kept", "broken", "waiting"], story)
    x.hear("2026-09-12T12:00", [(2, "I will pay on 20 September")])  # it stands as it was agreed
    check(x.tasks(2) == ["promise_in_plan"] and x.promise(2)["part"] == 3, x.promises(2))
    x.pay((2, "2026-09-16", "520.00", "e"))
    x.until("2026-09-19T00:00")
    rows = [(p["part"], p["status"]) for p in x.promises(2)]
    check(rows == [(3, "kept"), (2, "kept"), (1, "kept")] and not x.steps(2), rows, x.steps(2))
    check(x.events(2, "plan_ended")[0]["data"]["status"] == "kept", x.events(2, "plan_ended"))
    # paid at once: the rest of the plan is not waited for
    check([p["status"] for p in x.promises(3)] == ["kept"], x.promises(3))
    x.end()

with told("plans from a list, whole or not at all"):
    x = Lender(5)
    path = x.home.put("plans.csv", "account_id,date,amount\nP1,2026-09-02,500\nP1,2027-09-09,500\n"
                      "P2,2026-09-02,500\nP2,2026-09-09,5000\nP3,2026-9-2,500\nP3,2026-09-09,1\n"
                      "P9,2026-09-02,5\nP4,2026-09-03,5\nP4,\"2026-09-02\",five\n"
                      "P5,2026-09-03,5\nP5,2026-08-02,5\n")
    x.until("2026-09-01T09:00")
    x.home.run("import", "plans", path, "--strict", status=1)
    check(not x.home.list("promises"), "taken in spite of mistakes")
    x.home.run("import", "plans", path)
    for words in ("plans.csv:4:1: error: P2", "plans.csv:6:4: error", "plans.csv:8:1: error: P9",
                  "plans.csv:10:17: error: P4", "plans.csv:12:4: error: P5"):
        check(words in x.home.stderr, words, "is not said:", x.home.stderr)
    check([p["account"] for p in x.home.list("promises")] == ["P1"], x.home.list("promises"))
    x.home.run("promise", "P1", "--withdraw")
    check(x.promise(1)["status"] == "withdrawn", x.promises(1))
    check(x.home.run("promise", "P1", "--withdraw", status=1) == "", "twice")
    x.end()

with told("holds begin and end on their days, and overlap"):
    x = Lender(4)
    x.until("2026-09-01T12:00")
    x.home.run("hold", "P1", "--reason", "hardship", "--from", "2026-09-03", "--until", "2026-09-06")
    x.home.run("hold", "P2", "--reason", "dispute", "--until", "2026-09-04")
    x.home.run("hold", "P2", "--reason", "placed", "--until", "2026-09-06")
    x.home.run("hold", "P3", "--reason", "dispute", "--until", "2026-09-06")
    x.home.run("hold", "P3", "--reason", "complaint")
    x.until("2026-09-02T12:00")
    holds = json.loads(x.home.run("account", "P1", "--json"))["holds"]
    check(holds[0]["from"] == "2026-09-03T00:00:00+08:00" and holds[0]["until"] == "2026-09-06" and
          holds[0]["reason"] == "hardship" and holds[0]["by"], holds)
    x.until("2026-09-05T20:00")
    for i in (1, 2, 3):
        check(list(x.steps(i)) == ["2026-09-01"], "P%d was written to:" % i, x.steps(i))
    check("2026-09-03" in x.steps(4), x.steps(4))
    x.home.run("release", "P3", "--reason", "complaint")
    x.until("2026-09-06T20:00")
    for i in (1, 2, 3):  # the latest step alone
        check(x.steps(i) == {"2026-09-01": "+1/sms", "2026-09-06": "+5/sms"}, i, x.steps(i))
    check(x.home.run("release", "P4", status=1) == "", "nothing holds it")
    x.end()

with told("which day is asked once, and the day counts with the sum named before"):
    x = Lender(1)
    x.until("2026-09-01T12:00")
    x.hear("2026-09-01T12:00", [(1, "I promise I will pay 700")])
    check(len(x.answers(1)) == 1 and not x.promises(1), x.answers(1))
    x.hear("2026-09-01T13:00", [(1, "I promise I will pay 700 really")])
    check(len(x.answers(1)) == 1, "asked twice:", x.answers(1))
    x.hear("2026-09-01T14:00", [(1, "5 September")])
    check((x.promise(1)["date"], x.promise(1)["amount_minor"]) == ("2026-09-05", 70000),
          x.promise(1))
    check(any("700" in a for a in x.answers(1)), x.answers(1))
    x.end()

sys.exit(1 if failures else 0)
