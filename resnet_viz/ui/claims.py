"""Claims, measured: sentences of a course note, each with its measurement and the verdict that follows from the numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from resnet_viz.draw.bars import Bar, bars
from resnet_viz.draw.lines import Line, lines, power
from resnet_viz.draw.svg import compact
from resnet_viz.lab.claims import CLAIMS, Verdict
from resnet_viz.text import Lesson
from resnet_viz.ui import live, state
from resnet_viz.ui.components.figure import figure
from resnet_viz.ui.lesson import Download, badge, downloads, shape_text, text
from resnet_viz.ui.navigation import page
from resnet_viz.ui.tally import tally, voter

if TYPE_CHECKING:
    from resnet_viz.lab.claims import Finding
    from resnet_viz.lab.claims.blocks import Channels, Code, Cost, FirstBlock, Order, Shapes, Strides
    from resnet_viz.lab.claims.networks import Attention, Degradation, Ensemble, Gradients

LESSONS = {
    "degradation": "degradation",
    "gradients": "gradients",
    "shapes": "shortcuts",
    "cost": "bottleneck",
    "strides": "shortcuts",
    "channels": "build",
    "order": "block",
    "code": "bottleneck",
    "attention": "mixing",
    "ensemble": "why",
}
"""The lesson that shows what a claim is about."""
_GUESSES = ("holds", "not")
_BOXES: dict[Verdict, tuple[Callable[..., Any], str]] = {
    "holds": (st.success, ":material/check_circle:"),
    "corrected": (st.warning, ":material/edit:"),
    "depends": (st.info, ":material/alt_route:"),
}


@st.cache_data(max_entries=len(CLAIMS), show_spinner=False)
def measured(claim: str) -> Finding:
    """The finding, measured once for all sessions. Raises `WeightsUnavailable` where a network's weights are damaged."""
    from resnet_viz.lab.claims import measure

    with live.one_at_a_time:
        return measure(claim)


def show(words: Lesson) -> None:
    """All claims; what a link or this session has measured is open."""
    st.markdown(words.sections["about"])
    opened: tuple[str, ...] = state.get("claims")
    with st.container(horizontal=True, vertical_alignment="center", key="claims_all"):
        st.button(
            words.labels["measure_all"],
            on_click=lambda: state.put("claims", CLAIMS),
            key="w_measure_all",
            icon=":material/speed:",
            disabled=len(opened) == len(CLAIMS),
        )
        if opened:
            st.button(
                words.labels["close_all"], on_click=lambda: state.put("claims", ()), key="w_close_all", icon=":material/close:"
            )
    found = {}
    for number, claim in enumerate(CLAIMS, 1):
        with st.container(border=True, key=f"claim_{claim}"):
            if finding := _card(number, claim, claim in opened, words):
                found[claim] = finding
    if found:
        _score(found, words)
        csv_file = Download(words.labels["file_csv"], "claims.csv", "text/csv", lambda: to_csv(found))
        downloads([csv_file], "claims")


def _card(number: int, claim: str, is_open: bool, words: Lesson) -> Finding | None:
    """One claim: the sentence, a guess, the button; and once it is measured, everything else."""
    say = words.labels
    left, right = st.columns([5, 1], vertical_alignment="top")
    left.subheader(f"{number}. {say[f'claim_{claim}']}", anchor=False)
    if claim in words.sections:
        left.markdown(words.sections[claim])

    def ask() -> None:
        state.put("claims", tuple(name for name in CLAIMS if name in (*state.get("claims"), claim)))

    if not is_open:
        right.button(
            say["measure"], on_click=ask, key=f"w_measure_{claim}", type="primary", icon=":material/speed:", width="stretch"
        )
    with left:
        _guess(claim, words)
    if not is_open:
        return None
    from resnet_viz.nets.weights import WeightsUnavailable

    try:
        with st.spinner(say["measuring"]):
            finding = measured(claim)
    except WeightsUnavailable as error:
        st.warning(text("activations").say(f"weights_{error.code}", **error.values), icon=":material/broken_image:")
        return None
    _result(claim, finding, words)
    return finding


def _guess(claim: str, words: Lesson) -> None:
    """Does it hold? Leaving this alone is fine."""
    say = words.labels

    def guessed() -> None:
        state.acted()
        if (guess := _guess_of(claim)) and claim not in state.get("claims"):  # not once the answer is known
            tally().vote(voter(), f"claim_{claim}", _GUESSES.index(guess))

    st.pills(
        f"{say['guess']} {say[f'claim_{claim}']}",
        _GUESSES,
        key=_guess_key(claim),
        format_func=state.labels(say, "guess_"),
        on_change=guessed,
        persist_state="session",
        label_visibility="collapsed",
    )


def _guess_key(claim: str) -> str:
    return f"w_guess_{claim}_{tally().round}"  # a new round forgets the guesses too


def _guess_of(claim: str) -> str | None:
    guess: str | None = st.session_state.get(_guess_key(claim))
    return guess


def verdict_text(claim: str, finding: Finding, words: Lesson) -> str:
    """The verdict in words; where it depends on something, on what."""
    return words.labels[f"on_{claim}" if finding.verdict == "depends" else f"verdict_{finding.verdict}"]


def said(claim: str, finding: Finding, words: Lesson) -> str:
    """The sentence with the numbers."""
    numbers = finding.numbers
    return words.say(f"said_{claim}", **numbers, tiny=power(numbers.get("first_plain_bare") or 1.0))


def _result(claim: str, finding: Finding, words: Lesson) -> None:
    """The picture, the sentence with the numbers, and how it could be said instead."""
    say = words.labels
    box, icon = _BOXES[finding.verdict]
    box(f"**{verdict_text(claim, finding, words)}**  \n{said(claim, finding, words)}", icon=icon)
    holds, not_so = tally().counts(f"claim_{claim}", len(_GUESSES))
    if holds or not_so:
        st.caption(words.say("class_guessed", holds=holds, other=not_so))
    picture, prose = st.columns([3, 2], gap="large")
    with picture:
        _PICTURES[claim](finding, words, f"figure_{claim}")
        with st.container(horizontal=True, vertical_alignment="center"):
            badge("recorded" if claim == "degradation" else "measured")
            if source := say.get(f"cited_{claim}"):
                badge("cited", source)
        st.caption(_how(claim, words))
    with prose:
        if finding.verdict != "holds":
            st.markdown(f"**{say['instead']}**  \n{words.say(f'instead_{claim}', **finding.numbers)}")
        st.markdown(words.say(f"note_{claim}", **finding.numbers))
        lesson_page = LESSONS[claim]
        st.page_link(page(lesson_page), label=words.say("lesson", title=text(lesson_page).title), icon=":material/arrow_forward:")


def _how(claim: str, words: Lesson) -> str:
    if claim != "degradation":
        return words.labels[f"how_{claim}"]
    from resnet_viz.lab.sources import CIFAR
    from resnet_viz.lab.subjects import DEPTHS, twins
    from resnet_viz.nets.weights import card

    facts = card(twins(CIFAR, DEPTHS[0])[0]).facts
    return words.say("how_degradation", machine=facts["machine"])


def _score(found: Mapping[str, Finding], words: Lesson) -> None:
    """How many holds, and how often this session guessed so."""
    verdicts = [finding.verdict for finding in found.values()]
    counts = {verdict: verdicts.count(verdict) for verdict in _BOXES}
    told = words.say("summary", count=len(found), **counts)
    guesses = {claim: _guess_of(claim) for claim in found}
    made = [claim for claim, guess in guesses.items() if guess]
    if made:
        right = sum((guesses[claim] == "holds") == (found[claim].verdict == "holds") for claim in made)
        told = f"{told} {words.say('score', right=right, made=len(made))}"
    st.markdown(f"**{told}**")


def to_csv(found: Mapping[str, Finding]) -> str:
    """One row a number: `claim, verdict, number, value`; what is in a list is counted from 1."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(("claim", "verdict", "number", "value"))
    for claim, finding in found.items():
        own = {name: getattr(finding, name) for name in finding.__dataclass_fields__}
        for name, value in (own | finding.numbers).items():
            for part, one in _flat(value):
                table.writerow((claim, finding.verdict, f"{name}{part}", one))
    return out.getvalue()


def _flat(value: Any) -> Iterator[tuple[str, Any]]:
    """The numbers in nested tuples, each with the way to it."""
    if not isinstance(value, tuple):
        yield "", value
        return
    names = getattr(value, "_fields", range(1, len(value) + 1))
    for name, part in zip(names, value, strict=True):
        yield from ((f" {name}{rest}", one) for rest, one in _flat(part))


# Pictures


def picture(claim: str, key: str) -> None:
    """The picture of a claim, for others who ask about the same."""
    _PICTURES[claim](measured(claim), text("claims"), key)


def _percent(value: float) -> str:
    return f"{value:.0%}"


def _degradation(found: Degradation, words: Lesson, key: str) -> None:
    few, many = found.depths
    shown = [
        Line(words.say("plain", depth=many), found.plain_deep, "plain"),
        Line(words.say("plain", depth=few), found.plain_shallow, "plain", 1),
        Line(words.say("residual", depth=few), found.shallow, "residual", 1),
        Line(words.say("residual", depth=many), found.deep, "residual"),
    ]
    draw = lines(
        shown,
        across=words.labels["epoch"],
        up=words.labels["training_error"],
        alt=_alt("degradation", found, words),
        write=_percent,
    )
    figure(draw, key=key)


def _gradients(found: Gradients, words: Lesson, key: str) -> None:
    names = ("plain", "residual", "residual_bare", "plain_bare")
    shown = [
        Line(words.labels[f"net_{name}"], getattr(found, name), name.partition("_")[0], int(name.endswith("bare")))
        for name in names
    ]  # fmt: skip
    alt = _alt("gradients", found, words)
    figure(
        lines(shown, across=words.labels["layer"], up=words.labels["gradient_norm"], alt=alt, write=power, logarithmic=True),
        key=key,
    )


def _shapes(found: Shapes, words: Lesson, _key: str) -> None:
    say, x, f = words.labels, shape_text(found.x), shape_text(found.f)
    same = shape_text(found.same) if found.same else say["refused"]
    st.code(f"{x} + {x}  →  {same}\n{f} + {x}  →  RuntimeError: {found.error}", language=None, wrap_lines=True)


def _cost(found: Cost, words: Lesson, key: str) -> None:
    square = found.channels**2 * found.height * found.width
    rows = [
        (words.labels["bar_basic"], float(found.basic), "slate"),
        (words.labels["bar_third"], float(found.basic * found.claimed_ratio), "ghost"),
        (words.labels["bar_claimed"], float(square * found.claimed_share), "ghost"),
        (words.labels["bar_bottleneck"], float(found.bottleneck), "purple"),
    ]
    last = len(rows) - 1
    drawn = [Bar(name, value, compact(value), kind, i == last) for i, (name, value, kind) in enumerate(rows)]  # type: ignore[arg-type]
    figure(bars(drawn, _alt("cost", found, words)), key=key)


def _table(columns: Mapping[str, list[str]]) -> None:
    st.table(columns, border="horizontal", hide_index=True)


def _stages(words: Lesson, blocks: tuple[FirstBlock, ...]) -> list[str]:
    return [words.say("stage", number=i) for i in range(1, len(blocks) + 1)]


def _strides(found: Strides, words: Lesson, _key: str) -> None:
    def cell(block: FirstBlock) -> str:
        told = f"{shape_text(block.before)} → {shape_text(block.after)}"
        return words.say("stride_2" if block.stride == 2 else "stride_1", shapes=told, stride=block.stride)

    nets = {"ResNet-18": found.small, "ResNet-50": found.large}
    stages = {words.labels["column_stage"]: _stages(words, found.small)}
    _table(stages | {name: [cell(block) for block in blocks] for name, blocks in nets.items()})


def _channels(found: Channels, words: Lesson, _key: str) -> None:
    def cells(into: tuple[int, ...], out: tuple[int, ...]) -> list[str]:
        claimed = found.claimed
        return [
            f"{a} → **{b}**" if b == wanted else f"{a} → ~~{wanted}~~ **{b}**"
            for a, b, wanted in zip(into, out, claimed, strict=True)
        ]

    stages = [words.say("stage", number=i) for i in range(1, len(found.small) + 1)]
    _table(
        {
            words.labels["column_stage"]: stages,
            "ResNet-18": cells(found.small_in, found.small),
            "ResNet-50": cells(found.large_in, found.large),
        }
    )


def _order(found: Order, words: Lesson, key: str) -> None:
    rows = []
    for name, one in (("ResNet-18", found.small), ("ResNet-50", found.large)):
        for key, count, kind in (("norm_relu", one.norm_relu, "slate"), ("norm_add", one.norm_add, "residual")):
            told = words.say("of_all", count=count, all=one.convolutions)
            rows.append(Bar(f"{name}: {words.labels[f'then_{key}']}", count / one.convolutions, told, kind))  # type: ignore[arg-type]
    figure(bars(rows, _alt("order", found, words), most=1), key=key)


def _code(found: Code, words: Lesson, _key: str) -> None:
    say = words.labels
    _table(
        {
            " ": [say["row_norms"], say["row_stride"], say["row_macs"]],
            say["column_copied"]: [f"**{found.norms_copied}**", "1×1", f"{found.macs_1x1 / 1e9:.2f} G"],
            say["column_paper"]: [f"**{found.norms}**", "1×1", f"{found.macs_1x1 / 1e9:.2f} G"],
            "torchvision": [f"**{found.norms}**", "3×3", f"{found.macs_3x3 / 1e9:.2f} G"],
        }
    )


def _share(value: float) -> str:
    return f"{value:.1%}" if value >= 1e-5 else "< 0.001%"


def _attention(found: Attention, words: Lesson, key: str) -> None:
    rows = [
        Bar(words.labels[f"bar_{key}"], getattr(found, key), _share(getattr(found, key)), kind)  # type: ignore[arg-type]
        for key, kind in (("mixing", "purple"), ("gating", "green"), ("mixing_sum", "purple"), ("gating_sum", "green"))
    ]
    figure(bars(rows, _alt("attention", found, words)), key=key)


def _ensemble(found: Ensemble, words: Lesson, key: str) -> None:
    numbers, rows = found.numbers, []
    for name, depth, kind in (
        ("deep", numbers["many"], "residual"),
        ("shallow", numbers["few"], "residual"),
        ("plain", numbers["few"], "plain"),
    ):
        title = words.say("plain" if kind == "plain" else "residual", depth=depth)
        for key in ("whole", "cut"):
            value = numbers[f"{key}_{name}"]
            rows.append(Bar(f"{title}: {words.labels[f'bar_{key}']}", value, f"{value:.0%}", "ghost" if key == "whole" else kind))  # type: ignore[arg-type]
    figure(bars(rows, _alt("ensemble", found, words), most=1), key=key)


def _alt(claim: str, found: Finding, words: Lesson) -> str:
    """A picture in words: what the sentence under it says, without its Markdown."""
    return said(claim, found, words).replace("**", "")


_PICTURES: Mapping[str, Callable[[Any, Lesson, str], None]] = {
    "degradation": _degradation,
    "gradients": _gradients,
    "shapes": _shapes,
    "cost": _cost,
    "strides": _strides,
    "channels": _channels,
    "order": _order,
    "code": _code,
    "attention": _attention,
    "ensemble": _ensemble,
}
