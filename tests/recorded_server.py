"""A server that isn't here: its catalog as the manual describes it, in an SQLite.

The views of the catalog are tables with columns that the manual lists, filled by hand. What is
asked of them is read by a parser of the server's own language, written down for SQLite, and
run: so a query that isn't the server's SQL, or names a column that no view has, fails.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlglot
from ddl_constructs import Change
from sqlalchemy import Engine, StaticPool, make_url
from sqlglot import exp

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""By the name of a view, "[schema.]view": its rows, each with some of its columns."""


def table_of(text: str) -> list[dict[str, Any]]:
    """Read rows that stand below the names of their columns; an empty cell is None, a whole number one.

    >>> table_of("name | size" + chr(10) + "a b | -1" + chr(10) + "c |")
    [{'name': 'a b', 'size': -1}, {'name': 'c', 'size': None}]
    """
    names, *rows = ([c.strip() for c in line.split("|")] for line in text.strip().splitlines())
    return [{k: _cell(v) for k, v in zip(names, row, strict=True)} for row in rows]


def _cell(text: str) -> Any:
    whole = text.lstrip("-").isdigit()
    return int(text) if whole and -(2**63) <= int(text) < 2**63 else text or None


def with_facts(catalog: Rows, view: str, name: str, **facts: Any) -> dict[str, Any]:
    """Give a catalog with other facts in those rows of a view in which a name stands."""
    rows = [{**row, **facts} if name in row.values() else row for row in catalog[view]]
    return {**catalog, view: rows}


def said(changes: Sequence[Change], dialect: Any) -> list[str]:
    """Give the statements that changes are, each on one line."""
    return [
        " ".join(str(piece.compile(dialect=dialect)).split())
        for change in changes
        for piece in change.statements(dialect)
    ]


class Recorded:
    """An engine on such a catalog.

    Attributes:
        engine: It; each connection sees the same.
        asked: The statements that it was sent, as they were sent.
    """

    def __init__(
        self,
        dialect: str,
        language: str,
        views: Mapping[str, str],
        rows: Rows,
        functions: Mapping[str, Callable[..., Any]],
        *,
        version: tuple[int, ...],
        schema: str,
        **facts: Any,
    ) -> None:
        self.language, self.asked = language, list[str]()
        self.connection = sqlite3.connect(":memory:", check_same_thread=False)
        for place in {name.partition(".")[0] for name in views if "." in name}:
            self.connection.execute(f"ATTACH ':memory:' AS {place}")
        for name, columns in views.items():
            quoted = ", ".join(f'"{column}"' for column in columns.split())
            self.connection.execute(f"CREATE TABLE {name} ({quoted})")
        for name, many in rows.items():
            for row in many:
                names, marks = ", ".join(f'"{k}"' for k in row), ", ".join("?" * len(row))
                self.connection.execute(
                    f"INSERT INTO {name} ({names}) VALUES ({marks})", tuple(row.values())
                )
        self.connection.commit()
        for name, function in functions.items():
            self.connection.create_function(name, -1, function)
        kind: Any = make_url(f"{dialect}://").get_dialect()
        known = kind(paramstyle="named", **facts)
        known.dbapi, known.server_version_info = sqlite3, version
        known.default_schema_name = schema
        pool = StaticPool(lambda: _Connection(self))  # type: ignore[arg-type]  # what is called of one
        self.engine = Engine(pool, known, make_url(f"{dialect}://"))

    def execute(self, sql: str, parameters: Any) -> sqlite3.Cursor:
        self.asked.append(sql)
        (tree,) = sqlglot.parse(sql, dialect=self.language)
        assert not isinstance(tree, exp.Command), sql
        assert tree is not None
        plain = tree.transform(lambda node: node.this if isinstance(node, exp.Cast) else node)
        return self.connection.execute(plain.sql(dialect="sqlite", identify=True), parameters or {})


class _Connection:
    def __init__(self, server: Recorded) -> None:
        self.server = server

    def cursor(self) -> _Cursor:
        return _Cursor(self.server)

    def commit(self) -> None: ...

    def rollback(self) -> None: ...

    def close(self) -> None: ...


class _Cursor:
    arraysize = 1

    def __init__(self, server: Recorded) -> None:
        self.server = server

    def execute(self, sql: str, parameters: Any = None) -> None:
        self.found = self.server.execute(sql, parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.found, name)

    def close(self) -> None: ...
