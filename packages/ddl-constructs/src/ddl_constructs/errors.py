"""What can be wrong with a change: one class per way, the culprits as fields."""

from __future__ import annotations

from sqlalchemy.exc import CompileError


class DDLConstructsError(Exception):
    """Base of every error that this package raises on purpose."""


class UnsupportedChange(DDLConstructsError, CompileError):
    """A dialect has no way to say this change.

    It is a `CompileError` of SQLAlchemy's too, for those who catch that.

    Attributes:
        what: The change in words, as `describe()` gives it.
        dialect: Name of the dialect that was asked.
        reason: What stands in the way.
        hint: What to do instead; None if there is nothing.
    """

    def __init__(self, what: str, dialect: str, reason: str, hint: str | None = None) -> None:
        self.what, self.dialect, self.reason, self.hint = what, dialect, reason, hint
        mend = f"; {hint}" if hint else ""
        super().__init__(f"can't {what} on {dialect}: {reason}{mend}")


class MalformedChange(DDLConstructsError, CompileError):
    """A change carries a value that SQLAlchemy can't make sense of, on any dialect.

    It is a `CompileError` of SQLAlchemy's too, for those who catch that.

    Attributes:
        what: The change in words, as `describe()` gives it.
        reason: What stands in the way.
    """

    def __init__(self, what: str, reason: str) -> None:
        self.what, self.reason = what, reason
        super().__init__(f"can't {what}: {' '.join(reason.split())}")


class WrongValue(DDLConstructsError, TypeError):
    """A field of a change is given what it can't mean.

    Attributes:
        change: Name of the change's class.
        field: Name of the field.
        value: What was given.
        wanted: What it takes, in words.
    """

    def __init__(self, change: str, field: str, value: object, wanted: str) -> None:
        self.change, self.field, self.value, self.wanted = change, field, value, wanted
        given = repr(value)
        given = given if len(given) <= 60 else f"{given[:57]}..."
        super().__init__(
            f"{change} got {given} ({type(value).__name__}) as {field}: it takes {wanted}"
        )


class MissingFact(DDLConstructsError):
    """A change needs a fact that its author didn't state.

    Attributes:
        what: What was asked, in words.
        facts: Names of the keywords that would state the facts.
        reason: Why they are needed.
    """

    def __init__(self, what: str, facts: tuple[str, ...], reason: str) -> None:
        self.what, self.facts, self.reason = what, facts, reason
        mend = f"; state {' and '.join(facts)}" if facts else ""
        super().__init__(f"can't {what}: {reason}{mend}")


class IrreversibleChange(MissingFact):
    """The reverse of a change can't be known from the facts that it carries.

    Attributes:
        what: The change in words.
        facts: Names of the keywords that would make it reversible; empty if none would.
    """

    def __init__(self, what: str, facts: tuple[str, ...], reason: str) -> None:
        super().__init__(f"reverse '{what}'", facts, reason)


class UnknownOption(DDLConstructsError, TypeError):
    """A keyword is neither a parameter of the change nor an option of a dialect.

    Attributes:
        change: Name of the change's class.
        option: The keyword as it was given.
        candidates: Parameters with a similar name, best first; may be empty.
    """

    def __init__(self, change: str, option: str, candidates: tuple[str, ...]) -> None:
        self.change, self.option, self.candidates = change, option, candidates
        near = f"; did you mean {' or '.join(map(repr, candidates))}?" if candidates else ""
        super().__init__(
            f"{change} got an unknown keyword {option!r}: dialect options are written "
            f"<dialect>_<option>{near}"
        )
