"""Files that are made of a network: ONNX and the state dict, each once for all who ask."""

from __future__ import annotations

import io

from resnet_viz.jobs.onnx_file import onnx_file
from resnet_viz.nets.cost import cost
from resnet_viz.nets.presets import parse_network
from resnet_viz.ui.kit.kept import kept
from resnet_viz.ui.kit.turns import exporting

MAX_ONNX_PARAMS, MAX_ONNX_DEPTH = 70_000_000, 152
"""Depth of the deepest network that is exported: ResNet-152 takes 20 seconds, deeper ones minutes."""
MAX_FILE_BYTES = 512 * 2**20
"""Files of either kind that stay in memory."""


def _file_bytes(net: str, size: int, seed: int) -> int:
    return cost(parse_network(net), size).weight_bytes


@kept(most=MAX_FILE_BYTES, size=_file_bytes, turn=exporting)
def onnx(net: str, size: int, seed: int) -> bytes:
    """The untrained network as an ONNX file. Raises `Refused` where others are being made, or this one takes too long."""
    return onnx_file(net, size, seed)


def _state_bytes(net: str, seed: int) -> int:
    return cost(parse_network(net), 32).weight_bytes


@kept(most=MAX_FILE_BYTES, size=_state_bytes, turn=exporting)
def state_file(net: str, seed: int) -> bytes:
    """The untrained network's state dict as `torch.save` writes it. Raises `Refused` where others are being made."""
    import torch

    from resnet_viz.nets.resnet import build

    file = io.BytesIO()
    torch.save(build(parse_network(net), seed).state_dict(), file)
    return file.getvalue()
