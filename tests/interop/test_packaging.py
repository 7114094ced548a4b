"""What people install: the wheel, the source distribution, the release's archive, manual pages, completions, and the workflows
that make a release."""

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from conftest import REPOSITORY

MATURIN = [sys.executable, "-m", "maturin"]
COMPLETES = """
source "$1"
COMP_WORDS=(leadcal "$2") COMP_CWORD=1
_leadcal leadcal "$2" leadcal
printf '%s\\n' "${COMPREPLY[@]}"
"""


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
    assert done.returncode == 0, f"exit code {done.returncode}: {command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def cargo_environment():
    """The target folder of the program under test, whose dependencies are built already."""
    program = Path(os.environ["LEADCAL"])
    return {**os.environ, "CARGO_TARGET_DIR": str(program.resolve().parents[1])}


@pytest.fixture(scope="module")
def wheel(cargo_environment, tmp_path_factory):
    """A wheel of the checkout, of the profile that CI has built: a release takes the better part of an hour."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--profile", "dev", "--compatibility", "off", "--out", folder]
    run(*MATURIN, "build", *options, cwd=REPOSITORY, env=cargo_environment)
    (wheel,) = folder.iterdir()
    return wheel


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of a fresh environment's programs, with the wheel in it."""
    environment = tmp_path_factory.mktemp("venv")
    venv.create(environment, with_pip=True)
    programs = environment / "bin"
    run(programs / "python", "-m", "pip", "install", "--no-index", "--disable-pip-version-check", wheel)
    return programs


def test_the_wheel_holds_the_program_and_its_papers(wheel, leadcal, figure):
    version = leadcal("--version").split()[1]
    assert wheel.name.startswith(f"leadcal-{version}-py3-none-")
    with zipfile.ZipFile(wheel) as files:
        names = {name for name in files.namelist() if not name.endswith("/")}
        metadata = files.read(f"leadcal-{version}.dist-info/METADATA").decode()
    about = f"leadcal-{version}.dist-info/"
    papers = {about + name for name in ["METADATA", "WHEEL", "RECORD", "licenses/LICENSE-APACHE", "licenses/LICENSE-MIT"]}
    assert papers <= names
    others = {name for name in names - papers if not name.startswith(f"{about}sboms/")}
    assert others == {f"leadcal-{version}.data/scripts/leadcal"}
    for line in [f"Version: {version}", "License-Expression: MIT OR Apache-2.0", "Requires-Python: >=3.8"]:
        assert line in metadata.splitlines()
    assert "# leadcal" in metadata, "the README describes the package"
    figure(f"wheel of the dev profile: {wheel.stat().st_size / 1e6:.1f} MB")


def test_the_installed_command_calibrates(installed, leadcal, tmp_path):
    assert run(installed / "leadcal", "--version") == leadcal("--version")
    (tmp_path / "leads.csv").write_text(
        "size,converted\n" + "".join(f"{'large' if n % 3 else 'small'},{'yes' if n % 3 and n % 2 else 'no'}\n" for n in range(600))
    )
    run(installed / "leadcal", "calibrate", "leads.csv", "--outcome", "converted", cwd=tmp_path)
    assert {path.name for path in (tmp_path / "calibration").iterdir()} >= {"points.json", "model.json", "scoring.json"}
    scores = run(installed / "leadcal", "score", "calibration/scoring.json", "leads.csv", cwd=tmp_path)
    assert len(scores.splitlines()) == 601


def test_the_source_distribution_compiles(cargo_environment, tmp_path, figure):
    run(*MATURIN, "sdist", "--out", tmp_path, cwd=REPOSITORY)
    (sdist,) = tmp_path.glob("*.tar.gz")
    figure(f"source distribution: {sdist.stat().st_size / 1e6:.2f} MB")
    assert sdist.stat().st_size < 2e6
    # At one place from run to run: cargo keeps what it builds by the path of its source.
    folder = Path(cargo_environment["CARGO_TARGET_DIR"]) / "source-distribution"
    shutil.rmtree(folder, ignore_errors=True)
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (source,) = folder.iterdir()
    names = {str(path.relative_to(source)) for path in source.rglob("*")}
    assert {"pyproject.toml", "Cargo.lock", "README.md", "LICENSE-APACHE", "LICENSE-MIT"} <= names
    assert not [name for name in names if name.startswith(("notebooks-data/leads", "target"))]
    run("cargo", "check", "--locked", "-p", "leadcal-scorecard", "--bin", "leadcal", cwd=source, env=cargo_environment)


def test_the_archive_of_a_release(wheel, leadcal, tmp_path):
    target = "x86_64-unknown-linux-gnu"
    packed = run(sys.executable, REPOSITORY / ".ci/archive.py", wheel, target, tmp_path).strip()
    with tarfile.open(packed) as archive:
        assert {entry.mtime for entry in archive.getmembers()} == {0}, "the same wheel gives the same bytes"
        archive.extractall(tmp_path, filter="data")
    (top,) = tmp_path.glob(f"leadcal-*-{target}/")
    assert {path.name for path in top.iterdir()} >= {"leadcal", "LICENSE-MIT", "LICENSE-APACHE", "README.md", "completions", "man"}
    assert run(top / "leadcal", "--version") == leadcal("--version")
    assert (top / "completions/leadcal.bash").read_text() == leadcal("completions", "bash")
    assert (top / "man/leadcal.1").read_text() == leadcal("man")


def test_manual_pages_are_read_without_a_warning(leadcal, tmp_path):
    leadcal("man", "-o", tmp_path)
    commands = [line.split()[0] for line in leadcal("--help").split("Commands:\n")[1].split("\n\n")[0].splitlines() if line[2] != " "]
    names = {"leadcal.1", *(f"leadcal-{command}.1" for command in commands if command != "help")}
    assert {page.name for page in tmp_path.iterdir()} == names
    for page in sorted(tmp_path.iterdir()):
        groff = subprocess.run(["groff", "-man", "-ww", "-K", "utf8", "-T", "utf8", page], capture_output=True, text=True)
        assert (groff.returncode, groff.stderr) == (0, ""), page.name
        # It warns of the date that the pages lack, and of blank lines that clap_mangen asks for twice.
        mandoc = subprocess.run(["mandoc", "-T", "lint", "-W", "error", page], capture_output=True, text=True)
        assert (mandoc.returncode, mandoc.stdout) == (0, ""), page.name
    text = run("mandoc", "-T", "utf8", tmp_path / "leadcal-calibrate.1")
    assert "leadcal calibrate leads.csv --outcome converted   without a spec" in text
    assert text.splitlines()[-1].startswith(leadcal("--version").strip())


def test_completions_complete(leadcal, tmp_path):
    script = tmp_path / "leadcal.bash"
    script.write_text(leadcal("completions", "bash"))
    assert run("bash", "-c", COMPLETES, "bash", script, "cal").split() == ["calibrate"]
    for shell, reads in {"zsh": ["zsh", "-n"], "fish": ["fish", "--no-execute"]}.items():
        if shutil.which(shell):
            script.write_text(leadcal("completions", shell))
            run(*reads, script)


def test_completions_and_manual_pages_are_installed_as_documented(tmp_path):
    text = (REPOSITORY / "docs/install.md").read_text().split("\n## Completions and manual pages\n")[1]
    commands = text.split("```sh\n")[1].split("```")[0]
    program = Path(os.environ["LEADCAL"]).resolve().parent
    run("bash", "-ec", commands, env={**os.environ, "HOME": str(tmp_path), "PATH": f"{program}:{os.environ['PATH']}"})
    assert (tmp_path / ".local/share/bash-completion/completions/leadcal").stat().st_size > 0
    assert run("man", "-M", tmp_path / ".local/share/man", "-w", "leadcal-score").strip().endswith("man1/leadcal-score.1")


def test_the_workflows_are_valid():
    workflows = sorted((REPOSITORY / ".github/workflows").iterdir())
    run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)
    run(Path(sys.executable).parent / "zizmor", "--offline", "--no-config", "--min-severity", "medium", *workflows)
