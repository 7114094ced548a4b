"""Seconds, processor seconds and peak memory of joining an event log to leads at their snapshots, leadcal and DuckDB by turns.

    JOIN_EVENTS=target/debug/examples/join_events python tests/interop/bench_events.py FOLDER [PAIRS]

Needs duckdb besides requirements.txt. FOLDER receives the data, some 1.5 GB: 200 000 leads, and logs in Parquet and CSV
of 10 M events and of the fifth of them that the three behaviours ask for. Both programs run as processes of their own,
read the files, and must find the same rows, counts, ages and last events. Figures are medians over the pairs.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

LEADS = 200_000
EVENTS = 10_000_000
DAY = 86_400_000_000
START, DAYS = 1_640_995_200_000_000, 730  # from 2022-01-01 on
END = "2024-01-01T00:00:00Z"
NAMES = {"page_view": 0.6, "email_open": 0.12, "email_sent": 0.27, "demo_request": 0.01}
PAGES = ["/pricing", "/", "/blog", "/docs", "/careers", "/about", "/product", "/login"]

DUCKDB = """
import json, sys, time, duckdb
leads, events, end = sys.argv[1:]
start = time.perf_counter()
read = f"read_parquet('{events}')" if events.endswith("parquet") else f"read_csv('{events}')"
asked = {"pricing": "event = 'page_view' AND page = '/pricing'", "demo": "event = 'demo_request'", "mail": "event = 'email_open'"}
lists = ", ".join(
    f"list(age ORDER BY age) FILTER (age < 90 AND {condition}) AS {name}" for name, condition in asked.items()
)
duckdb.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
duckdb.execute(f'''
    CREATE TABLE made AS
    WITH leads AS (
        SELECT id, created_at + INTERVAL 30 DAY AS as_of, converted_at FROM read_csv('{leads}')
    ), rows AS (
        SELECT id, as_of, coalesce(converted_at <= as_of + INTERVAL 60 DAY, false) AS converted FROM leads
        WHERE (converted_at IS NULL OR converted_at > as_of) AND as_of + INTERVAL 60 DAY <= TIMESTAMPTZ '{end}'
    ), known AS (
        SELECT rows.id, as_of, time, event, page, (epoch_us(as_of) - epoch_us(time)) / 86400000000 AS age
        FROM {read} AS events JOIN rows ON events.lead_id = rows.id AND events.time <= rows.as_of
    ), done AS (
        SELECT id, max(time) AS last, {lists} FROM known GROUP BY id
    )
    SELECT rows.*, last, {", ".join(asked)} FROM rows LEFT JOIN done ON rows.id = done.id
''')
seconds = time.perf_counter() - start
total = lambda what: [duckdb.sql(f"SELECT coalesce(sum({what(name)}), 0) FROM made").fetchall()[0][0] for name in asked]
rows, conversions, active, last = duckdb.sql(
    "SELECT count(*), sum(converted::INT), count(last), sum(epoch_us(last)::HUGEINT) FROM made"
).fetchall()[0]
print(json.dumps({
    "seconds": seconds, "rows": rows, "conversions": int(conversions), "active": active, "last_events": int(last),
    "counts": [int(n) for n in total(lambda name: f"len({name})")],
    "ages": [float(x) for x in total(lambda name: f"list_sum({name})")],
}))
"""  # fmt: skip


def main():
    folder = Path(sys.argv[1])
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    folder.mkdir(parents=True, exist_ok=True)
    leads = write(folder)
    programs = {"leadcal": [os.environ["JOIN_EVENTS"]], "duckdb": [sys.executable, "-c", DUCKDB]}
    for log in ["all.parquet", "asked.parquet", "all.csv", "asked.csv"]:
        figures = {name: [] for name in programs}
        for _ in range(pairs):
            found = {}
            for name, program in programs.items():
                found[name], *measured = run([*program, leads, folder / log, END])
                figures[name].append(measured)
            same(found)
        medians = {name: [statistics.median(column) for column in zip(*runs)] for name, runs in figures.items()}
        ours, theirs = medians["leadcal"], medians["duckdb"]
        print(
            f"{log}: {found['leadcal']['events']} events, {found['leadcal']['rows']} rows; "
            + "; ".join(f"{name} {s:.1f} s, {cpu:.1f} CPU s, {mb:.0f} MB" for name, (s, cpu, mb) in medians.items())
            + "; ratios " + ", ".join(f"{a / b:.2f}" for a, b in zip(ours, theirs)),
            flush=True,
        )


def run(command):
    """What a process prints, its seconds of wall time, those of all processors, and its peak memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE)
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    seconds = time.perf_counter() - start
    return json.loads(printed), seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def same(found):
    ours, theirs = found["leadcal"], found["duckdb"]
    for key in ["rows", "conversions", "active", "last_events", "counts"]:
        assert ours[key] == theirs[key], (key, ours[key], theirs[key])
    assert np.allclose(ours["ages"], theirs["ages"], rtol=1e-9)


def write(folder):
    """Leads and logs, seeded. Events in random order; a third of the leads convert."""
    random = np.random.default_rng(20240301)
    created = START + random.integers(0, (DAYS - 60) * DAY, LEADS)
    converted = random.random(LEADS) < 0.33
    ids = pl.Series(np.arange(LEADS)).cast(pl.String).str.zfill(7)
    moment = pl.Datetime("us", "UTC")
    leads = pl.DataFrame({
        "id": "lead-" + ids,
        "created_at": pl.Series(created).cast(moment),
        "converted_at": pl.Series(created + (random.exponential(50, LEADS) * DAY).astype(int)).cast(moment),
        "converted": converted,
    }).with_columns(pl.when("converted").then("converted_at"))  # fmt: skip
    path = folder / "leads.csv"
    leads.with_columns(pl.when("converted").then(pl.lit("yes")).otherwise(pl.lit("no")).alias("converted")).write_csv(path)
    if (folder / "all.parquet").exists():
        return path
    of = random.integers(0, LEADS, EVENTS)
    times = created[of] + (random.exponential(40, EVENTS) * DAY).astype(int)
    names = random.choice(len(NAMES), EVENTS, p=list(NAMES.values()))
    pages = random.integers(0, len(PAGES), EVENTS)
    events = pl.DataFrame({
        "lead_id": leads["id"].gather(of),
        "time": pl.Series(times).cast(moment),
        "event": pl.Series(list(NAMES)).gather(names),
        "page": pl.Series(PAGES).gather(pages),
    }).with_columns(pl.when(pl.col("event") == "page_view").then("page"))  # fmt: skip
    asked = (pl.col("page") == "/pricing") | pl.col("event").is_in(["demo_request", "email_open"])
    for name, table in [("all", events), ("asked", events.filter(asked.fill_null(False)))]:
        table.write_parquet(folder / f"{name}.parquet", row_group_size=250_000)
        table.write_csv(folder / f"{name}.csv")
    return path


main()
