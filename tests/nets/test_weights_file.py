"""Files of weights as they are published are opened by their names and shapes alone; forged and damaged ones are refused."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from functools import cache
from typing import Any

import pytest
import safetensors.torch
import torch
from torchvision.models import get_model

from resnet_viz import preset
from resnet_viz.file_limits import MAX_WEIGHTS
from resnet_viz.nets.checkpoint import shapes_of, unwrap
from resnet_viz.nets.find import find_network
from resnet_viz.nets.weights_file import MAX_TABLE, open_weights
from resnet_viz.refused import Refused

KINDS = ("archive", "before torch 1.6", "safetensors")


def saved(state: Any, kind: str) -> bytes:
    if kind == "safetensors":
        return safetensors.torch.save(state)
    file = io.BytesIO()
    torch.save(state, file, _use_new_zipfile_serialization=kind == "archive")
    return file.getvalue()


@cache
def published(name: str, kind: str) -> bytes:
    """A file of the shape in which torchvision publishes this network."""
    with torch.device("meta"):
        state = get_model(name).state_dict()
    return saved({key: torch.zeros_like(value, device="cpu") for key, value in state.items()}, kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["resnet18", "resnet34"])
def test_what_is_published_is_recognised_without_its_values(name: str, kind: str) -> None:
    data = published(name, kind)
    state = unwrap(open_weights(data)).state
    theirs = safetensors.torch.load(data) if kind == "safetensors" else torch.load(io.BytesIO(data), weights_only=True)
    assert {key: (value.shape, value.dtype) for key, value in state.items()} == {
        key: (value.shape, value.dtype) for key, value in theirs.items()
    }
    assert {value.device.type for value in state.values()} == {"meta"}
    assert find_network(state).spec == preset(name)


def test_the_largest_of_the_paper_is_within_the_limit() -> None:
    numbers = sum(torch.Size(shape).numel() for shape in shapes_of(preset("resnet152")).values())
    assert 0.9 * MAX_WEIGHTS < 4 * numbers < MAX_WEIGHTS


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", [0.0, 1e-4, 0.3, 0.9, 0.99])
def test_a_download_that_broke_off_is_refused(kind: str, part: float) -> None:
    data = published("resnet18", kind)
    with pytest.raises(Refused) as caught:
        open_weights(data[: int(len(data) * part)])
    assert caught.value.code == "no_weights"


def header(told: dict[str, object], values: int) -> bytes:
    text = json.dumps(told).encode()
    return len(text).to_bytes(8, "little") + text + bytes(values)


@pytest.mark.parametrize(
    "data",
    [
        header({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}, 4),
        header({"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}, 8),
        header({f"{n}": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]} for n in range(2)}, 4),
        header({"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, -4]}}, 0),
        header({"a": {"dtype": "Q7", "shape": [1], "data_offsets": [0, 4]}}, 4),
        header({"a": [1]}, 4),
        (10).to_bytes(8, "little") + b"{[[[[[[[[[",
        len(nested := b"{" + b'"a":[' * 100_000).to_bytes(8, "little") + nested,
    ],
    ids=["more than there is", "a gap", "two in one place", "negative", "a type of its own", "no table", "no JSON", "nested"],
)
def test_a_forged_header_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as caught:
        open_weights(data)
    assert caught.value.code == "no_weights"


def archive(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(name, content)
    return file.getvalue()


LISTS = b"\x80\x02" + b"]" * MAX_TABLE + b"."
"""A pickle whose every byte is an object of sixty."""


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (archive("archive/data.pkl", LISTS), "weights_table"),
        (header({"a" * MAX_TABLE: {}}, 0), "weights_table"),
        (pickle.dumps(torch.serialization.MAGIC_NUMBER, 2) + LISTS, "no_weights"),
    ],
    ids=["archive", "safetensors", "before torch 1.6"],
)
def test_names_and_shapes_that_would_fill_the_memory_are_not_read(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        open_weights(data)
    assert caught.value.code == code


def test_a_dictionary_that_holds_itself_ends() -> None:
    state: dict[str, object] = {"fc.bias": torch.zeros(1)}
    state["model"] = state
    file = io.BytesIO()
    torch.save(state, file)
    with pytest.raises(Refused) as caught:
        unwrap(open_weights(file.getvalue()))
    assert caught.value.code == "no_weights"


def test_what_two_names_share_is_counted_once() -> None:
    shared = torch.zeros(100_000)
    found = open_weights(saved({"model": {"a": shared, "b": shared}}, "archive"))
    assert list(unwrap(found).state) == ["a", "b"]
