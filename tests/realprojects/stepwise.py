"""Takes a project up step by step, each as a SQL script where it can be one: `stepwise.py TOOL URL`, in its folder.

What is printed last is which revisions were scripts, as JSON.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import warnings
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))


def main(tool: str, url: str) -> None:
    """Go up to the heads."""
    if tool == "migrate":
        from migrate_cli import compat

        compat.install()
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    end, sys.stdout = sys.stdout, sys.stderr
    scripts = ScriptDirectory.from_config(Config("alembic.ini"))
    found = []
    one_line = len(scripts.get_bases()) == 1  # of several, no step is a range by itself
    for revision in reversed(list(scripts.walk_revisions())):
        script = written(command, Config, revision) if one_line else None
        if script is None:
            command.upgrade(Config("alembic.ini"), revision.revision)
        else:
            run(url, script, revision.revision)
            found.append(revision.revision)
    print(json.dumps(found), file=end)


def written(command: Any, config: Any, revision: Any) -> str | None:
    """A revision as a SQL script; None where its scripts, or the tool, don't allow it."""
    buffer = io.StringIO()
    step = f"{revision.down_revision or 'base'}:{revision.revision}"
    try:
        command.upgrade(config("alembic.ini", output_buffer=buffer), step, sql=True)
    except (Exception, SystemExit):  # whatever the script makes of it
        return None
    return buffer.getvalue()


def run(url: str, script: str, revision: str) -> None:
    """Run a script by the database's client."""
    from realprojects.walk import by_client

    if said := by_client(url, script):
        sys.exit(f"the script of {revision} fails: {said}\n{script}")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    main(*sys.argv[1:])
