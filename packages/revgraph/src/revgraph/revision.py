"""One node of the graph: a revision, its id and its labels. No graph here."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from revgraph.errors import DependencySelfLoop, IllegalId, IllegalLabel, SelfLoop

T = TypeVar("T")

# The words of the target grammar; a revision so named could never be asked for.
WORDS = frozenset({"head", "heads", "base"})
_ID_MARKS = frozenset("@-+:")
_LABEL_MARKS = frozenset("@:")


@dataclass(frozen=True)
class Revision(Generic[T]):
    """One revision: what it comes after, what it is called, what it carries.

    Parents and dependencies are both edges. Parents make the branches; a
    dependency only says that the other revision must be there first.

    Example:
        >>> Revision("b2", parents="b1", depends_on=["a1"], labels="billing")
        Revision(id='b2', parents=('b1',), depends_on=('a1',), labels=('billing',), payload=None)

    Attributes:
        id: Any text without `@`, `-`, `+`, `:` that isn't a word of targets.
        parents: Ids that come right before; empty for a base, several for a
            merge. Given as one id, an iterable or None; kept without repeats.
        depends_on: Ids or labels that must come before, without being parents.
        labels: Names of the branch that this revision belongs to.
        payload: Anything of the caller's; never looked at. None means nothing.

    Raises:
        IllegalId: The id, or one that is referred to, can't be written in a target.
        IllegalLabel: A label can't.
        SelfLoop: The revision is its own parent.
        DependencySelfLoop: It depends on itself, by id or by its own label.
    """

    # Not dataclass(slots=True): on Python 3.11 `Revision[int](...)` would fail.
    __slots__ = ("depends_on", "id", "labels", "parents", "payload")

    id: str
    parents: tuple[str, ...]
    depends_on: tuple[str, ...]
    labels: tuple[str, ...]
    payload: T | None

    def __init__(
        self,
        id: str,
        parents: str | Iterable[str] | None = (),
        depends_on: str | Iterable[str] | None = (),
        labels: str | Iterable[str] | None = (),
        payload: T | None = None,
    ) -> None:
        check_id(id)
        fill = object.__setattr__
        fill(self, "id", id)
        fill(self, "parents", _names(parents))
        fill(self, "depends_on", _names(depends_on))
        fill(self, "labels", _names(labels))
        fill(self, "payload", payload)
        if self.parents or self.depends_on or self.labels:
            _check_references(self)

    def __hash__(self) -> int:
        return hash((self.id, self.parents, self.depends_on, self.labels))

    def __reduce__(self) -> tuple[Any, ...]:
        return Revision, (self.id, self.parents, self.depends_on, self.labels, self.payload)


def _names(value: str | Iterable[str] | None) -> tuple[str, ...]:
    """One name, several or None as a tuple without repeats; a set is sorted."""
    if type(value) is tuple and len(value) < 2:
        return value
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, bytes | bytearray):
        raise IllegalId(value, (), f"it is {type(value).__name__}, not text")
    try:
        names = sorted(value) if isinstance(value, set | frozenset) else list(value)
        return tuple(dict.fromkeys(names))
    except TypeError:
        raise IllegalId(value, (), f"it is {type(value).__name__}, not text") from None


def _check_references(revision: Revision[T]) -> None:
    for parent in revision.parents:
        if not isinstance(parent, str) or not parent:
            raise IllegalId(parent, (), f"parent of {revision.id}; it must be text")
    for label in revision.labels:
        _check_label(label, revision.id)
    for needed in revision.depends_on:
        if not isinstance(needed, str) or not needed:
            raise IllegalId(needed, (), f"{revision.id} depends on it; it must be text")
        if needed == revision.id or needed in revision.labels:
            raise DependencySelfLoop((revision.id,))
    if revision.id in revision.parents:
        raise SelfLoop((revision.id,))


def check_id(id: str) -> None:
    """Raise unless a revision may be called so.

    Raises:
        IllegalId: It isn't text, is empty, is a word that targets use (`head`,
            `heads`, `base`), or has one of `@`, `-`, `+`, `:`, which are in
            `.characters`.

    Example:
        >>> check_id("ab12")
        >>> check_id("a-b")
        Traceback (most recent call last):
        revgraph.errors.IllegalId: can't use id 'a-b': it has -; targets are written with \
these characters
    """
    if not isinstance(id, str):
        raise IllegalId(id, (), f"it is {type(id).__name__}, not text")
    if not _ID_MARKS.isdisjoint(id):
        raise IllegalId(id, tuple(sorted(_ID_MARKS.intersection(id))))
    if not id:
        raise IllegalId(id, (), "it is empty")
    if id in WORDS:
        raise IllegalId(id, (), "it is a word that targets use")


def _check_label(label: str, revision: str) -> None:
    """Raise unless a branch may be called so.

    Unlike an id a label may hold `-` and `+`: "feature-x@head" can be read.
    """
    if not isinstance(label, str):
        raise IllegalLabel(label, revision, f"it is {type(label).__name__}, not text")
    if not label:
        raise IllegalLabel(label, revision, "it is empty")
    if label in WORDS:
        raise IllegalLabel(label, revision, "it is a word that targets use")
    if label[0] in "+-" and label[1:].isdigit():
        raise IllegalLabel(label, revision, "it reads as a number of steps")
    if not _LABEL_MARKS.isdisjoint(label):
        marks = ", ".join(sorted(_LABEL_MARKS.intersection(label)))
        raise IllegalLabel(label, revision, f"it has {marks}; targets are written with them")


def new_id() -> str:
    """Make an id that nobody else has: twelve random hex digits.

    Example:
        >>> len(new_id())
        12
    """
    return os.urandom(6).hex()
