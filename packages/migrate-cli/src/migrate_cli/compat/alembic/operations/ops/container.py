"""Operations that hold operations: those of a table, of a direction, of a revision."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from .base import MigrateOperation


class OpContainer(MigrateOperation):
    """A list of operations.

    Attributes:
        ops: The operations, in order; may be written to.
    """

    def __init__(self, ops: Sequence[MigrateOperation] = ()) -> None:
        self.ops = list(ops)

    def is_empty(self) -> bool:
        """Tell whether nothing is in it."""
        return not self.ops

    def as_diffs(self) -> Any:
        """Give what is in it as tuples, those of a column's aspects in a list of their own."""
        return list(OpContainer._ops_as_diffs(self))

    @classmethod
    def _ops_as_diffs(cls, migrations: OpContainer) -> Iterator[Any]:
        for op in migrations.ops:
            if isinstance(op, OpContainer):
                yield from cls._ops_as_diffs(op)
            else:
                yield op.to_diff_tuple()


def _undone(ops: Sequence[MigrateOperation]) -> list[MigrateOperation]:
    return [op.reverse() for op in reversed(ops)]


class ModifyTableOps(OpContainer):
    """The operations on one table.

    Attributes:
        table_name: The table's name.
        schema: Its schema; None for the default one.
    """

    def __init__(
        self, table_name: str, ops: Sequence[MigrateOperation], *, schema: str | None = None
    ) -> None:
        super().__init__(ops)
        self.table_name, self.schema = table_name, schema

    def reverse(self) -> ModifyTableOps:
        return ModifyTableOps(self.table_name, _undone(self.ops), schema=self.schema)


class UpgradeOps(OpContainer):
    """What a revision does on the way up.

    Attributes:
        upgrade_token: What the template calls it.
    """

    def __init__(
        self, ops: Sequence[MigrateOperation] = (), upgrade_token: str = "upgrades"
    ) -> None:
        super().__init__(ops)
        self.upgrade_token = upgrade_token

    def reverse_into(self, downgrade_ops: DowngradeOps) -> DowngradeOps:
        """Put what undoes these operations in the place of others, and give those."""
        downgrade_ops.ops[:] = _undone(self.ops)
        return downgrade_ops

    def reverse(self) -> DowngradeOps:
        return self.reverse_into(DowngradeOps())


class DowngradeOps(OpContainer):
    """What a revision does on the way down.

    Attributes:
        downgrade_token: What the template calls it.
    """

    def __init__(
        self, ops: Sequence[MigrateOperation] = (), downgrade_token: str = "downgrades"
    ) -> None:
        super().__init__(ops)
        self.downgrade_token = downgrade_token

    def reverse(self) -> UpgradeOps:
        return UpgradeOps(_undone(self.ops))


class MigrationScript(MigrateOperation):
    """A new revision, before it is written: what `process_revision_directives` is given.

    Attributes:
        rev_id: Its id; None for one that is made.
        message: What it is about.
        imports: Lines that its file must import.
        head, splice, branch_label, version_path, depends_on: As the command `revision` takes them.
    """

    def __init__(
        self,
        rev_id: str | None,
        upgrade_ops: UpgradeOps,
        downgrade_ops: DowngradeOps,
        *,
        message: str | None = None,
        imports: set[str] = set(),  # noqa: B006  # Alembic's default; it isn't written to
        head: str | None = None,
        splice: bool | None = None,
        branch_label: Any = None,
        version_path: str | os.PathLike[str] | None = None,
        depends_on: Any = None,
    ) -> None:
        self.rev_id, self.message, self.imports = rev_id, message, set(imports)
        self.head, self.splice, self.branch_label = head, splice, branch_label
        self.version_path, self.depends_on = version_path, depends_on
        self.upgrade_ops_list = upgrade_ops  # type: ignore[assignment]  # one of them is a list of one
        self.downgrade_ops_list = downgrade_ops  # type: ignore[assignment]  # likewise

    @property
    def upgrade_ops(self) -> UpgradeOps | None:
        """What it does on the way up; None where it does nothing, an error where it goes several ways."""
        found: UpgradeOps | None = _only(self._upgrade_ops, "upgrade")
        return found

    @upgrade_ops.setter
    def upgrade_ops(self, upgrade_ops: UpgradeOps | Sequence[UpgradeOps]) -> None:
        self._upgrade_ops = _listed(upgrade_ops)

    @property
    def downgrade_ops(self) -> DowngradeOps | None:
        """What it does on the way down, likewise."""
        found: DowngradeOps | None = _only(self._downgrade_ops, "downgrade")
        return found

    @downgrade_ops.setter
    def downgrade_ops(self, downgrade_ops: DowngradeOps | Sequence[DowngradeOps]) -> None:
        self._downgrade_ops = _listed(downgrade_ops)

    @property
    def upgrade_ops_list(self) -> list[UpgradeOps]:
        """What it does on the way up, one for each database of a multidb environment."""
        return self._upgrade_ops

    @upgrade_ops_list.setter
    def upgrade_ops_list(self, upgrade_ops: Sequence[UpgradeOps]) -> None:
        self._upgrade_ops = _listed(upgrade_ops)

    @property
    def downgrade_ops_list(self) -> list[DowngradeOps]:
        """What it does on the way down, likewise."""
        return self._downgrade_ops

    @downgrade_ops_list.setter
    def downgrade_ops_list(self, downgrade_ops: Sequence[DowngradeOps]) -> None:
        self._downgrade_ops = _listed(downgrade_ops)


def _listed(ops: Any) -> list[Any]:
    return list(ops) if isinstance(ops, (list, tuple)) else [ops]


def _only(ops: list[Any], direction: str) -> Any:
    if len(ops) > 1:
        raise ValueError(
            f"this revision has several {direction}s, one for each database; "
            f"see {direction}_ops_list"
        )
    return ops[0] if ops else None
