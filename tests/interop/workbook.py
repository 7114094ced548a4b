"""A workbook of `leadcal export --to xlsx` in LibreOffice: cells are filled in as if typed, formulas recalculated, results read."""

import csv
import io
import re
import subprocess
import zipfile
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.utils import get_column_letter

FORM, LIST, EVENTS, READ = "Score a lead", "Score a list", "Events", "Read"
# As the workbook has them; openpyxl counts from 1.
FORM_FIRST, FORM_COLUMN = 10, 3
LIST_FIRST = 6
EVENTS_FIRST, AS_OF = 6, "B3"
EMPTY = re.compile(r'<c r="([A-Z]+[0-9]+)"( s="[0-9]+")?/>')
# All sheets, a file each; UTF-8, numbers with all their digits.
CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"


class Workbook:
    """A workbook as exported, and what is typed into it."""

    def __init__(self, path):
        self.path = path
        self.cells = {FORM: {}, LIST: {}, EVENTS: {}}
        book = openpyxl.load_workbook(path, read_only=True)
        self.sheets = book.sheetnames
        heads = [cell.value for cell in next(book[LIST].iter_rows(min_row=LIST_FIRST - 1, max_row=LIST_FIRST - 1))]
        # Inputs stand right of the results.
        first = heads.index("Problem") + 1
        self.inputs = {name: first + index + 1 for index, name in reversed(list(enumerate(heads[first:])))}
        self.first_input = first + 1
        if EVENTS in self.sheets:
            row = next(book[EVENTS].iter_rows(min_row=EVENTS_FIRST - 1, max_row=EVENTS_FIRST - 1))
            self.properties = {cell.value: index + 1 for index, cell in enumerate(row) if 3 <= index < len(row) - 1}
        book.close()

    def type_lead(self, row, fields, name=None):
        """Types a lead into a row of the list, counted from 0, or into the form where the row is None."""
        values = {key: value for key, value in fields.items() if key in self.inputs and key != "Lead"}
        for key, value in ({"Lead": name} | values).items():
            column = self.inputs[key]
            if row is None:
                self.cells[FORM][f"{get_column_letter(FORM_COLUMN)}{FORM_FIRST + column - self.first_input}"] = value
            else:
                self.cells[LIST][f"{get_column_letter(column)}{LIST_FIRST + row}"] = value

    def type_events(self, events, as_of):
        """Types events: pairs of a lead's name and an event."""
        if EVENTS not in self.sheets:
            return
        self.cells[EVENTS][AS_OF] = as_of
        for row, (name, event) in enumerate(events, EVENTS_FIRST):
            values = {1: name, 2: event["time"], 3: event["name"]}
            for key, value in (event.get("properties") or {}).items():
                if key in self.properties:
                    values[self.properties[key]] = value
            for column, value in values.items():
                self.cells[EVENTS][f"{get_column_letter(column)}{row}"] = value

    def save(self, path):
        """Writes the workbook with what was typed; all else stays byte for byte what was exported."""
        with zipfile.ZipFile(self.path) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for item in source.namelist():
                content = source.read(item)
                found = re.fullmatch(r"xl/worksheets/sheet([0-9]+)\.xml", item)
                cells = self.cells.get(self.sheets[int(found[1]) - 1]) if found else None
                if cells:
                    filled = set()

                    def fill(match):
                        value = cells.get(match[1])
                        filled.add(match[1])
                        return match[0] if value is None else cell(match[1], match[2] or "", value)

                    content = EMPTY.sub(fill, content.decode()).encode()
                    left = {place for place, value in cells.items() if value is not None} - filled
                    assert not left, f"no cells to type into: {left}"
                target.writestr(item, content)


def cell(place, style, value):
    # As people type it. A boolean that a program writes into a formatted cell is the number 1 to LibreOffice.
    if isinstance(value, bool):
        value = "true" if value else "false"
    if isinstance(value, (int, float)):
        return f'<c r="{place}"{style}><v>{value!r}</v></c>'
    text = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", value)
    text = re.sub(r"[\x00-\x08\x0b-\x1f]", lambda found: f"_x{ord(found[0]):04X}_", text)
    return f'<c r="{place}"{style} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def recalculate(paths, folder):
    """Opens workbooks in LibreOffice and saves each sheet as CSV."""
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", CSV]
    # Given 250 or more, LibreOffice stops on the way without a word.
    for start in range(0, len(paths), 100):
        some = paths[start : start + 100]
        done = subprocess.run([*command, "--outdir", folder, *some], capture_output=True, text=True, timeout=900)
        assert done.returncode == 0, done.stderr


def sheet(folder, path, name):
    """A recalculated sheet: lists of texts."""
    text = (folder / f"{path.stem}-{name}.csv").read_text(encoding="utf-8")
    return list(csv.reader(io.StringIO(text, newline="")))


def results(folder, path):
    """What the workbook says of each lead: the form's first, then the list's."""
    heads, *rows = sheet(folder, path, READ)
    # Results stand behind what was read.
    last = {name: index for index, name in enumerate(heads)}
    names = ["raw", "rounded", "score", "probability", "band", "stage", "grade", "problem", "is a lead"]
    found = [{name: row[last[name]] or None for name in names} for row in rows]
    for lead in found:
        for name in ["raw", "rounded", "score", "probability"]:
            lead[name] = float(lead[name]) if lead[name] else None
    return found


def reasons(folder, path):
    """The reasons of the form's lead: name, level and points."""
    rows = sheet(folder, path, FORM)[FORM_FIRST - 1 :]
    return [(row[4], row[5] or None, float(row[6])) for row in rows if len(row) > 6 and row[4]]
