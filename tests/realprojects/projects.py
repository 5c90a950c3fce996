"""Projects that ship their revision files in packages on the index, and what is known of each."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Project:
    """A project whose revision files are run as they are.

    Attributes:
        name: Its name on the index.
        version: Its version there.
        versions: The folders of its revision files, inside of the package.
        databases: Those that its scripts support from the base on.
        needs: What its scripts import besides.
        env: More lines of env.py before anything is run.
        back: Whether its scripts lead back to the base.
        differs: Which part of a catalog differs on a database, and why: "database table/part".
    """

    name: str
    version: str
    versions: tuple[str, ...]
    databases: tuple[str, ...]
    needs: tuple[str, ...] = ()
    env: str = ""
    back: bool = True
    differs: dict[str, str] = field(default_factory=dict)


KEPT = "LIM-040: a fact of the column that the script doesn't state is kept; Alembic drops it"
OSLO = ("oslo.db", "oslo.utils", "oslo.config", "oslo.log", "oslo.serialization")

PROJECTS = [
    Project(
        "aim",
        "3.29.1",
        ("aim/web/migrations/versions",),
        ("sqlite",),
    ),
]
