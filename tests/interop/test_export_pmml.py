"""`leadcal export --to pmml`: the document is valid PMML 4.4, and jpmml-evaluator and pypmml (PMML4S) score with it as leadcal does."""

import io
import json
import random
import zipfile
from pathlib import Path

import pytest
from lxml import etree

import export_inputs
import exports
import scorer

# Leads of a config that each evaluator scores, one at a time.
MOST = 10_000

jpmml_evaluator = pytest.importorskip("jpmml_evaluator")
pypmml = pytest.importorskip("pypmml")


@pytest.fixture(scope="module")
def xsd():
    (jar,) = Path(jpmml_evaluator.__path__[0]).glob("dependencies/pmml-model-1*.jar")
    return etree.XMLSchema(etree.parse(io.BytesIO(zipfile.ZipFile(jar).read("pmml.xsd"))))


@pytest.fixture
def evaluators(leadcal, xsd, tmp_path):
    """Both evaluators of a config's export, by name: functions from a lead's inputs to its result."""

    def made(config):
        document = tmp_path / "scoring.pmml"
        leadcal("export", config, "--to", "pmml", "-o", document)
        xsd.assertValid(etree.parse(str(document)))
        # A JVM of its own: in this process (jpype) it brings down numpy in the tests that follow.
        jpmml = jpmml_evaluator.make_evaluator(str(document), backend="py4j").verify()
        pmml4s = pypmml.Model.load(str(document))
        return {"jpmml-evaluator": jpmml.evaluate, "pypmml": pmml4s.predict}

    return made


@pytest.mark.parametrize("name", exports.CONFIGS)
def test_leads_score_the_same(scored, evaluators, figure, name):
    data = scored(name)
    distinct = {}
    for lead, events, score in zip(data.leads, data.events, data.scores):
        inputs = export_inputs.of_lead(data.config, lead, events, data.as_of)
        distinct[tuple(inputs.items())] = score
    for evaluator, evaluate in evaluators(data.path).items():
        chosen = distinct if len(distinct) <= MOST else random.Random(5).sample(list(distinct), MOST)
        wrong = []
        for inputs in chosen:
            wrong += differences(evaluate, dict(inputs), distinct[inputs])
        figure(
            f"pmml, {name}, {evaluator}: {len(chosen)} of {len(distinct)} distinct leads ({len(data.leads)} in all), "
            f"{len(wrong)} differences"
        )
        assert not wrong, wrong[:5]


@pytest.mark.parametrize("name", exports.CONFIGS)
def test_reason_codes(scored, evaluators, figure, name):
    """The reasons that raise a group's score, on jpmml-evaluator; where two weigh the same the order is the evaluator's."""
    data = scored(name)
    evaluate = evaluators(data.path)["jpmml-evaluator"]
    ran, wrong = 0, []
    for lead, events in list(zip(data.leads, data.events))[:500]:
        inputs = export_inputs.of_lead(data.config, lead, events, data.as_of)
        found = evaluate(inputs)
        for group, reasons in reasons_of_groups(data.config, scorer.score(data.config, lead, events, data.as_of)).items():
            raising = [(code, points) for code, points in reasons if points > 0][:4]
            if len({points for _, points in raising}) < len(raising):
                continue
            for rank, (code, _) in enumerate(raising[:3], 1):
                ran += 1
                if found[f"reason: {group} {rank}"] != code:
                    wrong.append((group, rank, found[f"reason: {group} {rank}"], code))
    figure(f"pmml, {name}: {ran} reason codes of jpmml-evaluator, {len(wrong)} differences")
    assert ran and not wrong, wrong[:5]


def reasons_of_groups(config, score):
    """Reason code and points by group, in leadcal's order."""
    model = next(model for model in config["models"] if model.get("product") == score["product"])
    parts = [*model["attributes"], *model.get("behaviours", []), *model.get("signals", [])]
    attributes = {attribute["name"] for attribute in model["attributes"]}
    groups = {part["name"]: part["group"] for part in parts}
    assert len(groups) == len(parts), "no name stands twice"
    if model.get("inactivity"):
        groups["inactivity"] = model["inactivity"]["group"]
    found = {}
    for reason in score["reasons"]:
        leveled = reason["name"] in attributes or reason["name"] == "inactivity"
        code = f"{reason['name']} = {reason['level']}" if leveled else reason["name"]
        found.setdefault(groups[reason["name"]], []).append((code, reason["points"]))
    return found


def test_conformance(evaluators, figure, tmp_path):
    left, ran, wrong = {}, 0, []
    config = tmp_path / "config.json"
    for name, text, inputs, expected in export_inputs.conformance(left):
        if trims_otherwise(inputs):
            left["blanks that PMML does not trim"] = left.get("blanks that PMML does not trim", 0) + 1
            continue
        config.write_text(text, encoding="utf-8")
        ran += 1
        for evaluator, evaluate in evaluators(config).items():
            wrong += [(name, evaluator, one) for one in differences(evaluate, inputs, expected)]
    figure(f"pmml: {ran} conformance cases in both evaluators, {len(wrong)} differences; left out: {left}")
    assert ran and not wrong, "\n".join(map(str, wrong))


def test_random_configs(evaluators, figure, tmp_path):
    rng = random.Random(11)
    ran, wrong = 0, []
    path = tmp_path / "config.json"
    for number in range(40):
        config, cases = export_inputs.random_cases(rng, 20)
        path.write_text(json.dumps(config), encoding="utf-8")
        for evaluator, evaluate in evaluators(path).items():
            for inputs, expected in cases:
                if trims_otherwise(inputs):
                    continue
                ran += 1
                wrong += [(number, evaluator, one) for one in differences(evaluate, inputs, expected)]
    figure(f"pmml: {ran} evaluations of leads of 40 random configs, {len(wrong)} differences")
    assert ran and not wrong, "\n".join(map(str, wrong))


def trims_otherwise(inputs):
    """Whether a text has blanks around it that PMML leaves, or characters that it takes for blanks: a loss in the report."""
    low = "".join(map(chr, range(0x21)))
    return any(isinstance(value, str) and value.strip(low) != value.strip(scorer.BLANKS) for value in inputs.values())


def differences(evaluate, inputs, expected):
    try:
        return export_inputs.differences(export_inputs.results(evaluate(inputs), inputs), expected)
    except Exception as error:  # Of Java, through two bridges.
        return [str(error)[:300]]
