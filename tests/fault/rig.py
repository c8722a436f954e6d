"""What the fault tests share: a scratch directory, a daemon in it, clients of
its control socket, and shoppers who send events and remember what was
acknowledged. Only Unix sockets; only processes started here are stopped."""
import argparse
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = ["view", "view", "view", "click", "add_to_cart", "purchase", "search"]
RULES = """plugin: tally
options:
  window: 1s
hooks:
  - name: seen-%d
    on: purchase
    when: price > %d
"""


class Fault(Exception):
    """What a test found, as a sentence."""


def check(yes, sentence):
    if not yes:
        raise Fault(sentence)


def arguments(describe, **more):
    """The options of every test, and its own: name=(default, help)."""
    p = argparse.ArgumentParser(description=describe)
    p.add_argument("--build", default=os.environ.get("LIFTD_BUILD", "."),
                   help="the build directory")
    p.add_argument("--seed", type=int, default=int(time.time()))
    p.add_argument("--keep", action="store_true",
                   help="keep the scratch directory")
    for name, (fallback, meaning) in more.items():
        p.add_argument("--" + name.replace("_", "-"), default=fallback,
                       type=type(fallback), help=meaning)
    a = p.parse_args()
    a.build = os.path.abspath(a.build)
    if not os.path.exists(os.path.join(a.build, "liftd")):
        sys.exit("there is no liftd in %s; give --build DIR" % a.build)
    random.seed(a.seed)
    return a


def main(name, test, args):
    """Runs a test in a scratch directory and says how it ended."""
    began = time.time()
    # `timeout` ends a test by SIGTERM: its daemons must not outlive it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("%s: told to stop" %
                                                      name))
    scratch = tempfile.mkdtemp(prefix="liftd-%s-" % name)
    print("%s: seed %d, in %s" % (name, args.seed, scratch), flush=True)
    keep = args.keep
    try:
        test(args, scratch)
        print("ok %s (%.1f s)" % (name, time.time() - began))
        return 0
    except (Fault, OSError, ValueError) as fault:
        keep = True
        if not isinstance(fault, Fault):
            traceback.print_exc(file=sys.stdout)
        print("%s: %s (seed %d, state kept in %s)" % (name, fault, args.seed,
                                                      scratch))
        for d in Daemon.all:
            print("---- end of %s" % d.log_path)
            print("\n".join(d.log().splitlines()[-15:]))
        return 1
    finally:
        for d in Daemon.all:
            d.clear()
        if not keep:
            shutil.rmtree(scratch, ignore_errors=True)


# ---- a client of the control socket -----------------------------------------

class Reply:
    """`code` is 0 for OK and the wire's code for ERR; `verdict` is 0 for yes
    and 1 for no; `error` is the sentence, whichever way it failed."""

    def __init__(self):
        self.code, self.verdict, self.error, self.body = None, None, "", b""

    @property
    def ok(self):
        return self.code == 0 and self.error == ""

    def rows(self):
        return [json.loads(l) for l in self.body.decode().splitlines() if l]

    def __repr__(self):
        return "code=%s verdict=%s error=%r body=%r" % (
            self.code, self.verdict, self.error, self.body[:300])


class Client:
    def __init__(self, path, timeout=60):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb", buffering=1 << 18)
        self.greeting = self.line()
        check(self.greeting.startswith(b"liftd 1"),
              "the socket greets with %r, must be `liftd 1 VERSION`" %
              self.greeting)

    def line(self):
        line = self.file.readline()
        if not line.endswith(b"\n"):
            raise ConnectionError("the daemon hung up")
        return line[:-1]

    def send(self, line, upload=None):
        if isinstance(line, str):
            line = line.encode()
        out = line + b"\n"
        if upload is not None:
            out += (b"%d\n" % len(upload) + upload if upload else b"") + b"0\n"
        self.socket.sendall(out)

    def chunks(self, reply):
        """The pieces of the answer as they come; fills the reply."""
        head = self.line()
        reply.code = 0 if head == b"OK" else int(head.split()[1])
        while True:
            head = self.line()
            size, _, rest = head.partition(b" ")
            if size == b"0":
                break
            yield self.file.read(int(size))
        if rest:
            code, _, sentence = rest.decode().partition(" ")
            reply.verdict = int(code)
            reply.error = sentence
        else:
            reply.verdict = 0

    def reply(self):
        r = Reply()
        r.body = b"".join(self.chunks(r))
        if r.code != 0:
            r.error = r.body.decode().strip() or "an error without a sentence"
        return r

    def ask(self, line, upload=None):
        self.send(line, upload)
        return self.reply()

    def close(self):
        self.file.close()
        self.socket.close()


# ---- a daemon ---------------------------------------------------------------

class Daemon:
    all = []
    named = "[tally]"

    def __init__(self, args, scratch, name="state", config="", rules=None,
                 env=None, state=None, listen="none"):
        self.args, self.env, self.scratch = args, env or {}, scratch
        self.state = state or os.path.join(scratch, name)
        self.config = os.path.join(scratch, name + ".yaml")
        self.rules = rules or os.path.join(scratch, name + ".rules")
        self.plugins = os.path.join(args.build, "tests/plugins/.libs")
        self.log_path = os.path.join(scratch, name + ".log")
        self.control = os.path.join(self.state, "control.sock")
        self.process = None
        self.listen = listen
        os.makedirs(self.rules, exist_ok=True)
        self.set_config(config)
        if not os.listdir(self.rules):
            self.write_rules(RULES % (0, 0))
        Daemon.all.append(self)

    def set_config(self, config):
        with open(self.config, "w") as f:
            f.write("plugins: %s\n" % self.named + config)

    def write_rules(self, text, name="tally.yaml"):
        path = os.path.join(self.rules, name)
        with open(path + ".new", "w") as f:
            f.write(text)
        os.rename(path + ".new", path)

    def command(self, *more):
        return [os.path.join(self.args.build, "liftd"), "-c", self.config,
                "--rules", self.rules, "--plugins", self.plugins,
                "--listen", self.listen, "--state", self.state] + list(more)

    def spawn(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log,
                env={**os.environ, **self.env})

    def start(self, timeout=120):
        """Starts it and waits until it answers; seconds that it took."""
        began = time.time()
        self.spawn()
        while True:
            try:
                Client(self.control, 60).close()
                return time.time() - began
            except (OSError, ConnectionError):
                pass
            check(self.process.poll() is None, "liftd did not start, exit "
                  "status %s" % self.process.returncode)
            check(time.time() - began < timeout, "liftd does not answer "
                  "after %d s" % timeout)
            time.sleep(0.01)

    def refuses(self, timeout=60):
        """Starts it; it must end by itself. Exit status, new log lines."""
        before = len(self.log())
        self.spawn()
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Fault("liftd started, but should have refused: %s" %
                        self.log()[before:])
        return self.process.returncode, self.log()[before:]

    def offline(self, *command, timeout=300):
        p = subprocess.run(self.command(*command), capture_output=True,
                           text=True, timeout=timeout)
        return p.returncode, p.stdout + p.stderr

    def log(self):
        try:
            with open(self.log_path, errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def port(self):
        """The port that its HTTP door got."""
        found = [l for l in self.log().splitlines() if " listen=" in l]
        check(found, "liftd has not said where it listens: %s" % self.log())
        return int(found[-1].rsplit(":", 1)[1])

    def client(self, timeout=60):
        return Client(self.control, timeout)

    def ask(self, line, upload=None, timeout=60):
        c = self.client(timeout)
        try:
            return c.ask(line, upload)
        finally:
            c.close()

    def one(self, line):
        """The one row that a verb answers with, whatever its verdict."""
        r = self.ask("@jsonl " + line)
        check(r.ok, "`%s` fails: %s" % (line, r.error))
        rows = r.rows()
        return rows[0] if rows else None

    def metric(self, name):
        for line in self.ask("metrics").body.decode().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[-1])
        return None

    def signal(self, number):
        os.kill(self.process.pid, number)

    def kill(self):
        """kill -9; it must have lived until now."""
        check(self.process.poll() is None, "liftd had ended by itself, with "
              "status %s" % self.process.returncode)
        self.clear()

    def clear(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def stop(self, timeout=60):
        """SIGTERM; the exit status."""
        self.process.terminate()
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Fault("liftd does not stop within %d s of SIGTERM" %
                        timeout)

    def rss_kb(self):
        with open("/proc/%d/status" % self.process.pid) as f:
            for line in f:
                if line.startswith("VmRSS"):
                    return int(line.split()[1])
        return 0

    def export(self, from_seq=0):
        """All events that are in the log."""
        r = self.ask("@jsonl events export%s" % (
            " --from_seq %d" % from_seq if from_seq else ""))
        check(r.ok, "events export fails: %s" % r.error)
        return r.rows()

    def check_digest(self, tries=8):
        """The digest of the running daemon is that of its log folded from the
        first entry. The daemon is stopped by SIGSTOP for the moment in which
        its state directory is copied."""
        for _ in range(tries):
            said = self.one("digest")
            self.signal(signal.SIGSTOP)
            copy = tempfile.mkdtemp(dir=self.scratch)
            for name in os.listdir(self.state):
                if name.startswith("liftd.db"):
                    shutil.copy(os.path.join(self.state, name), copy)
            self.signal(signal.SIGCONT)
            p = subprocess.run(
                self.command()[:-1] + [copy, "replay"],
                capture_output=True, text=True, timeout=600)
            shutil.rmtree(copy)
            check(p.returncode == 0, "replay fails: %s" % p.stderr)
            seq, digest = p.stdout.split()
            if int(seq) != said["seq"]:
                time.sleep(0.05)        # a tick came in between
                continue
            check(digest == said["digest"], "the daemon's digest at entry %s "
                  "is %s, the log folded from its first entry has %s" %
                  (seq, said["digest"], digest))
            return int(seq)
        raise Fault("no moment without a tick in %d tries" % tries)


class Shop(Daemon):
    """One with the plugins and the rules that ship."""
    named = "[simulation, detection, strategy, feedback]"

    def __init__(self, args, scratch, name="shop", **more):
        here = os.path.dirname(os.path.abspath(__file__))
        Daemon.__init__(self, args, scratch, name, rules=os.path.join(
            here, "..", "..", "rules"), **more)
        self.plugins = os.path.join(args.build, "plugins/.libs")

    def play(self, words, timeout=120):
        """Plays a simulation until it has reached its end."""
        self.one("simulate start " + words)
        wait_for(lambda: self.one("simulate status")["status"] != "running",
                 "the simulation does not end", timeout)



def database(path):
    return sqlite3.connect("file:%s?mode=ro" % path, uri=True)


def wait_for(what, sentence, timeout=30):
    until = time.time() + timeout
    while not what():
        check(time.time() < until, sentence)
        time.sleep(0.02)


# ---- events -----------------------------------------------------------------

def stamp(t):
    return "%s.%06dZ" % (time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(t)),
                         t % 1 * 1000000)


def event(ident, t=None, products=200, rng=random, **more):
    e = {"id": ident, "type": rng.choice(TYPES), "time": stamp(
            time.time() - rng.random() / 2 if t is None else t),
         "shopper": "u-%d" % rng.randrange(5000), "session": "s-1",
         "product": "SKU-%d" % rng.randrange(products), "quantity": 1,
         "price": rng.randrange(1, 10000) / 100, "currency": "EUR"}
    e.update(more)
    return json.dumps(e).encode()


class Shopper(threading.Thread):
    """An import that goes on until it is told to stop or the daemon dies.
    `sent` are the ids in the order of the lines, `acked` how many of them were
    acknowledged; `known` are ids that others may have sent before."""

    def __init__(self, daemon, name, known=(), pace=0.002, batch=40,
                 options="", duplicates=0.05, make=event):
        super().__init__(daemon=True)
        self.d, self.label, self.pace, self.batch = daemon, name, pace, batch
        self.known, self.duplicates, self.make = known, duplicates, make
        self.sent, self.acked, self.duplicated = [], 0, 0
        self.stopping, self.reply, self.last = False, None, None
        self.longest, self.at = 0.0, None
        self.failed = None
        self.client = daemon.client(120)
        self.client.send("@jsonl events import --source %s %s" %
                         (name, options))
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.start()
        self.reader.start()

    def pick(self, n):
        if self.sent and random.random() < self.duplicates:
            self.duplicated += 1
            pool = self.known if self.known and n % 2 else self.sent
            return pool[-1 - random.randrange(min(len(pool), 2000))]
        return "%s-%d" % (self.label, n)

    def run(self):
        n = 0
        try:
            while not self.stopping:
                ids = []
                for _ in range(self.batch):
                    n += 1
                    ids.append(self.pick(n))
                block = b"".join(self.make(i) + b"\n" for i in ids)
                self.sent += ids
                self.client.socket.sendall(b"%d\n" % len(block) + block)
                if self.pace:
                    time.sleep(self.pace)
            self.client.socket.sendall(b"0\n")
        except OSError as e:
            self.failed = e

    def read(self):
        self.reply = Reply()
        left = b""
        self.at = time.time()
        try:
            for chunk in self.client.chunks(self.reply):
                now = time.time()
                self.longest = max(self.longest, now - self.at)
                self.at = now
                if self.reply.code != 0:
                    self.reply.error += chunk.decode()
                    continue
                *lines, left = (left + chunk).split(b"\n")
                for line in lines:
                    self.row(json.loads(line))
        except (OSError, ConnectionError, ValueError) as e:
            self.failed = e

    def row(self, row):
        if "lines" in row:
            self.last = row
            self.acked = row["lines"]

    def finish(self, timeout=60):
        """Ends the import in order and waits for the last word."""
        self.stopping = True
        self.join(timeout)
        self.reader.join(timeout)
        check(not self.reader.is_alive(), "import \"%s\" never ended" %
              self.label)
        self.client.close()
        return self.reply

    def drop(self):
        """Forgets the connection; what was acknowledged stays known."""
        self.stopping = True
        self.join(30)
        self.reader.join(30)
        self.client.close()

    def acknowledged(self):
        return self.sent[:self.acked]
