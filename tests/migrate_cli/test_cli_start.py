"""What the command line costs to start, and how it answers into pipes and terminals."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from migrate_cli.cli.door import run
from migrate_cli.cli.listing import said
from migrate_cli.cli.words import WORDS, migrate

pytestmark = pytest.mark.slow  # each test starts processes

HEAVY = {
    "sqlalchemy",
    "mako",
    "ddl_constructs",
    "ddl_autogen",
    "asyncio",
    "shop",
    "importlib.metadata",
}


STEPS = {
    "ddl_autogen",
    "ddl_constructs.applying",
    "ddl_constructs.column",
    "ddl_constructs.table",
    "migrate_cli.finding.candidates",
    "migrate_cli.losses.of_scripts",
    "migrate_cli.operations",
    "migrate_cli.running.runner",
}
"""What only those need that run, compare or listen to something."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with two revisions and models that say so when they are imported."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.migrate]\nurl = "sqlite:///x.db"\nmetadata = "shop:metadata"\n'
    )
    (tmp_path / "shop.py").write_text("from sqlalchemy import MetaData\nmetadata = MetaData()\n")
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    for one, parent in (("a1a1", None), ("b2b2", "a1a1")):
        (versions / f"{one}.py").write_text(
            f'"""make {one} — größer"""\nfrom migrate_cli import Operations\n'
            f"revision = {one!r}\ndown_revision = {parent!r}\n\n"
            "def upgrade(op: Operations) -> None:\n    pass\n\n"
            "def downgrade(op: Operations) -> None:\n    pass\n"
        )
    return tmp_path


def shell(folder: Path, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-c", command.replace("migrate ", f"{sys.executable} -m migrate_cli ")],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        "--help",
        "--version",
        "upgrade --help",
        "heads",
        "history",
        "show head",
        "branches",
        "graph",
        "upgrad",
        "heads --json",
        "history -v",
        "graph --format mermaid",
        "completion bash",
    ],
)
def test_what_needs_no_database_imports_none(folder: Path, arguments: str) -> None:
    program = (
        "import sys; from migrate_cli.cli.door import run; status = run(sys.argv[1:]);"
        f"print(*sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments.split()],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )

    assert done.stderr.splitlines()[-1] == ""
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", ["current", "upgrade", "upgrade heads"])
def test_what_only_reads_the_version_table_imports_nothing_that_runs_steps(
    folder: Path, arguments: str
) -> None:
    shell(folder, "migrate upgrade")
    program = (
        "import sys; from migrate_cli.cli.door import run; status = run(sys.argv[1:]);"
        f"print(*sorted({STEPS!r} & set(sys.modules)), file=sys.stderr); sys.exit(status)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, *arguments.split()],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )

    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "")


@pytest.mark.parametrize(
    "arguments", [["heads"], ["history"], ["branches"], ["show", "a1", "head"]]
)
def test_without_options_the_same_is_said_without_click(folder: Path, arguments: list[str]) -> None:
    program = (
        "import sys; from migrate_cli.cli.door import run; "
        "status = run(sys.argv[1:]); print('click' in sys.modules, status, file=sys.stderr)"
    )
    bare, with_one = (
        subprocess.run(
            [sys.executable, "-c", program, *arguments, *more],
            cwd=folder,
            capture_output=True,
            text=True,
        )
        for more in ([], ["--format", "text"])
    )

    assert (bare.stderr, with_one.stderr) == ("False 0\n", "True 0\n")
    assert bare.stdout == with_one.stdout


@pytest.mark.parametrize("arguments", [["heads", "a1"], ["show"], ["show", ""], ["show", "-1"], []])
def test_what_is_no_plain_word_goes_to_click(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(folder)

    assert said(arguments, {}) is False


def test_completion_imports_no_database(folder: Path) -> None:
    program = (
        "import sys; from migrate_cli.cli.door import main\n"
        "try: main([])\n"
        f"finally: print(*sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    )
    asked = {"_MIGRATE_COMPLETE": "bash_complete", "COMP_WORDS": "migrate show ", "COMP_CWORD": "2"}

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, **asked},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )

    assert "plain,b2b2" in done.stdout
    assert done.stderr.splitlines()[-1] == ""


@pytest.mark.parametrize("word", [word for word in WORDS if word != "alembic"])  # has its own
def test_every_word_has_help_and_the_common_options(
    word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run([word, "--help"])

    said = capsys.readouterr().out
    assert status == 0
    assert f"Usage: migrate {word}" in said
    assert "--url URL" in said
    assert "--traceback" in said


def test_the_help_lists_every_word_with_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    run(["--help"])

    said = capsys.readouterr().out
    for word in WORDS:
        (line,) = [line for line in said.splitlines() if line.startswith(f"  {word} ")]
        assert line.split(maxsplit=1)[1]


def test_words_are_said_with_dash_or_underscore(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WORDS, "two-words", "graph")
    monkeypatch.setattr("migrate_cli.cli.graph.two_words", "found", raising=False)

    context = click.Context(migrate)
    assert migrate.get_command(context, "two-words") == "found"
    assert migrate.get_command(context, "two_words") == "found"


@pytest.mark.parametrize(
    "arguments", ["status", "current", "history", "heads", "show head", "upgrade", "stamp head"]
)
def test_answers_come_as_json(folder: Path, arguments: str) -> None:
    done = shell(folder, f"migrate {arguments} --json")

    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer["schema"] == 1
    assert json.loads(shell(folder, f"migrate {arguments} --format json").stdout).keys() == (
        answer.keys()
    )


def test_answers_go_to_stdout_and_progress_to_stderr(folder: Path) -> None:
    done = shell(folder, "migrate upgrade")

    assert done.stdout.startswith("At b2b2 (head). 2 applied in ")
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["a1a1", "b2b2"]


def test_quiet_says_nothing_but_errors(folder: Path) -> None:
    done = shell(folder, "migrate upgrade -q; migrate upgrade nothing -q")

    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")


def test_what_was_asked_for_is_said_quietly_too(folder: Path) -> None:
    done = shell(folder, "migrate history -q; migrate heads -q")

    assert len(done.stdout.splitlines()) == 3
    assert done.stderr == ""


@pytest.mark.parametrize("place", ["before", "after"])
def test_common_options_stand_before_or_after_the_word(folder: Path, place: str) -> None:
    options = f"-c {folder / 'pyproject.toml'} --url sqlite:///other.db"
    said = {"before": f"migrate {options} upgrade", "after": f"migrate upgrade {options}"}

    done = shell(folder, said[place])

    assert done.returncode == 0
    assert (folder / "other.db").exists()


@pytest.mark.parametrize("kind", ["toml", "ini"])
def test_two_settings_files_of_one_kind_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    assert run(["-c", f"a.{kind}", "-c", f"b.{kind}", "heads"]) == 2

    said = f"Error: --config names 2 files, and one of a kind counts: a.{kind}, b.{kind}\n"
    assert capsys.readouterr() == ("", said)


def test_an_alembic_project_may_have_its_two_files_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("conf", "scripts/versions"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "conf" / "x.ini").write_text("[alembic]\n")
    (tmp_path / "x.toml").write_text('[tool.alembic]\nscript_location = "scripts"\n')
    (tmp_path / "scripts" / "env.py").write_text("")
    (tmp_path / "scripts" / "versions" / "a1.py").write_text(
        '"""first"""\nrevision = "a1"\ndown_revision = None\n'
    )

    assert run(["-c", "conf/x.ini", "-c", "x.toml", "heads"]) == 0
    assert capsys.readouterr().out == "a1 (head), first\n"


def test_a_closed_pipe_is_no_error(folder: Path) -> None:
    done = shell(folder, "migrate history | true; migrate history -v | head -1")

    assert done.returncode == 0
    assert done.stderr == ""


def test_a_run_goes_on_when_nobody_reads_along(folder: Path) -> None:
    done = shell(folder, "migrate upgrade 2>&1 | true; migrate current")

    assert done.stdout.startswith("b2b2 (head)")


@pytest.mark.parametrize("encoding", ["ascii", "koi8-r"])
def test_a_terminal_that_lacks_a_character_is_answered(folder: Path, encoding: str) -> None:
    done = shell(folder, "migrate heads", LC_ALL="C", PYTHONIOENCODING=encoding)

    assert done.returncode == 0
    assert done.stdout.startswith("b2b2 (head), make b2b2 ")


def test_a_sql_script_keeps_every_character_on_any_terminal(folder: Path) -> None:
    script = folder / "migrations" / "versions" / "b2b2.py"
    script.write_text(script.read_text().replace("    pass", "    op.execute(\"SELECT '—'\")", 1))

    done = shell(folder, "migrate upgrade --sql", LC_ALL="C", PYTHONIOENCODING="koi8-r")

    assert "SELECT '—';" in done.stdout


def test_colour_is_for_terminals_or_on_request(folder: Path) -> None:
    assert "\x1b[" not in shell(folder, "migrate heads").stdout
    assert "\x1b[" in shell(folder, "migrate heads", FORCE_COLOR="1").stdout
    assert "\x1b[" not in shell(folder, "migrate heads", FORCE_COLOR="1", NO_COLOR="1").stdout


def test_an_unknown_error_is_seen_with_where_it_comes_from(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **options: Any) -> None:
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.chdir(folder)
    monkeypatch.setattr("migrate_cli.commands.graph.heads", broken)

    with pytest.raises(ZeroDivisionError, match="a bug of ours"):
        run(["heads"])


def test_an_interrupt_is_130(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.chdir(folder)
    monkeypatch.setattr("migrate_cli.commands.graph.heads", interrupted)

    assert run(["heads"]) == 130


OBEYED = "\x1b[31m \x1b]0;title\x07 \x9b1m \u202e \x08"
"""A colour, a window's title, an eight-bit sequence, letters turned around, a step back."""


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["history"], id="history"),
        pytest.param(["history", "-v"], id="history-verbose"),
        pytest.param(["history", "--json"], id="json"),
        pytest.param(["heads"], id="heads"),
        pytest.param(["show", "head"], id="show"),
        pytest.param(["status"], id="status"),
        pytest.param(["upgrade"], id="progress-and-failure"),
        pytest.param(["--traceback", "upgrade"], id="traceback"),
        pytest.param(["upgrade", f"no{OBEYED}"], id="target"),
        pytest.param(["status", f"no{OBEYED}"], id="usage"),
        pytest.param(["heads", "-c", f"no{OBEYED}"], id="path"),
        pytest.param(["status", "--url", f"no{OBEYED}"], id="url"),
    ],
)
def test_no_text_speaks_to_the_terminal(
    folder: Path,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (folder / "migrations" / "versions" / "c3.py").write_text(
        f'"""odd {OBEYED} message"""\nrevision = "c3{OBEYED}"\ndown_revision = "b2b2"\n'
        f"def upgrade(op):\n    raise ValueError({OBEYED!r})\n"
    )
    monkeypatch.chdir(folder)
    monkeypatch.setenv("FORCE_COLOR", "1")

    run(arguments)

    out, err = capsys.readouterr()
    painted = re.sub(r"\x1b\[(?:0|1|2|31|32|33|36)m", "", out + err)
    assert [c for c in painted if not c.isprintable() and c != "\n"] == []
    assert "\x1b[31m " not in out + err  # red is ours only before "Error:" and "[?]"
    assert r"\u202e" in out + err  # it was told, and can be seen


def test_a_long_message_is_cut_in_lists_and_whole_where_it_is_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "migrations" / "versions" / "c3.py").write_text(
        f'"""{"x" * 10_000}"""\nrevision = "c3"\ndown_revision = "b2b2"\n'
    )
    monkeypatch.chdir(folder)

    lengths = {}
    for word in ("heads", "history", "status", "show c3"):
        run(word.split())
        lengths[word] = max(map(len, capsys.readouterr().out.splitlines()))

    assert lengths.pop("show c3") == 10_004
    assert max(lengths.values()) < 150


def test_the_help_says_each_word_in_whole() -> None:
    """On 80 columns nothing is cut off: a first sentence fits behind the word."""
    with click.Context(migrate, info_name="migrate", terminal_width=80) as context:
        told = migrate.get_help(context).partition("Commands:")[2].splitlines()

    assert len([line for line in told if line.strip()]) == len(WORDS)
    assert [line for line in told if line.endswith("...")] == []
