"""Makes the inventories of this folder, which let the docs link to SQLAlchemy and Python.

The docs are built without a network, so what intersphinx would fetch is kept here.

    python docs/inventories/make.py sqlalchemy sqlalchemy-2.1.9.tar.gz
    python docs/inventories/make.py python /usr/share/doc/python3.11/html/objects.inv

SQLAlchemy's source distribution holds its built pages but not their inventory: its names are read
from the pages' anchors. A class is documented under the module that people import it from; its own
module, which type annotations show, is added as a second name. Run it with that SQLAlchemy installed.
"""

from __future__ import annotations

import re
import sys
import tarfile
import zlib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
DEFINITION = re.compile(
    r'<dl class="py (?P<role>\w+)">\s*<dt class="sig sig-object py" id="(?P<name>[\w.]+)">'
)


class Entry(NamedTuple):
    """One name of an inventory: its role ("py:class"), and the page it is on, anchor included."""

    name: str
    role: str
    page: str

    def __str__(self) -> str:
        return f"{self.name} {self.role} 1 {self.page} -"


def sqlalchemy(archive: Path) -> tuple[str, list[Entry]]:
    """Read SQLAlchemy's version and names from its source distribution."""
    version = archive.name.removeprefix("sqlalchemy-").removesuffix(".tar.gz")
    return version, [*_pages(archive)]


def _pages(archive: Path) -> Iterator[Entry]:
    with tarfile.open(archive) as files:
        for member in files:
            _, _, page = member.name.partition("/doc/")
            if not page.endswith(".html") or page.startswith("changelog/"):
                continue
            reader = files.extractfile(member)
            assert reader is not None, f"{member.name} is no file"
            for found in DEFINITION.finditer(reader.read().decode("utf-8")):
                entry = Entry(found["name"], f"py:{found['role']}", f"{page}#{found['name']}")
                yield entry
                if (own := own_name(entry.name)) != entry.name:
                    yield entry._replace(name=own)


def own_name(name: str) -> str:
    """Name a class or function by the module that defines it; any other name stays."""
    module, _, attribute = name.rpartition(".")
    try:
        value = getattr(import_module(module), attribute)
        return f"{value.__module__}.{value.__qualname__}"
    except (ImportError, AttributeError):
        return name


def python(inventory: Path) -> tuple[str, list[Entry]]:
    """Read Python's version and the names of its objects from its own inventory."""
    head, _, packed = inventory.read_bytes().partition(b"using zlib.\n")
    version = head.decode("utf-8").split("# Version: ")[1].splitlines()[0]
    lines = zlib.decompress(packed).decode("utf-8").splitlines()
    fields = [line.split(" ") for line in lines if " py:" in line]
    return version, [Entry(name, role, page) for name, role, _, page, *_ in fields]


def write(project: str, version: str, entries: list[Entry]) -> None:
    """Write an inventory in Sphinx's format, version 2, the names sorted."""
    unique = {(entry.name, entry.role): entry for entry in entries}
    lines = "".join(f"{unique[key]}\n" for key in sorted(unique))
    head = (
        "# Sphinx inventory version 2\n"
        f"# Project: {project}\n"
        f"# Version: {version}\n"
        "# The remainder of this file is compressed using zlib.\n"
    )
    (HERE / f"{project.lower()}.inv").write_bytes(head.encode() + zlib.compress(lines.encode(), 9))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["sqlalchemy", archive]:
            write("SQLAlchemy", *sqlalchemy(Path(archive)))
        case ["python", inventory]:
            write("Python", *python(Path(inventory)))
        case _:
            sys.exit(__doc__)
