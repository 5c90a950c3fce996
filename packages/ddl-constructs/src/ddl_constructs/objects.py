"""What SQL objects are known by, by kind and name: all that stands beside tables and their parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .alter_object import RenameObject, SetObjectSchema, SetOwner
from .change import Change
from .composite import (
    AddAttribute,
    AlterAttribute,
    CreateCompositeType,
    DropAttribute,
    DropCompositeType,
    RenameCompositeType,
)
from .domain import (
    AddDomainConstraint,
    AlterDomain,
    CreateDomain,
    DropDomain,
    DropDomainConstraint,
    RenameDomainConstraint,
    ValidateDomainConstraint,
)
from .extension import CreateExtension, DropExtension, UpdateExtension
from .grant import GrantPrivileges, RevokePrivileges
from .routine import CreateFunction, CreateProcedure, DropFunction, DropProcedure
from .sqltext import dotted
from .sqltokens import tokens
from .trigger import AlterTrigger, CreateTrigger, DropTrigger
from .view import CreateView, DropView, RefreshMaterializedView


@dataclass(frozen=True)
class ObjectKey:
    """What an object is known by.

    Attributes:
        kind: "view" (also one that keeps its rows), "function", "procedure", "trigger",
            "extension", "domain", "composite" or "grant".
        schema: Its schema; None for the default one.
        name: Its name; of a grant who has the privileges.
        table: The table or view that a trigger is on, what the privileges of a grant are for;
            else None.
        signature: The arguments of a routine without their defaults, what kind of thing and which
            columns a grant is for; "" for none.
    """

    kind: str
    schema: str | None
    name: str
    table: str | None = None
    signature: str = ""

    @property
    def spoken(self) -> str:
        """The name for people: "audit.stamp on t"."""
        on = f" on {self.table}" if self.table else ""
        return dotted(self.schema, self.name) + on

    @property
    def view(self) -> ObjectKey:
        """The view that a trigger may be on."""
        return ObjectKey("view", self.schema, str(self.table))


def key_of(change: Change) -> ObjectKey:
    """Give what the object of a change is known by.

    >>> key_of(CreateView("v", "SELECT 1"))
    ObjectKey(kind='view', schema=None, name='v', table=None, signature='')
    """
    return _KEYS[type(change)](change)


def _view(change: Any) -> ObjectKey:
    return ObjectKey("view", change.schema, change.view_name)


def _routine(change: Any) -> ObjectKey:
    return ObjectKey(
        change.kind, change.schema, change.name, signature=signature_of(change.arguments or "")
    )


def signature_of(arguments: str) -> str:
    """Give the arguments of a routine in the form that it is known by: no defaults, small letters."""
    return " ".join(token.text.lower() for token in tokens(without_defaults(arguments)))


def _trigger(change: Any) -> ObjectKey:
    return ObjectKey("trigger", change.schema, change.trigger_name, change.table_name)


def _domain(change: Any) -> ObjectKey:
    return ObjectKey("domain", change.schema, change.domain_name)


def _composite(change: Any) -> ObjectKey:
    name = getattr(change, "type_name", None) or change.old_type_name
    return ObjectKey("composite", change.schema, name)


def _grant(change: Any) -> ObjectKey:
    of = " ".join([change.kind, *change.columns, *([change.arguments] if change.arguments else [])])
    return ObjectKey("grant", change.schema, change.grantee, change.object_name, of)


def _altered(change: Any) -> ObjectKey:
    kind, arguments = change.kind, getattr(change, "arguments", None)
    if kind in ("function", "procedure"):
        return ObjectKey(
            kind, change.schema, change.object_name, signature=signature_of(arguments or "")
        )
    if kind == "extension":
        return ObjectKey(kind, None, change.object_name)
    kind = "view" if kind == "materialized view" else kind
    return ObjectKey(kind, change.schema, change.object_name, getattr(change, "table_name", None))


def _extension(change: Any) -> ObjectKey:
    return ObjectKey("extension", None, change.extension_name)


_KEYS: dict[type, Callable[[Any], ObjectKey]] = {
    CreateView: _view,
    DropView: _view,
    RefreshMaterializedView: _view,
    CreateFunction: _routine,
    DropFunction: _routine,
    CreateProcedure: _routine,
    DropProcedure: _routine,
    CreateTrigger: _trigger,
    AlterTrigger: _trigger,
    DropTrigger: _trigger,
    CreateExtension: _extension,
    DropExtension: _extension,
    UpdateExtension: _extension,
    CreateDomain: _domain,
    DropDomain: _domain,
    AlterDomain: _domain,
    AddDomainConstraint: _domain,
    DropDomainConstraint: _domain,
    RenameDomainConstraint: _domain,
    ValidateDomainConstraint: _domain,
    CreateCompositeType: _composite,
    DropCompositeType: _composite,
    RenameCompositeType: _composite,
    AddAttribute: _composite,
    DropAttribute: _composite,
    AlterAttribute: _composite,
    GrantPrivileges: _grant,
    RevokePrivileges: _grant,
    RenameObject: _altered,
    SetObjectSchema: _altered,
    SetOwner: _altered,
}


def without_defaults(arguments: str) -> str:
    """Take the defaults out of a list of arguments.

    >>> without_defaults("a integer, b text DEFAULT f(1, 2), c text = 'x'")
    'a integer, b text, c text'
    """
    kept = []
    depth = begin = 0
    cut: int | None = None
    for token in tokens(arguments):
        if token.text in ("(", "["):
            depth += 1
        elif token.text in (")", "]"):
            depth -= 1
        elif not depth and token.text == ",":
            kept.append(arguments[begin : token.start if cut is None else cut].strip())
            begin, cut = token.end, None
        elif not depth and cut is None and token.says("DEFAULT", "=", ":"):
            cut = token.start
    kept.append(arguments[begin : len(arguments) if cut is None else cut].strip())
    return ", ".join(kept)
