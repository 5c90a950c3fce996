"""The revision files of a project: each one as a `Script`, all of them as a graph."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from types import CodeType, MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from revgraph import Revision, RevisionGraph
from revgraph import errors as wrong

from ..config import Config
from ..errors import (
    BadGraph,
    BadScript,
    DuplicateRevision,
    MissingRevision,
    NoScripts,
    ends_us,
    in_one_line,
)
from .headers import Header, read_header
from .naming import file_name

if TYPE_CHECKING:  # imported where there are many files
    from .index import Head, Index

WORTHWHILE = 64
"""Fewer files than this are read sooner than an index of them."""

_WARNINGS = Lock()
"""What is done about warnings holds for the whole process: one at a time."""


class Script(NamedTuple):
    """A revision file, as its header describes it.

    Attributes:
        id: The revision's id.
        parents: Ids of its parents (the file's down_revision); empty for a root.
        depends_on: Ids or labels of revisions that must be applied before, besides the parents.
        labels: Its branch labels.
        file: The file, absolute.
        message: The first paragraph of its docstring.
        kept: Whether what it compiles to is kept, as Python keeps it.
    """

    id: str
    parents: tuple[str, ...]
    depends_on: tuple[str, ...]
    labels: tuple[str, ...]
    file: str
    message: str
    kept: bool = True

    @classmethod
    def read(cls, path: Path) -> Script:
        """Read a revision file's header.

        Raises:
            BadScript: It can't be read, isn't Python, or its header lacks something.
        """
        return cls._of(_header(str(path)), str(path))

    @property
    def path(self) -> Path:
        """The file, absolute."""
        return _path(self.file)

    @classmethod
    def _of(cls, header: Header, file: str, *, kept: bool = True) -> Script:
        return cls(
            header.revision,
            header.down_revision,
            header.depends_on,
            header.branch_labels,
            file,
            header.message,
            kept,
        )

    def load(self) -> ModuleType:
        """Run the file as a module, anew each time.

        Raises:
            BadScript: It can't be read, isn't Python, or raises something.
        """
        return load_module(self.path, keep=self.kept)


class Scripts:
    """The revision files of a project, read once, when first asked for.

    Attributes:
        folder: The scripts folder.
        locations: The folders of the revision files. They may be missing: then there are none.
        recursive: Whether the folders below them count too.
        sourceless: Whether compiled files count where their source is missing.
        databases: Names of the project's databases while none is chosen; mostly empty.
    """

    def __init__(
        self,
        folder: Path,
        locations: Sequence[Path] = (),
        *,
        recursive: bool = False,
        sourceless: bool = False,
        databases: Sequence[str] = (),
    ) -> None:
        self.folder = folder
        self.databases = tuple(databases)
        self.locations = tuple(locations) or (folder / "versions",)
        self.recursive, self.sourceless = recursive, sourceless

    @classmethod
    def of(cls, config: Config) -> Self:
        """Make it by a project's settings."""
        return cls(
            config.scripts,
            config.locations,
            recursive=config.recursive,
            sourceless=config.sourceless,
            databases=tuple(config.databases) if config.name is None else (),
        )

    @property
    def versions(self) -> Path:
        """The folder where a new revision file is written if nothing else is asked: the first one."""
        return self.locations[0]

    def files(self) -> list[Path]:
        """The revision files, folder by folder, sorted by name; each once.

        Those are the names that end in `.py`, but for `__init__*` and what editors and macOS leave
        behind (`.#a.py`, `._a.py`).

        Raises:
            NoScripts: The scripts folder isn't there.
        """
        return list(map(Path, self._found()))

    def _found(self) -> list[str]:
        if not self.folder.is_dir():
            raise NoScripts(self.folder, self.databases)
        found = [file for folder in self.locations for file in self._files_in(str(folder))]
        if len(self.locations) == 1:
            return found
        return list({os.path.realpath(file): file for file in found}.values())

    def _files_in(self, folder: str) -> Iterator[str]:
        try:
            with os.scandir(folder) as entries:
                named = sorted((e.name, e.is_dir()) for e in entries)
        except FileNotFoundError:
            return
        except OSError as err:
            raise BadScript(Path(folder), None, f"can't be read: {err.strerror}") from err
        within = os.path.join(folder, "")
        yield from [within + name for name, inner in named if not inner and _is_revision(name)]
        if self.sourceless:
            from .compiled import compiled

            yield from map(str, compiled(Path(folder), [name for name, _ in named]))
        for name, inner in named:
            if self.recursive and inner and name != "__pycache__":
                yield from self._files_in(within + name)

    @cached_property
    def by_id(self) -> Mapping[str, Script]:
        """Revision id -> script, in the order of the files' names.

        Raises:
            NoScripts: The scripts folder isn't there.
            BadScript: A file can't be read, or its header lacks something.
            DuplicateRevision: Two files have the same id.
        """
        scripts = self._by_id
        if self._index is not None:
            self._index.save()
        return scripts

    @cached_property
    def _by_id(self) -> Mapping[str, Script]:
        scripts: dict[str, Script] = {}
        for file, header in self._headers():
            script = Script._of(header, file, kept=not self.sourceless)  # a compiled file counts
            other = scripts.setdefault(script.id, script)
            if other is not script:
                raise DuplicateRevision(script.id, other.path, script.path)
        return MappingProxyType(scripts)

    @cached_property
    def _listed(self) -> list[str]:
        return self._found()

    @cached_property
    def _index(self) -> Index | None:
        """What is known of the files, if there are so many that it is worth it."""
        if len(self._listed) < WORTHWHILE:
            return None
        from .index import Index

        return Index(self.versions, self._listed)

    def _headers(self) -> Iterator[tuple[str, Header]]:
        if self._index is not None:
            return self._index.headers(_header)
        return ((file, _header(file)) for file in self._listed)

    @cached_property
    def broken(self) -> tuple[BadScript, ...]:
        """What is wrong with files that can't be loaded though their header can be read.

        They are compiled, not run; each once, where so many are there that an index is kept.

        Raises:
            ScriptError: As `by_id` does.
        """
        known = self._by_id  # with the index that says which are known to be Python
        index = self._index
        files = list(self._listed) if index is None else index.unproven()
        found: dict[str, BadScript] = {}
        with _WARNINGS, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they are told where the file is run
            for file in files:
                try:
                    _code(_path(file))
                except BadScript as err:
                    found[file] = err
        if index is not None and known:
            index.prove(file for file in files if file not in found)
            index.save()
        return tuple(found.values())

    @cached_property
    def heads(self) -> tuple[tuple[Script, bool, Sequence[str]], ...]:
        """The revisions that nothing follows, by id; whether another one depends on each, and all its labels.

        Where nothing has changed since they were kept, no file is read and no graph is built.

        Raises:
            ScriptError: As `graph` does.
        """
        known = self._index.heads() if self._index is not None else None
        if known is None:
            return tuple(self._heads_of(self.graph))
        return tuple((Script._of(one.header, one.file), one.effective, one.labels) for one in known)

    @cached_property
    def graph(self) -> RevisionGraph[Script]:
        """The revisions as a graph; the payload of each is its script.

        Raises:
            ScriptError: As `by_id` does.
            MissingRevision: A file names a revision that isn't there.
            BadGraph: There is a cycle, or an id or a label is not what it may be.
        """
        try:
            graph = RevisionGraph(map(_revision, self._by_id.values()))
        except wrong.MissingParent as err:
            header = "depends_on" if isinstance(err, wrong.MissingDependency) else "down_revision"
            script = self.by_id[err.revision]
            raise MissingRevision(script.path, script.id, err.missing, header, err.near) from err
        except wrong.GraphError as err:
            raise BadGraph(str(err), self._concerned(err)) from err
        if self._index is not None:
            self._index.save([_kept(*one) for one in self._heads_of(graph)])
        return graph

    def _heads_of(
        self, graph: RevisionGraph[Script]
    ) -> Iterator[tuple[Script, bool, Sequence[str]]]:
        real = set(graph.real_heads)
        return ((self._by_id[one], one not in real, graph.labels_of(one)) for one in graph.heads)

    def _concerned(self, err: wrong.GraphError) -> list[Path]:
        """The files of the revisions that an error names in its fields."""
        named: set[object] = set()
        for value in vars(err).values():
            named.update(value if isinstance(value, tuple) else (value,))
        return [script.path for script in self.by_id.values() if script.id in named]

    def name_for(
        self,
        id: str,
        message: str,
        created: datetime,
        *,
        template: str,
        slug_length: int = 40,
    ) -> str:
        """What a new revision's file is called.

        Args:
            id: The new revision's id.
            message: What it is about; may be empty.
            created: Its date.
            template: The name's template, as in `Config.file_template`.
            slug_length: How many characters of the message's slug are kept.
        """
        return file_name(template, id, message, created, slug_length)


def _header(file: str) -> Header:
    return read_header(file, lambda: load_module(Path(file)))


@lru_cache(maxsize=4096)
def _path(file: str) -> Path:
    """Make a path once: a run asks for the same ones again and again."""
    return Path(file)


def load_module(path: Path, *, keep: bool = False) -> ModuleType:
    """Run a Python file as a module, anew each time.

    The module stands in `sys.modules` under a name of its own, as dataclasses and declarative
    models want when they resolve their annotations.

    Args:
        path: The file, absolute.
        keep: Whether to keep what it is compiled to, for the next time.

    Raises:
        BadScript: It can't be read, isn't Python, or raises something; the line is where in it.
    """
    content, code = _code(path, keep=keep)
    module = ModuleType(f"migrate_cli.versions:{path.stem}")
    module.__file__ = str(path)
    loader: Any = Loaded(content)  # it loads nothing: it says what was
    module.__loader__ = loader
    sys.modules[module.__name__] = module
    try:
        exec(code, module.__dict__)
    except BaseException as err:  # a script may raise anything
        del sys.modules[module.__name__]
        if ends_us(err):
            raise
        raise BadScript(
            path, _line_in(path, err), f"can't be imported: {in_one_line(err)}"
        ) from err
    return module


def _code(path: Path, *, keep: bool = False) -> tuple[bytes, CodeType]:
    """Read a Python file, and compile it; as in `load_module`.

    Raises:
        BadScript: It can't be read, or isn't Python; the line is where in it.
    """
    from .compiled import code_of, compiled_code  # what only reads headers runs no script

    try:
        content = path.read_bytes()
        if path.suffix == ".pyc":
            return content, compiled_code(path)
        return content, code_of(path, content, keep=keep)
    except OSError as err:
        raise BadScript(path, None, f"can't be read: {err.strerror}") from err
    except (SyntaxError, ValueError, RecursionError, MemoryError) as err:
        raise BadScript.not_python(path, err) from err


class Loaded:
    """Says what a module was made of, as loaders do (Python's library, importlib.abc)."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    @cached_property
    def text(self) -> str:
        """What the file held."""
        return as_text(self._content)

    def get_source(self, name: str) -> str:
        return self.text


def loaded_source(module: ModuleType, path: Path) -> str:
    """Give the text that a loaded script was made of, whatever its file holds now.

    A script that was made in memory has none.
    """
    loader: Any = module.__loader__
    if isinstance(loader, Loaded):
        return loader.text
    return as_text(path.read_bytes()) if path.is_file() else ""


def source_of(file: Path) -> str:
    """Read a revision file as the journal keeps it."""
    return as_text(file.read_bytes())


def as_text(content: bytes) -> str:
    """Read what a file holds as text, whatever it is, with plain line ends."""
    said = content.decode("utf-8", "replace").replace("\0", "\ufffd")  # a text holds no NUL
    return said.replace("\r\n", "\n").replace("\r", "\n")


def _is_revision(name: str) -> bool:
    return name.endswith(".py") and not name.startswith(("__init__", ".#", "._"))


def _kept(script: Script, effective: bool, labels: Sequence[str]) -> Head:
    from .index import Head

    header = Header(script.id, script.parents, script.labels, script.depends_on, script.message)
    return Head(script.file, header, effective, labels)


def _revision(script: Script) -> Revision[Script]:
    try:
        return Revision(
            id=script.id,
            parents=script.parents,
            depends_on=script.depends_on,
            labels=script.labels,
            payload=script,
        )
    except wrong.GraphError as err:
        raise BadGraph(str(err), [script.path]) from err


def _line_in(path: Path, err: BaseException) -> int | None:
    """The line of a file that an exception came through, the innermost one."""
    import traceback  # only on the way of an error

    lines = [f.lineno for f in traceback.extract_tb(err.__traceback__) if f.filename == str(path)]
    return lines[-1] if lines else None
