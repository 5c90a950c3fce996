"""The functions of a new revision: the same for every database, or for each what it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from ddl_constructs import Change, ExecuteSQL
from sqlalchemy.engine.interfaces import Dialect

from ..errors import UsageError
from ..forecast.listening import Speaker, listening
from ..scripts import Script
from . import template

Direction = Literal["upgrade", "downgrade"]


class Written(NamedTuple):
    """The two bodies of a revision as Python.

    Attributes:
        upgrade: Lines of `upgrade`, without indent; none for nothing.
        downgrade: Likewise.
        imports: Import lines that they need, besides `import sqlalchemy as sa`.
    """

    upgrade: Sequence[str]
    downgrade: Sequence[str]
    imports: Sequence[str] = ()


@dataclass(frozen=True)
class Needed:
    """What a database needs of a new revision.

    Attributes:
        database: What it is called: by what env.py tells its scripts, else its URL without password.
        changes: The changes, in order.
        back: What undoes them, in order.
        write: Writes them, and the way back; called with how deep they will be indented, in steps of
            four columns.
        dialect: What its scripts see.
        told: What env.py gives the functions of its scripts by name.
        tokens: What the template calls the two bodies.
        speaker: Lets its scripts speak to another sink; None where `op` is ours.
    """

    database: str
    changes: tuple[Change, ...]
    back: tuple[Change, ...]
    write: Callable[[int], Written]
    dialect: Dialect
    told: Mapping[str, Any] = field(default_factory=dict)
    tokens: tuple[str, str] = ("upgrades", "downgrades")
    speaker: Speaker | None = None


@dataclass(frozen=True)
class Bodies:
    """What comes into the functions of a new file.

    Attributes:
        upgrade: What the template calls a body of `upgrade` -> its lines, without indent.
        downgrade: Likewise.
        imports: Import lines that they need, besides `import sqlalchemy as sa`.
        parameter: The parameter of both functions that says which database it is; None if it doesn't matter.
        databases: Who needs them; more than one where env.py leads to several.
    """

    upgrade: Mapping[str, Sequence[str]] = field(default_factory=dict)
    downgrade: Mapping[str, Sequence[str]] = field(default_factory=dict)
    imports: Sequence[str] = ()
    parameter: str | None = None
    databases: tuple[Needed, ...] = ()

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes of all databases; once where all need the same from one body."""
        if len(self.upgrade) == 1 and self.parameter is None:
            return self.databases[-1].changes
        return tuple(change for one in self.databases for change in one.changes)

    @property
    def each_its_own(self) -> bool:
        """Whether what a function does depends on the database."""
        return self.parameter is not None or any(one.tokens != _TOKENS for one in self.databases)

    def places(self) -> dict[str, Any]:
        """Give it as `write_revision` takes it."""
        up, down = dict(self.upgrade), dict(self.downgrade)
        return {
            "upgrade": up.pop(_TOKENS[0], ()),
            "downgrade": down.pop(_TOKENS[1], ()),
            "more": up | down,
            "imports": self.imports,
            "parameter": self.parameter,
            "wrong": self.wrong if self.each_its_own else None,
        }

    def wrong(self, script: Script) -> str | None:
        """Say what is wrong with a file: it is run for each database, and only heard.

        **This executes its Python**, against a sink that keeps what it says.

        Returns:
            What it doesn't do, in words; None if it does what was found.
        """
        for one in self.databases:
            for direction, changes in zip(_BOTH, (one.changes, one.back), strict=True):
                with listening(one.dialect, keywords=one.told, inside=one.speaker) as listener:
                    heard = listener.hear_file(script, direction)
                if heard.fault:
                    return f"its {direction} for {one.database} can't be run: {heard.opaque}"
                said = Counter(_what(each.element) for each in heard.said)
                if heard.opaque is None and said != Counter(map(_what, changes)):
                    return f"its {direction} for {one.database} doesn't do what was found there"
        return None


_BOTH: tuple[Direction, Direction] = ("upgrade", "downgrade")
_TOKENS = ("upgrades", "downgrades")
_PLAIN_DEPTH, _CASE_DEPTH = 1, 3


def _what(element: Any) -> str:
    """Give what a change does to what, without how, which a `render_item` may write otherwise."""
    if isinstance(element, Change) and not isinstance(element, ExecuteSQL):
        return element.describe().partition(" (")[0]
    return "execute"


def joined(databases: Sequence[Needed], known: Collection[str] = ()) -> Bodies:
    """Make one file of what several databases need.

    What a template has a place for each database for comes there. Else it is one body if all need the same,
    and one with a case for each if env.py tells its scripts which database it is.

    Args:
        databases: What each needs, as env.py leads to them; at least one.
        known: Names of databases that the settings have; if env.py led to some of them only, what they
            need isn't for the others.

    Raises:
        UsageError: They need different things, and nothing tells the scripts which database it is.
    """
    ways: dict[Direction, dict[str, Sequence[str]]] = {"upgrade": {}, "downgrade": {}}
    imports: set[str] = set()
    parameters: set[str] = set()
    for tokens in dict.fromkeys(one.tokens for one in databases):
        here = [one for one in databases if one.tokens == tokens]
        texts = [one.write(_PLAIN_DEPTH) for one in here]
        parameter = _telling(here)
        differ = any(text[:2] != texts[0][:2] for text in texts)
        if differ or _leaves_out(here, parameter, known):
            if parameter is None:
                raise _refused(here)
            parameters.add(parameter)
            texts = [one.write(_CASE_DEPTH) for one in here]
            values = [str(one.told[parameter]) for one in here]
            for direction, token in zip(_BOTH, tokens, strict=True):
                bodies = [getattr(text, direction) for text in texts]
                cases = dict(zip(values, bodies, strict=True))
                ways[direction][token] = list(_matched(parameter, cases))
        else:
            for direction, token in zip(_BOTH, tokens, strict=True):
                ways[direction][token] = getattr(texts[0], direction)
        imports.update(line for text in texts for line in text.imports)
    if len(parameters) > 1:
        raise _refused(databases)
    return Bodies(
        ways["upgrade"],
        ways["downgrade"],
        sorted(imports),
        next(iter(parameters), None),
        tuple(databases),
    )


def _telling(databases: Sequence[Needed]) -> str | None:
    """Give the name by which env.py tells its scripts which database it is; None if it doesn't."""
    for name in databases[0].told:
        values = [one.told.get(name) for one in databases]
        if all(isinstance(one, str) for one in values) and len(set(values)) == len(values):
            return name
    return None


def _leaves_out(databases: Sequence[Needed], parameter: str | None, known: Collection[str]) -> bool:
    """Tell whether env.py led to some of the databases only that the settings name."""
    if parameter is None or databases[0].tokens != _TOKENS:
        return False
    return {one.told[parameter] for one in databases} < set(known)


def _matched(parameter: str, cases: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Write a body with a case for each database that needs something; the same is said once."""
    if not any(cases.values()):
        return
    yield f"match {parameter}:"
    written: list[str] = []
    for body in cases.values():
        same = [name for name, other in cases.items() if other == body]
        if not body or same[0] in written:
            continue
        written += same
        yield f"    case {' | '.join(map(template.literal, same))}:"
        yield from template.deeper(body, 8)


def _refused(databases: Sequence[Needed]) -> UsageError:
    names = ", ".join(one.database for one in databases)
    return UsageError(
        f"the {len(databases)} databases of env.py need different changes, and it doesn't tell the "
        f"revisions which database it is: {names}\n"
        "let it: context.run_migrations(database=name); or let it lead to one of them at a time "
        "(context.get_x_argument() tells what -x says), or write the file by hand: migrate revision"
    )
