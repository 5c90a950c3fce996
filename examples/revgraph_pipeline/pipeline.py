"""Steps of a data pipeline: what each needs, and what it makes.

A step that follows another one in its line has it as a parent; what it only reads
from another line is a dependency.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from revgraph import Revision, RevisionGraph

Data = dict[str, Any]
Work = Callable[[Data], Any]

RATES = {"eur": 1.1}
"""What the world says today."""


def step(
    name: str, work: Work, after: str | None = None, reads: list[str] | None = None, line: str = ""
) -> Revision[Work]:
    return Revision(name, after, reads, line or None, work)


def read_orders(data: Data) -> list[tuple[str, float]]:
    return [("ada", 3.0), ("bob", 4.0), ("ada", 5.0), ("eve", -1.0)]


def read_rates(data: Data) -> dict[str, float]:
    return RATES.copy()


def clean_orders(data: Data) -> list[tuple[str, float]]:
    return [(who, amount) for who, amount in data["read_orders"] if amount > 0]


def convert_orders(data: Data) -> list[tuple[str, float]]:
    rate = data["read_rates"]["eur"]
    return [(who, round(amount * rate, 2)) for who, amount in data["clean_orders"]]


def sum_by_customer(data: Data) -> dict[str, float]:
    sums: dict[str, float] = {}
    for who, amount in data["convert_orders"]:
        sums[who] = round(sums.get(who, 0) + amount, 2)
    return sums


def report(data: Data) -> str:
    return ", ".join(
        f"{who} {amount:.2f}" for who, amount in sorted(data["sum_by_customer"].items())
    )


PIPELINE: RevisionGraph[Work] = RevisionGraph(
    [
        step("report", report, after="sum_by_customer"),
        step("sum_by_customer", sum_by_customer, after="convert_orders"),
        step("convert_orders", convert_orders, after="clean_orders", reads=["rates"]),
        step("clean_orders", clean_orders, after="read_orders"),
        step("read_orders", read_orders, line="orders"),
        step("read_rates", read_rates, line="rates"),
    ]
)
