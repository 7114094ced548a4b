"""Reference figures for the logistic model and its metrics, from statsmodels, scikit-learn and plain numpy.

    pip install numpy scipy scikit-learn statsmodels
    python tests/interop/logit_reference.py            # writes crates/logit/tests/reference/logit.json
    python tests/interop/logit_reference.py --check    # compares with the recorded file instead

The Rust test crates/logit/tests/reference.rs compares with the recorded file, so the tests themselves need no Python.
What is independent here of leadcal: the solvers (statsmodels' Newton on rows, scikit-learn's Newton-Cholesky), inference
(statsmodels' own standard errors and linear contrasts; for l2 = 1 the inverse of the penalised Hessian in numpy), AUC,
log loss and Brier (scikit-learn on rows), DeLong's covariance by comparing every conversion with every other lead,
calibration slope and intercept (statsmodels on rows).
"""

import json
import math
import pathlib
import sys

import numpy as np
import statsmodels.api as sm
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

TARGET = pathlib.Path(__file__).parents[2] / "crates/logit/tests/reference/logit.json"

# name, seed, leads, intercept of the truth, levels of each attribute, numbers of the levels of linear attributes; the last
# level of the last attribute stays empty
CASES = [
    ("rare conversions", 1, 4000, -2.6, [3, 4, 2, 6], {}),
    ("frequent conversions", 2, 3000, 1.0, [2, 5, 3], {}),
    ("one attribute", 3, 500, -0.5, [5], {}),
    ("levels and numbers", 4, 3000, -1.8, [3, 5, 4], {1: [0, 1, 2, 3, 5.5], 2: [0, 0.4375, 1.3125, 7]}),
    ("one number", 5, 600, 0.4, [7], {0: [-3, -1, 0, 0.5, 2, 2.25, 10]}),
]


def simulate(seed, leads, intercept, levels, values):
    """Level codes and outcomes of seeded leads, grouped into sorted covariate patterns."""
    rng = np.random.default_rng(seed)
    eta = np.full(leads, intercept)
    codes = np.empty((leads, len(levels)), dtype=int)
    for attribute, number in enumerate(levels):
        used = number - 1 if attribute == len(levels) - 1 else number
        codes[:, attribute] = rng.choice(used, size=leads, p=rng.dirichlet(np.full(used, 3.0)))
        effects = rng.normal(0, 0.7, number)
        if attribute in values:
            effects = effects[0] * np.array(values[attribute], dtype=float)
        eta += effects[codes[:, attribute]]
    outcome = rng.random(leads) < 1 / (1 + np.exp(-eta))
    patterns, of_row = np.unique(codes, axis=0, return_inverse=True)
    of_row = of_row.reshape(-1)
    n = np.bincount(of_row, minlength=len(patterns))
    c = np.bincount(of_row, weights=outcome, minlength=len(patterns)).astype(int)
    return patterns, n, c


def rows(patterns, n, c):
    """One row a lead: index of its pattern, and its outcome."""
    of_row = np.repeat(np.arange(len(n)), n)
    outcome = np.concatenate([np.repeat([1, 0], [k, m - k]) for m, k in zip(n, c)])
    return of_row, outcome


def column(patterns, values, attribute, level):
    """The number of each pattern's level where there is no one level, else the level's indicator."""
    if level is None:
        return np.array(values[attribute], dtype=float)[patterns[:, attribute]]
    return (patterns[:, attribute] == level).astype(float)


def columns_of(leads, values, wanted):
    """Attribute and level of each column; no level for a linear attribute."""
    for a, of_level in enumerate(leads):
        if a in values:
            yield (a, None)
        else:
            yield from ((a, l) for l, m in enumerate(of_level) if m > 0 and wanted(of_level, l))


def margins(patterns, n, levels):
    return [[int(n[patterns[:, a] == l].sum()) for l in range(number)] for a, number in enumerate(levels)]


def contrasts(columns, leads, values):
    """Rows of (intercept, then each level of each attribute): lead-weighted centring as a linear map of the parameters.

    A level without leads counts as the average lead: a row of zeros. In a linear attribute its number counts.
    """
    total = sum(leads[0])
    intercept = np.zeros(len(columns) + 1)
    intercept[0] = 1
    for j, (a, l) in enumerate(columns):
        intercept[j + 1] = np.dot(leads[a], values[a]) / total if l is None else leads[a][l] / total
    effects = []
    for a, of_level in enumerate(leads):
        for l in range(len(of_level)):
            row = np.zeros(len(columns) + 1)
            for j, (b, k) in enumerate(columns):
                if a == b and k is None:
                    row[j + 1] = values[a][l] - intercept[j + 1]
                elif a == b and of_level[l] > 0:
                    row[j + 1] = (1.0 if k == l else 0.0) - of_level[k] / total
            effects.append(row)
    return intercept, effects


def unpenalised(patterns, n, c, levels, values):
    leads = margins(patterns, n, levels)
    columns = list(columns_of(leads, values, lambda of_level, l: l != int(np.argmax(of_level))))
    design = np.column_stack([np.ones(len(n))] + [column(patterns, values, a, l) for a, l in columns])
    of_row, outcome = rows(patterns, n, c)
    fit = sm.Logit(outcome, design[of_row]).fit(method="newton", tol=1e-12, maxiter=100, disp=0)
    intercept, effects = contrasts(columns, leads, values)
    wald = []
    for row in [intercept] + effects:
        if not row.any():
            wald.append([0.0, 0.0, 0.0, 0.0, 1.0])
            continue
        test = fit.t_test(row)
        low, high = test.conf_int()[0]
        wald.append([float(test.effect[0]), float(test.sd[0, 0]), float(low), float(high), float(test.pvalue)])
    return {
        "columns": columns,
        "parameters": fit.params.tolist(),
        "std_errors": fit.bse.tolist(),
        "p_values": fit.pvalues.tolist(),
        "log_likelihood": float(fit.llf),
        "centred": wald,
    }


def penalised(patterns, n, c, levels, values, l2):
    leads = margins(patterns, n, levels)
    columns = list(columns_of(leads, values, lambda of_level, l: True))
    design = np.column_stack([column(patterns, values, a, l) for a, l in columns])
    model = LogisticRegression(C=1 / l2, solver="newton-cholesky", tol=1e-14, max_iter=1000)
    model.fit(
        np.vstack([design, design]),
        np.concatenate([np.ones(len(n)), np.zeros(len(n))]),
        sample_weight=np.concatenate([c, n - c]).astype(float),
    )
    parameters = np.concatenate([model.intercept_, model.coef_[0]])
    full = np.column_stack([np.ones(len(n)), design])
    eta = full @ parameters
    p = 1 / (1 + np.exp(-eta))
    penalty = np.diag([0.0] + [l2] * len(columns))
    covariance = np.linalg.inv(full.T @ (full * (n * p * (1 - p))[:, None]) + penalty)
    likelihood = float(np.sum(c * np.log(p) + (n - c) * np.log1p(-p)))
    intercept, effects = contrasts(columns, leads, values)
    centred = [[float(g @ parameters), math.sqrt(max(float(g @ covariance @ g), 0.0))] for g in [intercept] + effects]
    return {
        "l2": l2,
        "columns": columns,
        "parameters": parameters.tolist(),
        "std_errors": np.sqrt(np.diag(covariance)).tolist(),
        "log_likelihood": likelihood,
        "objective": -likelihood + l2 / 2 * float(np.sum(parameters[1:] ** 2)),
        "centred": centred,
    }


def delong(scores, outcome):
    """AUCs and their covariance from every pair of a conversion and another lead; scores: one row a score."""
    placements = []
    for score in scores:
        positive, negative = score[outcome == 1], score[outcome == 0]
        wins = (positive[:, None] > negative[None, :]) + 0.5 * (positive[:, None] == negative[None, :])
        placements.append((wins.mean(axis=1), wins.mean(axis=0)))
    positives = np.cov([p for p, _ in placements], ddof=1)
    negatives = np.cov([q for _, q in placements], ddof=1)
    covariance = positives / np.sum(outcome == 1) + negatives / np.sum(outcome == 0)
    return [float(p.mean()) for p, _ in placements], covariance


def metrics(patterns, n, c, values, parameters, columns):
    eta = parameters[0] + sum(b * column(patterns, values, a, l) for b, (a, l) in zip(parameters[1:], columns))
    # Ties on purpose: one score rounded to a decimal, one the first attribute's alone.
    first = np.round(eta, 1)
    own = [j for j, (a, _) in enumerate(columns) if a == 0]
    second = sum(parameters[j + 1] * column(patterns, values, *columns[j]) for j in own)
    # Too bold on purpose: a slope far from 1.
    probabilities = 1 / (1 + np.exp(-(0.3 + 1.4 * eta)))
    of_row, outcome = rows(patterns, n, c)
    areas, covariance = delong([first[of_row], second[of_row]], outcome)
    for area, score in zip(areas, [first, second]):
        assert abs(area - roc_auc_score(outcome, score[of_row])) < 1e-12
    p = probabilities[of_row]
    recalibration = sm.Logit(outcome, sm.add_constant(np.log(p / (1 - p)))).fit(method="newton", tol=1e-12, disp=0)
    curve = sm.Logit(outcome, sm.add_constant(first[of_row])).fit(method="newton", tol=1e-12, disp=0)
    return {
        "first": first.tolist(),
        "second": second.tolist(),
        "probabilities": probabilities.tolist(),
        "auc": areas,
        "auc_covariance": covariance.tolist(),
        "log_loss": float(log_loss(outcome, p)),
        "brier": float(brier_score_loss(outcome, p)),
        "calibration": {"intercept": float(recalibration.params[0]), "slope": float(recalibration.params[1])},
        "score_curve": {"intercept": float(curve.params[0]), "slope": float(curve.params[1])},
    }


def case(name, seed, leads, intercept, levels, values):
    patterns, n, c = simulate(seed, leads, intercept, levels, values)
    free = unpenalised(patterns, n, c, levels, values)
    return {
        "name": name,
        "levels": levels,
        "values": [[float(x) for x in values[a]] if a in values else None for a in range(len(levels))],
        "codes": patterns.reshape(-1).tolist(),
        "leads": n.tolist(),
        "conversions": c.tolist(),
        "unpenalised": free,
        "penalised": [penalised(patterns, n, c, levels, values, l2) for l2 in (1.0, 0.01)],
        "metrics": metrics(patterns, n, c, values, np.array(free["parameters"]), free["columns"]),
    }


def differences(found, recorded, place=""):
    if isinstance(recorded, dict):
        for key in recorded:
            yield from differences(found[key], recorded[key], f"{place}/{key}")
    elif isinstance(recorded, list):
        assert len(found) == len(recorded), place
        for index, (one, other) in enumerate(zip(found, recorded)):
            yield from differences(one, other, f"{place}/{index}")
    elif isinstance(recorded, float):
        if abs(found - recorded) > 1e-8 * max(1.0, abs(recorded)):
            yield f"{place}: {found} now, {recorded} recorded"
    elif found != recorded:
        yield f"{place}: {found} now, {recorded} recorded"


def main():
    found = json.loads(json.dumps([case(*parameters) for parameters in CASES]))
    if "--check" in sys.argv[1:]:
        wrong = list(differences(found, json.loads(TARGET.read_text())))
        print("\n".join(wrong) or f"{TARGET.name}: {len(found)} cases agree")
        sys.exit(1 if wrong else 0)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    text = ",\n".join(json.dumps(one, separators=(",", ":")) for one in found)
    TARGET.write_text(f"[\n{text}\n]\n")
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
