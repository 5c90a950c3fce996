"""Commands that tell of revisions: show, history, heads, branches, current."""

from __future__ import annotations

from typing import Any

from ..alembic import util
from ..alembic.script import Script, ScriptDirectory
from ..settings import Config
from .running import careful, run_env


@careful
def show(config: Config, rev: Any) -> None:
    """Show the revision(s) denoted by the given symbol."""
    directory = ScriptDirectory.from_config(config)
    for script in named(config, directory, rev):
        config.print_stdout(script.log_entry)


def named(config: Config, directory: ScriptDirectory, rev: Any) -> list[Script]:
    """The scripts that a symbol names; "current" is where the database is."""
    if rev != "current":
        return [one for one in directory.get_revisions(rev) if one is not None]
    found: list[Script] = []

    def look(heads: Any, context: Any) -> list[Any]:
        found.extend(directory.get_revisions(heads))
        return []

    run_env(config, directory, look, dont_mutate=True)
    return found


@careful
def history(
    config: Config,
    rev_range: str | None = None,
    verbose: bool = False,
    indicate_current: bool = False,
) -> None:
    """List changeset scripts in chronological order.

    Args:
        config: The settings.
        rev_range: "start:end", either side may be empty.
        verbose: All that the files say.
        indicate_current: Mark where the database is.
    """
    directory = ScriptDirectory.from_config(config)
    base, head = None, None
    if rev_range is not None:
        if rev_range.count(":") != 1:
            raise util.CommandError("History range requires [start]:[end], [start]:, or :[end]")
        base, head = rev_range.strip().split(":")
    environment = config.get_alembic_boolean_option("revision_environment") or indicate_current

    def tell(low: Any, high: Any, here: Any = ()) -> None:
        current = {script.revision for script in directory.get_all_current(tuple(here))}
        for script in directory.walk_revisions(base=low or "base", head=high or "heads"):
            if indicate_current:
                script._db_current_indicator = script.revision in current
            config.print_stdout(
                script.cmd_format(
                    verbose=verbose, include_branches=True, include_doc=True, include_parents=True
                )
            )

    def from_database(rev: Any, context: Any) -> list[Any]:
        low, high = (rev if end == "current" else end for end in (base, head))
        tell(low, high, rev)
        return []

    if environment or "current" in (base, head):
        run_env(config, directory, from_database, dont_mutate=True)
    else:
        tell(base, head)


@careful
def heads(config: Config, verbose: bool = False, resolve_dependencies: bool = False) -> None:
    """Show current available heads in the script directory.

    Args:
        config: The settings.
        verbose: All that the files say.
        resolve_dependencies: Leave out those that others depend on.
    """
    directory = ScriptDirectory.from_config(config)
    for head in directory.get_heads(consider_depends_on=resolve_dependencies):
        script = directory.get_revision(head)
        config.print_stdout(
            script.cmd_format(verbose, include_branches=True, tree_indicators=False)
        )


@careful
def branches(config: Config, verbose: bool = False) -> None:
    """Show current branch points."""
    directory = ScriptDirectory.from_config(config)
    for script in directory.walk_revisions():
        if not script.is_branch_point:
            continue
        children = [directory.get_revision(child) for child in sorted(script.nextrev)]
        config.print_stdout(
            "%s\n%s\n",
            script.cmd_format(verbose, include_branches=True),
            "\n".join(
                f"{' ' * len(script.revision)} -> "
                + child.cmd_format(False, include_branches=True, include_doc=verbose)
                for child in children
            ),
        )


@careful
def current(config: Config, check_heads: bool = False, verbose: bool = False) -> None:
    """Display the current revision for a database.

    Args:
        config: The settings.
        check_heads: Raise if the database isn't at all heads.
        verbose: All that the files say.

    Raises:
        DatabaseNotAtHead: It isn't.
    """
    directory = ScriptDirectory.from_config(config)

    def display_version(rev: Any, context: Any) -> list[Any]:
        if verbose:
            shown = context._name()
            config.print_stdout("Current revision(s) for %s:", shown)
        if check_heads and set(directory.get_heads(consider_depends_on=True)) != set(rev):
            raise util.DatabaseNotAtHead("Database is not on all head revisions")
        for script in sorted(directory.get_all_current(rev), key=lambda one: str(one.revision)):
            config.print_stdout(script.cmd_format(verbose))
        return []

    run_env(config, directory, display_version, dont_mutate=True)
