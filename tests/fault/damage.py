#!/usr/bin/env python3
"""Flipped bits in the database, its write-ahead log and the snapshots, cut
files, a newer schema, a foreign file, a lost write-ahead log. Each is refused
or recovered from, with a sentence that names the file, the range and the
command; nothing is guessed. `liftd store-check` finds it, `liftd salvage` saves
the rest, and a start on what was saved works."""
import os
import random
import re
import shutil
import sqlite3
import struct
import sys

import rig

PAGE = 8192


def flip(path, at, count=1):
    with open(path, "r+b") as f:
        f.seek(at)
        old = f.read(count)
        f.seek(at)
        f.write(bytes(b ^ 0x5a for b in old))


class Case:
    """A daemon on a copy of the good state."""

    def __init__(self, args, scratch, good, name):
        self.name = name
        self.state = os.path.join(scratch, name)
        shutil.copytree(good, self.state,
                        ignore=shutil.ignore_patterns("control.sock"))
        self.d = rig.Daemon(args, scratch, name)
        self.db = self.state + "/liftd.db"

    def snapshots(self):
        return sorted(os.path.join(self.state, n)
                      for n in os.listdir(self.state) if n.endswith(".lift"))

    def no_snapshots(self):
        for path in self.snapshots():
            os.unlink(path)
        return self

    def refused(self, *words):
        status, said = self.d.refuses()
        rig.check(status == 1, "%s: exit status %s, must be 1: %s" %
                  (self.name, status, said))
        self.says(said, words)
        return said

    def says(self, said, words):
        last = said.strip().splitlines()[-1]
        for word in words:
            rig.check(re.search(word, last), "%s: \"%s\" is not in: %s" %
                      (self.name, word, said))
        print("  %-22s %s" % (self.name, last.replace(self.state, "STATE")))

    def checked(self, found, *words):
        status, said = self.d.offline("store-check")
        rig.check(status == (1 if found else 0), "%s: store-check has "
                  "status %d: %s" % (self.name, status, said))
        for word in words:
            rig.check(re.search(word, said), "%s: store-check does not say "
                      "\"%s\": %s" % (self.name, word, said))

    def salvaged(self, ids, least):
        """What was saved starts, and holds what the report says."""
        into = self.state + ".saved"
        status, said = self.d.offline("salvage", "--into", into)
        rig.check(status == 0, "%s: salvage has status %d: %s" %
                  (self.name, status, said))
        rig.check("entries" in said, "%s: salvage does not say what was "
                  "saved: %s" % (self.name, said))
        d = self.d
        d.state, d.control = into, into + "/control.sock"
        status, check = d.offline("store-check")
        rig.check(status == 0, "%s: what was saved does not check: %s" %
                  (self.name, check))
        d.start()
        there = [e["id"] for e in d.export()]
        rig.check(set(there) <= set(ids) and len(there) == len(set(there)),
                  "%s: salvage invented or doubled events" % self.name)
        rig.check(len(there) >= least * len(ids), "%s: salvage saved %d of "
                  "%d events" % (self.name, len(there), len(ids)))
        r = d.ask("events import", rig.event("new-after-salvage") + b"\n")
        rig.check(r.ok, "%s: no import after a salvage: %s" % (self.name, r))
        d.check_digest()
        rig.check(d.stop() == 0, "%s: exit status after a salvage" %
                  self.name)
        print("  %-22s saved %d of %d events; %s" % (
            "", len(there), len(ids), said.strip().splitlines()[-1]))

    def recovers(self, ids, *words):
        before = len(self.d.log())
        self.d.start()
        said = self.d.log()[before:]
        for word in words:
            rig.check(re.search(word, said), "%s: the log does not say "
                      "\"%s\": %s" % (self.name, word, said))
        there = [e["id"] for e in self.d.export()]
        rig.check(sorted(there) == sorted(ids), "%s: %d events are there, "
                  "must be %d" % (self.name, len(there), len(ids)))
        self.d.check_digest()
        self.d.kill()
        line = [l for l in said.splitlines() if words and
                re.search(words[0], l)] or [""]
        print("  %-22s recovered; %s" % (self.name, line[0].replace(
            self.state, "STATE")))


def pages(db, table):
    """Where the leaf pages of a table are."""
    c = rig.database(db)
    try:
        found = [r[0] for r in c.execute(
            "SELECT pageno FROM dbstat WHERE name=? AND pagetype='leaf' "
            "ORDER BY path", (table,))]
    except sqlite3.OperationalError:
        found = leaves(db, c.execute("SELECT rootpage FROM sqlite_schema "
                                     "WHERE name=?", (table,)).fetchone()[0])
    c.close()
    return found


def leaves(db, root):
    """Likewise without the dbstat table, which few builds of SQLite have."""
    with open(db, "rb") as f:
        def walk(n):
            f.seek((n - 1) * PAGE)
            page = f.read(PAGE)
            kind, cells = page[0], struct.unpack(">H", page[3:5])[0]
            if kind == 0x0d:
                return [n]
            below = [struct.unpack(">I", page[8:12])[0]]
            for i in range(cells):
                at = struct.unpack(">H", page[12 + 2 * i:14 + 2 * i])[0]
                below.insert(-1, struct.unpack(">I", page[at:at + 4])[0])
            return [leaf for b in below for leaf in walk(b)]
        return walk(root)


def make_good(args, scratch, name, stop):
    """A state with some thousand events, two snapshots, and a tail. Stopped in
    order all is in liftd.db; killed the newest part is in the log."""
    d = rig.Daemon(args, scratch, name)
    d.start()
    ids = ["e-%d" % i for i in range(12000)]
    block = b"".join(rig.event(i) + b"\n" for i in ids)
    rig.check(d.ask("events import", block).ok, "the import failed")
    d.ask("snapshot now")
    rig.wait_for(lambda: any(n.endswith(".lift") for n in
                             os.listdir(d.state)), "no snapshot")
    more = ["f-%d" % i for i in range(500)]
    block = b"".join(rig.event(i) + b"\n" for i in more)
    rig.check(d.ask("events import", block).ok, "the import failed")
    d.stop() if stop else d.kill()
    return d.state, ids + more


def damaged_pages(case, ids):
    c = case("body of an entry").no_snapshots()
    at = pages(c.db, "entries")
    flip(c.db, (at[len(at) // 2] - 1) * PAGE + PAGE - 100, 8)
    c.checked(True, r"salvage --state \S+ --into", r"\d+")
    c.refused("liftd.db", r"entr", r"\d+", "salvage --state")
    c.salvaged(ids, 0.9)

    c = case("header of a page").no_snapshots()
    flip(c.db, (at[len(at) // 3] - 1) * PAGE, 8)
    c.checked(True, "salvage")
    c.refused("liftd.db", "damaged", "salvage --state")
    c.salvaged(ids, 0.9)

    c = case("old page, snapshot")
    flip(c.db, (at[3] - 1) * PAGE + PAGE - 100, 8)
    c.checked(True, r"\d+", "salvage")
    c.d.start()
    rig.check(c.d.ask("events export").error != "", "an export over a damaged "
              "page says nothing")
    c.d.kill()

    c = case("last page")
    flip(c.db, (at[-1] - 1) * PAGE + PAGE - 40, 8)
    c.refused("liftd.db", "damaged", "salvage --state")
    c.salvaged(ids, 0.9)

    c = case("first page")
    flip(c.db, 0, 16)
    c.refused("liftd.db")

    c = case("cut in the middle").no_snapshots()
    size = os.path.getsize(c.db)
    os.truncate(c.db, size // 2 // PAGE * PAGE)
    c.checked(True, "salvage")
    c.refused("liftd.db", "damaged", "salvage --state")
    c.salvaged(ids, 0.1)


def wrong_files(case):
    c = case("newer schema")
    db = sqlite3.connect(c.db)
    db.execute("PRAGMA user_version=999")
    db.close()
    c.refused("liftd.db", "999", "newer")

    c = case("foreign database")
    os.unlink(c.db)
    db = sqlite3.connect(c.db)
    db.execute("CREATE TABLE mine (x)")
    db.execute("PRAGMA application_id=7")
    db.commit()
    db.close()
    before = open(c.db, "rb").read()
    c.refused("liftd.db")
    rig.check(open(c.db, "rb").read() == before, "a foreign file was changed")

    c = case("no database at all")
    with open(c.db, "wb") as f:
        f.write(b"this is a letter to a friend\n" * 1000)
    c.refused("liftd.db")

    c = case("lost database")
    os.unlink(c.db)
    c.refused("snapshot", r"entry \d+", "lost")

    c = case("second daemon")
    c.d.start()
    again = c.d.process
    c.refused("process %d" % again.pid)
    again.kill()
    again.wait()


def damaged_snapshots(case, ids):
    c = case("flipped snapshot")
    newest = c.snapshots()[-1]
    flip(newest, random.randrange(os.path.getsize(newest)))
    c.recovers(ids, os.path.basename(newest))

    c = case("cut snapshot")
    newest = c.snapshots()[-1]
    os.truncate(newest, os.path.getsize(newest) // 2)
    c.recovers(ids, os.path.basename(newest))

    c = case("all snapshots flipped")
    for path in c.snapshots():
        flip(path, os.path.getsize(path) // 3)
    c.recovers(ids, "snapshot", r"folded \d+")

    c = case("empty snapshot")
    open(c.snapshots()[-1], "wb").close()
    c.recovers(ids, "snapshot")


def write_ahead(case, ids):
    c = case("lost wal")
    wal = c.db + "-wal"
    rig.check(os.path.getsize(wal) > 0, "the killed daemon left no wal")
    for path in (wal, c.db + "-shm"):
        os.unlink(path)
    c.refused(r"snapshot is of entry \d+", r"log ends at \d+", "liftd.db-wal")

    c = case("flipped wal").no_snapshots()
    size = os.path.getsize(c.db + "-wal")
    flip(c.db + "-wal", size // 2, 4)
    os.unlink(c.db + "-shm")
    # What follows the flipped frame cannot be told from what a crash left: a
    # start without a snapshot that knows better goes on with the rest.
    c.d.start()
    there = [e["id"] for e in c.d.export()]
    rig.check(there == ids[:len(there)], "a flipped wal left a hole")
    c.d.check_digest()
    c.d.kill()
    print("  %-22s %d of %d events are left, the oldest" % (
        c.name, len(there), len(ids)))

    c = case("flipped wal, snapshot")
    flip(c.db + "-wal", 200, 4)
    os.unlink(c.db + "-shm")
    c.refused("snapshot is of entry", "wal")


def random_flips(case, ids, rounds):
    """Wherever a bit flips: it starts with everything, or it refuses with a
    sentence, or what it lost is at the end of the wal. It never crashes and
    never shows another event than was sent."""
    how = {"refused": 0, "started": 0}
    for n in range(rounds):
        c = case("random %d" % n)
        names = [x for x in os.listdir(c.state)
                 if x.endswith((".lift", "liftd.db", "-wal")) and
                 os.path.getsize(os.path.join(c.state, x)) > 0]
        name = random.choice(names)
        path = os.path.join(c.state, name)
        at = random.randrange(os.path.getsize(path))
        flip(path, at)
        c.d.spawn()
        try:
            rig.wait_for(lambda: c.d.process.poll() is not None or
                         "ready," in c.d.log(), "no start and no refusal")
        except rig.Fault as f:
            raise rig.Fault("%s, byte %d: %s" % (name, at, f))
        status = c.d.process.poll()
        rig.check(status in (None, 1), "%s, byte %d: exit status %s" %
                  (name, at, status))
        how["started" if status is None else "refused"] += 1
        if status is None:
            r = c.d.ask("@jsonl events export")
            there = [] if not r.ok else [e["id"] for e in r.rows()]
            rig.check(set(there) <= set(ids), "%s, byte %d: there are events "
                      "that nobody sent" % (name, at))
            rig.check(r.error or len(there) == len(ids) or "wal" in name,
                      "%s, byte %d: %d of %d events, and no word" %
                      (name, at, len(there), len(ids)))
            c.d.kill()
        shutil.rmtree(c.state)
    print("  %d random bytes flipped: %s" % (rounds, how))


def test(args, scratch):
    stopped, ids = make_good(args, scratch, "stopped", True)
    killed, killed_ids = make_good(args, scratch, "killed", False)

    def of(good):
        return lambda name: Case(args, scratch, good, name.replace(" ", "-"))

    damaged_pages(of(stopped), ids)
    wrong_files(of(stopped))
    damaged_snapshots(of(stopped), ids)
    damaged_snapshots(lambda n: of(killed)(n + " k"), killed_ids)
    write_ahead(of(killed), killed_ids)
    random_flips(lambda n: of(stopped)(n), ids, args.rounds)
    random_flips(lambda n: of(killed)(n + " k"), killed_ids, args.rounds)


if __name__ == "__main__":
    a = rig.arguments(__doc__, rounds=(10, "random flips, twice"))
    sys.exit(rig.main("damage", test, a))
