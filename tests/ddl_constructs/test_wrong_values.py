"""Changes that are given what they can't mean: a named error before anything ran, or SQL."""

from __future__ import annotations

import copy
import inspect
import warnings
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Generic, Protocol, TypeVar

import ddl_constructs
import pytest
from ddl_constructs import (
    KEEP,
    AddColumn,
    AddConstraint,
    AddEnumValue,
    AlterColumn,
    AlterDomain,
    AlterSequence,
    BulkInsert,
    Change,
    CopyRows,
    CreateEnum,
    CreateIndex,
    CreateSequence,
    CreateTable,
    CreateView,
    DDLConstructsError,
    DropConstraint,
    ExecuteSQL,
    MalformedChange,
    RenameTable,
    ReplaceEnum,
    UnknownOption,
    UnsupportedChange,
    WrongValue,
    create_check_constraint,
    create_exclude_constraint,
    create_foreign_key,
    create_primary_key,
    create_unique_constraint,
)
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Constraint,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    column,
    create_engine,
    event,
    func,
    make_url,
    table,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import CompileError

T = table("t", column("a", Integer))


@pytest.mark.parametrize(
    ("build", "field"),
    [
        pytest.param(lambda: ExecuteSQL(None), "sqltext", id="execute-nothing"),
        pytest.param(lambda: RenameTable("", "b"), "old_table_name", id="no-name"),
        pytest.param(lambda: CreateView("v", "SELECT 1", grants="all"), "grants", id="grants"),
        pytest.param(
            lambda: CreateView("v", "SELECT 1", or_replace=Column("c")), "or_replace", id="replace"
        ),
        pytest.param(
            lambda: AlterDomain("d", default=Computed("1")), "default", id="default-of-a-domain"
        ),
        pytest.param(lambda: RenameTable("a", "b\0"), "new_table_name", id="nul-in-a-name"),
        pytest.param(lambda: RenameTable("a", 5), "new_table_name", id="name-is-a-number"),
        pytest.param(lambda: RenameTable(b"a", "b"), "old_table_name", id="name-is-bytes"),
        pytest.param(lambda: AddColumn("t", "c"), "column", id="column-is-a-name"),
        pytest.param(lambda: AddColumn("t", Column(Integer)), "column", id="column-has-no-name"),
        pytest.param(lambda: AlterColumn("t", "c", type_="int"), "type_", id="type-is-a-word"),
        pytest.param(lambda: AlterColumn("t", "c", nullable="no"), "nullable", id="no-is-true"),
        pytest.param(lambda: AlterColumn("t", "c", comment=5), "comment", id="comment"),
        pytest.param(lambda: CreateTable("t", "c"), "elements", id="element-is-a-name"),
        pytest.param(lambda: CreateTable("t", Column()), "elements", id="element-has-no-name"),
        pytest.param(lambda: CreateTable("t", prefixes="TEMP"), "prefixes", id="prefixes"),
        pytest.param(lambda: CreateIndex("i", "t", "ab"), "columns", id="index-over-letters"),
        pytest.param(lambda: CreateIndex("i", "t", None), "columns", id="index-over-none"),
        pytest.param(lambda: CreateEnum("e", "ab"), "labels", id="labels-are-letters"),
        pytest.param(lambda: CreateEnum("e", ["a", None]), "labels", id="label-is-none"),
        pytest.param(lambda: AddEnumValue("e", "a", before="b", after="c"), "after", id="both"),
        pytest.param(
            lambda: AddEnumValue("e", "a", before="b", existing_labels=("c",)),
            "before",
            id="before-a-label-that-is-not-there",
        ),
        pytest.param(lambda: ReplaceEnum("e", ["a"], columns=["t.c"]), "columns", id="enum-column"),
        pytest.param(lambda: CreateSequence("s", start="5"), "start", id="start-is-text"),
        pytest.param(lambda: AlterSequence("s", restart="now"), "restart", id="restart-is-text"),
        pytest.param(lambda: BulkInsert(None, []), "table", id="rows-without-table"),
        pytest.param(lambda: BulkInsert(T, "ab"), "rows", id="DDL-111-rows-are-letters"),
        pytest.param(lambda: BulkInsert(T, [1]), "row 0", id="DDL-111-row-is-a-number"),
        pytest.param(lambda: BulkInsert(T, [{"b": 1}]), "row 0", id="LIM-134-unknown-key"),
        pytest.param(lambda: CopyRows("a", "b", ["x"]), "columns", id="copied-columns"),
        pytest.param(lambda: DropConstraint("c", "t", "index"), "type_", id="DDL-091-kind"),
        pytest.param(lambda: create_primary_key("p", "t", []), "columns", id="key-of-nothing"),
        pytest.param(
            lambda: create_unique_constraint("u", "t", "ab"), "columns", id="unique-letters"
        ),
        pytest.param(
            lambda: create_foreign_key("f", "a", "b", ["x"], ["p", "q"]),
            "remote_cols",
            id="foreign-key-of-two-lengths",
        ),
        pytest.param(
            lambda: create_foreign_key("f", "a", None, ["x"], ["p"]),
            "referent_table",
            id="foreign-key-to-nothing",
        ),
        pytest.param(
            lambda: create_check_constraint("c", "t", None), "condition", id="check-nothing"
        ),
        pytest.param(
            lambda: create_exclude_constraint("e", "t", "a"), "elements", id="exclude-no-pair"
        ),
        pytest.param(lambda: create_exclude_constraint("e", "t"), "elements", id="exclude-nothing"),
    ],
)
def test_what_a_field_can_not_mean_is_refused_where_it_is_said(build: Any, field: str) -> None:
    with pytest.raises(WrongValue) as caught:
        build()

    assert caught.value.field == field
    assert str(caught.value).count("\n") == 0
    assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize(
    ("change", "dialect", "error", "said"),
    [
        pytest.param(
            CreateIndex("i", "t", []), "postgresql", MalformedChange, "at least one", id="index"
        ),
        pytest.param(
            CreateTable("t"), "sqlite", UnsupportedChange, "at least one column", id="table"
        ),
        pytest.param(
            CreateTable("t", Column("a", Integer), Column("a", Integer)),
            "postgresql",
            MalformedChange,
            "Duplicate",
            id="two-columns-of-one-name",
        ),
        pytest.param(
            CreateIndex("i", "t", ["a"], postgresql_include=5),
            "postgresql",
            MalformedChange,
            "include|iterable",
            id="option",
        ),
        pytest.param(
            AlterColumn("t", "c", server_default=5),
            "postgresql",
            MalformedChange,
            "expected",
            id="default-is-a-number",
        ),
    ],
)
def test_what_sqlalchemy_can_not_read_has_a_name_of_ours(
    change: Change, dialect: str, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said) as caught:
        change.compile(dialect=dialect_of(dialect))

    assert isinstance(caught.value, CompileError)


def test_a_table_without_columns_is_one_on_postgresql() -> None:
    assert str(CreateTable("t").compile(dialect=dialect_of("postgresql"))).split() == [
        *("CREATE", "TABLE", "t", "(", ")")
    ]


def test_an_option_that_a_constraint_has_not_is_refused() -> None:
    with pytest.raises(UnknownOption):
        create_unique_constraint("u", "t", ["a"], nonsense=1)
    with pytest.raises(MalformedChange, match="postgresql_nonsense"):
        create_unique_constraint("u", "t", ["a"], postgresql_nonsense=1)


def dialect_of(name: str) -> Any:
    dialect: Any = make_url(f"{name}://").get_dialect()
    return dialect()


DIALECTS = [dialect_of(n) for n in ("postgresql", "mysql", "mariadb", "sqlite", "mssql", "oracle")]

names = st.sampled_from(["t", "a b", "it's", 'q"q', "x%y", "%(a)s", "a:b", ":x", "ü", "n" * 300])
odd = st.sampled_from(
    [None, True, 0, -1, 2.5, "", "\0", b"x", object(), [], ["a"], {}, {"a": "b"}, (), KEEP, Integer]
)
columns = [
    Column("c", Integer),
    Column("it's", ForeignKey("o.id", name="f")),
    Column("c", Enum("x", "50%", name="e")),
    Column("c", Integer, CheckConstraint("c > 0", name="k"), unique=True, comment="it's"),
    Column("c", Integer, Computed("a + 1"), index=True),
    Column(":c", Integer, Identity(start=3), primary_key=True),
]
constraints = [
    UniqueConstraint("a"),
    CheckConstraint(text("a <> '\\:b'"), name="k"),
    *(c.constraint for c in (create_exclude_constraint("e", "t", ("a", "=")),)),
]
FITTING: dict[str, list[Any]] = {
    "column": columns,
    "existing_column": [*columns, None],
    "constraint": constraints,
    "existing_constraint": [*constraints, None],
    "elements": [
        *columns,
        *constraints,
        Index("i", "a"),
        ("a", "="),
        (func.lower(column("a")), "="),
    ],
    "columns": [["a"], ["a", "it's"], [func.lower(column("a"))], [text("b desc")], {"a": "b"}, []],
    "local_cols": [["a"], ["a", "b"]],
    "remote_cols": [["a"], ["a", "b"]],
    "labels": [["a", "it's"], ["50%", ":x", ""], []],
    "existing_labels": [["a"], None],
    "renamed": [{"a": "it's"}, None],
    "rows": [[{"a": 1}], [{"a": "it's"}, {"a": None}], []],
    "table": [T],
    "condition": ["a > 0", text("a <> '%'"), column("a") > 5],
    "where": ["a <> ':x'", column("a") > 5, None],
    "sqltext": ["UPDATE t SET a = 1", text(":b"), func.now(), T.insert()],
    "type_": [Integer, String(5), Enum("x", name="e"), "unique", "check", "primary", KEEP, None],
    "existing_type": [Integer(), Enum("x", native_enum=False, create_constraint=True), KEEP],
    "server_default": ["it's", text("now()"), Computed("a"), Identity(), KEEP, None, False],
    "existing_server_default": ["it's", Computed("a"), Identity(start=2), KEEP, None],
    "data_type": [Integer(), None],
    "existing_table": [CreateTable("t", Column("a", Integer)), None],
    "existing_index": [CreateIndex("i", "t", ["a"]), None],
    "existing_sequence": [CreateSequence("s", start=5), None],
    "prefixes": [["TEMPORARY"], None],
    "ops": [{"a": "x_ops"}, None],
}
OPTIONS = [
    *("postgresql_using", "postgresql_where", "postgresql_include", "postgresql_with"),
    *("mysql_length", "mysql_engine", "sqlite_where", "mssql_include", "mssql_clustered"),
    *("mssql_drop_default", "oracle_compress", "postgresql_concurrently", "nonsense"),
]
anything = st.one_of(
    names, odd, st.sampled_from([v for several in FITTING.values() for v in several])
)


def fitting(name: str, annotation: str) -> st.SearchStrategy[Any]:
    """Give what a parameter is meant for, by its name, else by its annotation."""
    if name in FITTING:
        return st.sampled_from(FITTING[name])
    found: list[st.SearchStrategy[Any]] = []
    for word, strategy in {
        "bool": st.booleans(),
        "int": st.integers(-5, 10**20),
        "str": names,
        "None": st.none(),
        "Keep": st.just(KEEP),
    }.items():
        if word in annotation:
            found.append(strategy)
    return st.one_of(found) if found else anything


KINDS = [
    kind
    for name in ddl_constructs.__all__
    if isinstance(kind := getattr(ddl_constructs, name), type)
    and issubclass(kind, Change)
    and kind is not Change
]
BUILDERS = [getattr(ddl_constructs, n) for n in ddl_constructs.__all__ if n.startswith("create_")]


@st.composite
def calls(draw: Any) -> tuple[Any, list[Any], dict[str, Any]]:
    """Draw what is called, and arguments that mostly fit, but some of them may be anything."""
    build = draw(st.sampled_from([*KINDS, *BUILDERS]))
    odd_ones = draw(st.integers(0, 2))
    arguments: list[Any] = []
    keywords: dict[str, Any] = {}
    for parameter in inspect.signature(build).parameters.values():
        fits = fitting(parameter.name, str(parameter.annotation))
        given = anything if odd_ones and draw(st.integers(0, 3)) == 0 else fits
        odd_ones -= given is anything
        match parameter.kind:
            case parameter.VAR_POSITIONAL:
                arguments += draw(st.lists(given, max_size=3))
            case parameter.VAR_KEYWORD:
                keywords |= draw(st.dictionaries(st.sampled_from(OPTIONS), anything, max_size=1))
            case parameter.KEYWORD_ONLY:
                if parameter.default is parameter.empty or draw(st.booleans()):
                    keywords[parameter.name] = draw(given)
            case _:
                arguments.append(draw(given))
    return build, arguments, keywords


@given(several=st.lists(calls(), min_size=8, max_size=8))
def test_whatever_it_is_given_a_change_speaks_or_refuses_by_name(several: list[Any]) -> None:
    """Law 6, attacked: wrong types, no names, huge names, quotes, percent signs, colons."""
    for build, arguments, keywords in several:
        attack(build, arguments, keywords)


def attack(build: Any, arguments: list[Any], keywords: dict[str, Any]) -> None:
    before = owned([*arguments, *keywords.values()])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a dialect passes over, it may warn of
        try:
            change = build(*arguments, **keywords)
        except DDLConstructsError as err:
            assert "\n" not in str(err)
            return
        said = change.describe()
        assert said
        assert "\n" not in said
        assert change.spelling().word in change.words
        for dialect in DIALECTS:
            try:
                change.compile(dialect=dialect)
            except DDLConstructsError as err:
                assert "\n" not in str(err).strip()
        try:
            change.reverse().describe()
        except DDLConstructsError as err:
            assert "\n" not in str(err)
    assert owned([*arguments, *keywords.values()]) == before


def owned(values: list[Any]) -> list[Any]:
    """Tell what belongs to the caller: of items whether they are bound, of the rest a copy."""
    found: list[Any] = []
    for value in values:
        if isinstance(value, Column):
            found.append((value.table, value.name, set(value.foreign_keys), value.type))
        elif isinstance(value, (UniqueConstraint, CheckConstraint, Index, Sequence)):
            found.append(
                (value.name, *(vars(value).get(n) for n in ("parent", "table", "metadata")))
            )
        elif isinstance(value, (Computed, Identity)):
            found.append(getattr(value, "column", None))
        elif isinstance(value, Change):
            found.append({f.name: repr(getattr(value, f.name)) for f in fields(value)})
        elif isinstance(value, (list, dict)):
            found.append(copy.copy(value))
    return found


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(CreateIndex("i", "t", []), id="index"),
        pytest.param(CreateTable("empty"), id="table"),
        pytest.param(CreateTable("u", Column("a", Integer), Index("i")), id="table-with-index"),
    ],
)
def test_nothing_runs_of_what_can_not_be_said(change: Change) -> None:
    seen: list[str] = []
    engine = create_engine("sqlite://")
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    with engine.connect() as connection, pytest.raises(DDLConstructsError):
        connection.execute(change)
    engine.dispose()

    assert seen == []


@pytest.mark.parametrize(
    "constraint", [PrimaryKeyConstraint(), UniqueConstraint(), ForeignKeyConstraint((), ())]
)
def test_a_constraint_over_nothing_is_refused_by_name(constraint: Constraint) -> None:
    with pytest.raises(MalformedChange, match="names no column"):
        AddConstraint("t", constraint).compile()


def test_what_sqlalchemy_can_not_say_is_told_without_its_insides() -> None:
    change = AddColumn("t", Column("a", postgresql.ARRAY(Integer)))

    with pytest.raises(UnsupportedChange, match="on sqlite: it can't render") as caught:
        change.compile(dialect=sqlite.dialect())

    assert " at 0x" not in str(caught.value)


def test_a_model_stays_as_it_was() -> None:
    metadata = MetaData()
    model = Table("m", metadata, Column("a", Enum("x", name="e", metadata=metadata), index=True))
    before = (set(metadata.tables), set(model.indexes), model.c.a.type)
    for dialect in DIALECTS:
        str(CreateTable.of(model).compile(dialect=dialect))
        str(AddColumn("other", model.c.a).compile(dialect=dialect))

    assert (set(metadata.tables), set(model.indexes), model.c.a.type) == before


Item = TypeVar("Item")


class Closes(Protocol):
    """What only a type checker can tell."""

    def close(self) -> None: ...


def test_a_change_of_another_package_may_be_annotated_as_it_likes() -> None:
    """What can't be read or tested is no rule; the rest is."""

    @dataclass(eq=False)
    class Odd(Change, Generic[Item]):
        table_name: str
        pair: tuple[int, str]
        call: Callable[[int], str]
        item: Item
        several: list[frozenset[str]]
        closes: Closes
        elsewhere: "NowhereDefined"  # type: ignore[name-defined]  # noqa: F821, UP037

        def describe(self) -> str:
            return "be odd"

    made = Odd("t", (1, "a"), str, object(), [frozenset("a")], 5, 5)

    assert made.pair == (1, "a")
    with pytest.raises(WrongValue, match="table_name"):
        Odd("", (1, "a"), str, None, [], None, None)
    with pytest.raises(WrongValue, match="pair"):
        Odd("t", [1, "a"], str, None, [], None, None)  # type: ignore[arg-type]  # that is the point


def test_the_name_of_a_dialect_in_place_of_one_is_told_with_the_mend() -> None:
    change = AddColumn("users", Column("age", Integer()))

    with pytest.raises(WrongValue, match=r"AddColumn\.statements got 'sqlite' .*: engine\.dialect"):
        change.statements("sqlite")  # type: ignore[arg-type]  # the mistake
