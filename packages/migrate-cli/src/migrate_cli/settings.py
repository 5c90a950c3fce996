"""Every setting of [tool.migrate]: what its value may be, and what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .errors import BadConfiguration, UnknownSetting, did_you_mean, near
from .running.durations import in_seconds
from .url import hidden
from .writing.renames import parsed

DEFAULT_FILE_TEMPLATE = "%(year)d_%(month).2d_%(day).2d_%(rev)s_%(slug)s"
FILE_TOKENS = ("rev", "slug", "epoch", "year", "month", "day", "hour", "minute", "second")


def checked(file: Path, settings: Mapping[str, object]) -> dict[str, Any]:
    """Check the keys and values of a [tool.migrate], and give the values their shapes.

    Raises:
        BadConfiguration: A value isn't what its setting wants.
        UnknownSetting: There is no such setting.
    """
    values = {}
    for key, value in settings.items():
        check = SETTINGS.get(key)
        if check is None:
            raise UnknownSetting(file, key, SETTINGS)
        try:
            values[key] = check(value)
        except _Mistake as mistake:
            raise BadConfiguration(file, key, f"must be {mistake}; it is {_shown(value)}") from None
    return values


class _Mistake(Exception):
    """A value isn't what its setting wants; the text says what that is."""


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _Mistake("a text in quotes, not empty")
    return value


def _texts(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(v, str) and v.strip() for v in values):
        raise _Mistake("a text in quotes or a list of them, none of them empty")
    return tuple(values)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Mistake("true or false, without quotes")
    return value


def _length(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _Mistake("a whole number, 0 or more")
    return value


def _seconds(value: object) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < 1e9:
        raise _Mistake("a number of seconds, 0 or more")
    return float(value)


def _duration(value: object) -> float:
    """Take seconds, or a text as on the command line: "2s", "500ms", "5m", "1h"."""
    if isinstance(value, str):
        try:
            return in_seconds(value)
        except ValueError as err:
            raise _Mistake('seconds, or a text such as "500ms", "2s", "5m", "1h"') from err
    return _seconds(value)


def _objects(value: object) -> tuple[str, ...]:
    targets = _texts(value)
    if not all(re.fullmatch(_OBJECT, target) for target in targets):
        raise _Mistake('"package.module:object", for example "myapp.models:Base.metadata"')
    return targets


def _globs(value: object) -> tuple[str, ...]:
    names = _texts(value)
    if not all(re.fullmatch(_GLOB, name) for name in names):
        raise _Mistake('names of modules such as "myapp.models", or globs: "myapp.**.models"')
    return names


def _object(value: object) -> str:
    target = _text(value)
    if not re.fullmatch(_OBJECT, target):
        raise _Mistake('"package.module:function", for example "myapp.migrating:include_object"')
    return target


def _flag_or_object(value: object) -> bool | str:
    return _object(value) if isinstance(value, str) and ":" in value else _flag(value)


def _renames(value: object) -> tuple[str, ...]:
    texts = _texts(value)
    try:
        parsed(texts)
    except ValueError:
        raise _Mistake('"old=new" texts, for example "users.name=users.full_name"') from None
    return texts


def _transaction(value: object) -> str:
    if value not in ("revision", "run"):
        raise _Mistake('"revision" (one transaction for each revision) or "run" (one for all)')
    return str(value)


def _hooks(value: object) -> tuple[Mapping[str, str], ...]:
    tables = value if isinstance(value, list) else [value]
    for table in tables:
        known = table if isinstance(table, dict) else {}
        if "type" not in known or not all(isinstance(one, str) for one in known.values()):
            raise _Mistake(
                'tables of texts, each with a type: [[tool.migrate.post_write_hooks]] type = "exec"'
            )
    return tuple(tables)


def _databases(value: object) -> Mapping[str, Mapping[str, Any]]:
    if not isinstance(value, dict) or not all(isinstance(v, dict) for v in value.values()):
        raise _Mistake('tables, each with a name: [tool.migrate.databases.reports] url_env = "..."')
    return {name: _of_one(name, table) for name, table in value.items()}


def _of_one(name: str, table: Mapping[str, object]) -> Mapping[str, Any]:
    values = {}
    for key, one in table.items():
        if key not in OF_A_DATABASE:
            hint = (
                did_you_mean(near(key, OF_A_DATABASE)) or f"; known are {', '.join(OF_A_DATABASE)}"
            )
            raise _Mistake(f"tables of settings; in {name} there is no setting {key!r}{hint}")
        try:
            values[key] = SETTINGS[key](one)
        except _Mistake as mistake:
            raise _Mistake(f"tables of settings; {key} in {name} must be {mistake}") from None
    return values


def _data_loss(value: object) -> str:
    if value not in ("ask", "refuse", "allow"):
        raise _Mistake('"ask" (on a terminal, refused elsewhere), "refuse" or "allow"')
    return str(value)


def _convention(value: object) -> Mapping[str, str] | str:
    """Take patterns by kind, as MetaData does, or the name of an object that has them."""
    if isinstance(value, str):
        return _objects(value)[0]
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise _Mistake(
            'a table of patterns, ix = "ix_%(column_0_label)s", or "package.module:object"'
        )
    for kind, pattern in value.items():
        if kind not in _NAMED:
            known = ", ".join(_NAMED)
            raise _Mistake(f"a table of patterns; there is no kind {kind!r}; known are {known}")
        found = re.findall(_TOKEN, pattern)
        if odd := [token for token in found if not re.fullmatch(_NAME_TOKEN, token)]:
            raise _Mistake(f"a table of patterns; SQLAlchemy has no %({odd[0]})s for {kind}")
        try:
            pattern % dict.fromkeys(found, "x")
        except (KeyError, ValueError, TypeError):
            raise _Mistake(
                f"a table of patterns; {kind} is none: tokens are %(...)s, % itself is %%"
            ) from None
    return dict(value)


def _file_template(value: object) -> str:
    template = _text(value)
    try:
        named = template % {**dict.fromkeys(FILE_TOKENS, 1), "rev": "ab12", "slug": "add"}
    except (KeyError, ValueError, TypeError):
        named = ""
    parts = named.split("/")
    inside = all(part.strip() and set(part) != {"."} for part in parts) and "\\" not in template
    if not inside or "%(rev)" not in template.rpartition("/")[2]:
        tokens = " ".join(f"%({token})" for token in FILE_TOKENS)
        raise _Mistake(
            "a file name made of %(rev)s and other tokens, % itself as %%, perhaps with folders "
            f"in front of it: {tokens}"
        )
    return template


_OBJECT = r"\w+(\.\w+)*:\w+(\.\w+)*"
_PART = r"(?:\*\*|\*|\*?\w+(?:\*\w+)*\*?)"
_GLOB = rf"{_PART}(\.{_PART})*"
_NAMED = ("ix", "uq", "ck", "fk", "pk")
_TOKEN = r"%\((.*?)\)"
# SQLAlchemy 2.1 manual, "Configuring Constraint Naming Conventions"
_NAME_TOKEN = (
    r"(referred_)?table_name|constraint_name|(referred_)?column_\d+(_?N)?_(name|key|label)"
)

SETTINGS: Mapping[str, Callable[[object], Any]] = {
    "scripts": _text,
    "metadata": _objects,
    "models": _globs,
    "models_exclude": _globs,
    "prepend_sys_path": _texts,
    "url": _text,
    "url_env": _text,
    "version_table": _text,
    "version_table_schema": _text,
    "version_table_pk": _flag,
    "transaction": _transaction,
    "lock": _flag,
    "lock_timeout": _seconds,
    "journal": _flag,
    "data_loss": _data_loss,
    "protected": _texts,
    "lint_ignore": _texts,
    "statement_lock_timeout": _duration,
    "statement_timeout": _duration,
    "lock_retries": _length,
    "include_schemas": _flag,
    "compare_type": _flag_or_object,
    "compare_server_default": _flag_or_object,
    "renames": _renames,
    "managed": _texts,
    "ignore": _texts,
    "include_name": _object,
    "include_object": _object,
    "rewrite": _object,
    "file_template": _file_template,
    "truncate_slug_length": _length,
    "timezone": _text,
    "version_locations": _texts,
    "recursive": _flag,
    "sourceless": _flag,
    "naming_convention": _convention,
    "revision_environment": _flag,
    "post_write_hooks": _hooks,
    "on_version_apply": _objects,
    "env_ini": _text,
    "databases": _databases,
}
"""Every key of [tool.migrate], and what makes its value out of the TOML one, or says what it wants."""

OF_A_DATABASE = (
    "url",
    "url_env",
    "metadata",
    "models",
    "models_exclude",
    "scripts",
    "version_table",
    "version_table_schema",
    "version_table_pk",
    "transaction",
    "include_schemas",
)
"""Keys that a database in [tool.migrate.databases] may have for itself."""


def _shown(value: object) -> str:
    """A wrong value, short enough for a message."""
    text = hidden(repr(value))
    return text if len(text) <= 60 else text[:57] + "..."
