"""Revision files in several folders, below them, or without their source; and who hears of a step."""

from __future__ import annotations

import py_compile
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from migrate_cli.commands import downgrade, heads, revision, stamp, upgrade
from migrate_cli.errors import BadScript, NoHook, UsageError
from migrate_cli.failures import RevisionFailed
from sqlalchemy import text

from .conftest import Project

CREATE = 'op.create_table("t", sa.Column("id", sa.Integer()))'


def ids(project: Project) -> list[str]:
    return [entry.id for entry in heads(project.config).revisions]


def test_revisions_lie_in_several_folders_and_new_ones_beside_their_parent(
    sqlite_project: Project,
) -> None:
    root = sqlite_project.root
    sqlite_project.settings('version_locations = ["migrations/versions", "more/of/them"]')
    (root / "more" / "of" / "them").mkdir(parents=True)
    sqlite_project.revision("a1").rename(root / "more" / "of" / "them" / "a1.py")

    beside = revision(sqlite_project.config, "b", rev_id="b2")
    elsewhere = revision(sqlite_project.config, "c", version_path=root / "migrations" / "versions")

    assert beside.path is not None
    assert elsewhere.path is not None
    assert beside.path.parent == root / "more" / "of" / "them"
    assert elsewhere.path.parent == root / "migrations" / "versions"
    assert ids(sqlite_project) == [elsewhere.id]


def test_a_folder_that_nobody_reads_is_refused(sqlite_project: Project, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="none of the folders that revision files are read from"):
        revision(sqlite_project.config, "c", version_path=tmp_path / "else")

    assert not (tmp_path / "else").exists()


def test_scripts_may_lie_outside_of_the_project(sqlite_project: Project) -> None:
    """`init` makes them inside; the settings may say something else."""
    outside = sqlite_project.root.parent / "other" / "versions"
    outside.mkdir(parents=True)
    sqlite_project.settings('scripts = "../other"')

    made = revision(sqlite_project.config, "b")

    assert made.path is not None
    assert made.path.parent.samefile(outside)
    assert ids(sqlite_project) == [made.id]


def test_folders_below_count_if_they_are_asked_for(sqlite_project: Project) -> None:
    file = sqlite_project.revision("a1")
    (file.parent / "deep").mkdir()
    file.rename(file.parent / "deep" / "a1.py")

    before = ids(sqlite_project)
    sqlite_project.settings("recursive = true")

    assert (before, ids(sqlite_project)) == ([], ["a1"])


def test_a_folder_that_is_named_twice_counts_once(sqlite_project: Project) -> None:
    sqlite_project.settings(
        'version_locations = ["migrations/versions", "migrations/../migrations/versions", "more"]'
    )
    sqlite_project.revision("a1")
    (sqlite_project.root / "more").symlink_to(sqlite_project.root / "migrations" / "versions")

    assert ids(sqlite_project) == ["a1"]


def test_new_files_may_go_into_folders_by_date(sqlite_project: Project) -> None:
    sqlite_project.settings("recursive = true", 'file_template = "%(year)d/%(rev)s_%(slug)s"')
    made = revision(sqlite_project.config, "first", rev_id="a1")
    after = revision(sqlite_project.config, "second", rev_id="b2")

    assert made.path is not None
    assert after.path is not None
    assert made.path.parent == after.path.parent
    assert made.path.parent.parent == sqlite_project.root / "migrations" / "versions"
    assert (made.path.name, ids(sqlite_project)) == ("a1_first.py", ["b2"])


@pytest.mark.parametrize("cached", [True, False], ids=["pycache", "beside"])
def test_compiled_files_count_if_they_are_asked_for(sqlite_project: Project, cached: bool) -> None:
    sqlite_project.settings("sourceless = true")
    file = sqlite_project.revision("a1", upgrade=CREATE)
    py_compile.compile(str(file), cfile=None if cached else f"{file}c", doraise=True)
    with_source = ids(sqlite_project)
    file.unlink()

    upgrade(sqlite_project.config)

    assert with_source == ids(sqlite_project) == ["a1"]
    assert sqlite_project.tables() == {"t"}


def test_a_file_that_another_python_compiled_is_told(sqlite_project: Project) -> None:
    sqlite_project.settings("sourceless = true")
    file = sqlite_project.revision("a1").with_suffix(".pyc")
    file.with_suffix(".py").unlink()
    file.write_bytes(b"\x00" * 20)

    with pytest.raises(BadScript, match="compiled by another Python"):
        ids(sqlite_project)


LISTENER = """
seen = []
def told(applied):
    seen.append((applied.revision, applied.direction, applied.heads))
def fails(applied):
    raise ValueError("not that one")
"""


@pytest.fixture
def listener(project: Project) -> Iterator[Project]:
    (project.root / "wf_listener.py").write_text(LISTENER)
    project.settings('on_version_apply = "wf_listener:told"')
    project.revision("a1", upgrade=CREATE, downgrade='op.drop_table("t")')
    project.revision("b2", "a1")
    yield project
    sys.modules.pop("wf_listener", None)


def test_each_step_is_told_in_its_transaction(listener: Project) -> None:
    upgrade(listener.config)
    downgrade(listener.config, "a1")
    stamp(listener.config, ["b2"])

    assert sys.modules["wf_listener"].seen == [
        ("a1", "upgrade", ("a1",)),
        ("b2", "upgrade", ("b2",)),
        ("b2", "downgrade", ("a1",)),
        (None, "stamp", ("b2",)),
    ]


def test_who_raises_undoes_the_step(sqlite_project: Project) -> None:
    (sqlite_project.root / "wf_raises.py").write_text(LISTENER)
    sqlite_project.settings('on_version_apply = "wf_raises:fails"')
    sqlite_project.revision("a1", upgrade=CREATE)

    with pytest.raises(RevisionFailed, match="ValueError: not that one"):
        upgrade(sqlite_project.config)

    assert sqlite_project.tables() == set()
    with sqlite_project.connect() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master")).scalars().all()
    assert "migrate_version" not in names


def test_a_listener_that_is_not_there_is_told_before_anything_runs(
    sqlite_project: Project,
) -> None:
    (sqlite_project.root / "wf_wrong.py").write_text(LISTENER)
    sqlite_project.settings('on_version_apply = "wf_wrong:tol"')
    sqlite_project.revision("a1", upgrade=CREATE)

    with pytest.raises(NoHook, match="wf_wrong has no 'tol'; did you mean 'told'"):
        upgrade(sqlite_project.config)
