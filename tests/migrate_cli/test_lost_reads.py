"""A script that can't be gone on with, since a read has another answer: what is offered is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from migrate_cli.commands import resume, upgrade
from migrate_cli.errors import CantGoOn
from migrate_cli.failures import RevisionFailed
from sqlalchemy import text

REFUSED = """
bind = op.get_bind()
op.create_table("one", sa.Column("id", sa.Integer, primary_key=True), sa.Column("body", sa.String(9)))
op.execute("INSERT INTO one VALUES (1, 'a')")
bind.execute(sa.text("SELECT body FROM one")).all()
op.execute("UPDATE one SET body = 'b'")
for statement in ("INSERT INTO one VALUES (1, 'c')", "CREATE TEMPORARY TABLE one (id INTEGER, id INTEGER)"):
    try:
        with bind.begin_nested():
            op.execute(statement)
    except sa.exc.DBAPIError:
        pass
with op.get_context().autocommit_block():
    op.execute("CREATE TABLE two (id INTEGER)")
raise ValueError("no further")
"""
STREAMED = """
import os

bind = op.get_bind()
op.create_table("one", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))
op.execute("INSERT INTO one VALUES (1, 1), (2, 2)")
streamed = {"stream_results": True}
rows = bind.execute(sa.text("SELECT id, n FROM one"), execution_options=streamed).all()
given = [{"id": row.id, "n": row.n + 10} for row in rows]
change = sa.text("UPDATE one SET n = :n WHERE id = :id")
bind.execute(change, given, execution_options=streamed)
op.create_table("two", sa.Column("id", sa.Integer))
if "GO_ON" not in os.environ:
    raise ValueError("no further")
bind.execute(sa.text("UPDATE one SET n = n + 100"))
"""


def test_what_was_refused_has_no_number(sqlite_project: Any) -> None:
    sqlite_project.revision("a1", None, REFUSED)
    with pytest.raises(RevisionFailed, match="no further"):
        upgrade(sqlite_project.config)

    with pytest.raises(CantGoOn, match="gives another answer") as caught:
        upgrade(sqlite_project.config)

    assert caught.value.number == 5


@pytest.mark.parametrize("driver", ["pymysql", "mysqldb", "aiomysql", "asyncmy"])
def test_what_is_seen_in_the_catalog_is_counted_as_done(
    driver: str,
    make_project: Callable[[str], Any],
    mariadb_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Killed when the table was there, and its row in the journal didn't say so yet."""
    pytest.importorskip({"mysqldb": "MySQLdb"}.get(driver, driver))
    project = make_project(mariadb_url)
    with_pymysql, with_driver = project.url, project.url.replace("+pymysql", f"+{driver}")
    project.revision("a1", None, STREAMED)
    project.url = with_driver
    with pytest.raises(RevisionFailed, match="no further"):
        upgrade(project.config)
    project.url = with_pymysql
    with project.connect() as connection:
        killed = "UPDATE migrate_journal SET state = 'begun' WHERE n IN (0, 5)"
        connection.execute(text(killed))
        connection.commit()

    project.url = with_driver
    monkeypatch.setenv("GO_ON", "1")
    with pytest.raises(CantGoOn, match="gives another answer") as caught:
        upgrade(project.config)
    assert caught.value.number == 5
    resume(project.config, continue_at=caught.value.number)

    project.url = with_pymysql
    with project.connect() as connection:
        assert connection.execute(text("SELECT n FROM one")).scalars().all() == [111, 112]
