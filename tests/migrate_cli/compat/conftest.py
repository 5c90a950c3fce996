"""The alias in place for one test, and gone after it, whatever the test imported."""

from __future__ import annotations

import pytest
from migrate_cli import compat


@pytest.fixture(autouse=True)
def alias(without_alembic: None) -> None:
    compat.install()
