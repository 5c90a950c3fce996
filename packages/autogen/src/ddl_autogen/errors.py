"""What can be wrong with a comparison or a rendering: one class per way, the culprits as fields."""

from __future__ import annotations


class DDLAutogenError(Exception):
    """Base of every error that this package raises on purpose."""


class WrongArgument(DDLAutogenError, TypeError):
    """A function of this package is given what it can't work with.

    Attributes:
        function: Name of the function or the class.
        argument: Name of its argument.
        value: What was given.
        wanted: What it takes, in words.
    """

    def __init__(self, function: str, argument: str, value: object, wanted: str) -> None:
        self.function, self.argument, self.value, self.wanted = function, argument, value, wanted
        super().__init__(f"{function} got {_kind(value)} as {argument}: it takes {wanted}")


class NoMetadata(DDLAutogenError):
    """There are no models to compare with.

    Attributes:
        given: What was given in place of a MetaData or a sequence of them.
    """

    def __init__(self, given: object) -> None:
        self.given = given
        got = "None" if given is None else f"a {type(given).__name__}"
        super().__init__(
            f"can't compare: the metadata is {got}; give the MetaData of your models "
            "(Base.metadata), or a sequence of them"
        )


class DuplicateTable(DDLAutogenError):
    """Two MetaData hold a table of the same name.

    Attributes:
        names: The names, "[schema.]table", sorted.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__(
            f"can't compare: {', '.join(names)} stands in more than one MetaData; "
            "leave it in one of them"
        )


class UnsupportedDatabase(DDLAutogenError):
    """Nothing here knows how to read the catalog of a database.

    Attributes:
        dialect: Name of the dialect.
        known: Names of the dialects that can be read, sorted.
    """

    def __init__(self, dialect: str, known: tuple[str, ...]) -> None:
        self.dialect, self.known = dialect, known
        super().__init__(
            f"can't compare on {dialect}: its catalog can't be read yet; "
            f"these can: {', '.join(known)}"
        )


class HiddenCatalog(DDLAutogenError):
    """The user of a connection may not see all of what there is, so that what it can't see seems missing.

    Attributes:
        user: Who, as the server calls it.
        schemas: What it may not see all of, sorted.
        right: The right that would do.
    """

    def __init__(self, user: str, schemas: tuple[str, ...], right: str) -> None:
        self.user, self.schemas, self.right = user, schemas, right
        where = ", ".join(schemas)
        super().__init__(
            f"can't compare: the user {user} may not see all of {where}, so what it can't see would be "
            f"taken for missing; give it the right {right} on {where}"
        )


class NamelessIndex(DDLAutogenError):
    """An index of the models has no name: none was said, and the naming convention gives none.

    Attributes:
        table: The table's name, "[schema.]table".
        columns: What the index is over, in order.
    """

    def __init__(self, table: str, columns: tuple[str, ...]) -> None:
        self.table, self.columns = table, columns
        super().__init__(
            f"can't compare: an index of {table} ({', '.join(columns)}) has no name; name it, or give "
            'the naming convention an "ix", as it is without one: "ix_%(column_0_label)s"'
        )


class UnsupportedType(DDLAutogenError):
    """A model's column has a type that the database can't have.

    Attributes:
        column: The column's name, "table.column".
        type: The type as Python shows it.
        dialect: Name of the dialect.
        reason: What SQLAlchemy says.
    """

    def __init__(self, column: str, type: str, dialect: str, reason: str) -> None:
        self.column, self.type, self.dialect, self.reason = column, type, dialect, reason
        first = reason.partition("\n")[0].partition(" (Background on")[0]
        super().__init__(
            f"can't say on {dialect} what type {column} has: {type}: {first}; give it another, "
            f"or one for this database alone with .with_variant(..., {dialect!r})"
        )


class UntypedColumn(DDLAutogenError):
    """A column of a model is to be made, and nothing says of which type.

    Attributes:
        column: The column's name, "table.column".
        target: The column whose type it would have and which isn't in the models, "table.column";
            None if it points to none.
    """

    def __init__(self, column: str, target: str | None) -> None:
        self.column, self.target = column, target
        missing = f"that of {target} would be its own, and no model has it"
        mend = f"give it one, or let the models have {target}"
        super().__init__(
            f"can't make {column}: {missing if target else 'it has no type'}; "
            f"{mend if target else 'give it one'}"
        )


class UnreadableSchema(DDLAutogenError):
    """The definition of a table as the database keeps it can't be understood.

    Attributes:
        table_name: The table's name.
        reason: What stands in the way, with the place.
    """

    def __init__(self, table_name: str, reason: str) -> None:
        self.table_name, self.reason = table_name, reason
        super().__init__(
            f"can't read the definition of table {table_name!r}: {reason}; "
            "leave it out with ignore_tables or include_name"
        )


class BrokenDefinition(DDLAutogenError):
    """The database says of a view, routine or trigger of the models that it isn't SQL.

    Attributes:
        what: What creates it, in words.
        reason: What the database says.
    """

    def __init__(self, what: str, reason: str) -> None:
        self.what, self.reason = what, " ".join(reason.split())
        super().__init__(f"can't {what}: {self.reason}; mend its definition in the models")


class CyclicDefinitions(DDLAutogenError):
    """Views or types of the models need each other, so that none can come first.

    Attributes:
        names: Their names, each needing the next, the last the first.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        round_ = " needs ".join((*names, names[0]))
        super().__init__(f"can't tell which comes first: {round_}; let one of them do without")


class ForeignObject(DDLAutogenError):
    """Something would have to be dropped or replaced that belongs to another role.

    Attributes:
        kind: What it is: "view", "function", ...
        name: Its name.
        owner: Whose it is.
    """

    def __init__(self, kind: str, name: str, owner: str) -> None:
        self.kind, self.name, self.owner = kind, name, owner
        super().__init__(
            f"can't drop or replace {kind} {name}: it belongs to {owner}; "
            f"run as {owner}, or let it be given to the role that runs migrations"
        )


class UnalterableType(DDLAutogenError):
    """A domain or composite type would have to become what the database can't make of it.

    Attributes:
        kind: "domain" or "composite type".
        name: Its name.
        what: What would change, in words.
    """

    def __init__(self, kind: str, name: str, what: str) -> None:
        self.kind, self.name, self.what = kind, name, what
        super().__init__(
            f"can't alter {kind} {name}: {what}, and the database can't change that; declare one of "
            "another name, and give it to the columns"
        )


class NotCarried(DDLAutogenError):
    """Something would have to be dropped and made again that wouldn't be as it was.

    Attributes:
        kind: What it is: "view", "trigger", ...
        name: Its name.
        found: What hangs on it, in words.
    """

    def __init__(self, kind: str, name: str, found: tuple[str, ...]) -> None:
        self.kind, self.name, self.found = kind, name, found
        super().__init__(
            f"can't drop {kind} {name} and create it again: these would be lost: {', '.join(found)}; "
            "drop it in a revision before, and create it with them in one behind"
        )


class MissingRight(DDLAutogenError):
    """Something would have to be created again or replaced, and the user may not.

    Attributes:
        kind: What it is: "view", "function", ...
        name: Its name.
        right: What the user lacks, as the database grants it: "CREATE ON SCHEMA app".
    """

    def __init__(self, kind: str, name: str, right: str) -> None:
        self.kind, self.name, self.right = kind, name, right
        super().__init__(
            f"can't drop or replace {kind} {name}: the user may not create it again; "
            f"let him be granted {right}"
        )


class StillUsed(DDLAutogenError):
    """Something would go that something needs which nobody declared.

    Attributes:
        name: What would go.
        user: What needs it.
    """

    def __init__(self, name: str, user: str) -> None:
        self.name, self.user = name, user
        super().__init__(
            f"can't drop {name}: {user} needs it, and no model declares that; "
            "declare it beside the models without that, or drop it first"
        )


class UnknownRename(DDLAutogenError):
    """It was said that something was renamed, and that can't be.

    Attributes:
        old: Its name in the database, as it was given: "users.name".
        new: Its name in the models; None if it was said that it goes.
        reason: What stands in the way.
    """

    def __init__(self, old: str, new: str | None, reason: str) -> None:
        self.old, self.new, self.reason = old, new, reason
        asked = f"to rename {old} to {new}" if new else f"to let {old} go"
        table, dot, _ = old.rpartition(".")
        bare = new and dot and "." not in new
        example = f"{old}={table}.{new}" if bare else "users.name=users.full_name"
        super().__init__(
            f"asked {asked}, but {reason}\nsay its name in the database, then that in the models: {example}"
        )


class UnrenderableValue(DDLAutogenError):
    """A value has no form as Python source.

    Attributes:
        value: The value.
        reason: What stands in the way.
    """

    def __init__(self, value: object, reason: str, mend: str) -> None:
        self.value, self.reason = value, reason
        super().__init__(f"can't write {value!r} as Python: {reason}; {mend}")


class UnrenderableType(UnrenderableValue):
    """A type has no form as Python source."""


def _kind(value: object) -> str:
    """Say of what kind a value is, and of plain ones which; a URL may hold a password."""
    name = type(value).__name__
    plain = isinstance(value, str | int) and "://" not in str(value)
    return (
        f"{value!r}" if value is None or plain else f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"
    )
