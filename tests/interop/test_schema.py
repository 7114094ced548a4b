"""The JSON Schema that `leadcal schema` prints, as Python's jsonschema understands it."""

import json
import re

import pytest
from jsonschema import Draft202012Validator

from conftest import REPOSITORY


@pytest.fixture(scope="module")
def validator(leadcal):
    schema = json.loads(leadcal("schema"))
    assert schema["$schema"].rstrip("#").endswith("draft/2020-12/schema")
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("name", ["notebooks-data", "bank-full", "leads_x_education"])
def test_emitted_configs_are_valid(name, validator, calibrated, spec):
    folder, _ = calibrated(spec(name))
    validator.validate(json.loads((folder / "scoring.json").read_text()))


def test_documented_example_is_valid(validator):
    text = (REPOSITORY / "docs/scoring-config.md").read_text(encoding="utf-8")
    validator.validate(json.loads(re.search(r"```json\n(.*?)```", text, re.DOTALL)[1]))


def test_shipped_schema_is_the_printed_one(leadcal):
    assert (REPOSITORY / "docs/scoring-config.schema.json").read_text(encoding="utf-8") == leadcal("schema")


@pytest.mark.parametrize(
    "place, value",
    [
        ((), {"version": 2}),
        ((), {"comment": "an unknown key"}),
        (("models", 0), {"base_points": "10"}),
        (("models", 0), {"groups": []}),
        (("models", 0, "attributes", 0), {"levels": []}),
        (("models", 0, "attributes", 0, "input"), {"type": "integer"}),
        (("models", 0, "attributes", 0, "levels", 0), {"when": {}}),
        (("models", 0, "attributes", 0, "levels", 0), {"when": "always"}),
    ],
)
def test_mistakes_are_invalid_and_refused(place, value, validator, leadcal, calibrated, spec, tmp_path):
    folder, _ = calibrated(spec("notebooks-data"))
    config = json.loads((folder / "scoring.json").read_text())
    target = config
    for step in place:
        target = target[step]
    target.update(value)
    assert not validator.is_valid(config)
    (tmp_path / "scoring.json").write_text(json.dumps(config))
    leadcal("score", tmp_path / "scoring.json", REPOSITORY / "notebooks-data/leads.csv", status=2)
