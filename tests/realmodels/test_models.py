"""Model sets of packages on the index: create_all, a clean comparison, and twenty planted differences of each.

`nox -s realmodels` installs the packages and runs it; elsewhere it is passed over.
"""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from ddl_autogen import compare
from mutations import KINDS
from sqlalchemy import Connection, MetaData, create_engine
from sqlalchemy.exc import CompileError, DBAPIError

pytestmark = [
    pytest.mark.skipif(
        "MIGRATE_REAL_MODELS" not in os.environ, reason="nox -s realmodels brings the packages"
    ),
    pytest.mark.filterwarnings("ignore"),  # theirs
]


@dataclass(frozen=True)
class Models:
    """The models of a package.

    Attributes:
        package: Its name on the index.
        target: What has the metadata, "module:object".
        databases: Those that its create_all can do.
    """

    package: str
    target: str
    databases: tuple[str, ...] = ("sqlite", "postgresql", "mariadb")

    def metadata(self) -> MetaData:
        """Import it."""
        module, _, name = self.target.partition(":")
        found = getattr(importlib.import_module(module), name)
        return found if isinstance(found, MetaData) else found.metadata


MODELS = [
    Models("optuna", "optuna.storages._rdb.models:BaseModel"),
    Models("jupyterhub", "jupyterhub.orm:Base"),
    Models("celery", "celery.backends.database.models:ResultModelBase"),
    Models("flask-appbuilder", "flask_appbuilder.security.sqla.models:Model"),
    Models("buildbot", "buildbot.db.model:Model"),
    Models("dagster", "dagster._core.storage.runs.schema:RunStorageSqlMetadata"),
    Models("feast", "feast.infra.registry.sql:metadata"),
    Models("arize-phoenix", "phoenix.db.models:Base", ("sqlite", "postgresql")),
    Models("aiida-core", "aiida.storage.psql_dos.models.user:Base", ("postgresql",)),
    Models("zenml", "zenml.zen_stores.schemas:BaseSchema", ("sqlite", "mariadb")),
    Models("invenio-accounts", "invenio_accounts.models:db"),
    Models("aodh", "aodh.storage.sqlalchemy.models:Base"),
]
CASES = [
    pytest.param(one, database, id=f"{one.package}-{database}")
    for one in MODELS
    for database in ("sqlite", "postgresql", "mariadb")
]


def copied(metadata: MetaData) -> MetaData:
    copy = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.tables.values():
        table.to_metadata(copy)
    return copy


@contextmanager
def created(url: str, models: Models, database: str) -> Iterator[tuple[Connection, MetaData]]:
    engine = create_engine(url)
    try:
        with engine.connect() as connection, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            metadata = models.metadata()
            if database not in models.databases:
                with pytest.raises((CompileError, DBAPIError)):
                    metadata.create_all(connection)
                pytest.skip("its create_all doesn't run there")
            metadata.create_all(connection)
            connection.commit()
            yield connection, metadata
    finally:
        engine.dispose()


@pytest.mark.parametrize(("models", "database"), CASES)
def test_what_create_all_makes_is_in_sync_and_what_is_planted_is_seen(
    models: Models, database: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(f"{database}_url")
    with created(url, models, database) as (connection, metadata):
        assert [c.describe() for c in compare(connection, metadata)] == []
        copy = copied(metadata)
        if [c.describe() for c in compare(connection, copy)]:
            pytest.skip("a copy of its models isn't what they are")
        for seed in range(20):
            expected, changed = planted(metadata, seed)

            found = [change.describe() for change in compare(connection, changed)]

            assert any(expected in line for line in found), f"{expected}: {found}"


def planted(metadata: MetaData, seed: int) -> tuple[str, MetaData]:
    """Plant the first difference from a seed on that the models have a place for."""
    for kind in (KINDS[(seed + n) % len(KINDS)] for n in range(len(KINDS))):
        changed = copied(metadata)
        try:
            return kind(changed, seed), changed
        except (IndexError, StopIteration):  # no table, or nothing in it, to be changed so
            continue
    raise AssertionError("some kind fits any models")


def test_there_are_ten() -> None:
    assert len(MODELS) >= 10
