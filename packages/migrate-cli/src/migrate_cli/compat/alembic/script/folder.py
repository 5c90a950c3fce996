"""The folders of an Alembic project: its env.py, its revision files, and the plans over them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import revgraph

from ....errors import ScriptError
from ....scripts import Scripts
from ...settings import Config
from .. import util
from ..runtime.steps import RevisionStep, StampStep
from ..util.pyfiles import coerce_resource_to_filename, load_python_file
from .entry import Script
from .errors import (
    MultipleHeads,
    RangeNotAncestorError,
    ResolutionError,
    RevisionError,
    by_alembics_names,
)
from .revision import RevisionMap

_DEFAULT_TEMPLATE = "%(rev)s_%(slug)s"


class ScriptFolder:
    """The folder of env.py, and the folders of the revision files: what can be read of them.

    Attributes:
        dir: The folder.
        file_template: Name of a new file, without its end.
        version_locations: The folders of the revision files, if they aren't in `versions`.
        revision_map: The revisions.
    """

    def __init__(
        self,
        dir: str | os.PathLike[str],
        file_template: str = _DEFAULT_TEMPLATE,
        truncate_slug_length: int | None = 40,
        version_locations: Sequence[str | os.PathLike[str]] | None = None,
        sourceless: bool = False,
        output_encoding: str = "utf-8",
        timezone: str | None = None,
        hooks: list[dict[str, str]] | None = None,
        recursive_version_locations: bool = False,
        messaging_opts: dict[str, Any] | None = None,
    ) -> None:
        self.dir = os.fspath(dir)
        self.file_template = file_template
        self.version_locations = version_locations
        self.truncate_slug_length = truncate_slug_length or 40
        self.sourceless = sourceless
        self.output_encoding = output_encoding
        self.revision_map = RevisionMap(self._load_revisions)
        self.timezone = timezone
        self.hooks = hooks or []
        self.recursive_version_locations = recursive_version_locations
        self.messaging_opts = messaging_opts or {}
        if not os.access(self.dir, os.F_OK):
            raise util.CommandError(
                f"Path doesn't exist: {Path(self.dir).absolute()}.  Please use the 'init' command "
                "to create a new scripts folder."
            )

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """Make it by the settings; the folders to import from come on `sys.path`.

        Raises:
            CommandError: They don't say where it is, or it isn't there.
        """
        location = config.get_alembic_option("script_location")
        if location is None:
            raise util.CommandError("No 'script_location' key found in configuration.")
        if paths := config.get_prepend_sys_paths_list():
            sys.path[:] = [*paths, *(one for one in sys.path if one not in paths)]
        length = config.get_alembic_option("truncate_slug_length")
        try:
            truncate = None if length is None else int(length)
        except ValueError as err:
            raise util.CommandError(
                f"truncate_slug_length must be a whole number, not {length!r}"
            ) from err
        return cls(
            located(location),
            file_template=config.get_alembic_option("file_template", _DEFAULT_TEMPLATE),
            truncate_slug_length=truncate,
            sourceless=config.get_alembic_boolean_option("sourceless"),
            output_encoding=config.get_alembic_option("output_encoding", "utf-8"),
            version_locations=config.get_version_locations_list(),
            timezone=config.get_alembic_option("timezone"),
            hooks=config.get_hooks_list(),
            recursive_version_locations=config.get_alembic_boolean_option(
                "recursive_version_locations"
            ),
            messaging_opts=config.messaging_opts,
        )

    # where the files are

    @cached_property
    def _version_locations(self) -> list[Path]:
        if self.version_locations:
            return [located(one).absolute() for one in self.version_locations]
        return [Path(self.dir).absolute() / "versions"]

    @property
    def versions(self) -> str:
        """The folder of the revision files.

        Raises:
            CommandError: There are several.
        """
        if len(self._version_locations) > 1:
            raise util.CommandError("Multiple version_locations present")
        return str(self._version_locations[0])

    @cached_property
    def files(self) -> Scripts:
        """The revision files, as our runner knows them."""
        return Scripts(
            Path(self.dir).absolute(),
            self._version_locations,
            recursive=self.recursive_version_locations,
            sourceless=self.sourceless,
        )

    def _load_revisions(self) -> Iterator[Script]:
        try:
            yield from map(Script._of, self.files.by_id.values())
        except ScriptError as err:
            raise util.CommandError(str(err)) from err

    @property
    def env_py_location(self) -> str:
        """The path of env.py."""
        return str(Path(self.dir, "env.py"))

    def run_env(self) -> None:
        """Run env.py, anew each time."""
        load_python_file(self.dir, "env.py")

    # the revisions

    @contextmanager
    def _catch_revision_errors(
        self,
        ancestor: str | None = None,
        multiple_heads: str | None = None,
        start: str | None = None,
        end: str | None = None,
        resolution: str | None = None,
    ) -> Iterator[None]:
        try:
            yield
        except RangeNotAncestorError as err:
            said = ancestor or (
                f"Revision {start or err.lower} is not an ancestor of revision {end or err.upper}"
            )
            raise util.CommandError(said % _ends(start or err.lower, end or err.upper)) from err
        except MultipleHeads as err:
            said = multiple_heads or (
                "Multiple head revisions are present for given argument '%(head_arg)s'; "
                "please specify a specific target revision, '<branchname>@%(head_arg)s' to "
                "narrow to a specific head, or 'heads' for all heads"
            )
            asked = end or err.argument or "head"
            raise util.CommandError(
                said % {"head_arg": asked, "heads": util.format_as_comma(err.heads)}
            ) from err
        except ResolutionError as err:
            known = err.argument if err.__cause__ is not None else None
            said = resolution or (
                str(err)
                if str(err).startswith(("Multiple", "Revision"))
                else f"Can't locate revision identified by '{known or err.argument}'"
            )
            raise util.CommandError(said) from err
        except RevisionError as err:
            raise util.CommandError(str(err.__cause__ or err)) from err

    def walk_revisions(self, base: str = "base", head: str = "heads") -> Iterator[Script]:
        """Give the revisions between two ends, both included, newest first."""
        with self._catch_revision_errors(start=base, end=head):
            yield from self.revision_map.iterate_revisions(
                head, base, inclusive=True, assert_relative_length=False
            )

    def get_revisions(self, id_: Any) -> tuple[Script, ...]:
        """Give the revisions that something names."""
        with self._catch_revision_errors():
            return self.revision_map.get_revisions(id_)

    def get_all_current(self, id_: Iterable[str]) -> set[Any]:
        """Give the revisions where each branch stands, if some heads are recorded."""
        with self._catch_revision_errors():
            return set(self.revision_map._get_all_current(id_))

    def get_revision(self, id_: Any) -> Script:
        """Give the revision that something names."""
        with self._catch_revision_errors():
            found: Script = self.revision_map.get_revision(id_)
            return found

    def as_revision_number(self, id_: str | None) -> Any:
        """Give what an argument names: words as ids (a tuple for "heads"), others as typed."""
        with self._catch_revision_errors():
            found, _ = self.revision_map._resolve_revision_number(id_)
        if not found:
            return None
        return found if id_ == "heads" else found[0]

    def iterate_revisions(self, upper: Any, lower: Any, **kw: Any) -> Iterator[Script]:
        """Give the revisions between two ends, newest first, the older end left out."""
        return self.revision_map.iterate_revisions(upper, lower, **kw)

    def get_current_head(self) -> str | None:
        """Give the only head.

        Raises:
            CommandError: There are several.
        """
        with self._catch_revision_errors(
            multiple_heads="The script directory has multiple heads (due to branching)."
            "Please use get_heads(), or merge the branches using alembic merge."
        ):
            return self.revision_map.get_current_head()

    def get_heads(self, consider_depends_on: bool = False) -> list[str]:
        """Give the ids of the heads.

        Args:
            consider_depends_on: Leave out those that others depend on.
        """
        heads = self.revision_map._real_heads if consider_depends_on else self.revision_map.heads
        return list(heads)

    def get_base(self) -> str | None:
        """Give the only base.

        Raises:
            CommandError: There are several.
        """
        bases = self.get_bases()
        if len(bases) > 1:
            raise util.CommandError(
                "The script directory has multiple bases. Please use get_bases()."
            )
        return bases[0] if bases else None

    def get_bases(self) -> list[str]:
        """Give the ids of the bases."""
        return list(self.revision_map.bases)

    def _upgrade_revs(self, destination: Any, current_rev: Any) -> list[RevisionStep]:
        graph = self.revision_map.graph
        with self._catch_revision_errors(
            ancestor="Destination %(end)s is not a valid upgrade target from current head(s)",
            end=_text(destination),
        ):
            heads = self._recorded(current_rev)
            to = util.to_tuple(destination, ("heads",))
            with by_alembics_names():
                plan = revgraph.upgrade(graph, heads, to)
        return [self._step(step.revision.id, True) for step in plan]

    def _downgrade_revs(self, destination: Any, current_rev: Any) -> list[RevisionStep]:
        graph = self.revision_map.graph
        with self._catch_revision_errors(
            ancestor="Destination %(end)s is not a valid downgrade target from current head(s)",
            end=_text(destination),
        ):
            heads = self._recorded(current_rev)
            to = util.to_tuple(destination, ("base",))
            with by_alembics_names():
                plan = revgraph.downgrade(graph, heads, to, first_head=True)
        return [self._step(step.revision.id, False) for step in plan]

    def _stamp_revs(self, revision: Any, heads: Any) -> list[StampStep]:
        graph = self.revision_map.graph
        with self._catch_revision_errors(end=_text(revision)), by_alembics_names():
            recorded = self._recorded(heads)
            to = ["base" if one is None else one for one in util.to_tuple(revision) or (None,)]
            plan = revgraph.stamp(graph, recorded, to)
        return [StampStep._of(stamp.change, self.revision_map) for stamp in plan]

    def _recorded(self, heads: Any) -> tuple[str, ...]:
        names = util.to_tuple(heads) or ()
        return tuple(one for name in names for one in self.revision_map.resolved(name))

    def _step(self, id: str, is_upgrade: bool) -> RevisionStep:
        return RevisionStep(self.revision_map, self.revision_map[id], is_upgrade)


def located(location: str | os.PathLike[str]) -> Path:
    """Give the path of a folder, be it a package's resource.

    Raises:
        CommandError: The package can't be imported.
    """
    if isinstance(location, os.PathLike):
        return Path(location)
    try:
        return coerce_resource_to_filename(location)
    except ImportError as err:
        raise util.CommandError(f"Can't find {location}: {err}") from err


def _text(name: Any) -> str | None:
    return name if isinstance(name, str) else None


def _ends(start: Any, end: Any) -> dict[str, Any]:
    return {"start": start, "end": end}
