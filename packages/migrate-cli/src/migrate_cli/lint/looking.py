"""Looking through revisions with all rules: each is listened to, and what it says is judged."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import ddl_constructs as ddl
from ddl_constructs import traits
from revgraph import Step
from sqlalchemy.engine.interfaces import Dialect

from ..dialects import knowledge
from ..forecast.costs import table_of
from ..forecast.listening import Heard, Listener, Speaker, listening
from ..losses.allowances import Allowances, allowances
from ..paths import shown
from ..scripts import Script
from ..state import SchemaState
from . import imports, locks, names, releases
from .reading import changes_rows, plain, sql_of
from .report import Finding, Unseen
from .rule import RULES, Said, Seen, costs, findings

UNCLEAR = "unclear-allow"
KNOWN = frozenset(
    [*(code for one in RULES for code in one.codes), imports.CODE, UNCLEAR, "data-loss"]
)
"""All codes; "data-loss" is the gate's."""
del locks, names, releases  # their rules are registered


def titles() -> dict[str, str]:
    """Give each code, and what its rule is about."""
    known = {code: one.title for one in RULES for code in one.codes}
    return {**known, imports.CODE: imports.TITLE, UNCLEAR: "a comment that allows nothing"}


@dataclass(frozen=True)
class Ground:
    """What rules are judged by.

    Attributes:
        dialect: Whose facts count.
        version: The server's version; None for the worst of all.
        lock_timeout: Whether the settings have a lock timeout.
        packages: Names of packages that are the application's.
        folders: Folders from which the project imports.
        ignore: Codes that don't count.
        keywords: What the scripts' functions get by parameter name.
        inside: Lets the scripts of the project speak to our sink, where `op` isn't ours.
    """

    dialect: Dialect
    version: tuple[int, ...] | None = None
    lock_timeout: bool = False
    packages: Sequence[str] = ()
    folders: Sequence[Path] = ()
    ignore: Collection[str] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)
    inside: Speaker | None = None


def look(
    steps: Sequence[Step[Script]], chosen: Collection[str], ground: Ground
) -> tuple[list[Finding], list[Unseen]]:
    """Look through revisions. **This executes the Python of all scripts**, to know the schema.

    Args:
        steps: All revisions, in order.
        chosen: Ids of those that are judged.
        ground: What they are judged by.
    """
    found: list[Finding] = []
    unseen: list[Unseen] = []
    state = SchemaState()
    with listening(ground.dialect, keywords=ground.keywords, inside=ground.inside) as listener:
        for step in steps:
            script = step.revision.payload
            assert script is not None, "every revision of Scripts.graph carries its script"
            state.revision = script.id
            if script.id in chosen:
                mine, why = _revision(step, script, listener, state, ground)
                found += mine
                if why is not None:
                    unseen.append(Unseen(script.id, shown(script.path), why))
            else:
                heard = listener.hear(step)
                for one in heard.said:
                    state.take(one.element)
                if heard.opaque is not None:
                    state.lose(f"upgrade of {script.id}", heard.opaque)
    return found, unseen


def _revision(
    step: Step[Script], script: Script, listener: Listener, state: SchemaState, ground: Ground
) -> tuple[list[Finding], str | None]:
    """Judge one revision, and fold what it says into the state."""
    listener.file = str(script.path)
    heard = listener.hear(step)
    listener.file = None
    seen = Seen(
        ground.dialect,
        ground.version,
        state,
        lock_timeout=ground.lock_timeout,
        has_lock_timeout=bool(knowledge(ground.dialect.name).timeouts(1, None)),
        transactional=traits(ground.dialect.name).transactional_ddl,
    )
    by_element = [list(_said(one, ground)) for one in heard.said]
    seen.whole = [said for several in by_element for said in several]
    made: list[Finding] = []
    for one, several in zip(heard.said, by_element, strict=True):
        made += _judged(several, seen, script)
        state.take(one.element)
    if heard.opaque is not None:
        state.lose(f"upgrade of {script.id}", heard.opaque)
    made += _of_the_file(script, ground)
    return _allowed(made, script, ground), heard.opaque


def _judged(several: Sequence[Said], seen: Seen, script: Script) -> Iterator[Finding]:
    """Judge what one word of a script says: one change, or the statements of raw SQL."""
    for said in several:
        if _sets_lock_timeout(said.change):
            seen.lock_timeout = True
        for rule, problem in findings(said, seen):
            yield Finding(
                problem.code or rule.codes[0],
                script.id,
                shown(script.path),
                problem.line or said.line,
                _words(said.change),
                problem.text,
                problem.safe,
            )
        seen.before.append(said)
        if isinstance(said.change, ddl.CreateTable) and said.key is not None:
            seen.made.add(said.key)
        if isinstance(said.change, ddl.RenameTable) and said.key in seen.made:
            seen.made.add((said.key[0] if said.key else None, said.change.new_table_name))


def _said(heard: Heard, ground: Ground) -> Iterator[Said]:
    for change in plain(heard.element):
        found = costs(change, ground.dialect, ground.version)
        yield Said(
            change,
            heard.line,
            table_of(change),
            found,
            alone=heard.alone or bool(found.stands_alone),
            data=changes_rows(change),
        )


_TIMEOUT = re.compile(r"\s*SET\s+(LOCAL\s+|SESSION\s+)?lock_(wait_)?timeout\b", re.IGNORECASE)


def _sets_lock_timeout(element: Any) -> bool:
    said = sql_of(element)
    return said is not None and _TIMEOUT.match(said) is not None


def _words(change: Any) -> str:
    known: ddl.Change = change if isinstance(change, ddl.Change) else ddl.ExecuteSQL(change)
    return known.describe()


def _of_the_file(script: Script, ground: Ground) -> Iterator[Finding]:
    """Give what a file's text alone shows."""
    try:
        tree = ast.parse(script.path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for one in imports.imports(tree, ground.packages, ground.folders):
        yield Finding(imports.CODE, script.id, shown(script.path), one.line, "", one.text, one.safe)


def _allowed(made: Sequence[Finding], script: Script, ground: Ground) -> list[Finding]:
    """Mark what the file's comments allow, and find fault with comments that allow nothing."""
    try:
        said = allowances(script.path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        said = Allowances()
    found = [
        replace(one, allowed=said.reason(one.code, one.line))
        for one in made
        if one.code not in ground.ignore
    ]
    wrong = [(line, "no code and reason can be read in this comment") for line in said.unclear]
    for one in said.known:
        for code in sorted(one.codes - KNOWN):
            wrong.append((one.line, f"there is no rule {code!r}"))
    found += [
        Finding(
            UNCLEAR,
            script.id,
            shown(script.path),
            line,
            "",
            f"allows nothing: {why}",
            "# migrate: allow CODE because REASON",
        )
        for line, why in wrong
        if UNCLEAR not in ground.ignore
    ]
    return sorted(found, key=lambda one: (one.line or 0, one.code))
