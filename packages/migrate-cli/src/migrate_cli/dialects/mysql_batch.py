"""A batch block that asks for a copy of the table, on MySQL and MariaDB; run on MariaDB 10.11.

The server copies tables itself, with all that belongs to them, and swaps them at once (MySQL 8.4
manual, ALTER TABLE, ALGORITHM=COPY and FORCE): a kill leaves the old table or the new one. So the
block's changes are made in place, each column is put where it is to stand, and the table copied.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ddl_constructs import ExecuteSQL, raw_text
from sqlalchemy.engine import Connection

from ..batch.block import Block
from ..batch.errors import CannotRebuild, UnknownInTable
from ..batch.order import order_after, plain_changes
from ..sinks.base import Sink


def run(block: Block, sink: Sink) -> None:
    """Do a block, and copy the table.

    Raises:
        UnknownInTable: The block names what isn't there; nothing ran.
        CannotRebuild: The server can't copy such a table; nothing ran.
    """
    connection = sink.connection
    assert connection is not None, "a script gets its changes one by one"
    names = _columns(block, connection)
    wanted = order_after(block, names)
    changes = list(plain_changes(block))
    for change in changes:
        sink.take(change)
    definitions = _definitions(block, connection)
    there = list(definitions)
    wanted = [name for name in wanted if name in definitions]
    moves = []
    for place, name in enumerate(wanted):
        if there[place] == name:
            continue
        there.remove(name)
        there.insert(place, name)
        behind = f"AFTER {_quoted(wanted[place - 1])}" if place else "FIRST"
        moves.append(f"MODIFY COLUMN {definitions[name]} {behind}")
    clauses = ", ".join([*moves, "FORCE", "ALGORITHM=COPY"])
    sink.take(ExecuteSQL(raw_text(f"ALTER TABLE {_name(block)} {clauses}")))


def _name(block: Block) -> str:
    return ".".join(_quoted(part) for part in (block.schema, block.table_name) if part)


def _quoted(name: str) -> str:
    """Write a name as the server takes it: SQLAlchemy would double its percent signs too."""
    return f"`{name.replace('`', '``')}`"


def _columns(block: Block, connection: Connection) -> Sequence[str]:
    rows = connection.exec_driver_sql(
        "SELECT table_type, column_name FROM information_schema.tables t JOIN "
        "information_schema.columns c USING (table_schema, table_name) WHERE table_name = %s "
        "AND table_schema = coalesce(%s, database()) ORDER BY c.ordinal_position",
        (block.table_name, block.schema),
    ).all()
    what = f"copy table {block.table_name}"
    if not rows:
        raise UnknownInTable(what, "table", block.table_name, block.table_name)
    if rows[0][0] != "BASE TABLE":
        raise CannotRebuild(what, f"it is a {rows[0][0].lower()}", "leave recreate out")
    return [name for _, name in rows]


def _definitions(block: Block, connection: Connection) -> dict[str, str]:
    """Read the columns as the server writes them: name -> definition, in order.

    SHOW CREATE TABLE has one to a line, first the columns; a string in it has no line end. Names are
    in double quotes where the session's sql_mode has ANSI_QUOTES.
    """
    (_, text) = connection.execute(raw_text(f"SHOW CREATE TABLE {_name(block)}")).one()
    found = {}
    for line in text.splitlines()[1:]:
        column = re.match(r"""\s+((?P<q>[`"])((?:(?!(?P=q)).|(?P=q){2})+)(?P=q) .*?),?$""", line)
        if column is None:
            break
        found[column[3].replace(2 * column["q"], column["q"])] = column[1]
    return found
