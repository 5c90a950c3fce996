"""Counts words that are given; its database is made and kept up to date by the program itself."""

from __future__ import annotations

import sys
from pathlib import Path

import sqlalchemy as sa
from migrate_cli import commands
from migrate_cli.config import load

metadata = sa.MetaData()
words = sa.Table(
    "words",
    metadata,
    sa.Column("word", sa.String(50), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False, server_default="0"),
)


def main(said: list[str]) -> None:
    config = load(Path(__file__).parent)
    for step in commands.upgrade(config).done:
        print(f"brought up to date: {step.message}")

    engine = sa.create_engine("sqlite:///counting.db")
    with engine.begin() as connection:
        for word in said:
            if connection.execute(words.select().where(words.c.word == word)).first() is None:
                connection.execute(words.insert().values(word=word))
            more = words.update().where(words.c.word == word).values(count=words.c.count + 1)
            connection.execute(more)
        for word, count in connection.execute(words.select().order_by(words.c.word)):
            print(f"{count:3}  {word}")
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1:])
