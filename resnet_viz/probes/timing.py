"""How long a module takes here and now, and how much work that is.

    timing      the median and the quartiles of any function's duration
    time_block  the same of a module's forward pass, or of forward and backward together
    work        multiply-adds and bytes of one forward pass; their quotient is the arithmetic intensity

One measurement runs at a time in this process: a second one waits. What else the machine does cannot be kept out, which is why
a spread is given and not only a number.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from resnet_viz.probes.unchanged import hooked, ordinary, unchanged

_one_at_a_time = threading.RLock()
_WARM_UP = 0.1  # of the budget


class Timing(NamedTuple):
    """Durations in milliseconds: half of the repeats lie between `low_ms` and `high_ms`."""

    median_ms: float
    low_ms: float
    """First quartile."""
    high_ms: float
    """Third quartile."""
    repeats: int
    threads: int


def timing(
    run: Callable[[], object],
    *,
    budget_s: float = 1.0,
    max_repeats: int = 100,
    threads: int = 1,
    clock: Callable[[], float] = time.perf_counter,
    wall: Callable[[], float] = time.perf_counter,
) -> Timing:
    """Call `run` again and again and say how long a call takes.

    First calls for a tenth of the budget, at least one, are not counted: they allocate and choose algorithms. Then it repeats
    while another call as long as the longest so far fits into `budget_s` seconds, at most `max_repeats` times and at least once.
    torch's number of threads is put back afterwards.

    `clock` says how long a call takes, in seconds; `wall` keeps the budget. With `time.thread_time` as the clock it is the
    processor time of one thread, which other programs on a busy machine stretch far less; with more threads it would be wrong.
    """
    if not (budget_s > 0 and max_repeats >= 1 and threads >= 1):
        raise ValueError(f"budget, repeats and threads must be positive, got {budget_s!r}, {max_repeats!r} and {threads!r}")
    with _one_at_a_time, _threads(threads):
        start = now = wall()
        longest = 0.0
        for _ in range(max_repeats):
            run()
            before, now = now, wall()
            longest = max(longest, now - before)
            if now + longest >= start + _WARM_UP * budget_s:
                break
        taken: list[float] = []
        while not taken or (len(taken) < max_repeats and now + longest <= start + budget_s):
            called = clock()
            run()
            taken.append(clock() - called)
            before, now = now, wall()
            longest = max(longest, now - before)
    low, middle, high = statistics.quantiles(taken, n=4, method="inclusive") if len(taken) > 1 else taken * 3
    return Timing(middle * 1e3, low * 1e3, high * 1e3, len(taken), threads)


def time_block(module: nn.Module, x: Tensor, *, backward: bool = False, **options: Any) -> Timing:
    """Time a module on the input `x`, in evaluation mode without gradients.

    With `backward`, a forward pass in training mode and the gradients of the output's sum are timed together: with respect to
    every parameter that wants one, and to `x` where `x.requires_grad`, as for a block in the middle of a network. Nothing of the
    module changes. `options` are `timing`'s.
    """
    if backward and not any(t.requires_grad for t in (x, *module.parameters())):
        raise ValueError("there is nothing to differentiate: no parameter requires a gradient, and x does not either")

    def forward() -> None:
        module(inputs)

    def both() -> None:
        torch.autograd.grad(module(inputs).sum(), wanted, allow_unused=True)

    with _one_at_a_time, unchanged(module, training=backward, gradients="values" if backward else "none"):
        inputs = ordinary(x).detach().requires_grad_(backward and x.requires_grad)
        wanted = [t for t in (inputs, *module.parameters()) if t.requires_grad]
        return timing(both if backward else forward, **options)


class Work(NamedTuple):
    """What one forward pass does."""

    macs: int
    """Multiply-adds of convolutions and linear layers."""
    bytes: int
    """Read and written in memory."""

    @property
    def intensity(self) -> float:
        """Arithmetic intensity, multiply-adds per byte."""
        return self.macs / self.bytes if self.bytes else 0.0


def work(module: nn.Module, x: Tensor) -> Work:
    """Multiply-adds and bytes of one forward pass of any module in evaluation mode, seen by hooks on its innermost modules.

    Each of them is taken to read its inputs and its parameters and to write its output once, as if there were no cache. One
    that hands on the memory it was given (an identity, a flattening) moves nothing.

    >>> work(nn.Conv2d(64, 64, 1, bias=False), torch.zeros(1, 64, 8, 8))
    Work(macs=262144, bytes=49152)
    """
    macs = moved = 0

    def count(layer: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> None:
        nonlocal macs, moved
        read = [t for t in inputs if isinstance(t, Tensor)]
        if output.data_ptr() in {t.data_ptr() for t in read}:
            return
        moved += sum(t.numel() * t.element_size() for t in (*read, *layer.parameters(), output))
        if isinstance(layer, nn.Conv2d | nn.Linear):
            macs += output.numel() * layer.weight[0].numel()

    innermost = [m for m in module.modules() if not list(m.children())]
    with unchanged(module), hooked(m.register_forward_hook(count) for m in innermost):
        module(x)
    return Work(macs, moved)


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
