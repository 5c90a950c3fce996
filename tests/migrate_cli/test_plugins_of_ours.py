"""What other distributions bring: commands, comparators, renderers, hooks; and those that are broken."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import ddl_autogen
import pytest
from migrate_cli.cli.door import run
from migrate_cli.commands import (
    check,
    current,
    doctor,
    downgrade,
    list_templates,
    plan,
    revision,
    status,
    upgrade,
)
from migrate_cli.config import load
from migrate_cli.errors import BrokenPlugin, PostWriteFailed, UnknownHook
from migrate_cli.failures import RevisionFailed
from migrate_cli.recognition import find

MODULE = """
from dataclasses import dataclass
from typing import ClassVar

import click
from ddl_constructs import Change, CreateTableComment
from migrate_cli import Operations, spelled
from sqlalchemy.ext.compiler import compiles
from sqlalchemy import Text
from sqlalchemy.types import UserDefinedType
import ddl_autogen

@click.command("greet", help="Greet somebody.")
@click.argument("name")
def greet(name):
    click.echo(f"hello {name}")

@dataclass(eq=False)
class CreateNote(Change):
    words: ClassVar = ("create_note",)
    name: str

    def reverse(self): return DropNote(self.name)
    def describe(self): return f"create note {self.name}"

@dataclass(eq=False)
class DropNote(Change):
    words: ClassVar = ("drop_note",)
    name: str

    def reverse(self): return CreateNote(self.name)
    def describe(self): return f"drop note {self.name}"

@compiles(CreateNote)
def _create(change, compiler, **kw): return f"CREATE TABLE note_{change.name} (id INTEGER)"

@compiles(DropNote)
def _drop(change, compiler, **kw): return f"DROP TABLE note_{change.name}"

class WithNotes(Operations):
    create_note = spelled(CreateNote)
    drop_note = spelled(DropNote)

def notes(connection, metadata, config):
    from sqlalchemy import inspect
    if not inspect(connection).has_table("note_a"):
        yield CreateNote("a")

def comments(connection, metadata, config):
    yield CreateTableComment("account", f"of {config.root.name}")

def fails(connection, metadata, config):
    raise ValueError("no comparison today")

class Shape(UserDefinedType):
    cache_ok = True
    def get_col_spec(self): return "SHAPE"

@ddl_autogen.renders(Shape)
def shape(value, speller):
    return "Shape()"

def stamp_it(path, options):
    path.write_text(path.read_text() + f"# {options['text']}\\n")

not_a_command = 3
"""

Install = Callable[[Mapping[str, Mapping[str, str]]], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a distribution with some entry points: group -> name -> object."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "pi_things.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(site))

    def made(groups: Mapping[str, Mapping[str, str]]) -> None:
        info = site / "pi_things-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pi-things\nVersion: 1.2\n")
        lines = [
            line
            for group, names in groups.items()
            for line in (f"[{group}]", *(f"{name} = {target}" for name, target in names.items()))
        ]
        (info / "entry_points.txt").write_text("\n".join(lines) + "\n")

    yield made
    for name in ("pi_things", "pi_models"):
        sys.modules.pop(name, None)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shop"
    (folder / "migrations" / "versions").mkdir(parents=True)
    (folder / "pi_models.py").write_text(
        "from sqlalchemy import Column, Integer, MetaData, Table\n"
        'm = MetaData()\nTable("account", m, Column("id", Integer))\n'
    )
    settings(folder)
    monkeypatch.chdir(folder)
    return folder


def settings(root: Path, *more: str) -> None:
    lines = ["[tool.migrate]", 'url = "sqlite:///x.db"', 'metadata = "pi_models:m"', *more]
    (root / "pyproject.toml").write_text("\n".join(lines) + "\n")


def test_a_command_is_a_word(
    install: Install, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install({"migrate.commands": {"greet": "pi_things:greet"}})

    statuses = [run(["greet", "you"]), run(["--help"])]

    said = capsys.readouterr().out
    assert statuses == [0, 0]
    assert said.startswith("hello you\n")
    assert "Greet somebody." in said


def test_a_word_may_be_near_to_one_of_ours_and_is_among_those_there_are(
    install: Install, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install({"migrate.commands": {"plans": "pi_things:greet"}})

    statuses = [run(["plans", "you"]), run(["xyzzy"]), run(["planss"])]

    said = capsys.readouterr()
    assert statuses == [0, 2, 2]
    assert said.out == "hello you\n"
    assert "No such command 'xyzzy'. Those there are: init, " in said.err
    assert ", completion, plans\n" in said.err
    assert "No such command 'planss'. Did you mean plans or plan?" in said.err


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("pi_nowhere:greet", "ModuleNotFoundError: No module named 'pi_nowhere'"),
        ("pi_things:gone", "AttributeError: module 'pi_things' has no attribute 'gone'"),
        ("pi_things:not_a_command", "it is a int, and must be a click.Command"),
    ],
)
def test_a_broken_command_is_told_in_one_line_and_stops_no_other(
    install: Install, root: Path, capsys: pytest.CaptureFixture[str], target: str, reason: str
) -> None:
    install({"migrate.commands": {"greet": target}})

    statuses = [run(["greet", "you", "--loud"]), run(["heads"]), run(["--help"])]

    said = capsys.readouterr()
    assert statuses == [3, 0, 0]
    assert said.err.splitlines() == [
        f"Error: plugin 'greet' (migrate.commands) of pi-things 1.2 is broken: {reason}",
        "There are no revisions yet. To begin: migrate make MESSAGE",
    ]
    assert "(broken:" in said.out


def test_a_plugin_takes_no_word_of_ours(install: Install, root: Path) -> None:
    install({"migrate.commands": {"heads": "pi_nowhere:heads"}})

    assert run(["heads"]) == 0


def test_a_comparator_finds_more(install: Install, root: Path) -> None:
    install({"migrate.comparators": {"comments": "pi_things:comments"}})

    made = revision(load(root), "x", autogenerate=True)

    assert [change.describe() for change in made.changes] == [
        "create table account (1 column)",
        "comment table account: 'of shop'",
    ]


@pytest.mark.parametrize("target", ["pi_nowhere:x", "pi_things:fails"])
def test_a_broken_comparator_stops_what_compares_and_nothing_else(
    install: Install, root: Path, target: str
) -> None:
    install({"migrate.comparators": {"mine": target}})

    with pytest.raises(BrokenPlugin, match=r"^plugin 'mine' \(migrate\.comparators\) of pi-things"):
        check(load(root))
    assert upgrade(load(root)).done == ()
    assert current(load(root)).revisions == ()
    assert str(status(load(root)).why_not).startswith("not compared: plugin 'mine'")


@pytest.mark.parametrize("env", [False, True], ids=["settings", "env"])
def test_a_plugins_change_is_found_written_planned_run_and_undone(
    install: Install, root: Path, env: bool
) -> None:
    """Its word is one of `op` by being installed; with an env.py it is the same."""
    install({"migrate.comparators": {"notes": "pi_things:notes"},
             "migrate.operations": {"notes": "pi_things:WithNotes"}})  # fmt: skip
    settings(root, 'ignore = ["note_*"]')
    if env:
        (generic,) = (one for one in list_templates() if one.name == "generic")
        (root / "migrations" / "env.py").write_bytes(generic.files["env.py"])
    config = find(start=root)
    made = revision(config, "x", autogenerate=True)
    assert made.path is not None

    planned = [one.text for one in plan(config).databases[0].revisions[0].changes]
    upgrade(config)
    left = check(config).changes
    undone = downgrade(config, "base")

    assert 'op.create_note("a")' in made.path.read_text()
    assert planned == ["create table account (1 column)", "create note a"]
    assert left == ()
    assert len(undone.done) == 1


ASKED = """
from __future__ import annotations
from migrate_cli import op, Operations
{imported}
revision, down_revision = "a1", None
def upgrade({signature}) -> None:
    op.create_note("b")
"""


@pytest.mark.parametrize(
    ("signature", "imported", "entry_point"),
    [
        pytest.param("op: WithNotes", "from pi_things import WithNotes", False, id="named"),
        pytest.param("op: pi_things.WithNotes", "import pi_things", False, id="dotted"),
        pytest.param("op: WithNotes", "", True, id="for-type-checkers-only"),
        pytest.param("op: Operations", "", True, id="ours"),
        pytest.param("", "", True, id="global"),
    ],
)
def test_a_script_names_the_words_that_it_wants_or_has_those_that_are_installed(
    install: Install, root: Path, signature: str, imported: str, entry_point: bool
) -> None:
    """A subclass of `Operations` in the signature is what type checkers read."""
    install({"migrate.operations": {"notes": "pi_things:WithNotes"}} if entry_point else {})
    text = ASKED.format(signature=signature, imported=imported)
    (root / "migrations" / "versions" / "a1.py").write_text(text)

    moved = upgrade(load(root))

    assert moved.heads == ("a1",)


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("pi_nowhere:x", "ModuleNotFoundError: No module named 'pi_nowhere'"),
        ("pi_things:greet", "it is a Command, and must be a subclass of migrate_cli.Operations"),
    ],
)
def test_broken_words_are_named_where_one_is_missing_and_stop_nothing_else(
    install: Install, root: Path, target: str, reason: str
) -> None:
    install({"migrate.operations": {"broken": target, "notes": "pi_things:WithNotes"}})
    file = root / "migrations" / "versions" / "a1.py"
    text = ASKED.format(signature="", imported="")
    file.write_text(text.replace("create_note(", "create_nothing("))

    with pytest.raises(RevisionFailed, match="op has no word 'create_nothing'") as caught:
        upgrade(load(root))
    file.write_text(text)
    moved = upgrade(load(root))

    assert f"plugin 'broken' (migrate.operations) of pi-things 1.2 is broken: {reason}" in str(
        caught.value
    )
    assert moved.heads == ("a1",)


def test_a_hook_of_a_plugin_is_run(install: Install, root: Path) -> None:
    install({"migrate.hooks": {"stamp": "pi_things:stamp_it"}})
    settings(root, "[[tool.migrate.post_write_hooks]]", 'type = "stamp"', 'text = "seen"')

    made = revision(load(root), "x")

    assert made.path is not None
    assert made.path.read_text().endswith("# seen\n")


def hook(**options: str) -> list[str]:
    lines = [f"{key} = {json.dumps(value)}" for key, value in options.items()]
    return ["[[tool.migrate.post_write_hooks]]", *lines]


def test_hooks_are_run_in_their_order(
    install: Install, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "pi_hook.py").write_text(
        "import sys\ndef main():\n    with open(sys.argv[1], 'a') as file:\n"
        "        file.write(f'# {sys.argv[2]}\\n')\nif __name__ == '__main__':\n    main()\n"
    )
    monkeypatch.syspath_prepend(str(root))
    monkeypatch.setenv("PYTHONPATH", str(root))
    install({"console_scripts": {"marks-it": "pi_hook:main"}})
    settings(
        root,
        *hook(name="one", type="exec", executable=sys.executable,
              options="pi_hook.py REVISION_SCRIPT_FILENAME first"),
        *hook(name="two", type="module", module="pi_hook", options="second"),
        *hook(name="three", type="console_scripts", entrypoint="marks-it", options="third"),
    )  # fmt: skip

    made = revision(load(root), "x")

    assert made.path is not None
    assert made.path.read_text().endswith("# first\n# second\n# third\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param({"type": "exec", "executable": sys.executable,
                      "options": "-c 'print(1); print(\"bad\"); exit(3)' REVISION_SCRIPT_FILENAME"},
                     "it ended with status 3: bad", id="status"),
        pytest.param({"type": "exec", "executable": "no-such-program"},
                     "can't run no-such-program: No such file or directory", id="no-program"),
        pytest.param({"type": "exec"}, "type 'exec' needs 'executable'", id="no-key"),
        pytest.param({"type": "module", "module": "no_such"}, "there is no module 'no_such'", id="module"),
        pytest.param({"type": "console_scripts", "entrypoint": "no-such"},
                     "no installed package has a console script 'no-such'", id="console-script"),
    ],
)  # fmt: skip
def test_a_hook_that_fails_is_a_failure_and_the_file_is_named(
    root: Path, options: dict[str, str], said: str
) -> None:
    settings(root, *hook(name="mine", **options))

    with pytest.raises(PostWriteFailed) as caught:
        revision(load(root), "x")

    assert f"post-write hook 'mine' failed: {said}" in str(caught.value)
    assert caught.value.path.exists()
    assert caught.value.exit_status == 3


def test_a_kind_of_hook_that_is_not_there_is_told_before_anything_is_written(root: Path) -> None:
    settings(root, *hook(name="mine", type="exce", executable="x"))

    with pytest.raises(UnknownHook, match="did you mean 'exec'"):
        revision(load(root), "x")

    assert list((root / "migrations" / "versions").iterdir()) == []


def test_doctor_looks_at_each_plugin(install: Install, root: Path) -> None:
    install({"migrate.commands": {"greet": "pi_things:greet"},
             "migrate.renderers": {"shapes": "pi_nowhere"}})  # fmt: skip

    found = {one.text: one.state for one in doctor(lambda: load(root)).findings}

    assert found["greet (migrate.commands), of pi-things 1.2"] == "ok"
    broken = "plugin 'shapes' (migrate.renderers) of pi-things 1.2 is broken: "
    assert found[f"{broken}ModuleNotFoundError: No module named 'pi_nowhere'"] == "problem"


def test_the_words_in_the_docs_are_said_written_and_undone(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text()
    words, script = re.findall(r"```python\n(.*?)```", page, re.S)
    (root / "my_package").mkdir()
    (root / "my_package" / "operations.py").write_text(words)
    monkeypatch.syspath_prepend(str(root))
    file = root / "migrations" / "versions" / "a1.py"
    file.write_text(f'{script}\n\nrevision, down_revision = "a1", None\n')
    sql = io.StringIO()

    upgrade(load(root, url="postgresql+psycopg://nowhere/x"), sql=sql)

    try:
        module = sys.modules["my_package.operations"]
        change = module.EnableExtension("citext")
        assert "CREATE EXTENSION citext;" in sql.getvalue()
        assert ddl_autogen.render(change).lines == ('op.enable_extension("citext")',)
        assert str(change.reverse()) == "DROP EXTENSION citext"
    finally:
        for name in ("my_package", "my_package.operations"):
            sys.modules.pop(name, None)
