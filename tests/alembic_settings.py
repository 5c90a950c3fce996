"""Settings of Alembic projects, each as a project of its own, and the program that runs them by one of the tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from alembic_projects import TEMPLATE, table

PLAIN = "script_location = %(here)s/scripts\nsqlalchemy.url = sqlite:///%(here)s/x.db\n"
TWO = {"one/a.py": table("one", "aa11"), "two/b.py": table("two", "bb22")}
LOGGERS = """
[loggers]
keys = root, alembic, mine
[handlers]
keys = console
[formatters]
keys = short
[logger_root]
level = WARNING
handlers = console
qualname =
[logger_alembic]
level = {level}
handlers =
qualname = alembic
[logger_mine]
level = DEBUG
handlers = console
propagate = 0
qualname = mine
[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = short
[formatter_short]
format = %(levelname)s-%(name)s: %(message)s
"""

ENV = """\
from alembic import context
from sqlalchemy import engine_from_config, pool
{before}
if context.is_offline_mode():
    context.configure(url=context.config.get_main_option("sqlalchemy.url"), literal_binds=True, {options})
    with context.begin_transaction():
        context.run_migrations()
else:
    section = context.config.get_section(context.config.config_ini_section, {{}})
    {found}
    with engine_from_config(section, poolclass=pool.NullPool).connect() as connection:
        context.configure(connection=connection, {options})
        with context.begin_transaction():
            context.run_migrations()
"""


def env(options: str = "", before: str = "", found: str = "") -> str:
    """An env.py: keywords of `configure`, lines before all, and one after the section is read."""
    return ENV.format(options=options, before=before, found=found)


TOLD = "from logging.config import fileConfig\nfileConfig(context.config.config_file_name)\n"
URL = 'section["sqlalchemy.url"] = "sqlite:///x.db"'


@dataclass(frozen=True)
class Case:
    """A project, and what is typed in it.

    Attributes:
        files: Its files, but for those that all have: path -> text.
        words: The commands, one after the other.
        environ: Variables of the environment; "{here}" is its folder.
        native: Whether our own commands have the same words.
        differs: Why what is said differs; empty if it doesn't.
        compiled: Which of the files are there compiled, without their source.
    """

    files: Mapping[str, str]
    words: tuple[str, ...] = ("heads", "history", "upgrade heads", "current")
    environ: Mapping[str, str] = field(default_factory=dict)
    native: bool = True
    differs: str = ""
    compiled: tuple[str, ...] = ()

    def all_files(self) -> dict[str, str]:
        plain = {
            "scripts/env.py": env(),
            "scripts/script.py.mako": TEMPLATE,
            "scripts/versions/a.py": table("one", "aa11"),
        }
        several = any(path.startswith("one/") for path in self.files)
        if several:
            del plain["scripts/versions/a.py"]
        return {**plain, **self.files}


def ini(text: str = "", *, name: str = "alembic", **more: str) -> dict[str, str]:
    """An alembic.ini with some lines more, and other files."""
    return {"alembic.ini": f"[{name}]\n{PLAIN}{text}", **more}


def locations(separator: str, key: str, written: str) -> Case:
    said = f"{key} = {written}\n" if written else ""
    folders = separator.join(["%(here)s/one", "%(here)s/two"])
    return Case({**ini(f"version_locations = {folders}\n{said}"), **TWO})


def paths(separator: str, key: str, written: str) -> Case:
    said = f"{key} = {written}\n" if written else ""
    folders = separator.join(["%(here)s/lib one".replace(" ", ""), "%(here)s/other"])
    files = {"libone/first_of_mine.py": "", "other/other_of_mine.py": ""}
    imports = env(before="import first_of_mine, other_of_mine")
    return Case(
        {**ini(f"prepend_sys_path = {folders}\n{said}"), **files, "scripts/env.py": imports}
    )


def options(text: str, *words: str, **more: Any) -> Case:
    """The options of `context.configure`."""
    return Case({**ini(), "scripts/env.py": env(options=text)}, words or Case({}).words, **more)


REVISION = ("revision -m Add_a-thing_of_äöü_and_more --rev-id cc33", "heads", "upgrade head")
TOML = '[tool.alembic]\nscript_location = "%(here)s/scripts"\n'
SOURCE = env(found=URL)
HOOK = "import sys; open(sys.argv[1], 'a').write('# touched ' + ' '.join(sys.argv[2:]) + '\\n')"

CASES: dict[str, Case] = {
    **{
        f"locations-{key}-{said}": locations(separator, key, written)
        for key in ("path_separator", "version_path_separator")
        for separator, written, said in [
            (":", "os", "os"),
            (" ", "space", "space"),
            ("\n  ", "newline", "newline"),
            (":", ":", "colon"),
            (";", ";", "semicolon"),
            (" , ", ",", "unknown"),
        ]
    },
    "locations-by-blanks": locations(" ", "", ""),
    "locations-by-commas": locations(", ", "", ""),
    "locations-one": Case(
        {**ini("version_locations = %(here)s/one\nversion_locations_more = 1\n"), **TWO}
    ),
    "locations-both-keys": Case(
        {
            **ini(
                "version_locations = %(here)s/one:%(here)s/two\npath_separator = os\n"
                "version_path_separator = space\n"
            ),
            **TWO,
        }
    ),
    "paths-os": paths(":", "path_separator", "os"),
    "paths-newline": paths("\n  ", "path_separator", "newline"),
    "paths-semicolon": paths(";", "path_separator", ";"),
    "paths-by-colons": paths(":", "", ""),
    "paths-by-blanks": paths(" ", "", ""),
    "config-by-variable": Case(
        {"conf/mine.ini": ini()["alembic.ini"].replace("%(here)s", "%(here)s/..")},
        environ={"ALEMBIC_CONFIG": "{here}/conf/mine.ini"},
    ),
    "config-by-variable-before-the-folder's": Case(
        {**ini("file_template = wrong\n"), "mine.ini": ini()["alembic.ini"]},
        environ={"ALEMBIC_CONFIG": "mine.ini"},
        words=REVISION,
    ),
    "config-by-flag": Case(
        {
            **ini(),
            "conf/mine.ini": f"[alembic]\nscript_location = scripts\n{PLAIN.splitlines()[1]}",
        },
        words=("-c conf/mine.ini heads", "-c conf/mine.ini upgrade head"),
    ),
    "toml-only": Case({"pyproject.toml": TOML, "scripts/env.py": SOURCE}),
    "toml-locations": Case(
        {
            "pyproject.toml": TOML + 'version_locations = ["%(here)s/one", "%(here)s/two"]\n',
            "scripts/env.py": SOURCE,
            **TWO,
        }
    ),
    "toml-template": Case(
        {
            "pyproject.toml": TOML + 'file_template = "%%(year)d_%%(rev)s_%%(slug)s"\n'
            "truncate_slug_length = 9\n",
            "scripts/env.py": SOURCE,
        },
        REVISION,
    ),
    "toml-recursive": Case(
        {
            "pyproject.toml": TOML + "recursive_version_locations = true\n",
            "scripts/env.py": SOURCE,
            "scripts/versions/deep/b.py": table("two", "bb22", "aa11"),
        }
    ),
    "toml-hook": Case(
        {
            "pyproject.toml": TOML + '[[tool.alembic.post_write_hooks]]\nname = "touch"\n'
            'type = "exec"\nexecutable = "python"\n'
            "options = \"%(here)s/touch.py REVISION_SCRIPT_FILENAME twice 'two words'\"\n",
            "scripts/env.py": SOURCE,
            "touch.py": HOOK,
        },
        REVISION,
    ),
    "ini-before-toml": Case({"pyproject.toml": TOML.replace("scripts", "nowhere"), **ini()}),
    "ini-and-toml": Case(
        {"pyproject.toml": TOML, "alembic.ini": f"[alembic]\n{PLAIN.splitlines()[1]}"}
    ),
    "toml-by-flag": Case(
        {"conf/pyproject.toml": TOML.replace("here)s", "here)s/.."), "scripts/env.py": SOURCE},
        words=("-c conf/pyproject.toml heads", "-c conf/pyproject.toml upgrade head"),
    ),
    "interpolation": Case(
        {
            "alembic.ini": "[DEFAULT]\nplace = %(here)s/scripts\nname = x\n[alembic]\n"
            "script_location = %(place)s\nsqlalchemy.url = sqlite:///%(here)s/%(name)s.db\n"
        }
    ),
    "percent-sign": Case(
        {"alembic.ini": PLAIN.join(["[alembic]\n", ""]).replace("x.db", "100%%.db")}
    ),
    "percent-sign-in-a-text": Case(
        {
            **ini("told = a %%(b)s 100%%\n"),
            "scripts/env.py": env(before='print(repr(context.config.get_main_option("told")))'),
        },
        ("current",),
    ),
    "sections": Case(
        {"alembic.ini": "[one]\n" + PLAIN + "[two]\n" + PLAIN.replace("x.db", "y.db")},
        words=("-n one upgrade head", "-n two heads", "-n two current", "-n one current"),
    ),
    "arguments": Case(
        {
            **ini(),
            "scripts/env.py": env(
                before="print(context.get_x_argument(), sorted(context.get_x_argument(as_dictionary=True).items()))",
                found='section["sqlalchemy.url"] = context.get_x_argument(as_dictionary=True)["url"]',
            ),
        },
        words=(
            "-x url=sqlite:///y.db -x flag -x a=b=c upgrade head",
            "-x url=sqlite:///y.db current",
        ),
    ),
    **{
        f"files-{name}": Case(ini(f"{text}\n"), REVISION)
        for name, text in {
            "template": "file_template = %%(rev)s.%%(slug)s",
            "template-with-folders": "file_template = %%(year)d/%%(month).2d/%%(rev)s_%%(slug)s\n"
            "recursive_version_locations = true",
            "slug-length": "truncate_slug_length = 6",
            "timezone": "timezone = Europe/Berlin\nfile_template = %%(year)d_%%(rev)s",
            "environment": "revision_environment = true",
        }.items()
    },
    "files-encoding": Case(
        {
            **ini("output_encoding = latin-1\n"),
            "scripts/script.py.mako": f"# a line\n# -*- coding: latin-1 -*-\n{TEMPLATE}",
        },
        REVISION,
    ),
    "recursive": Case(
        {
            **ini("recursive_version_locations = true\n"),
            "scripts/versions/deep/er/b.py": table("two", "bb22", "aa11"),
            "scripts/versions/deep/__pycache__/c.py": table("three", "cc33", "bb22"),
        }
    ),
    "not-recursive": Case({**ini(), "scripts/versions/deep/b.py": table("two", "bb22", "aa11")}),
    "sourceless": Case(
        {**ini("sourceless = true\n"), "scripts/versions/b.py": table("two", "bb22", "aa11")},
        compiled=("scripts/versions/a.py",),
    ),
    "hooks": Case(
        {
            **ini(
                "[post_write_hooks]\nhooks = touch, again\ntouch.type = exec\n"
                "touch.executable = python\ntouch.options = touch.py REVISION_SCRIPT_FILENAME a\n"
                "again.type = exec\nagain.executable = python\nagain.cwd = %(here)s/scripts\n"
                "again.options = ../touch.py REVISION_SCRIPT_FILENAME b\n"
            ),
            "touch.py": HOOK,
        },
        REVISION,
    ),
    **{
        f"logging-{level}": Case(
            {
                **ini(LOGGERS.format(level=level)),
                "scripts/env.py": env(
                    before=TOLD + 'import logging; logging.getLogger("mine").debug("hello")'
                ),
            },
            words=("upgrade head", "downgrade base"),
            native=False,
        )
        for level in ("INFO", "WARN")
    },
    "version-table": options('version_table="mine"'),
    "version-schema": options('version_table="mine", version_table_schema="main"'),
    "version-table-without-a-key": options("version_table_pk=False"),
    "version-sql": Case(
        {
            "alembic.ini": "[alembic]\nscript_location = scripts\nsqlalchemy.url = postgresql+psycopg://\n",
            "scripts/env.py": env('version_table="mine", version_table_schema="other"'),
        },
        ("upgrade head --sql", "downgrade head:base --sql"),
    ),
    "scripts-in-a-package": Case(
        {
            "alembic.ini": "[alembic]\nscript_location = of_mine:moves\nprepend_sys_path = .\n"
            "sqlalchemy.url = sqlite:///x.db\n",
            "of_mine/__init__.py": "",
            "of_mine/moves/env.py": env(),
            "of_mine/moves/versions/b.py": table("two", "bb22"),
        }
    ),
    "no-script-location": Case(
        {"alembic.ini": ini()["alembic.ini"].replace("script_location", "; script_location")},
        ("heads", "upgrade head"),
        native=False,
    ),
    "no-such-section": Case(ini(), ("-n nowhere heads",), native=False, differs="LIM-128"),
    "nothing": Case({}, ("heads", "upgrade head"), native=False, differs="LIM-128"),
}
"""Each is run by both tools: the same answers, files and tables."""

DRIVER = """
import io, json, logging, os, py_compile, sys, warnings
from pathlib import Path
warnings.simplefilter("ignore")
tool, root = sys.argv[1:]
end, out, err = sys.stdout, *(io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
sys.stdout, sys.stderr = out, err  # before Alembic takes them as defaults
if tool == "alembic":
    from alembic.config import main
elif tool == "alias":
    from migrate_cli import compat
    compat.install()
    from alembic.config import main
else:
    from migrate_cli.cli.door import run as main
found, environ, path = {}, dict(os.environ), list(sys.path)
for name, case in json.load(sys.stdin).items():
    folder = Path(root, tool, name)
    for file, text in case["files"].items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, "utf-8")
    for file in case["compiled"]:
        py_compile.compile(str(folder / file), str(folder / f"{file}c"))
        (folder / file).unlink()
    os.chdir(folder)
    sys.path[:] = ["", *path]
    os.environ.clear()
    os.environ.update(environ)
    os.environ.update({k: v.replace("{here}", str(folder)) for k, v in case["environ"].items()})
    said = []
    for words in case["words"]:
        try:
            status = main(words.split()) or 0
        except SystemExit as ending:
            status = ending.code or 0
        except Exception as error:
            status = f"{type(error).__name__}"
            print(error, file=err)
        logging.root.handlers.clear()
        said.append([status])
        for stream in (out, err):
            stream.flush()
            said[-1].append(stream.buffer.getvalue().decode())
            stream.buffer.seek(0)
            stream.buffer.truncate()
    for module in [m for m in sys.modules if m.endswith("_of_mine") or m.startswith("of_mine")]:
        del sys.modules[module]
    found[name] = said
print(json.dumps(found), file=end)
"""
