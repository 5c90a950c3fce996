"""Say what one database lacks to be like another: `python schema_diff.py URL LIKE [--python]`."""

from __future__ import annotations

import sys

from ddl_autogen import compare, render
from sqlalchemy import MetaData, create_engine


def main(url: str, like: str, *, python: bool = False) -> int:
    """Print the changes, or the Python that says them.

    Returns:
        1 if the two differ, as `diff` does.
    """
    wanted = MetaData()
    pattern = create_engine(like)
    wanted.reflect(pattern)
    engine = create_engine(url)
    with engine.connect() as connection:
        changes = compare(connection, wanted)
    for change in changes:
        print(change.describe())
    if python:
        print(*render(changes, dialect=engine.dialect).lines, sep="\n")
    engine.dispose()
    pattern.dispose()
    return 1 if changes else 0


if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if a != "--python"]
    sys.exit(main(*arguments, python="--python" in sys.argv))
