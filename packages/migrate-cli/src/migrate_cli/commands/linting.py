"""The command lint: what goes wrong with revisions where others are at work. No database is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import revgraph

from ..config import Config
from ..conventions import for_scripts
from ..errors import UsageError
from ..lint.looking import KNOWN, Ground, look
from ..lint.report import Linted
from ..lint.since import since as files_since
from ..running.run import Run
from ..scripts import Scripts
from .project import in_script


def lint(
    config: Config,
    revisions: Sequence[str] = (),
    *,
    since: str | None = None,
    server_version: tuple[int, ...] | None = None,
) -> Linted:
    """Look through revisions with all rules. No database is asked.

    **This executes the Python of all scripts**, against a sink that keeps what they say.

    Args:
        config: The project's settings; its URL says which kind of database counts.
        revisions: Which ones, as targets; empty for all.
        since: Only those whose files are new or changed since this branch was left.
        server_version: The server's version, (15, 4); None for the worst of all.

    Raises:
        UsageError: A revision or a branch is unknown.
        NoURL: Nobody says which kind of database it is.
    """
    files = Scripts.of(config)
    graph = files.graph
    chosen = {one for target in revisions for one in revgraph.resolve(graph, target)}
    if not revisions:
        chosen = set(files.by_id)
    if since is not None:
        changed = files_since(since, files.folder)
        chosen = {one for one in chosen if files.by_id[one].path.resolve() in changed}
    if unknown := sorted(set(config.lint_ignore) - KNOWN):
        raise UsageError(
            f"[tool.migrate] lint_ignore names {unknown[0]!r}, which is no rule; "
            f"they are: {', '.join(sorted(KNOWN))}"
        )
    steps = revgraph.upgrade(graph, (), "heads").steps
    packages = {one.partition(":")[0].partition(".")[0] for one in config.metadata}
    packages |= {one.partition(".")[0] for one in config.models}

    def work(around: Run) -> Linted:
        ground = Ground(
            around.sink.dialect,
            server_version,
            lock_timeout=config.statement_lock_timeout is not None,
            packages=sorted(one for one in packages if "*" not in one),
            folders=[folder for folder in config.prepend_sys_path if folder.is_dir()],
            ignore=config.lint_ignore,
            keywords=around.keywords,
            inside=None if config.world is None else config.world.speaker(),
        )
        with for_scripts(config):
            found, unseen = look(steps, chosen, ground)
        return Linted(
            around.sink.dialect.name,
            None if server_version is None else ".".join(map(str, server_version)),
            len(chosen),
            tuple(found),
            tuple(unseen),
        )

    return in_script(config, None, work, join=_of_all)


def _of_all(found: Sequence[Linted]) -> Linted:
    """Give what was found for any of several databases; what is so for more than one, once."""
    return replace(
        found[-1],
        dialect=", ".join(dict.fromkeys(one.dialect for one in found)),
        findings=tuple(dict.fromkeys(f for one in found for f in one.findings)),
        unseen=tuple(dict.fromkeys(u for one in found for u in one.unseen)),
    )
