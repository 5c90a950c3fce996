"""The command merge: a revision that joins several heads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..config import Config
from ..errors import MigrateError, UsageError
from ..lint.report import Finding
from ..scripts import Scripts
from .files import Made, leaves_heads, made_there, parents_of, variables, visited


@dataclass(frozen=True)
class Merged(Made):
    """A revision that joins several.

    Attributes:
        conflicts: What it joins and can't be run on one database, as `lint` finds it; what is allowed
            is left out.
        unseen: Why that wasn't looked for, in one line; None if it was.
    """

    conflicts: tuple[Finding, ...] = ()
    unseen: str | None = None


def merge(
    config: Config,
    to_join: Sequence[str] = ("heads",),
    message: str = "",
    *,
    rev_id: str | None = None,
    branch_labels: Sequence[str] = (),
    splice: bool = False,
) -> Merged:
    """Write a revision that joins several heads and changes nothing by itself.

    **This executes the Python of the scripts that not all of its parents need**, when it is written:
    against a sink that keeps what they say.

    Args:
        config: The project's settings.
        to_join: Targets of its parents; "heads" for all heads.
        message: What it is about; empty for the names of its parents.
        rev_id: As in `revision`, likewise the others.

    Raises:
        UsageError: There is nothing to join, or a target is unknown or no head.
    """
    scripts = Scripts.of(config)
    parents = parents_of(scripts, to_join, splice)
    if len(parents) < 2:
        only = f"only {parents[0]}" if parents else "no head"
        raise UsageError(f"nothing to merge: there is {only}, and it takes two")
    made = _written(config, scripts, parents, message, rev_id, branch_labels, splice)
    conflicts, unseen = _conflicts(config, scripts, parents)
    return Merged(
        made.id,
        made.path,
        made.changes,
        several_heads=made.several_heads,
        conflicts=conflicts,
        unseen=unseen,
    )


def _conflicts(
    config: Config, scripts: Scripts, parents: Sequence[str]
) -> tuple[tuple[Finding, ...], str | None]:
    """Look for what can't come together, or say why not: the file is written by now."""
    from .linting import conflicts

    try:
        return conflicts(config, scripts, parents), None
    except MigrateError as err:
        return (), str(err).partition("\n")[0]


def _written(
    config: Config,
    scripts: Scripts,
    parents: Sequence[str],
    message: str,
    rev_id: str | None,
    branch_labels: Sequence[str],
    splice: bool,
) -> Made:
    if config.world is not None and config.world.writes:
        return made_there(
            config,
            *config.world.write(
                message=message or f"merge {' and '.join(parents)}",
                rev_id=rev_id,
                head=parents,
                splice=splice,
                branch_label=list(branch_labels) or None,
            ),
        )
    from ..writing import post_write
    from ..writing.writer import write_revision

    hooks = post_write.ready(config)
    visited(config, lambda around: None)
    script = write_revision(
        config,
        scripts,
        message=message or f"merge {' and '.join(parents)}",
        parents=parents,
        rev_id=rev_id,
        branch_labels=branch_labels,
        variables=variables(config),
    )
    post_write.run(hooks, script.path)
    return Made(script.id, script.path, (), several_heads=leaves_heads(scripts, script))
