"""What scripts say to `op` by Alembic's name leaves the schema that our changes leave, on each database.

The other half stands in `tests/ddl_constructs/test_differential.py`: our changes leave what Alembic leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ddl_constructs
import pytest
from differential_cases import CASES, Said, catalog, start
from sqlalchemy import create_engine, text


@pytest.mark.slow
@pytest.mark.parametrize(("dialect", "say"), CASES)
def test_the_words_leave_what_the_changes_leave(
    dialect: str, say: Callable[[Any], Any], request: pytest.FixtureRequest
) -> None:
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    engine = create_engine(request.getfixturevalue(f"{dialect}_url"))
    with engine.connect() as connection:
        with connection.begin():
            start(Said(connection))
            say(Said(connection))
        by_changes = catalog(connection)
        connection.rollback()
        for name in sorted(by_changes, key=lambda n: n == "parent"):
            connection.execute(ddl_constructs.DropTable(name))
        if dialect == "postgresql":
            connection.execute(text("DROP TYPE IF EXISTS mood"))
        connection.commit()

        with connection.begin():
            op = Operations(MigrationContext.configure(connection))
            start(op)
            say(op)
        by_words = catalog(connection)
    engine.dispose()

    assert by_words == by_changes


def test_what_sqlite_can_not_alter_is_refused_as_scripts_know_it(sqlite_url: str) -> None:
    """Some go on in `except NotImplementedError`, which is what Alembic raises there."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    with create_engine(sqlite_url).connect() as connection:
        connection.execute(text("CREATE TABLE t (a INTEGER)"))
        op = Operations(MigrationContext.configure(connection))
        with pytest.raises(NotImplementedError):
            op.create_unique_constraint("u", "t", ["a"])
