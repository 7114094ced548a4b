"""The scripts that recorded reference figures for the Rust tests still find them, and the example data hold their truth."""

import subprocess
import sys

import pytest

from conftest import REPOSITORY

SCRIPTS = {
    "logit_reference.py": ["--check"],
    "logit_toward_reference.py": ["--check"],
    "comparison_reference.py": ["--check"],
    "lift_reference.py": ["--check"],
    "notebooks_data_check.py": ["notebooks-data"],
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_agrees_with_what_is_recorded(script, figure):
    command = [sys.executable, f"tests/interop/{script}", *SCRIPTS[script]]
    done = subprocess.run(command, cwd=REPOSITORY, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    figure(f"{script}: {done.stdout.splitlines()[0]}")
