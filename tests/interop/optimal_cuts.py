"""The optimal cuts of a column by leadcal and by optbinning, under the same limits."""

import json
import os
import subprocess
import time
from pathlib import Path

import numpy as np

PRE_BINS = 64


def program():
    """Path of the built example `optimal_cuts` of leadcal-lift, or None."""
    path = os.environ.get("OPTIMAL_CUTS")
    return Path(path) if path else None


def leadcal(folder, values, converted, max_levels, min_share, trend, repeats=1):
    """Cuts, and the seconds of each run."""
    numbers, outcomes = folder / "values", folder / "outcomes"
    numbers.write_bytes(np.ascontiguousarray(values, dtype="<f8").tobytes())
    outcomes.write_bytes(np.ascontiguousarray(converted, dtype="u1").tobytes())
    command = [program(), numbers, outcomes, str(max_levels), str(min_share), trend, str(repeats)]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return np.array(found["cuts"]), found["seconds"]


def optbinning(values, converted, max_levels, min_share, trend):
    """Cuts, and the seconds of the fit."""
    from optbinning import OptimalBinning

    binning = OptimalBinning(
        dtype="numerical",
        prebinning_method="quantile",
        max_n_prebins=PRE_BINS,
        min_prebin_size=1e-9,
        max_n_bins=max_levels,
        min_bin_size=min_share or None,
        monotonic_trend=None if trend == "none" else trend,
    )
    start = time.perf_counter()
    binning.fit(values, converted)
    return np.asarray(binning.splits, dtype=float), time.perf_counter() - start


def levels(values, converted, cuts):
    """Leads and conversions of each interval [cut, next cut)."""
    level = np.searchsorted(cuts, values, side="right")
    count = len(cuts) + 1
    return np.bincount(level, minlength=count), np.bincount(level, weights=converted, minlength=count)


def information_value(values, converted, cuts):
    leads, conversions = levels(values, converted, cuts)
    c = conversions / conversions.sum()
    d = (leads - conversions) / (leads - conversions).sum()
    defined = (c > 0) & (d > 0)
    return float(np.sum((c - d)[defined] * np.log(c[defined] / d[defined])))
