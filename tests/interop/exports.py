"""What the tests of exports compare: calibrated configs with their leads, events and leadcal's own scores, and the conformance cases."""

import csv
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import polars as pl

import history
import scorer
from conftest import REPOSITORY

CONFIGS = ["notebooks-data", "bank-full", "leads_x_education"]
CONFORMANCE = REPOSITORY / "tests/conformance"
EVENTS = REPOSITORY / "notebooks-data/events.parquet"
# A moment in the middle of the events, so that some are young, some old and some still to come.
AS_OF = "2026-03-15T12:00:00Z"


@dataclass(frozen=True)
class Scored:
    """A config with leads that leadcal scored: lists have one entry a lead, in the order of the file."""

    name: str
    path: Path
    # The config as JSON.
    config: dict
    # Fields of each lead, by the types of the config's inputs: a text, float, bool, or None where there is no value.
    leads: list[dict]
    # Events of each lead: time (ISO, UTC), name, properties; empty lists where the config has no behaviours.
    events: list[list[dict]]
    as_of: str | None
    # leadcal's results: raw, rounded, score, probability as floats, band, stage, grade as texts or None.
    scores: list[dict]


def scored(name, leadcal, calibrated, spec, folder):
    """Calibrates on a data set and scores its leads with the config."""
    if name == "notebooks-data":
        source = REPOSITORY / "notebooks-data/leadcal.toml"
        leads, flags = REPOSITORY / "notebooks-data/leads.csv", ["--events", EVENTS, "--as-of", AS_OF]
        events, as_of = events_by_lead(), AS_OF
    else:
        source = spec(name)
        leads, flags, events, as_of = history.read(source).path, [], {}, None
    path = calibrated(source)[0] / "scoring.json"
    out = folder / f"{name}.csv"
    leadcal("score", path, leads, *flags, "-o", out)
    with out.open(newline="", encoding="utf-8") as file:
        scores = [result(row) for row in csv.DictReader(file)]
    config = json.loads(path.read_text(encoding="utf-8"))
    rows = history.read_csv(leads)
    assert len(rows) == len(scores), "every lead is scored"
    return Scored(
        name, path, config, typed(config, rows), [events.get(row.get("id"), []) for row in rows], as_of, scores
    )


def result(row):
    numbers = {key: float(row[key]) if row[key] else None for key in ["raw", "rounded", "score", "probability"]}
    return numbers | {key: row[key] or None for key in ["band", "stage", "grade"]}


def events_by_lead():
    frame = pl.read_parquet(EVENTS)
    times = frame["time"].dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
    of_lead = defaultdict(list)
    for row, time in zip(frame.iter_rows(named=True), times):
        properties = {key: row[key] for key in row.keys() - {"lead_id", "time", "event"} if row[key] is not None}
        of_lead[row["lead_id"]].append({"time": time, "name": row["event"], "properties": properties})
    return of_lead


def inputs(config):
    """The attribute inputs of all models by field: type and markers of missing values."""
    found = {}
    for model in config["models"]:
        for attribute in model["attributes"]:
            source = attribute["input"]
            found[source["field"]] = (source["type"], source.get("missing", []))
    return found


def typed(config, rows):
    """The texts of a CSV file as a warehouse holds them: numbers and booleans by the config's inputs, null where a number,
    boolean or date has no value. Texts stay as they are, markers of missing values included."""
    known = inputs(config)

    def value(field, text):
        kind, missing = known.get(field, ("text", []))
        if kind == "text":
            return text if text != "" else None
        understood = scorer.understood(text, kind, missing)
        return None if understood is scorer.MISSING else understood

    return [{field: value(field, text) for field, text in row.items()} for row in rows]


def conformance_cases():
    """The conformance cases by their path below the suite, such as `3-behaviours/window_end.json`."""
    files = sorted(CONFORMANCE.rglob("*.json"))
    return {str(file.relative_to(CONFORMANCE)): json.loads(file.read_text(encoding="utf-8")) for file in files}
