"""What a stranger hands to the functions of the face by mistake is named, with the mend."""

import pytest
from ddl_autogen import (
    Options,
    WrongArgument,
    compare,
    produce_migrations,
    render,
    reverse,
    snapshot,
)
from sqlalchemy import MetaData, create_engine

METADATA = MetaData()
ENGINE = create_engine("sqlite://")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        pytest.param(
            lambda c: compare(ENGINE, METADATA),
            "compare got an Engine as connection: it takes a Connection; open one: "
            "with engine.connect() as connection",
            id="an-engine",
        ),
        pytest.param(
            lambda c: produce_migrations(ENGINE, METADATA),
            "compare got an Engine as connection",
            id="an-engine-for-both-ways",
        ),
        pytest.param(
            lambda c: compare("postgresql://me:secret@host/name", METADATA),
            "compare got a str as connection: it takes a Connection: create_engine(url).connect()",
            id="a-url-which-is-not-shown",
        ),
        pytest.param(
            lambda c: snapshot(None),
            "snapshot got None as connection: it takes a Connection: engine.connect()",
            id="nothing",
        ),
        pytest.param(
            lambda c: compare(c, METADATA, {"ignore": ["x"]}),
            "compare got a dict as options: it takes Options, as in Options(ignore=[",
            id="a-dict-of-options",
        ),
        pytest.param(
            lambda c: Options(ignore="celery_*"),
            "Options got 'celery_*' as ignore: it takes a list, as in ['celery_*']",
            id="a-text-whose-star-would-ignore-all",
        ),
        pytest.param(
            lambda c: Options(renames=["a"]),
            "Options got a list as renames: it takes a mapping, as in "
            '{"users.name": "users.full_name"}',
            id="renames-in-a-list",
        ),
        pytest.param(
            lambda c: render([], dialect="sqlite"),
            "render got 'sqlite' as dialect: it takes a Dialect: connection.dialect",
            id="the-name-of-a-dialect",
        ),
        pytest.param(
            lambda c: reverse([], "sqlite"), "reverse got 'sqlite' as dialect", id="for-reverse"
        ),
        pytest.param(
            lambda c: render("x"),
            "render got 'x' as changes: it takes a change, or several, as compare gives",
            id="what-is-no-change",
        ),
        pytest.param(
            lambda c: render(None),
            "render got None as changes: it takes a change",
            id="nothing-to-render",
        ),
    ],
)
def test_what_cannot_be_worked_with_is_named_with_the_mend(call, says):
    with ENGINE.connect() as connection, pytest.raises(WrongArgument) as failed:
        call(connection)

    assert str(failed.value).startswith(says)
