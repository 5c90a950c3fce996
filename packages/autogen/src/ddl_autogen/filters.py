"""What takes part in a comparison: names, objects, and tables that are left out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from .errors import UnknownRename, WrongArgument
from .values import Key

IncludeName = Callable[[str | None, str, Mapping[str, str | None]], bool]
"""(name, type, parent names) -> whether what the database has of that name takes part. The type
is schema, table, column, index, unique_constraint, foreign_key_constraint or check_constraint;
the parents are schema_name, table_name and schema_qualified_table_name, as far as there are any."""

IncludeObject = Callable[[Any, str | None, str, bool, Any], bool]
"""(object, name, type, reflected, its partner on the other side or None) -> whether it takes part."""

CompareType = Callable[[Any, Any, Any, Any], bool | None]
"""(their column, our column, their type, our type) -> differs, doesn't, or None: compare as usual."""

CompareServerDefault = Callable[[Any, Any, str | None, Any, str | None], bool | None]
"""(their column, our column, their SQL text, our default, our SQL text) -> likewise."""


AskRenames = Callable[[Sequence[Any]], Iterable[Any]]
"""(`Rename`s that may be, what most speaks for first) -> those that are. Asked once each for tables,
for columns and for values of enum types."""


@dataclass(frozen=True)
class Options:
    """What to compare, in the words that Alembic's users know.

    Attributes:
        include_schemas: Compare every schema of the database; else the default one, and of others
            what the models name there.
        managed: Globs of the tables that are looked after, "app_*" or "audit.*"; empty for all.
        ignore: Globs of tables, and of sequences, that are left out on both sides.
        ignore_tables: (schema, table) pairs that are left out on both sides; schema is
            None for the default one, which may also be spelled out.
        compare_type: Whether types are compared, or who tells.
        compare_server_default: Whether server defaults are compared, or who tells.
        include_name: Asked for each name that the database has; None takes all.
        include_object: Asked for each object on both sides; None takes all.
        compare_foreign_key_names: Whether a foreign key that a model names has to have that name.
        rename_in_place: Whether what differs in its name alone is renamed, where the database can
            do that; else the old one is dropped and the new one made.
        renames: What is known to be renamed, by its name in the database: "users" or
            "users.name" -> its name in the models, None for what goes and isn't renamed.
        standing_renames: Likewise, but what is over by now is passed over.
        object_kinds: Kinds of objects of which those go that no model declares: view, function,
            procedure, trigger, extension, domain, composite; None for the kinds of which a model
            declares one.
        ask_renames: Asked about what may be a rename; None asks nobody, and what goes, goes.
        unknown_renames: Told what `renames` names and this database or its models don't have; None raises it.

    Raises:
        WrongArgument: A text stands where a list of names is wanted, or renames aren't a mapping.
    """

    include_schemas: bool = False
    managed: Collection[str] = field(default=())
    ignore: Collection[str] = field(default=())
    ignore_tables: Collection[Key] = field(default=())
    compare_type: bool | CompareType = True
    compare_server_default: bool | CompareServerDefault = True
    include_name: IncludeName | None = None
    include_object: IncludeObject | None = None
    compare_foreign_key_names: bool = True
    rename_in_place: bool = True
    renames: Mapping[str, str | None] = field(default_factory=dict)
    standing_renames: Mapping[str, str | None] = field(default_factory=dict)
    object_kinds: Collection[str] | None = None
    ask_renames: AskRenames | None = None
    unknown_renames: Callable[[UnknownRename], None] | None = None

    def __post_init__(self) -> None:
        for name in ("managed", "ignore", "ignore_tables"):
            if isinstance(value := getattr(self, name), str):  # its letters would be the globs
                raise WrongArgument("Options", name, value, f"a list, as in [{value!r}]")
        for name in ("renames", "standing_renames"):
            if not isinstance(value := getattr(self, name), Mapping):
                raise WrongArgument(
                    "Options", name, value, 'a mapping, as in {"users.name": "users.full_name"}'
                )

    @property
    def asks(self) -> bool:
        """Whether someone tells what differs of a column, who is asked of those that seem the same too."""
        return callable(self.compare_type) or callable(self.compare_server_default)

    def takes_table(self, key: Key, default: str | None) -> bool:
        """Tell whether a table takes part, by `managed`, `ignore` and `ignore_tables`.

        Args:
            key: The table, or a sequence.
            default: The name of the schema that is None in the key.
        """
        schema, name = key
        names = [name, f"{default}.{name}"] if schema is None else [f"{schema}.{name}"]

        def among(globs: Iterable[str]) -> bool:
            return any(fnmatchcase(one, glob) for glob in globs for one in names)

        ignored = any((None if s == default else s, n) == key for s, n in self.ignore_tables)
        return not (ignored or among(self.ignore)) and (not self.managed or among(self.managed))

    def takes_name(self, name: str | None, type_: str, **parents: str | None) -> bool:
        """Ask `include_name`."""
        return self.include_name is None or bool(self.include_name(name, type_, parents))

    def takes_object(
        self, object_: Any, name: str | None, type_: str, reflected: bool, partner: Any = None
    ) -> bool:
        """Ask `include_object`."""
        return self.include_object is None or bool(
            self.include_object(object_, name, type_, reflected, partner)
        )
