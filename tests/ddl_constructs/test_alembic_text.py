"""Row by row of the acceptance list: what Alembic writes on SQL Server and Oracle, and what we do.

Alembic is the peer, in its own package, writing into a script as its `--sql` does. A row's text is
the same but for white space, or stands in `DIFFERENT` with the reason.
"""

from __future__ import annotations

import datetime
import io
import re
import warnings
from collections.abc import Callable
from functools import cache
from inspect import isfunction
from typing import Any

import ddl_constructs
import pytest
import sqlalchemy as sa
from ddl_constructs import Change, DDLConstructsError
from sqlalchemy.dialects import mssql, oracle
from sqlalchemy.sql.elements import quoted_name

alembic = pytest.importorskip("alembic", reason="the peer isn't installed")
from alembic.migration import MigrationContext  # noqa: E402  # only if it is there
from alembic.operations import Operations  # noqa: E402

DIALECTS: dict[str, Any] = {"mssql": mssql.dialect, "oracle": oracle.dialect}
Say = Callable[[Any], Any]


def c(*items: Any, type_: Any = sa.Integer, **kw: Any) -> Any:
    return sa.Column("c", type_, *items, **kw)


CHECKED = sa.Enum("a", name="ck", native_enum=False, create_constraint=True)
ROWS_OF = sa.table("t", sa.column("id", sa.Integer), sa.column("d", sa.Date))
NUMBERED = sa.Table("n", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))

SAID: dict[str, Say] = {
    "001 079 rename": lambda op: op.rename_table("a", "b", schema="s"),
    "002 type by class": lambda op: op.alter_column(
        "t", "c", type_=sa.BigInteger, existing_nullable=True
    ),
    "003 not null": lambda op: op.alter_column("t", "c", nullable=False, existing_type=sa.Integer()),
    "003 null": lambda op: op.alter_column("t", "c", nullable=True, existing_type=sa.Integer()),
    "004 type": lambda op: op.alter_column(
        "t", "c", type_=sa.String(9), existing_nullable=False, schema="s"
    ),
    "005 name": lambda op: op.alter_column("t", "c", new_column_name="d"),
    "006 default": lambda op: op.alter_column("t", "c", server_default="it's"),
    "006 default text": lambda op: op.alter_column("t", "c", server_default=sa.text("f(1)")),
    "006 default function": lambda op: op.alter_column("t", "c", server_default=sa.func.now()),
    "006 no default": lambda op: op.alter_column("t", "c", server_default=None),
    "007 comment": lambda op: op.alter_column("t", "c", comment="it's", schema="s"),
    "007 comment again": lambda op: op.alter_column(
        "t", "c", comment="x", existing_comment="y", schema="s"
    ),
    "007 no comment": lambda op: op.alter_column("t", "c", comment=None, schema="s"),
    "008 computed": lambda op: op.alter_column("t", "c", server_default=sa.Computed("a")),
    "009 identity altered": lambda op: op.alter_column(
        "t", "c", server_default=sa.Identity(always=True), existing_server_default=sa.Identity()
    ),
    "009 identity dropped": lambda op: op.alter_column(
        "t", "c", server_default=None, existing_server_default=sa.Identity()
    ),
    "010 052 add": lambda op: op.add_column("t", c(type_=sa.String(5), server_default="x")),
    "010 check": lambda op: op.add_column("t", c(sa.CheckConstraint("c > 0", name="ck"))),
    "011 drop": lambda op: op.drop_column("t", "c"),
    "011 drop if exists": lambda op: op.drop_column("t", "c", if_exists=True),
    "012 schema of two": lambda op: op.drop_column("T a", "c", schema="s1.s2"),
    "012 quoted schema": lambda op: op.drop_column("t", "c", schema=quoted_name("s1.s2", True)),
    "025 028 nothing": lambda op: op.alter_column("t", "c", existing_type=sa.Integer()),
    "026 027 order": lambda op: op.alter_column(
        "t",
        "c",
        type_=sa.String(3),
        nullable=False,
        server_default="q",
        new_column_name="z",
    ),
    "029 check of the new type": lambda op: op.alter_column(
        "t", "c", type_=CHECKED, existing_type=sa.Integer(), existing_nullable=True
    ),
    "029 check of the old type": lambda op: op.alter_column(
        "t", "c", type_=sa.String(9), existing_type=CHECKED, existing_nullable=True
    ),
    "031 autoincrement": lambda op: op.alter_column("t", "c", autoincrement=True),
    "032 using": lambda op: op.alter_column(
        "t", "c", type_=sa.Integer(), existing_nullable=True, postgresql_using="c::int"
    ),
    "034 not null without a type": lambda op: op.alter_column("t", "c", nullable=False),
    "035 type and not null": lambda op: op.alter_column(
        "t", "c", type_=sa.BigInteger(), nullable=False
    ),
    "035 type alone": lambda op: op.alter_column("t", "c", type_=sa.BigInteger()),
    "036 default replaced": lambda op: op.alter_column(
        "t", "c", server_default="b", existing_server_default="a"
    ),
    "036 default where none was": lambda op: op.alter_column(
        "t", "c", server_default="b", existing_server_default=None
    ),
    "037 type and default": lambda op: op.alter_column(
        "t",
        "c",
        type_=sa.BigInteger(),
        existing_nullable=False,
        server_default="5",
        existing_server_default="4",
    ),
    "049 name in a schema": lambda op: op.alter_column("t", "c", new_column_name="d", schema="s"),
    "053 python's default": lambda op: op.add_column("t", c(default=5)),
    "054 foreign key": lambda op: op.add_column(
        "t", c(sa.ForeignKey("r.id", name="fk", ondelete="CASCADE"))
    ),
    "055 inline reference": lambda op: op.add_column(
        "t", c(sa.ForeignKey("r.id", name="fk")), inline_references=True
    ),
    "055 two references": lambda op: op.add_column(
        "t", c(sa.ForeignKey("q.id"), sa.ForeignKey("r.id")), inline_references=True
    ),
    "056 primary key": lambda op: op.add_column("t", c(primary_key=True)),
    "057 inline primary key": lambda op: op.add_column(
        "t", c(primary_key=True, autoincrement=False), inline_primary_key=True
    ),
    "058 unique": lambda op: op.add_column("t", c(unique=True)),
    "059 index": lambda op: op.add_column("t", c(index=True), schema="s"),
    "060 check of the type": lambda op: op.add_column("t", c(type_=CHECKED)),
    "061 comment": lambda op: op.add_column("t", c(comment="x"), schema="s"),
    "062 computed": lambda op: op.add_column("t", c(sa.Computed("a + 1"))),
    "062 persisted": lambda op: op.add_column("t", c(sa.Computed("a + 1", persisted=True))),
    "063 identity": lambda op: op.add_column("t", c(sa.Identity(start=5))),
    "064 if not exists": lambda op: op.add_column("t", c(), if_not_exists=True),
    "066 system": lambda op: op.add_column("t", c(system=True)),
    "068 069 070 dependents": lambda op: op.drop_column(
        "t", "c", mssql_drop_default=True, mssql_drop_check=True, mssql_drop_foreign_key=True
    ),
    "071 072 073 create": lambda op: op.create_table(
        "t",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("a", sa.String(5), server_default="x", nullable=False),
        sa.Index("ix", "a"),
        schema="s",
        prefixes=["X"],
    ),
    "072 comments": lambda op: op.create_table("t", c(comment="x"), comment="y", schema="s"),
    "074 foreign keys": lambda op: op.create_table(
        "t",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("a", sa.ForeignKey("s.r.id")),
        sa.Column("b", sa.ForeignKey("t.id")),
    ),
    "075 if not exists": lambda op: op.create_table("t", c(), if_not_exists=True),
    "076 type checked": lambda op: op.create_table("t", c(type_=CHECKED)),
    "077 flags": lambda op: op.create_table("t", c(unique=True), sa.Column("i", sa.Integer, index=True)),
    "078 drop": lambda op: op.drop_table("t", schema="s"),
    "078 drop if exists": lambda op: op.drop_table("t", if_exists=True),
    "080 comment": lambda op: op.create_table_comment("t", "it's", schema="s"),
    "081 no comment": lambda op: op.drop_table_comment("t", schema="s"),
    "082 primary key": lambda op: op.create_primary_key("pk", "t", ["a", "b"], schema="s"),
    "083 unique": lambda op: op.create_unique_constraint(
        "uq", "t", ["a"], postgresql_nulls_not_distinct=True
    ),
    "083 clustered": lambda op: op.create_unique_constraint("uq", "t", ["a"], mssql_clustered=True),
    "083 deferred": lambda op: op.create_unique_constraint("uq", "t", ["a"], initially="DEFERRED"),
    "084 foreign key": lambda op: op.create_foreign_key(
        "fk", "a", "b", ["x", "y"], ["p", "q"], ondelete="CASCADE", source_schema="s"
    ),
    "084 matching": lambda op: op.create_foreign_key("fk", "a", "b", ["x"], ["y"], match="FULL"),
    "085 same name in another schema": lambda op: op.create_foreign_key(
        "fk", "t", "t", ["x"], ["y"], source_schema="a", referent_schema="b"
    ),
    "087 on update": lambda op: op.create_foreign_key(
        "fk", "a", "b", ["x"], ["y"], onupdate="CASCADE"
    ),
    "088 check": lambda op: op.create_check_constraint("ck", "t", "a > 5", schema="s"),
    "088 check expression": lambda op: op.create_check_constraint("ck", "t", sa.column("a") > "x"),
    "089 090 exclude": lambda op: op.create_exclude_constraint("ex", "t", ("a", "&&")),
    "091 drop": lambda op: op.drop_constraint("x", "t", type_="foreignkey", schema="s"),
    "091 drop any": lambda op: op.drop_constraint("x", "t"),
    "094 drop if exists": lambda op: op.drop_constraint("x", "t", type_="check", if_exists=True),
    "095 unnamed": lambda op: op.create_unique_constraint(None, "t", ["a"]),
    "097 check that isn't made": lambda op: op.create_table(
        "t", c(type_=sa.Boolean(create_constraint=True, name="ck"))
    ),
    "098 index": lambda op: op.create_index("ix", "t", ["a", "b"], unique=True, schema="s"),
    "099 expression": lambda op: op.create_index("ix", "t", [sa.func.lower(sa.column("x"))]),
    "099 downwards": lambda op: op.create_index("ix", "t", [sa.column("y").desc()]),
    "100 102 104 options of others": lambda op: op.create_index(
        "ix", "t", ["a"], postgresql_using="gin", mysql_length=5, sqlite_where=sa.text("a > 1")
    ),
    "101 options": lambda op: op.create_index(
        "ix", "t", ["a"], mssql_include=["b"], mssql_clustered=True, mssql_where=sa.text("a > 1")
    ),
    "103 options": lambda op: op.create_index(
        "ix", "t", ["a"], oracle_bitmap=True, oracle_compress=1, schema="s"
    ),
    "105 if not exists": lambda op: op.create_index("ix", "t", ["a"], if_not_exists=True),
    "106 drop": lambda op: op.drop_index("ix", "t", schema="s"),
    "106 drop of nothing": lambda op: op.drop_index("ix"),
    "106 drop if exists": lambda op: op.drop_index("ix", "t", if_exists=True),
    "107 execute": lambda op: op.execute("UPDATE t SET a = 1"),
    "108 colon": lambda op: op.execute(r"UPDATE t SET a = '\:x'"),
    "109 percent": lambda op: op.execute("UPDATE t SET a = '50%'"),
    "110 112 rows": lambda op: op.bulk_insert(ROWS_OF, [{"id": 1}, {"id": None}]),
    "110 no rows": lambda op: op.bulk_insert(ROWS_OF, []),
    "113 116 inline": lambda op: op.execute(
        ROWS_OF.update().values(id=sa.literal(5, literal_execute=True))
    ),
    "114 identity values": lambda op: op.bulk_insert(NUMBERED, [{"id": 1}]),
    "115 date": lambda op: op.bulk_insert(ROWS_OF, [{"d": datetime.date(2024, 2, 29)}]),
}  # fmt: skip
"""By the rows of the acceptance list, without DDL-0: what is said to `op`."""

NO_TEXT = {
    "013 038 039 040 041 086 092 093 102": "MySQL's",
    "014 042 043 044 045 046 065 089 100": "PostgreSQL's, or SQLite's",
    "015 016 017 018 019 020 021 022 023": "how a dialect is described, and what a script looks like",
    "024 050 051 067 111": "parameters and what is refused in Python",
    "030": "an unnamed CHECK of a type: refused by either, in words of its own",
    "033 047 048 096": "MySQL's and SQLite's",
    "117 118 119 120 121 122 123 124 125": "what a script has beside the words",
}
"""Rows that say nothing on these two, and where they belong."""

LOOKED_UP = "all names, quoted, in a batch that can stand beside others (LIM-045)"
COMMENT = "looks itself whether there is a comment, quotes names (LIM-043, 044)"
GUARD = "the server has no words for it, or not before 23ai; ours asks first (LIM-036)"
SCHEMA = "the schema is lost there (LIM-048)"
ONE_MODIFY = "one MODIFY for what belongs together: each commits"
LEFT_OUT = "left out there"

DIFFERENT: dict[str, str] = {
    "006 no default mssql": LOOKED_UP,
    "007 comment mssql": COMMENT,
    "007 comment oracle": SCHEMA,
    "007 comment again mssql": COMMENT,
    "007 comment again oracle": SCHEMA,
    "007 no comment mssql": COMMENT,
    "007 no comment oracle": SCHEMA,
    "010 check mssql": LEFT_OUT + " (LIM-035)",
    "010 check oracle": LEFT_OUT + " (LIM-035)",
    "011 drop if exists oracle": GUARD,
    "026 027 order oracle": ONE_MODIFY,
    "035 type and not null oracle": ONE_MODIFY,
    "036 default replaced mssql": LOOKED_UP,
    "036 default where none was mssql": "there is none to look for",
    "037 type and default mssql": LOOKED_UP,
    "037 type and default oracle": ONE_MODIFY,
    "055 inline reference mssql": LEFT_OUT + " (LIM-031)",
    "055 inline reference oracle": LEFT_OUT + " (LIM-031)",
    "057 inline primary key mssql": LEFT_OUT + " (LIM-034)",
    "057 inline primary key oracle": LEFT_OUT + " (LIM-034)",
    "061 comment mssql": COMMENT,
    "064 if not exists mssql": GUARD,
    "064 if not exists oracle": GUARD,
    "068 069 070 dependents mssql": LOOKED_UP,
    "072 comments mssql": COMMENT,
    "075 if not exists mssql": GUARD,
    "075 if not exists oracle": GUARD,
    "078 drop if exists oracle": GUARD,
    "080 comment mssql": COMMENT,
    "081 no comment mssql": COMMENT,
    "083 deferred mssql": "SQL Server has no DEFERRABLE: refused by name",
    "084 matching mssql": "SQL Server has no MATCH: refused by name",
    "084 matching oracle": "Oracle has no MATCH: refused by name",
    "094 drop if exists oracle": GUARD,
    "099 expression mssql": "SQL Server has no indexes over expressions: refused by name",
    "105 if not exists mssql": GUARD,
    "105 if not exists oracle": GUARD,
    "106 drop of nothing mssql": "a made-up table there, refused by name (LIM-039)",
    "106 drop if exists oracle": GUARD,
    "110 112 rows mssql": "IDENTITY_INSERT is switched where there is an identity (LIM-046)",
    "110 no rows mssql": "nothing to be done (LIM-046)",
    "115 date mssql": "IDENTITY_INSERT is switched where there is an identity (LIM-046)",
}
"""Row and dialect, and why ours is different on purpose."""


UNORDERED = {"055 two references": "SQLAlchemy keeps a column's foreign keys in a set"}


class Ours:
    """Speaks the words of `op` and keeps the text that they have on a dialect."""

    def __init__(self, dialect: Any) -> None:
        self.dialect, self.texts = dialect, list[str]()

    def __getattr__(self, word: str) -> Callable[..., None]:
        build = BUILDERS.get(word) or BY_WORD[word]
        return lambda *args, **kw: self.say(build(*args, **kw))

    def say(self, change: Change) -> None:
        for piece in change.statements(self.dialect):
            options = {} if isinstance(piece, Change) else {"literal_binds": True}
            compiled: Any = piece
            text = compiled.compile(dialect=self.dialect, compile_kwargs=options)
            self.texts.append(" ".join(str(text).split()))


FACE = {name: getattr(ddl_constructs, name) for name in ddl_constructs.__all__}
BUILDERS = {name: f for name, f in FACE.items() if isfunction(f)}
BY_WORD = {
    word: kind
    for kind in FACE.values()
    if isinstance(kind, type) and issubclass(kind, Change)
    for word in kind.words
}


@cache
def texts(name: str, dialect: str) -> tuple[list[str] | None, list[str] | None]:
    """Give what Alembic and we write of a row, a statement each; None where it is refused."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mine = Ours(DIALECTS[dialect](paramstyle="named"))
        stream = io.StringIO()
        context = MigrationContext.configure(
            dialect=DIALECTS[dialect](paramstyle="named"),
            opts={"as_sql": True, "output_buffer": stream, "literal_binds": True},
        )
        try:
            SAID[name](Operations(context))
            script = re.sub(r"^(GO|/)$", "", stream.getvalue(), flags=re.MULTILINE)
            found = [" ".join(part.split()).removesuffix(";") for part in script.split("\n\n")]
            theirs: list[str] | None = [part for part in found if part]
        except Exception:  # each of its errors is a refusal
            theirs = None
        try:
            SAID[name](mine)
        except DDLConstructsError:
            return theirs, None
    return theirs, mine.texts


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", SAID)
def test_the_peer_and_we_say_the_same(name: str, dialect: str) -> None:
    theirs, ours = texts(name, dialect)
    if name in UNORDERED and theirs is not None and ours is not None:
        theirs, ours = sorted(theirs), sorted(ours)

    if f"{name} {dialect}" in DIFFERENT:
        assert ours != theirs
    else:
        assert ours == theirs


def test_every_row_up_to_batch_is_said_or_belongs_elsewhere() -> None:
    said = {number for name in (*SAID, *NO_TEXT) for number in re.findall(r"\b\d{3}\b", name)}

    assert said == {f"{number:03}" for number in range(1, 126)}
    assert set(DIFFERENT) <= {f"{name} {dialect}" for name in SAID for dialect in DIALECTS}
