"""A file of weights that somebody brings, opened in memory: `.safetensors`, `.pth` and `.pt`, without running code of theirs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import safetensors.torch
import torch
from safetensors import SafetensorError

from resnet_viz.refused import Refused

MAX_UNPACKED = 64 * 2**20
"""Bytes that an archive may have once it is unpacked."""


def open_weights(data: bytes) -> object:
    """What the file holds, as `checkpoint.unwrap` takes it. What is in the bytes decides, not a name.

    Raises `Refused`, a `ValueError`, where no weights can be read from it.

    >>> saved = safetensors.torch.save({"fc.bias": torch.zeros(2)})
    >>> open_weights(saved)
    {'fc.bias': tensor([0., 0.])}
    """
    if data[8:9] == b"{":  # behind eight bytes that say how long the header is
        try:
            found: Mapping[str, object] = safetensors.torch.load(data)
        except (SafetensorError, KeyError, ValueError) as error:
            raise Refused("no_weights", given="safetensors") from error
        return found
    _check_archive(data)
    try:
        return torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as error:  # whatever a damaged or a foreign file makes the unpickler say
        raise Refused("no_weights", given=type(error).__name__) from error


def _check_archive(data: bytes) -> None:
    """torch's files are archives that are stored as they are; one that unpacks to far more than it is is refused."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > MAX_UNPACKED:
        raise Refused("weights_unpacked", given=f"{size / 2**20:,.0f}", limit=MAX_UNPACKED // 2**20)
