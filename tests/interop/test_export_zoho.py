"""`leadcal export --to zoho`: scoring rules within the documented limits that give every lead the points of its attributes."""

import json
import re

import jsonschema
import pytest

import crm
import exports

# Zoho CRM's API documentation (v8), "Create Scoring Rules"; 50 is the criteria per rule of its largest editions.
CONDITION = {
    "type": "object",
    "properties": {
        "comparator": {"enum": ["equal", "not_equal", "greater_equal", "less_than"]},
        "field": {
            "type": "object",
            "properties": {"api_name": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]{0,49}$"}},
            "required": ["api_name"],
            "additionalProperties": False,
        },
        "value": {"type": ["string", "number", "boolean"]},
    },
    "required": ["comparator", "field", "value"],
    "additionalProperties": False,
}
GROUP = {
    "type": "object",
    "properties": {
        "group_operator": {"enum": ["and", "or"]},
        "group": {"type": "array", "minItems": 2, "items": CONDITION},
    },
    "required": ["group_operator", "group"],
    "additionalProperties": False,
}
FIELD_RULE = {
    "type": "object",
    "properties": {
        "score": {"type": "integer", "minimum": -100, "maximum": 100, "not": {"const": 0}},
        "criteria": {"oneOf": [CONDITION, GROUP]},
    },
    "required": ["score", "criteria"],
    "additionalProperties": False,
}
RULE = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 25},
        "description": {"type": "string", "maxLength": 500},
        "module": {"type": "object", "properties": {"api_name": {"type": "string"}}, "required": ["api_name"]},
        "active": {"type": "boolean"},
        "field_rules": {"type": "array", "items": FIELD_RULE, "maxItems": 50},
    },
    "required": ["name", "module", "field_rules"],
    "additionalProperties": False,
}
BODY = {
    "type": "object",
    "properties": {"scoring_rules": {"type": "array", "items": RULE, "minItems": 1}},
    "required": ["scoring_rules"],
    "additionalProperties": False,
}


def exported(leadcal, config, folder):
    files, losses = crm.exported(leadcal, config, folder, "zoho")
    return read(files), losses


def read(folder):
    """The scoring rules of each model, in the order of the config's models by file name; checked."""
    found = {}
    for file in sorted(folder.glob("*.json")):
        body = json.loads(file.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(BODY).validate(body)
        found[file.name.removesuffix(".scoring_rules.json")] = body["scoring_rules"]
    names = [rule["name"].lower() for rules in found.values() for rule in rules]
    assert len(set(names)) == len(names), "names are unique"
    return found


def holds(condition, record):
    if "group" in condition:
        return {"and": all, "or": any}[condition["group_operator"]](holds(part, record) for part in condition["group"])
    found, value, comparator = record.get(condition["field"]["api_name"]), condition["value"], condition["comparator"]
    if value == "${EMPTY}":
        return (found is None) == {"equal": True, "not_equal": False}[comparator]
    if found is None:
        # Every range and "none of these" asks for a value first, so what Zoho compares with nothing does not matter.
        return False
    assert type(found) is type(value) or not (isinstance(found, (str, bool)) or isinstance(value, (str, bool)))
    return {
        "equal": lambda: found == value,
        "not_equal": lambda: found != value,
        "greater_equal": lambda: found >= value,
        "less_than": lambda: found < value,
    }[comparator]()


class Score:
    """Scoring rules over leads. Points by field and value are remembered: all criteria look at one field."""

    def __init__(self, rules):
        self.by_field, self.known = {}, {}
        for field_rule in (field_rule for rule in rules for field_rule in rule["field_rules"]):
            criteria = field_rule["criteria"]
            (field,) = {part["field"]["api_name"] for part in criteria.get("group", [criteria])}
            self.by_field.setdefault(field, []).append(field_rule)

    def of(self, record):
        return sum(self.points(field, record.get(field)) for field in self.by_field)

    def points(self, field, found):
        if (field, found) not in self.known:
            rules = self.by_field[field]
            self.known[field, found] = sum(rule["score"] for rule in rules if holds(rule["criteria"], {field: found}))
        return self.known[field, found]


def record(config, lead, names):
    found = {}
    for field, (kind, missing) in crm.attribute_fields(config).items():
        held = crm.value(lead, field, kind, missing)
        # A checkbox is never empty.
        found[names[field]] = bool(held) if kind == "boolean" else held
    return found


def names_of(config):
    return crm.names(config, lambda field: crm.identifier(field, "F_"), 50)


def unlimited(config):
    """Without base points and limits of groups, which the list of losses names."""
    models = [
        model | {"base_points": 0, "groups": [{"name": group["name"], "min": -1e9, "max": 1e9} for group in model["groups"]]}
        for model in config["models"]
    ]
    return config | {"models": models}


@pytest.mark.parametrize("name", exports.CONFIGS)
def test_rules_give_the_points(leadcal, scored, tmp_path, figure, name):
    data = scored(name)
    models, losses = exported(leadcal, data.config, tmp_path)
    assert len(models) == len(data.config["models"])
    assert not any(re.match(r"/models/\d+/attributes/", loss["pointer"]) for loss in losses), "attributes are exact"
    stems = {model.get("product"): crm.identifier(crm.title(data.config, model), "score_").lower() for model in data.config["models"]}
    scores = {product: Score(models[stem[:60]]) for product, stem in stems.items()}
    expected = crm.scores_without_events(unlimited(data.config), data.leads, leadcal, tmp_path)
    names, different = names_of(data.config), 0
    for lead, known in zip(data.leads, expected, strict=True):
        score = scores[crm.model_of(data.config, lead).get("product")]
        different += score.of(record(data.config, lead, names)) != known["raw"]
    rules = [rule for rules in models.values() for rule in rules]
    fields = sum(len(rule["field_rules"]) for rule in rules)
    figure(f"zoho: {name}: {len(data.leads)} leads, {different} with other points; {len(rules)} scoring rules, {fields} field rules")
    assert different == 0


def test_conformance_cases(leadcal, tmp_path, figure):
    # Compared is the sum before rounding and range, without the base points.
    harmless = re.compile(f"{crm.HARMLESS.pattern}|/models/0/(range|base_points)")
    cases, left_out = crm.conformance(leadcal, "zoho", tmp_path, harmless)
    for name, case, folder in cases:
        (rules,) = read(folder).values()
        total = Score(rules).of(record(case["config"], case["lead"], names_of(case["config"])))
        assert total + case["config"]["models"][0]["base_points"] == pytest.approx(case["expected"]["raw"], abs=1e-9), name
    figure(f"zoho: {len(cases)} conformance cases equal; left out: {left_out}")
