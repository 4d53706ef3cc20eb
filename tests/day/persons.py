"""A person in a call, and people who call while nobody can answer."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "fault"))
from phones import *  # noqa: E402

OWNER = "+639180000001"
ASKS = "answer 1 do wait 1 wait 1990# wait wait 0 wait "
HUMAN = ASKS + "pause 20 hangup"
ALWAYS = "    person: \"%s\"\n" % OWNER


def story(home, call):
    return next(e["data"]["story"] for e in home.list("events")
                if e["kind"] == "call_ended" and e["data"]["call"] == call["id"])


def book(words):
    """Of the person's telephone, call by call."""
    path = os.path.join(folder(), "callers")
    with open(path, "w") as f:
        f.write("".join("%s: %s\n" % (OWNER, w) for w in words))
    return path


def rung(home):
    return {e["account"]: e["data"] for e in home.list("events") if e["kind"] == "call_person"}


def to_call_back(home, reason="asked_in_call"):
    return {t["account"]: t["status"] for t in home.list("tasks") if t["reason"] == reason}


def legs(phones, what):
    return [e for e in phones.events(what) if e["number"] == OWNER]


def nothing_is_up(phones):
    stats = phones.stats()
    check(stats["calls_left"] == 0 and stats["double_dials"] == 0 and stats["texts_in_calls"] == 0,
          stats)


def called_in(home):
    return [c for c in home.list("calls") if c["direction"] == "in"]


with told("a person in the call: rung and joined, busy and back, and not outside his hours"):
    phones = Phones("--callers", book(["answer 1 do pause 6 hangup", "busy"]), "--profile", "huawei")
    home = lender(phones, more="    person: \"%s\"\n    person_hours: \"08:00-12:00\"\n" % OWNER)
    home.accounts([borrower(1), borrower(2)], HEADER)
    for n in (1, 2, 3):
        phones.does(number(n), HUMAN)
    home.through("2026-09-01T10:00", "2026-09-02T11:30", 20000)
    came = {account: data["outcome"] for account, data in rung(home).items()}
    check(sorted(came.values()) == ["busy", "joined"], came)
    calls = {c["account"]: c for c in home.list("calls")}
    check(all(calls[a]["outcome"] == "right_party" for a in ("A1", "A2")), calls)
    joined = next(a for a in came if came[a] == "joined")
    busy = next(a for a in came if came[a] == "busy")
    check("end human" in story(home, calls[joined]), story(home, calls[joined]))
    check("prompt bye" not in story(home, calls[joined]), "the script talks on")
    check("prompt bye" in story(home, calls[busy]), "the script does not go on")
    steps = [e["event"] for e in read_lines(phones.calls_log) if e["number"] == OWNER]
    check(steps == ["dialled", "alerting", "answered", "joined", "ended", "dialled", "ended"], steps)
    ended = phones.events("ended")
    check(len(ended) == 4 and ended[0]["number"] == OWNER and ended[0]["by"] == "them" and
          ended[1]["by"] == "us", ended)
    check(len(phones.events("held")) == 2 and len(phones.events("resumed")) == 1, "holding")
    check(to_call_back(home) == {joined: "done", busy: "open"}, to_call_back(home))
    home.accounts([borrower(1), borrower(2), borrower(3)], HEADER)
    home.through("2026-09-02T12:30", "2026-09-02T19:00", 20000)
    home.through("2026-09-03T12:30", "2026-09-03T19:00", 20000)
    late = [c for c in home.list("calls", "--account", "A3") if c["started_at"]]
    check(late and late[0]["keys"].endswith("0"), "A3 was not called:", late)
    check(len(rung(home)) == 2, "rung outside his hours")
    check(len(legs(phones, "dialled")) == 2, "rung")
    home.whole()
    phones.end()


CAUSES = {"huawei": "^CEND:2,", "quectel": "Call rejected", "simcom7600": "Cause:21",
          "simcom800": "Cause:21"}
for maker, cause in CAUSES.items():
    with told("a person in the call, by %s: joined, and refused in the network's words" % maker):
        phones = Phones("--callers", book(["answer 1 do pause 6 hangup", "reject"]),
                        "--profile", maker)
        home = lender(phones, more=ALWAYS)
        home.accounts([borrower(1), borrower(2)], HEADER)
        for n in (1, 2):
            phones.does(number(n), HUMAN)
        home.through("2026-09-01T10:00", "2026-09-02T19:00", 20000)
        data = {d["outcome"]: d for d in rung(home).values()}
        check(sorted(data) == ["joined", "rejected"], data)
        check(cause in data["rejected"]["cause"] and "21" in data["rejected"]["cause"] or
              maker == "quectel" and cause in data["rejected"]["cause"], data)
        check(sorted(to_call_back(home).values()) == ["done", "open"], to_call_back(home))
        check([c["outcome"] for c in home.list("calls") if c["started_at"]] ==
              ["right_party"] * 2, home.list("calls"))
        check(all(e["sounded"] for e in phones.events("ended") if e["number"] != OWNER),
              "a sound was not switched on")
        nothing_is_up(phones)
        home.whole()
        phones.end()

with told("killed with a person in the call: no leg stays up, and the books are honest"):
    for joined in (True, False):
        phones = Phones("--callers", book(["answer %d do pause 600 hangup" % (1 if joined else 20)]),
                        "--profile", "quectel")
        home = lender(phones, more=ALWAYS)
        home.accounts([borrower(1)], HEADER)
        phones.does(number(1), ASKS + "pause 600")
        home.through("2026-09-01T10:00", "2026-09-02T09:00", 20000)
        daemon = home.serve("--at", "2026-09-02T10:00")
        if joined:
            wait_until("they are joined", lambda: rung(home))
        else:
            wait_until("the person's telephone rings", lambda: legs(phones, "alerting"))
        daemon.kill()
        check([c["status"] for c in home.list("calls")] == ["calling"], home.list("calls"))
        daemon = home.serve("--at", "2026-09-02T10:00")
        wait_until("both are hung up", lambda: len(phones.events("ended")) == 2)
        daemon.stop()
        check(all(e["by"] == "us" for e in phones.events("ended")), phones.events("ended"))
        check([(c["status"], c["outcome"]) for c in home.list("calls")] == [("over", "modem_lost")],
              home.list("calls"))
        check(to_call_back(home) == {"A1": "done" if joined else "open"}, to_call_back(home))
        check(len(legs(phones, "dialled")) == 1, "rung again")
        nothing_is_up(phones)
        home.whole()
        phones.end()

with told("not live, only a test number is rung"):
    for tests in ("", ", \"%s\"" % OWNER):
        phones = Phones("--callers", book(["busy"]), "--profile", "huawei")
        home = lender(phones, more=ALWAYS)
        home.edit("policy:", "live: false\ntest_numbers: [\"%s\"%s]\npolicy:" % (number(1), tests))
        home.accounts([borrower(1)], HEADER)
        phones.does(number(1), HUMAN)
        home.through("2026-09-01T10:00", "2026-09-02T19:00", 20000)
        check(home.one("calls")["keys"].endswith("0"), home.list("calls"))
        check(len(legs(phones, "dialled")) == (1 if tests else 0), "rung:", tests)
        check(to_call_back(home) == {"A1": "open"}, to_call_back(home))
        phones.end()

with told("on the lender's holidays the person is left in peace"):
    phones = Phones("--callers", book(["busy"]), "--profile", "huawei")
    home = lender(phones, more=ALWAYS + "    incoming: ask\n")
    home.put("holidays/ph.ics", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n"
             "BEGIN:VEVENT\r\nUID:a@x\r\nDTSTAMP:20260101T000000Z\r\n"
             "DTSTART;VALUE=DATE:20260902\r\nSUMMARY:Free\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
    home.edit("{preset: base}", "{preset: base, holidays: [holidays/ph.ics]}")
    home.accounts([borrower(1)], HEADER)
    for n, day in enumerate(("2026-09-02", "2026-09-03")):
        daemon = home.serve("--at", day + "T10:00")
        ready(home)
        phones.tell("0 call %s %s" % (number(1), HUMAN))
        wait_until("it is over", lambda: len([c for c in called_in(home)
                                              if c["status"] == "over"]) == n + 1)
        daemon.stop()
        check(called_in(home)[0]["keys"].endswith("0"), called_in(home))
        check(len(legs(phones, "dialled")) == n, day, "rung", legs(phones, "dialled"))
    home.whole()
    phones.end()

with told("who calls while the line is busy is written down once, and a borrower is called back"):
    for maker in ("quectel", "huawei", "simcom7600", "generic"):
        phones = Phones("--profile", maker)
        home = lender(phones, more="    incoming: ask\n")
        home.accounts([borrower(1), borrower(2)], HEADER)
        phones.does(number(1), ASKS + "pause 600")
        phones.does(number(2), "busy")
        daemon = home.serve("--at", "2026-09-02T10:00")
        ready(home)
        home.run("call", "--account", "A1", "--script", "ask", "--when-allowed")
        wait_until("somebody talks", lambda: phones.events("answered"))
        for n, who in enumerate((number(2), "+639179999999", "withheld", number(2))):
            phones.tell("0 call %s answer 1 do wait" % who)
            wait_until("%s is written down" % who, lambda: len(called_in(home)) == n + 1)
        time.sleep(1)
        phones.tell("0 drop")
        wait_until("the call is over", lambda: phones.events("ended"))
        daemon.stop()
        missed = called_in(home)
        check([c["from"] for c in missed] == [number(2), None, "+639179999999", number(2)], missed)
        check([c["account"] for c in missed] == ["A2", None, None, "A2"], missed)
        check(all(c["outcome"] == "busy" and c["status"] == "over" and c["started_at"] and
                  not c["answered_at"] and "missed" in c["cause"] for c in missed), missed)
        check(to_call_back(home, "missed_call") == {"A2": "open"} and
              len([t for t in home.list("tasks") if t["reason"] == "missed_call"]) == 1,
              home.list("tasks"))
        chain = [e["kind"] for e in home.list("events")
                 if e["account"] == "A2" and e["data"].get("call") in [c["id"] for c in missed]]
        check(chain == ["call_started", "call_ended"] * 2, chain)
        check("call them back" in home.run("account", "A2"), "not in the story")
        nothing_is_up(phones)
        home.whole()
        phones.end()

with told("who calls a stick that has no sound here is written down"):
    phones = Phones(count=2)
    home = lender(phones)
    home.edit(", %s: \"alsa:modem1\"" % phones.port(1), "")
    home.accounts([borrower(1)], HEADER)
    daemon = home.serve("--at", "2026-09-01T10:00")
    ready(home, 2)
    phones.tell("1 call %s answer 1 do wait" % number(1))
    wait_until("it is hung up", lambda: phones.events("ended"))
    call = wait_until("it is written down", lambda: called_in(home))[0]
    check(call["account"] == "A1" and call["outcome"] == "cancelled" and "missed" in call["cause"],
          call)
    check(to_call_back(home, "missed_call") == {"A1": "open"}, home.list("tasks"))
    daemon.stop()
    check(len(called_in(home)) == 1, called_in(home))
    home.whole()
    phones.end()

sys.exit(1 if failures else 0)
