"""The words that write files: init, revision, make, merge, edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import SeveralModels
from ..paths import shown
from ..url import hidden
from ..visible import visible
from .asking import choose, somebody_is_there
from .gates import GATED, gate_of
from .given import option, project
from .listing import here
from .paper import answer, change_lines, field, onward, paint, tell
from .words import TARGETS, Target, word

if TYPE_CHECKING:
    from ..commands.files import Made
    from ..finding.discovery import InitResult


@word(answers=True)
@click.option(
    "--metadata",
    multiple=True,
    metavar="MODULE:OBJECT",
    help="What to compare with, instead of looking for it; repeatable.",
)
@click.option("--url-env", metavar="NAME", help="Environment variable that holds the URL.")
@click.option(
    "--scripts", default="migrations", show_default=True, help="Folder for the revision files."
)
@click.option("--env", is_flag=True, help="Write an env.py too; short for -t generic.")
@click.option(
    "--template",
    "-t",
    metavar="NAME",
    help="Bring what a template has, such as an env.py: see list-templates. Or a folder.",
)
@click.option("--package", is_flag=True, help="Make the folders packages: with __init__.py.")
def init(metadata: tuple[str, ...], env: bool, template: str | None, **how: Any) -> None:
    """Set up migrations in the project of this folder.

    Finds the models by reading the source, adds [tool.migrate] to pyproject.toml, and makes
    the folder for the revision files.
    """
    from ..commands import init as work

    how |= {"url": option("url"), "template": template or ("generic" if env else None)}
    try:
        made = work(Path(), metadata=metadata, **how)
    except SeveralModels as err:
        if not somebody_is_there():
            raise
        listed = [f"{c}   {n}" for c, n in zip(err.candidates, err.notes, strict=True)]
        chosen = choose(f"Found {len(listed)} metadata objects:", listed)
        made = work(Path(), chosen=err.candidates[chosen], **how)
    answer(
        {
            "file": made.config.file,
            "metadata": made.config.metadata,
            "found": made.found,
            "url": hidden(made.config.url) if made.config.url else None,
            "url_source": made.config.url_source,
            "versions": made.versions,
            "files": made.files,
        },
        _set_up(made),
    )


def _set_up(made: InitResult) -> list[str]:
    config = made.config
    lines = [
        field("" if i else "Found", f"{c.target}    {c.describe()}")
        for i, c in enumerate(made.found)
    ]
    unsaid = "not said yet: --url, $MIGRATE_DATABASE_URL or $DATABASE_URL"
    source = f"{hidden(config.url)}    from {config.url_source}" if config.url else unsaid
    return [
        *lines,
        field("URL", source),
        field("Wrote", f"{shown(config.file)}  [tool.migrate]  ({len(made.lines)} lines)"),
        *(field("", shown(one)) for one in made.files),
        field("", f"{shown(made.versions)}/"),
        field("Next", 'migrate make "create tables"'),
    ]


@word(answers=True)
def list_templates() -> None:
    """List the templates that init knows."""
    from ..commands import list_templates as work

    found = work()
    lines = [f"{paint(f'{one.name:<12}', 'bold')} {one.about}" for one in found]
    answer({"templates": found}, [*lines, field("Use", "migrate init -t NAME")])


def _placed(function: Callable[..., None]) -> Callable[..., None]:
    """Give a word the options of a new revision: its id, its place, what may be in it."""
    for decorate in reversed(_PLACE):
        function = decorate(function)
    return function


_PLACE = (
    click.option("--rev-id", metavar="ID", help="Its id, instead of a random one."),
    click.option(
        "--head",
        multiple=True,
        metavar="TARGET",
        help="Its parent: a head, or base for a new root; repeatable. Otherwise the only head.",
    ),
    click.option(
        "--splice", is_flag=True, help="Let the parent be no head: a new branch begins there."
    ),
    click.option("--branch-label", multiple=True, metavar="LABEL", help="Its label; repeatable."),
    click.option(
        "--depends-on",
        multiple=True,
        metavar="TARGET",
        help="What must be applied before it, besides its parents; repeatable.",
    ),
    click.option(
        "--version-path",
        type=click.Path(path_type=Path),
        help="Its folder, one of version_locations; otherwise that of its parent.",
    ),
    click.option("--allow-empty", is_flag=True, help="Write a file also where nothing differs."),
    click.option("--allow-drops", is_flag=True, help="Write it also if it drops most tables."),
    click.option(
        "--rename",
        "renames",
        multiple=True,
        metavar="OLD=NEW",
        help="What was renamed: users=people, users.name=people.title; 'users.name=' isn't, and "
        "goes; repeatable. Otherwise a terminal asks.",
    ),
    click.option("--no-renames", is_flag=True, help="Nothing else was renamed: drop and create."),
    click.option(
        "--fill",
        multiple=True,
        metavar="TABLE.COLUMN=SQL",
        help="Value of rows that have none in a column that may not be NULL; repeatable.",
    ),
    click.option(
        "--despite-rows", is_flag=True, help="Write also what rows of this database stand against."
    ),
)


_AMEND = click.option(
    "--amend", is_flag=True, help="Write the last revision anew, unless a git remote has it."
)


def _amends(function: Callable[..., None]) -> Callable[..., None]:
    """Give a word the option to amend, and those that open the gates before the steps."""
    return _AMEND(GATED(function))


_BARE = {"allow_extra_args": True}
"""Context settings of a word that says by itself where a message belongs that stands bare."""


@word(answers=True, context_settings=_BARE)
@click.option("--message", "-m", default="", help="What the revision is about.")
@click.option(
    "--autogenerate", "-a", is_flag=True, help="Fill it with what models and database differ in."
)
@_placed
@_amends
def revision(message: str, amend: bool, autogenerate: bool, **place: Any) -> None:
    """Write a new revision file. Empty, or from what models and database differ in."""
    if bare := " ".join(click.get_current_context().args):
        raise click.UsageError(
            f'the message goes behind -m: migrate revision -m "{visible(bare)}"; or, to write what '
            f'models and database differ in: migrate make "{visible(bare)}"'
        )
    if amend:
        _amend(message, **place)
    else:
        _write(message, autogenerate=autogenerate, **place)


@word(answers=True, context_settings=_BARE)
@click.argument("message", default="")
@click.option("--message", "-m", "behind", default="", help="MESSAGE, as revision takes it.")
@_placed
@_amends
def make(message: str, behind: str, amend: bool, **place: Any) -> None:
    """Write a revision from what models and database differ in.

    The short form of: migrate revision --autogenerate -m MESSAGE
    """
    more = click.get_current_context().args
    if message and (behind or more):
        whole = visible(" ".join([behind or message, *more]))
        raise click.UsageError(f'it takes one message: migrate make "{whole}"')
    message = message or behind
    if amend:
        _amend(message, **place)
    else:
        _write(message, autogenerate=True, **place)


def _write(
    message: str,
    *,
    head: Sequence[str],
    branch_label: Sequence[str],
    renames: Sequence[str],
    no_renames: bool,
    fill: Sequence[str],
    despite_rows: bool,
    allow_data_loss: bool,
    allow_protected: bool,
    **how: Any,
) -> None:
    from ..commands import revision as work
    from . import asking

    if allow_data_loss or allow_protected:
        flag = "--allow-data-loss" if allow_data_loss else "--allow-protected"
        raise click.UsageError(f"{flag} goes with --amend: else no database is changed")
    made = work(
        project(),
        message,
        head=head,
        branch_labels=branch_label,
        answers=asking.renames(renames, no_renames),
        fills=asking.fills(fill, despite_rows),
        **how,
    )
    answer(made, _written(made))


def _amend(
    message: str,
    *,
    allow_empty: bool,
    allow_drops: bool,
    renames: Sequence[str],
    no_renames: bool,
    fill: Sequence[str],
    despite_rows: bool,
    allow_data_loss: bool,
    allow_protected: bool,
    **place: Any,
) -> None:
    from ..commands import amend as work
    from . import asking
    from .moves import Teller

    if given := [name for name, value in place.items() if value]:
        flags = " and ".join(f"--{name.replace('_', '-')}" for name in given)
        raise click.UsageError(f"{flags} can't be given with --amend: what it is stays as it is")
    said = {"allow_data_loss": allow_data_loss, "allow_protected": allow_protected}
    config, teller = project(), Teller()
    with teller.listening():
        made = work(
            config,
            message or None,
            allow_empty=allow_empty,
            allow_drops=allow_drops,
            answers=asking.renames(renames, no_renames),
            fills=asking.fills(fill, despite_rows),
            progress=teller.progress(silent=False),
            gate=gate_of(config, said),
        )
    lines = list(change_lines(made.changes, made.databases))
    lines.append(field("Amended", shown(made.path)))
    if made.kept is not None:
        lines.append(field("Kept", f"{shown(made.kept)}    as it was before"))
    answer(made, lines if made.stepped else [*lines, onward("upgrade")])


@word(answers=True, context_settings=TARGETS)
@click.argument("targets", nargs=-1, type=Target())
@click.option("--message", "-m", default="", help="What the revision is about.")
@click.option("--rev-id", metavar="ID", help="Its id, instead of a random one.")
@click.option("--branch-label", multiple=True, metavar="LABEL", help="Its label; repeatable.")
@click.option("--splice", is_flag=True, help="Let a parent be no head.")
def merge(
    targets: tuple[str, ...],
    message: str,
    rev_id: str | None,
    branch_label: tuple[str, ...],
    splice: bool,
) -> None:
    """Write a revision that joins several heads.

    TARGETS are the heads to join; all of them if none is named. What they change in ways that one
    database can't take is told; the scripts' Python is run for that, and nothing is executed.
    """
    from ..commands import merge as work
    from .linting import finding_lines

    made = work(
        project(),
        targets or ("heads",),
        message,
        rev_id=rev_id,
        branch_labels=branch_label,
        splice=splice,
    )
    for one in made.conflicts:
        tell("\n".join(finding_lines(one)))
    if made.unseen is not None:
        tell(f"Whether they change the same things wasn't looked at: {made.unseen}")
    answer(made, _written(made))


@word(answers=True, context_settings=TARGETS)
@click.argument("targets", nargs=-1, required=True, type=Target())
def edit(targets: tuple[str, ...]) -> None:
    """Open revision files in your editor. That is $EDITOR, $VISUAL, or a usual one.

    TARGETS are as in `show`: ids or their beginnings, head, current.
    """
    from ..commands import edit as work

    config = project()
    edited = work(config, targets, here(config, *targets))
    for variable in edited.passed_over:
        tell(f"{variable} isn't there; opened with {edited.editor[0]}")
    answer(edited, [field("Edited", shown(path)) for path in edited.paths])


def _written(made: Made) -> list[str]:
    lines = list(change_lines(made.changes, made.databases))
    if made.left_out:
        return ["Nothing to write: env.py leaves out all that models and database differ in."]
    if made.path is None:
        return ["Models and database agree. Nothing to write (--allow-empty writes a file)."]
    lines += [field("Wrote", shown(path)) for path in (*made.more, made.path)]
    if not made.several_heads:
        return [*lines, onward("upgrade")]
    return [*lines, onward("upgrade heads    (to join them first: migrate merge)")]
