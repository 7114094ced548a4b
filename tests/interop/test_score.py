"""`leadcal score` against scorer.py, which knows nothing but docs/scoring-config.md; and outputs that do not vary."""

import csv
import io
import json
import math
import random
import re
import shutil

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

import history
import scorer
from conftest import REPOSITORY

DOCUMENT = REPOSITORY / "docs/scoring-config.md"
EXACT = ["score", "rounded", "raw"]
NAMES = ["band", "stage", "grade"]


def scored(leadcal, config, leads, *flags, **options):
    return list(csv.DictReader(io.StringIO(leadcal("score", config, leads, *flags, **options))))


def assert_equal(found, config, leads):
    """Every lead's output is scorer.py's: to the bit, the probability to 1e-12. Returns the largest difference of those."""
    assert len(found) == len(leads)
    worst = 0.0
    for ours, lead in zip(found, leads):
        theirs = scorer.score(config, lead)
        for key in EXACT:
            assert float(ours[key]) == theirs[key], (key, ours, theirs, lead)
        for key in NAMES:
            assert (ours[key] or None) == theirs[key], (key, ours, theirs, lead)
        assert (ours["probability"] == "") == (theirs["probability"] is None)
        if theirs["probability"] is not None:
            worst = max(worst, abs(float(ours["probability"]) - theirs["probability"]))
        if "reasons" in ours:
            assert ours["reasons"] == told(theirs["reasons"]), lead
    assert worst < 1e-12
    return worst


def told(reasons):
    """Reasons in one cell, as the CSV has them: points in hundredths, half away from zero, unless nothing were left of them."""
    texts = []
    for reason in reasons:
        exact = reason["points"]
        hundredths = math.copysign(math.floor(abs(exact) * 100 + 0.5) / 100, exact)
        points = scorer.text(hundredths or exact)
        sign = "" if points.startswith("-") else "+"
        level = f" = {reason['level']}" if reason["level"] is not None else ""
        texts.append(f"{sign}{points} {reason['name']}{level}")
    return "; ".join(texts)


@pytest.mark.parametrize("name", ["notebooks-data", "bank-full", "leads_x_education"])
def test_emitted_configs(name, leadcal, calibrated, spec, figure):
    folder, _ = calibrated(spec(name))
    config = json.loads((folder / "scoring.json").read_text())
    past = history.read(spec(name))
    worst = assert_equal(scored(leadcal, folder / "scoring.json", past.path, "--explain"), config, past.leads)
    figure(f"score, {name}: {len(past.leads)} leads equal, probability within {worst:.1e}")


@pytest.mark.parametrize("name", ["notebooks-data", "bank-full", "leads_x_education"])
def test_expected_rates(name, leadcal, calibrated, spec, figure):
    """The curve from score to rate is statsmodels', and a band's expected rate that of the leads in it."""
    folder, summary = calibrated(spec(name))
    [model] = json.loads((folder / "scoring.json").read_text())["models"]
    past = history.read(spec(name))
    found = scored(leadcal, folder / "scoring.json", past.path)
    scores = np.array([float(lead["score"]) for lead in found])
    theirs = sm.Logit(past.converted, sm.add_constant(scores)).fit(tol=1e-12, disp=0).params
    curve = model["expected_rate_by_score"]
    worst = float(np.max(np.abs(np.array([curve["intercept"], curve["slope"]]) / theirs - 1)))
    assert worst < 1e-9
    for band, told in zip(model["bands"], summary["bands"], strict=True):
        held = np.array([lead["band"] == band["name"] for lead in found])
        assert (told["name"], told["from"]) == (band["name"], band["from"])
        assert (told["leads"], told["conversions"]) == (held.sum(), past.converted[held].sum())
        assert abs(band["expected_rate"] - past.converted[held].mean()) <= 0.5001e-6  # six decimals
    figure(f"score curve, {name}: largest relative difference to statsmodels {worst:.1e}")


SIGNALS = [
    {"name": "free", "group": "second", "kind": "free_email_domain", "field": "email", "also": ["harborware.jp.example"], "points": -3.3},
    {"name": "thrown away", "group": "second", "kind": "disposable_email_domain", "field": "email", "points": -7.1},
    {"name": "own domain", "group": "first", "kind": "company_email_domain", "field": "email", "company": "company", "points": 1.7},
    {"name": "keys", "group": "second", "kind": "keyboard_run", "field": "first_name", "points": -2.7},
    {"name": "keys of 3", "group": "first", "kind": "keyboard_run", "field": "last_name", "layouts": ["qwertz", "azerty"], "min_run": 3, "points": 0.9},
    {"name": "small", "group": "first", "kind": "uncapitalised", "field": "last_name", "points": -1.9},
    {"name": "small first name", "group": "second", "kind": "uncapitalised", "field": "first_name", "points": -1.1},
    {"name": "filled", "group": "first", "kind": "filled_fields", "fields": ["phone", "seats", "email"], "points": 1.3},
]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_edited_configs(seed, leadcal, calibrated, spec, tmp_path):
    """Configs nobody calibrated: decimals, tight limits, tiers, stages, signals, a model a product, values without a level."""
    rng = random.Random(seed)
    folder, _ = calibrated(spec("notebooks-data"))
    config = json.loads((folder / "scoring.json").read_text())
    [calibrated_model] = config["models"]
    config["models"] = [edited(rng, calibrated_model, product) for product in ["Flow", None, "Desk"]]
    (tmp_path / "scoring.json").write_text(json.dumps(config))
    path = REPOSITORY / "notebooks-data/leads.csv"
    leads = history.read_csv(path)
    found = scored(leadcal, tmp_path / "scoring.json", path, "--explain")
    assert_equal(found, config, leads)
    # The edits bite: limits are reached, and every band, stage and grade occurs.
    assert len({lead["band"] for lead in found}) == 3
    assert len({lead["grade"] for lead in found}) > 3
    assert {lead["stage"] for lead in found} == {"", "MQL", "SQL"}
    assert sum(lead["rounded"] != lead["score"] for lead in found) > 0


def edited(rng, calibrated_model, product):
    model = json.loads(json.dumps(calibrated_model))
    model["product"] = product
    model["base_points"] = round(rng.uniform(20, 40), 1)
    model["range"] = {"min": 10, "max": 60}
    tiers = lambda *marks: [{"name": name, "from": mark} for name, mark in zip("ABC", marks)]
    model["groups"] = [
        {"name": "first", "min": -12.5, "max": 15.25, "tiers": tiers(8, 0.1, -12.5)},
        {"name": "second", "min": -10, "max": 10},
        {"name": "third", "min": -10, "max": 10, "tiers": tiers(5, -5.5, -20)},
    ]
    for attribute in model["attributes"]:
        attribute["group"] = rng.choice(["first", "second", "third"])
        named = [level for level in attribute["levels"] if isinstance(level["when"], dict)]
        # A number without a cut is "any" or missing: an attribute needs one level at least.
        if rng.random() < 0.3 and named:
            attribute["levels"] = named
        for level in attribute["levels"]:
            level.pop("evidence", None)
            level["points"] = round(rng.gauss(0, 5), rng.choice([0, 1, 3]))
    kept = {(attribute["name"], level["level"]) for attribute in model["attributes"] for level in attribute["levels"]}
    probability = model["probability"]
    probability["terms"] = [term for term in probability["terms"] if (term.get("attribute"), term.get("level")) in kept]
    model["signals"] = SIGNALS
    model["bands"] = [{"name": "cold", "from": 10}, {"name": "warm", "from": 27.5}, {"name": "hot", "from": 41}]
    model["stages"] = [{"name": "MQL", "from": 30}, {"name": "SQL", "from": 44}]
    return model


def test_documented_example():
    """The document's lead, with events, decay and all, has the document's result: scorer.py reads it as it is meant."""
    blocks = re.findall(r"```json\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    config, lead, events, expected = map(json.loads, blocks[:4])
    found = scorer.score(config, lead, events, "2024-05-15T12:00:00Z")
    assert abs(found.pop("probability") - expected.pop("probability")) < 5e-6
    assert found == expected


@pytest.fixture
def example(leadcal, calibrated, spec):
    """The example data's config and leads as polars reads them, with numbers and booleans as such."""
    folder, _ = calibrated(spec("notebooks-data"))
    path = REPOSITORY / "notebooks-data/leads.csv"
    return folder / "scoring.json", path, pl.read_csv(path)


@pytest.mark.parametrize("extension", ["ndjson", "parquet", "tsv"])
def test_formats_score_alike(extension, leadcal, example, tmp_path):
    config, path, frame = example
    assert frame.schema["seats"] == pl.Int64
    file = tmp_path / f"leads.{extension}"
    if extension == "tsv":
        frame.write_csv(file, separator="\t")
    else:
        getattr(frame, f"write_{extension}")(file)
    flags = ["--id", "id", "--explain"]
    assert leadcal("score", config, file, *flags) == leadcal("score", config, path, *flags)


def test_outputs_hold_the_same(leadcal, example, tmp_path):
    config, path, _ = example
    printed = list(csv.DictReader(io.StringIO(leadcal("score", config, path, "--id", "id"))))
    for extension, read in {"parquet": pl.read_parquet, "ndjson": pl.read_ndjson, "csv": pl.read_csv}.items():
        leadcal("score", config, path, "--id", "id", "-o", tmp_path / f"scores.{extension}")
        written = read(tmp_path / f"scores.{extension}").to_dicts()
        assert len(written) == len(printed)
        for ours, theirs in zip(written, printed):
            assert all(float(theirs[key]) == ours[key] for key in [*EXACT, "probability"])
            assert all((theirs[key] or None) == ours[key] for key in [*NAMES, "id"])


def test_same_bytes_whatever_the_row_order_and_the_threads(leadcal, tmp_path):
    """points.json, model.json and scoring.json; of the last all but the hash of the file, whose bytes do differ."""
    spec = (REPOSITORY / "notebooks-data/leadcal.toml").read_text(encoding="utf-8")
    header, *rows = (REPOSITORY / "notebooks-data/leads.csv").read_text(encoding="utf-8").splitlines()
    shuffled = random.Random(0).sample(rows, len(rows))
    runs = {"as they are": (rows, 2), "one thread": (rows, 1), "reversed": (rows[::-1], 2), "shuffled": (shuffled, 1)}
    made = {}
    for name, (order, threads) in runs.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / "leadcal.toml").write_text(spec, encoding="utf-8")
        shutil.copy(REPOSITORY / "notebooks-data/events.parquet", folder)
        (folder / "leads.csv").write_text("\n".join([header, *order]) + "\n", encoding="utf-8")
        leadcal("calibrate", folder / "leadcal.toml", "-o", folder / "out", threads=threads)
        made[name] = {file.name: file.read_bytes() for file in sorted((folder / "out").glob("*.json"))}
    assert list(made["as they are"]) == ["model.json", "points.json", "scoring.json"]
    assert made["one thread"] == made["as they are"]
    for name in ["reversed", "shuffled"]:
        for file, content in made[name].items():
            assert without_hash(content) == without_hash(made["as they are"][file]), (name, file)


def without_hash(content):
    return re.sub(rb'"leads_sha256": "[0-9a-f]{64}"', b"", content)


def test_formats_calibrate_alike(leadcal, example, tmp_path):
    """The same leads from three formats make the same bytes, but for the file's hash.

    The columns are sorted because leadcal takes those of NDJSON by name, and folds are dealt in the order of columns.
    """
    _, _, frame = example
    frame = frame.select(sorted(frame.columns))
    made = []
    for extension, write in {"csv": frame.write_csv, "parquet": frame.write_parquet, "ndjson": frame.write_ndjson}.items():
        write(tmp_path / f"leads.{extension}")
        flags = ["--outcome", "converted", "--exclude", "first_name,last_name", "-o", tmp_path / extension]
        leadcal("calibrate", tmp_path / f"leads.{extension}", *flags)
        made.append({file.name: without_hash(file.read_bytes()) for file in (tmp_path / extension).glob("*.json")})
    assert len(made[0]) == 3
    assert made[0] == made[1]
    assert made[0] == made[2]


def test_emit_joins_what_calibrate_wrote(leadcal, calibrated, spec, tmp_path):
    """`points`, `fit` and `emit` one after the other make the models that `calibrate` makes at once."""
    file = spec("notebooks-data")
    folder, _ = calibrated(file)
    leadcal("points", file, "-o", tmp_path / "points.json")
    leadcal("fit", file, "-o", tmp_path / "model.json")
    parts = ["--points", tmp_path / "points.json", "--model", tmp_path / "model.json"]
    leadcal("emit", *parts, "--spec", file, "-o", tmp_path / "scoring.json")
    for name in ["points.json", "model.json"]:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
    emitted, at_once = (json.loads((place / "scoring.json").read_text())["models"] for place in (tmp_path, folder))
    assert emitted == at_once
