"""Seconds to cut a column of a million numbers, leadcal and optbinning by turns on the same leads and limits.

    OPTIMAL_CUTS=target/debug/examples/optimal_cuts python tests/interop/bench_binning.py [PAIRS]

Both are given the column in memory; reading files is not measured. The figures are medians over the
pairs, of the seconds and of their ratios. Without a trend optbinning runs until its limit of 100 s.
"""

import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np

import optimal_cuts

LEADS = 1_000_000


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    random = np.random.default_rng(20240301)
    values = random.lognormal(3.0, 1.2, LEADS)
    rate = 0.05 + 0.25 / (1 + np.exp(-(np.log(values) - 3.0))) * (1 - 0.5 * (values > 150))
    converted = (random.random(LEADS) < rate).astype(int)
    with tempfile.TemporaryDirectory() as folder:
        for trend in ["ascending", "peak", "none"]:
            ours, theirs = [], []
            for _ in range(pairs):
                cuts, seconds = optimal_cuts.leadcal(Path(folder), values, converted, 10, 0.02, trend)
                ours += seconds
                other_cuts, seconds = optimal_cuts.optbinning(values, converted, 10, 0.02, trend)
                theirs.append(seconds)
            value, other = (optimal_cuts.information_value(values, converted, c) for c in (cuts, other_cuts))
            ratio = statistics.median(b / a for a, b in zip(ours, theirs))
            print(f"{trend}: leadcal {spread(ours)}, optbinning {spread(theirs)}, {ratio:.0f} times; "
                  f"information value {value:.6f} and {other:.6f}", flush=True)  # fmt: skip


def spread(seconds):
    return f"{statistics.median(seconds):.3f} s ({min(seconds):.3f} to {max(seconds):.3f})"


main()
