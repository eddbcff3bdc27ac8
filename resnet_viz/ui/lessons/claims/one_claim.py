"""One claim at a time: the sentence, a guess, and then what the measurement says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.studies.claims import CLAIMS
from resnet_viz.text import Lesson
from resnet_viz.training.data.sources import CIFAR
from resnet_viz.ui.kit import extent, prediction, provenance, url_state
from resnet_viz.ui.kit.figures import Download, badge, figure
from resnet_viz.ui.kit.navigation import page
from resnet_viz.ui.kit.page import stage
from resnet_viz.ui.kit.prediction import Question, predict
from resnet_viz.ui.kit.words import sentence_instead, text
from resnet_viz.ui.lessons.claims.measurement import close_claim, guesses, measured, open_claim, opened
from resnet_viz.ui.lessons.claims.params import CLAIM
from resnet_viz.ui.lessons.claims.pictures import draw
from resnet_viz.ui.lessons.claims.verdicts import GUESSES, because, claim_name, instead, right_guess, summary, to_csv

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


def current() -> str:
    """The claim that is shown."""
    measured_before = opened()
    return url_state.get(CLAIM) or (measured_before[0] if measured_before else CLAIMS[0])


def show(words: Lesson) -> None:
    """The claim of the moment, and the list of all."""
    claim = current()
    with st.container(key="claim_sentence"):
        st.subheader(f"{CLAIMS.index(claim) + 1}. {words.labels[f'claim_{claim}']}", anchor=False)
        if claim in words.sections:
            st.markdown(words.sections[claim])
    picture, panel = stage("claims")
    with picture:
        _guess_and_measurement(claim, words)
    with panel:
        _list(claim, words)


def _guess_and_measurement(claim: str, words: Lesson) -> None:
    """The question over an empty place, or what was found."""
    key = f"claim_{claim}"
    if claim in opened():
        prediction.start_with(key, guesses().get(claim, prediction.SHOWN))
    options = [words.labels[f"guess_{guess}"] for guess in GUESSES]
    found: list[Finding] = []  # stays empty where weights are damaged, which `predict` says

    def measure() -> Question:
        with st.spinner(words.labels["measuring"]):
            finding = measured(claim)
        found.append(finding)
        return Question(right_guess(finding), because(claim, finding, words))

    if not predict(measure, words.labels["guess"], options, key):
        close_claim(claim)
        if not extent.sheet():
            st.container(key="claim_place", height=330, border=True)
        return
    said = prediction.answer_of(key)
    open_claim(claim, None if said == prediction.SHOWN else said)
    for finding in found:
        _result(claim, finding, words)


def _result(claim: str, finding: Finding, words: Lesson) -> None:
    """The picture; beside it how it could be said instead, and where to see it."""
    say = words.labels
    left, right = st.columns([3, 2], gap="medium")
    with left:
        kind = "recorded" if claim == "degradation" else "measured"
        file = Download(say["file_csv"], f"{claim}.csv", "text/csv", lambda: to_csv({claim: finding}))
        with figure(f"claim_{claim}", caption=_how(claim, words), kind=kind, files=[file]):
            draw(claim, finding, words, f"figure_{claim}")
        if source := say.get(f"cited_{claim}"):
            badge("cited", source)
    with right:
        if better := instead(claim, finding, words):
            st.markdown(f"**{say['instead']}**  \n{better}")
        st.markdown(words.say(f"note_{claim}", **finding.numbers))
        lesson_page = LESSONS[claim]
        st.page_link(page(lesson_page), label=words.say("lesson", title=text(lesson_page).title), icon=":material/arrow_forward:")


def _how(claim: str, words: Lesson) -> str:
    if claim != "degradation":
        return words.labels[f"how_{claim}"]
    from resnet_viz.nets.weights import card
    from resnet_viz.studies.pretrained_pairs import DEPTHS, twins

    return words.say("how_degradation", machine=provenance.machine(card(twins(CIFAR, DEPTHS[0])[0]).machine))


def _list(claim: str, words: Lesson) -> None:
    """All claims to choose from, what was measured marked; the next one; the score."""
    found: dict[str, Finding] = {}
    for name in opened():
        with sentence_instead():
            found[name] = measured(name)
    url_state.control(
        st.radio,
        words.labels["choose"],
        CLAIMS,
        value=claim,
        then=lambda name: url_state.put(CLAIM, name),
        key="claim",
        format_func=lambda name: claim_name(name, words, found.get(name)),
        label_visibility="collapsed",
    )
    here = CLAIMS.index(claim)
    following = next((name for name in (*CLAIMS[here + 1 :], *CLAIMS[:here]) if name not in opened()), None)
    st.button(
        words.labels["next"],
        on_click=lambda: url_state.put(CLAIM, following),
        key="w_claim_next",
        type="primary",
        icon=":material/arrow_forward:",
        disabled=following is None,
        width="stretch",
    )
    if found:
        st.caption(f"{words.labels['marks']}  \n{summary(found, guesses(), words)}")
