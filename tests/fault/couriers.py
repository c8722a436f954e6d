#!/usr/bin/env python3
"""Couriers against servers that behave badly: quotas, silence, refused
connections, answers that are no answers, TLS by a stranger, kill -9 of liftd in
the middle. The servers are doubles of this test's own, on loopback. Each request
is answered exactly once in the log, webhooks get each effect in order and at
least once, and nobody's trouble is anybody else's."""
import base64
import hashlib
import hmac
import http.server
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time

import rig

check, wait_for = rig.check, rig.wait_for
QUESTION = {"purpose": "test", "system": "be brief", "prompt": "number %",
            "schema": {"type": "OBJECT", "properties": {
                "word": {"type": "STRING"}}, "required": ["word"]}}


# ---- the doubles -------------------------------------------------------------

class Server:
    """Answers with what `play` says: (status, headers, body), or None for
    never. Keeps what it was sent."""

    def __init__(self, play, tls=None):
        self.play, self.calls, self.lock = play, [], threading.Lock()
        self.sockets = []
        self.open = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                with outer.lock:
                    outer.sockets.append(self.connection)

            def do_POST(self):
                size = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(size)
                with outer.lock:
                    number = len(outer.calls)
                    outer.calls.append((self.path, dict(self.headers), body,
                                        time.time()))
                try:
                    self.say(outer.play(number, self.path, self.headers, body))
                except OSError:
                    self.close_connection = True

            do_GET = do_POST

            def say(self, what):
                if what is None:
                    outer.open.wait(60)
                    self.close_connection = True
                    return
                status, headers, body = what
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Threads(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_):
                pass

        self.http = Threads(("127.0.0.1", 0), Handler)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.http.socket = context.wrap_socket(self.http.socket,
                                                   server_side=True)
        self.port = self.http.server_address[1]
        self.url = "%s://127.0.0.1:%d" % ("https" if tls else "http",
                                          self.port)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def count(self):
        with self.lock:
            return len(self.calls)

    def close(self):
        self.open.set()
        self.http.shutdown()
        self.http.server_close()
        with self.lock:
            for s in self.sockets:
                try:
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass


def gemini(text='{"word":"yes"}', finish="STOP", parts=None, **more):
    return {"candidates": [{"content": {"role": "model", "parts": parts or [
        {"text": text}]}, "finishReason": finish}],
        "modelVersion": "double-001", **more}


def said(body, status=200, headers=None):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return status, headers or {}, raw


def refusal(code, status, details=()):
    return said({"error": {"code": code, "status": status, "message":
                           "as the test wants it", "details": list(details)}},
                code)


def per_minute(delay):
    return refusal(429, "RESOURCE_EXHAUSTED", [
        {"@type": "type.googleapis.com/google.rpc.RetryInfo",
         "retryDelay": delay}])


# ---- the daemon -----------------------------------------------------------------

class Asker(rig.Daemon):
    def set_config(self, config):
        with open(self.config, "w") as f:
            f.write("plugins: [tally, asker]\n" + config)

    def ask_courier(self, body=QUESTION, courier="model", count=1):
        text = json.dumps(body) if not isinstance(body, str) else body
        r = self.ask("asker ask --courier %s --body %s --count %d" % (
            courier, json.dumps(text), count))
        check(r.ok, "asker ask: %s" % r.error)

    def tell(self, words, count=1):
        r = self.ask("asker tell --words %s --count %d" % (words, count))
        check(r.ok, "asker tell: %s" % r.error)

    def shown(self):
        return self.one("asker show")

    def answers(self):
        """The bodies of all answers, as they stand in the log."""
        db = rig.database(self.state + "/liftd.db")
        found = db.execute("SELECT body FROM entries WHERE kind=5 ORDER BY "
                           "seq").fetchall()
        db.close()
        return [json.loads(f[0][f[0].index(b"{"):]) for f in found]

    def requests(self):
        db = rig.database(self.state + "/liftd.db")
        found = db.execute("SELECT id FROM effects WHERE topic='request'")
        found = [f[0] for f in found.fetchall()]
        db.close()
        return found

    def wait_answers(self, count, timeout=40):
        wait_for(lambda: len(self.answers()) >= count, "only %d of %d answers "
                 "came" % (len(self.answers()), count), timeout)
        return self.answers()

    def courier(self, name):
        rows = self.ask("@jsonl couriers list").rows()
        return [r for r in rows if r["name"] == name][0]


def model_config(url, more=""):
    return ("models: { driver: gemini, model: gemini-2.5-flash, key: "
            "\"${env:TEST_KEY}\", endpoint: \"%s\", rate: 100000%s }\n" % (
                url, more))


ENV = {"TEST_KEY": "k-e-y-0123456789", "TEST_SECRET": "s-e-c-r-e-t",
       "no_proxy": "*"}


def daemon(args, scratch, name, config):
    d = Asker(args, scratch, name, config, env=ENV)
    d.start()
    return d


def one(d, before):
    return d.wait_answers(before + 1)[-1]


# ---- the model ---------------------------------------------------------------------

def faults(args, scratch):
    now = []
    server = Server(lambda n, *_: now[min(n - base[0], len(now) - 1)])
    base = [0]
    d = daemon(args, scratch, "faults", model_config(
        server.url, ", timeout: 1s, retries: 3"))
    count = 0
    fence = "```json\n{\"word\":\"fenced\"}\n```\n"
    two = [{"text": "not this", "thought": True}, {"text": '{"word":'},
           {"text": '"joined"}'}]
    day = refusal(429, "RESOURCE_EXHAUSTED", [{"violations": [
        {"quotaId": "GenerateRequestsPerDayPerProject"}]}])
    for name, play, calls, ok, words in [
            ("plain", [said(gemini())], 1, True, "yes"),
            ("429 with RetryInfo", [per_minute("1.2s"), said(gemini())], 2,
             True, "yes"),
            ("429 with Retry-After", [said(b"{}", 429, {"Retry-After": "1"}),
                                      said(gemini())], 2, True, "yes"),
            ("503 then fine", [refusal(503, "UNAVAILABLE"), said(gemini())],
             2, True, "yes"),
            ("an error in an array", [said([{"error": {
                "code": 503, "status": "UNAVAILABLE", "message": "busy"}}],
                503), said([gemini()])], 2, True, "yes"),
            ("parts", [said(gemini(parts=two))], 1, True, "joined"),
            ("fence", [said(gemini(fence))], 1, True, "fenced"),
            ("the day's quota", [day], 1, False, "quota of the day"),
            ("400", [refusal(400, "INVALID_ARGUMENT")], 1, False,
             "400 INVALID_ARGUMENT"),
            ("401", [refusal(401, "UNAUTHENTICATED")], 1, False, "401"),
            ("404", [refusal(404, "NOT_FOUND")], 1, False, "404 NOT_FOUND"),
            ("a redirect", [said(b"", 302, {"Location": server.url + "/x"})],
             1, False, "302"),
            ("no JSON", [said(b"<html>")], 1, False,
             "does not answer with JSON"),
            ("half of it", [said(json.dumps(gemini()).encode()[:-9])], 1,
             False, "does not answer with JSON"),
            ("JSON of another form", [said(gemini('{"wort":1}'))], 1, False,
             "lacks \"word\""),
            ("words that are no JSON", [said(gemini("certainly!"))], 1, False,
             "not JSON"),
            ("MAX_TOKENS", [said(gemini('{"wo', "MAX_TOKENS"))], 1, False,
             "was cut"),
            ("SAFETY", [said(gemini(finish="SAFETY"))], 1, False, "SAFETY"),
            ("blocked", [said({"promptFeedback": {"blockReason": "OTHER"}})],
             1, False, "blocked: OTHER"),
            ("no candidates", [said({"candidates": []})], 1, False,
             "no candidates"),
            ("empty parts", [said(gemini(parts=[{"text": ""}]))], 1, False,
             "empty"),
            ("a huge body", [said(b" " * (2 << 20))], 1, False, "longer than"),
            ("silence", [None, said(gemini())], 2, True, "yes"),
            ("500 for good", [refusal(500, "INTERNAL")], 4, False, "500")]:
        now[:], base[0] = play, server.count()
        d.ask_courier()
        a = one(d, count)
        count += 1
        made = server.count() - base[0]
        check(a["ok"] == ok and words in (a["text"] if ok else a["error"]),
              "%s: the answer is %s" % (name, a))
        check(made == calls, "%s: %d calls, must be %d" % (name, made, calls))
        if name == "429 with RetryInfo":
            gap = server.calls[-1][3] - server.calls[-2][3]
            check(gap >= 1.2, "tried again after %.2f s, RetryInfo says 1.2" %
                  gap)
        if not ok:
            check(ENV["TEST_KEY"] not in json.dumps(a), "the key is told")
    path, headers, body, _ = server.calls[0]
    sent = json.loads(body)
    check(path == "/v1beta/models/gemini-2.5-flash:generateContent" and
          headers.get("x-goog-api-key") == ENV["TEST_KEY"] and
          headers.get("User-Agent", "").startswith("liftd/"),
          "the first call was %s %s" % (path, headers))
    config = sent["generationConfig"]
    check(sent["contents"] == [{"role": "user", "parts": [
        {"text": "number 1"}]}] and config["responseSchema"] ==
        QUESTION["schema"] and config["thinkingConfig"] ==
        {"thinkingBudget": 0} and config["responseMimeType"] ==
        "application/json", "the first call's body was %s" % sent)
    check(d.answers()[0]["model"] == "double-001", "the model is not named")
    # The same question again is answered without a call.
    now[:], base[0] = [said(gemini())], server.count()
    d.ask_courier({"prompt": "the same"})
    one(d, count)
    d.ask_courier({"prompt": "the same"}, count=5)
    check(all(a["ok"] for a in d.wait_answers(count + 6)[-6:]), "cache")
    check(server.count() - base[0] == 1, "%d calls for one question" % (
        server.count() - base[0]))
    count += 6
    # What is no question, and couriers that are not there.
    for courier, body, words in [
            ("model", {"system": "x"}, "no prompt"),
            ("webhook", {"x": 1}, "no courier is configured"),
            ("pigeon", {"x": 1}, "no courier is configured for \"pigeon\"")]:
        d.ask_courier(body, courier)
        a = one(d, count)
        count += 1
        check(not a["ok"] and words in a["error"], "%s: %s" % (courier, a))
    server.close()
    d.ask_courier()
    a = one(d, count)
    check(not a["ok"] and "cannot be reached" in a["error"], "refused: %s" % a)
    check(d.courier("model")["state"] == "failing", "it does not say that it "
          "fails: %s" % d.courier("model"))
    check(ENV["TEST_KEY"] not in d.log(), "the key is in the log")
    with open(d.state + "/liftd.db", "rb") as f:
        check(ENV["TEST_KEY"].encode() not in f.read(), "the key is stored")
    d.check_digest()
    check(d.stop() == 0, "it does not stop in order")
    print("faults: %d requests, each answered once" % len(d.requests()))
    check(sorted(a["request"] for a in d.answers()) == sorted(d.requests()),
          "requests and answers differ")


def old(args, scratch):
    """A daemon that was down does not flood the model."""
    server = Server(lambda *_: None)
    d = daemon(args, scratch, "old", model_config(server.url,
                                                  ", oldest: 2s"))
    d.ask_courier(count=30)
    wait_for(lambda: server.count() > 0, "no call was made")
    d.kill()
    time.sleep(2.5)
    before = server.count()
    server.play = lambda *_: said(gemini())
    d.start()
    answers = d.wait_answers(30)
    check(len(answers) == 30 and all("too old" in a.get("error", "")
                                     for a in answers), "too old: %s" %
          answers[:3])
    check(server.count() == before, "old requests were made")
    # A slow server does not hold up the end.
    server.play = lambda *_: None
    d.ask_courier()
    wait_for(lambda: server.count() > before, "no call was made")
    began = time.time()
    check(d.stop() == 0, "it does not stop in order")
    print("old: 30 answered without a call; stopped in %.1f s beside a server "
          "that never answers" % (time.time() - began))
    server.close()


def killed(args, scratch, rounds):
    """kill -9 in the middle of 200 requests, of one entry and of many."""
    def play(*_):
        time.sleep(0.01)
        return said(gemini()) if server.count() % 7 else refusal(
            503, "UNAVAILABLE")
    server = Server(play)
    d = daemon(args, scratch, "killed", model_config(server.url))
    d.ask_courier(count=100)
    for _ in range(100):
        d.ask_courier()
    kills = 0
    while kills < rounds and len(d.answers()) < 200:
        there = len(d.answers())
        wait_for(lambda: len(d.answers()) > there + 200 // (rounds + 2),
                 "no answers come")
        d.kill()
        kills += 1
        d.start()
    d.wait_answers(200, 90)
    time.sleep(0.5)
    got, asked = d.answers(), d.requests()
    check(len(asked) == 200 and sorted(a["request"] for a in got) ==
          sorted(asked), "%d requests, %d answers, %d of them different" % (
              len(asked), len(got), len({a["request"] for a in got})))
    check(all(a["ok"] for a in got), "an answer is a refusal: %s" % [
        a for a in got if not a["ok"]][:1])
    shown = d.shown()
    check(shown["answers"] == 200 and shown["asked"] == 200, "the plugin "
          "counts %s" % shown)
    row = d.courier("model")
    check(row["behind"] == 0, "something is left: %s" % row)
    d.check_digest()
    d.kill()
    calls = server.count()
    server.close()
    print("killed %d times in the middle of 200 requests: each answered once, "
          "%d calls" % (kills, calls))


def tls(args, scratch):
    key, cert = scratch + "/own.key", scratch + "/own.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048",
                    "-nodes", "-keyout", key, "-out", cert, "-days", "2",
                    "-subj", "/CN=double", "-addext",
                    "subjectAltName=IP:127.0.0.1"], check=True,
                   capture_output=True)
    server = Server(lambda *_: said(gemini()), tls=(cert, key))
    d = daemon(args, scratch, "stranger", model_config(server.url))
    d.ask_courier()
    a = one(d, 0)
    check(not a["ok"] and "cannot be trusted" in a["error"], "TLS: %s" % a)
    check(server.count() == 0, "a stranger was told the key")
    d.kill()
    d = daemon(args, scratch, "trusted", model_config(
        server.url, ", authority: \"%s\"" % cert))
    d.ask_courier()
    check(one(d, 0)["ok"], "TLS by an authority that is given: %s" %
          d.answers())
    d.kill()
    server.close()
    print("tls: an unknown authority is refused, a given one is taken")


def unbase64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verified(public, signed, mark, scratch):
    """True when openssl says that the RS256 signature holds."""
    with open(scratch + "/mark", "wb") as f:
        f.write(mark)
    p = subprocess.run(["openssl", "dgst", "-sha256", "-verify", public,
                        "-signature", scratch + "/mark"], input=signed,
                       capture_output=True)
    return p.returncode == 0


def vertex(args, scratch):
    key, public = scratch + "/sa.key", scratch + "/sa.pub"
    subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-out", key],
                   check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public],
                   check=True, capture_output=True)
    tokens, problems = [], []

    def token(body):
        form = dict(p.split("=", 1) for p in body.decode().split("&"))
        head, claims, mark = form["assertion"].split(".")
        c = json.loads(unbase64(claims))
        if not verified(public, (head + "." + claims).encode(),
                        unbase64(mark), scratch):
            problems.append("the signature does not hold")
        if json.loads(unbase64(head)) != {"alg": "RS256", "typ": "JWT",
                                          "kid": "key-1"}:
            problems.append("head %s" % unbase64(head))
        if c["iss"] != "sa@p" or c["aud"] != server.url + "/token" or \
           c["exp"] - c["iat"] != 3600 or abs(c["iat"] - time.time()) > 60 \
           or c["scope"] != "https://www.googleapis.com/auth/cloud-platform":
            problems.append("claims %s" % c)
        tokens.append("token-%d" % len(tokens))
        return said({"access_token": tokens[-1], "expires_in": 3599,
                     "token_type": "Bearer"})

    def play(_, path, headers, body):
        if path == "/token":
            return token(body)
        if path != ("/v1/projects/p/locations/eu/publishers/google/models/"
                    "gemini-2.5-flash:generateContent"):
            return refusal(404, "NOT_FOUND")
        # The first token is revoked at once.
        if headers.get("Authorization") != "Bearer token-1":
            return refusal(401, "UNAUTHENTICATED")
        return said(gemini())

    server = Server(play)
    with open(key) as f:
        pem = f.read()
    account = {"type": "service_account", "client_email": "sa@p",
               "private_key_id": "key-1", "private_key": pem,
               "token_uri": server.url + "/token"}
    path = scratch + "/sa.json"
    with open(path, "w") as f:
        json.dump(account, f)
    config = ("models: { driver: vertex, model: gemini-2.5-flash, project: p,"
              " location: eu, endpoint: \"%s\", credentials: \"%s\" }\n" % (
                  server.url, path))
    d = daemon(args, scratch, "vertex", config)
    d.ask_courier(count=1)
    one(d, 0)
    d.ask_courier(count=9)
    answers = d.wait_answers(10)
    check(all(a["ok"] for a in answers), "vertex: %s" % answers)
    check(not problems, "the token endpoint complains: %s" % problems)
    check(len(tokens) == 2, "%d tokens were fetched, must be 2" % len(tokens))
    check("token-1" not in d.log() and "BEGIN" not in d.log(), "a secret is "
          "in the log")
    d.kill()
    # Credentials that send their assertions to somebody else.
    account["token_uri"] = "https://collector.example/token"
    with open(path, "w") as f:
        json.dump(account, f)
    status, log = Asker(args, scratch, "hostile", config, env=ENV).refuses()
    check(status != 0 and "token_uri" in log, "hostile credentials: %s" % log)
    server.close()
    print("vertex: RS256 verified, one token for 10 requests after a 401")


def metadata(args, scratch):
    """A machine of Google's gives tokens without a key."""
    flavors, problems, given = [], [], []

    def play(_, path, headers, body):
        if path.startswith("/computeMetadata/"):
            flavors.append(headers.get("Metadata-Flavor"))
            if path != ("/computeMetadata/v1/instance/service-accounts/default"
                        "/token?scopes=https://www.googleapis.com/auth/"
                        "cloud-platform"):
                problems.append(path)
            # At first it has not come up yet.
            if len(flavors) == 1:
                return refusal(503, "UNAVAILABLE")
            given.append("metadata-%d" % len(given))
            return said({"access_token": given[-1], "expires_in": 3599,
                         "token_type": "Bearer"})
        # The first token is revoked at once.
        if headers.get("Authorization") != "Bearer metadata-1":
            return refusal(401, "UNAUTHENTICATED")
        return said(gemini())

    server = Server(play)
    env = dict(ENV, GCE_METADATA_HOST=server.url.split("//")[1])
    d = Asker(args, scratch, "metadata", "models: { driver: vertex, model: "
              "gemini-2.5-flash, project: p, location: eu, endpoint: \"%s\" }"
              "\n" % server.url, env=env)
    d.start()
    d.ask_courier(count=1)
    one(d, 0)
    d.ask_courier(count=9)
    answers = d.wait_answers(10)
    check(all(a["ok"] for a in answers), "metadata: %s" % answers)
    check(not problems, "the metadata server was asked for %s" % problems)
    check(set(flavors) == {"Google"}, "the metadata server refuses calls "
          "without its flavor: %s" % flavors)
    check(len(given) == 2, "%d tokens were fetched, must be 2" % len(given))
    check("metadata-1" not in d.log(), "a token is in the log")
    d.kill()
    server.close()
    print("metadata: one token for 10 requests after a 503 and a 401")


# ---- webhooks ------------------------------------------------------------------------

def hook_config(name, url, more=""):
    return ("  - { name: %s, url: \"%s/hook\", secret: \"${env:TEST_SECRET}\""
            "%s }\n" % (name, url, more))


def is_signed(headers, body):
    parts = dict(p.split("=", 1) for p in
                 headers.get("X-Liftd-Signature", "").split(","))
    mark = hmac.new(ENV["TEST_SECRET"].encode(), b"%s.%s" % (
        parts["t"].encode(), body), hashlib.sha256).hexdigest()
    return hmac.compare_digest(mark, parts["v1"]) and \
        abs(int(parts["t"]) - time.time()) < 60


def rows_of(server):
    with server.lock:
        return [json.loads(c[2]) for c in server.calls]


def numbers(server):
    return [r["data"]["number"] for r in rows_of(server)
            if r["topic"] == "note"]


def webhooks(args, scratch, rounds):
    def flaky(n, *_):
        return said(b"", 503 if n % 11 == 5 else 204)
    shop, dead = Server(flaky), socket.socket()
    dead.bind(("127.0.0.1", 0))     # bound, and nobody listens
    slow = Server(lambda *_: None)
    config = "webhooks:\n" + \
        hook_config("shop", shop.url, ", topics: [note, fired]") + \
        hook_config("dead", "http://127.0.0.1:%d" % dead.getsockname()[1],
                    ", topics: [note], give_up: 30d") + \
        hook_config("slow", slow.url, ", topics: [note], timeout: 2s")
    d = Asker(args, scratch, "webhooks", "", env=ENV)
    d.start()
    d.tell("history", 20)
    check(d.stop() == 0, "stop")
    d.set_config(config)
    d.start()
    total = 0
    for n in range(rounds + 1):
        d.tell("many", 30)
        for _ in range(10):
            d.tell("one")
        total += 40
        wait_for(lambda: len(numbers(shop)) > total - 20, "the webhook gets "
                 "nothing")
        if n < rounds:
            d.kill()
            d.start()
    wanted = list(range(21, 21 + total))
    wait_for(lambda: set(wanted) <= set(numbers(shop)), "%d of %d effects came"
             % (len(set(numbers(shop))), total), 60)
    firsts = list(dict.fromkeys(numbers(shop)))
    check(firsts == wanted, "not in order, or history too: %s" % firsts[:50])
    with shop.lock:
        calls = list(shop.calls)
    check(all(is_signed(c[1], c[2]) for c in calls), "a signature is wrong")
    check(all(c[1]["Idempotency-Key"] == json.loads(c[2])["id"]
              for c in calls), "Idempotency-Key is not the id")
    row = json.loads(calls[-1][2])
    check({"id", "seq", "topic", "type", "time", "data"} <= set(row),
          "a row has %s" % sorted(row))
    r = d.courier("dead")
    check(r["state"] == "failing" and r["behind"] == total and
          r["next_try"], "the dead one: %s" % r)
    # A receiver that is slow or dead holds up no event.
    began = time.time()
    r = d.ask("@jsonl events import", b"".join(
        rig.event("e-%d" % i) + b"\n" for i in range(20000)))
    took = time.time() - began
    check(r.ok and r.rows()[-1]["stored"] == 20000, "events: %s" % r)
    r = d.courier("slow")
    check(r["behind"] >= total and slow.count() > 0, "the slow one: %s" % r)
    wait_for(lambda: any(x["topic"] == "fired" for x in rows_of(shop)),
             "no effects of events came")
    d.check_digest()
    behind = d.metric("liftd_courier_behind{courier=\"dead\"}")
    check(behind == total, "the metric says that %s wait, not %d" % (behind,
                                                                    total))
    began = time.time()
    check(d.stop() == 0, "stop")
    print("webhooks: %d effects in order over %d kills, %d calls, all signed; "
          "20000 events in %.2f s beside a dead and a slow one; stopped in "
          "%.1f s" % (total, rounds, len(calls), took, time.time() - began))
    shop.close()
    slow.close()
    dead.close()


def letters(args, scratch):
    """What is refused for good goes to the dead letters, and on it goes."""
    def play(_, path, headers, body):
        row = json.loads(body)
        if row["topic"] == "request":
            return said({"ok": False, "error": "not today"}) if \
                "no" in row["data"]["body"] else said(b"", 200)
        return said(b"", {3: 400, 5: 503}.get(row["data"]["number"], 200))
    server = Server(play)
    d = daemon(args, scratch, "letters", "webhooks:\n" + hook_config(
        "shop", server.url,
        ", topics: [note], requests: true, give_up: 3s"))
    d.tell("x", 8)
    wait_for(lambda: set(numbers(server)) == set(range(1, 9)),
             "it does not go on: %s" % numbers(server))
    found = d.ask("@jsonl letters list").rows()
    check(len(found) == 2 and all("webhook shop" in json.dumps(f)
                                  for f in found), "letters: %s" % found)
    check(numbers(server).count(3) == 1 and numbers(server).count(5) > 2,
          "tries: %s" % numbers(server))
    d.ask_courier({"yes": 1}, "webhook")
    check(one(d, 0)["ok"], "a request that is taken: %s" % d.answers())
    d.ask_courier({"no": 1}, "webhook")
    a = one(d, 1)
    check(not a["ok"] and "not today" in a["error"], "a no: %s" % a)
    d.set_config("webhooks:\n" + hook_config("shop", server.url,
                                             ", topics: [nothing]"))
    check(d.stop() == 0, "stop")
    d.start()
    s = d.one("status")
    check(s["state"] == "degraded" and any("nothing" in c for c in
                                           s["complaints"]),
          "a webhook without its topic: %s" % s)
    d.kill()
    server.close()
    print("letters: a 400 at once and a 503 after its time, the rest goes on")


def refused(args, scratch):
    for name, config, words in [
            ("no key", "models: { driver: gemini, model: x }\n", "key"),
            ("no model", "models: { driver: vertex, project: x }\n", "model"),
            ("plain http", "models: { endpoint: \"http://example.com\" }\n",
             "https"),
            ("a key in the file", "models: { driver: gemini, model: x, key: "
             "abc }\n", "secret"),
            ("two that answer", "webhooks:\n" + hook_config(
                "a", "http://x", ", requests: true") + hook_config(
                    "b", "http://x", ", requests: true"), "both"),
            ("a reserved name", "webhooks:\n" + hook_config(
                "model", "http://x", ", topics: [note]"), "none of model"),
            ("no use", "webhooks:\n" + hook_config("a", "http://x"),
             "never be called"),
            ("no url", "webhooks:\n  - { name: a, url: \"ftp://x\", topics: "
             "[note] }\n", "https://")]:
        d = Asker(args, scratch, "refused", config, env=ENV)
        status, log = d.refuses()
        check(status == 78 and words in log, "%s: exit status %d, %s" % (
            name, status, log))
    print("refused: 8 configurations, each with its sentence")


def test(args, scratch):
    os.environ.update(ENV)      # for those who read the settings beside it
    refused(args, scratch)
    faults(args, scratch)
    tls(args, scratch)
    vertex(args, scratch)
    metadata(args, scratch)
    letters(args, scratch)
    old(args, scratch)
    killed(args, scratch, args.rounds)
    webhooks(args, scratch, args.rounds)


if __name__ == "__main__":
    sys.exit(rig.main("couriers", test, rig.arguments(
        __doc__, rounds=(3, "how often liftd is killed"))))
