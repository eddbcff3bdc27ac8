"""A file that somebody was given, opened by what opens such files."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import PurePath
from xml.etree import ElementTree

import safetensors.torch
import torch
from PIL import Image


def open_file(name: str, data: bytes) -> None:
    """Fail unless the file is what its name says."""
    kind = PurePath(name).suffix
    if kind == ".svg":
        assert ElementTree.fromstring(data.decode()).tag.endswith("svg")
    elif kind == ".csv":
        head, *rows = csv.reader(io.StringIO(data.decode()))
        assert rows
        assert {len(row) for row in rows} == {len(head)}
    elif kind == ".png":
        Image.open(io.BytesIO(data)).load()
    elif kind == ".py":
        compile(data, name, "exec")
    elif kind == ".pth":
        assert torch.load(io.BytesIO(data), weights_only=True)
    elif kind == ".safetensors":
        assert safetensors.torch.load(data)
    elif kind == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                open_file(member, archive.read(member))
    elif kind == ".onnx":
        import onnx

        onnx.checker.check_model(onnx.load_from_string(data))
    else:
        raise AssertionError(f"nobody has said how to open {name}")


VIEWS = {
    "build": {"net": "cifar_resnet20", "further": "init.thousand.export"},
    "activations": {"net": "photo_resnet18", "further": "filters"},
    "block": {},
    "mixing": {"further": "learned"},
    "shortcuts": {"further": "network"},
    "bottleneck": {"further": "channels"},
    "degradation": {"further": "slower.sweep.photographs"},
    "gradients": {"change": "dot", "further": "directions.identity.depth"},
    "transfer": {"further": "training.origins.reading.tune.take"},
    "claims": {"claims": "cost.shapes"},
    "why": {"panel": "small", "further": "responses.shortcuts"},
    "why ensemble": {"panel": "ensemble", "further": "paths.photo"},
    "why surface": {"panel": "surface", "height": "log"},
    "why nested": {"panel": "nested"},
}
"""Links to pages, which offer all files between them; the page is the first word."""
