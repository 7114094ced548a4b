"""The program under test, the data, and the figures the tests print when they are done."""

import json
import os
import subprocess
from pathlib import Path

import pytest

import history

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = REPOSITORY.parent / "shared"
FIGURES = pytest.StashKey[list]()

# Identifiers of leads_x_education.csv, and columns that sales filled in after the outcome was known.
X_EDUCATION_LEAKS = [
    "Prospect ID", "Lead Number", "Tags", "Lead Quality", "Lead Profile", "Last Activity", "Last Notable Activity",
    "Asymmetrique Activity Index", "Asymmetrique Profile Index", "Asymmetrique Activity Score", "Asymmetrique Profile Score",
]  # fmt: skip


def pytest_configure(config):
    config.stash[FIGURES] = []


def pytest_terminal_summary(terminalreporter, config):
    if config.stash[FIGURES]:
        terminalreporter.section("figures")
        for line in config.stash[FIGURES]:
            terminalreporter.write_line(line)
    for report in terminalreporter.getreports("skipped"):
        terminalreporter.write_line(f"skipped: {report.nodeid}: {report.longrepr[2]}")


@pytest.fixture
def figure(request):
    """Prints a line below the tests' results: what was measured is worth seeing where nothing failed, too."""
    return request.config.stash[FIGURES].append


@pytest.fixture(scope="session")
def leadcal():
    """Runs the program and returns what it printed; `status` is the exit code expected."""
    program = os.environ.get("LEADCAL")
    if not program:
        pytest.exit("set LEADCAL to the program's path, such as target/debug/leadcal", returncode=2)

    def run(*arguments, status=0, threads=None):
        environment = dict(os.environ)
        if threads:
            environment |= {"RAYON_NUM_THREADS": str(threads), "POLARS_MAX_THREADS": str(threads)}
        done = subprocess.run(
            [program, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment
        )
        assert done.returncode == status, f"exit code {done.returncode}: {arguments}\n{done.stderr}"
        return done.stdout if status == 0 else done.stderr

    return run


@pytest.fixture(scope="session")
def calibrated(leadcal, tmp_path_factory):
    """The folder a spec calibrates to, and the summary; the same run is made once."""
    made = {}

    def run(spec, *flags):
        if (spec, flags) not in made:
            folder = tmp_path_factory.mktemp("calibration")
            summary = leadcal("calibrate", spec, *flags, "-o", folder, "--format", "json")
            made[spec, flags] = folder, json.loads(summary)
        return made[spec, flags]

    return run


@pytest.fixture(scope="session")
def shared():
    """Path of a file outside the repository that not everybody has."""

    def path(name):
        file = SHARED / name
        if not file.exists():
            pytest.skip(f"{file} is not there: real data are not part of the project")
        return file

    return path


@pytest.fixture(scope="session")
def spec(shared, tmp_path_factory):
    """Path of a data set's spec, written here with further sections. Of the example data it reads the leads alone."""
    made = {}

    def path(name, exclude=(), **sections):
        if name == "notebooks-data":
            sections = {"attributes.company_size": {"special": [-1]}, **sections}
        key = (name, tuple(exclude), repr(sections))
        if key not in made:
            file = tmp_path_factory.mktemp("spec") / "leadcal.toml"
            made[key] = history.write_spec(file, data=data(name, exclude), **sections)
        return made[key]

    def data(name, exclude):
        return {
            "notebooks-data": lambda: {
                "leads": REPOSITORY / "notebooks-data/leads.csv",
                "outcome": {"column": "converted", "positive": "yes"},
                "id": "id",
                "created_at": "created_at",
                "converted_at": "converted_at",
                "exclude": ["first_name", "last_name", "email", "phone", "company", *exclude],
                "missing": ["", "Select"],
            },
            "bank-full": lambda: {
                "leads": shared("data/bank-full.csv"),
                "outcome": {"column": "y", "positive": "yes"},
                "exclude": ["duration", *exclude],
            },
            "leads_x_education": lambda: {
                "leads": shared("data/leads_x_education.csv"),
                "outcome": "Converted",
                "missing": ["", "Select"],
                "exclude": [*X_EDUCATION_LEAKS, *exclude],
            },
            "reference/bank_full": lambda: reference("bank_full"),
            "reference/leads": lambda: reference("leads"),
        }[name]()

    def reference(name):
        return {"leads": shared(f"reference/{name}.csv"), "outcome": "y", "fold": "fold", "exclude": ["holdout"]}

    return path


@pytest.fixture(scope="session")
def scored(leadcal, calibrated, spec, tmp_path_factory):
    """A calibrated config of a data set with its leads and leadcal's scores (exports.Scored); each is made once."""
    import exports

    made = {}

    def of(name):
        if name not in made:
            made[name] = exports.scored(name, leadcal, calibrated, spec, tmp_path_factory.mktemp("scored"))
        return made[name]

    return of
