#!/usr/bin/env python3
"""Checks a dossier of Dunlin:  python3 check.py [DOSSIER.zip | FOLDER] [HEAD ...]

Verifies that the chain of events is unbroken, that the borrower's events are exactly those the
chain holds, that no payload was changed, that the chain ends with the head in heads.txt, and that
index.html and account.json are as they were made and say of every text what the chain says. Each
further argument is a head you were given elsewhere (a daily text, an older dossier), as SEQ:HASH or
as its first digits: it must be in this chain. HOW-TO-CHECK.txt says what is computed.

Needs Python 3.6 or newer and nothing else. Exit status: 0 all is well, 1 something is wrong.
"""
import datetime
import hashlib
import html
import io
import json
import os
import re
import sys
import zipfile

wrong = []


def complain(what):
    wrong.append(what)
    if len(wrong) <= 50:
        print("WRONG: " + what)


def open_member(place, name):
    if os.path.isdir(place):
        return open(os.path.join(place, name), encoding="utf-8")
    return io.TextIOWrapper(zipfile.ZipFile(place).open(name), encoding="utf-8")


def open_octets(place, name):
    if os.path.isdir(place):
        return open(os.path.join(place, name), "rb")
    return zipfile.ZipFile(place).open(name)


def blake(*parts):
    return hashlib.blake2b(b"".join(parts), digest_size=32).digest()


def number(n):
    return n.to_bytes(8, "big", signed=True)


def instant(text):
    """Seconds since 1970 of 2026-09-02T10:01:40+08:00; Python 3.6 does not know the colon."""
    moment = datetime.datetime.strptime(text[:-3] + text[-2:], "%Y-%m-%dT%H:%M:%S%z")
    return (moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(seconds=1)


def payloads(place):
    """The borrower's events: seq -> what events.jsonl says of them."""
    found = {}
    before = 0
    with open_member(place, "events.jsonl") as lines:
        for line in lines:
            event = json.loads(line)
            seq = event["seq"]
            if seq < before:
                complain("event %d stands behind event %d in events.jsonl: the order was changed" % (seq, before))
            before = seq
            data = event["data"]
            if event.get("data_hex") is not None:
                data = bytes.fromhex(event["data_hex"])
            elif data is not None:
                data = data.encode("utf-8")
            if data is not None and blake(bytes.fromhex(event["salt"]), data).hex() != event["digest"]:
                complain("event %d: its payload is not the one the chain was made with" % seq)
            if instant(event["at"]) != event["at_ms"] // 1000:
                complain("event %d: its local time is not that of at_ms" % seq)
            if seq in found:
                complain("event %d stands twice in events.jsonl" % seq)
            found[seq] = event
    return found


def follow(place, events, wanted):
    """Walks chain.jsonl. Returns its first and last seq and the last hash."""
    with open_member(place, "chain.jsonl") as lines:
        start = json.loads(next(lines))
        account, first = start["account"], start["first"]
        previous, expected = bytes.fromhex(start["hash_before"]), first
        left = set(events)
        for line in lines:
            seq, at, whose, message, kind, actor, digest = json.loads(line)
            if seq != expected:
                complain("event %d: the chain goes on with event %d" % (expected, seq))
            expected = seq + 1
            previous = blake(previous, number(seq), number(at), number(whose), number(message),
                             kind.encode("utf-8", "surrogateescape"), b"\0",
                             actor.encode("utf-8", "surrogateescape"), b"\0", bytes.fromhex(digest))
            event = events.get(seq)
            if event is None and whose == account:
                complain("event %d is the borrower's and is not in events.jsonl" % seq)
            if event is not None:
                left.discard(seq)
                said = (event["at_ms"], event["account"], event["message"], event["kind"], event["actor"])
                if said != (at, whose, message, kind, actor):
                    complain("event %d: events.jsonl and the chain tell different things of it" % seq)
                if event["digest"] != digest:
                    complain("event %d: its digest is not the one in the chain" % seq)
                if event["hash"] != previous.hex():
                    complain("event %d: its hash does not follow from what stands before it: this event "
                             "or one since the borrower's last was changed" % seq)
            for head in wanted:
                if head["seq"] in (None, seq) and previous.hex().startswith(head["hash"]):
                    head["found"] = seq
        for seq in sorted(left):
            complain("event %d is in events.jsonl and not in the chain" % seq)
        return first, expected - 1, previous.hex()


def text_of(event, key="text"):
    """The words an event tells, None: none, or erased."""
    try:
        told = json.loads(event["data"] or "null")
    except ValueError:
        return None
    return told.get(key) if isinstance(told, dict) else None


def listen(place, events):
    """Recordings are what the events of their calls name; how many there are."""
    found = 0
    for event in events.values():
        for name in filter(None, [text_of(event, "recording"), text_of(event, "message")]):
            if event["kind"] != "call_ended" or not re.fullmatch("[0-9a-f]{64}", name):
                continue
            try:
                with open_octets(place, "calls/%s.wav" % name) as member:
                    octets = member.read()
            except (KeyError, OSError):
                print("A recording is not among the files: %s" % name)
                continue
            found += 1
            if blake(octets).hex() != name:
                complain("calls/%s.wav is not what was recorded" % name)
    return found


def shown(text):
    """A text as index.html shows it: characters that steer print or direction are replaced."""
    return re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "\ufffd", text)


def compare(place, events):
    """The page and the figures are those that were made, and their words are the chain's."""
    with open_member(place, "chain.jsonl") as lines:
        files = json.loads(next(lines))["files"]
    content = {}
    for name in sorted(files):
        with open_member(place, name) as member:
            content[name] = member.read()
        if blake(content[name].encode("utf-8")).hex() != files[name]:
            complain("%s was changed after the dossier was made" % name)
    said = {}
    for seq in sorted(events):
        if events[seq]["kind"] in ("sending", "received"):
            said[events[seq]["message"]] = text_of(events[seq])
    for message in json.loads(content["account.json"])["messages"]:
        if message["text"] is not None and message["id"] in said and said[message["id"]] != message["text"]:
            complain("text %d: account.json has other words than the chain" % message["id"])
    told = [text for event in events.values() for text in (text_of(event), text_of(event, "story"))]
    known = set(shown(text) for text in told if isinstance(text, str))
    for words in re.findall(r'<span class="words" dir="auto">(.*?)</span>', content["index.html"], re.S):
        if html.unescape(words) not in known and words != "<i>erased</i>":
            complain("index.html shows words the chain does not hold: %s" % html.unescape(words)[:60])


def read_heads(place):
    heads = []
    with open_member(place, "heads.txt") as lines:
        for line in lines:
            word = line.split()[0] if line.split() else ""
            seq, colon, digits = word.partition(":")
            if colon and seq.isdigit():
                heads.append({"seq": int(seq), "hash": digits, "found": None, "line": line.strip()})
    return heads


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    arguments = sys.argv[1:]
    place = arguments.pop(0) if arguments and os.path.exists(arguments[0]) else here
    given = []
    for text in arguments:
        seq, colon, digits = text.rpartition(":")
        given.append({"seq": int(seq) if colon else None, "hash": digits.lower(), "found": None, "line": text})
        if len(digits) < 16:
            sys.exit("%s is no head: at least 16 digits of the hash are needed" % text)
    events = payloads(place)
    heads = read_heads(place)
    first, last, end = follow(place, events, heads + given)
    compare(place, events)
    recordings = listen(place, events)
    if not heads or heads[0]["seq"] != last or heads[0]["hash"] != end:
        complain("the chain ends with %d:%s, and heads.txt names another end" % (last, end))
    for head in heads[1:]:
        if head["seq"] >= first and head["found"] is None:
            complain("the head %s is not in this chain: what came before it was changed" % head["line"])
    for head in given:
        if head["found"] is not None:
            print("The head %s is in this chain: it is that of event %d." % (head["line"], head["found"]))
        elif head["seq"] is not None and head["seq"] < first:
            print("The head %s is older than this borrower's first event." % head["line"])
        else:
            complain("the head %s is not in this chain: what came before it was changed" % head["line"])
    erased = sum(1 for e in events.values() if e["data"] is None and e.get("data_hex") is None)
    print("%d events of the borrower (%d erased), %d links of the chain, from event %d to %d."
          % (len(events), erased, last - first + 1, first, last))
    if recordings:
        print("%d recordings of calls." % recordings)
    if wrong:
        print("%d things are WRONG." % len(wrong))
        sys.exit(1)
    print("All of it fits. The chain ends with %d:%s" % (last, end))


if __name__ == "__main__":
    main()
