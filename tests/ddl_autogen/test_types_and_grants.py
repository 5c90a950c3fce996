"""Domains, composite types and privileges beside the models: there and back, and what is refused by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from ddl_autogen import (
    BrokenDefinition,
    CyclicDefinitions,
    ForeignObject,
    HiddenCatalog,
    Options,
    UnalterableType,
    compare,
    render,
    reverse,
)
from ddl_constructs import CompositeType, CompositeValue, Function, Grant, View
from roundtrip.walk import run
from sqlalchemy import (
    ARRAY,
    Column,
    Connection,
    Float,
    Integer,
    MetaData,
    Numeric,
    Sequence,
    String,
    Table,
    create_engine,
    text,
)
from sqlalchemy.dialects.postgresql import DOMAIN

Models = Callable[[], MetaData]
ARole = Callable[[Connection], str]


def nothing() -> MetaData:
    metadata = MetaData()
    Table("t", metadata, Column("id", Integer, primary_key=True))
    return metadata


def domains(*more: Column[Any], default: Any = None, **facts: Any) -> MetaData:
    """A domain over a domain, an array of another, a view over the columns, a view over that."""
    metadata = MetaData()
    said: dict[str, Any] = {"check": "VALUE > 0", "constraint_name": "above", **facts}
    positive = DOMAIN("positive", Numeric(9, 2), metadata=metadata, **said)
    small = DOMAIN("small one", positive, check="VALUE < 99", metadata=metadata)
    code = DOMAIN("code", String(5), default=default, metadata=metadata)
    Table(
        "t",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("n", positive),
        Column("m", small),
        Column("codes", ARRAY(code)),
        *more,
    )
    View("one", metadata, "SELECT n, m FROM t")
    View("two", metadata, "SELECT n FROM one")
    return metadata


def stricter() -> MetaData:
    return domains(not_null=True, default="x", check="VALUE > 1", constraint_name=None)


def named_otherwise() -> MetaData:
    return domains(constraint_name="more", default=text("upper('y')"))


def without_check() -> MetaData:
    other = DOMAIN("other", String(5), not_null=True)
    return domains(Column("o", other), check=None, constraint_name=None)


def composites(*attributes: Column[Any], used: bool = True) -> MetaData:
    metadata = MetaData()
    natural = DOMAIN("natural", Integer, check="VALUE >= 0", metadata=metadata)
    place = CompositeType(
        "place", metadata, *(attributes or (Column("x", Float), Column("n", natural)))
    )
    CompositeType("a way", metadata, Column("begin", place.type), Column("name", String(9)))
    at = [Column("at", place.type), Column("ways", ARRAY(CompositeValue("a way")))] if used else []
    Table("t", metadata, Column("id", Integer, primary_key=True), *at)
    return metadata


def more_attributes() -> MetaData:
    return composites(Column("x", Float), Column("y y", Numeric(5, 1)))


def other_types() -> MetaData:
    return composites(Column("x", Numeric(5, 2)), Column("n", Integer), used=False)


STATES: list[Models] = [
    nothing,
    domains,
    stricter,
    named_otherwise,
    without_check,
    composites,
    more_attributes,
    nothing,
    other_types,
    lambda: composites(used=False),
    domains,
]

CATALOG = """
SELECT t.typname, format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault,
       (SELECT array_agg(k.conname || ' ' || pg_get_constraintdef(k.oid) ORDER BY k.conname)
        FROM pg_constraint AS k WHERE k.contypid = t.oid),
       (SELECT array_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ORDER BY a.attname)
        FROM pg_attribute AS a
        WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
FROM pg_type AS t LEFT JOIN pg_class AS c ON c.oid = t.typrelid
WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('d', 'c')
  AND (c.oid IS NULL OR c.relkind IN ('c', 'r', 'v')) ORDER BY 1
"""


def catalog(connection: Connection) -> list[str]:
    found = [str(tuple(row)) for row in connection.execute(text(CATALOG))]
    connection.rollback()
    return found


def cleared(connection: Connection) -> None:
    """SQLAlchemy drops domains in the order in which they came, so that none goes which another needs."""
    connection.execute(text("DROP SCHEMA public CASCADE"))
    connection.execute(text("CREATE SCHEMA public"))


def left(connection: Connection, metadata: MetaData, **options: Any) -> list[str]:
    found = [c.describe() for c in compare(connection, metadata, Options(**options))]
    connection.rollback()
    return found


@pytest.fixture
def connection(postgresql_url: str) -> Iterator[Connection]:
    engine = create_engine(postgresql_url)
    with engine.connect() as found:
        yield found
    engine.dispose()


@pytest.mark.parametrize(("before", "after"), list(pairwise(STATES)))
def test_types_there_and_back(connection: Connection, before: Models, after: Models) -> None:
    everything = Options(object_kinds=["domain", "composite", "view"])
    after().create_all(connection)
    connection.commit()
    wanted = catalog(connection)
    assert left(connection, after()) == []
    cleared(connection)
    before().create_all(connection)
    connection.commit()
    begun = catalog(connection)

    up = compare(connection, after(), everything)
    connection.rollback()
    assert "op." in "\n".join(render(up, dialect=connection.dialect).lines)
    run(connection, up)
    assert left(connection, after()) == []
    assert catalog(connection) == wanted
    run(connection, reverse(up, connection.dialect))
    assert left(connection, before()) == []
    assert catalog(connection) == begun


def test_changes_of_types_are_the_least(connection: Connection) -> None:
    domains().create_all(connection)
    connection.commit()

    assert left(connection, stricter()) == [
        "alter domain positive: nullable",
        "drop constraint above of domain positive",
        "add check positive_check to domain positive",
        "alter domain code: default",
    ]
    assert left(connection, named_otherwise()) == [
        "rename constraint above of domain positive to more",
        "alter domain code: default",
    ]


def test_what_no_model_declares_is_left_alone_until_one_of_its_kind_is(
    connection: Connection,
) -> None:
    nothing().create_all(connection)
    connection.execute(text("CREATE DOMAIN by_hand AS int"))
    connection.execute(text("CREATE DOMAIN used_by_hand AS int"))
    connection.execute(text("CREATE TYPE pair AS (a int, b int)"))
    connection.commit()

    assert left(connection, nothing()) == []
    metadata = domains(Column("h", DOMAIN("used_by_hand", Integer, create_type=False)))
    found = left(connection, metadata)
    assert "drop domain by_hand" in found
    assert "drop domain used_by_hand" not in found
    assert "drop type pair" not in found
    assert "drop domain by_hand" not in left(connection, metadata, ignore=["by_*"])


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param(
            domains,
            lambda: domains(check=None, constraint_name=None, collation="C"),
            "its collation would change from none to C",
            id="collation",
        ),
        pytest.param(
            composites,
            lambda: composites(Column("x", Integer), Column("n", Integer)),
            "the type of x would change from double precision to integer while t.at is of it",
            id="attribute-in-use",
        ),
    ],
)
def test_what_cant_be_made_of_a_type_is_refused_by_name(
    connection: Connection, before: Models, after: Models, said: str
) -> None:
    if "collation" in said:
        metadata = MetaData()
        DOMAIN("positive", String(5), metadata=metadata)
        metadata.create_all(connection)
        wanted = MetaData()
        DOMAIN("positive", String(5), collation="C", metadata=wanted)
    else:
        before().create_all(connection)
        wanted = after()
    connection.commit()

    with pytest.raises(UnalterableType, match=said):
        compare(connection, wanted)


def test_a_rule_for_values_in_arrays_is_refused_by_name(connection: Connection) -> None:
    """PostgreSQL can't look into them, and would refuse in the middle of a run."""
    before, after = MetaData(), MetaData()
    for metadata, facts in ((before, {}), (after, {"not_null": True})):
        positive = DOMAIN("positive", Integer, **facts)
        Table("t", metadata, Column("n", ARRAY(positive)))
    before.create_all(connection)
    connection.commit()

    with pytest.raises(UnalterableType, match=r"while t\.n is an array of it"):
        compare(connection, after)


def test_a_name_that_sqlalchemy_puts_elsewhere_is_no_difference(connection: Connection) -> None:
    metadata = MetaData()
    said = {"check": "VALUE > 0", "constraint_name": "above", "not_null": True}
    DOMAIN("positive", Integer, metadata=metadata, **said)
    metadata.create_all(connection)
    connection.commit()

    assert left(connection, metadata) == []


def test_a_base_type_that_changes_is_refused_by_name(connection: Connection) -> None:
    before, after = MetaData(), MetaData()
    DOMAIN("positive", Integer, metadata=before)
    DOMAIN("positive", String(5), metadata=after)
    before.create_all(connection)
    connection.commit()

    with pytest.raises(UnalterableType, match="from integer to character varying"):
        compare(connection, after)


def test_a_check_that_isnt_sql_is_named_before_anything_runs(connection: Connection) -> None:
    metadata = MetaData()
    DOMAIN("positive", Integer, check="VALUE > > 0", metadata=metadata)

    with pytest.raises(BrokenDefinition, match="can't create domain positive"):
        compare(connection, metadata)


def test_types_that_are_made_of_each_other_are_named(connection: Connection) -> None:
    metadata = MetaData()
    CompositeType("one", metadata, Column("x", CompositeValue("two")))
    CompositeType("two", metadata, Column("x", ARRAY(CompositeValue("three"))))
    CompositeType("three", metadata, Column("x", CompositeValue("one")))

    with pytest.raises(CyclicDefinitions, match="one needs two needs three needs one"):
        compare(connection, metadata)


def test_types_of_an_extension_are_left_alone(connection: Connection) -> None:
    """The server has none with a type here, so one is given a domain."""
    there = "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_stat_statements'"
    if not connection.scalar(text(there)):
        pytest.skip("the extension isn't installed")
    for sql in (
        "CREATE EXTENSION pg_stat_statements",
        "CREATE DOMAIN theirs AS int",
        "ALTER EXTENSION pg_stat_statements ADD DOMAIN theirs",
    ):
        connection.execute(text(sql))
    connection.commit()

    assert left(connection, MetaData(), object_kinds=["domain", "composite"]) == []
    connection.execute(text("DROP EXTENSION pg_stat_statements"))
    connection.commit()


def test_a_type_of_another_role_is_named(connection: Connection, a_role: ARole) -> None:
    who = a_role(connection)
    connection.execute(text("CREATE DOMAIN positive AS int"))
    connection.execute(text(f"GRANT ALL ON SCHEMA public TO {who}"))
    connection.execute(text(f"ALTER DOMAIN positive OWNER TO {who}"))
    connection.commit()
    metadata = MetaData()
    DOMAIN("positive", Integer, metadata=metadata, not_null=True)

    with pytest.raises(ForeignObject, match=f"it belongs to {who}"):
        compare(connection, metadata)


def granted(who: str, **facts: Any) -> MetaData:
    metadata = MetaData()
    t = Table("t", metadata, Column("id", Integer, primary_key=True), Column("n", Integer))
    Grant(["SELECT", "INSERT"], t, who, **facts)
    Grant(["UPDATE"], t, who, columns=["id", "n"])
    return metadata


def everywhere(who: str, server: str) -> MetaData:
    """Privileges for each kind of thing that there is."""
    metadata = granted(who)
    numbers = Sequence("numbers", metadata=metadata)
    body = "LANGUAGE sql AS 'SELECT 1'" if server == "postgresql" else "RETURN 1"
    one = Function("one", metadata, f"RETURNS int {body}")
    v = View("v", metadata, "SELECT id FROM t")
    Grant(["ALL"], v, who)
    Grant(["EXECUTE"], one, who)
    if server == "postgresql":
        place = CompositeType("place", metadata, Column("x", Integer))
        other = Function("one", metadata, f"RETURNS int {body}", arguments="a int default 1")
        Grant(["EXECUTE"], other, who, grantable=True)
        Grant(["USAGE"], place, who)
        Grant(["USAGE"], numbers, who)
        Grant(["CREATE"], "public", who, metadata=metadata, kind="schema")
        Grant(["SELECT"], v, "public")
    else:
        Grant(["SELECT"], numbers, who)
    return metadata


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_privileges_there_and_back(
    server: str, request: pytest.FixtureRequest, a_role: ARole
) -> None:
    engine = create_engine(request.getfixturevalue(f"{server}_url"))
    with engine.connect() as connection:
        who = a_role(connection)
        nothing().create_all(connection)
        connection.execute(text("ALTER TABLE t ADD COLUMN n int"))
        connection.execute(text(f"GRANT DELETE ON t TO {who}"))
        connection.commit()
        for wanted in (granted(who), everywhere(who, server)):
            up = compare(connection, wanted)
            connection.rollback()
            run(connection, up)
            assert left(connection, wanted) == []
            run(connection, reverse(up, engine.dialect))
            assert len(left(connection, wanted)) == len(up)
        up = compare(connection, granted(who))
        connection.rollback()
        run(connection, up)
        assert left(connection, granted(who, managed=True)) == [f"revoke delete on t from {who}"]
        assert left(connection, granted(who, grantable=True)) == [
            f"grant select, insert on t to {who} with grant option"
        ]
        connection.execute(text(f"REVOKE INSERT ON t FROM {who}"))
        connection.execute(text(f"REVOKE UPDATE (n) ON t FROM {who}"))
        connection.commit()
        assert left(connection, granted(who)) == [
            f"grant insert on t to {who}",
            f"grant update on t (n) to {who}",
        ]
        everywhere(who, server).drop_all(connection)
        connection.commit()
    engine.dispose()


def test_managed_privileges_lose_the_option(connection: Connection, a_role: ARole) -> None:
    who = a_role(connection)
    metadata = granted(who, managed=True)
    metadata.create_all(connection)
    connection.execute(text(f"GRANT SELECT ON t TO {who} WITH GRANT OPTION"))
    connection.commit()

    up = compare(connection, metadata)
    connection.rollback()
    run(connection, up)

    assert [c.describe() for c in up] == [
        f"revoke select on t from {who}",
        f"grant select on t to {who}",
    ]
    assert left(connection, metadata) == []


def test_who_sees_only_his_own_privileges_is_told(mariadb_url: str, a_role: ARole) -> None:
    engine = create_engine(mariadb_url)
    with engine.connect() as connection:
        who = a_role(connection)
        nothing().create_all(connection)
        connection.execute(text(f"GRANT ALL ON `{engine.url.database}`.* TO {who}"))
        connection.execute(text(f"CREATE USER '{who}_u'@'%' IDENTIFIED BY 'x'"))
        connection.execute(text(f"GRANT ALL ON `{engine.url.database}`.* TO '{who}_u'@'%'"))
        mine = create_engine(engine.url.set(username=f"{who}_u", password="x"))
        try:
            with mine.connect() as seen, pytest.raises(HiddenCatalog, match="SELECT"):
                compare(seen, granted(who))
        finally:
            mine.dispose()
            connection.execute(text(f"DROP USER '{who}_u'@'%'"))
    engine.dispose()
