"""Checks one of the four distributions where it is installed with what it declares, and no more.

Run by `nox -s isolated`, in an empty environment: `python installed.py revgraph`.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from importlib import metadata, resources, util

THIRD = {"ddl-constructs": 1, "revgraph": 0, "ddl-autogen": 1, "migrate-cli": 3}
"""How many distributions that aren't ours each may need."""


def check(name: str) -> None:
    for absent in ("sqlalchemy",) if name == "revgraph" else ("pytest", "alembic"):
        assert util.find_spec(absent) is None, f"{absent} is here, so nothing is shown"

    module = name.replace("-", "_")
    face = importlib.import_module(module)
    told = metadata.metadata(name)
    assert face.__version__ == metadata.version(name)
    assert told["License-Expression"] == "MIT"
    assert told.get_all("License-File") == ["LICENSE"]
    assert told["Description"].startswith(f"# {name}\n")
    assert resources.files(module).joinpath("py.typed").is_file()

    inner = [m.name for m in pkgutil.walk_packages(face.__path__, f"{module}.")]
    for one in inner:
        if not one.endswith(".__main__"):
            importlib.import_module(one)

    declared = metadata.requires(name) or []
    needed = {re.split(r"[^\w-]", d)[0] for d in declared if "extra ==" not in d}
    assert len(needed - THIRD.keys()) == THIRD[name], f"{name} declares {sorted(needed)}"
    print(f"{name} {face.__version__}: {len(inner)} modules import with {sorted(needed)} alone")


if __name__ == "__main__":
    check(sys.argv[1])
