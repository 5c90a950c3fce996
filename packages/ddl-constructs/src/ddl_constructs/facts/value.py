"""What a change costs, as a value: `Facts`, and how the facts of several are combined."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


class Blocks(enum.IntEnum):
    """What others can't do with a table while a lock is held; each includes those before it.

    >>> str(Blocks.READS_AND_WRITES), Blocks.WRITES < Blocks.READS_AND_WRITES
    ('reads and writes', True)
    """

    NOTHING = 0
    SCHEMA_CHANGES = 1
    WRITES = 2
    READS_AND_WRITES = 3

    def __str__(self) -> str:
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True)
class Source:
    """Where a fact stands.

    Attributes:
        product: Whose manual it is: "PostgreSQL".
        version: The version that the manual is for; "" where it has no versions.
        section: The page, and the section of it behind a comma where there is one.
    """

    product: str
    version: str
    section: str

    def __str__(self) -> str:
        return f"{self.product} {self.version}".strip() + f" manual, {self.section}"


@dataclass(frozen=True)
class Facts:
    """What a change costs on a database; None in any field means that it isn't known.

    Attributes:
        transactional: Whether a rollback undoes it, together with what stands before it in
            the transaction. False on MySQL, MariaDB and Oracle means as a rule that the
            statement commits what stands before it.
        stands_alone: Whether it can't run inside of a transaction block (or has no effect
            there), so that it must be run in autocommit.
        usable_after_commit: Whether what it creates can't be used before the transaction
            is committed.
        lock: The strongest lock that it takes on a table (index, sequence) that others
            can see, in the server's own words; "" for no lock. On PostgreSQL the mode
            of pg_locks, on MySQL and MariaDB the word of the LOCK clause that holds while
            it runs (at its begin and end, each takes a metadata lock for a moment that keeps
            everyone out), on SQLite the lock on the whole database, on SQL Server the mode of
            sys.dm_tran_locks, on Oracle the kind of DDL lock.
        blocks: What that lock keeps others from.
        rewrites: Whether all rows of a table are written anew.
        scans: Whether all rows of a table are read; building an index reads them.
        loses_data: Whether rows or values that were there can be gone afterwards without an
            error. Names, comments, defaults and constraints are no data.
        notes: What would make a fact different, and what was assumed; sentences.
        sources: Where the facts stand; empty if nothing is known.
    """

    transactional: bool | None = None
    stands_alone: bool | None = None
    usable_after_commit: bool | None = None
    lock: str | None = None
    blocks: Blocks | None = None
    rewrites: bool | None = None
    scans: bool | None = None
    loses_data: bool | None = None
    notes: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()


NOTHING_DONE = Facts(True, False, False, "", Blocks.NOTHING, False, False, False)
"""The facts of a change that does nothing on a dialect."""


def worst(several: Sequence[Facts], locks: Mapping[str, Blocks]) -> Facts:
    """Combine the facts of what is done one after the other: of each fact the worst.

    What isn't known of one isn't known of all, unless another is as bad as can be.

    Args:
        several: The facts of each; empty for nothing done.
        locks: The locks of the dialect, the weakest first, and what each blocks.

    >>> locks = {"": Blocks.NOTHING, "SHARE": Blocks.WRITES}
    >>> both = worst([Facts(lock="", scans=True), Facts(lock="SHARE", scans=None)], locks)
    >>> both.lock, both.blocks, both.scans
    ('SHARE', <Blocks.WRITES: 2>, True)
    """
    if not several:
        return NOTHING_DONE
    if len(several) == 1:
        return several[0]
    lock = _strongest([f.lock for f in several], list(locks))
    return Facts(
        transactional=_all(f.transactional for f in several),
        stands_alone=_any(f.stands_alone for f in several),
        usable_after_commit=_any(f.usable_after_commit for f in several),
        lock=lock,
        blocks=None if lock is None else locks.get(lock),
        rewrites=_any(f.rewrites for f in several),
        scans=_any(f.scans for f in several),
        loses_data=_any(f.loses_data for f in several),
        notes=tuple(dict.fromkeys(note for f in several for note in f.notes)),
        sources=tuple(dict.fromkeys(source for f in several for source in f.sources)),
    )


def _any(values: Iterable[bool | None]) -> bool | None:
    found = set(values)
    return True if True in found else None if None in found else False


def _all(values: Iterable[bool | None]) -> bool | None:
    found = set(values)
    return False if False in found else None if None in found else True


def _strongest(found: Sequence[str | None], order: Sequence[str]) -> str | None:
    known = [lock for lock in found if lock is not None and lock in order]
    top = max(known, key=order.index, default=None)
    return top if len(known) == len(found) or (order and top == order[-1]) else None
