"""What is told about a database: current, status. Nothing is written there."""

from __future__ import annotations

from typing import Any

import pytest
from migrate_cli.commands import current, status, upgrade
from migrate_cli.commands.project import shown_url
from migrate_cli.failures import NoVersionTable
from sqlalchemy import inspect, text


def test_an_empty_database_is_at_base_and_stays_empty(project: Any) -> None:
    project.revision("a1a1", message="make a")

    at, standing = current(project.config), status(project.config)

    assert (at.revisions, at.unknown, at.at_head) == ((), (), False)
    assert [(k.id, k.message, k.applied) for k in standing.revisions] == [("a1a1", "make a", False)]
    assert (standing.heads, standing.pending, standing.in_sync) == ((), 1, False)
    with project.connect() as connection:
        assert inspect(connection).get_table_names() == []


def test_status_tells_applied_from_pending(sqlite_project: Any) -> None:
    sqlite_project.revision("a1a1")
    upgrade(sqlite_project.config)
    sqlite_project.revision("b2b2", "a1a1")

    standing = status(sqlite_project.config)

    assert [(k.id, k.applied) for k in standing.revisions] == [("a1a1", True), ("b2b2", False)]
    assert standing.pending == 1
    assert not standing.at_head
    assert standing.changes is None
    assert "pending" in str(standing.why_not)


def test_a_revision_without_a_file_is_shown_and_breaks_nothing(sqlite_project: Any) -> None:
    sqlite_project.revision("a1a1")
    last = sqlite_project.revision("b2b2", "a1a1")
    upgrade(sqlite_project.config)
    last.unlink()

    at, standing = current(sqlite_project.config), status(sqlite_project.config)

    assert at.unknown == standing.unknown == ("b2b2",)
    assert at.revisions == ()
    assert not standing.at_head


def test_models_that_dont_import_are_told_not_raised(sqlite_project: Any) -> None:
    sqlite_project.settings('metadata = "nothing_of_that_name:metadata"')

    standing = status(sqlite_project.config)

    assert standing.changes is None
    assert "there is no module 'nothing_of_that_name'" in str(standing.why_not)


def test_no_password_is_shown(sqlite_project: Any) -> None:
    sqlite_project.url = "postgresql+psycopg://me:secret@db.local/app?sslpassword=secret"

    assert shown_url(sqlite_project.config) == "postgresql+psycopg://me:***@db.local/app"


def test_a_version_table_that_is_none_is_named(sqlite_project: Any) -> None:
    with sqlite_project.connect() as connection:
        connection.execute(text("CREATE TABLE migrate_version (x INTEGER)"))

    with pytest.raises(NoVersionTable):
        current(sqlite_project.config)
