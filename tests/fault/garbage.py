#!/usr/bin/env python3
"""Garbage at the door: random bytes, endless lines, chunks that lie, uploads
that end half-way, clients that close early or never read, three hundred of them
at once, and events that are none. All of it is answered with a sentence or the
connection is closed; what is refused as an event is counted and kept as a dead
letter with its reason; a good client is served all the while, and memory stays
bounded."""
import json
import os
import random
import socket
import sys
import time

import rig


def raw(d, data, half_close=True, timeout=10):
    """Sends bytes as they are; what comes back until the end or a pause."""
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(timeout)
    s.connect(d.control)
    answer = b""
    try:
        s.sendall(data)
        if half_close:
            s.shutdown(socket.SHUT_WR)
        while chunk := s.recv(65536):
            answer += chunk
    except (BrokenPipeError, ConnectionResetError):
        pass
    except socket.timeout:
        raise rig.Fault("no answer and no end for %r" % data[:80])
    finally:
        s.close()
    return answer


def alive(d, what):
    rig.check(d.process.poll() is None, "liftd ended with status %s after %s" %
              (d.process.returncode, what))
    began = time.time()
    r = d.ask("@jsonl digest", timeout=20)
    rig.check(r.ok, "no digest after %s: %s" % (what, r))
    return time.time() - began


def random_bytes(d, rounds):
    for n in range(rounds):
        size = random.choice([1, 10, 100, 5000, 70000, 300000])
        data = random.randbytes(size)
        if n % 3 == 0:
            data = b"@upload " + data
        if n % 3 == 1:
            data = b"events import\n" + data
        raw(d, data)
    alive(d, "random bytes")


MANGLED = [
    b"", b"\n", b"\n\n\n", b"\r\n", b"\0\n", b"\xff\xfe\n", b'"', b'"\\', b"@",
    b"@x y\n", b"@json\n", b"status status\n", b"status --x\n", b"--\n",
    b"status --form=x\n", b"@as=admin status\n", b"@as= status\n",
    b"@fields=,,, status\n", b"events import\n-1\n", b"events import\nx\n",
    b"events import\n99999999999999999999\n", b"events import\n0 0\n",
    b"events import\n5\nabc", b"events import\n5\nabcdefg\n", b"events import",
    b"events import\n", b"events import\n1073741824\n{",
    b"rules reload\n0\n", b"@upload rules check\n0\n",
    b"@upload rules check\n3\nabc0\n", b"@upload status\n7\n{\"a\":1}0\nstatus\n",
    b"tap\n", b"tap nothing\n", b"tap interaction --where (((((((\n",
    b"wait x --timeout -1s\n", b"wait interaction --timeout 99999999999d\n",
    b"explain " + b"x" * 60000 + b"\n", b"x" * 65536 + b"\n",
    b"x" * 70000 + b"\nstatus\n", b"status " + b"a " * 1500 + b"\n",
    b"products put " + b'"' + b"\\u0000" + b'"' + b"\n",
    b"products put \"\\ud800\"\n", b"jobs run x\n", b"log all debugg\n",
    b"entries list --from_seq -5\n", b"entries list --from x\n",
    b"effects list --limit 99999999999999999999\n",
    b"tally show " + b"(" * 1000 + b"\n", b"quit\nstatus\n", b"status\n" * 300,
    b"events import\n1\n{1\n}0\n" * 50,
]


def mangled(d):
    for data in MANGLED:
        answer = raw(d, data)
        rig.check(answer.startswith(b"liftd 1 "), "no greeting: %r" % answer)
    # After a line that is too long the next request is served.
    r = raw(d, b"x" * 200000 + b"\n@jsonl digest\n")
    rig.check(b"ERR 2" in r and b'"digest"' in r, "after a line that was too "
              "long: %r" % r[:300])
    alive(d, "mangled requests")


GOOD = {"id": "x", "type": "view", "shopper": "u", "product": "P"}
EVENTS = [
    b"null", b"1", b"[]", b"{}", b"{", b"}", b'"x"', b"{]", b"nul",
    b'{"type":"view"}', b'{"id":"","type":"view","shopper":"u"}',
    b'{"id":"a","type":"view","shopper":"u","time":"yesterday"}',
    b'{"id":"b","type":"view","shopper":"u","time":"2999-01-01T00:00:00Z"}',
    b'{"id":"c","type":"view","shopper":"u","price":1e999}',
    b'{"id":"d","type":"purchase","shopper":"u","product":"P","price":-1}',
    b'{"id":"e","type":"purchase","shopper":"u","product":"P","quantity":1.5}',
    b'{"id":"f","type":"purchase","shopper":"u","currency":"euro"}',
    b'{"id":"g","type":"view","shopper":7}',
    b'{"id":"h","type":"view","shopper":"\xff\xfe"}',
    b'{"id":"i","type":"view","shopper":"\xed\xa0\x80"}',
    b'{"id":"j","type":"view","shopper":"\\ud800"}',
    b'{"id":"k","type":"view","shopper":"\\u0000"}',
    b'{"id":"l","type":"view","shopper":"u"} x',
    b'{"id":"m","type":"purchase","shopper":"u","items":{}}',
    b'{"id":"n","type":"purchase","shopper":"u","items":[1]}',
    b'{"id":"o","type":"view","shopper":"u","properties":' + b"[" * 5000,
    b'{"id":"p","type":"view","shopper":"u","properties":' + b'{"a":' * 500 +
    b"1" + b"}" * 500 + b"}",
    b'{"id":"' + b"q" * 100000 + b'","type":"view","shopper":"u"}',
    b'{"id":"r","type":"' + b"r" * 100000 + b'","shopper":"u"}',
    b'{"id":"s","type":"view","shopper":"u","position":99999999999999999999}',
]


def letters(d):
    return d.ask("@jsonl letters list --limit 1000").rows()


def events(d, rounds):
    """Each refused line is counted, said with its number, and in the letters."""
    lines = list(EVENTS)
    for _ in range(rounds):
        line = bytearray(rig.event("bent-%d" % random.randrange(10**9)))
        for _ in range(random.randrange(1, 6)):
            line[random.randrange(len(line))] = random.randrange(256)
        lines.append(bytes(line).replace(b"\n", b"?"))
    random.shuffle(lines)
    good = ["good-%d" % i for i in range(len(lines))]
    block = b"".join(a + b"\n" + rig.event(b) + b"\n"
                     for a, b in zip(lines, good))
    before = len(letters(d))
    r = d.ask("@jsonl events import --source garbage", block)
    rig.check(r.ok and r.verdict == 1, "an import with garbage ends %s" % r)
    rows = r.rows()
    refused = [x for x in rows if "problem" in x]
    last = [x for x in rows if "lines" in x][-1]
    rig.check(last["lines"] == 2 * len(lines), "%s of %d lines were "
              "acknowledged" % (last, 2 * len(lines)))
    rig.check(last["refused"] == len(refused) >= len(EVENTS) / 2, "%s refused, "
              "%d said" % (last, len(refused)))
    rig.check(all(x["problem"] and x["line"] % 2 for x in refused),
              "a good line was refused, or one without a reason: %s" %
              [x for x in refused if not x["problem"] or x["line"] % 2 == 0])
    there = {e["id"] for e in d.export()}
    rig.check(set(good) <= there, "good events between garbage are lost")
    kept = letters(d)
    rig.check(len(kept) - before == len(refused) or len(kept) == 1000,
              "%d refused and %d letters" % (len(refused), len(kept) - before))
    rig.check(all(x["reason"] and x["source"] == "garbage" for x in kept[:len(
        refused)]), "a letter without a reason or its source")
    r = raw(d, b"@jsonl letters list\n")
    json.loads(r.split(b"\n", 3)[3].split(b"\n")[0])
    # A line that is longer than a line may be: the rest is read on.
    huge = b'{"id":"h","x":"' + b"x" * (3 << 20) + b'"}\n' + rig.event(
        "after-the-huge-line") + b"\n"
    r = d.ask("@jsonl events import --source garbage", huge)
    rig.check(r.verdict == 1 and r.rows()[-1]["refused"] == 1 and
              r.rows()[-1]["stored"] == 1, "a line of 3 MB: %s" % r)
    print("%d lines of garbage: %d refused with a reason each, for example: "
          "%s" % (len(lines), len(refused), refused[0]["problem"]))


def never_reading(d):
    """Clients that ask for much and take nothing."""
    idle = []
    for _ in range(20):
        s = socket.socket(socket.AF_UNIX)
        s.connect(d.control)
        s.setblocking(False)
        try:
            while True:
                s.send(b"@jsonl events export\nstatus\nmetrics\n" * 500)
        except BlockingIOError:
            pass
        idle.append(s)
    for _ in range(5):
        s = socket.socket(socket.AF_UNIX)
        s.connect(d.control)
        s.sendall(b"@jsonl tap interaction\n")
        idle.append(s)
    shopper = rig.Shopper(d, "beside", pace=0.001)
    time.sleep(1.5)
    r = shopper.finish()
    rig.check(r.ok and shopper.acked == len(shopper.sent), "an import beside "
              "clients that never read: %s" % r)
    slow = alive(d, "clients that never read")
    return idle, slow, len(shopper.sent)


def crowd(d, count):
    """More connections than are allowed: the others are told so, and the ones
    that are in are served."""
    crowd, told = [], 0
    for _ in range(count):
        s = socket.socket(socket.AF_UNIX)
        s.connect(d.control)
        s.settimeout(5)
        crowd.append(s)
    for s in crowd:
        try:
            s.sendall(b"@jsonl digest\n")
            s.shutdown(socket.SHUT_WR)
            answer = b""
            while chunk := s.recv(65536):
                answer += chunk
            told += b'"digest"' in answer
            rig.check(b'"digest"' in answer or b"ERR" in answer or not answer,
                      "one of the crowd got %r" % answer)
        except (BrokenPipeError, ConnectionResetError):
            pass
        except socket.timeout:
            raise rig.Fault("one of %d connections was left without an "
                            "answer" % count)
        s.close()
    rig.check(told >= 200, "only %d of %d were served" % (told, count))
    alive(d, "a crowd")
    return told


def hang_up(d, rounds):
    """Clients that close in the middle of a request, an upload, an answer."""
    for n in range(rounds):
        s = socket.socket(socket.AF_UNIX)
        s.connect(d.control)
        s.sendall(random.choice([
            b"@jsonl events export\n", b"events import\n100\n{", b"status",
            b"top\n", b"tap interaction\n", b"rules check\n",
            b"wait interaction --where false --timeout 60s\n",
            b"rules backtest\n0\n", b"promotions put P-1\n", b"snapshot now\n",
            b"events import --source hung\n" + b"%d\n" % 5000 + rig.event(
                "hung-%d" % n)]))
        if n % 2:
            time.sleep(random.random() / 200)
        s.close()
    alive(d, "clients that hang up")


def test(args, scratch):
    d = rig.Daemon(args, scratch, config="control: { connections: 256 }\n")
    d.start()
    block = b"".join(rig.event("first-%d" % i) + b"\n" for i in range(20000))
    rig.check(d.ask("events import", block).ok, "the first import failed")
    before = d.rss_kb()
    random_bytes(d, args.rounds)
    mangled(d)
    events(d, args.rounds)
    hang_up(d, args.rounds * 4)
    idle, slow, sent = never_reading(d)
    during = d.rss_kb()
    for s in idle:
        s.close()
    served = crowd(d, 300)
    time.sleep(0.3)
    alive(d, "everything")
    after = d.rss_kb()
    rig.check(max(during, after) < before + 150 * 1024, "memory grew from %d "
              "to %d MB" % (before >> 10, max(during, after) >> 10))
    d.check_digest()
    rig.check(d.stop() == 0, "exit status after SIGTERM")
    print("alive; a digest took %.3f s and %d events came in beside 25 "
          "clients that never read; %d of 300 connections were served; memory "
          "%d MB before, %d during, %d after" % (
              slow, sent, served, before >> 10, during >> 10, after >> 10))


if __name__ == "__main__":
    a = rig.arguments(__doc__, rounds=(60, "random inputs of each kind"))
    sys.exit(rig.main("garbage", test, a))
