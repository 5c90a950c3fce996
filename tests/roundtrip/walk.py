"""From one schema to the other and back on a live database, with all that must hold on the way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from ddl_autogen import compare, render, reverse
from ddl_constructs import Change
from migrate_cli.batch.sink import BatchingSink
from migrate_cli.dialects import knowledge
from migrate_cli.operations import Operations
from sqlalchemy import Connection, text

from .catalog import READERS
from .offline import Scripts, folder, has_client
from .pairs import Pair
from .spec import Schema, Tab
from .types import row_value

ROWS = (1, 2, 3)


def walk(connection: Connection, pair: Pair, *, from_nothing: bool = True) -> list[str]:
    """Go there and back, then again by SQL scripts; give what didn't hold, empty if all did.

    Args:
        connection: A database for it alone. Scripts are run if it has a client here.
        pair: The schemas.
        from_nothing: Whether scripts also make the first schema, and drop it in the end.
    """
    database = pair_database(connection)
    read = READERS[database]
    wrong: list[str] = []
    cleared(connection)
    pair.after.metadata().create_all(connection)
    connection.commit()
    wanted = read(connection)
    wrong += [f"false: {c.describe()}" for c in compare(connection, pair.after.metadata())]
    cleared(connection)
    first = compare(connection, pair.before.metadata())
    pair.before.metadata().create_all(connection)
    filled(connection, pair)
    connection.commit()
    begun = read(connection)
    rows = kept_rows(connection, pair)
    wrong += [f"false: {c.describe()}" for c in compare(connection, pair.before.metadata())]
    connection.commit()
    try:
        up = compare(connection, pair.after.metadata())
        connection.commit()
        run(connection, up)
        wrong += _differences("up", wanted, read(connection))
        wrong += [f"left: {c.describe()}" for c in compare(connection, pair.after.metadata())]
        wrong += _differences("rows up", rows, kept_rows(connection, pair))
        connection.commit()
        run(connection, reverse(up, connection.dialect))
        wrong += _differences("down", begun, read(connection))
        wrong += [f"left: {c.describe()}" for c in compare(connection, pair.before.metadata())]
        wrong += _differences("rows down", rows, kept_rows(connection, pair))
        connection.commit()
        if has_client(connection):
            said = by_scripts(connection, pair, (first, up), (begun, wanted), from_nothing)
            wrong += [f"offline: {line}" for line in said]
    except Exception as err:  # whatever it is, it is what the test tells
        connection.rollback()
        said = str(getattr(err, "orig", None) or err).strip()
        statement = str(getattr(err, "statement", "") or "")
        wrong.append(f"{type(err).__name__}: {said}\n      {statement}")
    return wrong


def by_scripts(
    connection: Connection,
    pair: Pair,
    changes: tuple[Sequence[Change], Sequence[Change]],
    catalogs: tuple[set[str], set[str]],
    from_nothing: bool,
) -> list[str]:
    """Lead the first schema to the second one and back by SQL scripts.

    Args:
        connection: Where; the first schema is there, with its rows.
        pair: The schemas.
        changes: What makes the first schema, and what leads from there to the second one.
        catalogs: What the catalog says of each.
        from_nothing: Whether scripts also make the first schema, and drop it in the end.
    """
    with folder() as at:
        scripts = Scripts(connection, Path(at))
        scripts.write("r1", None, changes[0])
        scripts.write("r2", "r1", changes[1])
        wrong: list[str] = []
        ways = [(scripts.up, "r1:r2", catalogs[1]), (scripts.down, "r2:r1", catalogs[0])]
        if from_nothing:
            cleared(connection)
            ways.append((scripts.down, "r1:base", _read(connection)))
            if said := scripts.up("r1"):
                return said
            wrong += _differences("r1", catalogs[0], _read(connection))
            filled(connection, pair)
            connection.commit()
        else:
            scripts.stamped("r1")
        rows = kept_rows(connection, pair)
        for go, target, wanted in ways:
            if said := go(target):
                return [*wrong, *said]
            wrong += _differences(target, wanted, _read(connection))
            if target != "r1:base":
                wrong += _differences(f"rows {target}", rows, kept_rows(connection, pair))
            connection.rollback()
    return wrong


def _read(connection: Connection) -> set[str]:
    """Read the catalog, the table apart that the scripts keep for themselves."""
    found = READERS[pair_database(connection)](connection)
    return {line for line in found if "the_version" not in line}


def pair_database(connection: Connection) -> str:
    """Give the database's name as the edits know it."""
    name = connection.dialect.name
    return "mariadb" if name == "mysql" else name


def _differences(where: str, wanted: set[str], found: set[str]) -> list[str]:
    return [f"{where}: missing {x}" for x in sorted(wanted - found)] + [
        f"{where}: too much {x}" for x in sorted(found - wanted)
    ]


def run(connection: Connection, changes: Sequence[Change]) -> None:
    """Write changes as a script and run that, as the command line does: one transaction."""
    source = render(changes, dialect=connection.dialect)
    names: dict[str, Any] = {"sa": sa}
    exec("\n".join(source.imports), names)
    code = compile("\n".join(source.lines), "<revision>", "exec")
    sink = BatchingSink(connection)
    with knowledge(sink.dialect.name).unchecked(connection) as check, sink.transaction():
        exec(code, {**names, "op": Operations(sink)})
        check()


def filled(connection: Connection, pair: Pair) -> None:
    """Put rows into the tables of the schema to begin with."""
    before = pair.before
    for name in _parents_first(before):
        table = before.tables[name]
        after = pair.after.tables.get(name)
        columns = [n for n, c in table.columns.items() if not c.computed]
        quote = connection.dialect.identifier_preparer.quote
        for row in ROWS:
            values = [_value(table, after, c, row) for c in columns]
            override = any((table.columns[c].identity or {}).get("always") for c in columns)
            into = f"INSERT INTO {quote(name)} ({', '.join(map(quote, columns))})"
            into += " OVERRIDING SYSTEM VALUE" if override else ""
            connection.exec_driver_sql(
                f"{into} VALUES ({', '.join(values)})", execution_options={"no_parameters": True}
            )


def _value(table: Tab, after: Tab | None, column: str, row: int) -> str:
    here = table.columns[column]
    there = after.columns.get(column) if after else None
    free = column in table.free() and (after is None or there is None or column in after.free())
    if column == "next":  # part of a cycle
        return "NULL"
    if row == 3 and free and here.nullable and (there is None or there.nullable):
        return "NULL"
    return row_value("uuid" if there and there.type == "uuid" else here.type, row)


def _parents_first(schema: Schema) -> list[str]:
    done: list[str] = []
    waiting = list(schema.tables)
    while waiting:
        for name in waiting:
            targets = {f.target for f in schema.tables[name].foreign_keys} - {name}
            if targets <= set(done):
                break
        else:
            name = waiting[0]
        waiting.remove(name)
        done.append(name)
    return done


def kept_rows(connection: Connection, pair: Pair) -> set[str]:
    """Read the values of all columns that are the same on both sides."""
    quote = connection.dialect.identifier_preparer.quote
    found = set()
    for name, table in pair.before.tables.items():
        after = pair.after.tables.get(name)
        if after is None:
            continue
        columns = [
            c
            for c, value in table.columns.items()
            if (there := after.columns.get(c)) is not None
            and there.type == value.type
            and not there.computed
            and not value.computed
        ]
        if columns:
            rows = connection.exec_driver_sql(
                f"SELECT {', '.join(map(quote, columns))} FROM {quote(name)}",
                execution_options={"no_parameters": True},
            )
            found |= {f"{name}: {dict(zip(columns, row, strict=True))}" for row in rows}
    return found


def cleared(connection: Connection) -> None:
    """Take away all that a schema may have left."""
    connection.commit()
    match pair_database(connection):
        case "postgresql":
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        case "mariadb":
            connection.execute(text("SET foreign_key_checks = 0"))
            for name in connection.execute(text("SHOW TABLES")).scalars().all():
                quoted = name.replace("`", "``")
                connection.exec_driver_sql(
                    f"DROP TABLE `{quoted}`", execution_options={"no_parameters": True}
                )
            connection.execute(text("SET foreign_key_checks = 1"))
        case _:
            connection.execute(text("PRAGMA writable_schema = 1"))
            connection.execute(text("DELETE FROM sqlite_master"))
            connection.execute(text("PRAGMA writable_schema = 0"))
            connection.commit()
            connection.execute(text("VACUUM"))
    connection.commit()
