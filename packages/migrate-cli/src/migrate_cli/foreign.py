"""Tables in which other tools remember what they have run, told by their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

HISTORIES = {
    "django_migrations": "Django",
    "flyway_schema_history": "Flyway",
    "schema_version": "Flyway before 5",
    "databasechangelog": "Liquibase",
    "databasechangeloglock": "Liquibase",
    "_yoyo_migration": "yoyo",
    "_yoyo_log": "yoyo",
    "_yoyo_version": "yoyo",
    "yoyo_lock": "yoyo",
    "aerich": "aerich",
    "alembic_version": "Alembic",
}
"""Table -> tool, in lower case: Liquibase's are upper case where the database tells them apart.

Django 5.2, `MigrationRecorder`; Flyway 11 manual, "Schema history table"; Liquibase manual, "Tracking tables";
yoyo-migrations 9.0, `backends/base.py`; aerich 0.9, `models.py`; Alembic 1.20, `version_table`.
"""


def histories(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield those of some tables that are another tool's history, with the tool's name."""
    for name in names:
        if (tool := HISTORIES.get(name.lower())) is not None:
            yield name, tool


def strangers(metadata: Iterable[Any]) -> Iterator[str]:
    """Yield the names of histories that some metadata don't hold, so that nobody takes them for tables to drop."""
    own = {table.name for one in metadata for table in one.tables.values()}
    for name in HISTORIES:
        yield from (one for one in (name, name.upper()) if one not in own)
