"""What the command that runs was given: the options that all have, and the project that it is for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors.base import UsageError

if TYPE_CHECKING:
    from ..config import Config

_options: dict[str, Any] = {}


@contextmanager
def running() -> Iterator[dict[str, Any]]:
    """Give the options of a command that runs in the block, to be filled as they are read."""
    global _options
    before, _options = _options, {}
    try:
        yield _options
    finally:
        _options = before


def option(name: str) -> Any:
    """Give the value of an option that every command has; None where it wasn't given."""
    return _options.get(name)


def quiet() -> bool:
    """Tell whether only errors are to be said."""
    return bool(option("quiet"))


def project() -> Config:
    """Read the settings of the project that the command runs in, with the common options."""
    from ..recognition import find

    return find(
        url=option("url"),
        **_config_files(option("config") or ()),
        name=option("name"),
        arguments=option("arguments") or (),
    )


def _config_files(given: Sequence[Path]) -> dict[str, Path]:
    """Tell the files that --config named apart: one, or one of each kind, as Alembic takes them."""
    kinds = {"toml_file" if file.suffix == ".toml" else "config_file": file for file in given}
    if len(kinds) < len(given):
        named = ", ".join(map(str, given))
        raise UsageError(f"--config names {len(given)} files, and one of a kind counts: {named}")
    return kinds if len(kinds) > 1 else dict.fromkeys(["config_file"], *kinds.values())
