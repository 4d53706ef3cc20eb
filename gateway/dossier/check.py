#!/usr/bin/env python3
"""Checks a dossier of Dunlin:  python3 check.py [DOSSIER.zip | FOLDER] [HEAD ...]

Verifies that the chain of events is unbroken, that the borrower's events are exactly those the
chain holds, that no payload was changed, and that the chain ends with the head in heads.txt. Each
further argument is a head you were given elsewhere (a daily text, an older dossier), as SEQ:HASH or
as its first digits: it must be in this chain. HOW-TO-CHECK.txt says what is computed.

Needs Python 3.6 or newer and nothing else. Exit status: 0 all is well, 1 something is wrong.
"""
import hashlib
import io
import json
import os
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


def blake(*parts):
    return hashlib.blake2b(b"".join(parts), digest_size=32).digest()


def number(n):
    return n.to_bytes(8, "big", signed=True)


def payloads(place):
    """The borrower's events: seq -> what events.jsonl says of them."""
    found = {}
    with open_member(place, "events.jsonl") as lines:
        for line in lines:
            event = json.loads(line)
            seq = event["seq"]
            data = event["data"]
            if event.get("data_hex") is not None:
                data = bytes.fromhex(event["data_hex"])
            elif data is not None:
                data = data.encode("utf-8")
            if data is not None and blake(bytes.fromhex(event["salt"]), data).hex() != event["digest"]:
                complain("event %d: its payload is not the one the chain was made with" % seq)
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
    if wrong:
        print("%d things are WRONG." % len(wrong))
        sys.exit(1)
    print("All of it fits. The chain ends with %d:%s" % (last, end))


if __name__ == "__main__":
    main()
