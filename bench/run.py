"""Measure ours, the peer and the floor, S1 to S18, and print and store one table.

Usage: python bench/run.py [--rows S1 S3 ...] [--rounds 5] [--store FILE]
                           [--peer-python PATH] [--other-python PATH]
                           [--revisions 5000] [--planned 20000] [--steps 1000] [--tables 1000]
                           [--table-rows 200000] [--bulk 1000000] [--shape bushy] [--seed 0]

The peer is Alembic of the interpreter --peer-python; Django, yoyo and networkx, where the work is the
same, are those of --other-python. The sides of a row take turns, and the medians are shown. "reach" is
what ours is to be at most, of the peer and of the floor; ! marks what isn't. `nox -s bench` makes all the
environments. A server that doesn't answer is left out; MIGRATE_TEST_POSTGRESQL and MIGRATE_TEST_MARIADB
name others than the usual ones.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import batch_bench
import bulk_bench
import commands_bench
import compare_rows
import revgraph_bench
from graphs import SHAPES
from measuring import Failed, Measured, Row, cells, measured, table

ROWS = [f"S{number}" for number in range(1, 19)]
BENCHES = (commands_bench, revgraph_bench, compare_rows, batch_bench, bulk_bench)


def options() -> argparse.Namespace:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=ROWS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--store", type=Path, help="where the table goes; beside it the figures as JSON"
    )
    parser.add_argument("--peer-python", default=sys.executable)
    parser.add_argument("--other-python", default=sys.executable)
    parser.add_argument("--revisions", type=int, default=5000, help="S3 to S6")
    parser.add_argument("--planned", type=int, default=20_000, help="revisions of S7 and S8")
    parser.add_argument("--steps", type=int, default=1000, help="revisions of S13 and S14")
    parser.add_argument("--tables", type=int, default=1000, help="S9; a tenth of it in S10 to S12")
    parser.add_argument("--table-rows", type=int, default=200_000, help="S15 to S17")
    parser.add_argument(
        "--bulk", type=int, default=1_000_000, help="rows of S18; a fifth on a server"
    )
    parser.add_argument("--shape", choices=SHAPES, default="bushy", help="of the graphs, S3 to S8")
    parser.add_argument(
        "--seed", type=int, default=0, help="another number, other graphs of that shape"
    )
    asked = parser.parse_args()
    os.environ["MIGRATE_BENCH_SEED"] = str(asked.seed)
    asked.rows = frozenset(asked.rows)
    return asked


def rows(asked: argparse.Namespace, root: Path) -> Iterator[Row]:
    """Give all rows that are asked for; what they need is there until the next one."""
    for bench in BENCHES:
        folder = root / bench.__name__
        folder.mkdir()
        yield from bench.rows(asked, folder)


def main() -> None:
    """Measure, print a line as soon as it is there, and the table at the end."""
    asked = options()
    done: list[Measured] = []
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for row in rows(asked, root):
            try:
                done.append(measured(row, asked.rounds))
            except Failed as err:
                print(f"{row.id} {row.what}: {err}", file=sys.stderr)
                continue
            print("  ".join(cells(done[-1])), file=sys.stderr, flush=True)
    told = table([cells(one) for one in done])
    python = f"{platform.python_implementation()} {platform.python_version()}"
    said = (
        f"{python}, {platform.system()} {platform.machine()}, median of {asked.rounds}, CPU seconds"
    )
    print(f"{said}\n\n{told}")
    if asked.store is not None:
        asked.store.parent.mkdir(parents=True, exist_ok=True)
        asked.store.write_text(f"{said}\n\n{told}\n", encoding="utf-8")
        figures = [
            {"row": one.row.id, "what": one.row.what, "reach": [one.row.peer, one.row.floor]}
            | {"sides": {name: asdict(sample) for name, sample in one.sides.items()}}
            for one in done
        ]
        asked.store.with_suffix(".json").write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
