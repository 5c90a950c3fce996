"""The command lint: what goes wrong with revisions where others are at work. No database is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import revgraph

from ..config import Config
from ..conventions import for_scripts
from ..errors import UsageError
from ..lint.branches import CODE
from ..lint.looking import KNOWN, Ground, look, look_between
from ..lint.report import Finding, Linted
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

    def work(around: Run) -> Linted:
        with for_scripts(config):
            found, unseen = look(files, chosen, _ground(around, config, server_version))
        return Linted(
            around.sink.dialect.name,
            None if server_version is None else ".".join(map(str, server_version)),
            len(chosen),
            tuple(found),
            tuple(unseen),
        )

    return in_script(config, None, work, join=_of_all)


def conflicts(config: Config, files: Scripts, ends: Sequence[str]) -> tuple[Finding, ...]:
    """Look for what can't come together in some revisions. No database is asked.

    **This executes the Python of the scripts that not all of them need.**

    Args:
        config: The project's settings.
        files: The revision files.
        ends: Ids of the revisions that are to come together.

    Raises:
        NoURL: Nobody says which kind of database it is.
    """
    if CODE in config.lint_ignore:
        return ()

    def work(around: Run) -> tuple[Finding, ...]:
        with for_scripts(config):
            return tuple(look_between(files, ends, _ground(around, config)))

    def of_all(found: Sequence[tuple[Finding, ...]]) -> tuple[Finding, ...]:
        return tuple(dict.fromkeys(one for each in found for one in each))

    return in_script(config, None, work, join=of_all)


def _ground(around: Run, config: Config, server_version: tuple[int, ...] | None = None) -> Ground:
    """Give what rules are judged by in a project."""
    packages = {one.partition(":")[0].partition(".")[0] for one in config.metadata}
    packages |= {one.partition(".")[0] for one in config.models}
    return Ground(
        around.sink.dialect,
        server_version,
        lock_timeout=config.statement_lock_timeout is not None,
        packages=sorted(one for one in packages if "*" not in one),
        folders=[folder for folder in config.prepend_sys_path if folder.is_dir()],
        ignore=config.lint_ignore,
        keywords=around.keywords,
        inside=None if config.world is None else config.world.speaker(),
    )


def _of_all(found: Sequence[Linted]) -> Linted:
    """Give what was found for any of several databases; what is so for more than one, once."""
    return replace(
        found[-1],
        dialect=", ".join(dict.fromkeys(one.dialect for one in found)),
        findings=tuple(dict.fromkeys(f for one in found for f in one.findings)),
        unseen=tuple(dict.fromkeys(u for one in found for u in one.unseen)),
    )
