#!/usr/bin/python3
"""The isolation forest of the detection (tests/bench/forest of a build) and
scikit-learn's IsolationForest (python3-sklearn of the distribution), both with
100 trees of 256 rows, one thread, no labels and one configuration, on the same
sets in the same run: area under the ROC curve, time to fit and to score.

    tests/bench/forest.py --build DIR --data FOLDER [--seeds N]

FOLDER has tables (NAME.csv.gz) whose last column is 1 for what is odd."""
import argparse
import glob
import gzip
import os
import subprocess
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"

try:
    import numpy
    import sklearn
    from sklearn.ensemble import IsolationForest
    from sklearn.metrics import roc_auc_score
except ImportError as missing:
    print("skipped: %s (apt-get install python3-sklearn)" % missing)
    sys.exit(77)


def table(path):
    with gzip.open(path, "rt") as lines:
        rows = numpy.loadtxt(lines, delimiter=",", skiprows=1)
    return (numpy.ascontiguousarray(rows[:, :-1], dtype=numpy.float32),
            rows[:, -1] > 0)


def ours(program, rows, seed):
    """Odd rows have the greater scores."""
    done = subprocess.run([program, *map(str, (*rows.shape, seed))],
                          input=rows.tobytes(), stdout=subprocess.PIPE,
                          check=True)
    answer = numpy.frombuffer(done.stdout, dtype=numpy.float64)
    return answer[3:], answer[0], answer[1], answer[2]


def theirs(rows, seed):
    start = time.perf_counter()
    forest = IsolationForest(n_estimators=100, n_jobs=1, random_state=seed,
                             max_samples=min(256, len(rows))).fit(rows)
    middle = time.perf_counter()
    scores = -forest.score_samples(rows)
    return scores, middle - start, time.perf_counter() - middle


def measure(program, path, seeds):
    rows, odd = table(path)
    r = {"name": os.path.basename(path)[:-len(".csv.gz")], "rows": len(rows)}
    mine, peer = [], []
    for seed in range(1, seeds + 1):
        scores, *rest = ours(program, rows, seed)
        mine.append((roc_auc_score(odd, scores), *rest))
        scores, *rest = theirs(rows, seed)
        peer.append((roc_auc_score(odd, scores), *rest))
    r["ours"] = numpy.mean(mine, axis=0)
    r["best"] = numpy.min(mine, axis=0)
    r["theirs"] = numpy.mean(peer, axis=0)
    print("  %-20s %6d x %-3d ours %.4f, sklearn %.4f; fit %6.2f ms, %5.2f us "
          "a row, %4.0f kB; sklearn %6.1f ms, %6.1f us" % (
              r["name"], *rows.shape, r["ours"][0], r["theirs"][0],
              r["ours"][1] * 1e3, r["ours"][2] / len(rows) * 1e6,
              r["ours"][3] / 1e3, r["theirs"][1] * 1e3,
              r["theirs"][2] / len(rows) * 1e6), flush=True)
    return r


def told(sets):
    def total(who, *columns):
        return sum(s[who][c] for s in sets for c in columns)

    n = len(sets)
    row = [s["ours"][2] / s["rows"] * 1e6 for s in sets]
    print("forest: mean ROC-AUC of %d sets %.4f, scikit-learn %s %.4f (better "
          "in %d); fit %.2f ms on average (best runs %.2f, most %.2f), %.2f us "
          "a row (most %.2f), at most %.0f kB" % (
              n, total("ours", 0) / n, sklearn.__version__,
              total("theirs", 0) / n,
              sum(s["ours"][0] > s["theirs"][0] for s in sets),
              total("ours", 1) / n * 1e3, total("best", 1) / n * 1e3,
              max(s["best"][1] for s in sets) * 1e3,
              total("ours", 2) / sum(s["rows"] for s in sets) * 1e6,
              max(row), max(s["ours"][3] for s in sets) / 1e3))
    print("forest: times faster than scikit-learn: fit %.0f, score %.0f, both "
          "%.0f (least of a set %.0f)" % (
              total("theirs", 1) / total("ours", 1),
              total("theirs", 2) / total("ours", 2),
              total("theirs", 1, 2) / total("ours", 1, 2),
              min((s["theirs"][1] + s["theirs"][2]) /
                  (s["ours"][1] + s["ours"][2]) for s in sets)))


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--build", required=True)
    p.add_argument("--data", required=True)
    p.add_argument("--seeds", type=int, default=3)
    a = p.parse_args()
    program = os.path.join(a.build, "tests/bench/forest")
    paths = sorted(glob.glob(os.path.join(a.data, "*.csv.gz")))
    if not paths:
        sys.exit("%s has no tables: it should have NAME.csv.gz" % a.data)
    told([measure(program, path, a.seeds) for path in paths])


if __name__ == "__main__":
    main()
