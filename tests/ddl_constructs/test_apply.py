"""What each change does to a schema in memory: the table of `apply`."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import ddl_constructs
import pytest
from ddl_constructs import (
    AddColumn,
    AddConstraint,
    AddEnumValue,
    AlterColumn,
    AlterSequence,
    AlterTableOptions,
    BulkInsert,
    Change,
    CopyRows,
    CreateEnum,
    CreateIndex,
    CreateSequence,
    CreateTable,
    CreateTableComment,
    DropColumn,
    DropConstraint,
    DropEnum,
    DropIndex,
    DropSequence,
    DropTable,
    DropTableComment,
    EnumColumn,
    ExecuteSQL,
    ExistingObject,
    InapplicableChange,
    ObjectInUse,
    OpaqueChange,
    RenameConstraint,
    RenameEnumValue,
    RenameIndex,
    RenameTable,
    ReplaceEnum,
    SetTableSchema,
    UnknownObject,
    UnrewritableText,
    ValidateConstraint,
    applies,
    apply,
    create_check_constraint,
    create_exclude_constraint,
    create_foreign_key,
    create_primary_key,
    create_unique_constraint,
)
from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    Sequence,
    String,
    Table,
    Text,
    UniqueConstraint,
    column,
    func,
    table,
    text,
)
from sqlalchemy import schema as sa_schema
from sqlalchemy.dialects import mysql, postgresql

POSTGRESQL = postgresql.dialect()


def models() -> MetaData:
    """Two tables that point at each other's kind, with everything that can name a column."""
    metadata = MetaData()
    Table(
        "p",
        metadata,
        Column("pk", Integer, primary_key=True),
        Column("code", String(5), unique=True),
        Column("boss", Integer, ForeignKey("p.pk", name="fk_boss")),
    )
    Table(
        "t",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("a", Integer, nullable=False),
        Column("b", String(9), server_default="x", comment="old"),
        Column("c", Integer, Computed("a * 2", persisted=True)),
        Column("p_id", Integer, ForeignKey("p.pk", name="fk_p", ondelete="CASCADE")),
        UniqueConstraint("a", "b", name="uq_ab"),
        CheckConstraint("a > 0", name="ck_a"),
        CheckConstraint("b <> 'a' AND t.a < 9", name="ck_ab"),
        Index("ix_b", "b"),
        Index("ix_low", text("lower(b)"), postgresql_where=text("b IS NOT NULL")),
        comment="table",
    )
    return metadata


def sql(metadata: MetaData, *tables: str) -> str:
    """Write tables as CREATE statements for PostgreSQL, constraints sorted, space as one blank."""
    lines: list[str] = []
    for name in tables or sorted(metadata.tables):
        made = metadata.tables[name]
        create = str(sa_schema.CreateTable(made).compile(dialect=POSTGRESQL))
        head, *parts = [" ".join(part.split()) for part in re.split(r",? *\n\t", create)]
        *parts, last = parts
        parts.append(last.removesuffix(")").strip())
        columns = [p for p in parts if not p.startswith(_CONSTRAINTS)]
        lines += [head, *columns, *sorted(p for p in parts if p.startswith(_CONSTRAINTS))]
        for index in sorted(made.indexes, key=lambda i: str(i.name)):
            lines.append(str(sa_schema.CreateIndex(index).compile(dialect=POSTGRESQL)))
        if made.comment is not None:
            lines.append(f"COMMENT {made.comment}")
        lines += [f"COMMENT {c.name}: {c.comment}" for c in made.columns if c.comment]
    lines += sorted(f"SEQUENCE {s.name}" for s in metadata._sequences.values())
    return "\n".join(lines)


_CONSTRAINTS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE")


def differences(before: str, after: str) -> list[str]:
    """Give the lines that went ("- ...") and those that came ("+ ...")."""
    old, new = before.splitlines(), after.splitlines()
    came, went = Counter(new) - Counter(old), Counter(old) - Counter(new)
    return [f"- {x}" for x in old if x in went] + [f"+ {x}" for x in new if x in came]


CASES = [
    pytest.param([], [], id="nothing"),
    pytest.param(
        [CreateTable("n", Column("x", Integer, primary_key=True), Index("ix_x", "x"), comment="c")],
        [
            "+ CREATE TABLE n (",
            "+ x SERIAL NOT NULL",
            "+ PRIMARY KEY (x)",
            "+ CREATE INDEX ix_x ON n (x)",
            "+ COMMENT c",
        ],
        id="create-table",
    ),
    pytest.param(
        [CreateTable("t", Column("x", Integer), if_not_exists=True)],
        [],
        id="create-table-that-is-there",
    ),
    pytest.param(
        [
            CreateTable(
                "n",
                Column("x", Integer, ForeignKey("p.code")),
                Column("y", Integer, ForeignKey("n.x"), index=True, unique=True),
            )
        ],
        [
            "+ CREATE TABLE n (",
            "+ x INTEGER",
            "+ y INTEGER",
            "+ FOREIGN KEY(x) REFERENCES p (code)",
            "+ FOREIGN KEY(y) REFERENCES n (x)",
            "+ CREATE UNIQUE INDEX ix_n_y ON n (y)",
        ],
        id="create-table-referring",
    ),
    pytest.param([DropTable("nope", if_exists=True)], [], id="drop-table-that-is-not-there"),
    pytest.param(
        [RenameTable("p", "people")],
        [
            "- CREATE TABLE p (",
            "- CONSTRAINT fk_boss FOREIGN KEY(boss) REFERENCES p (pk)",
            "- CONSTRAINT fk_p FOREIGN KEY(p_id) REFERENCES p (pk) ON DELETE CASCADE",
            "+ CREATE TABLE people (",
            "+ CONSTRAINT fk_boss FOREIGN KEY(boss) REFERENCES people (pk)",
            "+ CONSTRAINT fk_p FOREIGN KEY(p_id) REFERENCES people (pk) ON DELETE CASCADE",
        ],
        id="rename-table",
    ),
    pytest.param(
        [RenameTable("t", "New Name")],
        [
            "- CREATE TABLE t (",
            "- CONSTRAINT ck_ab CHECK (b <> 'a' AND t.a < 9)",
            "- CREATE INDEX ix_b ON t (b)",
            "- CREATE INDEX ix_low ON t (lower(b)) WHERE b IS NOT NULL",
            '+ CREATE TABLE "New Name" (',
            "+ CONSTRAINT ck_ab CHECK ((b <> 'a' AND \"New Name\" .a < 9))",
            '+ CREATE INDEX ix_b ON "New Name" (b)',
            '+ CREATE INDEX ix_low ON "New Name" (lower(b)) WHERE b IS NOT NULL',
        ],
        id="rename-table-named-in-sql",
    ),
    pytest.param(
        [SetTableSchema("p", "s")],
        [
            "- CREATE TABLE p (",
            "- CONSTRAINT fk_boss FOREIGN KEY(boss) REFERENCES p (pk)",
            "- CONSTRAINT fk_p FOREIGN KEY(p_id) REFERENCES p (pk) ON DELETE CASCADE",
            "+ CREATE TABLE s.p (",
            "+ CONSTRAINT fk_boss FOREIGN KEY(boss) REFERENCES s.p (pk)",
            "+ CONSTRAINT fk_p FOREIGN KEY(p_id) REFERENCES s.p (pk) ON DELETE CASCADE",
        ],
        id="set-table-schema",
    ),
    pytest.param(
        [CreateTableComment("t", "new")], ["- COMMENT table", "+ COMMENT new"], id="comment"
    ),
    pytest.param([DropTableComment("t")], ["- COMMENT table"], id="drop-comment"),
    pytest.param(
        [AddColumn("p", Column("age", Integer, nullable=False, server_default="0"))],
        ["+ age INTEGER DEFAULT '0' NOT NULL"],
        id="add-column",
    ),
    pytest.param(
        [AddColumn("p", Column("code", Integer), if_not_exists=True)],
        [],
        id="add-column-that-is-there",
    ),
    pytest.param(
        [
            AddColumn(
                "p",
                Column(
                    "o",
                    Integer,
                    CheckConstraint("o > 1", name="ck_o"),
                    ForeignKey("t.id", name="fk_o", onupdate="CASCADE"),
                    index=True,
                    comment="c",
                ),
            ),
            AddColumn("p", Column("u", Integer, unique=True, primary_key=True)),
        ],
        [
            "+ o INTEGER",
            "+ u INTEGER NOT NULL",
            "+ CONSTRAINT ck_o CHECK (o > 1)",
            "+ CONSTRAINT fk_o FOREIGN KEY(o) REFERENCES t (id) ON UPDATE CASCADE",
            "+ UNIQUE (u)",
            "+ CREATE INDEX ix_p_o ON p (o)",
            "+ COMMENT o: c",
        ],
        id="add-column-with-companions",
    ),
    pytest.param(
        [DropColumn("p", "boss")],
        ["- boss INTEGER", "- CONSTRAINT fk_boss FOREIGN KEY(boss) REFERENCES p (pk)"],
        id="drop-column-that-refers",
    ),
    pytest.param(
        [DropColumn("p", "code")], ["- code VARCHAR(5)", "- UNIQUE (code)"], id="drop-unique-column"
    ),
    pytest.param([DropColumn("p", "nope", if_exists=True)], [], id="drop-column-that-is-not-there"),
    pytest.param(
        [DropConstraint("ck_ab", "t"), DropColumn("t", "b")],
        [
            "- b VARCHAR(9) DEFAULT 'x'",
            "- CONSTRAINT ck_ab CHECK (b <> 'a' AND t.a < 9)",
            "- CONSTRAINT uq_ab UNIQUE (a, b)",
            "- CREATE INDEX ix_b ON t (b)",
            "- CREATE INDEX ix_low ON t (lower(b)) WHERE b IS NOT NULL",
            "- COMMENT b: old",
        ],
        id="drop-indexed-column",
    ),
    pytest.param(
        [AlterColumn("t", "b", nullable=False, type_=Text, server_default=None, comment=None)],
        ["- b VARCHAR(9) DEFAULT 'x'", "- COMMENT b: old", "+ b TEXT NOT NULL"],
        id="alter-column",
    ),
    pytest.param(
        [AlterColumn("p", "boss", server_default=Identity(start=3), nullable=False)],
        ["- boss INTEGER", "+ boss INTEGER GENERATED BY DEFAULT AS IDENTITY (START WITH 3)"],
        id="alter-column-to-identity",
    ),
    pytest.param(
        [AlterColumn("t", "c", server_default=None)],
        ["- c INTEGER GENERATED ALWAYS AS (a * 2) STORED", "+ c INTEGER"],
        id="alter-column-from-computed",
    ),
    pytest.param(
        [AlterColumn("p", "boss", server_default=text("now() + '\\:x'"))],
        ["- boss INTEGER", "+ boss INTEGER DEFAULT now() + ':x'"],
        id="alter-column-default-sql",
    ),
    pytest.param(
        [AlterColumn("t", "a", new_column_name="age")],
        [
            "- a INTEGER NOT NULL",
            "- c INTEGER GENERATED ALWAYS AS (a * 2) STORED",
            "- CONSTRAINT ck_a CHECK (a > 0)",
            "- CONSTRAINT ck_ab CHECK (b <> 'a' AND t.a < 9)",
            "- CONSTRAINT uq_ab UNIQUE (a, b)",
            "+ age INTEGER NOT NULL",
            "+ c INTEGER GENERATED ALWAYS AS (age * 2) STORED",
            "+ CONSTRAINT ck_a CHECK (age > 0)",
            "+ CONSTRAINT ck_ab CHECK (b <> 'a' AND t.age < 9)",
            "+ CONSTRAINT uq_ab UNIQUE (age, b)",
        ],
        id="rename-column",
    ),
    pytest.param(
        [AlterColumn("t", "b", new_column_name="Big Name", comment=None, server_default="o'x")],
        [
            "- b VARCHAR(9) DEFAULT 'x'",
            "- CONSTRAINT ck_ab CHECK (b <> 'a' AND t.a < 9)",
            "- CONSTRAINT uq_ab UNIQUE (a, b)",
            "- CREATE INDEX ix_b ON t (b)",
            "- CREATE INDEX ix_low ON t (lower(b)) WHERE b IS NOT NULL",
            "- COMMENT b: old",
            "+ \"Big Name\" VARCHAR(9) DEFAULT 'o''x'",
            "+ CONSTRAINT ck_ab CHECK ((\"Big Name\" <> 'a' AND t.a < 9))",
            '+ CONSTRAINT uq_ab UNIQUE (a, "Big Name")',
            '+ CREATE INDEX ix_b ON t ("Big Name")',
            '+ CREATE INDEX ix_low ON t ((lower( "Big Name" ))) WHERE ("Big Name" IS NOT NULL)',
        ],
        id="rename-column-to-a-quoted-name",
    ),
    pytest.param(
        [AlterColumn("p", "pk", new_column_name="pid")],
        [
            "- pk SERIAL NOT NULL",
            "- CONSTRAINT fk_boss FOREIGN KEY(boss) REFERENCES p (pk)",
            "- PRIMARY KEY (pk)",
            "- CONSTRAINT fk_p FOREIGN KEY(p_id) REFERENCES p (pk) ON DELETE CASCADE",
            "+ pid SERIAL NOT NULL",
            "+ CONSTRAINT fk_boss FOREIGN KEY(boss) REFERENCES p (pid)",
            "+ PRIMARY KEY (pid)",
            "+ CONSTRAINT fk_p FOREIGN KEY(p_id) REFERENCES p (pid) ON DELETE CASCADE",
        ],
        id="rename-a-column-that-is-referred-to",
    ),
    pytest.param(
        [
            create_unique_constraint("uq_n", "p", ["boss"], deferrable=True),
            create_check_constraint("ck_n", "p", "boss > ':x'"),
            create_foreign_key("fk_n", "p", "t", ["boss"], ["id"], ondelete="SET NULL"),
            create_exclude_constraint("ex_n", "p", ("boss", "="), using="btree"),
        ],
        [
            "+ CONSTRAINT ck_n CHECK (boss > ':x')",
            "+ CONSTRAINT ex_n EXCLUDE USING btree (boss WITH =)",
            "+ CONSTRAINT fk_n FOREIGN KEY(boss) REFERENCES t (id) ON DELETE SET NULL",
            "+ CONSTRAINT uq_n UNIQUE (boss) DEFERRABLE",
        ],
        id="add-constraints",
    ),
    pytest.param(
        [DropConstraint("p_pkey", "p", "primary"), create_primary_key("pk_p", "p", ["pk", "boss"])],
        [
            "- pk SERIAL NOT NULL",
            "- boss INTEGER",
            "- PRIMARY KEY (pk)",
            "+ pk INTEGER NOT NULL",
            "+ boss INTEGER NOT NULL",
            "+ CONSTRAINT pk_p PRIMARY KEY (pk, boss)",
        ],
        id="exchange-primary-key",
    ),
    pytest.param(
        [
            DropConstraint("uq_ab", "t", "unique"),
            DropConstraint("fk_p", "t", "foreignkey"),
            DropConstraint("ck_a", "t"),
            DropConstraint("nope", "t", if_exists=True),
        ],
        [
            "- CONSTRAINT ck_a CHECK (a > 0)",
            "- CONSTRAINT fk_p FOREIGN KEY(p_id) REFERENCES p (pk) ON DELETE CASCADE",
            "- CONSTRAINT uq_ab UNIQUE (a, b)",
        ],
        id="drop-constraints",
    ),
    pytest.param(
        [DropConstraint("p_code_key", "p", existing_constraint=UniqueConstraint("code"))],
        ["- UNIQUE (code)"],
        id="drop-constraint-by-what-it-is",
    ),
    pytest.param(
        [
            AddConstraint("t", CheckConstraint("b > 1")),
            AddConstraint("t", CheckConstraint("b > 2")),
            RenameConstraint(
                "t_b_check1", "ck_b", "t", existing_constraint=CheckConstraint("b > 2")
            ),
        ],
        ["+ CHECK (b > 1)", "+ CONSTRAINT ck_b CHECK (b > 2)"],
        id="rename-constraint-by-what-it-is",
    ),
    pytest.param(
        [
            RenameConstraint("uq_ab", "uq_x", "t"),
            RenameConstraint("fk_p", "fk_x", "t"),
            RenameConstraint("ck_a", "ck_x", "t"),
        ],
        [
            "- CONSTRAINT ck_a CHECK (a > 0)",
            "- CONSTRAINT fk_p FOREIGN KEY(p_id) REFERENCES p (pk) ON DELETE CASCADE",
            "- CONSTRAINT uq_ab UNIQUE (a, b)",
            "+ CONSTRAINT ck_x CHECK (a > 0)",
            "+ CONSTRAINT fk_x FOREIGN KEY(p_id) REFERENCES p (pk) ON DELETE CASCADE",
            "+ CONSTRAINT uq_x UNIQUE (a, b)",
        ],
        id="rename-constraints",
    ),
    pytest.param(
        [
            create_check_constraint("ck_n", "p", "boss > 1", postgresql_not_valid=True),
            ValidateConstraint("ck_n", "p"),
        ],
        ["+ CONSTRAINT ck_n CHECK (boss > 1)"],
        id="validate-constraint",
    ),
    pytest.param(
        [
            CreateIndex(
                "ix_n",
                "t",
                ["a", text("lower(b)"), func.upper(column("b"))],
                unique=True,
                postgresql_where=text("a > 1"),
                postgresql_include=["id"],
            ),
            CreateIndex("ix_b", "t", ["a"], if_not_exists=True),
            DropIndex("ix_b", "t"),
            DropIndex("nope", if_exists=True),
            RenameIndex("ix_low", "ix_lower"),
            AlterColumn("t", "id", new_column_name="key"),
            AlterColumn("t", "b", new_column_name="bb"),
        ],
        [
            "- id SERIAL NOT NULL",
            "- b VARCHAR(9) DEFAULT 'x'",
            "- CONSTRAINT ck_ab CHECK (b <> 'a' AND t.a < 9)",
            "- CONSTRAINT uq_ab UNIQUE (a, b)",
            "- PRIMARY KEY (id)",
            "- CREATE INDEX ix_b ON t (b)",
            "- CREATE INDEX ix_low ON t (lower(b)) WHERE b IS NOT NULL",
            "- COMMENT b: old",
            "+ key SERIAL NOT NULL",
            "+ bb VARCHAR(9) DEFAULT 'x'",
            "+ CONSTRAINT ck_ab CHECK (bb <> 'a' AND t.a < 9)",
            "+ CONSTRAINT uq_ab UNIQUE (a, bb)",
            "+ PRIMARY KEY (key)",
            "+ CREATE INDEX ix_lower ON t (lower(bb)) WHERE bb IS NOT NULL",
            "+ CREATE UNIQUE INDEX ix_n ON t (a, lower(bb), upper(bb)) INCLUDE (key) WHERE a > 1",
            "+ COMMENT bb: old",
        ],
        id="indexes",
    ),
    pytest.param(
        [
            CreateSequence("ids", start=5),
            AddColumn("p", Column("s", Integer, server_default=text("nextval('ids'::regclass)"))),
            AlterSequence("ids", increment=2, new_sequence_name="keys", restart=True),
            CreateSequence("gone"),
            DropSequence("gone"),
            DropSequence("nope", if_exists=True),
        ],
        ["+ s INTEGER DEFAULT nextval('keys'::regclass)", "+ SEQUENCE keys"],
        id="sequences",
    ),
    pytest.param(
        [
            CreateEnum("mood", ["sad", "happy"]),
            AddColumn("p", Column("m", Enum("sad", "happy", name="mood"), server_default="sad")),
            AddColumn(
                "t",
                Column(
                    "ms",
                    ARRAY(postgresql.ENUM("sad", "happy", name="mood")),
                    CheckConstraint("ms <> ARRAY['sad'::mood]", name="ck_ms"),
                ),
            ),
            AddEnumValue("mood", "ok", after="sad"),
            RenameEnumValue("mood", "sad", "blue"),
        ],
        [
            "+ m mood DEFAULT 'blue'",
            "+ ms mood[]",
            "+ CONSTRAINT ck_ms CHECK (ms <> ARRAY['blue'::mood])",
        ],
        id="enums",
    ),
    pytest.param(
        [
            CreateTable("n", Column("x", Integer), postgresql_on_commit="DROP", mysql_engine="A"),
            AlterTableOptions(
                "n", postgresql_tablespace="fast", postgresql_on_commit=None, mysql_engine="B"
            ),
        ],
        ["+ CREATE TABLE n (", "+ x INTEGER ) TABLESPACE fast"],
        id="table-options",
    ),
    pytest.param(
        [
            CreateTable("n", Column("x", Integer), prefixes=["UNLOGGED"]),
            AlterTableOptions("n", postgresql_unlogged=False),
            AlterTableOptions("n", postgresql_unlogged=True, mssql_data_compression="PAGE"),
        ],
        ["+ CREATE UNLOGGED TABLE n (", "+ x INTEGER"],
        id="table-options-that-a-table-says-otherwise",
    ),
    pytest.param(
        [BulkInsert(table("t", column("a")), [{"a": 1}]), CopyRows("t", "p", {"pk": "a"})],
        [],
        id="rows",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), CASES)
def test_a_change_does_to_the_schema_what_it_says(
    changes: list[Change], expected: list[str]
) -> None:
    before = models()
    text_before = sql(before)

    after = apply(before, *changes)

    assert differences(text_before, sql(after)) == expected
    assert sql(before) == text_before, "what is given stays as it is"


REFUSED = [
    pytest.param(DropTable("pp"), UnknownObject, "no table pp; did you mean p", id="no-table"),
    pytest.param(DropTable("p", schema="s"), UnknownObject, "no table s.p", id="no-schema"),
    pytest.param(
        AlterColumn("t", "p_ids", nullable=False),
        UnknownObject,
        "no column t.p_ids; did you mean p_id?",
        id="no-column",
    ),
    pytest.param(DropColumn("t", "z"), UnknownObject, "no column t.z", id="no-column-to-drop"),
    pytest.param(
        AddColumn("t", Column("z", Integer), insert_after="aa"),
        UnknownObject,
        "no column t.aa; did you mean a?",
        id="no-column-to-stand-behind",
    ),
    pytest.param(
        DropConstraint("uq_aa", "t"),
        UnknownObject,
        "no constraint t.uq_aa; did you mean uq_ab?",
        id="no-constraint",
    ),
    pytest.param(
        DropConstraint("uq_ab", "t", "check"), UnknownObject, "no constraint", id="wrong-kind"
    ),
    pytest.param(
        DropConstraint("x", "p"),
        UnknownObject,
        "2 of its constraints have no name: say which by existing_constraint",
        id="unnamed-constraint",
    ),
    pytest.param(
        create_unique_constraint("u", "t", ["z"]),
        UnknownObject,
        "no column t.z",
        id="key-on-nothing",
    ),
    pytest.param(
        create_foreign_key("f", "t", "p", ["a"], ["z"]),
        UnknownObject,
        "no column p.z",
        id="target-without-the-column",
    ),
    pytest.param(
        CreateIndex("i", "t", ["z"]), UnknownObject, "no column t.z", id="index-on-nothing"
    ),
    pytest.param(DropIndex("ix_c"), UnknownObject, "did you mean ix_b", id="no-index"),
    pytest.param(DropSequence("s"), UnknownObject, "no sequence s", id="no-sequence"),
    pytest.param(AddEnumValue("e", "x"), UnknownObject, "no enum e", id="no-enum"),
    pytest.param(CreateTable("t"), ExistingObject, "table t is there already", id="table-twice"),
    pytest.param(RenameTable("t", "p"), ExistingObject, "table p is there", id="table-name-taken"),
    pytest.param(
        AddColumn("t", Column("a", Integer)),
        ExistingObject,
        "column t.a is there",
        id="column-twice",
    ),
    pytest.param(
        AlterColumn("t", "a", new_column_name="b"),
        ExistingObject,
        "column t.b is there",
        id="column-name-taken",
    ),
    pytest.param(
        create_check_constraint("ck_a", "t", "a > 1"),
        ExistingObject,
        "constraint t.ck_a is there",
        id="constraint-twice",
    ),
    pytest.param(
        CreateIndex("ix_b", "t", ["a"]), ExistingObject, "index ix_b is there", id="index-twice"
    ),
    pytest.param(
        DropColumn("t", "a"),
        ObjectInUse,
        "t.a is used by column c, CHECK ck_ab; drop or alter that first",
        id="column-in-use",
    ),
    pytest.param(
        DropColumn("p", "pk"),
        ObjectInUse,
        "p.pk is used by foreign key fk_boss of p, foreign key fk_p of t",
        id="column-referred-to",
    ),
    pytest.param(
        ExecuteSQL("ALTER TABLE t ADD z INT"), OpaqueChange, "what SQL does", id="raw-sql"
    ),
]


@pytest.mark.parametrize(("change", "error", "says"), REFUSED)
def test_what_cannot_be_is_refused_by_name(
    change: Change, error: type[InapplicableChange], says: str
) -> None:
    with pytest.raises(error, match=re.escape(says)) as caught:
        apply(models(), change)

    assert str(caught.value).startswith(f"can't {change.describe()}: ")
    assert caught.value.what == change.describe()


TEXTS = [
    pytest.param("a > 0", "n > 0", id="word"),
    pytest.param("A > 0", "n > 0", id="other-case"),
    pytest.param('"a" > `a`', '"n" > `n`', id="quoted"),
    pytest.param("t.a > other.a", "t.n > other.n", id="qualified"),
    pytest.param("a = 'a' OR b = 'it''s a'", "n = 'a' OR b = 'it''s a'", id="strings"),
    pytest.param("b = E'\\' a' AND a = 1", "b = E'\\' a' AND n = 1", id="escaped-string"),
    pytest.param("b = $$ a ' a $$", "b = $$ a ' a $$", id="dollar-quotes"),
    pytest.param("a(a) > 0 -- a", "a(n) > 0 -- a", id="function-and-comment"),
    pytest.param("CAST(a AS a) = b::a", "CAST(n AS a) = b::a", id="types"),
    pytest.param("a = DATE '2020-01-01' COLLATE a", "n = DATE '2020-01-01' COLLATE a", id="words"),
    pytest.param("b > a-1 AND ab > 1", "b > n-1 AND ab > 1", id="parts-of-words"),
    pytest.param("b = '\\:a' AND a = 1", "b = '\\:a' AND n = 1", id="colons"),
]


@pytest.mark.parametrize(("before", "after"), TEXTS)
def test_a_renamed_column_is_renamed_in_sql_where_it_is_meant(before: str, after: str) -> None:
    metadata = MetaData()
    check = CheckConstraint(text(before), name="ck")
    Table("t", metadata, Column("a", Integer), Column("b", String), check)

    renamed = apply(metadata, AlterColumn("t", "a", new_column_name="n")).tables["t"]

    (found,) = [c for c in renamed.constraints if isinstance(c, CheckConstraint)]
    assert str(found.sqltext.compile(dialect=POSTGRESQL)) == str(
        text(after).compile(dialect=POSTGRESQL)
    )


@pytest.mark.parametrize("unclear", [r"b = 'x\' AND a = 'y'", "b = 'x AND a = 1"])
def test_sql_whose_strings_end_nobody_knows_where_is_refused(unclear: str) -> None:
    metadata = MetaData()
    Table(
        "t",
        metadata,
        Column("a", Integer),
        Column("b", String),
        CheckConstraint(unclear, name="ck"),
    )

    with pytest.raises(UnrewritableText, match=r"constraint ck of t may name t\.a"):
        apply(metadata, AlterColumn("t", "a", new_column_name="n"))
    apply(metadata, AddColumn("t", Column("c", Integer)))


def test_a_name_with_a_colon_is_found_where_text_has_to_write_it_otherwise() -> None:
    metadata = MetaData()
    check = CheckConstraint(text('"a\\:b" > 0'), name="ck")
    Table("t", metadata, Column("a:b", Integer), check)

    after = apply(metadata, AlterColumn("t", "a:b", new_column_name="c:d"))

    assert sql(after).splitlines()[1:] == ['"c:d" INTEGER', 'CONSTRAINT ck CHECK ("c:d" > 0)']


@pytest.mark.parametrize("timed", ["time", "zone", "precision", "varying"])
def test_a_column_named_like_a_part_of_a_type_is_left_in_the_type(timed: str) -> None:
    sql = f'"{timed}"::timestamp with time zone > b::double precision'
    metadata = MetaData()
    Table("t", metadata, Column(timed, Text), Column("b", Text), CheckConstraint(sql, name="ck"))

    after = apply(metadata, AlterColumn("t", timed, new_column_name="n"))

    (check,) = [c for c in after.tables["t"].constraints if isinstance(c, CheckConstraint)]
    assert str(check.sqltext) == sql.replace(f'"{timed}"', '"n"')


def test_a_check_inside_of_a_column_becomes_one_of_the_table() -> None:
    metadata = MetaData()
    Table("t", metadata, Column("a", Integer, CheckConstraint("a > 0", name="ck")))

    assert sql(apply(metadata, AlterColumn("t", "a", new_column_name="b"))).splitlines()[1:] == [
        "b INTEGER",
        "CONSTRAINT ck CHECK (b > 0)",
    ]


def test_keys_and_all_that_a_table_carries_stay() -> None:
    metadata = MetaData(info={"m": 1})
    Table(
        "a.b",
        metadata,
        Column("id", Integer, key="ident", primary_key=True, info={"c": 1}),
        Column("up", Integer, key="parent"),
        Column("n", Integer, Sequence("ids")),
        ForeignKeyConstraint(["parent"], ["c.ident"]),
        Index("ix", "parent"),
        UniqueConstraint("parent", name="uq", info={"u": 1}),
        prefixes=["TEMPORARY"],
        info={"t": 1},
        mysql_engine="InnoDB",
    )
    Table("c", metadata, Column("id", Integer, key="ident", primary_key=True))
    before = sql(metadata)

    after = apply(metadata)
    table = after.tables["a.b"]

    assert sql(after) == before
    assert (after.info, table.info, table.c.ident.info) == ({"m": 1}, {"t": 1}, {"c": 1})
    assert table.dialect_kwargs["mysql_engine"] == "InnoDB"
    assert table.c.parent.references(after.tables["c"].c.ident)
    assert table.c.n.default is not metadata.tables["a.b"].c.n.default


def test_a_foreign_key_to_a_table_whose_name_holds_a_dot_follows_it() -> None:
    metadata = MetaData()
    target = Table("a.b", metadata, Column("id", Integer, primary_key=True))
    Table("c", metadata, Column("x", Integer), ForeignKeyConstraint(["x"], [target.c.id]))

    after = apply(
        metadata, RenameTable("a.b", "d.e"), AlterColumn("d.e", "id", new_column_name="i")
    )

    assert after.tables["c"].c.x.references(after.tables["d.e"].c.i)


def test_names_are_completed_by_the_convention_of_the_metadata_and_then_stay() -> None:
    convention = {
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
    metadata = MetaData(naming_convention=convention)
    Table("t", metadata, Column("a", Boolean(create_constraint=True, name="bool")))

    after = apply(
        metadata,
        create_unique_constraint(None, "t", ["a"]),
        RenameTable("t", "n"),
        AlterColumn("n", "a", new_column_name="b"),
    )

    assert sorted(str(c.name) for c in after.tables["n"].constraints if c.name) == [
        "ck_t_bool",
        "uq_t_a",
    ]
    assert sql(
        apply(after, DropConstraint("bool", "n", "check").under({"ck": "ck_t_%(constraint_name)s"}))
    )


def test_the_check_of_a_type_goes_with_the_type_if_the_change_knows_it() -> None:
    metadata = MetaData()
    Table("t", metadata, Column("a", Boolean(create_constraint=True, name="bool")))
    old = Boolean(create_constraint=True, name="bool")

    known = apply(metadata, AlterColumn("t", "a", type_=Integer(), existing_type=old))
    unknown = apply(metadata, AlterColumn("t", "a", type_=Integer()))
    dropped = apply(metadata, DropConstraint("bool", "t", "check"))
    renamed = apply(metadata, RenameConstraint("bool", "b", "t"))

    def checks(given: MetaData) -> list[Any]:
        made = sa_schema.CreateTable(given.tables["t"]).compile(dialect=mysql.dialect())
        return re.findall(r"CONSTRAINT (\w+) CHECK", str(made)) + re.findall(r"CHECK", str(made))

    assert checks(metadata) == checks(metadata)
    assert [c.name for c in known.tables["t"].constraints if c.name] == []
    assert [c.name for c in unknown.tables["t"].constraints if c.name] == ["bool"]
    assert [c.name for c in dropped.tables["t"].constraints if c.name] == []
    assert [c.name for c in renamed.tables["t"].constraints if c.name] == ["b"]


def test_an_enum_type_outlives_its_columns_unless_the_change_knows_them() -> None:
    def labels(metadata: MetaData) -> dict[Any, tuple[str, ...]]:
        return ddl_constructs.SchemaDraft.of(metadata).enums

    mood = Column("m", Enum("a", "b", name="mood"))
    create = CreateTable("t", mood)
    empty = MetaData()

    assert labels(apply(empty, create)) == {}
    assert labels(apply(empty, create, DropTable("t"))) == {(None, "mood"): ("a", "b")}
    assert labels(apply(empty, create, create.reverse())) == {}
    assert labels(apply(empty, create, DropColumn("t", "m"))) == {(None, "mood"): ("a", "b")}
    assert labels(apply(empty, create, DropColumn("t", "m", existing_column=mood))) == {}
    assert labels(apply(apply(empty, CreateEnum("mood", ["a"])), AddEnumValue("mood", "b"))) == {
        (None, "mood"): ("a", "b")
    }
    assert labels(apply(empty, CreateEnum("mood", ["a"]), DropEnum("mood"))) == {}
    with pytest.raises(ObjectInUse, match=r"enum mood is used by column t\.m"):
        apply(empty, create, DropEnum("mood"))


def test_replace_enum_gives_columns_labels_and_defaults() -> None:
    mood = Enum("a", "b", name="mood")
    metadata = MetaData()
    Table("t", metadata, Column("x", mood, server_default="a"), Column("y", mood))

    after = apply(
        metadata,
        ReplaceEnum(
            "mood",
            ["c", "b"],
            renamed={"a": "c"},
            columns=[EnumColumn("t", "x"), EnumColumn("t", "y", server_default="b")],
        ),
    )

    table: Any = after.tables["t"]
    assert [c.type.enums for c in table.columns] == [["c", "b"], ["c", "b"]]
    assert [c.server_default.arg for c in table.columns] == ["c", "b"]


def test_a_label_that_sql_may_mean_is_not_renamed_without_a_cast() -> None:
    metadata = MetaData()
    check = CheckConstraint("m <> 'a' OR s = 'a'", name="ck")
    Table("t", metadata, Column("m", Enum("a", name="mood")), Column("s", String), check)

    with pytest.raises(UnrewritableText, match="constraint ck of t may name label 'a'"):
        apply(metadata, RenameEnumValue("mood", "a", "b"))


def test_a_change_of_another_house_brings_its_rule_and_subclasses_inherit() -> None:
    class Clear(Change):
        def describe(self) -> str:
            return "clear"

    class ClearAll(Clear):
        pass

    with pytest.raises(OpaqueChange, match="say it with @applies"):
        apply(models(), Clear())

    @applies(Clear)
    def clear(schema: ddl_constructs.SchemaDraft, change: Clear) -> None:
        schema.tables.clear()

    assert list(apply(models(), ClearAll()).tables) == []


@pytest.mark.skipif(
    "with" not in postgresql.base.PGDialect.construct_arguments[1][1],
    reason="SQLAlchemy 2.0 has no postgresql_with for tables",
)
def test_parameters_that_an_option_no_longer_says_go_and_the_others_stay() -> None:
    before = MetaData()
    parameters = {"fillfactor": 50, "parallel_workers": 2, "autovacuum_enabled": False}
    Table("t", before, Column("a", Integer), postgresql_with=parameters)

    after = apply(
        before,
        AlterTableOptions(
            "t",
            postgresql_with={"fillfactor": 70, "toast_tuple_target": 128},
            existing_options={"postgresql_with": {"fillfactor": 50, "parallel_workers": 2}},
        ),
    )

    assert after.tables["t"].dialect_options["postgresql"]["with"] == {
        "fillfactor": 70,
        "autovacuum_enabled": False,
        "toast_tuple_target": 128,
    }
