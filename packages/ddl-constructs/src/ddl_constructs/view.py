"""Changes of views, also of those that keep their rows: create, replace, drop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.elements import ClauseElement

from . import sqltext
from .change import Change, lowers
from .definition import body, undo_of_create, undo_of_drop
from .errors import IrreversibleChange, UnsupportedChange, WrongValue
from .grant import GrantPrivileges
from .options import dialect_options
from .wellformed import several


@dataclass(eq=False, init=False)
class CreateView(Change):
    """Create a view: `op.create_view("grown_up", "SELECT id FROM users WHERE age >= 18")`.

    `CREATE VIEW grown_up AS SELECT id FROM users WHERE age >= 18`. SQLAlchemy 2.1 has a class
    of the same name, which takes a `select()` first; `CreateView.of(view)` does that here.

    Attributes:
        view_name: Its name.
        definition: Its query, as SQL text (taken as it stands) or as a `select()`.
        schema: Its schema; None for the default one.
        columns: Names of its columns, in order; empty for those of the query.
        materialized: Whether it keeps its rows (PostgreSQL, Oracle).
        or_replace: Take the place of the view that is there, if one is.
        if_not_exists: Do nothing if it is there.
        check_option: "local" or "cascaded": rows that are written through it must be in it.
        comment: Its comment (PostgreSQL, Oracle); None for none.
        grants: Who gets which rights to it: {"reader": ["SELECT"]}; PUBLIC for everybody.
        existing_view: The change that would create it as it was, where it is replaced.
        dialect_kwargs: Dialect options: `postgresql_with`, `postgresql_using`,
            `postgresql_tablespace`, `mysql_algorithm`, `mysql_definer`, `mysql_sql_security`,
            `mssql_schemabinding`.
    """

    words: ClassVar = ("create_view",)

    view_name: str
    definition: str | ClauseElement
    schema: str | None = field(default=None, kw_only=True)
    columns: tuple[str, ...] = field(default=(), kw_only=True)
    materialized: bool = field(default=False, kw_only=True)
    or_replace: bool = field(default=False, kw_only=True)
    if_not_exists: bool = field(default=False, kw_only=True)
    check_option: str | None = field(default=None, kw_only=True)
    comment: str | None = field(default=None, kw_only=True)
    grants: Mapping[str, Sequence[str]] = field(default_factory=dict, kw_only=True)
    existing_view: CreateView | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )
    dialect_kwargs: dict[str, Any] = field(default_factory=dict, kw_only=True)

    def __init__(
        self,
        view_name: str,
        definition: str | ClauseElement,
        *,
        schema: str | None = None,
        columns: Sequence[str] = (),
        materialized: bool | None = None,
        or_replace: bool | None = None,
        if_not_exists: bool | None = None,
        check_option: str | None = None,
        comment: str | None = None,
        grants: Mapping[str, Sequence[str]] | None = None,
        existing_view: CreateView | None = None,
        **options: Any,
    ) -> None:
        self.view_name, self.definition, self.schema = view_name, definition, schema
        self.columns = several("CreateView", "columns", columns)
        self.materialized = False if materialized is None else materialized
        self.or_replace = False if or_replace is None else or_replace
        self.if_not_exists = False if if_not_exists is None else if_not_exists
        self.check_option = check_option
        self.comment, self.existing_view = comment, existing_view
        self.grants = {} if grants is None else grants
        if isinstance(grants, Mapping):
            self.grants = {
                who: list(several("CreateView", "grants", rights)) for who, rights in grants.items()
            }
        self.dialect_kwargs = dialect_options("CreateView", options, self.__dataclass_fields__)
        self.__post_init__()

    @classmethod
    def of(cls, view: Any, **facts: Any) -> Self:
        """Make the change that SQLAlchemy 2.1's `CreateView` is.

        Args:
            view: SQLAlchemy's.
            facts: Fields that it doesn't say.
        """
        said = {
            "schema": view.schema,
            "materialized": view.materialized,
            "or_replace": view.or_replace,
            **view.dialect_kwargs,
        }
        return cls(view.table.name, view.selectable, **{**said, **facts})

    @property
    def kind(self) -> str:
        """What it is called: "view" or "materialized view"."""
        return "materialized view" if self.materialized else "view"

    def reverse(self) -> Change:
        drop = DropView(
            self.view_name,
            schema=self.schema,
            materialized=self.materialized,
            existing_view=self.replace(existing_view=None),
        )
        return undo_of_create(self, drop, self.existing_view, "existing_view")

    def describe(self) -> str:
        verb = "replace" if self.or_replace else "create"
        return f"{verb} {self.kind} {sqltext.dotted(self.schema, self.view_name)}"


def with_grants(change: CreateView) -> Iterator[Change]:
    """Yield what creates a view, then what gives rights to it."""
    yield change
    for who, rights in change.grants.items():
        yield GrantPrivileges(rights, change.view_name, who, schema=change.schema)


@lowers(CreateView)
def _create_and_grant(
    change: CreateView, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    yield from with_grants(change)


@dataclass(eq=False)
class DropView(Change):
    """Drop a view: `op.drop_view("grown_up")`.

    Attributes:
        view_name: Its name.
        schema: Its schema; None for the default one.
        materialized: Whether it keeps its rows (PostgreSQL, Oracle).
        if_exists: Do nothing if it isn't there.
        existing_view: The change that would create it again.
    """

    words: ClassVar = ("drop_view",)

    view_name: str
    schema: str | None = field(default=None, kw_only=True)
    materialized: bool = field(default=False, kw_only=True)
    if_exists: bool = field(default=False, kw_only=True)
    existing_view: CreateView | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    @property
    def kind(self) -> str:
        """What it is called: "view" or "materialized view"."""
        return "materialized view" if self.materialized else "view"

    def reverse(self) -> Change:
        return undo_of_drop(self, self.existing_view, "existing_view")

    def describe(self) -> str:
        return f"drop {self.kind} {sqltext.dotted(self.schema, self.view_name)}"


@dataclass(eq=False)
class RefreshMaterializedView(Change):
    """Fill a view that keeps its rows anew: `op.refresh_materialized_view("totals")`.

    `REFRESH MATERIALIZED VIEW totals`. Undone it is filled anew once more, by what the tables
    hold then.

    Attributes:
        view_name: Its name.
        schema: Its schema; None for the default one.
        concurrently: Let others read it meanwhile (PostgreSQL); it must have a unique index over
            all rows, and be filled already.
        with_data: Whether it has rows afterwards; without, it can't be read until it is filled.
    """

    words: ClassVar = ("refresh_materialized_view",)

    view_name: str
    schema: str | None = field(default=None, kw_only=True)
    concurrently: bool = field(default=False, kw_only=True)
    with_data: bool = field(default=True, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.concurrently and not self.with_data:
            raise WrongValue(
                "RefreshMaterializedView", "with_data", False, "True where concurrently is said"
            )

    def reverse(self) -> RefreshMaterializedView:
        if not self.with_data:
            raise IrreversibleChange(self.describe(), (), "the rows that it had are gone")
        return self

    def describe(self) -> str:
        verb = "refresh" if self.with_data else "empty"
        return f"{verb} materialized view {sqltext.dotted(self.schema, self.view_name)}"


def view_text(
    change: CreateView,
    compiler: DDLCompiler,
    create: str,
    *,
    before_as: str = "",
    check_options: Mapping[str, str] | None = None,
) -> str:
    """Write what creates a view.

    Args:
        change: The change.
        compiler: Of the dialect to write for.
        create: What stands before the name: "CREATE OR REPLACE VIEW".
        before_as: What stands before AS, if anything.
        check_options: The words for each check option that the dialect has; None for the standard's.

    Raises:
        UnsupportedChange: It has no such check option.
    """
    name = sqltext.table(compiler, change.view_name, change.schema)
    columns = ", ".join(sqltext.name(compiler, c) for c in change.columns)
    named = f"{name} ({columns})" if columns else name
    text = f"{create} {named} {sqltext.yes(before_as, before_as)}AS {body(compiler, change.definition)}"
    if change.check_option is None:
        return text
    known = CHECK_OPTIONS if check_options is None else check_options
    words = known.get(change.check_option.lower())
    if words is None or change.materialized:
        raise refused(change, compiler, f"it has no check option {change.check_option!r} for that")
    return f"{text} {words}"


CHECK_OPTIONS = {"local": "WITH LOCAL CHECK OPTION", "cascaded": "WITH CASCADED CHECK OPTION"}


def refused(
    change: CreateView | DropView | RefreshMaterializedView,
    compiler: DDLCompiler,
    reason: str,
    hint: str | None = None,
) -> UnsupportedChange:
    """Make the error about what a dialect can't say of a view."""
    return UnsupportedChange(change.describe(), compiler.dialect.name, reason, hint)


def require_plain(change: CreateView, compiler: DDLCompiler, *, if_not_exists: bool) -> None:
    """Refuse what a dialect has no words for.

    Raises:
        UnsupportedChange: It keeps its rows, or must not be there.
    """
    if change.materialized:
        raise refused(change, compiler, "it has no materialized views")
    if change.if_not_exists and not if_not_exists:
        raise refused(change, compiler, "it has no IF NOT EXISTS for views", "say or_replace=True")


@compiles(CreateView)
def _create_view(change: CreateView, compiler: DDLCompiler, **kw: Any) -> str:
    require_plain(change, compiler, if_not_exists=False)
    replace = sqltext.yes(change.or_replace, "OR REPLACE")
    return view_text(change, compiler, f"CREATE {replace}VIEW")


@compiles(DropView)
def _drop_view(change: DropView, compiler: DDLCompiler, **kw: Any) -> str:
    if change.materialized:
        raise refused(change, compiler, "it has no materialized views")
    return drop_view_text(change, compiler)


@compiles(RefreshMaterializedView)
def _refresh(change: RefreshMaterializedView, compiler: DDLCompiler, **kw: Any) -> str:
    raise refused(change, compiler, "it has no materialized views")


def drop_view_text(change: DropView, compiler: DDLCompiler) -> str:
    """Write what drops a view."""
    guard = sqltext.yes(change.if_exists, "IF EXISTS")
    name = sqltext.table(compiler, change.view_name, change.schema)
    return f"DROP {change.kind.upper()} {guard}{name}"
