"""Scripts for clients that aren't here: cut as sqlcmd and SQL*Plus do, each piece is one statement."""

from __future__ import annotations

import io
import re

import pytest
import sqlalchemy as sa
from migrate_cli.operations import Operations
from migrate_cli.sinks import OfflineSink
from migrate_cli.sinks.offline import offline_dialect


def script(dialect: str, *, procedure: str, view: str) -> tuple[OfflineSink, str]:
    """Write what has semicolons, quotes, look-ups, empty lines and a block in it."""
    stream = io.StringIO()
    sink = OfflineSink(offline_dialect(sa.make_url(f"{dialect}://").get_dialect()), stream)
    with sink.transaction():
        op = Operations(sink)
        op.create_table(
            "t",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("a", sa.String(5), comment="it's; so"),
        )
        op.drop_column("t", "a", if_exists=True, mssql_drop_default=True)
        op.create_procedure("p", procedure)
        op.create_view("v", view)
        op.execute("UPDATE t SET id = 1 WHERE id IN (SELECT id\n\n  -- all of them;\n\n\nFROM v)")
        op.execute("INSERT INTO t (id) SELECT 2 FROM v WHERE '/' <> 'GO'")
    return sink, stream.getvalue()


def test_sqlcmd_sends_one_statement_in_a_batch() -> None:
    """SQL Server 2022, GO: a line of its own ends a batch; CREATE VIEW must be alone in one."""
    sink, text = script("mssql", procedure="AS BEGIN DELETE FROM t; END", view="SELECT id FROM t")

    batches = [b.strip().removesuffix(";") for b in re.split(r"^GO\n", text, flags=re.MULTILINE)]

    said = [w.sql for w in sink.written]
    assert batches[0] == f"BEGIN TRANSACTION;\n\n{said[0]}"
    assert batches[1:] == [*(w.removesuffix(";") for w in said[1:]), "COMMIT", ""]
    assert [b for b in batches if b.startswith("CREATE VIEW")] == [
        "CREATE VIEW v AS SELECT id FROM t"
    ]


def test_sqlplus_sends_one_statement_for_a_slash() -> None:
    """SQL*Plus User's Guide: an empty line ends what is no block, a slash runs what stands above."""
    sink, text = script(
        "oracle", procedure="IS\nBEGIN\n\n  DELETE FROM t;\nEND;", view="SELECT id\n\nFROM t"
    )

    pieces = [p.strip() for p in re.split(r"^/\n", text, flags=re.MULTILINE)][:-1]

    assert len(pieces) == len(sink.written)
    blocks = [p for p in pieces if re.match("DECLARE|CREATE PROCEDURE", p)]
    assert all(block.endswith("END;") for block in blocks)
    assert len(blocks) == 2
    for piece in pieces:
        piece = piece.removeprefix("SET SQLTERMINATOR OFF\n\n")  # a comment has a semicolon
        assert piece in blocks or "\n\n" not in piece
        assert piece in blocks or not piece.endswith(";")
    assert "CREATE VIEW v AS SELECT id\nFROM t" in pieces


@pytest.mark.parametrize(
    ("given", "written"),
    [
        pytest.param("SELECT 1\n \n\nFROM t", "SELECT 1\nFROM t", id="statement"),
        pytest.param("SELECT '\n\n'", "SELECT '\n\n'", id="in-a-text"),
        pytest.param("BEGIN\n\nNULL; END;", "BEGIN\n\nNULL; END;", id="block"),
        pytest.param("INSERT INTO t VALUES (1); ", "INSERT INTO t VALUES (1)", id="run-twice"),
        pytest.param(
            "INSERT INTO t VALUES ('a;\nb')",
            "SET SQLTERMINATOR OFF\n\nINSERT INTO t VALUES ('a;\nb')",
            id="semicolon-at-the-end-of-a-line",
        ),
        pytest.param(
            "INSERT INTO t VALUES ('R&D')",
            "SET DEFINE OFF\n\nINSERT INTO t VALUES ('R&D')",
            id="variable",
        ),
        pytest.param(
            "BEGIN\n  x := 'a&b';\nEND;",
            "SET DEFINE OFF\n\nBEGIN\n  x := 'a&b';\nEND;",
            id="variable-in-a-block",
        ),
        pytest.param(
            "create or replace editionable trigger g\n\nBEGIN NULL; END;",
            "create or replace editionable trigger g\n\nBEGIN NULL; END;",
            id="trigger",
        ),
    ],
)
def test_what_a_client_would_take_otherwise_is_written_so_that_it_does_not(
    given: str, written: str
) -> None:
    """An empty line, a semicolon at the end of a line, and a name behind an ampersand."""
    stream = io.StringIO()
    sink = OfflineSink(offline_dialect(sa.make_url("oracle://").get_dialect()), stream)

    Operations(sink).execute(given, raw=True)

    assert stream.getvalue() == f"{written}\n/\n\n"


def test_a_client_is_told_once() -> None:
    stream = io.StringIO()
    sink = OfflineSink(offline_dialect(sa.make_url("oracle://").get_dialect()), stream)
    op = Operations(sink)

    for _ in range(2):
        op.execute("INSERT INTO t VALUES ('R&D')")

    assert stream.getvalue().count("SET DEFINE OFF") == 1
