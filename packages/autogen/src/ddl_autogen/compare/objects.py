"""Views, routines and triggers: what goes before the tables change, and what comes after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ddl_constructs import AlterTrigger, Change, ExecuteSQL, ObjectKey

from ..errors import CyclicDefinitions, ForeignObject, MissingRight, NotCarried, StillUsed
from ..objects import ObjectValue, Use, mentions, names
from ..values import Snapshot
from .carried import dropped, hanging, index_changes
from .context import Context
from .extensions import compare_extensions
from .grants import compare_grants
from .hits import Hits, about, spoken
from .named_types import compare_types


@dataclass(frozen=True)
class Around:
    """Changes of objects, by when they must run.

    Attributes:
        first: Before anything else: what goes, or has to be out of the way.
        early: Before the tables: new routines that tables call.
        late: After the tables: what comes, and what comes back.
    """

    first: tuple[Change, ...] = ()
    early: tuple[Change, ...] = ()
    late: tuple[Change, ...] = ()


def compare_objects(
    theirs: Snapshot, ours: Snapshot, tables: Sequence[Change], context: Context
) -> Around:
    """Give what leads from their objects to ours, around the changes of tables.

    Args:
        theirs: With their objects, also those that nobody declared.
        ours: With ours, in the database's own words.
        tables: What happens to tables, renames too.
        context: Whose words they are in, and what takes part.

    Raises:
        CyclicDefinitions: Views need each other.
        ForeignObject: Something would have to be dropped that belongs to somebody else.
        NotCarried: Something would be dropped and made again that wouldn't be as it was.
        MissingRight: Likewise, and the user may not make it.
        UnalterableType: A type would become what the database can't make of it.
        StillUsed: Something would go that what stays needs.
    """
    if not theirs.objects and not ours.objects:
        return Around()
    apart = [compare(theirs, ours, context) for compare in (compare_extensions, compare_types)]
    comes = [change for some, _ in apart for change in some]
    goes = [change for _, some in apart[::-1] for change in some]
    granted = compare_grants(theirs, ours, context)
    theirs, ours = _with_definitions(theirs), _with_definitions(ours)
    around = _Comparison(theirs, ours, Hits.of(tables, theirs), context).around()
    return Around(around.first, (*comes, *around.early), (*around.late, *goes, *granted))


def what_needs(table: Use, theirs: Snapshot, context: Context) -> Around:
    """Give what drops all that needs a table, and what brings it back as it is.

    Raises:
        ForeignObject, MissingRight, NotCarried: As `compare_objects`.
    """
    theirs = _with_definitions(theirs)
    return _Comparison(theirs, theirs, Hits(gone={table}), context).around()


def _with_definitions(schema: Snapshot) -> Snapshot:
    """Give a schema with those objects that are SQL which may name each other."""
    return replace(schema, objects={k: v for k, v in schema.objects.items() if k.kind in _KINDS})


class _Comparison:
    def __init__(self, theirs: Snapshot, ours: Snapshot, hits: Hits, context: Context) -> None:
        self.theirs, self.ours, self.hits, self.context = theirs, ours, hits, context
        self.database, self.options = context.database, context.options
        self.tracks = context.database.tracks_dependencies
        self.pairs = dict(self._paired())
        self.partners = {b.key: a for a, b in self.pairs.items()}

    def _paired(self) -> Iterable[tuple[ObjectKey, ObjectValue]]:
        """Yield their key and our value of each object on both sides; a routine alone of its name by that."""
        left = []
        for value in self.ours.objects.values():
            if value.key in self.theirs.objects:
                yield value.key, value
            else:
                left.append(value)
        for value in left:
            named = [
                key
                for key in self.theirs.objects
                if replace(key, signature="") == replace(value.key, signature="")
                and key not in self.ours.objects
            ]
            if len(named) == 1:
                yield named[0], value

    def around(self) -> Around:
        every = {**self.theirs.objects}
        gone = [v for v in every.values() if v.key not in self.pairs and self._goes(v)]
        changed = [v for v in every.values() if self._differs(v)]
        away = {v.key for v in gone}
        away |= {v.key for v in changed if not self._in_place(v)}
        if self.tracks:
            hit = self.hits.retyped | self.hits.gone
            away |= {v.key for v in every.values() if about(v, hit)}
        hit = self.hits.retyped | self.hits.gone | self.hits.renamed | self.hits.emptied
        away |= {v.key for v in every.values() if v.bound and about(v, hit)}
        self._spread(away)
        self._refuse(away, {v.key for v in gone}, changed)
        over = [v for v in changed if v.key not in away]
        return self._changes(away, {v.key for v in gone}, over)

    def _goes(self, value: ObjectValue) -> bool:
        """Tell whether what nobody declared is dropped: not what others own, or what isn't looked after."""
        key, options = value.key, self.options
        kinds = options.object_kinds
        if kinds is None:
            kinds = {k.kind for k in self.ours.objects}
        if key.kind not in kinds or value.owner is not None:
            return False
        if key.kind == "view" and (key.schema, key.name) in self.ours.views:
            return False
        if key.schema is not None and not options.include_schemas:
            return False
        default = self.theirs.default_schema
        named = (key.schema, key.table or key.name)
        return (
            options.takes_table(named, default)
            and options.takes_name(key.name, key.kind, schema_name=key.schema)
            and options.takes_object(value.create, key.name, key.kind, True)
        )

    def _differs(self, value: ObjectValue) -> bool:
        our = self.pairs.get(value.key)
        if our is None:
            return False
        apart = self._comments_differ(value, our) or _states_differ(value, our)
        if our.text == value.text and not apart:
            return False
        return self.options.takes_object(
            our.source, our.key.name, our.key.kind, False, value.create
        )

    def _comments_differ(self, value: ObjectValue, our: ObjectValue) -> bool:
        """Tell whether a view has another comment than ours says; what says none leaves it be."""
        said = getattr(our.create, "comment", None)
        return said is not None and self.tracks and said != value.create.comment

    def _in_place(self, value: ObjectValue) -> bool:
        """Tell whether the new one can take the place of the old one, and back."""
        our, hits = self.pairs[value.key], self.hits
        if about(value, hits.retyped | hits.gone | hits.renamed):
            return False
        if value.materialized or our.materialized:
            return False
        if our.text != value.text and getattr(value.create, "constraint", False):
            return False  # it is dropped and created again, with what hangs on it
        return not self.tracks or our.shape == value.shape

    def _needs(self, value: ObjectValue, others: Iterable[ObjectValue]) -> set[ObjectKey]:
        """Give which of their objects one of theirs needs."""
        if value.uses is None or value.key.kind == "trigger":
            found = set(mentions(value, others))
            if value.uses is None:
                return found
        else:
            found = set()
        for use in value.uses:
            if use.kind == "relation":
                found.add(ObjectKey("view", use.schema, use.name))
            else:
                part = use.part or ""
                found |= {
                    ObjectKey(kind, use.schema, use.name, signature=part)
                    for kind in ("function", "procedure")
                }
        return found - {value.key}

    def _spread(self, away: set[ObjectKey]) -> None:
        """Add what needs something that is dropped.

        SQLite and PostgreSQL alter no table while a view is broken; elsewhere it would be
        replaced by what can't be undone before that comes back.
        """
        every = list(self.theirs.objects.values())
        needs = {v.key: self._needs(v, every) for v in every}
        grown = True
        while grown:
            grown = False
            for value in every:
                if value.key in away:
                    continue
                on_view = value.key.kind == "trigger" and value.key.view in away
                if on_view or needs[value.key] & away:
                    away.add(value.key)
                    grown = True

    def _refuse(
        self, away: set[ObjectKey], gone: set[ObjectKey], changed: Iterable[ObjectValue]
    ) -> None:
        for key in sorted(away | {v.key for v in changed}, key=_rank):
            value = self.theirs.objects[key]
            if value.owner is not None:
                raise ForeignObject(
                    value.create.kind if key.kind == "view" else key.kind, key.spoken, value.owner
                )
            if key not in gone and value.barred is not None:
                raise MissingRight(key.kind, key.spoken, value.barred)
            if key in away - gone and (hung := self._lost(value)):
                raise NotCarried(key.kind, key.spoken, hung)
        every = list(self.theirs.objects.values())
        for value in every:
            if not (self.tracks or value.bound):
                continue
            if value.key in gone or value.key in self.pairs or value.key not in away:
                continue
            needed = self._needs(value, every) & gone
            lost = about(value, self.hits.gone)
            if needed or lost:
                what = [k.spoken for k in needed] + [spoken(use) for use in lost]
                raise StillUsed(sorted(what)[0], f"{value.key.kind} {value.key.spoken}")

    def _lost(self, value: ObjectValue) -> tuple[str, ...]:
        """Give what hangs on an object and can't come back: SQL may not fit a view of other columns."""
        our = self.pairs.get(value.key, value)
        if value.key.kind != "view" or our.shape == value.shape:
            return value.lost
        return (*value.lost, *(c.describe() for c in value.also if isinstance(c, ExecuteSQL)))

    def _changes(
        self, away: set[ObjectKey], gone: set[ObjectKey], over: list[ObjectValue]
    ) -> Around:
        theirs = list(self.theirs.objects.values())
        leaving = self._in_order([v for v in theirs if v.key in away], self._needs)[::-1]
        called = self._called(self.theirs)
        last = [v for v in leaving if v.key in gone and v.key.name.lower() in called]
        first = [c for v in leaving if v not in last for c in dropped(v, self.database)]
        coming: list[tuple[ObjectValue, Change]] = []
        for value in self.ours.objects.values():
            partner = self.partners.get(value.key)
            if partner is None:
                if self.options.takes_object(value.source, value.key.name, value.key.kind, False):
                    coming.append((value, value.create))
            elif partner in away:
                coming.append((value, self._kept(value, self.theirs.objects[partner])))
        coming += [
            (v, v.create) for v in theirs if v.key in away - gone and v.key not in self.pairs
        ]
        for value in over:
            our = self.pairs[value.key]
            coming.append((our, self._over(our, value)))
        change_of = {value.key: change for value, change in coming}
        in_order = self._in_order([v for v, _ in coming], self._wants)
        wanted = self._called(self.ours)
        early = [
            v
            for v in in_order
            if v.key not in self.partners and v.key not in self.theirs.objects
            and v.key.kind == "function" and v.key.name.lower() in wanted
        ]  # fmt: skip
        late: list[Change] = []
        for value in in_order:
            if value not in early:
                late.append(change_of[value.key])
                if value.key not in {self.pairs[v.key].key for v in over}:
                    late += hanging(value, self._before(value, away), self.database)
        late += index_changes(self.pairs, self.theirs, away, self.database)
        late += [c for v in last for c in dropped(v, self.database)]
        return Around(tuple(first), tuple(change_of[v.key] for v in early), tuple(late))

    def _wants(self, value: ObjectValue, others: Iterable[ObjectValue]) -> set[ObjectKey]:
        """Give which of the objects that come one needs: by its words, and as it was known before."""
        found = set(mentions(value, others))
        there = self.theirs.objects.get(self.partners.get(value.key, value.key))
        if there is not None and there.text == value.text:
            before = self._needs(there, self.theirs.objects.values())
            found |= {self.pairs[key].key if key in self.pairs else key for key in before}
        return found

    def _before(self, value: ObjectValue, away: set[ObjectKey]) -> ObjectValue | None:
        """Give what was there of something that comes, if it was dropped."""
        key = self.partners.get(value.key, value.key)
        return self.theirs.objects[key] if key in away else None

    def _in_order(self, values: list[ObjectValue], needs: Any) -> list[ObjectValue]:
        """Sort so that what is needed comes first; equals by kind and name.

        Raises:
            CyclicDefinitions: Views need each other.
        """
        values = sorted(values, key=lambda v: _rank(v.key))
        known = {v.key: v for v in values}
        done: dict[ObjectKey, ObjectValue] = {}
        path: list[ObjectKey] = []

        def visit(value: ObjectValue) -> None:
            if value.key in done:
                return
            if value.key in path:
                circle = path[path.index(value.key) :]
                if all(key.kind == "view" for key in circle):
                    raise CyclicDefinitions(tuple(key.spoken for key in circle))
                return
            path.append(value.key)
            for key in sorted(needs(value, values) & known.keys(), key=_rank):
                visit(known[key])
            path.pop()
            done.setdefault(value.key, value)

        for value in values:
            visit(value)
        return list(done.values())

    def _called(self, schema: Snapshot) -> set[str]:
        """Give the routines that tables call, in small letters."""
        texts = [
            text
            for table in schema.tables.values()
            for text in (
                *(c.default for c in table.columns),
                *(c.computed.expression for c in table.columns if c.computed),
                *(c.text for c in table.checks),
                *(e.text for i in table.indexes for e in i.elements if e.expression),
                *(i.where for i in table.indexes),
            )
            if text
        ]
        return {name for sql in texts for kind, _, name in names(sql) if kind == "routine"}

    def _kept(self, our: ObjectValue, value: ObjectValue) -> Change:
        """Give what creates ours anew, with the comment and the rights that theirs has."""
        made: Any = our.create
        if our.key.kind in ("function", "procedure"):
            said: Change = made.replace(comment=made.comment or value.create.comment)
            return said
        if our.key.kind == "trigger":
            return _firing(our, value)
        comment = made.comment if made.comment is not None else value.create.comment
        grants = {**value.create.grants, **made.grants}
        return made.replace(comment=comment, grants=grants)  # type: ignore[no-any-return]

    def _over(self, our: ObjectValue, value: ObjectValue) -> Change:
        """Give what puts ours in the place of theirs."""
        if our.key.kind == "trigger":
            fires: Any = _firing(our, value)
            if our.text != value.text:
                over: Change = fires.replace(or_replace=True, existing_trigger=value.create)
                return over
            return AlterTrigger(
                fires.trigger_name,
                fires.table_name,
                enabled=fires.enabled,
                schema=fires.schema,
                existing_enabled=_enabled(value),
            )
        name = "existing_" + ("view" if our.key.kind == "view" else our.key.kind)
        made: Change = our.create.replace(or_replace=True, **{name: value.create})
        return made


def _enabled(value: ObjectValue) -> Any:
    """Tell whether a trigger fires; what says nothing does."""
    said = getattr(value.create, "enabled", None)
    return True if said is None else said


def _states_differ(value: ObjectValue, our: ObjectValue) -> bool:
    """Tell whether ours says that it fires in another way than theirs; what says nothing leaves it be."""
    return getattr(our.create, "enabled", None) not in (None, _enabled(value))


def _firing(our: ObjectValue, value: ObjectValue) -> Change:
    """Give what creates our trigger, which fires as theirs does where it doesn't say."""
    said = our.create.enabled
    made: Change = our.create.replace(enabled=value.create.enabled if said is None else said)
    return made


_KINDS = ("function", "procedure", "view", "trigger")


def _rank(key: ObjectKey) -> tuple[Any, ...]:
    return (_KINDS.index(key.kind), key.schema or "", key.name, key.table or "", key.signature)
