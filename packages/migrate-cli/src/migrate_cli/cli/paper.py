"""How things are said: answers to stdout, progress and errors to stderr, colour on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from typing import Any, TextIO

from ..visible import visible
from .given import option, quiet

SCHEMA = 1
"""Version of the JSON that commands answer with; raised when a key changes its meaning."""


class PipeClosed(Exception):
    """Who read along has seen enough."""


_answers: TextIO | None = None
"""Where answers go while `apart` has others write elsewhere; None for where `sys.stdout` goes."""


def stdout() -> TextIO:
    """Give the stream that answers go to."""
    return _answers or sys.stdout


@contextmanager
def apart() -> Iterator[None]:
    """Have what a project's own code prints in the block go to stderr: who reads answers gets those alone.

    On a terminal it stays where it is: nobody reads that but a person, who may be asked something.
    """
    global _answers
    if _answers is not None or sys.stdout.isatty():
        yield
        return
    _answers = sys.stdout
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        _answers = None


def forget_stdout() -> None:
    """Let what Python still flushes, at exit perhaps, go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stdout().fileno())


def colour() -> bool | None:
    """Tell whether to use colour: never, always, or None to go by the stream."""
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def say(text: str = "") -> None:
    """Say a line of an answer, on stdout; what was asked for is said quietly too."""
    if not quiet() or _asks():
        _write(text, stdout())


def plainly(text: str, *, end: bool = True) -> None:
    """Give an answer that another program reads, as it is, on stdout; without *end* the line goes on."""
    _put(text, stdout(), end=end)


ASKING = frozenset(
    {
        "branches",
        "completion",
        "current",
        "graph",
        "heads",
        "history",
        "list-templates",
        "log",
        "show",
    }
)
"""Words whose answer is all that they are for: --quiet doesn't take it away."""


def _asks() -> bool:
    return option("word") in ASKING


def tell(text: str, *, end: bool = True) -> None:
    """Tell progress, on stderr; without *end* the line goes on."""
    if not quiet():
        with suppress(BrokenPipeError):  # nobody reads along; the work goes on
            _write(text, sys.stderr, end=end)


def error(text: str, label: str = "Error") -> None:
    """Say once, on stderr, what went wrong: the first line behind the label, the mend below."""
    first, _, rest = text.partition("\n")
    said = f"{paint(paint(f'{label}:', 'bold'), 'red')} {first}"
    _write(f"{said}\n{rest}" if rest else said, sys.stderr)


def plainly_told(text: str) -> None:
    """Tell what somebody else has written, on stderr, as it is; quietly too."""
    _put(visible(text), sys.stderr, end=False)


_CODES = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "cyan": 36}
_MARKS = {style: chr(0xFDD0 + number) for number, style in enumerate(_CODES)}
_END = "\ufdef"
_SEQUENCES = {_MARKS[style]: f"\x1b[{code}m" for style, code in _CODES.items()} | {_END: "\x1b[0m"}
"""What is painted is marked by characters that stand for nothing (Unicode 16, 23.7), and these
become a terminal's sequences at the very end: so none that came with a text gets there."""
_KEPT = "\n\t" + "".join(_SEQUENCES)


def paint(text: str, style: str) -> str:
    """Mark a text to be painted: bold, dim, red, green, yellow or cyan."""
    return f"{_MARKS[style]}{text}{_END}"


def _write(text: str, stream: TextIO, *, end: bool = True) -> None:
    """Write a line: a text's own sequences as escapes, paint as sequences or, but on a terminal, not at all."""
    painted = colour()
    painted = stream.isatty() if painted is None else painted
    shown = visible(text, keep=_KEPT)
    for mark, sequence in _SEQUENCES.items():  # five searches are faster than a look at each letter
        shown = shown.replace(mark, sequence if painted else "")
    _put(shown, stream, end=end)


def _put(text: str, stream: TextIO, *, end: bool = True) -> None:
    if os.name == "nt":  # its terminals want to be told what sequences are
        import click

        click.echo(text, stream, nl=end, color=True)
        return
    stream.write(f"{text}\n" if end else text)
    stream.flush()


def fit(line: str) -> str:
    """Cut a line of a listing to the width of the terminal it goes to; elsewhere it stays whole."""
    if not stdout().isatty():
        return line
    import shutil  # only on a terminal

    width = shutil.get_terminal_size().columns
    marks = {*_MARKS.values(), _END}
    room, kept = width - 3, 0
    for place, char in enumerate(line):
        if char not in marks:
            kept += _cells(char)
        if kept > room:
            rest = "".join(c for c in line[place:] if c not in marks)
            if kept - _cells(char) + sum(map(_cells, rest)) <= width:
                return line
            open_ = sum(c in _MARKS.values() for c in line[:place]) - line[:place].count(_END)
            return f"{line[:place]}{_END * open_}..."
    return line


def _cells(char: str) -> int:
    """How many columns of a terminal a character takes (Unicode Standard Annex 11, and 44 for Mn)."""
    import unicodedata  # only on a terminal

    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def field(label: str, text: str) -> str:
    """Write a labelled line: the label as wide as all of them are."""
    return f"{paint(f'{label:<9}', 'bold')} {text}"


def onward(command: str) -> str:
    """Say what can be typed next, for the database that this command was about."""
    name = option("name")
    return field("Next", f"migrate -n {name} {command}" if name else f"migrate {command}")


def mark(sign: str) -> str:
    """Paint a sign of a difference: + green, - red, ~ yellow."""
    return paint(sign, {"+": "green", "-": "red", "~": "yellow"}[sign])


def change_line(change: Any) -> str:
    """Write a change in its own words, behind the sign of what it does: + adds, - drops, ~ alters."""
    words = change.describe()
    verb, _, _ = words.partition(" ")
    sign = {"create": "+", "add": "+", "insert": "+", "drop": "-"}.get(verb, "~")
    return f"  {mark(sign)} {words}"


def change_lines(changes: Sequence[Any], databases: Sequence[Any] = ()) -> Iterator[str]:
    """Write changes; where several databases need different ones, below the name of each.

    Args:
        changes: All of them; each once that all databases need alike.
        databases: What each of several databases needs: `.database` and `.changes`.
    """
    if len(changes) < sum(len(one.changes) for one in databases) or not databases:
        yield from map(change_line, changes)
        return
    for one in databases:
        yield paint(visible(one.database, keep=""), "bold")
        yield from map(change_line, one.changes)
        if not one.changes:
            yield dim("  nothing")


def standing(heads: Sequence[str], *, at_head: bool = False) -> str:
    """Write the ids that a database is at, and whether those are all heads."""
    if not heads:
        return "<base>"
    return ", ".join(heads) + ((" (head)" if len(heads) == 1 else " (heads)") if at_head else "")


def dim(text: str) -> str:
    """Paint what is by the way."""
    return paint(text, "dim")


def seconds(duration: float) -> str:
    """Write a duration, given in seconds, as a person reads it."""
    if duration < 1:
        return f"{duration * 1000:.0f} ms"
    return f"{duration:.1f} s"


def answer(value: Any, lines: Iterable[str]) -> None:
    """Say a command's answer in the form that was asked for.

    Args:
        value: What the command returned, for `--format json`: dataclasses, mappings,
            sequences, plain values.
        lines: The same in words, for people.
    """
    if option("format") == "json":
        plainly(_as_json({"schema": SCHEMA, **plain(value)}))
        return
    if text := list(lines):
        say("\n".join(text))  # at once: a click.echo for each of thousands of lines takes its time


def _as_json(value: Any) -> str:
    """Write JSON in which everything can be seen; the letters of all languages as they are."""
    import json  # only where it is asked for

    text = json.dumps(value, ensure_ascii=False, indent=2)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def plain(value: Any) -> Any:
    """Turn a command's answer into what JSON knows; a change is told by its kind and in words."""
    import dataclasses
    from datetime import datetime

    if hasattr(value, "describe"):
        named = {name: getattr(value, name, None) for name in ("schema", "table_name")}
        return {"kind": type(value).__name__, **named, "text": value.describe()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: plain(getattr(value, f.name))
            for f in dataclasses.fields(value)
            if not f.metadata.get("private")
        }
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, str) or value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Sequence):
        return [plain(v) for v in value]
    return str(value)
