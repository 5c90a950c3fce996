"""The schema as the revisions make it, without a database: changes folded, one after the other.

From the first step on whose effect can't be known, the state says so: of single tables
where that can be proven, else of everything. It never guesses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import ddl_constructs as ddl
from ddl_constructs import Change, InapplicableChange, SchemaDraft, UnknownObject, apply_to
from sqlalchemy import MetaData, Table
from sqlalchemy import schema as sa
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.selectable import SelectBase

from .failures import UnknownSchema
from .sql_effects import EVERYTHING, Effect, effects

Key = tuple[str | None, str]
"""(schema, name) of a table; None for the default schema."""


@dataclass(frozen=True)
class Opaque:
    """A step from which on something isn't known.

    Attributes:
        revision: Id of the revision that it is in; None outside of one.
        step: The step, in words.
        reason: Why it isn't known what it does.
    """

    revision: str | None
    step: str
    reason: str


@dataclass
class SchemaState:
    """A schema that grows by changes; what isn't known of it is said.

    Attributes:
        lost: The step from which on no table is known that wasn't made later; None if there
            is none.
        unknown: Tables that aren't known since a step about them, by (schema, name), the
            name in lower case where it comes from SQL; the schema is None there.
        revision: Id of the revision that the next changes belong to; None outside of one.
    """

    lost: Opaque | None = None
    unknown: dict[Key, Opaque] = field(default_factory=dict)
    revision: str | None = None
    _schema: SchemaDraft = field(default_factory=lambda: SchemaDraft.of(MetaData()))

    @property
    def complete(self) -> bool:
        """Whether the whole schema is known."""
        return self.lost is None and not self.unknown

    @property
    def first_opaque(self) -> Opaque | None:
        """The step from which on something isn't known; None if everything is."""
        return self.lost or next(iter(self.unknown.values()), None)

    def metadata(self) -> MetaData:
        """Give the tables that are known, as they are now."""
        return self._schema.build()

    def table(self, name: str, schema: str | None = None) -> Table:
        """Give a table as it is now.

        Raises:
            UnknownSchema: It isn't known, or isn't there; it says since which step.
        """
        key = (schema, name)
        if key in self._schema.tables and self.why_unknown(key) is None:
            return self._schema.build().tables[f"{schema}.{name}" if schema else name]
        why = self.why_unknown(key)
        full = f"{schema}.{name}" if schema else name
        if why is None:
            raise UnknownSchema(full, None, None, None)
        raise UnknownSchema(full, why.revision, why.step, why.reason)

    def why_unknown(self, key: Key) -> Opaque | None:
        """Give the step since which a table isn't known; None if it is known, or known not to be."""
        if key in self._schema.tables:
            return None
        return self.unknown.get(key) or self.unknown.get((None, key[1].casefold())) or self.lost

    def take(self, element: Change | Executable) -> None:
        """Fold in a change, or whatever else a script hands over to be executed."""
        for change in said(element):
            match change:
                case Effect():
                    self._take_effect(change, element)
                case ddl.ExecuteSQL():
                    self.take(change.statement)
                case Change():
                    self._take_change(change)

    def lose(self, step: str, reason: str) -> None:
        """Say that from a step on nothing is known."""
        if self.lost is None:
            self.lost = Opaque(self.revision, step, reason)
        self._schema = SchemaDraft.of(MetaData())
        self.unknown.clear()

    def _take_effect(self, effect: Effect, element: Any) -> None:
        step = (
            ddl.ExecuteSQL(element).describe()
            if not isinstance(element, Change)
            else element.describe()
        )
        if effect.change is not None:
            self._take_change(effect.change)
        elif effect.everything:
            self.lose(step, "what this SQL does to the schema isn't known without running it")
        else:
            reason = "raw SQL is about this table"
            words = {word.casefold() for word in effect.words}
            for key in [k for k in self._schema.tables if k[1].casefold() in words]:
                self._forget(key, step, reason)
            for target in sorted(effect.targets):
                if self.lost is None:
                    opaque = Opaque(self.revision, step, reason)
                    self.unknown.setdefault((None, target.casefold()), opaque)

    def _take_change(self, change: Change) -> None:
        key = _of_table(change)
        if key is not None and isinstance(change, ddl.CreateTable):
            if change.if_not_exists and self.why_unknown(key) is not None:
                return  # it may have been there, and be another one
            self.unknown.pop(key, None)
            self.unknown.pop((None, key[1].casefold()), None)
        elif key is not None and self.why_unknown(key) is not None:
            self._take_blindly(change, key)
            return
        try:
            apply_to(self._schema, change)
        except InapplicableChange as err:
            self._give_up(change, key, err)

    def _take_blindly(self, change: Change, key: Key) -> None:
        """Follow a change of a table that isn't known."""
        self._forget_referring(key, change.describe(), "it refers to a table that isn't known")
        since = self.why_unknown(key)
        assert since is not None, "the table isn't known"
        match change:
            case ddl.DropTable():
                self.unknown.pop(key, None)
                self.unknown.pop((None, key[1].casefold()), None)
            case ddl.RenameTable():
                self._forget((key[0], change.new_table_name), change.describe(), since.reason)
                self.unknown.setdefault((key[0], change.new_table_name), since)
            case ddl.SetTableSchema():
                self.unknown.setdefault((change.new_schema, key[1]), since)

    def _give_up(self, change: Change, key: Key | None, err: InapplicableChange) -> None:
        """Say what isn't known after a change that can't be followed."""
        if key is None:
            if isinstance(err, UnknownObject) and self.lost is not None:
                return  # it is about what isn't known anyway
            self.lose(change.describe(), err.reason)
            return
        self._forget_referring(key, change.describe(), err.reason)
        self._forget(key, change.describe(), err.reason)
        if isinstance(change, ddl.RenameTable):
            self._forget((key[0], change.new_table_name), change.describe(), err.reason)

    def _forget(self, key: Key, step: str, reason: str) -> None:
        self._forget_referring(key, step, "it refers to a table that isn't known")
        self._schema.tables.pop(key, None)
        self.unknown.setdefault(key, Opaque(self.revision, step, reason))

    def _forget_referring(self, key: Key, step: str, reason: str) -> None:
        referring = [t.key for t, _ in self._schema.referring(key) if t.key != key]
        for other in dict.fromkeys(referring):
            if other in self._schema.tables:
                self._schema.tables.pop(other)
                self.unknown.setdefault(other, Opaque(self.revision, step, reason))


def _of_table(change: Change) -> Key | None:
    """Give the table that a change is about; None if it isn't about one."""
    name = getattr(change, "table_name", None) or getattr(change, "old_table_name", None)
    return None if name is None else (getattr(change, "schema", None), name)


def said(element: Change | Executable) -> Iterable[Change | Effect]:
    """Give what a script hands over as changes, or as what is known of its effect."""
    if isinstance(element, Change):
        yield element
    elif isinstance(element, TextClause):
        yield from effects(element.text.replace("\\:", ":"))
    elif isinstance(element, (UpdateBase, SelectBase)):
        yield from effects(_text(element))
    elif isinstance(element, sa.DDL):
        yield from effects(str(element.statement))
    else:
        change = as_change(element)
        yield EVERYTHING if change is None else change


def as_change(element: Any) -> Change | None:
    """Give the change that a DDL element of SQLAlchemy is; None where there is none."""
    if isinstance(element, Change):
        return element
    of: Any = getattr(element, "element", None)
    match element:
        case sa.CreateTable() if element.include_foreign_key_constraints is None:
            return ddl.CreateTable.of(of, indexes=False)
        case sa.CreateIndex():
            return ddl.CreateIndex.of(of, if_not_exists=bool(element.if_not_exists))
        case sa.DropTable():
            return ddl.DropTable(of.name, schema=of.schema, if_exists=bool(element.if_exists))
        case sa.DropIndex():
            name, table = of.name, of.table
            return ddl.DropIndex(name, table.name, schema=table.schema, if_exists=True)
        case sa.CreateSequence():
            return ddl.CreateSequence.of(of, if_not_exists=True)
        case sa.DropSequence():
            return ddl.DropSequence(of.name, schema=of.schema, if_exists=True)
    match getattr(element, "__visit_name__", None):
        case "create_enum_type":  # PostgreSQL's ENUM.create(), which looks first
            return ddl.CreateEnum(of.name, of.enums, schema=of.schema, if_not_exists=True)
        case "drop_enum_type":
            return ddl.DropEnum(of.name, schema=of.schema, if_exists=True)
    return None


def _text(element: Any) -> str:
    try:
        return str(element)
    except Exception:  # any construct may be one that has no general form
        return "?"
