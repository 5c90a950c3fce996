"""Hold the lock of a database until someone kills it: `python holder.py URL`; says so when it has it."""

from __future__ import annotations

import sys

from migrate_cli.running.lock import Wait, locked
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool


def main(url: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with (
        engine.connect() as connection,
        locked(connection, (None, "migrate_version"), "there", Wait(30), joined=False),
    ):
        print("held", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
