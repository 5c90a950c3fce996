"""Comparing and rendering, as rows of the table: S9 to S12. The work itself is in `autogen_bench`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import autogen_bench
from measuring import Row, Sample, database, run


def side(python: str, name: str, work: str, url: str, tables: int) -> Callable[[], Sample]:
    """Make a side: `autogen_bench` in a process of its own, which counts for itself."""
    command = [python, autogen_bench.__file__, "--side", name, work, url, str(tables)]

    def once() -> Sample:
        told, process = run(command)
        seconds, queries = told.split()
        return Sample(float(seconds), process.peak, int(queries))

    return once


def rows(options: argparse.Namespace, root: Path) -> Iterator[Row]:
    """Give the rows that are asked for."""
    few = max(options.tables // 10, 1)
    for number, work, kind, tables, peer, floor in (
        ("S9", "in sync", "postgresql", options.tables, 0.15, 10),
        ("S10", "in sync", "sqlite", few, 0.2, 5),
        ("S10", "in sync", "mariadb", few, 0.2, 5),
        ("S11", "defaults", "postgresql", few, 0.2, None),
        ("S11", "defaults", "sqlite", few, 0.2, None),
        ("S11", "defaults", "mariadb", few, 0.2, None),
        ("S12", "first", "postgresql", few, 0.3, None),
        ("S12", "first", "sqlite", few, 0.3, None),
    ):
        if number not in options.rows:
            continue
        with database(kind, root) as url:
            if url is None:
                print(f"{number}: {kind} doesn't answer", file=sys.stderr)
                continue
            if work != "first":
                _filled(url, tables)
            sides = {
                "ours": side(sys.executable, "ours", work, url, tables),
                "peer": side(options.peer_python, "peer", work, url, tables),
            }
            if "floor" in autogen_bench.WORK[work]:
                sides["floor"] = side(sys.executable, "floor", work, url, tables)
            yield Row(number, f"{work}, {tables:,} tables, {kind}", sides, peer, floor)


def _filled(url: str, tables: int) -> None:
    from sqlalchemy import create_engine

    engine = create_engine(url)
    autogen_bench.models(tables).create_all(engine)
    engine.dispose()
