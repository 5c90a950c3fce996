"""What a shell can offer for a target that is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from ..config import Config

SYMBOLS = ("head", "heads", "base", "current")


def targets(config: Config, begun: str) -> list[CompletionItem]:
    """Give the revisions and labels that begin so, newest first, with their messages as help."""
    from ..scripts import Scripts
    from ..visible import title

    scripts = Scripts.of(config)
    found = [CompletionItem(symbol) for symbol in SYMBOLS if symbol.startswith(begun)]
    found += [
        CompletionItem(label, help=labelled)
        for label, labelled in scripts.graph.labels.items()
        if label.startswith(begun)
    ]
    return found + [
        CompletionItem(revision.id, help=title(scripts.by_id[revision.id].message))
        for revision in reversed(scripts.graph)
        if revision.id.startswith(begun)
    ]
