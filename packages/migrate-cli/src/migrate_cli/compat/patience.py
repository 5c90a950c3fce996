"""How long statements wait in an Alembic project: keys of its ini file that Alembic passes over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError
from ..paths import shown
from ..running.durations import in_seconds
from .settings import Config


def patience(settings: Config) -> dict[str, Any]:
    """Read the settings about waiting, by the names that they have in [tool.migrate].

    They stand beside Alembic's own, in the ini file's section or in [tool.alembic]:

        [alembic]
        statement_lock_timeout = 2s
        statement_timeout = 10m
        lock_retries = 5

    Returns:
        Those that are said, as fields of our `Config`.

    Raises:
        ConfigurationError: One is no duration, or no number.
    """
    found: dict[str, Any] = {}
    for key, (read, wanted) in _KEYS.items():
        said = settings.get_alembic_option(key)
        if said is None:
            continue
        try:
            found[key] = read(str(said))
        except ValueError as err:
            raise ConfigurationError(
                f"{key} in {_place(settings)}: must be {wanted}; it is {said!r}"
            ) from err
    return found


def _number(text: str) -> int:
    if not text.strip().isdecimal():
        raise ValueError(text)
    return int(text)


_DURATION = (in_seconds, "seconds, or a text such as 500ms, 2s, 5m, 1h")
_KEYS: dict[str, tuple[Callable[[str], Any], str]] = {
    "lock_timeout": _DURATION,
    "statement_lock_timeout": _DURATION,
    "statement_timeout": _DURATION,
    "lock_retries": (_number, "a whole number, 0 or more"),
}


def _place(settings: Config) -> str:
    files = (settings.config_file_name, settings.toml_file_name)
    return " or ".join(shown(Path(file)) for file in files if file is not None)
