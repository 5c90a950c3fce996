"""Through a pooler: one that breaks sessions is refused, one that leaves them alone is not noticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from migrate_cli.commands import current, upgrade
from migrate_cli.config import Config
from migrate_cli.errors import PooledSessions
from pooler import pooling
from sqlalchemy import make_url, text

CREATE_A = 'op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True))'


@pytest.fixture
def project(make_project: Callable[[str], Any], postgresql_url: str) -> Any:
    made = make_project(postgresql_url)
    made.revision("a1", None, CREATE_A)
    return made


def server(project: Any) -> tuple[str, int]:
    url = make_url(project.url)
    return str(url.host), int(url.port or 5432)


def through(project: Any, port: int, **more: Any) -> Config:
    url = make_url(project.url).set(host="127.0.0.1", port=port)
    url = url.update_query_dict({"sslmode": "disable", "gssencmode": "disable"})
    return replace(project.config, url=url.render_as_string(hide_password=False), **more)


@pytest.mark.parametrize("rotates", [False, True], ids=["last one first", "round robin"])
def test_sessions_that_are_lent_out_by_the_transaction_are_refused(
    project: Any, rotates: bool
) -> None:
    with (
        pooling(server(project), "transaction", rotates=rotates) as port,
        pytest.raises(PooledSessions) as caught,
    ):
        upgrade(through(project, port))

    assert caught.value.exit_status == 3
    assert "pool_mode = session" in str(caught.value)
    assert "lock = false" in str(caught.value)
    assert project.tables() == set()
    with project.connect() as connection:
        left = connection.execute(
            text(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = "
                "(SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        ).scalar()
    assert left == 0


def test_a_pooler_that_leaves_sessions_alone_is_not_noticed(project: Any) -> None:
    with pooling(server(project), "session") as port:
        moved = upgrade(through(project, port))

    assert moved.at_head
    assert [entry.id for entry in current(project.config).revisions] == ["a1"]


def test_without_a_lock_a_pooler_is_no_hindrance(project: Any) -> None:
    with pooling(server(project), "transaction", rotates=True) as port:
        assert upgrade(through(project, port, lock=False)).at_head
