"""A MetaData's naming convention completes the names that a change doesn't say in full."""

from __future__ import annotations

from typing import Any

import pytest
from ddl_constructs import (
    AddColumn,
    Change,
    CreateIndex,
    CreateTable,
    DropConstraint,
    create_check_constraint,
    create_foreign_key,
    create_primary_key,
    create_unique_constraint,
)
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.naming import conv

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        pytest.param(
            create_check_constraint("foo", "t", "a > 1"),
            "ALTER TABLE t ADD CONSTRAINT ck_t_foo CHECK (a > 1)",
            id="DDL-122-check-completed",
        ),
        pytest.param(
            create_check_constraint(conv("foo"), "t", "a > 1"),
            "ALTER TABLE t ADD CONSTRAINT foo CHECK (a > 1)",
            id="DDL-121-final",
        ),
        pytest.param(
            create_unique_constraint(None, "t", ["a"]),
            "ALTER TABLE t ADD CONSTRAINT uq_t_a UNIQUE (a)",
            id="DDL-122-unique",
        ),
        pytest.param(
            create_unique_constraint("given", "t", ["a"]),
            "ALTER TABLE t ADD CONSTRAINT given UNIQUE (a)",
            id="given-without-token",
        ),
        pytest.param(
            create_foreign_key(None, "t", "o", ["a"], ["id"]),
            "ALTER TABLE t ADD CONSTRAINT fk_t_a_o FOREIGN KEY(a) REFERENCES o (id)",
            id="foreign-key",
        ),
        pytest.param(
            create_primary_key(None, "t", ["a"]),
            "ALTER TABLE t ADD CONSTRAINT pk_t PRIMARY KEY (a)",
            id="primary-key",
        ),
        pytest.param(
            CreateIndex(None, "t", ["a"], unique=True),
            "CREATE UNIQUE INDEX ix_t_a ON t (a)",
            id="index",
        ),
        pytest.param(
            DropConstraint("foo", "t", "check"),
            "ALTER TABLE t DROP CONSTRAINT ck_t_foo",
            id="DDL-122-drop-completed",
        ),
        pytest.param(
            DropConstraint(conv("foo"), "t", "check"),
            "ALTER TABLE t DROP CONSTRAINT foo",
            id="drop-final",
        ),
        pytest.param(
            DropConstraint("foo", "t", "unique"),
            "ALTER TABLE t DROP CONSTRAINT foo",
            id="drop-without-token",
        ),
        pytest.param(
            AddColumn("t", Column("a", Integer, ForeignKey("o.id"), unique=True)),
            "ALTER TABLE t ADD COLUMN a INTEGER; ALTER TABLE t ADD CONSTRAINT uq_t_a UNIQUE (a); "
            "ALTER TABLE t ADD CONSTRAINT fk_t_a_o FOREIGN KEY(a) REFERENCES o (id)",
            id="added-column",
        ),
        pytest.param(
            CreateTable(
                "t",
                Column("a", Integer),
                PrimaryKeyConstraint("a"),
                UniqueConstraint("a"),
                CheckConstraint("a > 1", name="foo"),
            ),
            "CREATE TABLE t ( a SERIAL NOT NULL, CONSTRAINT pk_t PRIMARY KEY (a), "
            "CONSTRAINT uq_t_a UNIQUE (a), CONSTRAINT ck_t_foo CHECK (a > 1) )",
            id="created-table",
        ),
    ],
)
def test_a_convention_names_what_has_no_final_name(change: Change, text: str) -> None:
    dialect: Any = postgresql.dialect()

    assert one_line(change.under(CONVENTION).compile(dialect=dialect)) == text
    assert one_line(change.under(CONVENTION).replace().compile(dialect=dialect)) == text


def test_the_check_of_a_type_is_named_too() -> None:
    change = CreateTable("t", Column("a", Boolean(create_constraint=True, name="flag")))

    text = one_line(change.under(CONVENTION).compile(dialect=sqlite.dialect()))

    assert text == "CREATE TABLE t ( a BOOLEAN, CONSTRAINT ck_t_flag CHECK (a IN (0, 1)) )"


def test_without_a_convention_a_change_is_as_it_was() -> None:
    change = create_unique_constraint(None, "t", ["a"])

    assert change.under(None) is change
    assert one_line(change.compile()) == "ALTER TABLE t ADD UNIQUE (a)"


def one_line(compiled: Any) -> str:
    return " ".join(str(compiled).split())
