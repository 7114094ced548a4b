"""Checks notebooks-data against its truth.json, independently of the Rust code that made it.

    python tests/interop/notebooks_data_check.py [FOLDER]        (needs numpy, polars, statsmodels, scikit-learn)

Builds the snapshot features from the definitions in truth.json alone, fits a logistic regression of the outcome on
them with statsmodels, and checks that

- at least 90 % of the true effects lie in their 95 % intervals,
- the likelihood over half-life and max_times of the pricing page has its truth inside the 95 % profile interval, and
  that interval is finite,
- each effect that truth.json calls absent is not found (joint likelihood-ratio test, Bonferroni at 1 %),
- the area under the curve of static attributes and of everything is in the range that makes a good demonstration.

Exits 1 and says which, where one does not hold.
"""

import json
import sys
from pathlib import Path

import numpy as np
import polars as pl
import statsmodels.api as sm
from scipy.stats import chi2
from sklearn.metrics import roc_auc_score

DAY_MS = 86_400_000
STATIC_AUC = (0.68, 0.78)
FULL_AUC = (0.80, 0.88)


def read(folder):
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    leads = pl.read_csv(folder / "leads.csv", infer_schema_length=0)
    for column in ["created_at", "converted_at"]:
        parsed = pl.col(column).str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="ms", time_zone="UTC")
        leads = leads.with_columns(parsed.dt.timestamp("ms"))
    events = pl.read_parquet(folder / "events.parquet")
    assert events.schema["time"] == pl.Datetime("ms", "UTC"), events.schema
    return truth, leads, events.with_columns(pl.col("time").dt.timestamp("ms"))


def snapshots(truth, leads):
    """Leads at created_at + after_days: not yet converted, horizon inside the data."""
    rule = truth["snapshot"]
    end = pl.Series([truth["data_end"]]).str.to_datetime("%Y-%m-%dT%H:%M:%SZ").dt.timestamp("ms")[0]
    leads = leads.with_columns(as_of=pl.col("created_at") + rule["after_days"] * DAY_MS)
    horizon = pl.col("as_of") + rule["horizon_days"] * DAY_MS
    early = leads.filter(pl.col("converted_at") <= pl.col("as_of"))
    rest = leads.filter(pl.col("converted_at").is_null() | (pl.col("converted_at") > pl.col("as_of")))
    censored = rest.filter(horizon > end)
    rows = rest.filter(horizon <= end).with_columns(y=(pl.col("converted_at") <= horizon).fill_null(False))
    return rows, early.height, censored.height


def level_holds(value, when, kind):
    if when == "missing":
        return value is None
    if value is None:
        return False
    if kind == "number":
        value = float(value)
    if "in" in when:
        return value in when["in"]
    return when.get("from", -np.inf) <= value < when.get("below", np.inf)


def attribute_columns(truth, rows):
    """One column for each non-reference level and group of products. The reference is the level with effect 0 that
    holds most leads, or else the first with effect 0."""
    product = rows["product"].to_numpy()
    for effect in truth["attributes"]:
        attribute = effect["attribute"]
        inside = np.isin(product, effect["products"])
        values = rows[attribute["input"]["field"]].to_list()
        levels = attribute["levels"]
        member = np.array([
            next(i for i, level in enumerate(levels) if level_holds(v, level["when"], attribute["input"]["type"]))
            for v in values
        ])
        counts = [np.sum(inside & (member == i)) for i in range(len(levels))]
        zeros = [i for i, b in enumerate(effect["log_odds"]) if b == 0]
        reference = max(zeros, key=lambda i: counts[i])
        for i, level in enumerate(levels):
            if i != reference:
                name = f"{attribute['name']}={level['level']} [{', '.join(effect['products'])}]"
                yield name, effect["log_odds"][i], (inside & (member == i)).astype(float)


def has_run(text, rows, least=4):
    text = (text or "").lower()
    runs = {r[i : i + least] for row in rows for r in (row, row[::-1]) for i in range(len(row) - least + 1)}
    return any(run in text for run in runs)


def signal_columns(truth, rows):
    domains = [(e or "@").split("@", 1)[1] for e in rows["email"].to_list()]
    fires = {
        "free e-mail domain": [d in truth["free_mail_domains"] for d in domains],
        "disposable e-mail domain": [d in truth["disposable_domains"] for d in domains],
        "keyboard run": [has_run(n, truth["keyboard_rows"]) for n in rows["first_name"].to_list()],
        "uncapitalised name": [
            any(c.islower() for c in n) and not any(c.isupper() for c in n) for n in rows["last_name"].to_list()
        ],
        "phone given": [p is not None for p in rows["phone"].to_list()],
    }
    for effect in truth["signals"]:
        yield effect["name"], effect["log_odds"], np.array(fires[effect["name"]], dtype=float)


def log_of(rows, events):
    """Events up to each row's snapshot, by row, newest first."""
    index = rows.select("id", "as_of", "created_at").with_row_index("row")
    log = events.join(index, left_on="lead_id", right_on="id").filter(pl.col("time") <= pl.col("as_of"))
    return log.with_columns(age=(pl.col("as_of") - pl.col("time")) / DAY_MS).sort("row", "age")


def behaviour_column(log, n, window, event, page, max_times, half_life):
    # (as_of - window, as_of]: an age of exactly the window is out.
    hits = log.filter((pl.col("age") < window) & (pl.col("event") == event))
    if page is not None:
        hits = hits.filter(pl.col("page") == page)
    newest = hits.group_by("row", maintain_order=True).head(max_times)
    worth = 2.0 ** (-newest["age"].to_numpy() / half_life) if half_life else np.ones(newest.height)
    return np.bincount(newest["row"].to_numpy(), weights=worth, minlength=n)


def engagement_columns(truth, log, rows):
    n, window = rows.height, truth["snapshot"]["window_days"]
    for b in truth["behaviours"]:
        column = behaviour_column(log, n, window, b["event"], b.get("page"), b["max_times"], b["half_life_days"])
        yield b["name"], b["log_odds_each"], column
    idle = ((rows["as_of"] - rows["created_at"]) // DAY_MS).to_numpy().copy()
    last = log.group_by("row").agg(pl.col("age").min())
    idle[last["row"].to_numpy()] = np.floor(last["age"].to_numpy()).astype(int)
    steps = truth["inactivity"]["steps"] + [{"after_days": 10**6, "log_odds": 0}]
    for step, after in zip(steps, steps[1:]):
        hit = (idle >= step["after_days"]) & (idle < after["after_days"])
        yield f"idle from {step['after_days']} days", step["log_odds"], hit.astype(float)


def fit(columns, y):
    return sm.Logit(y, np.column_stack(columns)).fit(disp=0, maxiter=100)


def profile(truth, log, rows, columns, names, y):
    """95 % profile intervals of the pricing page's half-life and max_times, on grids."""
    pricing = next(b for b in truth["behaviours"] if b["half_life_days"])
    place = names.index(pricing["name"])
    window = truth["snapshot"]["window_days"]

    def log_likelihood(max_times, half_life):
        tried = list(columns)
        tried[place] = behaviour_column(
            log, rows.height, window, pricing["event"], pricing["page"], max_times, half_life
        )
        return fit(tried, y).llf

    half_lives = [2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 17.0, 20.0, 25.0, 30.0, 40.0, 60.0, 120.0, 1e9]
    caps = list(range(1, 13))
    by_half_life = [log_likelihood(pricing["max_times"], h) for h in half_lives]
    by_cap = [log_likelihood(c, pricing["half_life_days"]) for c in caps]
    drop = chi2.ppf(0.95, 1) / 2
    inside = lambda grid, ll: [g for g, l in zip(grid, ll) if l >= max(ll) - drop]
    return pricing, inside(half_lives, by_half_life), half_lives, inside(caps, by_cap)


def null_columns(truth, log, rows):
    """Groups of columns that must tell nothing beside the true ones."""
    for field in ["country", "newsletter", "form_variant", "job_title"]:
        values = rows[field].fill_null("(missing)")
        common = values.value_counts(sort=True).filter(pl.col("count") >= 100)[field].to_list()
        yield field, [(values == v).to_numpy().astype(float) for v in sorted(common)[1:]]
    age = rows["domain_age_years"].cast(pl.Float64)
    yield "domain_age_years", [age.is_null().to_numpy().astype(float), age.fill_null(0).to_numpy()]
    yield "created_at", [(rows["created_at"] - rows["created_at"].min()).to_numpy() / DAY_MS / 546]
    window = truth["snapshot"]["window_days"]
    opens = behaviour_column(log, rows.height, window, "email_open", None, 100, None)
    yield "email_open", [opens]
    for page in truth["no_effect"]["pages"]:
        seen = behaviour_column(log, rows.height, window, "page_view", page, 100, None)
        if seen.sum() >= 200:
            yield page, [seen]


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "notebooks-data")
    truth, leads, events = read(folder)
    rows, early, censored = snapshots(truth, leads)
    y = rows["y"].to_numpy().astype(float)
    made, failures = truth["made"], []

    def hold(claim, holds):
        print(("ok    " if holds else "FAILED"), claim)
        if not holds:
            failures.append(claim)

    hold(f"{rows.height} snapshot rows, {int(y.sum())} conversions ({y.mean():.4f}), {early} early, {censored} censored",
         (rows.height, int(y.sum()), early, censored) == (made["snapshot_rows"], made["snapshot_conversions"],
                                                          made["converted_before_snapshot"], made["censored"]))
    log = log_of(rows, events)
    product = rows["product"].to_numpy()
    intercepts = [(f"intercept {i['product']}", i["log_odds"], (product == i["product"]).astype(float))
                  for i in truth["intercepts"]]
    static = [*intercepts, *attribute_columns(truth, rows), *signal_columns(truth, rows)]
    everything = [*static, *engagement_columns(truth, log, rows)]
    names = [name for name, _, _ in everything]
    beta = np.array([b for _, b, _ in everything])
    columns = [c for _, _, c in everything]
    full = fit(columns, y)
    # The intercepts take up the effect of a reference level; those are 0 by construction.
    low, high = full.conf_int().T
    inside = (low <= beta) & (beta <= high)
    print(f"\n{'effect':58} {'true':>6} {'fitted':>7} {'95 % interval':>16} {'rows':>6}")
    for name, b, est, l, h, ok, c in zip(names, beta, full.params, low, high, inside, columns):
        print(f"{name[:58]:58} {b:6.2f} {est:7.2f}   [{l:5.2f}, {h:5.2f}] {int((c > 0).sum()):6} {'' if ok else '<'}")
    hold(f"{inside.sum()} of {len(inside)} true effects in their 95 % intervals ({inside.mean():.1%})",
         inside.mean() >= 0.9)
    chi = (full.params - beta) @ np.linalg.solve(full.cov_params(), full.params - beta)
    hold(f"all effects at once: Wald {chi:.1f} on {len(beta)} df, p = {chi2.sf(chi, len(beta)):.3f}",
         chi2.sf(chi, len(beta)) > 0.001)

    static_fit = fit([c for _, _, c in static], y)
    static_auc, full_auc = (roc_auc_score(y, f.predict()) for f in (static_fit, full))
    hold(f"AUC of attributes and signals {static_auc:.3f}", STATIC_AUC[0] <= static_auc <= STATIC_AUC[1])
    hold(f"AUC with behaviours {full_auc:.3f}", FULL_AUC[0] <= full_auc <= FULL_AUC[1])
    true_auc = roc_auc_score(y, np.column_stack(columns) @ beta)
    print(f"       AUC of the truth itself {true_auc:.3f}")

    pricing, half_lives, grid, caps = profile(truth, log, rows, columns, names, y)
    hold(f"half-life {pricing['half_life_days']}: likelihood interval {half_lives[0]} to {half_lives[-1]} days",
         half_lives[0] <= pricing["half_life_days"] <= half_lives[-1]
         and grid[0] < half_lives[0] and half_lives[-1] < grid[-1])
    hold(f"max_times {pricing['max_times']}: likelihood interval {caps[0]} to {caps[-1]}",
         caps[0] <= pricing["max_times"] <= caps[-1])

    nulls = list(null_columns(truth, log, rows))
    for name, extra in nulls:
        gain = 2 * (fit(columns + extra, y).llf - full.llf)
        p = chi2.sf(gain, len(extra))
        hold(f"{name} tells nothing: G = {gain:.1f} on {len(extra)} df, p = {p:.3f}", p > 0.01 / len(nulls))

    for failure in failures:
        print("FAILED:", failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
