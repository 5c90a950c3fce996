"""What a rule is: a function of a change, its facts and the state, that yields what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ddl_constructs import Change, Facts, facts
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import SQLAlchemyError

from ..state import Key, SchemaState


@dataclass(frozen=True)
class Problem:
    """What a rule finds wrong.

    Attributes:
        text: What would happen, in a sentence.
        safe: The safe form, written out: lines of Python, and of comments where it needs words.
        line: The line of the file; None for that of the change.
        code: The code, if it isn't the rule's first.
    """

    text: str
    safe: str
    line: int | None = None
    code: str | None = None


@dataclass(frozen=True)
class Said:
    """A change that a revision says.

    Attributes:
        change: The change; raw SQL is the change that it is, where that is plain.
        line: The line of the script; None if it isn't one of the script's own.
        key: (schema, name) of its table; None if it is about none.
        facts: What it costs.
        alone: Whether it runs outside of the transaction.
        data: Whether it changes rows, and nothing else.
    """

    change: Any
    line: int | None
    key: Key | None
    facts: Facts
    alone: bool = False
    data: bool = False


@dataclass
class Seen:
    """What is known where a change stands: the state that rules are given.

    Attributes:
        dialect: Whose facts count.
        version: The server's version; None for the worst of all.
        schema: The schema before the change, as far as the revisions make it known.
        made: Tables that this revision has made before; nobody else is at work on them.
        before: What the revision has said before, in order.
        whole: All that the revision says, in order.
        lock_timeout: Whether a lock timeout holds: by the settings, or by the revision.
        has_lock_timeout: Whether the database knows one.
        transactional: Whether the database can roll DDL back.
    """

    dialect: Dialect
    version: tuple[int, ...] | None
    schema: SchemaState
    made: set[Key] = field(default_factory=set)
    before: list[Said] = field(default_factory=list)
    whole: Sequence[Said] = ()
    lock_timeout: bool = False
    has_lock_timeout: bool = False
    transactional: bool = False

    def facts(self, change: Change) -> Facts:
        """Give what another change would cost here; nothing is known of what can't be said."""
        return costs(change, self.dialect, self.version)

    def is_new(self, key: Key | None) -> bool:
        """Tell whether a table is one that nobody else is at work on."""
        return key is not None and key in self.made


def costs(change: Any, dialect: Dialect, version: tuple[int, ...] | None) -> Facts:
    """Give the facts of a change; nothing is known of what a dialect can't say."""
    from ddl_constructs import DDLConstructsError

    try:
        return facts(change, dialect, version)
    except (DDLConstructsError, SQLAlchemyError):
        return Facts()


Check = Callable[[Any, Facts, Seen], Iterable[Problem]]


@dataclass(frozen=True)
class Rule:
    """A rule.

    Attributes:
        codes: Its codes, the main one first; they stay what they are.
        title: What it is about, in a few words.
        check: (change, facts, state) -> what is wrong with it.
    """

    codes: tuple[str, ...]
    title: str
    check: Check


RULES: list[Rule] = []
"""All rules, in the order in which they look."""


def rule(*codes: str, title: str) -> Callable[[Check], Check]:
    """Make a function a rule.

    Args:
        codes: Its codes.
        title: What it is about, in a few words.
    """

    def decorate(check: Check) -> Check:
        RULES.append(Rule(codes, title, check))
        return check

    return decorate


def findings(said: Said, seen: Seen) -> Iterator[tuple[Rule, Problem]]:
    """Yield what all rules find wrong with a change."""
    for one in RULES:
        for problem in one.check(said.change, said.facts, seen):
            yield one, problem
