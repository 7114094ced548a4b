"""Makes the pictures of README.md: leadcal's report in Chromium, and what it prints on a terminal of 100 columns.

    LEADCAL=target/debug/leadcal python tests/interop/pictures.py

Both come from the example data, calibrated as README.md says; look at them before they are committed.
"""

import html
import os
import pty
import struct
import sys
import tempfile
from fcntl import ioctl
from pathlib import Path
from shutil import copytree
from termios import TIOCSWINSZ

import pyte
from PIL import Image

import browser as page_of

REPOSITORY = Path(__file__).resolve().parents[2]
PICTURES = REPOSITORY / "docs/pictures"
COLUMNS, LINES = 100, 400
# Of the terminal's output, what the picture shows: how each part begins, and how many lines it has.
PARTS = [("attribute  ", 18), ("band      score", 5), ("What to look at first", 13)]
# Of the report: so many pixels from "Try changes" on.
REPORT_HEIGHT = 866
MOST_BYTES = 200_000

# The colours of a terminal's theme with a light background, legible on white.
COLOURS = {
    "black": "#1f2328", "red": "#b3261e", "green": "#1a7f37", "brown": "#8a6100", "blue": "#0b57d0", "magenta": "#8250df",
    "cyan": "#0a6c74", "white": "#57606a", "brightblack": "#6e7781", "brightred": "#cf222e", "brightgreen": "#1f883d",
    "brightbrown": "#9a6700", "brightblue": "#0969da", "brightmagenta": "#a475f9", "brightcyan": "#0f7d86", "brightwhite": "#8c959f",
}  # fmt: skip
STYLE = """body { margin: 0; background: #fff } pre { margin: 0; padding: 14px 18px; width: max-content; color: #1f2328;
font: 14px/1.3 "DejaVu Sans Mono", monospace }"""


def terminal(command, folder):
    """The lines of a terminal after a command: each a list of characters with their colours."""
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    child, side = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.environ |= {"TERM": "xterm-256color", "COLORTERM": ""}
        os.environ.pop("NO_COLOR", None)
        # The parent sets the size before the first byte is read.
        sys.stdin.readline()
        os.execvp(command[0], command)
    ioctl(side, TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    os.write(side, b"\n")
    with os.fdopen(side, "rb", buffering=0) as output:
        try:
            while read := output.read(65536):
                stream.feed(read)
        except OSError:  # Linux says so where the other end is closed.
            pass
    _, status = os.waitpid(child, 0)
    assert status == 0, "\n".join(screen.display)
    return [[screen.buffer[line][column] for column in range(COLUMNS)] for line in range(LINES)]


def as_html(lines):
    def colour(name):
        return COLOURS.get(name, f"#{name}" if len(name) == 6 else "inherit")

    def cell(character):
        style = f"color: {colour(character.fg)}" if character.fg != "default" else ""
        style += "; font-weight: bold" if character.bold else ""
        text = html.escape(character.data)
        return f'<span style="{style}">{text}</span>' if style else text

    rows = ["".join(map(cell, line)).rstrip() for line in lines]
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><pre>{chr(10).join(rows)}</pre>"


def parts(lines):
    text = ["".join(character.data for character in line) for line in lines]
    left_out = [pyte.screens.Char(character) for character in "\u2026"]
    shown = []
    for beginning, length in PARTS:
        begin = next(at for at, line in enumerate(text) if line.startswith(beginning))
        shown += lines[begin : begin + length] + [left_out]
    return shown[:-1]


def save(picture, name):
    """As a PNG with a palette, which for plots and text looks the same and is a third of the size."""
    path = PICTURES / name
    Image.open(picture).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(REPOSITORY)}: {Image.open(path).size}, {size} bytes")
    assert size < MOST_BYTES, "take less of the page"


def main():
    leadcal = Path(os.environ["LEADCAL"]).resolve()
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, page_of.chromium() as browser:
        copytree(REPOSITORY / "notebooks-data", f"{folder}/notebooks-data")
        lines = terminal([str(leadcal), "calibrate", "notebooks-data/leadcal.toml"], folder)
        printed = Path(folder, "terminal.html")
        printed.write_text(as_html(parts(lines)), encoding="utf-8")
        page = browser.new_page(viewport={"width": 900, "height": 600})
        page.goto(printed.as_uri())
        page.locator("pre").screenshot(path=f"{folder}/terminal.png")
        save(f"{folder}/terminal.png", "terminal.png")
        page = browser.new_page(viewport={"width": 1280, "height": 1000}, color_scheme="light", reduced_motion="reduce")
        page.goto(Path(folder, "calibration/report.html").as_uri())
        # Its bands, without the bar on top that stays in sight.
        page.add_style_tag(content="nav { display: none !important }")
        section = page.locator("#try-it").bounding_box()
        size = {"x": section["x"] - 24, "y": section["y"] + 20, "width": section["width"] + 48, "height": REPORT_HEIGHT}
        page.screenshot(path=f"{folder}/report.png", full_page=True, clip=size)
        save(f"{folder}/report.png", "report.png")


if __name__ == "__main__":
    main()
