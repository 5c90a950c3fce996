"""Which parts of a comparison take part: what env.py selects, and what plugins stop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table

ALL = {
    "add_table", "add_column", "modify_type", "modify_default", "modify_nullable", "add_index",
    "remove_index", "add_fk", "add_check", "add_unique",
}  # fmt: skip
OURS = "alembic.autogenerate.*"
CONSTRAINTS = {"modify_nullable", "add_index", "remove_index", "add_fk", "add_unique"}


@pytest.fixture
def connection(sqlite_url: str) -> Iterator[Any]:
    before = MetaData()
    Table("p", before, Column("id", Integer, primary_key=True))
    old = Table(
        "t", before, Column("id", Integer, primary_key=True), Column("b", String(5)),
        Column("n", Integer, server_default="1"), Column("pid", Integer),
    )  # fmt: skip
    Index("ix_n", old.c.n)
    engine = sa.create_engine(sqlite_url)
    with engine.begin() as connection:
        before.create_all(connection)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def comparators() -> Iterator[Any]:
    """The functions of no plugin; those that a test adds are forgotten."""
    from alembic.autogenerate import comparators

    kept = {key: list(value) for key, value in comparators._registry.items()}
    yield comparators
    comparators._registry.clear()
    comparators._registry.update(kept)


def found(connection: Any, **opts: Any) -> set[str]:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    after = MetaData()
    Table("p", after, Column("id", Integer, primary_key=True))
    Table("new", after, Column("x", Integer))
    Table(
        "t", after, Column("id", Integer, primary_key=True), Column("a", Integer, index=True),
        Column("b", String(3), nullable=False), Column("n", Integer, server_default="2"),
        Column("pid", ForeignKey("p.id", name="fk_p")),
        sa.UniqueConstraint("b", name="uq_b"), sa.CheckConstraint("n > 0", name="ck_n"),
    )  # fmt: skip
    context = MigrationContext.configure(connection, opts={"compare_server_default": True, **opts})
    differing = compare_metadata(context, after)
    flat = [one for diff in differing for one in (diff if isinstance(diff, list) else [diff])]
    return {_name(*diff) for diff in flat}


def _name(word: str, *of: Any) -> str:
    if word == "add_constraint":
        return "add_check" if isinstance(of[0], sa.CheckConstraint) else "add_unique"
    return word


@pytest.mark.parametrize(
    ("selected", "left"),
    [
        ([OURS, "alembic.ext.*"], ALL),
        (["alembic.*.*"], ALL),
        (["*"], ALL),
        ([OURS], ALL - {"add_check"}),
        ([OURS, "~alembic.autogenerate.checkconstraint_byname"], ALL - {"add_check"}),
        ([OURS, "alembic.autogenerate.checkconstraint_byname"], ALL),
        (["*", "~alembic.autogenerate.constraints"], ALL - CONSTRAINTS),
        (["*", "~alembic.autogenerate.types"], ALL - {"modify_type"}),
        (["*", "~alembic.autogenerate.defaults"], ALL - {"modify_default"}),
        (["*", "~alembic.autogenerate.tables"], set()),
        (["*", "~alembic.autogenerate.schemas"], set()),
        (["alembic.autogenerate.schemas", "alembic.autogenerate.tables"], {"add_table", "add_column"}),
        (["~nothing"], set()),
        ([], set()),
    ],
)  # fmt: skip
def test_what_env_selects_is_compared(connection: Any, selected: list[str], left: set[str]) -> None:
    assert found(connection) == ALL
    assert found(connection, autogenerate_plugins=selected) == left


def test_comments_are_left_out(postgresql_url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = sa.create_engine(postgresql_url)
    after = MetaData()
    Table("t", after, Column("id", Integer, comment="a number"), comment="a table")
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE TABLE t (id INTEGER)"))
        for selected, count in ([OURS], 2), ([OURS, "~alembic.autogenerate.comments"], 0):
            context = MigrationContext.configure(
                connection, opts={"autogenerate_plugins": selected}
            )
            assert len(compare_metadata(context, after)) == count
    engine.dispose()


@pytest.mark.parametrize(
    ("selected", "error", "said"),
    [
        (["nothing.*"], "CommandError", r"no plugin nothing\.\*"),
        ([OURS, f"~{OURS}"], "CommandError", r"no plugin alembic\.autogenerate\.\*"),
        (["a b"], "ValueError", "'a b'"),
    ],
    ids=str,
)
def test_a_selection_of_nothing_is_refused(
    connection: Any, selected: list[str], error: str, said: str
) -> None:
    from alembic.util import CommandError

    with pytest.raises(CommandError if error == "CommandError" else ValueError, match=said):
        found(connection, autogenerate_plugins=selected)


def test_a_plugin_of_the_project_compares_where_it_is_selected(connection: Any) -> None:
    from alembic.runtime.plugins import Plugin

    asked: list[str] = []
    plugin = Plugin("mine.own")
    plugin.add_autogenerate_comparator(lambda *about: asked.append(about[3]), "table")
    try:
        found(connection)
        found(connection, autogenerate_plugins=["*", "~mine.own"])
        before = list(asked)
        found(connection, autogenerate_plugins=[OURS, "mine.*"])
    finally:
        plugin.remove()
    assert (before, sorted(asked)) == ([], ["new", "p", "t"])


@pytest.mark.parametrize(
    ("target", "element", "priority", "stopped"),
    [
        ("schema", "tables", "MEDIUM", ALL),
        ("schema", "tables", "LAST", set()),
        ("table", "indexes", "MEDIUM", {"add_index", "remove_index", "add_unique"}),
        ("table", "indexes", "LAST", set()),
        ("table", "foreignkeys", "FIRST", {"add_fk"}),
        ("table", "checkconstraints", "MEDIUM", {"add_check"}),
        ("column", "nullable", "MEDIUM", {"modify_nullable"}),
        ("column", "nullable", "LAST", set()),
        ("column", "types", "LAST", {"modify_type"}),
        ("column", "server_default", "MEDIUM", {"modify_default"}),
        ("column", None, "FIRST", set()),
        ("table", "types", "FIRST", set()),
    ],
)
def test_a_function_that_says_stop_ends_our_comparison_of_its_subject(
    connection: Any, comparators: Any, target: str, element: str, priority: str, stopped: set[str]
) -> None:
    from alembic.util import DispatchPriority, PriorityDispatchResult

    comparators.dispatch_for(target, subgroup=element, priority=DispatchPriority[priority])(
        lambda *about: PriorityDispatchResult.STOP
    )

    assert found(connection) == ALL - stopped


def test_it_ends_it_for_the_column_that_it_was_asked_about(
    connection: Any, comparators: Any
) -> None:
    from alembic.util import PriorityDispatchResult

    @comparators.dispatch_for("column", subgroup="types")
    def own_type(context: Any, op: Any, schema: Any, table: str, column: str, *sides: Any) -> Any:
        if column != "b":
            return PriorityDispatchResult.STOP
        return PriorityDispatchResult.CONTINUE

    assert found(connection) == ALL


def test_a_plugin_that_env_brings_comes_after_ours_of_its_priority(connection: Any) -> None:
    from alembic.runtime.plugins import Plugin
    from alembic.util import DispatchPriority, PriorityDispatchResult

    left = {}
    for priority in DispatchPriority:
        plugin = Plugin("mine.own")
        plugin.add_autogenerate_comparator(
            lambda *about: PriorityDispatchResult.STOP, "column", "nullable", priority=priority
        )
        left[priority.name] = found(connection, autogenerate_plugins=["*"])
        plugin.remove()

    without = ALL - {"modify_nullable"}
    assert left == {"FIRST": without, "MEDIUM": ALL, "LAST": ALL}
