"""The operation that adds PostgreSQL's exclusion constraint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ddl_constructs as ddl

from ..base import BatchOperations, Operations
from .constraint import AddConstraintOp


@Operations.register_operation("create_exclude_constraint")
@BatchOperations.register_operation("create_exclude_constraint", "batch_create_exclude_constraint")
@AddConstraintOp.register_add_constraint("exclude_constraint")
class CreateExcludeConstraintOp(AddConstraintOp):
    """Add an exclusion constraint.

    Attributes:
        elements: (expression, operator) pairs.
        where: Which rows it is for; None for all.
    """

    constraint_type = "exclude"
    _word = staticmethod(ddl.create_exclude_constraint)
    _names = ("constraint_name", "table_name", "elements", "where")

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        elements: Sequence[tuple[Any, str]],
        where: Any = None,
        schema: str | None = None,
        _orig_constraint: Any = None,
        **kw: Any,
    ) -> None:
        if _orig_constraint is not None:
            self.change = ddl.AddConstraint(table_name, _orig_constraint, schema=schema)
            return
        self.change = ddl.create_exclude_constraint(
            constraint_name, table_name, *elements, where=where, schema=schema, **kw
        )

    def _said(self) -> dict[str, Any]:
        found: Any = self.change.constraint
        options = ("using", "deferrable", "initially", "ops")
        return {
            "constraint_name": found.name,
            "table_name": self.change.table_name,
            "schema": self.change.schema,
            "elements": [(element, operator) for element, _, operator in found._render_exprs],
            "where": found.where,
            **{name: value for name in options if (value := getattr(found, name, None))},
        }

    def _say(self, **changed: Any) -> None:
        self._put({**self._said(), **changed})

    def _put(self, kw: Any) -> None:
        said = {**self._said(), **kw}
        name, table, elements = (said.pop(n) for n in ("constraint_name", "table_name", "elements"))
        self.change = ddl.create_exclude_constraint(name, table, *elements, **said)

    @property
    def elements(self) -> list[tuple[Any, str]]:
        """The (expression, operator) pairs, in order."""
        pairs: list[tuple[Any, str]] = self._said()["elements"]
        return pairs

    @elements.setter
    def elements(self, pairs: Sequence[tuple[Any, str]]) -> None:
        self._say(elements=list(pairs))

    @property
    def where(self) -> Any:
        """Which rows it is for; None for all."""
        return self._said()["where"]

    @where.setter
    def where(self, condition: Any) -> None:
        self._say(where=condition)

    @classmethod
    def create_exclude_constraint(
        cls,
        operations: Operations,
        constraint_name: str,
        table_name: str,
        *elements: Any,
        **kw: Any,
    ) -> Any:
        """Add an exclusion constraint to a table; PostgreSQL alone has them."""
        return operations.invoke(cls(constraint_name, table_name, elements, **kw))

    @classmethod
    def batch_create_exclude_constraint(
        cls, operations: BatchOperations, constraint_name: str, *elements: Any, **kw: Any
    ) -> Any:
        """Add an exclusion constraint to the block's table; PostgreSQL alone has them."""
        kw["schema"] = operations.impl.schema
        return operations.invoke(cls(constraint_name, operations.impl.table_name, elements, **kw))
