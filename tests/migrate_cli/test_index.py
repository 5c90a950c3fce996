"""The index of revision files: whatever becomes of it or of the files, the answers are right."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from migrate_cli.errors import DuplicateRevision
from migrate_cli.scripts import Script, Scripts, index
from migrate_cli.scripts import folder as scripts

HEADER = '''"""{message}"""

revision = {id!r}
down_revision = {parent!r}
branch_labels = {labels!r}
depends_on = None
'''


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep an index of few files, also of those that were written a moment ago."""
    monkeypatch.setattr(scripts, "WORTHWHILE", 1)
    monkeypatch.setattr(index, "SETTLED", -(10**12))
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr("sys.pycache_prefix", None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    write(versions / "1_a.py", "a", None)
    write(versions / "2_b.py", "b", "a", message="second\n\nand its details")
    write(versions / "3_c.py", "c", ("a", "b"), labels=("x", "y"))
    return versions.parent


def write(file: Path, id: str, parent: object, labels: object = None, message: str = "m") -> None:
    text = HEADER.format(message=message, id=id, parent=parent, labels=labels)
    file.write_text(text, encoding="utf-8", errors="surrogateescape")


def read(folder: Path) -> list[Script]:
    return list(Scripts(folder).by_id.values())


def heads(folder: Path) -> list[tuple[str, str, bool]]:
    return [(script.id, script.message, needed) for script, needed, _ in Scripts(folder).heads]


def heads_afresh(folder: Path) -> list[tuple[str, str, bool]]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(scripts, "WORTHWHILE", 10**9)
        return heads(folder)


def afresh(folder: Path) -> list[Script]:
    return [Script.read(path) for path in Scripts(folder).files()]


def place(folder: Path) -> Path:
    return folder / "versions" / "__pycache__" / "migrate-revisions.json"


def count_reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    read_before: list[Path] = []
    real = scripts.read_header

    def counted(file: str, load: Callable[[], object]) -> object:
        read_before.append(Path(file))
        return real(file, load)  # type: ignore[arg-type]

    monkeypatch.setattr(scripts, "read_header", counted)
    return read_before


def test_what_is_known_is_not_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read(folder)
    reads = count_reads(monkeypatch)

    assert read(folder) == first == afresh(folder)
    assert len(reads) == 3  # those of `afresh`


def test_only_what_changed_is_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(folder)
    write(folder / "versions" / "4_d.py", "d", "c")
    write(folder / "versions" / "2_b.py", "b", "a", message="another message")
    reads = count_reads(monkeypatch)

    found = read(folder)

    assert [file.name for file in reads] == ["2_b.py", "4_d.py"]
    assert found == afresh(folder)


def test_heads_are_known_without_a_file_being_read_or_a_graph_built(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "versions" / "4_d.py", "d", "a", message="größer \N{LINE SEPARATOR}")
    (folder / "versions" / "5_e.py").write_text(
        "revision = 'e'\ndown_revision = 'a'\ndepends_on = 'c'\n", encoding="utf-8"
    )
    expected = heads(folder)
    reads = count_reads(monkeypatch)
    monkeypatch.delattr(scripts, "RevisionGraph")

    assert heads(folder) == expected
    assert [(one, needed) for one, _, needed in expected] == [
        ("c", True),
        ("d", False),
        ("e", False),
    ]
    assert reads == []


CHANGES: dict[str, Callable[[Path], object]] = {
    "new": lambda versions: write(versions / "4_d.py", "d", "c"),
    "gone": lambda versions: (versions / "3_c.py").unlink(),
    "another parent": lambda versions: write(versions / "2_b.py", "b", None, message="other"),
    "another name": lambda versions: (versions / "3_c.py").rename(versions / "9_c.py"),
    "same size, old time": lambda versions: same_size_and_time(versions / "3_c.py"),
    "not literal": lambda versions: write_computed(versions / "3_c.py"),
}


def same_size_and_time(file: Path) -> None:
    before = file.stat()
    file.write_text(file.read_text(encoding="utf-8").replace("'c'", "'q'"), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def write_computed(file: Path) -> None:
    file.write_text("revision = str(9)\ndown_revision = ('a', 'b')\n", encoding="utf-8")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("first", [heads, read])
def test_heads_are_those_of_the_files_whatever_was_known(
    folder: Path, change: Callable[[Path], object], first: Callable[[Path], object]
) -> None:
    first(folder)
    change(folder / "versions")
    expected = heads_afresh(folder)

    assert heads(folder) == heads(folder) == expected
    assert read(folder) == afresh(folder)


@pytest.mark.parametrize("days", [-400, -1, 1, 400])
def test_a_clock_that_jumps_makes_it_slower_and_no_answer_wrong(
    folder: Path, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    monkeypatch.setattr(index, "SETTLED", 2_000_000_000)
    now = time.time_ns()
    for jump in (days, 0, days):
        there = now + jump * 86_400 * 10**9
        monkeypatch.setattr(time, "time_ns", lambda there=there: there)
        assert heads(folder) == heads_afresh(folder)
        file = folder / "versions" / "3_c.py"
        write(file, "c", ("a", "b"), message=f"after {jump} days {file.stat().st_size}")
        os.utime(file, ns=(there - 10**10, there - 10**10))

        assert heads(folder) == heads_afresh(folder)


def test_no_lock_is_needed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")

    def refuse(*_: object) -> None:
        raise OSError(37, "No locks available")

    for name in ("flock", "lockf", "fcntl"):
        monkeypatch.setattr(fcntl, name, refuse)
    read(folder)
    reads = count_reads(monkeypatch)

    assert heads(folder) == heads(folder)
    assert reads == []


@pytest.mark.slow
def test_many_thousand_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = int(os.environ.get("MIGRATE_TEST_REVISION_FILES", "1000"))
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    for number in range(count):
        write(versions / f"{number:06}.py", f"r{number}", f"r{number - 1}" if number else None)
    expected = [(f"r{count - 1}", "m", False)]

    assert heads(versions.parent) == expected
    reads = count_reads(monkeypatch)
    assert heads(versions.parent) == expected
    assert reads == []
    write(versions / "000000.py", "r0", None, message="another")
    assert heads(versions.parent) == expected
    assert len(reads) == 1


def test_few_files_have_no_index(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripts, "WORTHWHILE", 4)

    read(folder)

    assert not place(folder).parent.exists()


def test_a_file_that_has_just_changed_is_not_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "SETTLED", 2_000_000_000)
    read(folder)
    reads = count_reads(monkeypatch)

    read(folder)

    assert len(reads) == 3


def test_a_file_with_its_old_time_and_size_is_read_again(folder: Path) -> None:
    file = folder / "versions" / "2_b.py"
    before = file.stat()
    read(folder)

    file.write_text(file.read_text(encoding="utf-8").replace("'b'", "'q'"), encoding="utf-8")
    (folder / "versions" / "3_c.py").unlink()
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert file.stat().st_size == before.st_size
    assert [script.id for script in read(folder)] == ["a", "q"]


def test_a_file_from_the_future_is_read_each_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "SETTLED", 0)
    os.utime(folder / "versions" / "2_b.py", (4e9, 4e9))
    read(folder)
    reads = count_reads(monkeypatch)

    read(folder)

    assert "2_b.py" in [file.name for file in reads]


def test_a_header_that_is_not_literal_is_found_anew_each_time(folder: Path) -> None:
    computed = folder / "versions" / "4_d.py"
    computed.write_text(
        "import os\nrevision = os.environ.get('REV', 'd')\ndown_revision = 'c'\n", encoding="utf-8"
    )
    assert read(folder)[-1].id == "d"

    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("REV", "e")

        assert read(folder)[-1].id == "e"


def test_two_files_of_one_id_are_still_told(folder: Path) -> None:
    read(folder)
    write(folder / "versions" / "4_d.py", "a", None)

    for _ in range(2):
        with pytest.raises(DuplicateRevision):
            read(folder)


@pytest.mark.parametrize("message", ["Größe, 大小", "100 % \\ \"'", "\udce9", "\N{LINE SEPARATOR}"])
def test_a_message_comes_back_as_it_is(folder: Path, message: str) -> None:
    file = folder / "versions" / "4_d.py"
    file.write_text(
        f"'''{ascii(message)[1:-1]}'''\nrevision='d'\ndown_revision='c'\n", encoding="utf-8"
    )
    expected = afresh(folder)

    assert read(folder) == expected
    assert read(folder) == expected


WRONG: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "half": lambda content: content[: len(content) // 2],
    "another tool's": lambda content: b'{"a": 1}',
    "another version's": lambda content: content.replace(b"migrate-cli ", b"migrate-cli 9", 1),
    "two at once": lambda content: content + content,
    "no text": lambda content: bytes(range(256)),
    "one letter changed": lambda content: content.replace(b'"b"', b'"z"'),
}


@pytest.mark.parametrize("spoil", WRONG.values(), ids=WRONG)
def test_a_damaged_index_is_as_good_as_none(
    folder: Path, spoil: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    read(folder)
    content = place(folder).read_bytes()
    place(folder).write_bytes(spoil(content))

    assert read(folder) == afresh(folder)
    assert place(folder).read_bytes() == content, "it was written anew"
    place(folder).write_bytes(spoil(content))
    assert heads(folder) == heads_afresh(folder)


@settings(max_examples=50, deadline=None)
@given(place_in=st.integers(0, 9_999), byte=st.integers(0, 255))
def test_no_byte_of_an_index_changes_an_answer(
    tmp_path_factory: pytest.TempPathFactory, place_in: int, byte: int
) -> None:
    folder = tmp_path_factory.mktemp("some") / "migrations"
    (folder / "versions").mkdir(parents=True)
    write(folder / "versions" / "1_a.py", "a", None)
    write(folder / "versions" / "2_b.py", "b", "a")
    expected, known = read(folder), heads(folder)
    content = bytearray(place(folder).read_bytes())
    content[place_in % len(content)] = byte
    place(folder).write_bytes(content)

    assert heads(folder) == known
    place(folder).write_bytes(content)
    assert read(folder) == expected


def test_an_index_that_is_deleted_comes_back(folder: Path) -> None:
    read(folder)
    place(folder).unlink()

    assert read(folder) == afresh(folder)
    assert place(folder).exists()


def in_the_way(folder: Path) -> None:
    (folder / "versions" / "__pycache__").write_text("a file, not a folder", encoding="utf-8")


def a_folder_instead(folder: Path) -> None:
    place(folder).mkdir(parents=True)


@pytest.mark.parametrize("block", [in_the_way, a_folder_instead])
def test_where_nothing_can_be_written_it_stands_in_the_users_cache_folder(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    block: Callable[[Path], None],
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    block(folder)
    expected = read(folder)
    reads = count_reads(monkeypatch)

    assert read(folder) == expected
    assert reads == []
    (found,) = (tmp_path / "cache" / "migrate-cli").iterdir()
    assert found.name.startswith("migrations-")


def test_where_nothing_can_be_written_at_all_the_files_are_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_text("a file, not a folder", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    in_the_way(folder)

    assert read(folder) == read(folder) == afresh(folder)


def test_who_wants_no_compiled_files_beside_the_sources_gets_no_index_there(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("sys.dont_write_bytecode", True)

    assert read(folder) == afresh(folder)
    assert not place(folder).parent.exists()


def test_a_full_disk_leaves_no_half_index(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))

    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)

    assert read(folder) == afresh(folder)
    assert list(place(folder).parent.iterdir()) == []


def test_several_writers_at_once_leave_a_whole_index(folder: Path) -> None:
    expected, known = afresh(folder), heads_afresh(folder)
    wrong: list[object] = []

    def work() -> None:
        for _ in range(20):
            place(folder).unlink(missing_ok=True)
            if read(folder) != expected or heads(folder) != known:
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    read(folder)
    assert [file.name for file in place(folder).parent.iterdir()] == [place(folder).name]


def test_a_file_is_compiled_once_to_see_whether_it_is_python(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken one is told each time, a mended one no more; heads stay known."""
    broken = folder / "versions" / "2_b.py"
    sound = broken.read_text()
    broken.write_text(f"{sound}\ndef upgrade(:\n")
    compiled: list[str] = []
    code = scripts._code
    monkeypatch.setattr(scripts, "_code", lambda path: compiled.append(path.name) or code(path))

    def look() -> list[int | None]:
        compiled.clear()
        found = Scripts(folder)
        assert len(found.graph) == 3
        return [one.line for one in found.broken]

    assert (look(), compiled) == ([10], ["1_a.py", "2_b.py", "3_c.py"])
    assert (look(), compiled) == ([10], ["2_b.py"])
    assert heads(folder) == [("c", "m", False)]
    broken.write_text(sound)
    assert (look(), compiled) == ([], ["2_b.py"])
    assert (look(), compiled) == ([], [])
