"""`Script`: a revision file of an Alembic project, read and not run until it must be."""

from __future__ import annotations

import os
import re
from functools import cached_property
from types import ModuleType

from ....scripts import Script as File
from ....scripts.headers import message
from .. import util
from .revision import Revision


class Script(Revision):
    """A revision file.

    Attributes:
        path: The file.
        module: It as a module, run when it is first asked for.
    """

    def __init__(self, module: ModuleType, rev_id: str, path: str | os.PathLike[str]) -> None:
        super().__init__(
            rev_id,
            getattr(module, "down_revision", None),
            dependencies=getattr(module, "depends_on", None),
            branch_labels=getattr(module, "branch_labels", None),
        )
        self.path = os.fspath(path)
        self.__dict__["module"] = module

    @classmethod
    def _of(cls, file: File) -> Script:
        """Make one of a file whose header is read; it isn't run."""
        script = cls.__new__(cls)
        Revision.__init__(
            script, file.id, file.parents or None, file.depends_on or None, file.labels or None
        )
        script.path = os.fspath(file.path)
        script.__dict__["_file"] = file
        return script

    @cached_property
    def module(self) -> ModuleType:
        """The file as a module."""
        return self._file.load()

    @cached_property
    def _file(self) -> File:
        """The same for our runner."""
        loaded = _Loaded(
            self.revision,
            self._versioned_down_revisions,
            self._resolved_dependencies,
            self._orig_branch_labels,
            str(self.path),
            message(self.longdoc),
        )
        loaded.module = self.module
        return loaded

    @property
    def doc(self) -> str:
        """The first paragraph of the docstring."""
        return re.split("\n\n", self.longdoc)[0]

    @cached_property
    def longdoc(self) -> str:
        """The docstring; empty if there is none."""
        return (self.module.__doc__ or "").strip()

    @property
    def log_entry(self) -> str:
        """All that the file says, as `history --verbose` writes it."""
        lines = [f"Rev: {self.revision}{self._marks()}"]
        lines.append(
            f"Merges: {self._format_down_revision()}"
            if self.is_merge_point
            else f"Parent: {self._format_down_revision()}"
        )
        if self.dependencies:
            lines.append(f"Also depends on: {util.format_as_comma(self.dependencies)}")
        if self.is_branch_point:
            lines.append(f"Branches into: {util.format_as_comma(sorted(self.nextrev))}")
        if self.branch_labels:
            lines.append(f"Branch names: {util.format_as_comma(sorted(self.branch_labels))}")
        lines += [f"Path: {self.path}", ""]
        lines += [f"    {line}" for line in self.longdoc.splitlines()]
        return "\n".join(lines) + "\n"

    _db_current_indicator: bool | None = None

    def _marks(self, tree: bool = True, head: bool = True) -> str:
        marks = []
        if head:
            marks += ["head"] if self._is_real_head else []
            marks += ["effective head"] if self.is_head and not self._is_real_head else []
            marks += ["current"] if self._db_current_indicator else []
        if tree:
            marks += ["branchpoint"] if self.is_branch_point else []
            marks += ["mergepoint"] if self.is_merge_point else []
        return "".join(f" ({mark})" for mark in marks)

    def _format_down_revision(self) -> str:
        return util.format_as_comma(self._versioned_down_revisions) or "<base>"

    def _head_only(
        self,
        include_branches: bool = False,
        include_doc: bool = False,
        include_parents: bool = False,
        tree_indicators: bool = True,
        head_indicators: bool = True,
    ) -> str:
        text = self.revision
        if include_parents:
            needs = f" ({util.format_as_comma(self.dependencies)})" if self.dependencies else ""
            text = f"{self._format_down_revision()}{needs} -> {text}"
        if include_branches and self.branch_labels:
            text += f" ({util.format_as_comma(sorted(self.branch_labels))})"
        text += self._marks(tree=tree_indicators, head=head_indicators or tree_indicators)
        return f"{text}, {self.doc}" if include_doc else text

    def cmd_format(
        self,
        verbose: bool,
        include_branches: bool = False,
        include_doc: bool = False,
        include_parents: bool = False,
        tree_indicators: bool = True,
    ) -> str:
        """Write the revision as listings do: in one line, or all that the file says."""
        if verbose:
            return self.log_entry
        return self._head_only(include_branches, include_doc, include_parents, tree_indicators)

    def __str__(self) -> str:
        parents = self._format_down_revision()
        return f"{parents} -> {self.revision}{self._marks()}, {self.doc}"


class _Loaded(File):
    """A file that is a module already."""

    module: ModuleType

    def load(self) -> ModuleType:
        return self.module
