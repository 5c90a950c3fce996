"""What can be wrong with a project's settings, models, files and database.

One class per way, the culprits as fields; the text is made of them here and nowhere else. A text
says what was asked, what stands in the way, and the mend. It never holds a password: who raises an
error with a URL in it hides the password first (`migrate_cli.url.hidden`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar


class MigrateError(Exception):
    """Base of every error that this package raises on purpose.

    Attributes:
        exit_status: What the command line ends with: 1 pending or refused, 2 usage or an unknown
            target, 3 configuration, scripts, graph or connection, 4 a migration failed.
    """

    exit_status: ClassVar[int] = 3


class Refused(MigrateError):
    """A guard stands in the way of something that would do harm."""

    exit_status = 1


class UsageError(MigrateError):
    """What was asked can't be asked so."""

    exit_status = 2


class ConfigurationError(MigrateError):
    """The project's settings can't be used."""


class ModelsError(MigrateError):
    """The metadata to compare with can't be had from the project's code."""


class DatabaseError(MigrateError):
    """There is no way to the database."""


class ScriptError(MigrateError):
    """The revision files can't be used."""


class MigrationFailed(MigrateError):
    """A revision was begun and didn't come to its end."""

    exit_status = 4


class NoConfiguration(ConfigurationError):
    """No folder from the start upwards has settings for us.

    Attributes:
        start: Folder where the search began.
        passed: Files that were looked at and have no [tool.migrate], nearest first; may be empty.
    """

    def __init__(self, start: Path, passed: Sequence[Path] = ()) -> None:
        self.start, self.passed = start, tuple(passed)
        seen = f" (not in {', '.join(map(str, passed))})" if passed else ""
        super().__init__(
            f"no migrate configuration in {start} or above\n"
            f"looked for [tool.migrate] in pyproject.toml{seen}\n"
            "start with: migrate init"
        )


class BadConfiguration(ConfigurationError):
    """A settings file can't be read, or a setting has a value that it can't have.

    Attributes:
        file: The settings file.
        key: Name of the setting; None when it is the file as a whole.
        reason: What is wrong and what is wanted.
    """

    def __init__(self, file: Path, key: str | None, reason: str) -> None:
        self.file, self.key, self.reason = file, key, reason
        where = f"[tool.migrate] {key} in {file}" if key else str(file)
        super().__init__(f"{where}: {reason}")


class UnknownSetting(BadConfiguration):
    """A key in [tool.migrate] is none of ours.

    Attributes:
        candidates: Settings with a similar name, best first; may be empty.
    """

    def __init__(self, file: Path, key: str, known: Iterable[str]) -> None:
        names = sorted(known)
        self.candidates = near(key, names)
        mend = did_you_mean(self.candidates) or f"; known are {', '.join(names)}"
        super().__init__(file, key, f"there is no such setting{mend}")


class AlreadyAProject(Refused):
    """`init` was asked for where migrations are already set up.

    Attributes:
        file: The file that sets them up.
        tool: Name of the tool that it is for.
        mend: What to do instead.
    """

    def __init__(self, file: Path, tool: str, mend: str) -> None:
        self.file, self.tool, self.mend = file, tool, mend
        super().__init__(f"{file} already sets up {tool} here\n{mend}")


class NoURL(DatabaseError):
    """No database was named anywhere.

    Attributes:
        variable: The environment variable that the project reads and that isn't set; None if it
            names none.
    """

    def __init__(self, variable: str | None, file: Path) -> None:
        self.variable = variable
        if variable:
            text = (
                f"${variable} is not set, and [tool.migrate] url_env in {file} reads the "
                f"database's URL from it\nset it, or give --url (.env is not read)"
            )
        else:
            text = (
                "no database URL: neither --url, nor $MIGRATE_DATABASE_URL, nor url or url_env "
                f"in [tool.migrate] of {file}, nor $DATABASE_URL\n"
                "give one, for example: --url sqlite:///app.db (.env is not read)"
            )
        super().__init__(text)


class UnparsableURL(DatabaseError):
    """A text was given as a database's URL and isn't one.

    Attributes:
        url: The text, its password hidden.
        source: Where it came from.
        reason: What is wrong with it.
    """

    def __init__(self, url: str, source: str, reason: str) -> None:
        self.url, self.source, self.reason = url, source, reason
        super().__init__(
            f"can't read the database URL {url!r} from {source}: {reason}\n"
            "write it as dialect+driver://user:password@host:port/database, with @ : / % in a "
            "password as %40 %3A %2F %25"
        )


class UnknownDialect(DatabaseError):
    """SQLAlchemy knows no dialect, or no driver of it, under the URL's name.

    Attributes:
        name: As the URL has it: "postgresq", "mysql+pymysq".
        source: Where the URL came from.
        candidates: Names that would do, best first; may be empty.
    """

    def __init__(self, name: str, source: str, candidates: Sequence[str]) -> None:
        self.name, self.source, self.candidates = name, source, tuple(candidates)
        mend = did_you_mean(self.candidates) or (
            "; a dialect that doesn't come with SQLAlchemy is a package to install"
        )
        what = "driver" if "+" in name else "dialect"
        super().__init__(f"unknown {what} {name!r} in {source}{mend}")


class MissingDriver(DatabaseError):
    """The module that speaks to the database can't be imported.

    Attributes:
        module: Its import name.
        name: Dialect and driver as the URL has them: "mysql", "postgresql+psycopg".
        install: What `pip install` should be given; None if we don't know.
        instead: Another name for the URL whose driver is installed; None if there is none.
        reason: Why the import fails; None when the module just isn't there.
    """

    def __init__(
        self,
        module: str,
        name: str,
        install: str | None,
        instead: str | None,
        reason: str | None = None,
    ) -> None:
        self.module, self.name, self.install = module, name, install
        self.instead, self.reason = instead, reason
        wrong = f"can't be imported: {reason}" if reason else "is not installed"
        mends = []
        if install:
            mends.append(f"pip install '{install}'" if "[" in install else f"pip install {install}")
        if instead:
            mends.append(f"or use {instead}://, whose driver is installed")
        tail = "\n" + "   ".join(mends) if mends else ""
        super().__init__(f"driver {module!r} for {name}:// {wrong}{tail}")


class UnreachableDatabase(DatabaseError):
    """A connection was tried and not given.

    Attributes:
        where: The URL without password and options.
        reason: What the driver says, in one line.
        source: Where the URL came from.
    """

    def __init__(self, where: str, reason: str, source: str) -> None:
        self.where, self.reason, self.source = where, reason, source
        super().__init__(
            f"cannot connect to {where}: {reason}\nURL from {source} (.env is not read)"
        )


class AsyncDriver(DatabaseError):
    """A plain connection was asked for, and the URL's driver is asynchronous.

    Attributes:
        name: Dialect and driver: "postgresql+asyncpg".
        source: Where the URL came from.
    """

    def __init__(self, name: str, source: str) -> None:
        self.name, self.source = name, source
        super().__init__(
            f"{name}:// in {source} has an asynchronous driver, which can't be used here\n"
            "give a URL with a synchronous driver, in --url or $MIGRATE_DATABASE_URL"
        )


class NoMetadata(ModelsError):
    """What is named as metadata isn't there, or nothing is named.

    Attributes:
        target: As it is written in the settings, "pkg.module:object"; None if nothing is.
        reason: What was found instead.
        candidates: Names that would do, best first; may be empty.
    """

    def __init__(self, target: str | None, reason: str, candidates: Sequence[str] = ()) -> None:
        self.target, self.reason, self.candidates = target, reason, tuple(candidates)
        what = f"[tool.migrate] metadata {target!r}: " if target else ""
        super().__init__(f"{what}{reason}{did_you_mean(self.candidates)}")


class EmptyMetadata(Refused):
    """The metadata has no tables, most likely because nothing imported their modules.

    Attributes:
        targets: The metadata as the settings name it.
        imported: Modules that were imported, sorted.
    """

    def __init__(self, targets: Sequence[str], imported: Sequence[str]) -> None:
        self.targets, self.imported = tuple(targets), tuple(imported)
        super().__init__(
            f"the models ({', '.join(targets)}) have 0 tables; "
            "probably the modules that define them are not imported\n"
            f"imported: {', '.join(imported)}\n"
            'name them, for example: [tool.migrate] models = ["myapp.**.models"]'
        )


class ModelsDontImport(ModelsError):
    """A module of the project fails while it is imported.

    Attributes:
        module: The module that was asked for.
        where: File and line of the failure, "models.py:12"; None if it isn't in a file.
        reason: The exception's kind and text, in one line.
        setting: The setting that names the module: "metadata" or "models".
        hint: What to do; None if only the author can know.
    """

    def __init__(
        self, module: str, where: str | None, reason: str, setting: str, hint: str | None = None
    ) -> None:
        self.module, self.where, self.reason = module, where, reason
        self.setting, self.hint = setting, hint
        at = f"\nat {where}" if where else ""
        mend = f"\n{hint}" if hint else ""
        super().__init__(
            f"can't import {module!r}, named by [tool.migrate] {setting}: {reason}{at}{mend}"
        )


class NoModels(ModelsError):
    """`init` found no metadata in the project's code.

    Attributes:
        root: Folder that was searched.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        super().__init__(
            f"no SQLAlchemy models found under {root}\n"
            "looked for DeclarativeBase, declarative_base(), registry(), MetaData(), SQLModel "
            "tables and db = SQLAlchemy()\n"
            "name the metadata: migrate init --metadata package.module:object"
        )


class SeveralModels(UsageError):
    """`init` found several metadata and can't know which one is meant.

    Attributes:
        candidates: What can be given to --metadata, sorted.
    """

    def __init__(self, candidates: Sequence[str], notes: Sequence[str]) -> None:
        self.candidates = tuple(candidates)
        shown = [f"  --metadata {c}   {n}" for c, n in zip(candidates, notes, strict=True)]
        if len(shown) > _SHOWN:
            shown[_SHOWN:] = [f"  and {len(candidates) - _SHOWN} more"]
        super().__init__(
            f"found {len(candidates)} metadata objects; choose one, or give several of\n"
            + "\n".join(shown)
        )


class NoScripts(ScriptError):
    """The folder of the revision files isn't there.

    Attributes:
        folder: The folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"the scripts folder {folder} does not exist\n"
            f"make it (mkdir -p {folder / 'versions'}), or name another in [tool.migrate] scripts; "
            "a new project starts with: migrate init"
        )


class BadScript(ScriptError):
    """A revision file can't be read or run.

    Attributes:
        file: The file.
        line: Line in it, counted from 1; None if it can't be told.
        reason: What is wrong with it.
    """

    def __init__(self, file: Path, line: int | None, reason: str) -> None:
        self.file, self.line, self.reason = file, line, reason
        super().__init__(f"{file}{f':{line}' if line else ''}: {reason}")


class DuplicateRevision(ScriptError):
    """Two files have the same revision id.

    Attributes:
        id: The id.
        files: Both files, sorted.
    """

    def __init__(self, id: str, first: Path, second: Path) -> None:
        self.id, self.files = id, tuple(sorted((first, second)))
        super().__init__(
            f"revision {id!r} is in two files\n  {self.files[0]}\n  {self.files[1]}\n"
            "remove one of them, or give it an id of its own"
        )


class MissingRevision(ScriptError):
    """A revision file names another revision, of which there is no file.

    Attributes:
        file: The file that names it.
        id: Id of the file's revision.
        missing: The name for which there is no file.
        header: "down_revision" or "depends_on".
        candidates: Similar ids, best first; may be empty.
    """

    def __init__(
        self, file: Path, id: str, missing: str, header: str, known: Iterable[str]
    ) -> None:
        self.file, self.id, self.missing, self.header = file, id, missing, header
        self.candidates = near(missing, known)
        super().__init__(
            f"{file}: {header} of revision {id!r} names {missing!r}, "
            f"which is in no revision file{did_you_mean(self.candidates)}\n"
            "add its file (not committed, or on another branch?), or name another revision"
        )


class BadGraph(ScriptError):
    """The revision files don't make a graph.

    Attributes:
        reason: What is wrong, as revgraph says it.
        files: Files of the revisions concerned, sorted; may be empty.
    """

    def __init__(self, reason: str, files: Sequence[Path] = ()) -> None:
        self.reason, self.files = reason, tuple(sorted(files))
        shown = [f"\n  {file}" for file in self.files]
        if len(shown) > _SHOWN:
            shown[_SHOWN:] = [f"\n  and {len(self.files) - _SHOWN} more"]
        super().__init__(f"{reason}{''.join(shown)}")


class BadRevisionId(UsageError):
    """A new revision can't have the id that was asked for.

    Attributes:
        id: The id.
        reason: Why not.
    """

    def __init__(self, id: str, reason: str) -> None:
        self.id, self.reason = id, reason
        super().__init__(
            f"can't make a revision with the id {id!r}: {reason}\n"
            "use letters, digits, dots and underscores, or leave --rev-id away"
        )


class RevisionExists(UsageError):
    """A new revision was asked for under an id, or at a path, that is taken.

    Attributes:
        id: The id.
        file: The file that is in the way.
    """

    def __init__(self, id: str, file: Path) -> None:
        self.id, self.file = id, file
        super().__init__(f"can't make revision {id!r}: {file} is already there; give another id")


class BadTemplate(ScriptError):
    """The template for revision files can't be used, or writes something that can't.

    Attributes:
        file: The template.
        line: Line in it, counted from 1; None if it can't be told.
        reason: What is wrong.
    """

    def __init__(self, file: Path, line: int | None, reason: str) -> None:
        self.file, self.line, self.reason = file, line, reason
        super().__init__(
            f"template {file}{f':{line}' if line else ''}: {reason}\nno revision was written"
        )


class CannotWrite(MigrateError):
    """A file or folder can't be written; nothing was.

    Attributes:
        path: The file or folder.
        reason: What the system says.
    """

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"can't write {path}: {reason}")


_SHOWN = 4
"""How many files or candidates a text lists before it says "and n more"."""


def near(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Names that someone may have meant by *word*, best first; at most three.

    >>> near("metdata", ["models", "metadata", "url"])
    ('metadata',)
    """
    import difflib  # only on the way of an error

    return tuple(difflib.get_close_matches(word, sorted(known), n=3))


def did_you_mean(candidates: Sequence[str]) -> str:
    """The end of a sentence that offers the candidates; empty if there are none.

    >>> did_you_mean(["mysql", "mariadb"])
    "; did you mean 'mysql' or 'mariadb'?"
    """
    if not candidates:
        return ""
    return f"; did you mean {' or '.join(map(repr, candidates))}?"


def in_one_line(err: BaseException) -> str:
    """An exception's kind and the first line of its text.

    >>> in_one_line(ValueError("no\\nway"))
    'ValueError: no'
    """
    text = str(err).strip()
    first = text.splitlines()[0] if text else ""
    return f"{type(err).__name__}: {first}" if first else type(err).__name__
