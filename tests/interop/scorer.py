"""A scorer written from docs/scoring-config.md alone: the second opinion on every score leadcal gives.

Plain and slow on purpose. Numbers in the headings below are the steps of the document's "How a lead is scored".
"""

import math
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

MISSING = object()
TRUE, FALSE = {"true", "yes", "t", "y", "1"}, {"false", "no", "f", "n", "0"}
ROWS = {
    "azerty": ["azertyuiop", "qsdfghjklm", "wxcvbn"],
    "qwerty": ["qwertyuiop", "asdfghjkl", "zxcvbnm"],
    "qwertz": ["qwertzuiopü", "asdfghjklöä", "yxcvbnm"],
}
SIGNALS = Path(__file__).parents[2] / "crates/lift/src/signals"


class WrongType(Exception):
    """A value that cannot be understood as its input's type."""


# How a value is understood


def understood(value, kind, missing=()):
    """The value as a float, text, bool or day (a text that sorts), or MISSING."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return MISSING
    if isinstance(value, str) and (not value.strip() or value.strip() in missing):
        return MISSING
    if kind == "number":
        return number(value)
    if kind == "boolean":
        return boolean(value)
    if kind == "date":
        return day(value)
    return text(value)


def number(value):
    if isinstance(value, bool):
        raise WrongType(value)
    if not isinstance(value, str):
        return float(value)
    try:
        if "_" in value:
            raise ValueError(value)
        found = float(value)
    except ValueError:
        raise WrongType(value) from None
    return MISSING if math.isnan(found) else found


def boolean(value):
    if isinstance(value, bool):
        return value
    word = str(int(value)) if isinstance(value, float) and value in (0, 1) else str(value).strip().lower()
    if word not in TRUE | FALSE:
        raise WrongType(value)
    return word in TRUE


def day(value):
    found = re.match(r"(\d{4}-\d{2}-\d{2})(?:[T ]|$)", value.strip()) if isinstance(value, str) else None
    if not found:
        raise WrongType(value)
    return found[1]


def text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(int(value)) if value == int(value) else repr(value)
    return value


def holds(when, value):
    if when == "otherwise":
        return True
    if when == "missing":
        return value is MISSING
    if value is MISSING:
        return False
    if "in" in when:
        return any(isinstance(listed, bool) == isinstance(value, bool) and listed == value for listed in when["in"])
    return ("from" not in when or value >= when["from"]) and ("below" not in when or value < when["below"])


def first_level(attribute, value):
    """Index of the first level of an attribute that holds; -1 where none does."""
    source = attribute["input"]
    value = understood(value, source["type"], source.get("missing", ()))
    return next((index for index, level in enumerate(attribute["levels"]) if holds(level["when"], value)), -1)


# Events and times


def moment(value):
    """A time in UTC; a day is its midnight."""
    found = datetime.fromisoformat(value.strip())
    return found.replace(tzinfo=found.tzinfo or timezone.utc)


def property_equals(listed, value):
    kind = "boolean" if isinstance(listed, bool) else "text" if isinstance(listed, str) else "number"
    try:
        return understood(value, kind) == listed
    except WrongType:
        return False


def behaviour(rule, events, as_of):
    """Sum of the weights and number of the events that count."""
    start = as_of - timedelta(days=rule["window_days"])
    where = rule.get("where", {})
    counted = sorted(
        moment(event["time"]).astimezone(timezone.utc)
        for event in events
        if rule.get("event") in (None, event["name"])
        and start < moment(event["time"]) <= as_of
        and all(
            any(property_equals(listed, event.get("properties", {}).get(key)) for listed in values)
            for key, values in where.items()
        )
    )
    if rule.get("once_a_day"):
        # The last of a day stays: they are in ascending order.
        counted = list({time.date(): time for time in counted}.values())
    ages = [(as_of - time) / timedelta(days=1) for time in reversed(counted)][: rule.get("max_times")]
    half_life = rule.get("half_life_days")
    weight = 0.0
    for age in ages:
        weight += 2 ** (-age / half_life) if half_life else 1.0
    return weight, len(ages)


def inactive_days(lead, events, as_of, created_at):
    """Whole days since the last event, else since creation; None where there is neither."""
    times = [moment(event["time"]) for event in events if moment(event["time"]) <= as_of]
    created = lead.get(created_at)
    if not times and isinstance(created, str) and created.strip():
        times = [moment(created)]
    return math.floor((as_of - max(times)) / timedelta(days=1)) if times else None


# Signals


def domain(value):
    name, at, found = value.strip().rpartition("@")
    found = found.strip().lower().rstrip(".")
    return found if at and name and "." in found else None


def company_email_domain(address, company):
    found = domain(address)
    if not found or found in listed_domains("free_email_domains.txt") | listed_domains("disposable_email_domains.txt"):
        return False
    company = company.strip().lower()
    host = re.split(r"[/?#:]", company.split("://", 1)[-1])[0].removeprefix("www.").removesuffix(".")
    if "." in host and not re.search(r"\s", host) and all(host.split(".")):
        return found == host or found.endswith("." + host) or host.endswith("." + found)
    words = "".join(letter if letter.isalnum() else " " for letter in company).split()
    starts = {"".join(words[:count]) for count in range(1, len(words) + 1)}
    labels = [label.replace("-", "") for label in found.split(".")[:-1]]
    return any(len(label) >= 3 and label in starts for label in labels)


def listed_domains(file):
    lines = (SIGNALS / file).read_text(encoding="utf-8").splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def keyboard_run(value, layouts, least):
    value = value.lower()
    for row in (row for layout in layouts for row in ROWS[layout]):
        for run in (row, row[::-1]):
            if any(run[start : start + least] in value for start in range(len(run) - least + 1)):
                return True
    return False


def uncapitalised(value):
    georgian = lambda letter: "\u10a0" <= letter <= "\u10ff" or "\u1c90" <= letter <= "\u1cbf"
    cased = [letter for letter in value if letter.lower() != letter.upper() and not georgian(letter)]
    return bool(cased) and not any(letter != letter.lower() for letter in cased)


def fires(signal, lead):
    """How many times a signal fires."""
    filled = lambda field: understood(lead.get(field), "text") is not MISSING
    kind = signal["kind"]
    if kind == "filled_fields":
        return sum(filled(field) for field in signal["fields"])
    if not filled(signal["field"]):
        return 0
    value = understood(lead[signal["field"]], "text")
    if kind == "keyboard_run":
        return int(keyboard_run(value, signal.get("layouts", list(ROWS)), signal.get("min_run", 4)))
    if kind == "company_email_domain":
        company = signal["company"]
        return int(filled(company) and company_email_domain(value, understood(lead[company], "text")))
    if kind == "uncapitalised":
        return int(uncapitalised(value))
    return int(domain(value) in listed_domains(f"{kind}s.txt") | set(signal.get("also", [])))


# How a lead is scored


def half_away_from_zero(x):
    whole = math.floor(abs(x))
    return math.copysign(whole + (abs(x) - whole >= 0.5), x)


def score(config, lead, events=(), as_of=None, product="product", created_at="created_at"):
    """The result of one lead as the document describes it; raises WrongType, or LookupError where no model serves it."""
    as_of = moment(as_of) if as_of else max((moment(event["time"]) for event in events), default=None)

    # 1. Model
    models = {model.get("product"): model for model in config["models"]}
    wanted = understood(lead.get(product), "text") if any(models) else MISSING
    model = models[wanted] if wanted in models else models[None]

    # 2. Attributes, 3. behaviours, 4. signals, 5. inactivity: (group, name, level, points)
    given = []
    # What the probability's terms belong to, and how many times it counts.
    terms = []
    for attribute in model["attributes"]:
        index = first_level(attribute, lead.get(attribute["input"]["field"]))
        if index >= 0:
            level = attribute["levels"][index]
            terms.append(({"attribute": attribute["name"], "level": level["level"]}, 1.0))
            given.append((attribute["group"], attribute["name"], level["level"], level["points"]))
    for rule in model.get("behaviours", []) if as_of else []:
        weight, count = behaviour(rule, events, as_of)
        terms.append(({"behaviour": rule["name"]}, weight))
        given.append((rule["group"], rule["name"], times(count), rule["points_each"] * weight))
    for signal in model.get("signals", []):
        count = fires(signal, lead)
        terms.append(({"signal": signal["name"]}, float(count)))
        level = times(count) if len(signal.get("fields", [])) > 1 else None
        given.append((signal["group"], signal["name"], level, signal["points"] * count))
    inactivity = model.get("inactivity")
    days = inactive_days(lead, events, as_of, created_at) if inactivity and as_of else None
    if days is not None:
        step = last_at_most(inactivity["steps"], "after_days", days)
        if step:
            terms.append(({"inactivity_days": step["after_days"]}, 1.0))
            given.append((inactivity["group"], "inactivity", f"{step['after_days']} days", step["points"]))

    # 6. Score
    raw = float(model["base_points"])
    grade = []
    for group in model["groups"]:
        total = 0.0
        for name, _, _, points in given:
            if name == group["name"]:
                total += points
        total = min(max(total, group["min"]), group["max"])
        raw += total
        grade += [tier["name"] for tier in group.get("tiers", []) if tier["from"] <= total][:1]
    rounded = half_away_from_zero(raw)
    limited = min(max(rounded, model["range"]["min"]), model["range"]["max"])

    # 7. Band, stage, grade. 8. Probability. 9. Reasons
    band = last_at_most(model.get("bands", []), "from", limited)
    stage = last_at_most(model.get("stages", []), "from", limited)
    probability = None
    if model.get("probability"):
        x = model["probability"]["intercept"]
        for of, counts in terms:
            x += sum(term["coefficient"] * counts for term in model["probability"]["terms"] if of.items() <= term.items())
        probability = 1 / (1 + math.exp(-x))
    reasons = [{"name": name, "level": level, "points": points} for _, name, level, points in given if points != 0]
    return {
        "product": model.get("product"),
        "raw": raw,
        "rounded": rounded,
        "score": limited,
        "band": band and band["name"],
        "stage": stage and stage["name"],
        "grade": "".join(grade) or None,
        "probability": probability,
        "reasons": sorted(reasons, key=lambda reason: -abs(reason["points"])),
    }


def times(count):
    return "1 time" if count == 1 else f"{count} times"


def last_at_most(steps, key, value):
    return next((step for step in reversed(steps) if step[key] <= value), None)
