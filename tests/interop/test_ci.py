"""The gate that users' CI runs: action.yml, the GitLab snippet and the pre-commit hook, each run as its runner would, in a repository laid out as
docs/ci/example."""

import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree
from pathlib import Path

import pytest
import yaml

from conftest import REPOSITORY

ACTION = REPOSITORY / "action.yml"
GITLAB = REPOSITORY / "docs/ci/gitlab-ci.yml"
EXAMPLE = REPOSITORY / "docs/ci/example"
WORKFLOW = EXAMPLE / ".github/workflows/scoring.yml"
HOOKS = REPOSITORY / ".pre-commit-hooks.yaml"
IDENTITY = {f"GIT_{who}_{what}": value for who in ["AUTHOR", "COMMITTER"] for what, value in [("NAME", "a"), ("EMAIL", "a@b.example")]}


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """The program under test on the path, and no settings of whoever runs the tests."""
    programs = tmp_path_factory.mktemp("bin")
    (programs / "leadcal").symlink_to(Path(os.environ["LEADCAL"]).resolve())
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "GIT_", "CI_"))}
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "HOME": str(programs)}
    return kept | quiet | IDENTITY | {"PATH": f"{programs}:{os.environ['PATH']}"}


@pytest.fixture(scope="module")
def project(environment, tmp_path_factory):
    """A repository as docs/ci.md lays it out, with main pushed to an origin: its config is calibrated on the earlier leads."""
    folder = tmp_path_factory.mktemp("project")
    project = folder / "checkout"
    shutil.copytree(EXAMPLE, project)
    (project / "history").mkdir()
    rows = (REPOSITORY / "notebooks-data/leads.csv").read_text().splitlines(keepends=True)
    earlier = [row for row in rows[1:] if row.split(",")[rows[0].split(",").index("created_at")] < "2026-01-01"]
    assert 3000 < len(earlier) < len(rows) - 1000
    leads = project / "history/leads.csv"
    leads.write_text(rows[0] + "".join(earlier))
    bash("leadcal calibrate && cp calibration/scoring.json .", project, environment)
    leads.write_text("".join(rows))
    bash(
        "git init --quiet --bare -b main ../origin && git init --quiet -b main && git add . && git commit --quiet -m first"
        " && git remote add origin ../origin && git push --quiet -u origin main",
        project,
        environment,
    )
    assert "history" not in bash("git ls-files", project, environment).stdout
    return project


@pytest.fixture
def branch(project, environment, tmp_path):
    """A clone of the project, on a branch of its own."""
    clone = tmp_path / "clone"
    bash(f"git clone --quiet '{project.parent / 'origin'}' '{clone}'", tmp_path, environment)
    bash("git switch --quiet -c change", clone, environment)
    shutil.copytree(project / "history", clone / "history")
    return clone


def bash(script, folder, environment, status=0, options=("-e", "-o", "pipefail")):
    """Runs a script as a step of a workflow is run."""
    command = ["bash", "--noprofile", "--norc", *options, "-c", script]
    done = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert status is None or done.returncode == status, f"exit code {done.returncode}: {script}\n{done.stdout}{done.stderr}"
    return done


def change(config, edit):
    """Edits a config file."""
    document = json.loads(config.read_text())
    edit(document["models"][0])
    config.write_text(json.dumps(document, indent=2) + "\n")


def steps():
    return {step["name"]: step for step in yaml.safe_load(ACTION.read_text())["runs"]["steps"]}


def gate(folder, environment, status, **inputs):
    """Runs the steps of the action that are scripts, as the runner would, from the gate on; returns outputs, report and log."""
    defaults = {name: str(spec.get("default", "")) for name, spec in yaml.safe_load(ACTION.read_text())["inputs"].items()}
    given = defaults | {name.replace("_", "-"): value for name, value in inputs.items() if name != "base_ref"}
    contexts = {f"inputs.{name}": value for name, value in given.items()}
    contexts |= {"steps.install.outputs.program": "leadcal", "github.base_ref": inputs.get("base_ref", "main")}
    files = {name: folder.parent / name.lower() for name in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"]}
    for file in files.values():
        file.write_text("")
    runner = environment | {"GITHUB_ACTIONS": "true"} | {name: str(file) for name, file in files.items()}
    done = bash(steps()["Lint, diff and check"]["run"], folder, runner | resolved("Lint, diff and check", contexts))
    outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
    verdict = bash(steps()["Verdict"]["run"], folder, runner | {"CODE": outputs["exit-code"]}, status=status)
    assert verdict.returncode == int(outputs["exit-code"])
    summary = files["GITHUB_STEP_SUMMARY"].read_text()
    assert summary == (folder / given["report"] / "report.md").read_text()
    return outputs["verdict"], summary, done.stdout + done.stderr


def resolved(step, contexts):
    """The step's environment, each expression replaced by what the context holds."""
    found = {}
    for name, value in steps()[step]["env"].items():
        expression = value.removeprefix("${{").removesuffix("}}").strip()
        assert value.startswith("${{") and expression in contexts, (name, value)
        found[name] = contexts[expression]
    return found


def test_the_files_are_what_their_runners_expect():
    programs = Path(sys.executable).parent
    for schema, file in [
        ("vendor.github-actions", ACTION),
        ("vendor.github-workflows", WORKFLOW),
        ("vendor.gitlab-ci", GITLAB),
    ]:
        checked = [programs / "check-jsonschema", "--builtin-schema", schema, file]
        done = subprocess.run(checked, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    # Expressions in scripts, what can be read from a token, actions that are not pinned. The example's own is a placeholder.
    audited = [programs / "zizmor", "--offline", "--no-config", "--min-severity", "medium", ACTION]
    done = subprocess.run(audited, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_input_is_text_of_a_script():
    for name, step in steps().items():
        assert "${{" not in step.get("run", ""), name


def test_an_unchanged_config_is_fine(branch, environment):
    verdict, report, log = gate(branch, environment, 0, config="scoring.json", allow="no-inactivity", fail_on="error")
    assert verdict == "fine"
    assert "Nothing changed." in report and "No labelled leads were given" in report, report
    assert "lint ended with 0, diff with 0, check with 0" in log


def test_a_finding_fails_and_stands_on_its_line(branch, environment):
    change(branch / "scoring.json", lambda model: model["bands"][-1].update({"from": 100_000}))
    verdict, report, log = gate(branch, environment, 1, config="scoring.json", allow="no-inactivity")
    assert verdict == "worse"
    (line,) = [at for at, text in enumerate((branch / "scoring.json").read_text().splitlines(), 1) if "100000" in text]
    assert f"::warning file=scoring.json,line={line},title=leadcal lint%3A unreachable-band::band hot begins at 100000" in log
    assert "warning: band hot begins at 100000" in report and "band hot: from" in report
    found = json.loads((branch / "leadcal-report/lint.json").read_text())["configs"][0]["findings"]
    assert [finding["line"] for finding in found if finding["code"] == "unreachable-band"] == [line]


def test_a_config_that_cannot_be_read_is_an_error(branch, environment):
    (branch / "scoring.json").write_text("{}")
    verdict, report, log = gate(branch, environment, 2, config="scoring.json")
    assert verdict == "error"
    assert "could not be read" in report and "no scoring config" in log


def test_a_new_config_has_nothing_to_be_compared_with(branch, environment):
    (branch / "other.json").write_bytes((branch / "scoring.json").read_bytes())
    verdict, report, _ = gate(branch, environment, 0, config="other.json", fail_on="error")
    assert verdict == "fine" and "this one is new" in report


def test_outside_of_a_pull_request_the_commit_before_is_the_baseline(branch, environment):
    change(branch / "scoring.json", lambda model: model.update(base_points=model["base_points"] + 3))
    bash("git commit --quiet -am change", branch, environment)
    _, report, _ = gate(branch, environment, 0, config="scoring.json", base_ref="", fail_on="error")
    assert "base points" in report


def test_names_never_become_commands(branch, environment):
    name = "a $(touch evil) `touch evil`; touch evil & 'b' \"c\".json"
    (branch / name).write_bytes((branch / "scoring.json").read_bytes())
    verdict, _, _ = gate(branch, environment, 0, config=name, baseline=name, fail_on="error")
    assert verdict == "fine"
    verdict, _, _ = gate(branch, environment, 2, config="-o evil", allow="$(touch evil)", fail_on="error; touch evil")
    assert verdict == "error"
    assert not (branch / "evil").exists()


def test_text_of_a_config_is_text_in_the_report(branch, environment):
    def rename(model):
        model["attributes"][0]["levels"][0]["level"] = "```\n<script>alert(1)</script> @team | x"
        model["attributes"][0]["levels"][0]["points"] += 999

    change(branch / "scoring.json", rename)
    # The probability refers to the level by its name.
    change(branch / "scoring.json", lambda model: [model.pop("probability", None)])
    _, report, _ = gate(branch, environment, None, config="scoring.json")
    for line in report.splitlines():
        assert "<script>" not in line or line.startswith("    "), line
        assert "@team" not in line or line.startswith("    "), line


def test_a_change_is_checked_on_history(branch, environment):
    inputs = {"config": "scoring.json", "leads": "leadcal.toml", "policy": "check.toml", "fail_on": "error"}
    verdict, report, _ = gate(branch, environment, 0, **inputs)
    assert verdict == "fine" and "Check on history" in report

    def invert(model):
        for attribute in model["attributes"]:
            for level in attribute["levels"]:
                level["points"] = -level["points"]

    change(branch / "scoring.json", invert)
    verdict, report, _ = gate(branch, environment, 1, **inputs)
    assert verdict == "worse"
    cases = xml.etree.ElementTree.parse(branch / "leadcal-report/junit.xml").iter("testcase")
    failed = [case.get("name") for case in cases if case.find("failure") is not None]
    assert failed, report
    json.loads((branch / "leadcal-report/check.json").read_text())


def test_the_comment_is_written_once_and_kept_up_to_date(branch, environment, tmp_path):
    gate(branch, environment, 0, config="scoring.json", fail_on="error")
    # What `gh` was asked, and what it answers: the stand-in knows the one comment.
    programs = tmp_path / "programs"
    programs.mkdir()
    gh = programs / "gh"
    gh.write_text('#!/bin/sh\nprintf "%s\\n" "$*" >> "$CALLS"\ncase "$*" in *--paginate*) printf %s "$KNOWN" ;; esac\n')
    gh.chmod(0o755)
    contexts = {
        "inputs.github-token": "token", "github.event.pull_request.number": "7", "inputs.report": "leadcal-report",
        "steps.gate.outputs.verdict": "fine", "inputs.config": "scoring.json",
    }  # fmt: skip
    for known, asked in [("", "--method POST repos/o/r/issues/7/comments"), ("42\n", "--method PATCH repos/o/r/issues/comments/42")]:
        calls = tmp_path / "calls"
        calls.write_text("")
        runner = environment | {"PATH": f"{programs}:{environment['PATH']}", "CALLS": str(calls), "KNOWN": known}
        runner |= {"GITHUB_REPOSITORY": "o/r"} | resolved("Comment on the pull request", contexts)
        bash(steps()["Comment on the pull request"]["run"], branch, runner)
        lines = calls.read_text().splitlines()
        assert len(lines) == 2 and asked in lines[1] and "body=@leadcal-report/comment.md" in lines[1], lines
    comment = (branch / "leadcal-report/comment.md").read_text()
    assert comment.startswith("<!-- leadcal gate ") and "# leadcal: fine" in comment
    # One that is too long for GitHub ends at a line.
    (branch / "leadcal-report/report.md").write_text("a line of a long report\n" * 5000)
    bash(steps()["Comment on the pull request"]["run"], branch, runner)
    comment = (branch / "leadcal-report/comment.md").read_text()
    assert len(comment) < 65536 and comment.endswith("a line of a long report\n\nThe report goes on in the summary of the run.\n")


def test_a_program_is_found_and_a_release_is_taken_only_as_it_was_published(environment, tmp_path):
    outputs = tmp_path / "outputs"
    outputs.write_text("")
    contexts = {
        "inputs.program": "leadcal", "inputs.version": "", "github.action_path": str(REPOSITORY),
        "github.action_repository": "o/leadcal", "inputs.github-token": "token", "runner.temp": str(tmp_path),
    }  # fmt: skip
    runner = environment | {"GITHUB_OUTPUT": str(outputs)}
    bash(steps()["Which leadcal"]["run"], tmp_path, runner | resolved("Which leadcal", contexts))
    told = dict(line.split("=", 1) for line in outputs.read_text().splitlines())
    assert told["how"] == "given" and len(told["digest"]) == 32
    contexts |= {f"steps.source.outputs.{name}": value for name, value in told.items()}
    done = bash(steps()["Install leadcal"]["run"], tmp_path, runner | resolved("Install leadcal", contexts))
    assert done.stdout.startswith("leadcal ")
    assert outputs.read_text().endswith("/leadcal\n")

    # A release: an archive laid out as .ci/archive.py makes it, once as published and once with another digest.
    programs = tmp_path / "programs"
    programs.mkdir()
    machine = {"x86_64": "x86_64-unknown-linux-gnu", "aarch64": "aarch64-unknown-linux-gnu"}[os.uname().machine]
    name = f"leadcal-0.1.0-{machine}"
    bash(
        f"mkdir -p {name} && cp \"$(command -v leadcal)\" {name}/ && tar -czf {name}.tar.gz {name} && sha256sum {name}.tar.gz > SHA256SUMS",
        tmp_path,
        environment,
    )
    gh = programs / "gh"
    gh.write_text(f'#!/bin/sh\nwhile [ "$1" != --dir ]; do shift; done\ncp "{tmp_path}/{name}.tar.gz" "{tmp_path}/SHA256SUMS" "$2"\n')
    gh.chmod(0o755)
    contexts |= {"steps.source.outputs.how": "release", "inputs.version": "v0.1.0", "inputs.program": ""}
    runner |= {"PATH": f"{programs}:{environment['PATH']}"}
    done = bash(steps()["Install leadcal"]["run"], tmp_path, runner | resolved("Install leadcal", contexts))
    assert "OK" in done.stdout and "leadcal 0.1.0" in done.stdout
    (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  {name}.tar.gz\n")
    done = bash(steps()["Install leadcal"]["run"], tmp_path, runner | resolved("Install leadcal", contexts), status=None)
    assert done.returncode != 0 and "FAILED" in done.stdout


def test_gitlab_runs_the_same_gate(branch, environment):
    job = yaml.safe_load(GITLAB.read_text())["leadcal"]
    runner = environment | job["variables"] | {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
    # A runner stops at the first line that fails.
    script = "\n".join(job["script"])
    done = bash(script, branch, runner, status=None)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    for file in [*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"]]:
        assert (branch / file).stat().st_size > 0, file
    change(branch / "scoring.json", lambda model: model["bands"][-1].update({"from": 100_000}))
    done = bash(script, branch, runner, status=1)
    assert "unreachable-band" in done.stdout


def test_pre_commit_lints_what_is_committed(branch, environment, tmp_path):
    program = Path(sys.executable).parent / "pre-commit"
    cache = environment | {"PRE_COMMIT_HOME": str(tmp_path / "cache"), "PATH": f"{Path(sys.executable).parent}:{environment['PATH']}"}
    done = subprocess.run([program, "validate-manifest", HOOKS], env=cache, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    shutil.copy(HOOKS, hooks)
    bash("git init --quiet && git add . && git commit --quiet -m hooks", hooks, environment)
    (branch / "other").mkdir()
    shutil.copy(branch / "scoring.json", branch / "other/scoring.json")
    bash("git add other", branch, environment)
    tried = f"pre-commit try-repo '{hooks}' leadcal-lint --all-files --verbose"
    done = bash(tried, branch, cache, status=None)
    clean = bash("leadcal lint --format json --fail-on never scoring.json", branch, environment)
    worst = {finding["severity"] for finding in json.loads(clean.stdout)["configs"][0]["findings"]}
    assert (done.returncode == 0) == (worst <= {"advice"}), done.stdout
    change(branch / "other/scoring.json", lambda model: model["bands"][-1].update({"from": 100_000}))
    done = bash(tried, branch, cache, status=1)
    assert "unreachable-band" in done.stdout and "other/scoring.json" in done.stdout, done.stdout
