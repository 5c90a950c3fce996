"""The revision files in a folder: which ones count, what they make, and what is wrong with them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from migrate_cli.errors import BadGraph, BadScript, DuplicateRevision, MissingRevision, NoScripts
from migrate_cli.scripts import Script, Scripts, load_module


def script(
    folder: Path,
    id: str,
    *parents: str,
    name: str | None = None,
    labels: tuple[str, ...] = (),
    depends_on: tuple[str, ...] = (),
    body: str = "",
) -> Path:
    """Write a revision file into the `versions/` of a scripts folder."""
    path = folder / "versions" / (name or f"{id}.py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'"""message of {id}"""\n\nrevision = "{id}"\ndown_revision = {parents!r}\n'
        f"branch_labels = {labels!r}\ndepends_on = {depends_on!r}\n\n{body}\n"
    )
    return path


def test_a_script_has_what_its_header_says(tmp_path: Path) -> None:
    path = script(tmp_path, "b", "a", labels=("x",), depends_on=("c",))

    assert Script.read(path) == Script("b", ("a",), ("c",), ("x",), str(path), "message of b")


def test_the_scripts_stand_in_the_order_of_their_files_names(tmp_path: Path) -> None:
    script(tmp_path, "b", name="2026_01_01_b.py")
    script(tmp_path, "a", "b", name="2026_01_02_a.py")

    assert list(Scripts(tmp_path).by_id) == ["b", "a"]


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("one.py", True),
        (".hidden.py", True),
        ("__init__.py", False),
        ("__init__old.py", False),
        (".#one.py", False),
        ("._one.py", False),
        ("one.pyc", False),
        ("one.py~", False),
        ("README", False),
        ("__pycache__/one.py", False),
        ("sub/one.py", False),
    ],
)
def test_only_some_names_are_revision_files(tmp_path: Path, name: str, counts: bool) -> None:
    script(tmp_path, "a", name=name)

    assert ("a" in Scripts(tmp_path).by_id) is counts


def test_a_folder_named_like_a_script_is_none(tmp_path: Path) -> None:
    (tmp_path / "versions" / "x.py").mkdir(parents=True)

    assert not Scripts(tmp_path).by_id


def test_without_a_versions_folder_there_are_no_revisions(tmp_path: Path) -> None:
    assert not Scripts(tmp_path).by_id


def test_a_missing_scripts_folder_is_named_with_the_mend(tmp_path: Path) -> None:
    with pytest.raises(NoScripts) as caught:
        Scripts(tmp_path / "gone").files()

    assert f"the scripts folder {tmp_path / 'gone'} does not exist" in str(caught.value)
    assert f"mkdir -p {tmp_path / 'gone' / 'versions'}" in str(caught.value)


def test_a_file_below_the_current_folder_is_named_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path / "migrations", "a", body="x = (")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(BadScript, match=r"^migrations/versions/a\.py:8: is not Python"):
        load_module(tmp_path / "migrations" / "versions" / "a.py")


def test_a_link_to_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "x.py").symlink_to(tmp_path / "gone.py")

    with pytest.raises(BadScript, match=r"x\.py: can't be read: No such file"):
        assert Scripts(tmp_path).by_id


def test_versions_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "versions").write_text("")

    with pytest.raises(BadScript, match="versions: can't be read: Not a directory"):
        Scripts(tmp_path).files()


def test_two_files_with_one_id_are_both_named(tmp_path: Path) -> None:
    files = [script(tmp_path, "a", name=name) for name in ("one.py", "two.py")]

    with pytest.raises(DuplicateRevision) as caught:
        assert Scripts(tmp_path).by_id

    assert caught.value.files == tuple(files)
    assert [str(file) in str(caught.value) for file in files] == [True, True]


@pytest.mark.parametrize(
    ("parents", "depends_on", "header", "missing", "candidates"),
    [
        (("abcdef12",), (), "down_revision", "abcdef12", ("abcdef11",)),
        (("abcdef11", "zz"), (), "down_revision", "zz", ()),
        ((), ("shoq",), "depends_on", "shoq", ("shop",)),
    ],
)
def test_a_missing_revision_is_told_by_who_names_it(
    tmp_path: Path,
    parents: tuple[str, ...],
    depends_on: tuple[str, ...],
    header: str,
    missing: str,
    candidates: tuple[str, ...],
) -> None:
    script(tmp_path, "abcdef11", labels=("shop",))
    path = script(tmp_path, "b", *parents, depends_on=depends_on)

    with pytest.raises(MissingRevision) as caught:
        assert Scripts(tmp_path).graph

    assert (caught.value.file, caught.value.header) == (path, header)
    assert (caught.value.missing, caught.value.candidates) == (missing, candidates)
    assert f"{path}: {header} of revision 'b' names '{missing}'" in str(caught.value)


@pytest.mark.parametrize(
    ("revisions", "files", "reason"),
    [
        pytest.param({"a": ("b",), "b": ("a",), "c": ()}, ["a", "b"], "cycle", id="cycle"),
        pytest.param({"a": ("a",)}, ["a"], "is its own parent", id="self-loop"),
        pytest.param({"a-b": (), "c": ()}, ["a-b"], "can't use id 'a-b'", id="illegal-id"),
        pytest.param({"head": ()}, ["head"], "can't use id 'head'", id="word"),
    ],
)
def test_what_is_no_graph_is_told_with_the_files(
    tmp_path: Path, revisions: dict[str, tuple[str, ...]], files: list[str], reason: str
) -> None:
    paths = {one: script(tmp_path, one, *parents) for one, parents in revisions.items()}

    with pytest.raises(BadGraph) as caught:
        assert Scripts(tmp_path).graph

    assert caught.value.files == tuple(paths[one] for one in files)
    assert reason in str(caught.value)
    assert [str(paths[one]) in str(caught.value) for one in files] == [True] * len(files)
    assert caught.value.exit_status == 3


def test_a_label_in_two_files_names_both(tmp_path: Path) -> None:
    paths = [script(tmp_path, one, labels=("shop",)) for one in ("a", "b")]

    with pytest.raises(BadGraph, match="'shop'") as caught:
        assert Scripts(tmp_path).graph

    assert caught.value.files == tuple(paths)


def test_a_script_that_is_not_literal_is_imported_once(tmp_path: Path) -> None:
    path = script(tmp_path, "a", body='revision = "a" + "b"')

    assert Script.read(path).id == "ab"


def test_a_script_is_run_anew_each_time_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = script(tmp_path, "a", body="x = []")
    before = sorted(os.listdir(path.parent))

    first, second = load_module(path), load_module(path)

    assert first.x is not second.x
    assert first.__file__ == str(path)
    assert sorted(os.listdir(path.parent)) == before == ["a.py"]


def test_what_changed_since_is_what_runs(tmp_path: Path) -> None:
    """A compiled file beside it, or the same size and time, would not be noticed."""
    path = script(tmp_path, "a", body="x = 1")
    stat = path.stat()
    assert load_module(path).x == 1
    path.write_text(path.read_text().replace("x = 1", "x = 2"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    assert load_module(path).x == 2


def test_a_script_may_define_dataclasses_and_models(tmp_path: Path) -> None:
    """Both look up their module in `sys.modules` when annotations are texts."""
    body = (
        "from dataclasses import dataclass, KW_ONLY\n"
        "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n"
        "@dataclass\nclass Point:\n    _: KW_ONLY\n    x: int\n"
        "class Base(DeclarativeBase):\n    pass\n"
        'class User(Base):\n    __tablename__ = "u"\n'
        "    id: Mapped[int] = mapped_column(primary_key=True)\n"
    )
    path = script(tmp_path, "a")
    path.write_text("from __future__ import annotations\n" + path.read_text() + body)

    module = load_module(path)

    assert module.Point(x=1).x == 1
    assert list(module.Base.metadata.tables) == ["u"]


@pytest.mark.parametrize(
    ("body", "line", "reason"),
    [
        pytest.param("x = (", 8, "is not Python: '(' was never closed", id="syntax"),
        pytest.param("x = 1\n1 / 0", 9, "ZeroDivisionError: division by zero", id="raises"),
        pytest.param("import mf_no_such_module", 8, "No module named 'mf_no_such_module'", id="import"),
        pytest.param("def f():\n    raise ValueError('v')\nf()", 9, "ValueError: v", id="inner"),
        pytest.param("import json\njson.loads('{')", 9, "JSONDecodeError", id="in-a-library"),
        pytest.param("raise SystemExit(3)", 8, "SystemExit: 3", id="exit"),
        pytest.param("return", 8, "'return' outside function", id="compile"),
        pytest.param("x = '\0'", None, "is not Python", id="null-byte"),
    ],
)  # fmt: skip
def test_a_script_that_can_not_be_run_is_told_with_file_and_line(
    tmp_path: Path, body: str, line: int | None, reason: str
) -> None:
    path = script(tmp_path, "a", body=body)
    before = set(sys.modules)

    with pytest.raises(BadScript) as caught:
        load_module(path)

    assert (caught.value.file, caught.value.line) == (path, line)
    assert reason in str(caught.value)
    assert caught.value.__cause__ is not None
    assert {name for name in set(sys.modules) - before if "versions" in name} == set()


def test_the_graph_has_the_scripts_as_payloads(tmp_path: Path) -> None:
    """a <- b <- d; a <- c <- d."""
    script(tmp_path, "a")
    script(tmp_path, "b", "a")
    script(tmp_path, "c", "a", depends_on=("b",))
    script(tmp_path, "d", "b", "c", labels=("shop",))
    scripts = Scripts(tmp_path)

    graph = scripts.graph

    assert list(graph.heads) == ["d"]
    assert graph["d"].payload is scripts.by_id["d"]
    assert graph is scripts.graph
