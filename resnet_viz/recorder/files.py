"""What the recorder writes: JSON that is there whole or not at all, checksums, and what is said of the machine."""

from __future__ import annotations

import datetime
import hashlib
import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

import resnet_viz
from resnet_viz.training.data.pictures import Pictures


def write_json(path: Path, content: Mapping[str, Any], *, indent: int | None = None) -> None:
    """Replace the file; whoever reads it meanwhile, or after a crash, finds the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(content, indent=indent, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """Inverts `write_json`."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def sha256(path: Path) -> str:
    """Of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checksum(*sets: Pictures) -> str:
    """SHA-256 of the decoded pixels and labels, so that another copy of the same pictures gives the same figure."""
    digest = hashlib.sha256()
    for data in sets:
        digest.update(data.images.numpy().tobytes())
        digest.update(data.labels.numpy().tobytes())
    return digest.hexdigest()


def machine(device: str = "cpu") -> str:
    """What is said of the machine: the kind of processor and torch, nothing that tells one machine from its like."""
    processor = torch.cuda.get_device_name(device) if device.startswith("cuda") else f"{platform.machine()} CPU"
    threads = "" if device.startswith("cuda") else f", {torch.get_num_threads()} thread(s)"
    return f"{processor}{threads}, torch {torch.__version__.split('+')[0]}"


def made_now() -> dict[str, str]:
    """When, on what and by which version something is recorded."""
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    return {"made": day, "machine": machine(), "code_version": resnet_viz.__version__}
