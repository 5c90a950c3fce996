"""How long MySQL and MariaDB wait for a lock, and for a statement; seen on MariaDB 10.11."""

from __future__ import annotations

import math
from typing import Any


def timeouts(lock: float | None, statement: float | None) -> list[str]:
    """Set them for the session.

    MySQL 8.4 manual, 7.1.8: lock_wait_timeout is for metadata locks and innodb_lock_wait_timeout
    for rows, both in whole seconds, 1 at least. MariaDB's max_statement_time is for every
    statement, in seconds; MySQL has nothing of that kind (max_execution_time is for SELECT alone):
    there it stands in a comment that only MariaDB reads.

    >>> timeouts(0.5, None)[0]
    'SET SESSION lock_wait_timeout = 1, SESSION innodb_lock_wait_timeout = 1'
    """
    wait = "DEFAULT" if lock is None else str(max(1, math.ceil(lock)))
    limit = "DEFAULT" if statement is None else f"{statement:g}"
    return [
        f"SET SESSION lock_wait_timeout = {wait}, SESSION innodb_lock_wait_timeout = {wait}",
        f"SET @migrate_statement_timeout = 1 /*M! , SESSION max_statement_time = {limit} */",
    ]


def missed_its_lock(error: BaseException) -> bool:
    """Look at the number: 1205 ER_LOCK_WAIT_TIMEOUT, 1213 ER_LOCK_DEADLOCK (server error reference)."""
    arguments: Any = error.args
    return bool(arguments) and arguments[0] in (1205, 1213)
