"""`leadcal export --to javascript` and `python`: functions run by Node and CPython, held against leadcal's scores."""

import ast
import csv
import json
import random
import re
import subprocess
import sys

import pytest

import exports
import functions
import random_configs
import scorer
from conftest import REPOSITORY

DOCUMENT = REPOSITORY / "docs/exports.md"
KEYS = ["raw", "rounded", "score", "band", "stage", "grade", "probability"]


@pytest.mark.parametrize("target", functions.TARGETS)
@pytest.mark.parametrize("name", exports.CONFIGS)
def test_every_lead_scores_the_same(leadcal, scored, figure, tmp_path, target, name):
    data = scored(name)
    module = functions.exported(leadcal, target, data.path, tmp_path, "score")
    cases = [job(lead, events, data.as_of) for lead, events in zip(data.leads, data.events)]
    [done] = functions.run(target, [(module, cases)], tmp_path)
    differ = [
        (lead, more)
        for lead, expected, found in zip(data.leads, data.scores, done["results"])
        for more in functions.differences(expected, {key: found["score"][key] for key in KEYS})
    ]
    assert differ == []
    speed = len(cases) / done["seconds"]
    figure(f"{target} of {name}: {len(cases)} leads, 0 differences, {speed:.0f} leads/s")


@pytest.mark.parametrize("target", functions.TARGETS)
def test_conformance(leadcal, figure, tmp_path, target):
    cases = exports.conformance_cases()
    runs = {name: case for name, case in cases.items() if "expected" in case or "lead_error" in case}
    files, jobs = {}, {}
    for name, case in runs.items():
        text = case["config_text"] if "config_text" in case else json.dumps(case["config"])
        if text not in files:
            config = tmp_path / f"{len(files)}.json"
            config.write_text(text, encoding="utf-8")
            files[text] = functions.exported(leadcal, target, config, tmp_path, str(len(files)))
        jobs.setdefault(files[text], []).append(name)
    some = [(file, [job(**given(runs[name])) for name in names]) for file, names in jobs.items()]
    failed = []
    for names, results in zip(jobs.values(), functions.run(target, some, tmp_path)):
        for name, found in zip(names, results["results"]):
            failed += [(name, wrong) for wrong in wrongs(runs[name], found)]
    assert failed == []
    refused = sum("config_error" in case for case in cases.values())
    errors = sum("lead_error" in case for case in runs.values())
    figure(
        f"{target}: {len(runs)} conformance cases, {errors} of them errors of leads, 0 differences; "
        f"{refused} left out, configs that no export takes"
    )


def job(lead, events=(), as_of=None):
    return {"lead": lead, "events": list(events), "as_of": as_of}


def given(conformance):
    return {key: conformance[key] for key in ["lead", "events", "as_of"] if key in conformance}


def wrongs(conformance, found):
    if "expected" in conformance:
        return functions.differences({"score": conformance["expected"]}, found)
    return functions.differences(error_of(conformance["lead_error"]["field"]), without_message(found))


def error_of(field):
    return {"error": "LeadError" if field is not None else "NoModelError", "field": field}


def without_message(found):
    return {key: found[key] for key in found if key != "message"}


def second_opinion(config, given):
    try:
        return {"score": scorer.score(config, **given)}
    except (scorer.WrongType, LookupError) as error:
        return error_of(getattr(error, "field", None))


def test_random_configs(leadcal, figure, tmp_path):
    """Node, CPython and scorer.py on values of any type; and leadcal on the leads as texts, as its files have them."""
    rng = random.Random(4)
    opinions, texts = [], []
    jobs = {target: [] for target in functions.TARGETS}
    for index in range(40):
        config = random_configs.config(rng)
        file = tmp_path / f"{index}.json"
        file.write_text(json.dumps(config), encoding="utf-8")
        as_of = random_configs.as_of(rng)
        cases = [job(random_configs.lead(rng), random_configs.events(rng), as_of) for _ in range(40)]
        opinions.append([second_opinion(config, given) for given in cases])
        written = [as_text(given) for given in cases]
        written = [given for given in written if "score" in second_opinion(config, given)]
        texts.append(by_leadcal(leadcal, file, written, as_of, tmp_path) if as_of else [])
        for target in jobs:
            module = functions.exported(leadcal, target, file, tmp_path, str(index))
            jobs[target] += [(module, cases), (module, written if as_of else [])]
    for target, some in jobs.items():
        done = functions.run(target, some, tmp_path)
        for (_, cases), expected, found in zip(some[::2], opinions, done[::2]):
            for given, theirs, ours in zip(cases, expected, found["results"]):
                assert functions.differences(theirs, without_message(ours)) == [], given
        for (_, cases), expected, found in zip(some[1::2], texts, done[1::2]):
            for given, theirs, ours in zip(cases, expected, found["results"], strict=True):
                assert functions.differences(theirs, {key: ours["score"][key] for key in theirs}) == [], given
    scored, failed = (sum(key in one for some in opinions for one in some) for key in ["score", "error"])
    figure(
        f"random configs: {len(opinions)}, {scored} leads and {failed} errors the same in Node, CPython and scorer.py; "
        f"{sum(map(len, texts))} leads as texts the same in leadcal, too"
    )
    assert failed > 100 and sum(map(len, texts)) > 500


def as_text(given):
    """A lead and its events as a file of texts has them; what is no value of a cell is left out."""
    text = lambda values: {
        key: scorer.text(value) for key, value in values.items() if isinstance(value, (str, int, float))
    }
    events = [event | {"properties": text(event["properties"])} for event in given["events"]]
    return job(text(given["lead"]), events, given["as_of"])


def by_leadcal(leadcal, config, cases, as_of, folder):
    """leadcal's results without product and reasons."""
    if not cases:
        return []
    leads, events, out = (folder / name for name in ["leads.ndjson", "events.ndjson", "scores.csv"])
    write_lines(leads, [given["lead"] | {"id": index} for index, given in enumerate(cases)])
    # A lead of nobody has an event with every property, so that each is a column.
    happened = [{"lead": "nobody", "time": "2000-01-01", "event": "x", "p": "x", "__proto__": "x"}]
    for index, given in enumerate(cases):
        some = given["events"]
        happened += [{"lead": index, "time": one["time"], "event": one["name"], **one["properties"]} for one in some]
    write_lines(events, happened)
    leadcal(
        "score", config, leads, "--id", "id", "--events", events, "--event-lead", "lead", "--as-of", as_of, "-o", out
    )
    with out.open(newline="", encoding="utf-8") as file:
        return [exports.result(row) for row in csv.DictReader(file)]


def write_lines(path, objects):
    path.write_text("".join(json.dumps(one) + "\n" for one in objects), encoding="utf-8")


# Forms of a time that leadcal reads, and what is near to one but is none.
TIMES = [
    "20240301T101112Z", "2024-03-01t10:11:12.123456789z", "2024-03-01 10:11,5", "2024-03-01T10", "2024-03-01T24:00",
    "2024-03-01T10+01", "2024-03-01T10:00+0100", "2024-03-01T1000+01:00:30", "2024-03-01T00:00-25:59",
    "2024-03-01T00+26",
    "2024-03-01T23:59:60Z", "2024-03-01T10:00[Europe/Paris]", "2024-03-01[+01:00][u-ca=gregory]",
    "2024-03-01T10Z[!a=b]",
    "+002024-03-01", "-000001-03-01T00:00", "-000000-03-01", "0000-02-29", "1900-02-29", "2024-02-30", "2024-3-1",
    "9999-12-30T21:59:59-00:00:01", "9999-12-30T21:59:59-00:00:02", "-009999-01-02T01:59:59Z", "2024-03-0110:00",
    "2024-03-01Z", "2024-0301", "202403-01", "2024-03-01T10:0012", "2024-03-01T10:00:00.1234567890Z", "\u0662024-03-01",
    "\u00852024-03-01\u3000", "\ufeff2024-03-01", "2024-03-01\x1c",
]  # fmt: skip


def test_forms_of_a_time(leadcal, figure, tmp_path):
    """Which texts are times, and which day they are of, as leadcal says."""
    model = {"product": None, "base_points": 0, "range": {"min": 0, "max": 10**7}, "attributes": []}
    model["groups"] = [{"name": "g", "min": 0, "max": 10**7}]
    # A point for every day of the last year, and one for every thousand before.
    days = [*range(1, 400), *range(1_000, 4_400_000, 1_000)]
    model["inactivity"] = {"group": "g", "steps": [{"after_days": day, "points": day} for day in days]}
    file, leads, out = (tmp_path / name for name in ["scoring.json", "leads.ndjson", "scores.csv"])
    config = {"format": "leadcal.scoring-config", "version": 1, "name": "times", "models": [model]}
    file.write_text(json.dumps(config), encoding="utf-8")
    write_lines(leads, [{"id": text, "created_at": text} for text in TIMES])
    as_of = "2024-12-31T00:00:00Z"
    leadcal("score", file, leads, "--id", "id", "--as-of", as_of, "-o", out, status=2)
    with out.open(newline="", encoding="utf-8") as scores:
        expected = {row["id"]: float(row["score"]) for row in csv.DictReader(scores)}
    for target in functions.TARGETS:
        module = functions.exported(leadcal, target, file, tmp_path, "score")
        [done] = functions.run(target, [(module, [job({"created_at": text}, (), as_of) for text in TIMES])], tmp_path)
        found = {text: one["score"]["score"] for text, one in zip(TIMES, done["results"]) if "score" in one}
        assert found == expected
        assert {one["field"] for one in done["results"] if "error" in one} == {"created_at"}
    figure(f"{len(TIMES)} forms of a time: {len(expected)} are times, the same in Node and CPython")
    assert 10 < len(expected) < len(TIMES) - 10


# Texts that stand in comments and strings of the functions; the first would tell Python another encoding.
HOSTILE = [
    "coding: utf-7",
    "*/ throw 1 //",
    '"""\nraise SystemExit(1)\n"""',
    "</script><script>throw 1</script>",
    "\u2028throw 1",
    "\\",
]


def test_hostile_names(leadcal, tmp_path):
    jobs = {target: [] for target in functions.TARGETS}
    for index, text in enumerate(HOSTILE):
        level = {"level": text, "when": {"in": [text]}, "points": 3}
        source = {"field": text, "type": "text", "missing": ["NA" + text]}
        attribute = {"name": text, "group": text, "input": source, "levels": [level]}
        model = {"product": text, "base_points": 1, "range": {"min": 0, "max": 9}, "attributes": [attribute]}
        model["groups"] = [{"name": text, "min": 0, "max": 9, "tiers": [{"name": text, "from": 0}]}]
        model["bands"] = [{"name": text, "from": 0, "action": text}]
        config = {"format": "leadcal.scoring-config", "version": 1, "name": text, "models": [model]}
        config["provenance"] = {key: text for key in ["tool", "from", "to"]}
        file = tmp_path / f"{index}.json"
        file.write_text(json.dumps(config), encoding="utf-8")
        for target, some in jobs.items():
            module = functions.exported(leadcal, target, file, tmp_path, str(index))
            assert module.read_text(encoding="utf-8").isascii()
            some.append((module, [job({"product": text, text: text})]))
    for target, some in jobs.items():
        for text, done in zip(HOSTILE, functions.run(target, some, tmp_path)):
            found = done["results"][0]["score"]
            assert [found[key] for key in ["product", "score", "band", "grade"]] == [text, 4, text, text]
            assert found["reasons"] == [{"name": text, "level": text, "points": 3}]


def test_python_3_9_reads_it(leadcal, scored, tmp_path):
    module = functions.exported(leadcal, "python", scored("notebooks-data").path, tmp_path, "score")
    ast.parse(module.read_text(encoding="utf-8"), feature_version=(3, 9))


@pytest.mark.parametrize("target", functions.TARGETS)
def test_the_documents_example(leadcal, tmp_path, target):
    """The code of docs/exports.md scores the lead of docs/scoring-config.md as that page says."""
    code = re.search(rf"```{target}\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)[1]
    contract = (REPOSITORY / "docs/scoring-config.md").read_text(encoding="utf-8")
    config, lead, events, expected = re.findall(r"```json\n(.*?)```", contract, re.DOTALL)[:4]
    file = tmp_path / "scoring.json"
    file.write_text(config, encoding="utf-8")
    module = functions.exported(leadcal, target, file, tmp_path, "score")
    (tmp_path / "lead.json").write_text(lead, encoding="utf-8")
    (tmp_path / "events.json").write_text(events, encoding="utf-8")
    example = tmp_path / ("example" + module.suffix)
    example.write_text(code, encoding="utf-8")
    program = "node" if target == "javascript" else sys.executable
    printed = subprocess.run([program, example], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    found = json.loads(printed)
    probability = found.pop("probability")
    wanted = json.loads(expected)
    assert round(probability, 5) == wanted.pop("probability")
    assert functions.differences(wanted, found) == []
