# Scores one lead, with the standard library alone: a module for Python 3.9 or later.
# Changes belong into the scoring config; generate this file again after them.
#= header
from __future__ import annotations

import math
#? regex
import re
#?
#? calendar
from datetime import date
#?
#? texts
from decimal import Decimal
#?
from typing import Any, Iterable, Mapping, Optional

__all__ = ["LeadError", "NoModelError", "score", "MODELS"]


class LeadError(ValueError):
    """A lead without a score. `field` names the field to blame; it is None where no model serves the lead."""

    def __init__(self, field: Optional[str], message: str) -> None:
        super().__init__(message)
        self.field = field


class NoModelError(LeadError, LookupError):
    """No model is for the lead's product, and none for all others."""


def score(
    lead: Mapping[str, Any], events: Iterable[Mapping[str, Any]] = (), as_of: Optional[str] = None
) -> dict[str, Any]:
    """Scores one lead.

    `lead` has texts, numbers and booleans by field; what is left out or None has no value. `events` are mappings with
    time (a text), name and, optionally, properties, in any order. `as_of` is the moment scored, such as
    "2024-05-15T12:00:00Z"; the newest of the events where it is None.

    The result has product, raw, rounded, score, band, stage, grade, probability, and reasons, each with name, level and
    points. Raises LeadError where the lead cannot be scored, ValueError where an event or `as_of` is not what it should
    be.
    """
    values = {field: _plain(field, lead.get(field)) for field in _FIELDS}

    # 1. Model
    #? products
    product = _text_of(_plain(PRODUCT_FIELD, lead.get(PRODUCT_FIELD)))
    #?
    #? inactivity
    created_at = _creation(_plain(CREATED_AT_FIELD, lead.get(CREATED_AT_FIELD)))
    #?
    #? products
    model = _BY_PRODUCT.get(product) or _BY_PRODUCT.get(None)
    if model is None:
        whom = "leads without a product" if product is None else f'the product "{product}"'
        raise NoModelError(None, f'no model serves {whom}, and none has "product": null')
    #?
    #? one-model
    model = _COMPILED[0]
    #?

    # What counts, in the order in which it is added: index of the group, name, level, points, log-odds.
    given: list[tuple[int, str, Optional[str], float, float]] = []

    # 2. Attributes
    for attribute in model["attributes"]:
        level = _level_of(attribute, values[attribute["field"]])
        if level is not None:
            given.append((attribute["group"], attribute["name"], level["level"], level["points"], level["coefficient"]))
    #? events
    happened = _read_events(events) if model["asks_for_events"] else []
    moment = max((time for time, _, _ in happened), default=None)
    if as_of is not None and model["asks_for_events"]:
        moment = _moment_of("as_of", as_of)
    past = [event for event in happened if moment is not None and event[0] <= moment]
    past.sort(key=lambda event: -event[0])
    #?
    #? behaviours

    # 3. Behaviours
    if moment is not None:
        for rule in model["behaviours"]:
            times, weight = _repetitions(rule, past, moment)
            points, log_odds = rule["points_each"] * weight, rule["coefficient"] * weight
            given.append((rule["group"], rule["name"], _count_of(times), points, log_odds))
    #?
    #? signals

    # 4. Signals
    for signal in model["signals"]:
        times = int(_SIGNALS[signal["kind"]](signal, *(_text_of(values[field]) for field in signal["fields"])))
        level = None
        #? filled
        if signal["kind"] == "filled_fields" and len(signal["fields"]) > 1:
            level = _count_of(times)
        #?
        given.append((signal["group"], signal["name"], level, signal["points"] * times, signal["coefficient"] * times))
    #?
    #? inactivity

    # 5. Inactivity
    since = past[0][0] if past else created_at
    inactivity = model["inactivity"]
    if inactivity is not None and moment is not None and since is not None:
        step = _last_at_most(inactivity["steps"], "after_days", (moment - since) // _DAY)
        if step is not None:
            level = f"{step['after_days']} days"
            given.append((inactivity["group"], "inactivity", level, step["points"], step["coefficient"]))
    #?

    # 6. Score, and the grade of 7.
    sums = [0.0] * len(model["groups"])
    for group, _, _, points, _ in given:
        sums[group] += points
    raw = float(model["base_points"])
    tiers = []
    for rules, total in zip(model["groups"], sums):
        total = min(max(total, rules["min"]), rules["max"])
        raw += total
        tiers += [tier["name"] for tier in rules.get("tiers", ()) if tier["from"] <= total][:1]
    rounded = _half_away_from_zero(raw)
    limited = float(min(max(rounded, model["range"]["min"]), model["range"]["max"])) + 0.0

    # 7. Band and stage
    band = _last_at_most(model["bands"], "from", limited)
    stage = _last_at_most(model["stages"], "from", limited)

    # 8. Probability
    probability = None
    #? probability
    if model["probability"] is not None:
        x = float(model["probability"]["intercept"])
        for _, _, _, _, log_odds in given:
            x += log_odds
        # e to a power beyond 709 is no float, and the probability then is 0 to 300 places.
        probability = 1.0 / (1.0 + math.exp(-x)) if x > -709.0 else 0.0
    #?

    # 9. Reasons. The sort keeps the order of equal ones.
    reasons = [{"name": name, "level": level, "points": points} for _, name, level, points, _ in given if points != 0]
    reasons.sort(key=lambda reason: -abs(reason["points"]))
    return {
        "product": model["product"],
        "raw": raw,
        "rounded": rounded,
        "score": limited,
        "band": None if band is None else band["name"],
        "stage": None if stage is None else stage["name"],
        "grade": "".join(tiers) or None,
        "probability": probability,
        "reasons": reasons,
    }


def _last_at_most(steps: list, key: str, value: float) -> Optional[dict]:
    return next((step for step in reversed(steps) if step[key] <= value), None)


def _half_away_from_zero(x: float) -> float:
    whole = math.floor(abs(x))
    return math.copysign(whole + (abs(x) - whole >= 0.5), x) + 0.0
#? behaviours filled


def _count_of(times: int) -> str:
    return "1 time" if times == 1 else f"{times} times"
#?


# Values. None is missing.


class _NotUnderstood(Exception):
    """A value that is not of the type it should be."""


# Unicode's White_Space, which is not what strip() takes for blank.
_BLANKS = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


def _wrong(field: str, expected: str, value: Any) -> LeadError:
    found = f'the text "{value}"' if isinstance(value, str) else f"the {type(value).__name__} {value!r}"
    return LeadError(field, f'field "{field}" should be a {expected}, found {found}')


def _plain(field: str, value: Any) -> Any:
    """A field as a text, float, boolean or None. Of integers beyond 2^53 the digits count."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        return str(value) if abs(value) > 2**53 and -(2**63) <= value < 2**64 else _float(value)
    if isinstance(value, float):
        return None if math.isnan(value) else float(value)
    raise _wrong(field, "text, a number, a boolean or null", value)


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
#? texts


def _text_of(value: Any) -> Optional[str]:
    """A value as text; a blank one is missing."""
    if isinstance(value, str):
        return value if value.strip(_BLANKS) else None
    return _exact_text(value)


def _exact_text(value: Any) -> Optional[str]:
    """A value as text, blanks included. A number the shortest way: all its digits, without an exponent."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    text = format(Decimal(repr(value + 0.0)), "f")
    return text[:-2] if text.endswith(".0") else text
#?
#? numbers


_NUMBER = re.compile(r"[+-]?(?:nan|inf(?:inity)?|(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)", re.ASCII | re.IGNORECASE)


def _number_of(value: Any) -> Optional[float]:
    if isinstance(value, str):
        text = value.strip(_BLANKS)
        if not _NUMBER.fullmatch(text):
            raise _NotUnderstood
        value = float(text)
        return None if math.isnan(value) else value
    if isinstance(value, bool):
        raise _NotUnderstood
    return value
#?
#? booleans


_YES, _NO = {"true", "yes", "t", "y", "1", "1.0"}, {"false", "no", "f", "n", "0", "0.0"}


def _boolean_of(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = value.strip(_BLANKS).lower() if isinstance(value, str) else {1.0: "1", 0.0: "0"}.get(value)
    if word not in _YES and word not in _NO:
        raise _NotUnderstood
    return word in _YES
#?
#? calendar


def _days_of(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01."""
    if not 1 <= month <= 12 or not -9999 <= year <= 9999:
        raise _NotUnderstood
    # Python has no years before 1; the calendar repeats every 400.
    cycles = -((year - 1) // 400)
    try:
        return date(year + 400 * cycles, month, day).toordinal() - 146097 * cycles - 719163
    except ValueError:
        raise _NotUnderstood from None
#?
#? dates


_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?", re.ASCII | re.DOTALL)


def _date_of(value: Any) -> str:
    """The day of a text, which may go on after a T or a blank; days are compared as texts."""
    found = _DATE.fullmatch(value.strip(_BLANKS)) if isinstance(value, str) else None
    if found is None or found[1] == "0000":
        raise _NotUnderstood
    _days_of(int(found[1]), int(found[2]), int(found[3]))
    return found[0][:10]
#?


_READ = {
    #? numbers
    "number": _number_of,
    #?
    #? texts
    "text": _exact_text,
    #?
    #? booleans
    "boolean": _boolean_of,
    #?
    #? dates
    "date": _date_of,
    #?
}


def _level_of(attribute: dict, value: Any) -> Optional[dict]:
    """The first level that holds, None where none does."""
    found = None
    if value is not None and not (isinstance(value, str) and value.strip(_BLANKS) in attribute["missing"]):
        try:
            found = _READ[attribute["type"]](value)
        except _NotUnderstood:
            raise _wrong(attribute["field"], attribute["type"], value) from None
    if found is None:
        level = attribute["of_missing"]
    else:
        level = attribute["of_value"].get(found)
        if level is None:
            level = next((level for level in attribute["ranges"] if _is_within(level["when"], found)), None)
    return attribute["otherwise"] if level is None else level


def _is_within(when: dict, found: Any) -> bool:
    return ("from" not in when or found >= when["from"]) and ("below" not in when or found < when["below"])
#? events


# Times: microseconds since 1970-01-01T00:00:00Z.

_DAY = 86_400_000_000
_TIME = re.compile(
    r"""
    (\d{4}|[+-]\d{6})(-?)(\d\d)\2(\d\d)                                # 2024-03-01, 20240301
    (?:[ Tt](\d\d)(?:(:?)(\d\d)(?:\6(\d\d)(?:[.,](\d{1,9}))?)?)?        # T10, T10:00, T10:00:00.25, T100000
    (?:[Zz]|([+-])(\d\d)(?:(:?)(\d\d)(?:\12(\d\d))?)?)?)?              # Z, +01, +01:00, +0100
    (?:\[!?(?:[+-]\d\d(?::?\d\d)?|[A-Za-z_.][\w.+-]*(?:/[A-Za-z_.][\w.+-]*)*)\])?  # [Europe/Paris]: nothing
    (?:\[[a-z_][a-z0-9_-]*=[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\])*          # [u-ca=gregory]
    """,
    re.ASCII | re.VERBOSE,
)


def _time_of(value: Any) -> int:
    found = _TIME.fullmatch(value.strip(_BLANKS)) if isinstance(value, str) else None
    if found is None or found[1] == "-000000":
        raise _NotUnderstood
    hour, minute, second, offset_hour, offset_minute, offset_second = (
        int(found[index] or 0) for index in (5, 7, 8, 11, 13, 14)
    )
    if hour > 23 or minute > 59 or second > 60 or offset_hour > 25 or offset_minute > 59 or offset_second > 59:
        raise _NotUnderstood
    offset = (offset_hour * 3600 + offset_minute * 60 + offset_second) * (-1 if found[10] == "-" else 1)
    of_day = hour * 3600 + minute * 60 + min(second, 59) - offset
    seconds = _days_of(int(found[1]), int(found[3]), int(found[4])) * 86_400 + of_day
    # From -9999-01-02T01:59:59Z to 9999-12-30T22:00:00Z: beyond, some zone has no year of four digits.
    if not -377_705_023_201 <= seconds <= 253_402_207_200:
        raise _NotUnderstood
    return seconds * 1_000_000 + int((found[9] or "").ljust(6, "0")[:6])


def _moment_of(what: str, value: Any) -> int:
    try:
        return _time_of(value)
    except _NotUnderstood:
        raise ValueError(f"{what} should be a time such as 2024-03-01T10:00:00Z, found {value!r}") from None


def _read_events(events: Iterable[Mapping[str, Any]]) -> list[tuple[int, str, Mapping[str, Any]]]:
    read = []
    for event in events:
        name = event.get("name")
        if not isinstance(name, str):
            raise ValueError(f"an event's name should be a text, found {name!r}")
        read.append((_moment_of("an event's time", event.get("time")), name, event.get("properties") or {}))
    return read
#?
#? inactivity


def _creation(value: Any) -> Optional[int]:
    """When the lead was created; None where it does not say."""
    if value is None or (isinstance(value, str) and not value.strip(_BLANKS)):
        return None
    try:
        return _time_of(value)
    except _NotUnderstood:
        raise _wrong(CREATED_AT_FIELD, "time such as 2024-03-01T10:00:00Z", value) from None
#?
#? behaviours


def _repetitions(rule: dict, past: list, moment: int) -> tuple[int, float]:
    """How many events count, and the sum of their weights. `past` has the newest first."""
    start = moment - rule["window_days"] * _DAY
    half_life = rule.get("half_life_days")
    times, weight, counted = 0, 0.0, None
    for time, name, properties in past:
        if times == rule.get("max_times") or time <= start:
            break
        if not _matches(rule, name, properties) or (rule.get("once_a_day") and time // _DAY == counted):
            continue
        counted = time // _DAY
        times += 1
        weight += 2.0 ** (-((moment - time) / _DAY) / half_life) if half_life else 1.0
    return times, weight


def _matches(rule: dict, name: str, properties: Mapping[str, Any]) -> bool:
    if rule.get("event") not in (None, name):
        return False
    #? where
    for where in rule.get("where", ()):
        found = properties.get(where["property"])
        if isinstance(found, int) and not isinstance(found, bool):
            found = _float(found)
        if not (found is None or isinstance(found, (str, bool, float))):
            raise ValueError(f"the event's property {where['property']!r} is a {type(found).__name__}")
        if found is None or found != found or not any(_means(listed, found) for listed in where["values"]):
            return False
    #?
    return True
#?
#? where


def _means(listed: Any, found: Any) -> bool:
    """Whether a property, understood as the type of a listed value, is that value."""
    try:
        #? where-texts
        if isinstance(listed, str):
            return _exact_text(found) == listed
        #?
        #? where-booleans
        if isinstance(listed, bool):
            return _boolean_of(found) == listed
        #?
        #? where-numbers
        if isinstance(listed, (int, float)) and not isinstance(listed, bool):
            return _number_of(found) == listed
        #?
    except _NotUnderstood:
        pass
    return False
#?
#? signals


# Signals: whether each fires, or how often. A text is None where it is missing.
#? email


def _domain_of(address: Optional[str]) -> Optional[str]:
    """The domain of an e-mail address in lower case; None where it has none."""
    if address is None:
        return None
    local, _, domain = address.strip(_BLANKS).rpartition("@")
    domain = domain.strip(_BLANKS)
    domain = domain[:-1] if domain.endswith(".") else domain
    return domain.lower() if local and "." in domain and all(domain.split(".")) else None
#?
#? company


# Letters and digits: Unicode's Alphabetic, and numbers of any kind.
_WORD = re.compile(
    "["
    #= alphanumeric
    "]+"
)


def _company_email_domain(signal: dict, address: Optional[str], company: Optional[str]) -> bool:
    domain = _domain_of(address)
    if domain is None or company is None or domain in FREE_EMAIL_DOMAINS or domain in DISPOSABLE_EMAIL_DOMAINS:
        return False
    name = company.strip(_BLANKS).lower()
    host = re.split("[/?#:]", name.split("://", 1)[-1])[0]
    host = host[4:] if host.startswith("www.") else host
    host = host[:-1] if host.endswith(".") else host
    if "." in host and all(host.split(".")) and not any(blank in host for blank in _BLANKS):
        return domain == host or domain.endswith("." + host) or host.endswith("." + domain)
    labels = {label.replace("-", "") for label in domain.split(".")[:-1]}
    start = ""
    for word in _WORD.findall(name):
        start += word
        if len(start) >= 3 and start in labels:
            return True
    return False
#?
#? keyboard


_ROWS = {
    "azerty": ["azertyuiop", "qsdfghjklm", "wxcvbn"],
    "qwerty": ["qwertyuiop", "asdfghjkl", "zxcvbnm"],
    "qwertz": ["qwertzuiop\xfc", "asdfghjkl\xf6\xe4", "yxcvbnm"],
}


def _runs_of(layouts: list, length: int) -> set[str]:
    """Every run of so many letters, in both directions."""
    rows = [row for layout in layouts for row in _ROWS[layout]]
    both = rows + [row[::-1] for row in rows]
    return {row[start : start + length] for row in both for start in range(len(row) - length + 1)}


def _keyboard_run(signal: dict, text: Optional[str]) -> bool:
    letters, length = (text or "").lower(), signal["min_run"]
    return any(letters[start : start + length] in signal["runs"] for start in range(len(letters) - length + 1))
#?
#? uncapitalised


def _uncapitalised(signal: dict, text: Optional[str]) -> bool:
    """Letters with a case, none of them a capital. Georgian names are not written with capitals."""
    small = False
    for letter in text or "":
        if not "\u10d0" <= letter <= "\u10ff":
            if letter.lower() != letter:
                return False
            small = small or letter.upper() != letter
    return small
#?
#? free disposable


def _is_listed(domains: frozenset, signal: dict, address: Optional[str]) -> bool:
    domain = _domain_of(address)
    return domain is not None and (domain in domains or domain in signal.get("also", ()))
#?


_SIGNALS = {
    #? free
    "free_email_domain": lambda signal, address: _is_listed(FREE_EMAIL_DOMAINS, signal, address),
    #?
    #? disposable
    "disposable_email_domain": lambda signal, address: _is_listed(DISPOSABLE_EMAIL_DOMAINS, signal, address),
    #?
    #? company
    "company_email_domain": _company_email_domain,
    #?
    #? keyboard
    "keyboard_run": _keyboard_run,
    #?
    #? uncapitalised
    "uncapitalised": _uncapitalised,
    #?
    #? filled
    "filled_fields": lambda signal, *texts: sum(text is not None for text in texts),
    #?
}
#?


# The config. What makes no score stands here to be looked up: actions, expected_rate, expected_rate_by_score.
#? products

# Field of a lead with its product.
PRODUCT_FIELD = "product"
#?
#? inactivity

# Field of a lead with the time it was created.
CREATED_AT_FIELD = "created_at"
#?
#? free-list

FREE_EMAIL_DOMAINS = frozenset(
    #= free
)
#?
#? disposable-list

DISPOSABLE_EMAIL_DOMAINS = frozenset(
    #= disposable
)
#?

MODELS: list[dict[str, Any]] = (
    #= models
)


def _compile(model: dict) -> dict:
    """A model with its names resolved and its levels found by value."""
    groups = [group["name"] for group in model["groups"]]

    def part(of: dict) -> dict:
        return {**of, "group": groups.index(of["group"]), "coefficient": of.get("coefficient", 0.0)}

    attributes = []
    for attribute in model["attributes"]:
        levels = [{**level, "coefficient": level.get("coefficient", 0.0)} for level in attribute["levels"]]
        of_value: dict = {}
        for level in levels:
            if isinstance(level["when"], dict):
                for value in level["when"].get("in", ()):
                    of_value.setdefault(value, level)
        resolved = {
            "missing": {"", *attribute["missing"]},
            "of_value": of_value,
            "ranges": [level for level in levels if isinstance(level["when"], dict) and "in" not in level["when"]],
            "of_missing": next((level for level in levels if level["when"] == "missing"), None),
            "otherwise": next((level for level in levels if level["when"] == "otherwise"), None),
        }
        attributes.append({**part(attribute), **resolved})
    compiled = {**model, "attributes": attributes}
    #? events
    compiled["asks_for_events"] = bool(model["behaviours"]) or model["inactivity"] is not None
    #?
    #? behaviours
    compiled["behaviours"] = [part(behaviour) for behaviour in model["behaviours"]]
    #?
    #? signals
    compiled["signals"] = [part(signal) for signal in model["signals"]]
    #?
    #? keyboard
    for signal in compiled["signals"]:
        if signal["kind"] == "keyboard_run":
            signal["runs"] = _runs_of(signal["layouts"], signal["min_run"])
    #?
    #? inactivity
    if model["inactivity"] is not None:
        steps = [{**step, "coefficient": step.get("coefficient", 0.0)} for step in model["inactivity"]["steps"]]
        compiled["inactivity"] = {**part(model["inactivity"]), "steps": steps}
    #?
    return compiled


_COMPILED = [_compile(model) for model in MODELS]
#? products
_BY_PRODUCT = {model["product"]: model for model in _COMPILED}
#?
# Each field that a model reads, once.
_FIELDS = list(
    dict.fromkeys(
        field
        for model in MODELS
        for part in model["attributes"] + model["signals"]
        for field in part.get("fields") or [part["field"]]
    )
)
