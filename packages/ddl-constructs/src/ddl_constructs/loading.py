"""Finds the file that knows a dialect, and imports it once.

The files of this package stand in `dialects/<name>.py`; other distributions
register theirs under the entry-point group `ddl_constructs.dialects`.
"""

from __future__ import annotations

from importlib import import_module

from .errors import BrokenDialect

ENTRY_POINTS = "ddl_constructs.dialects"

_FILES = {
    "postgresql": (
        "postgresql",
        "postgresql_alter",
        "postgresql_composite",
        "postgresql_domain",
        "postgresql_enum",
        "postgresql_grant",
        "postgresql_names",
        "postgresql_objects",
        "postgresql_rows",
        "postgresql_swap",
    ),
    "mysql": (
        "mysql",
        "mysql_column",
        "mysql_constraint",
        "mysql_grant",
        "mysql_names",
        "mysql_objects",
        "mysql_rows",
    ),
    "mariadb": (
        "mysql",
        "mysql_column",
        "mysql_constraint",
        "mysql_grant",
        "mysql_names",
        "mysql_objects",
        "mysql_rows",
    ),
    "sqlite": ("sqlite", "sqlite_objects", "sqlite_rows"),
    "mssql": ("mssql", "mssql_column", "mssql_data", "mssql_objects"),
    "oracle": ("oracle", "oracle_objects", "oracle_sequence"),
}
_loaded: set[str] = set()


def load_known() -> None:
    """Import what knows each dialect of this package, for questions asked of all of them."""
    for name in _FILES:
        load_dialect(name)


def load_dialect(name: str) -> None:
    """Import what knows the dialect of this name, so that its rules are registered.

    A dialect that nobody knows speaks the generic form.

    Raises:
        BrokenDialect: Another distribution brings it, and what it brings can't be imported.
    """
    if name in _loaded:
        return
    _loaded.add(name)
    if name in _FILES:
        for file in _FILES[name]:
            import_module(f"{__package__}.dialects.{file}")
        return
    from importlib.metadata import entry_points

    for entry in entry_points(group=ENTRY_POINTS, name=name):
        try:
            entry.load()
        except Exception as err:
            _loaded.discard(name)
            of = f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else ""
            raise BrokenDialect(name, of, f"{type(err).__name__}: {err}") from err
