"""Conformance cases and scored leads as tables of typed columns, and results compared with what is expected."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

import exports
import scorer

ID = "leadcal_id"


class Unholdable(Exception):
    """What no table with a type for each column can hold."""


@dataclass(frozen=True)
class Table:
    # Type of each column, by the words of sql_engines.TYPES.
    columns: dict[str, str]
    rows: list[list]


def leads_table(config, leads):
    """The leads, with their row numbers as ids."""
    kinds = kinds_of_fields(config)
    columns = {ID: "id"}
    values = [[index] for index in range(len(leads))]
    for field, wanted in kinds.items():
        found = [lead.get(field) for lead in leads]
        columns[field], typed = column(field, found, wanted)
        for row, value in zip(values, typed):
            row.append(value)
    return Table(columns, values)


def kinds_of_fields(config):
    """The types that a field is read as; of those only asked whether they are filled, none. Each with the markers of attributes."""
    kinds = {}
    for model in config["models"]:
        for attribute in model["attributes"]:
            source = attribute["input"]
            kinds.setdefault(source["field"], set()).add((source["type"], tuple(source.get("missing", []))))
        for signal in model.get("signals", []):
            for field in [signal.get("field"), signal.get("company")]:
                if field:
                    kinds.setdefault(field, set()).add(("text", ()))
            for field in signal.get("fields", []):
                kinds.setdefault(field, set())
        if model.get("inactivity"):
            kinds.setdefault("created_at", set()).add(("time", ()))
    if any(model.get("product") is not None for model in config["models"]):
        kinds.setdefault("product", set()).add(("text", ()))
    return kinds


def column(field, values, wanted):
    """Type and values of a column that holds these values of JSON."""
    if any(isinstance(value, (list, dict)) for value in values):
        raise Unholdable(f"a list or object in {field}")
    kinds = {kind for kind, _ in wanted}
    present = [value for value in values if value is not None]
    try:
        if "time" in kinds:
            return "time", [None if blank(value) else naive(value) for value in values]
        if "text" in kinds or (present and all(isinstance(value, str) for value in present) and "number" not in kinds):
            texts = [None if value is None else scorer.text(value) for value in values]
            # Of a number, which is never a marker, a column of texts keeps what may be one.
            markers = {marker for _, missing in wanted for marker in missing}
            if any(text in markers and not isinstance(value, str) for text, value in zip(texts, values)):
                raise Unholdable(f"a number in {field} that as a text is a marker")
            return "text", texts
        if "number" in kinds:
            readings = [[known(value, missing) for value in values] for kind, missing in wanted if kind == "number"]
            if any(reading != readings[0] for reading in readings):
                raise Unholdable(f"a marker in {field} that one attribute knows")
            return "number", readings[0]
    except (scorer.WrongType, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise Unholdable(f"no {'/'.join(sorted(kinds))} in {field}") from error
    if present and all(isinstance(value, bool) for value in present):
        return "boolean", values
    if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in present):
        return "number", [None if value is None else float(value) for value in values]
    return "text", [None if value is None else scorer.text(value) for value in values]


def known(value, missing):
    found = scorer.understood(value, "number", missing)
    return None if found is scorer.MISSING else found


def blank(value):
    return value is None or (isinstance(value, str) and not value.strip())


def naive(text):
    """A time in UTC without its zone, as tables hold it."""
    return datetime(1970, 1, 1) + timedelta(microseconds=scorer.moment(text))


def events_table(config, events):
    """The events of leads, lists in the order of the leads."""
    listed = {}
    for model in config["models"]:
        for behaviour in model.get("behaviours", []):
            for name, values in behaviour.get("where", {}).items():
                listed.setdefault(name, []).extend(values)
    columns = {ID: "id", "time": "time", "event": "text"}
    all_events = [(lead, event) for lead, of_lead in enumerate(events) for event in of_lead]
    rows = [[lead, naive(event["time"]), event["name"]] for lead, event in all_events]
    for name, wanted in listed.items():
        kinds = {("text", ())} if any(isinstance(value, str) for value in wanted) else set()
        if name in columns:
            raise Unholdable(f"a property called {name}")
        columns[name], typed = column(name, [event.get("properties", {}).get(name) for _, event in all_events], kinds)
        for row, value in zip(rows, typed):
            row.append(value)
    return Table(columns, rows)


def needs_events(config):
    return any(model.get("behaviours") or model.get("inactivity") for model in config["models"])


def flags(number, as_of):
    """Flags of `leadcal export` for the tables of a case."""
    named = ["--leads-table", f"leads_{number}", "--events-table", f"events_{number}", "--id", ID, "--event-lead", ID]
    return named + (["--as-of", as_of] if as_of else [])


def cases():
    """The conformance cases with a lead: {name: case}."""
    found = exports.conformance_cases()
    return {name: case for name, case in found.items() if "expected" in case or "lead_error" in case}


def config_text(case):
    return case["config_text"] if "config_text" in case else json.dumps(case["config"])


def differences(found, expected):
    """The keys of a row of the result that differ from what is expected."""
    differing = []
    for key in ["product", "band", "stage", "grade"]:
        if key in expected and found[key] != expected[key]:
            differing.append(key)
    for key in ["rounded", "score"]:
        if found[key] != expected[key]:
            differing.append(key)
    for key in ["raw", "probability"]:
        if not close(found[key], expected[key]):
            differing.append(key)
    if "reasons" in expected and not same_reasons(json.loads(found["reasons"]), expected["reasons"]):
        differing.append("reasons")
    return differing


def close(a, b):
    return a is b if a is None or b is None else abs(a - b) <= 1e-9 * max(1.0, abs(b))


def same_reasons(found, expected):
    return len(found) == len(expected) and all(
        a["name"] == b["name"] and a["level"] == b["level"] and close(a["points"], b["points"])
        for a, b in zip(found, expected)
    )
