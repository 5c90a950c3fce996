"""Edits of what PostgreSQL has: enum types, sequences, identity, EXCLUDE, options of indexes."""

from __future__ import annotations

from sqlalchemy import text

from .edits import Draft, Unfit, edit
from .spec import Check, Col, Exclude, Fk, Ix, Key, Tab

PG = ("postgresql",)
ENUMS = ("postgresql", "mariadb")


def used_enum(d: Draft) -> str:
    """Choose an enum type that some column has."""
    used = {
        c.type.partition(":")[2]
        for t in d.schema.tables.values()
        for c in t.columns.values()
        if c.type.startswith("enum")
    }
    if not used:
        raise Unfit
    return d.rng.choice(sorted(used))


@edit("label added to an enum", "label taken from an enum", ENUMS)
def label(d: Draft) -> None:
    labels = d.schema.enums[used_enum(d)]
    labels.insert(d.rng.choice([0, 1, len(labels)]), d.new("label '%:"))


@edit("labels of an enum reordered", None, ENUMS)
def labels_reordered(d: Draft) -> None:
    labels = d.schema.enums[used_enum(d)]
    labels.append(labels.pop(0))


@edit("default that is a new label of its enum", None, ENUMS)
def label_default(d: Draft) -> None:
    _, _, _, column = d.column("enum:e0", "enum:e1", wanted=lambda c: c.default is None)
    name = d.new("fresh")
    d.schema.enums[column.type.partition(":")[2]].append(name)
    column.default = f"={name}"


@edit("column of an enum added", "column of an enum dropped", ENUMS)
def enum_column(d: Draft) -> None:
    _, made = d.table()
    enum = d.rng.choice(sorted(d.schema.enums))
    if d.rng.random() < 0.5:
        enum = d.new("kind")
        d.schema.enums[enum] = ["1", "2", "3", "it's"]
    made.columns[d.new("mood")] = Col(f"enum:{enum}", default=d.rng.choice([None, "=1"]))


@edit("column of an array of an enum added", "column of an array of an enum dropped", PG)
def enums_column(d: Draft) -> None:
    _, made = d.table()
    enum = d.new("kinds")
    d.schema.enums[enum] = ["1", "2", "3", "it's"]
    made.columns[d.new("moods")] = Col(f"enums:{enum}")


@edit("string made an enum", "enum made a string", ENUMS)
def string_enum(d: Draft) -> None:
    _, _, _, column = d.column("str20", wanted=lambda c: c.default in (None, "=1"))
    enum = d.rng.choice(sorted(d.schema.enums))
    if d.rng.random() < 0.5:
        enum = d.new("kind")
        d.schema.enums[enum] = ["1", "2", "3"]
    column.type = f"enum:{enum}"


@edit("table with an enum added", "table with an enum dropped", PG)
def enum_table(d: Draft) -> None:
    enum = d.new("alone")
    d.schema.enums[enum] = ["1", "2", "3"]
    d.schema.tables[d.new("moody")] = Tab(
        {"id": Col("int", False), "mood": Col(f"enum:{enum}", False, "=1")}, Key(["id"])
    )


@edit("CHECK and index on a label of an enum added", "CHECK and index on a label dropped", PG)
def label_check(d: Draft) -> None:
    _, made = d.table(
        lambda t: (
            "n" in t.columns and "mood" in t.columns and t.columns["mood"].type.startswith("enum:")
        )
    )
    made.checks.append(Check("mood <> '1' OR n > 0", d.new("ck_m")))
    made.indexes[d.new("ix_m")] = Ix(["n"], options={"postgresql_where": text("mood = '1'")})


@edit("storage of a table changed", None, PG)
def storage(d: Draft) -> None:
    _, made = d.table(lambda t: "postgresql_with" in t.options)
    made.options = made.options | {"postgresql_with": {"fillfactor": d.rng.choice([60, 70, 80])}}


CASTS = {
    "str20": ["int", "num102", "json", "bigint"],
    "text": ["json", "int"],
    "int": ["bool"],
    "json": ["jsonb"],
    "uuid": ["text"],
    "moment": ["zoned", "date"],
    "jsonb": ["text"],
}


@edit("type changed to one that needs USING", "type changed back by USING", PG)
def cast(d: Draft) -> None:
    _, _, _, column = d.column(*CASTS, wanted=lambda c: c.default is None)
    column.type = d.rng.choice(CASTS[column.type])


@edit("identity added", "identity dropped", PG)
def identity(d: Draft) -> None:
    _, _, _, column = d.column(
        "int", "bigint", wanted=lambda c: c.default is None and c.autoincrement == "auto"
    )
    column.identity = d.rng.choice([{}, {"always": True}, {"start": 100, "increment": 5}])
    column.nullable = False


@edit("options of an identity changed", None, PG)
def identity_options(d: Draft) -> None:
    _, made = d.table(lambda t: any(c.identity is not None for c in t.columns.values()))
    column = next(c for c in made.columns.values() if c.identity is not None)
    options = [{}, {"always": True}, {"cache": 7}, {"increment": 3, "cycle": True}]
    options += [{"minvalue": 1, "maxvalue": 500}, {"start": 9}]
    column.identity = d.rng.choice([o for o in options if o != column.identity])


@edit("serial made an identity", "identity made a serial", PG)
def serial_identity(d: Draft) -> None:
    _, made = d.table(
        lambda t: (
            t.primary_key is not None
            and t.primary_key.columns == ["id"]
            and t.columns["id"].autoincrement == "auto"
            and t.columns["id"].identity is None
        )
    )
    made.columns["id"].identity = d.rng.choice([{}, {"always": True}])


@edit("sequence added", "sequence dropped", ENUMS)
def sequence(d: Draft) -> None:
    options = d.rng.choice([{}, {"start": 3, "increment": 7}, {"cycle": True, "maxvalue": 99}])
    d.schema.sequences[d.new("seq")] = options


@edit("options of a sequence changed", None, ENUMS)
def sequence_options(d: Draft) -> None:
    if "counter" not in d.schema.sequences:
        raise Unfit
    options = [{"increment": 2}, {"maxvalue": 1000, "cycle": True}, {"cache": 5}, {"start": 5}]
    d.schema.sequences["counter"] = d.rng.choice(
        [o for o in options if o != d.schema.sequences["counter"]]
    )


@edit("EXCLUDE added", "EXCLUDE dropped", PG)
def exclude(d: Draft) -> None:
    _, made, column, _ = d.column("int", "bigint", "date")
    made.excludes[d.new("ex")] = Exclude([(column, "=")], "btree")


@edit("EXCLUDE changed", None, PG)
def exclude_changed(d: Draft) -> None:
    _, made = d.table(lambda t: bool(t.excludes))
    name = d.rng.choice(sorted(made.excludes))
    old = made.excludes[name]
    new = d.rng.choice([{"where": "n > 1"}, {"options": {"deferrable": True}}, {"where": "n > 2"}])
    made.excludes[name] = Exclude(
        old.elements, old.using, **{"where": old.where, "options": old.options} | new
    )


@edit("deferral of a UNIQUE changed", None, PG)
def unique_deferrable(d: Draft) -> None:
    _, made = d.table(lambda t: bool(t.uniques))
    key = d.rng.choice(made.uniques)
    new = [{}, {"deferrable": True}, {"deferrable": True, "initially": "DEFERRED"}]
    key.options = d.rng.choice([o for o in new if o != key.options])


@edit("NULLS NOT DISTINCT of a UNIQUE changed", None, PG)
def unique_nulls(d: Draft) -> None:
    _, made = d.table(lambda t: bool(t.uniques))
    key = d.rng.choice(made.uniques)
    if set(key.columns) - {"n", "id"}:  # of another column two rows may be NULL
        raise Unfit
    key.options = {"postgresql_nulls_not_distinct": True}


@edit("deferral of a foreign key changed", None, ("sqlite", "postgresql"))
def fk_deferrable(d: Draft) -> None:
    _, made = d.table(lambda t: bool(t.foreign_keys))
    fk = d.rng.choice(made.foreign_keys)
    kept = {k: v for k, v in fk.options.items() if k not in ("deferrable", "initially")}
    new = [{}, {"deferrable": True}, {"deferrable": True, "initially": "DEFERRED"}]
    fk.options = kept | d.rng.choice([o for o in new if kept | o != fk.options])


@edit("MATCH of a foreign key changed", None, PG)
def fk_match(d: Draft) -> None:
    _, made = d.table(lambda t: any("match" not in f.options for f in t.foreign_keys))
    fk = next(f for f in made.foreign_keys if "match" not in f.options)
    fk.options = fk.options | {"match": "FULL"}


@edit("method of an index changed", None, PG)
def index_using(d: Draft) -> None:
    _, made, column, _ = d.column("int", "str20")
    raise_or = [i for i in made.indexes.values() if i.options.get("postgresql_using") == "hash"]
    if raise_or:
        raise_or[0].options = {}
        return
    plain = [i for i in made.indexes.values() if not i.options and not i.unique]
    if not plain:
        raise Unfit
    plain[0].elements = [column]
    plain[0].options = {"postgresql_using": "hash"}


@edit("INCLUDE of an index changed", None, PG)
def index_include(d: Draft) -> None:
    _, made = d.table(
        lambda t: any("postgresql_using" not in i.options for i in t.indexes.values())
    )
    found = next(i for i in made.indexes.values() if "postgresql_using" not in i.options)
    free = made.free("int", "str20", "date")
    if not free:
        raise Unfit
    found.options = found.options | {"postgresql_include": [d.rng.choice(free)]}


@edit("index with operator classes added", "index with operator classes dropped", PG)
def index_ops(d: Draft) -> None:
    _, made, column, _ = d.column("str20", "str40")
    options = {"postgresql_ops": {column: "varchar_pattern_ops"}}
    made.indexes[d.new("ix_o")] = Ix([column], options=options)


@edit("operator class of an index changed", None, PG)
def ops_changed(d: Draft) -> None:
    _, made = d.table(lambda t: any("postgresql_ops" in i.options for i in t.indexes.values()))
    found = next(i for i in made.indexes.values() if "postgresql_ops" in i.options)
    found.options = {}


@edit("WITH of an index changed", None, PG)
def index_with(d: Draft) -> None:
    _, made = d.table(lambda t: bool(t.indexes))
    found = d.rng.choice(list(made.indexes.values()))
    old = found.options.get("postgresql_with")
    fill = d.rng.choice([f for f in (50, 60, 70) if old != {"fillfactor": f}])
    found.options = found.options | {"postgresql_with": {"fillfactor": fill}}


@edit("NULLS order of an index changed", None, PG)
def index_nulls(d: Draft) -> None:
    _, made = d.table(lambda t: any("n" in i.elements for i in t.indexes.values()))
    found = next(i for i in made.indexes.values() if "n" in i.elements)
    found.options = {k: v for k, v in found.options.items() if k != "postgresql_using"}
    sort = d.rng.choice(["n NULLS FIRST", "n DESC NULLS LAST"])
    found.elements = [sort if e == "n" else e for e in found.elements]


@edit("index of another method added", "index of another method dropped", PG)
def gin(d: Draft) -> None:
    _, made, column, _ = d.column("jsonb", "ints", "strs")
    made.indexes[d.new("ix_g")] = Ix([column], options={"postgresql_using": "gin"})


@edit("name of a primary key changed", None, PG)
def key_name(d: Draft) -> None:
    _, made = d.table(lambda t: t.primary_key is not None and t.primary_key.name is not None)
    assert made.primary_key is not None
    made.primary_key.name = d.new("pk_n")


@edit("index with a condition added", "index with a condition dropped", ("sqlite", "postgresql"))
def partial(d: Draft) -> None:
    _, made, column, _ = d.column("int", "str20")
    condition = text(f'"{column}" IS NOT NULL')
    made.indexes[d.new("ix_w")] = Ix([column], options={f"{d.database}_where": condition})


@edit("foreign key to itself added", "foreign key to itself dropped")
def to_itself(d: Draft) -> None:
    name, made = d.table(lambda t: t.primary_key is not None and t.primary_key.columns == ["id"])
    if made.options.get("mysql_engine") == "MyISAM":
        raise Unfit
    column = d.new("boss")
    made.columns[column] = Col(made.columns["id"].type)
    made.foreign_keys.append(Fk([column], name, ["id"], d.rng.choice([None, f"fk_{column}"])))
