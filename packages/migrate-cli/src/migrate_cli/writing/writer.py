"""New revision files: written whole, read back, or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, tzinfo
from pathlib import Path

from revgraph import Revision, new_id
from revgraph import errors as graph_errors

from ..beside import beside
from ..config import Config
from ..errors import (
    BadBranchLabel,
    BadConfiguration,
    BadRevisionId,
    BadScript,
    BadTemplate,
    CannotWrite,
    RevisionExists,
    UsageError,
)
from ..paths import shown
from ..scripts import Script, Scripts
from ..scripts.naming import ID_WIDTH
from . import template

RESERVED = frozenset({"head", "heads", "base", "current"})
"""Words that mean something else where an id is expected."""


def write_revision(
    config: Config,
    scripts: Scripts,
    *,
    message: str = "",
    parents: Sequence[str] = (),
    rev_id: str | None = None,
    branch_labels: Sequence[str] = (),
    depends_on: Sequence[str] = (),
    upgrade: Sequence[str] = (),
    downgrade: Sequence[str] = (),
    imports: Sequence[str] = (),
    more: Mapping[str, Sequence[str]] | None = None,
    parameter: str | None = None,
    wrong: Callable[[Script], str | None] | None = None,
    created: datetime | None = None,
    folder: Path | None = None,
    variables: Mapping[str, object] | None = None,
) -> Script:
    """Write a new revision file.

    The file is compiled and its header read back before it takes its name; what goes wrong leaves
    nothing behind. Whether the parents are heads is not asked here.

    Args:
        config: The project's settings.
        scripts: Its revision files; they are as they were, read them anew afterwards.
        message: What the revision is about; any text, empty for none.
        parents: Ids of its parents; empty for a root.
        rev_id: Its id; None for a new one.
        branch_labels: Its labels.
        depends_on: Ids or labels of what must be applied before, besides the parents.
        upgrade: Body of `upgrade`, in lines without indent; empty for `pass`.
        downgrade: Body of `downgrade`, likewise.
        imports: Import lines that the bodies need, besides `import sqlalchemy as sa`.
        more: Bodies that the template has places of its own for: variable -> lines; None for none.
        parameter: A parameter of both functions that their bodies ask, besides `op`; None for none.
        wrong: Looks at the file before it takes its name, and says what is wrong with it, or None.
        folder: Where it goes, one of the folders of the revision files; None for that of its
            first parent.
        created: The date in the file and its name; None is now, in the settings' time zone.
        variables: What else the template may use, by name; None for nothing.

    Raises:
        BadRevisionId: *rev_id* can't be an id.
        BadBranchLabel: One of *branch_labels* can't be a label.
        UsageError: *folder* is none of those that are read.
        RevisionExists: There is a revision, or a file, of that name already.
        BadTemplate: The project's template can't be used, or doesn't write what it was given; *wrong*
            says so.
        CannotWrite: The file can't be written.
    """
    revision = _checked(rev_id) if rev_id is not None else new_id()
    if other := scripts.by_id.get(revision):
        raise RevisionExists(revision, other.path)
    _check_labels(scripts, revision, branch_labels)
    created = created or datetime.now(_zone(config)).replace(microsecond=0)
    path = _folder(scripts, parents, folder) / scripts.name_for(
        revision,
        message,
        created,
        template=config.file_template,
        slug_length=config.truncate_slug_length,
    )
    if path.exists():
        raise RevisionExists(revision, path)
    source = _template_file(config)
    bodies = {"upgrades": upgrade, "downgrades": downgrade, **(more or {})}
    text = template.render(
        source,
        {
            **{name: template.indented(lines) or "pass" for name, lines in (more or {}).items()},
            **(variables or {}),
            "up_revision": revision,
            "down_revision": _scalar(parents),
            "create_date": created,
            "branch_labels": tuple(branch_labels) or None,
            "depends_on": _scalar(depends_on),
            "imports": template.import_block(
                _imports(source, bodies.values(), imports, merges=len(parents) > 1)
            ),
            "upgrades": template.indented(upgrade),
            "downgrades": template.indented(downgrade),
            "parameters": "" if parameter is None else f", {parameter}: str",
            "config": config if config.world is None else config.world.settings,
        },
        message or "empty message",
    )
    for name, lines in bodies.items():
        if lines and lines[0] not in text:
            raise BadTemplate(source, None, f"it leaves out the changes: it needs ${{{name}}}")
    if parameter is not None and not template.takes(parameter, text):
        raise BadTemplate(source, None, _no_place(parameter))
    wanted = (revision, tuple(parents), tuple(depends_on), tuple(branch_labels))
    try:
        return _written(path, text, wanted, source, wrong)
    except OSError as err:
        raise CannotWrite(path, err.strerror or str(err)) from err


def _no_place(parameter: str) -> str:
    return (
        "it has no place for what several databases need, each its own\n"
        f"let its functions take the name that env.py gives them: def upgrade(op, {parameter}: str), which "
        "is def upgrade(op${parameters}) for every file; or let env.py name a place for each database: "
        "context.configure(upgrade_token=..., downgrade_token=...)"
    )


def _written(
    path: Path,
    text: str,
    wanted: tuple[object, ...],
    source: Path,
    wrong: Callable[[Script], str | None] | None,
) -> Script:
    """Write a file under another name, read its header back, and only then give it its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with beside(path, text.encode("utf-8")) as new:
        try:
            script = Script.read(new)
        except BadScript as err:
            raise BadTemplate(source, None, f"what it writes {err.reason}") from err
        found = (script.id, script.parents, script.depends_on, script.labels)
        for header, had, has in zip(_HEADERS, wanted, found, strict=True):
            if had != has:
                reason = f"it does not write {header} = {had!r}; the file would have {has!r}"
                raise BadTemplate(source, None, reason)
        if wrong is not None and (said := wrong(script)) is not None:
            raise BadTemplate(source, None, f"what it writes can't be used: {said}")
        _put(new, path, script.id)
    return script._replace(file=str(path))


_HEADERS = ("revision", "down_revision", "depends_on", "branch_labels")


def _put(new: Path, path: Path, id: str) -> None:
    """Give a file its name, unless there is one of that name."""
    try:
        os.link(new, path)
    except FileExistsError as err:
        raise RevisionExists(id, path) from err
    except OSError:  # a file system without links: take the name first, then fill it
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError as err:
            raise RevisionExists(id, path) from err
        try:
            new.replace(path)
        except OSError:
            path.unlink()
            raise


def _folder(scripts: Scripts, parents: Sequence[str], folder: Path | None) -> Path:
    """Where a new file goes: as asked, else beside its first parent, else the first folder."""
    if folder is not None:
        asked = folder.absolute()
        if asked not in scripts.locations and not (
            scripts.recursive and any(asked.is_relative_to(one) for one in scripts.locations)
        ):
            known = ", ".join(map(shown, scripts.locations))
            raise UsageError(
                f"{shown(asked)} is none of the folders that revision files are read from\n"
                f"those are {known}; add it to [tool.migrate] version_locations"
            )
        return asked
    known_parents = filter(None, map(scripts.by_id.get, parents))
    beside_parent = (
        one for parent in known_parents for one in parent.path.parents if one in scripts.locations
    )
    return next(beside_parent, scripts.versions)


def _checked(id: str) -> str:
    if not re.fullmatch(r"\w[\w.]*", id):
        odd = sorted({repr(char) for char in id if not re.match(r"[\w.]", char)})
        raise BadRevisionId(id, f"it has {' '.join(odd)} in it" if odd else "it is no name")
    if len(id) > ID_WIDTH:
        raise BadRevisionId(id, f"it has {len(id)} characters, and {ID_WIDTH} fit")
    if id in RESERVED:
        raise BadRevisionId(id, "that word means something else where an id is expected")
    return id


def _check_labels(scripts: Scripts, revision: str, labels: Sequence[str]) -> None:
    """Raise where labels and ids would have one name: no command could read the scripts then."""
    try:
        scripts.graph.with_revision(Revision(revision, labels=labels))
    except graph_errors.IllegalLabel as err:
        raise BadBranchLabel(err.label, err.reason) from err
    except graph_errors.DuplicateLabel as err:
        if err.label == revision and err.revision != revision:
            raise BadRevisionId(revision, f"it is a label of {err.revision}") from err
        is_id = isinstance(err, graph_errors.LabelIsId)
        taken = "it is the id of a revision" if is_id else f"{err.other} has it already"
        raise BadBranchLabel(err.label, taken) from err


def _template_file(config: Config) -> Path:
    own = config.scripts / "script.py.mako"
    return own if own.exists() else template.OURS


def _imports(
    source: Path, bodies: Collection[Sequence[str]], imports: Sequence[str], *, merges: bool
) -> list[str]:
    """The import lines for a template; a project's own brings the usual ones itself.

    What is empty, and isn't there to merge, is filled by hand: mostly with columns and types.
    """
    if source != template.OURS:
        return list(imports)
    lines = ["from migrate_cli import Operations", *imports]
    by_hand = not any(bodies) and not merges
    if by_hand or any(template.uses("sa", lines) for lines in bodies):
        lines.append("import sqlalchemy as sa")
    return lines


def _scalar(names: Sequence[str]) -> str | tuple[str, ...] | None:
    return names[0] if len(names) == 1 else tuple(names) or None


def _zone(config: Config) -> tzinfo | None:
    """The time zone of the settings; None is the local one.

    Raises:
        BadConfiguration: There is no such zone.
    """
    if config.timezone is None:
        return None
    from zoneinfo import ZoneInfo

    for name in (config.timezone, config.timezone.upper()):
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):  # not there; not a name; a folder
            continue
    raise BadConfiguration(config.file, "timezone", f"there is no time zone {config.timezone!r}")
