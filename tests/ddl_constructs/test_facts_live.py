"""What `facts` says about a change is what the server does: each kind, each database.

A row of `CASES` is a change; it is run inside of a transaction that is rolled back,
and then for real. PostgreSQL's locks, rewrites and scans are read while the
transaction is open, MariaDB's from the ALGORITHM and LOCK clauses that it accepts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import ddl_constructs
import pytest
from ddl_constructs import (
    AddColumn,
    AddConstraint,
    AddEnumValue,
    AlterColumn,
    AlterSequence,
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
    Facts,
    RenameConstraint,
    RenameEnumValue,
    RenameIndex,
    RenameTable,
    ReplaceEnum,
    SetTableSchema,
    UnsupportedChange,
    ValidateConstraint,
    create_check_constraint,
    create_foreign_key,
    create_primary_key,
    create_unique_constraint,
    facts,
    stands_alone,
)
from ddl_constructs.facts.postgresql import LOCKS
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Double,
    Enum,
    ForeignKey,
    Identity,
    Integer,
    Numeric,
    SmallInteger,
    String,
    Text,
    column,
    create_engine,
    func,
    inspect,
    table,
    text,
)
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

POSTGRESQL, MARIADB, SQLITE = "postgresql", "mariadb", "sqlite"
EVERY = (SQLITE, POSTGRESQL, MARIADB)
SERVERS = (POSTGRESQL, MARIADB)

COMMON = """
CREATE TABLE parent (id int PRIMARY KEY, w int);
CREATE TABLE plain (id int NOT NULL, v int);
CREATE TABLE child (
    id int PRIMARY KEY, a int NOT NULL, b varchar(50), c varchar(50) NOT NULL DEFAULT 'x',
    short varchar(10), body text, n numeric(10, 2), f double precision, ts {clock}, big bigint,
    parent int, other int, {more}
    CONSTRAINT ck CHECK (a > 0), CONSTRAINT uq UNIQUE (b),
    CONSTRAINT fk FOREIGN KEY (parent) REFERENCES parent (id)
);
CREATE INDEX ix ON child (other);
CREATE TABLE marker (id int);
INSERT INTO parent VALUES (1, 101), (2, 102);
INSERT INTO plain VALUES (31, 301), (32, 302);
INSERT INTO child (id, a, b, c, short, body, n, f, ts, big, parent, other) VALUES
    (11, 201, 'first', 'c1', 's1', 'text one', 1.55, 2.25, '2024-05-06 07:08:09.5', 9001, 1, 1),
    (12, 202, 'second', 'c2', 's2', 'text two', 1.45, 2.75, '2024-05-06 07:08:09.25', 9002, 2, 2)
"""
SETUP = {
    SQLITE: COMMON.format(clock="timestamp", more=""),
    MARIADB: COMMON.format(
        clock="datetime(6)", more="e enum('p', 'q') DEFAULT 'p', short2 varchar(40),"
    )
    + ";CREATE SEQUENCE counter START WITH 4711",
    POSTGRESQL: "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');"
    "CREATE TYPE unused AS ENUM ('x'); CREATE SCHEMA elsewhere;"
    "CREATE SEQUENCE counter START 4711;"
    + COMMON.format(clock="timestamp", more="tz timestamptz, m mood DEFAULT 'ok',")
    + ";ALTER TABLE plain ADD CONSTRAINT late CHECK (v > 0) NOT VALID;"
    "UPDATE child SET tz = '2024-05-06 07:08:09+00'",
}


@dataclass(frozen=True)
class Case:
    """A change, where it is run, and what the run can't tell.

    Attributes:
        change: Makes it.
        on: The databases.
        renames_values: Whether values get another name, which looks like a loss.
        left: SQL that works on the connection while its effect is there, where nobody else
            can see it; None where it can be seen.
        new_file: Whether the table gets a new file, though no row is written.
        without_effect: A question and its answer, if inside of a transaction nothing
            happens instead of an error; None for an error.
    """

    change: Callable[[], Change]
    on: tuple[str, ...] = EVERY
    renames_values: bool = False
    left: str | None = None
    new_file: bool = False
    without_effect: tuple[str, Any] | None = None


def alter(name: str, **aspects: Any) -> Callable[[], Change]:
    return lambda: AlterColumn("child", name, **aspects)


def add(*column_args: Any, **options: Any) -> Callable[[], Change]:
    made = Column("z", *column_args, **options)
    return lambda: AddColumn("child", made)


def retype(name: str, old: Any, new: Any, **more: Any) -> Callable[[], Change]:
    return alter(name, type_=new, existing_type=old, existing_nullable=True, **more)


def say(sql: str) -> Callable[[], Change]:
    return lambda: ExecuteSQL(sql)


PLAIN = table("plain", column("id"), column("v"))
CASES = {
    "create-table": Case(lambda: CreateTable("made", Column("id", Integer, primary_key=True))),
    "create-table-with-index": Case(
        lambda: CreateTable("made", Column("id", Integer), Column("a", Integer, index=True))
    ),
    "create-table-with-foreign-key": Case(
        lambda: CreateTable("made", Column("p", Integer, ForeignKey("parent.id")))
    ),
    "drop-table": Case(lambda: DropTable("plain")),
    "drop-table-with-foreign-key": Case(lambda: DropTable("child")),
    "rename-table": Case(lambda: RenameTable("plain", "simple")),
    "set-table-schema": Case(lambda: SetTableSchema("plain", "elsewhere"), (POSTGRESQL,)),
    "table-comment": Case(lambda: CreateTableComment("child", "what")),
    "drop-table-comment": Case(lambda: DropTableComment("child")),
    "add-column": Case(add(Integer)),
    "add-column-with-default": Case(add(Integer, nullable=False, server_default="3")),
    "add-column-now": Case(add(DateTime, server_default=func.now()), SERVERS),
    "add-column-volatile": Case(add(Double, server_default=func.random()), (POSTGRESQL,)),
    "add-column-identity": Case(add(Integer, Identity()), (POSTGRESQL,)),
    "add-column-stored": Case(add(Integer, Computed("a + 1", persisted=True)), SERVERS),
    "add-column-virtual": Case(add(Integer, Computed("a + 1", persisted=False)), (SQLITE, MARIADB)),
    "add-column-check": Case(add(Integer, CheckConstraint("z > 0"))),
    "add-column-foreign-key": Case(add(Integer, ForeignKey("parent.id"))),
    "add-column-references": Case(
        lambda: AddColumn(
            "child", Column("z", Integer, ForeignKey("parent.id")), inline_references=True
        )
    ),
    "add-column-unique": Case(add(Integer, unique=True)),
    "add-column-index": Case(add(Integer, index=True)),
    "add-column-comment": Case(add(Integer, comment="what"), SERVERS),
    "add-column-enum": Case(add(Enum("u", "v", name="letters")), SERVERS),
    "drop-column": Case(lambda: DropColumn("child", "f")),
    "rename-column": Case(
        alter("f", new_column_name="g", existing_type=Double(), existing_nullable=True)
    ),
    "not-null": Case(
        alter("b", nullable=False, existing_type=String(50), existing_nullable=True), SERVERS
    ),
    "nullable": Case(
        alter("c", nullable=True, existing_type=String(50), existing_nullable=False), SERVERS
    ),
    "set-default": Case(alter("c", server_default="y"), SERVERS),
    "drop-default": Case(alter("c", server_default=None), SERVERS),
    "set-identity": Case(alter("a", server_default=Identity()), (POSTGRESQL,)),
    "column-comment": Case(
        alter("f", comment="what", existing_type=Double(), existing_nullable=True), SERVERS
    ),
    "type-same": Case(retype("b", String(50), String(50)), SERVERS),
    "type-varchar-longer": Case(retype("b", String(50), String(60)), SERVERS),
    "type-varchar-from-short": Case(retype("short", String(10), String(300)), SERVERS),
    "type-varchar-shorter": Case(retype("b", String(50), String(20)), SERVERS),
    "type-varchar-to-text": Case(retype("b", String(50), Text()), (POSTGRESQL,)),
    "type-text-to-varchar": Case(retype("body", Text(), String(60)), SERVERS),
    "type-text-to-unlimited": Case(retype("body", Text(), String()), (POSTGRESQL,)),
    "type-int-to-bigint": Case(retype("other", Integer(), BigInteger()), SERVERS),
    "type-bigint-to-int": Case(retype("big", BigInteger(), Integer()), SERVERS),
    "type-int-to-smallint": Case(retype("other", Integer(), SmallInteger()), SERVERS),
    "type-numeric-more-digits": Case(retype("n", Numeric(10, 2), Numeric(12, 2)), SERVERS),
    "type-numeric-unlimited": Case(retype("n", Numeric(10, 2), Numeric()), (POSTGRESQL,)),
    "type-numeric-greater-scale": Case(
        retype("n", Numeric(10, 2), Numeric(12, 4)), (POSTGRESQL,), renames_values=True
    ),
    "type-numeric-lesser-scale": Case(retype("n", Numeric(10, 2), Numeric(10, 1)), SERVERS),
    "type-numeric-to-int": Case(retype("n", Numeric(10, 2), Integer()), SERVERS),
    "type-double-to-int": Case(retype("f", Double(), Integer()), SERVERS),
    "type-timestamp-to-date": Case(retype("ts", DateTime(), Date()), SERVERS),
    "type-timestamp-zone": Case(
        retype("ts", DateTime(), DateTime(timezone=True)), (POSTGRESQL,), renames_values=True
    ),
    "type-timestamp-no-zone": Case(
        retype("tz", DateTime(timezone=True), DateTime()), (POSTGRESQL,), renames_values=True
    ),
    "type-unknown-before": Case(alter("other", type_=BigInteger()), (POSTGRESQL,)),
    "type-enum-more-labels": Case(retype("e", Enum("p", "q"), Enum("p", "q", "r")), (MARIADB,)),
    "type-enum-other-order": Case(retype("e", Enum("p", "q"), Enum("q", "p")), (MARIADB,)),
    "two-aspects": Case(
        alter("b", nullable=False, type_=Text(), existing_type=String(50)), (POSTGRESQL,)
    ),
    "primary-key": Case(lambda: create_primary_key("pk", "plain", ["id"]), SERVERS),
    "unique": Case(lambda: create_unique_constraint("u2", "child", ["c"]), SERVERS),
    "check": Case(lambda: create_check_constraint("c2", "child", "a > -1"), SERVERS),
    "check-not-valid": Case(
        lambda: create_check_constraint("c2", "child", "a > -1", postgresql_not_valid=True),
        (POSTGRESQL,),
    ),
    "foreign-key": Case(
        lambda: create_foreign_key("f2", "child", "parent", ["other"], ["id"]), SERVERS
    ),
    "foreign-key-not-valid": Case(
        lambda: create_foreign_key(
            "f2", "child", "parent", ["other"], ["id"], postgresql_not_valid=True
        ),
        (POSTGRESQL,),
    ),
    "validate": Case(lambda: ValidateConstraint("late", "plain"), (POSTGRESQL,)),
    "rename-constraint": Case(lambda: RenameConstraint("ck", "ck2", "child"), (POSTGRESQL,)),
    "drop-check": Case(lambda: DropConstraint("ck", "child", "check"), SERVERS),
    "drop-unique": Case(lambda: DropConstraint("uq", "child", "unique"), SERVERS),
    "drop-foreign-key": Case(lambda: DropConstraint("fk", "child", "foreignkey"), SERVERS),
    "drop-primary-key": Case(lambda: DropConstraint("child_pkey", "child", "primary"), SERVERS),
    "create-index": Case(lambda: CreateIndex("i2", "child", ["a"])),
    "create-unique-index": Case(lambda: CreateIndex("i2", "child", ["a"], unique=True)),
    "create-index-concurrently": Case(
        lambda: CreateIndex("i2", "child", ["a"], postgresql_concurrently=True), (POSTGRESQL,)
    ),
    "create-index-full-text": Case(
        lambda: CreateIndex("i2", "child", ["body"], mysql_prefix="FULLTEXT"), (MARIADB,)
    ),
    "drop-index": Case(lambda: DropIndex("ix", "child")),
    "drop-index-concurrently": Case(
        lambda: DropIndex("ix", "child", postgresql_concurrently=True), (POSTGRESQL,)
    ),
    "rename-index": Case(lambda: RenameIndex("ix", "ix2", "child")),
    "create-sequence": Case(lambda: CreateSequence("s2"), SERVERS),
    "drop-sequence": Case(lambda: DropSequence("counter"), SERVERS),
    "alter-sequence": Case(lambda: AlterSequence("counter", increment=10), SERVERS),
    "rename-sequence": Case(
        lambda: AlterSequence("counter", new_sequence_name="c2"), (POSTGRESQL,)
    ),
    "create-enum": Case(lambda: CreateEnum("e2", ["x"]), (POSTGRESQL,)),
    "drop-enum": Case(lambda: DropEnum("unused"), (POSTGRESQL,)),
    "add-enum-value": Case(lambda: AddEnumValue("mood", "so-so"), (POSTGRESQL,)),
    "rename-enum-value": Case(
        lambda: RenameEnumValue("mood", "ok", "fine"), (POSTGRESQL,), renames_values=True
    ),
    "replace-enum": Case(
        lambda: ReplaceEnum(
            "mood", ["ok", "sad"], columns=[EnumColumn("child", "m", server_default="ok")]
        ),
        (POSTGRESQL,),
    ),
    "replace-unused-enum": Case(lambda: ReplaceEnum("unused", ["y"], columns=[]), (POSTGRESQL,)),
    "bulk-insert": Case(lambda: BulkInsert(PLAIN, [{"id": 33, "v": 303}])),
    "copy-rows": Case(lambda: CopyRows("parent", "plain", {"id": "id", "v": "w"})),
    "sql-insert": Case(say("INSERT INTO plain VALUES (33, 303)")),
    "sql-delete": Case(say("/* away */ DELETE FROM plain")),
    "sql-drop-table": Case(say("-- away\n DROP TABLE plain")),
    "sql-drop-column": Case(say("ALTER TABLE child DROP COLUMN f")),
    "sql-truncate": Case(say("TRUNCATE TABLE plain"), SERVERS, new_file=True),
    "sql-create-view": Case(say("CREATE VIEW seen AS SELECT a FROM child")),
    "sql-comment": Case(say("COMMENT ON TABLE child IS 'what'"), (POSTGRESQL,)),
    "sql-grant": Case(say("GRANT SELECT ON plain TO PUBLIC"), (POSTGRESQL,)),
    "sql-two": Case(say("INSERT INTO plain VALUES (33, 303); DROP TABLE child"), (POSTGRESQL,)),
    "sql-vacuum": Case(say("VACUUM"), (SQLITE, POSTGRESQL)),
    "sql-vacuum-full": Case(say("VACUUM (FULL, ANALYZE) plain"), (POSTGRESQL,)),
    "sql-create-index-concurrently": Case(
        say("CREATE INDEX /* slowly */ CONCURRENTLY i2 ON child (a)"), (POSTGRESQL,)
    ),
    "sql-drop-index-concurrently": Case(say("DROP INDEX CONCURRENTLY ix"), (POSTGRESQL,)),
    "sql-reindex-concurrently": Case(say("REINDEX TABLE CONCURRENTLY plain"), (POSTGRESQL,)),
    "sql-reindex-schema": Case(say("REINDEX SCHEMA public"), (POSTGRESQL,)),
    "sql-reindex": Case(say("REINDEX TABLE child"), (POSTGRESQL,)),
    "sql-cluster-all": Case(say("CLUSTER"), (POSTGRESQL,)),
    "sql-alter-system": Case(say("ALTER SYSTEM RESET work_mem"), (POSTGRESQL,)),
    "sql-discard-all": Case(say("DISCARD ALL"), (POSTGRESQL,)),
    "sql-add-value": Case(say("ALTER TYPE mood ADD VALUE 'so-so'"), (POSTGRESQL,)),
    "sql-do": Case(say("DO $$ BEGIN DROP TABLE plain; END $$"), (POSTGRESQL,)),
    "sql-foreign-keys": Case(
        say("PRAGMA foreign_keys = ON"), (SQLITE,), without_effect=("PRAGMA foreign_keys", 0)
    ),
    "sql-journal-mode": Case(
        say("PRAGMA journal_mode = WAL"),
        (SQLITE,),
        without_effect=("PRAGMA journal_mode", "delete"),
    ),
    "sql-synchronous": Case(say("PRAGMA synchronous = OFF"), (SQLITE,)),
    "sql-wal-checkpoint": Case(say("PRAGMA wal_checkpoint"), (SQLITE,)),
    "sql-user-version": Case(say("PRAGMA user_version = 3"), (SQLITE,)),
    "sql-attach": Case(
        say("ATTACH ':memory:' AS other"), (SQLITE,), left="SELECT * FROM other.sqlite_master"
    ),
    "sql-temporary-table": Case(
        say("CREATE TEMPORARY TABLE tmp (id int)"), (MARIADB,), left="SELECT * FROM tmp"
    ),
    "sql-trigger": Case(
        say("CREATE TRIGGER tr BEFORE INSERT ON plain FOR EACH ROW SET NEW.v = 1"), (MARIADB,)
    ),
    "sql-analyze": Case(say("ANALYZE TABLE plain"), (MARIADB,)),
    "sql-optimize": Case(say("OPTIMIZE TABLE plain"), (MARIADB,)),
    "sql-update": Case(say("UPDATE plain SET v = v + 1")),
    "sql-set": Case(say("SET @x = 1"), (MARIADB,)),
    "sql-lock": Case(say("LOCK TABLES plain READ"), (MARIADB,)),
    "sql-flush": Case(say("FLUSH TABLES"), (MARIADB,)),
}


def rows(*on: str) -> list[Any]:
    return [
        pytest.param(database, case, id=f"{database}-{name}")
        for name, case in CASES.items()
        for database in case.on
        if database in on
    ]


@pytest.fixture
def engine(database: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on a database with the tables of `SETUP`; on SQLite BEGIN is ours to send."""
    engine = create_engine(request.getfixturevalue(f"{database}_url"), poolclass=NullPool)
    with engine.connect() as connection:
        for statement in SETUP[database].split(";"):
            connection.exec_driver_sql(statement.replace("%", "%%"))
        connection.commit()
    yield engine
    engine.dispose()


def begin(connection: Connection) -> None:
    """Open a transaction on the server too, and leave a mark in it."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")
    connection.exec_driver_sql("INSERT INTO marker VALUES (7)")


def catalog(engine: Engine) -> Any:
    """Give all that the database has: its objects as it describes them, and its rows."""
    with engine.connect() as connection:
        inspector = inspect(connection)
        tables = inspector.get_table_names()
        found: dict[str, Any] = {
            name: (
                [{**c, "type": repr(c["type"])} for c in inspector.get_columns(name)],
                inspector.get_pk_constraint(name),
                sorted(inspector.get_indexes(name), key=str),
                sorted(inspector.get_foreign_keys(name), key=str),
                sorted(inspector.get_unique_constraints(name), key=str),
                sorted(inspector.get_check_constraints(name), key=str),
                values(connection, [name]),
            )
            for name in tables
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
def test_a_rollback_and_a_run_show_what_is_said(database: str, case: Case, engine: Engine) -> None:
    """It fails in a transaction if it stands alone; a rollback undoes it if it is transactional;
    once it was run, values are gone if it loses data."""
    change = case.change()
    said = said_about(change, engine)
    before, all_before = catalog(engine), all_values(engine)
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
    undone = catalog(engine) == before and case.left is None

    if said.stands_alone:
        assert undone
        assert said.transactional is False
    elif said.stands_alone is False:
        assert undone is said.transactional

    if undone:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(change)
    lost = all_before - all_values(engine) - Counter({"7": 1})

    if said.loses_data is not None and not case.renames_values:
        assert bool(lost) is said.loses_data, lost


LOCKED = text("""
    SELECT l.mode FROM pg_locks l
    WHERE l.pid = :pid AND l.locktype = 'relation' AND l.relation = ANY (:relations)
""")
RELATIONS = """
    SELECT c.oid, c.relkind, pg_relation_filenode(c.oid), coalesce(s.seq_scan, 0)
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    LEFT JOIN pg_stat_xact_all_tables s ON s.relid = c.oid
    WHERE c.relname <> 'marker'
"""
MODES = {"".join(w.capitalize() for w in lock.split()) + "Lock": lock for lock in LOCKS if lock}


SEEN_ON_POSTGRESQL = [
    row for row in rows(POSTGRESQL) if not stands_alone(row.values[1].change(), POSTGRESQL, (15,))
]  # the others run in transactions of their own, where nobody can look


@pytest.mark.parametrize(("database", "case"), SEEN_ON_POSTGRESQL)
def test_postgresql_locks_rewrites_and_scans_as_it_is_said(
    database: str, case: Case, engine: Engine
) -> None:
    change = case.change()
    said = said_about(change, engine)
    with engine.connect() as other, engine.connect() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        connection.exec_driver_sql("SET LOCAL TIME ZONE 'Europe/Berlin'")
        before = {r[0]: r for r in connection.exec_driver_sql(RELATIONS)}
        connection.execute(change)
        modes = other.execute(LOCKED, {"pid": pid, "relations": list(before)}).scalars().all()
        after = {r[0]: r for r in connection.exec_driver_sql(RELATIONS)}
    tables = [(before[oid], after[oid]) for oid in before if oid in after and before[oid][1] == "r"]
    rewrites = any(old[2] != new[2] for old, new in tables)
    scans = any(new[3] > old[3] for old, new in tables)
    lock = max((MODES[m] for m in modes), key=list(LOCKS).index, default="")

    if said.lock is not None:
        assert lock == said.lock
    if said.rewrites is not None and not case.new_file:
        assert rewrites is said.rewrites
    if said.scans is not None:
        assert scans is said.scans


ALGORITHMS = [
    (algorithm, lock)
    for algorithm in ("INSTANT", "NOCOPY", "INPLACE", "COPY")
    for lock in ("NONE", "SHARED", "EXCLUSIVE")
]


OF_A_TABLE = (
    AddColumn, AddConstraint, AlterColumn, CreateIndex, CreateTableComment, DropColumn,
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


@pytest.mark.parametrize("database", EVERY)
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_run_or_refused(kind: type[Change], database: str) -> None:
    """A new kind of change needs its rows in the tables of facts, and its cases here."""
    made = [(case.change(), case.on) for case in CASES.values()]
    cases = [(change, on) for change, on in made if type(change) is kind]
    assert cases, f"no case for {kind.__name__}"

    if (kind, database) != (SetTableSchema, MARIADB) and not any(database in on for _, on in cases):
        with pytest.raises(UnsupportedChange):
            facts(cases[0][0], database)
