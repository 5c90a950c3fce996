"""Rows of the journal, as they are inserted and read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from migrate_cli.journal.answers import Answer
from migrate_cli.journal.rows import Attempt, Entry, hashed, moment
from migrate_cli.journal.table import Journal
from sqlalchemy import create_engine

WORDS = st.one_of(st.none(), st.text("a%:'\\?", min_size=1, max_size=5))
ANSWERS = st.none() | WORDS.map(lambda said: Answer(raised=("Error", [said])).written())
TEXTS = st.text("SELECT %:'\\?", max_size=9)
SECONDS = st.one_of(st.none(), st.floats(0, 1e6))
KINDS = st.sampled_from(["ddl", "data", "read"])
STATES = st.sampled_from(["begun", "done", "refused"])
ENTRIES = st.lists(
    st.builds(
        lambda text, **more: Entry(n=0, text=text, hash=hashed(text), begun=moment(), **more),
        text=TEXTS,
        kind=KINDS,
        state=STATES,
        parameters=WORDS,
        answer=ANSWERS,
        seconds=SECONDS,
        error=WORDS,
        times=st.integers(1, 3),
    ),
    max_size=4,
)
ATTEMPT = Attempt(
    "a1", "r1", "upgrade", "begun", "", hashed(""), moment(), None, None, "me", "here", 1, "1", 1,
    "r1.py", None,
)  # fmt: skip


@given(st.lists(ENTRIES, min_size=1, max_size=3), WORDS, WORDS, SECONDS)
def test_what_is_inserted_is_read_back(
    pages: list[list[Entry]], error: str | None, session: str | None, seconds: float | None
) -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        journal, written = Journal("versions"), []
        for number, entries in enumerate(pages):
            of = f"a{number}"
            page = replace(ATTEMPT, attempt=of, error=error, session=session, seconds=seconds)
            page.entries = [replace(entry, n=n) for n, entry in enumerate(entries, 1)]
            journal.insert(connection, page, page.entries, of)
            written.append(page)

        read = journal.attempts(connection)[::-1]
        for page in read:
            page.entries = journal.entries(connection, page.attempt)
        assert read == written
    engine.dispose()


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({}, False),
        ({"parameters": "p"}, True),
        ({"answer": "{}"}, True),
        ({"error": "no"}, True),
    ],
)
def test_a_plain_statement_names_no_column_that_it_leaves_empty(
    changed: dict[str, str], named: bool
) -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        journal, said = Journal("versions"), []
        journal.create(connection)
        connection.connection.dbapi_connection.set_trace_callback(said.append)  # type: ignore[union-attr]
        entry = replace(Entry(1, "ddl", "done", "CREATE", hashed("CREATE")), **changed)

        journal.insert(connection, ATTEMPT, [entry], "a1")

        (text,) = [one for one in said if one.startswith("INSERT")]
        columns = text.partition(" VALUES ")[0]
        assert [name in columns for name in ("parameters", "answer", "error")].count(True) == (
            3 if named else 0
        )
    engine.dispose()


def test_the_time_is_written_to_the_millisecond() -> None:
    before = datetime.now(UTC)
    said = moment()
    after = datetime.now(UTC)

    assert before - timedelta(milliseconds=1) < datetime.fromisoformat(said) <= after
    assert len(said) == len("2026-01-01T00:00:00.000+00:00")
