"""Extensions: those that come, go, or get another version."""

from __future__ import annotations

from ddl_constructs import Change, UpdateExtension

from ..values import Snapshot
from .context import Context


def compare_extensions(
    theirs: Snapshot, ours: Snapshot, context: Context
) -> tuple[list[Change], list[Change]]:
    """Give what comes or is updated of extensions, and what goes."""
    comes: list[Change] = []
    for key, value in ours.objects.items():
        if key.kind != "extension":
            continue
        there, version = theirs.objects.get(key), value.create.version
        partner = there and there.create
        if not context.options.takes_object(value.source, key.name, key.kind, False, partner):
            continue
        if there is None:
            comes.append(value.create)
        elif version is not None and version != there.create.version:
            before = there.create.version
            comes.append(UpdateExtension(key.name, version, existing_version=before))
    kinds = context.options.object_kinds
    if kinds is None:
        kinds = {key.kind for key in ours.objects}
    goes: list[Change] = [
        value.drop
        for key, value in theirs.objects.items()
        if key.kind == "extension"
        and key not in ours.objects
        and "extension" in kinds
        and context.options.takes_table((None, key.name), theirs.default_schema)
        and context.options.takes_object(value.create, key.name, key.kind, True)
    ]
    return comes, goes
