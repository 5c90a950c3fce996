"""A revision file's header is read without importing it, and says what importing it would say."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from migrate_cli.errors import BadScript
from migrate_cli.scripts.header_scan import NAMES, scanned
from migrate_cli.scripts.header_syntax import parsed
from migrate_cli.scripts.headers import Header, message, read_header

GENERATED = '''\
"""create tables

Revision ID: ab12
Revises: cd34
Create Date: 2026-11-22 10:02:11
"""

import sqlalchemy as sa
from migrate_cli import Operations

revision = "ab12"
down_revision = "cd34"
branch_labels = None
depends_on = None


def upgrade(op: Operations) -> None:
    op.drop_table("t")
'''

ALEMBIC = '''\
"""create tables

Revision ID: ab12
Revises: cd34

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'ab12'
down_revision: Union[str, Sequence[str], None] = 'cd34'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.drop_table('t')
'''


def header_of(tmp_path: Path, source: str | bytes, name: str = "one.py") -> Header:
    """Read a header from a file, where importing it is a mistake."""
    file = tmp_path / name
    file.write_bytes(source.encode() if isinstance(source, str) else source)

    def load() -> ModuleType:
        raise AssertionError("imported")

    return read_header(str(file), load)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(GENERATED, id="ours"),
        pytest.param(ALEMBIC, id="alembic"),
        pytest.param(ALEMBIC.replace("\n", "\r\n"), id="crlf"),
        pytest.param("\ufeff" + GENERATED, id="byte-order-mark"),
        pytest.param("#!/usr/bin/env python\n# a comment\n\n" + GENERATED, id="comment-first"),
        pytest.param(GENERATED.replace('"""', "'''"), id="single-quotes"),
        pytest.param("# -*- coding: utf-8 -*-\n" + GENERATED, id="coding-utf-8"),
        pytest.param(GENERATED.replace('"cd34"\n', '("cd34")\n'), id="brackets"),
        pytest.param(GENERATED.replace('"cd34"\n', '("cd34", "cd34",)\n'), id="same-twice"),
        pytest.param(GENERATED + "    # drops the revision table\n", id="word-in-comment"),
        pytest.param(GENERATED.replace("None\n\n\ndef", "None\n\n\nasync def"), id="async"),
    ],
)
def test_a_generated_file_is_read_by_scanning(tmp_path: Path, source: str) -> None:
    header = header_of(tmp_path, source)

    assert scanned(source.encode()) is not None
    assert header.revision == "ab12"
    assert header.down_revision == ("cd34",)
    assert header.branch_labels == header.depends_on == ()
    assert header.message == "create tables"


def head(*lines: str) -> str:
    """A file that would be scanned but for what is in *lines*."""
    return "\n".join(['"""message"""', 'revision = "ab12"', *lines, ""])


@pytest.mark.parametrize(
    ("source", "parents"),
    [
        pytest.param(head('down_revision = "a", "b"'), ("a", "b"), id="bare-tuple"),
        pytest.param(head('down_revision = (\n    "a",\n    "b",\n)'), ("a", "b"), id="long-tuple"),
        pytest.param(head('down_revision = {"b", "a"}'), ("a", "b"), id="set"),
        pytest.param(head('down_revision = "a"', 'down_revision = "b"'), ("b",), id="twice"),
        pytest.param(head('down_revision = "a" "b"'), ("ab",), id="two-strings"),
        pytest.param(head('down_revision = "\\x61"'), ("a",), id="escape"),
        pytest.param(head('down_revision = "a"; x = 1'), ("a",), id="semicolon"),
        pytest.param(
            head('down_revision = "a"', "def f():", '    revision = "zz"'), ("a",), id="local-name"
        ),
        pytest.param(
            head('down_revision = "a"', 'x = """', 'depends_on = "z"', '"""'),
            ("a",),
            id="inside-a-text",
        ),
        pytest.param(
            head('down_revision = "a"', "x = dict(", 'depends_on = "z"', ")"), ("a",), id="keyword"
        ),
        pytest.param(
            head('down_revision = "z"', 'x = """', '# """; down_revision = "a"'),
            ("a",),
            id="comment-ends-a-text",
        ),
        pytest.param(
            head('down_revision = "a"', "def f():", '    depends_on = "z"'), ("a",), id="indented"
        ),
        pytest.param("# coding: latin-1\n" + head('down_revision = "a"'), ("a",), id="coding"),
    ],
)
def test_any_other_literal_header_is_read_by_parsing(
    tmp_path: Path, source: str, parents: tuple[str, ...]
) -> None:
    header = header_of(tmp_path, source)

    assert scanned(source.encode()) is None
    assert (header.revision, header.down_revision) == ("ab12", parents)
    assert header.depends_on == ()


def test_a_header_that_is_commented_out_is_none() -> None:
    source = head('# revision = "z"', 'down_revision = "a"', '# depends_on = "z"')

    assert shaped(scanned(source.encode()) or {}) == {
        "revision": "ab12",
        "down_revision": "a",
        "message": "message",
    }


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            head("from sys import (", "    path as depends_on,", ")", "down_revision = None"),
            id="import-in-brackets",
        ),
        pytest.param('revision = "ab" + "12"\ndown_revision = None', id="expression"),
        pytest.param('if True:\n    revision = "ab12"\ndown_revision = None', id="condition"),
        pytest.param('revision, down_revision = "ab12", None', id="two-at-once"),
        pytest.param('revision = "zz"\ndown_revision = None\nrevision = "AB12".lower()', id="last"),
        pytest.param('revision = "ab"\nrevision += "12"\ndown_revision = None', id="augmented"),
        pytest.param('down_revision = None\nfor revision in ["ab12"]: pass', id="loop"),
        pytest.param('down_revision = None\n(revision := "ab12")', id="walrus"),
        pytest.param(
            'revision = "zz"\ndown_revision = None\ndef f():\n    global revision\n'
            '    revision = "ab12"\nf()',
            id="global",
        ),
        pytest.param("from header_of_mine import *", id="star"),
        pytest.param(head("down_revision = None", "from os import *"), id="star-last"),
        pytest.param("from header_of_mine import revision, down_revision", id="import"),
    ],
)
def test_only_what_is_not_literal_is_imported(tmp_path: Path, source: str) -> None:
    module = ModuleType("imported")
    module.__dict__.update(revision="ab12", down_revision=None)
    file = tmp_path / "one.py"
    file.write_text(source)

    header = read_header(str(file), lambda: module)

    assert scanned(source.encode()) is None
    assert parsed(source.encode(), file) is None
    assert (header.revision, header.down_revision) == ("ab12", ())


@pytest.mark.parametrize(
    ("source", "name", "line", "reason"),
    [
        pytest.param('down_revision = None\nrevision = "', "x", 2, "is not Python", id="syntax"),
        pytest.param('down_revision = None\n<<<<<<< HEAD\nrevision = "a"\n=======\nrevision = "b"\n>>>>>>> x\n',
                     "x", 2, "is left in a merge conflict", id="merge-conflict"),
        pytest.param("down_revision = None\n", "create_x", None, "no revision id", id="no-id"),
        pytest.param('revision = "a"\n', "x", None, "no down_revision", id="no-parent"),
        pytest.param("revision = 12\ndown_revision = None", "x", None, "it is 12", id="number"),
        pytest.param(head("down_revision = 3"), "x", None, "down_revision must be", id="parent"),
        pytest.param(head('down_revision = ""'), "x", None, "down_revision must be", id="empty"),
        pytest.param(head('down_revision = ("a", None)'), "x", None, "must be", id="none-inside"),
        pytest.param(head("down_revision = None", "depends_on = {1: 2}"), "x", None, "depends_on",
                     id="mapping"),
        pytest.param("x = 1\0", "x", None, "is not Python", id="null-byte"),
        pytest.param(b'revision = "\xff"', "x", 1, "is not Python", id="not-utf-8"),
        pytest.param("revision = " + "(" * 5000, "x", None, "is not Python", id="deep"),
        pytest.param("x = " + "-" * 100_000 + "1", "x", None, "is not Python", id="very-deep"),
    ],
)  # fmt: skip
def test_a_bad_header_names_the_file_and_the_line(
    tmp_path: Path, source: str | bytes, name: str, line: int | None, reason: str
) -> None:
    with pytest.raises(BadScript) as caught:
        header_of(tmp_path, source, f"{name}.py")

    assert caught.value.file == tmp_path / f"{name}.py"
    assert line is None or caught.value.line == line
    assert reason in str(caught.value)
    assert caught.value.exit_status == 3


def test_an_empty_dependency_is_none(tmp_path: Path) -> None:
    source = head('down_revision = "a"', 'depends_on = ""')

    assert header_of(tmp_path, source).depends_on == ()


def test_a_file_named_by_a_hexadecimal_id_needs_no_id_inside(tmp_path: Path) -> None:
    assert header_of(tmp_path, "down_revision = None", "ab12cd.py").revision == "ab12cd"


def test_a_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadScript, match=r"gone\.py: can't be read: No such file"):
        read_header(str(tmp_path / "gone.py"), lambda: ModuleType("x"))


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        ("", "empty message"),
        ("  \n\n ", "empty message"),
        ("one\n\nRevision ID: a", "one"),
        ("\n  one\n  two\n  \n  three", "one\ntwo"),
    ],
)
def test_the_message_is_the_first_paragraph(doc: str, expected: str) -> None:
    assert message(doc) == expected


STATEMENTS = [
    *(f"{name} = {value}" for name in NAMES for value in ("None", "'a'", '"b"', '("c",)', '["d"]')),
    *("revision: str = 'e'", "down_revision: str | None = ('f', 'g')", "depends_on = ('h')"),
    *("depends_on = ()", "depends_on = ( 'i', 'j', )  # why", "branch_labels = []"),
    *("down_revision = 'k' if 1 else 'l'", "revision = down_revision = 'm'", "del revision"),
    *("import sys, os.path as path", "from os import (path,\n  sep)", "from os.path import *"),
    *("# revision identifiers", "# it's the revision", "x = '''", "'''", 'x = """', '"""', "\\"),
    *("x = dict(", ")", "if 0:", "if 1:", "    revision = 'n'", "    pass", "def revision(): 0"),
    *("class depends_on: 0", "def f(revision=1): 0", "for revision in 'op': pass", "pass; pass"),
    *("import sys as revision", "try:", "except Exception as revision: 0", "x = [", "]", "", "  "),
    *("revision += 'q'", "(revision := 'r')", "globals", "x = '\\", "'; revision = 's'", "x = \\"),
    *("match 'z':", "    case revision: pass", "f = lambda revision: 0", "@(depends_on := str)"),
]  # fmt: skip
DOCSTRINGS = [
    '"""a\n\nRevision ID: b"""',
    '"""a "quoted" one"""',
    "'''it's'''",
    '""""""',
    '"one line"',
    'r"""raw \\"""',
    '"""esc\\x41ped"""',
    '"""a""" "b"',
    '"""a""".strip()',
    'f"""a"""',
    "# a comment",
    "",
]


@given(
    docstring=st.sampled_from(DOCSTRINGS[:5]) | st.sampled_from(DOCSTRINGS),
    statements=st.lists(st.sampled_from(STATEMENTS), max_size=8),
    needed=st.booleans(),
    newline=st.sampled_from(["\n", "\n", "\r\n"]),
)
def test_scanning_and_parsing_agree_with_importing(
    docstring: str, statements: list[str], needed: bool, newline: str
) -> None:
    """Whatever stands in a file: what is read is what importing would give, or is imported."""
    usual = ["revision = 'u'", "down_revision = 'v'"] if needed else []
    source = newline.join([docstring, *usual, *statements, ""]).encode()
    expected = imported(source)
    assume(expected is not None)

    for found in (scanned(source), parsed(source, Path("x.py"))):
        if found is not None:
            assert shaped(found) == shaped(expected or {})


@given(
    edits=st.lists(
        st.tuples(
            st.integers(0, 500), st.integers(0, 3), st.sampled_from(["", *"'\"\\\n#=()[], :;*\t"])
        ),
        min_size=1,
        max_size=3,
    ),
    source=st.sampled_from([GENERATED, ALEMBIC.replace("from alembic import op\n", "")]),
)
def test_a_damaged_file_is_never_misread(edits: list[tuple[int, int, str]], source: str) -> None:
    text = source.replace("import sqlalchemy as sa\n", "").replace("migrate_cli", "typing")
    text = text.replace("Operations", "Any")
    for position, length, replacement in edits:
        position %= len(text) + 1
        text = text[:position] + replacement + text[position + length :]
    expected = imported(text.encode())
    assume(expected is not None)

    found = scanned(text.encode())

    if found is not None:
        assert shaped(found) == shaped(expected or {})


def imported(source: bytes) -> dict[str, object] | None:
    """What a module's namespace holds after running it; None if it can't be run."""
    namespace: dict[str, object] = {"__name__": "x"}
    try:
        exec(compile(source, "x.py", "exec", dont_inherit=True), namespace)
    except Exception:
        return None
    return namespace


def shaped(values: dict[str, object]) -> dict[str, object]:
    """The header in a namespace, a list being as good as a tuple."""
    found = {name: values[name] for name in NAMES if name in values}
    found = {n: tuple(v) if isinstance(v, list) else v for n, v in found.items()}
    return {**found, "message": message(str(values.get("__doc__") or ""))}
