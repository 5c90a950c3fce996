"""The alias in place for one test, and gone after it, whatever the test imported."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from migrate_cli import compat


def _alembic() -> dict[str, object]:
    return {
        name: sys.modules.pop(name)
        for name in list(sys.modules)
        if name == "alembic" or name.startswith("alembic.")
    }


@pytest.fixture(autouse=True)
def alias() -> Iterator[None]:
    before, finders = _alembic(), list(sys.meta_path)
    compat.install()
    yield
    sys.meta_path[:] = finders
    _alembic()
    sys.modules.update(before)  # type: ignore[arg-type]  # what was there
