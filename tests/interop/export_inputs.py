"""The inputs of PMML and ONNX exports as docs/exports.md tells callers to compute them, with the second scorer's functions."""

import json

import config_reader
import exports
import random_configs
import scorer


RESULTS = ["raw", "rounded", "score", "probability", "band", "stage", "grade"]


class Left(Exception):
    """A lead that the export cannot score as leadcal does, and says so among its losses."""


def of_lead(config, lead, events=(), as_of=None):
    """Values by the inputs' names: texts, floats, bools, or None where there is no value."""
    as_of = scorer.moment(as_of) if as_of else max((scorer.moment(event["time"]) for event in events), default=None)
    models = config["models"]
    read = {}
    if any(model.get("product") is not None for model in models):
        read["product", "text"] = [()]
    for attribute in (attribute for model in models for attribute in model["attributes"]):
        source = attribute["input"]
        read.setdefault((source["field"], source["type"]), []).append(source.get("missing", ()))
    fields = [field for field, _ in read]
    values = {}
    for (field, kind), markers in read.items():
        name = field if fields.count(field) == 1 else f"{field} ({kind})"
        values[name] = value(lead.get(field), kind, markers)
    for model in models:
        suffix = f" (product {model['product']})" if len(models) > 1 and model.get("product") is not None else ""
        for rule in model.get("behaviours", []):
            weight = scorer.behaviour(rule, events, as_of)[0] if as_of is not None else 0.0
            values[f"behaviour: {rule['name']}{suffix}"] = weight
        for signal in model.get("signals", []):
            values[f"signal: {signal['name']}{suffix}"] = float(scorer.fires(signal, lead))
    if any(model.get("inactivity") for model in models):
        days = scorer.inactive_days(lead, events, as_of, "created_at") if as_of is not None else None
        values["days of silence"] = None if days is None else float(days)
    return values


def value(given, kind, markers):
    if kind == "text":
        # Markers and blanks are the export's business.
        missing = given is None or (isinstance(given, float) and given != given)
        if not missing and not isinstance(given, str) and any(scorer.text(given) in some for some in markers):
            raise Left("a number is written like a marker of missing values")
        return None if missing else scorer.text(given)
    read = [understood(given, kind, some) for some in markers]
    if any(other != read[0] for other in read):
        raise Left("a field means missing to one attribute and not to another")
    return float(read[0].replace("-", "")) if kind == "date" and read[0] is not None else read[0]


def understood(given, kind, markers):
    try:
        found = scorer.understood(given, kind, markers)
    except scorer.WrongType:
        return None  # A caller may report it; an export cannot.
    return None if found is scorer.MISSING else found


def conformance(left):
    """Name, text of the config, inputs and expected result of each case an export can run; `left` counts why others cannot."""
    for name, case in exports.conformance_cases().items():
        try:
            if "expected" not in case:
                raise Left("an error of the config" if "config_error" in case else "an error of the lead")
            text = case["config_text"] if "config_text" in case else json.dumps(case["config"])
            inputs = of_lead(config_reader.read(text), case["lead"], case.get("events", ()), case.get("as_of"))
        except Left as reason:
            left[str(reason)] = left.get(str(reason), 0) + 1
            continue
        yield name, text, inputs, case["expected"]


def random_cases(rng, leads):
    """A random config, with inputs and results of leads that can be scored."""
    config = random_configs.config(rng)
    as_of = random_configs.as_of(rng)
    cases = []
    for _ in range(leads):
        lead, events = random_configs.lead(rng), random_configs.events(rng)
        try:
            result = scorer.score(config, lead, events, as_of)
            cases.append((of_lead(config, lead, events, as_of), result))
        except (Left, scorer.WrongType, LookupError):
            continue
    return config, cases


def differences(found, expected):
    """The keys of a result that differ from leadcal's: `raw` and `probability` beyond 1e-9, everything else at all."""
    close = {"raw", "probability"}

    def same(key):
        a, b = found.get(key), expected[key]
        if a is None or b is None:
            return a is None and b is None
        return abs(a - b) <= 1e-9 if key in close else a == b

    return [(key, found.get(key), expected[key]) for key in RESULTS if not same(key)]


def results(found, inputs):
    """A result under the keys of leadcal's: an output whose name a field has has a number behind it."""
    return {key: found.get(f"{key} (2)" if key in inputs else key) for key in RESULTS}
