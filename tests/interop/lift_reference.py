"""Writes crates/lift/tests/reference/lift.json: what scipy and statsmodels give for the statistics of leadcal-lift.

Run from the repository's root, in an environment with numpy, scipy and statsmodels:

    python tests/interop/lift_reference.py            # writes the file
    python tests/interop/lift_reference.py --check    # compares with the recorded file instead

The Rust test crates/lift/tests/lift_reference.rs compares with the file. Everything is seeded; the tables are synthetic.
"""

import json
import platform
import sys
from pathlib import Path

import numpy as np
import scipy
import statsmodels
from scipy.optimize import minimize_scalar
from scipy.special import betaincinv, betaln, betainccinv, logit
from scipy.stats import beta, chi2
from statsmodels.stats.multitest import multipletests

SEED = 20240301
TARGET = Path(__file__).resolve().parents[2] / "crates" / "lift" / "tests" / "reference" / "lift.json"


def beta_quantiles():
    """Quantiles over a wide grid of parameters; `upper` is the probability above, for far upper tails."""
    shapes = [1e-3, 0.02, 0.5, 1.0, 1.5, 7.0, 30.5, 400.0, 1e4, 123456.7, 1e6, 1e8]
    tails = [1e-12, 1e-6, 0.025, 0.3, 0.5]
    cases = []
    for a in shapes:
        for b in shapes:
            for tail in tails:
                low, high = float(betaincinv(a, b, tail)), float(betainccinv(a, b, tail))
                cases.append({"a": a, "b": b, "tail": tail, "low": low, "high": high})
    return cases


def log_likelihood(m, leads, conversions, rate):
    """Beta-binomial marginal log likelihood of an attribute's levels, less its binomial coefficients."""
    a, b = m * rate, m * (1 - rate)
    return float(np.sum(betaln(conversions + a, leads - conversions + b) - betaln(a, b)))


def prior_strength(leads, conversions, rate):
    """The m in [1, 1e6] of greatest likelihood: the best point of a fine grid in ln m, refined by Brent's method."""
    grid = np.linspace(0.0, np.log(1e6), 4001)
    values = [log_likelihood(np.exp(u), leads, conversions, rate) for u in grid]
    best = int(np.argmax(values))
    if best in (0, len(grid) - 1):
        return float(np.exp(grid[best]))
    found = minimize_scalar(
        lambda u: -log_likelihood(np.exp(u), leads, conversions, rate),
        bounds=(grid[best - 1], grid[best + 1]),
        method="bounded",
        options={"xatol": 1e-9},
    )
    return float(np.exp(found.x))


def attribute(leads, conversions, all_leads, all_conversions):
    """Everything the lift table says of one attribute."""
    leads, conversions = np.asarray(leads, dtype=float), np.asarray(conversions, dtype=float)
    rate = all_conversions / all_leads
    others = leads - conversions
    m = prior_strength(leads, conversions, rate)
    with np.errstate(divide="ignore", invalid="ignore"):
        woe = np.log((conversions / all_conversions) / (others / (all_leads - all_conversions)))
        terms = (conversions / all_conversions - others / (all_leads - all_conversions)) * woe
        observed = np.concatenate([conversions, others])
        expected = np.concatenate([leads * rate, leads * (1 - rate)])
        cells = np.where(observed > 0, observed * np.log(observed / expected), 0.0)
        rates = conversions / leads
    defined = (conversions > 0) & (others > 0)
    g = 2 * float(np.sum(cells))
    freedom = int(np.sum(leads > 0)) - 1
    levels = []
    for n, c, r, w, ok in zip(leads, conversions, rates, woe, defined):
        strengths = {"empirical": m, "fixed": 50.0, "none": 0.0}
        by_strength = {}
        for name, strength in strengths.items():
            if strength > 0:
                shape = (c + strength * rate, n - c + strength * (1 - rate))
                interval = [float(beta.ppf(0.025, *shape)), float(beta.isf(0.025, *shape))]
                shrunken = (c + strength * rate) / (n + strength)
            else:
                shape = (c + 0.5, n - c + 0.5)
                interval = [
                    float(beta.ppf(0.025, *shape)) if c > 0 else 0.0,
                    float(beta.isf(0.025, *shape)) if c < n else 1.0,
                ]
                shrunken = c / n if n > 0 else rate
            by_strength[name] = {"shrunken_rate": float(shrunken), "rate_interval": interval}
        levels.append(
            {
                "leads": int(n),
                "conversions": int(c),
                "rate": float(r) if n > 0 else None,
                "lift_ratio": float(r / rate) if n > 0 else None,
                "lift_difference": float(r - rate) if n > 0 else None,
                "log_odds_lift": float(logit(r) - logit(rate)) if ok else None,
                "weight_of_evidence": float(w) if ok else None,
                "by_strength": by_strength,
            }
        )
    return {
        "prior_strength": m,
        "information_value": float(np.sum(terms[defined])),
        "g_statistic": g,
        "degrees_of_freedom": freedom,
        "p_value": float(chi2.sf(g, freedom)) if freedom > 0 else 1.0,
        "levels": levels,
    }


def draw_table(rng, all_leads, rate, specs):
    """A table whose attributes have (levels, spread) given; each attribute's levels sum to the same totals."""
    converted = rng.random(all_leads) < rate
    attributes = []
    for levels, spread in specs:
        shares = rng.dirichlet(np.full(levels, 1.2))
        tilt = np.exp(spread * rng.normal(size=levels))
        shares_if_converted = shares * tilt / np.sum(shares * tilt)
        code = np.where(
            converted,
            rng.choice(levels, size=all_leads, p=shares_if_converted),
            rng.choice(levels, size=all_leads, p=shares),
        )
        leads = np.bincount(code, minlength=levels)
        conversions = np.bincount(code, weights=converted, minlength=levels).astype(int)
        attributes.append((leads.tolist(), conversions.tolist()))
    return int(all_leads), int(converted.sum()), attributes


def tables():
    rng = np.random.default_rng(SEED)
    drawn = [
        draw_table(rng, 300, 0.2, [(3, 0.8), (6, 0.5), (12, 0.0)]),
        draw_table(rng, 5000, 0.05, [(2, 0.3), (5, 0.7), (25, 1.0), (8, 0.05)]),
        draw_table(rng, 60000, 0.4, [(4, 0.02), (10, 0.3), (40, 0.15), (3, 2.5)]),
        draw_table(rng, 900, 0.93, [(5, 0.6), (15, 0.2)]),
    ]
    # By hand: an empty level, one without conversions, one where all converted; one level alone.
    drawn.append((200, 60, [([0, 20, 30, 150], [0, 0, 30, 30]), ([200], [60]), ([100, 100], [30, 30])]))
    result = []
    for all_leads, all_conversions, attributes in drawn:
        computed = [attribute(n, c, all_leads, all_conversions) for n, c in attributes]
        q_values = multipletests([a["p_value"] for a in computed], method="fdr_bh")[1]
        for a, q in zip(computed, q_values):
            a["q_value"] = float(q)
        result.append({"leads": all_leads, "conversions": all_conversions, "attributes": computed})
    return result


def differences(found, recorded, place=""):
    """Places where the two differ by more than what versions of numpy and scipy may."""
    if isinstance(recorded, dict) and isinstance(found, dict) and found.keys() == recorded.keys():
        for key in recorded:
            yield from differences(found[key], recorded[key], f"{place}/{key}")
    elif isinstance(recorded, list) and isinstance(found, list) and len(found) == len(recorded):
        for index, (one, other) in enumerate(zip(found, recorded)):
            yield from differences(one, other, f"{place}/{index}")
    elif isinstance(recorded, float) and isinstance(found, float):
        # A likelihood is flat around its top, so a prior strength has half the digits.
        allowed = 1e-5 if place.endswith("/prior_strength") or "/empirical/" in place else 1e-9
        if abs(found - recorded) > allowed * abs(recorded):
            yield f"{place}: {found} now, {recorded} recorded"
    elif found != recorded:
        yield f"{place}: {found} now, {recorded} recorded"


def main():
    made_with = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "statsmodels": statsmodels.__version__,
        "seed": SEED,
    }
    document = {"made_with": made_with, "beta_quantiles": beta_quantiles(), "tables": tables()}
    if "--check" in sys.argv[1:]:
        recorded = json.loads(TARGET.read_text())
        wrong = [where for key in ("beta_quantiles", "tables") for where in differences(document[key], recorded[key], key)]
        print("\n".join(wrong) or f"{TARGET.name}: {len(document['beta_quantiles'])} quantile cases and all tables agree")
        sys.exit(1 if wrong else 0)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    # One line a case keeps the file short and its diffs readable.
    parts = [f'"made_with": {json.dumps(made_with)}']
    for key in ("beta_quantiles", "tables"):
        rows = ",\n".join(json.dumps(row) for row in document[key])
        parts.append(f'"{key}": [\n{rows}\n]')
    TARGET.write_text("{\n" + ",\n".join(parts) + "\n}\n")
    print(f"{TARGET}: {len(document['beta_quantiles'])} quantile cases, {len(document['tables'])} tables")


if __name__ == "__main__":
    main()
