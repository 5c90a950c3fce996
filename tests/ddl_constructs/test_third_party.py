"""A dialect from the package index joins by an adapter of its own, found by its entry point.

CockroachDB's dialect isn't ours; what differs there is by its documentation (v24.1, SQL
statements), with no server asked.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ddl_constructs
import pytest
from ddl_constructs import (
    AddColumn,
    AlterColumn,
    Change,
    CreateFunction,
    CreateIndex,
    CreateSequence,
    CreateTable,
    CreateView,
    DropConstraint,
    DropIndex,
    DropView,
    RenameTable,
    UnsupportedChange,
    create_foreign_key,
    facts,
    loading,
    stands_alone,
    traits,
)
from sqlalchemy import CheckConstraint, Column, Integer, String, make_url

pytest.importorskip("sqlalchemy_cockroachdb", reason="no dialect of a third party")

ADAPTER = '''
from ddl_constructs import (
    AlterColumn, Blocks, CreateTrigger, CreateView, DropIndex, Facts, Traits, UnsupportedChange,
    lowers, register_facts, register_traits,
)
from ddl_constructs.facts import Row
from sqlalchemy.ext.compiler import compiles

# Online Schema Changes: a schema change runs as a job after the commit
register_traits("cockroachdb", Traits(transactional_ddl=False, comments_apart=True))
register_facts("cockroachdb", [
    Row(DropIndex, Facts(transactional=False, stands_alone=True, lock="", blocks=Blocks.NOTHING)),
])

@compiles(DropIndex, "cockroachdb")
def drop_index(change, compiler, **kw):
    """DROP INDEX: the index is named behind its table."""
    guard = "IF EXISTS " if change.if_exists else ""
    table = compiler.preparer.quote(change.table_name)
    return f"DROP INDEX {guard}{table}@{compiler.preparer.quote(change.index_name)} CASCADE"

@compiles(CreateView, "cockroachdb")
def create_view(change, compiler, **kw):
    """CREATE VIEW: IF NOT EXISTS and MATERIALIZED are known, check options aren't."""
    if change.check_option:
        raise UnsupportedChange(change.describe(), "cockroachdb", "it has no check options")
    words = ["CREATE", *(["OR REPLACE"] if change.or_replace else []), change.kind.upper()]
    words += ["IF NOT EXISTS"] if change.if_not_exists else []
    return f"{' '.join(words)} {compiler.preparer.quote(change.view_name)} AS {change.definition}"

@lowers(CreateTrigger, "cockroachdb")
def create_trigger(change, dialect, connection):
    raise UnsupportedChange(change.describe(), "cockroachdb", "it has triggers from 24.3 on")
'''


@pytest.fixture(autouse=True)
def adapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A distribution with the adapter, as pip would lay it down."""
    (tmp_path / "cockroach_changes.py").write_text(ADAPTER)
    described = tmp_path / "cockroach_changes-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: cockroach-changes\nVersion: 1.0\n"
    )
    (described / "entry_points.txt").write_text(
        f"[{loading.ENTRY_POINTS}]\ncockroachdb = cockroach_changes\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    loading._loaded.discard("cockroachdb")
    yield
    sys.modules.pop("cockroach_changes", None)


def dialect() -> Any:
    made: Any = make_url("cockroachdb://").get_dialect()
    return made(paramstyle="named")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            CreateTable("t", Column("id", Integer, primary_key=True), Column("s", String(5))),
            ["CREATE TABLE t ( id SERIAL NOT NULL, s VARCHAR(5), PRIMARY KEY (id) )"],
        ),
        (
            AddColumn("t", Column("a", Integer, CheckConstraint("a > 0", name="ck"))),
            ["ALTER TABLE t ADD COLUMN a INTEGER CONSTRAINT ck CHECK (a > 0)"],
        ),
        (
            AlterColumn("t", "a", nullable=False, server_default="5", existing_type=Integer()),
            [
                "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
                "ALTER TABLE t ALTER COLUMN a SET DEFAULT '5'",
            ],
        ),
        (RenameTable("t", "u"), ["ALTER TABLE t RENAME TO u"]),
        (
            create_foreign_key("fk", "t", "u", ["a"], ["id"]),
            ["ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY(a) REFERENCES u (id)"],
        ),
        (DropConstraint("fk", "t", "foreignkey"), ["ALTER TABLE t DROP CONSTRAINT fk"]),
        (CreateIndex("ix", "t", ["a"], unique=True), ["CREATE UNIQUE INDEX ix ON t (a)"]),
        (DropIndex("ix", "T a", if_exists=True), ['DROP INDEX IF EXISTS "T a"@ix CASCADE']),
        (
            CreateView("v", "SELECT 1 AS n", materialized=True, grants={"reader": ["SELECT"]}),
            ["CREATE MATERIALIZED VIEW v AS SELECT 1 AS n", "GRANT SELECT ON v TO reader"],
        ),
        (DropView("v"), ["DROP VIEW v"]),
        (
            CreateFunction("f", "RETURNS INT LANGUAGE SQL AS 'SELECT 1'", or_replace=True),
            ["CREATE OR REPLACE FUNCTION f() RETURNS INT LANGUAGE SQL AS 'SELECT 1'"],
        ),
    ],
    ids=lambda value: value.describe() if isinstance(value, Change) else "",
)
def test_it_says_a_change(change: Change, expected: list[str]) -> None:
    pieces = change.statements(dialect())

    said = [" ".join(str(piece.compile(dialect=dialect())).split()) for piece in pieces]
    assert said == expected


def test_it_refuses_by_name() -> None:
    with pytest.raises(UnsupportedChange, match="on cockroachdb: it has no check options"):
        str(CreateView("v", "SELECT 1", check_option="local").compile(dialect=dialect()))
    with pytest.raises(UnsupportedChange, match="on cockroachdb: it has no sequences"):
        str(CreateSequence("q").compile(dialect=dialect()))
    with pytest.raises(UnsupportedChange, match=r"on cockroachdb: it has triggers from 24\.3"):
        ddl_constructs.CreateTrigger("g", "t", "AFTER INSERT", "x").statements(dialect())


def test_its_traits_and_facts_are_known() -> None:
    DropIndex("ix", "t").statements(dialect())

    assert traits("cockroachdb").comments_apart
    assert stands_alone(DropIndex("ix", "t"), dialect())
    assert facts(DropIndex("ix", "t"), dialect()).lock == ""
