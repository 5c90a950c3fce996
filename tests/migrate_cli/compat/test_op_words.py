"""Each word of `op`: the operation that it makes, its change, its tuple, its SQL."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import ddl_constructs as ddl
import pytest
from alembic_words import Context, signatures
from sqlalchemy import Column, Integer, String, Table, column, table, text

WORDS = [
    pytest.param(
        lambda op: op.add_column("t", Column("a", Integer()), schema="s"),
        "AddColumnOp",
        ddl.AddColumn,
        ("add_column", "s", "t", "a"),
        ["ALTER TABLE s.t ADD COLUMN a INTEGER;"],
        id="add_column",
    ),
    pytest.param(
        lambda op: op.drop_column("t", "a", existing_type=Integer(), mssql_drop_check=True),
        "DropColumnOp",
        ddl.DropColumn,
        ("remove_column", None, "t", "a"),
        ["ALTER TABLE t DROP COLUMN a;"],
        id="drop_column",
    ),
    pytest.param(
        lambda op: op.alter_column(
            "t", "a", nullable=False, existing_nullable=True, new_column_name="b", existing_x=1
        ),
        "AlterColumnOp",
        ddl.AlterColumn,
        [
            (
                "modify_nullable",
                None,
                "t",
                "a",
                {"existing_type": None, "existing_server_default": False, "existing_comment": None},
                True,
                False,
            )
        ],
        ["ALTER TABLE t ALTER COLUMN a SET NOT NULL;", "ALTER TABLE t RENAME a TO b;"],
        id="alter_column",
    ),
    pytest.param(
        lambda op: op.create_table(
            "t", Column("a", Integer(), primary_key=True), schema="s", comment="it's"
        ),
        "CreateTableOp",
        ddl.CreateTable,
        ("add_table", "s.t"),
        [
            "CREATE TABLE s.t (\n\ta SERIAL NOT NULL, \n\tPRIMARY KEY (a)\n);",
            "COMMENT ON TABLE s.t IS 'it''s';",
        ],
        id="create_table",
    ),
    pytest.param(
        lambda op: op.drop_table("t", schema="s", if_exists=True),
        "DropTableOp",
        ddl.DropTable,
        ("remove_table", "s.t"),
        ["DROP TABLE IF EXISTS s.t;"],
        id="drop_table",
    ),
    pytest.param(
        lambda op: op.rename_table("t", "u", schema="s"),
        "RenameTableOp",
        ddl.RenameTable,
        NotImplementedError,
        ["ALTER TABLE s.t RENAME TO u;"],
        id="rename_table",
    ),
    pytest.param(
        lambda op: op.create_table_comment("t", "new", existing_comment="old"),
        "CreateTableCommentOp",
        ddl.CreateTableComment,
        ("add_table_comment", "t", "old"),
        ["COMMENT ON TABLE t IS 'new';"],
        id="create_table_comment",
    ),
    pytest.param(
        lambda op: op.drop_table_comment("t", existing_comment="old"),
        "DropTableCommentOp",
        ddl.DropTableComment,
        ("remove_table_comment", "t"),
        ["COMMENT ON TABLE t IS NULL;"],
        id="drop_table_comment",
    ),
    pytest.param(
        lambda op: op.create_index(
            "ix", "t", ["a", text("lower(b)")], unique=True, postgresql_where=text("a > 1")
        ),
        "CreateIndexOp",
        ddl.CreateIndex,
        ("add_index", "ix"),
        ["CREATE UNIQUE INDEX ix ON t (a, lower(b)) WHERE a > 1;"],
        id="create_index",
    ),
    pytest.param(
        lambda op: op.drop_index("ix", table_name="t", schema="s", postgresql_concurrently=True),
        "DropIndexOp",
        ddl.DropIndex,
        ("remove_index", "ix"),
        ["DROP INDEX CONCURRENTLY s.ix;"],
        id="drop_index",
    ),
    pytest.param(
        lambda op: op.create_primary_key("pk", "t", ["a", "b"], schema="s"),
        "CreatePrimaryKeyOp",
        ddl.AddConstraint,
        ("add_constraint", "pk"),
        ["ALTER TABLE s.t ADD CONSTRAINT pk PRIMARY KEY (a, b);"],
        id="create_primary_key",
    ),
    pytest.param(
        lambda op: op.create_unique_constraint("uq", "t", ["a"], deferrable=True),
        "CreateUniqueConstraintOp",
        ddl.AddConstraint,
        ("add_constraint", "uq"),
        ["ALTER TABLE t ADD CONSTRAINT uq UNIQUE (a) DEFERRABLE;"],
        id="create_unique_constraint",
    ),
    pytest.param(
        lambda op: op.create_foreign_key(
            "fk", "t", "p", ["a"], ["id"], source_schema="s", ondelete="CASCADE", use_alter=True
        ),
        "CreateForeignKeyOp",
        ddl.AddConstraint,
        ("add_fk", "fk"),
        ["ALTER TABLE s.t ADD CONSTRAINT fk FOREIGN KEY(a) REFERENCES p (id) ON DELETE CASCADE;"],
        id="create_foreign_key",
    ),
    pytest.param(
        lambda op: op.create_check_constraint("ck", "t", column("a") > 1),
        "CreateCheckConstraintOp",
        ddl.AddConstraint,
        ("add_constraint", "ck"),
        ["ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 1);"],
        id="create_check_constraint",
    ),
    pytest.param(
        lambda op: op.create_exclude_constraint("ex", "t", ("a", "&&"), where=text("a > 1")),
        "CreateExcludeConstraintOp",
        ddl.AddConstraint,
        ("add_constraint", "ex"),
        ["ALTER TABLE t ADD CONSTRAINT ex EXCLUDE USING gist (a WITH &&) WHERE (a > 1);"],
        id="create_exclude_constraint",
    ),
    pytest.param(
        lambda op: op.drop_constraint("uq", "t", "unique", schema="s"),
        "DropConstraintOp",
        ddl.DropConstraint,
        ValueError,
        ["ALTER TABLE s.t DROP CONSTRAINT uq;"],
        id="drop_constraint",
    ),
    pytest.param(
        lambda op: op.bulk_insert(table("t", column("a", String())), [{"a": "x"}, {"a": None}]),
        "BulkInsertOp",
        ddl.BulkInsert,
        NotImplementedError,
        ["INSERT INTO t (a) VALUES ('x');", "INSERT INTO t (a) VALUES (NULL);"],
        id="bulk_insert",
    ),
    pytest.param(
        lambda op: op.execute("UPDATE t SET a = '50%'", execution_options={"x": 1}),
        "ExecuteSQLOp",
        ddl.ExecuteSQL,
        ("execute", "UPDATE t SET a = '50%'"),
        ["UPDATE t SET a = '50%';"],
        id="execute",
    ),
]


def said(op: Any, say: Callable[[Any], Any]) -> Any:
    """The operation that a word makes."""
    made: list[Any] = []
    invoke = type(op).invoke

    class Listening(type(op)):  # type: ignore[misc]  # whichever it is
        def invoke(self, operation: Any) -> Any:
            made.append(operation)
            return invoke(self, operation)

    op.__class__ = Listening
    say(op)
    return made[0]


def plain(value: Any) -> Any:
    """A tuple with names in place of schema objects."""
    if isinstance(value, Table):
        return value.fullname
    if isinstance(value, tuple):
        return tuple(plain(one) for one in value)
    return value if isinstance(value, (str, dict, list)) else getattr(value, "name", value)


@pytest.mark.parametrize(("say", "operation", "change", "diff", "sql"), WORDS)
def test_a_word_makes_an_operation_that_holds_one_change(
    say: Callable[[Any], Any], operation: str, change: type, diff: Any, sql: list[str]
) -> None:
    from alembic.operations import Operations, ops

    context = Context("postgresql")

    made = said(Operations(context), say)

    assert type(made) is getattr(ops, operation)
    assert type(made.change) is change
    assert context.written == sql
    if isinstance(diff, type):
        with pytest.raises(diff):
            made.to_diff_tuple()
    else:
        assert plain(made.to_diff_tuple()) == diff


def test_every_word_of_op_is_in_the_table() -> None:
    from alembic.operations import Operations

    words = {name for name in vars(Operations) if not name.startswith("_")}

    assert words == {case.id for case in WORDS}


@pytest.mark.parametrize(("say", "operation", "change", "diff", "sql"), WORDS)
def test_the_module_speaks_for_the_operations_that_are_active(
    say: Callable[[Any], Any], operation: str, change: type, diff: Any, sql: list[str]
) -> None:
    from alembic import op
    from alembic.operations import Operations

    context = Context("postgresql")

    with Operations.context(context):
        say(op)

    assert context.written == sql
    with pytest.raises(NameError, match="Operations"):
        say(op)


def test_signatures_are_those_of_alembic() -> None:
    """Names, kinds and defaults, beside the real one, which runs in a process of its own."""
    pytest.importorskip("alembic")
    code = (
        f"import sys, json; sys.path[:0] = {sys.path!r}\n"
        "from alembic_words import signatures\n"
        "print(json.dumps(signatures('alembic')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    theirs = json.loads(done.stdout)

    ours = signatures("migrate_cli.compat.alembic")

    different = {
        name: (parameters, ours.get(name))
        for name, parameters in theirs.items()
        if ours.get(name) != parameters
    }
    assert different == {}
    assert len(theirs) > 120


def test_a_word_of_the_module_shows_what_its_callers_hand_over() -> None:
    from alembic import op

    shown = inspect.signature(op.add_column)

    assert list(shown.parameters)[:2] == ["table_name", "column"]
    assert op.add_column.__doc__ == "Add a column to a table."
