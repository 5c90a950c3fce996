"""The signature of a function that somebody else has written."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable


def signature(function: Callable[..., object]) -> inspect.Signature:
    """Give a function's signature; where its annotations can't be looked up, with their texts.

    Python looks them up when they are asked for, from 3.14 on (its manual, annotationlib), and
    some name what is imported for type checkers only.

    Raises:
        ValueError: It has none.
    """
    try:
        return inspect.signature(function)
    except NameError:
        if sys.version_info >= (3, 14):
            from annotationlib import Format

            return inspect.signature(function, annotation_format=Format.STRING)
        raise
