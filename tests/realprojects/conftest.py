"""Real projects from the index: run by `nox -s realprojects`, which brings them, and left out elsewhere."""

from __future__ import annotations

import os

collect_ignore_glob = [] if "MIGRATE_REAL_PROJECTS" in os.environ else ["test_*.py"]
