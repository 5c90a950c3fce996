"""What can be wrong with a batch block: one class per way, the culprits as fields."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import MigrationFailed, did_you_mean, near


class UnknownInTable(MigrationFailed):
    """A block names a table, column, constraint or index that isn't there.

    Attributes:
        what: What was asked, in words.
        kind: "table", "column", "constraint" or "index".
        name: The name.
        table: The table's name.
        candidates: Names that may have been meant, best first.
        now: What it is called since an earlier change of the block; None if it wasn't renamed.
    """

    def __init__(
        self,
        what: str,
        kind: str,
        name: str,
        table: str,
        known: Sequence[str] = (),
        now: str | None = None,
    ) -> None:
        self.what, self.kind, self.name, self.table, self.now = what, kind, name, table, now
        self.candidates = near(name, known)
        mend = f"; it is {now!r} since the rename above" if now else did_you_mean(self.candidates)
        where = "" if kind == "table" else f"{table} "
        super().__init__(
            f"can't {what}: {where}has no {kind} {name!r}{mend}"
            if where
            else f"can't {what}: there is no {kind} {name!r}{mend}"
        )


class RowsContradict(MigrationFailed):
    """The table's rows can't be as a block asks; nothing was changed.

    Attributes:
        what: What was asked, in words.
        table: The table's name.
        reason: What the rows do.
        count: How many; None if that isn't known.
        example: The key of one of them, `id=3`; None if that isn't known.
    """

    def __init__(
        self,
        what: str,
        table: str,
        reason: str,
        count: int | None,
        example: str | None,
        mend: str = "mend the rows first",
    ) -> None:
        self.what, self.table, self.reason = what, table, reason
        self.count, self.example = count, example
        which = "" if count is None else f" ({count})"
        if example is not None:
            which = f" ({count}: {example})" if count == 1 else f" ({count}, for example {example})"
        super().__init__(f"can't {what}: rows of {table} {reason}{which}; {mend}")


class StillNeeded(MigrationFailed):
    """A column can't go, since something names it.

    Attributes:
        what: What was asked, in words.
        by: What names it, in words.
    """

    def __init__(self, what: str, by: Sequence[str], mend: str) -> None:
        self.what, self.by = what, tuple(by)
        super().__init__(f"can't {what}: needed by {' and '.join(by)}; {mend}")


class CannotRebuild(MigrationFailed):
    """A table can't be copied as a block asks.

    Attributes:
        what: What was asked, in words.
        reason: What stands in the way.
    """

    def __init__(self, what: str, reason: str, mend: str) -> None:
        self.what, self.reason = what, reason
        super().__init__(f"can't {what}: {reason}; {mend}")


class CannotCarry(MigrationFailed):
    """Things hang on a table that its copy wouldn't have; nothing was changed.

    Attributes:
        table: The table's name.
        found: What they are, in the database's own words, sorted.
    """

    def __init__(self, table: str, found: Sequence[str]) -> None:
        self.table, self.found = table, tuple(found)
        super().__init__(
            f"can't copy {table}: these would be lost: {', '.join(found)}; drop them first and make "
            "them again behind the block, or leave out recreate='always'"
        )


class NeededBy(MigrationFailed):
    """What needs a table can't be dropped and created again around a copy; nothing was changed.

    Attributes:
        table: The table's name.
        reason: What stands in the way, with the mend.
    """

    def __init__(self, table: str, reason: str) -> None:
        self.table, self.reason = table, reason
        super().__init__(f"can't copy {table}: {reason}; or leave out recreate='always'")


class ForeignKeysOn(MigrationFailed):
    """A table that others point to would be copied while foreign keys are on.

    Dropping the old table would delete or change the rows that point to it.

    Attributes:
        table: The table's name.
        by: Tables that point to it.
    """

    def __init__(self, table: str, by: Sequence[str]) -> None:
        self.table, self.by = table, tuple(by)
        super().__init__(
            f"can't copy {table} while foreign keys are on: dropping the old table would delete or "
            f"change the rows of {', '.join(by)} that point to it, and inside of a transaction they "
            "can't be switched off; name batch_alter_table in the revision's own file, or hand over "
            "a connection that is in no transaction and has PRAGMA foreign_keys=OFF"
        )


class RebuildDiffers(MigrationFailed):
    """After a copy something differs that nobody asked for; all of it is rolled back.

    Attributes:
        table: The table's name.
        differences: What differs, a phrase each.
    """

    def __init__(self, table: str, differences: Sequence[str]) -> None:
        self.table, self.differences = table, tuple(differences)
        super().__init__(
            f"copying {table} would change more than was asked, so it is rolled back: "
            f"{'; '.join(differences)}; please report it with the table's CREATE TABLE"
        )


class DanglingRows(MigrationFailed):
    """After a revision that ran without foreign keys, rows point to nothing; it is rolled back.

    Attributes:
        found: (table, table pointed to, how many rows), sorted.
    """

    def __init__(self, found: Sequence[tuple[str, str, int]]) -> None:
        self.found = tuple(found)
        said = ", ".join(f"{n} of {child} to {parent}" for child, parent, n in found)
        super().__init__(
            f"rows point to nothing after this revision: {said}; foreign keys were off while it "
            "ran, since it names batch_alter_table, and were checked at its end; mend the rows in it"
        )
