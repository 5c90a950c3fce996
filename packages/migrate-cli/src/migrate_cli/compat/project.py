"""An Alembic project as one of ours: its settings, and the environment that it brings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..config import Config
from . import install
from .patience import patience
from .settings import Config as Settings


def project(
    *,
    ini: Path | None = None,
    toml: Path | None = None,
    section: str = "alembic",
    arguments: Sequence[str] = (),
    url: str | None = None,
) -> Config:
    """Read the settings of an Alembic project.

    From now on `import alembic` means the modules here, in this process.

    Args:
        ini: Its ini file; None if there is none.
        toml: Its pyproject.toml; None if there is none.
        section: The section of the ini file that counts.
        arguments: What env.py is given by -x.
        url: Written over `sqlalchemy.url`, which most env.py read.

    Raises:
        AlembicImported: The real Alembic is already imported in this process.
        CommandError: The settings don't say where the scripts are, or that isn't there.
    """
    install()
    from .alembic.script import ScriptDirectory
    from .world import AlembicWorld, options

    settings = Settings(
        file_=ini,
        toml_file=toml,
        ini_section=section,
        cmd_opts=options(section, arguments),
    )
    if url is not None:
        settings.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    directory = ScriptDirectory.from_config(settings)
    file = ini if ini is not None and ini.exists() else toml
    assert file is not None, "one of them made it an Alembic project"
    named: dict[str, Any] = {}
    if directory.timezone:
        named["timezone"] = directory.timezone
    return Config(
        root=file.absolute().parent,
        file=file.absolute(),
        scripts=Path(directory.dir).absolute(),
        version_table="alembic_version",
        file_template=directory.file_template,
        truncate_slug_length=directory.truncate_slug_length,
        locations=tuple(directory._version_locations),
        recursive=directory.recursive_version_locations,
        sourceless=directory.sourceless,
        world=AlembicWorld(settings),
        **named,
        **patience(settings),
    )
