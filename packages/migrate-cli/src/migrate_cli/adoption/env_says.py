"""What an env.py says beyond a URL and a metadata, read from its syntax tree: nothing, or a reason to keep it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Said:
    """What an env.py says.

    Attributes:
        more: What it says that settings can't, by line and text; empty if it can be done without.
        metadata: Its metadata, each as "package.module:object".
        modules: What it imports besides: (module, names from it); names are empty for `import module`.
        url_env: The environment variable that it takes the URL from; None if it takes none.
        options: What it tells `context.configure` that is a setting: name -> value.
        everything: All keywords that it tells `context.configure`, literal or not, wherever it does; "**" for
            those that nobody can read.
    """

    more: list[str] = field(default_factory=list)
    metadata: list[str] = field(default_factory=list)
    modules: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    url_env: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    everything: set[str] = field(default_factory=set)


SETTINGS = {
    "version_table": "version_table",
    "version_table_schema": "version_table_schema",
    "include_schemas": "include_schemas",
    "compare_type": "compare_type",
    "compare_server_default": "compare_server_default",
    "transaction_per_migration": "transaction_per_migration",
}
"""Keywords of `context.configure` that are a setting, if their value is literal."""

WITHOUT = {"connection", "url", "literal_binds", "dialect_opts", "target_metadata"}
"""Keywords that say nothing besides."""

_NAME = r"[A-Za-z_]\w*"
_INI_URL = r"config\.get_main_option\('sqlalchemy\.url'\)"
_SECTION = (
    r"config\.get_section\(config\.config_ini_section(, (default=)?(\{\}|dict\(\)))?\)( or \{\})?"
)
_FROM_CONFIG = (
    rf"(async_)?engine_from_config\({_SECTION}"
    r"(, prefix='sqlalchemy\.')?(, poolclass=(pool\.)?NullPool)?(, future=True)?\)"
)
_ENV = r"os\.(?:environ\[|environ\.get\(|getenv\()'(?P<variable>\w+)'[\])]"
_PLAIN = [
    r"config = context\.config",
    r"logger = logging\.getLogger\(.*\)",
    r"(logging\.config\.)?fileConfig\(config\.config_file_name(, disable_existing_loggers=(True|False))?\)",
    rf"{_NAME} = {_INI_URL}",
    rf"{_NAME} = {_FROM_CONFIG}",
    rf"{_NAME} = AsyncEngine\({_FROM_CONFIG}\)",
    r"context\.run_migrations\(\)",
    r"run_migrations_(offline|online)\(\)",
    rf"asyncio\.run\({_NAME}\(\)\)",
    rf"await {_NAME}\.run_sync\({_NAME}\)",
    rf"await {_NAME}\.dispose\(\)",
    r"pass",
]
_AROUND = [
    r"context\.begin_transaction\(\)",
    rf"{_NAME}\.connect\(\)( as {_NAME})?",
]
_TESTS = [
    r"context\.is_offline_mode\(\)",
    r"config\.config_file_name( is not None)?",
]
_USUAL = {"alembic", "sqlalchemy", "logging", "typing", "os", "asyncio", "__future__"}


def read(content: bytes) -> Said:
    """Read what an env.py says.

    Raises:
        SyntaxError: It isn't Python.
    """
    said = Said()
    tree = ast.parse(content)
    origins = dict(_origins(tree))
    for node in tree.body:
        _statement(node, said, origins)
    for module, names in dict.fromkeys(origins.values()):
        if module.partition(".")[0] not in _USUAL and module.partition(".")[0] not in _standard():
            said.modules.append((module, names))
    said.everything.update(_keywords(tree))
    if not any(_calls_run(node) for node in ast.walk(tree)):
        said.more.append("it never calls context.run_migrations()")
    return said


def _keywords(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".configure"):
            yield from (one.arg or "**" for one in node.keywords)


def _standard() -> frozenset[str]:
    return frozenset(sys.stdlib_module_names)


def _origins(tree: ast.Module) -> Iterator[tuple[str, tuple[str, tuple[str, ...]]]]:
    """Yield what each name that is imported stands for: (module, names in it)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                local = one.asname or one.name
                yield local, (one.name, ())
        elif isinstance(node, ast.ImportFrom):
            for one in node.names:
                module = "." * node.level + (node.module or "")
                yield one.asname or one.name, (module, (one.name,))


def _statement(node: ast.stmt, said: Said, origins: dict[str, tuple[str, tuple[str, ...]]]) -> None:
    """Go through a statement; what isn't known is something that it says besides."""
    text = ast.unparse(node)
    match node:
        case ast.Import() | ast.ImportFrom():
            if isinstance(node, ast.ImportFrom) and (
                node.level or any(one.name == "*" for one in node.names)
            ):
                _more(said, node)
        case ast.Expr(value=ast.Constant()):
            pass
        case ast.FunctionDef(body=body) | ast.AsyncFunctionDef(body=body):
            if node.decorator_list:
                _more(said, node)
            for one in body:
                _statement(one, said, origins)
        case ast.If(test=test, body=body, orelse=orelse):
            if not _is(ast.unparse(test), _TESTS):
                _more(said, node)
            for one in (*body, *orelse):
                _statement(one, said, origins)
        case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
            if not all(_is(ast.unparse(item), _AROUND) for item in items):
                _more(said, node)
            for one in body:
                _statement(one, said, origins)
        case ast.Assign(targets=[ast.Name(id="target_metadata")], value=value):
            _metadata(value, said, origins, node)
        case ast.Expr(value=ast.Call(func=func, args=[], keywords=keywords)) if (
            ast.unparse(func) == "context.configure"
        ):
            _configure(keywords, said, node, origins)
        case ast.Expr(value=ast.Call(func=func, args=args)) if (
            ast.unparse(func) == "context.configure" and args
        ):
            _more(said, node)
        case _:
            variable = _variable(text)
            if variable is not None:
                if said.url_env not in (None, variable):
                    _more(said, node)
                said.url_env = variable
            elif not _is(text, _PLAIN):
                _more(said, node)


def _variable(text: str) -> str | None:
    """Give the variable that a statement takes the URL from; None if it is another one."""
    found = re.fullmatch(
        rf"config\.set_main_option\('sqlalchemy\.url', {_ENV}(\.replace\('%', '%%'\))?\)", text
    )
    return found["variable"] if found else None


def _configure(
    keywords: Sequence[ast.keyword],
    said: Said,
    node: ast.stmt,
    origins: dict[str, tuple[str, tuple[str, ...]]],
) -> None:
    for one in keywords:
        if one.arg is None:
            _more(said, node)
            continue
        if one.arg == "target_metadata":
            if ast.unparse(one.value) != "target_metadata":
                _metadata(one.value, said, origins, node)
        elif one.arg in WITHOUT:
            usual = {
                "literal_binds": "True",
                "dialect_opts": "{'paramstyle': 'named'}",
            }.get(one.arg)
            if usual is not None and ast.unparse(one.value) != usual:
                _more(said, one)
        elif one.arg in SETTINGS and isinstance(one.value, ast.Constant):
            if said.options.setdefault(one.arg, one.value.value) != one.value.value:
                _more(said, one)
        else:
            _more(said, one)


def _metadata(
    value: ast.expr, said: Said, origins: dict[str, tuple[str, tuple[str, ...]]], node: ast.stmt
) -> None:
    """Note the metadata by where it was imported from."""
    if isinstance(value, ast.Constant) and value.value is None:
        return
    for one in value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]:
        path = ast.unparse(one)
        if not re.fullmatch(r"\w+(\.\w+)*", path):
            _more(said, node)
            return
        local = max(
            (o for o in origins if path == o or path.startswith(f"{o}.")), key=len, default=""
        )
        if not local:
            _more(said, node)
            return
        module, names = origins[local]
        rest = ".".join([*names, *filter(None, path[len(local) :].split("."))])
        if not rest or module.startswith("."):
            _more(said, node)
            return
        if (target := f"{module}:{rest}") not in said.metadata:
            said.metadata.append(target)


def _calls_run(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "context.run_migrations"


def _is(text: str, patterns: Sequence[str]) -> bool:
    return any(re.fullmatch(one, text) for one in patterns)


def _more(said: Said, node: ast.stmt | ast.keyword) -> None:
    first = ast.unparse(node).splitlines()[0]
    said.more.append(f"line {node.lineno}: {first if len(first) <= 60 else first[:57] + '...'}")
