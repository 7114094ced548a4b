"""`leadcal export --to xlsx`: leads typed into the workbook have leadcal's scores once LibreOffice has recalculated it."""

import json
import re
import zipfile

import pytest

import exports
import scorer
import workbook

# Leads of each data set that are typed in, evenly spread over the file, and how many a workbook, without events and with.
LEADS, A_WORKBOOK, WITH_EVENTS = 1000, 500, 100
# Conformance cases whose leads cannot be typed as they are.
NOT_TYPED = {
    "errors-lead/date-number.json": "a number in a date field is a date cell",
    "errors-lead/created-at-number.json": "a number in a time field is a date cell",
}


def answers(config, lead):
    """What a caller types besides the lead's fields: the signals that have no formula."""
    typed = {}
    for model in config["models"]:
        for signal in model.get("signals", []):
            if signal["kind"] == "company_email_domain":
                fires = scorer.fires(signal, lead)
                typed.setdefault(f"{signal['name']}: yes or no", "yes" if fires else "no")
    return typed


def differences(found, expected, keys):
    """The keys in which a lead's results differ: sums and probabilities beyond 1e-9, anything else at all."""

    def equal(key):
        ours, theirs = found[key], expected[key]
        if key in ("raw", "probability") and None not in (ours, theirs):
            return abs(ours - theirs) <= 1e-9 * max(1, abs(theirs))
        return ours == theirs

    return [key for key in keys if not equal(key)]


KEYS = ["raw", "rounded", "score", "band", "stage", "grade", "probability"]


@pytest.mark.parametrize("name", exports.CONFIGS)
def test_leads_have_the_same_scores(leadcal, scored, figure, tmp_path, name):
    of = scored(name)
    step = max(1, len(of.leads) // LEADS)
    chosen = list(range(0, len(of.leads), step))
    books = []
    size = WITH_EVENTS if any(of.events) else A_WORKBOOK
    for start in range(0, len(chosen), size):
        leads = chosen[start : start + size]
        events = [(f"lead {index}", event) for index in leads for event in of.events[index]]
        exported = tmp_path / f"exported-{start}.xlsx"
        rows = ["--rows", len(leads), "--event-rows", max(1, len(events))]
        leadcal("export", of.path, "--to", "xlsx", *rows, "-o", exported)
        book = workbook.Workbook(exported)
        for row, index in enumerate(leads):
            book.type_lead(row, of.leads[index] | answers(of.config, of.leads[index]), f"lead {index}")
        book.type_events(events, of.as_of)
        path = tmp_path / f"{name}-{start}.xlsx"
        book.save(path)
        books.append((path, leads))
    workbook.recalculate([path for path, _ in books], tmp_path)
    differing = []
    for path, leads in books:
        found = workbook.results(tmp_path, path)[1:]
        assert len(found) == len(leads)
        for index, result in zip(leads, found):
            assert result["problem"] is None, (index, result)
            if wrong := differences(result, of.scores[index], KEYS):
                differing.append((index, wrong, result, of.scores[index]))
    figure(f"xlsx in LibreOffice, {name}: {len(chosen)} of {len(of.leads)} leads, {len(differing)} differences")
    assert not differing, differing[:5]


def test_conformance(leadcal, figure, tmp_path):
    left_out, books = {}, []
    for name, case in exports.conformance_cases().items():
        if reason := why_not(name, case):
            left_out[reason] = left_out.get(reason, 0) + 1
            continue
        text = case.get("config_text") or json.dumps(case["config"])
        config = tmp_path / f"{len(books)}.json"
        config.write_text(text, encoding="utf-8")
        exported = tmp_path / f"exported-{len(books)}.xlsx"
        events = case.get("events", [])
        leadcal("export", config, "--to", "xlsx", "--rows", 2, "--event-rows", 2 * len(events) + 1, "-o", exported)
        book = workbook.Workbook(exported)
        lead = case["lead"] | answers(json.loads(text.lstrip("\ufeff")), case["lead"])
        # The same lead twice: alone on the form, its events without a name, and in the list.
        book.type_lead(None, lead)
        book.type_lead(0, lead, "x")
        book.type_events([(whose, event) for event in events for whose in [None, "x"]], case.get("as_of"))
        path = tmp_path / f"{len(books)}.xlsx"
        book.save(path)
        books.append((name, case, path))
    if not books:
        pytest.skip("no conformance cases")
    workbook.recalculate([path for *_, path in books], tmp_path)
    wrong = {}
    for name, case, path in books:
        form, row, _ = workbook.results(tmp_path, path)
        if "lead_error" in case:
            if form["problem"] is None or row["problem"] is None:
                wrong[name] = form
            continue
        expected = case["expected"]
        found = [key for lead in [form, row] for key in differences(lead, expected, KEYS)]
        if not same_reasons(workbook.reasons(tmp_path, path), expected["reasons"]):
            found.append(("reasons", workbook.reasons(tmp_path, path)))
        if found or form["problem"]:
            wrong[name] = (found, form, row, expected)
    reasons = ", ".join(f"{count} {reason}" for reason, count in left_out.items())
    figure(f"xlsx in LibreOffice, conformance: {len(books)} cases, {len(wrong)} differences; left out: {reasons}")
    assert not wrong, wrong


def why_not(name, case):
    if "config_error" in case:
        return "configs that are refused"
    if any(isinstance(value, (list, dict)) for value in case["lead"].values()):
        return "lists and objects, which no cell holds"
    return NOT_TYPED.get(name)


def same_reasons(found, expected):
    expected = [(reason["name"], reason["level"], reason["points"]) for reason in expected]
    return [reason[:2] for reason in found] == [reason[:2] for reason in expected] and all(
        abs(ours[2] - theirs[2]) <= 1e-9 for ours, theirs in zip(found, expected)
    )


# Texts that some programs run, or take for something else.
HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "'=1", '"', "' & \"", "=cmd|' /C calc'!A0", "<b>&amp;</b>", "]]>", "{{ x }}", "\t=1", "#REF!", "TRUE", "1e3",
    "2024-03-01", "_x0041_", "a_x000D_b", "é😀", "*", "?", "~*", "=HYPERLINK(\"http://example.org\")",
]  # fmt: skip


def named(names):
    """A config whose names and texts are these."""
    name = iter(names).__next__
    group, marker, field, band, stage, tier, product, event, prop = (name() for _ in range(9))
    levels = [
        {"level": name(), "when": {"in": [text]}, "points": points} for points, text in enumerate(names[10:], start=1)
    ]
    model = {
        "product": product,
        "base_points": 0,
        "range": {"min": -1000, "max": 1000},
        "groups": [{"name": group, "min": -1000, "max": 1000, "tiers": [{"name": tier, "from": -1000}]}],
        "attributes": [
            {
                "name": names[0],
                "group": group,
                "input": {"field": field, "type": "text", "missing": [marker]},
                "levels": levels[:10],
            }
        ],
        "behaviours": [
            {
                "name": names[1],
                "group": group,
                "event": event,
                "where": {prop: names},
                "window_days": 30,
                "points_each": 100,
            }
        ],
        "signals": [{"name": names[2], "group": group, "kind": "filled_fields", "fields": [names[3]], "points": 7}],
        "bands": [{"name": band, "from": -1000, "action": names[4]}],
        "stages": [{"name": stage, "from": -1000}],
    }
    return {"format": "leadcal.scoring-config", "version": 1, "name": names[5], "models": [model]}


def formulas(path):
    """All formulas of a workbook, those of conditional formats and data validations included, by sheet."""
    with zipfile.ZipFile(path) as book:
        assert {item.date_time for item in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}, "no clock in the file"
        sheets = {item: book.read(item).decode() for item in book.namelist() if "/sheet" in item and item.endswith(".xml")}
    return {item: re.findall(r"<(?:f|formula|formula1|xm:f)[^>]*>(.*?)</", text) for item, text in sheets.items()}


def test_names_never_become_formulas(leadcal, figure, tmp_path):
    harmless = [f"name {index}" for index in range(len(HOSTILE))]
    paths, configs = [], []
    for index, names in enumerate([harmless, HOSTILE, HOSTILE[5:] + HOSTILE[:5], HOSTILE[13:] + HOSTILE[:13]]):
        configs.append(named(names))
        config = tmp_path / f"{index}.json"
        config.write_text(json.dumps(configs[-1]), encoding="utf-8")
        exported = tmp_path / f"exported-{index}.xlsx"
        leadcal("export", config, "--to", "xlsx", "--rows", 12, "--event-rows", 12, "-o", exported)
        paths.append(exported)
    plain = formulas(paths[0])
    assert sum(map(len, plain.values())) > 500
    for path in paths[1:]:
        assert formulas(path) == plain, "the same formulas, whatever the names"
    typed = []
    for index, (path, config) in enumerate(zip(paths, configs)):
        book = workbook.Workbook(path)
        model = config["models"][0]
        attribute, [behaviour] = model["attributes"][0], model["behaviours"]
        field, [prop] = attribute["input"]["field"], behaviour["where"]
        leads, events = [], []
        for row, level in enumerate(attribute["levels"]):
            text = level["when"]["in"][0]
            lead = {"product": model["product"], field: text, model["signals"][0]["fields"][0]: text}
            event = {"time": "2024-05-01", "name": behaviour["event"], "properties": {prop: text}}
            name = f"{text} {row}"
            book.type_lead(row, lead, name)
            leads.append((lead, event))
            events.append((name, event))
        book.type_events(events, None)
        typed.append((tmp_path / f"typed-{index}.xlsx", config, leads))
        book.save(typed[-1][0])
    workbook.recalculate([path for path, *_ in typed], tmp_path)
    for path, config, leads in typed:
        found = workbook.results(tmp_path, path)[1:]
        for (lead, event), result in zip(leads, found):
            expected = scorer.score(config, lead, [event], "2024-05-01")
            assert not differences(result, expected, KEYS), (lead, result, expected)
    figure(f"xlsx in LibreOffice: {sum(len(leads) for *_, leads in typed)} leads of configs with hostile names, 0 differences")
