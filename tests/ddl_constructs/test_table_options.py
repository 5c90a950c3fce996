"""`AlterTableOptions`: its text on each dialect, what undoes it, and that the servers do it."""

from __future__ import annotations

from typing import Any

import pytest
from ddl_constructs import (
    AlterTableOptions,
    CreateTable,
    IrreversibleChange,
    UnknownOption,
    UnsupportedChange,
)
from sqlalchemy import Column, Integer, create_engine, make_url, text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.default import DefaultDialect


def said(change: AlterTableOptions, dialect: str) -> str | None:
    kind: Any = make_url(f"{dialect}://").get_dialect()
    return " ".join(str(change.compile(dialect=kind())).split()) or None


def options(schema: str | None = None, existing: Any = None, **given: Any) -> AlterTableOptions:
    return AlterTableOptions("t", schema=schema, existing_options=existing, **given)


@pytest.mark.parametrize(
    ("change", "dialect", "expected"),
    [
        pytest.param(
            options(postgresql_with={"fillfactor": 70, "autovacuum_enabled": False}),
            "postgresql",
            "ALTER TABLE t SET (fillfactor = 70, autovacuum_enabled = False)",
            id="postgresql-with",
        ),
        pytest.param(
            options(
                postgresql_with={"fillfactor": 70},
                existing={"postgresql_with": {"fillfactor": 50, "parallel_workers": 2}},
            ),
            "postgresql",
            "ALTER TABLE t SET (fillfactor = 70), RESET (parallel_workers)",
            id="postgresql-with-fewer",
        ),
        pytest.param(
            options(postgresql_with={"fillfactor": None}),
            "postgresql",
            "ALTER TABLE t RESET (fillfactor)",
            id="postgresql-with-none",
        ),
        pytest.param(options(postgresql_with=None), "postgresql", None, id="postgresql-nothing"),
        pytest.param(
            options("s", postgresql_tablespace="Fast disk", postgresql_unlogged=True),
            "postgresql",
            'ALTER TABLE s.t SET TABLESPACE "Fast disk", SET UNLOGGED',
            id="postgresql-several-in-one-statement",
        ),
        pytest.param(
            options(postgresql_tablespace=None, postgresql_unlogged=False, postgresql_using=None),
            "postgresql",
            "ALTER TABLE t SET TABLESPACE pg_default, SET LOGGED, SET ACCESS METHOD DEFAULT",
            id="postgresql-defaults",
        ),
        pytest.param(
            options(postgresql_inherits=["a", "c"], existing={"postgresql_inherits": ("a", "b")}),
            "postgresql",
            "ALTER TABLE t NO INHERIT b, INHERIT c",
            id="postgresql-inherits",
        ),
        pytest.param(
            options(postgresql_partition_by="LIST (a)"),
            "postgresql",
            UnsupportedChange,
            id="postgresql-partition-by",
        ),
        pytest.param(
            options(
                "s", mysql_engine="InnoDB", mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin"
            ),
            "mysql",
            "ALTER TABLE s.t ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin",
            id="mysql-several-in-one-statement",
        ),
        pytest.param(
            options(mysql_row_format=None, mysql_key_block_size=8, mysql_max_rows=None),
            "mysql",
            "ALTER TABLE t ROW_FORMAT=DEFAULT KEY_BLOCK_SIZE=8 MAX_ROWS=0",
            id="mysql-defaults",
        ),
        pytest.param(
            options(mysql_partition_by="HASH (id)", mysql_partitions=4),
            "mysql",
            "ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 4",
            id="mysql-partition-by",
        ),
        pytest.param(
            options(mysql_partition_by=None, mysql_row_format="DYNAMIC"),
            "mysql",
            "ALTER TABLE t ROW_FORMAT=DYNAMIC; ALTER TABLE t REMOVE PARTITIONING",
            id="mysql-no-partitions",
        ),
        pytest.param(options(mysql_engine=None), "mysql", UnsupportedChange, id="mysql-no-engine"),
        pytest.param(
            options(mariadb_engine="Aria", mysql_engine="MyISAM"),
            "mariadb",
            "ALTER TABLE t ENGINE=Aria",
            id="mariadb-has-its-own",
        ),
        pytest.param(options(sqlite_strict=True), "sqlite", UnsupportedChange, id="sqlite-strict"),
        pytest.param(
            options("s", mssql_data_compression="page", mssql_lock_escalation=None),
            "mssql",
            "ALTER TABLE s.t REBUILD WITH (DATA_COMPRESSION = PAGE); "
            "ALTER TABLE s.t SET (LOCK_ESCALATION = TABLE)",
            id="mssql",
        ),
        pytest.param(
            options("s", mssql_system_versioning="t history"),
            "mssql",
            "ALTER TABLE s.t SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = s.[t history]))",
            id="mssql-versions",
        ),
        pytest.param(
            options(mssql_system_versioning=None),
            "mssql",
            "ALTER TABLE t SET (SYSTEM_VERSIONING = OFF)",
            id="mssql-no-versions",
        ),
        pytest.param(options(mssql_filegroup="x"), "mssql", UnsupportedChange, id="mssql-other"),
        pytest.param(
            options(oracle_compress=True, oracle_tablespace="Big"),
            "oracle",
            'ALTER TABLE t MOVE TABLESPACE "Big" COMPRESS UPDATE INDEXES',
            id="oracle",
        ),
        pytest.param(
            options(oracle_compress=False),
            "oracle",
            "ALTER TABLE t MOVE NOCOMPRESS UPDATE INDEXES",
            id="oracle-no-compression",
        ),
        pytest.param(
            options(oracle_tablespace=None), "oracle", UnsupportedChange, id="oracle-no-tablespace"
        ),
        pytest.param(
            options(oracle_on_commit="PRESERVE ROWS"),
            "oracle",
            UnsupportedChange,
            id="oracle-on-commit",
        ),
    ],
)
def test_its_text(change: AlterTableOptions, dialect: str, expected: Any) -> None:
    if isinstance(expected, str | None):
        assert said(change, dialect) == expected
    else:
        with pytest.raises(expected, match=rf"{dialect}"):
            said(change, dialect)


def test_a_dialect_passes_over_the_options_of_others() -> None:
    change = options(mysql_engine="InnoDB", postgresql_with={"fillfactor": 70})

    for dialect in ("sqlite", "mssql", "oracle", "mariadb"):
        assert said(change, dialect) is None


def test_a_dialect_that_nobody_described_refuses_its_own() -> None:
    class Fake(DefaultDialect):
        name = "sqlite2"

    change = options(mysql_engine="InnoDB")
    change.dialect_kwargs["sqlite2_x"] = 1

    with pytest.raises(UnsupportedChange, match="sqlite2_x"):
        change.compile(dialect=Fake())


def test_it_is_reversed_by_what_was_there() -> None:
    change = options(
        mysql_row_format="DYNAMIC",
        postgresql_with={"fillfactor": 70},
        existing={"mysql_row_format": None, "postgresql_with": {"fillfactor": 50}, "mysql_x": 1},
    )

    back = change.reverse()

    assert said(back, "mysql") == "ALTER TABLE t ROW_FORMAT=DEFAULT"
    assert said(back, "postgresql") == "ALTER TABLE t SET (fillfactor = 50)"
    assert back.reverse().dialect_kwargs == change.dialect_kwargs
    with pytest.raises(IrreversibleChange, match=r"postgresql_with.*existing_options"):
        options(postgresql_with=None).reverse()


def test_an_option_names_its_dialect() -> None:
    for given in ({"engine": "InnoDB"}, {"existing": {"engine": "InnoDB"}}):
        with pytest.raises(UnknownOption, match="engine"):
            options(**given)


STATE = {
    "postgresql": text(
        "SELECT reloptions, relpersistence, (SELECT array_agg(inhparent::regclass::text)"
        " FROM pg_inherits WHERE inhrelid = c.oid) FROM pg_class c WHERE relname = 't'"
    ),
    "mysql": text(
        "SELECT engine, row_format, table_collation, create_options FROM information_schema.tables"
        " WHERE table_schema = database() AND table_name = 't'"
    ),
}
OPTIONS = [
    options(
        postgresql_with={"fillfactor": 70, "autovacuum_enabled": False},
        existing={"postgresql_with": {"parallel_workers": 2}},
    ),
    options(postgresql_unlogged=True, existing={"postgresql_unlogged": False}),
    options(postgresql_inherits="p", existing={"postgresql_inherits": None}),
    options(mysql_engine="MyISAM", existing={"mysql_engine": "InnoDB"}),
    options(mysql_row_format="COMPRESSED", existing={"mysql_row_format": None}),
    options(
        mysql_charset="latin1",
        mysql_collate="latin1_bin",
        existing={"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"},
    ),
    options(mysql_key_block_size=4, existing={"mysql_key_block_size": None}),
    options(mysql_stats_persistent=1, existing={"mysql_stats_persistent": None}),
    options(
        mysql_partition_by="HASH (id)", mysql_comment="it's", existing={
            "mysql_partition_by": None, "mysql_comment": ""
        }
    ),
]  # fmt: skip


@pytest.mark.parametrize("change", OPTIONS, ids=lambda change: next(iter(change.dialect_kwargs)))
def test_a_server_does_it_and_undoes_it(change: AlterTableOptions, database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        connection.execute(
            CreateTable(
                "t",
                Column("id", Integer),
                mysql_charset="utf8mb4",
                mysql_collate="utf8mb4_bin",
            )
        )
        connection.execute(options(postgresql_with={"parallel_workers": 2}))
        connection.execute(CreateTable("p", Column("id", Integer)))
        before = state(connection)
        mine = bool(change.of(engine.dialect.name))

        connection.execute(change)
        assert (state(connection) != before) is mine
        connection.execute(change.reverse())
        assert state(connection) == before
    engine.dispose()


def state(connection: Connection) -> Any:
    question = STATE.get(connection.dialect.name)
    return None if question is None else connection.execute(question).one()


def test_the_words_of_other_options_are_taken_by_postgresql(postgresql_url: str) -> None:
    """Where there is one tablespace and one access method, the statement alone can be tried."""
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        connection.execute(CreateTable("t", Column("id", Integer)))
        connection.execute(options(postgresql_tablespace=None, postgresql_using="heap"))
    engine.dispose()


def test_it_describes_itself() -> None:
    change = options("s", mysql_engine="InnoDB", postgresql_with={"a": "x\ny"})

    assert change.describe() == (
        "alter options of table s.t: mysql_engine InnoDB, postgresql_with {'a': 'x\\ny'}"
    )
