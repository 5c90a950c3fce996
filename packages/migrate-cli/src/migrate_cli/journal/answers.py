"""What a statement gave back, as the journal keeps it: enough to give it once more.

Kept are the answers of the database about itself, and numbers, dates and the like: keys and
counts. Of text out of tables only a hash is kept, which tells whether it is still the same.
"""

from __future__ import annotations

import base64
import hashlib
import json
import marshal
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

MOST = 200_000
"""Characters of an answer that are kept; of a longer one only the hash."""


@dataclass(frozen=True)
class Answer:
    """What a statement gave back.

    Attributes:
        count: The driver's `rowcount`.
        key: The driver's `lastrowid`; None if it has none.
        columns: (name, type code) of each column; None if there were no rows to be had.
        rows: The rows; None if they aren't kept.
        hash: Of the rows; None if they can't be compared, or there were none to be had.
        raised: Name and arguments of the driver's error where the database refused; else None.
        codes: What the error says besides its arguments, such as its SQLSTATE, by attribute.
    """

    count: int = -1
    key: int | None = None
    columns: tuple[tuple[str, int | None], ...] | None = None
    rows: list[tuple[Any, ...]] | None = None
    hash: str | None = None
    raised: tuple[str, list[Any]] | None = None
    codes: Mapping[str, Any] | None = None

    def written(self) -> str:
        """Write it as text."""
        if self.columns is None and self.key is None and self.raised is None:
            return "{}" if self.count == -1 else f'{{"count":{self.count}}}'
        parts = {
            "count": self.count if self.count != -1 else None,
            "key": self.key,
            "columns": self.columns,
            "rows": None if self.rows is None else [[_said(v) for v in row] for row in self.rows],
            "hash": self.hash,
            "raised": self.raised,
            "codes": self.codes,
        }
        return json.dumps({k: v for k, v in parts.items() if v is not None}, separators=(",", ":"))

    @classmethod
    def read(cls, written: str | None) -> Answer:
        """Read what `written` wrote.

        >>> Answer.read(Answer(3, None, (("a", None),), [(Decimal("1.50"),)]).written()).rows
        [(Decimal('1.50'),)]
        """
        parts = json.loads(written or "{}")
        columns, rows = parts.get("columns"), parts.get("rows")
        return cls(
            parts.get("count", -1),
            parts.get("key"),
            None if columns is None else tuple((name, code) for name, code in columns),
            None if rows is None else [tuple(map(_heard, row)) for row in rows],
            parts.get("hash"),
            tuple(parts["raised"]) if "raised" in parts else None,
            parts.get("codes"),
        )


NOTHING = Answer()
"""What DDL gives back."""


def answer(cursor: Any, rows: Sequence[Sequence[Any]] | None, *, whole: bool, salt: str) -> Answer:
    """Make the answer of a statement that was executed.

    Args:
        cursor: The driver's cursor.
        rows: Its rows, all of them; None if it has none, or nobody may fetch them.
        whole: Whether text is kept too: it is what the database says about itself.
        salt: What the hash is made with, besides the rows.
    """
    key = getattr(cursor, "lastrowid", None)
    count = cursor.rowcount if isinstance(cursor.rowcount, int) else -1
    key = key if isinstance(key, int) and key else None
    if cursor.description is None:
        return Answer(count, key)
    columns = tuple(
        (str(column[0]), column[1] if isinstance(column[1], int) else None)
        for column in cursor.description
    )
    if rows is None:
        return Answer(count, key, columns)
    kept = [tuple(row) for row in rows] if _may_be_kept(rows, whole) else None
    return Answer(count, key, columns, kept, fingerprint([tuple(row) for row in rows], salt))


def refusal(err: BaseException) -> Answer:
    """Make the answer of a statement that the database refused."""
    said = [a if isinstance(a, (int, str)) else str(a) for a in err.args]
    found = {name: getattr(err, name, None) for name in _CODES}
    codes = {name: code for name, code in found.items() if isinstance(code, (int, str))}
    return Answer(raised=(type(err).__name__, said), codes=codes or None)


_CODES = ("sqlstate", "pgcode", "errno", "sqlite_errorcode", "sqlite_errorname")


def again(given: Answer, dbapi: Any) -> Exception:
    """Make the driver's error that was raised when a statement was refused.

    Psycopg 2 and 3 have a class for each SQLSTATE, in a module `errors`.
    """
    name, said = given.raised or ("Error", [])
    places = (dbapi, getattr(dbapi, "errors", None))
    kind: Any = next(filter(None, (getattr(place, name, None) for place in places)), dbapi.Error)
    made: Exception = kind(*said)
    made.__setstate__(dict(given.codes or {}))  # Psycopg 2 lets nobody else set its pgcode
    return made


def _may_be_kept(rows: Sequence[Sequence[Any]], whole: bool) -> bool:
    size = 0
    for row in rows:
        for value in row:
            if not _is_kept(value, whole):
                return False
            size += len(str(value)) + 3
            if size > MOST:
                return False
    return True


def _is_kept(value: Any, whole: bool) -> bool:
    if type(value) in _KEPT or (whole and type(value) in (str, bytes)):
        return True
    return whole and isinstance(value, (list, tuple)) and all(_is_kept(v, whole) for v in value)


def fingerprint(values: Any, salt: str) -> str | None:
    """Give a hash of plain values that is the same in another process; None if it can't be made.

    >>> fingerprint([(1, "a")], "x") == fingerprint([(1, "a")], "x") != fingerprint([(1, "b")], "x")
    True
    """
    if isinstance(values, dict):  # its order is the interpreter's
        values = sorted(values.items())
    elif isinstance(values, list) and values and isinstance(values[0], dict):
        values = [sorted(row.items()) for row in values]
    try:
        said = marshal.dumps(values, 0)  # version 0 doesn't look at how objects are shared
    except ValueError:
        written = repr(_canonical(values))
        if re.search(r" at 0x[0-9a-f]+", written):
            return None
        said = written.encode("utf-8", "surrogatepass")
    return hashlib.sha256(salt.encode() + said).hexdigest()


def _canonical(value: Any) -> Any:
    """Give a value whose text says all of it, and says it the same every time."""
    if isinstance(value, Mapping):
        return sorted((str(k), repr(_canonical(v))) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return [_canonical(v) for v in value]
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, (set, frozenset)):
        return sorted(repr(_canonical(v)) for v in value)
    if hasattr(value, "obj") and type(value).__module__.startswith("psycopg"):
        return [type(value).__name__, _canonical(value.obj)]  # its own text is cut
    return value


def _said(value: Any) -> Any:
    kind = type(value)
    if value is None or kind in (bool, int, str):
        return value
    if isinstance(value, (list, tuple)):
        return {"list": [_said(v) for v in value]}
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, timedelta):
        return {"timedelta": [value.days, value.seconds, value.microseconds]}
    if isinstance(value, (date, time)):
        return {kind.__name__: value.isoformat()}
    return {kind.__name__: str(value)}


def _heard(said: Any) -> Any:
    if not isinstance(said, dict):
        return said
    ((kind, value),) = said.items()
    return _KINDS[kind](value)


_KINDS: Mapping[str, Any] = {
    "list": lambda value: [_heard(v) for v in value],
    "bytes": base64.b64decode,
    "timedelta": lambda value: timedelta(*value),
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
    "float": float,
    "Decimal": Decimal,
    "UUID": uuid.UUID,
}
_KEPT = frozenset(
    {type(None), bool, int, float, Decimal, date, datetime, time, timedelta, uuid.UUID}
)
