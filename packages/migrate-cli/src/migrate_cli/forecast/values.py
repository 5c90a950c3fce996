"""What is foretold, as values: of a change, of a revision, of a whole plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Size:
    """How large a table is, as the catalog's statistics have it.

    Attributes:
        rows: About how many rows; None where there are no statistics.
        bytes: How much room it takes with its indexes; None where the catalog doesn't tell.
    """

    rows: int | None
    bytes: int | None


@dataclass(frozen=True)
class Foretold:
    """A change, and what it would do; None in any field means that it isn't known.

    Attributes:
        kind: The change's kind: "AddColumn"; "SQL" for what is no change.
        text: It, in words.
        sql: The statements, in order; None where they can't be written without the database.
        why_no_sql: Why they can't be written, in one line; None if they are.
        table: The table, with its schema; None if it is about none.
        table_is_new: Whether an earlier change of the same plan makes the table.
        rows: About how many rows the table has, by the catalog's statistics.
        bytes: How much room it takes, by the catalog.
        transactional: Whether a rollback undoes it.
        alone: Whether it runs outside of a transaction.
        lock: The strongest lock that it takes, in the server's words; "" for none.
        blocks: What that keeps others from: "nothing", "schema changes", "writes", "reads and
            writes".
        rewrites: Whether all rows are written anew.
        scans: Whether all rows are read.
        loses_data: Whether rows or values can be gone afterwards.
        copy: Which copy of the table does it, counted from 1 through the plan: one copy does all
            changes of a batch block; None where no table is copied.
        notes: What would make a fact different.
        sources: Where the facts stand, in the manuals.
    """

    kind: str
    text: str
    sql: tuple[str, ...] | None
    why_no_sql: str | None = None
    table: str | None = None
    table_is_new: bool = False
    rows: int | None = None
    bytes: int | None = None
    transactional: bool | None = None
    alone: bool | None = None
    lock: str | None = None
    blocks: str | None = None
    rewrites: bool | None = None
    scans: bool | None = None
    loses_data: bool | None = None
    copy: int | None = None
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class ForetoldRevision:
    """A revision, and what it would do.

    Attributes:
        id: Its id.
        message: What it is about.
        file: Its file.
        direction: "upgrade" or "downgrade".
        changes: In order, as far as they are known.
        opaque: Why nothing is known behind the last change, in one line; None if all is known.
        transaction: How it would run, in words.
        reversible: Whether its downgrade takes it back; None where that can't be told.
        way_back: What stands in the way back, or what is to be known of it; "" for nothing.
    """

    id: str
    message: str
    file: str
    direction: Literal["upgrade", "downgrade"]
    changes: tuple[Foretold, ...]
    opaque: str | None
    transaction: str
    reversible: bool | None
    way_back: str = ""


@dataclass(frozen=True)
class Forecast:
    """What a move would do to a database. Nothing of it was done.

    Attributes:
        database: The database's URL, without password.
        dialect: Whose SQL it is; "mariadb" too where a URL of MySQL's leads to one.
        server_version: The server's version; None where it wasn't asked.
        direction: "upgrade" or "downgrade".
        before: Heads that the database is at; None where that isn't known.
        heads: Heads that it would be at.
        at_head: Whether those are all heads of the revision files.
        revisions: What would be run, in order.
        unknown: What isn't known of all of it, a sentence each; mostly empty.
    """

    database: str
    dialect: str
    server_version: str | None
    direction: Literal["upgrade", "downgrade"]
    before: tuple[str, ...] | None
    heads: tuple[str, ...]
    at_head: bool
    revisions: tuple[ForetoldRevision, ...]
    unknown: tuple[str, ...] = ()
