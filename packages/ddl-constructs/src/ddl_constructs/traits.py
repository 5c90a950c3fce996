"""Facts about a dialect that need no code: one row each, with its source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Traits:
    """What a dialect's statements have in common.

    Attributes:
        transactional_ddl: Whether CREATE and ALTER can be rolled back.
        begin: What opens a transaction in a script.
        terminator: What ends a statement in a script.
        delimiter: What ends a statement that holds a terminator of its own (the body of a
            trigger), in a script whose client is told so by DELIMITER; "" where it reads SQL.
        separator: A line of its own behind each statement in a script; "" for none.
        comments_apart: Whether a comment is a statement of its own (COMMENT ON),
            not part of the table or column.
        empty_tables: Whether a table may have no column.
        table_options: Options of `CreateTable`, without the dialect's name in front, that
            SQLAlchemy's `Table` doesn't know.
        whole_indexes: Options of `CreateIndex`, likewise, that say that it may hold the rows as a
            whole, so that it names no column.
    """

    transactional_ddl: bool
    begin: str = "BEGIN"
    terminator: str = ";"
    separator: str = ""
    delimiter: str = ""
    comments_apart: bool = False
    empty_tables: bool = False
    table_options: frozenset[str] = frozenset()
    whole_indexes: frozenset[str] = frozenset()


_TRAITS = {
    # PostgreSQL 15 manual, CREATE DATABASE and friends list the exceptions; COMMENT;
    # CREATE TABLE, Compatibility: "zero-column tables"
    "postgresql": Traits(transactional_ddl=True, comments_apart=True, empty_tables=True),
    # SQLite, lang_transaction: every statement but a few PRAGMAs and VACUUM joins the transaction
    "sqlite": Traits(transactional_ddl=True),
    # MySQL 8.4 manual, Statements That Cause an Implicit Commit
    # and mysql Client Commands, delimiter
    "mysql": Traits(transactional_ddl=False, delimiter="//"),
    # MariaDB Knowledge Base, SQL statements that cause an implicit commit
    # and Delimiters
    "mariadb": Traits(transactional_ddl=False, delimiter="//"),
    # SQL Server manual, "Transactions": DDL joins them; BEGIN alone opens a block of
    # statements; "SQL Server Utilities Statements - GO"; a comment is an extended property,
    # set by a procedure (sp_addextendedproperty)
    "mssql": Traits(
        transactional_ddl=True,
        begin="BEGIN TRANSACTION",
        separator="GO",
        comments_apart=True,
        table_options=frozenset({"default_name"}),
        whole_indexes=frozenset({"columnstore"}),
    ),
    # Oracle SQL Language Reference, COMMIT: DDL commits before and after itself; COMMENT;
    # SQL*Plus User's Guide, "/": runs what stands above, a PL/SQL block too, which ends in ";"
    "oracle": Traits(
        transactional_ddl=False,
        terminator="",
        separator="/",
        comments_apart=True,
    ),
}
_UNKNOWN = Traits(transactional_ddl=False)


def traits(dialect: str) -> Traits:
    """Give the traits of a dialect by its name; cautious ones for a dialect nobody described.

    >>> traits("postgresql").transactional_ddl
    True
    """
    return _TRAITS.get(dialect, _UNKNOWN)


def register_traits(dialect: str, described: Traits) -> None:
    """Describe a dialect; for the file of a dialect that this package doesn't know."""
    _TRAITS[dialect] = described
