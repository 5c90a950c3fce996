"""Where the values of a copy come from, and what the rows may not be for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .sqlite_changed import Draft
from .sqlite_convert import AS_IT_IS, conversion
from .sqlite_tokens import quoted


@dataclass(frozen=True)
class Doubt:
    """What stands against a copy, if it holds for any row.

    Attributes:
        condition: What holds for such rows, as SQL.
        reason: What they do, in words, behind "rows of t".
        mend: What to do about them.
    """

    condition: str
    reason: str
    mend: str


def before_copy(draft: Draft) -> Iterator[Doubt]:
    """Give what the rows of the old table may not be: a copy would change more than was asked."""
    for name, types in draft.retyped.items():
        rule = conversion(*types)
        if rule.takes:
            value = quoted(name)
            takes = rule.takes.replace("{}", value)
            condition = f"{value} IS NOT NULL AND ({takes}) IS NOT TRUE"
            yield Doubt(condition, f"{rule.reason} in {name}", _mend(draft, name))
    alias, values = draft.table.rowid_alias, sources(draft)
    if alias in values and alias != draft.catalog.table.rowid_alias:
        mend = "give them a value first, with op.execute"  # else it would number the row
        yield Doubt(f"{values[str(alias)]} IS NULL", f"have no {alias}", mend)


def after_copy(draft: Draft) -> Iterator[Doubt]:
    """Give what the rows of the copy may not be: values that the new type couldn't convert."""
    for name, types in draft.retyped.items():
        rule = conversion(*types)
        if rule.kept:
            allowed = ", ".join(f"'{kind}'" for kind in (*rule.kept, "null"))
            condition = f"typeof({quoted(name)}) NOT IN ({allowed})"
            yield Doubt(condition, f"{rule.reason} in {name}", _mend(draft, name))


def _mend(draft: Draft, name: str) -> str:
    return f"mend them first: op.execute('UPDATE {draft.catalog.name} SET {name} = ...')"


def sources(draft: Draft) -> Mapping[str, str]:
    """Give the SQL of each new column's value over the old table; what is new isn't in it."""
    found = {}
    for column in draft.table.columns:
        name = str(column.name)
        if name in draft.added or column.generated is not None:
            continue
        rule = conversion(*draft.retyped[name]) if name in draft.retyped else AS_IT_IS
        found[name] = rule.value.replace("{}", quoted(name))
    return found
