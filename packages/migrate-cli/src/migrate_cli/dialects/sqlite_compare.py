"""What differs between the catalog before and after a rebuild that nobody asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ddl_constructs import CreateIndex, RenameIndex
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ..batch.errors import StillNeeded
from .sqlite_catalog import Catalog, Entry
from .sqlite_changed import Draft
from .sqlite_table import StoredTable, parse
from .sqlite_tokens import Token, fold, normal, quoted, tokens


def differences(before: Catalog, after: Catalog, draft: Draft) -> list[str]:
    """Compare two catalogs; empty if only what the draft says differs."""
    return [
        *_entries(before, after, draft),
        *_columns(before, after, draft),
        *_foreign_keys(before, after, draft),
        *_others(before, after, draft),
    ]


def _entries(before: Catalog, after: Catalog, draft: Draft) -> Iterator[str]:
    kept, there = _comparable(before), _comparable(after)
    for name in draft.without:
        kept = {k: e for k, e in kept.items() if k[:2] != ("index", name)}
    made = set()
    for change in draft.indexes:
        if isinstance(change, RenameIndex):
            kept.pop(("index", fold(change.index_name), False), None)
            made.add(fold(change.new_index_name))
        elif isinstance(change, CreateIndex):
            made.add(fold(str(change.element.name)))
    for key, entry in kept.items():
        if key not in there:
            yield f"{entry.called} would be lost"
        elif there[key] != entry:
            yield f"{entry.called} would become: {there[key].sql}"
    for key, entry in there.items():
        ours = key[0] == "index" and key[1] in made
        if key not in kept and not ours and not entry.name.startswith("sqlite_"):
            yield f"{entry.called} would be new"
    if normal(after.table.body) != normal(draft.table.body):
        yield f"its definition would become: {after.entry.sql}"


def _comparable(catalog: Catalog) -> dict[tuple[str, str, bool], Entry]:
    """All that has a statement, the table itself apart."""
    return {
        (e.type, fold(e.name), e.temporary): e
        for e in catalog.entries
        if e.sql and e != catalog.entry
    }


def _columns(before: Catalog, after: Catalog, draft: Draft) -> Iterator[str]:
    names = [row[1] for row in after.columns]
    if names != draft.table.names:
        yield f"its columns would be {', '.join(names)}"
    same_key = _clause_texts(before.table, "primary") == _clause_texts(draft.table, "primary")
    same_kind = before.table.tail == draft.table.tail
    was = {row[1]: row for row in before.columns}
    for row in after.columns:
        old = was.get(row[1])
        if old is None or row[1] in draft.altered or row[1] in draft.added:
            continue
        facts = (2, 3, 4, 6) if same_key and same_kind else (2, 4, 6)
        facts = (*facts, 5) if same_key and before.table.key == after.table.key else facts
        if any(old[i] != row[i] for i in facts):
            yield f"column {row[1]} would become {row[2:]}"


def _foreign_keys(before: Catalog, after: Catalog, draft: Draft) -> Iterator[str]:
    expected = draft.table.clauses("foreignkey")
    if len({row[0] for row in after.foreign_keys}) != len(expected):
        yield f"it would have other foreign keys: {after.foreign_keys}"
    was, are = (Counter(row[2:] for row in c.foreign_keys) for c in (before, after))
    new = are - was
    wanted = sum(
        len(clause.columns) for item, clause in expected if item.text.strip() in draft.foreign_keys
    )
    if new.total() > wanted:
        yield f"foreign keys would become {sorted(map(str, new))}"


def _others(before: Catalog, after: Catalog, draft: Draft) -> Iterator[str]:
    kinds = ("primary", "unique")
    same_texts = _clause_texts(before.table, *kinds) == _clause_texts(draft.table, *kinds)
    same_kind = before.table.tail == draft.table.tail and _keyless(before) == _keyless(after)
    if same_texts and same_kind and not draft.gone and before.uniques != after.uniques:
        yield f"what is unique would become {after.uniques}"
    if draft.table.autoincrement and before.sequence not in (None, after.sequence):
        yield f"the last number given would become {after.sequence}"
    if Counter(before.statistics) - Counter(after.statistics) and not draft.without:
        yield "statistics of ANALYZE would be lost"


def _keyless(catalog: Catalog) -> bool:
    return catalog.table.rowid_alias is None


def _clause_texts(table: StoredTable, *kinds: str) -> Counter[Any]:
    return Counter(
        (clause.columns, normal(item.text[clause.start : clause.end]))
        for item, clause in table.clauses(*kinds)
    )


Ill = Mapping[tuple[str, str], str]
"""(type, name) of a view or trigger that doesn't work -> what SQLite says."""


def broken(
    connection: Connection, catalog: Catalog, before: Ill, what: str | None = None
) -> dict[tuple[str, str], str]:
    """Ask SQLite which of the views and triggers that name a table don't work.

    EXPLAIN compiles a statement with all its triggers, and runs nothing.

    Args:
        connection: Where they are.
        catalog: The table's.
        before: Those that didn't work before.
        what: What was asked, in words; None to refuse nothing.

    Raises:
        StillNeeded: One works no more.
    """
    found: dict[tuple[str, str], str] = {}
    for entry in catalog.readers:
        statement = _use(entry, catalog)
        if statement is None:
            continue
        try:
            # not EXPLAIN: the journal reads what it gives, and SQLite 3.40 crashes while it writes
            # down the program of an INSERT that a trigger hears of, in a schema just changed
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").close()
        except DBAPIError as err:
            found[entry.type, entry.name] = str(err.orig)
    more = [key for key in found if key not in before]
    if more and what is not None:
        said = [f"{type_} {name} ({found[type_, name]})" for type_, name in more]
        drops = "; ".join(f'op.execute("DROP {t.upper()} {n}")' for t, n in more)
        raise StillNeeded(what, said, f"drop it first, and make it anew behind: {drops}")
    return found


def _use(entry: Entry, catalog: Catalog) -> str | None:
    """Give a statement that uses a view, or sets a trigger off."""
    if entry.type == "view":
        return f"SELECT * FROM {quoted(entry.name)}" if _main(catalog, entry) else None
    found = tokens(entry.sql)
    at = next((i for i, t in enumerate(found) if t.says("INSERT", "DELETE", "UPDATE")), None)
    if at is None or not _main(catalog, entry):
        return None
    table = quoted(entry.table)
    if found[at].says("INSERT"):
        return f"INSERT INTO {table} DEFAULT VALUES"
    if found[at].says("DELETE"):
        return f"DELETE FROM {table}"
    column = _updated(found, at, entry, catalog)
    return f"UPDATE {table} SET {column} = {column}" if column else None


def _main(catalog: Catalog, entry: Entry) -> bool:
    return catalog.schema is None or entry.temporary


def _updated(found: list[Token], at: int, entry: Entry, catalog: Catalog) -> str | None:
    """Give a column whose update sets a trigger off; None if none is known."""
    if found[at + 1].says("OF"):
        return found[at + 2].text
    table = catalog.named("table", entry.table)
    if table is None:
        return None
    try:
        columns = parse(table.name, table.sql).columns
    except (ValueError, IndexError, StopIteration):
        return None
    return quoted(next(str(c.name) for c in columns if not c.generated))
