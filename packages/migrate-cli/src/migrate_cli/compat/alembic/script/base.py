"""`ScriptDirectory`: the revision files of an Alembic project, and new ones."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from revgraph import Revision

from ....errors import ScriptError
from ....scripts import Script as File
from ....scripts.naming import tokens
from .. import util
from ..util.pyfiles import template_to_file
from . import write_hooks
from .entry import Script
from .errors import RevisionError, by_alembics_names
from .folder import ScriptFolder, located

__all__ = ["Script", "ScriptDirectory"]


class ScriptDirectory(ScriptFolder):
    """The revision files of an Alembic project: read, planned over, and written."""

    def _generate_create_date(self) -> datetime:
        if self.timezone is None:
            return datetime.now()
        for name in (self.timezone, self.timezone.upper()):
            try:
                return datetime.now(ZoneInfo(name))
            except (KeyError, ValueError, OSError):  # not there; not a name; a folder
                continue
        raise util.CommandError(f"Can't locate timezone: {self.timezone}")

    def generate_revision(
        self,
        revid: str,
        message: str | None,
        head: Any = None,
        splice: bool | None = False,
        branch_labels: Any = None,
        version_path: str | os.PathLike[str] | None = None,
        file_template: str | None = None,
        depends_on: Any = None,
        **kw: Any,
    ) -> Script | None:
        """Write a new revision file.

        Args:
            revid: Its id.
            message: What it is about; None for nothing.
            head: Its parents; None for the only head, "base" for a root.
            splice: Allow parents that are no heads.
            branch_labels: Its labels.
            version_path: Its folder; None for that of its parent.
            file_template: Its name, instead of the project's.
            depends_on: What must be applied before.
            kw: What else the template is given.

        Returns:
            The revision, which is in `revision_map` from now on.

        Raises:
            CommandError: A parent is no head or unknown, the folder isn't one of the project's, the
                template fails; no file is left.
        """
        try:
            Script.verify_rev_id(revid)
        except RevisionError as err:
            raise util.CommandError(err.args[0]) from err
        with self._catch_revision_errors():
            graph = self.revision_map.graph
        if revid in graph:
            taken = self.get_revision(revid).path
            raise util.CommandError(f"Revision {revid} is already present: {taken}")
        parents = self._parents(head if head is not None else "head", bool(splice))
        labels = tuple(util.to_tuple(branch_labels) or ())
        for label in labels:
            if other := graph.labels.get(label):
                raise util.CommandError(
                    f"Branch name '{label}' in revision {revid} already used by revision {other}"
                )
        with self._catch_revision_errors(), by_alembics_names():
            graph.with_revision(Revision(revid, labels=labels))
        needs = self._needs(depends_on)
        created = self._generate_create_date()
        folder = self._folder(version_path, parents)
        path = folder / self._named(file_template or self.file_template, revid, message, created)
        if not path.parent.is_dir():
            with util.status(f"Creating directory {path.parent}", **self.messaging_opts):
                path.parent.mkdir(parents=True)
        with util.status(f"Generating {path}", **self.messaging_opts):
            template_to_file(
                Path(self.dir, "script.py.mako"),
                path,
                self.output_encoding,
                up_revision=str(revid),
                down_revision=_scalar([parent.revision for parent in parents]),
                branch_labels=labels or None,
                depends_on=_scalar(needs),
                create_date=created,
                comma=util.format_as_comma,
                message=message if message is not None else "empty message",
                **kw,
            )
            try:
                script = Script._of(File.read(path))
            except ScriptError as err:
                path.unlink()
                raise util.CommandError(str(err)) from err
        if set(labels) - script.branch_labels:
            path.unlink()
            raise util.CommandError(
                f"Version {script.revision} specified branch_labels {', '.join(labels)}, however "
                "the migration file does not have them; have you upgraded your script.py.mako to "
                "include the 'branch_labels' section?"
            )
        write_hooks._run_hooks(str(path), self.hooks)
        script = Script._of(File.read(path))
        self.revision_map.add_revision(script)
        return script

    def _parents(self, head: Any, splice: bool) -> list[Script]:
        with self._catch_revision_errors(
            multiple_heads="Multiple heads are present; please specify the head revision on which "
            "the new revision should be based, or perform a merge."
        ):
            found = [one for one in self.revision_map.get_revisions(head) if one is not None]
        parents = list(dict.fromkeys(found))
        for parent in parents:
            if not parent.is_head and not splice:
                raise util.CommandError(
                    f"Revision {parent.revision} is not a head revision; please specify --splice "
                    "to create a new branch from this revision"
                )
        return parents

    def _needs(self, depends_on: Any) -> list[str]:
        """What must be applied before: labels stay, anything else becomes the full id."""
        needs = []
        with self._catch_revision_errors():
            for one in util.to_tuple(depends_on) or ():
                if one in self.revision_map.graph.labels:
                    needs.append(str(one))
                else:
                    needs += [found.revision for found in self.revision_map.get_revisions(one)]
        return needs

    def _folder(
        self, version_path: str | os.PathLike[str] | None, parents: Sequence[Script]
    ) -> Path:
        if version_path is not None:
            folder = located(version_path).absolute()
            if folder.resolve() not in [one.resolve() for one in self._version_locations]:
                raise util.CommandError(
                    f"Path {version_path} is not represented in current version locations"
                )
            return folder
        if len(self._version_locations) == 1:
            return self._version_locations[0]
        above = [one for parent in parents[:1] for one in Path(parent.path).parents]
        found = next((one for one in above if one in self._version_locations), None)
        if found is None:
            raise util.CommandError(
                "Multiple version locations present, please specify --version-path"
            )
        return found

    def _rev_path(
        self,
        path: str | os.PathLike[str],
        rev_id: str,
        message: str | None,
        create_date: datetime,
    ) -> Path:
        return Path(path) / self._named(self.file_template, rev_id, message, create_date)

    def _named(self, template: str, rev_id: str, message: str | None, created: datetime) -> str:
        """As Alembic names a file: where the message is cut there is an underscore more."""
        length = self.truncate_slug_length or 40
        slug = "_".join(re.findall(r"\w+", message or "")).lower()
        if len(slug) > length:
            slug = slug[:length].rsplit("_", 1)[0] + "_"
        return f"{template % tokens(rev_id, slug, created)}.py"


def _scalar(names: Sequence[str]) -> Any:
    return names[0] if len(names) == 1 else tuple(names) or None
