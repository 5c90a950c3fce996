"""Small differences between versions of Python, by Alembic's names."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from configparser import ConfigParser

is_posix = os.name == "posix"
py312 = sys.version_info >= (3, 12)
py313 = sys.version_info >= (3, 13)
py314 = sys.version_info >= (3, 14)


class EncodedIO(io.TextIOWrapper):
    """A text stream over a binary one, which it leaves open."""

    def close(self) -> None:
        """Leave the binary stream open: it is the caller's."""


def read_config_parser(
    file_config: ConfigParser, file_argument: Sequence[str | os.PathLike[str]]
) -> list[str]:
    """Read ini files as UTF-8, a byte-order mark left out; those that aren't there are passed over."""
    return file_config.read(file_argument, encoding="utf-8-sig")
