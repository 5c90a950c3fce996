"""From any schema to any other and back, on live databases: catalogs, rows, and nothing left to do.

The pairs, their edits and the reader of the catalogs are in `tests/roundtrip`. 50 are walked on each
database, 500 under HYPOTHESIS_PROFILE=many: online, then by SQL scripts that the database's own
client runs. Every tenth pair, and all of them by night, begins and ends with nothing there.
`python -m roundtrip DATABASE N`, in `tests`, prints how often each kind of edit occurs.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest
from roundtrip.edits import EDITS
from roundtrip.pairs import first_pairs
from roundtrip.walk import walk
from sqlalchemy import create_engine

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "many"
PAIRS = 500 if NIGHTLY else 50
AT_ONCE = 10


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Cannot correctly sort tables")
@pytest.mark.parametrize("first", range(0, PAIRS, AT_ONCE))
@pytest.mark.parametrize("server", ["sqlite", "postgresql", "mariadb"])
def test_a_schema_is_led_to_another_and_back(
    server: str, first: int, request: pytest.FixtureRequest
) -> None:
    engine = create_engine(request.getfixturevalue(f"{server}_url"))
    wrong: list[str] = []
    with engine.connect() as connection:
        if server == "sqlite":
            connection.exec_driver_sql("PRAGMA synchronous = OFF")  # nobody needs it tomorrow
        for pair in first_pairs(server, PAIRS)[first : first + AT_ONCE]:
            said = walk(connection, pair, from_nothing=NIGHTLY or pair.seed % 10 == 0)
            wrong += [f"pair {pair.seed} ({'; '.join(pair.edits)}): {line}" for line in said]
    engine.dispose()

    assert wrong == []


@pytest.mark.parametrize("server", ["sqlite", "postgresql", "mariadb"])
def test_each_kind_of_edit_occurs_in_the_pairs(server: str) -> None:
    """Twenty times in those of the night, which take their time to be made."""
    pairs, least = (PAIRS, 20) if NIGHTLY else (150, 1)
    counts = Counter(edit for pair in first_pairs(server, pairs) for edit in pair.edits)

    kinds = {name for e in EDITS if server in e.databases for name in (e.forth, e.back)}
    assert {kind: counts[kind] for kind in kinds if counts[kind] < least} == {}
