"""The word lint: what it finds, as text, for GitHub, and as SARIF."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from .. import __version__
from ..visible import visible
from .given import option, project
from .paper import answer, dim, paint, plainly
from .words import word

if TYPE_CHECKING:
    from ..lint.report import Finding, Linted


@word(answers=True, forms=["github", "sarif"])
@click.argument("revisions", nargs=-1, metavar="[REVISION]...")
@click.option("--since", metavar="BRANCH", help="Only files that are new since BRANCH was left.")
@click.option("--server-version", metavar="VERSION", help="The server's: 15.4; else the worst.")
def lint(revisions: tuple[str, ...], since: str | None, server_version: str | None) -> int:
    """Look for what goes wrong where others are at work. Ends with 1 if there is something.

    No database is asked. The scripts' Python is run, and nothing is executed. What is meant is allowed
    by a comment at the line: # migrate: allow CODE because REASON
    """
    from ..commands import lint as work

    version = None
    if server_version is not None:
        if not re.fullmatch(r"\d+(\.\d+){0,3}", server_version):
            raise click.UsageError(f"{server_version!r} is no version; write 15 or 15.4")
        version = tuple(map(int, server_version.split(".")))
    found = work(project(), revisions, since=since, server_version=version)
    form = option("format")
    if form == "github":
        for line in _github(found):
            plainly(line)
    elif form == "sarif":
        plainly(json.dumps(sarif(found), indent=2))
    else:
        answer(found, _lines(found))
    return 0 if found.clean else 1


def _lines(found: Linted) -> Iterator[str]:
    for one in found.findings:
        if one.allowed is not None and not option("verbose"):
            continue
        yield from finding_lines(one)
    for lost in found.unseen:
        yield f"{lost.file}  {paint('not seen to its end', 'yellow')}: {lost.reason}"
    open_ones = [one for one in found.findings if one.allowed is None]
    allowed = len(found.findings) - len(open_ones)
    version = f" {found.server_version}" if found.server_version else ""
    more = f", {allowed} allowed" if allowed else ""
    if found.unseen or open_ones or (allowed and option("verbose")):
        yield ""
    yield (
        f"{_counted(len(open_ones), 'finding')}{more} in {_counted(found.revisions, 'revision')}, "
        f"for {found.dialect}{version}."
    )


def finding_lines(one: Finding) -> Iterator[str]:
    """Write what was found: where, what would happen, and the safe form."""
    about = f"  {one.change}" if one.change else ""
    code = paint(one.code, "dim" if one.allowed is not None else "red")
    yield f"{_place(one)}  {code}{about}"
    if one.allowed is not None:
        yield dim(f"    allowed: {one.allowed}")
        return
    yield f"    {one.problem}"
    yield from (dim(f"      {line}") for line in one.safe.splitlines())


def _place(one: Finding) -> str:
    return f"{one.file}:{one.line}" if one.line else one.file


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _github(found: Linted) -> Iterator[str]:
    """Write workflow commands: GitHub Docs, "Workflow commands for GitHub Actions"."""
    for one in found.findings:
        if one.allowed is None:
            place = f"file={_property(one.file)}" + (f",line={one.line}" if one.line else "")
            text = f"{one.change + ': ' if one.change else ''}{one.problem}\nsafe:\n{one.safe}"
            yield f"::warning {place},title={_property(one.code)}::{_data(text)}"
    for lost in found.unseen:
        yield f"::notice file={_property(lost.file)},title=not seen to its end::{_data(lost.reason)}"


def _data(text: str) -> str:
    shown = visible(text)
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def sarif(found: Linted) -> dict[str, Any]:
    """Write what was found as SARIF 2.1.0 (OASIS standard, 2020)."""
    from ..lint.looking import titles

    rules = titles()
    places = {code: number for number, code in enumerate(rules)}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "migrate lint",
                        "version": __version__,
                        "rules": [
                            {
                                "id": code,
                                "shortDescription": {"text": title},
                            }
                            for code, title in rules.items()
                        ],
                    }
                },
                "results": [_result(one, places) for one in found.findings],
            }
        ],
    }


def _result(one: Finding, places: dict[str, int]) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(one.file.replace("\\", "/"))}}
    if one.line:
        location["region"] = {"startLine": one.line}
    said = f"{one.change}: {one.problem}" if one.change else one.problem
    result: dict[str, Any] = {
        "ruleId": one.code,
        "ruleIndex": places[one.code],
        "level": "warning",
        "message": {"text": f"{said}\n\nSafe:\n{one.safe}"},
        "locations": [{"physicalLocation": location}],
    }
    if one.allowed is not None:
        result["suppressions"] = [{"kind": "inSource", "justification": one.allowed}]
    return result
