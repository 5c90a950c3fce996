"""What `facts` says about a change is what the server does: each kind, each database.

A row of `CASES` is a change; it is run inside of a transaction that is rolled back,
and then for real. MariaDB's locks, rewrites and scans are known from the ALGORITHM and LOCK
clauses that it accepts; `test_facts_traced` watches PostgreSQL's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import ddl_constructs
import pytest
from ddl_constructs import (
    AddColumn,
    AddConstraint,
    AddEnumValue,
    AlterColumn,
    AlterTableOptions,
    Change,
    CreateEnum,
    CreateExtension,
    CreateIndex,
    CreateSchema,
    CreateTableComment,
    DropColumn,
    DropConstraint,
    DropEnum,
    DropExtension,
    DropIndex,
    DropSchema,
    DropTableComment,
    Facts,
    IrreversibleChange,
    RenameIndex,
    RenameTable,
    SetTableSchema,
    UnsupportedChange,
    UpdateExtension,
    facts,
    stands_alone,
)
from facts_cases import CASES, EVERY, MARIADB, Case, statements
from sqlalchemy import (
    CHAR,
    JSON,
    REAL,
    UUID,
    BigInteger,
    Boolean,
    Date,
    Double,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    String,
    Text,
    create_engine,
    inspect,
)
from sqlalchemy.dialects.mysql import DATETIME, DOUBLE, ENUM, FLOAT, INTEGER, SET
from sqlalchemy.dialects.mysql import TIMESTAMP as MYSQL_TIMESTAMP
from sqlalchemy.dialects.postgresql import BIT, CIDR, INET, INTERVAL, JSONB, MONEY, TIME, TIMESTAMP
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool


def rows(*on: str) -> list[Any]:
    return [
        pytest.param(database, case, id=f"{database}-{name}")
        for name, case in CASES.items()
        for database in case.on
        if database in on
    ]


# Kept from test to test where they share a database: what was compiled once is kept with them.
@lru_cache(maxsize=4)
def _engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)


@lru_cache(maxsize=4)
def _watch(url: str) -> Engine:
    plain = {"prepare_threshold": None} if url.startswith("postgresql") else {}
    return create_engine(url, pool_size=1, connect_args=plain)


@pytest.fixture
def engine(database: str, request: pytest.FixtureRequest) -> Engine:
    """An engine on a database with the tables of `SETUP`; on SQLite BEGIN is ours to send."""
    engine = _engine(request.getfixturevalue(f"{database}_url"))
    with engine.connect() as connection:
        for statement in statements(database):
            connection.exec_driver_sql(statement.replace("%", "%%"))
        connection.commit()
    return engine


@pytest.fixture
def watch(engine: Engine) -> Iterator[Engine]:
    """An engine for looking at that database, by one connection that stays open."""
    watch = _watch(engine.url.render_as_string(hide_password=False))
    yield watch
    watch.dispose()


def begin(connection: Connection) -> None:
    """Open a transaction on the server too, and leave a mark in it."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")
    connection.exec_driver_sql("INSERT INTO marker VALUES (7)")


def catalog(engine: Engine) -> Any:
    """Give all that the database has: its objects as it describes them, and its rows."""
    with engine.connect() as connection:
        inspector = inspect(connection)
        keys = inspector.get_multi_pk_constraint()
        parts = (
            inspector.get_multi_indexes(),
            inspector.get_multi_foreign_keys(),
            inspector.get_multi_unique_constraints(),
            inspector.get_multi_check_constraints(),
        )
        found: dict[str, Any] = {
            str(key[1]): (
                [{**c, "type": repr(c["type"])} for c in columns],
                keys[key],
                *(sorted(part[key], key=str) for part in parts),
                values(connection, [key[1]]),
            )
            for key, columns in inspector.get_multi_columns().items()
        }
        if connection.dialect.name == "postgresql":
            found["comments"] = connection.exec_driver_sql(
                "SELECT objoid, objsubid, description FROM pg_description WHERE objoid > 16384"
            ).all()
            found["sequences"] = connection.exec_driver_sql("SELECT * FROM pg_sequences").all()
            found["enums"] = connection.exec_driver_sql(
                "SELECT t.typname, enumlabel FROM pg_enum JOIN pg_type t ON t.oid = enumtypid "
                "ORDER BY 1, enumsortorder"
            ).all()
            found["types"] = connection.exec_driver_sql("SELECT typname FROM pg_type").all()
            found["valid"] = connection.exec_driver_sql(
                "SELECT conname, convalidated FROM pg_constraint WHERE oid > 16384 ORDER BY 1"
            ).all()
            found["acl"] = connection.exec_driver_sql(
                "SELECT relname, relacl::text FROM pg_class WHERE oid > 16384 ORDER BY 1"
            ).all()
            found["domains"] = connection.exec_driver_sql(
                "SELECT typname, typnotnull, typdefault FROM pg_type WHERE typtype = 'd' ORDER BY 1"
            ).all()
            found["attributes"] = connection.exec_driver_sql(
                "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) "
                "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'c' "
                "WHERE a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum"
            ).all()
            found["schemas"] = connection.exec_driver_sql(
                "SELECT relname, relnamespace FROM pg_class WHERE oid > 16384 ORDER BY 1"
            ).all()
        else:
            found["views"] = inspector.get_view_names()
        return found


def values(connection: Connection, tables: list[str]) -> Counter[str]:
    """Count every value of the tables, as text."""
    quote = connection.dialect.identifier_preparer.quote
    found: Counter[str] = Counter()
    for name in tables:
        for row in connection.exec_driver_sql(f"SELECT * FROM {quote(name)}"):
            found.update(str(v) for v in row if v is not None)
    return found


def all_values(engine: Engine) -> Counter[str]:
    """Count every value of every table in every schema, and where the sequence stands."""
    with engine.connect() as connection:
        inspector = inspect(connection)
        found = values(connection, inspector.get_table_names())
        if connection.dialect.name == "postgresql":
            for name in inspector.get_table_names(schema="elsewhere"):
                found.update(
                    str(v)
                    for row in connection.exec_driver_sql(f"SELECT * FROM elsewhere.{name}")
                    for v in row
                    if v is not None
                )
            starts = "SELECT start_value FROM pg_sequences"
            found.update(str(v) for (v,) in connection.exec_driver_sql(starts))
        elif connection.dialect.name in ("mysql", "mariadb"):
            for (name,) in connection.exec_driver_sql(
                "SELECT table_name FROM information_schema.tables "
                "WHERE table_type = 'SEQUENCE' AND table_schema = database()"
            ).all():
                start = connection.exec_driver_sql(f"SELECT start_value FROM {name}").scalar()
                found[str(start)] += 1
        return found


def said_about(change: Change, engine: Engine) -> Facts:
    with engine.connect() as connection:
        assert connection.dialect.server_version_info
    found = facts(change, engine.dialect)
    assert found.sources, "each fact has a source"
    assert stands_alone(change, engine.dialect) is (found.stands_alone is True)
    return found


@pytest.mark.parametrize(("database", "case"), rows(*EVERY))
def test_a_rollback_and_a_run_show_what_is_said(
    database: str, case: Case, engine: Engine, watch: Engine
) -> None:
    """It fails in a transaction if it stands alone; a rollback undoes it if it is transactional;
    once it was run, values are gone if it loses data."""
    change = case.change()
    said = said_about(change, engine)
    before, all_before = catalog(watch), all_values(watch)
    with engine.connect() as connection:
        begin(connection)
        if said.stands_alone and case.without_effect is None:
            with pytest.raises(DBAPIError):
                connection.execute(change)
        else:
            connection.execute(change)
        if case.without_effect is not None:
            question, answer = case.without_effect
            assert connection.exec_driver_sql(question).scalar() == answer
        connection.rollback()
        if case.left is not None:
            connection.exec_driver_sql(case.left)
    undone = catalog(watch) == before and case.left is None

    if said.stands_alone:
        assert undone
        assert said.transactional is False
    elif said.stands_alone is False:
        assert undone is said.transactional

    if undone:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(change)
    lost = all_before - all_values(watch) - Counter({"7": 1})

    if said.loses_data is not None and not case.renames_values:
        assert bool(lost) is said.loses_data, lost
    if said.loses_data is False and case.left is None and case.without_effect is None:
        back = undo(change, engine, watch)
        assert back is None or schema(back) == schema(before)


def undo(change: Change, engine: Engine, watch: Engine) -> Any:
    """Undo a change by what it says itself, and give the catalog; None where it can't be undone."""
    try:
        back = change.reverse()
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(back)
    except (IrreversibleChange, UnsupportedChange):
        return None
    return catalog(watch)


def schema(found: dict[str, Any]) -> dict[str, Any]:
    """Give what is comparable after something was dropped and made again."""
    left_out = ("acl", "comments", "types", "schemas", "marker")  # ids, and our own mark
    kept = {k: v for k, v in found.items() if k not in left_out}
    sequences = found.get("sequences", ())
    return {**kept, "sequences": sorted((s.sequencename, s.increment_by) for s in sequences)}


ALGORITHMS = [
    (algorithm, lock)
    for algorithm in ("INSTANT", "NOCOPY", "INPLACE", "COPY")
    for lock in ("NONE", "SHARED", "EXCLUSIVE")
]


OF_A_TABLE = (
    AddColumn, AddConstraint, AlterColumn, AlterTableOptions, CreateIndex, CreateTableComment, DropColumn,
    DropConstraint, DropIndex, DropTableComment, RenameIndex, RenameTable,
)  # fmt: skip
SEEN_ON_MARIADB = [
    row for row in rows(MARIADB) if isinstance(row.values[1].change(), OF_A_TABLE)
]  # the others take no ALGORITHM clause


@pytest.mark.parametrize(("database", "case"), SEEN_ON_MARIADB)
def test_mariadb_takes_the_algorithm_and_lock_that_is_said(
    database: str, case: Case, engine: Engine
) -> None:
    change = case.change()
    said = said_about(change, engine)
    with engine.connect() as connection:
        pieces = change.statements(engine.dialect, connection)
        taken = [_least(str(p.compile(dialect=engine.dialect)), connection) for p in pieces]
    algorithms = {algorithm for algorithm, _ in taken}
    locks = [lock for _, lock in taken]

    if said.rewrites is not None:
        assert said.rewrites is bool(algorithms & {"INPLACE", "COPY"}), taken
    if said.scans is not None and "NOCOPY" not in algorithms:
        assert said.scans is bool(algorithms & {"INPLACE", "COPY"}), taken
    if said.lock is not None:
        assert said.lock == max(locks, key=["NONE", "SHARED", "EXCLUSIVE"].index), taken


def _least(statement: str, connection: Connection) -> tuple[str, str]:
    """Run a statement by the least algorithm and the least lock that the server takes for it."""
    if statement.startswith("DROP INDEX"):  # takes the clauses only in its other form
        statement = statement.replace("DROP INDEX ix ON child", "ALTER TABLE child DROP INDEX ix")
    comma = "," if statement.startswith("ALTER") else ""
    for algorithm, lock in ALGORITHMS:
        try:
            connection.exec_driver_sql(
                f"{statement}{comma} ALGORITHM={algorithm}{comma} LOCK={lock}"
            )
        except DBAPIError:
            continue
        return algorithm, lock
    raise AssertionError(f"no algorithm for {statement}")


def test_a_new_label_is_usable_after_the_commit(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url, poolclass=NullPool)
    use = "SELECT 'so-so'::mood"
    with engine.begin() as connection:
        connection.execute(CreateEnum("mood", ["sad"]))
    with engine.connect() as connection:
        connection.execute(AddEnumValue("mood", "so-so"))
        with pytest.raises(DBAPIError, match="unsafe use of new value"):
            connection.exec_driver_sql(use)
        connection.rollback()
        connection.execute(AddEnumValue("mood", "so-so"))
        connection.commit()

        assert connection.exec_driver_sql(use).scalar() == "so-so"
    assert facts(AddEnumValue("mood", "so-so"), engine.dialect).usable_after_commit is True
    engine.dispose()


def test_sqlite_keeps_writers_out_and_at_the_commit_readers_too(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url, poolclass=NullPool, connect_args={"timeout": 0})
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE marker (id int)")
    change = CreateIndex("i", "marker", ["id"])
    with engine.connect() as connection, engine.connect() as other:
        begin(connection)
        connection.execute(change)
        other.exec_driver_sql("BEGIN")
        other.exec_driver_sql("SELECT * FROM marker").all()
        with pytest.raises(DBAPIError, match="locked"):
            other.exec_driver_sql("INSERT INTO marker VALUES (1)")
        with pytest.raises(DBAPIError, match="locked"):
            connection.exec_driver_sql("COMMIT")
        other.rollback()
        connection.exec_driver_sql("COMMIT")

    assert str(facts(change, engine.dialect).blocks) == "reads and writes"
    engine.dispose()


def test_a_table_moves_to_another_database_at_once(mariadb_url: str) -> None:
    engine = create_engine(mariadb_url, poolclass=NullPool)
    other = f"{engine.url.database}_other"
    change = SetTableSchema("plain", other)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {other}")
        try:
            connection.exec_driver_sql("CREATE TABLE plain (id int)")
            connection.execute(change)
            connection.rollback()

            assert inspect(connection).has_table("plain", schema=other)
        finally:
            connection.exec_driver_sql(f"DROP DATABASE {other}")
    assert facts(change, engine.dialect).transactional is False
    engine.dispose()


KINDS = [k for n in ddl_constructs.__all__ if isinstance(k := getattr(ddl_constructs, n), type)
         and issubclass(k, Change) and k is not Change]  # fmt: skip


APART = {(SetTableSchema, MARIADB), (CreateSchema, MARIADB), (DropSchema, MARIADB)} | {
    (kind, "postgresql") for kind in (CreateExtension, DropExtension, UpdateExtension)
}
"""What is run nowhere here: it takes a database more, or what not every server has installed."""


@pytest.mark.parametrize("database", EVERY)
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_run_or_refused(kind: type[Change], database: str) -> None:
    """A new kind of change needs its rows in the tables of facts, and its cases here."""
    made = [(case.change(), case.on) for case in CASES.values()]
    cases = [(change, on) for change, on in made if type(change) is kind]
    assert cases, f"no case for {kind.__name__}"

    if (kind, database) not in APART and not any(database in on for _, on in cases):
        if kind in (CreateEnum, DropEnum):  # nothing to do, so nothing it costs
            assert facts(cases[0][0], database).lock == ""
            return
        with pytest.raises(UnsupportedChange):
            facts(cases[0][0], database)


# each type with a value that most of its conversions would cut
POSTGRESQL_TYPES: list[tuple[Any, str]] = [
    (SmallInteger(), "7"),
    (Integer(), "123456789"),
    (BigInteger(), "1234567890123456789"),
    (Numeric(), "1234567.891"),
    (Numeric(12, 2), "1234567.89"),
    (Numeric(14, 2), "1234567.89"),
    (Numeric(14, 4), "1234567.8912"),
    (REAL(), "0.1"),
    (Double(), "1234567.891"),
    (String(), "'2024-05-06'"),
    (String(20), "'2024-05-06'"),
    (String(40), "'2024-05-06'"),
    (CHAR(12), "'2024-05-06'"),
    (Text(), "'2024-05-06'"),
    (Boolean(), "true"),
    (Date(), "'2024-05-06'"),
    (TIMESTAMP(), "'2024-05-06 07:08:09.123456'"),
    (TIMESTAMP(precision=3), "'2024-05-06 07:08:09.123'"),
    (TIMESTAMP(timezone=True), "'2024-05-06 07:08:09.123456+00'"),
    (TIME(), "'07:08:09.123456'"),
    (TIME(precision=0), "'07:08:09'"),
    (TIME(timezone=True), "'07:08:09.123456+03'"),
    (INTERVAL(), "'1 day 01:02:03.123456'"),
    (INTERVAL(precision=2), "'1 day 01:02:03.12'"),
    (BIT(4, varying=True), "B'1010'"),
    (BIT(8, varying=True), "B'1010'"),
    (BIT(4), "B'1010'"),
    (CIDR(), "'10.0.0.0/8'"),
    (INET(), "'10.1.2.3/8'"),
    (JSON(), """'{"a": 1, "a": 2}'"""),
    (JSONB(), """'{"a": 2}'"""),
    (UUID(), "'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'"),
    (LargeBinary(), r"'\x00ff'"),
    (MONEY(), "'12.34'"),
]


@pytest.mark.slow
def test_postgresql_rewrites_and_cuts_by_type_as_it_is_said(postgresql_url: str) -> None:
    """Every pair of types between which PostgreSQL converts without USING."""
    engine = create_engine(postgresql_url, poolclass=NullPool)
    differ = []
    pairs = 0
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL TIME ZONE 'Europe/Berlin'")
        for old, value in POSTGRESQL_TYPES:
            for new, _ in POSTGRESQL_TYPES:
                said = facts(AlterColumn("t", "a", type_=new, existing_type=old), engine.dialect)
                seen = _convert(connection, old, new, value)
                if seen is None:
                    continue
                pairs += 1
                rewritten, lost = seen
                if said.rewrites is not rewritten or (lost and not said.loses_data):
                    differ.append((repr(old), repr(new), said.rewrites, seen, said.loses_data))
    engine.dispose()

    assert pairs > 200
    assert not differ


def _convert(connection: Connection, old: Any, new: Any, value: str) -> tuple[bool, bool] | None:
    """Change a column's type and back; tell whether rows were rewritten, and a value lost.

    None if there is no such conversion.
    """
    old_type, new_type = (t.compile(dialect=connection.dialect) for t in (old, new))
    node = "SELECT pg_relation_filenode('t'::regclass)"
    savepoint = connection.begin_nested()
    try:
        connection.exec_driver_sql(f"CREATE TEMPORARY TABLE t (a {old_type})")
        connection.exec_driver_sql(f"INSERT INTO t VALUES ({value})")
        stored = connection.exec_driver_sql("SELECT a::text FROM t").scalar()
        before = connection.exec_driver_sql(node).scalar()
        connection.exec_driver_sql(f"ALTER TABLE t ALTER a TYPE {new_type}")
        rewritten = connection.exec_driver_sql(node).scalar() != before
        try:
            connection.exec_driver_sql(
                f"ALTER TABLE t ALTER a TYPE {old_type} USING a::text::{old_type}"
            )
            back = connection.exec_driver_sql("SELECT a::text FROM t").scalar()
        except DBAPIError:
            back = stored  # the text of one isn't taken by the other: nothing can be said
        return rewritten, back != stored
    except DBAPIError:
        return None
    finally:
        savepoint.rollback()


MARIADB_TYPES: list[tuple[Any, str]] = [
    (Integer(), "123456789"),
    (BigInteger(), "1234567890123456789"),
    (INTEGER(unsigned=True), "1234"),
    (Numeric(12, 2), "1234567.89"),
    (Numeric(14, 4), "1234567.8912"),
    (FLOAT(), "0.5"),
    (DOUBLE(), "1234567.891"),
    (String(20), "'2024-05-06'"),
    (String(70), "'2024-05-06'"),
    (String(300), "'2024-05-06'"),
    (Text(), "'2024-05-06'"),
    (Date(), "'2024-05-06'"),
    (DATETIME(), "'2024-05-06 07:08:09'"),
    (DATETIME(fsp=6), "'2024-05-06 07:08:09.123456'"),
    (MYSQL_TIMESTAMP(fsp=3), "'2024-05-06 07:08:09.123'"),
    (ENUM("p", "q"), "'p'"),
    (ENUM("p", "q", "r"), "'p'"),
    (SET("p", "q"), "'p,q'"),
]


@pytest.mark.slow
def test_mariadb_copies_and_cuts_by_type_as_it_is_said(mariadb_url: str) -> None:
    """Every pair of types between which MariaDB converts in strict mode."""
    engine = create_engine(mariadb_url, poolclass=NullPool)
    differ = []
    pairs = 0
    with engine.connect() as connection:
        for old, value in MARIADB_TYPES:
            for new, _ in MARIADB_TYPES:
                said = facts(AlterColumn("t", "a", type_=new, existing_type=old), engine.dialect)
                seen = _convert_on_mariadb(connection, old, new, value)
                if seen is None:
                    continue
                pairs += 1
                copied, lost = seen
                if said.rewrites not in (copied, None) or (lost and said.loses_data is False):
                    differ.append((repr(old), repr(new), said.rewrites, seen, said.loses_data))
    engine.dispose()

    assert pairs > 80
    assert not differ


def _convert_on_mariadb(
    connection: Connection, old: Any, new: Any, value: str
) -> tuple[bool, bool] | None:
    old_type, new_type = (t.compile(dialect=connection.dialect) for t in (old, new))
    run = connection.exec_driver_sql
    run("DROP TABLE IF EXISTS t")
    run(f"CREATE TABLE t (a {old_type} NULL)")
    run(f"INSERT INTO t VALUES ({value})")
    stored = run("SELECT concat(a) FROM t").scalar()
    copied = False
    try:
        run(f"ALTER TABLE t MODIFY a {new_type} NULL, ALGORITHM=NOCOPY")
    except DBAPIError:
        copied = True
        try:
            run(f"ALTER TABLE t MODIFY a {new_type} NULL")
        except DBAPIError:
            return None
    try:
        run(f"ALTER TABLE t MODIFY a {old_type} NULL")
    except DBAPIError:
        return copied, False
    return copied, run("SELECT concat(a) FROM t").scalar() != stored
