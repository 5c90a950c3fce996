"""What `op` writes on five databases, beside what the real Alembic writes of the same calls."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import alembic_cases
import pytest
from alembic_words import Context

DIFFERENT = {
    "type and not null oracle": "one MODIFY for what belongs together",
    "all at once oracle": "likewise",
    "autoincrement postgresql": "what a comparison of ours writes says what was before",
    "from checked boolean mysql": "the CHECK of the old type would refuse the new values (DDL-093)",
    "column with key to a model's sqlite": "SQLite takes a nullable key inside of the column",
    "self reference sqlite": "likewise",
    "table as rows mssql": "IDENTITY_INSERT is switched where there is an identity (LIM-046)",
    "add key sqlite": "SQLite takes a nullable key inside of the column (LIM-027)",
    "add inline key mysql": "MySQL before 9 reads REFERENCES and forgets it (LIM-032)",
    "add inline key mssql": "the key is lost there (LIM-031); here its DEFERRABLE is refused",
    "add inline key oracle": "the key is lost there (LIM-031)",
    "add inline primary key mssql": "PRIMARY KEY is lost there (LIM-034)",
    "add inline primary key oracle": "likewise",
    "add unique sqlite": "the column is added and then the call fails there (LIM-056)",
    "add checked boolean sqlite": "the CHECK is lost there (DDL-060)",
    "add checked enum sqlite": "likewise",
    "add checked enum postgresql": "the type is made first (LIM-052)",
    "create checked postgresql": "a type of other labels is refused (LIM-129)",
    "add check mysql": "MariaDB can't name a CHECK inside of a column",
    "add check mssql": "the CHECK is lost there (LIM-035)",
    "add check oracle": "likewise",
    "drop check mysql": "MariaDB has CONSTRAINT only, MySQL both words",
    "named drop check mysql": "likewise",
    "named drop final mysql": "likewise",
    "unique deferred mssql": "SQL Server has no DEFERRABLE",
    "key in schemas mssql": "likewise",
    "key in schemas oracle": "Oracle has no MATCH",
    "default expression mysql": "MySQL takes an expression in brackets only",
    "add if not exists mysql": "MariaDB alone can say it (LIM-037)",
    "drop if exists mysql": "likewise",
    "index concurrently mysql": "likewise",
    "drop index concurrently mysql": "likewise",
    "table comment sqlite": "SQLite has no comments (LIM-057)",
    "table comment goes sqlite": "likewise",
    "comment sqlite": "likewise",
    "comment goes sqlite": "likewise",
    "no rows mssql": "nothing to be done (LIM-046)",
    "named column sqlite": "as without a convention, under its names",
    "named column checked sqlite": "likewise",
    **{
        f"check {dialect}": "a colon in a quoted text is no parameter (LIM-053)"
        for dialect in ("postgresql", "mysql", "mssql", "oracle")
    },
}
"""Case and dialect, and why ours is different on purpose."""

GUARDED = {"mssql": "sys.|OBJECT_ID", "oracle": "PLS_INTEGER"}
"""How a statement looks that asks the catalog first, where Alembic's guesses (LIM-036, 043 to 046)."""


def statements(script: str) -> list[str]:
    """Its statements in one line each; those of companions in alphabetical order."""
    script = re.sub(r"^(GO|/)$", "", script, flags=re.MULTILINE)
    texts = [" ".join(text.split()).removesuffix(";") for text in script.split("\n\n")]
    first, *others = [text for text in texts if text] or [""]
    return [first, *sorted(others)]


def refused(script: str) -> bool:
    return script.splitlines()[-1].startswith("!!") if script else False


@pytest.fixture(scope="module")
def theirs() -> dict[tuple[str, str], str]:
    pytest.importorskip("alembic")
    cases = Path(alembic_cases.__file__)
    command = [sys.executable, str(cases)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {(name, dialect): text for name, dialect, text in json.loads(done.stdout)}


def test_the_same_statements_are_written(theirs: dict[tuple[str, str], str]) -> None:
    from alembic.operations import Operations

    ours = alembic_cases.written(
        Operations, lambda dialect, stream, opts: Context(dialect, stream=stream, **opts)
    )

    different = {
        f"{name} {dialect}": (theirs[name, dialect], text)
        for (name, dialect), text in ours.items()
        if statements(text) != statements(theirs[name, dialect])
        and not (refused(text) and (refused(theirs[name, dialect]) or dialect == "sqlite"))
        and not re.search(GUARDED.get(dialect, "(?!)"), text)
    }
    assert {k: v for k, v in different.items() if k not in DIFFERENT} == {}
    assert set(DIFFERENT) - set(different) == set()
    assert len(ours) > 500


def test_nothing_is_written_of_what_is_refused() -> None:
    """Alembic writes the first half of some of these, and adds a column before it fails."""
    from alembic.operations import Operations

    ours = alembic_cases.written(
        Operations, lambda dialect, stream, opts: Context(dialect, stream=stream, **opts)
    )

    half = [key for key, text in ours.items() if refused(text) and not text.startswith("!!")]
    assert half == [("batch", "sqlite")]
