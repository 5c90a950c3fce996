"""What hooks and plugins read of an operation object is what they read of Alembic's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import alembic_objects
import pytest
import sqlalchemy as sa
from alembic_words import Context

DIFFERENT = {
    ("create table", "twice"): "no empty primary key comes along",
    ("drop table", "reverse"): "a table that isn't known isn't made up (LIM-143)",
    ("drop table", "twice"): "likewise",
    ("drop index", "reverse"): "an index that isn't known isn't made up (LIM-143)",
    ("drop index", "twice"): "likewise",
    ("drop index of", "reverse"): "columns by name, their types aren't part of an index",
    ("index of", "twice"): "likewise",
    ("index", "reverse"): "only options that a DROP INDEX has",
    ("rename table", "reverse"): "a rename has a reverse",
    ("rename table", "twice"): "likewise",
    ("rename column", "reverse"): "the name goes back too (LIM-143)",
    ("rename column", "twice"): "likewise",
    ("foreign key", "seen"): "a schema that isn't said is shown as None",
}
"""Object and what is asked of it, and why ours is different on purpose."""


@pytest.fixture(scope="module")
def theirs() -> Any:
    pytest.importorskip("alembic")
    command = [sys.executable, str(Path(alembic_objects.__file__))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_an_object_shows_what_alembics_shows(theirs: Any) -> None:
    from alembic.operations import ops

    names, wanted = theirs

    ours = alembic_objects.described(ops, names)

    different = {
        (name, what): (wanted[name][what], value)
        for name, parts in ours.items()
        for what, value in json.loads(json.dumps(parts)).items()
        if value != wanted[name][what]
    }
    assert {key: pair for key, pair in different.items() if key not in DIFFERENT} == {}
    assert set(DIFFERENT) - set(different) == set()


TABLE = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer))


def write(name: str, value: Any) -> Any:
    return lambda op: setattr(op, name, value)


@pytest.mark.parametrize(
    ("make", "change", "sql"),
    [
        pytest.param(
            lambda ops: ops.AlterColumnOp("t", "c", modify_nullable=False),
            write("modify_type", sa.Integer()),
            "ALTER TABLE t ALTER COLUMN c TYPE INTEGER; ALTER TABLE t ALTER COLUMN c SET NOT NULL",
            id="type",
        ),
        pytest.param(
            lambda ops: ops.AlterColumnOp("t", "c", modify_nullable=False),
            write("modify_nullable", None),
            "",
            id="nothing-left",
        ),
        pytest.param(
            lambda ops: ops.AlterColumnOp("t", "c", modify_type=sa.Integer()),
            lambda op: op.kw.update(postgresql_using="c::int", unheard_of=1),
            "ALTER TABLE t ALTER COLUMN c TYPE INTEGER USING c::int",
            id="option",
        ),
        pytest.param(
            lambda ops: ops.CreateTableOp("t", [sa.Column("a", sa.Integer)]),
            lambda op: op.columns.append(sa.UniqueConstraint("a", name="uq")),
            "CREATE TABLE t ( a INTEGER, CONSTRAINT uq UNIQUE (a) )",
            id="appended",
        ),
        pytest.param(
            lambda ops: ops.CreateTableOp(
                "t", [sa.Column("a", sa.Integer), sa.Column("b", sa.Text)]
            ),
            lambda op: op.columns.sort(key=lambda c: c.name, reverse=True),
            "CREATE TABLE t ( b TEXT, a INTEGER )",
            id="sorted",
        ),
        pytest.param(
            lambda ops: ops.CreateTableOp.from_table(TABLE),
            write("schema", "other"),
            "CREATE TABLE other.t ( a INTEGER )",
            id="schema",
        ),
        pytest.param(
            lambda ops: ops.CreateTableOp("t", [sa.Column("a", sa.Integer)]),
            write("prefixes", ["TEMP"]),
            "CREATE TEMP TABLE t ( a INTEGER )",
            id="prefixes",
        ),
        pytest.param(
            lambda ops: ops.CreateIndexOp("ix", "t", ["a"]),
            lambda op: (op.columns.append("b"), write("unique", True)(op)),
            "CREATE UNIQUE INDEX ix ON t (a, b)",
            id="index",
        ),
        pytest.param(
            lambda ops: ops.CreateIndexOp("ix", "t", ["a"]),
            lambda op: op.kw.update(postgresql_concurrently=True),
            "CREATE INDEX CONCURRENTLY ix ON t (a)",
            id="index-option",
        ),
        pytest.param(
            lambda ops: ops.CreateForeignKeyOp("fk", "t", "p", ["a"], ["id"]),
            lambda op: (write("constraint_name", "other")(op), op.kw.update(ondelete="CASCADE")),
            "ALTER TABLE t ADD CONSTRAINT other FOREIGN KEY(a) REFERENCES p (id) ON DELETE CASCADE",
            id="foreign-key",
        ),
        pytest.param(
            lambda ops: ops.CreateForeignKeyOp("fk", "t", "p", ["a"], ["id"]),
            lambda op: (op.local_cols.append("b"), op.remote_cols.append("c")),
            "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY(a, b) REFERENCES p (id, c)",
            id="foreign-key-columns",
        ),
        pytest.param(
            lambda ops: ops.CreateUniqueConstraintOp("uq", "t", ["a"]),
            write("table_name", "u"),
            "ALTER TABLE u ADD CONSTRAINT uq UNIQUE (a)",
            id="unique",
        ),
        pytest.param(
            lambda ops: ops.CreateCheckConstraintOp("ck", "t", "a > 1"),
            write("condition", "a > 2"),
            "ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 2)",
            id="check",
        ),
        pytest.param(
            lambda ops: ops.CreateExcludeConstraintOp("ex", "t", [("a", "&&")]),
            write("where", "b > 1"),
            "ALTER TABLE t ADD CONSTRAINT ex EXCLUDE USING gist (a WITH &&) WHERE (b > 1)",
            id="exclude",
        ),
        pytest.param(
            lambda ops: ops.DropConstraintOp("uq", "t", "unique"),
            write("if_exists", True),
            "ALTER TABLE t DROP CONSTRAINT IF EXISTS uq",
            id="drop-constraint",
        ),
        pytest.param(
            lambda ops: ops.DropTableOp("t"),
            write("if_exists", True),
            "DROP TABLE IF EXISTS t",
            id="drop-table",
        ),
        pytest.param(
            lambda ops: ops.AddColumnOp("t", sa.Column("a", sa.Integer)),
            lambda op: (write("schema", "s")(op), write("if_not_exists", True)(op)),
            "ALTER TABLE s.t ADD COLUMN IF NOT EXISTS a INTEGER",
            id="add-column",
        ),
        pytest.param(
            lambda ops: ops.RenameTableOp("a", "b"),
            write("new_table_name", "c"),
            "ALTER TABLE a RENAME TO c",
            id="rename-table",
        ),
        pytest.param(
            lambda ops: ops.ExecuteSQLOp("SELECT 1"),
            write("sqltext", "SELECT 2"),
            "SELECT 2",
            id="execute",
        ),
    ],
)
def test_what_is_written_to_an_object_is_carried_out(make: Any, change: Any, sql: str) -> None:
    from alembic.operations import Operations, ops

    context = Context("postgresql")
    op = make(ops)

    change(op)
    Operations(context).invoke(op)

    assert " ".join(" ".join(context.written).split()).removesuffix(";") == sql
    assert getattr(op, "kw", {}).get("unheard_of", 1) == 1
