"""What every notebook begins with: how its tables and figures look, a folder to work in, and the leadcal command.

Importing this copies the example data to a temporary folder and goes there, so that nothing is written beside the notebooks.
"""

import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import polars as pl

if shutil.which("leadcal") is None:
    raise FileNotFoundError("the leadcal command is not on the path: docs/install.md says how to install it")

HERE = Path(__file__).parent

plt.style.use(HERE / "leadcal.mplstyle")
pl.Config.set_tbl_hide_dataframe_shape(True).set_tbl_hide_column_data_types(True)
pl.Config.set_tbl_rows(-1).set_tbl_cols(-1).set_tbl_width_chars(120).set_fmt_str_lengths(60)

# It is removed when the kernel ends.
folder = tempfile.TemporaryDirectory()
for name in ["leads.csv", "events.parquet", "leadcal.toml", "truth.json"]:
    shutil.copy(HERE / name, folder.name)
os.chdir(folder.name)


def leadcal(arguments):
    """Runs `leadcal ARGUMENTS`, shows the notes it makes, and returns what it prints."""
    # Jupyter's kernel asks every program for colours (CLICOLOR_FORCE); texts without them can be read and compared.
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(["leadcal", *shlex.split(arguments)], capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise RuntimeError(f"leadcal {arguments} ends with {done.returncode}\n{done.stderr}")
    print(done.stderr, end="")
    return done.stdout


def levels(points):
    """The lift table of `points.json`: a row for each level of each attribute."""
    return pl.DataFrame(
        {
            "attribute": attribute["name"],
            "level": level["level"],
            "leads": level["evidence"]["leads"],
            "converted": level["evidence"]["conversions"],
            "rate": level["evidence"]["rate"],
            "rate_low": level["evidence"]["rate_interval"][0],
            "rate_high": level["evidence"]["rate_interval"][1],
            "lift": level["evidence"]["lift"],
            "log_odds_lift": level["evidence"]["log_odds_lift"],
            "points": level["points"],
            "conclusive": level["conclusive"],
        }
        for attribute in points["attributes"]
        for level in attribute["levels"]
        if level["evidence"]["leads"] > 0
    )
