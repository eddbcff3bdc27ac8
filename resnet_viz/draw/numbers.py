"""Counts as one would say them, in either language: on the page, in a drawing and in what a screen reader says of it."""

from __future__ import annotations

_UNITS = (("", 1.0), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12))
_CHINESE_UNITS = (("万亿", 1e12), ("亿", 1e8), ("万", 1e4))


def compact(value: float, digits: int = 1, *, language: str) -> str:
    """A count in the largest unit that leaves a digit before the point: 25.6 M, in Chinese 2560 万, as exact in both; below 万
    Chinese has no unit, and all digits.

    >>> [compact(value, language="en") for value in (25557032, 36864, 950, 999_999)]
    ['25.6 M', '36.9 k', '950', '1.0 M']
    >>> compact(25557032, language="zh"), compact(4089184256, 2, language="zh"), compact(1024, language="zh")
    ('2560 万', '40.9 亿', '1024')
    """
    if language == "zh" and abs(round(value)) < _CHINESE_UNITS[-1][1]:
        return f"{value:.0f}"
    index = next((i for i, (_, size) in enumerate(_UNITS) if abs(value) < 1000 * size), len(_UNITS) - 1)
    if index < len(_UNITS) - 1 and abs(round(value / _UNITS[index][1], digits if index else 0)) >= 1000:
        index += 1  # 999,999 is 1.0 M
    unit, size = _UNITS[index]
    shown = f"{value / size:.{digits if unit else 0}f}"
    if not unit:
        return shown
    if language == "en":
        return f"{shown} {unit}"
    rounded = float(shown) * size
    unit, size = next((unit, size) for unit, size in _CHINESE_UNITS if abs(rounded) >= size)
    return f"{rounded / size:.10g} {unit}"
