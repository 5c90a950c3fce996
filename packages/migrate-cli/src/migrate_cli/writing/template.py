"""A new revision file's text, through a Mako template. The only place that imports Mako.

A template is called with Alembic's variables (`message`, `up_revision`, `down_revision`,
`create_date`, `branch_labels`, `depends_on`, `imports`, `upgrades`, `downgrades`, `config`,
`comma`) and with `literal`, which writes a value as a careful person would.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from mako import exceptions
from mako.template import Template

from ..errors import BadTemplate, in_one_line
from ..visible import visible

OURS = Path(__file__).parents[1] / "templates" / "script.py.mako"


def render(file: Path, variables: Mapping[str, object], message: str) -> str:
    r"""Fill in a template.

    Args:
        file: The template.
        variables: What it may use, besides `message`, `comma` and `literal`.
        message: What the revision is about: any text. It is data: wherever the template puts it,
            it must not change what the file does.

    Returns:
        The text, which is Python, its lines ended by "\n".

    Raises:
        BadTemplate: It can't be read or filled in, what comes out isn't Python, or the message
            would become code in it.
    """
    template = _template(file)
    harmless = _shape(_filled(template, file, variables, "x"), file)
    text = _filled(template, file, variables, message)
    try:
        same = _shape(text, file) == harmless
    except BadTemplate:
        same = False
    if not same:
        reason = 'the message would become code; put it into the docstring: """${message}'
        raise BadTemplate(file, None, reason)
    return text


def in_docstring(text: str) -> str:
    r"""A text as it is written between triple quotes, so that just this text is read there.

    What can't be seen is written as an escape: control characters, and those that turn the order
    of the letters around.

    >>> print(in_docstring('say "hi" to C:' + chr(92) + 'new'))
    say "hi" to C:\\new
    >>> print(in_docstring('x' + '"' * 3))
    x\""\"
    """
    # half a character, as an argument that isn't UTF-8 has: Python 3.13 compiles no docstring of it
    text = text.encode(errors="backslashreplace").decode()
    written = visible(text.replace("\\", r"\\"))
    written = re.sub(r'"(?="")|"\Z|\A"', r"\"", written)
    return re.sub(r"'(?='')", r"\'", written)


def literal(value: object) -> str:
    """None, a text or a tuple of texts as Python source, in double quotes where that is simple.

    >>> literal(None), literal("ab12"), literal(("a", "b")), literal(("a",))
    ('None', '"ab12"', '("a", "b")', '("a",)')
    """
    if isinstance(value, (tuple, list)):
        inside = ", ".join(map(literal, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    written = repr(value)
    if isinstance(value, str) and '"' not in value and "'" not in value:
        return f'"{written[1:-1]}"'
    return written


def comma(value: str | Iterable[str] | None) -> str:
    """Names as a person lists them; empty for None.

    >>> comma("ab12"), comma(("ab12", "cd34")), comma(None)
    ('ab12', 'ab12, cd34', '')
    """
    if value is None:
        return ""
    return value if isinstance(value, str) else ", ".join(value)


def import_block(lines: Iterable[str]) -> str:
    """Import lines as a block: each once, sorted, the standard library's first.

    >>> print(import_block(["import sqlalchemy as sa", "from enum import Enum",
    ...                     "from migrate_cli import Operations", "import app.types"]))
    from enum import Enum
    <BLANKLINE>
    import app.types
    import sqlalchemy as sa
    from migrate_cli import Operations
    """
    blocks: dict[bool, list[str]] = {True: [], False: []}
    for line in sorted(set(lines), key=lambda line: (line.startswith("from"), line.casefold())):
        blocks[line.split()[1].partition(".")[0] in sys.stdlib_module_names].append(line)
    return "\n\n".join("\n".join(block) for block in blocks.values() if block)


def indented(lines: Sequence[str]) -> str:
    """Lines of Python as the body of a function, all but the first one indented by four spaces.

    What stands inside a text of several lines stays as it is.

    >>> print(indented(["if a:", "    b()", "", "c()"]))
    if a:
            b()
    <BLANKLINE>
        c()
    """
    return "\n".join(deeper(lines)).removeprefix("    ")


def deeper(lines: Sequence[str], by: int = 4) -> list[str]:
    """Lines of Python indented by some spaces; what stands inside a text of several lines stays."""
    source = "\n".join(lines)
    inside = _inside_texts(source)
    return [
        line if number in inside or not line else f"{' ' * by}{line}"
        for number, line in enumerate(source.split("\n"), 1)
    ]


def _inside_texts(source: str) -> set[int]:
    """Numbers of the lines, from 1, that begin inside a text that began on an earlier one."""
    rows: set[int] = set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            rows.update(range(token.start[0] + 1, token.end[0] + 1))
    except (tokenize.TokenError, SyntaxError):
        pass  # it isn't Python, and will be refused when the whole file is compiled
    return rows


def uses(name: str, lines: Sequence[str]) -> bool:
    """Whether a name is used in some lines of Python; True if they can't be understood.

    >>> uses("sa", ['op.execute("select sa.x")']), uses("sa", ["f(sa.text('x'))"])
    (False, True)
    """
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))


def takes(parameter: str, text: str) -> bool:
    r"""Tell whether `upgrade` and `downgrade` of a file take a parameter.

    >>> takes("database", "def upgrade(op, database): ...\ndef downgrade(op, **more): ...")
    False
    """
    functions = [
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and node.name in ("upgrade", "downgrade")
    ]
    return all(
        parameter in [one.arg for one in (*node.args.args, *node.args.kwonlyargs)]
        for node in functions
    )


def _template(file: Path) -> Template:
    try:
        return Template(file.read_bytes(), filename=str(file))
    except OSError as err:
        raise BadTemplate(file, None, f"can't be read: {err.strerror}") from err
    except exceptions.MakoException as err:
        raise BadTemplate(file, getattr(err, "lineno", None), in_one_line(err)) from err
    except SyntaxError as err:  # of the Python in it; the line is that of Mako's own module
        reason = f"{in_one_line(err)}: {(err.text or '').strip()}"
        raise BadTemplate(file, None, reason) from err


def _filled(template: Template, file: Path, variables: Mapping[str, object], message: str) -> str:
    try:
        text = template.render_unicode(
            **variables, message=in_docstring(message), comma=comma, literal=literal
        )
    except Exception as err:  # a template is a stranger's code: anything may come out of it
        raise BadTemplate(file, _line(), in_one_line(err)) from err
    assert isinstance(text, str), "render_unicode gives text"
    return text.replace("\r\n", "\n").rstrip("\n") + "\n"


def _line() -> int | None:
    """The template's line of the exception being handled."""
    traceback = exceptions.RichTraceback()
    return traceback.lineno if isinstance(traceback.lineno, int) else None


def _shape(text: str, file: Path) -> str:
    """What a module does, whatever its texts say.

    Raises:
        BadTemplate: It isn't Python.
    """
    try:
        compile(text, "<revision>", "exec", dont_inherit=True)  # finds more than ast.parse
        tree = ast.parse(text)
    except SyntaxError as err:
        line = (err.text or "").strip()
        reason = f"what it writes is not Python, line {err.lineno}: {err.msg}: {line}"
        raise BadTemplate(file, None, reason) from err
    except (ValueError, RecursionError, MemoryError) as err:
        raise BadTemplate(file, None, f"what it writes is not Python: {err}") from err
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)
