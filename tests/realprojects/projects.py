"""Projects that ship their revision files in packages on the index, and what is known of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Project:
    """A project whose revision files are run as they are.

    Attributes:
        name: Its name on the index.
        version: Its version there.
        versions: The folders of its revision files, inside of the package.
        databases: Those that its scripts support from the base on.
        own: The folder of its own env.py, which is run as it is; empty to write a plain one.
        needs: What its scripts or its env.py import besides.
        also: Packages whose revision files belong to it, as "name==version".
        before: More lines of the plain env.py before anything is run.
        options: Keywords for the plain env.py's `context.configure`.
        one_way: Databases where its scripts don't lead back to the base, in Alembic either.
        mixed: Databases where its scripts fail, in Alembic, if some are run and others are SQL.
        differs: What differs on a database, and why: "database table/part" of a catalog, or "database
            revision" where Alembic writes a script and ours refuses.
    """

    name: str
    version: str
    versions: tuple[str, ...]
    databases: tuple[str, ...]
    own: str = ""
    needs: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    before: str = ""
    options: str = ""
    one_way: tuple[str, ...] = ()
    mixed: tuple[str, ...] = ()
    differs: dict[str, str] = field(default_factory=dict)

    def folders(self, root: Path) -> list[Path]:
        """The folders of its revision files, where its package is at *root*."""
        return [root / folder for folder in self.versions]


EVERYWHERE = ("sqlite", "postgresql", "mariadb")
KEPT = "LIM-040: a fact of the column that the script doesn't state is kept; Alembic drops it"
UNKNOWN = "LIM-040: a script for it would drop what isn't stated of the column, so it is refused"
LAZY = (
    "Alembic imports every revision file before a script; ours only those that are in it, and a later one "
    "imports what spells BIGINT as INTEGER"
)
OSLO = (
    *("oslo.cache", "oslo.concurrency", "oslo.config", "oslo.context", "oslo.db", "oslo.i18n"),
    *("oslo.log", "oslo.messaging", "oslo.middleware", "oslo.policy", "oslo.serialization"),
    *("oslo.service[threading]", "oslo.utils", "oslo.versionedobjects", "osprofiler"),
    *("keystoneauth1", "keystonemiddleware", "python-keystoneclient", "openstacksdk", "pytz"),
)


INVENIO = {"files-rest": "6.1.0", "pidstore": "4.0.2", "records": "6.1.0"}


def _columns(database: str, *tables: str) -> dict[str, str]:
    return {f"{database} {table}/columns": KEPT for table in tables}


def _refused(database: str, *revisions: str) -> dict[str, str]:
    return {f"{database} {revision}": UNKNOWN for revision in revisions}


PROJECTS = [
    Project("aim", "3.29.1", ("aim/web/migrations/versions",), ("sqlite",)),
    Project(
        "aodh",
        "23.0.0",
        ("aodh/storage/sqlalchemy/alembic/versions",),
        ("postgresql",),
        own="aodh/storage/sqlalchemy/alembic",
        needs=(*OSLO, "sqlalchemy-utils", "tooz", "wsme"),
        one_way=EVERYWHERE,
    ),
    Project(
        "argilla-server",
        "2.8.0",
        ("argilla_server/alembic/versions",),
        ("sqlite", "postgresql"),
    ),
    Project(
        "blazar",
        "18.0.0",
        ("blazar/db/migration/alembic_migrations/versions",),
        ("mariadb",),
        needs=OSLO,
        differs=_refused("mariadb", "2bcfe76b0474"),
    ),
    Project("ckan", "2.12.0", ("ckan/migration/versions",), ("postgresql",), one_way=EVERYWHERE),
    Project(
        "conda-store-server",
        "2025.2.2",
        ("conda_store_server/_internal/alembic/versions",),
        ("sqlite", "postgresql"),
    ),
    Project(
        "ihatemoney",
        "7.2.1",
        ("ihatemoney/migrations/versions",),
        ("sqlite", "postgresql"),
        needs=(
            *("blinker", "cachetools", "debts", "email-validator", "Flask-Babel", "Flask-Cors"),
            *("Flask-Limiter", "Flask-Mail", "Flask-Migrate", "Flask-RESTful", "Flask-SQLAlchemy"),
            *("Flask-Talisman", "Flask-WTF", "itsdangerous", "Jinja2", "python-dateutil", "qrcode"),
            *("requests", "SQLAlchemy-Continuum", "Werkzeug", "WTForms"),
        ),
        differs={
            f"sqlite {table}/columns": LAZY
            for table in (
                *("bill_version", "billowers_version", "person_version", "project_version"),
                "transaction",
            )
        },
    ),
    *(
        Project(
            f"invenio-{name}",
            version,
            (f"invenio_{name.replace('-', '_')}/alembic", "invenio_db/alembic"),
            ("postgresql", "mariadb"),
            needs=("invenio-db==2.6.1",),
            also=("invenio-db==2.6.1",),
            before="from invenio_db.shared import metadata",
            options="target_metadata=metadata",
            one_way=("mariadb",) if name == "files-rest" else (),
        )
        for name, version in INVENIO.items()
    ),
    Project(
        "keystone",
        "30.0.0",
        ("keystone/common/sql/migrations/versions",),
        ("sqlite", "postgresql", "mariadb"),
        needs=(
            *OSLO,
            "bcrypt",
            "scrypt",
            "pycadf",
            "oauthlib",
            "pysaml2",
            "Flask-RESTful",
            "jsonschema",
        ),
        before="import keystone.conf; keystone.conf.configure()",
        one_way=EVERYWHERE,
    ),
    Project(
        "magnum",
        "23.0.0",
        ("magnum/db/sqlalchemy/alembic/versions",),
        ("mariadb",),
        needs=OSLO,
        one_way=EVERYWHERE,
        differs=_refused(
            "mariadb",
            *("1c1ff5e56048", "5ad410481b88", "29affeaa2bc2", "5d4caa6e0a42", "2ace4006498"),
            *("2b5f24dd95de", "720f640f43d1"),
        ),
    ),
    Project(
        "manila",
        "23.0.1",
        ("manila/db/migrations/alembic/versions",),
        ("postgresql", "mariadb"),
        needs=OSLO,
        one_way=EVERYWHERE,
        differs=_columns(
            "mariadb",
            "security_services",
            "share_group_share_type_mappings",
            "share_group_snapshots",
            "share_networks",
        )
        | _refused("mariadb", "03da71c0e321", "221a83cfd85b", "fbdfabcba377"),
    ),
    Project(
        "masakari",
        "22.0.0",
        ("masakari/db/sqlalchemy/migrations/versions",),
        ("sqlite", "postgresql", "mariadb"),
        own="masakari/db/sqlalchemy/migrations",
        needs=OSLO,
        one_way=EVERYWHERE,
    ),
    Project(
        "octavia",
        "19.0.0",
        ("octavia/db/migration/alembic_migrations/versions",),
        ("mariadb",),
        needs=(*OSLO, "octavia-lib"),
        one_way=EVERYWHERE,
        differs=_columns("mariadb", "listener", "load_balancer", "member", "pool")
        | _refused(
            "mariadb", "4faaa983e7a9", "14892634e228", "6abb04f24c5", "4fe8240425b4", "11e4bb2bb8ef"
        ),
    ),
    Project(
        "openstack-placement",
        "16.0.0",
        ("placement/db/sqlalchemy/alembic/versions",),
        ("sqlite", "postgresql", "mariadb"),
        needs=(*OSLO, "sqlalchemy-utils"),
        one_way=EVERYWHERE,
    ),
    Project(
        "optuna",
        "5.0.0",
        ("optuna/storages/_rdb/alembic/versions",),
        ("sqlite", "postgresql"),
        own="optuna/storages/_rdb/alembic",
        needs=("colorlog", "numpy", "tqdm", "PyYAML"),
        one_way=EVERYWHERE,
        mixed=("postgresql",),
    ),
    Project(
        "quetz-server",
        "0.10.4",
        ("quetz/migrations/versions",),
        ("sqlite", "postgresql"),
        own="quetz/migrations",
        needs=(
            *("appdirs", "toml", "pluggy", "fsspec", "tenacity", "zstandard", "requests"),
            *("fastapi", "authlib<1", "httpx", "itsdangerous", "python-multipart", "aioshutil"),
            *("sqlalchemy-utils", "prometheus-client", "jinja2", "PyYAML", "aiofiles"),
        ),
        one_way=EVERYWHERE,
        mixed=("sqlite", "postgresql"),
    ),
    Project(
        "tacker",
        "16.0.0",
        ("tacker/db/migration/alembic_migrations/versions",),
        ("mariadb",),
        needs=OSLO,
        one_way=EVERYWHERE,
        differs=_columns(
            "mariadb",
            "servicetypes",
            "vimauths",
            "vims",
            "vnf",
            "vnf_lcm_op_occs",
            "vnf_software_images",
        )
        | _refused(
            "mariadb",
            "329cd1619d41",
            "0ad3bbce1c19",
            "b07673bb8654",
            "d25c7c865ce8",
            "c7cde2f45f82",
        ),
    ),
    Project(
        "zun",
        "18.0.0",
        ("zun/db/sqlalchemy/alembic/versions",),
        ("mariadb",),
        needs=OSLO,
        before="import zun.db.sqlalchemy.models",  # as its own env.py does
        one_way=EVERYWHERE,
        differs=_refused("mariadb", "6ff4d35f4334", "fc27c7415d9c", "35cb52c5553f"),
    ),
]

LEFT_OUT = {
    "bodhi-server 26.4.0": "the first revision alters a table that no revision makes: "
    'relation "releases" does not exist',
    "flexmeasures 1.0.1": "its scripts import all of it: No module named 'timely_beliefs', and 50 more",
    "ironic 39.0.0": "ac00b586ab95 opens the service's own database: No sql_connection parameter is established",
    "jupyterhub 6.1.1": "the first revision is empty, the tables are made by the program: "
    "no such table: users",
    "langflow-base 1.13.0": "its scripts import all of it: No module named 'langchain_core'",
    "mlflow 3.18.0": "its scripts import all of it: No module named 'opentelemetry.proto'",
    "privacyidea 3.14": "the first revision alters tables of version 1.5: no such table: Token",
    "tacker 16.0.0 on postgresql": "LIM-129: two of its tables make an enum type of one name with other "
    "labels; Alembic silently takes the first one's, ours refuses",
    "zou 1.0.97": "its scripts import all of it: No module named 'flasgger', and 40 more",
}
"""What was tried and can't be run, mostly by Alembic neither: name and version -> the error."""
