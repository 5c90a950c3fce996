"""The settings of a project: where they are found, what they may say, where the URL comes from."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from migrate_cli.config import load
from migrate_cli.errors import BadConfiguration, NoConfiguration, UnknownSetting
from migrate_cli.settings import SETTINGS
from migrate_cli.url import hidden


@pytest.fixture(autouse=True)
def no_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MIGRATE_DATABASE_URL", "DATABASE_URL", "APP_DB"):
        monkeypatch.delenv(name, raising=False)


def project(folder: Path, settings: str = "", *, table: str = "[tool.migrate]") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(f"{table}\n{settings}\n", encoding="utf-8")
    return folder


def test_an_empty_table_gives_the_defaults(tmp_path: Path) -> None:
    config = load(project(tmp_path))

    assert (config.root, config.file) == (tmp_path, tmp_path / "pyproject.toml")
    assert config.scripts == tmp_path / "migrations"
    assert (config.metadata, config.models, config.prepend_sys_path) == ((), (), (tmp_path,))
    assert (config.url, config.url_source, config.url_env) == (None, "", None)
    assert (config.version_table, config.version_table_schema) == ("migrate_version", None)
    assert (config.transaction, config.include_schemas) == ("revision", False)
    assert config.compare_type
    assert config.compare_server_default


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ('metadata = "app.models:Base.metadata"', "metadata", ("app.models:Base.metadata",)),
        ('metadata = ["a:b", "c.d:e.f"]', "metadata", ("a:b", "c.d:e.f")),
        ('models = "app.**.models"', "models", ("app.**.models",)),
        ('models = ["app.models", "app.*", "**.models", "app.mod*"]', "models",
         ("app.models", "app.*", "**.models", "app.mod*")),
        ('url_env = "APP_DB"', "url_env", "APP_DB"),
        ('version_table_schema = "ops"', "version_table_schema", "ops"),
        ('transaction = "run"', "transaction", "run"),
        ("include_schemas = true", "include_schemas", True),
        ("compare_type = false", "compare_type", False),
        ('file_template = "%(rev)s"', "file_template", "%(rev)s"),
        ('file_template = "100%%_%(rev)s"', "file_template", "100%%_%(rev)s"),
        ('recursive = true\nfile_template = "%(year)d/%(rev)s"', "file_template", "%(year)d/%(rev)s"),
        ('naming_convention = {fk = "fk_%(table_name)s_%(referred_column_0_name)s"}',
         "naming_convention", {"fk": "fk_%(table_name)s_%(referred_column_0_name)s"}),
        ('naming_convention = "a:b.naming_convention"', "naming_convention", "a:b.naming_convention"),
        ("version_table_pk = false", "version_table_pk", False),
        ("truncate_slug_length = 10", "truncate_slug_length", 10),
        ('timezone = "utc"', "timezone", "utc"),
    ],
)  # fmt: skip
def test_a_setting_is_read(tmp_path: Path, line: str, name: str, value: object) -> None:
    assert getattr(load(project(tmp_path, line)), name) == value


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("metadata = 3", "must be a text in quotes or a list of them"),
        ('metadata = "app.models"', 'must be "package.module:object"'),
        ('metadata = ["a:b", ""]', "none of them empty"),
        ('models = "app/models.py"', "names of modules"),
        ('models = "app.***"', "names of modules"),
        ("scripts = true", "must be a text in quotes"),
        ('url = ""', "not empty"),
        ("version_table = ['a']", "must be a text in quotes"),
        ('transaction = "all"', '"revision" (one transaction for each revision) or "run"'),
        ('compare_type = "yes"', "true or false, without quotes; it is 'yes'"),
        ("compare_server_default = 1", "true or false"),
        ("truncate_slug_length = -1", "a whole number, 0 or more"),
        ("truncate_slug_length = true", "a whole number, 0 or more"),
        ('file_template = "%(slug)s"', "made of %(rev)s"),
        ('file_template = "%(rev)s_%(nothing)s"', "%(epoch)"),
        ('file_template = "%(rev)d"', "a file name"),
        ('file_template = "100%_%(rev)s"', "% itself as %%"),
        ('file_template = "%(year)d/%(rev)s"', "found only with: recursive = true"),
        ('file_template = "../%(rev)s"\nrecursive = true', "a file name"),
        ('file_template = "/%(rev)s"\nrecursive = true', "a file name"),
        ('file_template = "%(rev)s/x"\nrecursive = true', "a file name"),
        ("naming_convention = 3", "a table of patterns"),
        ('naming_convention = {iy = "x"}', "there is no kind 'iy'; known are ix"),
        ('naming_convention = {ix = "%(colunm)s"}', "SQLAlchemy has no %(colunm)s for ix"),
        ('naming_convention = {ix = "100%"}', "% itself is %%"),
        ('version_table_pk = "no"', "true or false"),
        ("timezone = 1", "must be a text in quotes"),
    ],
)
def test_a_wrong_value_names_the_file_the_key_and_what_is_wanted(
    tmp_path: Path, line: str, wanted: str
) -> None:
    with pytest.raises(BadConfiguration) as caught:
        load(project(tmp_path, line))

    assert caught.value.exit_status == 3
    assert caught.value.key == line.split()[0]
    assert f"[tool.migrate] {caught.value.key} in {tmp_path / 'pyproject.toml'}: " in str(
        caught.value
    )
    assert wanted in str(caught.value)


@pytest.mark.parametrize(
    ("key", "candidates"),
    [("metdata", ("metadata",)), ("version_tabel", ("version_table",)), ("zzzz", ())],
)
def test_an_unknown_key_is_an_error_with_near_ones(
    tmp_path: Path, key: str, candidates: tuple[str, ...]
) -> None:
    with pytest.raises(UnknownSetting) as caught:
        load(project(tmp_path, f"{key} = 1"))

    assert caught.value.candidates[:1] == candidates
    mend = (
        f"did you mean '{candidates[0]}'"
        if candidates
        else f"known are {', '.join(sorted(SETTINGS))}"
    )
    assert mend in str(caught.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"[tool.migrate\n", "is not TOML: .*line 1", id="broken"),
        pytest.param(b"[tool.migrate]\nurl = '\xff'", "is not UTF-8", id="latin-1"),
        pytest.param(b"[tool]\nmigrate = 3", r"must be a table, \[tool.migrate\]", id="no-table"),
        pytest.param(b"[[tool.migrate]]\nurl = 'a'", "must be a table", id="list-of-tables"),
        pytest.param(b"a = " + b"[" * 5000, "(too deeply|not TOML)", id="deep"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)

    with pytest.raises(BadConfiguration, match=reason) as caught:
        load(tmp_path)

    assert str(tmp_path / "pyproject.toml") in str(caught.value)


def test_the_nearest_file_that_has_our_table_counts(tmp_path: Path) -> None:
    project(tmp_path, 'version_table = "outer"')
    project(tmp_path / "a", 'version_table = "inner"')
    project(tmp_path / "a" / "b", table="[project]")
    (tmp_path / "a" / "b" / "c").mkdir()

    assert load(tmp_path / "a" / "b" / "c").version_table == "inner"


def test_no_configuration_says_what_was_looked_for_and_where(tmp_path: Path) -> None:
    project(tmp_path, table="[project]")

    with pytest.raises(NoConfiguration) as caught:
        load(tmp_path)

    assert str(caught.value).splitlines() == [
        f"no migrate configuration in {tmp_path} or above",
        f"looked for [tool.migrate] in pyproject.toml (not in {tmp_path / 'pyproject.toml'})",
        "start with: migrate init",
    ]


def test_a_settings_file_can_be_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path / "a", 'scripts = "db"')
    monkeypatch.chdir(tmp_path)

    for given in (Path("a/pyproject.toml"), Path("a")):
        config = load(config_file=given)
        assert config.scripts == tmp_path / "a" / "db"
    with pytest.raises(BadConfiguration, match="can't be read: No such file"):
        load(config_file=Path("b/pyproject.toml"))


def test_packages_under_src_are_importable(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    project(tmp_path)
    assert load(tmp_path).prepend_sys_path == (tmp_path, tmp_path / "src")

    project(tmp_path, 'prepend_sys_path = ["lib"]')
    assert load(tmp_path).prepend_sys_path == (tmp_path / "lib",)


BOTH = 'url = "sqlite:///file.db"\nurl_env = "APP_DB"'


@pytest.mark.parametrize(
    ("argument", "variables", "settings", "url", "source"),
    [
        pytest.param("a://", ["MIGRATE_DATABASE_URL", "DATABASE_URL", "APP_DB"], BOTH, "a://",
                     "--url", id="argument-first"),
        pytest.param(None, ["MIGRATE_DATABASE_URL", "DATABASE_URL", "APP_DB"], BOTH,
                     "migrate_database_url://", "$MIGRATE_DATABASE_URL", id="then-our-variable"),
        pytest.param(None, ["DATABASE_URL", "APP_DB"], BOTH, "app_db://",
                     "$APP_DB ([tool.migrate] url_env)", id="then-the-projects-variable"),
        pytest.param(None, ["DATABASE_URL"], BOTH, "sqlite:///file.db",
                     "[tool.migrate] url in pyproject.toml", id="then-the-projects-url"),
        pytest.param(None, ["DATABASE_URL"], "", "database_url://", "$DATABASE_URL",
                     id="the-usual-variable-if-the-project-says-nothing"),
        pytest.param(None, ["DATABASE_URL"], 'url_env = "APP_DB"', None, "",
                     id="not-the-usual-one-if-the-project-names-another"),
        pytest.param(None, [], 'url = "p://a:%40%(x)s@h/d"', "p://a:%40%(x)s@h/d",
                     "[tool.migrate] url in pyproject.toml", id="percent-signs-are-text"),
    ],
)  # fmt: skip
def test_the_url_comes_from_the_first_who_says_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    argument: str | None,
    variables: list[str],
    settings: str,
    url: str | None,
    source: str,
) -> None:
    for name in variables:
        monkeypatch.setenv(name, f"{name.lower()}://")

    config = load(project(tmp_path, settings), url=argument)

    assert (config.url, config.url_source) == (url, source)


def test_space_around_a_variable_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", " sqlite://\n")

    assert load(project(tmp_path)).url == "sqlite://"


def test_an_empty_variable_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIGRATE_DATABASE_URL", " ")
    monkeypatch.setenv("DATABASE_URL", "sqlite://")

    assert load(project(tmp_path)).url_source == "$DATABASE_URL"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://app:secret@db/x", "postgresql://app:***@db/x"),
        ("postgresql://app:se@c:r/et@db/x", "postgresql://app:***@db/x"),
        ("postgresql://:secret@db/x", "postgresql://:***@db/x"),
        ("postgresql://app@db/x", "postgresql://app@db/x"),
        ("postgresql://db/x?password=secret&a=b", "postgresql://db/x?password=***&a=b"),
        ("mssql://?odbc_connect=DRIVER&PWD=secret", "mssql://?odbc_connect=DRIVER&PWD=***"),
        ("app:secret@db", "app:***@db"),
        ("app:sec//ret@db", "app:***@db"),
        ("postgresql//app:secret@db/x", "postgresql//app:***@db/x"),
        ("//app:secret@db", "//app:***@db"),
        ("sqlite:////a/b@c.db", "sqlite:////a/b@c.db"),
        ("", ""),
    ],
)
def test_a_password_is_hidden(url: str, shown: str) -> None:
    assert hidden(url) == shown


def test_a_config_does_not_show_the_password(tmp_path: Path) -> None:
    config = load(project(tmp_path, 'url = "postgresql://app:secret@db/x"'))

    assert "secret" not in repr(config)


def test_a_wrong_value_does_not_show_a_password(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration) as caught:
        load(project(tmp_path, 'url = ["postgresql://app:secret@db/x"]'))

    assert "secret" not in str(caught.value)


@pytest.mark.skipif(os.name == "nt", reason="a current folder can't be removed there")
def test_a_removed_current_folder_is_no_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    with pytest.raises(NoConfiguration):
        load()
    monkeypatch.chdir(tmp_path)


def test_reading_settings_and_headers_imports_neither_sqlalchemy_nor_mako() -> None:
    program = (
        "import sys, migrate_cli.config, migrate_cli.scripts\n"
        "print([m for m in ('sqlalchemy', 'mako', 'asyncio') if m in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert done.stdout.strip() == "[]", done.stderr


def test_every_setting_has_its_place_in_the_docs() -> None:
    page = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text()

    assert [key for key in SETTINGS if f"`{key}`" not in page] == []
