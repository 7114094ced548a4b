"""Leads as a CRM holds them, and leadcal's scores of what CRMs can express, for the tests of exports to CRMs.

No CRM's server runs here. What is tested is that an export has the form its documentation asks for, and that an evaluator
written from that documentation, not from the Rust, gives leadcal's scores wherever the list of losses claims no loss.
"""

import csv
import json
import math
import re

import exports
import scorer

# Parts that the tests' evaluators leave out.
FROM_EVENTS = {"behaviours", "inactivity"}
# Losses that take no points from a lead.
HARMLESS = re.compile(
    r"/models/0/(probability|expected_rate_by_score|bands(/\d+/(action|expected_rate))?|stages|groups(/\d+/tiers)?)"
)


def exported(leadcal, config, folder, target, *flags):
    """The folder a config is exported to, and the losses."""
    path, losses, files = folder / "config.json", folder / "losses.json", folder / target
    path.write_text(json.dumps(config), encoding="utf-8")
    # A target of one file goes into a folder that is there.
    files.mkdir()
    leadcal("export", path, "--to", target, "-o", files, "--losses", losses, *flags)
    return files, json.loads(losses.read_text(encoding="utf-8"))


def value(lead, field, kind, missing=()):
    """A field as a CRM keeps it: a text without blanks around it, a number, bool, day, or None."""
    found = scorer.understood(lead.get(field), kind, missing)
    if kind == "text":
        # Markers of missing values are texts to a CRM.
        raw = lead.get(field)
        return scorer.text(raw) if scorer.understood(raw, "text") is not scorer.MISSING else None
    return None if found is scorer.MISSING else found


def attribute_fields(config):
    """Type and markers of every field that attributes read, and of those that signals do."""
    fields = exports.inputs(config)
    for model in config["models"]:
        for signal in model.get("signals", []):
            for field in signal.get("fields", []):
                fields.setdefault(field, ("text", []))
    return fields


def names(config, rule, longest):
    """A tool's names of the config's fields: the rule's, numbered from the second of one name on, whatever the case."""
    made, taken = {}, set()
    for field in attribute_fields(config):
        name = rule(field)[:longest]
        numbered = (f"{name[: longest - len(f'_{n}')]}_{n}" for n in range(2, 1000))
        made[field] = next(name for name in [name, *numbered] if name.lower() not in taken)
        taken.add(made[field].lower())
    return made


def identifier(text, start):
    """ASCII letters and digits, single underscores between them, `start` before what begins with no letter."""
    name = "_".join(re.findall(r"[A-Za-z0-9]+", text))
    return name if name[:1].isalpha() else f"{start}{name}".rstrip("_")


def unheld(config, lead):
    """What of a lead no CRM holds: blanks around a text, an infinite number."""
    if any(isinstance(found, str) and found != found.strip() and found.strip() for found in lead.values()):
        return "blanks around a text"
    fields = attribute_fields(config).items()
    if any(value(lead, field, kind, missing) in (math.inf, -math.inf) for field, (kind, missing) in fields):
        return "an infinite number"
    return None


def model_of(config, lead):
    """The model that serves a lead, chosen by somebody else: no CRM's score chooses by product."""
    models = {model.get("product"): model for model in config["models"]}
    return models.get(lead.get("product"), models.get(None))


def title(config, model):
    """What the exports call a model."""
    return config["name"] if model.get("product") is None else f"{config['name']} {model['product']}"


def without_events(config):
    """The config without what needs events, or signals that a CRM cannot compute."""
    models = [
        {key: part for key, part in model.items() if key not in FROM_EVENTS | {"probability"}}
        | {"signals": [signal for signal in model.get("signals", []) if signal["kind"] == "filled_fields"]}
        for model in config["models"]
    ]
    return config | {"models": models}


def scores_without_events(config, leads, leadcal, folder):
    """leadcal's own scores with such a config."""
    path, table, out = folder / "alone.json", folder / "leads.csv", folder / "scores.csv"
    path.write_text(json.dumps(without_events(config)), encoding="utf-8")
    fields = ["product", *(field for field in attribute_fields(config) if field != "product")]
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(fields)
        writer.writerows([[cell(lead.get(field)) for field in fields] for lead in leads])
    leadcal("score", path, table, "-o", out)
    return [exports.result(row) for row in rows(out)]


def rows(file):
    with file.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def cell(found):
    if isinstance(found, bool):
        return str(found).lower()
    return "" if found is None else repr(found) if isinstance(found, float) else found


def conformance(leadcal, target, folder, harmless=HARMLESS):
    """The cases a CRM can express, with the export's folder, and why the others were left out, counted."""
    cases, left_out = [], {}
    for index, (name, case) in enumerate(exports.conformance_cases().items()):
        reason = None
        if "config" not in case or "expected" not in case:
            reason = "no score"
        elif len(case["config"]["models"]) > 1 or case["config"]["models"][0].get("product") is not None:
            reason = "products"
        else:
            reason = unheld(case["config"], case["lead"])
        if reason is None:
            path, losses = folder / "config.json", folder / "losses.json"
            path.write_text(json.dumps(case["config"]), encoding="utf-8")
            out = folder / f"case{index}"
            out.mkdir()
            leadcal("export", path, "--to", target, "-o", out, "--losses", losses)
            lost = [loss["pointer"] for loss in json.loads(losses.read_text(encoding="utf-8"))]
            lost = [pointer for pointer in lost if not harmless.fullmatch(pointer)]
            reason = lost[0].split("/")[3] if lost and lost[0].count("/") > 2 else "the rounding" if lost else None
        if reason is None:
            cases.append((name, case, out))
        else:
            left_out[reason] = left_out.get(reason, 0) + 1
    return cases, left_out
