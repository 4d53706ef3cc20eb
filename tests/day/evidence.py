"""What a judge, a forger and a clerk do with a dossier: python3 evidence.py ZIP WORK VERB ..."""

import hashlib
import html
import html.parser
import json
import os
import re
import subprocess
import sys
import zipfile

MEMBERS = {"index.html", "account.json", "events.jsonl", "chain.jsonl", "heads.txt", "check.py",
           "HOW-TO-CHECK.txt"}


def fail(what):
    print("FAIL: " + what, file=sys.stderr)
    sys.exit(1)


def read(path):
    with zipfile.ZipFile(path) as z:
        if z.testzip() is not None or set(z.namelist()) != MEMBERS:
            fail("the dossier holds %s" % z.namelist())
        return {name: z.read(name).decode("utf-8") for name in z.namelist()}


def write(files, path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, text in files.items():
            z.writestr(name, text)


class Page(html.parser.HTMLParser):
    """Every element closed, nothing active, nothing from elsewhere."""

    void = {"meta", "br", "link", "img"}

    def __init__(self):
        super().__init__()
        self.open, self.text = [], []

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "iframe", "img", "link", "object", "form", "a"):
            fail("the page holds <%s>" % tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "href", "style"):
                fail("the page holds %s=%s" % (name, value))
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            fail("</%s> closes nothing" % tag)

    def handle_data(self, data):
        self.text.append(data)


def check(path, work, *heads):
    """check.py out of the dossier itself, run over it."""
    script = os.path.join(work, "check.py")
    with open(script, "w", encoding="utf-8") as f:
        f.write(read(path)["check.py"])
    done = subprocess.run([sys.executable, script, path, *heads], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def whole(path, work, *heads):
    status, said = check(path, work, *heads)
    if status != 0 or "All of it fits" not in said:
        fail("check.py is not content: " + said)


def page(path, work, *wanted):
    files = read(path)
    parser = Page()
    parser.feed(files["index.html"])
    if parser.open:
        fail("never closed: %s" % parser.open)
    if re.search(r"https?:|url\(|@import", files["index.html"]):
        fail("the page asks for something from elsewhere")
    text = "".join(parser.text)
    for words in wanted:
        if words not in text:
            fail("the page does not tell: " + words)
    account = json.loads(files["account.json"])
    if not {"account", "amounts", "messages", "decisions"} <= set(account):
        fail("account.json is not that of dunlin account --json")


def lacks(path, work, *unwanted):
    for name, text in read(path).items():
        for words in unwanted:
            if words in text:
                fail("%s holds %s" % (name, words))


def readable(files, text):
    """What people read, with other words and with other figures; a careful forger mends the digests."""
    def sealed(name, content):
        first, rest = files["chain.jsonl"].split("\n", 1)
        start = json.loads(first)
        start["files"][name] = hashlib.blake2b(content.encode("utf-8"), digest_size=32).hexdigest()
        return dict(files, **{name: content, "chain.jsonl": json.dumps(start) + "\n" + rest})

    page, figures = files["index.html"], json.loads(files["account.json"])
    message = next(m for m in figures["messages"] if m["text"] == text)
    message["text"] = "Pay or else."
    shown = html.escape(text, quote=True).replace("&#x27;", "&#39;")
    if page.count(shown) < 2:
        fail("the page does not show the text where it was said and in the chronology: " + text)
    return {
        "index.html was changed": dict(files, **{"index.html": page.replace("Dossier", "dossier", 1)}),
        "account.json was changed": dict(files, **{"account.json": files["account.json"] + " "}),
        "index.html shows words": sealed("index.html", page.replace(shown, "Pay or else.", 1)),
        "account.json has other words": sealed("account.json", json.dumps(figures)),
    }


def forged(path, work):
    """Each forgery is found, and the event named."""
    files = read(path)
    lines = files["events.jsonl"].splitlines()
    at = next(i for i, line in enumerate(lines) if '"kind":"sending"' in line)
    seq = json.loads(lines[at])["seq"]
    chain = files["chain.jsonl"].splitlines()
    link = next(i for i, line in enumerate(chain) if line.startswith("[%d," % seq))

    def events(change):
        event = json.loads(lines[at])
        change(event)
        return dict(files, **{"events.jsonl": "\n".join(
            lines[:at] + [json.dumps(event)] + lines[at + 1:]) + "\n"})

    def links(new):
        return dict(files, **{"chain.jsonl": "\n".join(new) + "\n"})

    swapped = chain[:link] + [chain[link + 1], chain[link]] + chain[link + 2:]
    forgeries = {
        "a changed text": events(lambda e: e.update(data=e["data"].replace("is", "was", 1))),
        "a changed time": events(lambda e: e.update(at_ms=e["at_ms"] - 1)),
        "another local time": events(lambda e: e.update(at="1" + e["at"][1:])),
        "an event left out": dict(files, **{"events.jsonl": "\n".join(
            lines[:at] + lines[at + 1:]) + "\n"}),
        "events in another order": dict(files, **{"events.jsonl": "\n".join(
            lines[:at] + [lines[at + 1], lines[at]] + lines[at + 2:]) + "\n"}),
        "a link left out": links(chain[:link] + chain[link + 1:]),
        "links in another order": links(swapped),
        "a changed link": links([re.sub(r"^\[(\d+),(\d+)", lambda m: "[%s,%d" % (
            m[1], int(m[2]) + 1), line) if i == link else line for i, line in enumerate(chain)]),
        "another end": dict(files, **{"heads.txt": files["heads.txt"].replace(
            files["heads.txt"][4:8], "0000", 1)}),
    }
    for what, forgery in forgeries.items():
        name = os.path.join(work, "forged.zip")
        write(forgery, name)
        status, said = check(name, work)
        if status != 1:
            fail("check.py passes %s: %s" % (what, said))
        if what != "another end" and not re.search(r"event %d\b" % seq, said):
            fail("check.py does not name event %d of %s: %s" % (seq, what, said))
    for what, forgery in readable(files, json.loads(json.loads(lines[at])["data"])["text"]).items():
        name = os.path.join(work, "forged.zip")
        write(forgery, name)
        status, said = check(name, work)
        if status != 1 or what not in said:
            fail("check.py says of %s that was changed: %s" % (what, said))
    status, said = check(path, work, "%d:%s" % (seq, "0" * 16))
    if status != 1:
        fail("check.py takes a head that is none: " + said)


if __name__ == "__main__":
    {"whole": whole, "page": page, "lacks": lacks, "forged": forged}[sys.argv[3]](
        sys.argv[1], sys.argv[2], *sys.argv[4:])
