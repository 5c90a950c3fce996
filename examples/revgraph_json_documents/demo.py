"""Version a folder of JSON documents, with no database: up, an old one beside, and back."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from revgraph import draw
from revisions import GRAPH
from store import bring_up, read, take_down, write

OLD = {"first_name": "Ada", "last_name": "Lovelace", "text": "The engine weaves"}


def told(done: dict[str, list[str]]) -> None:
    for name, lines in done.items():
        print(f"{name}: {len(lines)} changes")
        for line in lines:
            print(f"    {line}")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "first.json", OLD, [])

        print("The history of a note, newest first:")
        print(draw(GRAPH, describe=lambda r: r.payload.tells if r.payload else "", ascii=True))

        print("\nUp to the tags, without the words:")
        told(bring_up(folder, "tags"))

        print("\nAn old note arrives; everything to the end:")
        write(folder / "second.json", {**OLD, "text": "Notes"}, [])
        told(bring_up(folder))
        document, heads = read(folder / "second.json")
        print(f"second.json is now {json.dumps(document)} at {', '.join(heads)}")

        print("\nAnd all the way back:")
        told(take_down(folder, "base"))
        assert read(folder / "first.json") == (OLD, [])


if __name__ == "__main__":
    main()
