"""What commands say while they work, in Alembic's form: answers to stdout, errors to the log."""

from __future__ import annotations

import logging
import shutil
import sys
import textwrap
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn, TextIO

from sqlalchemy.engine import url

from ....visible import visible

log = logging.getLogger("alembic.util.messaging")

_INDENT = "  "


def write_outstream(stream: TextIO, *text: str | bytes, quiet: bool = False) -> None:
    """Write texts to a stream; what its encoding lacks becomes a question mark."""
    if quiet:
        return
    encoding = getattr(stream, "encoding", None) or "ascii"
    for one in text:
        said = one if isinstance(one, str) else one.decode("utf-8", "replace")
        try:
            stream.write(said.encode(encoding, "replace").decode(encoding))
        except BrokenPipeError:  # who read along has seen enough
            return


@contextmanager
def status(status_msg: str, newline: bool = False, quiet: bool = False) -> Iterator[None]:
    """Say what is being done, and after the block how it went."""
    msg(f"{status_msg} ...", newline, flush=True, quiet=quiet)
    try:
        yield
    except BaseException:
        if not quiet:
            write_outstream(sys.stdout, "  FAILED\n")
        raise
    if not quiet:
        write_outstream(sys.stdout, "  done\n")


def err(message: str, quiet: bool = False) -> NoReturn:
    """Say that a command failed, and leave the process as Alembic does."""
    log.error(message)
    msg(f"FAILED: {message}", quiet=quiet)
    sys.exit(-1)


def obfuscate_url_pw(input_url: str) -> str:
    """Give a URL as it may be shown, its password hidden."""
    return url.make_url(input_url).render_as_string(hide_password=True)


def warn(msg: str, stacklevel: int = 2) -> None:
    """Warn the caller's caller."""
    warnings.warn(msg, UserWarning, stacklevel=stacklevel)


def warn_deprecated(msg: str, stacklevel: int = 2) -> None:
    """Warn of what is out of use."""
    warnings.warn(msg, DeprecationWarning, stacklevel=stacklevel)


def msg(msg: str, newline: bool = True, flush: bool = False, quiet: bool = False) -> None:
    """Say something on stdout; on a terminal indented, in lines that fit."""
    if quiet:
        return
    text = visible(msg)
    lines = text.split("\n")
    indent = _INDENT if sys.stdout.isatty() else ""
    if indent:
        width = max(shutil.get_terminal_size().columns - len(_INDENT), 20)
        lines = [part for line in lines for part in textwrap.wrap(line, width) or [""]]
    end = "\n" if newline else ""
    write_outstream(sys.stdout, "\n".join(indent + line for line in lines), end)
    if flush:
        sys.stdout.flush()


def format_as_comma(value: str | Iterable[str] | None) -> str:
    """Names as a person lists them; empty for None."""
    if value is None:
        return ""
    return value if isinstance(value, str) else ", ".join(value)
