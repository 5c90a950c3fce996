"""Statements as SQL*Plus and SQLcl, Oracle's own clients, take them from a script."""

from __future__ import annotations

import re

from ddl_constructs import tokens

# SQL*Plus User's Guide, "Running PL/SQL Blocks": what begins so is read up to the slash
_BLOCK = re.compile(
    r"\s*(BEGIN|DECLARE|CREATE(\s+OR\s+REPLACE)?(\s+(NON)?EDITIONABLE)?"
    r"\s+(FUNCTION|PACKAGE|PROCEDURE|TRIGGER|TYPE))\b",
    re.IGNORECASE,
)
_BLANK = re.compile(r"\n(?:[ \t]*\n)+")
_ENDING = re.compile(r";[ \t]*$", re.MULTILINE)


def for_client(sql: str) -> tuple[list[str], str]:
    r"""Give what the client must be told before a statement, and the statement as it takes it.

    SQL*Plus User's Guide, "SET SQLBLANKLINES", "SET DEFINE" and "SET SQLTERMINATOR": an empty line
    ends a statement, a name behind an ampersand is asked for, and a semicolon at the end of a line
    runs what stands above it, in a text too. The slash behind would run that once more.

    >>> for_client("SELECT 1\n\nFROM t WHERE a = '\n\n';")
    ([], "SELECT 1\nFROM t WHERE a = '\n\n'")
    >>> for_client("INSERT INTO t VALUES ('R&D;\n')")
    (['SET DEFINE OFF', 'SET SQLTERMINATOR OFF'], "INSERT INTO t VALUES ('R&D;\n')")
    """
    told = ["SET DEFINE OFF"] if "&" in sql else []
    if _BLOCK.match(sql):
        return told, sql
    sql = _without_blank_lines(sql).rstrip().removesuffix(";").rstrip()
    if _ENDING.search(sql):
        told.append("SET SQLTERMINATOR OFF")
    return told, sql


def _without_blank_lines(sql: str) -> str:
    """Take empty lines out of a statement, but for those in its texts."""
    kept, end = [], 0
    for token in tokens(sql):
        kept += [_BLANK.sub("\n", sql[end : token.start]), token.text]
        end = token.end
    return "".join([*kept, sql[end:]])
