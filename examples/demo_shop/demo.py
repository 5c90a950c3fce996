"""The main job, from models to a migrated database, in a folder that is gone afterwards.

Every line that begins with `$` is run as it stands there, with the `migrate` that is installed
beside this Python; what you see below it is what it says.
"""

import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

SHOP = Path(__file__).parent / "shop"
TABLES = {"customer", "product", "order", "order_item"}
OLD = "    name: Mapped[str] = mapped_column(String(100))\n"
NEW = OLD + "    phone: Mapped[str | None] = mapped_column(String(30))\n"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="demo_shop_") as folder:
        root = Path(folder)
        shutil.copytree(SHOP, root / "shop", ignore=shutil.ignore_patterns("__pycache__"))
        (root / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1.0"\n')

        say("An application with four tables, and no migrations yet.")
        migrate(root, "init --url sqlite:///shop.db")

        say("The database is empty: all four tables are missing there, and become a revision.")
        migrate(root, 'revision --autogenerate -m "create the shop"')
        show(next((root / "migrations" / "versions").glob("*.py")))
        migrate(root, "upgrade")
        migrate(root, "status")
        assert tables(root) >= TABLES, f"the database has only {tables(root)}"

        say("Customers get a telephone number: one more line in the models.")
        models = root / "shop" / "models.py"
        text = models.read_text(encoding="utf-8")
        assert OLD in text, "the models don't look as this demo expects"
        models.write_text(text.replace(OLD, NEW), encoding="utf-8")
        migrate(root, "check", status=1)
        migrate(root, 'revision --autogenerate -m "telephone numbers"')
        migrate(root, "upgrade")
        migrate(root, "check")

        say("And back again, to an empty database.")
        migrate(root, "downgrade base")
        migrate(root, "status", status=None)
        assert not tables(root) & TABLES, f"the database still has {tables(root)}"


def migrate(root: Path, arguments: str, *, status: int | None = 0) -> None:
    """Run the installed command in a folder, and show it with what it says.

    Args:
        root: The folder.
        arguments: As a person types them.
        status: The exit status to expect; None for any.
    """
    print(f"$ migrate {arguments}", flush=True)
    program = shutil.which("migrate", path=sysconfig.get_path("scripts"))
    assert program is not None, f"no migrate beside {sys.executable}: pip install migrate-cli"
    done = subprocess.run(
        [program, *shlex.split(arguments)], cwd=root, env=environment(), stderr=subprocess.STDOUT
    )
    print(flush=True)
    if status is not None and done.returncode != status:
        sys.exit(f"`migrate {arguments}` ended with {done.returncode} instead of {status}")


def environment() -> dict[str, str]:
    """Leave out what the person who runs this has set for databases of their own."""
    return {
        k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "MIGRATE_DATABASE_URL")
    }


def say(text: str) -> None:
    print(f"# {text}\n", flush=True)


def show(file: Path) -> None:
    print(f"$ cat {file.parent.parent.name}/{file.parent.name}/{file.name}")
    print(file.read_text(encoding="utf-8"), flush=True)


def tables(root: Path) -> set[str]:
    connection = sqlite3.connect(root / "shop.db")
    try:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    finally:
        connection.close()


if __name__ == "__main__":
    main()
