"""The interactive part of `report.html` in headless Chromium: what it shows is what leadcal, Python and scikit-learn compute."""

import base64
import csv
import json
import os
import random
import re
import subprocess

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from scipy.stats import beta
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

import browser as page_of
import exports
import functions
import history
from conftest import REPOSITORY

LEADS = REPOSITORY / "notebooks-data/leads.csv"
HOSTILE = ['<script>alert(1)</script>', '</script><img src=x onerror=alert(2)>', '"><b onclick=\'x\'>&amp;', "constructor", "__proto__", "<!-- ${1}`"]


@pytest.fixture(scope="module")
def chromium():
    with page_of.chromium() as browser:
        yield browser


@pytest.fixture
def opened(chromium):
    return lambda report, **options: page_of.opened(chromium, report, **options)


@pytest.fixture(scope="module")
def plain(calibrated, spec):
    """Folder of a calibration on the example's leads without events: its pattern table has every lead as leadcal scores it."""
    return calibrated(spec("notebooks-data"))[0]


@pytest.fixture(scope="module")
def eventful(scored):
    """The example with events, products, signals and inactivity (exports.Scored)."""
    return scored("notebooks-data")


@pytest.fixture(scope="module")
def converted():
    return np.array([lead["converted"] == "yes" for lead in history.read_csv(LEADS)])


@pytest.fixture
def scores_of(leadcal, tmp_path):
    """leadcal's own result for every lead of the example under a config."""

    def scores(config, *flags):
        out = tmp_path / "scores.csv"
        leadcal("score", config, LEADS, *flags, "-o", out)
        with out.open(newline="", encoding="utf-8") as file:
            return [exports.result(row) for row in csv.DictReader(file)]

    return scores


def counted(scores, converted, starts):
    """Of each band, what its leads did, counted one by one."""
    values = np.array([row["score"] for row in scores])
    found = {}
    for (name, start), end in zip(starts, [start for _, start in starts[1:]] + [np.inf]):
        inside = (values >= start) & (values < end)
        leads, conversions = int(inside.sum()), int(converted[inside].sum())
        found[name] = [start, leads, conversions, f"{100 * conversions / leads:.1f}\u00a0%" if leads else "\u2013"]
    return found


def starts(config):
    return [(band["name"], band["from"]) for band in config["models"][-1]["bands"]]


# Bands


def test_cut_offs_move_by_keyboard_mouse_and_number(opened, plain, scores_of, converted, tmp_path):
    scores = scores_of(plain / "scoring.json")
    with opened(plain / "report.html") as page:
        assert page_of.cut_offs(page) == counted(scores, converted, starts(config_of(plain)))
        [warm, hot] = page.get_by_role("slider").all()
        warm_from, hot_from = int(warm.get_attribute("aria-valuenow")), int(hot.get_attribute("aria-valuenow"))

        hot.focus()
        for key in ["ArrowRight", "ArrowUp", "PageUp", "ArrowLeft"]:
            page.keyboard.press(key)
        page_of.settled(page)
        assert hot.get_attribute("aria-valuenow") == str(hot_from + 11)
        assert "leads" in hot.get_attribute("aria-valuetext")

        # By mouse to the middle between the least score and where it stood, far enough to be sure that it moved.
        page.locator("#cut-offs").evaluate("(section) => section.scrollIntoView()")
        box, plot = warm.bounding_box(), page.locator("#try .plot").bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.move((plot["x"] + box["x"]) / 2, box["y"] + 5, steps=4)
        page.mouse.up()
        page_of.settled(page)
        dragged = int(warm.get_attribute("aria-valuenow"))
        assert abs(dragged - warm_from / 2) <= 3

        moved = [("cold", 0), ("warm", dragged), ("hot", hot_from + 11)]
        assert page_of.cut_offs(page) == counted(scores, converted, moved)
        edited = json.loads(page_of.download(page, tmp_path).read_text(encoding="utf-8"))
        assert starts(edited) == moved

        # Home and End go as far as the neighbours leave room.
        hot.focus()
        page.keyboard.press("Home")
        page_of.settled(page)
        assert hot.get_attribute("aria-valuenow") == str(dragged + 1)
        number = page.get_by_label("Band hot from", exact=True)
        number.fill(str(hot_from))
        page_of.settled(page)
        assert hot.get_attribute("aria-valuenow") == str(hot_from)
        # What would put the bands out of order is not taken, and said.
        number.fill("1")
        assert number.get_attribute("aria-invalid") == "true"
        number.blur()
        assert number.input_value() == str(hot_from)


def test_a_band_s_figures(opened, plain):
    """Share, interval and leads a week beside the counts."""
    with opened(plain / "report.html") as page:
        rows = page.get_by_role("region", name=re.compile("^Bands and what")).locator("tbody tr")
        data = page.evaluate("() => JSON.parse(document.getElementById('leadcal-data').textContent)")
        model = data["models"][-1]
        for row, (_, leads, conversions, _) in zip(rows.all(), page_of.cut_offs(page).values()):
            low, high = beta.ppf([0.025, 0.975], conversions + 0.5, leads - conversions + 0.5)
            text = row.inner_text()
            assert f"{100 * low:.1f} to {100 * high:.1f}\u00a0%" in text
            assert f"{100 * conversions / model['conversions']:.1f}\u00a0%" in text
            assert f"{leads / model['weeks']:.1f}" in text


def test_every_model_has_its_own_leads(opened, eventful):
    """The bands of each product's model, and of that for all others, are those that calibrate wrote."""
    with opened(eventful.path.parent / "report.html") as page:
        data = page.evaluate("() => JSON.parse(document.getElementById('leadcal-data').textContent)")
        for at, (model, known) in enumerate(zip(eventful.config["models"], data["models"], strict=True)):
            page_of.choose_model(page, str(at))
            bands = page_of.cut_offs(page)
            assert [[name, start] for name, (start, *_) in bands.items()] == [[band["name"], band["from"]] for band in model["bands"]]
            rates = [conversions / leads for _, leads, conversions, _ in bands.values()]
            assert rates == pytest.approx([band["expected_rate"] for band in model["bands"]], abs=1e-6)
            assert sum(leads for _, leads, *_ in bands.values()) == known["leads"]


def test_stages_move_like_bands(opened, plain, scores_of, converted, tmp_path):
    def staged(data):
        data["config"]["models"][0]["stages"] = [{"name": "MQL", "from": 40}, {"name": "SQL", "from": 55}]

    scores = np.array([row["score"] for row in scores_of(plain / "scoring.json")])
    with opened(page_of.with_data(plain / "report.html", tmp_path, staged)) as page:
        page.get_by_label("Stage SQL from", exact=True).fill("50")
        page_of.settled(page)
        found = page_of.cut_offs(page, "Stages")
        for name, start in [("MQL", 40), ("SQL", 50)]:
            assert found[name][:3] == [start, (scores >= start).sum(), converted[scores >= start].sum()]
        config = json.loads(page_of.download(page, tmp_path).read_text(encoding="utf-8"))
        assert config["models"][0]["stages"][1] == {"name": "SQL", "from": 50}


# Points


def test_points_change_scores_bands_and_auc(opened, leadcal, plain, scores_of, converted, figure, tmp_path):
    before = config_of(plain)["models"][-1]
    seniority = attribute(before, "seniority")["levels"][0]
    with opened(plain / "report.html") as page:
        assert page_of.auc(page) == pytest.approx(area(scores_of(plain / "scoring.json"), converted), abs=5e-5)
        page_of.change_points(page, "seniority", seniority["level"], -25)
        page_of.change_points(page, "source", "Referral", "12.5")
        page_of.change_points(page, "Base points and limits", "fit: greatest sum", 500)
        edited = page_of.download(page, tmp_path)
        scores = scores_of(edited)
        expected = area(scores, converted)
        assert page_of.auc(page) == pytest.approx(expected, abs=5e-5)
        config = json.loads(edited.read_text(encoding="utf-8"))
        assert page_of.cut_offs(page) == counted(scores, converted, starts(config))
        figure(f"report: AUC {page_of.auc(page)} in the page, {expected:.6f} by scikit-learn from leadcal's scores")

        model = config["models"][-1]
        level = attribute(model, "seniority")["levels"][0]
        assert level["points"] == -25 and "points_interval" not in level["evidence"]
        assert level["evidence"]["leads"] == seniority["evidence"]["leads"]
        for band, (_, leads, conversions, _) in zip(model["bands"], page_of.cut_offs(page).values()):
            assert band["expected_rate"] == pytest.approx(conversions / leads, abs=1e-6)
        assert config["provenance"]["tool"].endswith("changed by hand in its report: points in 2 places, 1 limit")
        # The curve fitted again, against a logistic regression without a penalty.
        curve = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit([[row["score"]] for row in scores], converted)
        assert model["expected_rate_by_score"]["slope"] == pytest.approx(curve.coef_[0][0], rel=1e-4)
        assert model["expected_rate_by_score"]["intercept"] == pytest.approx(curve.intercept_[0], rel=1e-4)
        assert lint(leadcal, edited) == lint(leadcal, plain / "scoring.json")


def test_the_way_back(opened, plain, tmp_path):
    """Reset of one number and of all, undo and redo; the config downloaded without changes is scoring.json to the byte."""
    calibrated = (plain / "scoring.json").read_bytes()
    with opened(plain / "report.html") as page:
        assert page_of.download(page, tmp_path).read_bytes() == calibrated
        page_of.change_points(page, "source", "Referral", 40)
        page_of.change_points(page, "source", "Webinar", -3)
        changed = page_of.cut_offs(page)
        assert page.get_by_text("2 changed", exact=True).count() == 2
        buttons = {name: page.get_by_role("button", name=name, exact=True) for name in ["Undo", "Redo", "Reset all"]}

        def press(button):
            button.click()
            page_of.settled(page)

        press(buttons["Undo"])
        assert page.get_by_label("Points of source, Referral", exact=True).input_value() == "40"
        press(buttons["Undo"])
        assert page_of.download(page, tmp_path).read_bytes() == calibrated
        press(buttons["Redo"])
        press(buttons["Redo"])
        assert page_of.cut_offs(page) == changed and buttons["Redo"].is_disabled()
        press(page.get_by_role("button", name="Reset Points of source, Webinar", exact=True))
        assert page.get_by_text("1 changed", exact=True).count() == 2
        press(buttons["Reset all"])
        assert page_of.download(page, tmp_path).read_bytes() == calibrated
        assert buttons["Reset all"].is_disabled()

        # A cut-off whose old place is taken by its neighbour takes it back with the neighbour.
        before = starts(config_of(plain))
        page.get_by_label("Band hot from", exact=True).fill("90")
        page.get_by_label("Band warm from", exact=True).fill("80")
        press(page.get_by_role("button", name="Reset Band hot from", exact=True))
        assert [(name, start) for name, (start, *_) in page_of.cut_offs(page).items()] == before


def test_the_list_of_points_is_searched_and_sorted(opened, eventful):
    with opened(eventful.path.parent / "report.html") as page:
        section = page.locator("#change-points")
        names = section.locator("summary b:visible")
        everything = names.all_inner_texts()
        section.get_by_label("Order").select_option("by name")
        assert names.all_inner_texts() != everything and set(names.all_inner_texts()) == set(everything)
        section.get_by_label("Find an attribute or level").fill("referral")
        assert names.all_inner_texts() == ["source"]
        section.get_by_label("Find an attribute or level").fill("")
        section.get_by_label("only what was changed").check()
        assert names.all_inner_texts() == []


def test_the_attributes_of_the_report_are_searched_and_sorted(opened, eventful):
    with opened(eventful.path.parent / "report.html") as page:
        section = page.locator("#attributes")
        names = section.locator("details.attribute summary b:visible")
        everything = names.all_inner_texts()
        assert len(everything) > 20
        section.get_by_label("Find an attribute or level").fill("REFERRAL")
        assert names.all_inner_texts() == ["source"]
        assert f"1 of {len(everything)} attributes" in section.inner_text()
        section.get_by_label("Find an attribute or level").fill("")
        section.get_by_label("Order").select_option("by name")
        assert names.all_inner_texts()[0] == "budget_band"
        section.get_by_role("button", name="Open or close all").click()
        assert section.locator("details.attribute:not([open])").count() == 0


# A lead


def test_leads_typed_in_score_as_leadcal_scores_them(opened, eventful, leadcal, figure, tmp_path):
    """Leads with few events, typed field by field, under a config edited in the page."""
    draw = random.Random(5)
    several = [at for at, events in enumerate(eventful.events) if 1 <= len(events) <= 4]
    none = [at for at, events in enumerate(eventful.events) if not events]
    chosen = draw.sample(several, 7) + draw.sample(none, 3)
    rows = history.read_csv(LEADS)
    with opened(eventful.path.parent / "report.html") as page:
        for model in ["Desk", "all others"]:
            page_of.choose_model(page, model)
            page_of.change_points(page, "demo request", re.compile("each time"), 17)
            page_of.change_points(page, "inactivity", re.compile("30 days"), -21)
            page_of.change_points(page, "keyboard run", "where it holds", 9)
        edited = page_of.download(page, tmp_path)
        scores = rescored(leadcal, edited, tmp_path)
        for at in chosen:
            page_of.type_lead(page, rows[at], eventful.events[at], eventful.as_of)
            result = page.get_by_role("region", name="Score of the lead")
            expected = scores[at]
            assert float(page_of.number(result.locator("output").inner_text())) == expected["score"], rows[at]["id"]
            facts = result.locator("dd").all_inner_texts()
            assert facts[:1] == [expected["band"]] and expected["grade"] in facts, rows[at]["id"]
            assert f"{100 * expected['probability']:.1f}\u00a0%" in facts, rows[at]["id"]
            shown = result.locator("tbody tr").evaluate_all(
                "(rows) => rows.map((row) => [row.cells[1].textContent, row.cells[0].firstChild.textContent, row.querySelector('small')?.textContent])"
            )
            found = [(float(page_of.number(points)), name if level is None else f"{name} = {level}") for points, name, level in shown]
            reasons = [reason.split(" ", 1) for reason in expected["reasons"].split("; ") if reason]
            assert [name for _, name in found] == [name for _, name in reasons], rows[at]["id"]
            assert [points for points, _ in found] == pytest.approx([float(points) for points, _ in reasons], abs=0.0051)
        figure(f"report: {len(chosen)} leads typed in with {sum(len(eventful.events[at]) for at in chosen)} events, scored as leadcal scores them")


def rescored(leadcal, config, folder):
    """leadcal's results for all leads of the example with their events, with reasons."""
    out = folder / "explained.ndjson"
    flags = ["--id", "id", "--events", exports.EVENTS, "--event-lead", "lead_id", "--as-of", exports.AS_OF]
    leadcal("score", config, LEADS, *flags, "--explain", "-o", out)
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


MODELS = """
import { readFileSync } from "node:fs";
const [, , page, list] = process.argv;
const { scorerModels } = new Function(`${readFileSync(page)}; return { scorerModels };`)();

/** Where what the page makes lacks something of what is exported; a name may be the part that has it. */
function lacking(made, exported, at) {
  if (exported !== null && typeof exported === "object") {
    // Properties are asked for in any order: the export has them by name.
    if (at.endsWith("/where")) made = [...made].sort((a, b) => (a.property < b.property ? -1 : 1));
    const keys = Object.keys(exported).concat(made && made.coefficient ? ["coefficient"] : []);
    return keys.flatMap((key) => lacking(made?.[key], exported[key], `${at}/${key}`));
  }
  const value = typeof made === "object" && made !== null && "kind" in made ? made.name : made;
  return (value ?? null) === (exported ?? null) ? [] : [`${at}: ${JSON.stringify(made)}, exported ${exported}`];
}

const found = [];
for (const [config, module] of JSON.parse(readFileSync(list))) {
  const { MODELS } = await import(module);
  found.push(...lacking(scorerModels(JSON.parse(readFileSync(config))), MODELS, module));
}
console.log(JSON.stringify(found));
"""


def test_the_page_reads_a_config_as_the_export_does(leadcal, figure, tmp_path):
    """The models that the page makes of a config's JSON are those of `export --to javascript`, for conformance cases of all kinds."""
    cases = exports.conformance_cases().values()
    texts = sorted({json.dumps(case["config"]) for case in cases if "config" in case and "expected" in case})
    pairs = []
    chosen = random.Random(3).sample(texts, 60)
    for at, text in enumerate(chosen):
        config = tmp_path / f"{at}.json"
        config.write_text(text, encoding="utf-8")
        pairs.append([str(config), str(functions.exported(leadcal, "javascript", config, tmp_path, f"module{at}"))])
    (tmp_path / "list.json").write_text(json.dumps(pairs), encoding="utf-8")
    (tmp_path / "models.mjs").write_text(MODELS, encoding="utf-8")
    page = REPOSITORY / "crates/scorecard/src/report/page/scorer.js"
    done = subprocess.run(["node", tmp_path / "models.mjs", page, tmp_path / "list.json"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []
    figure(f"report: models of {len(chosen)} conformance configs as the export writes them")


def test_a_value_of_the_wrong_type_is_said(opened, eventful):
    with opened(eventful.path.parent / "report.html") as page:
        page.locator("[data-field=company_size]").fill("many")
        result = page.get_by_role("region", name="Score of the lead")
        assert 'field "company_size" should be a number' in result.inner_text()
        page.locator("[data-field=company_size]").fill("12")
        assert "Score" in result.inner_text() and "should be" not in result.inner_text()


# The config downloaded


@pytest.mark.parametrize("name", ["notebooks-data", "bank-full", "leads_x_education"])
def test_the_page_scores_every_lead_as_leadcal_does(opened, scored, leadcal, figure, tmp_path, name):
    """Some numbers of every kind are changed; then all leads, in the page and by `leadcal score` with the config downloaded."""
    data = scored(name)
    draw = random.Random(name)
    with opened(data.path.parent / "report.html") as page:
        model = data.config["models"][-1]
        for attribute in draw.sample(model["attributes"], 4):
            level = draw.choice(attribute["levels"])
            page_of.change_points(page, attribute["name"], level["level"], draw.choice([-17, 3, 8.5, 31]))
        slider = page.get_by_role("slider").last
        slider.focus()
        page.keyboard.press("PageDown")
        page_of.settled(page)
        edited = page_of.download(page, tmp_path)
        leads = [{key: value for key, value in lead.items() if value is not None} for lead in data.leads]
        # As texts: the browser is slow at taking so many values one by one.
        found = json.loads(page.evaluate(
            """(given) => {
              const [leads, events, asOf] = JSON.parse(given);
              const scored = leads.map((lead, at) => leadcal.score(lead, events[at], asOf));
              return JSON.stringify(scored, (key, value) => (key === "reasons" || key === "groups" ? undefined : value));
            }""",
            json.dumps([leads, data.events, data.as_of]),
        ))  # fmt: skip
        made = page.evaluate("() => leadcal.config()")
    config = json.loads(edited.read_text(encoding="utf-8"))
    assert made == config | {"name": made["name"]}
    out = tmp_path / "scores.csv"
    flags = ["--events", exports.EVENTS, "--as-of", exports.AS_OF] if data.as_of else []
    leadcal("score", edited, LEADS if data.as_of else as_csv(data.leads, tmp_path), *flags, "-o", out)
    with out.open(newline="", encoding="utf-8") as file:
        expected = [exports.result(row) for row in csv.DictReader(file)]
    differ = [
        (at, key)
        for at, (one, other) in enumerate(zip(expected, found, strict=True))
        for key in one
        if not same(one[key], other[key])
    ]
    assert differ == []
    assert lint(leadcal, edited) == lint(leadcal, data.path)
    figure(f"report of {name}: {len(found)} leads scored in the page as by the config downloaded, 0 differences")


def as_csv(leads, folder):
    rows = [{key: "" if value is None else value for key, value in lead.items()} for lead in leads]
    return history.write_csv(folder / "leads.csv", rows)


def same(one, other):
    if isinstance(one, float):
        return abs(one - other) <= 1e-9
    return one == other


def lint(leadcal, config):
    """What `leadcal lint` finds, apart from the file's name."""
    done = subprocess.run([os.environ["LEADCAL"], "lint", str(config), "--format", "json"], capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    [linted] = json.loads(done.stdout)["configs"]
    return [finding["code"] for finding in linted["findings"]]


# The page as such


def test_the_file_is_small(plain, eventful, figure):
    sizes = [(path / "report.html").stat().st_size for path in [plain, eventful.path.parent]]
    figure(f"report: {sizes[0]} bytes without events, {sizes[1]} with events and three products")
    assert max(sizes) < 1_000_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_in_the_way_of_anybody(opened, eventful, scheme):
    """axe-core's rules for people who see, hear or point otherwise, with everything opened."""
    with opened(eventful.path.parent / "report.html", color_scheme=scheme) as page:
        page_of.change_points(page, "source", "Referral", 12)
        page.get_by_role("button", name="Add an event").click()
        page.locator("#download details summary").click()
        page_of.settled(page)
        found = Axe().run(page).response["violations"]
        serious = [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found if one["impact"] in ("serious", "critical")]
        assert serious == []


def test_light_and_dark(opened, plain):
    def paper(page):
        return page.evaluate("() => getComputedStyle(document.body).backgroundColor")

    with opened(plain / "report.html", color_scheme="dark") as page:
        dark = paper(page)
        page.get_by_role("button", name="Switch to light colours").click()
        assert paper(page) != dark
        light = paper(page)
        page.emulate_media(color_scheme="light")
        assert paper(page) == light
        page.get_by_role("button", name="Switch to dark colours").click()
        assert paper(page) == dark


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(opened, eventful, width):
    with opened(eventful.path.parent / "report.html", viewport={"width": width, "height": 800}) as page:
        page_of.change_points(page, "job_title", "(missing)", 5)
        page.get_by_role("button", name="Add an event").click()
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_print(opened, eventful):
    """What is for trying is not printed; what was calibrated is."""
    with opened(eventful.path.parent / "report.html") as page:
        page.emulate_media(media="print")
        assert page.locator("#summary").is_visible() and not page.locator("#try").is_visible()


def test_without_javascript(opened, plain):
    with opened(plain / "report.html", java_script_enabled=False) as page:
        assert "This part needs JavaScript" in page.locator("#try-it").inner_text()
        assert page.locator("#theme-switch button").count() == 0


def test_the_keyboard_reaches_everything(opened, plain):
    """Tab goes through the handles, the numbers of an attribute opened by Enter, the form and the download."""
    with opened(plain / "report.html") as page:
        page.locator("#try .toolbar").evaluate("(bar) => { bar.tabIndex = -1; bar.focus(); }")
        reached = []
        for _ in range(400):
            page.keyboard.press("Tab")
            name = page.evaluate(
                "() => { const one = document.activeElement; return one.closest('#try') ? `${one.tagName} ${one.getAttribute('aria-label') || one.textContent.trim()}` : ''; }"
            )
            if name.startswith("SUMMARY source"):
                page.keyboard.press("Enter")
                page_of.settled(page)
            reached.append(name)
            if name == "BUTTON Download the config":
                break
        for wanted in ["DIV hot starts at score", "INPUT Band hot from", "INPUT Points of source, Referral", "BUTTON Clear the form"]:
            assert wanted in reached
        assert reached[-1] == "BUTTON Download the config"
        width = page.evaluate("() => parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        assert width >= 2


def test_hostile_names(opened, calibrated, leadcal, tmp_path):
    """Levels and columns that look like markup or like what every object has are texts."""
    draw = random.Random(1)
    columns = ["<b>field</b>", "constructor", "__proto__"]
    leads = []
    for at in range(600):
        levels = [draw.choice(HOSTILE) for _ in columns]
        chance = 0.1 + 0.5 * (levels[0] == HOSTILE[0]) + 0.2 * (levels[1] == HOSTILE[1])
        leads.append(dict(zip(columns, levels)) | {"won": "yes" if draw.random() < chance else "no"})
    history.write_csv(tmp_path / "leads.csv", leads)
    data = {"leads": tmp_path / "leads.csv", "outcome": {"column": "won", "positive": "yes"}}
    source = history.write_spec(tmp_path / "leadcal.toml", data=data)
    source.write_text('name = "</title><script>alert(3)</script>"\n' + source.read_text(encoding="utf-8"), encoding="utf-8")
    folder = calibrated(source)[0]
    with opened(folder / "report.html") as page:
        page_of.change_points(page, "<b>field</b>", HOSTILE[0], 77)
        page_of.change_points(page, "__proto__", HOSTILE[4], -5)
        page.locator("#download details summary").click()
        assert HOSTILE[0] in page.locator("#download").inner_text()
        for control in page.locator("#a-lead [data-field]").all():
            control.fill(HOSTILE[0])
        result = page.get_by_role("region", name="Score of the lead")
        assert HOSTILE[0] in result.inner_text() and "+77" in result.inner_text()
        assert page.locator("main script, main img, main b[onclick]").count() == 0
        edited = page_of.download(page, tmp_path)
    leadcal("score", edited, tmp_path / "leads.csv", "-o", tmp_path / "scores.csv")


def test_configs_that_lack_parts(opened, plain, tmp_path):
    """No bands, no stages, no probability, no evidence, no provenance: what is not there is not shown."""

    def bare(data):
        [model] = data["config"]["models"]
        for key in ["bands", "stages", "probability", "expected_rate_by_score"]:
            model.pop(key, None)
        del data["config"]["provenance"]
        for one in model["attributes"]:
            for level in one["levels"]:
                level.pop("evidence", None)
        data["models"][0] |= {"weeks": None, "auc": None}
        data["table"]["sampled_from"] = 100_000

    report = page_of.with_data(plain / "report.html", tmp_path, bare)
    with opened(report) as page:
        assert page.get_by_role("slider").count() == 0
        assert "no bands" in page.locator("#cut-offs").inner_text()
        assert "of the sample" in page.locator("#cut-offs").inner_text()
        page_of.change_points(page, "source", "Referral", 30)
        config = json.loads(page_of.download(page, tmp_path).read_text(encoding="utf-8"))
        assert config["provenance"] == {"tool": "leadcal, changed by hand in its report: points in 1 place"}
        page.locator("[data-field=source]").fill("Referral")
        assert "+30" in page.get_by_role("region", name="Score of the lead").inner_text()


def test_a_large_table_is_quick(opened, plain, figure, tmp_path):
    """20 000 patterns of 30 attributes: a change is drawn within a few frames."""

    def large(data):
        draw = random.Random(2)
        model, table = data["config"]["models"][0], data["table"]
        first = model["attributes"][0]
        levels = [{"level": str(at), "when": {"in": [str(at)]}, "points": at - 4} for at in range(8)]
        model["attributes"] = [first | {"name": f"a{at}", "input": {"field": f"a{at}", "type": "text"}, "levels": levels} for at in range(30)]
        model.pop("signals", None), model.pop("probability", None)
        names = [level["level"] for level in levels]
        table["columns"] = [{"name": f"a{at}", "kind": "attribute", "bits": 3, "levels": names} for at in range(30)]
        table |= {"row_bytes": 12, "codes": base64.b64encode(draw.randbytes(20_000 * 12)).decode(), "leads": [3] * 20_000, "conversions": [draw.randrange(4) for _ in range(20_000)]}
        data["models"][0] |= {"terms": [{"column": at, "at": at} for at in range(30)], "leads": 60_000, "conversions": sum(table["conversions"])}

    report = page_of.with_data(plain / "report.html", tmp_path, large)
    with opened(report) as page:
        page_of.change_points(page, "a3", "5", 9)
        taken = page.evaluate(
            """async () => {
              const input = document.querySelector("#change-points details[open] input");
              const taken = [];
              for (let value = 1; value <= 12; value++) {
                const start = performance.now();
                input.value = value;
                input.dispatchEvent(new Event("input", { bubbles: true }));
                await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
                taken.push(performance.now() - start);
              }
              return taken;
            }"""
        )
        median = sorted(taken)[len(taken) // 2]
        figure(f"report: 20 000 patterns of 30 attributes drawn anew in {median:.0f} ms (median of {len(taken)} changes)")
        assert median < 150


def config_of(folder):
    return json.loads((folder / "scoring.json").read_text(encoding="utf-8"))


def attribute(model, name):
    return next(one for one in model["attributes"] if one["name"] == name)


def area(scores, converted):
    return roc_auc_score(converted, [row["score"] for row in scores])
