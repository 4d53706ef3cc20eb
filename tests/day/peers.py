"""The daemon against operators that are not ours: Net::SMPP (Debian) and smpp (npm)."""
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "fault"))
from lib import *  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def installed(*command, **more):
    try:
        return subprocess.run(command, capture_output=True, **more).returncode == 0
    except FileNotFoundError:
        return False


def against(peer, reply):
    port = free_port()
    out = open(os.path.join(folder(), "peer.out"), "w+")
    process = spawn([*peer, str(port), "secret"], stdout=out, stderr=subprocess.STDOUT)
    wait_until("it listens", lambda: "listening" in open(out.name).read(), 30)
    home = Home(port, route="    window: 10\n")
    home.put("templates/reminder.en.txt", "{{lender}}: {{name}}, {{amount}} [{{days_overdue}}] @ é\n")
    home.accounts(crowd(25, "2026-08-31"))
    daemon = home.serve("--at", "2026-09-01T10:00")
    wait_until("25 texts are delivered", lambda: sum(
        m["status"] == "delivered" and m["class"] == "campaign" for m in home.out()) == 25)
    wait_until("25 replies are read", lambda: len(home.list("inbox")) == 25)
    texts = {i["text"] for i in home.list("inbox")}
    check(texts == {reply}, "the replies came otherwise:", texts)
    daemon.stop()
    rows = [m for m in home.out() if m["class"] == "campaign" and m["status"] != "planned"]
    check(len({p["smsc_id"] for m in rows for p in m["parts"]}) == 25, "ids:", rows[:1])
    home.whole()
    process.terminate()
    process.wait()


tried = 0
if installed("perl", "-MNet::SMPP", "-e", "1"):
    tried += 1
    with told("Net::SMPP"):
        against(["perl", os.path.join(HERE, "peer_netsmpp.pl")], "I will pay on Friday")
peers = os.environ.get("PEERS") or os.path.join(HERE, "..", "peers", "node_modules")
if os.path.isdir(os.path.join(peers, "smpp")) and installed("node", "--version"):
    tried += 1
    with told("npm smpp"):
        against(["node", os.path.join(HERE, "peer_npm.js")], "Ще платя в петък")
sys.exit(1 if failures else 0 if tried else 77)
