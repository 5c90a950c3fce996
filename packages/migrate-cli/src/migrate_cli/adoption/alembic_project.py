"""A native project as the files of an Alembic project: settings, env.py, template, revision files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from ..config import Config
from ..environment import dialect_class, located_url
from ..errors import BadScript
from ..foreign import HISTORIES
from ..journal.table import NAME
from ..paths import shown
from ..scripts import Scripts
from ..url import has_secret, hidden
from . import read_by_env
from .back import handed_back

ID_WIDTH = 32
"""Characters of an id in the version table as Alembic makes it (Alembic 1.20, `DefaultImpl.version_table_impl`)."""


@dataclass(frozen=True)
class Exported:
    """A project as Alembic is to have it.

    Attributes:
        files: Path within its folder -> what the file holds.
        revisions: How many revision files there are.
        beyond: What it uses that Alembic lacks: (file, line, words); the line is 0 for what has none.
        notes: What is otherwise there, in sentences.
    """

    files: dict[str, bytes]
    revisions: int
    beyond: tuple[tuple[Path, int, str], ...]
    notes: tuple[str, ...]


def exported(config: Config, folder: Path) -> Exported:
    """Write a project down as Alembic is to have it; nothing is touched.

    Args:
        config: The project.
        folder: Where it is to be, since its modules are found from there.

    Raises:
        BadScript: A revision file isn't Python.
    """
    scripts = Scripts.of(config)
    files: dict[str, bytes] = {}
    beyond: list[tuple[Path, int, str]] = []
    places = dict(_places(scripts.locations))
    own = config.scripts / "env.py"
    env = own.read_bytes() if own.is_file() else None
    told = () if env is None else read_by_env.told(own, env)
    for script in scripts.by_id.values():
        path = script.path
        try:
            back = handed_back(path.read_bytes(), told)
        except OSError as err:
            raise BadScript(path, None, f"can't be read: {err.strerror}") from err
        except (SyntaxError, ValueError) as err:
            raise BadScript.not_python(path, err) from err
        beyond += [(path, line, words) for line, words in back.beyond]
        if path.suffix != ".py":
            beyond.append((path, 0, "compiled, without its source"))
        if len(script.id) > ID_WIDTH:
            beyond.append((path, 0, f"an id of {len(script.id)} characters; {ID_WIDTH} fit"))
        location = next(one for one in scripts.locations if path.is_relative_to(one))
        files[f"migrations/{places[location]}/{path.relative_to(location).as_posix()}"] = (
            back.content
        )
    beyond += _settings_beyond(config)
    if env is not None and b"migrate_cli" in env:
        beyond.append((own, 0, "an env.py that imports from migrate_cli"))
    files["migrations/env.py"] = _env(config).encode("utf-8") if env is None else env
    plain = TEMPLATE.replace("grade()", "grade(**_: object)") if told else TEMPLATE
    files["migrations/script.py.mako"] = read_by_env.template(config) or plain.encode("utf-8")
    ini = list(_ini(config, list(places.values()), folder))
    files["alembic.ini"] = ("\n".join(ini) + "\n").encode("utf-8")
    notes = (*_notes(config), *read_by_env.secrets(config, folder))
    return Exported(files, len(scripts.by_id), tuple(beyond), notes)


def _places(locations: tuple[Path, ...]) -> Iterator[tuple[Path, str]]:
    """Yield what each folder of revision files is called."""
    taken: set[str] = set()
    for number, location in enumerate(locations):
        name = location.name if location.name not in taken else f"{location.name}{number}"
        taken.add(name)
        yield location, name


def _ini(config: Config, places: list[str], folder: Path) -> Iterator[str]:
    yield "[alembic]"
    yield "script_location = %(here)s/migrations"
    paths = [_from(folder, path) for path in config.prepend_sys_path]
    yield f"prepend_sys_path = {' '.join(paths)}"
    yield "path_separator = space"
    if places != ["versions"]:
        yield f"version_locations = {' '.join(f'%(here)s/migrations/{one}' for one in places)}"
    if config.recursive:
        yield "recursive_version_locations = true"
    if config.file_template != "%(rev)s_%(slug)s":
        yield f"file_template = {_doubled(config.file_template)}"
    if config.truncate_slug_length != 40:
        yield f"truncate_slug_length = {config.truncate_slug_length}"
    if config.timezone:
        yield f"timezone = {config.timezone}"
    if config.revision_environment:
        yield "revision_environment = true"
    if (url := _url(config, folder)) is not None:
        yield f"sqlalchemy.url = {url}"
    yield from read_by_env.options(config, folder, url=url is None)
    if config.post_write_hooks:
        names = [hook.get("name", f"hook{n}") for n, hook in enumerate(config.post_write_hooks)]
        yield ""
        yield "[post_write_hooks]"
        yield f"hooks = {', '.join(names)}"
        for name, hook in zip(names, config.post_write_hooks, strict=True):
            for key, value in hook.items():
                if key != "name":
                    yield f"{name}.{key} = {_doubled(value)}"
    yield from read_by_env.sections(config, folder)


def _from(folder: Path, path: Path) -> str:
    return f"%(here)s/{Path(os.path.relpath(path, folder)).as_posix()}"


def _doubled(text: str) -> str:
    return text.replace("%", "%%")


_HERE = "migrate-here"


def _url(config: Config, folder: Path) -> str | None:
    """The URL of the settings as an ini has it; None if it comes from elsewhere, or has a password."""
    if config.url is None or config.url_folder is None or has_secret(config.url):
        return None
    url, there = make_url(config.url), located_url(config)
    if url.database == there.database:
        return _doubled(config.url)
    inside = Path(os.path.relpath(str(there.database), folder)).as_posix()
    said = there.set(database=f"{_HERE}/{inside}").render_as_string(hide_password=False)
    return _doubled(said).replace(_HERE, "%(here)s")


def _env(config: Config) -> str:
    """An env.py that says what the settings say."""
    metadata = [one.replace(":", ".") for one in config.metadata]
    modules = {one.partition(":")[0] for one in config.metadata}.union(_plain(config.models))
    options = {
        "target_metadata": metadata[0] if len(metadata) == 1 else f"[{', '.join(metadata)}]",
        "version_table": repr(config.version_table),
        "version_table_schema": repr(config.version_table_schema),
        "version_table_pk": repr(config.version_table_pk),
        "transaction_per_migration": repr(config.transaction == "revision"),
        "include_schemas": repr(config.include_schemas),
        "compare_type": repr(config.compare_type),
        "compare_server_default": repr(config.compare_server_default),
    }
    if not metadata:
        options["target_metadata"] = "None"
    return ENV.format(
        imports="".join(f"import {one}\n" for one in sorted(modules)),
        options="\n".join(f'    "{name}": {value},' for name, value in options.items()),
        variable=config.url_env or "DATABASE_URL",
        others=sorted([NAME, *(one for one in HISTORIES if one != config.version_table)]),
    )


def _plain(models: tuple[str, ...]) -> Iterator[str]:
    return (one for one in models if "*" not in one)


def _settings_beyond(config: Config) -> Iterator[tuple[Path, int, str]]:
    """Yield the settings that an env.py can't have as they are."""
    for name in ("compare_type", "compare_server_default"):
        if isinstance(getattr(config, name), str):
            yield config.file, 0, f"{name} = a function, which Alembic calls with its context first"
    if config.naming_convention is not None and config.naming_convention not in [
        f"{one}.naming_convention" for one in config.metadata
    ]:
        yield config.file, 0, "a naming_convention that isn't that of the metadata"
    plain = config.url is not None and not (config.scripts / "env.py").is_file()
    if plain and dialect_class(config).is_async:
        yield config.file, 0, "an asynchronous driver, which needs an env.py"


def _notes(config: Config) -> Iterator[str]:
    if config.url is not None and has_secret(config.url):
        yield f"the URL has a password, so it isn't written down: {hidden(config.url)}"
    for name in (
        "managed",
        "ignore",
        "renames",
        "rewrite",
        "include_name",
        "include_object",
        "on_version_apply",
        "databases",
    ):
        if getattr(config, name):
            yield f"{name} isn't carried over; Alembic has it as code of env.py"
    if (config.scripts / "env.py").is_file():
        yield f"to Alembic {NAME} is a table to drop, unless env.py leaves it out: include_name"
    globs = [one for one in config.models if "*" in one]
    if globs:
        yield f"env.py must import the modules of {', '.join(globs)}"
    if (config.scripts / "script.py.mako").is_file() and read_by_env.template(config) is None:
        yield f"{shown(config.scripts / 'script.py.mako')} isn't carried over; a plain one is written"


ENV = '''\
"""Says where the database is, and what it is compared with."""

import os

import sqlalchemy.orm  # scripts may say sa.orm
from alembic import context
from sqlalchemy import engine_from_config, pool
{imports}
config = context.config
if url := os.environ.get("{variable}"):
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
others = {others}
options = {{
{options}
}}


def include_name(name, type_, parent_names):
    """Leave tables alone in which migrate, and others, remember what they have run."""
    return not (type_ == "table" and name in others)


if context.is_offline_mode():
    context.configure(
        url=config.get_main_option("sqlalchemy.url"),
        literal_binds=True,
        dialect_opts={{"paramstyle": "named"}},
        include_name=include_name,
        **options,
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = engine_from_config(
        config.get_section(config.config_ini_section), prefix="sqlalchemy.", poolclass=pool.NullPool
    )
    with engine.connect() as connection:
        context.configure(connection=connection, include_name=include_name, **options)
        with context.begin_transaction():
            context.run_migrations()
'''

TEMPLATE = '''\
"""${message}

Revision ID: ${up_revision}
Create Date: ${create_date}
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
'''
