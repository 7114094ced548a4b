"""`leadcal export --to hubspot`: drafts that fit HubSpot's published schema and give every lead the points of its attributes."""

import copy
import json
import re
from datetime import datetime, timezone

import jsonschema
import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT202012

import crm
import exports

SPEC = "reference/hubspot-lead-scoring-2027-03-beta.openapi.json"
# What the guide calls a property's name: lower case, digits, underscores.
PROPERTY = re.compile(r"[a-z][a-z0-9_]*")


@pytest.fixture(scope="module")
def validate(shared):
    """Checks a body against a component of HubSpot's OpenAPI file, read as JSON Schema; unknown keys are errors, too."""
    spec = json.loads(shared(SPEC).read_text(encoding="utf-8"))
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": strict(spec["components"])}
    registry = Registry().with_resource("urn:hubspot", DRAFT202012.create_resource(document))

    def check(body, component):
        schema = {"$ref": f"urn:hubspot#/components/schemas/{component}"}
        errors = list(jsonschema.Draft202012Validator(schema, registry=registry).iter_errors(body))
        assert not errors, errors[0]

    return check


def strict(part):
    """OpenAPI 3.0 as JSON Schema 2020-12: the examples go, and objects have no keys but those listed."""
    if isinstance(part, list):
        return [strict(item) for item in part]
    if not isinstance(part, dict):
        return part
    found = {key: strict(item) for key, item in part.items() if key not in {"example", "discriminator"}}
    if isinstance(found.get("properties"), dict) and found.get("type") == "object" and found["properties"]:
        found.setdefault("additionalProperties", False)
    return found


# A small HubSpot, from the guide "List filters overview" and the schema's words: a rule adds its value where its conditions hold


def holds(operation, found):
    kind, operator = operation["operationType"], operation["operator"]
    if kind == "ALL_PROPERTY":
        return (found is None) == {"IS_KNOWN": False, "IS_UNKNOWN": True}[operator]
    if found is None:
        return operation["includeObjectsWithNoValueSet"]
    if kind == "ENUMERATION":
        return (found in operation["values"]) == {"IS_ANY_OF": True, "IS_NONE_OF": False}[operator]
    if kind == "TIME_POINT":
        at, day = moment(operation["timePoint"]), datetime.fromisoformat(found).replace(tzinfo=timezone.utc)
        inclusive = operation["endpointBehavior"] == "INCLUSIVE"
        return (inclusive and day == at) or {"IS_AFTER": day > at, "IS_BEFORE": day < at}[operator]
    return {
        "IS_EQUAL_TO": lambda a, b: a == b,
        "IS_NOT_EQUAL_TO": lambda a, b: a != b,
        "IS_GREATER_THAN_OR_EQUAL_TO": lambda a, b: a >= b,
        "IS_LESS_THAN": lambda a, b: a < b,
    }[operator](found, operation["value"])


def moment(point):
    assert point["zoneId"] == "UTC"
    return datetime(*(point[key] for key in ["year", "month", "day", "hour", "minute", "second"]), tzinfo=timezone.utc)


class Score:
    """A draft that scores leads without events. Points by property and value are remembered: all rules look at one property."""

    def __init__(self, draft):
        self.base = 0
        self.groups = []
        for group in draft["groupConfigs"]:
            by_property = {}
            for rule in group["ruleConfigurations"]:
                assert rule["enabled"]
                calculation = rule["configuration"]["calculation"]
                if calculation["type"] == "CONSTANT":
                    by_property.setdefault(None, []).append(([], calculation["value"]))
                elif calculation["type"] == "CONDITIONAL":
                    conditions = calculation["whereCondition"]["conditions"]
                    (property,) = {condition["property"] for condition in conditions}
                    assert PROPERTY.fullmatch(property)
                    rules = by_property.setdefault(property, [])
                    rules.append(([condition["operation"] for condition in conditions], calculation["value"]))
                else:
                    assert calculation["type"] == "MULTI_UE", "events alone are left out"
            self.groups.append((group, by_property))
        self.known = {}

    def points(self, property, found, rules, key):
        memo = (key, property, found)
        if memo not in self.known:
            self.known[memo] = sum(points for operations, points in rules if all(holds(o, found) for o in operations))
        return self.known[memo]

    def of(self, properties):
        """The total, and each group's sum."""
        sums = []
        for key, (group, by_property) in enumerate(self.groups):
            total = sum(self.points(p, properties.get(p), rules, key) for p, rules in by_property.items())
            sums.append(min(max(total, group["minValue"]), group["maxValue"]))
        return sum(sums), sums


def properties(config, lead, names):
    """The lead with HubSpot's names of its fields."""
    fields = crm.attribute_fields(config).items()
    return {names[field]: crm.value(lead, field, kind, missing) for field, (kind, missing) in fields}


def names_of(config):
    return crm.names(config, lambda field: crm.identifier(field, "p_").lower(), 100)


def exported(leadcal, config, folder):
    files, losses = crm.exported(leadcal, config, folder, "hubspot")
    return drafts(files), losses


def drafts(folder):
    return {file.name: json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))}


def check_form(validate, files):
    for name, body in files.items():
        if name.endswith(".create.json"):
            validate(body, "PublicDraftCreateRequest")
        else:
            validate(body, "PublicOutputConfigurationEgg")


@pytest.mark.parametrize("name", exports.CONFIGS)
def test_drafts_fit_the_schema_and_give_the_points(leadcal, scored, validate, tmp_path, figure, name):
    data = scored(name)
    files, losses = exported(leadcal, data.config, tmp_path)
    check_form(validate, files)
    lost = {loss["pointer"] for loss in losses}
    assert not any(re.match(r"/models/\d+/attributes", pointer) for pointer in lost), "attributes are exact"
    expected = crm.scores_without_events(data.config, data.leads, leadcal, tmp_path)
    scores = {body["name"]: Score(body) for file, body in files.items() if file.endswith(".create.json")}
    assert len(scores) == len(data.config["models"])
    different, names = 0, names_of(data.config)
    for lead, known in zip(data.leads, expected, strict=True):
        model = crm.model_of(data.config, lead)
        total, _ = scores[crm.title(data.config, model)].of(properties(data.config, lead, names))
        different += abs(total - known["raw"]) > 1e-9
        # Where the range is no loss, it never binds.
        ranged = f"/models/{data.config['models'].index(model)}/range" in lost
        different += not ranged and known["score"] != known["rounded"]
    figure(f"hubspot: {name}: {len(data.leads)} leads, {different} with other points; {len(losses)} losses")
    assert different == 0


def test_events_of_the_example_fit_the_schema(leadcal, validate, tmp_path):
    document = (exports.REPOSITORY / "docs/scoring-config.md").read_text(encoding="utf-8")
    config = json.loads(document.split("```json\n", 1)[1].split("```", 1)[0])
    plain = copy.deepcopy(config)
    (behaviour,) = plain["models"][0]["behaviours"]
    del behaviour["half_life_days"], behaviour["where"]
    unlimited = copy.deepcopy(plain)
    del unlimited["models"][0]["behaviours"][0]["max_times"]
    for index, variant in enumerate([config, plain, unlimited]):
        folder = tmp_path / str(index)
        folder.mkdir()
        files, losses = exported(leadcal, variant, folder)
        check_form(validate, files)
        assert any(loss["pointer"] == "/models/0/behaviours/0/event" for loss in losses)


def test_conformance_cases(leadcal, validate, tmp_path, figure):
    # Compared is the sum before rounding and range.
    harmless = re.compile(f"{crm.HARMLESS.pattern}|/models/0(/range)?")
    cases, left_out = crm.conformance(leadcal, "hubspot", tmp_path, harmless)
    for name, case, folder in cases:
        files = drafts(folder)
        check_form(validate, files)
        (draft,) = [body for file, body in files.items() if file.endswith(".create.json")]
        total, _ = Score(draft).of(properties(case["config"], case["lead"], names_of(case["config"])))
        assert total == pytest.approx(case["expected"]["raw"], abs=1e-9), name
    figure(f"hubspot: {len(cases)} conformance cases equal; left out: {left_out}")
