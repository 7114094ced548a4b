"""Out-of-fold figures on real data, in the folds other tools were measured in (../shared/reference/README.md)."""

import json

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

import history
from test_score import scored

# AUC, log loss and Brier score there: means over the same five folds.
DECILE_LOGISTIC = {"bank_full": (0.7738, 0.29853, 0.08535), "leads": (0.8716, 0.42977, 0.13714)}
NAIVE_LIFT = {"bank_full": (0.7512, 0.30869, 0.08839), "leads": (0.8533, 0.47720, 0.14939)}


@pytest.mark.parametrize("name", ["bank_full", "leads"])
def test_as_good_as_other_tools(name, calibrated, spec, figure):
    _, summary = calibrated(spec(f"reference/{name}"))
    model, points = (summary["validation"][what] for what in ("model", "points"))
    ours = lambda validation: tuple(validation[key] for key in ("auc", "log_loss", "brier"))
    figure(f"{name}, out of fold                     AUC  log loss    Brier")
    for what, (auc, loss, brier) in {
        "leadcal's model": ours(model),
        "logistic on decile bins": DECILE_LOGISTIC[name],
        "leadcal's points": ours(points),
        "naive lift": NAIVE_LIFT[name],
    }.items():
        figure(f"  {what:<32} {auc:.4f}   {loss:.5f}  {brier:.5f}")
    # The reference is rounded to four digits, so nothing finer is asked. Brier scores are printed only.
    assert round(model["auc"], 4) >= DECILE_LOGISTIC[name][0]
    assert round(points["auc"], 4) >= NAIVE_LIFT[name][0]
    assert round(model["log_loss"], 5) <= DECILE_LOGISTIC[name][1]
    assert round(points["log_loss"], 5) <= NAIVE_LIFT[name][1]


@pytest.mark.parametrize("name", ["bank_full", "leads"])
def test_out_of_fold_figures_by_hand(name, leadcal, calibrated, spec, tmp_path, figure):
    """Calibrate on four folds, score the fifth, measure with scikit-learn: the figures leadcal prints for the fold.

    Each file would have cuts and pooled texts of its own, so the levels are given: numbers are cut where they are cut by
    all leads, the files hold each lead's level instead of its value, and no level is pooled for being rare in four folds.
    """
    flags = ["--min-leads", 0]
    found, _ = calibrated(spec(f"reference/{name}"), *flags)
    numbers = [attribute for attribute in points(found) if attribute["input"]["type"] == "number"]
    cut = {attribute["name"]: {"cuts": cuts(attribute)} for attribute in numbers}
    given = spec(f"reference/{name}", attributes=cut)
    folder, summary = calibrated(given, *flags)
    attributes = points(folder)
    past = history.read(given)
    codes = {attribute["name"]: past.codes(attribute) for attribute in attributes}
    rows = [
        {"y": str(int(converted)), **{name: f"level {of_lead[row]}" for name, of_lead in codes.items()}}
        for row, converted in enumerate(past.converted)
    ]
    folds = np.array([int(lead["fold"]) for lead in past.leads])
    worst = {"model": 0.0, "points": 0.0}
    aucs = []
    for fold in range(5):
        train = history.write_csv(tmp_path / "train.csv", [row for row, f in zip(rows, folds) if f != fold])
        test = history.write_csv(tmp_path / "test.csv", [row for row, f in zip(rows, folds) if f == fold])
        out = tmp_path / str(fold)
        types = {column: {"type": "text"} for column in codes}
        file = history.write_spec(tmp_path / "leadcal.toml", data={"leads": train, "outcome": "y"}, attributes=types)
        leadcal("calibrate", file, "--folds", 2, *flags, "-o", out)
        scores, of_train = (scored(leadcal, out / "scoring.json", file) for file in (test, train))
        outcome = past.converted[folds == fold]
        probability, score = column(scores, "probability"), column(scores, "score")
        curve = sm.Logit(past.converted[folds != fold], sm.add_constant(column(of_train, "score"))).fit(tol=1e-12, disp=0)
        by = {"model": (probability, probability), "points": (score, curve.predict(sm.add_constant(score)))}
        for what, (ranking, predicted) in by.items():
            ours = summary["validation"][what]["folds"][fold]
            assert (ours["leads"], ours["conversions"]) == (len(outcome), outcome.sum())
            theirs = roc_auc_score(outcome, ranking), log_loss(outcome, predicted), brier_score_loss(outcome, predicted)
            worst[what] = max(worst[what], *(abs(ours[key] - x) for key, x in zip(("auc", "log_loss", "brier"), theirs)))
            aucs.append(theirs[0])
    figure(
        f"{name}, AUC by scikit-learn over five files held out: model {np.mean(aucs[0::2]):.6f}, points "
        f"{np.mean(aucs[1::2]):.6f}; AUC, log loss and Brier of each fold within {worst['model']:.1e} and {worst['points']:.1e}"
    )
    assert worst["model"] < 1e-9
    assert worst["points"] < 1e-9


def points(folder):
    return json.loads((folder / "points.json").read_text())["attributes"]


def cuts(attribute):
    """Where a number's levels begin, but the lowest."""
    conditions = [level["when"] for level in attribute["levels"]]
    return [when["from"] for when in conditions if isinstance(when, dict) and "from" in when]


def column(scores, name):
    return np.array([float(lead[name]) for lead in scores])
