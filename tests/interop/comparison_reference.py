"""Reference figures for comparing a candidate with a baseline, from statsmodels, scipy, scikit-learn and plain numpy.

    pip install numpy scipy scikit-learn statsmodels
    python tests/interop/comparison_reference.py            # writes crates/logit/tests/reference/comparison.json
    python tests/interop/comparison_reference.py --check    # compares with the recorded file instead

The Rust tests crates/logit/tests/comparison.rs and crates/logit/src/comparison/tests.rs compare with the recorded file.
What is independent here of leadcal: DeLong's variance of the difference by comparing every conversion with every other
lead, differences of log loss and Brier score by scikit-learn, their bootstrap by drawing leads with numpy, Holm's procedure
and calibration with its errors by statsmodels, bounds of rates by scipy.
"""

import json
import pathlib
import sys

import numpy as np
import statsmodels.api as sm
from scipy import stats
from sklearn.metrics import brier_score_loss, log_loss
from statsmodels.stats.multitest import multipletests

from logit_reference import delong, differences, rows

TARGET = pathlib.Path(__file__).parents[2] / "crates/logit/tests/reference/comparison.json"

# name, seed, rows, most leads of a row, log-odds of the mean lead, errors of candidate and baseline
CASES = [
    ("alike", 1, 60, 40, -2.0, 0.2, 0.2),
    ("a worse candidate", 2, 80, 30, -1.5, 1.2, 0.2),
    ("a better candidate", 3, 50, 60, -2.5, 0.1, 0.9),
    ("one lead a row", 4, 400, 1, -1.0, 0.5, 0.4),
]
DRAWS = 100_000
TAILS = [0.05 / 3, 0.05, 0.5, 0.95, 1 - 0.05 / 3]


def simulate(seed, number, most, mean, error, base_error):
    """Probabilities of candidate and baseline for each row, with its leads and conversions; a few scores are tied."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(mean, 1.0, number)
    leads = rng.integers(1, most + 1, number)
    conversions = rng.binomial(leads, 1 / (1 + np.exp(-truth)))
    candidate, baseline = (
        1 / (1 + np.exp(-np.round(truth + rng.normal(0, size, number), 1))) for size in (error, base_error)
    )
    return candidate, baseline, leads, conversions


def bootstrap(differences_of_leads, seed):
    """Quantiles of the mean of leads drawn with replacement."""
    rng = np.random.default_rng(1000 + seed)
    values, counts = np.unique(differences_of_leads, return_counts=True)
    draws = rng.multinomial(counts.sum(), counts / counts.sum(), size=DRAWS)
    return np.quantile(draws @ values / counts.sum(), TAILS).tolist()


def shortfalls(candidate, baseline, leads, conversions, seed):
    of_row, outcome = rows(None, leads, conversions)
    p, q = candidate[of_row], baseline[of_row]
    areas, covariance = delong([p, q], outcome)
    found = {
        "auc": {
            "candidate": areas[0],
            "baseline": areas[1],
            "value": areas[1] - areas[0],
            "std_error": float(np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])),
        }
    }
    found["auc"]["p_value"] = float(stats.norm.sf(found["auc"]["value"] / found["auc"]["std_error"]))
    losses = {
        "log_loss": (log_loss, lambda p: -np.log(np.where(outcome == 1, p, 1 - p))),
        "brier": (brier_score_loss, lambda p: (p - outcome) ** 2),
    }
    for name, (metric, of_lead) in losses.items():
        difference = np.round(of_lead(p) - of_lead(q), 14)
        found[name] = {
            "candidate": float(metric(outcome, p)),
            "baseline": float(metric(outcome, q)),
            "value": float(metric(outcome, p) - metric(outcome, q)),
            "std_error": float(difference.std() / np.sqrt(len(difference))),
            "quantiles": bootstrap(difference, seed),
        }
    return found


def calibration(probabilities, leads, conversions):
    of_row, outcome = rows(None, leads, conversions)
    logits = np.log(probabilities / (1 - probabilities))[of_row]
    fit = sm.Logit(outcome, sm.add_constant(logits)).fit(method="newton", tol=1e-13, disp=0)
    large = sm.GLM(outcome, np.ones(len(outcome)), family=sm.families.Binomial(), offset=logits).fit(tol=1e-14)
    return {
        "slope": [float(fit.params[1]), float(fit.bse[1])],
        "intercept": [float(fit.params[0]), float(fit.bse[0])],
        "in_the_large": [float(large.params[0]), float(large.bse[0])],
    }


def case(name, seed, *parameters):
    candidate, baseline, leads, conversions = simulate(seed, *parameters)
    return {
        "name": name,
        "candidate": candidate.tolist(),
        "baseline": baseline.tolist(),
        "leads": leads.tolist(),
        "conversions": conversions.tolist(),
        "shortfalls": shortfalls(candidate, baseline, leads, conversions, seed),
        "calibration": calibration(candidate, leads, conversions),
    }


def holm():
    """P-values with the hypotheses that Holm's procedure rejects at 0.05."""
    rng = np.random.default_rng(9)
    found = []
    for number in [1, 2, 3, 3, 3, 3, 3, 3, 4, 5]:
        p = np.round(rng.uniform(0, 0.08, number), 6)
        found.append({"p": p.tolist(), "rejected": multipletests(p, alpha=0.05, method="holm")[0].tolist()})
    return found


def band_pairs():
    """Two bands, lower and higher: bounds of the difference of their rates at 0.05 by MOVER from Jeffreys' bounds."""
    found = []
    for n1, c1, n2, c2 in [(500, 20, 300, 40), (100, 30, 90, 25), (40, 0, 30, 1), (25, 25, 60, 50), (1000, 80, 900, 95)]:
        r1, r2 = c1 / n1, c2 / n2
        (l1, u1), (l2, u2) = (
            np.clip(stats.beta.ppf([0.05, 0.95], c + 0.5, n - c + 0.5), [0, c / n], [c / n, 1])
            for n, c in [(n1, c1), (n2, c2)]
        )
        bounds = [r2 - r1 - np.hypot(r2 - l2, u1 - r1), r2 - r1 + np.hypot(u2 - r2, r1 - l1)]
        found.append({"leads": [n1, n2], "conversions": [c1, c2], "bounds": [float(bound) for bound in bounds]})
    return found


def main():
    figures = {"cases": [case(*parameters) for parameters in CASES], "holm": holm(), "bands": band_pairs(), "tails": TAILS}
    found = json.loads(json.dumps(figures))
    if "--check" in sys.argv[1:]:
        wrong = list(differences(found, json.loads(TARGET.read_text())))
        print("\n".join(wrong) or f"{TARGET.name}: {len(found['cases'])} cases agree")
        sys.exit(1 if wrong else 0)
    TARGET.write_text(json.dumps(found, separators=(",", ":")) + "\n")
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
