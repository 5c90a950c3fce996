"""What becomes of a column's values when its type changes.

SQLite keeps a value in one of five storage classes and lets the column's affinity convert it only
where nothing is lost (SQLite, datatype3, section 3). How SQLAlchemy keeps dates, times and booleans
there is in its SQLite dialect: `2021-03-01`, `2021-03-01 12:00:00.000000`, `12:00:00.000000`, 0 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass

_DATE = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
_TIME = "[0-9][0-9]:[0-9][0-9]:[0-9][0-9]"
_NAMES = {
    "date": ("DATE",),
    "datetime": ("DATETIME", "TIMESTAMP"),
    "time": ("TIME",),
    "boolean": ("BOOLEAN", "BOOL"),
    "json": ("JSON",),
}


@dataclass(frozen=True)
class Conversion:
    """How a value is taken over; `{}` stands for the value, as SQL.

    Attributes:
        value: What is written into the new column.
        takes: True for a value that can be taken over, NULL aside; "" for every value.
        kept: Storage classes that it may have in the new column, NULL aside; empty for all.
        reason: What the others do.
    """

    value: str = "{}"
    takes: str = ""
    kept: tuple[str, ...] = ()
    reason: str = ""


AS_IT_IS = Conversion()


def kind(type_: str) -> str:
    """Give the kind of value that a declared type is for.

    Returns:
        "date", "datetime", "time", "boolean", "json", or the type's affinity: "integer",
        "real", "text", "blob", "numeric".
    """
    bare = type_.partition("(")[0].strip().strip("\"'[]`").upper()
    for name, words in _NAMES.items():
        if bare in words:
            return name
    return affinity(type_)


def affinity(type_: str) -> str:
    """Give the affinity of a declared type (SQLite, datatype3, section 3.1).

    >>> affinity("MY_TYPE(3)"), affinity("POINT"), affinity("")
    ('numeric', 'integer', 'blob')
    """
    upper = type_.upper()
    if "INT" in upper:
        return "integer"
    if any(word in upper for word in ("CHAR", "CLOB", "TEXT")):
        return "text"
    if not upper or "BLOB" in upper:
        return "blob"
    if any(word in upper for word in ("REAL", "FLOA", "DOUB")):
        return "real"
    return "numeric"


def conversion(old: str, new: str) -> Conversion:
    """Give how values of one declared type become those of another."""
    here, there = kind(old), kind(new)
    if here == there or "blob" == there == affinity(old) or not old or not new:
        return AS_IT_IS
    moment = {"date", "datetime", "time"}
    if here in moment and there in moment:
        return _moments(here, there)
    if there in moment:
        return _to_moment(there)
    if here in moment and there != "text":
        return Conversion(takes="0", reason=f"hold a {here}, which is no {there}")
    return _TO[there]


def _moments(here: str, there: str) -> Conversion:
    if (here, there) == ("date", "datetime"):
        return Conversion(
            f"CASE WHEN {{}} GLOB '{_DATE}' THEN {{}} || ' 00:00:00.000000' ELSE {{}} END",
            f"typeof({{}}) = 'text' AND {{}} GLOB '{_DATE}*'",
            reason="aren't dates (YYYY-MM-DD)",
        )
    if (here, there) == ("datetime", "date"):
        return Conversion(
            "substr({}, 1, 10)",
            f"{{}} GLOB '{_DATE}' OR ({{}} GLOB '{_DATE}[ T]*' "
            "AND trim(substr({}, 12), '0:.') = '')",
            reason="have a time of day, which would be lost",
        )
    return Conversion(takes="0", reason=f"hold a {here}, which is no {there}")


def _to_moment(there: str) -> Conversion:
    if there == "date":
        return Conversion(
            takes=f"{{}} GLOB '{_DATE}' AND date({{}}, '+0 days') = {{}}",
            reason="aren't dates (YYYY-MM-DD)",
        )
    if there == "time":
        return Conversion(
            takes=f"({{}} GLOB '{_TIME}' OR {{}} GLOB '{_TIME}.*') AND time({{}}) IS NOT NULL",
            reason="aren't times (HH:MM:SS)",
        )
    return Conversion(
        f"CASE WHEN {{}} GLOB '{_DATE}' THEN {{}} || ' 00:00:00.000000' "
        "ELSE substr({}, 1, 10) || ' ' || substr({}, 12) END",
        "date({}, '+0 days') = substr({}, 1, 10) AND "
        f"({{}} GLOB '{_DATE}' OR ({{}} GLOB '{_DATE}[ T]{_TIME}*' "
        "AND substr({}, 20) NOT GLOB '*[^0-9.]*'))",
        reason="aren't moments (YYYY-MM-DD HH:MM:SS, without a time zone)",
    )


_TRUE = "lower(trim({})) IN ('1', 'true')"
_FALSE = "lower(trim({})) IN ('0', 'false')"
_WHOLE = "typeof({}) <> 'blob' AND (typeof({}) <> 'real' OR {} = CAST({} AS INTEGER))"

_TO = {
    "integer": Conversion(takes=_WHOLE, kept=("integer",), reason="aren't whole numbers"),
    "real": Conversion(
        takes="typeof({}) <> 'integer' OR CAST(CAST({} AS REAL) AS INTEGER) = {}",
        kept=("real",),
        reason="aren't numbers that a REAL can hold",
    ),
    "numeric": Conversion(kept=("integer", "real"), reason="aren't numbers"),
    "boolean": Conversion(
        f"CASE WHEN {_TRUE} THEN 1 ELSE 0 END",
        f"{_TRUE} OR {_FALSE}",
        reason="are neither true nor false (1, 0)",
    ),
    "text": Conversion(kept=("text",), reason="are bytes, not text"),
    "blob": Conversion(
        "CASE WHEN typeof({}) = 'text' THEN CAST({} AS BLOB) ELSE {} END",
        kept=("blob",),
        reason="are numbers, not bytes",
    ),
    "json": Conversion(takes="typeof({}) <> 'blob' AND json_valid({})", reason="aren't JSON"),
}
