"""A new revision file: what is in it, that any message comes through, and that it is all or nothing."""

from __future__ import annotations

import ast
import os
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from migrate_cli.config import Config, load
from migrate_cli.errors import (
    BadConfiguration,
    BadRevisionId,
    BadTemplate,
    CannotWrite,
    MigrateError,
    RevisionExists,
    UsageError,
)
from migrate_cli.scripts import Script, Scripts
from migrate_cli.scripts.headers import message as first_paragraph
from migrate_cli.scripts.naming import slug
from migrate_cli.writing.template import in_docstring
from migrate_cli.writing.writer import write_revision

DAY = datetime(2026, 11, 22, 10, 2, 11)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "pyproject.toml").write_text("[tool.migrate]\n")
    (tmp_path / "migrations").mkdir()
    return load(tmp_path)


def write(config: Config, **given: Any) -> Script:
    return write_revision(config, Scripts(config.scripts), **{"created": DAY, **given})


def left(config: Config) -> list[str]:
    """Names of all that is in the folder of the revision files."""
    versions = config.scripts / "versions"
    return sorted(os.listdir(versions)) if versions.exists() else []


def test_an_empty_revision_reads_as_if_a_person_had_written_it(config: Config) -> None:
    script = write(config, message="create tables", rev_id="b4f6f0b8849e")

    assert script.path == config.scripts / "versions/2026_11_22_b4f6f0b8849e_create_tables.py"
    assert script == Script.read(script.path)
    assert (
        script.path.read_text()
        == '''\
"""create tables

Revision ID: b4f6f0b8849e
Create Date: 2026-11-22 10:02:11
"""

import sqlalchemy as sa
from migrate_cli import Operations

revision = "b4f6f0b8849e"
down_revision = None
branch_labels = None
depends_on = None


def upgrade(op: Operations) -> None:
    pass


def downgrade(op: Operations) -> None:
    pass
'''
    )


def test_the_example_in_the_docs_is_what_is_written(config: Config) -> None:
    page = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text()

    script = write(
        config,
        message="create tables",
        rev_id="b4f6f0b8849e",
        upgrade=['op.create_table("account", sa.Column("id", sa.Integer(), primary_key=True))'],
        downgrade=['op.drop_table("account")'],
    )

    assert f"```python\n{script.path.read_text()}```" in page


def test_a_full_revision_has_its_imports_sorted_and_its_bodies_indented(config: Config) -> None:
    script = write(
        config,
        message="add kind",
        rev_id="cc",
        parents=["aa", "bb"],
        branch_labels=["shop"],
        depends_on=["dd"],
        imports=["from sqlalchemy.dialects import postgresql", "import enum", "import app.types"],
        upgrade=[
            "if True:",
            '    op.add_column("t", sa.Column("kind", app.types.Kind()))',
            "",
            'op.execute("""',
            "  select",
            "",
            "1",
            '""")',
        ],
        downgrade=['op.drop_column("t", "kind")'],
    )

    assert (script.parents, script.labels, script.depends_on) == (("aa", "bb"), ("shop",), ("dd",))
    assert (
        script.path.read_text()
        == '''\
"""add kind

Revision ID: cc
Revises: aa, bb
Create Date: 2026-11-22 10:02:11
"""

import enum

import app.types
import sqlalchemy as sa
from migrate_cli import Operations
from sqlalchemy.dialects import postgresql

revision = "cc"
down_revision = ("aa", "bb")
branch_labels = ("shop",)
depends_on = "dd"


def upgrade(op: Operations) -> None:
    if True:
        op.add_column("t", sa.Column("kind", app.types.Kind()))

    op.execute("""
  select

1
""")


def downgrade(op: Operations) -> None:
    op.drop_column("t", "kind")
'''
    )


@pytest.mark.parametrize(
    ("lines", "parents", "imported"),
    [
        pytest.param(['op.add_column("t", sa.Column("a", sa.Integer()))'], 0, True, id="a-column"),
        pytest.param(["op.execute(sa.text('x'))"], 0, True, id="a-text"),
        pytest.param(["op.execute('select sa.x from sa')"], 0, False, id="only-in-a-string"),
        pytest.param([], 0, True, id="filled-by-hand"),
        pytest.param([], 2, False, id="only-merges"),
    ],
)
def test_sqlalchemy_is_imported_where_it_is_used_or_will_be(
    config: Config, lines: list[str], parents: int, imported: bool
) -> None:
    above = [write(config).id for _ in range(parents)]
    for body in ("upgrade", "downgrade"):
        text = write(config, parents=above, **{body: lines}).path.read_text()
        assert ("import sqlalchemy as sa" in text) is imported


MESSAGES = [
    '"""',
    'say """hi"""; import os; os.abort()',
    "'''",
    '"',
    'ends with a quote"',
    "ends with two''",
    "\\",
    "C:\\new\\table",
    "\\N{DASH} \\x41 \\",
    "two\nlines",
    "two\n\nparagraphs\n  indented",
    "\n\nlate",
    "tab\there\r\nand\rthere",
    "100% of %s, %(rev)s and %%",
    "${__import__('os').abort()} ${x}",
    "<% raise SystemExit %> <%! x %> <%def name='a()'>",
    "% if x:\n% endif\n## not a comment\n\\\ncontinued",
    "{braces} {0}",
    "größer 表 🙂 ﬁ",
    "\u202etfel ot thgir\u202c",
    "null \0 escape \x1b[31m bell \a",
    "line\u2028separator\x85next\x0cpage",
    "../../etc/passwd",
    "lone \udc80 surrogate",
    "revision = 'x'",
    "x" * 5000,
]


@pytest.mark.parametrize("message", MESSAGES, ids=range(len(MESSAGES)))
def test_a_message_is_data(config: Config, message: str) -> None:
    comes_through(config, message)


@given(st.text(st.characters() | st.sampled_from("\"'\\\n%${}<>#"), min_size=1))
def test_any_message_comes_through(tmp_path_factory: pytest.TempPathFactory, message: str) -> None:
    root = tmp_path_factory.mktemp("any")
    (root / "pyproject.toml").write_text("[tool.migrate]\n")
    (root / "migrations").mkdir()
    comes_through(load(root), message)


def comes_through(config: Config, message: str) -> None:
    script = write(config, message=message, parents=["aa"])
    tree = ast.parse(script.path.read_bytes())
    message = message.encode(errors="backslashreplace").decode()  # half a character is told

    assert docstring(tree).startswith(f"{message}\n\nRevision ID: {script.id}\n")
    assert [type(node).__name__ for node in tree.body] == SHAPE
    assert script.path.parent == config.scripts / "versions"
    assert left(config) == [script.path.name]
    if message.strip():
        assert script.message == first_paragraph(message)
        assert Script.read(script.path).message == script.message


SHAPE = ["Expr", "Import", "ImportFrom", *4 * ["Assign"], *2 * ["FunctionDef"]]


def docstring(tree: ast.Module) -> str:
    """A module's docstring as it is written: Python 3.13 takes the indents off `__doc__`."""
    assert isinstance(tree.body[0], ast.Expr)
    assert isinstance(tree.body[0].value, ast.Constant)
    return str(tree.body[0].value.value)


def test_without_a_message_the_name_is_the_date_and_the_id(config: Config) -> None:
    script = write(config, rev_id="ab")

    assert script.path.name == "2026_11_22_ab.py"
    assert script.message == "empty message"


@pytest.mark.parametrize(
    ("message", "length", "expected"),
    [
        ("Add a column, quickly!", 40, "add_a_column_quickly"),
        ("Größe ändern", 40, "größe_ändern"),
        ("a/../b\\c", 40, "a_b_c"),
        ("one two three", 8, "one_two"),
        ("one two three", 7, "one_two"),
        ("one two three", 6, "one"),
        ("x" * 50, 0, "x" * 40),
        ("!?", 40, ""),
    ],
)
def test_a_slug_is_the_words_cut_between_them(message: str, length: int, expected: str) -> None:
    assert slug(message, length) == expected


def test_an_id_is_made_where_none_is_given(config: Config) -> None:
    ids = {write(config).id for _ in range(3)}

    assert len(ids) == 3
    assert all(len(one) == 12 and int(one, 16) >= 0 for one in ids)


@pytest.mark.parametrize(
    ("rev_id", "reason"),
    [
        ("a-b", "it has '-' in it"),
        ("a@b:c+d", "it has '+' ':' '@' in it"),
        ("../x", "it has '/' in it"),
        ("a b", "it has ' ' in it"),
        ('a"b', """it has '"' in it"""),
        ("", "it is no name"),
        (".hidden", "it is no name"),
        ("head", "means something else"),
        ("base", "means something else"),
    ],
)
def test_an_id_that_means_something_else_is_refused(
    config: Config, rev_id: str, reason: str
) -> None:
    with pytest.raises(BadRevisionId) as caught:
        write(config, rev_id=rev_id)

    assert reason in str(caught.value)
    assert caught.value.exit_status == 2
    assert left(config) == []


@pytest.mark.parametrize(
    ("rev_id", "label", "said"),
    [
        (None, "head", "the label 'head': it is a word that targets use"),
        (None, "a@b", "the label 'a@b': it has @"),
        (None, "", "the label '': it is empty"),
        (None, "ab", "the label 'ab': it is the id of a revision"),
        ("cd", "cd", "the label 'cd': it is the id of a revision"),
        (None, "side", "the label 'side': ab has it already"),
        ("side", "new", "the id 'side': it is a label of ab"),
    ],
)
def test_a_label_that_would_stop_every_command_is_refused(
    config: Config, rev_id: str | None, label: str, said: str
) -> None:
    first = write(config, rev_id="ab", branch_labels=["side"])

    with pytest.raises(UsageError) as caught:
        write(config, rev_id=rev_id, branch_labels=[label])

    assert f"can't make a revision with {said}" in str(caught.value)
    assert left(config) == [first.path.name]


def test_an_id_or_a_file_that_is_there_is_not_written_over(config: Config) -> None:
    first = write(config, rev_id="ab", message="one")
    before = first.path.read_bytes()

    with pytest.raises(RevisionExists) as caught:
        write(config, rev_id="ab", message="two")
    assert caught.value.file == first.path
    first.path.write_bytes(before.replace(b'revision = "ab"', b'revision = "cd"'))
    with pytest.raises(RevisionExists):
        write(config, rev_id="ab", message="one")

    assert left(config) == [first.path.name]


@pytest.mark.parametrize("links", [True, False], ids=["links", "no-links"])
def test_a_file_that_comes_at_the_last_moment_is_not_written_over(
    config: Config, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    """Two people, or two jobs, may write the same name at the same time: one of them wins."""
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    outcomes: list[object] = []
    ready = threading.Barrier(4)

    def one(number: int) -> None:
        scripts = Scripts(config.scripts)
        assert not scripts.by_id
        ready.wait()
        try:
            write_revision(
                config, scripts, rev_id="ab", message="x", created=DAY, parents=[f"p{number}"]
            )
            outcomes.append(number)
        except RevisionExists as err:
            outcomes.append(err)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (winner,) = [o for o in outcomes if isinstance(o, int)]
    assert len(outcomes) == 4
    (name,) = left(config)
    assert Script.read(config.scripts / "versions" / name).parents == (f"p{winner}",)


def no_links(*_: object) -> None:
    raise PermissionError(1, "Operation not permitted")


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([(Path, "mkdir")], id="folder"),
        pytest.param([(Path, "open")], id="open"),
        pytest.param([(os, "fsync")], id="write"),
        pytest.param([(os, "link"), (os, "open")], id="name"),
        pytest.param([(os, "link"), (Path, "replace")], id="name-without-links"),
    ],
)
def test_a_failure_while_writing_leaves_nothing(
    config: Config, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[object, str]]
) -> None:
    really = os.open

    def full(first: object, mode: object = "", *_: object, **__: object) -> Any:
        if isinstance(first, Path) and mode == "rb":
            return open(first, "rb")  # reading goes on
        if isinstance(first, str) and isinstance(mode, int) and not mode & os.O_CREAT:
            return really(first, mode)
        raise OSError(28, "No space left on device")

    for owner, name in steps:
        monkeypatch.setattr(owner, name, full)
    with pytest.raises(CannotWrite, match="No space left on device") as caught:
        write(config, rev_id="ab")

    assert caught.value.path.name == "2026_11_22_ab.py"
    assert left(config) == []


@pytest.mark.skipif(os.name == "nt", reason="there are no such rights there")
def test_a_new_file_has_the_usual_rights(config: Config) -> None:
    mask = os.umask(0o027)
    try:
        script = write(config)
    finally:
        os.umask(mask)

    assert stat.S_IMODE(script.path.stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_rights_is_named(config: Config) -> None:
    config.scripts.chmod(0o500)

    with pytest.raises(CannotWrite, match="Permission denied"):
        write(config)


ALEMBIC_TEMPLATE = '''\
"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}

"""
from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

# revision identifiers, used by Alembic.
revision: str = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
'''


def with_template(config: Config, text: str) -> Path:
    template = config.scripts / "script.py.mako"
    template.write_text(text, encoding="utf-8")
    return template


def test_a_template_of_the_project_is_used(config: Config) -> None:
    with_template(config, ALEMBIC_TEMPLATE)

    script = write(
        config,
        message='a "b" """',
        rev_id="cd",
        parents=["ab"],
        upgrade=["op.f()", "op.g()"],
        imports=["import enum"],
    )

    text = script.path.read_text()
    assert "from alembic import op\nimport sqlalchemy as sa\nimport enum\n" in text
    assert "Revises: ab\n" in text
    assert "revision: str = 'cd'\n" in text
    assert "    op.f()\n    op.g()\n" in text
    assert script.message == 'a "b" """'


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        pytest.param("${up_revision}", "${up_revison}", 3, "NameError", id="unknown-name"),
        pytest.param("${up_revision}", "${1/0}", 3, "ZeroDivisionError", id="raises"),
        pytest.param("${up_revision}", "${up_revision", 7, "Syntax", id="syntax"),
        pytest.param("${up_revision}", "${raise}", None, "SyntaxError", id="python-syntax"),
        pytest.param("branch_labels = ${repr(branch_labels)}\n", "", None,
                     "it does not write branch_labels = ('lab',); the file would have ()", id="labels"),
        pytest.param("${repr(down_revision)}", "None", None,
                     "it does not write down_revision = ('aa',)", id="parents"),
        pytest.param("${repr(up_revision)}", "3", None, "revision must be a text", id="id"),
        pytest.param("def upgrade()", "def upgrade(", None,
                     "what it writes is not Python, line 19", id="not-python"),
        pytest.param("# revision identifiers, used by Alembic.", "return 1", None, "'return' outside function", id="compile"),
        pytest.param("# revision identifiers, used by Alembic.", "# ${message}", None,
                     "the message would become code", id="message-as-code"),
    ],
)  # fmt: skip
def test_a_bad_template_is_named_and_nothing_is_written(
    config: Config, old: str, new: str, line: int | None, reason: str
) -> None:
    template = with_template(config, ALEMBIC_TEMPLATE.replace(old, new))

    with pytest.raises(BadTemplate) as caught:
        write(config, message="one\nimport os", parents=["aa"], branch_labels=["lab"])

    assert (caught.value.file, caught.value.line) == (template, line)
    assert reason in str(caught.value)
    assert str(caught.value).endswith("no revision was written")
    assert len(str(caught.value).splitlines()) <= 5
    assert left(config) == []


def test_a_template_that_leaves_changes_out_is_refused(config: Config) -> None:
    with_template(
        config, ALEMBIC_TEMPLATE.replace('${downgrades if downgrades else "pass"}', "pass")
    )

    with pytest.raises(BadTemplate, match=r"leaves out the changes: it needs \$\{downgrades\}"):
        write(config, upgrade=["op.f('x')"], downgrade=["op.f('y')"])

    assert left(config) == []


def test_a_template_that_can_not_be_read_is_named(config: Config) -> None:
    (config.scripts / "script.py.mako").mkdir()

    with pytest.raises(BadTemplate, match=r"script\.py\.mako: can't be read: Is a directory"):
        write(config)


def test_a_body_that_is_not_python_is_never_written(config: Config) -> None:
    with pytest.raises(BadTemplate, match="is not Python"):
        write(config, upgrade=["op.add_column("])

    assert left(config) == []


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("utc", "+00:00"), ("Etc/GMT-2", "+02:00"), ("gmt", "+00:00")],
)
def test_the_date_is_in_the_zone_of_the_settings(config: Config, zone: str, expected: str) -> None:
    (config.root / "pyproject.toml").write_text(f'[tool.migrate]\ntimezone = "{zone}"\n')

    script = write(load(config.root), created=None)

    (line,) = [x for x in script.path.read_text().splitlines() if x.startswith("Create Date: ")]
    created = datetime.fromisoformat(line.removeprefix("Create Date: "))
    assert line.endswith(expected)
    assert abs((datetime.now(UTC) - created).total_seconds()) < 60


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "Europe"])
def test_an_unknown_zone_is_named(config: Config, zone: str) -> None:
    (config.root / "pyproject.toml").write_text(f'[tool.migrate]\ntimezone = "{zone}"\n')

    with pytest.raises(BadConfiguration, match=r"timezone in .*there is no time zone"):
        write(load(config.root), created=None)


def test_a_file_name_follows_the_template_of_the_settings(config: Config) -> None:
    line = 'file_template = "%(year)d%(month).2d%(day).2d%(hour).2d%(minute).2d_%(rev)s-%(slug)s"'
    (config.root / "pyproject.toml").write_text(
        f"[tool.migrate]\n{line}\ntruncate_slug_length = 6\n"
    )

    assert write(load(config.root), rev_id="ab", message="add a column").path.name == (
        "202611221002_ab-add_a.py"
    )


@given(st.text(st.characters() | st.sampled_from("\"'\\"), max_size=12))
def test_text_between_triple_quotes_reads_back(text: str) -> None:
    told = text.encode(errors="backslashreplace").decode()  # half a character is told

    assert ast.literal_eval(f'"""{in_docstring(text)}"""') == told


def test_every_error_of_this_file_is_ours() -> None:
    for error in (BadRevisionId, BadTemplate, CannotWrite, RevisionExists):
        assert issubclass(error, MigrateError)
