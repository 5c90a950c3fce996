"""What can be wrong with a change: one class per way, the culprits as fields."""

from __future__ import annotations

from sqlalchemy.exc import CompileError


class DDLConstructsError(Exception):
    """Base of every error that this package raises on purpose."""


class BrokenDialect(DDLConstructsError):
    """What another distribution brings for a dialect can't be imported.

    Attributes:
        dialect: Name of the dialect.
        distribution: What it came with, and its version; "" if that isn't known.
        reason: What the import says.
    """

    def __init__(self, dialect: str, distribution: str, reason: str) -> None:
        self.dialect, self.distribution = dialect, distribution
        self.reason = " ".join(reason.split())
        of = f" of {distribution}" if distribution else ""
        super().__init__(
            f"plugin {dialect!r} (ddl_constructs.dialects){of} is broken: {self.reason}"
        )


class UnsupportedChange(DDLConstructsError, CompileError, NotImplementedError):
    """A dialect has no way to say this change.

    It is a `CompileError` of SQLAlchemy's and a `NotImplementedError` too, for those who catch these.

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


class InapplicableChange(DDLConstructsError):
    """A change can't be applied to a schema in memory; each way is a class of its own.

    Attributes:
        what: The change in words, as `describe()` gives it.
        reason: What stands in the way.
        hint: What to do instead; None if there is nothing.
    """

    def __init__(self, what: str, reason: str, hint: str | None = None) -> None:
        self.what, self.reason, self.hint = what, reason, hint
        mend = f"; {hint}" if hint else ""
        super().__init__(f"can't {what}: {reason}{mend}")


class UnknownObject(InapplicableChange):
    """A change names what isn't in the schema.

    Attributes:
        kind: "table", "column", "constraint", "index", "sequence", "enum" or "label".
        name: What was named, with its table where it has one.
        candidates: Names of that kind that look alike, best first; may be empty.
    """

    def __init__(
        self,
        what: str,
        kind: str,
        name: str,
        candidates: tuple[str, ...] = (),
        hint: str | None = None,
    ) -> None:
        self.kind, self.name, self.candidates = kind, name, candidates
        near = f"did you mean {' or '.join(candidates)}?" if candidates else None
        mend = "; ".join(part for part in (near, hint) if part) or None
        super().__init__(what, f"there is no {kind} {name}", mend)


class ExistingObject(InapplicableChange):
    """A change makes what is in the schema already.

    Attributes:
        kind: As in `UnknownObject`.
        name: What is there, with its table where it has one.
    """

    def __init__(self, what: str, kind: str, name: str) -> None:
        self.kind, self.name = kind, name
        super().__init__(what, f"{kind} {name} is there already")


class ObjectInUse(InapplicableChange):
    """A change takes away what something else needs, and databases differ in what comes of it.

    Attributes:
        name: What would go.
        users: What needs it, each in words, in order.
    """

    def __init__(
        self, what: str, name: str, users: tuple[str, ...], hint: str | None = None
    ) -> None:
        self.name, self.users = name, users
        super().__init__(
            what, f"{name} is used by {', '.join(users)}", hint or "drop or alter that first"
        )


class UnrewritableText(InapplicableChange):
    """A piece of SQL names what is changed, and can't be read well enough to be rewritten.

    Attributes:
        name: What is changed.
        where: Whose SQL it is, in words.
        sql: The SQL.
    """

    def __init__(self, what: str, name: str, where: str, sql: str) -> None:
        self.name, self.where, self.sql = name, where, sql
        super().__init__(
            what,
            f"{where} may name {name}, in SQL that can't be read with certainty: {sql}",
            "drop it first, and create it again afterwards",
        )


class OpaqueChange(InapplicableChange):
    """What a change does to the schema can't be known without a database."""
