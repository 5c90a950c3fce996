"""Privileges that are declared: what is missing of them, and what is too much where they are managed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from ddl_constructs import Change, GrantPrivileges, RevokePrivileges

from ..objects import ObjectValue
from ..values import Snapshot
from .context import Context

Has = dict[str, bool]
"""What somebody has for something: privilege -> whether he may pass it on."""


def compare_grants(theirs: Snapshot, ours: Snapshot, context: Context) -> list[Change]:
    """Give what is granted and revoked, after all else: what nobody declared is left as it is."""
    found: list[Change] = []
    for key, value in ours.objects.items():
        if key.kind != "grant":
            continue
        create: GrantPrivileges = value.create
        named = (key.schema, create.object_name)
        if context.options.takes_table(named, theirs.default_schema) and (
            context.options.takes_object(value.source, create.grantee, "grant", False)
        ):
            found += _differences(value, theirs, _types(create, ours))
    return found


def _types(create: GrantPrivileges, ours: Snapshot) -> str:
    """Give the types of a routine's arguments in the database's words; those of ours as they are."""
    for key, value in ours.objects.items():
        if (key.kind, key.name) == (create.kind, create.object_name) and (
            value.create.arguments == create.arguments
        ):
            return key.signature
    return ""


def _differences(value: ObjectValue, theirs: Snapshot, types: str) -> Iterator[Change]:
    create: GrantPrivileges = value.create
    wanted = _wanted(create, theirs)
    parts: list[str | None] = list(create.columns) or [None]
    has = {part: _has(create, value.key.schema, part, theirs, types) for part in parts}
    if not any(has.values()):
        yield create
        return
    for several, missing in _together(parts, lambda p: _missing(create, wanted, has[p])):
        yield create.replace(privileges=missing, columns=several)
    if not getattr(value.source, "managed", False):
        return
    for several, extra in _together(parts, lambda p: [x for x in has[p] if x not in wanted]):
        passes_on = any(has[part][x] for part in has for x in has[part] if x in extra)
        yield _revoked(create, several, extra, passes_on)
    if not create.grantable:
        for several, over in _together(parts, lambda p: [x for x in wanted if has[p].get(x)]):
            yield _revoked(create, several, over, True)
            yield create.replace(privileges=over, columns=several)


def _wanted(create: GrantPrivileges, theirs: Snapshot) -> list[str]:
    said = [p.upper() for p in create.privileges]
    if not any(p in ("ALL", "ALL PRIVILEGES") for p in said):
        return said
    return sorted(theirs.every_privilege.get(create.kind, said))


def _missing(create: GrantPrivileges, wanted: Iterable[str], has: Has) -> list[str]:
    return [p for p in wanted if p not in has or (create.grantable and not has[p])]


def _has(
    create: GrantPrivileges, schema: str | None, part: str | None, theirs: Snapshot, types: str
) -> Has:
    who = create.grantee.upper() if create.grantee.upper() == "PUBLIC" else create.grantee
    found = [
        each
        for each in theirs.granted
        if (each.kind, each.schema, each.name) == (create.kind, schema, create.object_name)
    ]
    if create.kind in ("function", "procedure") and len({each.part for each in found}) > 1:
        found = [each for each in found if each.part == types]  # several have its name
    mine = [g for g in found if g.grantee == who and (part is None or g.part == part)]
    if create.kind == "table" and part is None:
        mine = [g for g in mine if g.part is None]
    return {g.privilege: g.grantable for g in mine}


def _together(parts: list[str | None], of: Any) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Yield the columns for which the same privileges are found, and these; none where none are."""
    told = sorted(((of(part), part) for part in parts), key=lambda one: (one[0], one[1] or ""))
    for privileges, several in groupby(told, key=lambda one: one[0]):
        if privileges:
            yield tuple(part for _, part in several if part is not None), privileges


def _revoked(
    create: GrantPrivileges, columns: tuple[str, ...], privileges: list[str], grantable: bool
) -> RevokePrivileges:
    given = create.replace(privileges=privileges, columns=columns, grantable=grantable)
    return given.reverse()
