"""What the words say that read the revision files only: without click, whose import takes longer than that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ..paths import shown
from ..visible import title
from .given import option, project
from .paper import answer, apart, fit, paint, tell

if TYPE_CHECKING:
    from ..commands.graph import Branches, Entries, Entry
    from ..config import Config


def history(rev_range: str | None = None, *, indicate_current: bool = False) -> None:
    """List the revisions, newest first."""
    from ..commands import history as work

    config = project()
    at = here(config, rev_range, wanted=indicate_current)
    found = work(config, rev_range, at)
    answer(found, _listed(found, frozenset(at or ())))
    for line in found.broken:
        tell(line)
    if not rev_range:
        _told_if_empty(found)


def heads(*, check: bool = False, resolve_dependencies: bool = False) -> int:
    """List the revisions that nothing follows; gives the exit status."""
    from ..commands import heads as work

    found = work(project(), resolve_dependencies=resolve_dependencies)
    answer(found, _listed(found, parents=False))
    _told_if_empty(found)
    several = check and len(found.revisions) > 1
    if several:
        tell(f"There are {len(found.revisions)} heads. To join them: migrate merge")
    return 1 if several else 0


def branches() -> None:
    """List the revisions that several others follow."""
    from ..commands import branches as work

    found = work(project())
    answer(found, _forks(found))


def show(*targets: str) -> None:
    """Show revisions with all that their files say about them."""
    from ..commands import show as work

    config = project()
    found = work(config, targets, here(config, *targets))
    answer(found, paragraphs(found.revisions))


_BARE: Mapping[str, Callable[..., object]] = {
    "heads": heads,
    "history": history,
    "branches": branches,
    "show": show,
}
"""Words that may be said without any option."""


def said(arguments: Sequence[str], options: dict[str, object]) -> bool:
    """Answer a word of these that is said without any option; tells whether it was one.

    Args:
        arguments: What follows the program's name.
        options: Of the command that runs; it gets its name.
    """
    word, *targets = arguments or [""]
    if word not in _BARE or (word == "show") is not bool(targets):
        return False
    if any(not target or target.startswith("-") for target in targets):
        return False
    options["word"] = word
    with apart():
        _BARE[word](*targets)
    return True


def here(config: Config, *asked: str | None, wanted: bool = False) -> tuple[str, ...] | None:
    """Ask the database where it is, if that is wanted, or what was asked for names it."""
    if not wanted and not any("current" in (one or "") for one in asked):
        return None
    from ..commands import current

    return tuple(entry.id for entry in current(config).revisions)


def _listed(
    found: Entries, here: frozenset[str] = frozenset(), *, parents: bool = True
) -> Iterator[str]:
    if option("verbose"):
        yield from paragraphs(found.revisions)
        return
    for entry in found.revisions:
        yield fit(brief(entry, here, parents=parents))


def _told_if_empty(found: Entries) -> None:
    if not found.revisions:
        tell("There are no revisions yet. To begin: migrate make MESSAGE")


def _forks(found: Branches) -> Iterator[str]:
    following = {entry.id: entry for entry in found.following}
    for number, entry in enumerate(found.revisions):
        if option("verbose"):
            yield from [""] * (number > 0)
            yield from full(entry)
            yield ""
        else:
            yield fit(brief(entry, parents=False))
        for child in entry.children:
            yield fit(f"  -> {brief(following[child], parents=False)}")


def paragraphs(entries: Iterable[Entry]) -> Iterator[str]:
    """Write all that revisions' files say, an empty line between two of them."""
    for number, entry in enumerate(entries):
        if number:
            yield ""
        yield from full(entry)


def brief(entry: Entry, here: frozenset[str] = frozenset(), *, parents: bool = True) -> str:
    """Write a revision in one line: `parents -> id (labels) (head), message`."""
    before = f"{', '.join(entry.parents) or '<base>'}"
    if entry.depends_on:
        before += f" ({', '.join(entry.depends_on)})"
    marks = [", ".join(entry.labels)] if entry.labels else []
    marks += ["effective head" if entry.effective else "head"] if entry.head else []
    marks += ["current"] if entry.id in here else []
    marks += ["branchpoint"] if len(entry.children) > 1 else []
    marks += ["mergepoint"] if len(entry.parents) > 1 else []
    said = "".join(f" ({paint(mark, 'cyan')})" for mark in marks)
    arrow = f"{before} -> " if parents else ""
    return f"{arrow}{paint(entry.id, 'yellow')}{said}, {title(entry.message)}"


def full(entry: Entry) -> Iterator[str]:
    """Write all that a revision's file says."""
    facts = {
        "Rev": entry.id + (" (head)" if entry.head else ""),
        "Merges" if len(entry.parents) > 1 else "Parent": ", ".join(entry.parents) or "<base>",
        "Also depends on": ", ".join(entry.depends_on),
        "Branches into": ", ".join(entry.children) if len(entry.children) > 1 else "",
        "Branch names": ", ".join(entry.labels),
        "Path": shown(entry.path),
    }
    for label, text in facts.items():
        if text:
            yield f"{label}: {text}"
    yield ""
    for line in entry.message.splitlines():
        yield f"    {line}"
