"""What schemas are called: by the database, and by models that a connection translates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Namespaces:
    """The names of schemas on both sides.

    Models may name the default schema or not, and with a `schema_translate_map` on the connection
    they say "tenant" where the database says "acme". Keys have what the models say, and None for
    the default schema.

    Attributes:
        default: The database's name of the default schema; None if unknown.
        translated: What models say -> the database's name; None is what they mean who say none.

    >>> spaces = Namespaces("public", {"tenant": "acme"})
    >>> spaces.key("public"), spaces.key("tenant"), spaces.spoken("acme"), spaces.spoken("other")
    (None, 'tenant', 'tenant', 'other')
    >>> spaces.hides("tenant")  # models that say so mean another
    True
    """

    default: str | None = None
    translated: Mapping[str | None, str] = field(default_factory=dict)

    def key(self, said: str | None) -> str | None:
        """Give the key of a schema that models name, or don't."""
        return None if said is None else self.spoken(self.translated.get(said, said))

    def spoken(self, actual: str | None) -> str | None:
        """Give the key of a schema by the database's name of it."""
        if actual == self.default:
            return None
        if not self.translated:
            return actual
        names = (said for said, there in self.translated.items() if there == actual)
        return next((said for said in names if said is not None), actual)

    def actual(self, key: str | None) -> str | None:
        """Give the database's name of a schema by its key; None for an unknown default."""
        return self.default if key is None else self.translated.get(key, key)

    def in_sql(self, key: str | None) -> str | None:
        """Give what SQL that nobody translates has to say for a key; None for nothing."""
        return self.translated.get(key, key)

    def hides(self, actual: str) -> bool:
        """Tell whether no model can mean a schema, since its name is translated to another."""
        return self.actual(self.spoken(actual)) != actual
