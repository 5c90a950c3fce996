"""A database's URL as text: what may be shown of it. SQLAlchemy isn't needed for this."""

from __future__ import annotations

import re

_SCHEME = r"[\w+.-]*:?//"
_LOGIN = r"(?s)\A(?P<user>[^:@/]*)(?P<secret>:.*)?@"
_OPTION = r"(?i)(?P<key>[?&][^=&]*(?:pass|pwd|secret|token)[^=&]*=)[^&]*"


def hidden(url: str) -> str:
    """A URL that can be shown: the password, and options that look like one, as `***`.

    The text needn't be a proper URL. When in doubt more is hidden: everything between the first
    colon after `//` and the last `@` counts as the password, be there a colon before `//` or not.

    >>> hidden("postgresql://app:p@ss/w:rd@db.local/app?sslpassword=x&a=1")
    'postgresql://app:***@db.local/app?sslpassword=***&a=1'
    >>> hidden("sqlite:///app.db")
    'sqlite:///app.db'
    >>> hidden("app:secret@db.local")
    'app:***@db.local'
    >>> hidden("postgresql//app:secret@db.local")
    'postgresql//app:***@db.local'
    """
    scheme = re.match(_SCHEME, url)
    begin = scheme.end() if scheme else 0
    shown = url[:begin] + re.sub(_LOGIN, _without_secret, url[begin:], count=1)
    return re.sub(_OPTION, r"\g<key>***", shown)


def _without_secret(login: re.Match[str]) -> str:
    return f"{login['user']}{':***' if login['secret'] else ''}@"


def has_secret(url: str) -> bool:
    """Whether a URL holds something that `hidden` would hide.

    >>> has_secret("mysql://root@localhost/x"), has_secret("mysql://root:x@localhost/x")
    (False, True)
    """
    return hidden(url) != url
