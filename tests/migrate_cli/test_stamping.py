"""Where a stamp leaves the rows of the version table; and what new files name."""

from __future__ import annotations

import pytest
from migrate_cli.commands import downgrade, history, merge, revision, stamp, upgrade
from migrate_cli.commands.graph import Entry
from migrate_cli.errors import UsageError
from migrate_cli.failures import RevisionFailed
from revgraph import RevgraphError
from sqlalchemy import text

from .conftest import Project

FORKED = (("a1a1", None), ("b2b2", "a1a1"), ("c3c3", "a1a1"), ("d4d4", "b2b2"), ("e5e5", None))
#   a1 <- b2 <- d4
#      \- c3           e5


@pytest.fixture
def forked(sqlite_project: Project) -> Project:
    for one, parents in FORKED:
        sqlite_project.revision(one, parents)
    return sqlite_project


@pytest.mark.parametrize(
    ("before", "to", "after"),
    [
        pytest.param([], ["b2b2"], ["b2b2"], id="one"),
        pytest.param(["b2b2", "c3c3"], ["a1a1"], ["a1a1"], id="two-branches-into-their-root"),
        pytest.param(["b2b2"], ["e5e5"], ["b2b2", "e5e5"], id="beside-what-is-there"),
        pytest.param([], ["c3c3", "e5e5"], ["c3c3", "e5e5"], id="several"),
        pytest.param([], ["a1a1", "b2b2"], ["b2b2"], id="a-revision-and-what-follows-it"),
        pytest.param(["d4d4"], ["d4d4"], ["d4d4"], id="where-it-is"),
        pytest.param([], ["heads"], ["c3c3", "d4d4", "e5e5"], id="heads"),
        pytest.param(["d4d4", "e5e5"], ["base"], [], id="base"),
        pytest.param([], ["base"], [], id="an-empty-table"),
    ],
)
def test_a_stamp_leads_to_the_rows_that_were_asked_for(
    forked: Project, before: list[str], to: list[str], after: list[str]
) -> None:
    """REV-106 to REV-109, REV-111, REV-115."""
    if before:
        stamp(forked.config, before)

    moved = stamp(forked.config, to)

    assert sorted(moved.heads) == after
    with forked.connect() as connection:
        rows = connection.execute(text("SELECT version_num FROM migrate_version")).scalars().all()
    assert sorted(rows) == after


@pytest.mark.parametrize(
    ("to", "said"),
    [("head", "c3c3"), ("zzzz", "no revision or branch 'zzzz'"), ("b2b3", "did you mean b2b2")],
)
def test_a_stamp_that_means_nothing_is_told_and_changes_nothing(
    forked: Project, to: str, said: str
) -> None:
    """REV-110, REV-112."""
    stamp(forked.config, ["b2b2"])

    with pytest.raises((UsageError, RevgraphError), match=said):
        stamp(forked.config, [to])

    assert stamp(forked.config, ["b2b2"]).before == ("b2b2",)


def test_purging_forgets_whatever_was_there(forked: Project) -> None:
    """REV-114."""
    stamp(forked.config, ["b2b2"])
    with forked.connect() as connection:
        connection.execute(text("INSERT INTO migrate_version VALUES ('gone')"))
        connection.commit()

    assert stamp(forked.config, ["c3c3"], purge=True).heads == ("c3c3",)


def test_a_head_that_is_named_twice_is_told(forked: Project) -> None:
    """REV-121: once in full and once by its beginning."""
    with pytest.raises((UsageError, RevgraphError), match="d4d4"):
        merge(forked.config, ["d4d4", "d4"])


def test_what_a_revision_depends_on_is_completed(forked: Project) -> None:
    """REV-122."""
    made = revision(forked.config, "x", head=["e5e5"], depends_on=["c3c"])
    assert made.path is not None
    assert 'depends_on = "c3c3"' in made.path.read_text()
    with pytest.raises((UsageError, RevgraphError), match="zzzz"):
        revision(forked.config, "x", head=[str(made.id)], depends_on=["zzzz"])


def test_a_seeded_way_back_that_fails_is_found(sqlite_project: Project) -> None:
    """COOK-017: each step up, down and up again, on a database of its own."""
    create = 'op.create_table("{}", sa.Column("id", sa.Integer()))'
    sqlite_project.revision("a1", upgrade=create.format("t"), downgrade='op.drop_table("t")')
    sqlite_project.revision("b2", "a1", upgrade=create.format("u"))
    config = sqlite_project.config

    def up_down_and_up(one: Entry) -> None:
        upgrade(config, one.id)
        downgrade(config, one.parents[0] if one.parents else "base")
        upgrade(config, one.id)

    good, bad = reversed(history(config).revisions)
    up_down_and_up(good)
    with pytest.raises(RevisionFailed, match=r"u\W* already exists"):
        up_down_and_up(bad)
