"""Reference figures for fits toward another model, from scipy and numpy.

    pip install numpy scipy scikit-learn statsmodels
    python tests/interop/logit_toward_reference.py            # writes crates/logit/tests/reference/toward.json
    python tests/interop/logit_toward_reference.py --check    # compares with the recorded file instead

The Rust test crates/logit/tests/toward.rs compares with the recorded file. Independent here of leadcal: the pooled model is
scikit-learn's; the product's is found by scipy.optimize over the deviations from it, on rows with the pooled model's
log-odds as an offset; standard errors from a numerical derivative of that whole optimisation with respect to the pooled
coefficients, not from the formula.
"""

import json
import pathlib
import sys

import numpy as np
from scipy.optimize import minimize

from logit_reference import CASES, column, differences, margins, penalised, simulate

TARGET = pathlib.Path(__file__).parents[2] / "crates/logit/tests/reference/toward.json"
POOLED_L2 = 1.0
STRENGTHS = [0.1, 3.0, 100.0]


def product_of(patterns, n, seed):
    """A product's leads: about a sixth of the patterns' leads, with effects of its own."""
    rng = np.random.default_rng(1000 + seed)
    leads = rng.binomial(n, 1 / 6)
    # Nobody of the product is in the first attribute's last level.
    if patterns.shape[1] > 1:
        leads[patterns[:, 0] == patterns[:, 0].max()] = 0
    eta = rng.normal(-1, 0.3) + sum(rng.normal(0, 0.6, 20)[patterns[:, a]] for a in range(patterns.shape[1]))
    return leads, rng.binomial(leads, 1 / (1 + np.exp(-eta)))


def toward(design, n, c, means, l2):
    """Intercept and coefficients that minimise the loss plus l2 / 2 of the squared deviations, and the information."""
    full = np.column_stack([np.ones(len(n)), design])
    offset = design @ means
    penalty = np.diag([0.0] + [l2] * len(means))

    def objective(x):
        eta = offset + full @ x
        return float(np.sum(n * np.logaddexp(0, eta) - c * eta) + l2 / 2 * np.sum(x[1:] ** 2))

    def gradient(x):
        p = 1 / (1 + np.exp(-(offset + full @ x)))
        return full.T @ (n * p - c) + penalty @ x

    def hessian(x):
        p = 1 / (1 + np.exp(-(offset + full @ x)))
        return full.T @ (full * (n * p * (1 - p))[:, None]) + penalty

    found = minimize(objective, np.zeros(len(means) + 1), jac=gradient, hess=hessian, method="trust-exact", options={"gtol": 1e-12})
    x = found.x
    # The last digits, which the trust region's test of the objective does not see.
    for _ in range(3):
        x = x - np.linalg.solve(hessian(x), gradient(x))
    assert np.abs(gradient(x)).max() < 1e-9
    return np.concatenate([[x[0]], means + x[1:]]), hessian(x), objective(x)


def case(name, seed, leads, intercept, levels, values):
    patterns, n, c = simulate(seed, leads, intercept, levels, values)
    pooled = penalised(patterns, n, c, levels, values, POOLED_L2)
    own_n, own_c = product_of(patterns, n, seed)
    own_leads = margins(patterns, own_n, levels)
    # Every level has a column, but a level without any lead is not known to the pooled model: its mean of the others.
    columns, means, known = [], [], []
    all_leads = margins(patterns, n, levels)
    of_pooled = {tuple(key): j for j, key in enumerate(pooled["columns"])}
    for a, number in enumerate(levels):
        for l in [None] if a in values else range(number):
            j = of_pooled.get((a, l))
            columns.append((a, l))
            known.append(j)
            if j is not None:
                means.append(pooled["parameters"][j + 1])
            else:
                share = np.array(all_leads[a]) / n.sum()
                means.append(sum(share[k] * pooled["parameters"][of_pooled[(a, k)] + 1] for k in range(number) if k != l))
    means = np.array(means)
    design = np.column_stack([column(patterns, values, a, l) for a, l in columns])
    full = np.column_stack([np.ones(len(n)), np.column_stack([column(patterns, values, a, l) for a, l in pooled["columns"]])])
    p = 1 / (1 + np.exp(-full @ np.array(pooled["parameters"])))
    pooled_penalty = np.diag([0.0] + [POOLED_L2] * len(pooled["columns"]))
    pooled_covariance = np.linalg.inv(full.T @ (full * (n * p * (1 - p))[:, None]) + pooled_penalty)
    spread = np.zeros((len(means), len(means)))
    for i, a in enumerate(known):
        for j, b in enumerate(known):
            if a is not None and b is not None:
                spread[i, j] = pooled_covariance[a + 1, b + 1]
    fits = []
    for l2 in STRENGTHS:
        parameters, information, objective = toward(design, own_n, own_c, means, l2)
        moves = np.column_stack(
            [
                (toward(design, own_n, own_c, means + h, l2)[0] - toward(design, own_n, own_c, means - h, l2)[0]) / 2e-4
                for h in 1e-4 * np.eye(len(means))
            ]
        )
        covariance = np.linalg.inv(information) + moves @ spread @ moves.T
        # Levels of no lead have columns here, so all of a level's contrast counts.
        total = own_n.sum()
        centred = []
        mean = np.zeros(len(columns) + 1)
        for j, (a, l) in enumerate(columns):
            mean[j + 1] = np.dot(own_leads[a], values[a]) / total if l is None else own_leads[a][l] / total
        for a, number in enumerate(levels):
            for level in range(number):
                row = np.zeros(len(columns) + 1)
                for j, (b, k) in enumerate(columns):
                    if a == b:
                        row[j + 1] = (values[a][level] if k is None else float(k == level)) - mean[j + 1]
                centred.append([float(row @ parameters), float(np.sqrt(row @ covariance @ row))])
        fits.append({"l2": l2, "columns": columns, "parameters": parameters.tolist(), "objective": objective, "centred": centred})
    return {
        "name": name,
        "levels": levels,
        "values": [[float(x) for x in values[a]] if a in values else None for a in range(len(levels))],
        "codes": patterns.reshape(-1).tolist(),
        "leads": n.tolist(),
        "conversions": c.tolist(),
        "product_leads": own_n.tolist(),
        "product_conversions": own_c.tolist(),
        "fits": fits,
    }


def main():
    found = json.loads(json.dumps([case(*parameters) for parameters in CASES]))
    if "--check" in sys.argv[1:]:
        wrong = list(differences(found, json.loads(TARGET.read_text())))
        print("\n".join(wrong) or f"{TARGET.name}: {len(found)} cases agree")
        sys.exit(1 if wrong else 0)
    text = ",\n".join(json.dumps(one, separators=(",", ":")) for one in found)
    TARGET.write_text(f"[\n{text}\n]\n")
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
