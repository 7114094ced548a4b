"""`leadcal check` against scikit-learn and scipy, from what `leadcal score` gives each lead; its JUnit XML read by junitparser."""

import json

import numpy as np
import polars as pl
import pytest
from jsonschema import Draft202012Validator
from junitparser import Error, Failure, JUnitXml, Skipped
from scipy import optimize, stats
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from conftest import REPOSITORY

POLICY = """# check.toml
[points]
verdict = "worse"
"""


@pytest.fixture(scope="module")
def folder(leadcal, shared, tmp_path_factory):
    """bank-full in date order: two configs of its first 60 %, and leads that come later at a rate several times as high."""
    folder = tmp_path_factory.mktemp("check")
    bank = pl.read_csv(shared("data/bank-full.csv"), separator=";", infer_schema=False).drop("duration")
    # The file is in date order without a year: days of two years and a half, in equal steps.
    days = pl.Series([f"{2008 + at * 30 // len(bank) // 12}-{at * 30 // len(bank) % 12 + 1:02}-15" for at in range(len(bank))])
    bank = bank.with_columns(days.alias("created_at"), pl.int_range(len(bank)).cast(pl.String).alias("id"))
    early = bank.head(len(bank) * 6 // 10)
    early.write_csv(folder / "early.csv")
    bank.write_csv(folder / "all.csv")
    for name, flags in [("all", []), ("five", ["--top", "5"])]:
        spec = folder / f"{name}.toml"
        spec.write_text('[data]\nleads = "early.csv"\noutcome = "y"\nid = "id"\ncreated_at = "created_at"\n')
        leadcal("calibrate", spec, "-o", folder / name, *flags)
    (folder / "check.toml").write_text(POLICY)
    return folder


@pytest.fixture(scope="module")
def report(leadcal, folder):
    check(leadcal, folder, "json", folder / "report.json")
    return json.loads((folder / "report.json").read_text())


def check(leadcal, folder, kind, output, status=1):
    names = [folder / name / "scoring.json" for name in ("five", "all")]
    leadcal(
        "check", names[0], "--baseline", names[1], "--leads", folder / "all.csv", "--outcome", "y",
        "--policy", folder / "check.toml", "--format", kind, "-o", output, status=status,
    )  # fmt: skip


@pytest.fixture(scope="module")
def leads(leadcal, folder):
    """The later leads, with their outcome and what both configs give them."""
    scored = pl.read_csv(folder / "all.csv", infer_schema=False).select("id", "created_at", "y")
    for name in ("five", "all"):
        leadcal("score", folder / name / "scoring.json", folder / "all.csv", "--id", "id", "-o", folder / f"{name}.parquet")
        of = pl.read_parquet(folder / f"{name}.parquet").select("id", "score", "band", "probability")
        scored = scored.join(of, on="id", suffix=f"_{name}")
    scored = scored.rename({"score": "score_five", "band": "band_five", "probability": "probability_five"})
    to = json.loads((folder / "five/scoring.json").read_text())["provenance"]["to"]
    return scored.filter(pl.col("created_at").str.slice(0, 7) > to), scored.filter(pl.col("created_at").str.slice(0, 7) <= to)


def found(report, check):
    return next(finding for finding in report["findings"] if finding["check"] == check)


def test_the_figures_are_those_of_the_scores(report, leads):
    later, _ = leads
    converted = (later["y"] == "yes").to_numpy()
    assert (report["leads"]["leads"], report["leads"]["conversions"]) == (len(later), converted.sum())
    for check, of, kind in [
        ("auc", roc_auc_score, "score"),
        ("log_loss", log_loss, "probability"),
        ("brier", brier_score_loss, "probability"),
    ]:
        figures = found(report, check)["figures"]
        for name, config in [("candidate", "five"), ("baseline", "all")]:
            np.testing.assert_allclose(figures[name], of(converted, later[f"{kind}_{config}"].to_numpy()), rtol=1e-9)


def test_the_level_is_the_shift_that_makes_predictions_right(report, leads):
    later, _ = leads
    converted = (later["y"] == "yes").to_numpy()
    p = later["probability_five"].to_numpy()
    logits = np.log(p / (1 - p))
    shift = optimize.brentq(lambda a: (1 / (1 + np.exp(-logits - a))).sum() - converted.sum(), -10, 10, xtol=1e-13)
    figures = found(report, "calibration_level")["figures"]
    np.testing.assert_allclose(figures["odds_ratio"], np.exp(shift), rtol=1e-8)
    np.testing.assert_allclose([figures["expected_rate"], figures["rate"]], [p.mean(), converted.mean()], rtol=1e-9)


def test_a_climbing_rate_fails_by_more_than_the_ranking(report):
    """The leads after convert several times as often: the order may hold, the numbers do not."""
    for check in ("calibration_level", "band_rates", "rate_alone"):
        assert found(report, check)["verdict"] == "worse", found(report, check)
    assert report["exit_code"] == 1 and report["says"].startswith("worse: ")


def test_band_rates_are_held_against_jeffreys_intervals(report, leads, folder):
    later, _ = leads
    stated = {band["name"]: band["expected_rate"] for band in json.loads((folder / "five/scoring.json").read_text())["models"][0]["bands"]}
    off = 0
    for band, rate in stated.items():
        of = later.filter(pl.col("band_five") == band)
        n, c = len(of), (of["y"] == "yes").sum()
        low, high = stats.beta.ppf([0.05 / len(stated) / 2, 1 - 0.05 / len(stated) / 2], c + 0.5, n - c + 0.5)
        off += rate * 1.1 < low or rate * 0.9 > high
    assert found(report, "band_rates")["figures"] == {"bands": len(stated), "off": off}


def test_the_scores_index_is_over_tenths_of_the_leads_before(report, leads):
    later, before = (part["score_five"].to_numpy() for part in leads)
    starts = sorted({np.sort(before)[tenth * len(before) // 10] for tenth in range(1, 10)} - {before.min()})
    p, q = (np.bincount(np.searchsorted(starts, scores, side="right"), minlength=len(starts) + 1) for scores in (before, later))
    p, q = (np.where(counts == 0, 0.5, counts) / counts.sum() for counts in (p, q))
    index = ((q - p) * np.log(q / p)).sum()
    np.testing.assert_allclose(found(report, "score_stability")["figures"]["highest"], index, rtol=1e-9)


def test_band_sizes_are_shares_of_the_same_leads(report, leads):
    later, _ = leads
    shift = max(abs((later["band_five"] == band).mean() - (later["band_all"] == band).mean()) for band in ("cold", "warm", "hot"))
    np.testing.assert_allclose(found(report, "band_sizes")["figures"]["largest_shift"], shift, rtol=1e-9)


def test_the_report_fits_its_schema(report):
    schema = json.loads((REPOSITORY / "docs/check.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(report)


def test_junit_has_a_case_for_each_check(leadcal, folder, report):
    check(leadcal, folder, "junit", folder / "report.xml")
    suites = JUnitXml.fromfile(str(folder / "report.xml"))
    [suite] = suites
    kinds = {"worse": Failure, "unproven": Error, "not_asked": Skipped, "fine": None, "warn": None}
    cases = {case.name.split(":")[0]: case for case in suite}
    assert list(cases) == [finding["check"] for finding in report["findings"]]
    for finding in report["findings"]:
        results, kind = cases[finding["check"]].result, kinds[finding["verdict"]]
        assert [type(result) for result in results] == ([kind] if kind else []), finding
        if kind:
            assert results[0].message == finding["says"]
    count = lambda kind: sum(kinds[finding["verdict"]] is kind for finding in report["findings"])  # noqa: E731
    assert (suites.tests, suites.failures, suites.errors) == (len(cases), count(Failure), count(Error))
    assert suite.skipped == count(Skipped)


def test_models_are_compared_by_their_probabilities(leadcal, folder, leads):
    later, _ = leads
    output = folder / "models.json"
    leadcal(
        "check", folder / "five/model.json", "--baseline", folder / "all/model.json", "--leads", folder / "all.csv",
        "--outcome", "y", "--format", "json", "-o", output, status=1,
    )  # fmt: skip
    report = json.loads(output.read_text())
    everybody = pl.concat(leads)
    converted = (everybody["y"] == "yes").to_numpy()
    figures = found(report, "auc")["figures"]
    for name, config in [("candidate", "five"), ("baseline", "all")]:
        np.testing.assert_allclose(figures[name], roc_auc_score(converted, everybody[f"probability_{config}"].to_numpy()), atol=1e-6)
    assert found(report, "band_rates")["verdict"] == "not_asked"
    mixed = leadcal(
        "check", folder / "five/model.json", "--baseline", folder / "all/scoring.json", "--leads", folder / "all.csv",
        "--outcome", "y", status=2,
    )  # fmt: skip
    assert "one of the two is a scoring config, the other a model" in mixed
