"""`leadcal export --to salesforce`: formula fields within Salesforce's limits that give every lead leadcal's scores."""

import re
from datetime import date

import pytest

import crm
import exports
import salesforce


def exported(leadcal, config, folder, *flags):
    files, losses = crm.exported(leadcal, config, folder, "salesforce", *flags)
    return check_limits(salesforce.read(files)), losses


def check_limits(fields):
    """Salesforce Help, "Formula Field Limits and Restrictions", and what it says of custom fields."""
    for name, field in fields.items():
        assert re.fullmatch(r"[A-Za-z](_?[A-Za-z0-9])*__c", name) and len(name) <= 43
        assert len(field["label"]) <= 40 and field["type"] in {"Number", "Text"}
        if field["type"] == "Number":
            assert int(field["precision"]) == 18 and 0 <= int(field["scale"]) <= 17
        if field["formula"]:
            assert len(field["formula"]) <= 3900 and len(field["formula"].encode()) <= 4000
            assert field["blanks"] == "BlankAsBlank"
    return fields


def names_of(config):
    rule = lambda field: crm.identifier(field.removesuffix("__c"), "F_")
    return {field: f"{name}__c" for field, name in crm.names(config, rule, 40).items()}


def record(config, lead, names):
    found = {}
    for field, (kind, missing) in crm.attribute_fields(config).items():
        held = crm.value(lead, field, kind, missing)
        if kind == "date" and held is not None:
            held = date.fromisoformat(held)
        if kind == "boolean":
            # A checkbox is never empty.
            held = bool(held)
        found[names[field]] = salesforce.value(held)
    return found


def outputs(fields, prefix):
    """The API names of a model's results by what they are."""
    wanted = {kind: f"{prefix} {kind}"[:40] for kind in ["Raw", "Score", "Band", "Stage", "Grade"]}
    return {kind.lower(): name for kind, label in wanted.items() for name, field in fields.items() if field["label"] == label}


def prefix_of(model):
    return "Leadcal" if model.get("product") is None else f"Leadcal {model['product']}"


def differences(found, known):
    """Names of the results that differ."""
    return [
        key
        for key, value in found.items()
        if (abs(float(value) - known[key]) > 1e-9 if key in {"raw", "score"} else (value or None) != known[key])
    ]


@pytest.mark.parametrize("name", exports.CONFIGS)
def test_formulas_give_the_scores(leadcal, scored, tmp_path, figure, name):
    data = scored(name)
    fields, losses = exported(leadcal, data.config, tmp_path)
    org, names = salesforce.Org(fields), names_of(data.config)
    assert not any(re.match(r"/models/\d+/(attributes|range)", loss["pointer"]) for loss in losses)
    assert not any("left out" in loss["lost"] or "cannot be deployed" in loss["lost"] for loss in losses)
    expected = crm.scores_without_events(data.config, data.leads, leadcal, tmp_path)
    results = {model.get("product"): outputs(fields, prefix_of(model)) for model in data.config["models"]}
    different = 0
    for lead, known in zip(data.leads, expected, strict=True):
        wanted = results[crm.model_of(data.config, lead).get("product")]
        one = org.record(record(data.config, lead, names))
        found = {key: one[name] for key, name in wanted.items()}
        assert {"raw", "score", "band"} <= found.keys()
        different += bool(differences(found, known))
    longest = max(len(field["formula"] or "") for field in fields.values())
    stored = sum(field["copies"] is not None for field in fields.values())
    figure(
        f"salesforce: {name}: {len(data.leads)} leads, {different} differ; {len(fields)} fields, longest formula {longest} "
        f"characters, {stored} stored copies, {len(losses)} losses"
    )
    assert different == 0


def test_names_are_the_callers(leadcal, scored, tmp_path):
    data = scored("notebooks-data")
    field = data.config["models"][0]["attributes"][0]["input"]["field"]
    fields, _ = exported(leadcal, data.config, tmp_path, "--rename", f"{field}=TEXT(Own_Name__c)")
    assert any("TEXT(Own_Name__c)" in (found["formula"] or "") for found in fields.values())
    for bad in ["a b", "TEXT(x", "1a", "x)+1", "a.", "é"]:
        error = leadcal(
            "export", tmp_path / "config.json", "--to", "salesforce", "-o", tmp_path / "x", "--rename", f"{field}={bad}", status=2
        )
        assert "is no name there" in error


def test_conformance_cases(leadcal, tmp_path, figure):
    harmless = re.compile(r"/models/0/(probability|expected_rate_by_score|bands/\d+/(action|expected_rate))")
    cases, left_out = crm.conformance(leadcal, "salesforce", tmp_path, harmless)
    for name, case, folder in cases:
        fields = check_limits(salesforce.read(folder))
        one = salesforce.Org(fields).record(record(case["config"], case["lead"], names_of(case["config"])))
        found = {key: one[field] for key, field in outputs(fields, "Leadcal").items()}
        assert not differences(found, case["expected"]), (name, found, case["expected"])
    figure(f"salesforce: {len(cases)} conformance cases equal; left out: {left_out}")
