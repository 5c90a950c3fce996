"""Build graphs and plan in them, beside Alembic, networkx, Django and the least that Python can do.

Usage: python bench/revgraph_bench.py [--sizes 1000 5000] [--shapes linear bushy ladder fan]
                                      [--rounds 5] [--growth 1000 10000 100000]
                                      [--peer-python PATH]

Every side runs in a process of its own and counts its CPU seconds; the figure is the
median. A side that isn't installed (also not for PATH) is left out. "floor" is Kahn's
algorithm on dictionaries for build and for plan, and a search in sorted ids for resolve.
"build" is given revisions in random order, as files are listed by id; "build in order" in
the order of writing, as files are listed by date. The ratios are ours to each side: 0.01 means that ours needs a hundredth.
"""

from __future__ import annotations

import argparse
import bisect
import gc
import json
import math
import os
import statistics
import subprocess
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from graphs import SHAPES, Node, in_directory_order, without_last
from measuring import Row, inside

SIDES = ("ours", "alembic", "networkx", "django", "floor")
TASKS = ("build", "build in order", "heads", "plan all", "plan last 10", "resolve")
# A side that needs longer for a task than this, in seconds, isn't asked again.
PATIENCE = 20.0


class Ours:
    """revgraph."""

    def __init__(self, nodes: list[Node]) -> None:
        import revgraph
        from revgraph import Revision

        for name in revgraph.__all__:  # imported before anything is timed
            getattr(revgraph, name)
        self.revisions = [Revision(*node) for node in nodes]

    def build(self) -> Any:
        from revgraph import RevisionGraph

        return RevisionGraph(self.revisions)

    def heads(self, graph: Any) -> Any:
        return graph.heads, graph.real_heads

    def plan(self, graph: Any, applied: tuple[str, ...]) -> list[str]:
        from revgraph import upgrade

        return [step.revision.id for step in upgrade(graph, applied, "heads")]

    def resolve(self, graph: Any, text: str) -> str:
        from revgraph import resolve

        return resolve(graph, text)[0]


class Alembic:
    """Alembic's RevisionMap."""

    def __init__(self, nodes: list[Node]) -> None:
        from alembic.script.revision import Revision

        self.revisions = [
            Revision(name, parents or None, needed or None, labels or None)
            for name, parents, needed, labels in nodes
        ]

    def build(self) -> Any:
        from alembic.script.revision import RevisionMap

        graph = RevisionMap(lambda: self.revisions)
        _ = graph._revision_map
        return graph

    def heads(self, graph: Any) -> Any:
        return graph.heads, graph._real_heads  # found while building

    def plan(self, graph: Any, applied: tuple[str, ...]) -> list[str]:
        found = graph.iterate_revisions("heads", applied or "base", implicit_base=True)
        return [revision.revision for revision in found][::-1]

    def resolve(self, graph: Any, text: str) -> str:
        return str(graph.get_revision(text).revision)


class Networkx:
    """networkx.DiGraph, which knows no targets."""

    def __init__(self, nodes: list[Node]) -> None:
        import networkx

        self.nx = networkx
        self.nodes = _edges(nodes)

    def build(self) -> Any:
        graph = self.nx.DiGraph()
        graph.add_nodes_from(self.nodes)
        graph.add_edges_from((p, name) for name, needs in self.nodes.items() for p in needs)
        assert self.nx.is_directed_acyclic_graph(graph)
        return graph

    def heads(self, graph: Any) -> Any:
        return [name for name, above in graph.out_degree() if not above]

    def plan(self, graph: Any, applied: tuple[str, ...]) -> list[str]:
        there = set(applied)
        for head in applied:
            there |= self.nx.ancestors(graph, head)
        return list(self.nx.topological_sort(graph.subgraph(set(graph) - there)))


class Django:
    """Django's MigrationGraph, which knows no targets but leaves."""

    def __init__(self, nodes: list[Node]) -> None:
        from django.db.migrations.graph import MigrationGraph

        self.graph_class = MigrationGraph
        self.nodes = _edges(nodes)

    def build(self) -> Any:
        graph = self.graph_class()
        for name in self.nodes:
            graph.add_node(("app", name), name)
        for name, needs in self.nodes.items():
            for p in needs:
                graph.add_dependency(name, ("app", name), ("app", p), skip_validation=True)
        graph.validate_consistency()
        graph.ensure_not_cyclic()
        return graph

    def heads(self, graph: Any) -> Any:
        return graph.leaf_nodes()

    def plan(self, graph: Any, applied: tuple[str, ...]) -> list[str]:
        done = {name for head in applied for _, name in graph.forwards_plan(("app", head))}
        plan: dict[str, None] = {}
        for leaf in graph.leaf_nodes():
            plan.update((name, None) for _, name in graph.forwards_plan(leaf) if name not in done)
        return list(plan)


class Floor:
    """Dictionaries and lists."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = _edges(nodes)

    def build(self) -> Any:
        return self.order(), sorted(self.nodes)

    def order(self) -> list[str]:
        waiting = {name: len(needs) for name, needs in self.nodes.items()}
        above: dict[str, list[str]] = {name: [] for name in self.nodes}
        for name, needs in self.nodes.items():
            for p in needs:
                above[p].append(name)
        ready = [name for name, count in waiting.items() if not count]
        order = []
        while ready:
            name = ready.pop()
            order.append(name)
            for other in above[name]:
                waiting[other] -= 1
                if not waiting[other]:
                    ready.append(other)
        return order

    def heads(self, graph: Any) -> Any:
        needed = {p for needs in self.nodes.values() for p in needs}
        return [name for name in self.nodes if name not in needed]

    def plan(self, graph: Any, applied: tuple[str, ...]) -> list[str]:
        return self.order()

    def resolve(self, graph: Any, text: str) -> str:
        return str(graph[1][bisect.bisect_left(graph[1], text)])


def _edges(nodes: list[Node]) -> dict[str, tuple[str, ...]]:
    labels = {label: name for name, _, _, own in nodes for label in own}
    return {
        name: tuple(dict.fromkeys([*parents, *(labels.get(p, p) for p in needed)]))
        for name, parents, needed, _ in nodes
    }


MAKERS: dict[str, Callable[[list[Node]], Any]] = {
    "ours": Ours,
    "alembic": Alembic,
    "networkx": Networkx,
    "django": Django,
    "floor": Floor,
}


def measured(
    side: str, shape: str, size: int, rounds: int, tasks: Collection[str] = TASKS
) -> dict[str, float]:
    """Median CPU seconds of one side for each task; tasks that it can't do are missing."""
    nodes = SHAPES[shape](size)
    given = MAKERS[side](in_directory_order(nodes))
    written = MAKERS[side](nodes)
    applied = without_last(nodes, 10)
    ten = {name for name, *_ in nodes[-10:]}
    prefix = nodes[size // 2][0][:9]
    times: dict[str, list[float]] = {}

    def timed(task: str, work: Callable[[], Any], times_over: int = 1) -> Any:
        gc.collect()
        begun = time.process_time()
        for _ in range(times_over):
            answer = work()
        times.setdefault(task, []).append((time.process_time() - begun) / times_over)
        return answer

    def patient(task: str) -> bool:
        return task in tasks and sum(times.get(task, ())) < PATIENCE

    def one_round() -> None:
        graph = timed("build", given.build)
        if patient("build in order"):
            timed("build in order", written.build)
        timed("heads", lambda: given.heads(graph))
        if patient("plan all"):
            order = timed("plan all", lambda: given.plan(graph, ()))
            assert len(order) == size
        if patient("plan last 10") and side != "floor":
            order = timed("plan last 10", lambda: given.plan(graph, applied), 5)
            assert set(order) == ten
        if hasattr(given, "resolve") and patient("resolve"):
            given.resolve(graph, prefix)  # ids are sorted when they are first needed
            found = timed("resolve", lambda: given.resolve(graph, prefix), 20)
            assert found.startswith(prefix)

    for _ in range(rounds):
        if sum(times.get("build", ())) < PATIENCE:
            one_round()
    return {task: statistics.median(some) for task, some in times.items()}


def memory(shape: str, size: int) -> dict[str, float]:
    """Bytes for each revision that the graph takes, and together with the revisions."""
    nodes = in_directory_order(SHAPES[shape](size))
    tracemalloc.start()
    given = Ours([(name, p, d, labels) for name, p, d, labels in nodes])
    revisions = tracemalloc.get_traced_memory()[0]
    graph = given.build()
    alone = tracemalloc.get_traced_memory()[0] - revisions
    _ = given.heads(graph), given.resolve(graph, nodes[0][0][:9]), graph.labels_of(nodes[0][0])
    _ = list(graph)
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    names = sum(sys.getsizeof(name) for name, *_ in nodes)  # made before counting began
    return {"graph": alone / size, "all in use": (used + names) / size}


def rows(options: argparse.Namespace, root: Path) -> Iterator[Row]:
    """Give the rows S5 to S8 that are asked for."""
    many = options.planned
    for number, task, size, peer, floor in (
        ("S5", "build", options.revisions, 0.06, 3),
        ("S6", "plan all", options.revisions, 0.01, 4),
        ("S7", "plan last 10", many, 0.01, None),
        ("S8", "resolve", many, 0.01, 10),
    ):
        if number not in options.rows:
            continue
        sides = {
            name: inside([python, __file__, "--task", side, options.shape, str(size), task])
            for name, side, python in (
                ("ours", "ours", sys.executable),
                ("peer", "alembic", options.peer_python),
                ("floor", "floor", sys.executable),
                ("networkx", "networkx", options.other_python),
                ("django", "django", options.other_python),
            )
            if not (side == "floor" and task == "plan last 10")
            and not (side in ("networkx", "django") and task == "resolve")
        }
        yield Row(number, f"{task}, {size:,} revisions, {options.shape}", sides, peer, floor)


def main() -> None:
    """Run the sides in turn and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[1000, 5000])
    parser.add_argument("--shapes", nargs="+", choices=SHAPES, default=list(SHAPES))
    parser.add_argument("--sides", nargs="+", choices=SIDES, default=list(SIDES))
    parser.add_argument("--growth", type=int, nargs="*", default=[1000, 10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer-python", help="interpreter for sides that aren't installed here")
    parser.add_argument("--one", nargs=3, metavar=("SIDE", "SHAPE", "SIZE"), help=argparse.SUPPRESS)
    parser.add_argument("--task", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.task:
        side, shape, size, task = options.task
        warnings.simplefilter("ignore")
        found = measured(side, shape, int(size), 3, {task})
        print(json.dumps({"seconds": found[task]}))
        return
    if options.one:
        side, shape, size = options.one
        warnings.simplefilter("ignore")
        told = (
            memory(shape, int(size))
            if side == "memory"
            else measured(side, shape, int(size), options.rounds)
        )
        print(json.dumps(told))
        return
    for size in options.sizes:
        for shape in options.shapes:
            compare(options, shape, size)
    if options.growth:
        grow(options)


def ask(options: argparse.Namespace, side: str, shape: str, size: int) -> dict[str, float] | None:
    """Measure in a process of its own; None if the side isn't installed anywhere."""
    error = ""
    for python in filter(None, (sys.executable, options.peer_python)):
        command = [python, __file__, "--one", side, shape, str(size)]
        done = subprocess.run(
            [*command, "--rounds", str(options.rounds)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
        if done.returncode == 0:
            return dict(json.loads(done.stdout))
        error = done.stderr
        if "ModuleNotFoundError" not in error:
            break
    if "ModuleNotFoundError" not in error:
        print(f"{side} gave up on {shape}: {(error.strip() or 'killed').splitlines()[-1]}")
    return None


def compare(options: argparse.Namespace, shape: str, size: int) -> None:
    """Print milliseconds of every side, and ours as a ratio to each."""
    found = {side: ask(options, side, shape, size) for side in options.sides}
    print(f"\n{shape}, {size:,} revisions: milliseconds (ratio of ours)")
    print(_row("", *TASKS))
    ours = found.get("ours") or {}
    for side, times in found.items():
        if times is None:
            continue
        cells = []
        for task in TASKS:
            cell = ""
            if task in times:
                cell = f"{times[task] * 1000:.3f}"
                if side != "ours" and task in ours:
                    cell += f" ({ours[task] / times[task]:.3f})"
            cells.append(cell)
        print(_row(side, *cells))


def grow(options: argparse.Namespace) -> None:
    """Print how ours grows: the exponent e of n^e, fitted over all sizes, and memory."""
    for side in ("ours", "floor"):
        if side not in options.sides:
            continue
        print(f"\ngrowth of {side}: microseconds a revision at each size, and e of n^e")
        print(_row("", *(f"{size:,}" for size in options.growth), "e"))
        for shape in options.shapes:
            times = [ask(options, side, shape, size) for size in options.growth]
            for task in TASKS:
                points = [
                    (size, some[task])
                    for size, some in zip(options.growth, times, strict=True)
                    if some and task in some
                ]
                if points:
                    cells = (f"{seconds / size * 1e6:.3f}" for size, seconds in points)
                    print(_row(f"{shape} {task}", *cells, f"{exponent(points):.2f}"))
    print("\nmemory of ours: bytes a revision, of the graph alone and with all that was asked")
    for shape in options.shapes:
        told = ask(options, "memory", shape, options.growth[-1])
        if told:
            print(_row(shape, *(f"{key} {value:.0f}" for key, value in told.items())))


def exponent(points: list[tuple[int, float]]) -> float:
    """Slope of the straight line through the logarithms."""
    xs = [math.log(size) for size, _ in points]
    ys = [math.log(max(seconds, 1e-9)) for _, seconds in points]
    if len(xs) < 2:
        return math.nan
    return statistics.linear_regression(xs, ys).slope


def _row(name: str, *cells: str) -> str:
    return f"{name:22}" + "".join(f"{cell:>20}" for cell in cells)


if __name__ == "__main__":
    main()
