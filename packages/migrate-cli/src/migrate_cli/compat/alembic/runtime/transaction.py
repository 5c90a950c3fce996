"""The transaction around a run, as env.py may end it early."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from .. import util


class OwnTransaction:
    """The transaction around a run: another one of SQLAlchemy's after an `autocommit_block`.

    An env.py that only tries a run rolls it back: `with context.begin_transaction() as transaction`.

    Attributes:
        connection: The connection that it is on.
        undone: Whether it was rolled back so.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.undone = False

    @property
    def is_active(self) -> bool:
        """Whether it is open still."""
        return self.connection.in_transaction()

    def commit(self) -> None:
        """Keep what was done up to here."""
        self.connection.commit()

    def rollback(self) -> None:
        """Undo what was done.

        Raises:
            CommandError: It is committed already.
        """
        if not self.is_active and not self.undone:
            raise util.CommandError(
                "env.py can't roll this run back: a revision of it has left the transaction, and "
                "what ran is committed"
            )
        self.connection.rollback()
        self.undone = True
