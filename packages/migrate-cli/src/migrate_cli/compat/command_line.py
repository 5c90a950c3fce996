"""The command line in Alembic's form: its words, flags, messages and exit codes."""

from __future__ import annotations

import inspect
import os
import sys
import traceback
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from configparser import Error as ConfigParserError
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy.exc import SQLAlchemyError

from ..visible import visible
from .alembic import __version__, command, util
from .alembic.script.errors import RevisionError
from .settings import Config

CommandFunction = Callable[..., Any]

_Flag = tuple[Sequence[str], dict[str, Any]]


class CommandLine:
    """The commands as words with flags.

    Args:
        prog: Name of the program, for messages.
    """

    _KWARGS_OPTS: ClassVar[Mapping[str, _Flag]] = {
        "template": (
            ("-t", "--template"),
            {"default": "generic", "help": "Template for the new folder"},
        ),
        "message": (("-m", "--message"), {"help": "What the revision is about"}),
        "sql": (
            ("--sql",),
            {"action": "store_true", "help": "Write the SQL to stdout instead of running it"},
        ),
        "tag": (("--tag",), {"help": "A tag that env.py can ask for"}),
        "head": (
            ("--head",),
            {"help": "Parent of the new revision: a head, or <branchname>@head"},
        ),
        "splice": (
            ("--splice",),
            {"action": "store_true", "help": "Allow a parent that is no head"},
        ),
        "depends_on": (
            ("--depends-on",),
            {"action": "append", "help": "What must be applied before; repeatable"},
        ),
        "rev_id": (("--rev-id",), {"help": "Id of the revision, instead of a random one"}),
        "version_path": (("--version-path",), {"help": "Folder of the new file"}),
        "branch_label": (("--branch-label",), {"help": "Label of the new revision"}),
        "verbose": (("-v", "--verbose"), {"action": "store_true", "help": "Say more"}),
        "resolve_dependencies": (
            ("--resolve-dependencies",),
            {"action": "store_true", "help": "Leave out heads that others depend on"},
        ),
        "autogenerate": (
            ("--autogenerate",),
            {"action": "store_true", "help": "Fill it with what models and database differ in"},
        ),
        "rev_range": (("-r", "--rev-range"), {"help": "A range of revisions: [start]:[end]"}),
        "indicate_current": (
            ("-i", "--indicate-current"),
            {"action": "store_true", "help": "Mark where the database is"},
        ),
        "purge": (
            ("--purge",),
            {"action": "store_true", "help": "Forget first what is recorded"},
        ),
        "package": (
            ("--package",),
            {"action": "store_true", "help": "Write empty __init__.py files too"},
        ),
        "check_heads": (
            ("-c", "--check-heads"),
            {"action": "store_true", "help": "End with an error if it isn't at all heads"},
        ),
    }
    _POSITIONAL_OPTS: ClassVar[Mapping[str, dict[str, Any]]] = {
        "directory": {"help": "Folder for the scripts"},
        "revision": {"help": "Which revision"},
        "revisions": {"nargs": "+", "help": "Which revisions, or 'heads' for all heads"},
    }
    _POSITIONAL_TRANSLATIONS: ClassVar[Mapping[Any, Mapping[str, str]]] = {
        command.stamp: {"revision": "revisions"}
    }

    def __init__(self, prog: str | None = None) -> None:
        parser = ArgumentParser(prog=prog)
        parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
        parser.add_argument(
            "-c",
            "--config",
            action="append",
            help="The settings: an ini file, or a pyproject.toml; both may be given. "
            "Otherwise $ALEMBIC_CONFIG, or alembic.ini",
        )
        parser.add_argument(
            "-n", "--name", default="alembic", help="Section of the ini file that counts"
        )
        parser.add_argument("-x", action="append", help="An argument for env.py: key=value")
        parser.add_argument(
            "--raiseerr", action="store_true", help="Show where an error comes from"
        )
        parser.add_argument("-q", "--quiet", action="store_true", help="Say nothing on stdout")
        self.subparsers = parser.add_subparsers()
        self.parser = parser
        for name in command.__all__:
            self.register_command(getattr(command, name))

    def register_command(self, fn: CommandFunction) -> None:
        """Make a function a command: its name is the word, its parameters are the arguments."""
        function, positional, keywords, about = self._inspect_function(fn)
        word = self.subparsers.add_parser(fn.__name__, help=about)
        for name in keywords:
            if name in self._KWARGS_OPTS:
                flags, settings = self._KWARGS_OPTS[name]
                word.add_argument(*flags, dest=name, **settings)
        for name in positional:
            word.add_argument(name, **self._POSITIONAL_OPTS.get(name, {}))
        word.set_defaults(cmd=(function, positional, keywords))

    def _inspect_function(
        self, fn: CommandFunction
    ) -> tuple[CommandFunction, list[str], list[str], str]:
        """Give a function, its parameters after the settings, and what it says it does."""
        parameters = list(inspect.signature(fn).parameters.values())[1:]
        names = self._POSITIONAL_TRANSLATIONS.get(fn, {})
        positional = [
            names.get(p.name, p.name) for p in parameters if p.default is inspect.Parameter.empty
        ]
        keywords = [p.name for p in parameters if p.default is not inspect.Parameter.empty]
        if fn is command.init or fn is command.list_templates:
            keywords = [one for one in keywords if one in ("template", "package")]
        about = (inspect.getdoc(fn) or "").partition("\n\n")[0]
        return fn, positional, keywords, " ".join(about.split())

    def main(self, argv: Sequence[str] | None = None) -> None:
        """Read the command line, and carry it out."""
        options = self.parser.parse_args(list(sys.argv[1:] if argv is None else argv))
        if not hasattr(options, "cmd"):
            self.parser.error("too few arguments")
        ini, toml = self._inis_from_config(options)
        config = Config(file_=ini, toml_file=toml, ini_section=options.name, cmd_opts=options)
        self.run_cmd(config, options)

    def _inis_from_config(self, options: Namespace) -> tuple[str | None, str]:
        """Give the ini file and the pyproject.toml that count."""
        given = options.config
        if not given:
            named = os.environ.get("ALEMBIC_CONFIG")
            given = [named] if named else []
        tomls = [one for one in given if Path(one).suffix == ".toml"]
        inis = [one for one in given if one not in tomls]
        for kind in (tomls, inis):
            if len(kind) > 1:
                self.parser.error(f"-c names two files of one kind: {', '.join(kind)}")
        return inis[0] if inis else "alembic.ini", tomls[0] if tomls else "pyproject.toml"

    def run_cmd(self, config: Config, options: Namespace) -> None:
        """Carry a command out; a command error is said, and ends the process."""
        function, positional, keywords = options.cmd
        try:
            function(
                config,
                *[getattr(options, name) for name in positional],
                **{name: getattr(options, name) for name in keywords if hasattr(options, name)},
            )
        except util.CommandError as err:
            if options.raiseerr:
                raise
            util.err(str(err), **config.messaging_opts)


def program(arguments: Sequence[str], prog: str) -> int:
    """Run the command line for people: what goes wrong while a script runs is said in a few lines.

    Args:
        arguments: What follows the program's name.
        prog: Name of the program.

    Returns:
        The exit code: 0, or 1 where a migration failed or `--raiseerr` shows where an error comes from.

    Raises:
        SystemExit: With 2 for usage, 255 for a command error.
    """
    line = CommandLine(prog=prog)
    try:
        line.main(arguments)
    except Exception as err:
        notes = getattr(err, "__notes__", None)  # the runner says there what failed, and where
        known = isinstance(
            err, (SQLAlchemyError, ConfigParserError, ImportError, SyntaxError, RevisionError)
        )
        if "--raiseerr" in arguments:
            traceback.print_exception(err)
            return 1
        if not (notes or known):
            raise
        sys.stderr.write(f"FAILED: {visible(str(notes[-1] if notes else err))}\n")
        return 1
    return 0


def main(argv: Sequence[str] | None = None, prog: str | None = None, **kwargs: Any) -> None:
    """Run the command line in Alembic's form.

    Args:
        argv: What follows the program's name; None for that of the process.
        prog: Name of the program.
        kwargs: For the constructor of `CommandLine`.
    """
    CommandLine(prog=prog, **kwargs).main(argv=argv)
