"""Homes, daemons and operators for tests that drive the whole program from outside.

BIN is the build folder.  Everything runs in folders of its own under TMPDIR, on loopback, and only
processes started here are ended.  KEEP=1 leaves the folders for looking at.
"""
import atexit
import contextlib
import datetime
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

BIN = os.environ.get("BIN") or sys.exit("BIN: the build folder is not set")
DUNLIN = os.path.join(BIN, "dunlin")
SIM = os.path.join(BIN, "dunlin-sim")
ACCEPTED = ("sent", "delivered", "failed", "expired", "unknown")

started = []
folders = []
failures = []


class Failure(Exception):
    pass


def check(condition, *what):
    if not condition:
        raise Failure(" ".join(str(w) for w in what))


def wait_until(what, condition, seconds=120):
    """Polls; how long it takes is not what is tested, only that it happens at all."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise Failure("never happened: " + what)


def folder():
    path = tempfile.mkdtemp(prefix="dunlin-test-")
    folders.append(path)
    return path


@atexit.register
def finish():
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()
    if not os.environ.get("KEEP"):
        for path in folders:
            shutil.rmtree(path, ignore_errors=True)


def spawn(args, **more):
    process = subprocess.Popen(args, **more)
    started.append(process)
    return process


class Sim:
    """dunlin-sim smsc with its control channel."""

    def __init__(self, *options, port=0, path=None):
        self.dir = path or folder()
        self.log = os.path.join(self.dir, "sim.jsonl")
        self.out = open(os.path.join(self.dir, "sim.out"), "a+")
        self.begin = self.out.seek(0, 2)
        self.process = spawn(
            [SIM, "smsc", "--port", str(port), "--control", "--log", self.log,
             "--system-id", "sunrise", "--password", "secret", *map(str, options)],
            stdin=subprocess.PIPE, stdout=self.out, stderr=subprocess.STDOUT, text=True)
        line = wait_until("the operator listens", lambda: next(
            (x for x in self.said() if x.startswith("listening")), None))
        self.port = int(line.rsplit(":", 1)[1])

    def said(self):
        with open(self.out.name) as f:
            f.seek(self.begin)
            return f.read().splitlines()

    def tell(self, *commands):
        for command in commands:
            self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def stats(self):
        before = len(self.said())
        self.tell("stats")
        line = wait_until("statistics", lambda: next(
            (x for x in self.said()[before:] if x.startswith("{\"sessions\"")), None))
        return json.loads(line)

    def submits(self):
        return read_lines(self.log)

    def end(self):
        self.process.terminate()
        check(self.process.wait(20) == 0, "the operator ends with", self.process.returncode)


def read_lines(path):
    if not os.path.exists(path):
        return []
    with open(path) as f:
        return [json.loads(line) for line in f if line.endswith("\n")]


class Daemon:
    def __init__(self, home, *options, env=None, wrap=()):
        self.home = home
        self.errors = os.path.join(home.dir, "daemon.log")
        with open(self.errors, "a") as log:
            self.begin = log.tell()
            self.process = spawn([*wrap, DUNLIN, "-C", home.dir, "serve", *options],
                                 stdout=log, stderr=log, env={**os.environ, **(env or {})})

    def said(self):
        with open(self.errors, errors="replace") as f:
            f.seek(self.begin)
            return f.read().splitlines()

    def ready(self):
        def up():
            check(self.process.poll() is None, "the daemon ended at start:", self.said()[-12:])
            return any(" serving " in line for line in self.said())
        wait_until("the daemon serves", up)
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()

    def hangup(self):
        self.process.send_signal(signal.SIGHUP)

    def stop(self, status=0):
        self.process.send_signal(signal.SIGTERM)
        self.wait(status)

    def wait(self, status=0, seconds=240):
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failure("the daemon does not end: " + "\n".join(self.said()[-12:]))
        check(self.process.returncode == status, "the daemon ended with",
              self.process.returncode, "\n".join(self.said()[-40:]))


LENDER = """lender:
  name: Sunrise Lending
  contact: "+63285550100"
  country: PH
  currency: PHP
  timezone: {zone}
  languages: [en]
"""

ROUTE = """  {name}:
    type: smpp
    host: 127.0.0.1
    port: {port}
    system_id: sunrise
    password_file: smpp.password
    source: "28550"
"""


class Home:
    def __init__(self, port=None, zone="Asia/Manila", route="", more="", routes=None, path=None):
        self.dir = path or folder()
        self.put("smpp.password", "secret\n")
        os.chmod(os.path.join(self.dir, "smpp.password"), 0o600)
        text = LENDER.format(zone=zone) + more + "routes:\n"
        if routes is not None:
            text += routes
        elif port is None:
            text += "  paper: {type: file, path: sent.jsonl}\n"
        else:
            text += ROUTE.format(name="op", port=port) + route
        self.put("dunlin.yaml", text)
        self.put("templates/reminder.en.txt",
                 "{{lender}}: {{name}}, {{amount}} is {{days_overdue}} days overdue.\n")
        self.put("campaigns/main.yaml", "steps:\n  - {day: [1, 7, 15, 21], sms: reminder}\n")

    def put(self, name, text):
        path = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)
        return path

    def edit(self, old, new, name="dunlin.yaml"):
        with open(os.path.join(self.dir, name)) as f:
            text = f.read()
        check(old in text, "nothing to edit in", name)
        self.put(name, text.replace(old, new))

    def run(self, *args, status=0, env=None):
        done = subprocess.run([DUNLIN, "-C", self.dir, *map(str, args)], capture_output=True,
                              text=True, env={**os.environ, **(env or {})}, timeout=300)
        self.stderr = done.stderr
        check(status is None or done.returncode == status, "dunlin", *args, "ended with",
              done.returncode, "\n", done.stdout[-2000:], done.stderr[-2000:])
        self.status = done.returncode
        return done.stdout

    def list(self, *args):
        return [json.loads(x) for x in self.run(*args, "--json").splitlines()]

    def one(self, *args):
        return self.list(*args)[0]

    def messages(self, *args):
        return self.list("messages", *args)

    def out(self, *args):
        return [m for m in self.messages(*args) if m["direction"] == "out"]

    def serve(self, *options, **more):
        return Daemon(self, *options, **more).ready()

    def through(self, at, until, speed=50000, status=0, **more):
        """Serves from one local time to another and waits for the end."""
        Daemon(self, "--at", at, "--until", until, "--speed", str(speed), **more).wait(status)

    def accounts(self, rows, header="account_id,name,phone,due_date,amount_due", *options):
        text = header + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)
        self.run("import", "accounts", self.put("in.csv", text), *options)

    def payments(self, rows, header="account_id,paid_on,amount,reference"):
        text = header + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)
        self.run("import", "payments", self.put("paid.csv", text))

    def whole(self):
        self.run("verify")


def reference(message):
    """user_message_reference of a message's submits."""
    return message["id"] % 65535 + 1


def crowd(n, due, first=1, amount="1500.00"):
    return [("A%06d" % i, "Ana %d" % i, "+63917%07d" % i, due, amount)
            for i in range(first, first + n)]


def check_said_once(home, submits):
    """What the operator took and what the store says, row by row."""
    rows = {reference(m): m for m in home.out() if m["status"] in ACCEPTED}
    check(len(rows) < 65000, "too many rows to tell them apart by reference")
    seen = set()
    for s in submits:
        key = (s["user_message_reference"], s["n"])
        check(key not in seen, "submitted twice:", s)
        check(not s["twice"], "submitted twice:", s)
        seen.add(key)
        m = rows.get(s["user_message_reference"])
        check(m is not None, "taken by the operator and not in the store:", s)
        check(m["to"].lstrip("+") == s["to"].lstrip("+"), "another number:", s, m)
    for m in rows.values():
        if m["status"] in ("sent", "delivered", "expired"):
            check((reference(m), 0) in seen or (reference(m), 1) in seen,
                  "the operator never took", m)
    return rows


def went_at(message, local):
    """Was it meant for that local time, and did it go then?  The clock of these tests runs so fast that
    an hour passes in less than a tenth of a second."""
    due, sent = (datetime.datetime.fromisoformat(message[k]) for k in ("at", "sent_at"))
    return (due.replace(tzinfo=None) == datetime.datetime.fromisoformat(local) and
            datetime.timedelta(0) <= sent - due < datetime.timedelta(hours=10))


@contextlib.contextmanager
def told(what):
    """Names a part of a test when it fails."""
    begin = time.monotonic()
    try:
        yield
    except Exception as e:
        for path in folders[-3:]:
            log = os.path.join(path, "daemon.log")
            if os.path.exists(log):
                print("--", log, file=sys.stderr)
                print("".join(open(log, errors="replace").readlines()[-30:]), file=sys.stderr)
        print("FAIL:", what, "-", e, file=sys.stderr)
        traceback.print_exc(limit=-2)
        failures.append(what)
        if not os.environ.get("GO_ON"):
            sys.exit(1)
        return
    print("ok  %-60s %6.1f s" % (what, time.monotonic() - begin), flush=True)
