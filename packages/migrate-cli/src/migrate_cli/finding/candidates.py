"""The metadata objects in a project's source, found by reading it, not by importing it."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..modules import modules_under
from .declarations import Class, Declarations, read_declarations

NOT_MODELS = frozenset(
    {"tests", "test", "docs", "examples", "migrations", "alembic", "conftest", "setup", "noxfile"}
)
"""Folders and modules where a project's own models aren't looked for."""

_WORTH_PARSING = (
    rb"__tablename__|__table__|\bTable\(|eclarative|MetaData|SQLAlchemy|SQLModel|registry|\.Model\b"
)


@dataclass(frozen=True)
class Candidate:
    """A metadata object of the project.

    Attributes:
        target: As the settings name it: "myapp.models:Base.metadata".
        tables: Names of the tables in it, as far as can be told, sorted.
        modules: Modules that define those tables, sorted.
    """

    target: str
    tables: tuple[str, ...]
    modules: tuple[str, ...]

    def describe(self) -> str:
        """How many tables, and some of their names."""
        count = len(self.tables)
        if not count:
            return "no tables"
        names = ", ".join(self.tables[:5]) + (", ..." if count > 5 else "")
        return f"{count} table{'' if count == 1 else 's'} ({names})"


def find_metadata(paths: Iterable[Path]) -> list[Candidate]:
    """The metadata objects in some folders, those with most tables first.

    Known are subclasses of DeclarativeBase, `declarative_base()`, `registry()`, `MetaData()`,
    SQLModel's tables, and Flask-SQLAlchemy's `db = SQLAlchemy()`. Several names of one object are
    one candidate.

    Args:
        paths: The folders that are on `sys.path` when the project runs.
    """
    project = _Project(paths)
    tables: dict[str, set[str]] = {}
    modules: dict[str, set[str]] = {}
    for module, owner, table in project.tables():
        tables.setdefault(owner, set()).add(table)
        modules.setdefault(owner, set()).add(module)
    names: dict[str, list[tuple[int, str]]] = {}
    for rank, owner, target in project.owners():
        names.setdefault(owner, []).append((rank, target))
    if _SQLMODEL in tables:
        names.setdefault(_SQLMODEL, []).append((0, project.sqlmodel_target(modules[_SQLMODEL])))
    found = [
        Candidate(
            min(targets)[1],
            tuple(sorted(tables.get(owner, ()))),
            tuple(sorted(modules.get(owner, ()))),
        )
        for owner, targets in names.items()
    ]
    return sorted(found, key=lambda c: (-len(c.tables), _counting(c.target)))


def _counting(target: str) -> list[list[str | int]]:
    """Give a key that sorts names with numbers in them as one counts: m1, m2, m10."""
    return [
        [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", name)]
        for name in target.split(":")
    ]


def defining(paths: Iterable[Path], targets: Iterable[str]) -> list[str]:
    """The modules that define tables of some metadata, as far as their source tells, sorted.

    Args:
        paths: The folders that are on `sys.path` when the project runs.
        targets: The metadata as the settings name them: "myapp.models:Base.metadata".
    """
    project = _Project(paths)
    owners = {project.owner(project.resolved(*target.split(":", 1))) for target in targets} - {""}
    return sorted({module for module, owner, _ in project.tables() if owner in owners})


_SQLMODEL = "sqlmodel.SQLModel"
_HOPS = 30
"""How many imports and bases a name is followed through before we give up (there are circles)."""


class _Project:
    """The modules of a project and what their names stand for across modules.

    An *owner* below is the absolute dotted name of the one object that stands for a metadata.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self.files: dict[str, Path] = {}
        paths = list(paths)
        inner = {path.name for path in paths}
        for path in paths:
            for module, file in modules_under(path, skip=NOT_MODELS | inner - {path.name}):
                if not module.rpartition(".")[2].startswith("test_"):
                    self.files.setdefault(module, file)
        self.declarations = cache(self._read)
        self.owned: dict[str, str] = {}

    def _read(self, module: str) -> Declarations:
        return read_declarations(module, self.files[module])

    def interesting(self) -> Iterator[tuple[str, Declarations]]:
        for module, file in self.files.items():
            try:
                source = file.read_bytes()
            except OSError:
                continue
            if re.search(_WORTH_PARSING, source):
                yield module, self.declarations(module)

    def resolved(self, module: str, name: str) -> str:
        """What a name in a module stands for, absolute: followed through imports and aliases."""
        dotted = f"{module}.{name}"
        for _ in range(_HOPS):
            owner, _, rest = self._split(dotted)
            if not owner:
                return dotted
            first, dot, more = rest.partition(".")
            found = self.declarations(owner)
            if first in found.classes or first in found.calls:
                return dotted
            if first in found.aliases:
                dotted = f"{owner}.{found.aliases[first]}{dot}{more}"
            elif first in found.imports:
                dotted = f"{found.imports[first]}{dot}{more}"
            elif star := self._star(found, first):
                dotted = f"{star}.{rest}"
            else:
                return rest if owner == module else dotted
        return dotted

    def _split(self, dotted: str) -> tuple[str, str, str]:
        """A dotted name as module of the project, dot, and rest; no module if it is a stranger."""
        module, dot, rest = dotted, "", ""
        while module:
            if module in self.files and rest:
                return module, dot, rest
            module, dot, last = module.rpartition(".")
            rest = f"{last}.{rest}" if rest else last
        return "", "", dotted

    def _star(self, found: Declarations, name: str) -> str:
        for star in found.stars:
            if star in self.files:
                there = self.declarations(star)
                if name in {*there.classes, *there.calls, *there.aliases, *there.imports}:
                    return star
            elif name in _STRANGERS.get(star.partition(".")[0], ()):
                return star
        return ""

    def owner(self, dotted: str, hops: int = _HOPS) -> str:
        """The metadata that an absolute name leads to; empty if it isn't known to be one."""
        dotted = self._without_attribute(dotted)
        if dotted not in self.owned:
            self.owned[dotted] = ""  # the answer for a name that leads back to itself
            above = self._leads_to(dotted, hops)
            self.owned[dotted] = (
                above
                if above in ("", _SQLMODEL, dotted) or not hops
                else self.owner(above, hops - 1)
            )
        return self.owned[dotted]

    def _without_attribute(self, dotted: str) -> str:
        """`Base` for `Base.metadata`, `db` for `db.Model`; but not if that leaves a module."""
        owner, _, attribute = dotted.rpartition(".")
        return owner if attribute in ("metadata", "Model") and owner not in self.files else dotted

    def _leads_to(self, dotted: str, hops: int) -> str:
        """The next name on the way to a metadata; the same one if it is at its end."""
        if dotted == _SQLMODEL:
            return dotted
        module, _, name = self._split(dotted)
        if not module:
            return ""
        found = self.declarations(module)
        if (call := found.calls.get(name)) is not None:
            function = self.resolved(module, call.function)
            given = call.keywords.get("metadata") or call.keywords.get("model_class", "")
            if given and hops and self.owner(self.resolved(module, given), hops - 1):
                return self.resolved(module, given)
            if function.endswith(".generate_base"):
                return function.removesuffix(".generate_base")
            return dotted if _kind(function) else ""
        if (cls := found.classes.get(name)) is not None:
            given = cls.sets.get("metadata") or cls.sets.get("registry", "")
            inner = self.resolved(module, given) if given else ""
            if inner and self._split(inner)[0]:
                return inner
            return dotted if self._is_base(module, cls) else self._parent(module, cls, hops)
        return ""

    def _is_base(self, module: str, cls: Class) -> bool:
        above = [self.resolved(module, name) for name in (*cls.bases, *cls.decorators)]
        return any(_kind(name) in ("base", "factory") for name in above)

    def _parent(self, module: str, cls: Class, hops: int) -> str:
        """The base of a class, or the registry that decorates it, that leads to a metadata."""
        for name in cls.bases:
            above = self.resolved(module, name)
            if hops and self.owner(above, hops - 1):
                return above
        for name in cls.decorators:
            above = self.resolved(module, name)
            if above.endswith((".mapped", ".as_declarative_base")):
                return above.rpartition(".")[0]
        return ""

    def owners(self) -> Iterator[tuple[int, str, str]]:
        """Each name of each metadata: (rank, owner, target); the lowest rank is the best name."""
        for module, found in self.interesting():
            for name, call in found.calls.items():
                kind = _kind(self.resolved(module, call.function))
                generated = call.function.endswith(".generate_base")
                if (kind or generated) and (owner := self.owner(f"{module}.{name}")):
                    rank = _RANKS["base" if generated else kind]
                    tail = "" if kind in ("metadata", "extension") else ".metadata"
                    yield rank, owner, f"{module}:{name}{tail}"
            for name, cls in found.classes.items():
                dotted = f"{module}.{name}"
                if self._is_base(module, cls) and (owner := self.owner(dotted)):
                    yield _RANKS["base"], owner, f"{module}:{name}.metadata"

    def tables(self) -> Iterator[tuple[str, str, str]]:
        """Each table: (module, owner, name)."""
        for module, found in self.interesting():
            for name, cls in found.classes.items():
                owner = self.owner(f"{module}.{name}")
                if owner and (table := self._table_name(module, name, cls)):
                    yield module, owner, table
            for call in (*found.calls.values(), *found.unnamed):
                function = self.resolved(module, call.function)
                if call.text is None or function.rpartition(".")[2] != "Table":
                    continue
                if function.startswith("sqlalchemy."):
                    place = call.arguments[1] if len(call.arguments) > 1 else ""
                    owner = self.owner(self.resolved(module, place)) if place else ""
                else:
                    owner = self.owner(function.removesuffix(".Table"))
                if owner:
                    yield module, owner, call.text

    def _table_name(self, module: str, name: str, cls: Class) -> str:
        """The name of a class's table; empty if it has none of its own."""
        if cls.sets.get("__abstract__") == "True" or self._is_base(module, cls):
            return ""
        if "__tablename__" in cls.sets or "__table__" in cls.sets:
            return cls.sets.get("__tablename__") or name.lower()
        if "table" in cls.flags:
            return name.lower()
        named = any(self.resolved(module, base).endswith(".Model") for base in cls.bases)
        return name.lower() if named or self._inherits_naming(module, cls) else ""

    def _inherits_naming(self, module: str, cls: Class) -> bool:
        """Whether a base, itself without a table, has a function that names the tables."""
        pending = [self.resolved(module, base) for base in cls.bases]
        for dotted in pending[:_HOPS]:
            owner, _, name = self._split(dotted)
            above = self.declarations(owner).classes.get(name) if owner else None
            if above is not None and above.sets.get("__tablename__") == "":
                return True
        return False

    def sqlmodel_target(self, modules: Iterable[str]) -> str:
        """SQLModel's metadata, by way of the module that defines the tables if there is one."""
        only, *others = sorted(modules)
        if not others and self.declarations(only).imports.get("SQLModel") == _SQLMODEL:
            return f"{only}:SQLModel.metadata"
        return "sqlmodel:SQLModel.metadata"


_RANKS = {"extension": 0, "base": 1, "factory": 1, "registry": 2, "metadata": 3}


def _kind(name: str) -> str:
    """What a name of SQLAlchemy or Flask-SQLAlchemy makes; empty for any other name."""
    package, last = name.partition(".")[0], name.rpartition(".")[2]
    if package == "flask_sqlalchemy":
        return "extension" if last == "SQLAlchemy" else ""
    return _MAKES.get(last, "") if package == "sqlalchemy" else ""


_STRANGERS: Mapping[str, Container[str]] = {
    "flask_sqlalchemy": {"SQLAlchemy"},
    "sqlalchemy": {"DeclarativeBase", "MetaData", "Table", "declarative_base", "registry"},
    "sqlmodel": {"SQLModel"},
}
"""What of a package that isn't read may come by `from package import *`."""

_MAKES = {
    "DeclarativeBase": "base",
    "DeclarativeBaseNoMeta": "base",
    "DeclarativeMeta": "base",
    "MetaData": "metadata",
    "as_declarative": "factory",
    "declarative_base": "factory",
    "registry": "registry",
}
