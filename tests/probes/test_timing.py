"""Timing with a clock that is not one, and what a measurement leaves behind: nothing."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterable

import pytest
import torch
from torch import nn

from resnet_viz import build
from resnet_viz.nets.blockcost import BLOCK, block_spec
from resnet_viz.probes import timing as probe
from resnet_viz.probes.timing import Timing, time_block, timing, work


class Clock:
    """Every call of `run` takes the next of the given seconds, and then the last for ever."""

    def __init__(self, seconds: Iterable[float]) -> None:
        self.seconds, self.now, self.calls = list(seconds), 0.0, 0

    def run(self) -> None:
        self.now += self.seconds[min(self.calls, len(self.seconds) - 1)]
        self.calls += 1

    def __call__(self) -> float:
        return self.now


def test_median_and_quartiles_leave_out_the_first_call() -> None:
    taken = [0.004, 0.002, 0.003, 0.009, 0.001]
    clock = Clock([5.0, *taken])
    found = timing(clock.run, budget_s=40, max_repeats=5, clock=clock, wall=clock)
    assert clock.calls == 6, "one call longer than a tenth of the budget is warm-up enough"
    low, middle, high = statistics.quantiles(taken, n=4, method="inclusive")
    assert found[:3] == pytest.approx((middle * 1e3, low * 1e3, high * 1e3))
    assert found.median_ms == pytest.approx(3.0)
    assert found.repeats == 5


def test_warm_up_takes_a_tenth_of_the_budget() -> None:
    clock = Clock([1 / 64])
    found = timing(clock.run, budget_s=10, max_repeats=100, clock=clock, wall=clock)
    assert found.repeats == 100
    assert 0.95 <= (clock.calls - 100) / 64 <= 1.0


@pytest.mark.parametrize("seconds", [0.01, 0.3, 0.45])
def test_the_budget_is_kept(seconds: float) -> None:
    clock = Clock([seconds])
    found = timing(clock.run, budget_s=1, max_repeats=10_000, clock=clock, wall=clock)
    assert clock.now <= 1 + 1e-9
    assert clock.now > 1 - 2 * seconds
    assert found.low_ms == pytest.approx(found.high_ms)


def test_what_is_longer_than_the_budget_is_measured_once() -> None:
    clock = Clock([7.0])
    assert timing(clock.run, budget_s=1, clock=clock, wall=clock) == Timing(7000, 7000, 7000, 1, 1)
    assert clock.calls == 2


def test_the_budget_has_its_own_clock() -> None:
    """As on a machine so busy that every second of work takes four."""
    work_clock = Clock([0.25])
    found = timing(work_clock.run, budget_s=10, clock=work_clock, wall=lambda: 4 * work_clock.now)
    assert found.median_ms == 250
    assert 4 * work_clock.now <= 10


def test_backward_runs_on_the_calling_thread() -> None:
    """So that the processor time of this thread counts it."""
    x, seen = torch.randn(1, 16, 6, 6, requires_grad=True), []
    y = block("basic")(x)
    y.register_hook(lambda _: seen.append(threading.get_ident()))
    torch.autograd.grad(y.sum(), x)
    assert seen == [threading.get_ident()]
    assert time_block(block("basic"), x, backward=True, clock=time.thread_time, budget_s=0.05).low_ms > 0


def test_a_clock_that_stands_still_comes_to_an_end() -> None:
    assert timing(lambda: None, max_repeats=4, budget_s=1e-6, clock=lambda: 0.0, wall=lambda: 0.0).median_ms == 0


@pytest.mark.parametrize("bad", [{"budget_s": 0}, {"max_repeats": 0}, {"threads": 0}])
def test_nonsense_is_refused(bad: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        timing(lambda: None, **bad)  # type: ignore[arg-type]


def test_threads_are_stated_and_put_back() -> None:
    before = torch.get_num_threads()
    seen: list[int] = []

    def fail() -> None:
        seen.append(torch.get_num_threads())
        raise RuntimeError("inside")

    with pytest.raises(RuntimeError, match="inside"):
        timing(fail, threads=before + 1)
    assert seen == [before + 1]
    assert torch.get_num_threads() == before
    assert timing(lambda: None, threads=2, max_repeats=1).threads == 2


def test_one_measurement_at_a_time() -> None:
    inside, seen = [0], []

    def run() -> None:
        inside[0] += 1
        seen.append(inside[0])
        inside[0] -= 1

    with probe._one_at_a_time:
        waiting = threading.Thread(target=timing, args=(run,), kwargs={"max_repeats": 20, "budget_s": 0.05})
        waiting.start()
        assert not seen, "it waits for the one that runs"
    workers = [threading.Thread(target=timing, args=(run,), kwargs={"max_repeats": 20, "budget_s": 0.05}) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in [waiting, *workers]:
        worker.join()
    assert set(seen) == {1}


def block(kind: str) -> nn.Module:
    return build(block_spec(kind, 16)).get_submodule(BLOCK)


@pytest.mark.parametrize("kind", ["basic", "bottleneck"])
@pytest.mark.parametrize("backward", [False, True])
def test_the_module_is_left_as_it_was(kind: str, backward: bool) -> None:
    module = block(kind)
    module.train()
    module.get_submodule("bn1").eval()  # a mixed mode, as somebody may have chosen it
    modes = [m.training for m in module.modules()]
    state = {name: value.clone() for name, value in module.state_dict().items()}
    x = torch.randn(1, 16, 6, 6, requires_grad=True)
    found = time_block(module, x, backward=backward, budget_s=0.05, max_repeats=3)
    assert 1 <= found.repeats <= 3
    assert found.threads == 1
    assert 0 < found.low_ms <= found.median_ms <= found.high_ms
    assert [m.training for m in module.modules()] == modes
    assert all(torch.equal(value, state[name]) for name, value in module.state_dict().items())
    assert all(p.grad is None and p.requires_grad for p in module.parameters())
    assert x.grad is None
    assert x.requires_grad


class Watching(nn.Linear):
    """Notes how it was called."""

    def __init__(self) -> None:
        super().__init__(3, 3)
        self.seen: list[tuple[bool, bool, bool]] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.seen.append((self.training, torch.is_grad_enabled(), x.requires_grad))
        return super().forward(x)


@pytest.mark.parametrize("wants", [False, True])
def test_forward_evaluates_and_backward_trains(wants: bool) -> None:
    module, x = Watching(), torch.ones(1, 3, requires_grad=wants)
    time_block(module, x, max_repeats=1, budget_s=0.01)
    assert set(module.seen) == {(False, False, False)}
    module.seen.clear()
    time_block(module, x, backward=True, max_repeats=1, budget_s=0.01)
    assert set(module.seen) == {(True, True, wants)}


def test_backward_needs_something_to_differentiate() -> None:
    with pytest.raises(ValueError, match="nothing to differentiate"):
        time_block(nn.ReLU(), torch.ones(3), backward=True)
    assert time_block(nn.ReLU(), torch.ones(3, requires_grad=True), backward=True, max_repeats=1).repeats == 1


Layers = Callable[[], nn.Module]


@pytest.mark.parametrize(
    ("layer", "shape", "macs", "moved"),
    [
        (lambda: nn.Conv2d(8, 4, 3, padding=1, bias=False), (1, 8, 5, 5), 9 * 8 * 4 * 25, 4 * (200 + 288 + 100)),
        (lambda: nn.Conv2d(8, 4, 3, padding=1, groups=2, bias=False), (1, 8, 5, 5), 9 * 4 * 4 * 25, 4 * (200 + 144 + 100)),
        (lambda: nn.Linear(6, 2), (3, 6), 36, 4 * (18 + 14 + 6)),
        (lambda: nn.ReLU(), (1, 7), 0, 4 * 14),
        (lambda: nn.Identity(), (1, 7), 0, 0),
        (lambda: nn.Sequential(nn.Flatten(), nn.Identity()), (1, 7, 2), 0, 0),
    ],
)
def test_work_by_hand(layer: Layers, shape: tuple[int, ...], macs: int, moved: int) -> None:
    module = layer()
    found = work(module, torch.zeros(shape))
    assert found == (macs, moved)
    assert found.intensity == (macs / moved if moved else 0)
    assert not any(m._forward_hooks for m in module.modules())
    assert module.training
