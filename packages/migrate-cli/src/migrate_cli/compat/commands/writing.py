"""Commands that write files: init, revision, merge, edit; and check, which would."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from ...writing.renames import Answers
from .. import setting_up
from ..alembic import util
from ..alembic.script import Script, ScriptDirectory
from ..settings import Config
from .running import autogenerating, careful, run_env
from .telling import named

log = logging.getLogger("alembic.autogenerate")


@careful
def list_templates(config: Config) -> None:
    """List available templates."""
    config.print_stdout("Available templates:\n")
    for name, about in setting_up.found(config._get_template_path()):
        config.print_stdout("%s - %s", name, about)
    config.print_stdout("\nTemplates are used via the 'init' command, e.g.:")
    config.print_stdout("\n  alembic init --template generic ./scripts")


@careful
def init(config: Config, directory: str, template: str = "generic", package: bool = False) -> None:
    """Initialize a new scripts directory.

    Args:
        config: The settings; their files are written unless they are there.
        directory: The folder.
        template: Name of the template.
        package: Write empty `__init__.py` files too.
    """
    setting_up.set_up(config, Path(directory), template, package)


@careful
def revision(
    config: Config,
    message: str | None = None,
    autogenerate: bool = False,
    sql: bool = False,
    head: str = "head",
    splice: bool = False,
    branch_label: Any = None,
    version_path: str | os.PathLike[str] | None = None,
    rev_id: str | None = None,
    depends_on: Any = None,
    process_revision_directives: Callable[..., None] | None = None,
) -> Any:
    """Create a new revision file.

    Args:
        config: The settings.
        message: What it is about.
        autogenerate: Fill it with what models and database differ in.
        sql: Don't connect; only with `revision_environment`.
        head: Its parents.
        splice: Allow parents that are no heads.
        branch_label: Its label, or several.
        version_path: Its folder.
        rev_id: Its id.
        depends_on: What must be applied before.
        process_revision_directives: Called with what would be written, to change it.

    Returns:
        The script; a list if there are several, or none.
    """
    arguments = {
        "message": message,
        "autogenerate": autogenerate,
        "sql": sql,
        "head": head,
        "splice": splice,
        "branch_label": branch_label,
        "version_path": version_path,
        "rev_id": rev_id,
        "depends_on": depends_on,
    }
    scripts = written(
        config, arguments, directives=process_revision_directives, seen=_warn_of_drops
    )
    return scripts[0] if len(scripts) == 1 else scripts


def written(
    config: Config,
    arguments: dict[str, Any],
    *,
    directives: Callable[..., None] | None = None,
    seen: Callable[[Any, list[Any]], None] | None = None,
    settle: Callable[[list[Any]], None] | None = None,
    renames: Answers | None = None,
    told: Callable[[Path], AbstractContextManager[object]] = nullcontext,
) -> list[Script]:
    """Write new revision files.

    Args:
        config: The settings.
        arguments: What `revision` is called with, but for the settings and the directives.
        directives: Called with what would be written for each database, to change it.
        seen: Called after each database is compared, with its context and what would be written.
        settle: Called at the end with what would be written, to change it.
        renames: Who tells what was renamed; None for nobody.
        told: What is entered while env.py runs, with its place: it may say an error otherwise.
    """
    directory = ScriptDirectory.from_config(config)
    autogenerate, sql = arguments["autogenerate"], arguments["sql"]
    environment = autogenerate or config.get_alembic_boolean_option("revision_environment")
    if sql and not environment:
        raise util.CommandError(
            "Using --sql with the revision command when revision_environment is not configured "
            "does not make any sense"
        )
    if sql and autogenerate:
        raise util.CommandError("Using --sql with --autogenerate does not make any sense")
    if not environment and directives is None:
        script = directory.generate_revision(
            arguments["rev_id"] or util.rev_id(),
            arguments["message"],
            head=arguments["head"],
            splice=arguments["splice"],
            branch_labels=arguments["branch_label"],
            version_path=arguments["version_path"],
            depends_on=arguments["depends_on"],
            config=config,
        )
        return [] if script is None else [script]
    made = autogenerating().RevisionContext(
        config, directory, arguments, process_revision_directives=directives
    )

    answers = Answers(none=True) if renames is None else renames

    def retrieve_migrations(rev: Any, context: Any) -> list[Any]:
        if autogenerate:
            _must_be_at_heads(directory, rev)
            with answers.asked(None if renames is None else context._name()):
                context.opts["renames"] = answers.options()
                made.run_autogenerate(rev, context)
            if seen is not None:
                seen(context, made.generated_revisions)
        else:
            made.run_no_autogenerate(rev, context)
        return []

    if environment:
        with told(Path(directory.env_py_location)):
            run_env(
                config,
                directory,
                retrieve_migrations,
                as_sql=sql,
                template_args=made.template_args,
                revision_context=made,
            )
    answers.must_be_known()
    if settle is not None:
        settle(made.generated_revisions)
    return [script for script in made.generate_scripts() if script is not None]


def _warn_of_drops(context: Any, revisions: list[Any]) -> None:
    """Say so where most tables would go; Alembic writes that, and scripts count on its exit status."""
    from ...losses.emptied import emptied

    if not revisions or context.connection is None:
        return
    found = revisions[-1].upgrade_ops_list[-1].as_diffs()
    tables = [diff[1] for diff in found if diff[0] == "remove_table"]
    dropped = [(table.schema, table.name) for table in tables]
    would_drop = emptied(dropped, context._around({}), context.connection)
    if would_drop is not None:
        log.warning(
            "%s\nit is written all the same; migrate make stops here until it is given --allow-drops",
            would_drop.about,
        )


@careful
def check(config: Config) -> None:
    """Check if revision command with autogenerate has pending upgrade ops.

    Raises:
        AutogenerateDiffsDetected: Models and database differ.
    """
    directory = ScriptDirectory.from_config(config)
    arguments = dict.fromkeys(
        ("message", "branch_label", "version_path", "rev_id", "depends_on")
    ) | {"autogenerate": True, "sql": False, "head": "head", "splice": False}
    compared = autogenerating().RevisionContext(config, directory, arguments)

    def retrieve_migrations(rev: Any, context: Any) -> list[Any]:
        _must_be_at_heads(directory, rev)
        compared.run_autogenerate(rev, context)
        return []

    run_env(
        config,
        directory,
        retrieve_migrations,
        template_args=compared.template_args,
        revision_context=compared,
    )
    made = compared.generated_revisions[-1:]  # none if a hook of the project's took it away
    diffs = [diff for one in made for ops in one.upgrade_ops_list for diff in ops.as_diffs()]
    if diffs:
        raise util.AutogenerateDiffsDetected(
            f"New upgrade operations detected: {diffs}", compared, diffs
        )
    config.print_stdout("No new upgrade operations detected.")


def _must_be_at_heads(directory: ScriptDirectory, rev: Any) -> None:
    if set(rev) != set(directory.get_heads(consider_depends_on=True)):
        raise util.CommandError("Target database is not up to date.")


@careful
def merge(
    config: Config,
    revisions: Any,
    message: str | None = None,
    branch_label: Any = None,
    rev_id: str | None = None,
    splice: bool = False,
) -> Script | None:
    """Merge two revisions together. Creates a new migration file.

    Args:
        config: The settings.
        revisions: What is to be joined; "heads" for all heads.
        message: What it is about.
        branch_label: Its label, or several.
        rev_id: Its id.
        splice: Allow parents that are no heads.
    """
    directory = ScriptDirectory.from_config(config)
    parents = directory.get_revisions(revisions)
    if len({parent.revision for parent in parents}) < 2:
        only = ", ".join(parent.revision for parent in parents) or "none"
        raise util.CommandError(f"Nothing to merge: it takes two revisions, and there is {only}")
    arguments: dict[str, Any] = {"config": config}
    if config.get_alembic_boolean_option("revision_environment"):
        run_env(config, directory, lambda rev, context: [], template_args=arguments)
    return directory.generate_revision(
        rev_id or util.rev_id(),
        message,
        head=revisions,
        splice=splice,
        branch_labels=branch_label,
        **arguments,
    )


@careful
def edit(config: Config, rev: str) -> None:
    """Edit revision script(s) using $EDITOR.

    Args:
        config: The settings.
        rev: Which; "current" for where the database is.
    """
    directory = ScriptDirectory.from_config(config)
    found = named(config, directory, rev)
    if not found:
        raise util.CommandError(
            "No current revisions"
            if rev == "current"
            else f"No revision files indicated by symbol '{rev}'"
        )
    for script in found:
        util.open_in_editor(script.path)
