#!/usr/bin/env python3
"""What strangers do to the HTTP door: nonsense in each part of a request, slow
senders, clients that never read or hang up half-way, bodies without end, more
connections than there may be, wrong tokens, requests under way when liftd is
told to stop. Each has its expected answer; all the while a decent client is
served, and in the end every event that was acknowledged is in the log, once."""
import gzip
import json
import os
import random
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

import rig
from rig import check

CONFIG = """http: { deadline: 2s, idle: 3s, connections: 1200, body: 64 kB }
"""
SECRET = "a secret of %s in the test"


def connect(d, timeout=20):
    s = socket.create_connection(("127.0.0.1", d.port()), timeout=timeout)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


class Answer:
    def __init__(self, file):
        line = file.readline()
        check(line.startswith(b"HTTP/1.1 "), "the answer begins with %r" %
              line)
        self.status, self.fields = int(line.split()[1]), {}
        while True:
            line = file.readline().rstrip(b"\r\n")
            if not line:
                break
            name, _, value = line.decode().partition(": ")
            self.fields[name.lower()] = value
        self.body = b""
        if self.fields.get("transfer-encoding") == "chunked":
            while True:
                size = int(file.readline(), 16)
                self.body += file.read(size)
                file.readline()
                if size == 0:
                    break
        else:
            self.body = file.read(int(self.fields.get("content-length", 0)))

    def json(self):
        return json.loads(self.body)


def talk(d, data, count=1, half_close=False):
    """Sends bytes, reads so many answers; None for one that does not come."""
    with connect(d) as s:
        s.sendall(data)
        if half_close:
            s.shutdown(socket.SHUT_WR)
        f = s.makefile("rb")
        answers = []
        for _ in range(count):
            try:
                answers.append(Answer(f))
            except (rig.Fault, ConnectionError):
                answers.append(None)
        return answers if count > 1 else answers[0]


def request(method, path, body=b"", fields=(), version="1.1"):
    lines = ["%s %s HTTP/%s" % (method, path, version), "Host: localhost"]
    if body and not any(f.startswith("Transfer") for f in fields):
        lines.append("Content-Length: %d" % len(body))
    return ("\r\n".join(lines + list(fields)) + "\r\n\r\n").encode() + body


def post(event, fields=()):
    return request("POST", "/api/v1/events", json.dumps(event).encode(),
                   fields)


def expect(d, status, data, mentions="", **more):
    a = talk(d, data, **more)
    check(a is not None and a.status == status and
          mentions.encode() in a.body, "%r gets %s, expected %d and %r" %
          (data[:200], a and (a.status, a.body), status, mentions))
    if status >= 400:
        check(a.fields["content-type"] == "application/problem+json" and
              a.json()["status"] == status, "no problem: %s" % a.body)
    return a


# ---- a decent client, all the while ------------------------------------------

class Decent(threading.Thread):
    def __init__(self, d):
        super().__init__(daemon=True)
        self.d, self.sent, self.problem = d, [], None
        self.ended = threading.Event()
        self.longest = 0

    def run(self):
        try:
            s = connect(self.d, 60)
            f = s.makefile("rb")
            n = 0
            while not self.ended.is_set():
                began = time.time()
                s.sendall(post({"id": "decent-%d" % n, "type": "view"}))
                a = Answer(f)
                check(a.status == 200, "a decent client gets %d: %s" %
                      (a.status, a.body))
                self.longest = max(self.longest, time.time() - began)
                self.sent.append("decent-%d" % n)
                n += 1
                time.sleep(0.005)
            s.close()
        except (rig.Fault, OSError) as e:
            self.problem = e


# ---- what strangers do ---------------------------------------------------------

def nonsense(d):
    expect(d, 400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n")
    expect(d, 400, b"GET / HTTP/1.1\nHost: x\n\r\n\r\n", "line feed")
    expect(d, 505, b"GET / HTTP/3.0\r\nHost: x\r\n\r\n")
    expect(d, 400, b"GET /health HTTP/1.1\r\n\r\n", "Host")
    expect(d, 431, b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 20000)
    expect(d, 431, b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 70 +
           b"\r\n")
    expect(d, 414, request("GET", "/" + "a" * 9000))
    expect(d, 404, request("GET", "/nowhere"), "openapi")
    expect(d, 405, request("DELETE", "/health"), "takes GET")
    expect(d, 400, request("GET", "/products/a%zz"))
    expect(d, 400, request("GET", "/products/a%00"))
    expect(d, 400, request("GET", "/products/%ff"))
    expect(d, 404, request("GET", "/products/none"))
    expect(d, 400, request("GET", "/api/v1/products?limt=3"), "limit")
    expect(d, 400, request("GET", "/api/v1/products?limit=x"), "limit")
    expect(d, 400, request("PUT", "/products/p", b"{"), "no JSON")
    expect(d, 422, request("PUT", "/products/p", b"[]"), "object")
    expect(d, 422, request("PUT", "/products/p", b'{"nam": "x"}'), "name")
    expect(d, 417, request("GET", "/health", fields=["Expect: tea"]))
    expect(d, 415, request("POST", "/api/v1/events", b"x",
                           ["Content-Encoding: br"]), "gzip")
    expect(d, 400, request("POST", "/api/v1/events", b"x",
                           ["Content-Encoding: gzip"]), "gzip")
    expect(d, 400, request("POST", "/api/v1/events", b"zz\r\n",
                           ["Transfer-Encoding: chunked"]), "chunk")
    expect(d, 501, request("POST", "/api/v1/events", b"x",
                           ["Transfer-Encoding: gzip"]))
    expect(d, 400, request("POST", "/api/v1/events", b"x", [
        "Content-Length: 2"]), "once")
    expect(d, 413, request("PUT", "/products/p", b"x" * 70000))
    expect(d, 413, request("PUT", "/products/p", fields=[
        "Content-Length: 1073741824", "Expect: 100-continue"]))
    bomb = gzip.compress(b" " * 1000000)
    expect(d, 413, request("PUT", "/products/p", bomb,
                           ["Content-Encoding: gzip"]))
    expect(d, 422, post({"id": "x"}), "type is missing")
    expect(d, 403, request("GET", "/health", fields=["Origin: http://e.vil"]))
    expect(d, 403, b"GET /health HTTP/1.1\r\nHost: e.vil\r\n\r\n")
    for n in range(300):
        junk = bytearray(post({"id": "junk", "type": "view", "price": 1.5}))
        for _ in range(random.randint(1, 6)):
            junk[random.randrange(len(junk))] = random.randrange(256)
        a = talk(d, bytes(junk) + b"\r\n" * 2, half_close=True)
        check(a is None or a.status in range(200, 506) and a.status != 500,
              "%r gets %s" % (bytes(junk), a and a.body))


def table_of_events(d):
    """A table over HTTP: good rows are stored, bad ones come back and are among
    the dead letters, with what was read of them."""
    csv = (b"id;customer;when;price;colour\n"
           b"row-1;u-1;2026-01-02 03:04;19.99;red\n"
           b"row-2;u-1\n"
           b"row-3;u-2;2026-01-02 03:04:05;dear;\n"
           b"row-4;\"u\"2;;;\n"
           b"row-5;u-2;2026-01-02T03:04:05Z;5;\"a;\"\"b\"\"\nc\"\n")
    path = ("/api/v1/events?type=purchase&map=shopper%3Dcustomer,time%3Dwhen"
            "&timezone=Europe/Berlin")
    kind = ["Content-Type: text/csv; charset=utf-8"]
    a = expect(d, 200, request("POST", path, csv, kind))
    r = a.json()
    check((r["stored"], r["refused"]) == (2, 3) and
          [(e["index"], e["line"]) for e in r["errors"]] ==
          [(1, 3), (2, 4), (3, 5)], "a table: %s" % r)
    rows = {e["id"]: e for e in d.export() if e["id"].startswith("row-")}
    check(rows.keys() == {"row-1", "row-5"} and
          rows["row-1"]["time"].startswith("2026-01-02T02:04:00") and
          rows["row-1"]["shopper"] == "u-1" and
          rows["row-5"]["properties"]["colour"] == 'a;"b"\nc',
          "a table is stored as %s" % rows)
    letters = d.ask("@jsonl letters list --limit 3").rows()
    inputs = [l["input"] for l in reversed(letters)]
    check(inputs[0] == '["row-2","u-1"]' and '"dear"' in inputs[1] and
          inputs[2] == '["row-4","u"]' and "2 cells" in letters[2]["reason"],
          "dead letters of a table: %s" % letters)
    expect(d, 400, request("POST", path + "&others=x", csv, kind), "others")
    expect(d, 400, request("POST", "/api/v1/events?map=shoper%3Da", csv, kind),
           "shopper")
    expect(d, 400, request("POST", "/api/v1/events?timezone=Europe/Berln", csv,
                           kind), "Europe/Berlin")
    expect(d, 400, request("POST", "/api/v1/events", csv, kind), "type")
    expect(d, 400, request("POST", "/api/v1/events", b"\n", kind), "empty")
    long = b'{"id":"long","type":"view","query":"' + b"x" * 300000 + b'"}\n'
    expect(d, 422, request("POST", "/api/v1/events", long, [
        "Content-Type: application/x-ndjson"]), "bytes")
    check(d.ask("@jsonl letters list --limit 1").rows()[0]["input"].startswith(
        '{"id":"long"'), "an event that is too long is in no dead letter")


def decency(d):
    """What a decent client may rely on."""
    three = talk(d, request("GET", "/health") * 3, count=3)
    check([a.status for a in three] == [200] * 3, "pipelining")
    with connect(d) as s:
        s.sendall(request("HEAD", "/health") + request("GET", "/ready", fields=[
            "Connection: close"]))
        said = s.makefile("rb").read()
    check(said.count(b"HTTP/1.1 200") == 2 and said.count(b"{") == 1 and
          b'"ready"' in said, "HEAD brings a body: %r" % said)
    a = expect(d, 200, request("GET", "/api/v1/topics"))
    b = talk(d, request("GET", "/api/v1/topics", fields=[
        "If-None-Match: " + a.fields["etag"]]))
    check(b.status == 304 and b.body == b"", "a conditional GET gets %d" %
          b.status)
    a = expect(d, 200, request("GET", "/health", fields=[
        "X-Request-ID: mine-1"]))
    check(a.fields["x-request-id"] == "mine-1", "the id is not echoed")
    a = talk(d, request("GET", "/health", version="1.0"))
    check(a.fields.get("connection") == "close", "HTTP/1.0 stays open")
    a = expect(d, 200, request("GET", "/api/v1/topics", fields=[
        "Accept: text/csv"]))
    check(a.body.startswith(b"name,owner,"), "no CSV: %r" % a.body[:80])
    for body, fields in (
            (json.dumps({"id": "one", "type": "view"}).encode(), []),
            (json.dumps([{"id": "two", "type": "view"}]).encode(), []),
            (b'{"id":"three","type":"view"}\n', [
                "Content-Type: application/x-ndjson"]),
            (gzip.compress(b'{"id":"four","type":"view"}\n'), [
                "Content-Encoding: gzip"]),
            (b'1c\r\n{"id":"five","type":"view"}\n\r\n0\r\n\r\n', [
                "Transfer-Encoding: chunked"])):
        a = expect(d, 200, request("POST", "/api/v1/events", body, fields))
        check(a.json()["stored"] == 1, "%r: %s" % (body, a.body))
    with connect(d) as s:
        s.sendall(request("POST", "/api/v1/events", fields=[
            "Content-Length: 26", "Expect: 100-continue"]))
        f = s.makefile("rb")
        check(f.readline() == b"HTTP/1.1 100 Continue\r\n", "no 100")
        f.readline()
        s.sendall(b'{"id":"six","type":"view"}')
        check(Answer(f).json()["stored"] == 1, "after 100")
    a = expect(d, 200, post({"type": "view"}))
    check(a.json()["ids"][0]["id"].startswith("e-"), "no id is made")
    a = expect(d, 200, request("POST", "/api/v1/events", json.dumps([
        {"id": "seven", "type": "view"}, {"id": "x", "typ": 1},
        {"id": "seven", "type": "view"}]).encode()))
    r = a.json()
    check((r["stored"], r["known"], r["refused"]) == (1, 1, 1) and
          r["errors"][0]["index"] == 1, "a mixed list: %s" % r)
    table_of_events(d)
    a = talk(d, post({"id": "eight", "type": "view"}), half_close=True)
    check(a and a.json()["stored"] == 1, "a half-closed sender gets no "
          "answer")
    return {"one", "two", "three", "four", "five", "six", "seven", "eight"}


def slow_senders(d, count):
    """They drip a byte at a time; each is told and closed, in bounded time."""
    slow = []
    for n in range(count):
        s = connect(d)
        s.sendall((b"POST /api/v1/events HTTP/1.1\r\nHost: x\r\n", request(
            "POST", "/api/v1/events", b"{", ["Content-Length: 900"]
        ).replace(b"Content-Length: 1\r\n", b""))[n % 2])
        slow.append(s)
    began, late = time.time(), 0
    while slow and time.time() - began < 30:
        for s in list(slow):
            try:
                s.send(b" ")
                s.setblocking(False)
                answer = s.recv(4096)
            except BlockingIOError:
                continue
            except OSError:
                answer = b""
            late += b" 408 " in answer
            s.close()
            slow.remove(s)
        time.sleep(0.1)
    check(not slow, "%d of %d slow senders are still connected after %d s" %
          (len(slow), count, time.time() - began))
    check(late > count * 0.9, "%d of %d slow senders were told 408" %
          (late, count))


def never_reads(d):
    """Asks for more than sockets hold, and takes nothing."""
    body = "\n".join(json.dumps({"id": "never-%d" % n, "type": "x"})
                     for n in range(3)).encode()
    with connect(d) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.setblocking(False)
        data = (request("GET", "/metrics") * 400 + request(
            "POST", "/api/v1/events", body))
        at, began = 0, time.time()
        while time.time() - began < 12:
            try:
                at += s.send(data[at:]) if at < len(data) else 0
            except BlockingIOError:
                pass
            except OSError:
                return
            time.sleep(0.2)
            if d.metric("liftd_http_connections") <= 2:
                return
    raise rig.Fault("a client that never reads is still connected")


def without_end(d):
    """A body that says 1 GiB, of lines that are none, and then breaks off."""
    before = d.rss_kb()
    with connect(d) as s:
        s.sendall(request("POST", "/api/v1/events", fields=[
            "Content-Length: 1073741824",
            "Content-Type: application/x-ndjson"]))
        try:
            for _ in range(600):
                s.sendall(b"x" * 99999 + b"\n")
        except OSError:
            pass
    grown = d.rss_kb() - before
    check(grown < 60000, "60 MB of nonsense cost %d kB" % grown)


def ends(s, what, timeout=10):
    """What is still said until the connection is over."""
    s.settimeout(timeout)
    said = b""
    try:
        while True:
            piece = s.recv(65536)
            if not piece:
                return said
            said += piece
    except ConnectionError:
        return said
    except socket.timeout:
        raise rig.Fault("%s: the connection stays open, after %r" %
                        (what, said[:200]))


def half_open(d):
    """Sends nothing more, and still listens, in each state of a connection:
    what was asked whole is answered, and each ends before its time is up."""
    whole = request("GET", "/health")
    part = post({"id": "part", "type": "view"})
    later = request("POST", "/api/v1/events", b"x" * 10,
                    ["Expect: 100-continue"])[:-10]
    stream = request("GET", "/events?topics=view")
    for what, data, answers in (
            ("before a head", b"", 0), ("in a head", whole[:20], 0),
            ("in a second head", whole + whole[:20], 1),
            ("in a body", part[:-5], 0), ("before a body", later, 0),
            ("in a chunk", request("POST", "/api/v1/events", b"1c\r\n{",
                                   ["Transfer-Encoding: chunked"]), 0),
            ("behind a refused head", b"GET / HTTP/3.0\r\n\r\n", 1),
            ("behind a request", whole, 1),
            ("behind three", whole * 3, 3), ("as a listener", stream, 1)):
        began = time.time()
        with connect(d) as s:
            s.sendall(data)
            if what == "as a listener":
                s.recv(1)
            s.shutdown(socket.SHUT_WR)
            said = ends(s, what)
        if what != "as a listener":
            check(said.count(b"X-Request-ID: ") == answers,
                  "half-closed %s: %r" % (what, said[:300]))
        check(time.time() - began < 1.5, "half-closed %s holds its slot %.1f "
              "s" % (what, time.time() - began))
    check("part" not in [e["id"] for e in d.export()], "half an event was "
          "taken")


def half_closed(d):
    """Hangs up after each byte of a request."""
    data = post({"id": "half", "type": "view"}, ["X-A: b"])
    for n in range(0, len(data), 3):
        s = connect(d)
        s.sendall(data[:n])
        if n % 2:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                         b"\1\0\0\0\0\0\0\0")
        s.close()


def crowd(d):
    """More connections than there may be: the rest is told so."""
    many = []
    try:
        for _ in range(1300):
            many.append(connect(d))
        told = 0
        for s in many[1200:]:
            s.settimeout(5)
            try:
                a = Answer(s.makefile("rb"))
                told += a.status == 503 and "connections" in a.json()["detail"]
            except (rig.Fault, OSError):
                pass
        check(told > 50, "of 1300 connections %d were told 503" % told)
    finally:
        for s in many:
            s.close()


def tokens(args, scratch):
    roles = {"shop": "ingest", "eye": "read", "hand": "operate",
             "slow": "read"}
    d = rig.Daemon(args, scratch, "tokens", listen="127.0.0.1:0", env={
        "SECRET_" + n: SECRET % n for n in roles}, config=(
            "http: { origins: [\"https://shop.example\"] }\ntokens:\n" +
            "".join("  - { name: %s, role: %s, secret: \"${env:SECRET_%s}\""
                    "%s }\n" % (n, r, n, ", rate: 5" if n == "slow" else "")
                    for n, r in roles.items())))
    d.start()
    event = {"id": "t-1", "type": "view"}
    bearer = lambda n: ["Authorization: Bearer " + SECRET % n]  # noqa: E731
    a = expect(d, 401, request("GET", "/api/v1/topics"), "token")
    check("www-authenticate" in a.fields, "401 without its field")
    expect(d, 200, request("GET", "/health"))
    expect(d, 200, post(event, bearer("shop")))
    expect(d, 403, request("GET", "/api/v1/topics", fields=bearer("shop")),
           "observer")
    expect(d, 200, request("GET", "/api/v1/topics", fields=bearer("eye")))
    expect(d, 403, post(event, bearer("eye")))
    expect(d, 403, request("PUT", "/products/p", b'{"name":"x"}',
                           bearer("eye")), "operator")
    expect(d, 200, request("PUT", "/products/p", b'{"name":"x"}',
                           bearer("hand")))
    rows = d.ask("@jsonl entries list --kind call").rows()
    check(any(r["body"]["actor"] == "token:hand" and r["body"]["door"] ==
              "http" for r in rows), "the audit does not name the token: %s" %
          rows)
    a = expect(d, 200, request("GET", "/health", fields=[
        "Origin: https://shop.example"]))
    check(a.fields["access-control-allow-origin"] == "https://shop.example",
          "no CORS")
    a = talk(d, request("OPTIONS", "/api/v1/events", fields=[
        "Origin: https://shop.example",
        "Access-Control-Request-Method: POST"]))
    check(a.status == 204 and "POST" in
          a.fields["access-control-allow-methods"], "no preflight")
    got = [talk(d, request("GET", "/health", fields=bearer("slow")))
           for _ in range(12)]
    check([a.status for a in got].count(429) >= 5, "a token's rate is not "
          "kept: %s" % [a.status for a in got])
    check("retry-after" in got[-1].fields and "ratelimit" in got[-1].fields,
          "429 without its fields")
    for n in range(12):
        a = talk(d, request("GET", "/health", fields=[
            "Authorization: Bearer wrong-%d" % n]))
    check(a.status == 429, "many wrong tokens get %d" % a.status)
    d.kill()


def reloaded(args, scratch):
    """Tokens change without a restart; a broken file changes nothing."""
    path = os.path.join(scratch, "secret")
    row = "tokens: [ { name: a, role: read, secret: \"${file:%s}\" } ]\n"
    with open(path, "w") as f:
        f.write(SECRET % "one" + "\n")
    d = rig.Daemon(args, scratch, "reloaded", row % path,
                   listen="127.0.0.1:0")
    d.start()

    def again(said):
        before = len(d.log())
        d.signal(signal.SIGHUP)
        began = time.time()
        while said not in d.log()[before:]:
            check(time.time() - began < 20, "after SIGHUP liftd does not say "
                  "%r: %s" % (said, d.log()[before:]))
            time.sleep(0.02)

    def allowed(name, status):
        expect(d, status, request("GET", "/api/v1/topics", fields=[
            "Authorization: Bearer " + SECRET % name]))

    allowed("one", 200)
    with open(path, "w") as f:
        f.write(SECRET % "two" + "\n")
    again("were read again")
    allowed("one", 401)
    allowed("two", 200)
    with open(path, "w") as f:
        f.write("short\n")
    again("at least 16")
    allowed("two", 200)
    os.unlink(path)
    again("does not check")
    allowed("two", 200)
    d.set_config("")
    again("were read again")
    expect(d, 200, request("GET", "/api/v1/topics"))
    check("were read again" in d.log() and SECRET % "two" not in d.log(),
          "a secret is in the log")
    d.kill()


def secure(args, scratch):
    """TLS, with a certificate made here."""
    pem = os.path.join(scratch, "pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
                    "-keyout", pem + ".key", "-out", pem, "-days", "2",
                    "-subj", "/CN=localhost"], check=True,
                   capture_output=True)
    d = rig.Daemon(args, scratch, "secure", listen="127.0.0.1:0", config=(
        "http: { certificate: %s, key: %s.key, deadline: 2s }\n" % (pem,
                                                                     pem)))
    d.start()
    context = ssl.create_default_context(cafile=pem)
    context.check_hostname = False
    with connect(d) as s, context.wrap_socket(s) as t:
        for n in range(3):
            t.sendall(post({"id": "tls-%d" % n, "type": "view"}))
            check(Answer(t.makefile("rb")).json()["stored"] == 1, "TLS")
    with connect(d) as s:
        s.sendall(request("GET", "/health"))
        try:
            said = s.recv(4096)
        except ConnectionResetError:
            said = b""
        check(b"HTTP/1.1 200" not in said, "plain text was answered")
    began = time.time()
    with connect(d) as s:
        s.sendall(b"\x16\x03\x01")
        check(s.recv(100) in (b"",), "an unfinished handshake is answered")
    check(time.time() - began < 8, "an unfinished handshake holds its slot")
    d.kill()


def exposed(args, scratch):
    """An address that others can reach, without tokens, is refused."""
    d = rig.Daemon(args, scratch, "exposed", listen="0.0.0.0:0")
    code, log = d.refuses()
    check(code == 78 and "tokens" in log, "an open door without tokens: %d, "
          "%s" % (code, log))


def repeated(args, scratch):
    """A request that acts and comes again with its Idempotency-Key acts once:
    as long as liftd lives it gets its answer again; after kill -9, and after a
    start from a snapshot, it is told that it was carried out."""
    d = rig.Daemon(args, scratch, "repeated", listen="127.0.0.1:0")
    d.start()

    def put(n, key, status, mentions=""):
        return expect(d, status, request("PUT", "/products/lamp", json.dumps({
            "name": "lamp %d" % n}).encode(), ["Idempotency-Key: " + key]),
            mentions)

    def calls():
        return [e["body"]["arguments"]["name"] for e in
                d.ask("@jsonl entries list --kind call").rows()
                if e["body"]["verb"] == "products.put"]

    first = put(1, "one", 200)
    again = put(1, "one", 200)
    check(again.fields.get("idempotency-replayed") == "true" and
          again.body == first.body, "the answer is not given again")
    put(2, "one", 422, "another request")
    check(calls() == ["lamp 1"], "carried out: %s" % calls())
    for n, end in enumerate((d.kill, d.stop, d.kill)):
        end()
        d.start()
        put(1, "one", 409, "carried out already")
        put(10 + n, "key-%d" % n, 200)
        check(calls() == ["lamp 1"] + ["lamp %d" % (10 + i) for i in
                                       range(n + 1)],
              "after a restart carried out: %s" % calls())
    r = d.ask("@jsonl products show lamp").rows()[0]
    check(r["name"] == "lamp 12", "the product is %s" % r)
    d.kill()


class Late:
    """A request of which a part was sent before SIGTERM; the rest follows, or
    does not."""

    def __init__(self, d, ident, cut, follows):
        self.ident, self.follows = ident, follows
        self.data = post({"id": ident, "type": "view"})
        self.cut = cut if cut >= 0 else len(self.data) + cut
        self.socket = connect(d)
        self.socket.sendall(self.data[:self.cut])

    def go_on(self):
        if self.follows:
            self.socket.sendall(self.data[self.cut:])

    def answer(self):
        try:
            return Answer(self.socket.makefile("rb"))
        except (rig.Fault, ConnectionError):
            return None


def stopped(args, scratch):
    """SIGTERM while requests come in, wait for their commit and are answered:
    each is answered or refused, none is just dropped once it was begun, and
    what was acknowledged is there after the next start, once."""
    d = rig.Daemon(args, scratch, "stopped", "http: { deadline: 30s }\n",
                   listen="127.0.0.1:0")
    d.start()
    idle = connect(d)
    idle.sendall(request("GET", "/health"))
    Answer(idle.makefile("rb"))
    late = [Late(d, "late-%d" % n, cut, n % 3 != 2) for n, cut in enumerate(
        [10, 40, 60, -30, -20, -10, -1, -2, -3])]
    # In one write, so that they are under way when the signal comes.
    busy = [connect(d) for _ in range(40)]
    for n, s in enumerate(busy):
        s.sendall(post([{"id": "busy-%d-%d" % (n, i), "type": "view"}
                        for i in range(100)]))
    began = time.time()
    d.process.terminate()
    rig.wait_for(lambda: "stopping" in d.log(), "liftd does not stop")
    for l in late:
        l.go_on()
    acked, refused = set(), 0
    for n, s in enumerate(busy):
        a = Answer(s.makefile("rb"))
        check(a.status in (200, 503), "under way: %d %s" % (a.status, a.body))
        if a.status == 200:
            check(a.json()["stored"] == 100, "under way: %s" % a.body)
            acked |= {"busy-%d-%d" % (n, i) for i in range(100)}
    for l in late:
        a = l.answer()
        check(a is not None, "%s: begun before SIGTERM, and dropped" % l.ident)
        check(a.status == (200 if l.follows else 503) and
              a.fields.get("connection") == "close",
              "%s: %s" % (l.ident, (a.status, a.fields, a.body)))
        if l.follows:
            acked.add(l.ident)
        else:
            refused += 1
            check("send it again" in a.json()["detail"] and
                  "retry-after" in a.fields, "refused with %s" % a.body)
    check(d.process.wait(20) == 0, "liftd did not stop in order")
    took = time.time() - began
    check(took < 8, "liftd took %.1f s to stop" % took)
    check(ends(idle, "idle at the end") == b"", "an idle client is told")
    d.start()
    stored = [e["id"] for e in d.export()]
    check(len(stored) == len(set(stored)), "an event is in the log twice")
    check(acked <= set(stored), "acknowledged at the end, and lost: %s" %
          (acked - set(stored)))
    check(not {l.ident for l in late if not l.follows} & set(stored),
          "refused, and in the log")
    print("  stopped in %.1f s: %d events acknowledged, %d requests refused" %
          (took, len(acked), refused))
    d.kill()


def test(args, scratch):
    d = rig.Daemon(args, scratch, "http", CONFIG, listen="127.0.0.1:0")
    d.start()
    decent = Decent(d)
    decent.start()
    kept = decency(d)
    for part in (nonsense, half_open, half_closed, never_reads, without_end, crowd):
        part(d)
        print("  %s" % part.__name__, flush=True)
    slow_senders(d, args.slow)
    print("  %d slow senders" % args.slow, flush=True)
    decent.ended.set()
    decent.join(30)
    check(decent.problem is None, "the decent client: %s" % decent.problem)
    stored = [e["id"] for e in d.export()]
    check(len(stored) == len(set(stored)), "an event is in the log twice")
    missing = (set(decent.sent) | kept) - set(stored)
    check(not missing, "acknowledged and not in the log: %s" % missing)
    print("  a decent client sent %d events meanwhile, the longest took %.0f "
          "ms" % (len(decent.sent), decent.longest * 1000))
    code = d.stop()
    check(code == 0, "liftd ends with %d" % code)
    check(not re.search(r"runtime error|AddressSanitizer|LeakSan", d.log()),
          d.log())
    for part in (stopped, repeated, tokens, reloaded, secure, exposed):
        part(args, scratch)
        print("  %s" % part.__name__, flush=True)


if __name__ == "__main__":
    a = rig.arguments(__doc__, slow=(1000, "slow senders"))
    sys.exit(rig.main("strangers", test, a))
