"""Edits of what MariaDB has: SET, unsigned, character sets, prefixes, FULLTEXT, options of tables."""

from __future__ import annotations

from .edits import Draft, Unfit, edit
from .spec import Col, Ix

MY = ("mariadb",)


def flip(forth: str, old: str, new: str) -> None:
    """Register an edit that changes columns of one type to another."""

    @edit(forth, None, MY)
    def change(d: Draft) -> None:
        _, _, _, column = d.column(old, wanted=lambda c: c.default is None)
        column.type = new


flip("values of a SET changed", "set", "set4")
flip("unsigned changed", "int", "uint")
flip("zerofill changed", "uint", "zint")
flip("character set of a column changed", "str20", "latin")
flip("fraction of a moment changed", "moment", "stamp3")
flip("longtext made text", "longtext", "text")
flip("json made text", "json", "text")


@edit("ON UPDATE of a column changed", None, MY)
def on_update(d: Draft) -> None:
    _, _, _, column = d.column("moment", wanted=lambda c: c.default is None)
    column.default = "CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"


@edit("index of a prefix added", "index of a prefix dropped", MY)
def prefix(d: Draft) -> None:
    _, made, column, _ = d.column("text", "longtext", "str40")
    made.indexes[d.new("ix_p")] = Ix([column], options={"mysql_length": {column: 10}})


@edit("length of an index's prefix changed", None, MY)
def prefix_length(d: Draft) -> None:
    _, made = d.table(lambda t: any("mysql_length" in i.options for i in t.indexes.values()))
    found = next(i for i in made.indexes.values() if "mysql_length" in i.options)
    found.options = {"mysql_length": {found.elements[0]: d.rng.choice([5, 15])}}


@edit("FULLTEXT index added", "FULLTEXT index dropped", MY)
def fulltext(d: Draft) -> None:
    _, made, column, _ = d.column("text", "str20", "str40", wanted=lambda c: c.collation is None)
    made.indexes[d.new("ix_f")] = Ix([column], options={"mysql_prefix": "FULLTEXT"})


@edit("index made FULLTEXT", None, MY)
def made_fulltext(d: Draft) -> None:
    _, made, column, _ = d.column("str20", "str40")
    plain = [
        i
        for i in made.indexes.values()
        if not i.options and not i.unique and "up" not in i.elements
    ]
    if not plain:
        raise Unfit
    plain[0].elements, plain[0].options = [column], {"mysql_prefix": "FULLTEXT"}


@edit(
    "index on the column of a foreign key added", "index on the column of a foreign key dropped", MY
)
def fk_index(d: Draft) -> None:
    _, made = d.table(lambda t: any(len(f.columns) == 1 for f in t.foreign_keys))
    column = d.rng.choice(made.foreign_keys).columns[0]
    made.indexes[d.new("ix_k")] = Ix([column])


@edit("document column added", "document column dropped", MY)
def document(d: Draft) -> None:
    _, made = d.table()
    made.columns[d.new("doc")] = Col("json")


def option(forth: str, name: str, values: list[str]) -> None:
    """Register an edit of an option that a table states."""

    @edit(forth, None, MY)
    def change(d: Draft) -> None:
        _, made = d.table(lambda t: f"mysql_{name}" in t.options)
        key = f"mysql_{name}"
        if name == "collate" and made.options.get("mysql_charset") == "latin1":
            raise Unfit  # it has other collations
        made.options = made.options | {
            key: d.rng.choice([v for v in values if v != made.options[key]])
        }


option("collation of a table changed", "collate", ["utf8mb4_bin", "utf8mb4_unicode_ci"])
option("row format of a table changed", "row_format", ["COMPACT", "REDUNDANT"])


@edit("character set of a table changed", None, MY)
def charset(d: Draft) -> None:
    _, made = d.table(lambda t: "mysql_charset" in t.options)
    collation = {"mysql_charset": "latin1", "mysql_collate": "latin1_german1_ci"}
    made.options = made.options | collation


@edit("engine of a table changed", None, MY)
def engine(d: Draft) -> None:
    """(MyISAM has no foreign keys.)"""
    _, made = d.table(lambda t: "mysql_engine" in t.options and not t.foreign_keys)
    if any(
        f.target in d.schema.tables and d.schema.tables[f.target] is made
        for t in d.schema.tables.values()
        for f in t.foreign_keys
    ):
        raise Unfit
    made.options = made.options | {"mysql_engine": "MyISAM"}
