"""A connection that is lost outside of the transaction: what is told is why, and not what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from migrate_cli.commands import upgrade
from migrate_cli.failures import RevisionFailed

KILLED = """
with op.get_context().autocommit_block():
    op.execute("SELECT pg_terminate_backend(pg_backend_pid())")
"""


def test_the_servers_words_are_told(
    make_project: Callable[[str], Any], postgresql_url: str
) -> None:
    project = make_project(postgresql_url)
    project.revision("a1", None, KILLED)

    with pytest.raises(RevisionFailed, match="administrator command"):
        upgrade(project.config)
