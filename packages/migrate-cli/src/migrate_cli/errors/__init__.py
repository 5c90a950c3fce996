"""What can be wrong with a project's settings, models, files and database.

One class per way, the culprits as fields; the text is made of them here and nowhere else. A text
says what was asked, what stands in the way, and the mend. It never holds a password: who raises an
error with a URL in it hides the password first (`migrate_cli.url.hidden`).
"""

from .base import (
    CannotWrite,
    ConfigurationError,
    DatabaseError,
    MigrateError,
    MigrationFailed,
    ModelsError,
    NotBegun,
    Refused,
    ScriptError,
    UsageError,
    did_you_mean,
    ends_us,
    in_one_line,
    near,
)
from .blocked import Busy, CantCreateVersionTable, ReadOnly
from .database import (
    AsyncDriver,
    MissingDriver,
    NoURL,
    UnknownDialect,
    UnparsableURL,
    UnreachableDatabase,
)
from .environment import EnvironmentFailed, EnvironmentIdle, EnvironmentRolledBack
from .files import (
    BadGraph,
    BadRevisionId,
    BadScript,
    BadTemplate,
    DuplicateRevision,
    EditorFailed,
    MissingRevision,
    NoEditor,
    NoScripts,
    RevisionExists,
)
from .lock import LockLost, LockTimeout, MovedMeanwhile, NoLock, PooledSessions
from .models import EmptyMetadata, ModelsDontImport, NoMetadata, NoModels, SeveralModels
from .settings import (
    AlreadyAProject,
    BadConfiguration,
    FolderInUse,
    NoConfiguration,
    SecretInFile,
    UnknownSetting,
)

__all__ = [
    "AlreadyAProject",
    "AsyncDriver",
    "BadConfiguration",
    "BadGraph",
    "BadRevisionId",
    "BadScript",
    "BadTemplate",
    "Busy",
    "CannotWrite",
    "CantCreateVersionTable",
    "ConfigurationError",
    "DatabaseError",
    "DuplicateRevision",
    "EditorFailed",
    "EmptyMetadata",
    "EnvironmentFailed",
    "EnvironmentIdle",
    "EnvironmentRolledBack",
    "FolderInUse",
    "LockLost",
    "LockTimeout",
    "MigrateError",
    "MigrationFailed",
    "MissingDriver",
    "MissingRevision",
    "ModelsDontImport",
    "ModelsError",
    "MovedMeanwhile",
    "NoConfiguration",
    "NoEditor",
    "NoLock",
    "NoMetadata",
    "NoModels",
    "NoScripts",
    "NoURL",
    "NotBegun",
    "PooledSessions",
    "ReadOnly",
    "Refused",
    "RevisionExists",
    "ScriptError",
    "SecretInFile",
    "SeveralModels",
    "UnknownDialect",
    "UnknownSetting",
    "UnparsableURL",
    "UnreachableDatabase",
    "UsageError",
    "did_you_mean",
    "ends_us",
    "in_one_line",
    "near",
]
