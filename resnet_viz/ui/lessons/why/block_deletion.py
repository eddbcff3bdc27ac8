"""Lesions on the page: blocks deleted by a click, some deleted together, two swapped, plain beside residual."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.studies.recorded import recording
from resnet_viz.text import Lesson
from resnet_viz.ui.components.clickable_svg import diagram_view
from resnet_viz.ui.kit import network_picker, provenance, run_client, url_state
from resnet_viz.ui.kit.figures import Download, badge, figure
from resnet_viz.ui.kit.prediction import Question, predict
from resnet_viz.ui.kit.study_panel import Measurement, measurable
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.kit.words import text as text_of
from resnet_viz.ui.lessons.why.deletion_sentences import CHANCE, Twin, one_sentences, some_sentences, swap_sentences
from resnet_viz.ui.lessons.why.params import DELETED, DELETION, PAIR

if TYPE_CHECKING:
    from resnet_viz.studies.block_deletion import DeletionKind, Deletions, Slice

KEY = "lesion_blocks"
MOST_NAMED = 3
"""Deleted blocks that are named; of more, the first ones are."""


def _question(words: Lesson) -> Question:
    """What does deleting one block do to each network of the pair that the page opens with?"""
    falls, said, pictures = [], [], 0
    for twin in _twins(PAIR.default, "one", None):
        assert twin.found.each
        undisturbed, *rest = [score.error for score in twin.found.each.scores]
        pictures = twin.found.each.pictures
        falls.append(median(rest) > (undisturbed + CHANCE) / 2)
        said.append((undisturbed, median(rest)))
    (plain, plain_cut), (residual, residual_cut) = said
    cut = {"plain_cut": plain_cut, "residual_cut": residual_cut}
    because = words.say("predict_because", pictures=f"{pictures:,}", plain=plain, residual=residual, **cut)
    return Question(0 if falls[1] else 1 if falls[0] else 2, because)


@sentence_instead()
def show(words: Lesson, beside: st.delta_generator.DeltaGenerator) -> None:
    """The lesion that is chosen, of the pair that is chosen."""
    from resnet_viz.studies.pretrained_pairs import has_pictures

    options = [words.labels[f"predict_{i}"] for i in range(3)]
    shown = predict(lambda: _question(words), words.labels["predict_ask"], options, "lesion", beside)
    possible = has_pictures(names_of(url_state.get(PAIR))[0])
    if not shown:
        _picture(_twins(url_state.get(PAIR), "one", None), words, possible=possible, shown=False)
        return
    if possible:
        run_client.engine()  # the workers start now, so that the first click need not wait for them
    measurable("lesion", partial(_measurement, words), words, possible=possible)


def names_of(pair: str) -> tuple[str, str]:
    """The shipped weights of a pair such as `cifar-56`, plain and residual."""
    from resnet_viz.studies.pretrained_pairs import twins

    data, _, depth = pair.partition("-")
    return twins("cifar10" if data == "cifar" else data, int(depth))


def _twins(pair: str, kind: DeletionKind, measured: Sequence[Deletions] | None) -> list[Twin]:
    """Plain and residual, with what was measured or, where nothing was, what was recorded."""
    from resnet_viz.nets.weights import card
    from resnet_viz.studies.block_deletion import BlockDeletion

    names = names_of(pair)
    known = [BlockDeletion(name, kind).recorded() for name in names] if measured is None else measured
    specs = [card(name).spec for name in names]
    return [
        Twin(name, spec.depth, spec.skips == "none", spec.blocks, found)
        for name, spec, found in zip(names, specs, known, strict=True)
    ]


def _chosen_blocks(blocks: Sequence[str]) -> tuple[str, ...]:
    """The deleted blocks that the network has, in its order."""
    return tuple(name for name in blocks if name in url_state.get(DELETED))


def _measurement(words: Lesson) -> Measurement:
    from resnet_viz.nets.weights import card
    from resnet_viz.studies.block_deletion import BlockDeletion, ChosenDeletion
    from resnet_viz.studies.pretrained_pairs import has_pictures

    pair, kind = url_state.get(PAIR), url_state.get(DELETION)
    names = names_of(pair)
    deleted = _chosen_blocks(card(names[0]).spec.blocks) if kind == "one" else ()
    asked = len(deleted) > 1 and has_pictures(names[0])
    urgent = [ChosenDeletion(name, blocks) for name in names for blocks in (deleted, ())] if asked else []
    own = [BlockDeletion(name, kind) for name in names]
    return Measurement(f"lesion_{pair}_{kind}", own, urgent, partial(_draw, pair, kind, deleted, words))


def _draw(
    pair: str,
    kind: DeletionKind,
    deleted: tuple[str, ...],
    words: Lesson,
    measured: Sequence[Deletions] | None,
    urgent: Sequence[Slice | None],
) -> None:
    twins = _twins(pair, kind, measured)
    note = ""
    if measured is None:
        pictures = twins[0].found.each.pictures if kind == "one" and twins[0].found.each else twins[0].found.fewer
        note = provenance.recorded(recording("lesion"), words, pictures=pictures)
    rows = partial(_numbers, twins, kind)
    files = [Download(words.labels["file_csv"], f"lesion-{pair}-{kind}.csv", "text/csv", rows)]
    with figure("lesion", words.labels[f"caption_{kind}"], "recorded" if measured is None else "measured", note, files):
        if kind == "one":
            errors = _errors_without(twins, deleted, urgent) if deleted else []
            sentences = _one(twins, errors, words)
        else:
            sentences = (_some if kind == "some" else _swap)(twins, words)
    if deleted:
        _say_without(twins, deleted, urgent, words)
    st.markdown(words.joined(sentences))


# One block


def _one(twins: Sequence[Twin], without: Sequence[float | None], words: Lesson) -> list[str]:
    """The bars over the blocks; a click deletes a block in both networks. `without` are their errors without those that are."""
    from resnet_viz.studies.pretrained_pairs import has_pictures

    _picture(twins, words, possible=has_pictures(twins[0].name), shown=True, without=without)
    return one_sentences(twins, words)


def _picture(twins: Sequence[Twin], words: Lesson, *, possible: bool, shown: bool, without: Sequence[float | None] = ()) -> None:
    """Both networks as rows of blocks, with bars where they are to be `shown`. Where nothing is `possible` but what was
    recorded, a second click deletes another block and not one more."""
    from resnet_viz.draw.block_deletion import DeletionRow, lesion_picture

    rows = []
    for twin, now in zip(twins, without or [None] * len(twins), strict=True):
        scores = twin.found.each.scores if twin.found.each else ()
        errors: list[float | None] = [score.error for score in scores[1:]] if shown else []
        errors = errors or [None] * len(twin.blocks)
        rows.append(DeletionRow(twin.title(words), twin.plain, twin.blocks, errors, scores[0].error if scores else 0.0, now))
    deleted = _chosen_blocks(twins[0].blocks) if shown else ()

    def ignored(_: object) -> None:
        """This diagram's blocks and skips are not those of a network that can be changed."""

    def toggled(clicked: str) -> None:
        name = clicked.partition(":")[2]
        if shown and name in twins[0].blocks:
            before = {*url_state.get(DELETED)}
            now = before ^ {name} if possible else {name} - before
            url_state.put(DELETED, tuple(block for block in twins[0].blocks if block in now))

    diagram_view(
        lesion_picture(rows, words.labels, deleted=deleted, chance=CHANCE, narrow=network_picker.is_narrow()),
        base=url_state.get(PAIR),
        cut=[],
        selected="",
        narrow=network_picker.is_narrow(),
        words=text_of("diagram").labels,
        key=KEY,
        on_cut=ignored,
        on_selected=ignored,
        on_toggle=toggled,
        on_narrow=network_picker.set_narrow,
    )


def _errors_without(twins: Sequence[Twin], deleted: tuple[str, ...], urgent: Sequence[Slice | None]) -> list[float | None]:
    """Each network's error without the blocks that were clicked; `urgent` has each of them without those and whole."""
    found: list[float | None] = []
    for i, twin in enumerate(twins):
        scores = twin.found.each.scores if twin.found.each else ()
        asked = urgent[2 * i] if len(deleted) > 1 and urgent else None
        if len(deleted) == 1 and scores:
            found.append(scores[1 + twin.blocks.index(deleted[0])].error)
        else:
            found.append(asked.scores[0].error if asked else None)
    return found


def _named(deleted: Sequence[str]) -> str:
    return ", ".join(deleted[:MOST_NAMED]) + ", …" * (len(deleted) > MOST_NAMED)


def _say_without(twins: Sequence[Twin], deleted: tuple[str, ...], urgent: Sequence[Slice | None], words: Lesson) -> None:
    """What is left of both networks without the blocks that were clicked, and the way back."""
    from resnet_viz.studies.block_deletion import PICTURES

    errors = _errors_without(twins, deleted, urgent)
    with st.container(horizontal=True, vertical_alignment="center"):
        for twin, error in zip(twins, errors, strict=True):
            if error is not None:
                values = {"name": twin.title(words), "blocks": _named(deleted), "error": error}
                st.markdown(words.say("without", **values), width="content")
        st.button(
            words.labels["put_back"],
            key="w_put_back",
            on_click=partial(url_state.put, DELETED, ()),
            icon=":material/restart_alt:",
        )
    if len(deleted) > 1 and urgent and all(found and found.pictures == PICTURES for found in urgent):
        badge("measured")
    elif len(deleted) > 1:
        st.caption(words.labels["several_now" if urgent else "several_not"])


# Some together


def _some(twins: Sequence[Twin], words: Lesson) -> list[str]:
    from resnet_viz.draw.ensemble import Cloud, clouds

    found = [Cloud(twin.title(words), twin.plain, twin.found.random) for twin in twins]
    st.plotly_chart(
        clouds(found, words.labels, axis=words.labels["axis_some"], chance=CHANCE),
        key="lesion_some",
        config={"displayModeBar": False},
    )
    return some_sentences(twins, words)


# Two swapped


def _swap(twins: Sequence[Twin], words: Lesson) -> list[str]:
    from resnet_viz.draw.ensemble import Cloud, clouds

    found = []
    for twin in twins:
        points: dict[int, list[float]] = {}
        for (one, other), error in twin.found.swaps.items():
            points.setdefault(twin.blocks.index(other) - twin.blocks.index(one), []).append(error)
        found.append(Cloud(twin.title(words), twin.plain, points))
    st.plotly_chart(
        clouds(found, words.labels, axis=words.labels["axis_swap"], chance=CHANCE),
        key="lesion_swap",
        config={"displayModeBar": False},
    )
    return swap_sentences(twins, words)


def _numbers(twins: Sequence[Twin], kind: str) -> str:
    """What is on screen, as CSV."""
    rows: list[tuple[object, ...]]
    if kind == "one":
        rows = [("network", "deleted", "error", "loss")]
        for twin in twins:
            for block, score in zip(("", *twin.blocks), twin.found.each.scores if twin.found.each else (), strict=False):
                rows.append((twin.name, block, score.error, score.loss))
    elif kind == "some":
        rows = [("network", "deleted blocks", "error")]
        for twin in twins:
            rows += ((twin.name, count, error) for count, errors in twin.found.random.items() for error in errors)
    else:
        rows = [("network", "block", "other", "error")]
        rows += ((twin.name, *pair, error) for twin in twins for pair, error in twin.found.swaps.items())
    return table(rows)
