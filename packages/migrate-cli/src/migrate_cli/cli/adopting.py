"""The word adopt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..paths import shown
from .gates import ALLOW_PROTECTED, gate_of
from .given import option, project
from .paper import answer, change_line, dim, field, paint
from .words import word

if TYPE_CHECKING:
    from ..adoption.plan import Adoption
    from ..commands.adopting import Adopted


@word(answers=True)
@click.option("--apply", is_flag=True, help="Write it, when it is proven to be the same.")
@click.option("--undo", is_flag=True, help="Bring all files back as they were, to the byte.")
@click.option(
    "--keep-scripts",
    is_flag=True,
    help="Leave the revision files as they are, and env.py with them.",
)
@click.option(
    "--scratch",
    metavar="URL",
    help="A server where databases may be made for the proof; otherwise SQLite files.",
)
@click.option(
    "--version-table",
    metavar="NAME",
    help="Rename the version table, in the settings and in every database.",
)
@click.option("--no-proof", is_flag=True, help="Write it without the proof.")
@click.option(
    "--baseline",
    is_flag=True,
    help="Write the first revision of a database that has tables and no history; it is stamped.",
)
@click.option("--message", "-m", default="baseline", help="What the baseline is about.")
@ALLOW_PROTECTED
def adopt(
    apply: bool,
    undo: bool,
    no_proof: bool,
    baseline: bool,
    message: str,
    allow_protected: bool,
    **how: Any,
) -> None:
    """Make an Alembic project, or a grown database, one of ours. Shows the difference first.

    The settings move to [tool.migrate], scripts import op from migrate_cli, and env.py goes where it says
    no more than a URL and the models. --apply writes it, --undo takes it back.
    """
    from ..adoption.edits import moved
    from ..commands.adopting import adopt as work
    from ..commands.adopting import unadopt

    opened = {"allow_protected": allow_protected}
    if baseline:
        if apply or undo or how["keep_scripts"] or how["version_table"] is not None:
            raise click.UsageError(
                "--baseline takes only --scratch, --no-proof and --message besides"
            )
        _baseline(message, how["scratch"], not no_proof, allow_protected)
        return
    if undo:
        if apply or no_proof or any(how.values()):
            raise click.UsageError("--undo takes no other options")
        root = _root()
        config = project() if moved(root) else None
        gate = gate_of(config, opened) if config is not None else None
        files = unadopt(root, config=config, gate=gate)
        answer(
            {"files": files},
            [field("" if i else "Back", shown(one)) for i, one in enumerate(files)],
        )
        return
    if option("name"):
        raise click.UsageError("-n is for one of several databases; adopt takes the whole project")
    if how["version_table"] == "":
        raise click.UsageError("--version-table needs a name")
    config = project()
    gate = gate_of(config, opened)
    done = work(config, write=apply, prove=not no_proof, gate=gate, **how)
    plan = done.plan
    value = {
        "written": done.written,
        "settings": plan.settings,
        "files": [one.path for one in plan.edits],
        "rewritten": plan.rewritten,
        "kept": [{"file": path, "imports": words} for path, words in plan.kept],
        "env": plan.env,
        "notes": plan.notes,
        "database": done.database,
        "renamed": done.renamed,
        "proof": done.proof,
        "diff": done.diff,
    }
    answer(value, _lines(done))


def _baseline(message: str, scratch: str | None, prove: bool, allow_protected: bool) -> None:
    from ..commands.baselining import baseline as work

    config = project()
    gate = gate_of(config, {"allow_protected": allow_protected})
    made = work(config, message, prove=prove, scratch=scratch, gate=gate)
    lines = [change_line(one) for one in made.changes]
    for number, (table, tool) in enumerate(made.others):
        lines.append(field("" if number else "Left", f"{table}    {tool}'s history"))
    if made.views:
        lines.append(field("Note", f"views aren't in it: {', '.join(made.views)}"))
    if made.proven is not None:
        lines.append(
            field("Proof", f"built on a scratch database of {made.proven}, it makes the same")
        )
    lines += [
        field("Wrote", shown(made.path)),
        field("Database", f"{made.database} is at {made.id}"),
        field("Next", "migrate check"),
    ]
    answer(made, lines)


def _root() -> Path:
    path = next(iter(option("config") or ()), Path())
    return Path(path if path.is_dir() else path.parent).absolute()


_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def _lines(done: Adopted) -> Iterator[str]:
    plan = done.plan
    if not done.written:
        yield from _difference(plan)
        yield ""
    yield field(
        "Scripts", _counted(plan.rewritten, "revision file") + " to import op from migrate_cli"
    )
    for number, (path, words) in enumerate(plan.kept):
        if number == 5:
            yield field("", dim(f"and {len(plan.kept) - 5} more"))
            break
        yield field("" if number else "As it is", f"{shown(path)}    {words}")
    goes = "goes: it says no more than settings do"
    for number, reason in enumerate(plan.env[:5] or [goes]):
        yield field("" if number else "env.py", f"stays: {reason}" if plan.env else reason)
    for number, note in enumerate(plan.notes):
        yield field("" if number else "Note", note)
    yield field("Database", done.database)
    for number, one in enumerate(done.renamed):
        said = "; ".join(one.statements) or "has no version table yet"
        yield field("" if number else "Table", f"{one.database}: {said}")
    if plan.table is not None:
        yield field(
            "", dim("every other database of the project needs the same, before it is upgraded")
        )
    if done.proof is not None:
        yield field("Proof", done.proof.in_words())
    if done.written:
        yield field("Wrote", _counted(len(plan.edits), "file"))
        yield field("Next", "migrate status    (back again: migrate adopt --undo)")
    else:
        yield field("Next", "migrate adopt --apply")


def _difference(plan: Adoption) -> Iterator[str]:
    """Yield the lines of the diff; of a file that goes only how many it has."""
    from ..adoption import edits

    for edit in plan.edits:
        lines = list(edits.diff([edit], plan.root))
        if edit.new is None and not option("verbose"):
            gone = sum(line.startswith("-") for line in lines) - 1
            lines = [*lines[:2], f"({_counted(gone, 'line')}; all of them: --verbose)"]
        for line in lines:
            colour = _COLOURS.get(line[:1])
            yield paint(line, colour) if colour else line


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
