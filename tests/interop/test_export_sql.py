"""`leadcal export --to sql` runs in DuckDB, SQLite, PostgreSQL and Spark with the scores that leadcal gives and the conformance suite
expects; BigQuery's and Snowflake's SQL is parsed by sqlglot, and run in DuckDB once sqlglot has translated it."""

import json
import random
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

import exports
import random_configs
import scorer
import sql_cases
import sql_engines

EXECUTED = ["duckdb", "postgresql", "spark", "sqlite"]
PARSED = ["bigquery", "snowflake"]


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """The engine of a dialect, started when it is first asked for."""
    started, clusters = {}, []

    def start(dialect):
        if dialect == "duckdb":
            return sql_engines.DuckDb()
        if dialect == "sqlite":
            return sql_engines.Sqlite()
        if dialect == "spark":
            return sql_engines.Spark(tmp_path_factory.mktemp("spark"))
        clusters.append(sql_engines.postgresql_cluster())
        return sql_engines.PostgreSql(clusters[0].__enter__())

    def get(dialect):
        if dialect not in started:
            started[dialect] = start(dialect)
        return started[dialect]

    yield get
    for running in started.values():
        running.close()
    for cluster in clusters:
        cluster.__exit__(None, None, None)


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    """Conformance cases with their tables, {name: (number, case, config file, leads, events)}, and why others are left out."""
    folder = tmp_path_factory.mktemp("suite")
    held, left_out = {}, Counter()
    for number, (name, case) in enumerate(sql_cases.cases().items()):
        config = json.loads(sql_cases.config_text(case).removeprefix("\ufeff"))
        try:
            leads = sql_cases.leads_table(config, [case["lead"]])
            events = sql_cases.events_table(config, [case.get("events", [])])
        except sql_cases.Unholdable:
            left_out["values that no typed column holds"] += 1
            continue
        file = folder / f"{number}.json"
        file.write_text(sql_cases.config_text(case), encoding="utf-8")
        held[name] = (number, case, file, leads, events)
    return held, left_out


@pytest.fixture(scope="module")
def statements(suite):
    """The statements of a dialect for all cases: {name: (statement or None, losses or error)}."""
    import os

    def export(dialect, name):
        number, case, file, *_ = suite[0][name]
        flags = sql_cases.flags(number, case.get("as_of"))
        command = [os.environ["LEADCAL"], "export", file, "--to", "sql", "--dialect", dialect, *flags]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode in (0, 2), done.stderr
        return (done.stdout if done.returncode == 0 else None), done.stderr

    def all_of(dialect):
        with ThreadPoolExecutor(2) as pool:
            return dict(zip(suite[0], pool.map(lambda name: export(dialect, name), suite[0])))

    return all_of


def create_tables(engine, suite):
    for number, _, _, leads, events in suite.values():
        engine.create(f"leads_{number}", leads.columns, leads.rows)
        engine.create(f"events_{number}", events.columns, events.rows)


def problem(case, row):
    """What is wrong with the result of a case, None where nothing is."""
    if "lead_error" in case:
        field = case["lead_error"]["field"]
        told = f'field "{field}" should be' if field else "no model serves"
        return None if row["error"] and told in row["error"] and row["score"] is None else f"no error: {row}"
    if row["error"] is not None:
        return row["error"]
    differing = sql_cases.differences(row, case["expected"])
    return f"{differing}: {row}" if differing else None


@pytest.mark.parametrize("dialect", EXECUTED)
def test_conformance(engine, suite, statements, figure, dialect):
    held, left_out = suite
    engine, left_out, problems, ran = engine(dialect), left_out.copy(), {}, 0
    exported = statements(dialect)
    writable = {name: statement for name, (statement, _) in exported.items() if statement}
    left_out["names that the dialect cannot write"] += len(exported) - len(writable)
    create_tables(engine, {name: held[name] for name in writable})
    for name, rows in results(engine, writable):
        case = held[name][1]
        wrong = rows if isinstance(rows, str) else problem(case, rows[0])
        if wrong:
            problems[name] = wrong
        else:
            ran += 1
    figure(f"sql, {dialect}: {ran} conformance cases with equal results; left out: {dict(left_out)}")
    assert not problems, "\n".join(f"{name}: {wrong}" for name, wrong in problems.items())
    assert ran > 150


def results(engine, statements):
    """The rows of each statement; in Spark, whose statements take long to start, of many at once."""
    if engine.dialect != "spark":
        for name, statement in statements.items():
            try:
                yield name, engine.run(statement)
            except Exception as error:
                yield name, f"{type(error).__name__}: {error}"
        return
    names = list(statements)
    for start in range(0, len(names), 20):
        some = names[start : start + 20]
        parts = [f"SELECT {start + i} AS of_case, r.* FROM (\n{statements[name]}\n) AS r" for i, name in enumerate(some)]
        found = engine.run("\nUNION ALL\n".join(parts))
        for row in found:
            yield names[row["of_case"]], [row]


@pytest.mark.parametrize("name", exports.CONFIGS)
@pytest.mark.parametrize("dialect", EXECUTED)
def test_scores_of_leads(leadcal, engine, scored, figure, dialect, name):
    data, engine = scored(name), engine(dialect)
    leads = sql_cases.leads_table(data.config, data.leads)
    events = sql_cases.events_table(data.config, data.events)
    engine.create("leads_of_data", leads.columns, leads.rows)
    engine.create("events_of_data", events.columns, events.rows)
    statement = leadcal("export", data.path, "--to", "sql", "--dialect", dialect, *sql_cases.flags("of_data", data.as_of))
    rows = {row["id"]: row for row in engine.run(statement)}
    assert sorted(rows) == list(range(len(data.leads)))
    differing = [index for index, score in enumerate(data.scores) if sql_cases.differences(rows[index], score)]
    figure(f"sql, {dialect}: {len(rows)} leads of {name} with {len(events.rows)} events, {len(differing)} scores differ")
    assert not differing, [(rows[index], data.scores[index]) for index in differing[:3]]


def one_letter_case(leads):
    """Whether DuckDB takes no two columns for one."""
    return len({name.lower() for name in leads.columns}) == len(leads.columns)


@pytest.mark.parametrize("dialect", PARSED)
def test_parsed_and_translated(engine, suite, statements, figure, dialect):
    """sqlglot parses every statement, and what it translates to DuckDB's SQL either runs with equal results or not at all."""
    import sqlglot

    held, duckdb = suite[0], engine("duckdb")
    exported = {name: statement for name, (statement, _) in statements(dialect).items() if statement}
    writable = {name: statement for name, statement in exported.items() if one_letter_case(held[name][3])}
    create_tables(duckdb, {name: held[name] for name in writable})
    translated, problems, refused = {}, {}, Counter()
    for name, statement in exported.items():
        [parsed] = sqlglot.parse(statement, read=dialect)
        # sqlglot forgets that these dialects replace every match, where DuckDB replaces the first.
        for replacing in parsed.find_all(sqlglot.exp.RegexpReplace):
            replacing.set("modifiers", sqlglot.exp.Literal.string("g"))
        translated[name] = parsed.sql("duckdb")
    ran = 0
    for name, rows in results(duckdb, {name: translated[name] for name in writable}):
        if isinstance(rows, str):
            refused[rows.split("\n")[0][:200]] += 1
        elif wrong := problem(held[name][1], rows[0]):
            problems[name] = wrong
        else:
            ran += 1
    figure(f"sql, {dialect}: {len(exported)} statements parsed by sqlglot, {ran} run in DuckDB with equal results, {dict(refused)} do not run")
    assert not problems, "\n".join(f"{name}: {wrong}" for name, wrong in problems.items())


TYPED_CONFIG = {
    "format": "leadcal.scoring-config",
    "version": 1,
    "name": "columns of their own types",
    "models": [
        {
            "base_points": 0,
            "range": {"min": -1000, "max": 1000},
            "groups": [{"name": "g", "min": -1000, "max": 1000}],
            "attributes": [
                {
                    "name": field,
                    "group": "g",
                    "input": {"field": field, "type": kind},
                    "levels": [{"level": "x", "when": when, "points": points}],
                }
                for field, kind, when, points in [
                    ("employees", "number", {"from": 12, "below": 13}, 1),
                    ("revenue", "number", {"in": [12.5]}, 2),
                    ("postcode", "text", {"in": ["75001"]}, 4),
                    ("newsletter", "boolean", {"in": [True]}, 8),
                    ("since", "date", {"from": "2024-02-29", "below": "2024-03-01"}, 16),
                    ("seen", "date", {"from": "2024-02-29", "below": "2024-03-01"}, 32),
                ]
            ],
            "inactivity": {"group": "g", "steps": [{"after_days": 1, "points": 64}, {"after_days": 2, "points": 128}]},
        }
    ],
}
# Of columns that the other tests have not: whole numbers, exact ones, days, times with and without a zone.
TYPED_TABLE = {
    "duckdb": "SELECT 1 AS id, 12::SMALLINT AS employees, 12.5::DECIMAL(9, 2) AS revenue, 75001::BIGINT AS postcode, 1::TINYINT AS newsletter, "
    "DATE '2024-02-29' AS since, TIMESTAMP '2024-02-29 23:59:59.999999' AS seen, TIMESTAMPTZ '2024-03-01 01:00:00+01' AS created_at",
    "postgresql": "SELECT 1 AS id, 12::SMALLINT AS employees, 12.5::NUMERIC AS revenue, 75001::BIGINT AS postcode, true AS newsletter, "
    "DATE '2024-02-29' AS since, TIMESTAMP '2024-02-29 23:59:59.999999' AS seen, TIMESTAMPTZ '2024-03-01 01:00:00+01' AS created_at",
    "spark": "SELECT 1 AS id, 12S AS employees, 12.5BD AS revenue, 75001L AS postcode, 1 AS newsletter, DATE '2024-02-29' AS since, "
    "TIMESTAMP_NTZ '2024-02-29 23:59:59.999999' AS seen, TIMESTAMP '2024-03-01 01:00:00+01:00' AS created_at",
    "sqlite": "SELECT 1 AS id, 12 AS employees, 12.5 AS revenue, 75001 AS postcode, 1 AS newsletter, '2024-02-29' AS since, "
    "'2024-02-29 23:59:59.999999' AS seen, '2024-03-01T01:00:00.000000+01:00' AS created_at",
}


@pytest.mark.parametrize("dialect", EXECUTED)
def test_columns_of_other_types(leadcal, engine, tmp_path, dialect):
    config, engine = tmp_path / "scoring.json", engine(dialect)
    config.write_text(json.dumps(TYPED_CONFIG), encoding="utf-8")
    engine.create("no_events", {"lead_id": "id", "time": "time", "event": "text"}, [])
    leads = f"WITH typed_leads AS ({TYPED_TABLE[dialect]}) SELECT * FROM ("
    # A day after the lead was created, a microsecond less, and two days.
    for moment, points in [("2024-03-02T00:00:00Z", 127), ("2024-03-01T23:59:59.999999Z", 63), ("2024-03-03T00:00:00Z", 191)]:
        flags = ["--leads-table", "typed_leads", "--events-table", "no_events", "--as-of", moment]
        statement = leadcal("export", config, "--to", "sql", "--dialect", dialect, *flags)
        [row] = engine.run(f"{leads}\n{statement}\n) AS scored")
        assert (row["score"], row["error"]) == (points, None), row


@pytest.mark.parametrize("dialect", ["duckdb", "postgresql", "sqlite"])
def test_random_configs(leadcal, engine, figure, tmp_path, dialect):
    """Configs of every form give the scores of the second scorer, wherever no loss is listed."""
    rng, engine = random.Random(20240331), engine(dialect)
    equal, errors, lossy, problems = 0, 0, 0, []
    for number in range(40):
        config = random_configs.config(rng)
        drawn = [(random_configs.lead(rng), random_configs.events(rng)) for _ in range(40)]
        drawn = [(lead, events) for lead, events in drawn if holdable(config, lead, events)]
        times = [event["time"] for _, events in drawn for event in events]
        as_of = random_configs.as_of(rng) or max(times, key=scorer.moment, default=None)
        file, losses = tmp_path / f"{number}.json", tmp_path / f"{number}-losses.json"
        file.write_text(json.dumps(config), encoding="utf-8")
        flags = sql_cases.flags("random", as_of)
        statement = leadcal("export", file, "--to", "sql", "--dialect", dialect, "--losses", losses, *flags)
        leads = sql_cases.leads_table(config, [lead for lead, _ in drawn])
        events = sql_cases.events_table(config, [events for _, events in drawn])
        engine.create("leads_random", leads.columns, leads.rows)
        engine.create("events_random", events.columns, events.rows)
        rows = {row["id"]: row for row in engine.run(statement)}
        for index, (lead, of_lead) in enumerate(drawn):
            try:
                expected = scorer.score(config, lead, of_lead, as_of)
                wrong = rows[index]["error"] or sql_cases.differences(rows[index], expected)
            except (scorer.WrongType, LookupError):
                expected, wrong = None, None if rows[index]["error"] else "no error"
            if wrong and json.loads(losses.read_text(encoding="utf-8")):
                lossy += 1
            elif wrong:
                problems.append((number, wrong, lead, of_lead, expected, rows[index]))
            elif expected:
                equal += 1
            else:
                errors += 1
    figure(f"sql, {dialect}: 40 random configs, {equal} leads with equal results and {errors} with errors; {lossy} differ where losses are listed")
    assert not problems, problems[:3]
    assert equal > 500 and errors > 10 and lossy < equal / 50


def holdable(config, lead, events):
    try:
        sql_cases.leads_table(config, [lead])
        sql_cases.events_table(config, [events])
    except sql_cases.Unholdable:
        return False
    return True
