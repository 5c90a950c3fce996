"""Looking through revisions with all rules: each is listened to, and what it says is judged."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import ddl_constructs as ddl
from ddl_constructs import traits
from revgraph import upgrade
from sqlalchemy.engine.interfaces import Dialect

from ..dialects import knowledge
from ..forecast.costs import table_of
from ..forecast.listening import Heard, Listened, Speaker, listening
from ..losses.allowances import Allowances, allowances
from ..paths import shown
from ..scripts import Script, Scripts
from ..state import SchemaState
from . import branches, imports, locks, names, releases
from .reading import changes_rows, plain, sql_of
from .report import Finding, Unseen
from .rule import RULES, Said, Seen, costs, findings
from .things import deeds

UNCLEAR = "unclear-allow"
KNOWN = frozenset(
    [
        *(code for one in RULES for code in one.codes),
        branches.CODE,
        imports.CODE,
        UNCLEAR,
        "data-loss",
    ]
)
"""All codes; "data-loss" is the gate's."""
del locks, names, releases  # their rules are registered


def titles() -> dict[str, str]:
    """Give each code, and what its rule is about."""
    known = {code: one.title for one in RULES for code in one.codes}
    known |= {branches.CODE: branches.TITLE, imports.CODE: imports.TITLE}
    return {**known, UNCLEAR: "a comment that allows nothing"}


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
    files: Scripts, chosen: Collection[str], ground: Ground
) -> tuple[list[Finding], list[Unseen]]:
    """Look through revisions. **This executes the Python of all scripts**, to know the schema.

    Args:
        files: All revisions.
        chosen: Ids of those that are judged.
        ground: What they are judged by.
    """
    found: list[Finding] = []
    unseen: list[Unseen] = []
    state = SchemaState()
    steps = upgrade(files.graph, (), "heads").steps
    heard = _hear(files, [step.revision.id for step in steps], ground)
    ends = branches.apart(files.graph, files.graph.heads)
    of_branches = list(_of_branches(files, ends, heard, chosen, ground))
    for revision, listened in heard.items():
        script = files.by_id[revision]
        state.revision = revision
        if revision in chosen:
            made = _revision(script, listened, state, ground)
            made += [one for one in of_branches if one.revision == revision]
            found += _allowed(made, script, ground)
            if listened.opaque is not None:
                unseen.append(Unseen(revision, shown(script.path), listened.opaque))
        else:
            for one in listened.said:
                state.take(one.element)
        if listened.opaque is not None:
            state.lose(f"upgrade of {revision}", listened.opaque)
    return found, unseen


def look_between(files: Scripts, ends: Sequence[str], ground: Ground) -> list[Finding]:
    """Look for what can't come together in some revisions; what is allowed is left out.

    **This executes the Python of the scripts that not all of them need.**

    Args:
        files: All revisions.
        ends: Ids of those that are to come together.
        ground: What they are judged by.
    """
    those = branches.apart(files.graph, ends)
    heard = _hear(files, those, ground)
    found = _of_branches(files, those, heard, those, ground)
    order = list(those)
    return sorted(
        (one for one in found if one.allowed is None),
        key=lambda one: (order.index(one.revision), one.line or 0),
    )


def _hear(files: Scripts, ids: Iterable[str], ground: Ground) -> dict[str, Listened]:
    """Listen to what revisions say, and to the lines where they say it."""
    heard = {}
    with listening(ground.dialect, keywords=ground.keywords, inside=ground.inside) as listener:
        for script in map(files.by_id.__getitem__, ids):
            listener.file = str(script.path)
            heard[script.id] = listener.hear_file(script, "upgrade")
    return heard


def _of_branches(
    files: Scripts,
    ends: branches.Ends,
    heard: Mapping[str, Listened],
    chosen: Collection[str],
    ground: Ground,
) -> Iterator[Finding]:
    """Yield what can't come together, told of the later one of two revisions if it is chosen, else of the other.

    It is allowed if the comments of either allow it.
    """
    done = {one: deeds(heard[one], ground.dialect.name) for one in ends}
    for conflict in branches.conflicts(files.graph, ends, done):
        sides = [one for one in (conflict.later, conflict.earlier) if one.id in chosen]
        if not sides:
            continue
        mine = sides[0]
        other = conflict.earlier if mine is conflict.later else conflict.later
        problem = conflict.problem(mine)
        reasons = [
            _comments(files.by_id[one.id]).reason(branches.CODE, one.word.line)
            for one in (mine, other)
        ]
        yield Finding(
            branches.CODE,
            mine.id,
            shown(files.by_id[mine.id].path),
            problem.line,
            _words(mine.word.change),
            problem.text,
            problem.safe,
            reasons[0] or reasons[1],
        )


def _revision(script: Script, heard: Listened, state: SchemaState, ground: Ground) -> list[Finding]:
    """Judge one revision, and fold what it says into the state."""
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
    return [*made, *_of_the_file(script, ground)]


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
    said = _comments(script)
    found = [
        replace(one, allowed=one.allowed or said.reason(one.code, one.line))
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


def _comments(script: Script) -> Allowances:
    try:
        return allowances(script.path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return Allowances()
