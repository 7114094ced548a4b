"""`leadcal points` against counts, rates, intervals and points recomputed in Python from the CSV itself.

Only the levels' `when` and the prior strength m come from points.json. That m is the likeliest is checked on its own.
"""

import json

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import betaln
from scipy.stats import beta, chi2, false_discovery_control

import history
import scorer

NAMES = ["notebooks-data", "bank-full", "leads_x_education"]


@pytest.fixture
def points(leadcal, spec, tmp_path):
    """The past leads and the points leadcal gives them."""

    def run(file, *flags):
        leadcal("points", file, *flags, "-o", tmp_path / "points.json")
        return history.read(file), json.loads((tmp_path / "points.json").read_text())

    return run


def counts(past, attribute):
    """Leads and conversions of each level."""
    codes, number = past.codes(attribute), len(attribute["levels"])
    assert (codes >= 0).all()
    return np.bincount(codes, minlength=number), np.bincount(codes[past.converted], minlength=number)


def rounded(values):
    return [int(scorer.half_away_from_zero(value)) for value in values]


def evidence(attribute, key):
    return np.array([np.nan if (e := level["evidence"][key]) is None else e for level in attribute["levels"]], dtype=float)


def information_value(n, c):
    shares, others = c / c.sum(), (n - c) / (n - c).sum()
    told = (c > 0) & (c < n)
    return np.sum((shares - others)[told] * np.log(shares[told] / others[told]))


@pytest.mark.parametrize("name", NAMES)
def test_counts_rates_and_naive_points(name, points, spec, figure):
    past, found = points(spec(name), "--shrinkage", 0, "--keep-inconclusive")
    p = past.converted.mean()
    assert (found["leads"], found["conversions"]) == (len(past.leads), past.converted.sum())
    assert found["rate"] == p
    worst, p_values = 0.0, []
    for attribute in found["attributes"]:
        n, c = counts(past, attribute)
        some = n > 0
        assert evidence(attribute, "leads").tolist() == n.tolist(), attribute["name"]
        assert evidence(attribute, "conversions").tolist() == c.tolist(), attribute["name"]
        rate = np.where(some, c / np.maximum(n, 1), np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            log_odds = np.where((c > 0) & (c < n), np.log(c / (n - c)) - np.log(p / (1 - p)), np.nan)
        low = np.where(c > 0, beta.ppf(0.025, c + 0.5, n - c + 0.5), 0.0)
        high = np.where(c < n, beta.isf(0.025, c + 0.5, n - c + 0.5), 1.0)
        cells = np.concatenate([c, n - c]), np.concatenate([n * p, n * (1 - p)])
        g = 2 * np.sum(cells[0][cells[0] > 0] * np.log(cells[0][cells[0] > 0] / cells[1][cells[0] > 0]))
        p_values.append(chi2.sf(g, some.sum() - 1))
        compared = [
            (evidence(attribute, "rate"), rate),
            (evidence(attribute, "lift"), rate / p),
            (evidence(attribute, "lift_difference"), rate - p),
            (evidence(attribute, "log_odds_lift"), log_odds),
            (evidence(attribute, "shrunken_rate"), np.where(some, rate, p)),
            (np.array([level["evidence"]["rate_interval"] for level in attribute["levels"]])[some], np.c_[low, high][some]),
            (np.array([attribute["information_value"]]), np.array([information_value(n, c)])),
            (np.array([attribute["g_statistic"]]), np.array([g])),
            (np.array([attribute["p_value"]]), np.array(p_values[-1:])),
        ]
        for ours, theirs in compared:
            assert (np.isnan(ours) == np.isnan(theirs)).all(), (attribute["name"], ours, theirs)
            # Differences of nearly equal rates lose digits in both: relative to 1, not to the difference.
            worst = max(worst, np.nanmax(np.abs(ours - theirs) / np.maximum(np.abs(theirs), 0.01), initial=0.0))
        expected = np.where(some, rounded(np.nan_to_num(100 * (rate - p))), 0)
        assert [level["points"] for level in attribute["levels"]] == expected.tolist(), attribute["name"]
    q_values = false_discovery_control(p_values)
    assert np.allclose([attribute["q_value"] for attribute in found["attributes"]], q_values, rtol=1e-8, atol=1e-300)
    figure(f"points --shrinkage 0, {name}, {len(found['attributes'])} attributes: largest relative difference {worst:.1e}")
    assert worst < 1e-9


@pytest.mark.parametrize("name", NAMES)
def test_shrunken_points_with_intervals(name, points, spec, figure):
    past, found = points(spec(name))
    p = past.converted.mean()
    worst, likelihood_gap = 0.0, 0.0
    for attribute in found["attributes"]:
        n, c = counts(past, attribute)
        m = attribute["prior_strength"]
        shrunken = (c + m * p) / (n + m)
        shape = (c + m * p, n - c + m * (1 - p))
        interval = np.c_[beta.ppf(0.025, *shape), beta.isf(0.025, *shape)]
        ours = np.array([level["evidence"]["rate_interval"] for level in attribute["levels"]])
        worst = max(worst, np.max(np.abs(ours / interval - 1)))
        worst = max(worst, np.max(np.abs(evidence(attribute, "shrunken_rate") / shrunken - 1)))
        conclusive = (n >= found["min_leads"]) & ((interval[:, 0] > p) | (interval[:, 1] < p))
        assert [level["conclusive"] for level in attribute["levels"]] == conclusive.tolist(), attribute["name"]
        expected = np.where(conclusive, rounded(100 * (shrunken - p)), 0)
        assert [level["points"] for level in attribute["levels"]] == expected.tolist(), attribute["name"]
        ends = [rounded(100 * (end - p)) for end in interval]
        assert [level["points_interval"] for level in attribute["levels"]] == ends, attribute["name"]
        likelihood_gap = max(likelihood_gap, best_likelihood(n, c, p) - likelihood(m, n, c, p))
    figure(
        f"points, {name}: largest relative difference of shrunken rates and beta intervals {worst:.1e}; "
        f"log likelihood of m below the best found {likelihood_gap:.1e}"
    )
    assert worst < 1e-9
    assert likelihood_gap < 1e-6  # rounding of sums of log beta functions


def likelihood(m, n, c, p):
    return np.sum(betaln(c + m * p, n - c + m * (1 - p)) - betaln(m * p, m * (1 - p)))


def best_likelihood(n, c, p):
    """Over m in [1, 1e6]: a fine grid in ln m, refined around its best point."""
    grid = np.linspace(0, np.log(1e6), 2001)
    values = [likelihood(np.exp(u), n, c, p) for u in grid]
    best = int(np.argmax(values))
    bounds = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    refined = minimize_scalar(lambda u: -likelihood(np.exp(u), n, c, p), bounds=bounds, method="bounded")
    return max(values[best], -refined.fun)


@pytest.mark.parametrize("name", NAMES)
def test_base_points_and_range(name, points, spec):
    """The 0.5th and 99.5th percentile of the leads' own sums, by sorting them."""
    past, found = points(spec(name))
    totals = np.sort(sums(past, found, [[level["points"] for level in a["levels"]] for a in found["attributes"]]))
    assert found["base_points"] == -percentile(totals, 0.005)
    assert found["range"] == {"min": 0, "max": max(100, percentile(totals, 0.995) + found["base_points"])}

    _, stretched = points(spec(name), "--scale", "0-100", "--keep-inconclusive")
    p = past.converted.mean()
    values = [100 * (evidence(attribute, "shrunken_rate") - p) for attribute in stretched["attributes"]]
    totals = np.sort(sums(past, stretched, values))
    low, high = percentile(totals, 0.005), percentile(totals, 0.995)
    factor = 100 / (high - low)
    assert np.isclose(stretched["scale_factor"], factor, rtol=1e-10)
    assert stretched["base_points"] == rounded([-factor * low])[0]
    assert stretched["range"] == {"min": 0, "max": 100}
    for attribute, of_levels in zip(stretched["attributes"], values):
        assert [level["points"] for level in attribute["levels"]] == rounded(factor * of_levels), attribute["name"]


def sums(past, found, of_levels):
    return sum(np.asarray(values)[past.codes(attribute)] for attribute, values in zip(found["attributes"], of_levels))


def percentile(ordered, share):
    """The smallest value that this share of the leads does not exceed."""
    return ordered[int(np.ceil(round(share * len(ordered), 6))) - 1]


@pytest.mark.parametrize("method", ["lift-ratio", "log-odds", "fitted"])
def test_other_methods(method, points, leadcal, spec, tmp_path):
    past, found = points(spec("notebooks-data"), "--method", method, "--scale", 20, "--keep-inconclusive")
    leadcal("fit", spec("notebooks-data"), "-o", tmp_path / "model.json")
    model = json.loads((tmp_path / "model.json").read_text())
    p = past.converted.mean()
    for attribute, of_model in zip(found["attributes"], model["attributes"]):
        r = evidence(attribute, "shrunken_rate")
        values = {
            "lift-ratio": lambda: r / p - 1,
            "log-odds": lambda: np.log(r / (1 - r)) - np.log(p / (1 - p)),
            "fitted": lambda: np.array([level["effect"]["value"] for level in of_model["levels"]]),
        }[method]()
        some = evidence(attribute, "leads") > 0
        ours = np.array([level["points"] for level in attribute["levels"]])
        assert ours[some].tolist() == np.array(rounded(20 * values))[some].tolist(), attribute["name"]


@pytest.mark.parametrize("name", ["bank_full", "leads"])
def test_recorded_reference(name, leadcal, spec, shared, tmp_path, figure):
    """Lift as other tools computed it: n, positives, rate, naive points, WoE, IV for every attribute.

    There, texts with fewer than 50 leads are pooled, missing is a text (pooled like the others), and numbers are cut into
    (a, b] at deciles; here into [a, b), so each cut is moved to the next number above.
    """
    recorded = json.loads(shared("reference/reference.json").read_text())[name]
    attributes = {column: {"type": "text"} for column in recorded["levels"]}
    for column, cuts in recorded["cuts"].items():
        attributes[column] = {"type": "number", "cuts": [float(np.nextafter(cut, np.inf)) for cut in cuts]}
    points = {"min_leads": 50, "shrinkage": 0, "keep_inconclusive": True}
    leadcal("points", spec(f"reference/{name}", points=points, attributes=attributes), "-o", tmp_path / "points.json")
    found = json.loads((tmp_path / "points.json").read_text())
    assert (found["leads"], found["conversions"]) == (recorded["rows"], recorded["positives"])

    ours = {attribute["name"]: attribute for attribute in found["attributes"]}
    # leadcal makes no attribute of a column with a single frequent text, such as 9 236 times No and 4 times Yes.
    single = {column for column, texts in recorded["levels"].items() if len(texts) == 1}
    assert set(recorded["lift"]) - single <= set(ours) <= set(recorded["lift"])
    compared, pooled_with_missing, worst = 0, [], 0.0
    for column in ours:
        of_levels = recorded["lift"][column]
        levels = by_reference_key(ours[column], recorded, column)
        assert set(levels) == set(of_levels), column
        for key, theirs in of_levels.items():
            n, c = (sum(level["evidence"][what] for level in levels[key]) for what in ("leads", "conversions"))
            assert (n, c) == (theirs["n"], theirs["pos"]), (column, key)
            if len(levels[key]) > 1:
                pooled_with_missing.append(column)
                continue
            level = levels[key][0]
            assert level["points"] == theirs["points"], (column, key)
            log_odds = level["evidence"]["log_odds_lift"]
            assert (log_odds is None) == (theirs["woe"] is None), (column, key)
            worst = max(worst, abs(level["evidence"]["rate"] - theirs["rate"]), abs((log_odds or 0) - (theirs["woe"] or 0)))
            compared += 1
        if column not in pooled_with_missing:
            worst = max(worst, abs(ours[column]["information_value"] - recorded["iv"][column]))
    figure(
        f"reference.json, {name}: {compared} levels of {len(ours)} attributes agree, rates, WoE and IV within {worst:.1e}; "
        f"only counts compared where it pools missing with rare texts: {', '.join(pooled_with_missing) or 'nowhere'}"
    )
    assert worst < 1e-9


def by_reference_key(attribute, recorded, column):
    """Levels with leads by the reference's keys: position of the text or interval, -1 missing number, -2 pooled."""
    keys = {}
    texts = recorded["levels"].get(column)
    intervals = 0
    for level in attribute["levels"]:
        when = level["when"]
        if texts is None:
            key = "-1" if when == "missing" else str(intervals)
            intervals += when != "missing"
        elif when == "missing":
            key = str(texts.index("__missing__")) if "__missing__" in texts else "-2"
        else:
            key = "-2" if when == "otherwise" else str(texts.index(when["in"][0]))
        if level["evidence"]["leads"] > 0:
            keys.setdefault(key, []).append(level)
    return keys
