"""`leadcal export --to dbt`: `dbt build` with DuckDB runs the model and its tests, with the scores that leadcal gives."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sql_cases
import sql_engines

DBT = Path(sys.executable).with_name("dbt")
PROFILE = """\
leadcal:
  target: here
  outputs:
    here:
      type: duckdb
      path: warehouse.duckdb
      settings:
        TimeZone: UTC
"""


@pytest.fixture
def build(leadcal, tmp_path):
    """Exports a config, builds the project on tables of leads and events, and gives the exit code, dbt's text and the scores."""
    import duckdb

    def run(config, leads, events, as_of):
        project = tmp_path / "project"
        flags = ["--leads-table", "leads", "--events-table", "main.events", "--id", sql_cases.ID, "--event-lead", sql_cases.ID]
        leadcal("export", config, "--to", "dbt", *flags, *(["--as-of", as_of] if as_of else []), "-o", project)
        (project / "profiles.yml").write_text(PROFILE, encoding="utf-8")
        engine = sql_engines.DuckDb(project / "warehouse.duckdb")
        engine.create("leads", leads.columns, leads.rows)
        engine.create("events", events.columns, events.rows)
        engine.close()
        environment = dict(os.environ) | {"DO_NOT_TRACK": "1", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
        command = [DBT, "--no-use-colors", "--no-version-check", "build", "--profiles-dir", ".", "--project-dir", "."]
        done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)
        told = done.stdout + done.stderr
        connection = duckdb.connect(str(project / "warehouse.duckdb"), read_only=True)
        if done.returncode not in (0, 1) or "lead_scores" not in {row[0] for row in connection.execute("SHOW TABLES").fetchall()}:
            pytest.fail(told)
        result = connection.execute("SELECT * FROM lead_scores")
        names = [column[0] for column in result.description]
        scores = [dict(zip(names, row)) for row in result.fetchall()]
        connection.close()
        return done.returncode, told, scores

    return run


def test_build_scores_leads(scored, build, figure):
    data = scored("notebooks-data")
    leads = sql_cases.leads_table(data.config, data.leads)
    events = sql_cases.events_table(data.config, data.events)
    code, told, scores = build(data.path, leads, events, data.as_of)
    assert code == 0, told
    rows = {row["id"]: row for row in scores}
    differing = [index for index, score in enumerate(data.scores) if sql_cases.differences(rows[index], score)]
    figure(f"dbt: {len(rows)} leads of {data.name}, {len(differing)} scores differ; {told.splitlines()[-1].split('  ')[-1]}")
    assert len(rows) == len(data.leads) and not differing


@pytest.mark.parametrize("name", ["template", "single-quote", "backslash"])
def test_names_are_no_templates(build, tmp_path, name):
    case = sql_cases.cases()[f"quoting/{name}.json"]
    config = tmp_path / "scoring.json"
    config.write_text(sql_cases.config_text(case), encoding="utf-8")
    leads = sql_cases.leads_table(case["config"], [case["lead"]])
    events = sql_cases.events_table(case["config"], [case["events"]])
    code, told, [row] = build(config, leads, events, case["as_of"])
    assert code == 0, told
    assert not sql_cases.differences(row, case["expected"]), row


def test_a_lead_without_id_fails_the_build(build, tmp_path):
    case = sql_cases.cases()["6-score/document-example.json"]
    config = tmp_path / "scoring.json"
    config.write_text(json.dumps(case["config"]), encoding="utf-8")
    leads = sql_cases.leads_table(case["config"], [case["lead"], case["lead"]])
    leads.rows[1][0] = None
    events = sql_cases.events_table(case["config"], [case["events"], []])
    code, told, _ = build(config, leads, events, case["as_of"])
    assert code == 1 and "not_null_lead_scores_id" in told, told
