"""What env.py's `process_revision_directives` makes of a new revision in a project of our own kind."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import ddl_autogen
from ddl_constructs import Change
from revgraph import new_id

from ..errors import EnvironmentFailed
from ..running.transactions import reading
from ..writing.planned import Planned
from .alembic.operations import conversion, ops
from .alembic.runtime.migration import MigrationContext

NAME = "process_revision_directives"


def directed(
    context: MigrationContext, heads: tuple[str, ...], planned: Planned, env: Path
) -> list[Planned]:
    """Ask env.py what is to be written instead; as in Alembic, in Alembic's words.

    Args:
        context: Of the database that is being visited; it knows whom to ask.
        heads: What the database is at.
        planned: What would be written.
        env: The env.py, for errors.

    Returns:
        What is to be written; may be empty, or several.

    Raises:
        EnvironmentFailed: It leaves something that a script here has no word for.
    """
    asks: Callable[..., Any] = context.opts[NAME]
    directives = [_directive(context, planned)]
    asks(context, heads, directives)
    return [_planned(one, env) for one in directives]


def _directive(context: MigrationContext, planned: Planned) -> ops.MigrationScript:
    dialect, connection = context.dialect, context.connection
    back = planned.back
    if back is None:
        back = tuple(ddl_autogen.reverse(planned.changes, dialect))
    up, down = [], []
    if planned.changes or back:
        assert connection is not None, "what was compared is live"
        with reading(connection):
            up, down = (
                conversion.ops_of(one, dialect, connection) for one in (planned.changes, back)
            )
    return ops.MigrationScript(
        planned.rev_id or new_id(),
        ops.UpgradeOps(up),
        ops.DowngradeOps(down),
        message=planned.message or None,
        imports=set(planned.imports),
        head=list(planned.head) or "head",  # type: ignore[arg-type]  # as the command takes it
        splice=planned.splice,
        branch_label=list(planned.branch_labels) or None,
        version_path=planned.version_path,
        depends_on=list(planned.depends_on) or None,
    )


def _planned(script: ops.MigrationScript, env: Path) -> Planned:
    head = () if script.head == "head" else _several(script.head)
    return Planned(
        message=script.message or "",
        rev_id=script.rev_id,
        head=head,
        splice=bool(script.splice),
        branch_labels=_several(script.branch_label),
        depends_on=_several(script.depends_on),
        version_path=None if script.version_path is None else Path(os.fspath(script.version_path)),
        changes=_changes(script.upgrade_ops_list, env),
        back=_changes(script.downgrade_ops_list, env),
        imports=tuple(sorted(script.imports)),
    )


def _several(given: Any) -> tuple[str, ...]:
    if given is None:
        return ()
    return (given,) if isinstance(given, str) else tuple(given)


def _changes(containers: Sequence[ops.OpContainer], env: Path) -> tuple[Change, ...]:
    return tuple(_change(one, env) for one in _flat(containers))


def _flat(containers: Sequence[ops.OpContainer]) -> Iterable[Any]:
    return (one for container in containers for one in conversion.flat(container.ops))


def _change(operation: Any, env: Path) -> Change:
    change = getattr(operation, "change", None)
    if not isinstance(change, Change):
        kind = type(operation).__name__
        said = f"{NAME} leaves a {kind}, which scripts have no word for (ops.ExecuteSQLOp has one)"
        raise EnvironmentFailed(env, None, said)
    return change
