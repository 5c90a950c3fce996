"""What can be done with this repository: `nox -l` lists it, `nox -s tests` runs one of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nox

nox.needs_version = ">=2024.10"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["tests", "lint", "types", "docs"]

ROOT = Path(__file__).parent
DIST = ROOT / "dist"
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
PACKAGES = {
    "ddl-constructs": "packages/ddl-constructs/src/ddl_constructs",
    "revgraph": "packages/revgraph/src/revgraph",
    "ddl-autogen": "packages/autogen/src/ddl_autogen",
    "migrate-cli": "packages/migrate-cli/src/migrate_cli",
}
"""Each distribution, and the folder of the module that it installs."""

FOLDERS = [str(Path(source).parents[1]) for source in PACKAGES.values()]
MODULES = [Path(source).name for source in PACKAGES.values()]
EDITABLE = [argument for folder in FOLDERS for argument in ("-e", folder)]
SQLALCHEMY = {"2.0": "SQLAlchemy>=2.0,<2.1", "2.1": "SQLAlchemy>=2.1,<2.2"}
ONLY_WITH = {"2.0": ["sqlalchemy-cockroachdb"], "2.1": []}
"""A dialect of a third party, which has no release for 2.1 yet."""
DRIVERS = [
    "psycopg[binary]",
    "psycopg2-binary",
    "PyMySQL",
    "aiomysql",
    "aiosqlite",
    "asyncpg",
    "greenlet",
]
RUFF = "ruff==0.17.6"
TESTING = [
    "pytest>=8",
    "pytest-xdist",
    "hypothesis>=6.100",
    "alembic==1.20.1",  # the peer of the differential tests
    "optuna",  # real models
    "PyYAML",  # reads the examples that deploy
    "sqlglot",  # parses what no server here can run
    RUFF,  # formats what is rendered as it should be already
    *DRIVERS,
]
MANY = {
    "HYPOTHESIS_PROFILE": "many",
    "MIGRATE_RACE_ROUNDS": "50",
    "MIGRATE_TEST_KILLS": "1",
    "MIGRATE_TEST_EVERY_REBUILD": "1",
    "MIGRATE_TEST_REVISION_FILES": "100000",
}
PLUGINS = [
    "pytest<9",  # pytest-alembic's own plugin doesn't start under 9
    "alembic-utils==0.8.8",
    "alembic-postgresql-enum==1.11.0",
    "pytest-alembic==0.13.1",
    "Flask-Migrate==4.1.0",
    "SQLAlchemy-Utils==0.43.0",
    "GeoAlchemy2==0.20.0",
    "pgvector==0.5.1",
]
FRAMEWORKS = ["fastapi", "httpx2", "Flask-Migrate==4.1.0", "sqlmodel", "kubernetes-validate"]
"""What `examples` needs besides."""

# Servers get a database a test, not 64 at once; who is done early takes from who has slow ones.
PARALLEL = ["-n", "auto", "--maxprocesses", "4", "--dist", "worksteal"]


def interpreters() -> dict[str, str]:
    """Find each Python from 3.11 up that really runs here; version to path, oldest first."""
    found = {}
    for minor in range(11, 20):
        version = f"3.{minor}"
        running = next((c for c in _candidates(version) if _answers(c, version)), None)
        if running is not None:
            found[version] = running
    return found


def _candidates(version: str) -> Iterator[str]:
    """Where a Python of this version may be: this one, on the path, kept by pyenv or by uv."""
    if version == HERE:
        yield sys.executable
    if on_path := shutil.which(f"python{version}"):
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, sorted(pyenv.glob(f"versions/{version}.*/bin/python"), reverse=True))
    for finder in (
        ["uv", "python", "find", "--no-python-downloads", version],
        ["py", f"-{version}"],
    ):
        if program := shutil.which(finder[0]):
            script = ["-c", "import sys; print(sys.executable)"] if finder[0] == "py" else []
            yield _output([program, *finder[1:], *script])


REAL_MODELS = [
    "optuna==5.0.0",
    "jupyterhub==6.1.1",
    "celery==5.4.0",
    "flask-appbuilder==5.3.0",
    "buildbot==4.3.0",
    "dagster==1.13.27",
    "feast==0.67.0",
    "arize-phoenix==20.16.0",
    "aiida-core==2.9.4",
    "invenio-accounts==9.1.0",
    "aodh==23.0.0",
    "zenml[local]==0.98.0",
    "passlib",  # zenml's
]
"""Packages that ship models, for `realmodels`."""


def _answers(candidate: str, version: str) -> bool:
    """Tell whether a Python runs, is of that version and has what the standard library should."""
    script = "import sys, ssl, sqlite3; print(*sys.version_info[:2], sep='.')"
    return bool(candidate) and _output([candidate, "-c", script]) == version


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def _put_on_path(pythons: dict[str, str]) -> None:
    """Let `pythonX.Y` be what was found: a shim that doesn't run may stand before it."""
    links = ROOT / ".nox" / "pythons"
    for version, path in pythons.items():
        found = shutil.which(f"python{version}")
        if os.name == "nt" or version == HERE or (found and _answers(found, version)):
            continue
        links.mkdir(parents=True, exist_ok=True)
        link = links / f"python{version}"
        link.unlink(missing_ok=True)
        link.symlink_to(path)
    os.environ["PATH"] = f"{links}{os.pathsep}{os.environ.get('PATH', '')}"


INTERPRETERS = interpreters()
_put_on_path(INTERPRETERS)


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests, on this Python and the newest SQLAlchemy; arguments go to pytest."""
    session.install(*EDITABLE, *TESTING)
    session.run("pytest", *PARALLEL, *session.posargs)


@nox.session(python=list(INTERPRETERS))
@nox.parametrize("sqlalchemy", list(SQLALCHEMY))
def matrix(session: nox.Session, sqlalchemy: str) -> None:
    """Run all tests on each Python here with each SQLAlchemy; arguments go to pytest."""
    session.install(*EDITABLE, *TESTING, *ONLY_WITH[sqlalchemy], SQLALCHEMY[sqlalchemy])
    session.run("pytest", *PARALLEL, *session.posargs)


@nox.session
def databases(session: nox.Session) -> None:
    """Run the tests that need PostgreSQL or MariaDB; a server that doesn't answer is a failure."""
    session.install(*EDITABLE, *TESTING)
    chosen = ["-k", "postgresql or mariadb"]
    session.run("pytest", *PARALLEL, *chosen, *session.posargs, env={"CI": "true"})


@nox.session
def drivers(session: nox.Session) -> None:
    """Run what moves a PostgreSQL database by psycopg2 too; arguments go to pytest."""
    session.install(*EDITABLE, *TESTING)
    usual = "postgresql+psycopg://postgres@127.0.0.1:5432/test"
    url = os.environ.get("MIGRATE_TEST_POSTGRESQL", usual).replace("+psycopg:", "+psycopg2:")
    chosen = ["-k", "postgresql", "tests/migrate_cli"]
    env = {"CI": "true", "MIGRATE_TEST_POSTGRESQL": url}
    session.run("pytest", *PARALLEL, *chosen, *session.posargs, env=env)


@nox.session
def nightly(session: nox.Session) -> None:
    """Run all tests with as many examples as the property tests can use; takes an hour."""
    session.install(*EDITABLE, *TESTING)
    session.run(
        "pytest", *PARALLEL, *session.posargs, env={**MANY, "MIGRATE_TEST_EVERY_REBUILD": "true"}
    )


@nox.session
def plugins(session: nox.Session) -> None:
    """Run plugins of Alembic's in the wild on our modules; arguments go to pytest."""
    session.install(*EDITABLE, *TESTING, *PLUGINS)
    early = ["-p", "migrate_cli.compat.early"]  # before anything imports the real Alembic
    session.run(
        *("python", "-m", "pytest", *early, "-W", "ignore", "tests/plugins", *session.posargs),
        env={"MIGRATE_TEST_PLUGINS": "true"},
    )


@nox.session(venv_backend="virtualenv")
def realprojects(session: nox.Session) -> None:
    """Run the revision files of real projects from the index by Alembic and by us; arguments go to pytest."""
    sys.path.insert(0, str(ROOT / "tests" / "realprojects"))
    from projects import PROJECTS

    session.install(*EDITABLE, *TESTING, SQLALCHEMY["2.0"])
    session.install(*sorted({need for one in PROJECTS for need in one.needs}))
    session.install(SQLALCHEMY["2.0"], "alembic==1.20.1")  # whatever those wanted
    brought = Path(session.create_tmp()).resolve() / "projects"
    for one in PROJECTS:
        folder = brought / one.name
        if not folder.exists():
            session.run(
                *("python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"),
                *("--target", str(folder), f"{one.name}=={one.version}", *one.also),
            )
    session.run(
        *("python", "-m", "pytest", "-p", "no:cacheprovider", "tests/realprojects"),
        *session.posargs,
        # an adoption asks the repository around a project, which isn't to be this one
        env={"MIGRATE_REAL_PROJECTS": str(brought), "TMPDIR": tempfile.gettempdir()},
    )


@nox.session
def realmodels(session: nox.Session) -> None:
    """Compare the models of packages from the index with what their create_all makes; arguments go to pytest."""
    session.install(*EDITABLE, *TESTING, SQLALCHEMY["2.0"])
    for package in REAL_MODELS:  # one by one: their pins contradict each other's
        session.install(package, SQLALCHEMY["2.0"])
    session.install(*TESTING, SQLALCHEMY["2.0"])  # whatever those wanted
    session.run(
        *("python", "-m", "pytest", "-W", "ignore", "tests/realmodels"),
        *session.posargs,
        env={"MIGRATE_REAL_MODELS": "true", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},  # theirs
    )


@nox.session
def coverage(session: nox.Session) -> None:
    """Say which lines and branches no test runs."""
    session.install(*EDITABLE, *TESTING, "pytest-cov")
    session.run("pytest", *PARALLEL, "--cov", "--cov-report=term-missing", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and layout with ruff; `nox -s lint -- --fix` mends what can be mended."""
    session.install(RUFF)
    fix = "--fix" in session.posargs
    session.run("ruff", "check", *(["--fix"] if fix else []), ".")
    session.run("ruff", "format", *([] if fix else ["--check"]), ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of the four packages with mypy, strictly."""
    session.install(*EDITABLE, "mypy==2.4.1", "types-PyMySQL")
    for module in MODULES:
        session.run("mypy", "-p", module)
    session.run("mypy", "tests/typed")  # scripts, with mistakes that have to be errors


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation into docs/_build/html; a warning is an error."""
    session.install(*EDITABLE, "sphinx>=8", "furo", "myst-parser", "sphinx-copybutton")
    target = ROOT / "docs" / "_build" / "html"
    session.run("sphinx-build", "-W", "--keep-going", "-q", "-b", "html", "docs", str(target))
    session.log(f"read it: {target / 'index.html'}")


@nox.session(python=False)
def links(session: nox.Session) -> None:
    """List the links that lead out of the repository, with the pages that have them."""
    session.run(sys.executable, "tests/house/links.py", external=True)


@nox.session
def changelog(session: nox.Session) -> None:
    """Show what the fragments in changelog.d/ say together; `-- --yes` moves them over."""
    session.install("towncrier>=24.8")
    session.run("towncrier", "build", *(session.posargs or ["--draft"]))


@nox.session
def build(session: nox.Session) -> None:
    """Build the wheels and source distributions of all four packages into dist/, and check them."""
    session.install("build", "hatchling>=1.27", "twine>=6.1")
    shutil.rmtree(DIST, ignore_errors=True)
    for folder in FOLDERS:
        session.run("python", "-m", "build", "--no-isolation", "--outdir", str(DIST), folder)
    session.run("twine", "check", "--strict", *map(str, sorted(DIST.iterdir())))
    session.run("python", "release/contents.py", str(DIST))


@nox.session(venv_backend="virtualenv", reuse_venv=False)
@nox.parametrize("package", list(PACKAGES))
def isolated(session: nox.Session, package: str) -> None:
    """Install each package from dist/ into an empty environment, and do what its README shows."""
    session.install(package, "--constraint", str(_ours_from_dist(session)))
    checks = ROOT / "tests" / "house" / "installed.py"
    readme = Path(PACKAGES[package]).parents[1] / "README.md"
    with tempfile.TemporaryDirectory() as elsewhere, session.chdir(elsewhere):
        session.env["TMPDIR"] = elsewhere  # nox's is inside of this project: `init` would find it
        session.run("python", str(checks), package)
        session.run("python", str(ROOT / "release" / "readme.py"), str(ROOT / readme))
        if package == "migrate-cli":
            session.run("python", str(ROOT / "examples" / "demo_shop" / "demo.py"))


@nox.session(venv_backend="virtualenv")
def materials(session: nox.Session) -> None:
    """Write what each package brings along, as CycloneDX, into release/out/; from what is in dist/."""
    session.install("cyclonedx-bom>=7", "virtualenv")
    out = ROOT / "release" / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    constraints = _ours_from_dist(session)
    for package, source in PACKAGES.items():
        folder = Path(session.create_tmp()) / package
        session.run("virtualenv", "--quiet", "--clear", str(folder))
        python = str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")
        wanted = [package, "--constraint", str(constraints)]
        session.run(python, "-m", "pip", "install", "--quiet", *wanted, external=True)
        session.run(
            python, "-m", "pip", "uninstall", "--quiet", "-y", "setuptools", "pip", external=True
        )
        session.run(
            *("cyclonedx-py", "environment", "--output-reproducible", "--of", "JSON"),
            *("--pyproject", str(ROOT / Path(source).parents[1] / "pyproject.toml")),
            *("-o", str(out / f"{package}.cdx.json"), python),
        )


@nox.session(python=False)
def release(session: nox.Session) -> None:
    """All that comes before a version is published: build, try each alone, write what it brings."""
    for name in ("build", *(f"isolated(package='{one}')" for one in PACKAGES), "materials"):
        session.notify(name)


def _ours_from_dist(session: nox.Session) -> Path:
    """Write the constraints by which pip takes our packages from dist/, and nobody else's."""
    lines = []
    for package in PACKAGES:
        wheels = sorted(DIST.glob(f"{package.replace('-', '_')}-*.whl"))
        if len(wheels) != 1:
            session.error(f"dist/ has {len(wheels)} wheels of {package}; run: nox -s build")
        lines.append(f"{package} @ {wheels[0].as_uri()}\n")
    constraints = Path(session.create_tmp()) / "ours-from-dist.txt"
    constraints.write_text("".join(lines), encoding="utf-8")
    return constraints


@nox.session
def demo(session: nox.Session) -> None:
    """The main job: real models, a first revision, an embedded SQLite, and its status."""
    session.install(*EDITABLE)
    session.run("python", "examples/demo_shop/demo.py")


@nox.session
def examples(session: nox.Session) -> None:
    """Run the examples, with the frameworks that some of them need; arguments go to pytest."""
    session.install(*EDITABLE, *TESTING, *FRAMEWORKS)
    session.run(
        *("pytest", "tests/examples", *session.posargs), env={"MIGRATE_TEST_EXAMPLES": "true"}
    )


@nox.session
def bench(session: nox.Session) -> None:
    """Measure ours, the peer and the floor, S1 to S18: `nox -s bench -- --rows S1 S3 --rounds 7`."""
    session.install(*EDITABLE, *DRIVERS)
    folder = Path(session.create_tmp()).resolve()
    others = {
        "peer": ["alembic==1.20.1", *DRIVERS],
        "other": ["django", "yoyo-migrations", "setuptools<81", "networkx"],
    }
    pythons = {}
    for name, packages in others.items():  # each in an environment of its own
        session.run("python", "-m", "venv", str(folder / name))
        scripts = "Scripts" if os.name == "nt" else "bin"
        pythons[name] = str(folder / name / scripts / "python")
        session.run(pythons[name], "-m", "pip", "install", "-q", *packages, external=True)
    session.run(
        "python",
        "bench/run.py",
        *("--peer-python", pythons["peer"], "--other-python", pythons["other"]),
        *("--store", str(ROOT / ".nox" / "bench" / "table.md")),
        *session.posargs,
    )


@nox.session(python=False)
def bump(session: nox.Session) -> None:
    """Give all four packages, and their pins on each other, a version: `nox -s bump -- 0.2.0`."""
    session.run(sys.executable, "release/bump.py", *session.posargs, external=True)
