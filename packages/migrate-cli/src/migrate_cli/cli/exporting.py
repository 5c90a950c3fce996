"""The word export."""

from __future__ import annotations

from pathlib import Path

import click

from ..paths import shown
from .given import project
from .paper import answer, field
from .words import word


@word(answers=True)
@click.option(
    "--alembic",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    required=True,
    help="Write an Alembic project into this folder, which must be new or empty.",
)
def export(folder: Path) -> None:
    """Write the revisions as an Alembic project. Other tools read that.

    What they use that Alembic lacks is listed, and nothing is written then.
    """
    from ..commands.exporting import export_alembic as work

    made = work(project(), folder)
    lines = [
        field("Wrote", f"{shown(made.folder)}/    {made.revisions} revisions, alembic.ini, env.py")
    ]
    lines += [field("" if n else "Note", note) for n, note in enumerate(made.notes)]
    lines.append(field("Next", f"alembic -c {shown(made.folder / 'alembic.ini')} current"))
    answer(made, lines)
