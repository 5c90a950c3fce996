"""Sequences that belong to no column."""

from __future__ import annotations

from collections.abc import Iterator

from ddl_constructs import AlterSequence, Change, CreateSequence, DropSequence

from ..build import create_sequence
from ..sqltokens import tokens
from ..values import SequenceValue, Snapshot
from .context import Context


def compare_sequences(theirs: Snapshot, ours: Snapshot, context: Context) -> Iterator[Change]:
    """Yield new sequences, those that go, and what is different of one that stays.

    One that a default of the models still asks for its next value stays, though no model
    says `Sequence` of it.
    """
    options, database = context.options, context.database
    for key, sequence in ours.sequences.items():
        existing = theirs.sequences.get(key)
        if existing is not None:
            yield from alter_sequence(existing, sequence, context)
        elif options.takes_object(sequence.source, sequence.name, "sequence", False):
            yield create_sequence(sequence, database)
    gone = [s for key, s in theirs.sequences.items() if key not in ours.sequences]
    asked = _asked(ours) if gone else set()
    for sequence in gone:
        made = create_sequence(sequence, database)
        if sequence.name not in asked and options.takes_object(
            made, sequence.name, "sequence", True
        ):
            yield DropSequence(sequence.name, schema=sequence.schema, existing_sequence=made)


def _asked(ours: Snapshot) -> set[str]:
    """Give all words of the defaults that name a sequence."""
    return {
        word
        for table in ours.tables.values()
        for column in table.columns
        if column.default is not None and "nextval" in column.default.lower()
        for literal in tokens(column.default)
        for word in literal.text.strip("'").replace('"', "").split(".")
    }


def alter_sequence(
    theirs: SequenceValue, ours: SequenceValue, context: Context
) -> Iterator[Change]:
    """Yield one change for all that is different; another type or direction needs a new sequence."""
    database = context.database
    before, after = database.sequence_options(theirs), database.sequence_options(ours)
    fixed = {"data_type"} if database.alters_sequence_start else {"data_type", "start"}
    facts = {k: v for k, v in after.items() if k not in fixed and before[k] != v}
    retyped = str(before.get("data_type")) != str(after.get("data_type"))
    retyped |= (before["increment"] < 0) != (after["increment"] < 0)
    if not facts and not retyped:
        return
    made = create_sequence(theirs, database)
    if not context.options.takes_object(ours.source, ours.name, "sequence", False, made):
        return
    if retyped:
        yield DropSequence(theirs.name, schema=theirs.schema, existing_sequence=made)
        yield CreateSequence(ours.name, schema=ours.schema, **after)
        return
    yield AlterSequence(ours.name, schema=ours.schema, **facts, existing_sequence=made)
