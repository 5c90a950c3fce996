"""What a person wrote as a target, as ids of the graph. No SQLAlchemy here."""

from __future__ import annotations

import re
from collections.abc import Sequence

import revgraph
from revgraph import Plan, RevisionGraph, Stamp

from ..errors import UsageError
from ..failures import SeveralHeads
from ..scripts import Script, Scripts


def only_head(scripts: Scripts, otherwise: str = "name one, or all of them: heads") -> str:
    """Give "head" as a target, if it can only mean one revision; "heads" where there is none.

    Args:
        scripts: The revision files.
        otherwise: What to do where there are several that aren't to be joined.

    Raises:
        SeveralHeads: There are several.
    """
    heads = scripts.graph.heads
    if len(heads) > 1:
        raise SeveralHeads([(head, scripts.by_id[head].message) for head in heads], otherwise)
    return "heads"


def end(scripts: Scripts, target: str | None, word: str | None = None) -> str:
    """Give the target to go to; None and "head" are the only head.

    Args:
        scripts: The revision files.
        target: As it was written.
        word: The command that goes there, for what is said where there are several heads.
    """
    if target not in (None, "head"):
        return str(target)
    return (
        only_head(scripts, f"go to all of them: migrate {word} heads")
        if word
        else only_head(scripts)
    )


def counted(target: str | None) -> bool:
    """Tell whether a target counts from where the database is, as "+1" and "label@-2" do."""
    return target is not None and re.fullmatch(r"(.*@)?[+-]\d+", target) is not None


def split(target: str | None, offline: bool) -> tuple[str | None, str | None]:
    """Split "start:end" at its colon; without one, there is no start.

    Raises:
        UsageError: A range online, or one that isn't "start:end".
    """
    if target is None or ":" not in target:
        return None, target
    if not offline:
        raise UsageError(
            f"{target!r} is a range, which only --sql takes: the database says where it is; "
            f"give the end alone: {target.rpartition(':')[2] or 'head'}"
        )
    start, _, stop = target.partition(":")
    if not start or not stop or ":" in stop:
        raise UsageError(f"{target!r} isn't a range: it is written START:END, as in base:head")
    return start, stop


def start(graph: RevisionGraph[Script], target: str | None) -> tuple[str, ...]:
    """Give the heads that a script begins at; None and "base" are an empty database."""
    if target in (None, "base"):
        return ()
    return tuple(sorted(revgraph.resolve(graph, str(target))))


def stamp(scripts: Scripts, before: Sequence[str], to: Sequence[str]) -> Plan[Stamp]:
    """Plan to record other heads; "head" must mean one revision.

    Args:
        scripts: The revision files.
        before: The heads that are recorded.
        to: Where it is to be.
    """
    return revgraph.stamp(scripts.graph, before, [end(scripts, target) for target in to])


def ranges(targets: Sequence[str]) -> tuple[str | None, list[str]]:
    """Split targets that may be ranges into their only start and their ends.

    Raises:
        UsageError: They have different starts.
    """
    pairs = [split(target, offline=True) for target in targets]
    starts = sorted({start for start, _ in pairs if start is not None})
    if len(starts) > 1:
        raise UsageError(f"a script has one start, not {len(starts)}: {', '.join(starts)}")
    return (starts[0] if starts else None), [str(stop) for _, stop in pairs]
