"""A scorer written from docs/scoring-config.md alone: the second opinion on every score leadcal gives.

Plain and slow on purpose. Numbers in the headings below are the steps of the document's "How a lead is scored".
"""

import functools
import math
import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

MISSING = object()
TRUE, FALSE = {"true", "yes", "t", "y", "1", "1.0"}, {"false", "no", "f", "n", "0", "0.0"}
# Unicode's White_Space; Python's own strip() takes some control characters besides.
BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
NUMBER = re.compile(r"[+-]?(inf|infinity|nan|([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?)", re.IGNORECASE)
DAY = 86_400_000_000
ROWS = {
    "azerty": ["azertyuiop", "qsdfghjklm", "wxcvbn"],
    "qwerty": ["qwertyuiop", "asdfghjkl", "zxcvbnm"],
    "qwertz": ["qwertzuiopü", "asdfghjklöä", "yxcvbnm"],
}
SIGNALS = Path(__file__).parents[2] / "crates/lift/src/signals"


class WrongType(Exception):
    """A value that cannot be understood as its input's type."""

    field = None


# How a value is understood


def understood_of(lead, field, kind, missing=()):
    """The value of a lead's field; an error names the field."""
    try:
        return understood(lead.get(field), kind, missing)
    except WrongType as wrong:
        wrong.field = field
        raise


def understood(value, kind, missing=()):
    """The value as a float, text, bool or day (a text that sorts), or MISSING."""
    if isinstance(value, (list, dict)):
        raise WrongType(value)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return MISSING
    if isinstance(value, str) and (not value.strip(BLANKS) or value.strip(BLANKS) in missing):
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
    if not NUMBER.fullmatch(value.strip(BLANKS)):
        raise WrongType(value)
    found = float(value.strip(BLANKS))
    return MISSING if math.isnan(found) else found


def boolean(value):
    if isinstance(value, bool):
        return value
    word = str(int(value)) if isinstance(value, float) and value in (0, 1) else str(value).strip(BLANKS).lower()
    if word not in TRUE | FALSE:
        raise WrongType(value)
    return word in TRUE


def day(value):
    found = re.match(r"([0-9]{4}-[0-9]{2}-[0-9]{2})([T ]|\Z)", value.strip(BLANKS)) if isinstance(value, str) else None
    try:
        return str(date.fromisoformat(found[1]))
    except (TypeError, ValueError):
        raise WrongType(value) from None


def text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(int(value)) if value == int(value) else format(Decimal(repr(value)), "f")
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
    return level_of(attribute, value)


def level_of(attribute, value):
    return next((index for index, level in enumerate(attribute["levels"]) if holds(level["when"], value)), -1)


# Events and times


@functools.lru_cache(maxsize=None)
def moment(value):
    """Microseconds since 1970 in UTC; a day is its midnight."""
    found = datetime.fromisoformat(value.strip(BLANKS))
    since = found.replace(tzinfo=found.tzinfo or timezone.utc) - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return since // timedelta(microseconds=1)


def property_equals(listed, value):
    if isinstance(listed, str):
        return value is not None and text(value) == listed
    try:
        return understood(value, "boolean" if isinstance(listed, bool) else "number") == listed
    except WrongType:
        return False


def behaviour(rule, events, as_of):
    """Sum of the weights and number of the events that count."""
    start = as_of - rule["window_days"] * DAY
    where = rule.get("where", {})
    counted = sorted(
        moment(event["time"])
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
        counted = list({time // DAY: time for time in counted}.values())
    ages = [(as_of - time) / DAY for time in reversed(counted)][: rule.get("max_times")]
    half_life = rule.get("half_life_days")
    weight = 0.0
    for age in ages:
        weight += 2 ** (-age / half_life) if half_life else 1.0
    return weight, len(ages)


def inactive_days(lead, events, as_of, created_at):
    """Whole days since the last event, else since creation; None where there is neither."""
    times = [moment(event["time"]) for event in events if moment(event["time"]) <= as_of]
    created = creation(lead, created_at)
    if not times and created is not MISSING:
        times = [created]
    return (as_of - max(times)) // DAY if times else None


def creation(lead, field):
    value = understood_of(lead, field, "text")
    try:
        return value if value is MISSING else moment(lead[field])
    except (AttributeError, ValueError):
        wrong = WrongType(value)
        wrong.field = field
        raise wrong from None


# Signals


def domain(value):
    name, _, found = value.strip(BLANKS).rpartition("@")
    found = found.strip(BLANKS).removesuffix(".").lower()
    return found if name and "." in found and all(found.split(".")) else None


def company_email_domain(address, company):
    found = domain(address)
    if not found or found in listed_domains("free_email_domains.txt") | listed_domains("disposable_email_domains.txt"):
        return False
    company = company.strip(BLANKS).lower()
    host = re.split(r"[/?#:]", company.split("://", 1)[-1])[0].removeprefix("www.").removesuffix(".")
    if "." in host and not re.search(r"\s", host) and all(host.split(".")):
        return found == host or found.endswith("." + host) or host.endswith("." + found)
    words = "".join(letter if letter.isalnum() else " " for letter in company).split()
    starts = {"".join(words[:count]) for count in range(1, len(words) + 1)}
    labels = [label.replace("-", "") for label in found.split(".")[:-1]]
    return any(len(label) >= 3 and label in starts for label in labels)


@functools.cache
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
    letters = [letter for letter in value if not "\u10d0" <= letter <= "\u10ff"]
    return any(letter != letter.upper() for letter in letters) and all(letter == letter.lower() for letter in letters)


def fires(signal, lead):
    """How many times a signal fires."""
    filled = lambda field: understood_of(lead, field, "text") is not MISSING
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
    found = domain(value)
    also = {listed.strip(BLANKS).lower() for listed in signal.get("also", [])}
    return int(found is not None and (found in also or found in listed_domains(f"{kind}s.txt")))


# How a lead is scored


def half_away_from_zero(x):
    whole = math.floor(abs(x))
    return math.copysign(whole + (abs(x) - whole >= 0.5), x)


def score(config, lead, events=(), as_of=None, product="product", created_at="created_at"):
    """The result of one lead as the document describes it; raises WrongType, or LookupError where no model serves it."""
    as_of = moment(as_of) if as_of else max((moment(event["time"]) for event in events), default=None)

    # 1. Model
    models = {model.get("product"): model for model in config["models"]}
    wanted = understood_of(lead, product, "text") if any(models) else MISSING
    for field in fields(config):
        understood_of(lead, field, "text")
    if any(model.get("inactivity") for model in config["models"]):
        creation(lead, created_at)
    model = models[wanted] if wanted in models else models[None]

    # 2. Attributes, 3. behaviours, 4. signals, 5. inactivity: (group, name, level, points)
    given = []
    # What the probability's terms belong to, and how many times it counts.
    terms = []
    for attribute in model["attributes"]:
        source = attribute["input"]
        index = level_of(attribute, understood_of(lead, source["field"], source["type"], source.get("missing", ())))
        if index >= 0:
            level = attribute["levels"][index]
            terms.append(({"attribute": attribute["name"], "level": level["level"]}, 1.0))
            given.append((attribute["group"], attribute["name"], level["level"], level["points"]))
    for rule in model.get("behaviours", []) if as_of is not None else []:
        weight, count = behaviour(rule, events, as_of)
        terms.append(({"behaviour": rule["name"]}, weight))
        given.append((rule["group"], rule["name"], times(count), rule["points_each"] * weight))
    for signal in model.get("signals", []):
        count = fires(signal, lead)
        terms.append(({"signal": signal["name"]}, float(count)))
        level = times(count) if len(signal.get("fields", [])) > 1 else None
        given.append((signal["group"], signal["name"], level, signal["points"] * count))
    inactivity = model.get("inactivity")
    days = inactive_days(lead, events, as_of, created_at) if inactivity and as_of is not None else None
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
        # e^710 is beyond a double, and what is left of the probability below 1e-300.
        probability = 1 / (1 + math.exp(min(-x, 700.0)))
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


def fields(config):
    """The fields that any model's attributes and signals read."""
    for model in config["models"]:
        for attribute in model["attributes"]:
            yield attribute["input"]["field"]
        for signal in model.get("signals", []):
            yield from signal.get("fields", [signal[key] for key in ("field", "company") if key in signal])


def times(count):
    return "1 time" if count == 1 else f"{count} times"


def last_at_most(steps, key, value):
    return next((step for step in reversed(steps) if step[key] <= value), None)
