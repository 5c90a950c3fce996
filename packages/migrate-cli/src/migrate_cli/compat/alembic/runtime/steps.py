"""The steps of a run by Alembic's names, and what each makes of the recorded heads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Self

import revgraph
from revgraph import HeadsChange

from ..script.revision import Revision, RevisionMap
from ..util import to_tuple


class MigrationStep:
    """One step of a run: a revision that is done or undone, or a stamp.

    Attributes:
        from_revisions: Ids that are left.
        to_revisions: Ids that are reached.
        is_upgrade: Whether it leads up.
    """

    from_revisions: tuple[str, ...]
    to_revisions: tuple[str, ...]
    from_revisions_no_deps: tuple[str, ...]
    to_revisions_no_deps: tuple[str, ...]
    is_upgrade: bool
    is_stamp = False
    migration_fn: Any
    doc: str | None = None

    @property
    def name(self) -> str:
        """What it does: the name of the function that it calls."""
        return str(self.migration_fn.__name__)

    @property
    def is_downgrade(self) -> bool:
        """Whether it leads down."""
        return not self.is_upgrade

    @classmethod
    def upgrade_from_script(cls, revision_map: RevisionMap, script: Revision) -> RevisionStep:
        """Make the step that does a revision."""
        return RevisionStep(revision_map, script, True)

    @classmethod
    def downgrade_from_script(cls, revision_map: RevisionMap, script: Revision) -> RevisionStep:
        """Make the step that undoes a revision."""
        return RevisionStep(revision_map, script, False)

    @property
    def short_log(self) -> str:
        """The step in a few words, without the message."""
        ends = (self.from_revisions_no_deps, self.to_revisions_no_deps)
        return f"{self.name} {', '.join(ends[0])} -> {', '.join(ends[1])}"

    def change(self, heads: Collection[str]) -> HeadsChange:
        """What becomes of the recorded heads, if they are these before it."""
        raise NotImplementedError

    def __str__(self) -> str:
        return f"{self.short_log}, {self.doc}" if self.doc else self.short_log


class RevisionStep(MigrationStep):
    """A revision that is done or undone.

    Attributes:
        revision: The revision.
        revision_map: Where it is from.
    """

    def __init__(self, revision_map: RevisionMap, revision: Revision, is_upgrade: bool) -> None:
        self.revision_map, self.revision, self.is_upgrade = revision_map, revision, is_upgrade

    def __repr__(self) -> str:
        return f"RevisionStep({self.revision.revision!r}, is_upgrade={self.is_upgrade!r})"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, RevisionStep)
            and other.revision == self.revision
            and self.is_upgrade == other.is_upgrade
        )

    def __hash__(self) -> int:
        return hash((self.revision.revision, self.is_upgrade))

    @property
    def migration_fn(self) -> Any:
        """The script's function."""
        module: Any = self.revision.module  # type: ignore[attr-defined]  # a Script has one
        return module.upgrade if self.is_upgrade else module.downgrade

    @property
    def name(self) -> str:
        """What it does: "upgrade" or "downgrade"."""
        return "upgrade" if self.is_upgrade else "downgrade"

    @property
    def doc(self) -> str | None:  # type: ignore[override]  # the script's
        """What the revision is about."""
        return getattr(self.revision, "doc", None)

    def _ends(self, below: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        own = (self.revision.revision,)
        return (below, own) if self.is_upgrade else (own, below)

    @property
    def from_revisions(self) -> tuple[str, ...]:  # type: ignore[override]
        """Ids that are left."""
        return self._ends(self.revision._normalized_down_revisions)[0]

    @property
    def to_revisions(self) -> tuple[str, ...]:  # type: ignore[override]
        """Ids that are reached."""
        return self._ends(self.revision._normalized_down_revisions)[1]

    @property
    def from_revisions_no_deps(self) -> tuple[str, ...]:  # type: ignore[override]
        """Ids that are left, dependencies left out."""
        return self._ends(self.revision._versioned_down_revisions)[0]

    @property
    def to_revisions_no_deps(self) -> tuple[str, ...]:  # type: ignore[override]
        """Ids that are reached, dependencies left out."""
        return self._ends(self.revision._versioned_down_revisions)[1]

    def change(self, heads: Collection[str]) -> HeadsChange:
        """What becomes of the recorded heads, if they are these before it."""
        graph, own = self.revision_map.graph, self.revision.revision
        needs = graph.needs(own)
        if self.is_upgrade:
            return _exchange([one for one in needs if one in heads], [own])
        if own not in heads:  # another branch has recorded it away; nothing is to be taken out
            return HeadsChange()
        rest = [one for one in heads if one != own and one in graph]
        kept = graph.ancestors(rest) if rest else frozenset()
        come = [one for one in needs if one not in kept]
        return _exchange([own], list(revgraph.reduce_heads(graph, come)) if come else [])

    @property
    def info(self) -> MigrationInfo:
        """The same for `on_version_apply`."""
        return MigrationInfo(
            self.revision_map,
            self.is_upgrade,
            False,
            self.revision.revision,
            self.revision._normalized_down_revisions,
        )


class StampStep(MigrationStep):
    """Other heads that are recorded, and nothing is run.

    Attributes:
        branch_move: Whether a row is added or taken away, rather than changed.
        revision_map: Where the revisions are from; None if that doesn't matter.
    """

    is_stamp = True

    def __init__(
        self,
        from_: str | Collection[str] | None,
        to_: str | Collection[str] | None,
        is_upgrade: bool,
        branch_move: bool,
        revision_map: RevisionMap | None = None,
    ) -> None:
        self.from_revisions = self.from_revisions_no_deps = to_tuple(from_, ()) or ()
        self.to_revisions = self.to_revisions_no_deps = to_tuple(to_, ()) or ()
        self.is_upgrade, self.branch_move = is_upgrade, branch_move
        self.revision_map = revision_map
        self.migration_fn = self.stamp_revision

    @classmethod
    def _of(cls, change: HeadsChange, revision_map: RevisionMap) -> Self:
        graph = revision_map.graph
        gone, come = change.removed, change.added
        up = not gone or any(
            one in graph and graph.is_ancestor(one, of=other) for one in gone for other in come
        )
        return cls(gone, come, bool(come) and up, not (gone and come), revision_map)

    def stamp_revision(self, **kw: Any) -> None:
        """Do nothing: a stamp only writes down."""

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, StampStep)
            and other.from_revisions == self.from_revisions
            and other.to_revisions == self.to_revisions
            and other.branch_move == self.branch_move
            and other.is_upgrade == self.is_upgrade
        )

    def __hash__(self) -> int:
        return hash((self.from_revisions, self.to_revisions, self.is_upgrade))

    def change(self, heads: Collection[str]) -> HeadsChange:
        """What becomes of the recorded heads, if they are these before it."""
        return _exchange([one for one in self.from_revisions if one in heads], self.to_revisions)

    @property
    def info(self) -> MigrationInfo:
        """The same for `on_version_apply`."""
        ends = (self.to_revisions, self.from_revisions)
        up, down = ends if self.is_upgrade else ends[::-1]
        return MigrationInfo(self.revision_map, self.is_upgrade, True, up, down)


class MigrationInfo:
    """A step as `on_version_apply` is told of it.

    Attributes:
        is_upgrade: Whether it leads up.
        is_stamp: Whether nothing was run.
        up_revision_ids: Ids at the upper end.
        down_revision_ids: Ids at the lower end; empty for the base.
    """

    def __init__(
        self,
        revision_map: RevisionMap | None,
        is_upgrade: bool,
        is_stamp: bool,
        up_revisions: str | tuple[str, ...],
        down_revisions: str | tuple[str, ...],
    ) -> None:
        self.revision_map = revision_map
        self.is_upgrade, self.is_stamp = is_upgrade, is_stamp
        self.up_revision_ids: tuple[str, ...] = to_tuple(up_revisions, ()) or ()
        self.down_revision_ids: tuple[str, ...] = to_tuple(down_revisions, ()) or ()

    @property
    def is_migration(self) -> bool:
        """Whether a script was run."""
        return not self.is_stamp

    @property
    def up_revision_id(self) -> str:
        """The id at the upper end, the first if there are several."""
        return self.up_revision_ids[0]

    @property
    def source_revision_ids(self) -> tuple[str, ...]:
        """Ids that are left."""
        return self.down_revision_ids if self.is_upgrade else self.up_revision_ids

    @property
    def destination_revision_ids(self) -> tuple[str, ...]:
        """Ids that are reached."""
        return self.up_revision_ids if self.is_upgrade else self.down_revision_ids

    def _found(self, ids: Sequence[str]) -> tuple[Any, ...]:
        return () if self.revision_map is None else self.revision_map.get_revisions(tuple(ids))

    @property
    def up_revision(self) -> Any:
        """The revision at the upper end."""
        found = self.up_revisions
        return found[0] if found else None

    @property
    def up_revisions(self) -> tuple[Any, ...]:
        """The revisions at the upper end."""
        return self._found(self.up_revision_ids)

    @property
    def down_revisions(self) -> tuple[Any, ...]:
        """The revisions at the lower end."""
        return self._found(self.down_revision_ids)

    @property
    def source_revisions(self) -> tuple[Any, ...]:
        """The revisions that are left."""
        return self._found(self.source_revision_ids)

    @property
    def destination_revisions(self) -> tuple[Any, ...]:
        """The revisions that are reached."""
        return self._found(self.destination_revision_ids)


class Told:
    """Tells the callbacks of `on_version_apply` of each step."""

    def __init__(self, context: Any, keywords: dict[str, Any]) -> None:
        self.context, self.keywords = context, keywords
        self.heads: frozenset[str] | None = None

    def __call__(self, move: Any) -> None:
        if self.heads is None:
            self.heads = frozenset(self.context.get_current_heads())  # the rows are written
        else:
            self.heads = move.change.apply(self.heads)
        for callback in self.context.on_version_apply_callbacks:
            callback(
                ctx=self.context,
                step=self._info(move),
                heads=set(self.heads),
                run_args=self.keywords,
            )

    def _info(self, move: Any) -> MigrationInfo:
        revisions = self.context.script.revision_map
        if move.revision is None:
            return StampStep._of(move.change, revisions).info
        return RevisionStep(
            revisions, revisions[move.revision.id], move.direction == "upgrade"
        ).info


def _exchange(old: Sequence[str], new: Sequence[str]) -> HeadsChange:
    """The change from some rows to others: the last one becomes the last one."""
    if not old or not new:
        return HeadsChange(tuple(old), tuple(new))
    return HeadsChange(tuple(old[:-1]), tuple(new[:-1]), (old[-1], new[-1]))
