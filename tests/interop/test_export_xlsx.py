"""`leadcal export --to xlsx`: leads typed into the workbook have leadcal's scores once LibreOffice has recalculated it."""

import pytest

import exports
import scorer
import workbook

# Leads of each data set that are typed in, evenly spread over the file, and how many a workbook.
LEADS, A_WORKBOOK = 1200, 400
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
                texts = [lead.get(signal[key]) for key in ["field", "company"]]
                fires = all(isinstance(text, str) for text in texts) and scorer.company_email_domain(*texts)
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
    for start in range(0, len(chosen), A_WORKBOOK):
        leads = chosen[start : start + A_WORKBOOK]
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
        config = tmp_path / f"{len(books)}.json"
        config.write_text(case.get("config_text") or exports.json.dumps(case["config"]), encoding="utf-8")
        exported = tmp_path / f"exported-{len(books)}.xlsx"
        events = case.get("events", [])
        leadcal("export", config, "--to", "xlsx", "--rows", 2, "--event-rows", 2 * len(events) + 1, "-o", exported)
        book = workbook.Workbook(exported)
        lead = case["lead"] | answers(case["config"], case["lead"])
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
