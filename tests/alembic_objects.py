"""Operation objects as hooks and plugins make and read them; for Alembic and for us."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

MODELS = sa.MetaData()
PARENT = sa.Table("p", MODELS, sa.Column("id", sa.Integer, primary_key=True))
TABLE = sa.Table(
    "t",
    MODELS,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("a", sa.Integer, index=True, comment="c"),
    sa.Column("b", sa.String(3), unique=True, nullable=False, server_default="x"),
    sa.Column("pid", sa.ForeignKey("p.id", ondelete="CASCADE", name="fk")),
    sa.CheckConstraint("a > 1", name="ck"),
    sa.UniqueConstraint("a", "b", name="uq", deferrable=True),
    comment="tc",
    info={"i": 1},
    schema="s",
    sqlite_autoincrement=True,
    prefixes=["TEMP"],
)
(INDEX,) = TABLE.indexes


def constraint(name: str) -> Any:
    return next(c for c in TABLE.constraints if c.name == name)


OBJECTS: dict[str, Callable[[Any], Any]] = {
    "create table": lambda ops: ops.CreateTableOp(
        "t", [sa.Column("a", sa.Integer)], schema="s", comment="c", sqlite_autoincrement=True
    ),
    "create table of": lambda ops: ops.CreateTableOp.from_table(TABLE),
    "drop table": lambda ops: ops.DropTableOp("t", schema="s"),
    "drop table of": lambda ops: ops.DropTableOp.from_table(TABLE),
    "rename table": lambda ops: ops.RenameTableOp("a", "b", schema="s"),
    "add column": lambda ops: ops.AddColumnOp("t", sa.Column("x", sa.Integer), schema="s"),
    "add column of": lambda ops: ops.AddColumnOp.from_column(TABLE.c.a),
    "add column there": lambda ops: ops.AddColumnOp.from_column_and_tablename("s", "t", TABLE.c.b),
    "drop column": lambda ops: ops.DropColumnOp("t", "x", mssql_drop_check=True),
    "drop column of": lambda ops: ops.DropColumnOp.from_column_and_tablename("s", "t", TABLE.c.a),
    "alter column": lambda ops: ops.AlterColumnOp("t", "c"),
    "alter type": lambda ops: ops.AlterColumnOp(
        "t",
        "c",
        existing_type=sa.Integer(),
        modify_type=sa.String(5),
        existing_nullable=True,
        postgresql_using="c::text",
    ),
    "alter all": lambda ops: ops.AlterColumnOp(
        "t",
        "c",
        schema="s",
        existing_type=sa.Integer(),
        existing_nullable=True,
        existing_server_default=None,
        existing_comment="old",
        modify_type=sa.String(5),
        modify_nullable=False,
        modify_server_default="5",
        modify_comment=None,
    ),
    "alter comment": lambda ops: ops.AlterColumnOp("t", "c", modify_comment="new"),
    "rename column": lambda ops: ops.AlterColumnOp("t", "c", modify_name="d", autoincrement=True),
    "index": lambda ops: ops.CreateIndexOp(
        "ix", "t", ["a"], unique=True, sqlite_where=sa.text("1")
    ),
    "index of": lambda ops: ops.CreateIndexOp.from_index(INDEX),
    "drop index": lambda ops: ops.DropIndexOp("ix", "t", schema="s", postgresql_concurrently=True),
    "drop index of": lambda ops: ops.DropIndexOp.from_index(INDEX),
    "primary key": lambda ops: ops.CreatePrimaryKeyOp("pk", "t", ["a", "b"], schema="s"),
    "unique": lambda ops: ops.CreateUniqueConstraintOp("uq", "t", ["a"], deferrable=True),
    "unique of": lambda ops: ops.AddConstraintOp.from_constraint(constraint("uq")),
    "foreign key": lambda ops: ops.CreateForeignKeyOp(
        "fk", "t", "p", ["a"], ["id"], source_schema="s", ondelete="CASCADE"
    ),
    "foreign key of": lambda ops: ops.CreateForeignKeyOp.from_constraint(constraint("fk")),
    "check": lambda ops: ops.CreateCheckConstraintOp("ck", "t", "a > 1", schema="s"),
    "check of": lambda ops: ops.AddConstraintOp.from_constraint(constraint("ck")),
    "drop constraint": lambda ops: ops.DropConstraintOp("uq", "t", "unique", schema="s"),
    "drop unique of": lambda ops: ops.DropConstraintOp.from_constraint(constraint("uq")),
    "drop foreign key of": lambda ops: ops.DropConstraintOp.from_constraint(constraint("fk")),
    "drop primary key of": lambda ops: ops.DropConstraintOp.from_constraint(TABLE.primary_key),
    "table comment": lambda ops: ops.CreateTableCommentOp(
        "t", "c", existing_comment="o", schema="s"
    ),
    "first table comment": lambda ops: ops.CreateTableCommentOp("t", "c"),
    "drop table comment": lambda ops: ops.DropTableCommentOp("t", existing_comment="o"),
    "execute": lambda ops: ops.ExecuteSQLOp("SELECT 1", execution_options={"a": 1}),
    "rows": lambda ops: ops.BulkInsertOp(TABLE, [{"id": 1}]),
}


def described(ops: Any, objects: dict[str, Any] | None = None) -> dict[str, Any]:
    """What a reader sees of each object, of its reverse, and its tuple; plain values.

    Args:
        ops: The module `operations.ops`.
        objects: Which attributes to read of each class; None for those that it has.
    """
    found = {}
    for name, make in OBJECTS.items():
        op = make(ops)
        found[name] = {
            "seen": seen(op, objects),
            "tuple": attempt(lambda op=op: plain(op.to_diff_tuple())),
            "reverse": attempt(lambda op=op: seen(op.reverse(), objects)),
            "twice": attempt(lambda op=op: seen(op.reverse().reverse(), objects)),
        }
    return found


def attempt(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except (ValueError, NotImplementedError) as err:
        return "ValueError" if isinstance(err, ValueError) else "NotImplementedError"


def seen(op: Any, objects: dict[str, Any] | None) -> dict[str, Any]:
    kind = type(op).__name__
    names = vars(op) if objects is None else objects.get(kind, {})
    return {"": kind} | {name: plain(getattr(op, name)) for name in names if name[0] != "_"}


def plain(value: Any) -> Any:
    """A value as JSON has it; objects of a schema by their names."""
    match value:
        case None | bool() | int():
            return value
        case str():
            return str(value)
        case dict():
            return {str(k): plain(v) for k, v in sorted(value.items())}
        case list() | tuple():
            texts = [plain(one) for one in value]
            first = [t for t, one in zip(texts, value, strict=True) if _comes_first(one)]
            return [*first, *sorted(t for t in texts if t not in first)] or None
        case sa.Column():
            return f"column {value.name} {type(value.type).__name__} {value.nullable}"
        case sa.Table():
            return f"table {value.fullname} {sorted(value.c.keys())}"
        case sa.Constraint():
            columns = sorted(c if isinstance(c, str) else c.name for c in _columns(value))
            return f"{type(value).__name__} {value.name} {columns}"
        case sa.types.TypeEngine():
            return repr(value)
    return str(getattr(value, "arg", None) or getattr(value, "name", None) or value)


def _comes_first(item: Any) -> bool:
    """Whether the order of an item tells something; that of a table's constraints doesn't."""
    return not isinstance(item, sa.Constraint)


def _columns(value: Any) -> list[Any]:
    if isinstance(value, sa.CheckConstraint):
        return []
    return (
        list(value.columns)
        or list(getattr(value, "_pending_colargs", ()))
        or list(getattr(value, "column_keys", ()))
    )


if __name__ == "__main__":
    from alembic.operations import ops

    names: dict[str, list[str]] = {}
    for make in OBJECTS.values():
        op = make(ops)
        names[type(op).__name__] = [name for name in vars(op) if name[0] != "_"]
    print(json.dumps([names, described(ops)]))
