"""What is asked of many: of a few by whoever is at work, of all by `.ci/run`."""

from __future__ import annotations

from collections.abc import Iterable

import pytest


def quickly(values: Iterable[object], *few: object) -> list[object]:
    """The values of a parameter, or tuples of several; all but the `few` belong to the endurance tests."""
    found = [*values]
    unknown = [one for one in few if one not in found]
    assert not unknown, unknown
    return [value if value in few else _later(value) for value in found]


def _later(value: object) -> object:
    values = value if isinstance(value, tuple) else (value,)
    return pytest.param(*values, marks=pytest.mark.endurance)
