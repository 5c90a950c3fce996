"""The last revision is written anew, as long as nobody else has it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from migrate_cli.cli.door import run
from migrate_cli.commands import amend, current, revision, upgrade
from migrate_cli.commands.amending import Amended
from migrate_cli.config import Config
from migrate_cli.errors import CannotWrite, CantAmend, NothingLeft, UsageError, WouldLoseData
from migrate_cli.failures import RevisionFailed
from migrate_cli.gates import Gate
from migrate_cli.losses.against_rows import Fills
from sqlalchemy import inspect, text

from .conftest import Project

MODELS = """
from sqlalchemy import Column, Integer, MetaData, String, Table
metadata = MetaData()
Table("account", metadata, Column("id", Integer, primary_key=True){account})
{more}
"""


@dataclass
class Models:
    project: Project
    name: str

    def __call__(self, account: str = "", more: str = "") -> Config:
        sys.modules.pop(self.name, None)
        text = MODELS.format(account=account, more=more)
        (self.project.root / f"{self.name}.py").write_text(text)
        self.project.settings(f'metadata = "{self.name}:metadata"')
        return self.project.config


@pytest.fixture
def models(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Models]:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # it is written twice in a second
    made = Models(project, f"amend_{project.url[:5]}")
    yield made
    sys.modules.pop(made.name, None)


@pytest.fixture
def lite(sqlite_project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Models]:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    made = Models(sqlite_project, "amend_lite")
    yield made
    sys.modules.pop(made.name, None)


NAME = ', Column("name", String(20))'


@pytest.mark.parametrize("applied", [True, False], ids=["applied", "pending"])
def test_it_says_what_the_models_say_now(models: Models, applied: bool) -> None:
    first = revision(models(), "accounts", autogenerate=True)
    if applied:
        upgrade(models())

    made = amend(models(NAME))
    upgrade(models(NAME))

    assert (made.id, made.path, made.stepped) == (first.id, first.path, applied)
    with models.project.connect() as connection:
        columns = [one["name"] for one in inspect(connection).get_columns("account")]
    assert columns == ["id", "name"]
    assert [one.id for one in current(models(NAME)).revisions] == [first.id]


def test_the_revision_below_stays(lite: Models) -> None:
    below = revision(lite(), "accounts", autogenerate=True)
    upgrade(lite())
    revision(lite(NAME), "names", autogenerate=True)
    upgrade(lite(NAME))
    with lite.project.connect() as connection:
        connection.execute(text("INSERT INTO account (id) VALUES (7)"))
        connection.commit()

    made = amend(lite(', Column("title", String(20))'), "titles")

    with lite.project.connect() as connection:
        assert connection.execute(text("SELECT id, title FROM account")).all() == [(7, None)]
    assert made.path.name.endswith("titles.py")
    assert below.path is not None
    assert below.path.exists()


def test_what_was_written_by_hand_is_kept_beside(lite: Models) -> None:
    first = revision(lite(), "accounts", autogenerate=True)
    assert first.path is not None
    mine = first.path.read_text().replace("pass", "pass  # mine") + "# by hand\n"
    first.path.write_text(mine)

    made = amend(lite(NAME))

    assert made.kept is not None
    assert made.kept.read_text() == mine


def test_without_room_for_the_file_no_database_is_touched(
    lite: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rows would be gone, and the file would be as it was."""
    made = revision(lite(), "accounts", autogenerate=True)
    upgrade(lite())
    assert made.path is not None
    before = made.path.read_bytes()
    with lite.project.connect() as connection:
        connection.execute(text("INSERT INTO account (id) VALUES (1)"))
        connection.commit()

    def full(file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotWrite, match=f"{made.path.name}: No space left on device"):
        amend(lite(NAME))

    with lite.project.connect() as connection:
        assert connection.execute(text("SELECT id FROM account")).all() == [(1,)]
    assert made.path.read_bytes() == before
    assert list(made.path.parent.glob("*.py*")) == [made.path]


def test_nothing_left_leaves_all_as_it_was(lite: Models) -> None:
    lite()
    made = revision(lite(more='Table("t", metadata, Column("id", Integer))'), autogenerate=True)
    base = revision(lite(more='Table("t", metadata, Column("id", Integer))'), "empty")
    upgrade(lite(more='Table("t", metadata, Column("id", Integer))'))
    assert made.path is not None
    assert base.path is not None
    before = base.path.read_bytes()

    with pytest.raises(NothingLeft):
        amend(lite(more='Table("t", metadata, Column("id", Integer))'))

    assert base.path.read_bytes() == before
    assert [one.id for one in current(lite.project.config).revisions] == [base.id]


def test_one_that_fails_afterwards_is_told_and_nothing_is_lost(lite: Models) -> None:
    revision(lite(), "accounts", autogenerate=True)
    upgrade(lite())
    with lite.project.connect() as connection:
        connection.execute(text("INSERT INTO account (id) VALUES (7)"))
        connection.commit()
    first = revision(lite(NAME), "names", autogenerate=True)
    upgrade(lite(NAME))

    with pytest.raises(RevisionFailed, match="rows of account would have no name"):
        amend(lite(', Column("name", String(20), nullable=False)'), fills=Fills(despite=True))

    assert first.path is not None
    assert first.path.with_name(first.path.name + "~").exists()


def test_rows_that_would_be_lost_are_lost_only_by_who_says_so(
    lite: Models, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = revision(lite(), "accounts", autogenerate=True)
    upgrade(lite())
    with lite.project.connect() as connection:
        connection.execute(text("INSERT INTO account (id) VALUES (7)"))
        connection.commit()
    assert made.path is not None
    before = made.path.read_bytes()
    lite(NAME)
    monkeypatch.chdir(lite.project.root)
    words = ["--url", lite.project.url, "make", "--amend"]

    refused = run(words)

    said = capsys.readouterr().err
    assert refused == 1
    assert f"{made.id}: drop table account" in said
    assert "--allow-data-loss" in said
    assert made.path.read_bytes() == before
    with lite.project.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM account")) == 1
    assert run([*words, "--allow-data-loss"]) == 0
    with lite.project.connect() as connection:
        assert connection.execute(text("SELECT id, name FROM account")).all() == []
    assert run([*words[:-1], "--allow-data-loss"]) == 2


def test_what_the_step_up_loses_is_asked_about_too(lite: Models) -> None:
    revision(lite(NAME), "accounts", autogenerate=True)
    upgrade(lite(NAME))
    revision(lite(NAME, 'Table("t", metadata, Column("id", Integer))'), "t", autogenerate=True)
    upgrade(lite(NAME))
    with lite.project.connect() as connection:
        connection.execute(text("INSERT INTO account (id, name) VALUES (7, 'x')"))
        connection.commit()
    asked: list[str] = []
    gate = Gate(ask=lambda question, word: bool(asked.append(question)))

    with pytest.raises(WouldLoseData):
        amend(lite(), gate=gate)

    assert len(asked) == 1
    assert asked[0].startswith("upgrade of")
    with lite.project.connect() as connection:
        assert connection.execute(text("SELECT id, name FROM account")).all() == [(7, "x")]


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def committed(lite: Models) -> None:
    git(lite.project.root, "init")
    git(lite.project.root, "add", ".")
    git(lite.project.root, "commit", "-m", "x")


def test_what_git_has_is_not_kept_beside(lite: Models) -> None:
    revision(lite(), "accounts", autogenerate=True)
    committed(lite)

    made = amend(lite(NAME))

    assert made.kept is None
    assert not list(made.path.parent.glob("*~"))


def pushed(lite: Models) -> None:
    revision(lite(), "accounts", autogenerate=True)
    committed(lite)
    git(lite.project.root, "init", "--bare", "../there.git")
    git(lite.project.root, "remote", "add", "origin", "../there.git")
    git(lite.project.root, "push", "origin", "main")
    lite.project.settings()
    git(lite.project.root, "commit", "-am", "since")


def merged(lite: Models) -> None:
    for one, parents in (("a1", None), ("b2", "a1"), ("c3", "a1"), ("d4", ("b2", "c3"))):
        lite.project.revision(one, parents)


def forked(lite: Models) -> None:
    for one, parents in (("a1", None), ("b2", "a1"), ("c3", "a1")):
        lite.project.revision(one, parents)


@pytest.mark.parametrize(
    ("before", "error", "said"),
    [
        pytest.param(pushed, CantAmend, "it is in origin/main, where others", id="pushed"),
        pytest.param(merged, CantAmend, "it joins several revisions", id="merge"),
        pytest.param(forked, UsageError, '2 heads: b2 "b2", c3 "c3"', id="heads"),
        pytest.param(lambda lite: None, UsageError, "there is no revision to amend", id="none"),
    ],
)
def test_what_stands_in_the_way_is_told(
    lite: Models, before: Callable[[Models], None], error: type[Exception], said: str
) -> None:
    before(lite)

    with pytest.raises(error) as caught:
        amend(lite(NAME))

    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 5


def test_the_command_line_says_what_became_of_it(
    lite: Models, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    revision(lite(), "accounts", autogenerate=True)
    lite(NAME)
    monkeypatch.chdir(lite.project.root)

    statuses = [
        run(["--url", lite.project.url, "make", *more, "--amend"]) for more in ([], ["--splice"])
    ]

    said = capsys.readouterr()
    assert statuses == [0, 2]
    assert "+ create table account (2 columns)\nAmended   migrations/versions/" in said.out
    assert "Next      migrate upgrade" in said.out
    assert "--splice can't be given with --amend" in said.err


def test_what_it_answers_goes_into_json(lite: Models) -> None:
    from migrate_cli.cli.paper import plain

    first = revision(lite(), "accounts", autogenerate=True)

    made = amend(lite(NAME))

    assert isinstance(made, Amended)
    assert plain(made)["id"] == first.id
