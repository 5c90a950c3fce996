"""Changes of extensions (PostgreSQL): create, update, drop."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from .change import Change
from .errors import IrreversibleChange, UnsupportedChange


@dataclass(eq=False)
class CreateExtension(Change):
    """Create an extension: `op.create_extension("pgcrypto")`.

    `CREATE EXTENSION pgcrypto` on PostgreSQL; others have none.

    Attributes:
        extension_name: Its name.
        schema: Where what it brings goes; None for the default one.
        version: Its version; None for the newest that is installed.
        if_not_exists: Do nothing if it is there.
        cascade: Create what it needs too.
    """

    words: ClassVar = ("create_extension",)

    extension_name: str
    schema: str | None = field(default=None, kw_only=True)
    version: str | None = field(default=None, kw_only=True)
    if_not_exists: bool = field(default=False, kw_only=True)
    cascade: bool = field(default=False, kw_only=True)

    def reverse(self) -> Change:
        existing = self.replace(if_not_exists=False)
        return DropExtension(self.extension_name, existing_extension=existing)

    def describe(self) -> str:
        return f"create extension {self.extension_name}"


@dataclass(eq=False)
class DropExtension(Change):
    """Drop an extension: `op.drop_extension("pgcrypto")`.

    Attributes:
        extension_name: Its name.
        if_exists: Do nothing if it isn't there.
        cascade: Drop what needs it too.
        existing_extension: The change that would create it again.
    """

    words: ClassVar = ("drop_extension",)

    extension_name: str
    if_exists: bool = field(default=False, kw_only=True)
    cascade: bool = field(default=False, kw_only=True)
    existing_extension: CreateExtension | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    def reverse(self) -> Change:
        if self.existing_extension is None:
            return CreateExtension(self.extension_name)
        return self.existing_extension

    def describe(self) -> str:
        return f"drop extension {self.extension_name}"


@dataclass(eq=False)
class UpdateExtension(Change):
    """Bring an extension to another version: `op.update_extension("pgcrypto", "1.4")`.

    `ALTER EXTENSION pgcrypto UPDATE TO '1.4'`.

    Attributes:
        extension_name: Its name.
        version: The version afterwards; None for the newest that is installed.
        existing_version: The version that it has; None if unknown.
    """

    words: ClassVar = ("update_extension",)

    extension_name: str
    version: str | None = None
    existing_version: str | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    def reverse(self) -> Change:
        if self.existing_version is None:
            raise IrreversibleChange(
                self.describe(), ("existing_version",), "the version before isn't known"
            )
        return UpdateExtension(
            self.extension_name, self.existing_version, existing_version=self.version
        )

    def describe(self) -> str:
        to = f" to {self.version}" if self.version else ""
        return f"update extension {self.extension_name}{to}"


@compiles(CreateExtension)
@compiles(DropExtension)
@compiles(UpdateExtension)
def _no_extensions(change: Change, compiler: DDLCompiler, **kw: Any) -> str:
    raise UnsupportedChange(change.describe(), compiler.dialect.name, "it has no extensions")
