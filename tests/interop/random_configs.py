"""Seeded configs of every form, with leads and events that meet their rules, boundaries and errors."""

from datetime import datetime, timedelta, timezone

AS_OF = datetime(2024, 3, 31, 12, tzinfo=timezone.utc)
PRODUCTS = ["loan", "card"]
EVENTS = ["view", "open", 'd\u00e9j\u00e0 "vu"']
BLANKS = ["", " ", "\u0085", "\u00a0", "\u2003", "\u3000"]
# Texts that are blank to some languages and not to others.
ODD = ["\ufeff", "\x1c", "\u200b", "a\ufeff", "\ufeffNA"]
TEXTS = [
    "a", "b", "A", "e\u0301", "\u00e9", "yes", "0", "75001", "Select", "NA", "NaN", "\U0001f600", "</script>",
    "' OR 1=1 --", "\\", '"', "\n",
]  # fmt: skip
NUMBERS = [-1, 0, -0.0, 7.5, 25, 59.999999999999, 60, 1e-7, 1e21, 123456789.125, 2**53, -50]
WRITTEN = [
    "12.5", " 25 ", "1e1", "+60", "-inf", "Infinity", "nan", ".5", "5.", "1E+2", "\u00a07.5", "0x10", "1_0", "1,5",
    "\u0661", "--1", "1e", ".",
]  # fmt: skip
BOOLEANS = [True, False, 1, 0, "yes", " NO ", "T", "f", "1.0", "0.0", "ja", 2, 0.5]
DATES = [
    "2020-01-01", "2023-12-31T23:59:59Z", "2024-02-29 x", " 2024-03-01 ", "0001-01-01", "2023-02-29", "2024-3-1",
    "20240301", "0000-01-01", "9999-12-31", "2024-03-01t1",
]  # fmt: skip
NAMES = [
    "marie", "Marie", "de la Cruz", "azerty", "Qwerty", "xlkjhx", "\u00fcpoi", "\u01c5emal", "\u10d2\u10d8\u10dd",
    "\u043f\u0451\u0442\u0440", "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2", "\u212aelvin", "\u1c92", "王小明",
]  # fmt: skip
COMPANIES = [
    "Acme Tools Ltd.", "acme", "https://www.ACME.example:8080/x", "acme.example.", "a..b", "M\u00fcller & S\u00f6hne",
    "\u0939\u093f\u0928\u094d\u0926\u0940 Co", "www.acme.eu", "Acme\u0085Tools", "A B", "123 \u2460\u00bd",
    "\u0130stanbul",
]  # fmt: skip
ADDRESSES = [
    "ann@gmail.com", " Ann@GMAIL.com. ", "x@mailinator.com", "ann@acme.example", "ann@mail.acme-tools.co.uk",
    "ann@m\u00fcller.de", "@gmail.com", "ann@ gmail.com", "a@b@gmail.com", "ann@gmail.com..", "ann@\u0939\u093f.in",
    "ann@123\u2460\u00bd.de", "ann@\u0130stanbul.com", "ann@i\u0307stanbul.com",
]  # fmt: skip
TIMES = [
    "{:%Y-%m-%dT%H:%M:%S.%fZ}", "{:%Y-%m-%d %H:%M:%S}", "{:%Y-%m-%dT%H:%M}", "{:%Y-%m-%d}",
    "{:%Y-%m-%dT%H:%M:%S}.1234567+05:30",
]  # fmt: skip


def config(rng):
    """A valid config."""
    products = rng.sample(PRODUCTS, rng.randint(0, 2))
    if not products or rng.random() < 0.7:
        products.append(None)
    rng.shuffle(products)
    models = [model(rng, product) for product in products]
    return {"format": "leadcal.scoring-config", "version": 1, "name": "n" + text(rng), "models": models}


def text(rng):
    return rng.choice(TEXTS) + rng.choice(["x", " x", "\u2028", "*/", "${a}", "#"])


def names(rng, count):
    return [f"{text(rng)}{index}" for index in range(count)]


def points(rng):
    return rng.choice([rng.randint(-60, 60), rng.randint(-240, 240) / 4, rng.uniform(-50, 50), 0])


def model(rng, product):
    groups = [group(rng, name) for name in names(rng, rng.randint(1, 3))]
    pick = lambda: rng.choice(groups)["name"]
    low = rng.choice([0, -100, rng.uniform(-50, 0)])
    attributes = [attribute(rng, name) | {"group": pick()} for name in names(rng, rng.randint(0, 5))]
    behaviours = [behaviour(rng) | {"name": name, "group": pick()} for name in names(rng, rng.choice([0, 0, 1, 3]))]
    signals = [signal(rng) | {"name": name, "group": pick()} for name in names(rng, rng.choice([0, 0, 2, 4]))]
    steps = [{"after_days": days, "points": points(rng)} for days in sorted(rng.sample(range(90), rng.randint(1, 3)))]
    made = {
        "product": product,
        "base_points": points(rng),
        "range": {"min": low, "max": low + rng.choice([0, 100, 250.5])},
        "groups": groups,
        "attributes": attributes,
        "behaviours": behaviours,
        "signals": signals,
        "bands": [{"name": f"band {i}", "from": low + 20 * i} for i in range(rng.randint(0, 4))],
        "stages": [{"name": f"stage {i}", "from": 10 + 20.5 * i} for i in range(rng.randint(0, 3))],
    }
    if rng.random() < 0.5:
        made["inactivity"] = {"group": pick(), "steps": steps}
    if rng.random() < 0.7:
        made["probability"] = probability(rng, made)
    return made


def group(rng, name):
    low = rng.choice([-100, 0, rng.uniform(-60, 60)])
    tiers = [
        {"name": tier, "from": low + start}
        for tier, start in zip("ABCD", sorted(rng.sample(range(1, 90), rng.randint(1, 3)), reverse=True))
    ]
    made = {"name": name, "min": low, "max": low + rng.choice([0, 50, 200])}
    return made | ({"tiers": [*tiers, {"name": "Z", "from": low}]} if rng.random() < 0.5 else {})


def probability(rng, made):
    of = [{"attribute": a["name"], "level": level["level"]} for a in made["attributes"] for level in a["levels"]]
    of += [{"behaviour": b["name"]} for b in made["behaviours"]] + [{"signal": s["name"]} for s in made["signals"]]
    of += [{"inactivity_days": step["after_days"]} for step in made.get("inactivity", {}).get("steps", [])]
    terms = [{**part, "coefficient": rng.uniform(-3, 3)} for part in of if rng.random() < 0.7]
    return {"kind": "logistic", "intercept": rng.choice([-2.5, 0, -1000, 1000]), "terms": terms}


FIELDS = {"number": ["n1", "n2"], "text": ["t1", "t2"], "boolean": ["b1"], "date": ["d1"]}


def attribute(rng, name):
    kind = rng.choice(list(FIELDS))
    missing = rng.sample(["NA", "Select", "-1", "75001"], rng.randint(0, 3))
    levels = [{"when": when} for when in whens(rng, kind, missing)]
    if rng.random() < 0.5 or not levels:
        levels.append({"when": "missing"})
    if rng.random() < 0.5:
        levels.append({"when": "otherwise"})
    levels = [{"level": level, "points": points(rng)} | rest for level, rest in zip(names(rng, len(levels)), levels)]
    field = rng.choice(FIELDS[kind])
    return {"name": name, "input": {"field": field, "type": kind, "missing": missing}, "levels": levels}


def whens(rng, kind, missing):
    if kind == "text":
        listed = [one for one in rng.sample(TEXTS, rng.randint(0, 6)) if one.strip() and one.strip() not in missing]
        return [{"in": listed[start : start + 2]} for start in range(0, len(listed), 2)]
    if kind == "boolean":
        return [{"in": [one]} for one in rng.sample([True, False], rng.randint(0, 2))]
    numbers, days = [0, 7.5, 25, 60, 1e9, 1e21], ["0001-01-02", "2020-01-01", "2024-02-29", "2024-03-01"]
    bounds = numbers if kind == "number" else days
    cuts = sorted(rng.sample(bounds, rng.randint(0, 3)))
    ends = list(zip([None, *cuts], [*cuts, None])) if cuts else []
    ranges = [{key: end for key, end in zip(["from", "below"], both) if end is not None} for both in ends]
    special = [{"in": [one]} for one in rng.sample([-1, 0, 25, 0.1], rng.randint(0, 2))] if kind == "number" else []
    return special + [one for one in ranges if rng.random() < 0.8]


def behaviour(rng):
    made = {"window_days": rng.choice([1, 7, 30, 4_000_000_000]), "points_each": points(rng)}
    if rng.random() < 0.7:
        made["event"] = rng.choice(EVENTS)
    if rng.random() < 0.4:
        listed = [["a", "3"], [3, 0.5], [True], ["true", 1, False]]
        made["where"] = {key: rng.choice(listed) for key in rng.sample(["p", "__proto__"], rng.randint(1, 2))}
    limits = {"once_a_day": True, "max_times": rng.randint(1, 3), "half_life_days": rng.choice([0.5, 7, 30.25])}
    for key, value in limits.items():
        if rng.random() < 0.4:
            made[key] = value
    return made


def signal(rng):
    made = rng.choice([
        {"kind": "free_email_domain", "field": "email", "also": ["Acme.example "]},
        {"kind": "disposable_email_domain", "field": "email"},
        {"kind": "company_email_domain", "field": "email", "company": "company"},
        {"kind": "keyboard_run", "field": "name", "min_run": rng.randint(2, 5)},
        {"kind": "keyboard_run", "field": "name", "layouts": [rng.choice(["azerty", "qwerty", "qwertz"])]},
        {"kind": "uncapitalised", "field": "name"},
        {"kind": "filled_fields", "fields": rng.sample(["name", "company", "t1", "b1", "email"], rng.randint(1, 3))},
    ])  # fmt: skip
    return made | {"points": points(rng)}


def lead(rng):
    """A lead with values of any type; about one in six cannot be scored."""
    pools = {
        "n1": NUMBERS, "n2": NUMBERS + WRITTEN[:11] if rng.random() < 0.9 else WRITTEN,
        "t1": TEXTS, "t2": TEXTS + NUMBERS + BOOLEANS,
        "b1": BOOLEANS[:10] if rng.random() < 0.9 else BOOLEANS, "d1": DATES[:5] if rng.random() < 0.9 else DATES,
        "email": ADDRESSES, "company": COMPANIES, "name": NAMES, "product": [*PRODUCTS, "other", " "],
        "created_at": [time(rng) for _ in range(3)],
    }  # fmt: skip
    made = {
        field: rng.choice([*pool, None, "NA", rng.choice(BLANKS)] if rng.random() < 0.3 else pool)
        for field, pool in pools.items()
    }
    made["created_at"] = rng.choice([made["created_at"], None]) if made["created_at"] == "NA" else made["created_at"]
    if rng.random() < 0.1:
        made[rng.choice(["t1", "t2", "name", "company", "email"])] = rng.choice(ODD)
    if rng.random() < 0.03:
        made[rng.choice(list(made))] = rng.choice([[], {}, ["x"]])
    return {field: value for field, value in made.items() if rng.random() < 0.9}


def time(rng):
    days, micros = timedelta(days=rng.randint(-3, 60)), timedelta(microseconds=rng.randint(-10, 10**13))
    moment = AS_OF - rng.choice([timedelta(0), days, micros, timedelta(days=40_000)])
    return rng.choice(TIMES).format(moment)


def events(rng):
    properties = ["a", "3", 3, "3.0", 0.5, True, "yes", False, "no", 1, 0, None, ""]
    some = lambda: {key: rng.choice(properties) for key in ["p", "__proto__"] if rng.random() < 0.7}
    return [
        {"time": time(rng), "name": rng.choice([*EVENTS, "other"]), "properties": some()}
        for _ in range(rng.choice([0, 1, 3, 8]))
    ]


def as_of(rng):
    return rng.choice([None, AS_OF.isoformat(), "2024-03-31", "2024-03-31T11:59:59.999999Z"])
