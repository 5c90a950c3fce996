"""Makes what is computed in the pages on changes, between their markers.

    python docs/ddl-constructs/make_pages.py

The rest of a page is written by hand; a change without a page gets one to begin with. The
calls that a page shows stand in `change_cases.py`.
"""

from __future__ import annotations

import importlib.util
import inspect
import re
import textwrap
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import ddl_constructs
from ddl_autogen import UnrenderableValue, render
from ddl_constructs import Change, DDLConstructsError, Facts, facts, loading
from ddl_constructs.facts.book import book
from ddl_constructs.facts.value import Source
from sqlalchemy.engine import make_url

HERE = Path(__file__).parent
PAGES = HERE / "changes"
DIALECTS = {
    "postgresql": ("PostgreSQL", (15,)),
    "mysql": ("MySQL", (8, 4)),
    "mariadb": ("MariaDB", (10, 11)),
    "sqlite": ("SQLite", (3, 40)),
    "mssql": ("SQL Server", (16,)),
    "oracle": ("Oracle", (23,)),
}
"""How people call a dialect, and the server's version that the facts are told for."""

KNOWN = [name for name in DIALECTS if name in loading._FILES]
GROUPS = {
    "table": "Tables",
    "table_options": "Tables",
    "column": "Columns",
    "alter_column": "Columns",
    "constraint": "Constraints",
    "index": "Indexes",
    "comment": "Comments",
    "enum": "Enum types",
    "domain": "Domains and composite types",
    "composite": "Domains and composite types",
    "sequence": "Sequences",
    "schema": "Schemas and extensions",
    "extension": "Schemas and extensions",
    "view": "Views",
    "routine": "Functions and procedures",
    "trigger": "Triggers",
    "alter_object": "Names, schemas and owners of objects",
    "grant": "Privileges",
    "data": "Rows and SQL",
}
_WHO = "\0"  # stands for the dialect's name in messages that are compared
Case = tuple[str, str, Change]
"""A title, the call as it is written, the change."""

BEGINNING = """# {name}

## Call

<!-- made: call -->
<!-- end -->

## SQL

<!-- made: sql -->
<!-- end -->

## Undo

<!-- made: undo -->
<!-- end -->

## Facts

<!-- made: facts -->
<!-- end -->

## Limits

## Example
"""


def main() -> None:
    for kind in changes():
        file = page_of(kind)
        if not file.exists():
            file.write_text(BEGINNING.format(name=kind.__name__), encoding="utf-8")
    for file, text in made().items():
        file.write_text(text, encoding="utf-8")


def made() -> dict[Path, str]:
    """Give each page as it must be now, what is computed in it made anew."""
    pages = {page_of(kind): page(page_of(kind), parts_of(kind)) for kind in changes()}
    index = PAGES / "index.md"
    return {**pages, index: page(index, {"list": listed, "who": who_can})}


def changes() -> list[type[Change]]:
    """Give all changes of the face, each with its noun."""
    found = [
        one
        for name in ddl_constructs.__all__
        if isinstance(one := getattr(ddl_constructs, name), type)
        and issubclass(one, Change)
        and one is not Change
    ]
    order = list(GROUPS)
    return sorted(found, key=lambda kind: (order.index(_noun(kind)), _line_of(kind)))


def page_of(kind: type[Change]) -> Path:
    """Name the page of a change, by its word."""
    return PAGES / f"{kind.words[0]}.md"


def page(file: Path, parts: dict[str, Callable[[], str]]) -> str:
    """Give a page's text with each part between its markers made anew."""
    text = file.read_text(encoding="utf-8")
    for name, part in parts.items():
        between = re.compile(rf"(<!-- made: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, count = between.subn(lambda m, part=part: f"{m[1]}{part()}\n{m[2]}", text)  # type: ignore[misc]  # a default binds the part
        assert count == 1, f"{file.name} has no place for {name}, or several"
    return text


def parts_of(kind: type[Change]) -> dict[str, Callable[[], str]]:
    """Give the parts of a change's page by the names of their markers."""
    known = cases()[kind.__name__]
    return {
        "call": lambda: called(kind),
        "sql": lambda: "\n\n".join(sql(*case) for case in known),
        "undo": lambda: undo(known),
        "facts": lambda: costs(known),
    }


@cache
def cases() -> dict[str, list[Case]]:
    """Give the cases of each change, by its class's name."""
    spec = importlib.util.spec_from_file_location("change_cases", HERE / "change_cases.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: dict[str, list[Case]] = module.cases()
    return found


def called(kind: type[Change]) -> str:
    """Write down the words on `op`, the class, and what each argument means."""
    built = {word for word in kind.words if word in ddl_constructs.__all__}
    words = {w: getattr(ddl_constructs, w) if w in built else kind for w in kind.words}
    lines = [_signature(f"op.{word}", build) for word, build in words.items()]
    text = "```{code-block} python\n" + "\n".join(lines) + "\n```"
    text += f"\n\nThe class `{kind.__name__}` takes what `op.{kind.words[0]}` takes."
    told: dict[str, str] = {}
    for build in (kind, *words.values()):
        for name, what in _arguments(build):
            told.setdefault(name, what)
    return text + "\n\n" + "\n".join(f"- `{name}`: {what}" for name, what in told.items())


def _signature(name: str, build: Callable[..., Any]) -> str:
    signature = inspect.signature(build)
    parameters = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    bare = signature.replace(parameters=parameters, return_annotation=signature.empty)
    return "\n".join(
        textwrap.wrap(f"{name}{bare}", 88, subsequent_indent="    ", break_long_words=False)
    )


def _arguments(build: Callable[..., Any]) -> Iterator[tuple[str, str]]:
    """Read what a docstring tells of its arguments."""
    _, _, told = re.sub(r"\n(Args|Attributes):\n", "\n\0", inspect.getdoc(build) or "").partition(
        "\0"
    )
    told, _, _ = told.partition("\n\n")
    for one in re.split(r"\n(?=    \w)", told.rstrip()):
        name, colon, what = one.strip().partition(": ")
        if colon:
            name = "**options" if name in ("dialect_kwargs", "options") else name
            yield name, " ".join(what.split())


def sql(title: str, call: str, change: Change) -> str:
    """Show one case: the call, and what the dialects make of it."""
    blocks = [f"### {title[0].upper()}{title[1:]}", f"```{{code-block}} python\n{call}\n```"]
    for (text, refused), names in _together((_said(change, name), name) for name in KNOWN):
        who = ", ".join(DIALECTS[name][0] for name in names)
        if refused:
            verb = "refuse" if len(names) > 1 else "refuses"
            blocks.append(f"**{who}** {verb}:\n\n```text\n{_wrapped(text, names)}\n```")
        elif text:
            blocks.append(f"**{who}**\n\n```{_language(text, names)}\n{text}\n```")
        else:
            blocks.append(f"**{who}**: nothing is done, and nothing refused.")
    return "\n\n".join(blocks)


def _language(text: str, names: list[str]) -> str:
    """Name the language that a highlighter must know to read a text."""
    if "$do$" in text:
        return "postgresql"
    # Pygments' lexer of T-SQL doesn't read the :: of TYPE::name.
    return "tsql" if names == ["mssql"] and "::" not in text else "sql"


def _wrapped(text: str, names: list[str]) -> str:
    """Give a message as the first of several dialects says it."""
    return textwrap.fill(text.replace(_WHO, names[0]), 88, break_long_words=False)


def _together(said: Iterable[tuple[Any, str]]) -> list[tuple[Any, list[str]]]:
    """Put those together that say the same, in the order in which they come first."""
    found: dict[Any, list[str]] = {}
    for what, who in said:
        found.setdefault(what, []).append(who)
    return list(found.items())


def _said(change: Change, dialect: str) -> tuple[str, bool]:
    """Give a change's text on a dialect, or the message with which it is refused."""
    try:
        with warnings.catch_warnings(action="ignore"):
            text = str(change.compile(dialect=_dialect(dialect)))
    except DDLConstructsError as err:
        own, _, _ = str(err).partition(" (Background on this error")
        plain = re.sub(r"<\S+ object at 0x\w+>", "...", own)
        return re.sub(rf"\b{dialect}\b", _WHO, plain), True
    return "\n".join(
        line.rstrip() for line in text.replace("\t", "    ").strip().splitlines()
    ), False


@cache
def _dialect(name: str) -> Any:
    dialect: Any = make_url(f"{name}://").get_dialect()  # the base class doesn't name its options
    return dialect(paramstyle="named")


def undo(known: list[Case]) -> str:
    """Say of each case what undoes it, or which fact is missing."""
    lines = []
    for (text, refused), titles in _together((_reversed(change), t) for t, _, change in known):
        case = f"{', '.join(titles)}: " if len(known) > 1 else ""
        if refused:
            lines.append(f"- {case}refused: `{text}`")
        elif "\n" in text:
            block = textwrap.indent(f"```{{code-block}} python\n{text}\n```", "  ")
            lines.append(f"- {case or 'by'}".rstrip() + f"\n\n{block}\n")
        else:
            lines.append(f"- {case}`{text}`")
    return "\n".join(lines).rstrip()


def _reversed(change: Change) -> tuple[str, bool]:
    try:
        back = change.reverse()
    except DDLConstructsError as err:
        return str(err), True
    try:
        return "\n".join(render(back).lines), False
    except UnrenderableValue as err:
        return str(err), True


def costs(known: list[Case]) -> str:
    """Make the table of what each case costs, and below it the notes and where it stands."""
    lines, notes, sources, refused = [_HEAD], [], [], False
    for name in (name for name in KNOWN if book(name).rows):
        product, version = DIALECTS[name]
        who = f"{product} {'.'.join(map(str, version))}"
        found = _together((_costs(change, name), title) for title, _, change in known)
        told = [(cost, titles) for cost, titles in found if cost is not None]
        refused |= len(told) < len(found)
        for cost, titles in told:
            lines.append([who, "" if len(found) == 1 else ", ".join(titles), *_cells(cost)])
            who = ""
        noted = ((note, title) for cost, titles in told for note in cost.notes for title in titles)
        for note, titles in _together(noted):
            whole = len(titles) == sum(len(each) for _, each in told)
            told_note = note.replace("''", "`''`")  # two quotes would become one curly one
            notes.append(((told_note, "" if whole else f" ({', '.join(titles)})"), product))
        sources += [source for cost, _ in told for source in cost.sources]
    unknown = [DIALECTS[name][0] for name in KNOWN if not book(name).rows]
    if not any(line[1] for line in lines[1:]):
        lines = [[line[0], *line[2:]] for line in lines]
    below = [f"- {', '.join(who)}{case}: {note}." for (note, case), who in _together(notes)]
    if refused:
        below.append("- What has no row here is refused, see above.")
    if unknown:
        below.append(f"- {', '.join(unknown)}: not known.")
    said = [f"{who}: {'; '.join(_unique(places))}" for who, places in _manuals(sources)]
    return "\n\n".join(filter(None, (_table(lines), "\n".join(below), _from(said))))


def _manuals(sources: Iterable[Source]) -> list[tuple[str, list[str]]]:
    """Put the sections together that stand in the same manual."""
    return _together((f"{s.product} {s.version}".strip(), s.section) for s in sources)


def _from(said: list[str]) -> str:
    sources = f"Sources, the manuals: {'. '.join(said)}. " if said else ""
    return f"{sources}[What a change costs](../facts.md) has other versions, and says what the words mean."


_HEAD = ["Database", "Case", "Can be rolled back", "Lock", "Blocks", "Rows", "Data"]


def _costs(change: Change, dialect: str) -> Facts | None:
    try:
        with warnings.catch_warnings(action="ignore"):
            return facts(change, dialect, DIALECTS[dialect][1])
    except DDLConstructsError:
        return None


def _cells(cost: Facts) -> list[str]:
    """Say in a few words each what a change costs, in the order of the head."""
    rolled = _word(cost.transactional, "yes", "no")
    if cost.stands_alone:
        rolled += ", must run alone"
    elif cost.stands_alone is None:
        rolled += ", may have to run alone"
    if cost.usable_after_commit:
        rolled += ", usable after the commit"
    if cost.rewrites or (cost.rewrites is None and cost.scans):
        rows = _word(cost.rewrites, "rewritten", "")
    else:
        rows = _word(cost.scans, "read through", "left alone")
    return [
        rolled,
        {"": "none", None: "?"}.get(cost.lock, str(cost.lock)),
        "?" if cost.blocks is None else str(cost.blocks),
        rows,
        _word(cost.loses_data, "can be lost", "kept"),
    ]


def _word(value: bool | None, yes: str, no: str) -> str:
    return "?" if value is None else yes if value else no


def _table(lines: list[list[str]]) -> str:
    head, *rest = lines
    rows = [head, ["---"] * len(head), *rest]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _unique(several: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(several))


def listed() -> str:
    """List the changes by noun, one line each."""
    blocks = []
    for group, kinds in groupby(changes(), lambda kind: GROUPS[_noun(kind)]):
        blocks.append(f"## {group}")
        blocks.append("\n".join(f"- {_link(kind)}: {_first(kind)}" for kind in kinds))
    return "\n\n".join(blocks)


def _link(kind: type[Change]) -> str:
    return f"[{kind.__name__}]({page_of(kind).name})"


def _first(kind: type[Change]) -> str:
    line, _, _ = (inspect.getdoc(kind) or "").partition("\n")
    what, _, _ = line.partition(": `")
    text = what[0].lower() + what[1:].rstrip(".")
    words = ", ".join(f"`op.{word}`" for word in kind.words)
    return f"{text}. {words}"


def who_can() -> str:
    """Make the table of which database can say what."""
    lines = [["Change", *(DIALECTS[name][0] for name in KNOWN)]]
    for kind in changes():
        known = cases()[kind.__name__]
        lines.append([_link(kind), *(_can(known, name) for name in KNOWN)])
    return _table(lines)


def _can(known: list[Case], dialect: str) -> str:
    """Say how many of the cases a dialect says: yes for all, some, no for none."""
    answers = {_answer(change, dialect) for _, _, change in known}
    return answers.pop() if len(answers) == 1 else "some"


def _answer(change: Change, dialect: str) -> str:
    text, refused = _said(change, dialect)
    return "no" if refused else "yes" if text else "passed over"


def _line_of(kind: type[Change]) -> int:
    return inspect.getsourcelines(kind)[1]


def _noun(kind: type[Change]) -> str:
    return kind.__module__.removeprefix("ddl_constructs.").split(".")[0]


if __name__ == "__main__":
    main()
