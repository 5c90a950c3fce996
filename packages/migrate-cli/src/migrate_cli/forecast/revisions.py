"""What the steps of a plan would do, revision by revision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ddl_constructs import AddColumn, CreateTable, traits
from revgraph import Step
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect

from ..losses.against_rows import name_of
from ..paths import shown
from ..scripts import Script
from ..sinks.offline import at_rest
from ..state import as_change
from ..way_back import WayBack, way_back
from .costs import Costs, with_sizes
from .listening import Listened, Listener, Speaker, listening
from .sizes import sizes
from .values import Foretold, ForetoldRevision


def foretell(
    steps: Sequence[Step[Script]],
    dialect: Dialect,
    *,
    transaction: str | None,
    connection: Connection | None = None,
    keywords: Mapping[str, Any] | None = None,
    inside: Speaker | None = None,
    sql: bool = True,
) -> tuple[ForetoldRevision, ...]:
    """Say what the steps of a plan would do.

    **This executes the Python of their scripts.**

    Args:
        steps: The steps, in order.
        dialect: The database's; one that is connected knows its server's version.
        transaction: "revision", "run", or None where the caller has begun one.
        connection: Where the catalog is read; None for nowhere.
        keywords: What the scripts' functions get by parameter name, besides `op`.
        inside: Lets the scripts of the project speak to our sink, where `op` isn't ours.
        sql: Write the statements of each change, too.
    """
    writing = dialect if connection is None else at_rest(dialect)
    costs = Costs(writing, dialect, connection, sql=sql)
    with listening(dialect, keywords=keywords, inside=inside, connection=connection) as listener:
        heard = [listener.hear(step) for step in steps]
        refused = [_rows_against(step, listener) for step in steps]
    found = []
    for step, one, why in zip(steps, heard, refused, strict=True):
        changes = costs.foretell(one.said)
        how = _transaction(transaction, dialect, changes)
        found.append(_revision(step, one, changes, how, why))
    if connection is None:
        return tuple(found)
    known = sizes(connection, costs.tables)
    named = {".".join(part for part in key if part): size for key, size in known.items()}
    return tuple(replace(one, changes=with_sizes(one.changes, named)) for one in found)


def _rows_against(step: Step[Script], listener: Listener) -> str:
    """Say which columns of a revision's downgrade rows would stand against; "" for none."""
    script = _script(step)
    if step.direction == "downgrade":
        return ""
    try:
        _, _, source = script.path.read_bytes().partition(b"downgrade")
        if b"nullable=False" not in source:  # as in most, which needn't be heard
            return ""
    except OSError:
        return ""
    said = [as_change(one.element) for one in listener.hear_file(script, "downgrade").said]
    made = {(one.schema, one.table_name) for one in said if isinstance(one, CreateTable)}
    names = [
        name
        for one in said
        if isinstance(one, AddColumn) and (one.schema, one.table_name) not in made
        if (name := name_of(one))
    ]
    if not names:
        return ""
    return (
        f"its downgrade fails where the table has rows: it adds {', '.join(names)}, NOT NULL "
        "without a default"
    )


def _script(step: Step[Script]) -> Script:
    script = step.revision.payload
    assert script is not None, "every revision of Scripts.graph carries its script"
    return script


def _revision(
    step: Step[Script],
    heard: Listened,
    changes: Sequence[Foretold],
    transaction: str,
    refused: str,
) -> ForetoldRevision:
    script = _script(step)
    back = way_back(script.path, loaded=heard.loaded)
    if back.there and refused:
        back = WayBack(None, why=refused)
    return ForetoldRevision(
        step.revision.id,
        script.message,
        shown(script.path),
        step.direction,
        tuple(changes),
        heard.opaque,
        transaction,
        back.there if step.direction == "upgrade" else True,
        back.why if step.direction == "upgrade" or back.irreversible is not None else "",
    )


def _transaction(asked: str | None, dialect: Dialect, changes: Sequence[Foretold]) -> str:
    """Say in which transaction a revision would run."""
    if not traits(dialect.name).transactional_ddl:
        return "none that holds it together: each DDL statement commits"
    alone = sum(bool(one.alone) for one in changes)
    if asked is None:
        name = "the transaction that env.py has begun"
    else:
        name = "one transaction for all revisions" if asked == "run" else "one transaction"
    if not alone:
        return name
    count = "one change runs" if alone == 1 else f"{alone} changes run"
    return f"{name}, but {count} outside of it, behind a commit of what came before"
