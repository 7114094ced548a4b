"""What leadcal prints on a terminal: colours and its width; and in a pipe: no colours, 100 columns."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import unicodedata

import pytest

LEADCAL = os.environ["LEADCAL"]
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def leads(folder):
    """Leads of two attributes with long names, one of which tells much."""
    rows = ["where the lead came from,size of the company in employees,converted"]
    for n in range(1200):
        source = ["web form", "trade fair", "a partner who recommends us"][n % 3]
        won = n % 10 < (n % 3) * 2 + 1
        rows.append(f"{source},{n * 7 % 500},{'yes' if won else 'no'}")
    (folder / "leads.csv").write_text("\n".join(rows) + "\n")


def environment(**more):
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    return {**kept, "TERM": "xterm-256color", **more}


def everything(terminal):
    """What was written to a terminal until its other side was closed."""
    written = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux: the other side is closed.
            break
        if not part:
            break
        written += part
    os.close(terminal)
    return written


def on_terminal(folder, args, columns, **more):
    """What a command writes to a terminal of so many columns, on standard output and standard error together."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen(
        [LEADCAL, *args], cwd=folder, stdin=its, stdout=its, stderr=its, env=environment(**more)
    )
    os.close(its)
    written = everything(ours)
    process.wait()
    # What a line of progress wrote and cleared again is on the same line as what follows.
    text = written.decode().replace("\r\n", "\n")
    return re.sub(r"[^\n]*\r\x1b\[2?K|\x1b\[\?25[lh]|\x1b\[[0-9]*[ABCDGK]|\r", "", text)


def in_pipe(folder, args, **more):
    process = subprocess.run([LEADCAL, *args], cwd=folder, capture_output=True, env=environment(**more))
    return process.stdout.decode(), process.stderr.decode()


def columns_of(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


CALIBRATE = ["calibrate", "leads.csv", "--outcome", "converted"]
POINTS = ["points", "leads.csv", "--outcome", "converted"]


@pytest.mark.parametrize("columns", [60, 80, 100, 160])
def test_tables_are_as_wide_as_the_terminal(tmp_path, columns):
    leads(tmp_path)
    for args in (CALIBRATE, POINTS):
        shown = on_terminal(tmp_path, args, columns)
        lines = COLOUR.sub("", shown).splitlines()
        # Commands to be copied are never broken.
        wide = [line for line in lines if columns_of(line) > columns and not line.startswith("  leadcal ")]
        wide = [line for line in wide if not line.startswith("note:")]
        assert not wide, wide
        assert "inconclusive" in shown or args is CALIBRATE
    # Bars where there is room for them.
    assert ("█" in shown) == (columns >= 80) or columns == 60


def test_signs_are_coloured_and_written(tmp_path):
    leads(tmp_path)
    shown = on_terminal(tmp_path, POINTS, 120)
    positive = re.findall(r"\x1b\[36m(\+[1-9][0-9]*)\x1b\[0m", shown)
    negative = re.findall(r"\x1b\[31m(-[1-9][0-9]*)\x1b\[0m", shown)
    assert positive and negative, shown
    plain = COLOUR.sub("", shown)
    assert all(number in plain for number in positive + negative)


def test_a_pipe_has_100_columns_and_no_colours(tmp_path):
    leads(tmp_path)
    printed, said = in_pipe(tmp_path, POINTS)
    assert "\x1b" not in printed + said
    assert max(map(len, printed.splitlines())) <= 100
    assert printed == in_pipe(tmp_path, POINTS, COLUMNS="100")[0]
    assert printed != in_pipe(tmp_path, POINTS, COLUMNS="60")[0]
    # As on a terminal of the same width, but for the colours.
    assert printed in COLOUR.sub("", on_terminal(tmp_path, POINTS, 100))


@pytest.mark.parametrize(
    ("args", "more", "coloured"),
    [
        ([], {}, True),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"NO_COLOR": ""}, True),
        ([], {"TERM": "dumb"}, False),
        (["--color", "never"], {"CLICOLOR_FORCE": "1"}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
    ],
)
def test_who_wants_no_colours_gets_none(tmp_path, args, more, coloured):
    leads(tmp_path)
    shown = on_terminal(tmp_path, [*POINTS, *args], 100, **more)
    assert bool(COLOUR.search(shown)) == coloured


def test_colours_can_be_had_in_a_pipe(tmp_path):
    leads(tmp_path)
    assert COLOUR.search(in_pipe(tmp_path, POINTS, CLICOLOR_FORCE="1")[0])
    assert COLOUR.search(in_pipe(tmp_path, [*POINTS, "--color", "always"])[0])
    # A file has none, and data have none: what is asked for are the texts for people.
    for args in (["--format", "json"], ["-o", "points.json"]):
        printed, _ = in_pipe(tmp_path, [*POINTS, *args, "--color", "always"])
        assert bool(COLOUR.search(printed)) == (args[0] == "-o")
    assert "\x1b" not in (tmp_path / "points.json").read_text()


def test_errors_are_red_on_a_terminal(tmp_path):
    shown = on_terminal(tmp_path, ["points", "nowhere.csv", "--outcome", "converted"], 100)
    assert "\x1b[1m\x1b[31merror:\x1b[0m " in shown, repr(shown)
    printed, said = in_pipe(tmp_path, ["points", "nowhere.csv", "--outcome", "converted"])
    assert (printed, said[:7]) == ("", "error: ")


def test_standard_output_and_standard_error_are_judged_apart(tmp_path):
    leads(tmp_path)
    ours, its = pty.openpty()
    process = subprocess.run(
        [LEADCAL, *POINTS, "--top", "9"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=its, env=environment()
    )
    os.close(its)
    said = everything(ours).decode()
    assert "\x1b" not in process.stdout.decode()
    assert "note:" in COLOUR.sub("", said) and COLOUR.search(said)
