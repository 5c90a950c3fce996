"""A new revision before it is written: what it is to be called, where it goes, and what it does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a file without changes is written without SQLAlchemy
    from ddl_constructs import Change


@dataclass(frozen=True)
class Planned:
    """A new revision, as it is asked for, and as env.py may have it otherwise.

    Attributes:
        message: What it is about; may be empty.
        rev_id: Its id; None for a random one.
        head: Targets of its parents; "base" for a new root; empty for the only head.
        splice: Whether parents may be no heads.
        branch_labels: Its labels.
        depends_on: Targets of what must be applied before, besides its parents.
        version_path: Its folder, one of `version_locations`; None for that of its parent.
        changes: What it does, in order.
        back: What undoes it, in order; None for the reverse of the changes.
        imports: Lines that its file must have besides those that its changes need.
    """

    message: str = ""
    rev_id: str | None = None
    head: tuple[str, ...] = ()
    splice: bool = False
    branch_labels: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    version_path: Path | None = None
    changes: tuple[Change, ...] = ()
    back: tuple[Change, ...] | None = None
    imports: tuple[str, ...] = ()
