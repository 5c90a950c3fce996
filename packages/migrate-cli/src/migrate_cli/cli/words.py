"""The words of the command line: which file says each, and the options that all of them take."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import __version__
from ..errors.base import near
from .given import project
from .paper import PipeClosed, apart

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

WORDS = {
    "init": "files",
    "adopt": "adopting",
    "export": "exporting",
    "list-templates": "files",
    "revision": "files",
    "make": "files",
    "merge": "files",
    "edit": "files",
    "plan": "planning",
    "lint": "linting",
    "upgrade": "moves",
    "downgrade": "moves",
    "stamp": "moves",
    "ensure-version": "moves",
    "wait": "waiting",
    "resume": "journal",
    "log": "journal",
    "verify": "verifying",
    "status": "database",
    "current": "database",
    "check": "database",
    "diff": "database",
    "history": "graph",
    "graph": "graph",
    "heads": "graph",
    "branches": "graph",
    "show": "graph",
    "alembic": "alembic",
    "doctor": "examining",
    "completion": "completing",
}
"""Each word of the command line, in the order of the help, and the module here that says it."""


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keep an option that may stand before or after the word; the one after it counts."""
    if value not in (None, False, ()):
        context.ensure_object(dict)[parameter.name] = value


def _kept(*names: str, **settings: Any) -> click.Option:
    return click.Option(names, expose_value=False, callback=_remember, **settings)


_COMMON: list[click.Parameter] = [
    _kept(
        "--config",
        "-c",
        multiple=True,
        type=click.Path(path_type=Path),
        help="The pyproject.toml or alembic.ini to read; otherwise the nearest one.",
    ),
    _kept(
        "--name",
        "-n",
        metavar="NAME",
        help="One of several databases; the section of an alembic.ini.",
    ),
    _kept(
        "-x",
        "arguments",
        multiple=True,
        metavar="KEY=VALUE",
        help="An argument for env.py; repeatable.",
    ),
    _kept("--url", metavar="URL", help="The database, instead of what the project says."),
    _kept("--quiet", "-q", is_flag=True, help="Say nothing but errors, and what was asked for."),
    _kept("--verbose", "-v", is_flag=True, help="Say more."),
    _kept("--traceback", is_flag=True, help="Show where an error comes from."),
]
"""Shared by all words: the help makes each of them."""


def _forms(more: Sequence[str]) -> list[click.Parameter]:
    return [
        _kept(
            "--format",
            type=click.Choice(["text", "json", *more]),
            help="Form of the answer.",
        ),
        _kept("--json", "format", flag_value="json", type=str, help="Short for --format json."),
    ]


@contextmanager
def _while_somebody_reads() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as err:  # click would end with 1
        raise PipeClosed from err


class Word(click.Command):
    """A word of the command line; takes the common options too, behind its own in the help."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = [p.name for p in self.params]
        self.params += _COMMON

    def invoke(self, context: click.Context) -> Any:
        context.ensure_object(dict)["word"] = self.name
        with apart():
            return super().invoke(context)

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        for title, own in (("Options", True), ("Common options", False)):
            records = [
                record
                for parameter in self.get_params(context)
                if isinstance(parameter, click.Option)
                and ((parameter.name in self.own) or parameter.name == "help") is own
                and (record := parameter.get_help_record(context)) is not None
            ]
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


def word(
    *, answers: bool = False, forms: Sequence[str] = (), **settings: Any
) -> Callable[[Callable[..., Any]], Word]:
    """Make a function a word of the command line.

    Args:
        answers: Give it --format, for what it answers.
        forms: What --format takes besides text and json.
        settings: What else `click.command` takes.
    """

    def decorate(function: Callable[..., Any]) -> Word:
        name = function.__name__.replace("_", "-")
        made = click.command(name, cls=Word, **settings)(function)
        if answers:
            made.params[len(made.own) : len(made.own)] = _forms(forms)
            made.own += ["format"]
        return made

    return decorate


class Target(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.4
    """A target as a person writes it; `-1` is one, any other word with a dash is an option.

    A word that takes one ignores unknown options, so that `-1` gets here.
    """

    name = "target"

    def convert(
        self, value: Any, parameter: click.Parameter | None, context: click.Context | None
    ) -> Any:
        if isinstance(value, str) and value.startswith("-") and not re.fullmatch(r"-\d+", value):
            known = [] if context is None else [o for p in context.command.params for o in p.opts]
            name = value.partition("=")[0]
            raise click.NoSuchOption(name, possibilities=near(name, known), ctx=context)
        return value

    def shell_complete(
        self, context: click.Context, parameter: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offer what the revision files say; nothing where they can't be read."""
        from .offers import targets

        try:
            with context.scope(cleanup=False):
                return targets(project(), incomplete)
        except Exception:  # a shell that asks for words has no place for an error
            return []


class Seconds(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.4
    """A duration as a person writes it, in seconds: "90", "90s", "5m", "1h"."""

    name = "seconds"

    def convert(
        self, value: Any, parameter: click.Parameter | None, context: click.Context | None
    ) -> float:
        found = re.fullmatch(r"(\d{1,8}(?:\.\d*)?)\s*([smh]?)", str(value).strip())
        if found is None:
            self.fail(
                f"{value!r} is no duration; write seconds, or 90s, 5m, 1h", parameter, context
            )
        return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]]


LOCK_TIMEOUT = click.option(
    "--lock-timeout",
    type=Seconds(),
    metavar="SECONDS",
    help="Wait for another run no longer than this: 90, 5m, 1h.",
)
"""The option of every word that holds the lock."""

TARGETS = {"ignore_unknown_options": True}
"""Context settings of a word that takes a `Target`."""


class Words(click.Group):
    """All words; a word's module is imported when it is asked for."""

    def make_context(self, *given: Any, **options: Any) -> click.Context:
        with _while_somebody_reads():  # the help, say
            return super().make_context(*given, **options)

    def invoke(self, context: click.Context) -> Any:
        with _while_somebody_reads():
            return super().invoke(context)

    def list_commands(self, context: click.Context) -> list[str]:
        from .brought import words

        return list(dict.fromkeys([*WORDS, *words()]))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        name = name.replace("_", "-")
        if name not in WORDS:
            from .brought import brought

            return brought(name)
        module = import_module(f"{__package__}.{WORDS[name]}")
        command: click.Command = getattr(module, name.replace("-", "_"))
        return command

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        asked = arguments[0].replace("_", "-")
        if asked not in WORDS and asked not in (known := self.list_commands(context)):
            close = near(asked, known)[:2]
            said = (
                f"Did you mean {' or '.join(close)}?"
                if close
                else f"Those there are: {', '.join(known)}"
            )
            context.fail(f"No such command {arguments[0]!r}. {said}")
        return super().resolve_command(context, arguments)


@click.group(
    cls=Words,
    params=[*_COMMON],
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)
@click.version_option(__version__, "--version", prog_name="migrate")
def migrate() -> None:
    """Schema migrations for SQLAlchemy.

    Start with `migrate init`, then: `migrate make "create tables"` and `migrate upgrade`.
    """
