"""Past leads as the tests see them: read with Python's own csv module, coded by the `when` of leadcal's levels."""

import csv
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import scorer

YES = {"1", "yes", "true"}


@dataclass(frozen=True)
class History:
    """The leads of a CSV file: one dict of texts a lead, and whether each converted."""

    path: Path
    leads: list[dict[str, str]]
    converted: np.ndarray

    def column(self, name):
        return [lead[name] for lead in self.leads]

    def codes(self, attribute):
        """Index of the first level that holds, for each lead; -1 where none does."""
        known = {}
        for text in set(self.column(attribute["input"]["field"])):
            known[text] = scorer.first_level(attribute, text)
        return np.array([known[text] for text in self.column(attribute["input"]["field"])])


def read(spec):
    """Reads the leads of a spec file."""
    data = tomllib.loads(spec.read_text(encoding="utf-8"))["data"]
    path = spec.parent / data["leads"]
    leads = read_csv(path)
    outcome = data["outcome"]
    column = outcome["column"] if isinstance(outcome, dict) else outcome
    converted = np.array([lead[column].lower() in YES for lead in leads])
    return History(path, leads, converted)


def read_csv(path):
    """The rows of a CSV file separated by commas or semicolons."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        delimiter = ";" if ";" in file.readline() else ","
        file.seek(0)
        return list(csv.DictReader(file, delimiter=delimiter))


def write_csv(path, leads):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(leads[0]))
        writer.writeheader()
        writer.writerows(leads)
    return path


def write_spec(path, **sections):
    """Writes a spec from dicts of texts, numbers, booleans, lists and dicts; a dict below a section is an inline table."""
    lines = []
    for section, keys in sections.items():
        lines.append(f"[{section}]")
        lines += [f"{quoted(key)} = {toml(value)}" for key, value in keys.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{quoted(key)} = {toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml(inner) for inner in value) + "]"
    if isinstance(value, Path):
        return quoted(str(value))
    return quoted(value) if isinstance(value, str) else repr(value).lower()


def quoted(text):
    # A JSON string is a TOML basic string.
    return json.dumps(text, ensure_ascii=False)
