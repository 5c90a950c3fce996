"""Each of Alembic's modules can be the first that a program imports."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

NAMES = (
    "op context command config environment migration operations operations.base operations.ops "
    "operations.batch operations.toimpl operations.schemaobj autogenerate autogenerate.api "
    "autogenerate.render autogenerate.rewriter script script.base script.revision runtime.migration "
    "runtime.environment runtime.plugins ddl ddl.impl ddl.base ddl.postgresql util util.exc"
)
"""Those that callers are known to import."""


@pytest.mark.slow
def test_each_module_can_be_the_first_that_is_imported() -> None:
    names = [f"alembic.{name}" for name in NAMES.split()]
    code = (
        "import importlib, json, sys\n"
        "from migrate_cli import compat\n"
        "compat.install()\n"
        "import sqlalchemy, ddl_autogen, migrate_cli.running.runner\n"
        "failed = {}\n"
        "for name in json.loads(sys.argv[1]):\n"
        "    for one in [m for m in sys.modules if 'alembic' in m.split('.')]:\n"
        "        del sys.modules[one]\n"
        "    try:\n"
        "        importlib.import_module(name)\n"
        "    except Exception as err:\n"
        "        failed[name] = repr(err)\n"
        "print(json.dumps(failed))"
    )

    command = [sys.executable, "-c", code, json.dumps(names)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert json.loads(said) == {}
