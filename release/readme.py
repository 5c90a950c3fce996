"""Run what a README shows, block by block: `python release/readme.py packages/revgraph/README.md`."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def main(readme: Path) -> int:
    blocks = BLOCK.findall(readme.read_text(encoding="utf-8"))
    assert blocks, f"{readme} shows no Python"
    for block in blocks:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, ".git").mkdir()  # no project above it is meant; nox's folders lie in one
            done = subprocess.run([sys.executable, "-W", "error", "-c", block], cwd=folder)
        if done.returncode:
            return done.returncode
    print(f"{readme.parent.name}: {len(blocks)} examples of the README run")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
