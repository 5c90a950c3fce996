"""The command merge: a revision that joins several heads."""

from __future__ import annotations

from collections.abc import Sequence

from ..config import Config
from ..errors import UsageError
from ..scripts import Scripts
from .files import Made, leaves_heads, made_there, parents_of, variables, visited


def merge(
    config: Config,
    to_join: Sequence[str] = ("heads",),
    message: str = "",
    *,
    rev_id: str | None = None,
    branch_labels: Sequence[str] = (),
    splice: bool = False,
) -> Made:
    """Write a revision that joins several heads and changes nothing by itself.

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
