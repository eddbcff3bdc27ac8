"""What a linear classifier makes of the pictures: computed once for the whole process, beside the pages that wait for it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor

KEPT = 32
"""Kinds of pictures that are remembered or wait; what was asked for first goes first."""

_lock = threading.Lock()
_one = ThreadPoolExecutor(1, thread_name_prefix="linear classifier")
_asked: OrderedDict[tuple[str, int], Future[tuple[float, float]]] = OrderedDict()


def errors(data: str, seed: int) -> Future[tuple[float, float]]:
    """(training, test) error for these pictures, now or later."""
    key = (data, seed)
    with _lock:
        if key not in _asked:
            _asked[key] = _one.submit(_measure, data, seed)
            while len(_asked) > KEPT:
                _asked.popitem(last=False)[1].cancel()
        _asked.move_to_end(key)
        return _asked[key]


def _measure(data: str, seed: int) -> tuple[float, float]:
    import torch

    from resnet_viz.training.trainer import linear_error

    torch.set_num_threads(1)  # spinning threads would take the pages' processor
    return linear_error(data, seed)
