"""`leadcal export --to csv` and `json`: tables of points that hold every number of the config."""

import csv
import io
import json

import pytest

import exports


@pytest.mark.parametrize("name", exports.CONFIGS)
def test_tables_hold_every_point(leadcal, scored, name):
    config = scored(name).config
    table = json.loads(leadcal("export", scored(name).path, "--to", "json"))
    expected = {
        (model["product"], attribute["name"], level["level"]): level["points"]
        for model in config["models"]
        for attribute in model["attributes"]
        for level in attribute["levels"]
    }
    found = {(row["product"], row["name"], row["level"]): row["points"] for row in table if row["part"] == "attribute"}
    assert found == expected
    rows = list(csv.DictReader(io.StringIO(leadcal("export", scored(name).path, "--to", "csv"))))
    assert len(rows) == len(table)
    for row, other in zip(rows, table):
        assert (float(row["points"]) if row["points"] else None) == other["points"]
        assert row["name"] == (other["name"] or "") and (json.loads(row["rule"]) if row["rule"] else None) == other["rule"]
