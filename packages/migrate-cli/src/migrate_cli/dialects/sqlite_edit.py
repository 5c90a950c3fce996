"""Edits of a stored CREATE TABLE: each gives a new one and leaves all other text as it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from .sqlite_table import Clause, Item, StoredTable, column, table_constraints
from .sqlite_tokens import closing, fold, quoted, split, tokens


def with_type(item: Item, type_text: str) -> Item:
    """Give a column another type."""
    start, end = item.type_span
    space = " " if start == end else ""
    return column(item.text[:start] + space + type_text + item.text[end:])


def with_clause(item: Item, kinds: Collection[str], text: str | None) -> Item:
    """Put one clause in place of those of some kinds; None takes them away."""
    old = [c for c in item.clauses if c.kind in kinds]
    if text is not None and old:
        item = column(item.text[: old[0].start] + text + item.text[old[0].end :])
        old = [c for c in item.clauses if c.kind in kinds][1:]
    elif text is not None:
        return column(f"{item.text[: item.end]} {text}{item.text[item.end :]}")
    for clause in reversed(old):
        item = without_clause(item, clause)
    return item


def without_clause(item: Item, clause: Clause) -> Item:
    """Take one clause of a column away, with the blanks in front of it."""
    before = item.text[: clause.start].rstrip(" \t")
    return column(before + item.text[clause.end :])


def with_column(table: StoredTable, item: Item) -> StoredTable:
    """Put another definition in place of the column of that name."""
    columns = tuple(item if c.name == item.name else c for c in table.columns)
    return replace(table, columns=columns)


def add_column(table: StoredTable, spec: str) -> StoredTable:
    """Add a column behind the last one, in the way in which that is set."""
    last = table.columns[-1]
    kept, new = _behind(last, spec, last=not table.constraints)
    return replace(table, columns=(*table.columns[:-1], column(kept), column(new)))


def add_constraint(table: StoredTable, text: str) -> StoredTable:
    """Add a constraint behind all that is there."""
    if table.constraints:
        last = table.constraints[-1]
        kept, new = _behind(last, text, last=True)
        before = replace(table_constraints(kept)[0], glued=last.glued)
        constraints = (*table.constraints[:-1], before, *table_constraints(new))
        return replace(table, constraints=constraints)
    last = table.columns[-1]
    kept, new = _behind(last, text, last=True)
    columns = (*table.columns[:-1], column(kept))
    return replace(table, columns=columns, constraints=tuple(table_constraints(new)))


def _behind(item: Item, text: str, *, last: bool) -> tuple[str, str]:
    """Set a text behind an item: give the item's text and the new one's.

    The space between the last item and the closing bracket stays where it is.
    """
    lead = (re.match(r"\s*", item.text) or [""])[0] or " "
    trail = item.text[item.end :]
    if last and not trail.strip():
        return item.text[: item.end], f"{lead}{text}{trail}"
    return item.text, f"{lead}{text}"


def drop(table: StoredTable, item: Item, clause: Clause | None = None) -> StoredTable:
    """Take away a column, a constraint of the table, or one of a column (*clause*)."""
    if item.name is not None and clause is not None:
        return with_column(table, without_clause(item, clause))
    trail = item.text[item.end :]
    every = [*table.columns, *table.constraints]
    at = next(i for i, one in enumerate(every) if one is item)
    was_last = at == len(every) - 1
    if not was_last and every[at + 1].glued:
        every[at + 1] = replace(every[at + 1], glued=item.glued)
    rest = [*every[:at], *every[at + 1 :]]
    if was_last and rest and not trail.strip() and not rest[-1].text[rest[-1].end :].strip():
        whole = rest[-1].text[: rest[-1].end] + trail
        last = column(whole) if rest[-1].name else table_constraints(whole)[0]
        rest[-1] = replace(last, glued=rest[-1].glued)
    return replace(
        table,
        columns=tuple(i for i in rest if i.name is not None),
        constraints=tuple(i for i in rest if i.name is None),
    )


def without_key_column(table: StoredTable, item: Item, clause: Clause, name: str) -> StoredTable:
    """Take one column out of a PRIMARY KEY over several."""
    text = item.text[clause.start : clause.end]
    found = tokens(text)
    opening = next(i for i, t in enumerate(found) if t.says("("))
    end = closing(found, opening)
    parts = [
        text[part[0].start : part[-1].end]
        for part in split(found[opening + 1 : end])
        if fold(part[0].name) != fold(name)
    ]
    new = f"{text[: found[opening].end]}{', '.join(parts)}{text[found[end].start :]}"
    whole = item.text[: clause.start] + new + item.text[clause.end :]
    return with_constraint(table, item, whole)


def with_constraint(table: StoredTable, item: Item, text: str) -> StoredTable:
    """Put another text in place of one constraint of the table."""
    new = replace(table_constraints(text)[0], glued=item.glued)
    return replace(table, constraints=tuple(new if i is item else i for i in table.constraints))


def with_autoincrement(table: StoredTable, name: str, on: bool) -> StoredTable:
    """Write PRIMARY KEY at its column, with AUTOINCREMENT or without."""
    ((holder, clause),) = table.clauses("primary")
    conflict = re.search(
        r"ON\s+CONFLICT\s+\w+", holder.text[clause.start : clause.end], re.IGNORECASE
    )
    words = [
        *([f"CONSTRAINT {quoted(clause.name)}"] if clause.name else []),
        "PRIMARY KEY",
        *([conflict[0]] if conflict else []),
        *(["AUTOINCREMENT"] if on else []),
    ]
    item = table.column(name)
    if holder.name is None:
        table = drop(table, holder)
    assert item is not None, "the key's column is there"
    return with_column(table, with_clause(item, ("primary",), " ".join(words)))


def rename_constraint(table: StoredTable, item: Item, clause: Clause, name: str) -> StoredTable:
    """Give a constraint another name."""
    text = item.text[clause.start : clause.end]
    second = tokens(text)[1]
    new = text[: second.start] + quoted(name) + text[second.end :]
    whole = item.text[: clause.start] + new + item.text[clause.end :]
    if item.name is not None:
        return with_column(table, column(whole))
    return with_constraint(table, item, whole)


def unqualified(table: StoredTable) -> StoredTable:
    """Take the table's own name away from in front of columns in its expressions.

    While it is filled the new table has another name, which `t.a` in a CHECK wouldn't follow.
    """
    for item in (*table.columns, *table.constraints):
        found = tokens(item.text)
        text = item.text
        for at in range(len(found) - 3, -1, -1):
            own = found[at].kind != "sign" and fold(found[at].name) == fold(table.name)
            if own and found[at + 1].says(".") and not (at and found[at - 1].says(".")):
                text = text[: found[at].start] + text[found[at + 2].start :]
        if text != item.text and item.name is not None:
            table = with_column(table, column(text))
        elif text != item.text:
            table = with_constraint(table, item, text)
    return table


def with_order(table: StoredTable, names: Sequence[str]) -> StoredTable:
    """Set the columns in another order; all of them are named."""
    texts = {str(c.name): c for c in table.columns}
    return replace(table, columns=tuple(texts[name] for name in names))


def with_options(table: StoredTable, *, strict: bool | None, rowid: bool | None) -> StoredTable:
    """Set what stands behind the bracket; None leaves it."""
    strict = table.strict if strict is None else strict
    rowid = not table.without_rowid if rowid is None else rowid
    if (strict, rowid) == (table.strict, not table.without_rowid):
        return table
    words = [*([] if rowid else ["WITHOUT ROWID"]), *(["STRICT"] if strict else [])]
    return replace(table, tail=" " + ", ".join(words) if words else "")
