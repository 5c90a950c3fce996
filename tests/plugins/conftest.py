"""Plugins in the wild, over our modules: run by `nox -s plugins`, and left out elsewhere.

pytest must be started with `-p migrate_cli.compat.early`, so that nothing has imported Alembic.
"""

from __future__ import annotations

import os

collect_ignore_glob = [] if "MIGRATE_TEST_PLUGINS" in os.environ else ["test_*.py"]
