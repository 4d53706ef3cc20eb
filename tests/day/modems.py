"""A lender with sticks instead of an operator's contract: the pool as people meet it."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "fault"))
from sticks import *  # noqa: E402

NOW = "2026-09-01T10:00"
DUE = "2026-08-31"
ANA = [("A1", "Ana", "+639170000001", DUE, "900.00")]


def lender(who, routes, **more):
    """A home where these owe, and its daemon."""
    home = Home(routes=routes, **more)
    home.accounts(who)
    return home, home.serve("--at", NOW)


def said(home, status):
    return [m for m in home.out() if m["status"] == status]


def all_delivered(home, n, seconds=90):
    wait_until("%d texts are delivered" % n, lambda: len(said(home, "delivered")) == n, seconds)


def put_off(home, n):
    wait_until("%d wait for their allowance" % n, lambda: sum(
        m["reason"] == "quota" for m in said(home, "planned")) == n)


def reached(*networks):
    return {s["to"] for network in networks for s in network.submits()}


def none_twice(one, other):
    both = reached(one) & reached(other)
    check(not both, "said over both:", sorted(both)[:5])


with told("two sticks share the work, each text goes once, reports come back"):
    sticks = Sticks("--profile", "huawei,quectel", count=2)
    home, daemon = lender(crowd(30, DUE), sticks.route(more="    per_hour: 100\n"))
    all_delivered(home, 30)
    daemon.stop()
    n = by_modem(sticks.submits())
    check(sum(n.values()) == 30 and min(n.values()) >= 10, "not shared:", n)
    check(sticks.stats()["malformed"] == 0, sticks.stats())
    home.whole()
    sticks.end()

with told("a reply is read, answered by the SIM it came to, and STOP ends it"):
    sticks = Sticks("--profile", "quectel,zte", count=2)
    home, daemon = lender(ANA, sticks.route())
    all_delivered(home, 1)
    mine = sticks.submits()[0]["modem"]
    sticks.tell("%d incoming +639170000001 I will pay on 3 September" % mine)
    wait_until("the promise is echoed", lambda: len(sticks.submits()) == 2)
    sticks.tell("%d incoming +639170000001 STOP" % (1 - mine))
    wait_until("STOP is confirmed", lambda: len(sticks.submits()) == 3)
    wait_until("both stand in the inbox", lambda: len(home.list("inbox")) == 2)
    daemon.stop()
    submits = sticks.submits()
    check(submits[1]["modem"] == mine, "the echo went by another SIM")
    check(submits[2]["modem"] == 1 - mine, "the confirmation went by another SIM")
    check(home.list("promises")[0]["date"] == "2026-09-03", home.list("promises"))
    check(home.one("account", "A1")["account"]["opted_out"], "STOP was not heard")
    sticks.end()

with told("a text given twice is taken once, also after a restart"):
    sticks = Sticks("--profile", "generic", "--delete-fail", 1)
    home, daemon = lender(ANA, sticks.route())
    ready(home)
    sticks.tell("0 incoming +639170000001 When must I pay?")
    wait_until("it is read", lambda: len(home.list("inbox")) == 1)
    daemon.stop()
    daemon = home.serve("--at", NOW)
    ready(home)
    sticks.tell("0 incoming +639170000001 And where?")
    wait_until("the other is read", lambda: len(home.list("inbox")) >= 2)
    daemon.stop()
    check(len(home.list("inbox")) == 2, [i["text"] for i in home.list("inbox")])
    sticks.end()

with told("an allowance is kept over restarts, and what waits says why"):
    sticks = Sticks(count=2)
    home, daemon = lender(crowd(16, DUE), sticks.route(more="    per_day: 5\n"))
    all_delivered(home, 10)
    put_off(home, 6)
    daemon.stop()
    daemon = home.serve("--at", NOW)
    rows = ready(home, 2)
    time.sleep(2)
    check(len(sticks.submits()) == 10, len(sticks.submits()), "went, of 10")
    check(all(m["sent_today"] == 5 and m["left_today"] == 0 for m in rows), rows)
    daemon.stop()
    daemon = home.serve("--at", "2026-09-02T10:00")
    all_delivered(home, 16)
    daemon.stop()
    check(by_modem(sticks.submits()) == {0: 8, 1: 8}, by_modem(sticks.submits()))
    sticks.end()

with told("a plan knows what the SIMs carry, by the day and by the hour"):
    home = Home(routes="  sticks:\n    type: modem\n    ports: [/dev/pts/9990, /dev/pts/9991]\n"
                       "    per_day: 8\n")
    home.accounts(crowd(40, DUE))
    home.serve("--at", NOW).stop()  # no stick is there; now it is that day, until 20:00

    def planned():
        n = {}
        for row in home.list("plan"):
            what = "%s %s" % (row["decision"], row["reason"])
            n[what] = n.get(what, 0) + 1
        return n
    check(planned() == {"send None": 16, "defer quota": 24}, planned())
    home.edit("per_day: 8", "per_day: 100\n    per_hour: 1")
    check(planned() == {"send None": 20, "defer quota": 20}, planned())
    home.edit("per_day: 100\n    per_hour: 1", "per_day: 100\n    per_hour: 100\n    per_month: 7")
    check(planned() == {"send None": 14, "skip quota": 26}, planned())
    home.edit("per_month: 7", "recipients_per_month: 6")
    check(planned() == {"send None": 12, "skip quota": 28}, planned())

with told("distinct recipients of a month"):
    sticks = Sticks()
    home, daemon = lender(crowd(5, DUE), sticks.route(more="    recipients_per_month: 3\n"),
                          more="live: true\n")
    all_delivered(home, 3)
    put_off(home, 2)
    daemon.stop()
    check(len(sticks.submits()) == 3, "went to more numbers than allowed")
    sticks.end()

with told("a stick that vanishes is done without, and taken back under another name"):
    sticks = Sticks("--away", 0, count=2)
    home, daemon = lender(crowd(120, DUE), sticks.route(
        more="    sim_wait: 0\n    per_hour: 1000\n    per_day: 1000\n"))
    wait_until("both work", lambda: len(by_modem(sticks.submits())) == 2)
    sticks.tell("0 vanish 0")
    wait_until("one goes on", lambda: len(sticks.submits()) >= 60)
    out = [m for m in home.list("modems") if m["state"] not in ("ready", "sending")]
    check(len(out) == 1 and out[0]["reason"], "it is not said that one is out:", out)
    sticks.tell("0 return")
    ready(home, 2)
    wait_until("all went", lambda: len(said(home, "delivered")) + len(said(home, "unknown")) +
               len(said(home, "sent")) == 120)
    daemon.stop()
    submits = sticks.submits()
    check(not any(s["twice"] for s in submits), "said twice")
    check(len(said(home, "unknown")) <= 1, len(said(home, "unknown")), "unknown")
    check(len({s["to"] for s in submits}) >= 119, "some were not said")
    home.whole()
    sticks.end()

with told("a stick that hangs or loses its network is set aside by itself"):
    sticks = Sticks(count=2)
    home, daemon = lender(crowd(60, DUE), sticks.route(more="    sim_wait: 0\n    per_hour: 1000\n"))
    wait_until("both work", lambda: len(by_modem(sticks.submits())) == 2)
    sticks.tell("1 register searching")
    wait_until("the other does it", lambda: len(sticks.submits()) >= 55)
    sticks.tell("1 register home")
    all_delivered(home, 60)
    daemon.stop()
    check(not any(s["twice"] for s in sticks.submits()), "said twice")
    sticks.end()

with told("a wrong PIN is tried once, ever"):
    sticks = Sticks("--sim", "pin", "--pin", "4711")
    home = Home(routes=sticks.route(more="    pin_file: sim.pin\n"))
    os.chmod(home.put("sim.pin", "1234\n"), 0o600)
    for _ in range(2):
        daemon = home.serve("--at", NOW)
        wait_until("it is said", lambda: [m for m in home.list("modems")
                                          if "PIN" in (m["reason"] or "")])
        time.sleep(1)
        daemon.stop()
    check(sticks.ask("modems", "{\"modem\":0")["pin_left"] == 2, "tried again")
    daemon = home.serve("--at", NOW)
    wait_until("it is said", lambda: [m for m in home.list("modems") if "PIN" in (m["reason"] or "")])
    daemon.hangup()  # read again, and the same as before
    wait_until("it is read again", lambda: any(" reloaded " in x for x in daemon.said()))
    time.sleep(1)
    check(sticks.ask("modems", "{\"modem\":0")["pin_left"] == 2, "tried again at a reload")
    os.chmod(home.put("sim.pin", "4711\n"), 0o600)
    daemon.hangup()  # corrected: the first is taken, which gives the three tries back
    ready(home)
    check(sticks.ask("modems", "{\"modem\":0")["pin_left"] == 3, "a try was lost")
    daemon.stop()
    sticks.tell("0 reboot")
    time.sleep(1)
    home.accounts(crowd(1, DUE))
    for _ in range(2):
        daemon = home.serve("--at", NOW)
        ready(home)
        daemon.stop()
        sticks.tell("0 reboot")
        time.sleep(1)
    check(sticks.ask("modems", "{\"modem\":0")["pin_left"] == 3, "the right one was not taken")
    sticks.end()

with told("a SIM the operator bars counts as out"):
    sticks = Sticks("--refuse", 1, "--refuse-code", 8)
    home, daemon = lender(crowd(3, DUE), sticks.route())
    wait_until("its route is down", lambda: [r for r in home.list("routes") if r["state"] == "down"
                                             and "bars texts" in r["reason"]])
    check([m["reason"] for m in home.list("modems") if "bars texts" in (m["reason"] or "")],
          "the stick does not say why:", home.list("modems"))
    check(not said(home, "failed") and not said(home, "sent"), home.out())
    daemon.stop()
    sticks.end()

with told("the balance is read, shown and warned about"):
    sticks = Sticks("--balance", 1250)
    home = Home(routes=sticks.route(more="    balance: {ussd: \"*100#\", warn_below: \"50.00\"}\n"),
                more="alerts: {to: \"+639170000009\"}\n")
    daemon = home.serve("--at", NOW)
    wait_until("it is shown", lambda: home.one("modems")["balance_minor"] == 1250)
    wait_until("it is told", lambda: [s for s in sticks.submits() if "balance" in s["text"]])
    daemon.stop()
    sticks.end()

with told("sticks and an operator under one router: price, prefixes, failover, none twice"):
    sticks, op = Sticks(count=2), Sim()
    home, daemon = lender(
        crowd(60, DUE),
        ROUTE.format(name="op", port=op.port) + "    price: \"0.50\"\n    prefixes: [\"+63\"]\n" +
        sticks.route(more="    price: \"0.10\"\n    prefixes: [\"+63\"]\n"
                          "    per_hour: 1000\n    per_day: 1000\n"))
    wait_until("the cheaper is taken", lambda: len(sticks.submits()) >= 20)
    check(not op.submits(), "the dearer was taken")
    sticks.vanish()
    wait_until("the operator has the rest", lambda: len(reached(op, sticks)) >= 58, 90)
    time.sleep(1)
    daemon.stop()
    none_twice(sticks, op)
    unknown = said(home, "unknown")
    check(len(unknown) <= 2 and all(m["route"] == "sticks" for m in unknown), unknown)
    op.end()

with told("and the other way: an operator is lost with texts unanswered, the sticks take the rest"):
    sticks, op = Sticks(count=2), Sim("--answer-delay", 300)
    home, daemon = lender(
        crowd(60, DUE),
        ROUTE.format(name="op", port=op.port) + "    price: \"0.10\"\n    window: 5\n" +
        sticks.route(more="    price: \"0.50\"\n    per_hour: 1000\n    per_day: 1000\n"))
    wait_until("the cheaper is taken", lambda: len(op.submits()) >= 20)
    check(not sticks.submits(), "the dearer was taken")
    op.process.kill()
    wait_until("the sticks have the rest", lambda: len(reached(op, sticks)) +
               len(said(home, "unknown")) >= 60, 90)
    time.sleep(1)
    daemon.stop()
    none_twice(sticks, op)
    check(len(said(home, "unknown")) <= 5, said(home, "unknown"))
    check(all(m["route"] == "op" for m in said(home, "unknown")), said(home, "unknown"))
    home.whole()
    sticks.end()

with told("long texts go whole over one SIM, in order"):
    sticks = Sticks("--profile", "simcom7600,ublox", count=2)
    home = Home(routes=sticks.route(more="    per_hour: 1000\n"))
    home.put("templates/reminder.en.txt", "{{lender}}: {{name}}, " + "please pay soon. " * 18 + "\n")
    home.accounts(crowd(12, DUE))
    daemon = home.serve("--at", NOW)
    all_delivered(home, 12)
    daemon.stop()
    parts = {}
    for s in sticks.submits():
        parts.setdefault(s["to"], []).append((s["modem"], s["n"]))
    for to, list_ in parts.items():
        check([n for _, n in list_] == list(range(1, len(list_) + 1)) and
              len({m for m, _ in list_}) == 1, "out of order:", to, list_)
    sticks.end()

with told("scan, test and log speak to people, and leave a daemon's ports alone"):
    sticks = Sticks("--profile", "quectel", "--deaf", 1, count=2)
    home = Home(routes=sticks.route(), more="test_numbers: [\"+639170000001\"]\n")
    text = home.run("modems", "scan")
    check("Quectel" in text and "1 of them speaks AT" in text, text)
    text = home.run("modems", "test", sticks.port(0), "--to", "+639170000001")
    check("the network took it" in text and "report" in text, text)
    check("9170000001" not in text, "a number is shown")
    home.run("modems", "test", sticks.port(0), "--to", "+639170000002", status=1)
    daemon = home.serve()
    imei = ready(home)[0]["imei"]
    check(home.status == 0, "modems failed")
    home.run("modems", "test", sticks.port(0), "--to", "+639170000001", status=1)
    check("AT" in home.run("modems", "log", imei), "nothing recorded")
    daemon.stop()
    check("AT" in home.run("modems", "log"), "nothing kept")
    sticks.end()
