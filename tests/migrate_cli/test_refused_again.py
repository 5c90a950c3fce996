"""An error that a script has caught is raised once more when the script is gone on with."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from migrate_cli.commands import upgrade
from migrate_cli.failures import RevisionFailed
from migrate_cli.journal.answers import Answer, again, refusal
from sqlalchemy import text

CAUGHT = """
import os

def code_of(err):
    return getattr(err.orig, "pgcode", None) or err.orig.sqlstate

op.create_table("one", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))
op.execute("INSERT INTO one VALUES (1, 0)")
bind = op.get_bind()
for statement in ("INSERT INTO one VALUES (1, 5)", "SELECT 1 FROM nowhere"):
    try:
        with bind.begin_nested():
            op.execute(statement)
    except sa.exc.IntegrityError as err:
        assert code_of(err) == "23505"
        op.execute("UPDATE one SET n = n + 1")
    except sa.exc.ProgrammingError as err:
        assert code_of(err) == "42P01"
        op.execute("UPDATE one SET n = n + 10")
with op.get_context().autocommit_block():
    op.execute("CREATE TABLE two (id INTEGER)")
if "GO_ON" not in os.environ:
    raise ValueError("no further")
"""


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2", "asyncpg"])
def test_it_is_of_the_same_kind_and_has_the_same_code(
    driver: str,
    make_project: Callable[[str], Any],
    postgresql_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip(driver)
    project = make_project(postgresql_url)
    with_psycopg, project.url = project.url, project.url.replace("+psycopg", f"+{driver}")
    project.revision("a1", None, CAUGHT)
    with pytest.raises(RevisionFailed, match="no further"):
        upgrade(project.config)

    monkeypatch.setenv("GO_ON", "1")
    upgrade(project.config)

    project.url = with_psycopg
    with project.connect() as connection:
        assert connection.execute(text("SELECT n FROM one")).scalars().all() == [11]


class ProgrammingError(Exception):
    """As the drivers of MySQL's and MariaDB's makers have it: the number is no argument of its own."""

    errno = -1


def test_the_number_of_the_error_comes_along() -> None:
    error = ProgrammingError("no such table")
    error.errno = 1146

    made = again(
        Answer.read(refusal(error).written()),
        SimpleNamespace(ProgrammingError=ProgrammingError, Error=Exception),
    )

    assert (type(made), made.args, vars(made)) == (
        ProgrammingError,
        ("no such table",),
        {"errno": 1146},
    )
