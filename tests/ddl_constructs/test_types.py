"""Domains, composite types and privileges: live, in memory, and declared beside models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ddl_constructs import (
    AddAttribute,
    AddColumn,
    AddDomainConstraint,
    AlterAttribute,
    AlterColumn,
    AlterDomain,
    Change,
    CompositeType,
    CompositeValue,
    CreateCompositeType,
    CreateDomain,
    CreateTable,
    DropAttribute,
    DropColumn,
    DropCompositeType,
    DropDomain,
    DropDomainConstraint,
    DropTable,
    ExistingObject,
    Function,
    Grant,
    GrantPrivileges,
    InapplicableChange,
    IrreversibleChange,
    ObjectInUse,
    RefreshMaterializedView,
    RenameCompositeType,
    RenameDomainConstraint,
    RenameTable,
    RevokePrivileges,
    UnknownObject,
    ValidateDomainConstraint,
    View,
    WrongValue,
    apply,
    declared,
)
from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Connection,
    Float,
    Integer,
    MetaData,
    Numeric,
    Sequence,
    Table,
    create_engine,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import DOMAIN
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ABOVE = CheckConstraint("VALUE > 0", name="above")
LOW = CheckConstraint("VALUE < 99", name="low")
POSITIVE = CreateDomain("positive", Integer(), checks=[ABOVE])
PLACE = CreateCompositeType("place", [Column("x", Integer), Column("y", Integer)])


@pytest.fixture
def connection(postgresql_url: str) -> Iterator[Connection]:
    engine = create_engine(postgresql_url)
    with engine.connect() as found:
        yield found
    engine.dispose()


def test_a_domain_over_another_type_takes_the_name_in_steps(connection: Connection) -> None:
    """Rows, defaults, indexes and foreign keys of columns of it stay; undone it is as it was."""
    connection.execute(POSITIVE)
    for sql in (
        "CREATE TABLE a (n positive PRIMARY KEY DEFAULT 3)",
        "CREATE TABLE b (n positive REFERENCES a (n))",
        "CREATE INDEX ix ON b (n) WHERE n > 1",
        "INSERT INTO a VALUES (7)",
        "INSERT INTO b VALUES (7)",
    ):
        connection.exec_driver_sql(sql)
    begun = types(connection)
    wide = CreateDomain("positive", Numeric(20, 2), checks=[ABOVE])
    steps = [
        AlterDomain("positive", new_domain_name="before"),
        wide,
        *(
            AlterColumn(
                name,
                "n",
                type_=wide.domain,
                existing_type=POSITIVE.replace(domain_name="before").domain,
                postgresql_using="n::numeric",
            )
            for name in ("a", "b")
        ),
        DropDomain("before", existing_domain=POSITIVE.replace(domain_name="before")),
    ]

    for step in steps:
        connection.execute(step)
    changed = types(connection)
    connection.exec_driver_sql("INSERT INTO a VALUES (8.25)")
    told = connection.exec_driver_sql(
        "SELECT n::text FROM b UNION ALL SELECT n::text FROM a ORDER BY 1"
    ).all()
    for step in steps[::-1]:
        connection.execute(
            step.reverse().replace(**USING) if isinstance(step, AlterColumn) else step.reverse()
        )

    assert [n for (n,) in told] == ["7.00", "7.00", "8.25"]
    assert changed != begun == types(connection)
    connection.rollback()


USING = {"postgresql_using": "n::integer"}
TYPES = """
SELECT t.typname, format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault,
       (SELECT array_agg(k.conname || ' ' || pg_get_constraintdef(k.oid) ORDER BY k.conname)
        FROM pg_constraint AS k WHERE k.contypid = t.oid),
       (SELECT array_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum)
        FROM pg_attribute AS a
        WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
FROM pg_type AS t LEFT JOIN pg_class AS c ON c.oid = t.typrelid
WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('d', 'c')
  AND (c.oid IS NULL OR c.relkind = 'c') ORDER BY 1
"""


def types(connection: Connection) -> list[str]:
    return [str(row) for row in connection.execute(text(TYPES))]


@pytest.mark.parametrize(
    "change",
    [
        AlterDomain("positive", not_null=True, existing_domain=POSITIVE),
        AlterDomain("positive", default="7", existing_domain=POSITIVE),
        AlterDomain(
            "positive", new_domain_name="plus", default=text("1"), existing_domain=POSITIVE
        ),
        AlterDomain("positive", new_domain_name="plus"),
        AddDomainConstraint("positive", LOW),
        DropDomainConstraint("positive", "above", existing_constraint=ABOVE),
        RenameDomainConstraint("positive", "above", "more"),
        RenameCompositeType("place", "spot"),
        AddAttribute("place", Column("z", Float)),
        DropAttribute("place", "y", existing_attribute=Column("y", Integer)),
        AlterAttribute("place", "x", new_attribute_name="z"),
        AlterAttribute("place", "y", type_=Numeric(5, 2), existing_type=Integer),
        CreateDomain("other", Numeric(5, 2), not_null=True, default="1.5", checks=[ABOVE, LOW]),
        CreateCompositeType("way", [Column("begin", CompositeValue("place"))]),
    ],
    ids=lambda change: change.describe(),
)
def test_a_change_and_its_reverse_do_what_they_say(connection: Connection, change: Change) -> None:
    """Live, and the same in memory: what is created from there is what the database has."""
    before = apply(MetaData(), POSITIVE, PLACE)
    for each in (POSITIVE, PLACE):
        connection.execute(each)
    begun = types(connection)

    connection.execute(change)
    changed = types(connection)
    connection.execute(change.reverse())
    back = types(connection)
    connection.rollback()
    apply(before, change).create_all(connection)
    in_memory = types(connection)
    apply(before, change).drop_all(connection)

    assert changed != begun
    assert back == begun
    assert in_memory == changed
    assert types(connection) == []
    again = apply(before, change, change.reverse())
    assert [e.create.describe() for e in declared(again)] == [
        e.create.describe() for e in declared(before)
    ]


def test_values_from_before_are_validated_later(connection: Connection) -> None:
    late = CheckConstraint("VALUE < 9", name="late", postgresql_not_valid=True)
    table = Table("t", MetaData(), Column("n", POSITIVE.domain))
    table.create(connection)
    connection.execute(table.insert().values(n=5))
    for change in (
        AddDomainConstraint("positive", late),
        ValidateDomainConstraint("positive", "late"),
    ):
        connection.execute(change)

    valid = text("SELECT convalidated FROM pg_constraint WHERE conname = 'late'")
    assert connection.scalar(valid) is True


def test_a_view_that_keeps_its_rows_is_filled_anew(connection: Connection) -> None:
    for sql in (
        "CREATE TABLE t (n int)",
        "CREATE MATERIALIZED VIEW mv AS SELECT n FROM t",
        "CREATE UNIQUE INDEX ON mv (n)",
        "INSERT INTO t VALUES (1)",
    ):
        connection.execute(text(sql))
    count = text("SELECT count(*) FROM mv")
    filled = text("SELECT relispopulated FROM pg_class WHERE relname = 'mv'")

    connection.execute(RefreshMaterializedView("mv"))
    assert connection.scalar(count) == 1
    connection.execute(text("INSERT INTO t VALUES (2)"))
    connection.execute(RefreshMaterializedView("mv", concurrently=True))
    assert connection.scalar(count) == 2
    connection.execute(RefreshMaterializedView("mv", with_data=False))
    assert connection.scalar(filled) is False
    with pytest.raises(IrreversibleChange):
        RefreshMaterializedView("mv", with_data=False).reverse()


def test_columns_follow_their_type_in_memory() -> None:
    before = MetaData()
    positive = DOMAIN("positive", Integer, check="VALUE > 0", constraint_name="above")
    place = CompositeType("place", before, Column("x", Integer))
    Table(
        "t", before, Column("n", positive), Column("m", ARRAY(positive)), Column("at", place.type)
    )

    after = apply(
        before,
        AlterDomain("positive", new_domain_name="plus", not_null=True),
        RenameCompositeType("place", "spot"),
        AddDomainConstraint("plus", LOW),
    )

    n, m, at = (after.tables["t"].c[name].type for name in ("n", "m", "at"))
    assert (n.name, n.not_null, m.item_type.name, at.name) == ("plus", True, "plus", "spot")
    found = {each.key.name: each.create for each in declared(after)}
    assert [check.name for check in found["plus"].checks] == ["above", "low"]
    assert sorted(found) == ["plus", "spot"]
    assert sorted(each.key.name for each in declared(before)) == ["place", "positive"]


def test_a_domain_stays_when_its_column_goes_and_comes_with_one() -> None:
    positive = DOMAIN("positive", Integer, check="VALUE > 0")
    table = CreateTable("t", Column("id", Integer, primary_key=True))

    after = apply(MetaData(), table, AddColumn("t", Column("n", positive)), DropColumn("t", "n"))

    assert [each.key.name for each in declared(after)] == ["positive"]
    assert declared(apply(after, DropDomain("positive"))) == ()


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (DropDomain("positive"), ObjectInUse, "domain positive is used by column t.n"),
        (DropCompositeType("place"), ObjectInUse, "used by column t.at"),
        (DropDomain("positve"), UnknownObject, "there is no domain positve; did you mean positive"),
        (AlterDomain("positve", not_null=True), UnknownObject, "did you mean positive"),
        (CreateDomain("positive", Integer), ExistingObject, "domain positive is there"),
        (DropDomainConstraint("positive", "abov"), UnknownObject, "did you mean above"),
        (ValidateDomainConstraint("positive", "x"), UnknownObject, "no constraint positive.x"),
        (AddDomainConstraint("positive", ABOVE), ExistingObject, "positive.above is there"),
        (AddAttribute("place", Column("x", Integer)), ExistingObject, "place.x is there"),
        (DropAttribute("place", "xx"), UnknownObject, "no attribute place.xx"),
        (AlterDomain("positive", new_domain_name="other"), ExistingObject, "other is there"),
        (RefreshMaterializedView("mv"), UnknownObject, "there is no view mv"),
    ],
)
def test_what_cant_be_in_memory_is_named(
    change: Change, error: type[InapplicableChange], said: str
) -> None:
    columns = Column("n", POSITIVE.domain), Column("at", CompositeValue("place"))
    before = apply(
        MetaData(), POSITIVE, PLACE, CreateDomain("other", Integer), CreateTable("t", *columns)
    )

    with pytest.raises(error, match=said):
        apply(before, change)


def test_privileges_in_memory_add_up_and_go_with_the_table() -> None:
    give = GrantPrivileges(["SELECT", "INSERT"], "t", "reader")
    before = apply(
        MetaData(),
        CreateTable("t", Column("id", Integer)),
        give,
        GrantPrivileges(["UPDATE"], "t", "reader"),
        GrantPrivileges(["UPDATE"], "t", "reader", columns=["id"]),
    )

    def left(*changes: Change) -> list[tuple[str, list[str]]]:
        found = declared(apply(before, *changes))
        return sorted((e.key.signature, sorted(e.create.privileges)) for e in found)

    of_column = ("table id", ["UPDATE"])
    assert left() == [("table", ["INSERT", "SELECT", "UPDATE"]), of_column]
    assert left(give.reverse()) == [("table", ["UPDATE"]), of_column]
    assert left(RevokePrivileges(["ALL"], "t", "reader")) == [of_column]
    assert left(RevokePrivileges(["SELECT"], "t", "nobody")) == left()
    assert left(DropTable("t")) == []
    assert len(left(RenameTable("t", "u"), RevokePrivileges(["ALL"], "u", "reader"))) == 1


MARIADB_ROUTINE = "RETURNS integer RETURN 1"
GRANTED: dict[str, tuple[list[Callable[[Any], Change]], str, Any]] = {
    "postgresql": (
        [
            lambda who: GrantPrivileges(["SELECT"], "t", who, grantable=True),
            lambda who: GrantPrivileges(["UPDATE"], "t", who, columns=["n"]),
            lambda who: GrantPrivileges(["USAGE"], "s", who, kind="sequence"),
            lambda who: GrantPrivileges(["EXECUTE"], "f", who, kind="function", arguments="a int"),
            lambda who: GrantPrivileges(["CREATE"], "public", who, kind="schema"),
            lambda who: GrantPrivileges(["USAGE"], "positive", who, kind="type"),
        ],
        "SELECT (SELECT count(*) FROM pg_class AS c, aclexplode(c.relacl) AS a WHERE a.grantee = r.oid)"
        " + (SELECT count(*) FROM pg_attribute AS c, aclexplode(c.attacl) AS a WHERE a.grantee = r.oid)"
        " + (SELECT count(*) FROM pg_proc AS c, aclexplode(c.proacl) AS a WHERE a.grantee = r.oid)"
        " + (SELECT count(*) FROM pg_namespace AS c, aclexplode(c.nspacl) AS a WHERE a.grantee = r.oid)"
        " + (SELECT count(*) FROM pg_type AS c, aclexplode(c.typacl) AS a WHERE a.grantee = r.oid)"
        " FROM pg_roles AS r WHERE rolname = :who",
        6,
    ),
    "mariadb": (
        [
            lambda who: GrantPrivileges(["SELECT"], "t", who, grantable=True),
            lambda who: GrantPrivileges(["UPDATE"], "t", who, columns=["n"]),
            lambda who: GrantPrivileges(["SELECT"], "s", who, kind="sequence"),
            lambda who: GrantPrivileges(["EXECUTE"], "f", who, kind="function"),
        ],
        "SELECT (SELECT count(*) FROM mysql.tables_priv WHERE user = :who AND table_priv <> '')"
        " + (SELECT count(*) FROM mysql.columns_priv WHERE user = :who)"
        " + (SELECT count(*) FROM mysql.procs_priv WHERE user = :who)",
        4,
    ),
}


@pytest.mark.parametrize("server", GRANTED)
def test_privileges_are_given_and_taken(
    server: str, request: pytest.FixtureRequest, a_role: Callable[[Connection], str]
) -> None:
    make, question, how_many = GRANTED[server]
    engine = create_engine(request.getfixturevalue(f"{server}_url"))
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE t (n int)"))
        connection.execute(text("CREATE SEQUENCE s"))
        if server == "postgresql":
            connection.execute(POSITIVE)
            connection.execute(
                text("CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'")
            )
        else:
            connection.execute(text(f"CREATE FUNCTION f(a int) {MARIADB_ROUTINE}"))
        who = a_role(connection)
        changes = [made(who) for made in make]
        if server == "mariadb":
            name = str(engine.url.database)
            changes.append(GrantPrivileges(["INSERT"], name, who, kind="schema"))
        for change in changes:
            connection.execute(change)
        assert connection.scalar(text(question), {"who": who}) == how_many
        for change in changes[::-1]:
            connection.execute(change.reverse())
        assert connection.scalar(text(question), {"who": who}) == 0
        connection.commit()
    engine.dispose()


def test_what_is_declared_is_created_and_dropped_with_the_tables(
    connection: Connection, a_role: Callable[[Connection], str]
) -> None:
    who = a_role(connection)
    metadata = MetaData()
    DOMAIN("alone", Integer, metadata=metadata)
    place = CompositeType("place", metadata, Column("x", Float), Column("y", Float))
    t = Table("t", metadata, Column("id", Integer, primary_key=True), Column("at", place.type))
    numbers = Sequence("numbers", metadata=metadata)
    one = Function("one", metadata, "RETURNS int LANGUAGE sql AS 'SELECT 1'")
    v = View("v", metadata, "SELECT id FROM t")
    Grant(["SELECT"], t, who, columns=["id"])
    Grant(["INSERT"], t, who)
    for on, privilege in ((v, "SELECT"), (one, "EXECUTE"), (numbers, "USAGE"), (place, "USAGE")):
        Grant([privilege], on, who)
    Grant(["USAGE"], "public", who, metadata=metadata, kind="schema")

    metadata.create_all(connection)
    metadata.create_all(connection)
    connection.execute(text("INSERT INTO t VALUES (1, '(2,3)')"))
    assert connection.scalar(text("SELECT (at).x FROM t")) == 2.0
    asked = "SELECT has_column_privilege(:who, 't', 'id', 'SELECT') AND has_table_privilege(:who, 'v', 'SELECT')"
    assert connection.scalar(text(asked), {"who": who}) is True
    metadata.drop_all(connection)
    metadata.drop_all(connection)

    assert types(connection) == []
    connection.execute(text(f"REVOKE ALL ON SCHEMA public FROM {who}"))


def test_privileges_are_declared_once_and_belong_somewhere() -> None:
    metadata = MetaData()
    t = Table("t", metadata, Column("id", Integer))
    Grant(["SELECT"], t, "reader")

    with pytest.raises(ExistingObject, match="grant reader on t is there already"):
        Grant(["INSERT"], t, "reader")
    with pytest.raises(WrongValue, match="where on has none"):
        Grant(["SELECT"], "t", "reader")
    with pytest.raises(WrongValue, match="a Table, mapped class, View, Function"):
        Grant(["USAGE"], Column("x"), "reader", metadata=metadata)  # type: ignore[arg-type]


def test_what_privileges_are_for_is_said_by_object_class_or_name() -> None:
    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "users"
        __table_args__ = {"schema": "app"}
        id: Mapped[int] = mapped_column(primary_key=True)

    metadata = Base.metadata
    of = [
        Grant(["SELECT"], User, "one").create,
        Grant(["SELECT"], User.__table__, "two").create,
        Grant(["SELECT"], "users", "three", metadata=metadata, schema="app").create,
        Grant(["USAGE"], "app", "four", metadata=metadata, kind="schema").create,
    ]

    assert [str(one.compile(dialect=postgresql.dialect())) for one in of] == [
        "GRANT SELECT ON app.users TO one",
        "GRANT SELECT ON app.users TO two",
        "GRANT SELECT ON app.users TO three",
        "GRANT USAGE ON SCHEMA app TO four",
    ]
