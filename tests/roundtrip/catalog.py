"""What a database's catalog says, read by itself: no line of the product takes part.

Each reader gives lines of text, as a set: the order of columns doesn't count, nor do the names
of foreign keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import Connection, text

_POSTGRESQL = {
    "schema": """SELECT nspname FROM pg_namespace
        WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'""",
    "table": """SELECT c.oid::regclass, c.relpersistence, c.reloptions, obj_description(c.oid, 'pg_class')
        FROM pg_class c WHERE c.relkind = 'r' AND {mine}""",
    "column": """SELECT a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
          a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated,
          (SELECT collname FROM pg_collation o WHERE o.oid = a.attcollation),
          col_description(a.attrelid, a.attnum)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attnum > 0 AND NOT a.attisdropped AND {mine}""",
    "constraint": """SELECT k.conrelid::regclass, k.contype,
          CASE WHEN k.contype <> 'f' THEN k.conname END, pg_get_constraintdef(k.oid)
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE {mine}""",
    "index": """SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i
        JOIN pg_class c ON c.oid = i.indexrelid WHERE {mine}""",
    "sequence": """SELECT s.seqrelid::regclass, format_type(seqtypid, NULL), seqstart, seqincrement,
          seqmin, seqmax, seqcycle, seqcache,
          (SELECT d.refobjid::regclass || '.' || d.refobjsubid::regclass FROM pg_depend d
           WHERE d.objid = s.seqrelid AND d.classid = 'pg_class'::regclass
             AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_class'::regclass AND false)
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid WHERE {mine}""",
    "owner": """SELECT d.objid::regclass, d.deptype, a.attrelid::regclass, a.attname FROM pg_depend d
        JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
        JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.deptype IN ('a', 'i') AND d.classid = 'pg_class'::regclass AND {mine}""",
    "enum": """SELECT t.oid::regtype, array_agg(e.enumlabel ORDER BY e.enumsortorder)
        FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY t.oid""",
}
_MINE = "c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)"


def _postgresql(connection: Connection) -> set[str]:
    found = set()
    for kind, query in _POSTGRESQL.items():
        rows = connection.exec_driver_sql(
            query.replace("{mine}", _MINE), execution_options={"no_parameters": True}
        )
        found |= {f"{kind}: {' | '.join(map(str, row))}" for row in rows}
    return found


def _mariadb(connection: Connection) -> set[str]:
    found = set()
    for name, kind in connection.execute(text("SHOW FULL TABLES")).all():
        quoted = name.replace("`", "``")
        if kind == "SEQUENCE":
            row = connection.execute(text(f"SHOW CREATE SEQUENCE `{quoted}`")).one()
            found.add(f"sequence: {row[1]}")
            continue
        made = connection.exec_driver_sql(
            f"SHOW CREATE TABLE `{quoted}`", execution_options={"no_parameters": True}
        ).one()[1]
        *lines, last = made.split("\n")[1:]
        implicit = _implicit(lines)
        for line in lines:
            said = line.strip().rstrip(",")
            said = re.sub(r"CONSTRAINT `[^`]*` FOREIGN KEY", "FOREIGN KEY", said)
            key = re.match(r"KEY `([^`]*)` \((.*)\)", said)
            if key and key[1] in implicit.get(key[2], ()):
                said = said.replace(f"`{key[1]}`", "of a foreign key", 1)
            found.add(f"{name}: {said}")
        found.add(f"{name}: {re.sub(r' AUTO_INCREMENT=[0-9]+', '', last)}")
    return found


def _implicit(lines: list[str]) -> dict[str, set[str]]:
    """Give the names that the server may choose for the index of a foreign key, by its columns."""
    found: dict[str, set[str]] = {}
    for line in lines:
        if fk := re.search(r"CONSTRAINT `([^`]*)` FOREIGN KEY \((.*?)\)", line):
            column = fk[2].split("`")[1]
            found.setdefault(fk[2], set()).update({fk[1], column, f"{column}_2", f"{column}_3"})
    return found


def _sqlite(connection: Connection) -> set[str]:
    found = set()
    rows = connection.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_master")).all()
    for kind, name, table, sql in rows:
        if name.startswith("sqlite_") or sql is None:
            continue
        if kind != "table":
            found.add(f"{kind} {table}: {_plain(sql)}")
            continue
        for row in connection.exec_driver_sql(f"PRAGMA table_xinfo({_quoted(name)})"):
            found.add(
                f"{name}: column {row[1]} {row[2]} {row[3]} {_plain(str(row[4]))} {row[5]} {row[6]}"
            )
        for row in connection.exec_driver_sql(f"PRAGMA foreign_key_list({_quoted(name)})"):
            found.add(f"{name}: foreign key {row[2:]}")
        for row in connection.exec_driver_sql(f"PRAGMA index_list({_quoted(name)})").all():
            inner = connection.exec_driver_sql(f"PRAGMA index_xinfo({_quoted(row[1])})")
            found.add(f"{name}: index {row[2:]} {[tuple(r[2:]) for r in inner if r[5]]}")
        body = sql[sql.index("(") + 1 : sql.rindex(")")]
        for part in _parts(body):
            plain = _plain(part)
            for said in re.finditer(
                r"(constraint \S+ )?check ?\(.*|collate \S+|generated always.*|autoincrement", plain
            ):
                # one without a name gets that which it would have elsewhere when it is added
                plain = re.sub(r"^constraint [^(]*_check check", "check", said[0])
                found.add(f"{name}: {plain}")
        found.add(f"{name}: options {_plain(sql[sql.rindex(')') + 1 :])}")
    return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _parts(body: str) -> list[str]:
    parts, depth, quote = [""], 0, ""
    for char in body:
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "," and not depth:
            parts.append("")
            continue
        parts[-1] += char
    return parts


def _plain(sql: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\s*([(),=<>])\s*", r"\1", sql.strip().lower())).replace(
        '"', ""
    )


READERS: dict[str, Callable[[Connection], set[str]]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "mariadb": _mariadb,
}
