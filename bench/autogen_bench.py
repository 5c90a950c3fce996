"""Measure compare() in sync against the catalog queries alone.

    python bench/autogen_bench.py URL [TABLES]

Makes the tables in the database at URL and drops them again: give one of its own.
"""

import sys
import time

from ddl_autogen import compare, render, snapshot
from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    create_engine,
    event,
    func,
)


def models(number: int) -> MetaData:
    """Tables of ten columns, three indexes, two foreign keys, a UNIQUE, defaults and comments."""
    metadata = MetaData()
    for at in range(number):
        table = Table(
            f"t{at:04}",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("one", ForeignKey(f"t{max(at - 1, 0):04}.id"), index=True),
            Column("two", ForeignKey(f"t{at // 2:04}.id", ondelete="CASCADE")),
            Column("name", String(50), nullable=False, server_default="x", comment="a name"),
            Column("code", String(20), unique=True),
            Column("price", Numeric(10, 2), server_default="0"),
            Column("made", DateTime, server_default=func.now()),
            *(Column(f"c{i}", Integer) for i in range(3)),
            comment="a table",
        )
        Index(f"ix_{at}_a", table.c.c0, table.c.c1)
        Index(f"ix_{at}_b", table.c.name)
    return metadata


def main(url: str, number: int) -> None:
    """Print the seconds of each part, the best of three."""
    metadata = models(number)
    engine = create_engine(url)
    queries: list[str] = []
    with engine.connect() as connection:
        metadata.create_all(connection)
        connection.commit()
        event.listen(engine, "before_cursor_execute", lambda *a: queries.append(a[2]))
        for name, work in {
            "snapshot": lambda: snapshot(connection),
            "compare in sync": lambda: compare(connection, metadata),
            "compare with nothing and render": lambda: render(compare(connection, MetaData())),
        }.items():
            best, cpu = 1e9, 1e9
            for _ in range(3):
                queries.clear()
                start, start_cpu = time.perf_counter(), time.process_time()
                found = work()
                best = min(best, time.perf_counter() - start)
                cpu = min(cpu, time.process_time() - start_cpu)
            size = f"{len(found)} changes, " if isinstance(found, list) else ""
            print(f"{name}: {best:.3f} s, {cpu:.3f} s of it here, {size}{len(queries)} queries")
        start = time.perf_counter()
        script = render(compare(connection, MetaData()), dialect=engine.dialect)
        print(
            f"render of what drops it all: {time.perf_counter() - start:.3f} s, {len(script.lines)} lines"
        )
        for table in reversed(metadata.sorted_tables):  # one by one: a lock each
            table.drop(connection)
            connection.commit()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100)
