"""A report in headless Chromium: opened from its file, watched for errors and requests, its widgets by what they are called."""

import contextlib
import json
import re
from pathlib import Path

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
DATA = re.compile(r'(<script type="application/json" id="leadcal-data">)(.*?)(</script>)', re.DOTALL)


@contextlib.contextmanager
def chromium():
    with sync_playwright() as playwright:
        # Chromium's own sandbox does not start as root, as CI runs.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextlib.contextmanager
def opened(browser, report, **options):
    """A page of the report; fails where it asks for anything but itself, or says that something went wrong."""
    wrong = []
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(f"{error}\n{error.stack}"))
    page.on("dialog", lambda dialog: (wrong.append(f"a dialog: {dialog.message}"), dialog.dismiss()))
    address = Path(report).resolve().as_uri()
    page.on("request", lambda request: wrong.append(request.url) if not allowed(request.url, address) else None)
    page.goto(address)
    yield page
    context.close()
    assert wrong == []


def allowed(url, address):
    """The file itself, and the text that is downloaded out of its memory."""
    return url == address or url.startswith("blob:null/")


def settled(page):
    """Waits until what was changed is drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def cut_offs(page, kind="Bands"):
    """The table of bands or stages: by name where each starts and what it holds."""
    rows = page.get_by_role("region", name=re.compile(f"^{kind} and what")).locator("tbody tr").evaluate_all(
        """(rows) => rows.map((row) => [...row.cells].map((cell) => {
          const input = cell.querySelector("input");
          return input ? input.value : cell.firstChild.textContent;
        }))"""
    )
    return {name: [float(number(start)), int(number(leads)), int(number(conversions)), rate]
            for name, start, leads, conversions, rate, *_ in rows}  # fmt: skip


def number(text):
    return text.replace("\u202f", "").replace("\u2212", "-")


def auc(page):
    return float(page.locator("#try .auc b").inner_text())


def choose_model(page, name):
    """By what the list says, or its place in the config."""
    page.get_by_label("Model of", exact=True).select_option(name)
    settled(page)


def change_points(page, part, label, value):
    """Opens an attribute, behaviour or signal and changes the points of what is labelled so."""
    name = page.locator("summary b").filter(has_text=re.compile(f"^{re.escape(part)}$"))
    details = page.locator("#change-points details").filter(has=name)
    if not details.evaluate("(details) => details.open"):
        details.locator("summary").click()
    # Read in the attribute's own place: labels may hold any letters.
    field = details.locator("tbody tr").filter(has=page.get_by_role("rowheader", name=label, exact=True)).locator("input")
    field.fill(str(value))
    field.blur()
    settled(page)


def download(page, folder, name="edited.json"):
    """Downloads the config as it stands and returns its path."""
    with page.expect_download() as started:
        page.get_by_role("button", name="Download the config").click()
    path = Path(folder) / name
    started.value.save_as(path)
    return path


def type_lead(page, lead, events, as_of):
    """Types a lead into the form; texts, numbers and booleans as people write them."""
    form = page.locator("#a-lead form")
    form.get_by_role("button", name="Clear the form").click()
    for control in form.locator("[data-field]").all():
        value = lead.get(control.get_attribute("data-field"))
        if value is None or value == "":
            continue
        if control.evaluate("(element) => element.tagName") == "SELECT":
            control.select_option(str(value).lower())
        else:
            control.fill(written(value))
    for event in events:
        form.get_by_role("button", name="Add an event").click()
        row = form.locator(".events li").last
        row.get_by_label("Event", exact=True).fill(event["name"])
        row.get_by_label("Time (UTC)").fill(without_zone(event["time"]))
        for name, value in event["properties"].items():
            field = row.get_by_label(name, exact=True)
            if field.count():
                field.fill(str(value))
    if as_of:
        form.get_by_label("Scored as of").fill(without_zone(as_of))


def written(value):
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    # The form takes moments without their zone, which is UTC.
    return without_zone(value) if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", value) else value


def without_zone(time):
    """As inputs of moments are filled: to the millisecond."""
    time = time.removesuffix("Z")
    whole, _, fraction = time.partition(".")
    return f"{whole}.{fraction[:3]}" if fraction.strip("0") else whole


def with_data(report, folder, change):
    """A copy of the report whose embedded data were changed: for data that no calibration of the tests makes."""
    html = Path(report).read_text(encoding="utf-8")
    data = json.loads(DATA.search(html)[2])
    data = change(data) or data
    text = json.dumps(data).replace("<", "\\u003c")
    path = Path(folder) / "changed.html"
    path.write_text(DATA.sub(lambda found: found[1] + text + found[3], html), encoding="utf-8")
    return path
