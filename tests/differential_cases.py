"""Words of `op` that are said on live databases, and what is read of the schema they leave."""

from __future__ import annotations

from collections.abc import Callable
from inspect import isfunction
from typing import Any

import ddl_constructs
import pytest
from ddl_constructs import Change
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Connection,
    Date,
    DateTime,
    Enum,
    ForeignKey,
    Identity,
    Integer,
    Numeric,
    String,
    Text,
    column,
    func,
    inspect,
    text,
)


class Said:
    """Speaks the words of `op`, each executed at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __getattr__(self, word: str) -> Callable[..., Any]:
        build = BUILDERS.get(word) or BY_WORD[word]
        return lambda *args, **kw: self._connection.execute(build(*args, **kw))


FACE = {name: getattr(ddl_constructs, name) for name in ddl_constructs.__all__}
BUILDERS = {name: f for name, f in FACE.items() if isfunction(f)}
BY_WORD = {
    word: kind
    for kind in FACE.values()
    if isinstance(kind, type) and issubclass(kind, Change)
    for word in kind.words
}


def start(op: Any) -> None:
    """The tables that every case begins with, the peer's table with rows in it."""
    op.create_table(
        "parent",
        Column("id", Integer, primary_key=True),
        Column("code", String(20), nullable=False, server_default="x"),
    )
    op.create_table(
        "child",
        Column("id", Integer, primary_key=True),
        Column("parent_id", Integer),
        Column("name", String(30), server_default="it's"),
        Column("amount", Numeric(10, 2)),
        Column("at", DateTime),
    )
    op.execute("INSERT INTO child (id, name, amount) VALUES (1, 'one', 1.5), (2, NULL, NULL)")


def catalog(connection: Connection) -> dict[str, Any]:
    """Read what SQLAlchemy's inspector tells of a database, as plain values."""
    found = inspect(connection)
    tables = {}
    for name in sorted(found.get_table_names()):
        columns = [
            (
                c["name"],
                str(c["type"]),
                c["nullable"],
                c["default"],
                c.get("comment"),
                str(c.get("computed")),
                str(c.get("identity")),
                c.get("autoincrement"),
            )
            for c in found.get_columns(name)
        ]
        tables[name] = {
            "columns": columns,
            "primary key": found.get_pk_constraint(name),
            "foreign keys": sorted(map(str, found.get_foreign_keys(name))),
            "unique": sorted(map(str, found.get_unique_constraints(name))),
            "indexes": sorted(map(plain, found.get_indexes(name))),
            "checks": sorted(map(str, found.get_check_constraints(name))),
            "comment": found.get_table_comment(name)
            if connection.dialect.supports_comments
            else None,
            "rows": connection.execute(text(f"SELECT * FROM {name} ORDER BY 1")).all(),
        }
    return tables


def plain(index: Any) -> str:
    """Write a reflected index with its expressions as text."""
    options = {k: str(v) for k, v in index.get("dialect_options", {}).items()}
    return str({**index, "dialect_options": options})


def case(name: str, say: Callable[[Any], Any], *dialects: str) -> Any:
    """One case: what is said to `op`, on which databases (all three if none is named)."""
    return [
        pytest.param(dialect, say, id=f"{name}-{dialect}")
        for dialect in dialects or ("sqlite", "postgresql", "mariadb")
    ]


SERVERS = ("postgresql", "mariadb")

CASES = [
    *case(
        "add-column",
        lambda op: op.add_column("child", Column("a", String(9), server_default="50%")),
    ),
    *case(
        "add-column-not-null",
        lambda op: op.add_column("child", Column("a", Integer, nullable=False, server_default="5")),
    ),
    *case(
        "add-column-indexed", lambda op: op.add_column("child", Column("a", Integer, index=True))
    ),
    *case(
        "add-column-unique",
        lambda op: op.add_column("child", Column("a", Integer, unique=True)),
        *SERVERS,
    ),
    *case(
        "add-column-foreign-key",
        lambda op: op.add_column(
            "child", Column("a", Integer, ForeignKey("parent.id", name="fk_a", ondelete="SET NULL"))
        ),
        *SERVERS,
    ),
    *case(
        "add-column-inline-references",
        lambda op: op.add_column(
            "child", Column("a", Integer, ForeignKey("parent.id")), inline_references=True
        ),
        "postgresql",
    ),
    *case(
        "add-column-check",
        lambda op: op.add_column(
            "child", Column("a", Integer, CheckConstraint("a > 0", name="ck_a"))
        ),
        "postgresql",
    ),
    *case(
        "add-column-computed",
        lambda op: op.add_column(
            "child", Column("a", Integer, Computed("parent_id * 2", persisted=True))
        ),
        *SERVERS,
    ),
    *case(
        "add-column-identity",
        lambda op: op.add_column("child", Column("a", Integer, Identity(start=7))),
        "postgresql",
    ),
    *case("add-column-json", lambda op: op.add_column("child", Column("a", JSON))),
    *case(
        "add-column-comment",
        lambda op: op.add_column("child", Column("a", Integer, comment="it's")),
    ),
    *case("drop-column", lambda op: op.drop_column("child", "amount")),
    *case(
        "rename-column",
        lambda op: op.alter_column(
            "child",
            "amount",
            new_column_name="total",
            existing_type=Numeric(10, 2),
            existing_nullable=True,
        ),
    ),
    *case(
        "type",
        lambda op: op.alter_column("child", "name", type_=Text(), existing_type=String(30)),
        "postgresql",
    ),
    *case(
        "type-longer",
        lambda op: op.alter_column(
            "child",
            "name",
            type_=String(60),
            existing_type=String(30),
            existing_nullable=True,
            existing_server_default="it's",
        ),
        *SERVERS,
    ),
    *case(
        "type-with-using",
        lambda op: op.alter_column(
            "parent",
            "code",
            type_=Integer(),
            server_default=None,
            nullable=True,
            existing_server_default="x",
            existing_type=String(20),
            postgresql_using="1",
        ),
        *("mariadb",),
    ),
    *case(
        "not-null",
        lambda op: op.alter_column(
            "parent", "code", nullable=True, existing_type=String(20), existing_server_default="x"
        ),
        *SERVERS,
    ),
    *case("default", lambda op: op.alter_column("child", "name", server_default="y"), *SERVERS),
    *case("no-default", lambda op: op.alter_column("child", "name", server_default=None), *SERVERS),
    *case(
        "default-function",
        lambda op: op.alter_column(
            "child",
            "at",
            server_default=func.now(),
            existing_type=DateTime(),
            existing_nullable=True,
        ),
        *SERVERS,
    ),
    *case(
        "column-comment",
        lambda op: op.alter_column(
            "child", "amount", comment="sum", existing_type=Numeric(10, 2), existing_nullable=True
        ),
        *SERVERS,
    ),
    *case("rename-table", lambda op: op.rename_table("child", "kid")),
    *case("table-comment", lambda op: op.create_table_comment("child", "kids"), *SERVERS),
    *case(
        "unique",
        lambda op: op.create_unique_constraint("uq", "child", ["id", "name"]),
        *SERVERS,
    ),
    *case(
        "foreign-key",
        lambda op: op.create_foreign_key(
            "fk", "child", "parent", ["parent_id"], ["id"], ondelete="CASCADE", onupdate="CASCADE"
        ),
        *SERVERS,
    ),
    *case(
        "check-text", lambda op: op.create_check_constraint("ck", "child", "amount < 100"), *SERVERS
    ),
    *case(
        "check-expression",
        lambda op: op.create_check_constraint("ck", "child", column("amount") < 100),
        *SERVERS,
    ),
    *case("index", lambda op: op.create_index("ix", "child", ["name", "amount"], unique=True)),
    *case(
        "index-expression",
        lambda op: op.create_index("ix", "child", [text("lower(name)"), column("amount").desc()]),
        "postgresql",
    ),
    *case(
        "index-where",
        lambda op: op.create_index(
            "ix",
            "child",
            ["name"],
            postgresql_where=text("amount > 1"),
            sqlite_where=text("amount > 1"),
        ),
        "postgresql",
        "sqlite",
    ),
    *case(
        "create-table",
        lambda op: op.create_table(
            "other",
            Column("id", BigInteger, primary_key=True),
            Column("mood", Enum("sad", "ok", name="mood"), nullable=False),
            Column("flag", Boolean, server_default=text("true")),
            Column("day", Date),
            Column("up", BigInteger, ForeignKey("other.id")),
            CheckConstraint("up > 0", name="ck_positive"),
            comment="another",
        ),
    ),
    *case("drop-table", lambda op: op.drop_table("child")),
]
