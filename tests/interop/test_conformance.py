"""The conformance suite through scorer.py and config_reader.py, which know nothing but docs/scoring-config.md."""

import fnmatch
import json

import pytest
from jsonschema import Draft202012Validator

import config_reader
import scorer
from conftest import REPOSITORY

FOLDER = REPOSITORY / "tests/conformance"
CASES = {str(file.relative_to(FOLDER).with_suffix("")): file for file in sorted(FOLDER.rglob("*.json"))}
NEAR = {"raw", "probability", "points"}

# What JSON Schema has no words for, as patterns of cases in errors-config.
BEYOND_THE_SCHEMA = [
    # what other parts say: names referred to, names and products twice, order, limits
    "no-such-group-*", "term-no-such-*", "term-twice*", "twice-*", "order-*", "pointer-of-second-model",
    "signal-company-same-field", "*-more-conversions-than-leads", "evidence-interval-swapped",
    # a level beside the input's type and the other levels
    "when-*-for-*", "when-ends-of-two-types", "when-list-of-dates", "when-range-of-*", "when-from-*", "when-overlapping*",
    "when-otherwise-*", "when-missing-twice", "when-listed-text-*", "when-special-after-its-range",
    "when-value-twice-in-levels", "when-boolean-twice",
    # the calendar, and names of blanks
    "when-no-such-day", "when-year-zero", "blank-group-name",
]  # fmt: skip


def outcome(case):
    """What comes of a case, under the key that says so."""
    text = case["config_text"] if "config_text" in case else json.dumps(case["config"])
    try:
        config = config_reader.read(text)
    except config_reader.Refused as refused:
        return "config_error", {"pointer": refused.pointer}
    try:
        return "expected", scorer.score(config, case["lead"], case.get("events", []), case.get("as_of"))
    except scorer.WrongType as wrong:
        return "lead_error", {"field": wrong.field}
    except LookupError:
        return "lead_error", {"field": None}


def agree(key, expected, found):
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(agree(inner, expected[inner], found[inner]) for inner in expected)
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(agree(None, *both) for both in zip(expected, found))
    if key in NEAR and None not in (expected, found):
        return abs(expected - found) <= 1e-9
    return expected == found


def test_there_are_cases():
    assert len(CASES) >= 150


@pytest.mark.parametrize("name", CASES)
def test_case(name):
    case = json.loads(CASES[name].read_text(encoding="utf-8"))
    key, found = outcome(case)
    assert key in case and agree(None, case[key], found), f"expected {case.get(key)}, found {key} {found}"


@pytest.fixture(scope="module")
def validator():
    return Draft202012Validator(json.loads((REPOSITORY / "docs/scoring-config.schema.json").read_text(encoding="utf-8")))


def test_the_schema_accepts_and_refuses(validator, figure):
    """Every config that is scored is valid; of those refused the schema refuses all but those it has no words for."""
    refused, accepted = [], []
    for name, file in CASES.items():
        case = json.loads(file.read_text(encoding="utf-8"))
        errors = list(validator.iter_errors(case["config"])) if "config" in case else []
        if "config_error" not in case:
            assert not errors, (name, errors[0].message)
        elif "config" in case:
            (refused if errors else accepted).append(name.removeprefix("errors-config/"))
    beyond = {pattern: fnmatch.filter(accepted, pattern) for pattern in BEYOND_THE_SCHEMA}
    assert set(accepted) == set().union(*beyond.values()) and all(beyond.values()), beyond
    figure(f"configs with a mistake: the JSON Schema refuses {len(refused)}, {len(accepted)} are beyond it")
