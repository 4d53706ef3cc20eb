"""Modems on ptys for tests that drive the whole program: dunlin-sim modem and a home that names them."""
from lib import *


class Sticks:
    """dunlin-sim modem; port n is the link DIR/ports/modemN, wherever the stick's pty is now."""

    def __init__(self, *options, count=1, quick=True):
        self.dir = folder()
        self.count = count
        self.ports = os.path.join(self.dir, "ports")
        os.mkdir(self.ports)
        self.log = os.path.join(self.dir, "sim.jsonl")
        self.out = open(os.path.join(self.dir, "sim.out"), "a+")
        pace = ("--latency", 40, "--setup", 0, "--report-delay", 40) if quick else ()
        self.process = spawn(
            [SIM, "modem", "--count", str(count), "--control", "--log", self.log, "--link",
             self.ports, *map(str, pace), *map(str, options)],
            stdin=subprocess.PIPE, stdout=self.out, stderr=subprocess.STDOUT, text=True)
        wait_until("the sticks are there", lambda: "ready" in self.said())

    def said(self):
        with open(self.out.name) as f:
            return f.read().splitlines()

    def tell(self, *commands):
        for command in commands:
            self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def ask(self, what, begins):
        before = len(self.said())
        self.tell(what)
        return json.loads(wait_until(what, lambda: next(
            (x for x in self.said()[before:] if x.startswith(begins)), None)))

    def stats(self):
        return self.ask("stats", "{\"modems\"")

    def port(self, n):
        return os.path.join(self.ports, "modem%d" % n)

    def submits(self):
        return read_lines(self.log)

    def route(self, name="sticks", more="", ports=None):
        listed = ports or [self.port(n) for n in range(self.count)]
        return "  %s:\n    type: modem\n    ports: [%s]\n%s" % (name, ", ".join(listed), more)

    def vanish(self):
        """All at once. Links go first: the numbers of the ptys may soon be another test's."""
        for n in range(self.count):
            os.unlink(self.port(n))
        self.process.kill()

    def end(self):
        self.process.terminate()
        check(self.process.wait(20) == 0, "the sticks end with", self.process.returncode)


def ready(home, n=1):
    """The modems that may be given texts, once there are n."""
    def some():
        rows = [m for m in home.list("modems") if m["state"] in ("ready", "sending")]
        return rows if len(rows) >= n else None
    return wait_until("%d modems are ready" % n, some)


def by_modem(submits):
    n = {}
    for s in submits:
        n[s["modem"]] = n.get(s["modem"], 0) + 1
    return n
