"""What of a script loses data, by its text: nothing is run.

That is what the gate before a run goes by. What a script builds while it runs, or calls in another
module, isn't seen here; `migrate plan` shows it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.types import TypeEngine

from .allowances import allowances
from .of_database import for_database
from .type_source import imported, type_of


@dataclass(frozen=True)
class Loss:
    """One statement of a script that loses data.

    Attributes:
        line: Its line.
        what: What it does, in words.
        table: (schema, name) of the table that it is about; None where that can't be told.
        code: The code of lint's rule about it, which allows it too; "data-loss" if there is none.
        narrows: The column, its type and the one that it gets, where only the rows tell whether
            something is lost; None where the statement itself loses it.
    """

    line: int
    what: str
    table: tuple[str | None, str] | None
    code: str = "data-loss"
    narrows: tuple[str, TypeEngine[Any], TypeEngine[Any]] | None = None


@dataclass(frozen=True)
class NewName:
    """A name that a script gives to a table.

    Attributes:
        line: Its line.
        old: (schema, name) that it had before.
        new: (schema, name) from there on.
    """

    line: int
    old: tuple[str | None, str]
    new: tuple[str | None, str]


def losses(path: Path, direction: str, told: Mapping[str, object] | None = None) -> list[Loss]:
    """Give what a script loses and doesn't allow, in order; nothing of a file that can't be read.

    Args:
        path: Its file.
        direction: "upgrade" or "downgrade".
        told: What env.py gives its functions by name: what is for another database isn't lost.
    """
    try:
        source = path.read_text(encoding="utf-8")
        if not _may_lose(source, direction):
            return []
        tree = ast.parse(source)
    except (OSError, UnicodeDecodeError, SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    allowed = allowances(source)
    return [
        loss
        for loss in _losses(for_database(tree, direction, told or {}), direction)
        if allowed.reason("data-loss", loss.line) is None
        and allowed.reason(loss.code, loss.line) is None
    ]


def new_names(
    path: Path, direction: str, told: Mapping[str, object] | None = None
) -> list[NewName]:
    """Give the tables that a script renames, in the order of its lines; the arguments of `losses`."""
    try:
        source = path.read_text(encoding="utf-8")
        if "rename" not in source.lower():
            return []
        tree = for_database(ast.parse(source), direction, told or {})
    except (OSError, UnicodeDecodeError, SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    other = "downgrade" if direction == "upgrade" else "upgrade"
    found = [
        one
        for node in tree.body
        if not (isinstance(node, ast.FunctionDef) and node.name == other)
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        for one in _names_given(call)
    ]
    return sorted(found, key=lambda one: one.line)


def _names_given(call: ast.Call) -> Iterator[NewName]:
    if _name(call) == "rename_table":
        old = _table(call, 0, "old_table_name")
        new = _argument(call, 1, "new_table_name")
        if old is not None and new is not None:
            yield NewName(call.lineno, old, (old[0], new))
    elif _name(call) in ("execute", "exec_driver_sql"):
        for text, line in _texts(call):
            for found in re.finditer(_RENAMES, re.sub(_COMMENT, " ", text)):
                schema = _plain(found["schema"])
                old, new = (schema, str(_plain(found["old"]))), str(_plain(found["new"]))
                yield NewName(line, old, (schema, new))


def _may_lose(source: str, direction: str) -> bool:
    r"""Tell whether a text can lose anything: most don't, and needn't be parsed.

    The other function is left out, down to the next line that isn't indented; not so where that
    might be the end of a string, or its `def` stand in one.

    >>> _may_lose("def upgrade():\n    pass\n\ndef downgrade():\n    op.drop_table('t')", "upgrade")
    False
    """
    other = "downgrade" if direction == "upgrade" else "upgrade"
    function = rf"(?<!\\)\ndef {other}\b.*(?:\n(?:[ \t#].*)?(?=\n|\Z))*"
    rest = re.sub(function, lambda found: found[0] if _quoted(found[0]) else "\n", source)
    return any(word in rest for word in _WORDS) or ("alter_column" in rest and "type_=" in rest)


def _quoted(text: str) -> bool:
    return '"""' in text or "'''" in text


_WORDS = ("drop_table", "drop_column", "execute", "exec_driver_sql")
"""Names of what loses something; without one of them there is nothing to be found."""


def _losses(tree: ast.Module, direction: str) -> Iterator[Loss]:
    other = "downgrade" if direction == "upgrade" else "upgrade"
    names = imported(tree)
    for node in tree.body:
        if not (isinstance(node, ast.FunctionDef) and node.name == other):
            first = min(_executed(node), default=None)
            for loss in _inside(node, {}, names):
                # what a script does to its rows before, is its own matter
                if loss.narrows is None or first is None or loss.line < first:
                    yield loss


def works_on_rows(path: Path, direction: str) -> bool:
    """Tell whether a script executes statements of its own, by which it may mend rows."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    other = "downgrade" if direction == "upgrade" else "upgrade"
    bodies = [n for n in tree.body if not (isinstance(n, ast.FunctionDef) and n.name == other)]
    return any(next(_executed(node), None) for node in bodies)


def _executed(node: ast.AST) -> Iterator[int]:
    """Give the lines where statements are executed, or the connection is asked for."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and _name(one) in ("execute", "exec_driver_sql", "get_bind"):
            yield one.lineno


def _inside(
    node: ast.AST,
    blocks: dict[str, tuple[str | None, str] | None],
    names: Mapping[str, tuple[str, str | None]],
) -> Iterator[Loss]:
    """Look into a node; *blocks* are the names of batch blocks, and their tables."""
    if isinstance(node, ast.With):
        for item in node.items:
            call = item.context_expr
            if (
                isinstance(call, ast.Call)
                and _name(call) == "batch_alter_table"
                and isinstance(item.optional_vars, ast.Name)
            ):
                blocks = {**blocks, item.optional_vars.id: _table(call, 0)}
    if isinstance(node, ast.Call):
        yield from _of_call(node, blocks)
        yield from _narrowing(node, blocks, names)
    for child in ast.iter_child_nodes(node):
        yield from _inside(child, blocks, names)


def _narrowing(
    call: ast.Call,
    blocks: dict[str, tuple[str | None, str] | None],
    names: Mapping[str, tuple[str, str | None]],
) -> Iterator[Loss]:
    """Give a change of a type that rows may not come through."""
    func = call.func
    if not (isinstance(func, ast.Attribute) and func.attr == "alter_column"):
        return
    said = {k.arg: k.value for k in call.keywords}
    speaker = func.value.id if isinstance(func.value, ast.Name) else ""
    table = blocks[speaker] if speaker in blocks else _table(call, 0)
    column = _argument(call, 0 if speaker in blocks else 1, "column_name")
    old, new = type_of(said.get("existing_type"), names), type_of(said.get("type_"), names)
    if "postgresql_using" in said or None in (table, column, old, new):
        return
    assert old is not None, "looked at above"
    assert new is not None, "looked at above"
    what = f"alter type of {_shown(table)}.{column} to {new!r}"
    yield Loss(call.lineno, what, table, narrows=(str(column), old, new))


def _of_call(call: ast.Call, blocks: dict[str, tuple[str | None, str] | None]) -> Iterator[Loss]:
    func = call.func
    if not isinstance(func, ast.Attribute):
        return
    if func.attr == "drop_table":
        table = _table(call, 0)
        yield Loss(call.lineno, f"drop table {_shown(table)}", table, "drop-table")
    elif func.attr == "drop_column":
        speaker = func.value.id if isinstance(func.value, ast.Name) else None
        in_block = speaker in blocks
        table = blocks[str(speaker)] if in_block else _table(call, 0)
        column = _argument(call, 0 if in_block else 1, "column_name") or "?"
        yield Loss(call.lineno, f"drop column {_shown(table)}.{column}", table, "drop-column")
    elif func.attr in ("execute", "exec_driver_sql"):
        for text, line in _texts(call):
            for what, table in _said(text):
                yield Loss(line, what, table)
        if any(
            isinstance(n, ast.Call) and _name(n) == "delete" for a in call.args for n in ast.walk(a)
        ):
            yield Loss(call.lineno, "delete rows", None)


_LOSES = r"""(?ix)(?:\A|;)\s*(?P<what>DROP\s+TABLE(?:\s+IF\s+EXISTS)?|TRUNCATE(?:\s+TABLE)?|DELETE\s+FROM
    |DROP\s+SCHEMA(?:\s+IF\s+EXISTS)?|DROP\s+DATABASE(?:\s+IF\s+EXISTS)?)\s+(?:ONLY\s+)?
    (?:(?P<schema>\w+|"[^"]+"|`[^`]+`)\.)?(?P<table>\w+|"[^"]+"|`[^`]+`)
    |(?:\A|;)\s*ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?
    (?:(?P<of>\w+|"[^"]+"|`[^`]+`)\.)?(?P<altered>\w+|"[^"]+"|`[^`]+`)[^;]*?
    \bDROP\s+(?:COLUMN\s+)?(?!CONSTRAINT|DEFAULT|NOT|INDEX|KEY|PRIMARY|FOREIGN|CHECK|IDENTITY
    |EXPRESSION|PARTITION)(?:IF\s+EXISTS\s+)?(?P<column>\w+|"[^"]+"|`[^`]+`)"""
_RENAMES = r"""(?ix)(?:\A|;)\s*(?:ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?|RENAME\s+TABLE\s+)
    (?:(?P<schema>\w+|"[^"]+"|`[^`]+`)\.)?(?P<old>\w+|"[^"]+"|`[^`]+`)\s+
    (?:RENAME\s+)?TO\s+(?:(?:\w+|"[^"]+"|`[^`]+`)\.)?(?P<new>\w+|"[^"]+"|`[^`]+`)"""
_COMPUTED = "computed_when_it_runs"
_COMMENT = r"(?s)--[^\n]*|/\*.*?\*/"


def _said(sql: str) -> Iterator[tuple[str, tuple[str | None, str] | None]]:
    """Give what some SQL loses: what it does in words, and the table.

    >>> list(_said("ALTER TABLE app.t ALTER a DROP NOT NULL, DROP COLUMN b"))
    [('drop column app.t.b', ('app', 't'))]
    """
    for what, table in _found(sql):
        computed = table is not None and any(_COMPUTED in str(part) for part in table)
        yield what.replace(_COMPUTED, "?"), None if computed else table


def _found(sql: str) -> Iterator[tuple[str, tuple[str | None, str] | None]]:
    for found in re.finditer(_LOSES, re.sub(_COMMENT, " ", sql)):
        if found["altered"]:
            table = (_plain(found["of"]), str(_plain(found["altered"])))
            yield f"drop column {_shown(table)}.{_plain(found['column'])}", table
            continue
        what = re.sub(r"\s+(IF\s+EXISTS)?|FROM", " ", found["what"], flags=re.IGNORECASE).strip()
        words = " ".join(what.lower().split())
        if words in ("drop schema", "drop database"):
            yield f"{words} {_plain(found['table'])}", None
        else:
            table = (_plain(found["schema"]), str(_plain(found["table"])))
            verb = {"delete": "delete rows of", "truncate table": "truncate"}.get(words, words)
            yield f"{verb} {_shown(table)}", table


def _texts(call: ast.Call) -> Iterator[tuple[str, int]]:
    """Give the texts that are executed, with their lines; a blank for what is computed in them."""
    for argument in call.args[:1]:
        inner = argument
        if isinstance(inner, ast.Call) and _name(inner) in ("text", "DDL") and inner.args:
            inner = inner.args[0]
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value, call.lineno
        elif isinstance(inner, ast.JoinedStr):
            parts = [v.value if isinstance(v, ast.Constant) else _COMPUTED for v in inner.values]
            yield "".join(map(str, parts)), call.lineno


def _table(
    call: ast.Call, place: int, keyword: str = "table_name"
) -> tuple[str | None, str] | None:
    name = _argument(call, place, keyword)
    schemas = [k.value for k in call.keywords if k.arg == "schema"]
    if name is None or any(k.arg is None for k in call.keywords):
        return None
    if not schemas or (isinstance(schemas[0], ast.Constant) and schemas[0].value is None):
        return None, name
    schema = schemas[0]
    return (str(schema.value), name) if isinstance(schema, ast.Constant) else None


def _argument(call: ast.Call, place: int, keyword: str) -> str | None:
    given = call.args[place] if len(call.args) > place else None
    for one in call.keywords:
        if one.arg == keyword:
            given = one.value
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else None


def _name(call: ast.Call) -> str:
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _plain(name: str | None) -> str | None:
    return name.strip('"`') if name else None


def _shown(table: tuple[str | None, str] | None) -> str:
    return "?" if table is None else ".".join(part for part in table if part)
