"""A step of Alembic's kind as one of ours."""

from __future__ import annotations

from contextlib import suppress
from types import ModuleType
from typing import Any, Self

import revgraph
from revgraph import HeadsChange, Step

from ..scripts import Script


class _StepFile(Script):
    """The file of a step, which says itself what function is called."""

    _step: Any

    @classmethod
    def of(cls, step: Any) -> Self:
        revision = step.revision
        made = cls(
            revision.revision,
            revision._versioned_down_revisions,
            revision._resolved_dependencies,
            (),
            str(getattr(revision, "path", "<no file>")),
            str(step.doc or ""),
        )
        made._step = step
        return made

    def load(self) -> ModuleType:
        """A module with the one function that the step calls, if the script has it."""
        module = ModuleType(self.id)
        with suppress(AttributeError):  # the runner says that it isn't there
            setattr(module, self._step.name, self._step.migration_fn)
        return module


def ours(step: Any, change: HeadsChange) -> Step[Script]:
    """Make a step for our runner.

    Args:
        step: The step by Alembic's class.
        change: What becomes of the recorded heads.
    """
    file = _StepFile.of(step)
    revision: revgraph.Revision[Script] = revgraph.Revision(
        file.id, file.parents, file.depends_on, payload=file
    )
    return Step(revision, "upgrade" if step.is_upgrade else "downgrade", change)
