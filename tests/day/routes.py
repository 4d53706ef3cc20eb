"""Routes: which one carries a text, what happens when it is down, and how operators differ.

Longest prefix, failover before anything was accepted and never after, two binds, alphabets, long
texts in three forms, receipts in every dialect, ids learned, copies recognised, long replies joined
over a restart.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "fault"))
from lib import *  # noqa: E402

LONG = ("{{lender}}: {{name}}, {{amount}} is {{days_overdue}} days overdue. Please come to our office "
        "or call {{contact}}; we can agree on a plan that suits you, and you will not be charged for "
        "it. Thank you for your trust in us over all these years, and for reading this to its end.\n")
NOW = "2026-09-01T10:00"


def routes(*list):
    text = ""
    for name, port, more in list:
        text += ROUTE.format(name=name, port=port) + more
    return text


def statuses(home):
    return sorted({m["status"] for m in home.out() if m["status"] != "planned"})


def all_are(home, status, n):
    rows = [m for m in home.out() if m["status"] != "planned"]
    return len(rows) == n and all(m["status"] == status for m in rows)


def delivered(home, n, seconds=60):
    wait_until("%d texts are delivered" % n, lambda: all_are(home, "delivered", n), seconds)


with told("the longest prefix carries a text"):
    a, b = Sim(), Sim("--first-id", 900000000)
    home = Home(routes=routes(("wide", a.port, "    prefixes: [\"+63\"]\n"),
                              ("narrow", b.port, "    prefixes: [\"+63918\"]\n")))
    home.accounts([("A1", "Ana", "+639170000001", "2026-08-31", "9.00"),
                   ("A2", "Ben", "+639180000001", "2026-08-31", "9.00"),
                   ("A3", "Cy", "+12025550123", "2026-08-31", "9.00")])
    daemon = home.serve("--at", NOW)
    wait_until("both are delivered",
               lambda: sum(m["status"] == "delivered" for m in home.out()) == 2)
    daemon.stop()
    check([s["to"] for s in a.submits()] == ["639170000001"], a.submits())
    check([s["to"] for s in b.submits()] == ["639180000001"], b.submits())
    stranger = home.out("--account", "A3")
    check(stranger[0]["reason"] == "no_route" and stranger[0]["status"] in ("planned", "queued"),
          stranger)
    a.end()
    b.end()

with told("a route that is down gives its texts to another, none twice"):
    a, b = Sim(), Sim("--first-id", 900000000)
    home = Home(routes=routes(("first", a.port, "    prefixes: [\"+639\"]\n"),
                              ("second", b.port, "    prefixes: [\"+63\"]\n")))
    home.accounts(crowd(300, "2026-08-31"))
    # What the first took and did not answer is its own: unknown, never the other's.
    a.tell("set stall 1")
    daemon = home.serve("--at", NOW)
    wait_until("the first has some", lambda: len(a.submits()) >= 50)
    a.process.kill()
    a.process.wait()
    wait_until("the second has the rest", lambda: len(a.submits()) + len(b.submits()) == 300, 90)
    wait_until("the rest is delivered", lambda: statuses(home) == ["delivered", "unknown"])
    daemon.stop()
    both = {s["to"] for s in a.submits()} & {s["to"] for s in b.submits()}
    check(not both, "said twice over two routes:", sorted(both)[:5])
    unknown = [m for m in home.out() if m["status"] == "unknown"]
    check(all(m["route"] == "first" for m in unknown), "unknown of the second route")
    check(len(unknown) <= 200, len(unknown), "unknown")
    home.whole()
    b.end()

with told("no failover where the lender forbids it"):
    b = Sim()
    home = Home(routes=routes(("first", 1, "    prefixes: [\"+639\"]\n    failover: false\n"),
                              ("second", b.port, "    prefixes: [\"+63\"]\n")))
    home.accounts(crowd(3, "2026-08-31"))
    daemon = home.serve("--at", NOW)
    time.sleep(13)
    daemon.stop()
    check(not b.submits(), "the second route took them")
    b.end()

with told("a route leaves at a reload while texts are on their way"):
    a, b = Sim("--answer-delay", 300), Sim("--first-id", 900000000)
    home = Home(routes=routes(("first", a.port, "    window: 20\n")))
    home.put("templates/reminder.en.txt", LONG)
    home.accounts(crowd(120, "2026-08-31"))
    daemon = home.serve("--at", NOW)
    wait_until("some went", lambda: len(a.submits()) >= 30)
    home.edit(str(a.port), str(b.port))
    daemon.hangup()
    # Receipts the old operator still has are not heard any more.
    wait_until("all went", lambda: len(a.submits()) + len(b.submits()) == 240)
    wait_until("all are settled", lambda: set(statuses(home)) <= {"sent", "delivered"})
    daemon.stop()
    parts = [(s["user_message_reference"], s["n"]) for s in a.submits() + b.submits()]
    check(len(parts) == len(set(parts)) and len(b.submits()) > 0, "parts said twice")
    over = {s["user_message_reference"] for s in a.submits()} & \
        {s["user_message_reference"] for s in b.submits()}
    check(not over, "half a text over each route:", over)
    a.end()
    b.end()

with told("SIGTERM ends what has begun, long texts too"):
    sim = Sim("--answer-delay", 250)
    home = Home(sim.port, route="    window: 30\n")
    home.put("templates/reminder.en.txt", LONG)
    home.accounts(crowd(100, "2026-08-31"))
    daemon = home.serve("--at", NOW)
    wait_until("some went", lambda: len(sim.submits()) >= 20)
    daemon.stop()
    check("unknown" not in statuses(home) and "sending" not in statuses(home), statuses(home))
    begun = {}
    for s in sim.submits():
        begun.setdefault(s["user_message_reference"], set()).add(s["n"])
    check(all(len(p) == 2 for p in begun.values()), "half a text was said")
    daemon = home.serve("--at", NOW)
    delivered(home, 100)
    daemon.stop()
    check(len(sim.submits()) == 200 and sim.stats()["twice"] == 0, "said twice")
    sim.end()

with told("parts refused for now follow, and none goes twice"):
    sim = Sim("--queue-full", "0.25", "--response-order", "shuffle", "--answer-delay", 5)
    home = Home(sim.port, route="    window: 20\n")
    home.put("templates/reminder.en.txt", LONG + LONG)
    home.accounts(crowd(25, "2026-08-31"))
    daemon = home.serve("--at", NOW)
    wait_until("some was refused for now", lambda: sim.stats()["queue_full"] > 5)
    sim.tell("set queue-full 0")
    delivered(home, 25, 120)
    daemon.stop()
    check_said_once(home, sim.submits())
    check(sim.stats()["twice"] == 0, "said twice")
    sim.end()

with told("a transmitter and a receiver"):
    sim = Sim("--receipts", "final")
    home = Home(sim.port, route="    bind: transmitter+receiver\n")
    home.accounts(crowd(20, "2026-08-31"))
    daemon = home.serve("--at", NOW)
    delivered(home, 20)
    sim.tell("mo 639170000001 28550 when is it due")
    wait_until("the reply is there", lambda: home.list("inbox"))
    daemon.stop()
    check(sim.stats()["binds"] == 2, sim.stats())
    sim.end()

with told("alphabets and packing are the link's own"):
    words = "Señor Ñuñez @ £5 — é\n"
    for sim_more, more in ((["--alphabet", "latin1"], "alphabet: latin1"),
                           (["--alphabet", "gsm"], "alphabet: gsm"),
                           (["--alphabet", "gsm", "--packing", "packed"], "packing: packed"),
                           (["--alphabet", "ascii"], "alphabet: ascii")):
        sim = Sim(*sim_more)
        home = Home(sim.port, route="    %s\n" % more)
        for text in ("Hello [{{name}}] @ 5~", words):
            home.put("templates/reminder.en.txt", text)
            n = len(sim.submits())
            home.accounts([("A%d" % n, "Ana", "+63917000000%d" % n, "2026-08-31", "9.00")])
            daemon = home.serve("--at", NOW)
            wait_until("it is delivered", lambda: len(sim.submits()) > n and
                       "sent" not in statuses(home) and "sending" not in statuses(home))
            sim.tell("mo 63917000000%d 28550 Ça va? Señor @ [1]" % n)
            wait_until("the reply is there", lambda: len(home.list("inbox")) > n)
            daemon.stop()
            want = text.replace("{{name}}", "Ana").strip()
            check(all(m["status"] in ("delivered", "planned") for m in home.out()
                      if m["class"] == "campaign"), sim_more, "receipts are not understood")
            check(sim.submits()[-1]["text"] == want, sim_more, "took", sim.submits()[-1]["text"])
        sim.end()

with told("long texts by header, sar and payload"):
    for form in ("udh", "sar", "payload"):
        sim = Sim()
        home = Home(sim.port, route="    long: %s\n" % form)
        home.put("templates/reminder.en.txt", LONG)
        home.accounts(crowd(5, "2026-08-31"))
        daemon = home.serve("--at", NOW)
        # A payload's one receipt is believed to be of all only once that was seen a few times.
        wait_until("all went", lambda: len(home.out()) >= 5 and set(statuses(home)) <= (
            {"delivered"} if form != "payload" else {"sent", "delivered"}))
        daemon.stop()
        want = {"udh": "udh8"}.get(form, form)
        check({s["how"] for s in sim.submits()} == {want}, form, {s["how"] for s in sim.submits()})
        check(len(sim.submits()) == (5 if form == "payload" else 10), form, len(sim.submits()))
        sim.end()

with told("one receipt for all parts is learned"):
    for which in ("one", "first", "last"):
        sim = Sim("--multipart", which)
        home = Home(sim.port)
        home.put("templates/reminder.en.txt", LONG)
        home.accounts(crowd(6, "2026-08-31"))
        daemon = home.serve("--at", NOW)
        delivered(home, 6, 150)
        home.accounts(crowd(6, "2026-08-31", first=20))
        delivered(home, 12, 20)  # by now it is known: no waiting for other parts
        check("one receipt" in home.one("routes")["learned"], home.one("routes"))
        daemon.stop()
        sim.end()
        if which == "one" and not os.environ.get("SLOW"):
            break  # each takes the minute in which other parts might be reported

with told("receipts in every dialect"):
    for dialect in ("std", "text-only", "missing-parts", "caps", "tlv-only", "ucs2", "no-esm", "nul",
                    "short-date", "seconds-date", "long-date", "zero-date", "data_sm", "failed-word",
                    "err-0000"):
        sim = Sim("--receipt-dialect", dialect, "--fail", "0.3", "--seed", 3)
        home = Home(sim.port)
        home.accounts(crowd(12, "2026-08-31"))
        daemon = home.serve("--at", NOW)
        wait_until("every receipt is understood in " + dialect, lambda: statuses(home) in (
            ["delivered", "failed"],) and len(sim.submits()) == 12, 20)
        daemon.stop()
        check(not home.list("inbox"), dialect, "receipts were taken for texts")
        sim.end()

with told("receipts that come before their answer, marked as such or not"):
    sim = Sim("--receipt-dialect", "mix", "--receipt-before-response", "0.5", "--answer-delay", 15,
              "--response-order", "shuffle", "--duplicate", "0.2")
    home = Home(sim.port)
    home.accounts(crowd(400, "2026-08-31"))
    daemon = home.serve("--at", NOW)
    delivered(home, 400)
    daemon.stop()
    check(not home.list("inbox"), "a receipt was read as a text:", home.list("inbox")[:1])
    sim.end()

with told("ids of receipts are learned, and shown"):
    for ids, receipts in (("hex", "dec"), ("dec", "upper-hex"), ("padded", "dec"), ("uuid", "uuid"),
                          ("long", "long"), ("padded-hex", "hex")):
        sim = Sim("--id-form", ids, "--receipt-id-form", receipts, "--receipt-before-response", "0.3")
        home = Home(sim.port)
        home.accounts(crowd(30, "2026-08-31"))
        daemon = home.serve("--at", NOW)
        delivered(home, 30, 30)
        check("receipt ids" in (home.one("routes")["learned"] or ""), ids, receipts,
              home.one("routes"))
        daemon.stop()
        sim.end()

with told("a copy is recognised, the same words again are not one"):
    sim = Sim("--duplicate", "1", "--redeliver-after", 1000)
    home = Home(sim.port)
    home.accounts([("A1", "Ana", "+639170000001", "2026-12-31", "100.00")])
    daemon = home.serve("--at", NOW)
    wait_until("bound", lambda: sim.stats()["sessions"] == 1)
    for i in range(20):
        sim.tell("mo 639170000001 28550 how much %d" % i)
    wait_until("all came twice", lambda: sim.stats()["delivers"] >= 40)
    wait_until("all are taken", lambda: sim.stats()["waiting"] == 0)
    check(len(home.list("inbox")) == 20, len(home.list("inbox")), "of 20")
    daemon.stop()
    sim.end()

with told("a long reply in parts over a restart, twice and out of order"):
    sim = Sim("--reply-long", "udh16", "--deliver-window", 1)
    home = Home(sim.port)
    home.accounts([("A1", "Ana", "+639170000001", "2026-12-31", "100.00")])
    words = " ".join("word%d" % i for i in range(120))
    daemon = home.serve("--at", NOW)
    wait_until("bound", lambda: sim.stats()["sessions"] == 1)
    sim.tell("mo 639170000001 28550 " + words)
    daemon.kill()
    for _ in range(3):
        daemon = home.serve("--at", NOW)
        time.sleep(0.3)
        daemon.kill()
    daemon = home.serve("--at", NOW)
    row = wait_until("the reply is whole", lambda: home.list("inbox"))
    check(len(row) == 1 and row[0]["text"] == words, row)
    daemon.stop()
    sim.end()

with told("a number the operator blocks fails; a password refused is said and not hammered"):
    sim = Sim("--blocked", "639170000001")
    home = Home(sim.port)
    home.accounts(crowd(2, "2026-08-31"))
    daemon = home.serve("--at", NOW)
    wait_until("the other is delivered", lambda: statuses(home) == ["delivered", "failed"])
    daemon.stop()
    home.put("smpp.password", "wrong\n")
    daemon = home.serve("--at", NOW)
    wait_until("the refusal is shown", lambda: "refus" in json.dumps(home.one("routes")).lower() or
               "password" in json.dumps(home.one("routes")).lower())
    time.sleep(3)
    check(sim.stats()["binds_refused"] <= 2, "hammered:", sim.stats()["binds_refused"])
    daemon.stop()
    sim.end()
sys.exit(1 if failures else 0)
