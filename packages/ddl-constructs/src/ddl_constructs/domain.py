"""Changes of domains: types with rules of their own (PostgreSQL)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.elements import ColumnElement, TextClause
from sqlalchemy.types import TypeEngine, to_instance

from . import sqltext
from .change import KEEP, Change, Keep, lowers
from .errors import IrreversibleChange, UnsupportedChange
from .wellformed import several

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import DOMAIN


@dataclass(eq=False)
class CreateDomain(Change):
    """Create a domain: `op.create_domain("positive", Integer(), checks=[CheckConstraint("VALUE > 0")])`.

    `CREATE DOMAIN positive AS INTEGER CHECK (VALUE > 0)`. SQLAlchemy's CreateDomainType takes a
    `postgresql.DOMAIN`; `CreateDomain.of(domain)` does that here. A table or column that is
    added with a DOMAIN brings it along where it isn't there.

    Attributes:
        domain_name: Its name.
        data_type: The type that its values are of.
        schema: Its schema; None for the default one.
        default: What a column of it has where nothing is said, as DOMAIN takes it: a string for
            that value, `text()` for SQL; None for none.
        not_null: Whether no column of it takes NULL.
        collation: How its values sort; None for the type's own.
        checks: What must hold of its values, which are called VALUE.
        if_not_exists: Do nothing if it is there.
    """

    words: ClassVar = ("create_domain",)

    domain_name: str
    data_type: TypeEngine[Any] | type[TypeEngine[Any]]
    schema: str | None = field(default=None, kw_only=True)
    default: str | TextClause | ColumnElement[Any] | None = field(default=None, kw_only=True)
    not_null: bool = field(default=False, kw_only=True)
    collation: str | None = field(default=None, kw_only=True)
    checks: Sequence[CheckConstraint] = field(default=(), kw_only=True)
    if_not_exists: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.data_type = to_instance(self.data_type)
        self.checks = several("CreateDomain", "checks", self.checks)

    @classmethod
    def of(cls, domain: DOMAIN, *, if_not_exists: bool = False) -> CreateDomain:
        """Make the change that creates a DOMAIN of a model."""
        checks = (
            ()
            if domain.check is None
            else (CheckConstraint(domain.check, name=domain.constraint_name),)
        )
        return cls(
            str(domain.name),
            domain.data_type,
            schema=domain.schema,
            default=domain.default,
            not_null=bool(domain.not_null),
            collation=domain.collation,
            checks=checks,
            if_not_exists=if_not_exists,
        )

    @property
    def domain(self) -> DOMAIN:
        """The DOMAIN that a column of it is of; one that creates itself only if it can say all."""
        from sqlalchemy.dialects.postgresql import DOMAIN

        one = self.checks[0] if len(self.checks) == 1 else None
        return DOMAIN(
            self.domain_name,
            self.data_type,
            schema=self.schema,
            default=self.default,  # type: ignore[arg-type]  # an expression is taken as well
            not_null=self.not_null,
            collation=self.collation,
            constraint_name=one.name if one is not None and isinstance(one.name, str) else None,
            check=None if one is None else one.sqltext,
            create_type=len(self.checks) < 2,
        )

    def reverse(self) -> DropDomain:
        existing = self.replace(if_not_exists=False)
        return DropDomain(self.domain_name, schema=self.schema, existing_domain=existing)

    def describe(self) -> str:
        said = sqltext.bare_type(self.data_type)
        return f"create domain {sqltext.dotted(self.schema, self.domain_name)} ({said})"


@dataclass(eq=False)
class DropDomain(Change):
    """Drop a domain: `op.drop_domain("positive")`.

    `DROP DOMAIN positive`, which PostgreSQL refuses while a column is of it.

    Attributes:
        domain_name: Its name.
        schema: Its schema; None for the default one.
        if_exists: Do nothing if it isn't there.
        cascade: Drop the columns that are of it too, with all that is in them.
        existing_domain: The change that would create it again.
    """

    words: ClassVar = ("drop_domain",)

    domain_name: str
    schema: str | None = field(default=None, kw_only=True)
    if_exists: bool = field(default=False, kw_only=True)
    cascade: bool = field(default=False, kw_only=True)
    existing_domain: CreateDomain | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    def reverse(self) -> CreateDomain:
        if self.existing_domain is None:
            raise IrreversibleChange(
                self.describe(), ("existing_domain",), "its definition isn't known"
            )
        return self.existing_domain

    def describe(self) -> str:
        return f"drop domain {sqltext.dotted(self.schema, self.domain_name)}"


@dataclass(eq=False)
class AlterDomain(Change):
    """Alter a domain: `op.alter_domain("positive", not_null=True)`.

    `ALTER DOMAIN positive SET NOT NULL`; each thing that changes is a statement, a new name the
    last. The type of its values can't change.

    Attributes:
        domain_name: Its name as it is.
        new_domain_name: Its name afterwards.
        default: Its default afterwards; None for none.
        not_null: Whether no column of it takes NULL afterwards.
        schema: Its schema; None for the default one.
        existing_domain: The change that would create it as it was.
    """

    words: ClassVar = ("alter_domain",)

    domain_name: str
    new_domain_name: str | Keep = field(default=KEEP, kw_only=True)
    default: str | TextClause | ColumnElement[Any] | Keep | None = field(default=KEEP, kw_only=True)
    not_null: bool | Keep = field(default=KEEP, kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    existing_domain: CreateDomain | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    @property
    def aspects(self) -> tuple[str, ...]:
        """Names of the fields that change something, in the order of their statements."""
        names = ("default", "not_null", "new_domain_name")
        return tuple(name for name in names if getattr(self, name) is not KEEP)

    def only(self, *aspects: str) -> AlterDomain:
        """Give a copy that changes only what is named."""
        return self.replace(**dict.fromkeys(set(self.aspects) - set(aspects), KEEP))

    def reverse(self) -> AlterDomain:
        before, name = self.existing_domain, self.domain_name
        if before is None and (lost := set(self.aspects) - {"new_domain_name"}):
            raise IrreversibleChange(
                self.describe(), ("existing_domain",), f"its {sorted(lost)[0]} before isn't known"
            )
        back = {a: getattr(before, a) for a in self.aspects if a != "new_domain_name"}
        if self.new_domain_name is not KEEP:
            name, back["new_domain_name"] = str(self.new_domain_name), self.domain_name
        return AlterDomain(
            name,
            schema=self.schema,
            existing_domain=None if before is None else self.applied(before),
            **back,
        )

    def applied(self, create: CreateDomain) -> CreateDomain:
        """Give the change that would create a domain as it is after this one."""
        said = {a: getattr(self, a) for a in self.aspects}
        if "new_domain_name" in said:
            said["domain_name"] = said.pop("new_domain_name")
        return create.replace(**said)

    def describe(self) -> str:
        words = {"default": "default", "not_null": "nullable", "new_domain_name": "name"}
        what = ", ".join(words[a] for a in self.aspects)
        return f"alter domain {sqltext.dotted(self.schema, self.domain_name)}: {what or 'nothing'}"


@dataclass(eq=False)
class AddDomainConstraint(Change):
    """Add a CHECK to a domain: `op.add_domain_constraint("positive", CheckConstraint("VALUE < 9", name="low"))`.

    `ALTER DOMAIN positive ADD CONSTRAINT low CHECK (VALUE < 9)`. All columns of the domain are
    read, unless it says `postgresql_not_valid=True`.

    Attributes:
        domain_name: The domain's name.
        constraint: The CHECK; the value is called VALUE.
        schema: The domain's schema; None for the default one.
    """

    words: ClassVar = ("add_domain_constraint",)

    domain_name: str
    constraint: CheckConstraint
    schema: str | None = field(default=None, kw_only=True)

    def reverse(self) -> DropDomainConstraint:
        if not isinstance(self.constraint.name, str):
            raise IrreversibleChange(
                self.describe(), (), "a constraint without a name can't be dropped; give it one"
            )
        return DropDomainConstraint(
            self.domain_name,
            self.constraint.name,
            schema=self.schema,
            existing_constraint=self.constraint,
        )

    def describe(self) -> str:
        what = f"check {self.constraint.name or sqltext.spoken(self.constraint.sqltext)}"
        return f"add {what} to domain {sqltext.dotted(self.schema, self.domain_name)}"


@dataclass(eq=False)
class DropDomainConstraint(Change):
    """Drop a CHECK of a domain: `op.drop_domain_constraint("positive", "low")`.

    `ALTER DOMAIN positive DROP CONSTRAINT low`.

    Attributes:
        domain_name: The domain's name.
        constraint_name: The constraint's name.
        schema: The domain's schema; None for the default one.
        if_exists: Do nothing if it isn't there.
        existing_constraint: The CHECK as it is, so that the change can be reversed.
    """

    words: ClassVar = ("drop_domain_constraint",)

    domain_name: str
    constraint_name: str
    schema: str | None = field(default=None, kw_only=True)
    if_exists: bool = field(default=False, kw_only=True)
    existing_constraint: CheckConstraint | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    def reverse(self) -> AddDomainConstraint:
        if self.existing_constraint is None:
            raise IrreversibleChange(
                self.describe(), ("existing_constraint",), "its condition isn't known"
            )
        return AddDomainConstraint(self.domain_name, self.existing_constraint, schema=self.schema)

    def describe(self) -> str:
        where = sqltext.dotted(self.schema, self.domain_name)
        return f"drop constraint {self.constraint_name} of domain {where}"


@dataclass(eq=False)
class RenameDomainConstraint(Change):
    """Rename a CHECK of a domain: `op.rename_domain_constraint("positive", "low", "small")`.

    `ALTER DOMAIN positive RENAME CONSTRAINT low TO small`.

    Attributes:
        domain_name: The domain's name.
        constraint_name: The constraint's name as it is.
        new_constraint_name: Its name afterwards.
        schema: The domain's schema; None for the default one.
    """

    words: ClassVar = ("rename_domain_constraint",)

    domain_name: str
    constraint_name: str
    new_constraint_name: str
    schema: str | None = field(default=None, kw_only=True)

    def reverse(self) -> RenameDomainConstraint:
        return self.replace(
            constraint_name=self.new_constraint_name, new_constraint_name=self.constraint_name
        )

    def describe(self) -> str:
        where = sqltext.dotted(self.schema, self.domain_name)
        return (
            f"rename constraint {self.constraint_name} of domain {where} "
            f"to {self.new_constraint_name}"
        )


@dataclass(eq=False)
class ValidateDomainConstraint(Change):
    """Check what was in columns of a domain before its CHECK: `op.validate_domain_constraint("positive", "low")`.

    `ALTER DOMAIN positive VALIDATE CONSTRAINT low`, for one that was added as NOT VALID.

    Attributes:
        domain_name: The domain's name.
        constraint_name: The constraint's name.
        schema: The domain's schema; None for the default one.
    """

    words: ClassVar = ("validate_domain_constraint",)

    domain_name: str
    constraint_name: str
    schema: str | None = field(default=None, kw_only=True)

    def reverse(self) -> Change:
        raise IrreversibleChange(self.describe(), (), "nothing takes a validation back")

    def describe(self) -> str:
        where = sqltext.dotted(self.schema, self.domain_name)
        return f"validate constraint {self.constraint_name} of domain {where}"


@lowers(AlterDomain)
def _one_by_one(
    change: AlterDomain, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    for aspect in change.aspects:
        yield change.only(aspect) if len(change.aspects) > 1 else change


@compiles(CreateDomain)
@compiles(DropDomain)
@compiles(AlterDomain)
@compiles(AddDomainConstraint)
@compiles(DropDomainConstraint)
@compiles(RenameDomainConstraint)
@compiles(ValidateDomainConstraint)
def _no_domains(change: Change, compiler: DDLCompiler, **kw: Any) -> str:
    raise UnsupportedChange(
        change.describe(),
        compiler.dialect.name,
        "domains are PostgreSQL's",
        "give the columns the type, and a CHECK each",
    )
