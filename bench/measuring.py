"""Measure sides of a row in turn, each in a process of its own, and print the table of all rows."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Sample:
    """What one run of a side took.

    Attributes:
        seconds: CPU seconds, user and system; of the whole process, or of the work inside of it.
        peak: The most memory that the process held, in MiB; None where nobody looked.
        queries: How many it sent; None where nobody counted.
    """

    seconds: float
    peak: float | None = None
    queries: int | None = None


@dataclass(frozen=True)
class Row:
    """A row of the table: a workload, who does it, and what is to be reached.

    Attributes:
        id: Its number, "S1".
        what: The workload in words.
        sides: Name -> what runs that side once; "ours" is one of them, "peer" and "floor" mostly.
            One that gives None isn't there.
        peer: The most that ours may take of the peer; None where nothing is said.
        floor: The most that it may take of the floor.
    """

    id: str
    what: str
    sides: Mapping[str, Callable[[], Sample | None]]
    peer: float | None = None
    floor: float | None = None


@dataclass(frozen=True)
class Measured:
    """A row with the medians of its sides; those that aren't there are missing."""

    row: Row
    sides: Mapping[str, Sample] = field(default_factory=dict)

    def ratio(self, to: str) -> float | None:
        """Give ours as a part of another side."""
        if "ours" not in self.sides or to not in self.sides:
            return None
        return self.sides["ours"].seconds / max(self.sides[to].seconds, 1e-9)


class Failed(Exception):
    """A side didn't come to its end."""


def run(
    command: Sequence[str], folder: Path | None = None, env: Mapping[str, str] | None = None
) -> tuple[str, Sample]:
    """Run a process; give what it wrote, and what all of it took.

    Raises:
        Failed: It ends with a status other than 0.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        told, telling = os.pipe()
        with open(told) as used:
            subprocess.run(
                [sys.executable, "-I", "-S", "-c", LAUNCHER, str(telling), *command],
                cwd=folder,
                env={**environment(), **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                pass_fds=[telling],
                check=False,
            )
            os.close(telling)
            status, seconds, peak = map(float, used.read().split())
        out.seek(0)
        err.seek(0)
        if status:
            said = err.read().decode(errors="replace")[-2000:]
            raise Failed(f"{' '.join(command)[:300]}\nended with {status:.0f}\n{said}")
        mebibyte = 1024**2 if sys.platform == "darwin" else 1024
        return out.read().decode(), Sample(seconds, peak / mebibyte)


LAUNCHER = """
import os, sys
telling = int(sys.argv[1])
process = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(process, 0)
told = os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss
os.write(telling, " ".join(map(str, told)).encode())
"""
"""Starts a command and waits for it: a process so small that its memory isn't taken for the command's,
which on Linux begins with that of who starts it (getrusage(2), ru_maxrss)."""


def environment() -> dict[str, str]:
    """The environment of every side: the same hashes, bytecode kept."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONHASHSEED": "0"}


def whole(
    command: Sequence[str],
    folder: Path | None = None,
    *,
    before: Callable[[], object] = lambda: None,
    env: Mapping[str, str] | None = None,
) -> Callable[[], Sample]:
    """Make a side that is a whole command.

    Args:
        command: What is run.
        folder: In which folder.
        before: Called before each run, uncounted.
        env: Variables of its environment.
    """

    def once() -> Sample:
        before()
        return run(command, folder, env)[1]

    return once


def perhaps(
    command: Sequence[str], folder: Path, *, before: Callable[[], object] = lambda: None
) -> Callable[[], Sample | None]:
    """Make a side that is a whole command of a tool which may not be installed."""

    def once() -> Sample | None:
        before()
        try:
            return run(command, folder)[1]
        except Failed as err:
            if "No module named" in str(err):
                return None
            raise

    return once


def inside(
    command: Sequence[str], *, before: Callable[[], object] = lambda: None
) -> Callable[[], Sample | None]:
    """Make a side that counts for itself: its last line is JSON, {"seconds": ..., "queries": ...}.

    One whose tool isn't installed isn't there.
    """

    def once() -> Sample | None:
        before()
        try:
            told, process = run(command)
        except Failed as err:
            if "ModuleNotFoundError" in str(err):
                return None
            raise
        found: dict[str, Any] = json.loads(told.splitlines()[-1])
        return Sample(found["seconds"], found.get("peak", process.peak), found.get("queries"))

    return once


def measured(row: Row, rounds: int, *, warm: bool = True) -> Measured:
    """Run the sides of a row in turn; give the medians.

    Args:
        row: The row.
        rounds: How often.
        warm: Run each once more before, uncounted: that warms bytecode and disk.
    """
    found: dict[str, list[Sample]] = {name: [] for name in row.sides}
    for number in range(rounds + warm):
        for name, once in row.sides.items():
            if name in found and (sample := once()) is None:
                del found[name]
            elif name in found and sample is not None and number >= warm:
                found[name].append(sample)
    return Measured(row, {name: _median(samples) for name, samples in found.items()})


def _median(samples: Sequence[Sample]) -> Sample:
    def middle(values: Sequence[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return statistics.median(known) if known else None

    queries = middle([sample.queries for sample in samples])
    return Sample(
        statistics.median(sample.seconds for sample in samples),
        middle([sample.peak for sample in samples]),
        None if queries is None else round(queries),
    )


HEADS = (
    "", "workload", "ours", "peer", "floor", "of peer", "reach", "of floor", "reach",
    "MiB ours / peer", "queries ours / peer", "others",
)  # fmt: skip


def cells(found: Measured) -> list[str]:
    """Write a measured row as the cells of the table; ! stands where the reach isn't."""
    row, sides = found.row, found.sides
    others = [name for name in sides if name not in ("ours", "peer", "floor")]
    return [
        row.id,
        row.what,
        *(_time(sides[name].seconds) if name in sides else "-" for name in HEADS[2:5]),
        *_reached(found.ratio("peer"), row.peer),
        *_reached(found.ratio("floor"), row.floor),
        _both(sides, lambda sample: None if sample.peak is None else f"{sample.peak:.0f}"),
        _both(sides, lambda sample: None if sample.queries is None else str(sample.queries)),
        ", ".join(
            f"{name} {_time(sides[name].seconds)} ({found.ratio(name) or 0:.2f})" for name in others
        ),
    ]


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def _reached(ratio: float | None, reach: float | None) -> tuple[str, str]:
    if ratio is None:
        return "-", "-" if reach is None else f"{reach:g}"
    missed = "!" if reach is not None and ratio > reach else ""
    return f"{ratio:.3g}{missed}", "-" if reach is None else f"{reach:g}"


def _both(sides: Mapping[str, Sample], tell: Callable[[Sample], str | None]) -> str:
    told = [tell(sides[name]) if name in sides else None for name in ("ours", "peer")]
    return "-" if told == [None, None] else " / ".join(one or "-" for one in told)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Write rows as a table in Markdown, its columns as wide as what is in them."""
    lines = [HEADS, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(HEADS))]
    told = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    ]
    return "\n".join(
        [told[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *told[1:]]
    )


SERVERS = {
    "postgresql": ("MIGRATE_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/test"),
    "mariadb": ("MIGRATE_TEST_MARIADB", "mysql+pymysql://root@127.0.0.1:3306/test"),
}
"""Kind of a server -> the variable that names its URL, and the usual one."""


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str | None]:
    """Give the URL of an empty database, which is gone afterwards; None if there is no server."""
    import uuid

    from sqlalchemy import create_engine, make_url, text
    from sqlalchemy.exc import DBAPIError

    if kind == "sqlite":
        yield f"sqlite:///{folder / uuid.uuid4().hex}.db"
        return
    variable, usual = SERVERS[kind]
    url = make_url(os.environ.get(variable, usual))
    name = f"migrate_bench_{uuid.uuid4().hex[:12]}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except DBAPIError:
        yield None
        return
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name}"))
        engine.dispose()
