"""Claims, measured: sentences of a course note, each with its measurement and the verdict that follows from the numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.studies.claims import CLAIMS, Claim, Verdict
from resnet_viz.text import Lesson
from resnet_viz.training.data.sources import CIFAR
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.figures import Download, badge, downloads
from resnet_viz.ui.kit.navigation import page
from resnet_viz.ui.kit.study_panel import found_at_once
from resnet_viz.ui.kit.visitor import visitor
from resnet_viz.ui.kit.votes import tally
from resnet_viz.ui.kit.words import sentence_instead, text
from resnet_viz.ui.lessons.claims.params import MEASURED
from resnet_viz.ui.lessons.claims.pictures import draw, said

if TYPE_CHECKING:
    from resnet_viz.studies.claims import Finding

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


def measured(claim: str) -> Finding:
    """The finding, measured once for all sessions. Raises `WeightsUnavailable` where a network's weights are damaged."""
    finding = found_at_once(Claim(claim))
    assert finding is not None, "all of its calls were answered"
    return finding


def show(words: Lesson) -> None:
    """All claims; what a link or this session has measured is open."""
    st.markdown(words.sections["about"])
    opened: tuple[str, ...] = url_state.get(MEASURED)
    with st.container(horizontal=True, vertical_alignment="center", key="claims_all"):
        st.button(
            words.labels["measure_all"],
            on_click=lambda: url_state.put(MEASURED, CLAIMS),
            key="w_measure_all",
            icon=":material/speed:",
            disabled=len(opened) == len(CLAIMS),
        )
        if opened:
            st.button(
                words.labels["close_all"],
                on_click=lambda: url_state.put(MEASURED, ()),
                key="w_close_all",
                icon=":material/close:",
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
        url_state.put(MEASURED, tuple(name for name in CLAIMS if name in (*url_state.get(MEASURED), claim)))

    if not is_open:
        right.button(
            say["measure"], on_click=ask, key=f"w_measure_{claim}", type="primary", icon=":material/speed:", width="stretch"
        )
    with left:
        _guess(claim, words)
    if not is_open:
        return None
    finding: Finding | None = None
    with sentence_instead():
        with st.spinner(say["measuring"]):
            finding = measured(claim)
        _result(claim, finding, words)
    return finding


def _guess(claim: str, words: Lesson) -> None:
    """Does it hold? Leaving this alone is fine."""
    say = words.labels

    def guessed() -> None:
        if (guess := _guess_of(claim)) and claim not in url_state.get(MEASURED):  # not once the answer is known
            tally().vote(visitor(), f"claim_{claim}", _GUESSES.index(guess))

    if _guess_key(claim) not in st.session_state and (voted := tally().of(visitor()).get(f"claim_{claim}")) is not None:
        st.session_state[_guess_key(claim)] = _GUESSES[voted]  # before a reload
    st.pills(
        f"{say['guess']} {say[f'claim_{claim}']}",
        _GUESSES,
        key=_guess_key(claim),
        format_func=url_state.labels(say, "guess_"),
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
        draw(claim, finding, words, f"figure_{claim}")
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
    from resnet_viz.nets.weights import card
    from resnet_viz.studies.pretrained_pairs import DEPTHS, twins

    return words.say("how_degradation", machine=card(twins(CIFAR, DEPTHS[0])[0]).machine)


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
    rows: list[tuple[object, ...]] = [("claim", "verdict", "number", "value")]
    for claim, finding in found.items():
        own = {name: getattr(finding, name) for name in finding.__dataclass_fields__}
        for name, value in (own | finding.numbers).items():
            for part, one in _flat(value):
                rows.append((claim, finding.verdict, f"{name}{part}", one))
    return table(rows)


def _flat(value: Any) -> Iterator[tuple[str, Any]]:
    """The numbers in nested tuples, each with the way to it."""
    if not isinstance(value, tuple):
        yield "", value
        return
    names = getattr(value, "_fields", range(1, len(value) + 1))
    for name, part in zip(names, value, strict=True):
        yield from ((f" {name}{rest}", one) for rest, one in _flat(part))


def picture(claim: str, key: str) -> None:
    """The picture of a claim, for others who ask about the same."""
    draw(claim, measured(claim), text("claims"), key)
