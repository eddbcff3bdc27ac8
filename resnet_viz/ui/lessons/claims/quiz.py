"""A short quiz on the lessons: one question at a time, the picture in question as feedback, and what the class answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal

import streamlit as st

from resnet_viz.draw.bars import ValueBar, bars
from resnet_viz.draw.svg import compact
from resnet_viz.nets.plan import plan
from resnet_viz.studies.quiz import QUESTIONS, Answer, QuizQuestion, pixel_change
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure
from resnet_viz.ui.kit import inference, network_picker, url_state
from resnet_viz.ui.kit.figures import badge
from resnet_viz.ui.kit.navigation import page
from resnet_viz.ui.kit.study_panel import found_at_once
from resnet_viz.ui.kit.visitor import visitor
from resnet_viz.ui.kit.votes import tally
from resnet_viz.ui.kit.words import sentence_instead, text
from resnet_viz.ui.lessons.claims import claims
from resnet_viz.ui.lessons.claims.params import QUIZ

COUNT = len(QUESTIONS)
POLL = 5.0
"""Seconds after which the class's answers are counted again, while one looks at them."""
_WIDE = ("block", "shortcuts")
"""Questions whose pictures need the whole page."""
_CLEARING = "quiz_clearing"


def answer(question: str) -> Answer:
    """The right option, found once for all sessions."""
    found = found_at_once(QuizQuestion(question))
    assert found is not None, "all of its calls were answered"
    return found


def answers() -> dict[str, int]:
    """What has been answered in this browser in this round, an option a question, in the order of answering."""
    return {question: option for question, option in tally().of(visitor()).items() if question in QUESTIONS}


def show(words: Lesson) -> None:
    """The question of the moment; after an answer, the feedback and the class."""
    say, given = words.labels, answers()
    st.header(words.title, anchor=False)
    st.markdown(words.question)
    number = url_state.get(QUIZ)
    question = QUESTIONS[number - 1]

    def written(n: int) -> str:
        name = QUESTIONS[n - 1]
        return f"{n} {_sign(given[name] == answer(name).right)}" if name in given else str(n)

    url_state.view(
        st.segmented_control,
        say["choose"],
        list(range(1, COUNT + 1)),
        of=QUIZ,
        format_func=written,
        label_visibility="collapsed",
    )
    with st.container(border=True, key="quiz_card"):
        st.caption(f"{words.say('which', number=number, all=COUNT)} · {text(question).title}")
        st.subheader(say[f"ask_{question}"], anchor=False)
        with sentence_instead():
            if question in given:
                _feedback(question, given[question], words)
            else:
                _options(question, words)
    if given:
        right = sum(option == answer(name).right for name, option in given.items())
        st.markdown(f"**{words.say('score', right=right, made=len(given), all=COUNT)}**")
    _teacher(words)


def option_texts(question: str, found: Answer, words: Lesson) -> list[str]:
    """The options as they are read."""
    return [words.say(f"option_{question}_{i}", value=value, **found.numbers) for i, value in enumerate(found.options)]


def _options(question: str, words: Lesson) -> None:
    """A button an option: the first press counts."""

    def choose(option: int) -> None:
        tally().vote(visitor(), question, option)

    for i, option in enumerate(option_texts(question, answer(question), words)):
        st.button(f"{'ABCD'[i]}. {option}", key=f"w_quiz_{question}_{i}", on_click=choose, args=(i,), width="stretch")


def _sign(is_right: bool) -> str:
    return "✓" if is_right else "✗"


def _feedback(question: str, own: int, words: Lesson) -> None:
    found, say = answer(question), words.labels
    is_right = own == found.right
    said = words.say(f"because_{question}", **found.numbers)
    right = option_texts(question, found, words)[found.right]
    told = say["right"] if is_right else words.say("wrong", option=right)
    (st.success if is_right else st.info)(
        f"**{told}** {said}", icon=":material/check_circle:" if is_right else ":material/lightbulb:"
    )
    shown, class_ = (st.container(), st.container()) if question in _WIDE else st.columns([3, 2], gap="large")
    with shown:
        _PICTURES[question](found, words)
        badge("recorded" if question == "degradation" else "measured")
        st.page_link(
            page(question), label=text("claims").say("lesson", title=text(question).title), icon=":material/arrow_forward:"
        )
    with class_:
        st.fragment(run_every=POLL)(_class)(question, own, words)
    number = url_state.get(QUIZ)
    if number < COUNT:
        st.button(
            say["next"],
            key="w_quiz_next",
            on_click=partial(url_state.put, QUIZ, number + 1),
            type="primary",
            icon=":material/arrow_forward:",
        )


def _class(question: str, own: int, words: Lesson) -> None:
    """How many chose what, so far; in a new round the question is open again."""
    if question not in answers():
        st.rerun()
    found = answer(question)
    counts = tally().counts(question, len(found.options))
    rows = []
    for i, (option, count) in enumerate(zip(option_texts(question, found, words), counts, strict=True)):
        marks = "".join([f" {_sign(True)}" if i == found.right else "", f" ({words.labels['yours']})" if i == own else ""])
        rows.append(
            ValueBar(f"{'ABCD'[i]}. {option}{marks}", count, str(count), "green" if i == found.right else "slate", i == own)
        )
    st.markdown(f"**{words.say('so_far', count=sum(counts))}**")
    alt = ". ".join(f"{row.name}: {row.text}" for row in rows)
    figure(bars(rows, alt), key=f"quiz_class_{question}")
    st.caption(words.labels["no_names"])


def _teacher(words: Lesson) -> None:
    """A new round for everybody."""
    with st.popover(words.labels["teacher"], icon=":material/school:"):
        st.markdown(words.labels["clear_note"])
        if not st.session_state.get(_CLEARING):
            st.button(words.labels["clear"], key="w_quiz_clear", on_click=_clear, args=("ask",), icon=":material/restart_alt:")
            return
        st.warning(words.say("clear_sure", voters=tally().voters), icon=":material/warning:")
        with st.container(horizontal=True):
            st.button(words.labels["clear_yes"], key="w_quiz_clear_yes", on_click=_clear, args=("yes",), icon=":material/delete:")
            st.button(words.labels["clear_no"], key="w_quiz_clear_no", on_click=_clear, args=("no",))


def _clear(answer: Literal["ask", "yes", "no"]) -> None:
    st.session_state[_CLEARING] = answer == "ask"
    if answer == "yes":
        tally().clear()


# The pictures in question


def _build(found: Answer, words: Lesson) -> None:
    rows = [
        ValueBar(name, params, compact(params), "residual" if i == found.right else "slate", i == found.right)
        for i, (name, params) in enumerate(zip(found.options, found.numbers["params"], strict=True))
    ]
    figure(bars(rows, words.say("because_build", **found.numbers)), key="quiz_figure_build")


def _block(_found: Answer, words: Lesson) -> None:
    from resnet_viz.draw.diagram import block_figure
    from resnet_viz.nets.presets import preset

    figure(block_figure(plan(preset("resnet18")), "layer1.0", words=text("diagram").labels), key="quiz_figure_block")


def _mixing(found: Answer, words: Lesson) -> None:
    import numpy as np

    from resnet_viz.draw.tiles import atlas

    maps = np.stack([pixel_change(kernel) for kernel in (1, 3)])
    st.image(
        atlas(maps, tile=180, gap=10), alt=words.say("because_mixing", **found.numbers), caption=words.labels["picture_mixing"]
    )


def _shortcuts(found: Answer, words: Lesson) -> None:
    from resnet_viz.draw.diagram import DiagramView, diagram
    from resnet_viz.nets.presets import preset

    figure(
        diagram(
            plan(preset("resnet18")),
            view=DiagramView(columns=3 if network_picker.is_narrow() else 10),
            words=text("diagram").labels,
        ).svg,
        key="quiz_figure_shortcuts",
    )


def _bottleneck(_found: Answer, _words: Lesson) -> None:
    from resnet_viz.draw.blockscale import Scaled, blockscale
    from resnet_viz.nets.blockcost import PAPER, terms

    labels = text("bottleneck").labels
    pair = [Scaled(f"{labels[block]}, {channels}", terms(block, channels, 56, 56)) for block, channels in PAPER.items()]
    for i, column in enumerate(st.columns(2)):
        with column:
            figure(blockscale(pair, labels, only=i), key=f"quiz_figure_bottleneck_{i}")


def _activations(found: Answer, words: Lesson) -> None:
    from resnet_viz.draw.tiles import atlas
    from resnet_viz.nets.presets import preset
    from resnet_viz.pictures import digest, to_square
    from resnet_viz.samples import samples

    spec = preset("cifar_resnet20")
    first, last = "relu", spec.blocks[-1]
    picture = to_square(next(sample for sample in samples() if sample.code == "cat").load(), 32)
    look = inference.look("cifar_resnet20", inference.source_of(spec, "trained"), 0, digest(picture), (first, last), picture)
    for column, name in zip(st.columns(2), (first, last), strict=True):
        side = look.maps[name].shape[-1]
        column.image(
            atlas(look.maps[name], tile=64, limit=16),
            width="stretch",
            caption=words.say("picture_maps", side=side),
            alt=words.say("picture_maps", side=side),
        )


def _degradation(_found: Answer, _words: Lesson) -> None:
    claims.picture("degradation", "quiz_figure_degradation")


def _gradients(_found: Answer, _words: Lesson) -> None:
    claims.picture("gradients", "quiz_figure_gradients")


def _why(found: Answer, words: Lesson) -> None:
    from resnet_viz.draw.lines import Line, lines

    counts = found.numbers["counts"]
    drawn = lines(
        [Line(words.labels["line_paths"], [float(count) for count in counts], "residual")],
        across=words.labels["length"],
        up=words.labels["paths"],
        alt=words.say("because_why", **found.numbers),
        write=compact,
        first=0,
    )
    figure(drawn, key="quiz_figure_why")


_PICTURES: Mapping[str, Callable[[Any, Lesson], None]] = {
    "build": _build,
    "block": _block,
    "mixing": _mixing,
    "shortcuts": _shortcuts,
    "bottleneck": _bottleneck,
    "activations": _activations,
    "degradation": _degradation,
    "gradients": _gradients,
    "why": _why,
}
