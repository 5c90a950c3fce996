"""`migrate alembic`, and Alembic's commands as functions: the peer's words, messages and exit codes."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from alembic_projects import catalog, make, peer, script, table, versions
from migrate_cli.cli.door import run
from sqlalchemy import create_engine, text

BRANCHED = {
    "a": table("one", "aaaa"),
    "b": table("two", "bbbb", "aaaa", branch_labels=("left",)),
    "c": script("cccc", "aaaa"),
    "d": script("dddd", ("bbbb", "cccc")),
    "e": script("eeee", None, depends_on="cccc"),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return make(tmp_path, f"sqlite:///{tmp_path}/x.db", BRANCHED)


def ours(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Exit code and stdout of `migrate alembic ...`."""
    capsys.readouterr()
    try:
        status = run(["alembic", *words])
    except SystemExit as err:
        status = int(err.code or 0) % 256
    return status, capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        "heads",
        "heads -v",
        "heads --resolve-dependencies",
        "history",
        "history -v",
        "history -r aaaa:dddd",
        "history -r bbbb:",
        "history -r nonsense",
        "branches",
        "show dddd",
        "show zzzz",
        "current",
        "upgrade zzzz",
        "upgrade head",
        "upgrade aaaa:dddd",
        "downgrade base --sql",
        "stamp --purge --sql heads",
        "revision --sql -m x",
        "revision --autogenerate --sql -m x",
        "revision -m x --head cccc",
        "merge -m x aaaa bbbb",
        "current --check-heads",
        "edit zzzz",
        "init scripts",
        "init -t nonsense other",
    ],
)
@pytest.mark.slow
def test_a_command_says_what_alembic_says(
    project: Path, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    theirs = peer(project, *words.split(), check=False)

    status, said = ours(capsys, *words.split())

    assert status == theirs.returncode
    if words not in DIFFERENT:
        assert lines(said) == lines(theirs.stdout)


def test_scripts_may_lie_beside_the_folder_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """LIM-122: before Python 3.12 Alembic's path leads elsewhere."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conf").mkdir()

    made = [
        run(["alembic", "-c", "conf/x.ini", *words])
        for words in (["init", "other"], ["revision", "-m", "x", "--rev-id", "a1"], ["heads"])
    ]

    assert made == [0, 0, 0]
    assert capsys.readouterr().out.splitlines()[-1] == "a1 (head)"
    assert (tmp_path / "other" / "versions" / "a1_x.py").exists()


def lines(text: str) -> list[str]:
    """Lines in order, the names in each too: Alembic's come out of sets."""
    return sorted(", ".join(sorted(re.split(r"(?<=: )|, ", line))) for line in text.splitlines())


DIFFERENT = {"init -t nonsense other", "merge -m x aaaa bbbb"}
"""Commands whose messages name other things: templates by name, which revision stands in the way."""


@pytest.mark.slow
def test_every_step_up_and_down_is_the_same(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    for words in ("upgrade aaaa", "upgrade left@head", "upgrade heads", "downgrade left@aaaa"):
        assert ours(capsys, *words.split())[0] == 0
        found = versions(url), catalog(url)
        (tmp_path / "x.db").rename(tmp_path / "ours.db")
        for word in ("upgrade aaaa", "upgrade left@head", "upgrade heads", "downgrade left@aaaa"):
            peer(project, *word.split())
            if word == words:
                break
        assert (versions(url), catalog(url)) == found
        (tmp_path / "ours.db").rename(tmp_path / "x.db")


@pytest.mark.parametrize(
    ("words", "code"),
    [("", 2), ("nonsense", 2), ("upgrade", 2), ("--version", 0), ("-c a.ini -c b.ini heads", 2)],
)
def test_usage_has_alembics_exit_codes(
    project: Path, capsys: pytest.CaptureFixture[str], words: str, code: int
) -> None:
    assert ours(capsys, *words.split())[0] == code


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("--branch-label head", "can't use label 'head'"),
        ("--branch-label a@b", "can't use label 'a@b'"),
        ("--branch-label aaaa", "label 'aaaa' of revision ffff is also the id of a revision"),
        (
            "--branch-label left",
            "Branch name 'left' in revision ffff already used by revision bbbb",
        ),
        ("--rev-id left", "label 'left' of revision bbbb is also the id of a revision"),
    ],
)
@pytest.mark.parametrize("program", [["alembic"], []], ids=["alembic", "ours"])
def test_a_label_that_would_stop_every_command_is_refused(
    project: Path,
    capsys: pytest.CaptureFixture[str],
    program: list[str],
    given: str,
    said: str,
) -> None:
    """Alembic writes the file, and then no command can read the scripts."""
    before = sorted(project.rglob("*.py"))
    words = ["revision", "-m", "x", "--rev-id", "ffff", "--head", "dddd", *given.split()]

    try:
        status = run([*program, *words])
    except SystemExit as err:
        status = int(err.code or 0) % 256

    told = capsys.readouterr()
    assert status == (255 if program else 3)
    assert said in told.out + told.err
    assert sorted(project.rglob("*.py")) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("upgrade zzzz", "no revision or branch 'zzzz'"),
        ("upgrade aaaa+9", "'aaaa+9'"),
        ("downgrade zzzz", "no revision or branch 'zzzz'"),
        ("stamp zzzz", "no revision or branch 'zzzz'"),
    ],
)
def test_our_commands_do_not_blame_env_for_a_target(
    project: Path, capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    assert run(words.split()) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith(f"Error: {said}")


@pytest.mark.parametrize("words", ["heads", "upgrade heads"])
def test_scripts_that_are_no_graph_are_told_in_a_line(
    project: Path, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    """One has a label that is another's id."""
    one = next(project.rglob("b.py"))
    one.write_text(one.read_text().replace("left", "aaaa"))

    assert run(["alembic", *words.split()]) == 1

    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("FAILED: label 'aaaa' of revision bbbb is also the id")


def test_a_failing_migration_is_said_in_a_few_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    make(
        tmp_path,
        f"sqlite:///{tmp_path}/x.db",
        {"a": script("aaaa", None, 'op.execute("select * from nowhere")')},
    )

    assert run(["alembic", "upgrade", "head"]) == 1

    said = capsys.readouterr().err
    assert "no such table: nowhere" in said
    assert "versions/a.py:10" in said
    assert "Traceback" not in said


def test_where_an_error_comes_from_is_shown_when_asked(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["alembic", "--raiseerr", "upgrade", "nowhere"]) == 1

    assert capsys.readouterr().err.startswith("Traceback")


def test_commands_give_what_they_made(project: Path) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import Script
    from alembic.util import CommandError

    settings = Config("alembic.ini", stdout=io.StringIO(), output_buffer=io.StringIO())

    made: Any = command.revision(settings, "more", head="dddd", rev_id="ffff")
    merged: Any = command.merge(settings, ["ffff", "eeee"], message="join", rev_id="abcd")

    assert isinstance(made, Script)
    assert (made.revision, made.down_revision, made.doc) == ("ffff", "dddd", "more")
    assert (merged.down_revision, merged.is_merge_point) == (("ffff", "eeee"), True)
    with pytest.raises(CommandError) as raised:
        command.upgrade(settings, "nowhere")
    assert raised.value.__cause__ is not None
    command.upgrade(settings, "heads", sql=True)
    assert "CREATE TABLE two" in settings.output_buffer.getvalue()  # type: ignore[attr-defined]


def test_a_new_file_has_an_id_before_its_hooks_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import command
    from alembic.config import Config

    numbers = """
def numbered(context, revision, directives):
    directives[0].rev_id = f"0001_{directives[0].rev_id:.3}"
"""
    make(tmp_path, "sqlite://", before=numbers, options="process_revision_directives=numbered")
    monkeypatch.chdir(tmp_path)
    settings = Config("alembic.ini", stdout=io.StringIO())
    settings.set_main_option("revision_environment", "true")

    made: Any = command.revision(settings, "new")

    assert re.fullmatch("0001_[0-9a-f]{3}", made.revision)


def test_folders_of_scripts_are_told_as_text(project: Path) -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    for directory in (ScriptDirectory.from_config(Config("alembic.ini")), ScriptDirectory(project)):
        assert {type(directory.dir), type(directory.versions)} == {str}


def test_a_function_of_ones_own_becomes_a_command(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from alembic.config import CommandLine

    def shout(config: Any, revision: str, verbose: bool = False) -> None:
        """Say it loud."""
        config.print_stdout("%s %s", revision.upper(), verbose)

    line = CommandLine("own")
    line.register_command(shout)
    line.main(["shout", "aaaa", "-v"])

    assert capsys.readouterr().out == "AAAA True\n"


def test_json_comes_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["revision", "-m", "x", "--head", "dddd", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["schema"] == 1


@pytest.mark.parametrize(
    ("gone", "stay", "warned"),
    [
        (("one", "two"), (), "this would drop all 2 tables: one, two"),
        (("one", "two"), ("three",), ""),
        (("one",), (), "this would drop the only table: one"),
        ((), ("one",), ""),
    ],
)
def test_alembics_command_writes_what_drops_most_tables_and_warns(
    gone: tuple[str, ...],
    stay: tuple[str, ...],
    warned: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path}/x.db"
    before = "from sqlalchemy import Column, Integer, MetaData, Table\nm = MetaData()\n"
    before += "".join(
        f"Table({name!r}, m, Column('id', Integer, primary_key=True))\n" for name in stay
    )
    make(tmp_path, url, options="target_metadata=m", before=before)
    engine = create_engine(url)
    with engine.begin() as connection:
        for name in (*gone, *stay):
            connection.execute(text(f"CREATE TABLE {name} (id INTEGER NOT NULL PRIMARY KEY)"))
    engine.dispose()

    status = run(["alembic", "revision", "--autogenerate", "-m", "emptied"])
    (file,) = (tmp_path / "scripts/versions").glob("*.py")
    said = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]

    assert status == 0
    assert all(f"op.drop_table('{name}')" in file.read_text().replace('"', "'") for name in gone)
    assert [line.partition("\n")[0] for line in said] == ([warned] if warned else [])
    assert "would drop" not in capsys.readouterr().out


def test_models_that_env_py_does_not_import_drop_nothing_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path}/x.db"
    before = "from sqlalchemy import MetaData\n"
    make(tmp_path, url, options="target_metadata=MetaData()", before=before)
    engine = create_engine(url)
    with engine.begin() as connection:
        for name in ("one", "two"):
            connection.execute(text(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY)"))
    engine.dispose()

    refused = run(["make", "emptied"])
    said = capsys.readouterr().err
    written = list((tmp_path / "scripts/versions").glob("*.py"))
    asked = run(["make", "emptied", "--allow-drops"])

    assert (refused, written, asked) == (1, [], 0)
    assert "this would drop all 2 tables: one, two" in said
    assert "--allow-drops" in said
    assert len(list((tmp_path / "scripts/versions").glob("*.py"))) == 1


def test_a_file_in_a_subfolder_is_followed_by_one_in_its_location(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import command
    from alembic.config import Config

    more = """version_locations = %(here)s/one %(here)s/two
path_separator = space
recursive_version_locations = true
file_template = %%(rev)s/%%(slug)s"""
    make(tmp_path, "sqlite://", more=more)
    (tmp_path / "two" / "old").mkdir(parents=True)
    (tmp_path / "two" / "old" / "first.py").write_text(script("aaaa"))
    monkeypatch.chdir(tmp_path)
    settings = Config("alembic.ini", stdout=io.StringIO())

    for one in ("bbbb", "cccc"):
        command.revision(settings, "next", rev_id=one)

    assert (tmp_path / "two/bbbb/next.py").exists()
    assert (tmp_path / "two/cccc/next.py").exists()
