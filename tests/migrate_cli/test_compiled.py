"""What revision files compile to is kept, as Python keeps it: it saves time, and never decides anything."""

from __future__ import annotations

import importlib.util
import marshal
import os
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest
from migrate_cli.errors import BadScript
from migrate_cli.scripts import Scripts

TEXT = 'revision = "a"\ndown_revision = None\nsaid = {said!r}\n'
TIMES = (10**18, 10**18)


@pytest.fixture(autouse=True)
def python_keeps_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr("sys.pycache_prefix", None)


def write(folder: Path, said: str) -> Path:
    """Write the one revision file, always with the same times."""
    file = folder / "versions" / "a.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(TEXT.format(said=said), encoding="utf-8")
    os.utime(file, ns=TIMES)
    return file


def load(folder: Path, **settings: bool) -> str:
    return str(Scripts(folder, **settings).by_id["a"].load().said)


def place(folder: Path) -> Path:
    name = f"a.{sys.implementation.cache_tag}.pyc"
    return folder / "versions" / "__pycache__" / name


def test_a_script_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "one")
    load(tmp_path)

    monkeypatch.setattr("migrate_cli.scripts.compiled.compile", None, raising=False)

    assert load(tmp_path) == "one"


def test_python_takes_what_is_kept_for_its_own_and_checks_it(tmp_path: Path) -> None:
    file = write(tmp_path, "one")
    load(tmp_path)
    kept = place(tmp_path).read_bytes()

    same = SourceFileLoader("a", str(file)).get_code("a")
    left = place(tmp_path).read_bytes()  # it would have written one of its own otherwise
    write(tmp_path, "two")
    edited = SourceFileLoader("a", str(file)).get_code("a")

    assert same is not None
    assert "one" in same.co_consts
    assert left == kept
    assert edited is not None
    assert "two" in edited.co_consts


def test_an_edited_script_is_seen_where_size_and_times_are_the_same(tmp_path: Path) -> None:
    write(tmp_path, "one")
    first = load(tmp_path)
    write(tmp_path, "two")

    assert (first, load(tmp_path)) == ("one", "two")


def by_times(file: Path) -> bytes:
    """What Python leaves of another text with these times and this size."""
    code = compile(TEXT.format(said="old"), str(file), "exec")
    stamp = (TIMES[0] // 10**9).to_bytes(8, "little")[:4] + file.stat().st_size.to_bytes(
        4, "little"
    )
    return importlib.util.MAGIC_NUMBER + bytes(4) + stamp + marshal.dumps(code)


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param(lambda kept, file: b"", id="empty"),
        pytest.param(lambda kept, file: kept[:10], id="half-a-heading"),
        pytest.param(lambda kept, file: kept[:-30], id="cut-off"),
        pytest.param(lambda kept, file: kept + b"more", id="longer"),
        pytest.param(lambda kept, file: kept.replace(b"one", b"won"), id="another-code"),
        pytest.param(lambda kept, file: b"\0\0" + kept[2:], id="of-another-python"),
        pytest.param(lambda kept, file: kept[:8] + bytes(8) + kept[16:], id="of-another-source"),
        pytest.param(lambda kept, file: by_times(file), id="by-times"),
        pytest.param(lambda kept, file: os.urandom(len(kept)), id="noise"),
    ],
)
def test_what_is_spoilt_is_made_anew(tmp_path: Path, spoilt: object) -> None:
    file = write(tmp_path, "one")
    load(tmp_path)
    kept = place(tmp_path).read_bytes()
    place(tmp_path).write_bytes(spoilt(kept, file))  # type: ignore[operator]

    assert load(tmp_path) == "one"
    assert place(tmp_path).read_bytes() == kept


@pytest.mark.parametrize("way", ["folder-is-a-file", "file-is-a-folder"])
def test_where_nothing_can_be_kept_nothing_is(tmp_path: Path, way: str) -> None:
    write(tmp_path, "one")
    if way == "folder-is-a-file":
        place(tmp_path).parent.write_text("a file", encoding="utf-8")
    else:
        place(tmp_path).mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))

    assert load(tmp_path) == "one"
    assert sorted(tmp_path.rglob("*")) == before


def test_nothing_is_kept_where_python_may_write_no_bytecode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    write(tmp_path, "one")

    assert load(tmp_path) == "one"
    assert not place(tmp_path).parent.exists()


def test_it_is_kept_where_python_is_told_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.pycache_prefix", str(tmp_path / "elsewhere"))
    write(tmp_path / "project", "one")

    assert load(tmp_path / "project") == "one"
    assert not place(tmp_path / "project").parent.exists()
    assert [file.name for file in (tmp_path / "elsewhere").rglob("*.pyc")] == [place(tmp_path).name]


def test_a_python_that_keeps_no_bytecode_runs_scripts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "one")
    with monkeypatch.context() as patched:
        patched.setattr("sys.implementation.cache_tag", None)
        said = load(tmp_path)

    assert said == "one"


def test_where_compiled_files_count_as_revisions_none_is_left_behind(tmp_path: Path) -> None:
    file = write(tmp_path, "one")
    said = load(tmp_path, sourceless=True)
    file.unlink()

    assert said == "one"
    assert not Scripts(tmp_path, sourceless=True).by_id


def test_what_is_read_for_its_header_leaves_no_compiled_file(tmp_path: Path) -> None:
    file = write(tmp_path, "one")
    file.write_text('revision = "a".lower()\ndown_revision = None\n', encoding="utf-8")

    assert list(Scripts(tmp_path).by_id) == ["a"]
    assert not place(tmp_path).parent.exists()


def test_an_error_names_the_file_where_it_is_now(tmp_path: Path) -> None:
    file = write(tmp_path / "here", "one")
    text = file.read_text(encoding="utf-8") + "\nif 'there' in __file__:\n    1 / 0\n"
    file.write_text(text, encoding="utf-8")
    load(tmp_path / "here")
    (tmp_path / "here").rename(tmp_path / "there")

    with pytest.raises(BadScript) as caught:
        load(tmp_path / "there")

    assert (caught.value.file, caught.value.line) == (tmp_path / "there" / "versions" / "a.py", 6)


@pytest.mark.skipif(os.name == "nt", reason="a file has no mode there")
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o440])
def test_who_may_not_read_the_source_may_not_read_what_is_kept(tmp_path: Path, mode: int) -> None:
    write(tmp_path, "one").chmod(mode)
    before = os.umask(0o022)
    try:
        load(tmp_path)
    finally:
        os.umask(before)

    assert place(tmp_path).stat().st_mode & 0o777 == mode | 0o200
