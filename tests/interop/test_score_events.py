"""`leadcal score --events` against scorer.py: what leads did, as of several moments, by a config calibrated from events."""

import json
import math
import re

import polars as pl
import pytest

import exports
import history
import scorer
from conftest import REPOSITORY
from test_score import NAMES, scored

LEADS = REPOSITORY / "notebooks-data/leads.csv"

SECTIONS = {
    "data": {
        "leads": LEADS,
        "outcome": {"column": "converted", "positive": "yes"},
        "id": "id",
        "created_at": "created_at",
        "converted_at": "converted_at",
        "product": "product",
        "exclude": ["first_name", "last_name", "email", "phone", "company"],
        "missing": ["", "Select"],
    },
    "attributes.company_size": {"special": [-1]},
    "events": {"file": exports.EVENTS, "lead": "lead_id"},
    "snapshot": {"after_days": 14, "window_days": 90, "horizon_days": 60, "data_end": "2026-08-15"},
    'behaviours."pricing page"': {"event": "page_view", "where": {"page": "/pricing"}},
    'behaviours."demo request"': {"event": "demo_request"},
    "behaviours.webinar": {"event": "webinar"},
    "behaviours.download": {"event": "download"},
    'behaviours."e-mail click"': {"event": "email_click"},
    'behaviours."careers page"': {"event": "page_view", "where": {"page": "/careers"}},
    "behaviours.unsubscribe": {"event": "unsubscribe"},
    'behaviours."days active"': {"once_a_day": True},
    "behaviours.anything": {"max_times": 6, "half_life_days": 20},
    'behaviours."days of pages"': {"event": "page_view", "once_a_day": True, "max_times": 4, "half_life_days": 9},
    'behaviours."product pages"': {"where": {"page": ["/pricing", "/product"]}, "max_times": 3, "half_life_days": "none"},
    'signals."free e-mail domain"': {"kind": "free_email_domain", "field": "email"},
    'signals."disposable e-mail domain"': {"kind": "disposable_email_domain", "field": "email"},
    'signals."company\'s own domain"': {"kind": "company_email_domain", "field": "email", "company": "company"},
    'signals."keyboard run"': {"kind": "keyboard_run", "field": "first_name"},
    'signals."uncapitalised name"': {"kind": "uncapitalised", "field": "last_name"},
    'signals."phone given"': {"kind": "filled_fields", "fields": ["phone"]},
    # Limits that are reached would hide what the behaviours give.
    "groups.engagement": {"min": -500, "max": 1000, "tiers": {"1": 40, "2": 10, "3": -500}},
}


@pytest.fixture(scope="module")
def config(calibrated, tmp_path_factory):
    spec = history.write_spec(tmp_path_factory.mktemp("spec") / "leadcal.toml", **SECTIONS)
    return calibrated(spec)[0] / "scoring.json"


@pytest.fixture(scope="module")
def events():
    """The events of each lead as scorer.py takes them, and the newest time of all."""
    of_lead = exports.events_by_lead()
    return of_lead, max(event["time"] for events in of_lead.values() for event in events)


def same_score(ours, theirs):
    """Agreement as the document asks for it: sums and powers to 1e-9, everything else exactly. The text of a reason has hundredths."""
    for key in ["rounded", "score"]:
        assert float(ours[key]) == theirs[key], (key, ours, theirs)
    for key in NAMES:
        assert (ours[key] or None) == theirs[key], (key, ours, theirs)
    reasons = [re.fullmatch(r"([+-]\S+) (.*)", reason).groups() for reason in ours["reasons"].split("; ") if reason]
    found = {name: float(points) for points, name in reasons}
    expected = {
        reason["name"] + (f" = {reason['level']}" if reason["level"] is not None else ""): reason["points"]
        for reason in theirs["reasons"]
    }
    assert found.keys() == expected.keys(), (ours, theirs)
    assert all(math.isclose(found[name], expected[name], abs_tol=0.005 + 1e-9) for name in found)
    sizes = [abs(points) for points in found.values()]
    assert sizes == sorted(sizes, reverse=True)
    worst = max(abs(float(ours[key]) - theirs[key]) for key in ["raw", "probability"])
    assert worst < 1e-9
    return worst


@pytest.mark.parametrize("as_of", [None, "2026-02-01", "2025-09-17T16:20:05+02:00", "2025-01-20T00:00:00Z"])
def test_every_lead_scores_as_the_document_says(as_of, leadcal, config, events, figure):
    rules = json.loads(config.read_text())
    assert len(rules["models"]) > 1
    assert all(model["inactivity"] for model in rules["models"])
    counted = {rule["name"]: rule for rule in rules["models"][-1]["behaviours"]}
    assert "event" not in counted["days active"] and counted["days active"]["once_a_day"]
    of_lead, newest = events
    leads = history.read_csv(LEADS)
    flags = ["--as-of", as_of] if as_of else []
    found = scored(leadcal, config, LEADS, "--events", exports.EVENTS, "--explain", *flags)
    assert [lead["id"] for lead in found] == [lead["id"] for lead in leads]
    worst, active = 0.0, 0
    for ours, lead in zip(found, leads):
        theirs = scorer.score(rules, lead, of_lead.get(lead["id"], []), as_of or newest)
        worst = max(worst, same_score(ours, theirs))
        active += any(reason["name"] in counted or reason["name"] == "inactivity" for reason in theirs["reasons"])
    assert active > 0
    figure(f"score with events as of {as_of or newest}: {len(found)} leads equal, {active} by what they did, within {worst:.1e}")


@pytest.mark.parametrize("extension", ["csv", "ndjson"])
def test_events_of_other_formats_and_orders_score_alike(extension, leadcal, config, tmp_path):
    """The same events as text, shuffled, in several files, with other names of columns."""
    frame = pl.read_parquet(exports.EVENTS).sample(fraction=1, shuffle=True, seed=1)
    frame = frame.rename({"lead_id": "who", "time": "when", "event": "what"})
    frame = frame.with_columns(pl.col("when").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"))
    for part in range(3):
        getattr(frame[part::3], f"write_{extension}")(tmp_path / f"part{part}.{extension}")
    columns = ["--event-lead", "who", "--event-time", "when", "--event-name", "what"]
    ours = leadcal("score", config, LEADS, "--explain", "--events", tmp_path / f"part*.{extension}", *columns)
    assert ours == leadcal("score", config, LEADS, "--explain", "--events", exports.EVENTS)


def test_leads_in_another_order_and_more_threads_score_alike(leadcal, config, tmp_path):
    header, *rows = LEADS.read_text(encoding="utf-8").splitlines()
    (tmp_path / "leads.csv").write_text("\n".join([header, *rows[::-1]]) + "\n", encoding="utf-8")
    first, *others = leadcal("score", config, LEADS, "--events", exports.EVENTS, threads=1).splitlines()
    assert [first, *others[::-1]] == leadcal("score", config, tmp_path / "leads.csv", "--events", exports.EVENTS).splitlines()
