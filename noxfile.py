"""What can be done with this repository: `nox -l` lists it, `nox -s tests` runs it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nox

nox.needs_version = ">=2024.10"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["tests", "lint", "types", "docs"]

ROOT = Path(__file__).parent
DIST = ROOT / "dist"
PACKAGES = {
    "ddl-constructs": "ddl_constructs",
    "revgraph": "revgraph",
    "autogen": "ddl_autogen",
    "migrate-cli": "migrate_cli",
}
EDITABLE = [argument for folder in PACKAGES for argument in ("-e", f"packages/{folder}")]
SQLALCHEMY = {"2.0": "SQLAlchemy>=2.0,<2.1", "2.1": "SQLAlchemy>=2.1,<2.2"}
DRIVERS = ["psycopg[binary]", "psycopg2-binary", "PyMySQL", "aiosqlite", "asyncpg"]
TESTING = [
    "pytest>=8",
    "pytest-xdist",
    "hypothesis>=6.100",
    "alembic==1.20.1",  # the peer of the differential tests
    "optuna",  # real models
    "sqlglot",  # parses what no server here can run
]
DOCS = ["sphinx>=8", "furo", "myst-parser"]


def pythons() -> list[str]:
    """Give the versions of Python from 3.11 up that run here, oldest first."""
    found = []
    for minor in range(11, 20):
        version = f"3.{minor}"
        if f"{sys.version_info.major}.{sys.version_info.minor}" == version:
            found.append(version)
        elif interpreter(version):
            found.append(version)
    return found


def interpreter(version: str) -> str | None:
    """Find a Python of this version that really runs: on the path, or one that pyenv keeps."""
    kept = sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob(f"versions/{version}.*"))
    for candidate in [shutil.which(f"python{version}"), *(str(p / "bin/python") for p in kept)]:
        if candidate is None:
            continue
        answer = subprocess.run(
            [candidate, "-c", "import sys, ssl, sqlite3; print(*sys.version_info[:2], sep='.')"],
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.stdout.strip() == version:
            return candidate
    return None


PYTHONS = pythons()


@nox.session(python=False)
def tests(session: nox.Session) -> None:
    """Run all tests on this Python and the newest SQLAlchemy; arguments go to pytest."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    session.notify(f"matrix-{here}(sqlalchemy='2.1')", posargs=session.posargs)


@nox.session(python=PYTHONS)
@nox.parametrize("sqlalchemy", list(SQLALCHEMY))
def matrix(session: nox.Session, sqlalchemy: str) -> None:
    """Run all tests on one Python with one SQLAlchemy; arguments go to pytest."""
    session.install(*EDITABLE, *TESTING, *DRIVERS, SQLALCHEMY[sqlalchemy])
    session.run("pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and layout with ruff."""
    session.install("ruff==0.17.6")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of the four packages, strictly."""
    session.install(*EDITABLE, "mypy==2.4.1", "types-PyMySQL")
    for module in PACKAGES.values():
        session.run("mypy", "-p", module)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; a warning is an error."""
    session.install(*EDITABLE, *DOCS)
    session.run("sphinx-build", "-W", "--keep-going", "-b", "html", "docs", "docs/_build/html")


@nox.session
def build(session: nox.Session) -> None:
    """Build the wheels and source distributions of all four packages into dist/."""
    session.install("build", "hatchling>=1.27", "twine")
    shutil.rmtree(DIST, ignore_errors=True)
    for folder in PACKAGES:
        session.run(
            "python", "-m", "build", "--no-isolation", "--outdir", str(DIST), f"packages/{folder}"
        )
    session.run("twine", "check", "--strict", *map(str, sorted(DIST.iterdir())))


@nox.session
def isolated(session: nox.Session) -> None:
    """Install each wheel alone, its siblings from dist/, and import it; then the demo."""
    for folder, module in PACKAGES.items():
        with tempfile.TemporaryDirectory() as empty:
            python = _empty_environment(session, Path(empty))
            _install(session, python, _wheel(folder))
            session.run(python, "-c", f"import {module}; print('imported', {module}.__version__)", external=True)
            if folder == "revgraph":
                alone = "import importlib.util as u; assert u.find_spec('sqlalchemy') is None"
                session.run(python, "-c", alone, external=True)
            if folder == "migrate-cli":
                session.run(python, "examples/demo_shop/demo.py", external=True)


@nox.session
def demo(session: nox.Session) -> None:
    """The main job: real models, a first migration, an embedded SQLite, and its status."""
    session.install(*EDITABLE)
    session.run("python", "examples/demo_shop/demo.py", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure ours beside the peers; arguments go to each benchmark."""
    session.install(*EDITABLE, "alembic==1.20.1", "networkx", "django", *DRIVERS)
    for script in sorted(Path("bench").glob("*_bench.py")):
        session.run("python", str(script), *session.posargs)


@nox.session
def nightly(session: nox.Session) -> None:
    """Run the tests with all the examples that the property tests can try."""
    session.install(*EDITABLE, *TESTING, *DRIVERS)
    session.run("pytest", *session.posargs, env={"HYPOTHESIS_PROFILE": "many"})


@nox.session(python=False)
def bump(session: nox.Session) -> None:
    """Give all four packages, and their pins on each other, a new version: `nox -s bump -- 0.2.0`."""
    (version,) = session.posargs
    for folder, module in PACKAGES.items():
        face = ROOT / "packages" / folder / "src" / module / "__init__.py"
        _replace(face, r'(__version__ = )"[^"]*"', rf'\g<1>"{version}"')
        settings = ROOT / "packages" / folder / "pyproject.toml"
        _replace(settings, r'("(?:ddl-constructs|ddl-autogen|revgraph)==)[^"]*"', rf'\g<1>{version}"')
    _replace(ROOT / "pyproject.toml", r'(?m)^(version = )"[^"]*"', rf'\g<1>"{version}"')


def _replace(file: Path, pattern: str, new: str) -> None:
    file.write_text(re.sub(pattern, new, file.read_text()))


def _empty_environment(session: nox.Session, folder: Path) -> str:
    session.run(sys.executable, "-m", "venv", str(folder), external=True, silent=True)
    scripts = "Scripts" if os.name == "nt" else "bin"
    return str(folder / scripts / "python")


def _install(session: nox.Session, python: str, wheel: Path) -> None:
    session.run(
        python, "-m", "pip", "install", "--quiet", "--find-links", str(DIST), str(wheel), external=True
    )


def _wheel(folder: str) -> Path:
    name = PACKAGES[folder] if folder != "autogen" else "ddl_autogen"
    found = sorted(DIST.glob(f"{name}-*.whl"))
    if not found:
        raise FileNotFoundError(f"no wheel of {name} in {DIST}; run: nox -s build")
    return found[-1]
