#!/usr/bin/env python3
"""Packs what a release offers besides wheels: archive.py WHEEL TARGET FOLDER

Takes the program out of a wheel of this machine's own kind, so that it is built once, and writes
FOLDER/leadcal-VERSION-TARGET.tar.gz (.zip for Windows) with the program, its manual pages, shell completions, licences and
changelog. The same wheel gives the same bytes.
"""

import gzip
import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
DOCUMENTS = ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"]
COMPLETIONS = {"bash": "leadcal.bash", "elvish": "leadcal.elv", "fish": "leadcal.fish", "powershell": "_leadcal.ps1", "zsh": "_leadcal"}
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment a zip file can tell


def program_of(wheel, folder):
    """The program that the wheel holds, in the folder."""
    with zipfile.ZipFile(wheel) as files:
        (name,) = [name for name in files.namelist() if ".data/scripts/leadcal" in name]
        program = folder / Path(name).name
        program.write_bytes(files.read(name))
    program.chmod(0o755)
    return program


def contents(program):
    """Path in the archive and bytes of each file."""

    def leadcal(*arguments):
        return subprocess.run([program, *arguments], check=True, stdout=subprocess.PIPE).stdout

    files = {program.name: program.read_bytes()}
    files |= {name: (REPOSITORY / name).read_bytes() for name in DOCUMENTS}
    files |= {f"completions/{name}": leadcal("completions", shell) for shell, name in COMPLETIONS.items()}
    pages = program.parent / "man"
    leadcal("man", "-o", pages)
    files |= {f"man/{page.name}": page.read_bytes() for page in pages.iterdir()}
    return dict(sorted(files.items()))


def mode(name):
    return 0o755 if Path(name).name in ("leadcal", "leadcal.exe") else 0o644


def tar(top, files):
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=6, mtime=0) as stream, tarfile.open(fileobj=stream, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(f"{top}/{name}")
            entry.size, entry.mode = len(data), mode(name)
            archive.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


def zipped(top, files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(f"{top}/{name}", EPOCH)
            entry.external_attr = mode(name) << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def main(wheel, target, folder):
    version = Path(wheel).name.split("-")[1]
    top = f"leadcal-{version}-{target}"
    with tempfile.TemporaryDirectory() as scratch:
        files = contents(program_of(wheel, Path(scratch)))
    windows = "windows" in target
    archive = Path(folder) / (top + (".zip" if windows else ".tar.gz"))
    archive.write_bytes((zipped if windows else tar)(top, files))
    print(archive)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
