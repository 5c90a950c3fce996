"""Projects that ship their revision files in packages on the index, and what is known of each."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Project:
    """A project whose revision files are run as they are.

    Attributes:
        name: Its name on the index.
        version: Its version there.
        versions: The folders of its revision files, inside of the package.
        databases: Those that its scripts support from the base on.
        needs: What its scripts import besides.
        env: More lines of env.py before anything is run.
        back: Whether its scripts lead back to the base.
        differs: Which part of a catalog differs on a database, and why: "database table/part".
    """

    name: str
    version: str
    versions: tuple[str, ...]
    databases: tuple[str, ...]
    needs: tuple[str, ...] = ()
    env: str = ""
    back: bool = True
    differs: dict[str, str] = field(default_factory=dict)


KEPT = "LIM-040: a fact of the column that the script doesn't state is kept; Alembic drops it"
NAMED = "a block's naming convention finds constraints, and names none that the block doesn't touch"
OSLO = (
    *("oslo.cache", "oslo.concurrency", "oslo.config", "oslo.context", "oslo.db", "oslo.i18n"),
    *("oslo.log", "oslo.messaging", "oslo.middleware", "oslo.policy", "oslo.serialization"),
    *("oslo.service[threading]", "oslo.utils", "oslo.versionedobjects", "osprofiler"),
    *("keystoneauth1", "keystonemiddleware", "python-keystoneclient", "openstacksdk", "pytz"),
)


def _columns(database: str, *tables: str) -> dict[str, str]:
    return {f"{database} {table}/columns": KEPT for table in tables}


PROJECTS = [
    Project("aim", "3.29.1", ("aim/web/migrations/versions",), ("sqlite",)),
    Project(
        "aodh",
        "23.0.0",
        ("aodh/storage/sqlalchemy/alembic/versions",),
        ("postgresql",),
        (*OSLO, "sqlalchemy-utils", "tooz", "wsme"),
        back=False,
    ),
    Project(
        "argilla-server",
        "2.8.0",
        ("argilla_server/alembic/versions",),
        ("sqlite", "postgresql"),
        differs={"sqlite responses/foreign keys": NAMED},
    ),
    Project(
        "blazar",
        "18.0.0",
        ("blazar/db/migration/alembic_migrations/versions",),
        ("mariadb",),
        OSLO,
    ),
    Project("ckan", "2.12.0", ("ckan/migration/versions",), ("postgresql",), back=False),
    Project(
        "magnum",
        "23.0.0",
        ("magnum/db/sqlalchemy/alembic/versions",),
        ("mariadb",),
        OSLO,
        back=False,
    ),
    Project(
        "manila",
        "23.0.1",
        ("manila/db/migrations/alembic/versions",),
        ("mariadb",),
        OSLO,
        back=False,
        differs=_columns(
            "mariadb",
            "security_services",
            "share_group_share_type_mappings",
            "share_group_snapshots",
            "share_networks",
        ),
    ),
    Project(
        "masakari",
        "22.0.0",
        ("masakari/db/sqlalchemy/migrations/versions",),
        ("sqlite",),
        OSLO,
        back=False,
    ),
    Project(
        "octavia",
        "19.0.0",
        ("octavia/db/migration/alembic_migrations/versions",),
        ("mariadb",),
        (*OSLO, "octavia-lib"),
        back=False,
        differs=_columns("mariadb", "listener", "load_balancer", "member", "pool"),
    ),
    Project(
        "optuna",
        "5.0.0",
        ("optuna/storages/_rdb/alembic/versions",),
        ("sqlite", "postgresql"),
        ("colorlog", "numpy", "tqdm", "PyYAML"),
        back=False,
    ),
    Project(
        "tacker",
        "16.0.0",
        ("tacker/db/migration/alembic_migrations/versions",),
        ("mariadb",),
        OSLO,
        back=False,
        differs=_columns(
            "mariadb",
            "servicetypes",
            "vimauths",
            "vims",
            "vnf",
            "vnf_lcm_op_occs",
            "vnf_software_images",
        ),
    ),
    Project(
        "zun", "18.0.0", ("zun/db/sqlalchemy/alembic/versions",), ("mariadb",), OSLO, back=False
    ),
]
