"""What is true of every change: it speaks or refuses by name, undoes itself, copies itself."""

from __future__ import annotations

import re
import warnings
from dataclasses import fields
from typing import Any

import ddl_constructs
import pytest
from ddl_constructs import (
    AddAttribute,
    AddColumn,
    AddDomainConstraint,
    AddEnumValue,
    AlterAttribute,
    AlterColumn,
    AlterDomain,
    AlterSequence,
    AlterTableOptions,
    AlterTrigger,
    BulkInsert,
    Change,
    CopyRows,
    CreateCompositeType,
    CreateDomain,
    CreateEnum,
    CreateExtension,
    CreateFunction,
    CreateIndex,
    CreateProcedure,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateTableComment,
    CreateTrigger,
    CreateView,
    DDLConstructsError,
    DropAttribute,
    DropColumn,
    DropCompositeType,
    DropConstraint,
    DropDomain,
    DropDomainConstraint,
    DropEnum,
    DropExtension,
    DropFunction,
    DropIndex,
    DropProcedure,
    DropSchema,
    DropSequence,
    DropTable,
    DropTableComment,
    DropTrigger,
    DropView,
    ExecuteSQL,
    GrantPrivileges,
    IrreversibleChange,
    RefreshMaterializedView,
    RenameCompositeType,
    RenameConstraint,
    RenameDomainConstraint,
    RenameEnumValue,
    RenameIndex,
    RenameObject,
    RenameTable,
    ReplaceEnum,
    RevokePrivileges,
    SetObjectSchema,
    SetOwner,
    SetTableSchema,
    UpdateExtension,
    ValidateConstraint,
    ValidateDomainConstraint,
    apply,
    create_check_constraint,
    create_exclude_constraint,
    create_foreign_key,
    create_primary_key,
    create_unique_constraint,
)
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Enum,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    table,
    text,
)
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite
from sqlalchemy.engine.default import DefaultDialect

DIALECTS = [
    pytest.param(dialect(), id=dialect.name)
    for dialect in (
        postgresql.dialect,
        mysql.dialect,
        sqlite.dialect,
        mssql.dialect,
        oracle.dialect,
        DefaultDialect,
    )
]

name = st.sampled_from(["t", "Users", "order", "a b", "x%y", "it's", "a:b", "ü"])
schema = st.sampled_from([None, None, "s", "My Schema"])
words = st.sampled_from(["x", "it's", "50%", ":y", "a\\b", "new\nline", "“”", ""])
flag = st.sampled_from([None, True])
type_ = st.sampled_from(
    [
        Integer(),
        BigInteger(),
        String(20),
        Text(),
        Numeric(10, 2),
        Float(),
        Boolean(),
        Boolean(create_constraint=True, name="ck_bool"),
        Date(),
        DateTime(),
        JSON(),
        LargeBinary(),
        Uuid(),
        Enum("a", "b", name="e"),
        Enum("a", "b", name="ck_e", native_enum=False, create_constraint=True),
    ]
)
default = st.one_of(st.none(), words, st.sampled_from([text("1"), func.now(), text("'\\:x'")]))


@st.composite
def column(draw: Any) -> Column[Any]:
    extra: list[Any] = []
    if draw(st.integers(0, 4)) == 0:
        extra.append(ForeignKey("other.id", name=draw(st.sampled_from([None, "fk"]))))
    if draw(st.integers(0, 4)) == 0:
        extra.append(CheckConstraint("1 > 0", name=draw(st.sampled_from([None, "ck"]))))
    server_default = draw(default)
    if server_default is None and draw(st.integers(0, 5)) == 0:
        extra.append(draw(st.sampled_from([Computed("1 + 1"), Identity(start=3)])))
    return Column(
        draw(name),
        draw(type_),
        *extra,
        nullable=draw(st.booleans()),
        server_default=server_default,
        comment=draw(st.one_of(st.none(), words)),
        index=draw(flag),
        unique=draw(flag),
    )


keeps = st.just(ddl_constructs.KEEP)
changes = st.one_of(
    st.builds(AddColumn, name, column(), schema=schema, if_not_exists=flag, inline_references=flag),
    st.builds(DropColumn, name, name, schema=schema, if_exists=flag, existing_column=column()),
    st.builds(DropColumn, name, name),
    st.builds(
        AlterColumn,
        name,
        name,
        nullable=st.one_of(keeps, st.booleans()),
        comment=st.one_of(keeps, st.none(), words),
        server_default=st.one_of(keeps, default, st.just(Identity()), st.just(Computed("1"))),
        new_column_name=st.one_of(keeps, name),
        type_=st.one_of(keeps, type_),
        existing_type=st.one_of(keeps, type_),
        existing_nullable=st.one_of(keeps, st.booleans()),
        existing_server_default=st.one_of(keeps, default, st.just(Identity())),
        existing_comment=st.one_of(keeps, st.none(), words),
        schema=schema,
    ),
    st.builds(
        lambda n, columns, **kw: CreateTable(
            n, *{c.name.lower(): c for c in columns}.values(), **kw
        ),
        name,
        st.lists(column(), min_size=1, max_size=3),
        schema=schema,
        comment=st.one_of(st.none(), words),
        if_not_exists=flag,
    ),
    st.builds(DropTable, name, schema=schema, if_exists=flag),
    st.builds(RenameTable, name, name, schema=schema),
    st.builds(SetTableSchema, name, schema, schema=schema),
    st.builds(
        AlterTableOptions,
        name,
        schema=schema,
        mysql_engine=st.sampled_from([None, "InnoDB"]),
        postgresql_with=st.sampled_from([None, {}, {"fillfactor": 70}]),
        existing_options=st.sampled_from(
            [None, {"mysql_engine": "Aria", "postgresql_with": {"fillfactor": 50}}]
        ),
    ),
    st.builds(CreateTableComment, name, words, existing_comment=st.one_of(st.none(), words)),
    st.builds(DropTableComment, name, existing_comment=st.one_of(st.none(), words)),
    st.builds(create_primary_key, st.one_of(st.none(), name), name, st.just(["a", "b"])),
    st.builds(
        create_unique_constraint,
        st.one_of(st.none(), name),
        name,
        st.just(["a"]),
        schema=schema,
        deferrable=flag,
    ),
    st.builds(
        create_foreign_key,
        st.one_of(st.none(), name),
        name,
        name,
        st.just(["a"]),
        st.just(["id"]),
        ondelete=st.sampled_from([None, "CASCADE"]),
        match=st.sampled_from([None, "FULL"]),
        source_schema=schema,
        referent_schema=schema,
    ),
    st.builds(create_check_constraint, st.one_of(st.none(), name), name, st.just("a <> ':x%'")),
    st.builds(create_exclude_constraint, name, name, st.just(("a", "="))),
    st.builds(
        DropConstraint,
        name,
        name,
        st.sampled_from([None, "primary", "unique", "foreignkey", "check"]),
        if_exists=flag,
    ),
    st.builds(RenameConstraint, name, name, name, schema=schema),
    st.builds(ValidateConstraint, name, name, schema=schema),
    st.builds(
        CreateIndex,
        name,
        name,
        st.just(["a", func.lower(text("b"))]),
        schema=schema,
        unique=st.booleans(),
        if_not_exists=flag,
        postgresql_concurrently=flag,
    ),
    st.builds(DropIndex, name, st.one_of(st.none(), name), schema=schema, if_exists=flag),
    st.builds(RenameIndex, name, name, st.one_of(st.none(), name), schema=schema),
    st.builds(CreateEnum, name, st.just(["a", "it's"]), schema=schema, if_not_exists=flag),
    st.builds(DropEnum, name, schema=schema, existing_labels=st.just(["a"]), if_unused=flag),
    st.builds(AddEnumValue, name, words, before=st.sampled_from([None, "a"]), schema=schema),
    st.builds(RenameEnumValue, name, words, words, schema=schema),
    st.builds(
        ReplaceEnum, name, st.just(["a"]), schema=schema, columns=st.sampled_from([None, ()])
    ),
    st.builds(CreateSequence, name, start=st.sampled_from([None, 5]), cycle=flag, schema=schema),
    st.builds(DropSequence, name, if_exists=flag),
    st.builds(
        AlterSequence,
        name,
        increment=st.one_of(keeps, st.just(2)),
        new_sequence_name=st.one_of(keeps, name),
    ),
    st.builds(
        CreateView,
        name,
        st.sampled_from(["SELECT 1 AS a", text("SELECT ':x' AS a")]),
        schema=schema,
        columns=st.sampled_from([(), ("a",)]),
        materialized=st.booleans(),
        or_replace=st.booleans(),
        if_not_exists=st.booleans(),
        check_option=st.sampled_from([None, "local", "cascaded"]),
        comment=st.sampled_from([None, "it's"]),
    ),
    st.builds(CreateSchema, name, authorization=st.sampled_from([None, "me"]), if_not_exists=flag),
    st.builds(DropSchema, name, if_exists=st.booleans(), cascade=st.booleans()),
    st.builds(CreateExtension, name, schema=schema, version=st.sampled_from([None, "1.0"])),
    st.builds(DropExtension, name, if_exists=st.booleans()),
    st.builds(UpdateExtension, name, st.sampled_from([None, "1.1"])),
    st.builds(
        CreateDomain,
        name,
        st.sampled_from([Integer(), String(9)]),
        schema=schema,
        default=st.sampled_from([None, "x", text("1")]),
        not_null=st.booleans(),
        checks=st.sampled_from([(), (CheckConstraint("VALUE <> ':x'", name="ck"),)]),
    ),
    st.builds(DropDomain, name, schema=schema, if_exists=st.booleans()),
    st.builds(
        AlterDomain,
        name,
        schema=schema,
        default=st.one_of(keeps, st.sampled_from([None, "x"])),
        not_null=st.one_of(keeps, st.booleans()),
        new_domain_name=st.one_of(keeps, name),
        existing_domain=st.sampled_from([None, CreateDomain("d", Integer(), default="y")]),
    ),
    st.builds(
        AddDomainConstraint,
        name,
        st.sampled_from([CheckConstraint("VALUE > 0"), CheckConstraint("VALUE > 0", name="ck")]),
        schema=schema,
    ),
    st.builds(DropDomainConstraint, name, name, schema=schema, if_exists=st.booleans()),
    st.builds(RenameDomainConstraint, name, name, name, schema=schema),
    st.builds(ValidateDomainConstraint, name, name, schema=schema),
    st.builds(CreateCompositeType, name, st.just([Column("x", Integer)]), schema=schema),
    st.builds(DropCompositeType, name, schema=schema, if_exists=st.booleans()),
    st.builds(RenameCompositeType, name, name, schema=schema),
    st.builds(AddAttribute, name, st.just(Column("x", Integer)), schema=schema),
    st.builds(DropAttribute, name, name, schema=schema, cascade=st.booleans()),
    st.builds(
        AlterAttribute,
        name,
        name,
        type_=st.one_of(keeps, st.just(Integer())),
        existing_type=st.sampled_from([None, String(5)]),
        new_attribute_name=st.one_of(keeps, name),
        schema=schema,
    ),
    st.builds(
        GrantPrivileges,
        st.just(["SELECT", "INSERT"]),
        name,
        name,
        kind=st.sampled_from(["table", "sequence", "function", "procedure", "schema", "type"]),
        schema=schema,
        grantable=st.booleans(),
    ),
    st.builds(RevokePrivileges, st.just(["SELECT"]), name, name, columns=st.just(["a"])),
    st.builds(
        RenameObject,
        name,
        name,
        kind=st.sampled_from(["view", "materialized view", "function", "procedure", "schema"]),
        schema=schema,
        arguments=st.sampled_from([None, "a int = 1"]),
    ),
    st.builds(RenameObject, name, name, kind=st.just("trigger"), table_name=name, schema=schema),
    st.builds(
        SetObjectSchema,
        name,
        schema,
        kind=st.sampled_from(["view", "sequence", "function", "type", "extension"]),
        schema=schema,
    ),
    st.builds(
        SetOwner,
        name,
        name,
        kind=st.sampled_from(["table", "view", "procedure", "type", "schema"]),
        schema=schema,
        existing_owner=st.one_of(st.none(), name),
    ),
    st.builds(
        AlterTrigger,
        name,
        name,
        enabled=st.sampled_from([True, False, "replica", "always"]),
        schema=schema,
        existing_enabled=st.sampled_from([None, True, False, "always"]),
    ),
    st.builds(RefreshMaterializedView, name, schema=schema, concurrently=st.booleans()),
    st.builds(DropView, name, schema=schema, materialized=st.booleans(), if_exists=st.booleans()),
    st.builds(
        CreateFunction, name, st.just("RETURNS int"), schema=schema, or_replace=st.booleans()
    ),
    st.builds(DropFunction, name, arguments=st.sampled_from([None, "a int"]), schema=schema),
    st.builds(CreateProcedure, name, st.just("AS x"), arguments=st.just("a int"), schema=schema),
    st.builds(DropProcedure, name, schema=schema, if_exists=st.booleans()),
    st.builds(
        CreateTrigger,
        name,
        name,
        st.just("AFTER INSERT"),
        st.just("BEGIN END"),
        schema=schema,
        constraint=st.booleans(),
        or_replace=st.booleans(),
    ),
    st.builds(DropTrigger, name, name, schema=schema, if_exists=st.booleans()),
    st.just(ExecuteSQL("UPDATE t SET a = 1")),
    st.just(ExecuteSQL("UPDATE t SET a = 1", raw=True, undo="UPDATE t SET a = 0")),
    st.just(BulkInsert(table("t", ddl_constructs.detached.column("a", Integer)), [{"a": 1}])),
    st.builds(CopyRows, name, name, st.just({"a": "b"})),
)


@pytest.mark.parametrize("dialect", DIALECTS)
@given(change=changes)
def test_every_change_on_every_dialect_speaks_or_refuses_by_name(
    dialect: Any, change: Change
) -> None:
    """Law 6."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a dialect passes over, it may warn of
        try:
            said = str(change.compile(dialect=dialect))
        except DDLConstructsError as err:
            assert "\n" not in str(err).strip()
        else:
            assert "None" not in said


@given(change=changes)
def test_undoing_twice_gives_the_change_back(change: Change) -> None:
    """Law 1, second half: what a person reads and writes of it is the same."""
    try:
        twice = change.reverse().reverse()
    except IrreversibleChange as err:
        assert "'" in str(err)
        return
    if isinstance(change, AlterColumn):
        kept = {
            f.name: getattr(change, f.name) for f in fields(change) if f.name != "dialect_kwargs"
        }
        for field in change.aspects:
            assert getattr(twice, field) == kept[field] or repr(getattr(twice, field)) == repr(
                kept[field]
            )
        return
    assert (
        plain(twice) == plain(change) or change.reverse().describe() == twice.reverse().describe()
    )


@given(change=changes)
def test_a_copy_with_nothing_replaced_says_the_same(change: Change) -> None:
    copy = change.replace()

    assert copy is not change
    assert copy.describe() == change.describe()
    assert plain(copy) == plain(change)


@given(change=changes)
def test_a_field_replaced_by_itself_says_the_same(change: Change) -> None:
    for field in fields(change):
        copy = change.replace(**{field.name: getattr(change, field.name)})

        assert copy.describe() == change.describe()
        assert plain(copy) == plain(change)


@given(change=changes)
def test_a_description_is_one_line(change: Change) -> None:
    said = change.describe()

    assert said
    assert "\n" not in said


def plain(change: Change) -> str:
    """Write how a change is spelled, so that two can be compared."""
    said = change.spelling()
    written = repr((said.word, said.arguments, dict(said.keywords)))
    return re.sub(r"0x[0-9a-f]+", "", written)


def test_every_change_has_a_word_and_a_description() -> None:
    for kind in (getattr(ddl_constructs, name) for name in ddl_constructs.__all__):
        if isinstance(kind, type) and issubclass(kind, Change) and kind is not Change:
            assert kind.words, kind
            for needed in ("describe", "reverse"):
                assert getattr(kind, needed) is not getattr(Change, needed), (kind, needed)


def _schema() -> MetaData:
    """Tables and columns by the names that the changes speak of."""
    names = ["t", "Users", "order", "a b", "x%y", "a:b"]
    metadata = MetaData()
    for table_name in names[:4]:
        for where in (None, "s"):
            columns = [
                Column(
                    c, Enum("a", "b", name="e") if c == "order" else Integer, primary_key=c == "t"
                )
                for c in names
            ]
            constraints = [
                UniqueConstraint("order", name="uq"),
                CheckConstraint('"a b" > 0', name="ck"),
                Index(None if where else f"ix {table_name}", "order"),
            ]
            Table(table_name, metadata, *columns, *constraints, schema=where)
    return metadata


@pytest.mark.filterwarnings("ignore")  # what SQLAlchemy thinks of random columns
@given(given_changes=st.lists(changes, min_size=1, max_size=4))
def test_a_change_is_applied_in_memory_or_refused_by_name(given_changes: list[Change]) -> None:
    metadata = after = _schema()
    before = {t.fullname: repr(t) for t in metadata.tables.values()}

    for change in given_changes:
        try:
            after = apply(after, change)
        except DDLConstructsError as err:
            assert str(err).startswith("can't ")

    assert {t.fullname: repr(t) for t in metadata.tables.values()} == before
