"""Every change says what it does to a schema in memory."""

from __future__ import annotations

import inspect

import ddl_constructs
import pytest
from ddl_constructs import Change

CHANGES = [
    kind
    for name in ddl_constructs.__all__
    if inspect.isclass(kind := getattr(ddl_constructs, name))
    and issubclass(kind, Change)
    and kind is not Change
]


@pytest.mark.parametrize("kind", CHANGES, ids=lambda kind: kind.__name__)
def test_a_change_has_a_rule_of_its_own_for_apply(kind: type[Change]) -> None:
    from ddl_constructs.applying.rules import rule_for

    assert rule_for(kind) is not None
