"""Edits that every database knows: tables, columns, keys, constraints, indexes."""

from __future__ import annotations

import random

from .edits import Draft, Unfit, edit
from .spec import Check, Col, Fk, Ix, Key, Tab
from .types import defaults

COMMENTED = ("postgresql", "mariadb")


def quoted(d: Draft, column: str) -> str:
    """Quote a column's name in SQL text."""
    return f"`{column}`" if d.database == "mariadb" else f'"{column}"'


@edit("table added", "table dropped")
def table(d: Draft) -> None:
    parent = _parent(d)
    name = d.new("new")
    key = d.schema.tables[parent].columns["id"].type
    columns = {"id": Col("int", False), "a": d.any_column(), "n": Col("int"), "up": Col(key)}
    made = Tab(columns, Key(["id"]), comment=d.rng.choice([None, "new"]))
    made.foreign_keys.append(Fk(["up"], parent, ["id"], d.rng.choice([None, f"fk_{name}"])))
    made.uniques.append(Key(["n"], d.rng.choice([None, f"uq_{name}"])))
    made.checks.append(Check("n > 0"))
    made.indexes[f"ix_{name}"] = Ix([d.rng.choice(["up", "n"]), "id"])
    d.schema.tables[name] = made


@edit("tables with foreign keys in a cycle added", "tables with foreign keys in a cycle dropped")
def cycle(d: Draft) -> None:
    one, two = d.new("ring"), d.new("ring")
    named = d.rng.random() < 0.5
    for here, there in ((one, two), (two, one)):
        columns = {"id": Col("int", False), "next": Col("int")}
        fk = Fk(
            ["next"],
            there,
            ["id"],
            f"fk_{here}" if named or d.database == "sqlite" else f"f_{here}",
        )
        fk.options = {"use_alter": True} if here == one else {}
        d.schema.tables[here] = Tab(columns, Key(["id"]), foreign_keys=[fk])


@edit("column added", "column dropped")
def column(d: Draft) -> None:
    name, made = d.table()
    column = d.new("added")
    made.columns[column] = d.any_column()
    d.touched.add((name, column))


@edit("column with a CHECK added", "column with a CHECK dropped")
def column_check(d: Draft) -> None:
    _, made = d.table()
    column = d.new("checked")
    made.columns[column] = Col("int")
    made.checks.append(
        Check(
            f"{column} > 0",
            None if d.database == "mariadb" else d.rng.choice([None, f"ck_{column}"]),
            column,
        )
    )


@edit("column of a checked enum added", "column of a checked enum dropped")
def column_checked(d: Draft) -> None:
    name, made = d.table()
    column = d.new("kind")
    made.columns[column] = Col("checked", default=d.rng.choice([None, "=2"]))
    d.touched.add((name, column))


@edit("column with a UNIQUE and an index added", "column with a UNIQUE and an index dropped")
def column_unique(d: Draft) -> None:
    _, made = d.table()
    column = d.new("code")
    made.columns[column] = Col("str20")
    made.uniques.append(Key([column], d.rng.choice([None, f"uq_{column}"])))
    made.indexes[f"ix_{column}"] = Ix([column, "id"])


@edit("column with a foreign key added", "column with a foreign key dropped")
def column_fk(d: Draft) -> None:
    name, made = d.table()
    parent = _parent(d)
    if d.leads(parent, name):
        raise Unfit
    column = d.new("ref")
    made.columns[column] = Col(d.schema.tables[parent].columns["id"].type)
    action = d.rng.choice([{}, {"ondelete": "SET NULL", "onupdate": "CASCADE"}])
    named = d.rng.choice([None, f"fk_{column}"])
    made.foreign_keys.append(Fk([column], parent, ["id"], named, action))


WIDER = {
    "int": ["bigint", "num102", "str20", "text", "double", "smallint"],
    "smallint": ["int", "bigint"],
    "bigint": ["int", "num102"],
    "str20": ["str40", "text"],
    "str40": ["text"],
    "num102": ["num124"],
    "date": ["moment"],
}


@edit("type changed")
def type_(d: Draft) -> None:
    _, _, _, column = d.column(*WIDER, wanted=lambda c: c.default is None)
    column.type = d.rng.choice(WIDER[column.type])


@edit("type and default changed")
def type_and_default(d: Draft) -> None:
    _, _, _, column = d.column(*WIDER)
    column.type = d.rng.choice(WIDER[column.type])
    column.default = d.rng.choice([None, *defaults(column.type)])
    if d.database == "sqlite" and column.default == "CURRENT_TIMESTAMP":
        column.default = None


@edit("NOT NULL added", "NOT NULL dropped")
def not_null(d: Draft) -> None:
    _, _, _, column = d.column(wanted=lambda c: c.nullable)
    column.nullable = False


@edit("default added", "default dropped")
def default(d: Draft) -> None:
    _, _, _, column = d.column(wanted=lambda c: c.default is None and bool(defaults(c.type)))
    column.default = d.rng.choice(defaults(column.type))


@edit("default changed")
def another_default(d: Draft) -> None:
    found = d.column(wanted=lambda c: c.default is not None and len(defaults(c.type)) > 1)
    column = found[3]
    column.default = d.rng.choice([x for x in defaults(column.type) if x != column.default])


@edit("column comment added", "column comment dropped", COMMENTED)
def comment(d: Draft) -> None:
    _, _, _, column = d.column(wanted=lambda c: c.comment is None)
    column.comment = d.rng.choice(["plain", 'it\'s "quoted" 50% \\ :x\nline'])


@edit("table comment added", "table comment dropped", COMMENTED)
def table_comment(d: Draft) -> None:
    _, made = d.table(lambda t: t.comment is None)
    made.comment = "it's 50% \\ :x"


@edit("named UNIQUE added", "named UNIQUE dropped")
def unique(d: Draft) -> None:
    _, made, column, _ = d.column("int", "str20", "bigint", "date")
    made.uniques.append(Key([column], d.new("uq_n")))


@edit("unnamed UNIQUE added", "unnamed UNIQUE dropped")
def unnamed_unique(d: Draft) -> None:
    _, made, column, _ = d.column("int", "str20", "bigint", "date")
    made.uniques.append(Key([column, "id"] if d.rng.random() < 0.3 else [column]))


@edit("columns of a UNIQUE changed")
def unique_columns(d: Draft) -> None:
    _, made = d.table(lambda t: any(u.name for u in t.uniques) and bool(t.free("int", "date")))
    key = d.rng.choice([u for u in made.uniques if u.name])
    key.columns = [*key.columns, d.rng.choice(made.free("int", "date"))]


CHECKS = ["n > 0", "n IN (1, 2, 3)", "n <> 5 AND n < 900", "n BETWEEN 1 AND 9", "n % 7 >= 0"]


@edit("named CHECK added", "named CHECK dropped")
def check(d: Draft) -> None:
    _, made = d.table(lambda t: "n" in t.columns)
    made.checks.append(Check(d.rng.choice(CHECKS[1:]), d.new("ck_n")))


@edit("unnamed CHECK added", "unnamed CHECK dropped")
def unnamed_check(d: Draft) -> None:
    _, made = d.table(lambda t: "n" in t.columns)
    there = {c.sql for c in made.checks}
    left = [c for c in CHECKS if c not in there]
    if not left:
        raise Unfit
    made.checks.append(Check(d.rng.choice(left)))


@edit("text of a CHECK changed")
def check_text(d: Draft) -> None:
    _, made = d.table(lambda t: any(c.name and c.sql in CHECKS for c in t.checks))
    one = d.rng.choice([c for c in made.checks if c.name and c.sql in CHECKS])
    made.checks[made.checks.index(one)] = Check(
        d.rng.choice([c for c in CHECKS if c != one.sql]), one.name
    )


@edit("labels of a checked enum changed")
def checked_labels(d: Draft) -> None:
    _, _, _, column = d.column("checked")
    column.type = "checked4"


def _parent(d: Draft) -> str:
    """Choose a table that is on both sides: one that comes back from nothing has no rows."""
    names = [
        n
        for n, t in d.schema.tables.items()
        if not n.startswith(("new", "ring", "moody"))
        and t.options.get("mysql_engine") != "MyISAM"
        and t.primary_key
        and t.primary_key.columns == ["id"]
    ]
    if not names:
        raise Unfit
    return d.rng.choice(names)


@edit("named foreign key added", "named foreign key dropped")
def foreign_key(d: Draft) -> None:
    parent = _parent(d)
    name, made, column, _ = d.column(d.schema.tables[parent].columns["id"].type)
    if d.leads(parent, name):
        raise Unfit
    made.foreign_keys.append(Fk([column], parent, ["id"], d.new("fk_n")))


@edit("unnamed foreign key added", "unnamed foreign key dropped")
def unnamed_fk(d: Draft) -> None:
    parent = _parent(d)
    name, made, column, _ = d.column(d.schema.tables[parent].columns["id"].type)
    if d.leads(parent, name):
        raise Unfit
    made.foreign_keys.append(Fk([column], parent, ["id"]))


@edit("actions of a foreign key changed")
def fk_action(d: Draft) -> None:
    _, made = d.table(lambda t: bool(t.foreign_keys))
    fk = d.rng.choice(made.foreign_keys)
    now = fk.options.get("ondelete")
    fk.options = {k: v for k, v in fk.options.items() if k not in ("ondelete", "onupdate")}
    said = d.rng.choice([x for x in (None, "CASCADE", "SET NULL") if x != now])
    fk.options |= {"ondelete": said} if said else {}
    fk.options |= {"onupdate": "CASCADE"} if d.rng.random() < 0.3 else {}


@edit("type of a key and of the foreign key to it changed")
def key_type(d: Draft) -> None:
    name, made = d.table(
        lambda t: (
            t.primary_key is not None
            and t.primary_key.columns == ["id"]
            and t.columns["id"].type == "int"
            and "sqlite_autoincrement" not in t.options
        )
    )
    for other in d.schema.tables.values():
        for fk in other.foreign_keys:
            if fk.target == name and other.columns[fk.columns[0]].type != "int":
                raise Unfit
    made.columns["id"].type = "bigint"
    for other in d.schema.tables.values():
        for fk in other.foreign_keys:
            if fk.target == name:
                other.columns[fk.columns[0]].type = "bigint"


INDEXED = ("int", "str20", "bigint", "date", "str40", "num102")


@edit("index added", "index dropped")
def index(d: Draft) -> None:
    _, made, column, _ = d.column(*INDEXED)
    made.indexes[d.new("ix_n")] = Ix([column, "id"], d.rng.random() < 0.3)


@edit("columns of an index changed")
def index_columns(d: Draft) -> None:
    _, made = d.table(lambda t: _plain_index(t) is not None and bool(t.free(*INDEXED)))
    found = _plain_index(made)
    assert found is not None
    found.elements = [d.rng.choice(made.free(*INDEXED)), *found.elements]


def _plain_index(t: Tab) -> Ix | None:
    plain = (i for i in t.indexes.values() if not i.options)
    return next((i for i in plain if all(e in t.columns for e in i.elements)), None)


@edit("index made unique", "index made plain")
def index_unique(d: Draft) -> None:
    _, made = d.table(
        lambda t: any(not i.unique and "id" in i.elements for i in t.indexes.values())
    )
    next(i for i in made.indexes.values() if not i.unique and "id" in i.elements).unique = True


@edit("direction of an index changed")
def index_direction(d: Draft) -> None:
    _, made = d.table(lambda t: any("id" in i.elements for i in t.indexes.values()))
    found = next(i for i in made.indexes.values() if "id" in i.elements)
    found.elements = ["id DESC" if e == "id" else e for e in found.elements]


@edit("expression index added", "expression index dropped", ("sqlite", "postgresql"))
def expression_index(d: Draft) -> None:
    _, made, column, _ = d.column("str20", "str40", "text")
    made.indexes[d.new("ix_e")] = Ix([f"lower({quoted(d, column)})", "id"], d.rng.random() < 0.4)


@edit("expression of an index changed", None, ("sqlite", "postgresql"))
def expression_changed(d: Draft) -> None:
    _, made = d.table(lambda t: any("lower(" in str(i.elements) for i in t.indexes.values()))
    found = next(i for i in made.indexes.values() if "lower(" in str(i.elements))
    found.elements = [e.replace("lower(", "upper(") for e in found.elements]


@edit("WHERE of an index changed", None, ("sqlite", "postgresql"))
def index_where(d: Draft) -> None:
    from sqlalchemy import text

    _, made = d.table(lambda t: bool(t.indexes) and "n" in t.columns)
    found = d.rng.choice(list(made.indexes.values()))
    condition = text(d.rng.choice(["n > 5", "n IS NOT NULL", "n IN (1, 2)"]))
    found.options = {**found.options, f"{d.database}_where": condition}


@edit("column added to the primary key", "column taken from the primary key")
def primary_key(d: Draft) -> None:
    pointed = {f.target for t in d.schema.tables.values() for f in t.foreign_keys}
    names = [
        n
        for n, t in d.schema.tables.items()
        if n not in pointed
        and t.primary_key
        and not any(o.startswith("sqlite") for o in t.options)
        and t.columns["id"].identity is None
        and t.columns["id"].autoincrement == "auto"
        and any((n, c) not in d.touched for c in t.free("int", "str20", "date"))
    ]
    if not names:
        raise Unfit
    made = d.schema.tables[d.rng.choice(names)]
    assert made.primary_key is not None
    column = d.rng.choice(made.free("int", "str20", "date"))
    made.columns[column].nullable = False
    made.columns["id"].autoincrement = False
    made.primary_key.columns = d.rng.choice([["id", column], [column, "id"]])


@edit("primary key dropped", "primary key added")
def whole_primary_key(d: Draft) -> None:
    pointed = {f.target for t in d.schema.tables.values() for f in t.foreign_keys}
    names = [
        n
        for n, t in d.schema.tables.items()
        if n not in pointed
        and t.primary_key
        and not any(o.startswith("sqlite") for o in t.options)
        and t.columns["id"].autoincrement is False
    ]
    if not names:
        raise Unfit
    d.schema.tables[d.rng.choice(names)].primary_key = None


@edit("computed column added", "computed column dropped")
def computed(d: Draft) -> None:
    _, made = d.table(lambda t: "n" in t.columns)
    stored = d.database == "postgresql" or (d.database != "sqlite" and d.rng.random() < 0.5)
    made.columns[d.new("double")] = Col("int", computed=(d.rng.choice(["n * 2", "n + 1"]), stored))


def with_computed(draft: Draft, rng: random.Random) -> None:
    """Give some tables of a beginning a computed column."""
    for made in draft.schema.tables.values():
        if rng.random() < 0.35:
            made.columns["twice"] = Col("int", computed=("n * 2", draft.database != "sqlite"))


@edit("expression of a computed column changed")
def computed_changed(d: Draft) -> None:
    _, made = d.table(lambda t: "twice" in t.columns and t.columns["twice"].computed is not None)
    made.columns["twice"].computed = (d.rng.choice(["n * 3", "n + 7"]), d.database != "sqlite")


@edit("expression of a computed column taken away")
def computed_gone(d: Draft) -> None:
    _, made = d.table(lambda t: "twice" in t.columns and t.columns["twice"].computed is not None)
    made.columns["twice"].computed = None


@edit("collation changed")
def collation(d: Draft) -> None:
    _, _, _, column = d.column("str20", "str40", wanted=lambda c: c.collation is None)
    column.collation = {"sqlite": "NOCASE", "postgresql": "C", "mariadb": "utf8mb4_bin"}[d.database]


@edit("rows no longer numbered by the database", "rows numbered by the database", COMMENTED)
def numbered(d: Draft) -> None:
    _, made = d.table(
        lambda t: (
            t.primary_key is not None
            and t.primary_key.columns == ["id"]
            and t.columns["id"].identity is None
            and t.columns["id"].autoincrement == "auto"
        )
    )
    made.columns["id"].autoincrement = False
