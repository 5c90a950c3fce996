"""Two branches that change the same thing: what lint and merge say of them is what happens on a database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from alembic_projects import make, script, table
from migrate_cli.cli.door import run
from migrate_cli.commands import heads, lint, merge, upgrade
from migrate_cli.failures import RevisionFailed
from migrate_cli.lint.branches import CODE
from migrate_cli.lint.report import Finding

# a1a1 <- b2b2 (<- d4d4)
#      <- c3c3
START = """
op.create_table("customer", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(9)), sa.Column("age", sa.Integer))
op.create_table("p", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer))
op.create_index("ix_name", "customer", ["name"])
"""
PHONE = 'op.add_column("customer", sa.Column("phone", sa.String(9)))'
TAG = 'op.create_table("tag", sa.Column("id", sa.Integer, primary_key=True))'
INDEX = 'op.create_index("ix_age", "customer", ["age"])'
BLOCK = 'with op.batch_alter_table("customer") as batch: batch.'
NOT_NULL = BLOCK + 'alter_column("age", nullable=False, existing_type=sa.Integer)'
DROP = 'op.drop_table("customer")'
RENAME = 'op.rename_table("customer", "client")'
NEW_NAME = 'op.alter_column("customer", "age", new_column_name="years")'
TEMPORARY = 'op.create_table("old", sa.Column("id", sa.Integer)); op.add_column("old", sa.Column("b", sa.Integer)); op.drop_table("old")'
READ = 'op.get_bind().execute(sa.text("SELECT 1")).all()'
BOTH = {"b2b2", "c3c3"}

ROWS = [
    pytest.param(PHONE, "", PHONE, BOTH, id="both-add-a-column"),
    pytest.param(PHONE, "", BLOCK + 'add_column(sa.Column("phone", sa.Text))', BOTH, id="one-in-a-block"),
    pytest.param(TAG, "", TAG, BOTH, id="both-create-a-table"),
    pytest.param(TAG, "", 'sa.Table("tag", sa.MetaData(), sa.Column("a", sa.Integer)).create(op.get_bind(), checkfirst=False)', BOTH, id="one-through-the-bind"),
    pytest.param(f'{TAG}\nop.create_index("i", "tag", ["id"])', "", f'{TAG}\nop.create_index("i", "tag", ["id"])', BOTH, id="a-table-and-its-index-once"),
    pytest.param(INDEX, "", INDEX, BOTH, id="both-create-an-index"),
    pytest.param(INDEX, "", 'op.create_index("ix_age", "p", ["a"])', BOTH, id="index-names-are-of-the-schema"),
    pytest.param('op.drop_index("ix_name")', "", 'op.drop_index("ix_name", "customer")', BOTH, id="both-drop-an-index"),
    pytest.param(DROP, "", DROP, BOTH, id="both-drop-a-table"),
    pytest.param(DROP, "", RENAME, BOTH, id="one-drops-one-renames"),
    pytest.param(RENAME, "", RENAME, BOTH, id="both-rename-a-table"),
    pytest.param(RENAME, "", 'op.rename_table("customer", "buyer")', BOTH, id="both-rename-a-table-otherwise"),
    pytest.param(RENAME, "", TAG.replace("tag", "client"), BOTH, id="a-new-name-that-another-one-has"),
    pytest.param(DROP, "", PHONE, {"c3c3"}, id="dropped-and-altered"),
    pytest.param(DROP, "", f"{PHONE}\n{NOT_NULL}", {"c3c3"}, id="dropped-and-altered-twice-is-told-once"),
    pytest.param(DROP, "", INDEX, {"c3c3"}, id="dropped-and-indexed"),
    pytest.param(NOT_NULL, "", RENAME, {"b2b2"}, id="altered-and-renamed"),
    pytest.param(NEW_NAME, "", NEW_NAME, BOTH, id="both-rename-a-column"),
    pytest.param(NEW_NAME, "", NOT_NULL, {"c3c3"}, id="a-column-renamed-and-altered"),
    pytest.param(NEW_NAME, "", INDEX, {"c3c3"}, id="a-column-renamed-and-indexed"),
    pytest.param('op.drop_column("customer", "age")', "", 'op.drop_column("customer", "age")', BOTH, id="both-drop-a-column"),
    pytest.param(TAG[:-1] + ", if_not_exists=True)", "", TAG, {"c3c3"}, id="one-looks-before"),
    pytest.param(TAG, 'op.drop_table("tag")', TAG, {"b2b2"}, id="made-and-dropped-later"),
    pytest.param(PHONE, 'op.alter_column("customer", "phone", new_column_name="mobile")', PHONE, {"b2b2"}, id="added-and-renamed-later"),
    pytest.param("pass", PHONE, PHONE, {"c3c3", "d4d4"}, id="further-up"),

    pytest.param(PHONE, "", PHONE.replace("phone", "fax"), set(), id="other-columns"),
    pytest.param(NOT_NULL, "", NOT_NULL, set(), id="both-alter-a-column"),
    pytest.param(PHONE, NOT_NULL.replace("age", "name"), INDEX, set(), id="other-parts"),
    pytest.param(TEMPORARY, "", TEMPORARY, set(), id="a-table-for-a-while"),
    pytest.param(TEMPORARY.rpartition(";")[0], 'op.drop_table("old")', TEMPORARY, set(), id="a-table-for-a-longer-while"),
    pytest.param('op.drop_table("p"); op.create_table("p", sa.Column("a", sa.Integer))', "", 'op.add_column("p", sa.Column("b", sa.Integer))', set(), id="dropped-and-made-anew"),
    pytest.param('op.drop_table("p", if_exists=True)', "", 'op.drop_table("p", if_exists=True)', set(), id="both-look-before"),
    pytest.param('op.execute("DROP TABLE IF EXISTS tag")\n' + TAG, "", 'op.execute("DROP TABLE IF EXISTS tag")\n' + TAG, set(), id="raw-sql-before"),
    pytest.param(TAG + '\nop.execute("DROP TABLE tag")', "", TAG + '\nop.execute("DROP TABLE tag")', set(), id="raw-sql-behind"),
    pytest.param(DROP, 'op.create_table("customer", sa.Column("age", sa.Integer))', INDEX, set(), id="dropped-and-made-anew-later"),
]  # fmt: skip


@pytest.mark.parametrize(("left", "above", "right", "fails"), ROWS)
def test_what_is_told_is_what_happens(
    sqlite_project: Any, tmp_path: Path, left: str, above: str, right: str, fails: set[str]
) -> None:
    branches(sqlite_project, left, above, right)

    told = conflicts(sqlite_project)
    assert [_failing(one) for one in told] == ([fails] if fails else [])
    assert on_a_database(sqlite_project, tmp_path, "d4d4" if above else "b2b2") == fails


PASSED_OVER = [
    pytest.param('op.execute("CREATE TABLE tag (id INTEGER)")', TAG, id="raw-sql"),
    pytest.param(f"{READ}\n{TAG}", TAG, id="behind-live-data"),
    pytest.param(f"{TAG}\n{READ}", 'op.drop_table("tag")', id="before-live-data"),
    pytest.param('op.execute("INSERT INTO p VALUES (1, 1)")', 'op.drop_table("p")', id="data"),
    pytest.param(BLOCK + 'create_unique_constraint("u", ["age"])', BLOCK + 'create_unique_constraint("u", ["age"])', id="constraints-that-may-have-one-name"),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), PASSED_OVER)
def test_what_isnt_certain_is_passed_over(sqlite_project: Any, left: str, right: str) -> None:
    branches(sqlite_project, left, "", right)

    assert conflicts(sqlite_project) == []


@pytest.mark.parametrize(
    ("left", "above"),
    [
        pytest.param(f"{PHONE}\n{READ}", "", id="in-the-file"),
        pytest.param(PHONE, READ, id="on-the-branch"),
    ],
)
def test_what_comes_before_live_data_is_certain(sqlite_project: Any, left: str, above: str) -> None:
    branches(sqlite_project, left, above, PHONE)

    (found,) = conflicts(sqlite_project)

    assert _failing(found) == {"b2b2"}
    assert found.safe.startswith("# take it out")


UNIQUE = 'op.create_unique_constraint("u", "customer", ["age"])'


@pytest.mark.parametrize(
    ("left", "right", "postgresql", "mysql"),
    [
        pytest.param(INDEX, INDEX, 1, 1, id="index"),
        pytest.param(INDEX, 'op.create_index("ix_age", "p", ["a"])', 1, 0, id="index-elsewhere"),
        pytest.param(UNIQUE, UNIQUE, 1, 1, id="constraint"),
        pytest.param(UNIQUE, UNIQUE.replace("customer", "p"), 0, 0, id="constraint-elsewhere"),
        pytest.param('op.drop_constraint("u", "p")', 'op.drop_constraint("u", "p")', 1, 1, id="drop-constraint"),
    ],
)  # fmt: skip
def test_a_name_counts_where_the_database_knows_by_it(
    make_project: Any, left: str, right: str, postgresql: int, mysql: int
) -> None:
    project = make_project("postgresql+psycopg://nobody@127.0.0.1:1/none")
    branches(project, left, "", right)

    assert len(conflicts(project)) == postgresql
    project.url = "mysql+pymysql://x@127.0.0.1:1/x"
    assert len(conflicts(project)) == mysql


def test_it_is_told_of_the_revision_that_is_judged(sqlite_project: Any) -> None:
    branches(sqlite_project, DROP, "", PHONE)

    (here,) = conflicts(sqlite_project, ["c3c3"])
    (there,) = conflicts(sqlite_project, ["b2b2"])

    assert (here.change, here.problem, here.safe.splitlines()[1]) == (
        "add column customer.phone (String(length=9))",
        "fails where b2b2 has run, on another branch: drop table customer",
        'depends_on = "c3c3"',
    )
    assert (there.change, there.problem, there.safe.splitlines()[1]) == (
        "drop table customer",
        "where this has run, c3c3 fails, on another branch: add column customer.phone (String(length=9))",
        'depends_on = "c3c3"',
    )
    assert here.line == there.line == 11
    assert conflicts(sqlite_project, ["a1a1"]) == []


def test_what_is_written_instead_ends_it(sqlite_project: Any, tmp_path: Path) -> None:
    branches(sqlite_project, DROP, "", PHONE)
    (found,) = conflicts(sqlite_project)
    file = sqlite_project.root / "migrations" / "versions" / "b2b2.py"
    file.write_text(file.read_text().replace("\n\n\n", f"\n{found.safe}\n\n\n", 1))

    assert conflicts(sqlite_project) == []
    upgrade(sqlite_project.config, "heads")


@pytest.mark.parametrize("file", ["b2b2", "c3c3"])
def test_it_is_allowed_in_either_file(sqlite_project: Any, file: str) -> None:
    allow = f"{TAG}  # migrate: allow branch-conflict because each has its own database"
    branches(sqlite_project, *((allow, "", TAG) if file == "b2b2" else (TAG, "", allow)))

    assert [one.allowed for one in conflicts(sqlite_project)] == ["each has its own database"]
    assert merge(sqlite_project.config).conflicts == ()


def test_roots_of_their_own_meet_in_one_database(sqlite_project: Any) -> None:
    sqlite_project.revision("a1a1", None, TAG)
    sqlite_project.revision("b2b2", None, TAG)

    (found,) = conflicts(sqlite_project)

    with pytest.raises(RevisionFailed) as failed:
        upgrade(sqlite_project.config, "heads")
    assert failed.value.revision == found.revision


def test_what_has_come_together_isnt_looked_at_for_a_third_branch(sqlite_project: Any) -> None:
    branches(sqlite_project, PHONE, "", INDEX)
    sqlite_project.revision("d4d4", ("b2b2", "c3c3"), TAG)
    sqlite_project.revision("e5e5", None, TAG)
    sqlite_project.revision("f6f6", ("b2b2", "c3c3"), PHONE.replace("phone", "fax"))

    (found,) = conflicts(sqlite_project)

    assert {found.revision, *_failing(found)} == {"d4d4", "e5e5"}


def test_merge_tells_what_lint_would_and_writes_it_all_the_same(
    sqlite_project: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(sqlite_project.root)
    branches(sqlite_project, PHONE, "", PHONE)
    url = f"--url={sqlite_project.url}"
    assert run(["lint", url]) == 1
    found = capsys.readouterr().out.rpartition("\n\n")[0]

    assert run(["merge", url]) == 0

    said = capsys.readouterr()
    assert said.err.strip() == found
    assert said.out.startswith("Wrote ")
    assert len(heads(sqlite_project.config).revisions) == 1
    assert run(["lint", url]) == 0


def test_merge_runs_only_what_isnt_common(sqlite_project: Any) -> None:
    branches(sqlite_project, PHONE, "", PHONE)
    seen = "import pathlib; pathlib.Path(__file__).with_suffix('.seen').touch()\n"
    for name in ("a1a1", "b2b2", "c3c3"):
        file = sqlite_project.root / "migrations" / "versions" / f"{name}.py"
        file.write_text(file.read_text().replace("import sqlalchemy as sa\n", seen + "import sqlalchemy as sa\n"))  # fmt: skip

    made = merge(sqlite_project.config)

    assert len(made.conflicts) == 1
    ran = sqlite_project.root.glob("**/*.seen")
    assert sorted(one.stem for one in ran) == ["b2b2", "c3c3"]


def test_merge_says_where_it_couldnt_look(sqlite_project: Any) -> None:
    branches(sqlite_project, PHONE, "", PHONE)
    sqlite_project.url = None

    made = merge(sqlite_project.config)

    assert made.path is not None
    assert made.conflicts == ()
    assert made.unseen is not None
    assert made.unseen.startswith("no database URL")


def test_a_rule_that_doesnt_count_runs_nothing_for_merge(
    sqlite_project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sqlite_project.root)
    sqlite_project.settings('lint_ignore = ["branch-conflict"]')
    branches(sqlite_project, f'open("ran", "w"); {PHONE}', "", PHONE)

    assert merge(sqlite_project.config).conflicts == ()
    assert not Path("ran").exists()


def test_merge_tells_it_in_an_alembic_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {
        "a": script("aa11", None, "pass"),
        "b": table("tag", "bb22", "aa11"),
        "c": table("tag", "cc33", "aa11"),
    }
    make(tmp_path, "postgresql+psycopg://app:secret@127.0.0.1:1/app", files)

    assert run(["merge", "heads", "-m", "both"]) == 0

    said = capsys.readouterr()
    assert "branch-conflict  create table tag" in said.err
    assert said.out.startswith("Wrote ")


def branches(project: Any, left: str, above: str, right: str) -> None:
    """Write two branches from one revision; the left one goes on if there is anything above."""
    project.revision("a1a1", None, START)
    project.revision("b2b2", "a1a1", left)
    project.revision("c3c3", "a1a1", right)
    if above:
        project.revision("d4d4", "b2b2", above)


def conflicts(project: Any, revisions: Sequence[str] = ()) -> list[Finding]:
    return [one for one in lint(project.config, revisions).findings if one.code == CODE]


def _failing(found: Finding) -> set[str]:
    """Give the revisions that fail where the other one has run, by what is told."""
    words = found.problem.partition(": ")[0]
    if words.startswith("fails where"):
        other = words.split()[2]
        return {found.revision, other} if "way round" in words else {found.revision}
    return {words.partition(", ")[2].split()[0]}


def on_a_database(project: Any, folder: Path, left: str) -> set[str]:
    """Give the revisions that fail where the other branch has run."""
    failed = set()
    for first, second in ((left, "c3c3"), ("c3c3", left)):
        project.url = f"sqlite:///{folder / second}.db"
        upgrade(project.config, first)
        try:
            upgrade(project.config, second)
        except RevisionFailed as err:
            failed.add(err.revision)
    return failed
