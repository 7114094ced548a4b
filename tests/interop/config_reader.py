"""A strict reader of scoring configs, written from docs/scoring-config.md alone: it refuses what the document calls an error.

`read` gives the config without the keys that are null because they are left out, or raises `Refused` with the pointer of the
first mistake: the shape of everything is checked first, its meaning second.
"""

import json
import math
import re
from datetime import date

from scorer import BLANKS

LARGEST = 1_000_000_000
LARGEST_WHOLE = 2**32 - 1
NEVER_NULL = {"tiers", "behaviours", "signals", "bands", "stages", "missing", "where", "once_a_day"}


class Refused(Exception):
    """What is wrong, and the JSON pointer of where."""

    def __init__(self, pointer, message):
        super().__init__(f"{pointer}: {message}")
        self.pointer = pointer


def read(text):
    document = parse(text)
    repeated(document, "")
    if not isinstance(document, dict) or "format" not in document:
        raise Refused("", "no scoring config")
    if document["format"] != "leadcal.scoring-config":
        raise Refused("/format", "another format")
    if "version" not in document:
        raise Refused("", "no version")
    if document["version"] != 1 or isinstance(document["version"], bool):
        raise Refused("/version", "another version")
    config = CONFIG(document, "")
    check_config(config)
    return config


# JSON


class Pairs(dict):
    """An object that knows a key which stands twice in it."""

    twice = None


def parse(text):
    def pairs(found):
        made = Pairs(found)
        keys = [key for key, _ in found]
        made.twice = next((key for at, key in enumerate(keys) if key in keys[:at]), None)
        return made

    def double(digits):
        if math.isinf(float(digits)):
            raise ValueError(digits)
        return float(digits)

    def constant(word):
        raise ValueError(word)

    try:
        return json.loads(
            text.removeprefix("\ufeff"), object_pairs_hook=pairs, parse_float=double, parse_constant=constant
        )
    except ValueError as error:
        raise Refused("", "not JSON") from error


def repeated(value, pointer):
    if isinstance(value, dict):
        if value.twice is not None:
            raise Refused(below(pointer, value.twice), "stands twice")
        for key, inner in value.items():
            repeated(inner, below(pointer, key))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            repeated(inner, below(pointer, index))


def below(pointer, key):
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


# Shapes: each takes a value and its pointer, and gives the value back


def number(least=-LARGEST, most=LARGEST):
    def check(value, pointer):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
            raise Refused(pointer, f"expected a number from {least} to {most}")
        return value

    return check


def whole(least, most=LARGEST_WHOLE):
    def check(value, pointer):
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Refused(pointer, f"expected a whole number from {least} to {most}")
        return value

    return check


def of_type(kind):
    def check(value, pointer):
        if not isinstance(value, kind):
            raise Refused(pointer, f"expected {kind}")
        return value

    return check


text, boolean = of_type(str), of_type(bool)


def name(value, pointer):
    if not text(value, pointer).strip(BLANKS):
        raise Refused(pointer, "an empty name")
    return value


def one_of(*words):
    def check(value, pointer):
        if value not in words:
            raise Refused(pointer, f"expected one of {words}")
        return value

    return check


def list_of(item, least=0):
    def check(value, pointer):
        if not isinstance(value, list) or len(value) < least:
            raise Refused(pointer, "expected a list, empty only where that is allowed")
        return [item(inner, below(pointer, index)) for index, inner in enumerate(value)]

    return check


def interval(value, pointer):
    ends = list_of(number())(value, pointer)
    if len(ends) != 2 or ends[0] > ends[1]:
        raise Refused(pointer, "expected two ends in their order")
    return ends


def above_zero(value, pointer):
    if number()(value, pointer) <= 0:
        raise Refused(pointer, "expected a number above 0")
    return value


def nothing_or(check):
    return lambda value, pointer: None if value is None else check(value, pointer)


def scalar(value, pointer):
    if not isinstance(value, (str, bool, int, float)):
        raise Refused(pointer, "expected a text, a number or a boolean")
    return value


def object_of(required, optional=None):
    known = {**required, **(optional or {})}

    def check(value, pointer):
        if not isinstance(value, dict):
            raise Refused(pointer, "expected an object")
        for key in value:
            if key not in known:
                raise Refused(below(pointer, key), "unknown key")
        for key in required:
            if key not in value:
                raise Refused(pointer, f"no key {key}")
        left_out = {key for key in value if value[key] is None and key not in required and key not in NEVER_NULL}
        return {key: known[key](value[key], below(pointer, key)) for key in value if key not in left_out}

    return check


def where(value, pointer):
    if not isinstance(value, dict):
        raise Refused(pointer, "expected an object")
    for key in value:
        name(key, below(pointer, key))
    return {key: list_of(scalar, 1)(values, below(pointer, key)) for key, values in value.items()}


def when(value, pointer):
    if value in ("missing", "otherwise"):
        return value
    value = object_of({}, {"in": list_of(scalar, 1), "from": bound, "below": bound})(value, pointer)
    if not value or "in" in value and len(value) > 1:
        raise Refused(pointer, "expected a list, or a range of one end or two")
    return value


def bound(value, pointer):
    if isinstance(value, str):
        return day(value, pointer)
    return number(-math.inf, math.inf)(value, pointer)


def day(value, pointer):
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise Refused(pointer, "expected a day")
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise Refused(pointer, "expected a day") from error
    return value


SIGNAL_KEYS = {
    "free_email_domain": ({"field": name}, {"also": list_of(name)}),
    "disposable_email_domain": ({"field": name}, {"also": list_of(name)}),
    "company_email_domain": ({"field": name, "company": name}, {}),
    "keyboard_run": (
        {"field": name},
        {"layouts": list_of(one_of("azerty", "qwerty", "qwertz"), 1), "min_run": whole(2)},
    ),
    "uncapitalised": ({"field": name}, {}),
    "filled_fields": ({"fields": list_of(name, 1)}, {}),
}


def signal(value, pointer):
    always = {"name": name, "group": text, "kind": one_of(*SIGNAL_KEYS), "points": number()}
    every = {key: lambda value, _: value for kind in SIGNAL_KEYS.values() for keys in kind for key in keys}
    value = object_of(always, every)(value, pointer)
    required, optional = SIGNAL_KEYS[value["kind"]]
    # A key that another kind has does not fit together with this one's kind: the pointer is the signal's.
    if not set(value) <= {*always, *required, *optional}:
        raise Refused(pointer, "a key of another kind")
    return object_of({**always, **required}, optional)(value, pointer)


def term(value, pointer):
    of = {"attribute": text, "level": text, "behaviour": text, "signal": text, "inactivity_days": whole(0)}
    value = object_of({"coefficient": number()}, of)(value, pointer)
    if {*value} - {"coefficient"} not in ({"attribute", "level"}, {"behaviour"}, {"signal"}, {"inactivity_days"}):
        raise Refused(pointer, "a term belongs to one thing")
    return value


def counts(required, optional):
    """An object with leads and conversions."""

    def check(value, pointer):
        value = object_of(required, optional)(value, pointer)
        if value.get("conversions", 0) > value.get("leads", math.inf):
            raise Refused(below(pointer, "conversions"), "more conversions than leads")
        return value

    return check


COUNT, RATE = whole(0, 2**64 - 1), number(0, 1)
EVIDENCE = counts(
    {"leads": COUNT, "conversions": COUNT, "rate": RATE, "lift": number(), "conclusive": boolean},
    {"points_interval": interval},
)
PROVENANCE = counts(
    {},
    {"leads": COUNT, "conversions": COUNT}
    | dict.fromkeys(["tool", "leads_sha256", "events_sha256", "from", "to", "spec_sha256"], text),
)
GROUP = object_of(
    {"name": name, "min": number(), "max": number()},
    {"tiers": list_of(object_of({"name": name, "from": number()}))},
)
ATTRIBUTE = object_of(
    {
        "name": name,
        "group": text,
        "input": object_of(
            {"field": name, "type": one_of("number", "text", "boolean", "date")}, {"missing": list_of(text)}
        ),
        "levels": list_of(object_of({"level": name, "when": when, "points": number()}, {"evidence": EVIDENCE}), 1),
    }
)
BEHAVIOUR = object_of(
    {"name": name, "group": text, "window_days": whole(1), "points_each": number()},
    {"event": name, "where": where, "once_a_day": boolean, "max_times": whole(1), "half_life_days": above_zero},
)
STEP = object_of({"after_days": whole(0), "points": number()})
MODEL = object_of(
    {
        "base_points": number(),
        "range": object_of({"min": number(), "max": number()}),
        "groups": list_of(GROUP, 1),
        "attributes": list_of(ATTRIBUTE),
    },
    {
        "product": nothing_or(name),
        "behaviours": list_of(BEHAVIOUR),
        "signals": list_of(signal),
        "inactivity": object_of({"group": text, "steps": list_of(STEP, 1)}),
        "bands": list_of(object_of({"name": name, "from": number()}, {"action": text, "expected_rate": RATE})),
        "stages": list_of(object_of({"name": name, "from": number()})),
        "probability": object_of(
            {"kind": one_of("logistic"), "intercept": number(), "terms": list_of(term)},
        ),
        "expected_rate_by_score": object_of({"intercept": number(), "slope": number()}),
    },
)
CONFIG = object_of(
    {"format": text, "version": whole(1), "name": name, "models": list_of(MODEL, 1)}, {"provenance": PROVENANCE}
)


# Meaning


def check_config(config):
    unique([model.get("product") for model in config["models"]], "/models/{}/product")
    for index, model in enumerate(config["models"]):
        check_model(model, f"/models/{index}")


def check_model(model, at):
    ordered_limits(model["range"], f"{at}/range")
    named(model["groups"], f"{at}/groups")
    for index, group in enumerate(model["groups"]):
        here = f"{at}/groups/{index}"
        ordered_limits(group, here)
        tiers = group.get("tiers", [])
        named(tiers, f"{here}/tiers")
        ascending([-tier["from"] for tier in tiers], here + "/tiers/{}/from")
        if tiers and tiers[-1]["from"] > group["min"]:
            raise Refused(f"{here}/tiers/{len(tiers) - 1}/from", "sums below the last tier")
    groups = {group["name"] for group in model["groups"]}
    for part in ("attributes", "behaviours", "signals"):
        named(model.get(part, []), f"{at}/{part}")
        for index, rule in enumerate(model.get(part, [])):
            in_groups(rule, groups, f"{at}/{part}/{index}")
    for index, attribute in enumerate(model["attributes"]):
        check_levels(attribute, f"{at}/attributes/{index}/levels")
    for index, behaviour in enumerate(model.get("behaviours", [])):
        for key, values in behaviour.get("where", {}).items():
            unique(map(typed, values), below(f"{at}/behaviours/{index}/where", key) + "/{}")
    for index, rule in enumerate(model.get("signals", [])):
        unique(rule.get("fields", []), f"{at}/signals/{index}/fields/{{}}")
        if rule["kind"] == "company_email_domain" and rule["field"] == rule["company"]:
            raise Refused(f"{at}/signals/{index}/company", "needs another field")
    if "inactivity" in model:
        in_groups(model["inactivity"], groups, f"{at}/inactivity")
        days = [step["after_days"] for step in model["inactivity"]["steps"]]
        ascending(days, at + "/inactivity/steps/{}/after_days")
    for part in ("bands", "stages"):
        named(model.get(part, []), f"{at}/{part}")
        ascending([step["from"] for step in model.get(part, [])], f"{at}/{part}/{{}}/from")
    if model.get("bands") and model["bands"][0]["from"] > model["range"]["min"]:
        raise Refused(f"{at}/bands/0/from", "scores below the first band")
    if "probability" in model:
        check_terms(model, f"{at}/probability/terms")


def unique(values, pointer):
    seen = []
    for index, value in enumerate(values):
        if value in seen:
            raise Refused(pointer.format(index), "stands twice")
        seen.append(value)


def typed(value):
    """True is not 1 where values are compared."""
    return (isinstance(value, bool), isinstance(value, str), value)


def named(things, at):
    unique([thing["name"] for thing in things], at + "/{}/name")


def ascending(values, pointer):
    for index in range(1, len(values)):
        if values[index] <= values[index - 1]:
            raise Refused(pointer.format(index), "out of order")


def ordered_limits(limits, at):
    if limits["min"] > limits["max"]:
        raise Refused(f"{at}/min", "min above max")


def in_groups(rule, groups, at):
    if rule["group"] not in groups:
        raise Refused(f"{at}/group", "no such group")


def check_levels(attribute, at):
    kind = attribute["input"]["type"]
    markers = {"", *attribute["input"].get("missing", [])}
    unique([level["level"] for level in attribute["levels"]], at + "/{}/level")
    listed, ranges, missing = [], [], False
    for index, level in enumerate(attribute["levels"]):
        rule, here = level["when"], f"{at}/{index}/when"
        if rule == "otherwise":
            if index < len(attribute["levels"]) - 1:
                raise Refused(here, "otherwise stands last")
        elif rule == "missing":
            if missing:
                raise Refused(here, "missing stands twice")
            missing = True
        elif "in" in rule:
            for place, value in enumerate(rule["in"]):
                check_listed(value, kind, markers, listed, ranges, f"{here}/in/{place}")
                listed.append(value)
        else:
            check_range(rule, kind, ranges, here)
            ranges.append(rule)


def check_listed(value, kind, markers, listed, ranges, here):
    fits = {"number": number(-math.inf, math.inf), "text": text, "boolean": boolean}.get(kind)
    if not fits:
        raise Refused(here, "no lists for dates")
    fits(value, here)
    if value in listed:
        raise Refused(here, "listed twice")
    if kind == "text" and value.strip(BLANKS) in markers:
        raise Refused(here, "means missing")
    if kind == "number" and any(inside(value, other) for other in ranges):
        raise Refused(here, "in an earlier range")


def inside(value, rule):
    return ("from" not in rule or rule["from"] <= value) and ("below" not in rule or value < rule["below"])


def check_range(rule, kind, ranges, here):
    if kind in ("text", "boolean"):
        raise Refused(f"{here}/{next(iter(rule))}", "no ranges for texts and booleans")
    for end, value in rule.items():
        if isinstance(value, str) != (kind == "date"):
            raise Refused(f"{here}/{end}", "a bound of another type")
    if "from" in rule and "below" in rule and rule["from"] >= rule["below"]:
        raise Refused(here, "an empty range")
    for other in ranges:
        apart = "below" in rule and "from" in other and rule["below"] <= other["from"]
        apart |= "from" in rule and "below" in other and rule["from"] >= other["below"]
        if not apart:
            raise Refused(here, "overlaps another range")


def check_terms(model, at):
    levels = {(a["name"], level["level"]) for a in model["attributes"] for level in a["levels"]}
    known = {
        "behaviour": {rule["name"] for rule in model.get("behaviours", [])},
        "signal": {rule["name"] for rule in model.get("signals", [])},
        "inactivity_days": {step["after_days"] for step in model.get("inactivity", {}).get("steps", [])},
    }
    seen = []
    for index, entry in enumerate(model["probability"]["terms"]):
        of = {key: value for key, value in entry.items() if key != "coefficient"}
        last = "level" if "level" in of else next(iter(of))
        if last != "level" and of[last] not in known[last]:
            raise Refused(f"{at}/{index}/{last}", "does not exist")
        if last == "level" and (of["attribute"], of["level"]) not in levels:
            exists = any(attribute == of["attribute"] for attribute, _ in levels)
            raise Refused(f"{at}/{index}/{'level' if exists else 'attribute'}", "does not exist")
        if of in seen:
            raise Refused(f"{at}/{index}/{last}", "stands twice")
        seen.append(of)
