"""How often does `leadcal check` fail a candidate that is as good as the baseline? No test: it measures, for docs/statistics.md.

    python tests/interop/check_false_alarms.py target/release/leadcal [PAIRS [SHARED]]

A pair is two whole calibrations, from leads in a file to config, of 4 000 leads of one population each: independent leads, or
80 % of them the same, as when a config is calibrated anew after a quarter. Each candidate is checked against its baseline on
2 000 later leads. Neither is better than the other on average, but of each pair one is, by chance: the population is known, and so
is every config's true AUC, log loss and Brier score. A false alarm is a figure found worse in which the candidate truly is not.
"""

import csv
import io
import json
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import numpy as np

LEVELS = [3, 4, 4, 3, 2]
HEADER = ["a", "b", "c", "d", "e", "created", "won"]
CALIBRATED, CHECKED = 4_000, 2_000
COMPARED = ["auc", "log_loss", "brier"]
SIZES = {"band_sizes", "sales_load"}


class Population:
    """Leads of five attributes, with a conversion rate for each combination of levels; about an eighth converts."""

    def __init__(self, rng):
        self.rng = rng
        self.effects = [rng.normal(0, 0.5, levels) for levels in LEVELS]

    def rates(self, levels):
        log_odds = -2.3 + sum(effects[levels[:, at]] for at, effects in enumerate(self.effects))
        return 1 / (1 + np.exp(-log_odds))

    def draw(self, number):
        levels = np.column_stack([self.rng.integers(0, n, number) for n in LEVELS])
        return levels, self.rng.random(number) < self.rates(levels)

    def drawn_anew(self, leads, shared):
        """The same leads, but each with this chance only, else another."""
        (levels, won), (others, others_won) = leads, self.draw(len(leads[1]))
        kept = self.rng.random(len(won)) < shared
        return np.where(kept[:, None], levels, others), np.where(kept, won, others_won)


def write(folder, name, *parts):
    """A file of leads, each part evenly over the days from its first, and the spec for it."""
    with open(folder / f"{name}.csv", "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER)
        for (levels, won), first, days in parts:
            for at, (codes, converted) in enumerate(zip(levels, won)):
                day = first + timedelta(days=at * days // len(won))
                rows.writerow([*(f"l{code}" for code in codes), day, "yes" if converted else "no"])
    data = f'[data]\nleads = "{name}.csv"\noutcome = "won"\ncreated_at = "created"\n'
    (folder / f"{name}.toml").write_text(data)


def true_figures(leadcal, folder, config, population):
    """AUC of a config's score, log loss and Brier score of its probability, over every combination of levels; high is bad."""
    every = np.array(np.meshgrid(*[range(n) for n in LEVELS], indexing="ij")).reshape(len(LEVELS), -1).T
    write(folder, "every", ((every, np.zeros(len(every), bool)), date(2024, 1, 1), 1))
    rows = list(csv.DictReader(io.StringIO(leadcal("score", f"{config}/scoring.json", "every.csv").stdout)))
    score, p = (np.array([float(row[column]) for row in rows]) for column in ["score", "probability"])
    rate = population.rates(every)
    wins = (score[:, None] > score[None, :]) + 0.5 * (score[:, None] == score[None, :])
    auc = rate @ wins @ (1 - rate) / rate.sum() / (1 - rate).sum()
    log_loss = -np.mean(rate * np.log(p) + (1 - rate) * np.log1p(-p))
    return np.array([-auc, log_loss, np.mean(rate * (1 - p) ** 2 + (1 - rate) * p**2)])


def pair(leadcal, folder, population, shared):
    """By how much the candidate truly is worse in each figure, and which checks fail it."""
    baseline = population.draw(CALIBRATED)
    candidate = population.drawn_anew(baseline, shared)
    begin, later = date(2024, 1, 1), date(2024, 11, 26)
    write(folder, "baseline", (baseline, begin, 300))
    write(folder, "candidate", (candidate, begin, 300))
    write(folder, "leads", (candidate, begin, 300), (population.draw(CHECKED), later, 60))
    for name in ["baseline", "candidate"]:
        leadcal("calibrate", f"{name}.toml", "-o", name).check_returncode()
    configs = ["candidate/scoring.json", "--baseline", "baseline/scoring.json"]
    report = json.loads(leadcal("check", *configs, "--leads", "leads.toml", "--format", "json").stdout)
    figures = [true_figures(leadcal, folder, name, population) for name in ["candidate", "baseline"]]
    worse = {finding["check"] for finding in report["findings"] if finding["verdict"] == "worse"}
    return dict(zip(COMPARED, figures[0] - figures[1])), worse


def measure(program, shared, pairs):
    rng = np.random.default_rng(5)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def leadcal(*words):
            return subprocess.run([program, *words], cwd=folder, capture_output=True, text=True)

        found = [pair(leadcal, folder, Population(rng), shared) for _ in range(pairs)]
    kinds = {
        "AUC, log loss or Brier score worse": [bool(worse & set(COMPARED)) for _, worse in found],
        "one of them where it truly is not": [any(truth[figure] <= 0 for figure in worse & set(COMPARED)) for truth, worse in found],
        "any check but those of sizes and load": [bool(worse - SIZES) for _, worse in found],
        "any check": [bool(worse) for _, worse in found],
    }
    spread = np.std([truth["auc"] for truth, _ in found])
    print(f"{shared:.0%} of the leads shared, {len(found)} pairs; standard deviation of the true difference of AUC {spread:.4f}")
    print("\n".join(f"  {kind}: {np.mean(hits):.1%}" for kind, hits in kinds.items()))
    print("  checks that fail:", dict(Counter(check for _, worse in found for check in worse).most_common()))


if __name__ == "__main__":
    for shared in [0.0, 0.8] if len(sys.argv) < 4 else [float(sys.argv[3])]:
        measure(Path(sys.argv[1]).resolve(), shared, int(sys.argv[2]) if len(sys.argv) > 2 else 500)
