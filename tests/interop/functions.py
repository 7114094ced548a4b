"""Exported functions run by Node and CPython, for the tests that compare their results."""

import json
import subprocess
import sys
from pathlib import Path

RUNNERS = Path(__file__).parent
# How each target's functions are run, and the ending of their file.
TARGETS = {
    "javascript": (["node", RUNNERS / "run_functions.mjs"], ".mjs"),
    # Isolated, with every warning an error.
    "python": ([sys.executable, "-I", "-W", "error", RUNNERS / "run_functions.py"], ".py"),
}
# What two programs may differ in by the last bit of a power; the rest is exact.
NEAR = {"raw", "probability", "points"}


def exported(leadcal, target, config, folder, name):
    """The function of a config's file, exported into a folder; nothing may be lost."""
    file = folder / (name + TARGETS[target][1])
    leadcal("export", config, "--to", target, "--strict", "-o", file)
    return file


def run(target, jobs, folder):
    """Runs jobs, each a module's file and its cases of lead, events and as_of: seconds and results of each."""
    command, _ = TARGETS[target]
    given, found = folder / f"{target}-jobs.json", folder / f"{target}-results.json"
    written = [{"module": str(module), "cases": cases} for module, cases in jobs]
    given.write_text(json.dumps(written), encoding="utf-8")
    done = subprocess.run([*command, given, found], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return json.loads(found.read_text(encoding="utf-8"))


def differences(expected, found, key=None):
    """Where two results differ, as texts such as `reasons.0.points: 3 is 4`; numbers that are near are equal."""
    if isinstance(expected, dict) and isinstance(found, dict) and expected.keys() == found.keys():
        return [f"{key}.{more}" for key in expected for more in differences(expected[key], found[key], key)]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [f"{i}.{more}" for i, both in enumerate(zip(expected, found)) for more in differences(*both)]
    near = key in NEAR and None not in (expected, found)
    same = abs(expected - found) <= 1e-9 * max(1, abs(expected)) if near else expected == found
    return [] if same else [f"{expected!r} is {found!r}"]
