"""`leadcal backtest` against scikit-learn, scipy and statsmodels, from what `leadcal score` and scorer.py give each lead."""

import json
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

import exports
import history
import scorer
from conftest import REPOSITORY
from test_score import scored
from test_score_events import LEADS, SECTIONS, events  # noqa: F401 (a fixture)

SPEC = REPOSITORY / "notebooks-data/leadcal.toml"

VALUE, COST, CAPACITY = 900.0, 150.0, 12.0
DAY = timedelta(days=1)


def backtest(leadcal, config, spec, *flags):
    return json.loads(leadcal("backtest", config, spec, "--format", "json", *flags))


@pytest.fixture(scope="module")
def config(calibrated):
    return calibrated(SPEC)[0] / "scoring.json"


def delong(score, converted):
    """AUC and its standard error by the definition: placements of every lead among those of the other outcome."""
    above, below = score[converted], score[~converted]
    wins = (above[:, None] > below[None, :]) + 0.5 * (above[:, None] == below[None, :])
    variance = np.var(wins.mean(axis=1), ddof=1) / len(above) + np.var(wins.mean(axis=0), ddof=1) / len(below)
    return wins.mean(), np.sqrt(variance)


def logistic(curve, score):
    return 1 / (1 + np.exp(-(curve["intercept"] + curve["slope"] * score)))


def check_rate(found, leads, conversions):
    """Counts, rate, and Jeffreys' interval."""
    assert (found["leads"], found["conversions"]) == (leads, conversions)
    assert found["rate"] == conversions / leads
    low, high = stats.beta.ppf([0.025, 0.975], conversions + 0.5, leads - conversions + 0.5)
    expected = [0 if conversions == 0 else low, 1 if conversions == leads else high]
    np.testing.assert_allclose(found["interval"], expected, rtol=1e-9)


def check_ranking(figures, key, converted, slow=True):
    """AUC with its interval, and the gains with ties shared out evenly."""
    np.testing.assert_allclose(figures["auc"]["value"], roc_auc_score(converted, key), rtol=1e-12)
    if slow:
        auc, error = delong(key, converted)
        expected = np.clip(auc + stats.norm.ppf([0.025, 0.975]) * error, 0, 1)
        np.testing.assert_allclose(figures["auc"]["interval"], expected, rtol=1e-9)
    levels = np.unique(key)[::-1]
    called = np.array([0, *((key >= level).mean() for level in levels)])
    caught = np.array([0, *((key >= level)[converted].mean() for level in levels)])
    gains = figures["gains"]
    tenths = np.array([gain["called"] for gain in gains])
    np.testing.assert_allclose(tenths, np.arange(1, 11) / 10)
    np.testing.assert_allclose([gain["conversions"] for gain in gains], np.interp(tenths, called, caught), rtol=1e-9)
    np.testing.assert_allclose([gain["lift"] for gain in gains], np.interp(tenths, called, caught) / tenths, rtol=1e-9)
    for gain in gains:
        assert (key >= gain["from"]).mean() >= gain["called"] - 1e-12
        assert (key > gain["from"]).mean() < gain["called"] - 1e-12


def check_predictions(figures, probability, expected, converted):
    for found, predicted in zip(figures["predictions"], (probability, expected), strict=True):
        np.testing.assert_allclose(found["mean"], predicted.mean(), rtol=1e-9)
        np.testing.assert_allclose(found["log_loss"], log_loss(converted, predicted), rtol=1e-9)
        np.testing.assert_allclose(found["brier"], brier_score_loss(converted, predicted), rtol=1e-9)
        logit = np.log(predicted / (1 - predicted))
        fit = sm.Logit(converted.astype(float), sm.add_constant(logit)).fit(tol=1e-12, disp=0)
        intercept, slope = fit.params
        np.testing.assert_allclose([found["calibration"]["slope"]], [slope], rtol=1e-6)
        np.testing.assert_allclose([found["calibration"]["intercept"]], [intercept], rtol=1e-6, atol=1e-8)


def check_calls(figures, key, converted, weeks):
    """Profits of bands, the best of all cut-offs, and where the capacity ends, by trying every one."""
    value = figures["value"]
    for band, alone in zip(figures["bands"], value["bands"], strict=True):
        np.testing.assert_allclose(alone["profit"], band["conversions"] * VALUE - band["leads"] * COST)
        if band["leads"]:
            np.testing.assert_allclose(alone["interval"], [band["leads"] * (rate * VALUE - COST) for rate in band["interval"]])
    levels = np.unique(key)
    profits = np.array([converted[key >= level].sum() * VALUE - (key >= level).sum() * COST for level in levels])
    assert value["best"]["profit"] == pytest.approx(profits.max())
    assert value["best"]["from"] == pytest.approx(levels[profits == profits.max()].max())
    assert value["everyone"]["profit"] == pytest.approx(converted.sum() * VALUE - len(key) * COST)
    if weeks is None:
        assert figures["capacity"] is None
        return
    a_week = np.array([(key >= level).sum() / weeks for level in levels])
    lowest = levels[a_week <= CAPACITY].min()
    capacity = figures["capacity"]
    assert capacity["from"] == pytest.approx(lowest)
    called = key >= lowest
    check_rate(capacity, called.sum(), converted[called].sum())
    assert capacity["missed"] == converted[~called].sum()


@pytest.mark.parametrize("name", ["notebooks-data", "bank-full", "leads_x_education"])
def test_figures_are_those_of_other_programs(name, leadcal, calibrated, spec, figure):
    stages = {"cut_offs": {"MQL": 20, "SQL": 45}}
    made = spec(name, stages=stages)
    folder, _ = calibrated(made)
    rules = json.loads((folder / "scoring.json").read_text())
    [model] = rules["models"]
    past = history.read(made)
    scores = scored(leadcal, folder / "scoring.json", past.path)
    score, probability = (np.array([float(lead[key]) for lead in scores]) for key in ("score", "probability"))
    converted = past.converted
    dated = "created_at" in past.leads[0]
    flags = ["--value-per-conversion", VALUE, "--cost-per-contact", COST, *(["--capacity-per-week", CAPACITY] if dated else [])]
    found = backtest(leadcal, folder / "scoring.json", made, *flags)
    assert found["scope"]["config_made_from"] == "yes" and found["scope"]["taken"] == "all"
    figures = found["figures"]
    check_rate({**figures, **figures["rate"]}, len(score), converted.sum())
    weeks = None
    if dated:
        days = [datetime.fromisoformat(lead["created_at"]).date() for lead in past.leads]
        weeks = ((max(days) - min(days)).days + 1) / 7
    assert figures["weeks"] == (pytest.approx(weeks) if dated else None)

    bands = np.array([lead["band"] for lead in scores])
    for rule, band in zip(model["bands"], figures["bands"], strict=True):
        of_band = bands == rule["name"]
        check_rate(band, of_band.sum(), converted[of_band].sum())
        assert band["expected_rate"] == rule["expected_rate"]
        low, high = band["interval"]
        verdict = "less" if rule["expected_rate"] > high else "more" if rule["expected_rate"] < low else "yes"
        assert band["as_expected"] == verdict
        np.testing.assert_allclose(band["lift"], converted[of_band].mean() / converted.mean())
        np.testing.assert_allclose(band["of_conversions"], converted[of_band].sum() / converted.sum())
    expected = logistic(model["expected_rate_by_score"], score)
    assert len(figures["stages"]) == 2
    for rule, stage in zip(model["stages"], figures["stages"], strict=True):
        reached = score >= rule["from"]
        check_rate(stage, reached.sum(), converted[reached].sum())
        np.testing.assert_allclose(stage["expected_rate"], expected[reached].mean(), rtol=1e-9)
    # Every pair of outcomes at once takes too much memory for the largest.
    check_ranking(figures, score, converted, slow=len(score) < 20_000)
    check_predictions(figures, probability, expected, converted)
    check_calls(figures, score, converted, weeks)
    low, high = figures["auc"]["interval"]
    tenth = figures["gains"][0]
    figure(
        f"backtest of {name}: {len(score)} leads, AUC {figures['auc']['value']:.4f} ({low:.4f} to {high:.4f}), best tenth "
        f"{100 * tenth['conversions']:.1f} % of the conversions; equal to scikit-learn, scipy and statsmodels"
    )


def at(text):
    """A time; UTC where it has no zone."""
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return time if time.tzinfo else time.replace(tzinfo=timezone.utc)


def conversion(lead):
    return at(lead["converted_at"]) if lead["converted"] == "yes" else None


def looks():
    """Leads two weeks after their creation, as the example's spec looks at them: the moment, and what followed."""
    for lead in history.read_csv(LEADS):
        moment = at(lead["created_at"]) + 14 * DAY
        converted = conversion(lead)
        if (converted and converted <= moment) or moment + 60 * DAY > at("2026-08-15"):
            continue
        yield lead, moment, converted is not None and converted <= moment + 60 * DAY


def test_each_lead_is_scored_at_its_own_moment(leadcal, config, events, figure):  # noqa: F811
    """scorer.py scores each lead as of two weeks after its creation; all figures of products and of all leads follow."""
    flags = ["--value-per-conversion", VALUE, "--cost-per-contact", COST, "--capacity-per-week", CAPACITY]
    found = backtest(leadcal, config, SPEC, *flags)
    rules = json.loads(config.read_text())
    models = {model["product"]: model for model in rules["models"]}
    of_lead, _ = events
    rows = []
    for lead, moment, converted in looks():
        theirs = scorer.score(rules, lead, of_lead.get(lead["id"], []), moment.isoformat())
        model = models.get(lead["product"], models[None])
        rate = logistic(model["expected_rate_by_score"], theirs["score"])
        rows.append((model["product"], theirs["score"], theirs["band"], theirs["probability"], rate, converted))
    product, score, band, probability, rate, converted = (np.array(column) for column in zip(*rows))
    figures = found["figures"]
    check_rate({**figures, **figures["rate"]}, len(rows), converted.sum())
    assert figures["ranked_by"] == "expected-rate"
    for part in figures["bands"]:
        of_band = band == part["name"]
        check_rate(part, of_band.sum(), converted[of_band].sum())
    # Two scorers agree to 1e-9, so leads that tie for one need not for the other.
    rate = rate.round(10)
    np.testing.assert_allclose(figures["auc"]["value"], roc_auc_score(converted, rate), rtol=1e-6)
    check_predictions(figures, probability, rate, converted)
    assert [model["product"] for model in found["models"]] == sorted(set(product))
    for model in found["models"]:
        of_product = product == model["product"]
        check_ranking(model["figures"], score[of_product], converted[of_product])
        for part in model["figures"]["bands"]:
            of_band = of_product & (band == part["name"])
            check_rate(part, of_band.sum(), converted[of_band].sum())
        check_calls(model["figures"], score[of_product], converted[of_product], None)
    # The later leads have the figures of a backtest on them alone.
    later = found["periods"][1]
    created = np.array([lead["created_at"][:10] for lead, _, _ in looks()])
    assert later["figures"]["leads"] == (created >= later["from"]).sum()
    alone = backtest(leadcal, config, SPEC, "--from", later["from"])
    assert alone["figures"]["auc"] == later["figures"]["auc"]
    figure(f"backtest at moments: {len(rows)} leads scored at their own by scorer.py, figures equal; AUC {figures['auc']['value']:.4f}")


@pytest.mark.parametrize("as_of", ["2025-09-17T16:20:05Z", "2026-02-01"])
def test_a_moment_for_all_is_that_of_score(as_of, leadcal, config, figure):
    """Leads that were there at a moment score what `leadcal score --as-of` gives them."""
    scores = scored(leadcal, config, LEADS, "--events", exports.EVENTS, "--as-of", as_of)
    moment = at(as_of)
    rows = []
    for lead, score in zip(history.read_csv(LEADS), scores, strict=True):
        converted = conversion(lead)
        if at(lead["created_at"]) <= moment and not (converted and converted <= moment):
            rows.append((lead["product"], float(score["score"]), score["band"], converted is not None))
    product, score, band, converted = (np.array(column) for column in zip(*rows))
    flags = ["--outcome", "converted", "--events", exports.EVENTS, "--as-of", as_of]
    found = backtest(leadcal, config, LEADS, *flags)
    check_rate({**found["figures"], **found["figures"]["rate"]}, len(rows), converted.sum())
    for model in found["models"]:
        of_product = product == model["product"]
        check_ranking(model["figures"], score[of_product], converted[of_product])
        for part in model["figures"]["bands"]:
            of_band = of_product & (band == part["name"])
            if of_band.any():
                check_rate(part, of_band.sum(), converted[of_band].sum())
    figure(f"backtest as of {as_of}: {len(rows)} leads score as by leadcal score --as-of")


def test_later_leads_are_the_default(leadcal, calibrated, tmp_path, figure):
    """A config of earlier leads is measured on later ones, and says so; where too few came later, on all."""
    leads = history.read_csv(LEADS)
    data = {key: value for key, value in SECTIONS["data"].items() if key != "product"}
    data["exclude"] = [*data["exclude"], "product"]
    early = history.write_csv(tmp_path / "early.csv", [lead for lead in leads if lead["created_at"] < "2025-12"])
    sections = {"attributes.company_size": {"special": [-1]}}
    made = history.write_spec(tmp_path / "early.toml", data={**data, "leads": early}, **sections)
    folder, _ = calibrated(made)
    all_leads = history.write_spec(tmp_path / "all.toml", data=data, **sections)
    found = backtest(leadcal, folder / "scoring.json", all_leads)
    later = [lead for lead in leads if lead["created_at"] >= "2025-12"]
    assert (found["scope"]["taken"], found["scope"]["after"], found["scope"]["config_made_from"]) == ("after", "2025-11", "no")
    assert found["figures"]["leads"] == len(later)
    scores = scored(leadcal, folder / "scoring.json", history.write_csv(tmp_path / "later.csv", later))
    converted = np.array([lead["converted"] == "yes" for lead in later])
    check_ranking(found["figures"], np.array([float(lead["score"]) for lead in scores]), converted)
    everybody = backtest(leadcal, folder / "scoring.json", all_leads, "--all")
    assert (everybody["figures"]["leads"], everybody["scope"]["config_made_from"]) == (len(leads), "some")
    few = history.write_csv(tmp_path / "few.csv", [lead for lead in leads if lead["created_at"] < "2025-12-10"])
    few = history.write_spec(tmp_path / "few.toml", data={**data, "leads": few}, **sections)
    found_few = backtest(leadcal, folder / "scoring.json", few)
    assert (found_few["scope"]["taken"], found_few["scope"]["config_made_from"]) == ("all", "some")
    assert "came later; it takes 40 conversions" in found_few["scope"]["in_words"]
    figure(
        f"a config of leads up to 2025-11 without events: AUC {found['figures']['auc']['value']:.4f} on {len(later)} later leads, "
        f"{everybody['figures']['auc']['value']:.4f} on all"
    )
