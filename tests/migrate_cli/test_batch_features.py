"""A rebuild on SQLite changes what was asked, and nothing else: of every feature that a table can have."""

from __future__ import annotations

import io
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
import sqlalchemy as sa
from migrate_cli import Operations
from migrate_cli.batch.errors import CannotRebuild
from migrate_cli.batch.words import BatchOperations
from migrate_cli.dialects import knowledge
from migrate_cli.sinks import OfflineSink, OnlineSink
from migrate_cli.sinks.offline import Written, offline_dialect
from sqlalchemy.dialects import sqlite
from sqlalchemy.pool import StaticPool
from sqlite_features import FEATURES, Feature
from sqlite_reader import Contents, contents

EVERY = bool(os.environ.get("MIGRATE_TEST_EVERY_REBUILD"))


@dataclass(frozen=True)
class Case:
    """A batch change and what it makes of what the reader sees.

    Attributes:
        said: The change, inside of the block.
        text: (text of the table, from the bracket on) -> what it becomes.
        columns: Old name -> new one, None for a column that is gone; those not named stay.
        new: Values of a column that is new, in every row.
        index: The statement that the spare index has afterwards; "" if it is gone.
        recreate: What the block says.
        order: What the block says of the order.
        copies: Whether the table is copied for it.
    """

    said: Callable[[BatchOperations], object]
    text: Callable[[str], str] = lambda text: text
    columns: tuple[tuple[str, str | None], ...] = ()
    new: tuple[tuple[str, tuple[Any, str]], ...] = ()
    index: str = "CREATE INDEX ix_spare ON {t} (x)"
    recreate: str = "auto"
    order: tuple[tuple[str, ...], ...] = ()
    copies: bool = True


def instead(old: str, new: str) -> Callable[[str], str]:
    def replaced(text: str) -> str:
        assert text.count(old) == 1
        return text.replace(old, new)

    return replaced


def at_end(new: str) -> Callable[[str], str]:
    """Behind the last constraint, where the feature has its closing bracket."""

    def added(text: str) -> str:
        body, bracket, options = text.rpartition(")")
        blanks = len(body) - len(body.rstrip()) if "--" not in body[-20:] else 0
        cut = len(body) - blanks
        return f"{body[:cut]}, {new}{body[cut:]}{bracket}{options}"

    return added


CASES = {
    "recreate": Case(lambda b: None, recreate="always"),
    "type": Case(
        lambda b: b.alter_column("x", type_=sa.BigInteger()),
        instead("(x INTEGER", "(x BIGINT"),
    ),
    "not-null": Case(
        lambda b: b.alter_column("x", nullable=False),
        instead("(x INTEGER,", "(x INTEGER NOT NULL,"),
    ),
    "default": Case(
        lambda b: b.alter_column("y", server_default="it's :q"),
        instead("y TEXT", "y TEXT DEFAULT 'it''s :q'"),
    ),
    "add-check": Case(
        lambda b: b.create_check_constraint("ck_new", "x > -1"),
        at_end("CONSTRAINT ck_new CHECK (x > -1)"),
    ),
    "add-unique": Case(
        lambda b: b.create_unique_constraint("uq_new", ["x", "y"]),
        at_end("CONSTRAINT uq_new UNIQUE (x, y)"),
    ),
    "drop-constraint": Case(
        lambda b: b.drop_constraint("ck_spare", type_="check"),
        lambda text: without_check(text),
    ),
    "add-column": Case(
        lambda b: b.add_column(sa.Column("z", sa.Integer(), server_default="7", nullable=False), insert_after="y"),
        instead("y TEXT", "y TEXT, z INTEGER DEFAULT '7' NOT NULL"),
        new=(("z", (7, "integer")),),
    ),
    "rename-and-type": Case(
        lambda b: b.alter_column("x", new_column_name="xx", type_=sa.BigInteger()),
        lambda text: text.replace("(x INTEGER", "(xx BIGINT").replace("(x < ", "(xx < "),
        columns=(("x", "xx"),),
        index="CREATE INDEX ix_spare ON {t} (xx)",
    ),
    "rename": Case(
        lambda b: b.alter_column("x", new_column_name="xx"),
        lambda text: text.replace("(x INTEGER", "(xx INTEGER").replace("(x < ", "(xx < "),
        columns=(("x", "xx"),),
        copies=False,
        index="CREATE INDEX ix_spare ON {t} (xx)",
    ),
    "drop-index": Case(lambda b: b.drop_index("ix_spare"), index="", recreate="always"),
    "drop-column": Case(
        lambda b: (b.drop_index("ix_spare"), b.drop_constraint("ck_spare"), b.drop_column("x")),
        lambda text: without_check(text).replace("(x INTEGER, y", "( y"),
        columns=(("x", None),),
        index="",
    ),
    "reorder": Case(
        lambda b: None,
        instead("x INTEGER, y TEXT", " y TEXT,x INTEGER"),
        recreate="always",
        order=(("y", "x"),),
    ),
}  # fmt: skip


def without_check(text: str) -> str:
    before, _, after = text.partition(" CONSTRAINT ck_spare CHECK (x < 1000000)")
    rest = after.lstrip()
    if rest.startswith(")"):
        return before.rstrip().removesuffix(",") + rest
    return before + after if not rest.startswith(",") else before + after.lstrip().removeprefix(",")


def squeezed(text: str) -> str:
    """The text with nothing but its space and its commas left to differ."""
    return "".join(text.split())


def run(connection: sa.Connection, feature: Feature, case: Case) -> None:
    sink = OnlineSink(connection)
    with knowledge("sqlite").unchecked(connection) as check, sink.transaction():
        with Operations(sink).batch_alter_table(
            feature.name,
            recreate=case.recreate,
            partial_reordering=case.order,  # type: ignore[arg-type]
        ) as batch:
            case.said(batch)
        check()


def run_script(raw: sqlite3.Connection, feature: Feature, case: Case) -> None:
    """Write the block as a script that knows what other scripts did before, and run that."""
    stream = io.StringIO()
    sink = OfflineSink(offline_dialect(sqlite.dialect), stream)
    made = raw.execute(
        "SELECT sql FROM sqlite_master WHERE sql <> '' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    ).fetchall()
    sink.earlier = lambda: [Written(sql, "r1") for (sql,) in made]
    with (
        sink.transaction(),
        Operations(sink).batch_alter_table(
            feature.name,
            recreate=case.recreate,
            partial_reordering=case.order,  # type: ignore[arg-type]
        ) as batch,
    ):
        case.said(batch)
    raw.executescript(stream.getvalue())


def expected(before: Contents, feature: Feature, case: Case) -> Contents:
    """What the reader must see afterwards."""
    columns = dict(case.columns)
    rows = [
        {
            columns.get(name, name): value
            for name, value in row.items()
            if columns.get(name, name) is not None
        }
        | dict(case.new)
        for row in before.rows
    ]
    others = dict(before.others)
    del others["index", "ix_spare"]
    if case.index:
        others["index", "ix_spare"] = (feature.name, case.index.format(t=feature.quoted))
    statistics = [row for row in before.statistics if row[1] != "ix_spare" or case.index]
    return replace(
        before,
        text=squeezed(
            feature.becomes(case.text(before.text)) if case.copies else case.text(before.text)
        ),
        others=others,
        rows=rows,  # type: ignore[arg-type]
        statistics=statistics,
    )


def attempt(feature: Feature, case: Case, *, foreign_keys: bool, filled: bool) -> None:
    engine = sa.create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect() as connection:
        raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
        feature.make(raw, filled=filled)
        raw.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        before = contents(raw, feature.name)

        if feature.refused in case.text(before.text):
            with pytest.raises(CannotRebuild):
                run(connection, feature, case)
            assert contents(raw, feature.name) == before
            engine.dispose()
            return
        run(connection, feature, case)

        after = contents(raw, feature.name)
        assert replace(after, text=squeezed(after.text)) == expected(before, feature, case)
        assert raw.execute("PRAGMA foreign_keys").fetchone() == (int(foreign_keys),)
        assert raw.execute("PRAGMA legacy_alter_table").fetchone() == (0,)
        assert not raw.in_transaction
    engine.dispose()


ALWAYS = ("recreate", "type", "not-null", "rename-and-type", "drop-column")
"""Cases that every feature goes through; of the others each feature gets some, and all at night."""


def cases(at: int) -> list[str]:
    others = [name for name in CASES if name not in ALWAYS]
    return [*ALWAYS, *(others if EVERY else others[at % 4 :: 4])]


@pytest.mark.parametrize(("at", "feature"), list(enumerate(FEATURES.values())), ids=FEATURES)
def test_only_what_was_asked_differs(at: int, feature: Feature) -> None:
    for name in cases(at):
        attempt(feature, CASES[name], foreign_keys=True, filled=True)


@pytest.mark.parametrize(("at", "feature"), list(enumerate(FEATURES.values())), ids=FEATURES)
def test_nothing_differs_without_rows_or_without_foreign_keys(at: int, feature: Feature) -> None:
    settings = [(False, True), (False, False), (True, False)]
    for name in CASES if EVERY else ("recreate",):
        for foreign_keys, filled in settings if EVERY else settings[at % 3 :][:1]:
            attempt(feature, CASES[name], foreign_keys=foreign_keys, filled=filled)


@pytest.mark.parametrize(("at", "feature"), list(enumerate(FEATURES.values())), ids=FEATURES)
def test_a_script_does_what_a_connection_does(at: int, feature: Feature) -> None:
    for name in cases(at) if EVERY else [cases(at)[at % 5], *cases(at)[5:6]]:
        case = CASES[name]
        raw = sqlite3.connect(":memory:")
        feature.make(raw, filled=True)
        raw.commit()
        before = contents(raw, feature.name)
        if feature.refused in case.text(before.text) or "TEMP" in feature.after.upper():
            continue  # what a connection refuses is refused; nobody else has a session's things

        run_script(raw, feature, case)

        after = contents(raw, feature.name)
        wanted = replace(expected(before, feature, case), statistics=[])
        assert replace(after, text=squeezed(after.text), statistics=[]) == wanted
        raw.close()


def test_there_are_enough_features() -> None:
    assert len(FEATURES) >= 60
