"""`leadcal export --to mautic`: point actions and triggers that have the form of Mautic's entities, and points that add up."""

import copy
import fnmatch
import html
import json

import jsonschema
import pytest

import crm
import exports

# From Mautic's source: PointBundle's entities Point, Trigger and TriggerEvent with their validation, the forms that the REST API
# reads them by, and the actions that its bundles register.
TEXT = {"type": "string", "pattern": r"\S", "maxLength": 255}
INTEGER = {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}
LISTED = {"type": "array", "items": {"type": "integer"}}
URL_HIT = {
    "page_url": TEXT, "page_hits": {"type": ["integer", "null"]}, "first_time": {"type": "boolean"},
    "returns_within": INTEGER, "returns_after": INTEGER, "accumulative_time": INTEGER,
}  # fmt: skip
PROPERTIES = {
    "asset.download": {"assets": LISTED}, "email.open": {"emails": LISTED}, "email.send": {"emails": LISTED},
    "form.submit": {"forms": LISTED}, "page.hit": {"pages": LISTED}, "url.hit": URL_HIT,
}  # fmt: skip


def form(**keys):
    return {"type": "object", "properties": keys, "required": list(keys), "additionalProperties": False}


POINT = form(
    name=TEXT,
    description={"type": "string"},
    type={"enum": list(PROPERTIES), "maxLength": 50},
    isPublished={"const": False},
    repeatable={"type": "boolean"},
    delta=INTEGER,
    properties={"type": "object"},
) | {"allOf": [{"if": {"properties": {"type": {"const": kind}}}, "then": {"properties": {"properties": form(**keys)}}} for kind, keys in PROPERTIES.items()]}  # fmt: skip
TAGS = {"type": "array", "items": TEXT}
EVENT = form(name=TEXT, type={"const": "lead.changetags"}, order=INTEGER, properties=form(add_tags=TAGS, remove_tags=TAGS))
TRIGGER = form(
    name=TEXT,
    description={"type": "string"},
    isPublished={"const": False},
    points=INTEGER,
    color={"type": "string", "pattern": "^[0-9a-f]{6}$"},
    triggerExistingLeads={"const": False},
    events={"type": "array", "items": EVENT, "minItems": 1},
)


def exported(leadcal, config, folder, *flags):
    files, losses = crm.exported(leadcal, config, folder, "mautic", *flags)
    return read(files), losses


def read(folder):
    """The actions and triggers of each model, both checked."""
    models = {}
    for file in sorted(folder.glob("*.json")):
        stem, kind, _ = file.name.rsplit(".", 2)
        models.setdefault(stem, {})[kind] = json.loads(file.read_text(encoding="utf-8"))
    for model in models.values():
        for kind, schema in [("points", POINT), ("triggers", TRIGGER)]:
            jsonschema.Draft202012Validator({"type": "array", "items": schema}).validate(model[kind])
    return models


def points(actions, events, kinds):
    """What a contact has after its events: PointModel::triggerAction and PageBundle's PointActionHelper::validateUrlHit."""
    total, done = 0, set()
    for event in events:
        for index, action in enumerate(actions):
            if kinds.get(event["name"]) != action["type"] or (index in done and not action["repeatable"]):
                continue
            if action["type"] == "url.hit":
                url = "https://example.com" + event["properties"].get("page", "/")
                if not fnmatch.fnmatchcase(url, html.unescape(action["properties"]["page_url"].strip())):
                    continue
            total += action["delta"]
            done.add(index)
    return total


@pytest.mark.parametrize("name", exports.CONFIGS)
def test_actions_and_triggers_fit_the_entities(leadcal, scored, tmp_path, figure, name):
    data = scored(name)
    models, losses = exported(leadcal, data.config, tmp_path)
    assert len(models) == len(data.config["models"])
    # Every attribute, and each behaviour at least once, is in the list of losses: nothing of them is claimed.
    for number, model in enumerate(data.config["models"]):
        for key in ["attributes", "behaviours", "signals"]:
            for index in range(len(model.get(key, []))):
                assert any(loss["pointer"].startswith(f"/models/{number}/{key}/{index}") for loss in losses)
    actions, triggers = (sum(len(model[kind]) for model in models.values()) for kind in ["points", "triggers"])
    figure(f"mautic: {name}: {actions} point actions and {triggers} triggers fit, {len(losses)} losses")


def test_points_of_events_add_up(leadcal, scored, tmp_path, figure):
    """Behaviours that Mautic has all of: whole points, no window, decay or limit, each time or the first time."""
    data = scored("notebooks-data")
    (model,) = [copy.deepcopy(model) for model in data.config["models"] if model.get("product") is None]
    kinds = {"page_view": "url.hit", "email_open": "email.open", "email_click": "email.send", "form_submit": "form.submit"}
    names = {event["name"] for events in data.events for event in events}
    kinds = {event: kind for event, kind in kinds.items() if event in names}
    assert len(kinds) >= 2
    pages = sorted({e["properties"]["page"] for events in data.events for e in events if "page" in e["properties"]})[:3]
    rules = [{"event": event, "points_each": 2.0 + index} for index, event in enumerate(sorted(kinds))]
    rules += [{"event": "page_view", "points_each": -3.0, "where": {"page": [page]}, "max_times": 1} for page in pages[:2]]
    rules += [{"event": "page_view", "points_each": 11.0, "where": {"page": pages}}]
    model |= {
        "attributes": [], "signals": [], "base_points": 0, "range": {"min": -1e9, "max": 1e9},
        "groups": [{"name": "g", "min": -1e9, "max": 1e9}],
        "behaviours": [rule | {"name": f"b{index}", "group": "g", "window_days": 100_000} for index, rule in enumerate(rules)],
    }  # fmt: skip
    for key in ["inactivity", "bands", "stages", "probability", "expected_rate_by_score"]:
        model.pop(key, None)
    config = data.config | {"models": [model]}
    renames = [flag for event, kind in kinds.items() for flag in ["--rename", f"{event}={kind}"]]
    models, losses = exported(leadcal, config, tmp_path, *renames)
    # Without a limit of events no limit of a group holds them all; these points stay far below it.
    assert {loss["pointer"].rsplit("/", 1)[1] for loss in losses} == {"window_days", "where", "range", "0"}
    ((actions, _),) = [(model["points"], model["triggers"]) for model in models.values()]
    out, as_of = tmp_path / "scores.csv", "2100-01-01T00:00:00Z"
    leads = exports.REPOSITORY / "notebooks-data/leads.csv"
    leadcal("score", tmp_path / "config.json", leads, "--events", exports.EVENTS, "--as-of", as_of, "-o", out)
    known = [float(row["raw"]) for row in crm.rows(out)]
    found = [points(actions, sorted(events, key=lambda event: event["time"]), kinds) for events in data.events]
    different = sum(a != b for a, b in zip(found, known, strict=True))
    figure(f"mautic: {len(found)} contacts with {sum(map(len, data.events))} events, {different} with other points")
    assert different == 0 and len(set(found)) > 10
