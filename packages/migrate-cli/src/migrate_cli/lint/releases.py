"""Rules about what the release that still runs can't bear, and about what the file leans on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ddl_constructs as ddl
from ddl_constructs import KEEP, Blocks, Facts

from .locks import _key, _table, in_schema
from .rule import Problem, Seen, rule


@rule("drop-table", "drop-column", title="a table or a column goes, with what is in it")
def drops(change: Any, facts: Facts, seen: Seen) -> Iterator[Problem]:
    """What is dropped is lost, and the release that still runs fails where it asks for it."""
    if seen.is_new(_key(change)):
        return
    table = _table(change)
    if isinstance(change, ddl.DropTable):
        yield Problem(
            f"drops {table} with its rows; the release that still runs fails where it reads it",
            f'op.rename_table("{change.table_name}", "{change.table_name}_dropped"{in_schema(change)})\n'
            "# once no release uses it; and drop it later, when nobody has missed it",
        )
    elif isinstance(change, ddl.DropColumn):
        name = change.column_name
        yield Problem(
            f"drops {table}.{name} with its values; the release that still runs fails where it reads it",
            f"# first a release whose models don't have {name};\n# then, in a revision of a later one:\n"
            f'op.drop_column("{change.table_name}", "{name}"{in_schema(change)})  '
            "# migrate: allow drop-column because ...",
            code="drop-column",
        )


@rule("rename", title="a name changes under the release that runs")
def renames(change: Any, facts: Facts, seen: Seen) -> Iterator[Problem]:
    """The release that still runs asks for the old name, and the new one for the new name."""
    if seen.is_new(_key(change)):
        return
    table = _table(change)
    if isinstance(change, ddl.RenameTable):
        old, new, schema = change.old_table_name, change.new_table_name, in_schema(change)
        quote = seen.dialect.identifier_preparer.quote
        now = ".".join(quote(part) for part in (change.schema, new) if part)
        yield Problem(
            f"the release that still runs asks for {table}, and finds it no more",
            f'op.rename_table("{old}", "{new}"{schema})\n'
            f"op.create_view(\"{old}\", 'SELECT * FROM {now}'{schema})\n"
            "# and drop the view when no release asks for the old name",
        )
    elif isinstance(change, ddl.RenameObject) and change.kind in _ASKED_FOR:
        old, new, schema = change.object_name, change.new_object_name, in_schema(change)
        yield Problem(
            f"the release that still runs asks for {change.kind} {old}, and finds it no more",
            f"# create it as {new} too, by op.create_{_ASKED_FOR[change.kind]}();\n"
            "# then, in a revision of a later release:\n"
            f'op.drop_{_ASKED_FOR[change.kind]}("{old}"{schema})',
        )
    elif isinstance(change, ddl.AlterColumn) and change.new_column_name not in (KEEP, None):
        old, new = change.column_name, change.new_column_name
        yield Problem(
            f"the release that still runs asks for {table}.{old}, and finds it no more",
            f'{new} = mapped_column("{old}")  # in the models: the name in the code alone changes\n'
            f"# or: add {new}, write both, fill it, read {new}, drop {old} a release later",
        )


_ASKED_FOR = {
    "view": "view",
    "materialized view": "view",
    "function": "function",
    "procedure": "procedure",
}
"""Kinds of objects that a release names, and how scripts call them."""


@rule("maybe-rename", title="dropped and added: it may be a rename")
def maybe_rename(change: Any, facts: Facts, seen: Seen) -> Iterator[Problem]:
    """Comparing sees a new name as something new: what was in the old one is lost."""
    key = _key(change)
    if seen.is_new(key):
        return
    if isinstance(change, ddl.DropColumn):
        for other in seen.whole:
            if isinstance(other.change, ddl.AddColumn) and other.key == key:
                column = other.change.column
                gone = _known_column(change, seen)
                if gone is not None and str(gone.type) != str(column.type):
                    continue
                table, old, bare = _table(change), change.column_name, change.table_name
                if column.name == old:
                    yield Problem(
                        f"drops {table}.{old} and adds it again: the values are lost",
                        f'op.alter_column("{bare}", "{old}", ...{in_schema(change)})  '
                        "# what is to be another",
                    )
                    continue
                yield Problem(
                    f"drops {table}.{old} and adds {table}.{column.name}: if that is a new name, the values are lost",
                    f'op.alter_column("{bare}", "{old}", new_column_name="{column.name}"'
                    f"{in_schema(change)})",
                )
    elif isinstance(change, ddl.DropTable):
        gone_table = _known_table(change, seen)
        for other in seen.whole:
            if isinstance(other.change, ddl.CreateTable) and gone_table is not None:
                made = {c.name for c in other.change.element.columns}
                if made == {c.name for c in gone_table.columns}:
                    new = other.change.table_name
                    yield Problem(
                        f"drops {_table(change)} and creates {new} with the same columns: if that is a new name, the rows are lost",
                        f'op.rename_table("{change.table_name}", "{new}"{in_schema(change)})',
                    )


@rule("data-with-ddl", title="rows are changed while a lock is held")
def data_with_ddl(change: Any, facts: Facts, seen: Seen) -> Iterator[Problem]:
    """A lock is held to the end of the transaction: so also as long as rows are written in it."""
    if not seen.transactional:
        return
    here = next((one for one in seen.whole if one.change is change), None)
    if here is None or not here.data or here.alone or seen.is_new(here.key):
        return
    for other in seen.whole:
        if other.data or other.alone or other.key is None or other.key in seen.made:
            continue
        blocks = other.facts.blocks
        mine = facts.blocks if facts.blocks is not None else Blocks.SCHEMA_CHANGES
        if blocks is not None and blocks >= Blocks.WRITES and mine < blocks:
            held = ".".join(part for part in other.key if part)
            yield Problem(
                f"writes rows in the transaction that holds {other.facts.lock} on {held}, which blocks "
                f"{blocks} until the end",
                "# in a revision of its own, before or after the one that changes the schema:\n"
                'op.execute("UPDATE ... WHERE id BETWEEN ... AND ...")  # in batches',
            )
            return


def _known_table(change: Any, seen: Seen) -> Any:
    key = _key(change)
    if key is None or seen.schema.why_unknown(key) is not None:
        return None
    try:
        return seen.schema.table(key[1], key[0])
    except Exception:  # it isn't there: then nothing is known of it
        return None


def _known_column(change: Any, seen: Seen) -> Any:
    table = _known_table(change, seen)
    return None if table is None else table.c.get(change.column_name)
