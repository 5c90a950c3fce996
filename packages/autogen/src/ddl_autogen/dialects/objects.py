"""What a comparison asks of a database about all that isn't a table; by default there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ddl_constructs import ObjectKey
from sqlalchemy.engine import Connection

from ..objects import ObjectValue, definition_text
from ..values import Granted, Snapshot


class ObjectsOfDatabase:
    """How one kind of database reports views, routines, triggers, types and privileges."""

    def objects(self, connection: Connection, schemas: Sequence[str]) -> Iterable[ObjectValue]:
        """Read views, routines and triggers, in a number of queries that doesn't grow with them.

        Args:
            connection: Where to read.
            schemas: Names of schemas as the database knows them. Where dependencies are
                tracked, others are read too.
        """
        return ()

    def granted(self, connection: Connection) -> Iterable[Granted]:
        """Read who has which privileges.

        Raises:
            HiddenCatalog: The user may not see that.
        """
        return ()

    def every_privilege(self, connection: Connection) -> Mapping[str, list[str]]:
        """Give what ALL means, by the kind of thing that it is granted for."""
        return {}

    def object_text(self, create: Any) -> str:
        """Give a definition of ours in the form that is compared."""
        return definition_text(create)

    def object_shape(self, create: Any) -> tuple[str, ...]:
        """Give what is compared one by one of an object of ours: of a type; of others nothing."""
        return ()

    def own_objects(
        self,
        connection: Connection,
        theirs: Snapshot,
        ours: Snapshot,
        asked: Sequence[ObjectValue],
    ) -> Mapping[ObjectKey, ObjectValue]:
        """Ask the database what it makes of our objects; leaves no trace.

        Args:
            connection: Where to ask.
            theirs: The schema as it is, with its objects.
            ours: The schema as it should be.
            asked: Those of ours that aren't there as text.

        Returns:
            Ours in the database's own words, by the keys that they had; what it couldn't say
            is missing.

        Raises:
            BrokenDefinition: It says of one that it isn't SQL.
        """
        return {}
