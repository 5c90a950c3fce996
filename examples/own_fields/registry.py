"""A program whose users add fields of their own to what it keeps. No migrations: `ddl-constructs` alone."""

from __future__ import annotations

from ddl_constructs import AddColumn, Change, CreateIndex, RenameTable, facts
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    inspect,
)
from sqlalchemy.dialects import mysql, postgresql

KINDS = {"text": String(200), "number": Integer(), "date": Date(), "yes or no": Boolean()}

contacts = Table("contact", MetaData(), Column("id", Integer, primary_key=True))


def new_field(name: str, kind: str, *, searched: bool = False) -> list[Change]:
    """Give the changes that a field needs."""
    changes: list[Change] = [AddColumn("contact", Column(name, KINDS[kind]))]
    if searched:
        changes.append(CreateIndex(f"ix_contact_{name}", "contact", [name]))
    return changes


def main() -> None:
    engine = create_engine("sqlite://")
    undo: list[Change] = []

    with engine.begin() as connection:
        contacts.create(connection)
        for change in [*new_field("nickname", "text", searched=True), *new_field("born", "date")]:
            print("doing:  ", change.describe())
            connection.execute(change)
            undo.insert(0, change.reverse())
        print("columns:", [c["name"] for c in inspect(connection).get_columns("contact")])

        for change in undo:
            print("undoing:", change.describe())
            connection.execute(change)

        connection.execute(RenameTable("contact", "person"))
        print("tables: ", inspect(connection).get_table_names())
    engine.dispose()

    print("\nThe same elsewhere:")
    for change in new_field("nickname", "text", searched=True):
        for dialect in (postgresql.dialect(), mysql.dialect()):
            cost = facts(change, dialect)
            print(f"  {dialect.name}: {change.compile(dialect=dialect)}")
            print(f"    lock: {cost.lock}, rolled back with its transaction: {cost.transactional}")


if __name__ == "__main__":
    main()
