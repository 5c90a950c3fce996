"""What scripts say to `op`, word by word with the arguments that they use; for Alembic and for us.

A case is a name and what is said; it is said on each dialect, and what is written is compared.
"""

from __future__ import annotations

import datetime
import enum
import io
import json
import warnings
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.engine.url import make_url

DIALECTS = ("postgresql", "mysql", "sqlite", "mssql", "oracle")

MODEL = sa.Table(
    "model",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("a", sa.String(5), index=True),
)
ROWS = sa.table("r", sa.column("a", sa.Integer), sa.column("b", sa.String), sa.column("d", sa.Date))
MOOD = sa.Enum("sad", "ok", name="mood", create_constraint=True)
CHECKED = sa.Boolean(name="ckb", create_constraint=True)


class Mood(enum.Enum):
    """An enum of Python's."""

    sad = "S"
    ok = "O"


CASES: dict[str, Callable[[Any], Any]] = {
    # alter_column
    "alter nothing": lambda op: op.alter_column("t", "c", existing_type=sa.Integer()),
    "nullable": lambda op: op.alter_column("t", "c", nullable=True, existing_type=sa.Integer()),
    "not null": lambda op: op.alter_column("t", "c", nullable=False, existing_type=sa.Integer()),
    "type": lambda op: op.alter_column(
        "t", "c", type_=sa.String(9), existing_type=sa.String(5), existing_nullable=False
    ),
    "type class": lambda op: op.alter_column(
        "t", "c", type_=sa.Integer, existing_type=sa.String, existing_nullable=True
    ),
    "type in schema": lambda op: op.alter_column(
        "t", "c", type_=sa.Text(), existing_nullable=True, schema="s"
    ),
    "type and not null": lambda op: op.alter_column(
        "t", "c", type_=sa.BigInteger(), nullable=False, existing_type=sa.Integer()
    ),
    "using": lambda op: op.alter_column(
        "t",
        "c",
        type_=sa.Integer(),
        existing_type=sa.String(5),
        existing_nullable=True,
        postgresql_using="c::integer",
    ),
    "default text": lambda op: op.alter_column("t", "c", server_default="it's"),
    "default expression": lambda op: op.alter_column("t", "c", server_default=sa.text("1 + 1")),
    "default function": lambda op: op.alter_column(
        "t", "c", server_default=sa.func.now(), existing_type=sa.DateTime(), existing_nullable=True
    ),
    "default goes": lambda op: op.alter_column("t", "c", server_default=None),
    "default replaced": lambda op: op.alter_column(
        "t",
        "c",
        server_default="2",
        existing_server_default="1",
        existing_type=sa.Integer(),
        existing_nullable=True,
    ),
    "rename": lambda op: op.alter_column(
        "t", "c", new_column_name="d", existing_type=sa.Integer(), existing_nullable=True
    ),
    "rename in schema": lambda op: op.alter_column(
        "t",
        "c",
        new_column_name="d",
        existing_type=sa.Integer(),
        existing_nullable=False,
        existing_server_default="5",
        existing_comment="cm",
        existing_autoincrement=False,
        schema="s",
    ),
    "comment": lambda op: op.alter_column(
        "t", "c", comment="it's", existing_type=sa.Integer(), existing_nullable=True
    ),
    "comment goes": lambda op: op.alter_column(
        "t",
        "c",
        comment=None,
        existing_comment="old",
        existing_type=sa.Integer(),
        existing_nullable=True,
    ),
    "all at once": lambda op: op.alter_column(
        "t",
        "c",
        nullable=False,
        type_=sa.String(9),
        server_default="x",
        comment="cm",
        new_column_name="d",
        existing_type=sa.String(5),
        existing_nullable=True,
        existing_server_default=None,
        existing_comment=None,
    ),
    "quoted": lambda op: op.alter_column(
        "T a",
        "C b",
        nullable=True,
        existing_type=sa.Integer(),
        schema="s1.s2",
    ),
    "autoincrement": lambda op: op.alter_column(
        "t",
        "c",
        autoincrement=True,
        existing_autoincrement=False,
        existing_type=sa.Integer(),
        existing_nullable=False,
    ),
    "type of a numbered column": lambda op: op.alter_column(
        "t",
        "id",
        type_=sa.BigInteger(),
        existing_type=sa.Integer(),
        existing_nullable=False,
        autoincrement=True,
    ),
    "checked boolean": lambda op: op.alter_column(
        "t", "c", type_=CHECKED, existing_type=sa.Integer(), existing_nullable=True
    ),
    "from checked boolean": lambda op: op.alter_column(
        "t", "c", type_=sa.Integer(), existing_type=CHECKED, existing_nullable=True
    ),
    "identity added": lambda op: op.alter_column("t", "c", server_default=sa.Identity(start=5)),
    "identity altered": lambda op: op.alter_column(
        "t",
        "c",
        server_default=sa.Identity(always=True, start=10, cache=5),
        existing_server_default=sa.Identity(start=1),
    ),
    "identity dropped": lambda op: op.alter_column(
        "t", "c", server_default=None, existing_server_default=sa.Identity()
    ),
    "computed": lambda op: op.alter_column("t", "c", server_default=sa.Computed("a + 1")),
    # add_column
    "add": lambda op: op.add_column("t", sa.Column("c", sa.Integer())),
    "add in schema": lambda op: op.add_column("t", sa.Column("c", sa.Integer()), schema="s"),
    "add default": lambda op: op.add_column(
        "t", sa.Column("c", sa.String(5), server_default="x", nullable=False)
    ),
    "add python default": lambda op: op.add_column("t", sa.Column("c", sa.String(5), default="x")),
    "add true": lambda op: op.add_column(
        "t", sa.Column("c", sa.Boolean(), server_default=sa.true(), nullable=False)
    ),
    "add key": lambda op: op.add_column(
        "t", sa.Column("c", sa.Integer(), sa.ForeignKey("p.id", ondelete="CASCADE"))
    ),
    "add two keys": lambda op: op.add_column(
        "t", sa.Column("c", sa.Integer(), sa.ForeignKey("p.id"), sa.ForeignKey("q.s.id"))
    ),
    "add inline key": lambda op: op.add_column(
        "t",
        sa.Column("c", sa.Integer(), sa.ForeignKey("p.id", ondelete="CASCADE", deferrable=True)),
        inline_references=True,
    ),
    "add primary key": lambda op: op.add_column(
        "t", sa.Column("c", sa.Integer(), primary_key=True)
    ),
    "add inline primary key": lambda op: op.add_column(
        "t",
        sa.Column("c", sa.Integer(), primary_key=True, autoincrement=False),
        inline_primary_key=True,
    ),
    "add unique": lambda op: op.add_column("t", sa.Column("c", sa.Integer(), unique=True)),
    "add indexed": lambda op: op.add_column("t", sa.Column("c", sa.Integer(), index=True)),
    "add unique index": lambda op: op.add_column(
        "t", sa.Column("c", sa.Integer(), index=True, unique=True)
    ),
    "add checked boolean": lambda op: op.add_column("t", sa.Column("c", CHECKED)),
    "add checked enum": lambda op: op.add_column("t", sa.Column("c", MOOD)),
    "add check": lambda op: op.add_column(
        "t", sa.Column("c", sa.Integer(), sa.CheckConstraint("c > 0", name="ckc"))
    ),
    "add comment": lambda op: op.add_column("t", sa.Column("c", sa.Integer(), comment="it's")),
    "add computed": lambda op: op.add_column(
        "t", sa.Column("c", sa.Integer(), sa.Computed("a + 1"))
    ),
    "add stored": lambda op: op.add_column(
        "t", sa.Column("c", sa.Integer(), sa.Computed("a + 1", persisted=True))
    ),
    "add identity": lambda op: op.add_column(
        "t", sa.Column("c", sa.Integer(), sa.Identity(start=5))
    ),
    "add if not exists": lambda op: op.add_column(
        "t", sa.Column("c", sa.Integer()), if_not_exists=True
    ),
    "add json": lambda op: op.add_column(
        "t", sa.Column("c", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"))
    ),
    "add model's": lambda op: op.add_column("t", MODEL.c.a),
    "add mysql type": lambda op: op.add_column(
        "t", sa.Column("c", sa.Integer().with_variant(mysql.TINYINT(unsigned=True), "mysql"))
    ),
    # drop_column
    "drop": lambda op: op.drop_column("t", "c", schema="s"),
    "drop if exists": lambda op: op.drop_column("t", "c", if_exists=True),
    "drop with company": lambda op: op.drop_column(
        "t", "c", mssql_drop_default=True, mssql_drop_check=True, mssql_drop_foreign_key=True
    ),
    # tables
    "create": lambda op: op.create_table(
        "t",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(50), server_default="it's 50%"),
        sa.Column("up", sa.Integer()),
        sa.ForeignKeyConstraint(["up"], ["t.id"], name="fk_up", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["up"], ["other.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", name="uq"),
        sa.CheckConstraint("id > 0", name="ck"),
    ),
    "create in schema": lambda op: op.create_table(
        "t",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("p", sa.Integer(), sa.ForeignKey("s.p.id")),
        schema="s",
        comment="it's",
    ),
    "create flags": lambda op: op.create_table(
        "t", sa.Column("a", sa.Integer(), index=True), sa.Column("b", sa.Integer(), unique=True)
    ),
    "create index inside": lambda op: op.create_table(
        "t", sa.Column("a", sa.Integer()), sa.Index("ix", "a", unique=True)
    ),
    "create if not exists": lambda op: op.create_table(
        "t", sa.Column("a", sa.Integer()), if_not_exists=True
    ),
    "create with options": lambda op: op.create_table(
        "t",
        sa.Column("a", sa.Integer()),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        sqlite_autoincrement=True,
        prefixes=["TEMPORARY"],
    ),
    "create with comments": lambda op: op.create_table(
        "t", sa.Column("a", sa.Integer(), comment="c"), comment=""
    ),
    "create checked": lambda op: op.create_table(
        "t", sa.Column("a", CHECKED), sa.Column("b", sa.Enum("x", "y", name="xy"))
    ),
    "drop table": lambda op: op.drop_table("t", schema="s"),
    "drop table if exists": lambda op: op.drop_table("t", if_exists=True),
    "rename table": lambda op: op.rename_table("t", "u", schema="s"),
    "table comment": lambda op: op.create_table_comment("t", "it's", schema="s"),
    "table comment goes": lambda op: op.drop_table_comment("t", existing_comment="old"),
    # constraints
    "primary key": lambda op: op.create_primary_key("pk", "t", ["a", "b"], schema="s"),
    "unique": lambda op: op.create_unique_constraint("uq", "t", ["a", "b"], schema="s"),
    "unnamed unique": lambda op: op.create_unique_constraint(None, "t", ["a"]),
    "unique deferred": lambda op: op.create_unique_constraint(
        "uq", "t", ["a"], deferrable=True, initially="DEFERRED"
    ),
    "nulls not distinct": lambda op: op.create_unique_constraint(
        "uq", "t", ["a"], postgresql_nulls_not_distinct=True
    ),
    "key": lambda op: op.create_foreign_key(
        "fk", "t", "p", ["a", "b"], ["x", "y"], onupdate="CASCADE", ondelete="SET NULL"
    ),
    "key positional": lambda op: op.create_foreign_key(None, "t", "p", ["a"], ["id"]),
    "key in schemas": lambda op: op.create_foreign_key(
        "fk",
        "t",
        "p",
        ["a"],
        ["id"],
        source_schema="s",
        referent_schema="r",
        deferrable=True,
        initially="DEFERRED",
        match="FULL",
    ),
    "key not valid": lambda op: op.create_foreign_key(
        "fk", "t", "p", ["a"], ["id"], postgresql_not_valid=True
    ),
    "check": lambda op: op.create_check_constraint("ck", "t", "a > 0 AND b = ':x'"),
    "check expression": lambda op: op.create_check_constraint(
        "ck", "t", sa.func.length(sa.column("a")) > 5, schema="s"
    ),
    "check text": lambda op: op.create_check_constraint("ck", "t", sa.text("a LIKE '%x%'")),
    "drop unique": lambda op: op.drop_constraint("uq", "t", type_="unique"),
    "drop key": lambda op: op.drop_constraint("fk", "t", "foreignkey", schema="s"),
    "drop primary key": lambda op: op.drop_constraint("pk", "t", type_="primary"),
    "drop check": lambda op: op.drop_constraint("ck", "t", type_="check"),
    "drop constraint": lambda op: op.drop_constraint("c", "t"),
    # indexes
    "index": lambda op: op.create_index("ix", "t", ["a", "b"], unique=True, schema="s"),
    "index expression": lambda op: op.create_index(
        "ix", "t", [sa.text("lower(a)"), "b", sa.column("c").desc()]
    ),
    "index options": lambda op: op.create_index(
        "ix",
        "t",
        ["a"],
        postgresql_using="gin",
        postgresql_where=sa.text("a > 1"),
        postgresql_ops={"a": "jsonb_path_ops"},
        postgresql_with={"fillfactor": 50},
        sqlite_where=sa.text("a > 1"),
        mysql_length={"a": 10},
        mysql_prefix="FULLTEXT",
        mssql_include=["b"],
        mssql_where=sa.text("a > 1"),
        oracle_compress=True,
    ),
    "index concurrently": lambda op: op.create_index(
        op.f("ix"), "t", ["a"], postgresql_concurrently=True, if_not_exists=True
    ),
    "drop index": lambda op: op.drop_index("ix", table_name="t", schema="s"),
    "drop index positional": lambda op: op.drop_index("ix", "t"),
    "drop index concurrently": lambda op: op.drop_index(
        "ix", table_name="t", postgresql_concurrently=True, if_exists=True
    ),
    # rows and SQL
    "execute": lambda op: op.execute("UPDATE t SET a = 'x' WHERE b = 1"),
    "execute percent": lambda op: op.execute("UPDATE t SET a = '50%' WHERE b LIKE '%x'"),
    "execute colon": lambda op: op.execute(r"UPDATE t SET a = '\:x' WHERE b = '12\:30'"),
    "execute text": lambda op: op.execute(sa.text("DELETE FROM t")),
    "execute update": lambda op: op.execute(
        ROWS.update().where(ROWS.c.b == op.inline_literal("it's")).values(a=op.inline_literal(5))
    ),
    "execute insert": lambda op: op.execute(ROWS.insert().values(a=5, b="50%")),
    "rows": lambda op: op.bulk_insert(
        ROWS, [{"a": 1, "b": "it's", "d": datetime.date(2020, 1, 2)}, {"a": None, "b": None}]
    ),
    "rows one by one": lambda op: op.bulk_insert(
        ROWS, [{"a": op.inline_literal(1), "b": "x"}], multiinsert=False
    ),
    "no rows": lambda op: op.bulk_insert(ROWS, []),
    "bind": lambda op: op.get_bind().execute(sa.text("SELECT 1")),
    # as scripts in the wild say it
    "key to a model's column": lambda op: op.create_table(
        "t", sa.Column("m", sa.Integer(), sa.ForeignKey(MODEL.c.id, ondelete="CASCADE"))
    ),
    "column with key to a model's": lambda op: op.add_column(
        "t", sa.Column("m", sa.Integer(), sa.ForeignKey(MODEL.c.id))
    ),
    "model's columns": lambda op: op.create_table("u", *MODEL.columns),
    "self reference": lambda op: op.add_column(
        "t", sa.Column("up", sa.Integer(), sa.ForeignKey("t.id", name="fk_up"))
    ),
    "self reference in schema": lambda op: op.create_foreign_key(
        "fk", "t", "t", ["up"], ["id"], source_schema="s", referent_schema="s"
    ),
    "key of two columns": lambda op: op.create_table(
        "t",
        sa.Column("a", sa.Integer(), nullable=False),
        sa.Column("b", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(("a", "b"), ("p.a", "p.b"), onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("a", "b", name=op.f("pk_t")),
    ),
    "enum of a class": lambda op: op.create_table(
        "t", sa.Column("e", sa.Enum(Mood, native_enum=False), server_default=Mood.ok.name)
    ),
    "type that is there": lambda op: op.create_table(
        "t",
        sa.Column(
            "e",
            sa.Enum("a", "b").with_variant(
                postgresql.ENUM("a", "b", name="e", create_type=False), "postgresql"
            ),
        ),
    ),
    "array and uuid": lambda op: op.create_table(
        "t",
        sa.Column("u", sa.Uuid(), server_default=sa.text("gen_random_uuid()")),
        sa.Column("n", sa.Numeric(10, 2), server_default="0.00"),
        sa.Column("d", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("f", sa.Float(), server_default=sa.text("1.5")),
        sa.Column("l", sa.LargeBinary()),
    ),
    "server_onupdate": lambda op: op.create_table(
        "t",
        sa.Column(
            "d", sa.DateTime(), server_default=sa.func.now(), server_onupdate=sa.FetchedValue()
        ),
    ),
    "sequence": lambda op: op.create_table(
        "t", sa.Column("id", sa.Integer(), sa.Sequence("seq"), primary_key=True)
    ),
    "identity and computed": lambda op: op.create_table(
        "t",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True, start=3), primary_key=True),
        sa.Column("c", sa.Integer(), sa.Computed("id * 2", persisted=False)),
    ),
    "quoted names": lambda op: op.create_table(
        "order", sa.Column("from", sa.Integer()), sa.Column("Camel", sa.Integer(), index=True)
    ),
    "named index": lambda op: op.create_index(
        op.f("ix_t_a"), "t", [sa.func.lower(sa.column("a")), sa.desc("b")], unique=False
    ),
    "index of literals": lambda op: op.create_index(
        "ix", "t", [sa.literal_column("a || b"), sa.text("c DESC")]
    ),
    "table as rows": lambda op: op.bulk_insert(
        op.create_table("t", sa.Column("a", sa.Integer()), sa.Column("b", sa.String(5))),
        [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}],
    ),
    "insert from select": lambda op: op.execute(
        ROWS.insert().from_select(["a", "b"], sa.select(MODEL.c.id, MODEL.c.a))
    ),
    "delete": lambda op: op.execute(sa.delete(MODEL).where(MODEL.c.a.in_(["x", "y"]))),
    "text with value": lambda op: op.execute(
        sa.text("UPDATE t SET a = :x").bindparams(sa.bindparam("x", "it's", sa.String()))
    ),
    "type made by itself": lambda op: sa.Enum("a", name="made").create(
        op.get_bind(), checkfirst=False
    ),
    "type dropped by itself": lambda op: sa.Enum("a", name="made").drop(
        op.get_bind(), checkfirst=False
    ),
    "dialect": lambda op: op.execute(f"SELECT '{op.get_bind().dialect.name}'"),
    "context": lambda op: op.execute(
        f"SELECT '{op.get_context().dialect.name} {op.get_context().as_sql}'"
    ),
    "check of a type": lambda op: op.create_check_constraint(
        "ck", "t", sa.column("a", sa.Boolean()).is_(True) & (sa.column("b") == "it's")
    ),
    # a block that isn't copied
    "batch": lambda op: _batch(op),
}


def _batch(op: Any) -> None:
    with op.batch_alter_table("t", schema="s", recreate="never") as batch:
        batch.add_column(sa.Column("c", sa.Integer()))
        batch.create_index("ix", ["c"], unique=False)
        batch.create_unique_constraint("uq", ["c"])
        batch.execute("SELECT 1")
        batch.drop_index(batch.f("ix"))
        batch.drop_column("old")


CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

NAMED: dict[str, Callable[[Any], Any]] = {
    "unique": lambda op: op.create_unique_constraint(None, "t", ["a"]),
    "unique named": lambda op: op.create_unique_constraint("u", "t", ["a"]),
    "check": lambda op: op.create_check_constraint("foo", "t", "a > 0"),
    "check final": lambda op: op.create_check_constraint(op.f("foo"), "t", "a > 0"),
    "key": lambda op: op.create_foreign_key(None, "t", "p", ["a"], ["id"]),
    "primary key": lambda op: op.create_primary_key(None, "t", ["a"]),
    "drop check": lambda op: op.drop_constraint("foo", "t", type_="check"),
    "drop final": lambda op: op.drop_constraint(op.f("foo"), "t", type_="check"),
    "drop unique": lambda op: op.drop_constraint("foo", "t", type_="unique"),
    "index": lambda op: op.create_index(None, "t", ["a"]),
    "column": lambda op: op.add_column(
        "t", sa.Column("c", sa.Integer(), sa.ForeignKey("p.id"), unique=True)
    ),
    "column indexed": lambda op: op.add_column("t", sa.Column("c", sa.Integer(), index=True)),
    "column checked": lambda op: op.add_column(
        "t", sa.Column("c", sa.Boolean(name="b", create_constraint=True))
    ),
    "table": lambda op: op.create_table(
        "t",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("a", sa.Integer(), sa.ForeignKey("p.id"), index=True),
        sa.Column("b", sa.Boolean(name="b", create_constraint=True)),
        sa.UniqueConstraint("a"),
        sa.CheckConstraint("a > 0", name="foo"),
        sa.CheckConstraint("a > 0", name=op.f("bar")),
    ),
}


def written(operations: type, configure: Callable[[Any, Any, dict[str, Any]], Any]) -> Any:
    """What is written of each case on each dialect; an error by its class.

    Args:
        operations: The class `Operations`.
        configure: Makes a context of a dialect, a stream and further options.

    Returns:
        (case, dialect) to text.
    """
    found = {}
    models = sa.MetaData(naming_convention=CONVENTION)
    every = [(name, say, {}) for name, say in CASES.items()]
    every += [(f"named {name}", say, {"target_metadata": models}) for name, say in NAMED.items()]
    for name, say, opts in every:
        for dialect in DIALECTS:
            stream = io.StringIO()
            spoken = make_url(f"{dialect}://").get_dialect()(paramstyle="named")
            context = configure(spoken, stream, {"literal_binds": True, **opts})
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    say(operations(context))
                except Exception as err:
                    stream.write(f"!! {type(err).__name__}")
            found[name, dialect] = stream.getvalue()
    return found


def _by_alembic() -> None:
    """Print what the real Alembic writes, as JSON."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    def configure(dialect: Any, stream: Any, opts: dict[str, Any]) -> Any:
        opts = {"as_sql": True, "output_buffer": stream, **opts}
        return MigrationContext.configure(dialect=dialect, opts=opts)

    print(json.dumps([(*key, text) for key, text in written(Operations, configure).items()]))


if __name__ == "__main__":
    _by_alembic()
