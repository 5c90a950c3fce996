"""The surface: what Alembic's modules offer by name is here too, with the same parameters."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

MODULES = [
    "autogenerate", "autogenerate.api", "autogenerate.compare", "autogenerate.render",
    "autogenerate.rewriter", "command", "config", "context", "ddl", "ddl.base", "ddl.impl",
    "ddl.mssql", "ddl.mysql", "ddl.oracle", "ddl.postgresql", "ddl.sqlite", "environment",
    "migration", "op", "operations", "operations.base", "operations.batch", "operations.ops",
    "operations.schemaobj", "operations.toimpl", "runtime", "runtime.environment",
    "runtime.migration", "runtime.plugins", "script", "script.base", "script.revision",
    "script.write_hooks", "util", "util.compat", "util.exc", "util.langhelpers", "util.messaging",
    "util.sqla_compat",
]  # fmt: skip
"""Those that scripts, env.py files, plugins and programs import."""
LACKING = {
    # how Alembic makes a table anew, compares, and spells one dialect: ours is below, and isn't called by name
    "operations.batch": {"ApplyBatchImpl", "constraint_name_defined", "constraint_name_string"},
    "ddl.impl": {"ComparisonResult", "Params"},
    "ddl.mysql": {"MySQLAlterDefault", "MySQLChangeColumn", "MySQLModifyColumn"},
    "ddl.postgresql": {
        "BatchOperations", "ComparisonResult", "Operations", "PostgresqlColumnType",
    },
    "autogenerate.api": {"Plugin"},
    "autogenerate.compare": {"Plugin"},
    # what modules of Alembic import of each other
    "command": {"EnvironmentContext", "ScriptDirectory"},
    "environment": {"Operations"},
    "migration": {"EncodedIO"},
    "operations.ops": {"BatchOperations", "Operations"},
    "runtime.environment": {"Operations"},
    "script.base": {"not_none"},
    "script.revision": {"not_none"},
    "util.sqla_compat": {"warn"},
    "operations.base": {"formatannotation_fwdref"},
    "util.compat": {
        "formatannotation_fwdref", "importlib_metadata_get", "path_relative_to", "path_walk",
    },
}  # fmt: skip
"""Names that aren't offered, and why."""

STEPS = {
    "delete_version_num", "insert_version_num", "merge_branch_idents", "should_create_branch",
    "should_delete_branch", "should_merge_branches", "should_unmerge_branches",
    "unmerge_branch_idents", "update_version_num",
}  # fmt: skip
METHODS = {
    "DefaultImpl": {"compare_check_constraint", "compare_indexes", "compare_unique_constraint"},
    "RevisionStep": STEPS,
    "StampStep": STEPS,
    "Plugin": {"populate_autogenerate_priority_dispatch"},
}  # fmt: skip
"""Methods that aren't: the comparison's, and what a step tells Alembic's own bookkeeping."""

NAMED_OTHERWISE = {"ImplMeta", "correct_for_autogen_constraints", "render_type"}
"""What Alembic itself names otherwise from one dialect to the next, and a metaclass."""

DUMP = """
import importlib, inspect, json, sys, warnings
warnings.simplefilter("ignore")
if sys.argv[1] == "migrate":
    from migrate_cli import compat
    compat.install()

def parameters(one):
    try:
        found = inspect.signature(one).parameters.values()
    except (TypeError, ValueError):
        return None
    return [(p.name, p.kind.name) for p in found if p.name not in ("self", "cls")]

found = {}
for name in sys.argv[2:]:
    module = importlib.import_module(f"alembic.{name}")
    names = found[name] = {}
    for key in dir(module):
        one = getattr(module, key, None)  # some of context's are there while it is active
        home = getattr(one, "__module__", None) or ""
        if key.startswith("_") or inspect.ismodule(one):
            continue
        if module.__name__.endswith("environment") and key.endswith(("Fn", "Type", "Default", "Names")):
            names[key] = {"": None}  # the types of what env.py hands over
        if not callable(one):
            continue
        if sys.argv[1] == "alembic" and not home.startswith("alembic"):
            continue
        names[key] = {"": None if names.get(key) else parameters(one)}
        if inspect.isclass(one):
            methods = {k for k in dir(one) if not k.startswith("_") and callable(getattr(one, k))}
            names[key].update({k: parameters(getattr(one, k)) for k in sorted(methods)})
print(json.dumps(found))
"""

Surface = dict[str, dict[str, dict[str, list[list[str]] | None]]]


def surface(tool: str) -> Surface:
    done = subprocess.run(
        [sys.executable, "-c", DUMP, tool, *MODULES], capture_output=True, text=True, check=True
    )
    found: Surface = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_what_alembic_offers_is_here_with_the_same_parameters() -> None:
    theirs, ours = surface("alembic"), surface("migrate")

    wrong: list[Any] = []
    for module, names in theirs.items():
        lacking = set(names) - set(ours[module]) - LACKING.get(module, set())
        wrong += [f"{module}.{name}" for name in sorted(lacking) if not of_a_dialect(module, name)]
        for name in set(names) & set(ours[module]):
            wrong += [
                f"{module}.{name}{w}" for w in differing(name, names[name], ours[module][name])
            ]
    assert sorted(wrong) == []


def of_a_dialect(module: str, name: str) -> bool:
    """Whether it is a compilation rule, which nobody calls."""
    rules = ("visit_", "mssql_", "add_column", "alter_column")
    return module.startswith("ddl.") and module != "ddl.base" and name.startswith(rules)


def differing(name: str, theirs: dict[str, Any], ours: dict[str, Any]) -> list[str]:
    """What can't be called here as it can be there."""
    found = []
    for method, parameters in theirs.items():
        if method not in ours:
            if method not in METHODS.get(name, METHODS["DefaultImpl"] if "Impl" in name else ()):
                found.append(f".{method} isn't there")
        elif NAMED_OTHERWISE & {name, method}:
            continue
        elif parameters is not None and ours[method] is not None:
            where = f".{method}" if method else ""
            found += [f"{where}: {what}" for what in refused(parameters, ours[method])]
    return found


def refused(theirs: list[list[str]], ours: list[list[str]]) -> list[str]:
    """What a call that Alembic takes is refused for: a keyword, or the order."""
    kinds = {kind for _, kind in ours}
    names = [name for name, kind in ours if not kind.startswith("VAR_")]
    keywords = [n for n, kind in theirs if not kind.startswith("VAR_")]
    lost = [] if "VAR_KEYWORD" in kinds else [f"no {n}" for n in keywords if n not in names]
    first = [n for n, kind in theirs if kind.startswith("POSITIONAL")]
    here = [n for n, kind in ours if kind.startswith("POSITIONAL")]
    if "VAR_POSITIONAL" not in kinds and len(here) < len(first):
        lost.append(f"{len(first)} by position, here {len(here)}")
    return lost
