#!/usr/bin/env python3
"""The live feed before people who listen well and badly: frames that are wrong
in each way, clients that never read, conditions, the same over TLS, and one that
follows a shop while liftd is killed again and again, with `since`: nothing is
lost and nothing comes twice. Last a client that others wrote, npm's `ws`, where
npm can get it, over TLS."""
import base64
import json
import os
import random
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import urllib.parse

import rig
from rig import check

CONFIG = """http: { deadline: 10s }
"""
NPM = """
const WebSocket = require("ws");
const ws = new WebSocket(process.argv[2]);
let pongs = 0, rows = 0;
ws.on("open", () => ws.ping("x"));
ws.on("pong", () => pongs++);
ws.on("message", (m) => {
  const row = JSON.parse(m);
  if (row.type === "subscribed" && rows === 0) console.log("subscribed");
  if (row.type === "view" && ++rows === 3) ws.close(1000, "enough");
});
ws.on("close", (code) => console.log(`closed ${code} ${rows} ${pongs}`));
ws.on("error", (e) => console.log("error " + e));
"""


class Socket:
    """A WebSocket client that can do everything wrong."""

    def __init__(self, d, query="", fields=(), room=None, version="13",
                 tls=None):
        self.last = None
        self.socket = socket.socket()
        if room is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", d.port()))
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = ["GET /ws%s HTTP/1.1" % query, "Host: localhost",
                 "Upgrade: websocket", "Connection: keep-alive, Upgrade",
                 "Sec-WebSocket-Key: " + key,
                 "Sec-WebSocket-Version: " + version] + list(fields)
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        while self.file.readline().strip():
            pass

    def frame(self):
        """Opcode and payload; (None, None) when the connection is over."""
        try:
            head = self.file.read(2)
            if len(head) < 2:
                return None, None
            check(head[1] < 128, "a server's frame has a mask")
            size = head[1]
            if size == 126:
                size, = struct.unpack(">H", self.file.read(2))
            elif size == 127:
                size, = struct.unpack(">Q", self.file.read(8))
            payload = self.file.read(size)
            return (head[0] & 15, payload) if len(payload) == size else \
                (None, None)
        except ConnectionError:
            return None, None

    def row(self):
        """The next row; None when the connection is over."""
        while True:
            opcode, payload = self.frame()
            if opcode in (None, 8):
                self.last = payload
                return None
            if opcode == 1:
                return json.loads(payload)

    def code(self):
        """The close code; None for a connection that just ends."""
        while True:
            opcode, payload = self.frame()
            if opcode is None:
                return None
            if opcode == 8:
                return struct.unpack(">H", payload[:2])[0]

    def send(self, payload, opcode=1, fin=True, mask=True, claim=None):
        if isinstance(payload, str):
            payload = payload.encode()
        n = len(payload) if claim is None else claim
        bit = 128 if mask else 0
        head = bytes([(128 if fin else 0) | opcode])
        head += bytes([bit | n]) if n < 126 else \
            bytes([bit | 126]) + struct.pack(">H", n) if n < 65536 else \
            bytes([bit | 127]) + struct.pack(">Q", n)
        if mask:
            key = os.urandom(4)
            head += key
            payload = bytes(b ^ key[i % 4] for i, b in enumerate(payload))
        self.socket.sendall(head + payload)

    def close(self):
        self.file.close()
        self.socket.close()


def post(d, events):
    r = d.ask("events import", "".join(json.dumps(e) + "\n" for e in
                                       events).encode())
    check(r.ok, "events are refused: %s" % r)


def started(args, scratch, name, config=CONFIG):
    d = rig.Daemon(args, scratch, name, config, listen="127.0.0.1:0")
    start(d)
    return d


def start(d):
    lines = d.log().count(" listen=")
    d.start()
    rig.wait_for(lambda: d.log().count(" listen=") > lines,
                 "liftd does not say where it listens")


# ---- handshakes and frames -----------------------------------------------------

def handshakes(d):
    for want, query, fields, version in (
            (101, "", (), "13"), (426, "", (), "8"),
            (400, "?topics=alret", (), "13"), (400, "?since=x", (), "13"),
            (403, "", ("Origin: https://elsewhere.example",), "13"),
            (101, "", ("Origin: http://localhost",), "13")):
        s = Socket(d, query, fields, version=version)
        check(s.status == want, "a handshake with %s gets %d, expected %d" %
              ((query, fields, version), s.status, want))
        s.close()


def wrong_frames(d):
    def closes(want, what, *frames):
        s = Socket(d, "?topics=view")
        for f in frames:
            f(s)
        got = s.code()
        check(got == want, "%s is closed with %s, expected %s" %
              (what, got, want))
        s.close()

    closes(1002, "a frame without mask", lambda s: s.send("{}", mask=False))
    closes(1002, "an unknown opcode", lambda s: s.send("x", opcode=5))
    closes(1002, "a long ping", lambda s: s.send("x" * 126, opcode=9))
    closes(1002, "a continuation of nothing", lambda s: s.send("x", opcode=0))
    closes(1007, "text that is no UTF-8", lambda s: s.send(b"\xc3\x28"))
    closes(1003, "a binary message", lambda s: s.send(b"x", opcode=2))
    closes(1009, "a message that is too large",
           lambda s: s.send(b"x", claim=65537))
    closes(1009, "a message that says it is endless",
           lambda s: s.send(b"x", claim=1 << 62))
    closes(1008, "a flood of pings",
           *[lambda s: s.send("x", opcode=9)] * 300)
    closes(1008, "a flood of messages",
           *[lambda s: s.send('{"subscribe":[]}')] * 300)
    closes(1000, "a client that says good-bye",
           lambda s: s.send(struct.pack(">H", 1000), opcode=8))


def nonsense(d, rounds=300):
    """Bytes by chance, and decent frames with a few bytes changed, in pieces of
    any length: each connection ends or goes on, and liftd lives."""
    for _ in range(rounds):
        s = Socket(d, "?topics=view")
        data = bytearray(os.urandom(random.randrange(1, 400)))
        if random.random() < 0.8:
            data = bytearray()
            for _ in range(random.randrange(1, 6)):
                body = b'{"subscribe":["purchase"]}'[
                    :random.choice((0, 5, 26))]
                data += bytes([random.choice((0x81, 0x01, 0x80, 0x88, 0x89)),
                               0x80 | len(body), 0, 0, 0, 0]) + body
            for _ in range(random.randrange(3)):
                data[random.randrange(len(data))] = random.randrange(256)
        try:
            while data:
                n = random.randrange(1, len(data) + 1)
                s.socket.sendall(data[:n])
                del data[:n]
        except OSError:
            pass
        s.close()
    check(d.one("status") is not None, "liftd does not answer any more")


def messages(d):
    s = Socket(d, "?topics=view")
    check(s.row()["topics"] == ["view"], "the greeting")
    for word in ("{", "[]", '{"subscribe":1}', '{"subscribe":[1]}',
                 '{"subscribe":["vieew"]}', '{"since":1}', '{} x'):
        s.send(word)
        check(s.row()["type"] == "error", "%r is taken" % word)
    # In three fragments, with a ping between, and the last cut into bytes.
    s.send('{"subscr', fin=False)
    s.send("between", opcode=9)
    s.send('ibe":["purchase"],"unsub', opcode=0, fin=False)
    s.send('scribe":["view"]}', opcode=0)
    check(s.frame() == (10, b"between"), "a ping between fragments")
    check(s.row()["topics"] == ["purchase"], "a message in fragments")
    post(d, [{"id": "m-1", "type": "view"}, {"id": "m-2", "type": "purchase",
                                            "price": 1}])
    check(s.row()["id"] == "m-2", "only what was subscribed to comes")
    s.socket.shutdown(socket.SHUT_WR)
    check(s.row() is None, "who hangs up half-way is let go")
    s.close()


# ---- conditions -----------------------------------------------------------------

def condition(text, topics="purchase"):
    return "?topics=%s&where=%s" % (topics, urllib.parse.quote(text))


def events_stream(d, query, tls=None, last=None):
    """A connection to /events behind its head, and its status."""
    s = socket.create_connection(("127.0.0.1", d.port()), 20)
    if tls is not None:
        s = tls.wrap_socket(s)
    s.sendall(("GET /events%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n" % (
        query, "" if last is None else "Last-Event-ID: %s\r\n" % last)
    ).encode())
    f = s.makefile("rb")
    status = int(f.readline().split()[1])
    while f.readline().strip():
        pass
    return s, f, status


def stream_rows(f):
    ident, data = None, None
    for line in f:
        if line.startswith(b"id: "):
            ident = line[4:].strip().decode()
        elif line.startswith(b"data: "):
            data = line[6:]
        elif line == b"\n" and data is not None:
            row = json.loads(data)
            check(ident == row["resume"], "id %s, resume %s" % (
                ident, row["resume"]))
            data = None
            yield row


def heard(rows, last):
    """The ids of rows up to one."""
    ids = []
    for row in rows:
        if row is None:
            break
        if "topic" in row:
            ids.append(row["id"])
            if row["id"] == last:
                return ids
    raise rig.Fault("the row %s does not come, after %s" % (last, ids))


def socket_rows(s):
    while True:
        yield s.row()


def conditions(d):
    """Only what a condition holds for comes, as it happens and out of the
    store, whatever others hear."""
    for want, what in (
            (400, condition("pricee > 1")), (400, condition("late")),
            (400, condition("price > 1", "purchase,view")),
            (400, condition("true", "")), (101, condition("price > 1"))):
        s = Socket(d, what)
        check(s.status == want, "where %s gets %d" % (what, s.status))
        s.close()
    before = d.one("digest")["seq"]
    dear = 'price > 10.0 && product.id == "SKU-1"'
    s = Socket(d, condition(dear))
    check(s.row()["topics"] == ["purchase"], "the greeting")
    _, plain, _ = events_stream(d, "?topics=purchase")
    post(d, [{"id": "c-%d" % n, "type": ("purchase", "view")[n % 5 == 4],
              "product": "SKU-%d" % (n % 3), "price": n, "currency": "EUR"}
             for n in range(40)])
    want = ["c-%d" % n for n in range(11, 40) if n % 3 == 1 and n % 5 != 4]
    got = heard(socket_rows(s), want[-1])
    check(got == want, "as it happens %s comes, expected %s" % (got, want))
    s.send('{"subscribe":["view"]}')
    check(s.row()["type"] == "error", "another topic is taken")
    s.close()
    everything = ["c-%d" % n for n in range(40) if n % 5 != 4]
    check(heard(stream_rows(plain), everything[-1]) == everything, "others "
          "hear something else")
    _, f, _ = events_stream(d, condition(dear), last=before)
    check(heard(stream_rows(f), want[-1]) == want, "out of the store")
    # Money, and a product's name, in an effect of a plugin.
    dear = "revenue > 5.0 && product.id == 'SKU-2'"
    tap = d.client()
    tap.send('@jsonl tap tally --count 2 --where "%s"' % dear)
    s = Socket(d, condition(dear, "tally"))
    check(s.row()["topics"] == ["tally"], "the greeting")
    for n in range(60):
        post(d, [{"id": "t-%d-%d" % (n, k), "type": "purchase", "price": 9,
                  "product": "SKU-%d" % (k % 3), "currency": "EUR",
                  "time": rig.stamp(time.time() - 30 + n / 2)}
                 for k in range(3)])
    rows = [s.row(), s.row()]
    check(all(r["data"]["product"] == "SKU-2" and r["data"]["revenue"] > 5
              for r in rows), "a condition on money: %s" % rows)
    tapped = tap.reply()
    check(tapped.ok and [r["id"] for r in tapped.rows()] ==
          [r["id"] for r in rows], "tap hears %s, /ws %s" % (tapped, rows))
    s.close()
    tap.close()


# ---- TLS ------------------------------------------------------------------------

def certificate(scratch):
    pem = os.path.join(scratch, "pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
                    "-keyout", pem + ".key", "-out", pem, "-days", "2",
                    "-subj", "/CN=localhost"], check=True,
                   capture_output=True)
    return pem


def secure(args, scratch):
    """Over TLS: frames in pieces, rows larger than a record, a slow reader,
    the end."""
    pem = certificate(scratch)
    d = started(args, scratch, "secure", "http: { certificate: %s, key: "
                "%s.key }\n" % (pem, pem))
    context = ssl.create_default_context(cafile=pem)
    context.check_hostname = False
    s = Socket(d, "?topics=view", tls=context)
    check(s.status == 101 and s.row()["topics"] == ["view"], "the greeting")
    slow = Socket(d, "?topics=view", tls=context, room=4096)
    _, f, status = events_stream(d, "?topics=view", tls=context)
    check(status == 200, "/events gets %d" % status)
    s.send('{"subscr', fin=False)
    s.send("between", opcode=9)
    s.send('ibe":["purchase"]}', opcode=0)
    check(s.frame() == (10, b"between"), "a ping between fragments")
    check(s.row()["topics"] == ["view", "purchase"], "a message")
    want = ["s-%d" % n for n in range(2000)]
    for n in range(0, 2000, 100):
        post(d, [{"id": i, "type": "view", "properties": {
            "big": "x" * (20000 if n == 500 else 2000)}}
            for i in want[n:n + 100]])
    for what, rows in (("/ws", socket_rows(s)), ("/events", stream_rows(f)),
                       ("a slow reader", socket_rows(slow))):
        check(heard(rows, want[-1]) == want, "%s over TLS: other rows" % what)
    d.process.terminate()
    check(s.code() == 1001, "good-bye is not 1001")
    check(b"stops" in f.read(), "/events does not say good-bye")
    check(d.process.wait(20) == 0, "liftd did not stop in order")
    print("  TLS: 2000 rows over /ws, over /events, and to a slow reader")


# ---- tokens ---------------------------------------------------------------------

TOKENS = {"one": "a secret of one listener", "two": "a secret of another",
          "old": "a secret that goes away"}


def tokens(args, scratch):
    """Who listens with a token that is withdrawn, or may only send from now on,
    is told good-bye; who has the same secret under another name listens on."""
    config = lambda rows: "tokens: [%s]\n" % ", ".join(  # noqa: E731
        '{ name: %s, role: %s, secret: "${env:SECRET_%s}" }' % (n, r, s)
        for n, r, s in rows)
    d = rig.Daemon(args, scratch, "tokens", config([
        ("a", "read", "old"), ("b", "read", "one"), ("c", "operate", "two")]),
        listen="127.0.0.1:0", env={"SECRET_" + n: s for n, s in
                                   TOKENS.items()})
    start(d)
    listeners = {n: Socket(d, "?topics=view&token=" +
                           urllib.parse.quote(s)) for n, s in TOKENS.items()}
    for s in listeners.values():
        check(s.status == 101 and s.row()["type"] == "subscribed", "greeting")
    _, f, status = events_stream(d, "?topics=view&token=" +
                                 urllib.parse.quote(TOKENS["old"]))
    check(status == 200, "/events gets %d" % status)

    def again(rows):
        d.set_config(config(rows))
        before = d.log().count("read again")
        d.signal(signal.SIGHUP)
        rig.wait_for(lambda: d.log().count("read again") > before,
                     "the settings are not read again: %s" % d.log())

    again([("c", "read", "two"), ("other", "read", "one")])
    check(listeners["old"].code() == 1008, "a token that is gone listens on")
    said = f.read()
    check(b"may not listen" in said, "/events does not end: %r" % said)
    post(d, [{"id": "w-1", "type": "view"}])
    for n in ("one", "two"):
        check(listeners[n].row()["id"] == "w-1", "\"%s\" hears nothing" % n)
    again([("c", "ingest", "two"), ("other", "read", "one")])
    check(listeners["two"].code() == 1008, "who may only send listens on")
    post(d, [{"id": "w-2", "type": "view"}])
    check(listeners["one"].row()["id"] == "w-2", "\"one\" hears nothing")
    rig.wait_for(lambda: d.metric("liftd_live_listeners") <= 3, "listeners "
                 "that were let go stay")
    for s in listeners.values():
        s.close()
    d.stop()


# ---- who never reads --------------------------------------------------------------

def slow(d):
    """It gets a gap notice and then everything, once."""
    s = Socket(d, "?topics=view")
    check(s.row()["type"] == "subscribed", "the greeting")
    blind = Socket(d, "?topics=view", room=4096)
    count, big = 0, "x" * 4000
    # Larger than the tape, with what the system keeps of a connection.
    while count < 7000:
        post(d, [{"id": "slow-%d" % (count + i), "type": "view",
                  "properties": {"big": big}} for i in range(500)])
        count += 500
    got, gaps = [], 0
    while len(got) < count:
        row = s.row()
        check(row is not None, "a slow reader was dropped after %d: %s" %
              (len(got), s.last))
        if row["type"] == "gap":
            check(row["heals"], "the gap does not heal: %s" % row)
            gaps += 1
        elif row["id"].startswith("slow-"):
            got.append(row["id"])
    check(got == ["slow-%d" % i for i in range(count)], "a slow reader got "
          "other rows than there were")
    check(gaps > 0, "a slow reader was told of no gap")
    rig.wait_for(lambda: d.metric("liftd_live_listeners") == 1,
                 "who never reads is kept")
    blind.close()
    s.close()
    print("  slow: %d rows, %d gaps healed" % (count, gaps))


# ---- killed, again and again ---------------------------------------------------------

class Follower(threading.Thread):
    """Follows all topics, over WebSocket or SSE, from where it stood."""

    def __init__(self, d, events):
        super().__init__(daemon=True)
        self.d, self.events, self.resume = d, events, "0"
        self.rows, self.problem, self.ended = [], None, False
        self.connections = 0
        self.start()

    def socket_rows(self):
        s = Socket(self.d, "?topics=interaction,fired,tally&since=" +
                   self.resume)
        while True:
            row = s.row()
            if row is None:
                return
            yield row

    def event_rows(self):
        _, f, _ = events_stream(self.d, "?topics=interaction,fired,tally",
                                last=self.resume)
        return stream_rows(f)

    def run(self):
        while not self.ended:
            try:
                self.connections += 1
                for row in self.event_rows() if self.events else \
                        self.socket_rows():
                    if "resume" in row:
                        self.resume = row["resume"]
                    check(row["type"] != "gap" or row["heals"],
                          "there is a gap: %s" % row)
                    if "topic" in row:
                        self.rows.append((row["seq"], row["topic"],
                                          row["id"]))
                    if self.ended:
                        return
            except (OSError, IndexError, ValueError):
                time.sleep(0.02)
            except rig.Fault as e:
                self.problem = e
                return


def killed(args, scratch, rounds):
    d = started(args, scratch, "killed")
    followers = [Follower(d, False), Follower(d, True)]
    for n in range(rounds):
        shopper = rig.Shopper(d, "s%d" % n)
        time.sleep(random.uniform(0.2, 0.6))
        d.kill()
        shopper.drop()
        start(d)
    post(d, [{"id": "the-end", "type": "view"}])
    rig.wait_for(lambda: all(f.problem or any(r[2] == "the-end" for r in
                                              f.rows) for f in followers),
                 "the followers do not reach the end")
    events = [e["id"] for e in d.export()]
    effects = d.ask("@jsonl effects list --limit 0 --since 0").rows()
    want = [(e["topic"], e["id"]) for e in effects if e["seq"] <= 1 << 60]
    for f in followers:
        f.ended = True
        check(f.problem is None, "%s" % f.problem)
        got = [r[2] for r in f.rows if r[1] not in ("fired", "tally")]
        check(got == events, "a follower (%s) heard %d interactions, %d are "
              "stored, %d twice" % (f.events, len(got), len(events),
                                    len(got) - len(set(got))))
        made = [(r[1], r[2]) for r in f.rows if r[1] in ("fired", "tally")]
        last = len(made)
        check(made == want[:last] and len(want) - last < 2000 and
              len(set(made)) == last,
              "a follower heard %d effects, %d are stored" % (
                  last, len(want)))
    print("  killed %d times: two followers heard %d interactions and %d "
          "effects over %d connections, each once" % (
              rounds, len(events), len(made),
              sum(f.connections for f in followers)))
    d.stop()


# ---- the end, and somebody else's client ------------------------------------------------

def stopping(d):
    s = Socket(d, "?topics=view")
    s.row()
    began = time.time()
    d.process.terminate()
    check(s.code() == 1001, "good-bye is not 1001")
    check(d.process.wait(20) == 0, "liftd did not stop in order")
    print("  stopped %.2f s after SIGTERM with a listener" %
          (time.time() - began))


def npm(args, scratch):
    folder = os.path.join(scratch, "npm")
    os.makedirs(folder)
    if shutil.which("npm") is None or subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund",
             "--prefix", folder, "ws"], capture_output=True,
            timeout=120).returncode != 0:
        print("  SKIP npm ws: it cannot be installed here")
        return
    with open(os.path.join(folder, "client.js"), "w") as f:
        f.write(NPM)
    pem = certificate(folder)
    d = started(args, scratch, "npm-ws", "http: { certificate: %s, key: "
                "%s.key }\n" % (pem, pem))
    p = subprocess.Popen(["node", "client.js", "wss://localhost:%d/ws?topics="
                          "view" % d.port()], cwd=folder, text=True,
                         env={**os.environ, "NODE_EXTRA_CA_CERTS": pem},
                         stdout=subprocess.PIPE)
    check(p.stdout.readline() == "subscribed\n", "npm ws is not greeted")
    post(d, [{"id": "n-%d" % i, "type": "view"} for i in range(3)])
    end = p.stdout.readline()
    check(end == "closed 1000 3 1\n", "npm ws ends with %r" % end)
    p.wait(20)
    print("  npm ws, over TLS: greeted, 3 rows, a pong, closed with 1000")
    d.stop()


def live(args, scratch):
    d = started(args, scratch, "live")
    handshakes(d)
    wrong_frames(d)
    nonsense(d)
    messages(d)
    conditions(d)
    slow(d)
    stopping(d)
    secure(args, scratch)
    tokens(args, scratch)
    killed(args, scratch, args.rounds)
    npm(args, scratch)


if __name__ == "__main__":
    sys.exit(rig.main("live", live, rig.arguments(
        __doc__, rounds=(5, "times that it is killed"))))
