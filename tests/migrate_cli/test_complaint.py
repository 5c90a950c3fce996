"""Whatever class a driver raises, its own words are told, and there are some."""

from __future__ import annotations

import pytest
from migrate_cli.running.complaint import reason
from sqlalchemy.exc import DBAPIError


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        pytest.param(Exception("  no such table: t\n"), "no such table: t", id="a-text"),
        pytest.param(Exception(1146, "no table"), "no table", id="a-number-and-a-text"),
        pytest.param(Exception(2006, ""), "Exception(2006, '')", id="no-text"),
        pytest.param(Exception(), "Exception()", id="nothing"),
        pytest.param(
            Exception("<class 'asyncpg.exceptions._base.InterfaceError'>: it is closed"),
            "it is closed",
            id="asyncpg-by-sqlalchemy-2.0",
        ),
        pytest.param(OSError(111, "Connection refused"), "Connection refused", id="the-system"),
        pytest.param(Exception("one\ntwo"), "one\n  two", id="two-lines"),
    ],
)
def test_the_drivers_own_words_are_told(raised: Exception, told: str) -> None:
    assert reason(DBAPIError("SELECT 1", None, raised)) == told
    assert reason(raised) == told
