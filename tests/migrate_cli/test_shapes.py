"""SQL that is written once for all changes of a shape: the same as written for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from ddl_constructs import (
    AlterColumn,
    Change,
    CreateIndex,
    DDLConstructsError,
    DropConstraint,
    DropIndex,
    RenameTable,
)
from facts_cases import CASES
from migrate_cli.failures import NoLiteral
from migrate_cli.forecast.shapes import Shapes, shape
from migrate_cli.sinks.offline import offline_dialect, written
from sqlalchemy import text
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

DIALECTS = (postgresql, mysql, sqlite, mssql, oracle)
MORE = [
    CreateIndex("ix", "t", ["a", "b"], unique=True),
    CreateIndex("ix", "t", ["a", "a_"], schema="s", if_not_exists=True),
    CreateIndex("ix", "t", ["a", text("lower(b)")], postgresql_concurrently=True),
    DropIndex("ix", "t"),
    DropConstraint("ck", "t", "check"),
    AlterColumn("t", "a", new_column_name="b"),
    RenameTable("a", "b"),
    RenameTable("a", "a"),
]
NAMES = ["zz", "order", "Mixed", "zq0qz", "n" * 70]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("module", DIALECTS, ids=lambda one: one.__name__.rpartition(".")[2])
def test_what_is_written_by_shape_is_what_is_written_by_itself(module: Any) -> None:
    dialect = offline_dialect(type(module.dialect()))

    def write(change: Change) -> list[str]:
        return [written(piece, dialect) for piece in change.statements(dialect)]

    def attempt(way: Any, change: Change) -> Any:
        try:
            return list(way(change))
        except (DDLConstructsError, NoLiteral, SQLAlchemyError) as err:
            return str(err)

    shapes = Shapes(dialect, write)
    shaped = 0
    for change in [*(case.change() for case in CASES.values()), *MORE]:
        for one in _named_otherwise(change):
            shaped += shape(one) is not None

            assert attempt(shapes.written, one) == attempt(write, one)
    assert shaped > 50


def _named_otherwise(change: Change) -> Iterator[Change]:
    """Give a change, and it with each of its names replaced by others in turn."""
    yield change
    for field in fields(change):
        if isinstance(getattr(change, field.name), str) and field.name.endswith("_name"):
            for name in NAMES:
                yield change.replace(**{field.name: name})


def test_a_change_of_a_known_shape_isnt_written_again() -> None:
    asked = []

    def write(change: Change) -> list[str]:
        asked.append(change)
        return [str(change)]

    shapes = Shapes(sqlite.dialect(), write)

    said = [shapes.written(CreateIndex(f"ix{n}", "t", [f"c{n}"])) for n in range(5)]

    assert said[4] == ("CREATE INDEX ix4 ON t (c4)",)
    assert len(asked) == 2
