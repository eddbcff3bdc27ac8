"""The two scales by which numbers become colours, as bytes."""

from __future__ import annotations

from functools import lru_cache

# viridis (Smith and van der Walt, 2015) at nine even places, and a blue-white-vermilion map in this project's palette
_VIRIDIS = ("440154", "472d7b", "3b528b", "2c728e", "21918c", "28ae80", "5ec962", "addc30", "fde725")
_DIVERGING = ("00436a", "0072b2", "6fb1d6", "c4dfee", "f7f7f7", "f6d3bd", "ea9a6c", "d55e00", "7f3800")


@lru_cache
def colour_scale(signed: bool, count: int = 256) -> bytes:
    """Red, green and blue of so many even places: viridis, or the diverging map whose middle is neutral.

    >>> colour_scale(False, 2).hex(), colour_scale(True, 3).hex()
    ('440154fde725', '00436af7f7f77f3800')
    """
    stops = [bytes.fromhex(stop) for stop in (_DIVERGING if signed else _VIRIDIS)]
    places = [place * (len(stops) - 1) / (count - 1) for place in range(count)]
    return bytes(_between(stops, place, channel) for place in places for channel in range(3))


def _between(stops: list[bytes], place: float, channel: int) -> int:
    before = min(int(place), len(stops) - 2)
    low, high = stops[before][channel], stops[before + 1][channel]
    return round(low + (place - before) * (high - low))
