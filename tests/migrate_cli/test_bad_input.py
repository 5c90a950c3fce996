"""Bad input of every kind: one clear message, the right exit status, and nothing changed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from migrate_cli.cli.door import run

from .conftest import Project

Spoil = Callable[[Project], object]


def versions(project: Project) -> Path:
    return project.root / "migrations" / "versions"


def script(text: str) -> Spoil:
    return lambda project: (versions(project) / "bad.py").write_text(text)


def more(*revisions: tuple[str, str | tuple[str, ...] | None]) -> Spoil:
    return lambda project: [project.revision(*one) for one in revisions]


def sql(*statements: str) -> Spoil:
    """What somebody did to the version table."""

    def spoil(project: Project) -> None:
        with closing(sqlite3.connect(project.url.removeprefix("sqlite:///"))) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    return spoil


def applied(*statements: str) -> Spoil:
    def spoil(project: Project) -> None:
        run(["-q", "upgrade", "a1a1", "--url", project.url])
        sql(*statements)(project)

    return spoil


def unreadable(project: Project) -> None:
    (versions(project) / "bad.py").symlink_to(versions(project) / "nowhere.py")


HEAD = '"""bad"""\nrevision = "bad1"\ndown_revision = "b2b2"\n'
SCRIPTS = "migrations/versions/bad.py"
A1 = "migrations/versions/a1a1.py"

CASES = [
    pytest.param(script(HEAD + "def upgrade(op:\n"), ["upgrade"], 3, f"{SCRIPTS}:4: is not Python",
                 id="syntax-error"),
    pytest.param(script(HEAD + "import no_such_thing\ndef upgrade(): ...\n"), ["upgrade"], 3,
                 f"{SCRIPTS}:4: can't be imported: ModuleNotFoundError", id="import-error"),
    pytest.param(script(HEAD), ["upgrade"], 3, f"{SCRIPTS}: has no function upgrade()",
                 id="no-upgrade"),
    pytest.param(script(HEAD + "upgrade = 3\n"), ["upgrade"], 3, "has no function upgrade()",
                 id="upgrade-is-no-function"),
    pytest.param(script(HEAD + "def upgrade(op): ...\ndef downgrade(op): ...\n1 / 0\n"), ["upgrade"], 3,
                 f"{SCRIPTS}:6: can't be imported: ZeroDivisionError", id="fails-at-import"),
    pytest.param(script(HEAD + "raise SystemExit(0)\n"), ["upgrade"], 3, f"{SCRIPTS}:4: can't be imported: SystemExit",
                 id="exits-at-import"),
    pytest.param(script('"""bad"""\nrevision = "a1a1"\ndown_revision = None\n'), ["upgrade"], 3,
                 "revision 'a1a1' is in two files", id="duplicate-id"),
    pytest.param(script('"""bad"""\nx = 1\n'), ["heads"], 3, SCRIPTS, id="no-revision"),
    pytest.param(more(("c3c3", "d4d4"), ("d4d4", "c3c3")), ["upgrade"], 3, "c3c3", id="cycle"),
    pytest.param(more(("c3c3", "c3c3")), ["upgrade"], 3, "c3c3", id="its-own-parent"),
    pytest.param(more(("c3c3", "b2b3")), ["upgrade"], 3,
                 "names 'b2b3', which is in no revision file; did you mean 'b2b2'?", id="no-parent"),
    pytest.param(more(("c3c3", "a1a1")), ["upgrade"], 2, 'b2b2 "b2b2", c3c3 "c3c3"', id="two-heads"),
    pytest.param(more(("c3c3", "a1a1")), ["revision", "-m", "x"], 2, "migrate merge",
                 id="two-heads-revision"),
    pytest.param(more(), ["upgrade", "a1a2"], 2, "did you mean a1a1?", id="unknown-revision"),
    pytest.param(more(), ["downgrade", "zzzz"], 2, "no revision or branch 'zzzz'", id="unknown"),
    pytest.param(more(), ["show", "heda"], 2, "did you mean head", id="misspelled-symbol"),
    pytest.param(applied("INSERT INTO migrate_version VALUES ('b2b2')"), ["upgrade"], 3,
                 "migrate stamp", id="two-rows-of-one-branch"),
    pytest.param(applied("UPDATE migrate_version SET version_num = 'deadbeef'"), ["upgrade"], 3,
                 "migrate stamp --purge", id="unknown-row"),
    pytest.param(applied("DROP TABLE migrate_version",
                         "CREATE TABLE migrate_version (version_num TEXT)",
                         "INSERT INTO migrate_version VALUES (NULL)"), ["upgrade"], 3,
                 "migrate stamp --purge", id="null-row"),
    pytest.param(applied("DROP TABLE migrate_version", "CREATE TABLE migrate_version (x INTEGER)"),
                 ["upgrade"], 3, "migrate_version isn't a version table", id="garbage-table"),
    pytest.param(more(("c3c3", ("a1a1", "b2b3"))), ["history"], 3, "did you mean 'b2b2'?",
                 id="no-second-parent"),
    pytest.param(script(HEAD + 'depends_on = "zz"\ndef upgrade(op): ...\n'), ["upgrade"], 3, "'zz'",
                 id="depends-on-nothing"),
    pytest.param(script(HEAD + 'branch_labels = "a1a1"\ndef upgrade(op): ...\n'), ["upgrade"], 3, "a1a1",
                 id="label-is-an-id"),
    pytest.param(more(), ["upgrade", "b2b2+1"], 2, "b2b2+1", id="beyond-the-head"),
    pytest.param(more(), ["merge", "heads"], 2, "it takes two", id="nothing-to-merge"),
    pytest.param(more(), ["revision", "-m", "x", "--rev-id", "a1a1"], 2, "a1a1", id="id-is-taken"),
    pytest.param(more(), ["revision", "-m", "x", "--rev-id", "a/b"], 2, "a/b", id="id-is-a-path"),
    pytest.param(more(), ["revision", "-m", "x", "--head", "b2b3"], 2, "did you mean b2b2", id="no-such-head"),
    pytest.param(unreadable, ["heads"], 3, f"{SCRIPTS}: can't be read", id="unreadable"),
    pytest.param(lambda p: (versions(p) / "bad.py").write_bytes(b"\xff\xfe\x00"), ["heads"], 3,
                 SCRIPTS, id="no-text"),
    pytest.param(lambda p: (versions(p) / "bad.py").write_bytes(b""), ["heads"], 3, SCRIPTS,
                 id="empty-file"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "asked", "status", "said"), CASES)
def test_it_is_told_and_nothing_is_changed(
    sqlite_project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    spoil: Spoil,
    asked: list[str],
    status: int,
    said: str,
) -> None:
    monkeypatch.chdir(sqlite_project.root)
    sqlite_project.revision("a1a1", None, 'op.create_table("t", sa.Column("id", sa.Integer()))')
    sqlite_project.revision("b2b2", "a1a1")
    spoil(sqlite_project)
    capsys.readouterr()
    before = everything(sqlite_project)

    ended = run([*asked, "--url", sqlite_project.url])

    told = capsys.readouterr()
    assert said in told.err
    assert (ended, told.out) == (status, "")
    assert told.err.startswith(("Error: ", "Refused: "))
    assert "Traceback" not in told.err
    assert len(told.err.splitlines()) <= 6
    assert everything(sqlite_project) == before


def everything(project: Project) -> tuple[list[str], dict[str, bytes]]:
    """What is in the database and in the project's folder."""
    with closing(sqlite3.connect(project.url.removeprefix("sqlite:///"))) as connection:
        dumped = list(connection.iterdump())
    files = {
        str(file): file.read_bytes()
        for file in sorted(project.root.rglob("*"))
        if file.is_file() and "__pycache__" not in file.parts and ".migrate" not in file.name
    }
    return dumped, files


MESSAGES = [
    'ends """ here',
    'a quote at the end"',
    r"C:\new\users",
    "100% sure %(here)s",
    "two\nlines",
    "${1/0} <% x %>",
    "../../etc/passwd",
    "\N{SNOWMAN} und Grüße",
    "tab\there",
    "import os; os.abort()",
]


@pytest.mark.parametrize("message", MESSAGES, ids=range(len(MESSAGES)))
def test_a_message_is_data(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch, message: str
) -> None:
    monkeypatch.chdir(sqlite_project.root)

    statuses = [
        run(["-q", *words, "--url", sqlite_project.url])
        for words in (["revision", "-m", message], ["upgrade"], ["downgrade", "base"])
    ]

    (made,) = versions(sqlite_project).glob("*.py")
    names: dict[str, object] = {}
    exec(compile(made.read_bytes(), made, "exec"), names)
    assert statuses == [0, 0, 0]
    doc = str(names["__doc__"]).expandtabs()  # as Python 3.13 compiles it
    assert doc.startswith(message.expandtabs()[:5])


@pytest.mark.parametrize(
    ("owner", "call", "errno", "asked", "said"),
    [
        pytest.param(os, "open", 13, ["heads"],
                     f"{A1}: can't be read: Permission denied", id="unreadable"),
        pytest.param(os, "open", 5, ["upgrade"],
                     f"{A1}: can't be read: Input/output error", id="broken-disk"),
        pytest.param(os, "fsync", 28, ["revision", "-m", "x"],
                     "No space left on device", id="full-disk"),
        pytest.param(os, "fsync", 122, ["merge", "b2b2", "c3c3"],
                     "Disk quota exceeded", id="no-quota"),
        pytest.param(os, "link", 30, ["revision", "-m", "x"],
                     "Read-only file system", id="read-only-folder"),
    ],
)  # fmt: skip
def test_a_file_system_that_refuses_is_told_and_nothing_is_left(
    sqlite_project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    owner: object,
    call: str,
    errno: int,
    asked: list[str],
    said: str,
) -> None:
    """The calls fail as the system lets them, also for a root who may do everything."""
    monkeypatch.chdir(sqlite_project.root)
    for one, parent in (("a1a1", None), ("b2b2", "a1a1"), ("c3c3", "a1a1")):
        sqlite_project.revision(one, parent)
    before = everything(sqlite_project)
    if "-m" in asked:
        asked = [*asked, "--head", "b2b2"]

    really = os.open

    def refuse(*given: object) -> object:
        raise OSError(errno, os.strerror(errno), str(given[0]))

    def refuse_some(path: str | Path, flags: int, *more: int) -> int:
        refused = str(path).endswith("a1a1.py") if call == "open" else flags & os.O_CREAT
        if refused:
            refuse(path)
        return really(path, flags, *more)

    with monkeypatch.context() as patch:
        patch.setattr(owner, call, refuse)
        if call in ("open", "link"):
            patch.setattr(os, "open", refuse_some)
        ended = run([*asked, "--url", sqlite_project.url])

    told = capsys.readouterr()
    assert said in told.err
    assert (ended, told.out) == (3, "")
    assert told.err.startswith("Error: ")
    assert len(told.err.splitlines()) <= 3
    assert everything(sqlite_project) == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_behind_stdout_is_told(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_project.revision("a1a1")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "migrate_cli", "upgrade", "--sql", "--url", "sqlite://"],
            cwd=sqlite_project.root,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )

    assert done.returncode == 3, done.stderr
    assert done.stderr == "Error: can't write the answer: No space left on device\n"


def test_a_file_without_room_for_a_script_is_left_as_it_was(sqlite_project: Project) -> None:
    """The half of a script would run."""
    sqlite_project.revision("a1a1", upgrade="op.execute('SELECT 1;' * 9_000)")
    file = sqlite_project.root / "up.sql"
    file.write_text("-- mine\n")
    with file.open("a") as script:
        done = subprocess.run(
            [
                "sh",
                "-c",
                f"ulimit -f 16; exec {sys.executable} -m migrate_cli upgrade --sql --url sqlite://",
            ],
            cwd=sqlite_project.root,
            stdout=script,
            stderr=subprocess.PIPE,
            text=True,
        )

    assert (done.returncode, done.stderr) == (3, "Error: can't write the answer: File too large\n")
    assert file.read_text() == "-- mine\n"
