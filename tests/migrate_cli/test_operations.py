"""`op`: every change has its word, and the word goes to the run that is meant."""

from __future__ import annotations

import inspect
import threading
from concurrent.futures import ThreadPoolExecutor

import ddl_constructs
import pytest
from ddl_constructs import AddColumn, Change
from migrate_cli import Operations, op
from migrate_cli.operations import speaking
from migrate_cli.sinks import RecordingSink
from sqlalchemy import Column, Integer, Table, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.elements import quoted_name

CHANGES = [
    getattr(ddl_constructs, name)
    for name in ddl_constructs.__all__
    if isinstance(getattr(ddl_constructs, name), type)
    and issubclass(getattr(ddl_constructs, name), Change)
    and getattr(ddl_constructs, name) is not Change
]


@pytest.fixture
def recorded() -> RecordingSink:
    return RecordingSink(sqlite.dialect())


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: c.__name__)
def test_every_change_has_its_words_on_op(change: type[Change]) -> None:
    assert change.words
    for word in change.words:
        assert callable(getattr(Operations, word)), word


def test_a_word_has_the_signature_of_its_change() -> None:
    assert str(inspect.signature(Operations.add_column)) == str(inspect.signature(AddColumn))
    assert Operations.add_column.__name__ == "add_column"
    assert Operations.add_column.__doc__ == AddColumn.__doc__


def test_a_word_hands_its_change_to_the_sink(recorded: RecordingSink) -> None:
    Operations(recorded).add_column("users", Column("age", Integer()))

    (change,) = recorded.taken
    assert isinstance(change, AddColumn)
    assert change.describe() == "add column users.age (Integer)"


def test_several_words_build_one_change(recorded: RecordingSink) -> None:
    speaker = Operations(recorded)

    speaker.create_unique_constraint("uq", "t", ["a"])
    speaker.create_foreign_key("fk", "t", "r", ["a"], ["id"])

    assert [type(change).__name__ for change in recorded.taken] == ["AddConstraint"] * 2


def test_create_table_gives_the_table_for_rows_to_follow(recorded: RecordingSink) -> None:
    speaker = Operations(recorded)

    table = speaker.create_table("t", Column("id", Integer(), primary_key=True))
    speaker.bulk_insert(table, [{"id": 1}])

    assert isinstance(table, Table)
    assert [c.describe() for c in recorded.taken] == [
        "create table t (1 column)",
        "insert 1 row into t",
    ]


def test_invoke_takes_changes_and_any_executable(recorded: RecordingSink) -> None:
    change, statement = AddColumn("t", Column("a", Integer())), text("SELECT 1")

    Operations(recorded).invoke(change)
    Operations(recorded).invoke(statement)

    assert recorded.taken == [change, statement]


def test_f_marks_a_name_as_final(recorded: RecordingSink) -> None:
    assert isinstance(Operations(recorded).f("ck_t"), quoted_name | str)
    assert type(Operations(recorded).f("ck_t")).__name__ == "conv"


def test_the_global_op_speaks_to_the_run_of_its_context(recorded: RecordingSink) -> None:
    with speaking(Operations(recorded), "sqlite://"):
        op.drop_table("t")

    assert [c.describe() for c in recorded.taken] == ["drop table t"]


def test_the_global_op_speaks_in_a_thread_that_a_script_starts(recorded: RecordingSink) -> None:
    with speaking(Operations(recorded), "sqlite://"):
        thread = threading.Thread(target=lambda: op.drop_table("t"))
        thread.start()
        thread.join()

    assert [c.describe() for c in recorded.taken] == ["drop table t"]


def test_two_runs_in_two_threads_dont_hear_each_other() -> None:
    sinks = [RecordingSink(sqlite.dialect()) for _ in range(2)]
    both = threading.Barrier(2)

    def run(number: int) -> None:
        with speaking(Operations(sinks[number]), f"database {number}"):
            both.wait(10)
            op.drop_table(f"t{number}")
            both.wait(10)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, range(2)))

    assert [[c.describe() for c in sink.taken] for sink in sinks] == [
        ["drop table t0"],
        ["drop table t1"],
    ]


def test_the_global_op_is_a_name_error_where_nothing_runs() -> None:
    with pytest.raises(NameError, match="only while a revision runs, and none does"):
        op.drop_table("t")


def test_the_global_op_names_both_runs_where_it_cant_tell(recorded: RecordingSink) -> None:
    failures: list[Exception] = []

    def lost() -> None:
        try:
            op.drop_table("t")
        except NameError as err:
            failures.append(err)

    with speaking(Operations(recorded), "one"), speaking(Operations(recorded), "other"):
        thread = threading.Thread(target=lost)
        thread.start()
        thread.join()

    assert "one and other are active" in str(failures[0])
    assert recorded.taken == []


def test_inner_runs_give_the_outer_one_back(recorded: RecordingSink) -> None:
    inner = RecordingSink(sqlite.dialect())

    with speaking(Operations(recorded), "outer"):
        with speaking(Operations(inner), "inner"):
            op.drop_table("in")
        op.drop_table("out")

    assert [c.describe() for c in recorded.taken] == ["drop table out"]
    assert [c.describe() for c in inner.taken] == ["drop table in"]
