"""What a statement of DDL leaves in the catalog, told by its text: to see whether it was done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from sqlalchemy import inspect
from sqlalchemy.engine import Connection
from sqlalchemy.exc import NoSuchTableError, SQLAlchemyError

from .kinds import opening

_NAME = r"(?:(?:\"(?:[^\"]|\"\")+\"|`(?:[^`]|``)+`|\[[^\]]+\]|[\w$]+)(?:\s*\.\s*(?=[\"`\[\w]))?)+"
_SPLIT = r"\"(?:[^\"]|\"\")+\"|`(?:[^`]|``)+`|\[[^\]]+\]|[\w$]+"


@dataclass(frozen=True)
class Effect:
    """One thing that a statement leaves behind.

    Attributes:
        what: "table", "column", "index", "constraint", "primary key", "view" or "sequence".
        there: Whether it is there afterwards.
        table: The table's name, or what else stands for itself.
        name: Name of the column, index or constraint; "" where the table says it.
        schema: None for the default one.
    """

    what: str
    there: bool
    table: str
    name: str = ""
    schema: str | None = None

    def describe(self) -> str:
        """Say it in words, as it is afterwards."""
        of = f"{self.table}.{self.name}" if self.name else self.table
        return f"{self.what} {of} is {'there' if self.there else 'gone'}"


def decidable(statement: str) -> bool:
    """Tell whether a look at the catalog can tell if a statement was done, or it can be repeated."""
    return effects(statement) is not None


def effects(statement: str) -> list[Effect] | None:
    """Give what a statement leaves behind.

    Returns:
        What the catalog shows of it; empty if it can be run once more without harm; None
        if its text doesn't tell.

    >>> effects("CREATE TABLE t (a int)"), effects("ALTER TABLE t MODIFY a BIGINT NOT NULL")
    ([Effect(what='table', there=True, table='t', name='', schema=None)], [])
    >>> effects("DO something()") is None
    True
    """
    said = " ".join(opening(statement).split()).rstrip("; ")
    for pattern, rule in _RULES:
        found = _compiled(pattern).match(said)
        if found:
            return rule(found)
    return None


def in_place(statement: str, connection: Connection) -> bool | None:
    """Look in the catalog whether a statement was done.

    Returns:
        Whether; False also for what can be run once more without harm; None if it can't be told.
    """
    left = effects(statement)
    if left is None:
        return None
    if not left:
        return False
    try:
        seen = {_seen(effect, connection) == effect.there for effect in left}
    except SQLAlchemyError:
        return None
    return seen.pop() if len(seen) == 1 else None


def _seen(effect: Effect, connection: Connection) -> bool:
    look = inspect(connection)
    table, schema, name = effect.table, effect.schema, effect.name
    if effect.what == "view":
        return table in look.get_view_names(schema)
    if effect.what == "sequence":
        return table in look.get_sequence_names(schema)
    if effect.what == "index" and not table:
        return any(
            name == index["name"] for one in look.get_table_names(schema) for index in look.get_indexes(one, schema)
        )  # fmt: skip
    if not look.has_table(table, schema=schema):
        return False
    if effect.what == "table":
        return True
    try:
        names = _names(effect, connection)
    except NoSuchTableError:
        return False
    return any(name == one or name.lower() == (one or "").lower() for one in names)


def _names(effect: Effect, connection: Connection) -> Iterator[str | None]:
    look, table, schema = inspect(connection), effect.table, effect.schema
    if effect.what == "column":
        yield from (column["name"] for column in look.get_columns(table, schema))
        return
    if effect.what == "index":
        yield from (index["name"] for index in look.get_indexes(table, schema))
    if effect.what == "primary key":
        if look.get_pk_constraint(table, schema)["constrained_columns"]:
            yield ""
        return
    yield from (key["name"] for key in look.get_foreign_keys(table, schema))
    yield from (unique["name"] for unique in look.get_unique_constraints(table, schema))
    if effect.what != "index":
        yield look.get_pk_constraint(table, schema)["name"]
        yield from (check["name"] for check in look.get_check_constraints(table, schema))


Rule = Callable[[re.Match[str]], list[Effect] | None]
_RULES: list[tuple[str, Rule]] = []


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern when it is needed first: most runs need none of them."""
    return re.compile(pattern.replace("NAME", _NAME), re.I | re.DOTALL)


def _rule(pattern: str) -> Callable[[Rule], Rule]:
    def register(rule: Rule) -> Rule:
        _RULES.append((pattern, rule))
        return rule

    return register


def _parts(name: str) -> tuple[str | None, str]:
    """Split a name into its schema and itself, without quotes."""
    parts = [_bare(part) for part in re.findall(_SPLIT, name)]
    return (parts[-2] if len(parts) > 1 else None), parts[-1]


def _bare(part: str) -> str:
    if part[0] in '"`':
        return part[1:-1].replace(part[0] * 2, part[0])
    return part[1:-1] if part[0] == "[" else part


@_rule(r"(?:CREATE|DROP) (?:[^(]|\(\)){0,60}?\bIF (?:NOT )?EXISTS\b|COMMENT ON\b|GRANT\b|REVOKE\b|ANALYZE\b|VACUUM\b"
       r"|OPTIMIZE\b|REINDEX\b|REFRESH\b|CLUSTER\b|CREATE OR REPLACE (?!.*TABLE)"
       r"|ALTER TYPE .* ADD VALUE IF NOT EXISTS")  # fmt: skip
def _again(found: re.Match[str]) -> list[Effect]:
    return []


_SELECTED = r"^SELECT\b|\)\s*(?:AS\s+)?SELECT\b|\bAS\s+SELECT\b"


@_rule(r"CREATE TABLE (NAME) ?(.*)")
def _create_table(found: re.Match[str]) -> list[Effect] | None:
    rest = found[2].upper()
    if rest.startswith(("AS ", "AS(")):
        return None
    if "SELECT" in rest and _compiled(_SELECTED).search(rest):  # a look for a word costs less
        return None
    schema, table = _parts(found[1])
    return [Effect("table", True, table, schema=schema)]


@_rule(r"DROP TABLE (NAME(?: ?, ?NAME)*)(?: CASCADE| RESTRICT)?$")
def _drop_table(found: re.Match[str]) -> list[Effect]:
    named = [_parts(one) for one in re.findall(_NAME, found[1])]
    return [Effect("table", False, table, schema=schema) for schema, table in named]


@_rule(r"RENAME TABLE (NAME) TO (NAME)$")
def _rename_table(found: re.Match[str]) -> list[Effect]:
    schema, old = _parts(found[1])
    new_schema, new = _parts(found[2])
    return [
        Effect("table", False, old, schema=schema),
        Effect("table", True, new, schema=new_schema or schema),
    ]


@_rule(
    r"CREATE (?:UNIQUE |FULLTEXT |SPATIAL )?INDEX (?:CONCURRENTLY )?(NAME) (?:USING \w+ )?ON (?:ONLY )?(NAME)"
)
def _create_index(found: re.Match[str]) -> list[Effect]:
    schema, table = _parts(found[2])
    return [Effect("index", True, table, _parts(found[1])[1], schema)]


@_rule(r"DROP INDEX (?:CONCURRENTLY )?(NAME)(?: ON (NAME))?")
def _drop_index(found: re.Match[str]) -> list[Effect]:
    schema, name = _parts(found[1])
    if not found[2]:
        return [Effect("index", False, "", name, schema)]
    schema, table = _parts(found[2])
    return [Effect("index", False, table, name, schema)]


@_rule(r"(CREATE|DROP) (VIEW|SEQUENCE) (NAME)")
def _named(found: re.Match[str]) -> list[Effect]:
    schema, name = _parts(found[3])
    return [Effect(found[2].lower(), found[1].upper() == "CREATE", name, schema=schema)]


@_rule(r"ALTER TABLE (?:ONLY )?(NAME) (.*)")
def _alter_table(found: re.Match[str]) -> list[Effect] | None:
    schema, table = _parts(found[1])
    done: list[Effect] = []
    for clause in _clauses(found[2]):
        left = _clause(clause.strip(), table, schema)
        if left is None:
            return None
        done += left
    return done


def _clauses(said: str) -> list[str]:
    """Split at the commas that are in no brackets and no quotes."""
    parts, depth, start = [], 0, 0
    for piece in re.finditer(r"'(?:[^'\\]|''|\\.)*'|\"[^\"]*\"|`[^`]*`|[(),]", said):
        depth += {"(": 1, ")": -1}.get(piece[0], 0)
        if piece[0] == "," and depth == 0:
            parts.append(said[start : piece.start()])
            start = piece.end()
    return [*parts, said[start:]]


def _clause(clause: str, table: str, schema: str | None) -> list[Effect] | None:
    for said, what, there in _CLAUSES:
        pattern = _compiled(said)
        found = pattern.match(clause)
        if found is None:
            continue
        if what == "again":
            return []
        if what == "rename":
            new_schema, new = _parts(found[1])
            return [
                Effect("table", False, table, schema=schema),
                Effect("table", True, new, schema=new_schema or schema),
            ]
        name = _parts(found[1])[1] if pattern.groups else ""
        if pattern.groups == 2:
            new = _parts(found[2])[1]
            if name.lower() == new.lower():
                return []
            return [
                Effect(what, False, table, name, schema),
                Effect(what, True, table, new, schema),
            ]
        return [Effect(what, there, table, name, schema)]
    return None


_CLAUSES = [
    (r"(?:ADD|DROP) .{0,30}?IF (?:NOT )?EXISTS\b", "again", True),
    (r"ADD CONSTRAINT (NAME)", "constraint", True),
    (r"ADD PRIMARY KEY\b", "primary key", True),
    (r"ADD (?:UNIQUE |FULLTEXT |SPATIAL )?(?:INDEX|KEY) (NAME)", "index", True),
    (r"ADD (?:COLUMN )?(?!(?:CONSTRAINT|UNIQUE|INDEX|KEY|FOREIGN|CHECK|PARTITION|FULLTEXT)\b)(NAME) ",
     "column", True),
    (r"DROP CONSTRAINT (NAME)", "constraint", False),
    (r"DROP PRIMARY KEY\b", "primary key", False),
    (r"DROP FOREIGN KEY (NAME)", "constraint", False),
    (r"DROP (?:INDEX|KEY) (NAME)", "index", False),
    (r"DROP (?:COLUMN )?(?!PARTITION\b|SYSTEM\b)(NAME)(?: CASCADE| RESTRICT)?$", "column", False),
    (r"CHANGE (?:COLUMN )?(NAME) (NAME) ", "column", True),
    (r"RENAME (?:COLUMN )(NAME) TO (NAME)$", "column", True),
    (r"RENAME (?:INDEX|KEY) (NAME) TO (NAME)$", "index", True),
    (r"RENAME CONSTRAINT (NAME) TO (NAME)$", "constraint", True),
    (r"RENAME (?:TO |AS )?(NAME)$", "rename", True),
    (r"MODIFY\b", "again", True),
    (r"ALTER (?:COLUMN )?NAME (?!.*\bUSING\b)(?:SET|DROP|TYPE)\b", "again", True),
    (r"(?:COMMENT|ENGINE|AUTO_INCREMENT|(?:DEFAULT )?(?:CHARACTER SET|CHARSET|COLLATE)|CONVERT TO"
     r"|VALIDATE CONSTRAINT|(?:ENABLE|DISABLE) |FORCE$|(?:ALGORITHM|LOCK) ?=)", "again", True),
]  # fmt: skip
"""Pattern of a clause of ALTER TABLE, the kind of thing, and whether it is there afterwards."""
