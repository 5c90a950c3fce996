"""What an edit of a schema is, and the register of all of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from .spec import Check, Col, Fk, Ix, Key, Schema, Tab
from .types import defaults

ALL = ("sqlite", "postgresql", "mariadb")


@dataclass
class Draft:
    """A schema while it is edited.

    Attributes:
        schema: The schema.
        rng: What chooses.
        database: Whose schema it is.
        touched: (table, column) pairs that an edit has changed already.
    """

    schema: Schema
    rng: random.Random
    database: str
    touched: set[tuple[str, str]] = field(default_factory=set)
    number: int = 0

    def new(self, prefix: str) -> str:
        """Give a name that is in no schema."""
        self.number += 1
        name = f"{prefix}{self.number}"
        self.touched |= {(table, name) for table in self.schema.tables}
        return name

    def table(self, wanted: Callable[[Tab], bool] = lambda t: True) -> tuple[str, Tab]:
        """Choose a table of the schema.

        Raises:
            Unfit: There is none like that.
        """
        found = [(n, t) for n, t in self.schema.tables.items() if wanted(t)]
        if not found:
            raise Unfit
        return self.rng.choice(found)

    def column(
        self, *types: str, wanted: Callable[[Col], bool] = lambda c: True
    ) -> tuple[str, Tab, str, Col]:
        """Choose a column that nothing else mentions and no edit has changed; touch it.

        Raises:
            Unfit: There is none like that.
        """
        found = [
            (n, t, name)
            for n, t in self.schema.tables.items()
            for name in t.free(*types)
            if (n, name) not in self.touched and name != "twice" and wanted(t.columns[name])
        ]
        if not found:
            raise Unfit
        n, table, name = self.rng.choice(found)
        self.touched.add((n, name))
        return n, table, name, table.columns[name]

    def leads(self, start: str, end: str) -> bool:
        """Tell whether foreign keys lead from one table to another, or must not (MyISAM has none)."""
        if any(self.schema.tables[t].options.get("mysql_engine") == "MyISAM" for t in (start, end)):
            return True
        seen, waiting = set(), [start]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += [f.target for f in self.schema.tables[name].foreign_keys]
        return end in seen

    def plain_types(self) -> list[str]:
        """Give the types that any column of this database may have."""
        common = ["int", "bigint", "smallint", "str20", "str40", "text", "num102", "double", "date"]
        common += ["bool", "moment", "json", "char3"]
        more = {
            "postgresql": ["uuid", "zoned", "clock", "interval", "bytes", "jsonb", "ints", "strs"],
            "mariadb": ["uint", "tiny", "set", "latin", "longtext", "stamp3"],
        }
        return common + more.get(self.database, [])

    def any_column(self, *types: str) -> Col:
        """Make a column that can be added to a table with rows."""
        type_ = self.rng.choice(types or self.plain_types())
        default = self.rng.choice([None, *defaults(type_)])
        nullable = default is None or self.rng.random() < 0.6
        comment = "it's 50% \\ :x" if self.rng.random() < 0.2 else None
        if self.database == "sqlite" and default and "(" in default + "CURRENT_":
            default = None if default in ("(1 + 2)", "CURRENT_TIMESTAMP") else default
            nullable = nullable or default is None
        return Col(type_, nullable, default, comment)


class Unfit(Exception):
    """The schema has nothing that an edit could be done to."""


Do = Callable[[Draft], object]


@dataclass(frozen=True)
class Edit:
    """One kind of edit.

    Attributes:
        forth: What it is called.
        back: What its undoing is called.
        databases: Where it can be done.
        do: Does it to a draft; raises Unfit before anything is done.
    """

    forth: str
    back: str
    databases: tuple[str, ...]
    do: Do


EDITS: list[Edit] = []


def edit(forth: str, back: str | None = None, on: tuple[str, ...] = ALL) -> Callable[[Do], Do]:
    """Register an edit; without a name of its own its undoing is of the same kind."""

    def register(do: Do) -> Do:
        EDITS.append(Edit(forth, back or forth, on, do))
        return do

    return register


def base(rng: random.Random, database: str) -> Draft:
    """Make a schema of some tables to begin with."""
    draft = Draft(Schema(), rng, database)
    if database == "postgresql" or database == "mariadb":
        draft.schema.enums = {"e0": ["1", "x", "2", "3"], "e1": ["it's", "1", "2", "3", "last"]}
        draft.schema.sequences["counter"] = {"start": 5}
    for name in rng.sample(["a", "b", "order", "Mixed Case", "child"], rng.choice([2, 3, 3, 4])):
        table = Tab({"id": Col("int", False)}, Key(["id"], rng.choice([None, f"pk_{name}"])))
        draft.schema.tables[name] = table
        for at in range(rng.choice([3, 4, 5, 6])):
            table.columns[f"c{at}"] = draft.any_column()
        table.columns["n"] = Col("int")
        table.columns["select"] = Col("str20", default="=it's")
        if database == "mariadb" and rng.random() < 0.5:
            table.options = {
                "mysql_engine": "InnoDB",
                "mysql_charset": "utf8mb4",
                "mysql_collate": "utf8mb4_general_ci",
                "mysql_row_format": "DYNAMIC",
            }
        if database == "postgresql" and rng.random() < 0.3:
            table.options = {"postgresql_with": {"fillfactor": 50}}
        if draft.schema.enums and rng.random() < 0.6:
            table.columns["mood"] = Col(f"enum:{rng.choice(sorted(draft.schema.enums))}")
        if rng.random() < 0.5:
            table.columns["grade"] = Col("checked", default=rng.choice([None, "=2"]))
        table.comment = rng.choice([None, "50% of 'it' \\ :x"])
        if rng.random() < 0.5:
            table.checks.append(Check("n > 0", rng.choice([None, f"ck_{name.lower()[:1]}_n"])))
        if rng.random() < 0.5:
            table.indexes[f"ix_{name}"] = Ix(["n", "id"])
        if rng.random() < 0.5:
            table.uniques.append(Key(["n"], rng.choice([None, f"uq_{name}"])))
        parents = [t for t in draft.schema.tables if t != name]
        if parents and rng.random() < 0.6:
            parent = rng.choice(parents)
            table.columns["up"] = Col("int")
            named = rng.choice([None, f"fk_{name}"])
            action = {} if rng.random() < 0.5 else {"ondelete": "CASCADE"}
            table.foreign_keys.append(Fk(["up"], parent, ["id"], named, action))
    return draft
