"""Operations on constraints: what adding one of any kind has in common, and dropping."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

import ddl_constructs as ddl
from ddl_constructs import AddConstraint
from sqlalchemy import Constraint

from ...util import Dispatcher
from ..base import BatchOperations, Operations
from .base import ChangeOp, Fact, Flag, NotReversible, convention
from .base import dict_writing_through as live_dict
from .base import writing_through as live_list

T = TypeVar("T", bound="type[AddConstraintOp]")


_KINDS: dict[str, Any] = {
    "primarykey": "primary",
    **{kind: kind for kind in ("unique", "foreignkey", "check", "exclude")},
}
_NO_ORIGINAL = "the constraint can't be given: its definition isn't known"


class Argument:
    """Alembic's name for an argument of the word that builds a constraint."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, op: Any, owner: type | None = None) -> Any:
        if op is None:
            return self
        value = op._said().get(self.name)
        if isinstance(value, list):
            return live_list(value, lambda items: op._say(**{self.name: list(items)}))
        return value

    def __set__(self, op: Any, value: Any) -> None:
        op._say(**{self.name: value})


class AddConstraintOp(ChangeOp[AddConstraint], kind=AddConstraint):
    """Add a constraint; holds an `AddConstraint`. Each kind has a class of its own.

    Attributes:
        add_constraint_ops: What makes an operation of a constraint, by SQLAlchemy's name for its kind.
    """

    add_constraint_ops: ClassVar[Dispatcher] = Dispatcher()
    constraint_type: ClassVar[str] = ""
    constraint_name: Any = Argument()
    table_name: Any = Argument()
    schema: Any = Argument()

    _word: ClassVar[Callable[..., AddConstraint]]
    _names: ClassVar[tuple[str, ...]] = ("constraint_name", "table_name")
    _facts: ClassVar[tuple[str, ...]] = ("schema",)

    @classmethod
    def register_add_constraint(cls, type_: str) -> Callable[[T], T]:
        """Register the class of operations for a kind of constraint, by its `__visit_name__`."""

        def register(op: T) -> T:
            cls.add_constraint_ops.dispatch_for(type_)(op.from_constraint)
            return op

        return register

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> AddConstraintOp:
        """Make the operation that adds a constraint of a Table."""
        if cls is not AddConstraintOp:
            table = constraint.table
            return cls._of(AddConstraint(table.name, constraint, schema=table.schema))
        made: AddConstraintOp = cls.add_constraint_ops.dispatch(constraint.__visit_name__)(
            constraint
        )
        return made

    def _said(self) -> dict[str, Any]:
        """Give the arguments of the word that builds this constraint, by name."""
        spelling = self.change.spelling()
        said = {"schema": self.change.schema, **spelling.keywords}
        return {**dict(zip(self._names, spelling.arguments, strict=False)), **said}

    def _say(self, **changed: Any) -> None:
        self.change = type(self)._word(**{**self._said(), **changed})

    @property
    def kw(self) -> dict[str, Any]:
        """What else was said: deferrability, actions, options of dialects."""
        known = (*self._names, *self._facts)
        return live_dict({k: v for k, v in self._said().items() if k not in known}, self._put)

    def _put(self, kw: Mapping[str, Any]) -> None:
        known = (*self._names, *self._facts)
        self.change = type(self)._word(
            **{k: v for k, v in self._said().items() if k in known}, **kw
        )

    def to_constraint(self, migration_context: Any = None) -> Any:
        """Make the constraint, on a Table in a MetaData of its own."""
        return self.change.replace().under(convention(migration_context)).bound

    def reverse(self) -> DropConstraintOp:
        change = self.change
        name: Any = change.constraint.name
        return DropConstraintOp._of(
            ddl.DropConstraint(
                name,
                change.table_name,
                _KINDS.get(self.constraint_type),
                schema=change.schema,
                existing_constraint=change.constraint,
            )
        )

    def to_diff_tuple(self) -> tuple[str, Any]:
        return ("add_constraint", self.to_constraint())


@Operations.register_operation("drop_constraint")
@BatchOperations.register_operation("drop_constraint", "batch_drop_constraint")
class DropConstraintOp(ChangeOp[ddl.DropConstraint], kind=ddl.DropConstraint):
    """Drop a constraint; holds a `DropConstraint`."""

    constraint_name = Fact()
    table_name = Fact()
    constraint_type = Fact("type_")
    schema = Fact()
    if_exists = Flag()

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        type_: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        _reverse: AddConstraintOp | None = None,
    ) -> None:
        name: Any = constraint_name
        kind: Any = type_
        self.change = ddl.DropConstraint(
            name,
            table_name,
            kind,
            schema=schema,
            if_exists=if_exists,
            existing_constraint=None if _reverse is None else _reverse.change.constraint,
        )

    @property
    def _reverse(self) -> AddConstraintOp | None:
        return None if self.change.existing_constraint is None else self.reverse()

    def reverse(self) -> AddConstraintOp:
        return op_of(self._undone())

    def to_diff_tuple(self) -> tuple[str, Any]:
        word = "remove_fk" if self.constraint_type == "foreignkey" else "remove_constraint"
        return (word, self.to_constraint())

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> DropConstraintOp:
        """Make the operation that drops a constraint of a Table."""
        return AddConstraintOp.from_constraint(constraint).reverse()

    def to_constraint(self) -> Any:
        """Make the constraint as it is, on a Table in a MetaData of its own.

        Raises:
            NotReversible: Its definition isn't known.
        """
        known = self.change.existing_constraint
        if known is None:
            raise NotReversible(_NO_ORIGINAL)
        made = AddConstraint(self.table_name, known, schema=self.schema).bound
        made.name = self.constraint_name
        return made

    @classmethod
    def drop_constraint(
        cls,
        operations: Operations,
        constraint_name: str,
        table_name: str,
        type_: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
    ) -> None:
        """Drop a constraint of a table."""
        operations.invoke(
            cls(constraint_name, table_name, type_, schema=schema, if_exists=if_exists)
        )

    @classmethod
    def batch_drop_constraint(
        cls, operations: BatchOperations, constraint_name: str, type_: str | None = None
    ) -> None:
        """Drop a constraint of the block's table."""
        impl = operations.impl
        operations.invoke(cls(constraint_name, impl.table_name, type_, schema=impl.schema))


def op_of(change: AddConstraint) -> AddConstraintOp:
    """Make the operation that is a change, in the class of its kind of constraint."""
    visited = change.constraint.__visit_name__
    try:
        kind = AddConstraintOp.add_constraint_ops.dispatch(visited).__self__
    except ValueError:
        return AddConstraintOp._of(change)
    return kind._of(change)  # type: ignore[no-any-return]  # a class of these
