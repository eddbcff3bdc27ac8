"""Basic block and bottleneck, as the lesson shows them: to scale, in numbers, and timed on this machine."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from resnet_viz.draw.areas import areas
from resnet_viz.draw.blockscale import Scaled, blockscale
from resnet_viz.nets import blockcost
from resnet_viz.nets.blockcost import BLOCK, PAPER, Comparison, block_plan, block_spec, bytes_moved, shares, terms
from resnet_viz.nets.export import to_python
from resnet_viz.nets.presets import parse_network, short_name
from resnet_viz.refused import Refused
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.page import Download, Question, badge, big, downloads, mebibytes, predict
from resnet_viz.ui.kit.page import said as in_words
from resnet_viz.ui.kit.turns import measuring
from resnet_viz.ui.lessons.bottleneck.params import CHANNELS, HEIGHT, WIDTH

if TYPE_CHECKING:
    from resnet_viz.probes.timing import Timing, Work

_CHANNELS = (16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
_SIDES = (1, 2, 4, 7, 8, 14, 16, 20, 28, 32, 40, 56, 64, 80, 96, 112)
NETWORKS = ("resnet34", "resnet50")
NETWORK_SIZE = 112
"""Pixels of the picture on which whole networks are timed."""
MAX_MACS = 4_000_000_000
"""Of a block's forward pass: what one thread does in a tenth of a second or two."""
BLOCK_SECONDS, NETWORK_SECONDS = 2.0, 3.0
_FORWARD_SHARE = 0.3  # of those seconds; forward and backward together take about three times as long
REPEATS, THREADS = 50, 1
_NEAR = 0.1  # a ratio of times this close to another ratio, or within the spread, is said to follow it


class Size(NamedTuple):
    """What the sliders say."""

    channels: int
    height: int
    width: int

    @property
    def positions(self) -> str:
        return f"{self.height} × {self.width}"


def predict_ratio(words: Lesson) -> None:
    """What does a bottleneck cost of a basic block that is as wide?"""
    size = current()

    def measure() -> Question:
        basic, bottleneck = (block_plan(block, *size).macs for block in PAPER)
        answer = min(range(3), key=lambda i: abs(bottleneck / basic - (3 / 4, 1 / 3, 1 / 17)[i]))
        numbers = {"basic": f"{basic:,}", "bottleneck": f"{bottleneck:,}"}
        said = words.say("predict_because", **numbers, c=size.channels, h=size.height, w=size.width, **_ratio())
        return Question(answer, said)

    predict(measure, words.labels["predict_ask"], [words.labels[f"predict_{i}"] for i in range(3)], key="bottleneck")


def current() -> Size:
    """What this session has chosen; at first the paper's 64 channels, where they stand in ResNet-18. C is a multiple of 4."""
    channels = url_state.get(CHANNELS)
    return Size(channels - channels % 4, url_state.get(HEIGHT), url_state.get(WIDTH))


def choose(words: Lesson) -> Size:
    """The three sliders."""
    size = current()
    for column, value, of, stops in zip(st.columns(3), size, (CHANNELS, HEIGHT, WIDTH), (_CHANNELS, _SIDES, _SIDES), strict=True):
        url_state.control(
            column.select_slider,
            words.labels[of.name],
            sorted({*stops, value}),
            value=value,
            then=partial(url_state.put, of),
            key=of.name,
        )
    return size


def side_by_side(size: Size, words: Lesson) -> None:
    """Both blocks to scale, each with its formula filled in, and what follows."""
    scaled = _scaled(size, words)
    for i, (column, block) in enumerate(zip(st.columns(2, gap="medium"), PAPER, strict=True)):
        with column, st.container(border=True):
            figure(blockscale(scaled, words.labels, only=i), key=f"scale_{block}")
            numbers = [term.macs for term in terms(block, *size)]
            st.markdown(f"{words.labels[f'formula_{block}']}  \n{' + '.join(f'{n:,}' for n in numbers)} = **{sum(numbers):,}**")
    st.markdown(f"**{words.say('ratio', **_ratio())}**")
    st.caption(words.labels["scale_note"])


def _scaled(size: Size, words: Lesson) -> list[Scaled]:
    return [Scaled(words.labels[block], terms(block, *size)) for block in PAPER]


def _ratio() -> dict[str, Any]:
    ratio = shares("bottleneck") / shares("basic")
    return {"fraction": ratio, "ratio": float(ratio), "times": round(1 / ratio)}


def over_channels(size: Size, words: Lesson) -> None:
    """The cost's terms over C, and beside them the sum that settles what is often copied wrongly."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader(words.labels["areas_title"], anchor=False)
        basic, bottleneck = (big(block_plan(block, *size).macs) for block in PAPER)
        alt = words.say("areas_alt", h=size.height, w=size.width, c=size.channels, basic=basic, bottleneck=bottleneck)
        st.plotly_chart(areas(*size, words.labels), key="areas", alt=alt, config={"displayModeBar": False})
    with right:
        _claim(words)


def _claim(words: Lesson) -> None:
    """The copied 3/4 and 1/3 beside 17/16 and 1/17, term by term."""
    say = words.labels
    total, basic = shares("bottleneck"), shares("basic")
    rows = []
    for term in terms("bottleneck", 4, 1, 1):  # at C = 4 a count of channels is a count of quarters
        c_in, c_out = ("C" if n == 4 else "C/4" for n in (term.in_channels, term.out_channels))
        rows.append((f"{term.kernel}×{term.kernel}", f"{term.kernel**2} · {c_in} · {c_out}", f"{term.share}"))
    rows += [
        (f"**{say['term_sum']}**", "", f"**{total}**"),
        (f"**{say['claim_ratio']}**", f"{total} ÷ {basic}", f"**{total / basic} ≈ 1/{round(basic / total)}**"),
        (f"*{say['claim_copied']}*", "", "~~3/4, 1/3~~"),
    ]
    st.markdown(words.sections["claim"])
    _table((say["term"], say["term_sizes"], say["term_share"]), rows)
    ones = sum((term.share for term in terms("bottleneck", 4, 1, 1) if term.kernel == 1), Fraction(0))
    copied = Fraction(3, 4)
    left = (copied - ones) * 16  # a 3×3 from C/4 to C/4 has k²/16 C² weights
    st.markdown(words.say("claim_left", ones=ones, weights=left, basic=basic, wrong=copied / basic))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table of Markdown cells. It has to fit a phone: one that scrolls sideways cannot be reached by keyboard."""
    columns = zip(*rows, strict=True)
    st.table({name: list(column) for name, column in zip(head, columns, strict=True)}, border="horizontal", hide_index=True)


def _unbroken(text: str) -> str:
    """The same with blanks at which no line ends, so that no number is parted from its unit."""
    return text.replace(" ", "\u00a0")


# Compared


def compare(size: Size, words: Lesson) -> None:
    """Three comparisons, each with its ratios."""
    st.subheader(words.labels["compare_title"], anchor=False)
    compared = blockcost.comparisons(*size)
    for column, pair in zip(st.columns(3, gap="medium"), compared, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"**{words.labels[f'compare_{pair.name}']}**  \n{_about(pair, size, words)}")
            basic, bottleneck = (_unbroken(_name(run, words)) for run in _runs(size)[pair.name])
            rows = []
            for cost, write in (("macs", _short), ("params", _short), ("activation_bytes", mebibytes)):
                values = f"{write(getattr(pair.basic, cost))} → {write(getattr(pair.bottleneck, cost))}"
                rows.append((words.labels[cost], _unbroken(values), _unbroken(f"× {pair.ratio(cost):.3g}")))
            _table((" ", f"{basic} → {bottleneck}", words.labels["ratio_column"]), rows)
    st.caption(words.labels["memory_help"])


def _short(count: float) -> str:
    """Three figures and a unit: 231 M."""
    return big(count, max(0, 2 - math.floor(math.log10(count)) % 3))


def _about(pair: Comparison, size: Size, words: Lesson) -> str:
    per_position = {block: f"{block_plan(block, c, 1, 1).macs:,}" for block, c in PAPER.items()}
    return words.say(
        f"about_{pair.name}",
        c=size.channels, h=size.height, w=size.width, size=224, fraction=_ratio()["fraction"], **per_position,
    )  # fmt: skip


class Run(NamedTuple):
    """Something that can be timed: a block by its kind and width, or a whole network by its name."""

    kind: str
    channels: int = 0


def _runs(size: Size) -> dict[str, tuple[Run, Run]]:
    """What each comparison holds against each other."""
    return {
        "same": (Run("basic", size.channels), Run("bottleneck", size.channels)),
        "paper": (Run("basic", PAPER["basic"]), Run("bottleneck", PAPER["bottleneck"])),
        "networks": (Run(NETWORKS[0]), Run(NETWORKS[1])),
    }


def _name(run: Run, words: Lesson) -> str:
    return words.say(f"at_{run.kind}", c=run.channels) if run.channels else words.labels[run.kind]


# Measured


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


def _measure(run: Run, size: Size) -> Measured:
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


def clock(size: Size, words: Lesson) -> None:
    """The button, and after it the times."""
    st.subheader(words.labels["measure_title"], anchor=False)
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
    runs = list(dict.fromkeys(run for pair in _runs(size).values() for run in pair))
    bar, times = st.progress(0.0), {}
    try:
        for i, run in enumerate(runs):
            bar.progress(i / len(runs), words.say("measuring", name=_name(run, words)))
            times[run] = _measure(run, size)
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
        for column, (name, pair) in zip(st.columns(3, gap="medium"), _runs(size).items(), strict=True):
            with column:
                basic, bottleneck = (times[run] for run in pair)
                _times([_name(run, words) for run in pair], (basic, bottleneck), words)
                st.markdown(sentence(words.labels[f"compare_{name}"], basic, bottleneck, words))
        st.markdown(_why(size, words))


def _times(names: Sequence[str], found: Sequence[Measured], words: Lesson) -> None:
    """Two runs beside each other."""
    rows: dict[str, Callable[[Measured], str]] = {
        "time_forward": lambda m: _spread(m.forward, words),
        "time_both": lambda m: _spread(m.both, words),
        "time_speed": lambda m: _unbroken(_short(m.work.macs / (m.forward.median_ms / 1e3))),
        "time_intensity": lambda m: f"{m.work.intensity:.1f}",
    }
    _table((" ", *names), [(words.labels[key], *map(write, found)) for key, write in rows.items()])


def _spread(t: Timing, words: Lesson) -> str:
    digits = max(0, 2 - math.floor(math.log10(max(t.median_ms, 1e-3))))
    median, low, high = (f"{value:.{digits}f}" for value in t[:3])
    return f"**{median}** {_unbroken(words.say('time_spread', low=low, high=high))}"


def sentence(title: str, basic: Measured, bottleneck: Measured, words: Lesson) -> str:
    """What the two measurements say about each other, and which count the time follows, if either."""
    macs, moved = bottleneck.work.macs / basic.work.macs, bottleneck.work.bytes / basic.work.bytes
    forward = bottleneck.forward.median_ms / basic.forward.median_ms
    both = bottleneck.both.median_ms / basic.both.median_ms
    ratios = {"macs": macs, "bytes": moved, "time": forward, "both": both}
    lowest = min(bottleneck.forward.low_ms / basic.forward.high_ms, (1 - _NEAR) * forward)
    highest = max(bottleneck.forward.high_ms / basic.forward.low_ms, (1 + _NEAR) * forward)
    verdict = "said_neither"
    if lowest <= macs <= highest:
        verdict = "said_macs"
    elif lowest <= moved <= highest:
        verdict = "said_bytes"
    elif min(macs, moved) < forward < max(macs, moved):
        verdict = "said_between"
    said = words.say("said", title=title, **{name: f"{value:.3g}" for name, value in ratios.items()})
    return f"{said} {words.labels[verdict]}"


def _why(size: Size, words: Lesson) -> str:
    """The arithmetic intensity inside the bottleneck, layer by layer."""
    block = block_plan("bottleneck", *size)
    convolutions = {kernel: [x for x in block.layers if x.kind == "conv" and x.kernel == kernel] for kernel in (1, 3)}
    ones, threes = (f"{sum(x.macs for x in layers) / bytes_moved(layers):.1f}" for layers in convolutions.values())
    others = [x for x in block.layers if x.kind != "conv"]
    return words.say("said_why", c=size.channels, ones=ones, threes=threes, share=bytes_moved(others) / bytes_moved(block.layers))


def exports(size: Size, words: Lesson) -> None:
    """The drawing, the comparisons, the code of both blocks."""
    st.subheader(words.labels["export"], anchor=False)
    name, say = "x".join(map(str, size)), words.labels
    drawing = partial(blockscale, _scaled(size, words), say)
    files = [
        Download(say["export_svg"], f"blocks-{name}.svg", "image/svg+xml", drawing),
        Download(say["export_csv"], f"blocks-{name}.csv", "text/csv", lambda: blockcost.to_csv(blockcost.comparisons(*size))),
    ]
    for block in PAPER:
        code = partial(to_python, block_spec(block, size.channels))
        files.append(Download(say[f"export_{block}"], f"{block}-{size.channels}.py", "text/x-python", code))
    downloads(files, "bottleneck")
