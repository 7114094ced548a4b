"""The notebooks of notebooks-data run, and say what is committed in them.

`NOTEBOOKS=overwrite` writes what they say now into them: look at `git diff`, and whether the text around it still holds.
"""

import base64
import os
import re
import time
from pathlib import Path

import nbformat
import pytest
from nbconvert.preprocessors import ExecutePreprocessor

from conftest import REPOSITORY

FOLDER = REPOSITORY / "notebooks-data"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def without_text(png):
    """A PNG, in base64, without the chunk that names the version of matplotlib."""
    data = base64.b64decode(png)
    kept, at = data[:8], 8
    while at < len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] != b"tEXt":
            kept += data[at:end]
        at = end
    return base64.b64encode(kept).decode()


def normalised(notebook):
    """Without what differs from run to run: counts, times, and how the output was cut into pieces."""
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type != "code":
            continue
        cell.execution_count = None
        outputs = []
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = None
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = without_text(output.data["image/png"])
            same_stream = outputs and output.output_type == outputs[-1].output_type == "stream" and output.name == outputs[-1].name
            if same_stream:
                outputs[-1].text += output.text
            else:
                outputs.append(output)
        cell.outputs = outputs
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


def said(notebook):
    """The texts of each cell's outputs. Pixels of figures depend on the machine's fonts; that there is a figure does not."""

    def text(output):
        return output.text if output.output_type == "stream" else output.data["text/plain"]

    return {cell.source: [text(output) for output in cell.outputs] for cell in notebook.cells if cell.cell_type == "code"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_says_what_is_committed(path, monkeypatch, figure):
    monkeypatch.setenv("PATH", f"{Path(os.environ['LEADCAL']).resolve().parent}:{os.environ['PATH']}")
    committed = nbformat.read(path, as_version=4)
    executed = nbformat.read(path, as_version=4)
    start = time.perf_counter()
    ExecutePreprocessor(timeout=600, kernel_name="python3").preprocess(executed, {"metadata": {"path": str(FOLDER)}})
    figure(f"{path.name}: {time.perf_counter() - start:.0f} s")
    executed = normalised(executed)
    if os.environ.get("NOTEBOOKS") == "overwrite":
        nbformat.write(executed, path)
    else:
        assert said(executed) == said(committed), "NOTEBOOKS=overwrite writes what it says now"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_clean(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert nbformat.writes(notebook) == nbformat.writes(normalised(nbformat.read(path, as_version=4))), "metadata is stripped"
    text = path.read_text()
    assert not re.search(r"/(tmp|home|Users)/|<Figure size.*object at 0x", text), "no path of a machine"
    images = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs if "image/png" in output.get("data", {})]
    assert images, "its figures are shown where it is not run"
    assert len(text) < 1e6


def test_there_are_four_and_the_readme_names_them():
    readme = (FOLDER / "README.md").read_text()
    assert len(NOTEBOOKS) == 4
    for path in NOTEBOOKS:
        assert f"]({path.name})" in readme
