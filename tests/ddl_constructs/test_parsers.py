"""What SQL Server and Oracle are told is read by a parser of their languages.

Every change of the tables of texts is said on both, whatever it was written for, on servers of
several versions. sqlglot takes what it doesn't know as a raw command: those forms are listed, each
with the reason, and each must be met, so that none stays that it has learned meanwhile.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from ddl_constructs import (
    Change,
    CreateFunction,
    CreateProcedure,
    CreateTrigger,
    CreateView,
    DDLConstructsError,
    ExecuteSQL,
)

sqlglot = pytest.importorskip("sqlglot", reason="no parser of T-SQL and Oracle's SQL")

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "docs" / "ddl-constructs")]
import change_cases  # noqa: E402  # it stands beside the pages
import test_alter_objects  # noqa: E402
import test_mssql  # noqa: E402
import test_objects  # noqa: E402
import test_oracle  # noqa: E402
import test_table_options  # noqa: E402
import test_text  # noqa: E402

SERVERS: dict[str, tuple[str, dict[str, Any]]] = {
    "mssql": (
        "tsql",
        {"offline": test_mssql.OFFLINE, "dbo": test_mssql.STATED, "2014": test_mssql.OLD},
    ),
    "oracle": (
        "oracle",
        {"offline": test_oracle.OFFLINE, "19": test_oracle.ORA_19, "23": test_oracle.ORA_23},
    ),
}
"""The language of each, and servers of it by what makes them different."""

RAW = {
    "mssql": {
        r"ALTER AUTHORIZATION ON": "the statement",
        r"ALTER SCHEMA \w+ TRANSFER": "the statement",
        r"ALTER SEQUENCE": "the statement",
        r"ALTER TABLE \S+ ADD (CONSTRAINT \[DF c\] )?DEFAULT": "the clause",
        r"ALTER TABLE \S+ REBUILD": "the clause",
        r"ALTER TABLE \S+ WITH CHECK CHECK": "the clause",
        r"CREATE SCHEMA \w+ AUTHORIZATION": "the clause",
        r"CREATE TRIGGER": "that the table comes first",
        r"(ENABLE|DISABLE) TRIGGER": "the statement",
        r"CREATE (OR ALTER )?VIEW .* WITH CHECK OPTION": "the clause",
        r"(GRANT|REVOKE) .* ON (OBJECT|SCHEMA|TYPE)::": "the class of what is granted on",
        r"SET IDENTITY_INSERT \S+ ON": "the option",
    },
    "oracle": {
        r"ALTER SEQUENCE": "the statement",
        r"ALTER TABLE \S+( a\")? MODIFY": "the clause",
        r"ALTER TABLE \S+ MOVE": "the clause",
        r"(?s)(ALTER|CREATE) TABLE .* AS IDENTITY \(.*NOCACHE\)": "the option",
        r"ALTER TABLE \S+ RENAME CONSTRAINT": "the clause",
        r"ALTER TRIGGER": "the statement",
        r"CREATE BITMAP INDEX": "the kind",
        r'CREATE (UNIQUE )?INDEX (IF NOT EXISTS )?(s|"db\.s")\.': "that an index has a schema",
        r"GRANT SELECT ON s TO 'who'@'%'": "the grantee, which is MySQL's",
        r"RENAME ": "the statement",
    },
}
"""What sqlglot knows only as a raw command, or not at all: a regular expression, and what it doesn't know of it."""

OWN_WORDS = (CreateFunction, CreateProcedure, CreateTrigger, CreateView, ExecuteSQL)
"""Changes whose SQL is the user's, in the language of the table that they stand in."""


def changes(dialect: str) -> Iterator[tuple[str, Change]]:
    """Give the changes of all tables of texts, with what they are called there."""
    for name, change in all_changes():
        if not isinstance(change, OWN_WORDS) or name.startswith(f"test_{dialect}"):
            yield name, change


def all_changes() -> Iterator[tuple[str, Change]]:
    for module in (
        test_alter_objects,
        test_text,
        test_mssql,
        test_oracle,
        test_objects,
        test_table_options,
    ):
        for name, test in vars(module).items():
            for mark in getattr(test, "pytestmark", ()) if name.startswith("test_") else ():
                for row in mark.args[1] if mark.name == "parametrize" else ():
                    values = row.values if hasattr(row, "values") else row
                    for value in values if isinstance(values, tuple) else (values,):
                        if isinstance(value, Change):
                            called = getattr(row, "id", None) or value.describe()
                            yield f"{module.__name__}-{name}-{called}", value
    for kind, cases in change_cases.CASES.items():
        for title, change in cases.items():
            yield f"{kind}-{title}", change


def fragments(sql: str, dialect: str) -> Iterator[str]:
    """Cut a script into what the parser reads."""
    if dialect == "mssql":
        yield from batch_fragments(sql)
    elif sql.startswith("DECLARE"):
        yield from block_fragments(sql)
    elif not re.match(r"BEGIN|CREATE (OR REPLACE )?(FUNCTION|PROCEDURE|TRIGGER)", sql):
        yield sql  # a block or a body it would cut at its semicolons


def batch_fragments(sql: str) -> Iterator[str]:
    """Cut a batch: the parser reads no IF with a subquery and no WHILE.

    These are the subqueries of a guard or a script, and the guarded statements.
    """
    if not sql.startswith(("IF ", "DECLARE ")):
        yield sql
        return
    if (own := re.fullmatch(r"IF [^']*'[^']*'[^']* EXEC \('(.*)'\)", sql)) is not None:
        yield own[1].replace("''", "'")
        return
    depth, begin = 0, None
    for i, character in enumerate(sql):
        depth += (character == "(") - (character == ")")
        if begin is None and sql.startswith("(SELECT ", i):
            begin, level = i + 1, depth - 1
        elif begin is not None and depth == level:
            yield sql[begin:i]
            begin = None
    guard = sql.split(";\n")[-1] if sql.count("WHILE") == 0 else ""
    if guard.startswith("IF ") and "@sql" not in guard:
        yield from re.split(r"\nELSE\n", guard.partition("\n")[2])


def block_fragments(sql: str) -> Iterator[str]:
    """Cut a PL/SQL block, which the parser doesn't know, into its query and its statement."""
    query = re.search(r"SELECT .*?;", sql, re.DOTALL)
    statement = re.search(r"EXECUTE IMMEDIATE '(.*)';\n  END IF", sql, re.DOTALL)
    assert query is not None
    assert statement is not None
    yield query[0].replace("INTO found ", "")
    yield statement[1].replace("''", "'")


@lru_cache
def said(dialect: str) -> dict[str, list[str]]:
    """Give by fragment the names of the changes that say it on any of the servers."""
    found: dict[str, list[str]] = {}
    for name, change in changes(dialect):
        for version, server in SERVERS[dialect][1].items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    pieces = {"mssql": test_mssql, "oracle": test_oracle}[dialect].pieces(
                        change, server
                    )
                except DDLConstructsError:
                    continue
            for piece in pieces:
                for part in fragments(piece, dialect):
                    found.setdefault(part, []).append(f"{name} on {version}")
    return found


def is_raw(sql: str, dialect: str) -> bool:
    """Tell whether the parser doesn't know a statement: it says so, or takes it as it stands."""
    try:
        parsed = sqlglot.parse(sql, dialect=SERVERS[dialect][0])
    except sqlglot.errors.ParseError:
        return True
    return any(each is None or isinstance(each, sqlglot.exp.Command) for each in parsed)


@pytest.mark.parametrize("dialect", SERVERS)
def test_a_parser_of_its_language_reads_it(dialect: str) -> None:
    unread = {
        sql: names
        for sql, names in said(dialect).items()
        if is_raw(sql, dialect) is not any(re.match(form, sql) for form in RAW[dialect])
    }

    assert unread == {}
    assert len(said(dialect)) > 200


@pytest.mark.parametrize(("dialect", "form"), [(d, form) for d in RAW for form in RAW[d]])
def test_what_it_does_not_know_is_said_and_still_unknown(dialect: str, form: str) -> None:
    found = [sql for sql in said(dialect) if re.match(form, sql)]

    assert found
    assert all(is_raw(sql, dialect) for sql in found)
