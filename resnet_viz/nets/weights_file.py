"""A file of weights that somebody brings: the names, shapes and types of its tensors, from `.safetensors`, `.pth` or `.pt`.

Which network it is of stands in these, less than a thousandth of the file. The values stay where they are: none is read,
none is copied, and no code of theirs is run.
"""

from __future__ import annotations

import io
import json
import zipfile

import torch

from resnet_viz.refused import Refused

MAX_TABLE = 2 * 2**20
"""Bytes that the names and shapes may take. ResNet-152's take 0.15 MB; in two, a forger makes 0.2 GB of Python's objects."""
_TYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
"""The names of safetensors for what torch calls otherwise."""


def open_weights(data: bytes) -> object:
    """What the file holds, as `checkpoint.unwrap` takes it, with tensors that have no values. What is in the bytes decides, not a
    name.

    Raises `Refused`, a `ValueError`, where no weights can be read from it.

    >>> import safetensors.torch
    >>> saved = safetensors.torch.save({"fc.bias": torch.zeros(2)})
    >>> open_weights(saved)
    {'fc.bias': tensor(..., device='meta', size=(2,))}
    """
    is_safetensors = data[8:9] == b"{"  # behind eight bytes that say how long the header is
    try:
        return _safetensors(data) if is_safetensors else _torch(data)
    except Refused:
        raise
    except Exception as error:  # whatever a damaged or a foreign file makes the unpickler say
        raise Refused("no_weights", given="safetensors" if is_safetensors else type(error).__name__) from error


def _safetensors(data: bytes) -> dict[str, torch.Tensor]:
    """By its header, which says of each tensor where it begins and ends behind it: https://huggingface.co/docs/safetensors."""
    length = int.from_bytes(data[:8], "little")
    if length > MAX_TABLE:
        raise Refused("weights_table", given=f"{length / 2**20:,.1f}", limit=MAX_TABLE // 2**20)
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    found, end = {}, 0
    for name, told in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        tensor = torch.empty(told["shape"], dtype=_TYPES[told["dtype"]], device="meta")
        if told["data_offsets"] != [end, end + tensor.nbytes]:
            raise ValueError(f"{name} does not follow what stands before it")
        found[name], end = tensor, end + tensor.nbytes
    if len(data) != 8 + length + end:
        raise ValueError(f"{len(data)} bytes where the header tells of {8 + length + end}")
    return {name: found[name] for name in header}


def _torch(data: bytes) -> object:
    """By its pickle: in an archive, or before the values in files of torch before 1.6."""
    if data.startswith(b"PK\x03\x04"):  # by which torch itself tells them apart
        _check_archive(data)
        pickled = data
    else:
        pickled = data[:MAX_TABLE]
    with torch.serialization.skip_data():
        found = torch.load(io.BytesIO(pickled), map_location="meta", weights_only=True)
    if (told := _bytes_told(found)) > len(data):
        raise EOFError(f"{len(data)} bytes where the tensors tell of {told}")
    return found


def _check_archive(data: bytes) -> None:
    """torch's files are archives that are stored as they are; one that unpacks to more than it is is refused."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
    if (size := sum(member.file_size for member in members)) > len(data):
        raise Refused("weights_unpacked", given=f"{size / 2**20:,.1f}", limit=f"{len(data) / 2**20:,.1f}")
    table = max((member.file_size for member in members if member.filename.endswith(".pkl")), default=0)
    if table > MAX_TABLE:
        raise Refused("weights_table", given=f"{table / 2**20:,.1f}", limit=MAX_TABLE // 2**20)


def _bytes_told(saved: object) -> int:
    """How much the tensors in a dictionary of dictionaries take, each storage once however often it is named."""
    waiting, seen = [saved], {}
    while waiting:
        one = waiting.pop()
        seen[id(one)] = one  # a dictionary may hold itself
        inside = one.values() if isinstance(one, dict) else [one.untyped_storage()] if isinstance(one, torch.Tensor) else ()
        waiting += [each for each in inside if id(each) not in seen]
    return sum(one.nbytes() for one in seen.values() if isinstance(one, torch.UntypedStorage))
