"""Weights that ship: written in half precision with a card that says what they are, and measured as they were written.

A network's files are `<name>.safetensors`, `<name>.json` (the card) and `<name>.history.json` (how training went). The card is
written last: where there is one, all is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

import resnet_viz
from resnet_viz.nets.checkpoint import load
from resnet_viz.nets.resnet import ResNet, build
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.recorder.files import checksum, machine, sha256, write_json
from resnet_viz.training.data.pictures import Pictures
from resnet_viz.training.evaluation import evaluate


def publish(
    model: ResNet,
    name: str,
    facts: Mapping[str, Any],
    folder: Path,
    *,
    train: Pictures,
    test: Pictures,
    mean: Tensor,
    std: Tensor,
    side: int = 0,
    history: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write the weights of `model`, read them back, measure them on the test pictures, and write their card, which is returned.

    `facts` are what only the caller knows: `data` (its name), `recipe`, `seed`, `duration_s` and `command`; and, where the
    pictures are those of an `Experiment`, its text as `experiment`, with which `verify` draws them again. `mean` and `std`
    (3,), 0 to 1, go onto the card with four digits and are used so. The pictures are resized to the `side`, if there is one, at
    which the network is to be used. Raises `ValueError` where a weight does not fit float16.
    """
    folder.mkdir(parents=True, exist_ok=True)
    state = {key: value.detach().cpu() for key, value in model.state_dict().items()}
    halves = {key: value.half().contiguous() if value.is_floating_point() else value for key, value in state.items()}
    beyond = [key for key, value in halves.items() if not value.isfinite().all()]
    if beyond:
        raise ValueError(f"float16 cannot hold {name}'s {beyond[0]}, the largest is {state[beyond[0]].abs().max():g}")
    path = folder / f"{name}.safetensors"
    save_file(halves, path)
    size = side or train.images.shape[-1]
    mean, std = mean.cpu().round(decimals=4), std.cpu().round(decimals=4)
    score = evaluate(as_written(model.spec, path), test, mean, std, side=size)  # on the CPU, where it will be used
    given = dict(facts)
    card = {
        "spec": str(model.spec),
        "classes": list(train.classes),
        "size": size,
        "mean": [round(v, 4) for v in mean.tolist()],
        "std": [round(v, 4) for v in std.tolist()],
        "data": given.pop("data"),
        "data_sha256": checksum(train, test),
        "train_pictures": len(train.labels),
        "test_pictures": len(test.labels),
        "recipe": given.pop("recipe"),
        "seed": given.pop("seed"),
        "test_accuracy": round(1 - score.error, 4),
        "test_loss": round(score.loss, 4),
        "precision": "weights stored as float16, evaluated as float32",
        "machine": machine(),
        "code_version": resnet_viz.__version__,
        **given,
        "sha256": sha256(path),
    }
    if history is not None:
        write_json(path.with_suffix(".history.json"), history)
    write_json(path.with_suffix(".json"), card, indent=1)
    return card


def as_written(spec: ResNetSpec, path: Path) -> ResNet:
    """The network with the weights of a file, as float32."""
    state = {key: value.float() if value.is_floating_point() else value for key, value in load_file(path).items()}
    return load(build(spec), state).to(memory_format=torch.channels_last)
