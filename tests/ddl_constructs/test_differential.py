"""The same words said to Alembic and to us leave the same schema, on each database.

Alembic is the peer here, run as it comes from the package index. Where it
differs from us on purpose, the case says why and what we do instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ddl_constructs
import pytest
from differential_cases import CASES, Said, catalog, start
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Integer,
    String,
    create_engine,
    inspect,
    text,
)

alembic = pytest.importorskip("alembic", reason="the peer isn't installed")
from alembic.migration import MigrationContext  # noqa: E402  # only if it is there
from alembic.operations import Operations  # noqa: E402


@pytest.mark.parametrize(("dialect", "say"), CASES)
def test_the_peer_and_we_leave_the_same_schema(
    dialect: str, say: Callable[[Any], Any], request: pytest.FixtureRequest
) -> None:
    engine = create_engine(request.getfixturevalue(f"{dialect}_url"))
    with engine.connect() as connection:
        with connection.begin():
            peer = Operations(MigrationContext.configure(connection))
            start(peer)
            say(peer)
        theirs = catalog(connection)
        connection.rollback()
        for name in sorted(theirs, key=lambda n: n == "parent"):
            connection.execute(ddl_constructs.DropTable(name))
        if dialect == "postgresql":
            connection.execute(text("DROP TYPE IF EXISTS mood"))
        connection.commit()

        with connection.begin():
            start(Said(connection))
            say(Said(connection))
        ours = catalog(connection)
    engine.dispose()

    assert ours == theirs


def test_a_foreign_key_of_a_models_column_is_carried(postgresql_url: str) -> None:
    """LIM-141: the peer's copy of a model's column loses its foreign key without a word."""
    from sqlalchemy import MetaData, Table

    model = Table("child", MetaData(), Column("a", Integer, ForeignKey("parent.id", name="fk_a")))
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        op = Said(connection)
        start(op)
        op.add_column("child", model.c.a)

        assert [fk["name"] for fk in inspect(connection).get_foreign_keys("child")] == ["fk_a"]
    engine.dispose()


def test_mysql_keeps_the_facts_that_nobody_stated(mariadb_url: str) -> None:
    """LIM-040, LIM-041: the peer resets what the call doesn't repeat."""
    engine = create_engine(mariadb_url)
    with engine.begin() as connection:
        op = Said(connection)
        op.execute(
            "CREATE TABLE t (a VARCHAR(5) CHARACTER SET latin1 COLLATE latin1_bin "
            "NOT NULL DEFAULT 'it''s' COMMENT 'c', "
            "b TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, "
            "n INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY)"
        )
        before = definition(connection)
        op.alter_column("t", "a", new_column_name="z")
        op.alter_column("t", "z", type_=String(9), existing_type=String(5))
        op.alter_column("t", "z", new_column_name="a")
        op.alter_column("t", "b", comment="changed")
        op.alter_column("t", "n", type_=BigInteger())
        after = definition(connection)
    engine.dispose()

    assert after == (
        before.replace(
            "`a` varchar(5) CHARACTER SET latin1 COLLATE latin1_bin",
            "`a` varchar(9)",
        )
        .replace("ON UPDATE current_timestamp()", "ON UPDATE current_timestamp() COMMENT 'changed'")
        .replace("`n` int(11)", "`n` bigint(20)")
    )


def definition(connection: Connection) -> str:
    return str(connection.execute(text("SHOW CREATE TABLE t")).one()[1])


def test_a_named_check_comes_with_its_column_on_mariadb(mariadb_url: str) -> None:
    """MariaDB can't name a CHECK inside of a column: the peer's statement is a syntax error."""
    engine = create_engine(mariadb_url)
    with engine.begin() as connection:
        op = Said(connection)
        start(op)
        op.add_column("child", Column("a", Integer, CheckConstraint("a > 0", name="ck_a")))

        assert [c["name"] for c in inspect(connection).get_check_constraints("child")] == ["ck_a"]
    engine.dispose()
