"""Builds a history on scratch databases, in a process of its own: `python -m migrate_cli.commands.building ANSWER`.

What is asked comes as JSON on stdin; what was made is written as JSON into the file ANSWER.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from ..adoption.scratch import Scratch
from ..adoption.seen import seen
from ..config import Config
from ..errors import MigrateError
from ..journal.table import NAME
from ..recognition import find
from ..scripts import Scripts
from .moves import downgrade, upgrade
from .project import on_database


def build(config_file: str, scratch: Scratch) -> dict[str, Any]:
    """Build a project's history, from base to heads and back.

    Returns:
        "up": what there is at the heads, a mapping of table -> words for each database; "down": what
        there is at the base, None if the scripts don't lead there; "revisions": how many there are;
        "version_tables": what they are called, sorted; "dialect". Or "failed": why it can't be built.
    """
    found: dict[str, Any] = {"dialect": scratch.dialect}
    try:
        config = find(config_file=Path(config_file))
        if not _speaks(config, scratch.dialect):
            config = find(config_file=Path(config_file), url=scratch.url)
        found["revisions"] = len(Scripts.of(config).by_id)
        upgrade(config, "heads")
    except Exception as err:  # whatever a project's code raises, it is why it can't be built
        return {"failed": _reason(err)}
    names = set[str]()
    on_database(config, None, lambda around: names.add(around.versions.name), join=lambda _: None)
    found["version_tables"], ours = sorted(names), {NAME, *names}
    found["up"] = _all(scratch, ours)
    try:
        downgrade(config, "base")
        found["down"] = _all(scratch, ours)
    except Exception:  # many scripts don't lead back
        found["down"] = None
    return found


def _speaks(config: Config, dialect: str) -> bool:
    """Tell whether the URL that a project says is one of a dialect."""
    world: Any = config.world
    said = config.url if world is None else world.settings.get_main_option("sqlalchemy.url")
    try:
        return said is not None and make_url(said).get_backend_name() == dialect
    except ArgumentError:
        return False


def _all(scratch: Scratch, without: set[str]) -> list[dict[str, str]]:
    with scratch.each() as connections:
        return [seen(one, without, rows=True) for one in connections]


def _reason(err: BaseException) -> str:
    """Say why in a line: the last cause that has something to say."""
    lines = [line.strip() for line in str(err).splitlines() if line.strip()]
    return (
        " ".join(lines[:4])
        if isinstance(err, MigrateError)
        else f"{type(err).__name__}: {lines[0] if lines else ''}"
    )


def main() -> None:
    """Read what is asked, and write what was made."""
    asked = json.load(sys.stdin)
    logging.disable(logging.CRITICAL)
    with Scratch(asked["scratch"], Path(asked["folder"])) as scratch:
        found = build(asked["config"], scratch)
    Path(sys.argv[1]).write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main()
