"""Domains, partitions, and schemas that are missing."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from ddl_autogen import Options, compare, render, reverse
from ddl_constructs import declared
from roundtrip.walk import run
from sqlalchemy import Column, Connection, Integer, MetaData, Table, create_engine, text
from sqlalchemy.dialects import mysql, postgresql

POSITIVE = postgresql.DOMAIN("positive", Integer, check="VALUE > 0")


def models(*columns: str) -> MetaData:
    metadata = MetaData()
    ours = [Column(name, POSITIVE) for name in columns]
    Table("t", metadata, Column("id", Integer, primary_key=True), *ours)
    return metadata


def left(connection: Connection, metadata: MetaData) -> list[str]:
    return [change.describe() for change in compare(connection, metadata)]


def test_a_column_of_a_domain_comes_and_goes_by_scripts_that_run(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        for before, after in (((), ("n",)), (("n",), ("n", "m"))):
            models(*before).create_all(connection)
            connection.commit()
            up = compare(connection, models(*after))
            connection.commit()
            assert "postgresql.DOMAIN(" in "\n".join(render(up, dialect=engine.dialect).lines)
            run(connection, up)
            assert left(connection, models(*after)) == []
            connection.commit()
            run(connection, reverse(up, engine.dialect))
            assert left(connection, models(*before)) == []
            models(*before).drop_all(connection)
            connection.commit()
    engine.dispose()


@pytest.mark.parametrize(
    ("type_", "domains"),
    [
        pytest.param(mysql.SET("x", "y"), 0, id="not-of-postgresql"),
        pytest.param(sa.ARRAY(POSITIVE), 1, id="array"),
        pytest.param(sa.Text().with_variant(POSITIVE, "postgresql"), 1, id="variant"),
        pytest.param(postgresql.DOMAIN("o", sa.Text, create_type=False), 0, id="anothers"),
    ],
)
def test_the_domains_of_a_metadata_are_those_behind_its_types(type_: Any, domains: int) -> None:
    metadata = MetaData()
    Table("t", metadata, Column("a", type_))

    assert len(declared(metadata)) == domains


def test_partitions_belong_to_their_table(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url)
    metadata = MetaData()
    Table(
        "p",
        metadata,
        Column("id", sa.Integer, nullable=False),
        postgresql_partition_by="RANGE (id)",
    )
    with engine.connect() as connection:
        metadata.create_all(connection)
        connection.execute(text("CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)"))

        assert left(connection, metadata) == []
    engine.dispose()


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_a_schema_that_is_missing_is_created_first(
    server: str, request: pytest.FixtureRequest
) -> None:
    engine = create_engine(request.getfixturevalue(f"{server}_url"))
    name = f"audit_{engine.url.database}"
    metadata = MetaData()
    Table("log", metadata, Column("id", Integer, primary_key=True), schema=name)
    options = Options(include_schemas=True, managed=[f"{name}.*"])
    with engine.connect() as connection:
        up = compare(connection, metadata, options)
        connection.commit()
        assert [change.describe() for change in up] == [
            f"create schema {name}",
            f"create table {name}.log (1 column)",
        ]
        run(connection, up)
        assert compare(connection, metadata, options) == []
        connection.commit()
        run(connection, reverse(up, engine.dialect))
        assert len(compare(connection, metadata, options)) == 2
    engine.dispose()
