"""Whether the files of what was run still say what was run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic_projects import make, table
from hypothesis import given
from hypothesis import strategies as st
from migrate_cli.cli.door import run
from migrate_cli.commands import downgrade, stamp, upgrade, verify
from migrate_cli.errors import NoJournal
from migrate_cli.fingerprint import fingerprint
from sqlalchemy import text

UP = 'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))'
DOWN = 'op.drop_table("t")'

EDITS = [
    pytest.param(lambda s: s.replace('"id"', '"ident"'), "changed", id="name"),
    pytest.param(lambda s: s.replace("down_revision = None", 'down_revision = ()'), "changed", id="header"),
    pytest.param(lambda s: s.replace("op.drop_table", "pass  # op.drop_table"), "changed", id="way-back"),
    pytest.param(lambda s: s + "\n\n# why\n", "same", id="comment"),
    pytest.param(lambda s: s.replace('"""make t"""', '"""make t, as everybody wants"""'), "same", id="docstring"),
    pytest.param(lambda s: s.replace("    op.create", "    'why'\n    op.create"), "same", id="docstring-inside"),
    pytest.param(lambda s: s.replace('"t", ', '\n        "t",\n        '), "same", id="layout"),
    pytest.param(lambda s: s.replace("def upgrade", "def upgrade("), "changed", id="no-python"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "state"), EDITS)
def test_what_counts_is_what_the_file_says(sqlite_project: Any, edit: Any, state: str) -> None:
    path = sqlite_project.revision("a1a1", None, UP, DOWN, message="make t")
    upgrade(sqlite_project.config)
    edited = edit(path.read_text())
    assert edited != path.read_text()
    path.write_text(edited)

    (found,) = verify(sqlite_project.config).revisions

    assert (found.id, found.state) == ("a1a1", state)
    assert bool(found.difference) == (state == "changed")


def test_all_is_the_same_after_a_run(project: Any) -> None:
    project.revision("a1a1", None, UP, DOWN)
    project.revision("b2b2", "a1a1")
    upgrade(project.config, "a1a1")

    found = verify(project.config)

    assert [(one.id, one.state) for one in found.revisions] == [("a1a1", "same")]
    assert found.unchanged


def test_a_source_that_was_taken_out_is_not_known(project: Any) -> None:
    project.revision("a1a1", None, UP, DOWN)
    upgrade(project.config)
    with project.connect() as connection:
        connection.execute(text("UPDATE migrate_journal SET text = NULL WHERE n = 0"))
        connection.commit()

    assert [one.state for one in verify(project.config).revisions] == ["unknown"]


def test_what_was_only_stamped_is_not_known(sqlite_project: Any) -> None:
    sqlite_project.revision("a1a1", None, UP, DOWN)
    stamp(sqlite_project.config, ["head"])

    found = verify(sqlite_project.config)

    assert [one.state for one in found.revisions] == ["unknown"]
    assert found.unchanged


def test_a_file_that_is_gone_is_named(sqlite_project: Any) -> None:
    path = sqlite_project.revision("a1a1", None, UP, DOWN)
    upgrade(sqlite_project.config)
    path.unlink()

    found = verify(sqlite_project.config)

    assert [(one.id, one.state) for one in found.revisions] == [("a1a1", "gone")]
    assert not found.unchanged


def test_what_was_undone_may_be_another(sqlite_project: Any) -> None:
    path = sqlite_project.revision("a1a1", None, UP, DOWN)
    upgrade(sqlite_project.config)
    downgrade(sqlite_project.config, "base")
    path.unlink()

    assert verify(sqlite_project.config).revisions == ()


def test_the_last_run_counts(sqlite_project: Any) -> None:
    path = sqlite_project.revision("a1a1", None, UP, DOWN)
    upgrade(sqlite_project.config)
    downgrade(sqlite_project.config, "base")
    path.write_text(path.read_text().replace('"id"', '"ident"'))
    upgrade(sqlite_project.config)

    assert [one.state for one in verify(sqlite_project.config).revisions] == ["same"]


def test_without_a_journal_nothing_is_said_to_be_the_same(sqlite_project: Any) -> None:
    sqlite_project.settings("journal = false")

    with pytest.raises(NoJournal):
        verify(sqlite_project.config)


def test_an_alembic_project_says_that_it_has_no_journal(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path, sqlite_url, {"a": table("users", "aa11")})
    assert run(["upgrade", "-q"]) == 0

    assert run(["log"]) == 0
    assert run(["verify"]) == 3

    said = capsys.readouterr()
    assert "No journal is kept" in said.out
    assert "no journal is kept" in said.err


@given(st.sampled_from(["x = 1", "def f(a):\n    return a", "class A:\n    b: int = 2"]),
       st.text("ab#'\" \n", max_size=8))  # fmt: skip
def test_a_comment_never_counts(source: str, comment: str) -> None:
    lines = "".join(f"# {line}\n" for line in comment.splitlines())

    assert fingerprint(lines + source + "  " + lines) == fingerprint(source)
