"""A baseline of each package's schema: it makes the same on another database, and the models agree with it."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest
from migrate_cli.adoption.seen import seen
from migrate_cli.commands import baseline, check, downgrade, upgrade
from migrate_cli.config import load
from realmodels.test_models import CASES, Models, created

pytestmark = [
    pytest.mark.skipif(
        "MIGRATE_REAL_MODELS" not in os.environ, reason="nox -s realmodels brings the packages"
    ),
    pytest.mark.filterwarnings("ignore"),  # theirs
]


@pytest.mark.parametrize(("models", "database"), CASES)
def test_a_baseline_makes_what_there_is(
    models: Models, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(f"{database}_url")
    (tmp_path / "migrations/versions").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(f'[tool.migrate]\nmetadata = "{models.target}"\n')
    config = load(tmp_path, url=url)
    own = {"migrate_version", "migrate_journal"}
    with created(url, models, database) as (connection, _), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        there = seen(connection, own)
        connection.rollback()

        made = baseline(config, scratch=None if database == "sqlite" else url)

        assert made.proven is not None
        assert [one.describe() for one in check(config).changes] == []
        downgrade(config, "base")
        assert seen(connection, own) == {}
        connection.rollback()
        upgrade(config, "head")
        assert seen(connection, own) == there
