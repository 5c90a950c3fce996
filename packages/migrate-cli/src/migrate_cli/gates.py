"""The gates before a run: data that would be lost, databases that are protected, no way back."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from revgraph import Step
from sqlalchemy import column, inspect, literal, select, table
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from .config import Config
from .errors import ConfigurationError, Irreversible, ProtectedDatabase, WouldLoseData
from .paths import shown
from .running.run import Run
from .running.transactions import reading
from .scripts import Script

if TYPE_CHECKING:
    from .losses.of_scripts import NewName


@dataclass
class Gate:
    """What has to be said before a run begins, and who can be asked.

    Attributes:
        data_loss: "ask", "refuse" or "allow".
        protected: Globs of databases.
        allow_data_loss: Whether it was said that data may be lost.
        allow_protected: Whether it was said that a protected database is meant.
        ask: Puts a question to a person: (what about, the word that confirms it; "y" for yes)
            -> whether it was confirmed; None where nobody can be asked.
    """

    data_loss: str = "ask"
    protected: Sequence[str] = ()
    allow_data_loss: bool = False
    allow_protected: bool = False
    ask: Callable[[str, str], bool] | None = None
    _passed: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def of(cls, config: Config, **said: object) -> Gate:
        """Make it by a project's settings.

        MIGRATE_DATA_LOSS and MIGRATE_PROTECTED (globs with commas between) count in every kind of
        project. An Alembic project that doesn't say so loses data as Alembic does: unasked.
        """
        asked = os.environ.get("MIGRATE_DATA_LOSS", "").strip()
        if asked not in ("", "ask", "refuse", "allow"):
            raise ConfigurationError(
                f"$MIGRATE_DATA_LOSS is {asked!r}, which says nothing about data that would be lost\n"
                "it can be: ask, refuse, allow"
            )
        alembics = config.world is not None and config.world.writes
        usual = "allow" if alembics else config.data_loss
        more = os.environ.get("MIGRATE_PROTECTED", "").split(",")
        return cls(
            asked or usual,
            (*config.protected, *(one.strip() for one in more if one.strip())),
            **said,  # type: ignore[arg-type]  # the fields above
        )

    def database(self, around: Run, what: str) -> None:
        """Let a change of a database through, or not.

        Raises:
            ProtectedDatabase: It is protected, and nobody has said that it is meant.
        """
        passed = ("", around.name)
        if around.sink.connection is None or self.allow_protected or passed in self._passed:
            return
        pattern = next((p for p in self.protected if _fits(p, around)), None)
        if pattern is None:
            return
        if self.ask is None:
            raise ProtectedDatabase(around.name, pattern, what)
        name = around.sink.connection.engine.url.database or "yes"
        asked = f"{around.name} is protected; to {what} it, type its name, {name}"
        if not self.ask(asked, name):
            raise ProtectedDatabase(around.name, pattern, what, asked=True)
        self._passed.add(passed)

    def steps(self, around: Run, steps: Iterable[Step[Script]]) -> None:
        """Let steps through, or not; those that have passed aren't asked about again.

        Raises:
            WouldLoseData: They would lose data, and nobody has said that they may.
        """
        new = [step for step in steps if _named(step, around) not in self._passed]
        connection = around.sink.connection
        if connection is None or self.allow_data_loss or self.data_loss == "allow" or not new:
            return
        found = list(_lost(new, connection, around.keywords))
        if found:
            direction = new[0].direction
            if self.ask is None or self.data_loss == "refuse":
                raise WouldLoseData(around.name, direction, found)
            lines = "\n".join(f"  {line}" for line in found)
            if not self.ask(f"{direction} of {around.name} would lose data:\n{lines}", "y"):
                raise WouldLoseData(around.name, direction, found, asked=True)
        self._passed.update(_named(step, around) for step in new)


def _named(step: Step[Script], around: Run) -> tuple[str, str]:
    return f"{step.direction} {step.revision.id}", around.name


def must_have_way_back(steps: Iterable[Step[Script]]) -> None:
    """Check before a downgrade that none of its revisions says that it has no way back.

    Raises:
        Irreversible: One does, by `irreversible("why")` as the first statement of `downgrade`.
    """
    from .way_back import way_back

    for step in steps:
        script = step.revision.payload
        if step.direction == "downgrade" and script is not None:
            back = way_back(script.path)
            if back.irreversible is not None:
                place = f"{shown(script.path)}:{back.line}"
                raise Irreversible(step.revision.id, back.irreversible, place)


def _fits(pattern: str, around: Run) -> bool:
    """Tell whether a glob fits a database: its URL as it is shown, "host/name", or its name."""
    connection = around.sink.connection
    assert connection is not None, "what isn't live isn't protected"
    url = connection.engine.url
    names = (around.name, f"{url.host or ''}/{url.database or ''}", url.database or "")
    return any(fnmatch.fnmatchcase(name, pattern) for name in names)


def _lost(
    steps: Iterable[Step[Script]], connection: Connection, told: Mapping[str, object]
) -> Iterable[str]:
    """Say what steps would lose, in lines; what is empty or isn't there isn't lost."""
    from .losses.narrowed import lost
    from .losses.of_scripts import (  # they read what the scripts say
        losses,
        new_names,
        works_on_rows,
    )

    known: dict[tuple[str | None, str], bool] = {}
    earlier: list[tuple[Path, str]] = []
    names = _Names()
    for step in steps:
        script = step.revision.payload
        assert script is not None, "every revision of Scripts.graph carries its script"
        given = new_names(script.path, step.direction, told)
        for loss in losses(script.path, step.direction, told):
            while given and given[0].line < loss.line:
                names.rename(given.pop(0))
            said, table = loss.what, None
            if loss.table is not None:
                table = names.now(loss.table)
                if table is not None and table not in known:
                    known[table] = _has_rows(connection, *table)
                if table is None or not known[table]:
                    continue
                if table != loss.table:
                    said += f", which is {'.'.join(part for part in table if part)} now"
            if loss.narrows is not None and table is not None:
                if any(works_on_rows(*one) for one in earlier):  # it may have mended them by then
                    continue
                with reading(connection):
                    found = lost(connection, table, *loss.narrows)
                if found is None:
                    continue
                said = f"{said}: {found}"
            yield f"{step.revision.id}: {said}    {shown(script.path)}:{loss.line}"
        for one in given:
            names.rename(one)
        earlier.append((script.path, step.direction))


class _Names:
    """What tables are called before a run that renames some."""

    def __init__(self) -> None:
        self._were: dict[tuple[str | None, str], tuple[str | None, str] | None] = {}

    def rename(self, given: NewName) -> None:
        """Take down that a table has another name from here on, and none has its old one."""
        self._were[given.new] = self.now(given.old)
        self._were[given.old] = None

    def now(self, table: tuple[str | None, str]) -> tuple[str | None, str] | None:
        """Give what a table is called in the database, nothing having run; None if there is none."""
        return self._were.get(table, table)


def _has_rows(connection: Connection, schema: str | None, name: str) -> bool:
    """Look whether a table has a row; one that can't be looked at is taken to have some."""
    try:
        with reading(connection):
            if not inspect(connection).has_table(name, schema=schema):
                return False
            asked = select(literal(1)).select_from(table(name, column("x"), schema=schema))
            return connection.execute(asked.limit(1)).first() is not None
    except SQLAlchemyError:
        return True
