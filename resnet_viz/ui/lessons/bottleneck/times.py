"""*How long do all three take?*: the comparisons, timed on this machine."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from resnet_viz.nets.blockcost import BLOCK, block_plan, block_spec, bytes_moved
from resnet_viz.nets.presets import parse_network, short_name
from resnet_viz.refused import Refused
from resnet_viz.text import Lesson
from resnet_viz.ui.kit.figures import badge
from resnet_viz.ui.kit.numbers import big
from resnet_viz.ui.kit.prediction import answered
from resnet_viz.ui.kit.turns import measuring
from resnet_viz.ui.kit.words import said as in_words
from resnet_viz.ui.kit.words import text

if TYPE_CHECKING:
    from resnet_viz.probes.timing import Timing, Work
from resnet_viz.ui.lessons.bottleneck.cells import cells_table, on_one_line, short
from resnet_viz.ui.lessons.bottleneck.sliders import Size
from resnet_viz.ui.lessons.bottleneck.three_comparisons import Timeable, is_asked_later, name_of, runs_of

NETWORK_SIZE = 112
"""Pixels of the picture on which whole networks are timed."""
MAX_MACS = 4_000_000_000
"""Most multiply-adds of a block's forward pass that is timed: what one thread does in a tenth of a second or two."""
BLOCK_SECONDS, NETWORK_SECONDS = 1.0, 3.0
_FORWARD_SHARE = 0.3  # of those seconds; forward and backward together take about three times as long
REPEATS, THREADS = 50, 1
ASKED = "paper"
"""The comparison of which the page asks how much longer one side takes: no time of it is told before."""
_NEAR = 0.1  # a ratio of times this close to another ratio, or within the spread, is said to follow it


class Measured(NamedTuple):
    """One run, timed."""

    forward: Timing
    both: Timing
    work: Work


@st.cache_data(max_entries=128, show_spinner=False)
def measure(net: str, place: str, shape: tuple[int, int, int], seconds: float) -> Measured:
    """Time a network, or the block of it at `place`, on one input of noise (C, H, W). A class shares the result."""
    import torch

    from resnet_viz.nets.resnet import build
    from resnet_viz.probes.timing import time_block, work

    with measuring():  # no other measurement runs meanwhile
        module = build(parse_network(net)).get_submodule(place)
        x = torch.randn(1, *shape, generator=torch.Generator().manual_seed(0)).requires_grad_(bool(place))
        options: dict[str, Any] = {"max_repeats": REPEATS, "threads": THREADS, "clock": time.thread_time}
        forward = time_block(module, x, budget_s=_FORWARD_SHARE * seconds, **options)
        both = time_block(module, x, backward=True, budget_s=(1 - _FORWARD_SHARE) * seconds, **options)
        return Measured(forward, both, work(module, x))


def timed(run: Timeable, size: Size) -> Measured:
    """A block on H×W positions, or a whole network."""
    if not run.channels:
        return measure(run.kind, "", (3, NETWORK_SIZE, NETWORK_SIZE), NETWORK_SECONDS)
    net = short_name(block_spec(run.kind, run.channels))
    return measure(net, BLOCK, (run.channels, size.height, size.width), BLOCK_SECONDS)


def refusal(size: Size, words: Lesson) -> str:
    """Why nothing is measured at this size, or nothing."""
    given = block_plan("basic", *size).macs
    if given > MAX_MACS:
        numbers = {"given": big(given), "limit": big(MAX_MACS, 0)}
        return words.say("limit_block", c=size.channels, h=size.height, w=size.width, **numbers)
    return words.labels["limit_point"] if size.height * size.width == 1 else ""


def show(size: Size, words: Lesson) -> None:
    """The button, and after it the times."""
    limits = {"block": f"{BLOCK_SECONDS:.0f}", "network": f"{NETWORK_SECONDS:.0f}", "repeats": REPEATS, "threads": THREADS}
    st.markdown(words.say("measure_how", size=NETWORK_SIZE, **limits))
    if problem := refusal(size, words):
        st.warning(problem, icon=":material/front_hand:")
        return

    def start() -> None:
        st.session_state["bottleneck_measured"] = size

    asked = st.session_state.get("bottleneck_measured") == size
    st.button(words.labels["measure"], on_click=start, key="w_measure", icon=":material/timer:", type="primary", disabled=asked)
    if not asked:
        return
    runs = list(dict.fromkeys(run for pair in runs_of(size).values() for run in pair))
    bar, times = st.progress(0.0), {}
    try:
        for i, run in enumerate(runs):
            bar.progress(i / len(runs), words.say("measuring", name=name_of(run, words)))
            times[run] = timed(run, size)
    except Refused as busy:
        del st.session_state["bottleneck_measured"]
        st.info(in_words(busy), icon=":material/hourglass_disabled:")
        st.button(words.labels["measure"], on_click=start, key="w_measure_again", icon=":material/timer:")
        return
    finally:
        bar.empty()
    with st.container(border=True, key="times"):
        badge("measured")
        st.caption(words.say("time_note", threads=THREADS, most=REPEATS))
        for column, (name, pair) in zip(st.columns(3, gap="medium"), runs_of(size).items(), strict=True):
            with column:
                if name == ASKED and not answered("bottleneck_time"):
                    st.caption(text("common").labels["further_after"])
                    continue
                basic, bottleneck = (times[run] for run in pair)
                later = is_asked_later(name)
                _times([name_of(run, words) for run in pair], (basic, bottleneck), words, counted=not later)
                if later:
                    st.caption(words.labels["asked_later"])
                else:
                    st.markdown(sentence(words.labels[f"compare_{name}"], basic, bottleneck, words))
        st.markdown(why(size, words))


def _times(names: Sequence[str], found: Sequence[Measured], words: Lesson, *, counted: bool) -> None:
    """Two runs beside each other. Speed times time is multiply-adds: where these must not be `counted` yet, no speed is told."""
    rows: dict[str, Callable[[Measured], str]] = {
        "time_forward": lambda m: _spread(m.forward, words),
        "time_both": lambda m: _spread(m.both, words),
        "time_speed": lambda m: on_one_line(short(m.work.macs / (m.forward.median_ms / 1e3))),
        "time_intensity": lambda m: f"{m.work.intensity:.1f}",
    }
    if not counted:
        del rows["time_speed"]
    cells_table((" ", *names), [(words.labels[key], *map(write, found)) for key, write in rows.items()])


def _spread(t: Timing, words: Lesson) -> str:
    digits = max(0, 2 - math.floor(math.log10(max(t.median_ms, 1e-3))))
    median, low, high = (f"{value:.{digits}f}" for value in t[:3])
    return f"**{median}** {on_one_line(words.say('time_spread', low=low, high=high))}"


class Ratios(NamedTuple):
    """The bottleneck's side over the basic block's; 0 where it has not been measured."""

    macs: float
    bytes: float
    forward: float
    both: float
    """Forward and backward together."""


def ratios(basic: Measured, bottleneck: Measured) -> Ratios:
    """How many times as much."""
    return Ratios(
        bottleneck.work.macs / basic.work.macs,
        bottleneck.work.bytes / basic.work.bytes,
        bottleneck.forward.median_ms / basic.forward.median_ms,
        bottleneck.both.median_ms / basic.both.median_ms,
    )


def sentence(title: str, basic: Measured, bottleneck: Measured, words: Lesson) -> str:
    """What the two measurements say about each other, and which count the time follows, if either."""
    macs, moved, forward, both = ratios(basic, bottleneck)
    lowest = min(bottleneck.forward.low_ms / basic.forward.high_ms, (1 - _NEAR) * forward)
    highest = max(bottleneck.forward.high_ms / basic.forward.low_ms, (1 + _NEAR) * forward)
    verdict = "said_neither"
    if lowest <= macs <= highest:
        verdict = "said_macs"
    elif lowest <= moved <= highest:
        verdict = "said_bytes"
    elif min(macs, moved) < forward < max(macs, moved):
        verdict = "said_between"
    shown = {"macs": macs, "bytes": moved, "time": forward, "both": both}
    said = words.say("said", title=title, **{name: f"{value:.3g}" for name, value in shown.items()})
    return words.joined([said, words.labels[verdict]])


def why(size: Size, words: Lesson) -> str:
    """The arithmetic intensity inside the bottleneck, layer by layer."""
    block = block_plan("bottleneck", *size)
    convolutions = {kernel: [x for x in block.layers if x.kind == "conv" and x.kernel == kernel] for kernel in (1, 3)}
    ones, threes = (f"{sum(x.macs for x in layers) / bytes_moved(layers):.1f}" for layers in convolutions.values())
    others = [x for x in block.layers if x.kind != "conv"]
    return words.say("said_why", c=size.channels, ones=ones, threes=threes, share=bytes_moved(others) / bytes_moved(block.layers))
