"""Feature maps as pictures: quantised for the browser, or painted here for a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from resnet_viz.draw.colour_scales import colour_scale

Floats = npt.NDArray[np.floating]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Tiles:
    """Maps as bytes, each between its own smallest and largest value: value ≈ low + byte / 255 · (high - low)."""

    pixels: Bytes
    """count · height · width bytes, map after map."""
    low: npt.NDArray[np.float32]
    high: npt.NDArray[np.float32]
    height: int
    width: int
    total: int
    """Maps there are; more than `count` where only the first were packed."""

    @property
    def count(self) -> int:
        return len(self.low)


def pack(maps: Floats, limit: int = 64) -> Tiles:
    """The first `limit` of (K, H, W) maps. What is not a number counts as 0.

    >>> tiles = pack(np.array([[[0.0, 1.0]], [[-2.0, 2.0]]]))
    >>> tiles.pixels.tolist(), tiles.low.tolist(), tiles.high.tolist()
    ([0, 255, 0, 255], [0.0, -2.0], [1.0, 2.0])
    """
    if maps.ndim != 3 or not maps.size:
        raise ValueError(f"maps must be (K, H, W) and not empty, got {maps.shape}")
    shown = np.nan_to_num(maps[:limit].astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = shown.min((1, 2)), shown.max((1, 2))  # (K,)
    spread = np.where(high > low, high - low, 1.0).astype(np.float32)
    pixels = np.round((shown - low[:, None, None]) / spread[:, None, None] * 255).astype(np.uint8)
    return Tiles(pixels.ravel(), low, high, maps.shape[1], maps.shape[2], maps.shape[0])


def colours(signed: bool) -> Bytes:
    """(256, 3): viridis, or the diverging map whose middle is neutral."""
    return np.frombuffer(colour_scale(signed), np.uint8).reshape(-1, 3)


def paint(values: Floats, low: float, high: float) -> Bytes:
    """(H, W) as (H, W, 3): viridis from low to high, or, where low is negative, the diverging map centred at 0."""
    signed = low < 0
    reach = max(abs(low), abs(high))
    bottom, top = (-reach, reach) if signed else (low, high)
    unit = (values - bottom) / (top - bottom) if top > bottom else np.zeros_like(values)
    index = np.clip(np.round(np.nan_to_num(unit) * 255), 0, 255).astype(np.uint8)
    painted: Bytes = np.take(colours(signed), index, axis=0)
    return painted


def atlas(maps: Floats, tile: int = 96, gap: int = 4, limit: int = 256, columns: int = 0) -> Image.Image:
    """All maps on one sheet with one colour range for the layer; small maps are enlarged without smoothing.

    As many `columns` as rows where nothing is said.
    """
    shown = np.nan_to_num(maps[:limit])
    low, high = float(shown.min()), float(shown.max())
    columns = columns or int(np.ceil(np.sqrt(len(shown))))
    return sheet([paint(values, low, high) for values in shown], columns, tile, gap)


def sheet(pictures: Sequence[Bytes], columns: int, tile: int = 96, gap: int = 4) -> Image.Image:
    """Pictures (H, W, 3) of any size as squares, row by row, their pixels enlarged without smoothing."""
    lines = -(-len(pictures) // columns)
    whole = Image.new("RGB", (columns * (tile + gap) + gap, lines * (tile + gap) + gap), "white")
    for i, pixels in enumerate(pictures):
        picture = Image.fromarray(pixels).resize((tile, tile), Image.Resampling.NEAREST)
        whole.paste(picture, (gap + i % columns * (tile + gap), gap + i // columns * (tile + gap)))
    return whole


def rows(tensors: Sequence[Floats], count: int, tile: int = 96, gap: int = 4, *, shared: bool = False) -> Image.Image:
    """The first `count` maps of each (K, H, W) tensor, a row a tensor: each with a colour range of its own, or `shared`."""
    sheet = Image.new("RGB", (count * (tile + gap) + gap, len(tensors) * (tile + gap) + gap), "white")
    shown = [np.nan_to_num(maps[:count]) for maps in tensors]
    ends = [(float(maps.min()), float(maps.max())) for maps in shown]
    if shared:
        ends = [(min(low for low, _ in ends), max(high for _, high in ends))] * len(shown)
    for row, (maps, (low, high)) in enumerate(zip(shown, ends, strict=True)):
        for i, values in enumerate(maps):
            picture = Image.fromarray(paint(values, low, high)).resize((tile, tile), Image.Resampling.NEAREST)
            sheet.paste(picture, (gap + i * (tile + gap), gap + row * (tile + gap)))
    return sheet


def heat_overlay(picture: Image.Image, heat: Floats, opacity: float = 0.6, side: int = 512) -> Image.Image:
    """A map from 0 to 1, smoothly enlarged, over a square picture. Where the map is 0 the picture stays as it is."""
    large = picture.resize((side, side), Image.Resampling.NEAREST if picture.width < 96 else Image.Resampling.LANCZOS)
    mask = Image.fromarray(np.round(np.clip(heat, 0, 1) * 255).astype(np.uint8)).resize((side, side), Image.Resampling.BICUBIC)
    strength = np.asarray(mask, dtype=np.float32) / 255
    alpha = (opacity * strength)[..., None]
    mixed = np.asarray(large.convert("RGB")) * (1 - alpha) + paint(strength, 0.0, 1.0) * alpha
    return Image.fromarray(np.round(mixed).astype(np.uint8))
