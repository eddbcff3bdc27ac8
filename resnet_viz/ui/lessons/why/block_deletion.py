"""Lesions on the page: blocks deleted by a click, some deleted together, two swapped, plain beside residual."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from statistics import fmean, median
from typing import TYPE_CHECKING, Literal, NamedTuple

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.studies.recorded import recording
from resnet_viz.text import Lesson
from resnet_viz.ui.components.clickable_svg import diagram_view
from resnet_viz.ui.kit import network_picker, run_client, url_state
from resnet_viz.ui.kit.figures import Download, badge, downloads
from resnet_viz.ui.kit.prediction import Question, predict
from resnet_viz.ui.kit.study_panel import Measurement, measurable
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.kit.words import text as text_of
from resnet_viz.ui.lessons.why.params import DELETED, DELETION, PAIR

if TYPE_CHECKING:
    from resnet_viz.studies.block_deletion import DeletionKind, Deletions, Slice

KEY = "lesion_blocks"
CHANCE = 0.9
"""The error of guessing among ten classes."""
MOST_NAMED = 3
"""Deleted blocks that are named; of more, the first ones are."""
LOST = 0.05
"""A network whose error is this close to guessing has nothing to lose."""


class Twin(NamedTuple):
    """One network of the pair, with what is known of it."""

    name: str
    """Name of the shipped weights."""
    depth: int
    plain: bool
    blocks: tuple[str, ...]
    found: Deletions

    def title(self, words: Lesson) -> str:
        """As people call it."""
        return words.say("plain" if self.plain else "residual", depth=self.depth)


def predict_deletion(words: Lesson) -> None:
    """What does deleting one block do to each of the deep twins?"""

    def measure() -> Question:
        falls, said = [], []
        for twin in _twins("cifar-56", "one", None):
            assert twin.found.each
            undisturbed, *rest = [score.error for score in twin.found.each.scores]
            falls.append(median(rest) > (undisturbed + CHANCE) / 2)
            said.append((undisturbed, median(rest)))
        (plain, plain_cut), (residual, residual_cut) = said
        because = words.say("predict_because", plain=plain, plain_cut=plain_cut, residual=residual, residual_cut=residual_cut)
        return Question(0 if falls[1] else 1 if falls[0] else 2, because)

    predict(measure, words.labels["predict_ask"], [words.labels[f"predict_{i}"] for i in range(3)], key="lesion")


@sentence_instead()
def show(words: Lesson) -> None:
    """The lesion that is chosen, of the pair that is chosen."""
    from resnet_viz.studies.pretrained_pairs import has_pictures

    st.markdown(words.sections["lesion"])
    url_state.view(
        st.segmented_control,
        words.labels["deletion"],
        of=DELETION,
        format_func=url_state.labels(words.labels, "deletion_"),
    )
    possible = has_pictures(names_of(url_state.get(PAIR))[0])
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
    show_kind: Callable[..., list[str]] = {"one": _one, "some": _some, "swap": _swap}[kind]
    sentences = show_kind(twins, words)
    if deleted:
        _without_blocks(twins, deleted, urgent, words)
    if measured is None:
        found = recording("lesion")
        pictures = twins[0].found.each.pictures if kind == "one" and twins[0].found.each else twins[0].found.fewer
        badge("recorded", words.say("recorded_how", made=found["made"], machine=found["machine"], pictures=pictures))
    else:
        badge("measured")
    st.markdown(" ".join(sentences))
    rows = partial(_numbers, twins, kind)
    downloads([Download(words.labels["file_csv"], f"lesion-{pair}-{kind}.csv", "text/csv", rows)], f"lesion_{pair}")


# One block


def _one(twins: Sequence[Twin], words: Lesson) -> list[str]:
    """The bars over the blocks; a click deletes a block in both networks."""
    from resnet_viz.draw.block_deletion import Row, lesion_picture

    rows = []
    for twin in twins:
        scores = twin.found.each.scores if twin.found.each else ()
        errors: list[float | None] = [score.error for score in scores[1:]]
        errors = errors or [None] * len(twin.blocks)
        rows.append(Row(twin.title(words), twin.plain, twin.blocks, errors, scores[0].error if scores else 0.0))
    deleted = _chosen_blocks(twins[0].blocks)

    def ignored(_: object) -> None:
        """This diagram's blocks and skips are not those of a network that can be changed."""

    def toggled(clicked: str) -> None:
        name = clicked.partition(":")[2]
        if name in twins[0].blocks:
            now = {*url_state.get(DELETED)} ^ {name}
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
    st.caption(words.labels["click"])
    return one_sentences(twins, words)


def one_sentences(twins: Sequence[Twin], words: Lesson) -> list[str]:
    """What deleting single blocks shows, network by network."""
    said = []
    for twin in twins:
        if twin.found.each is None:
            continue
        undisturbed, *rest = [score.error for score in twin.found.each.scores]
        if undisturbed > CHANCE - LOST:
            said.append(words.say("said_lost", name=twin.title(words), undisturbed=undisturbed))
            continue
        worst = max(range(len(rest)), key=rest.__getitem__)
        said.append(
            words.say(
                "said_one",
                name=twin.title(words),
                undisturbed=undisturbed,
                low=min(rest),
                high=rest[worst],
                middle=median(rest),
                worst=twin.blocks[worst],
                count=len(rest),
            )
        )
    return said


def _without_blocks(twins: Sequence[Twin], deleted: tuple[str, ...], urgent: Sequence[Slice | None], words: Lesson) -> None:
    """What is left of both networks without the blocks that were clicked; `urgent` has each of them without those and whole."""
    from resnet_viz.studies.block_deletion import PICTURES

    named = ", ".join(deleted[:MOST_NAMED]) + ", …" * (len(deleted) > MOST_NAMED)
    columns = st.columns([2, 2, 1], vertical_alignment="center")
    for i, (twin, column) in enumerate(zip(twins, columns, strict=False)):
        if len(deleted) == 1:
            scores = twin.found.each.scores if twin.found.each else ()
            pair = [scores[1 + twin.blocks.index(deleted[0])], scores[0]] if scores else []
        else:
            pair = [found.scores[0] for found in urgent[2 * i : 2 * i + 2] if found]
        label = words.say("without", name=twin.title(words), blocks=named)
        if len(pair) < 2:
            column.metric(label, "–")
            continue
        points = round(100 * (pair[0].error - pair[1].error), 1)
        colour: Literal["inverse", "off"] = "inverse" if points else "off"
        column.metric(label, f"{pair[0].error:.1%}", words.say("points", points=f"{points:+.1f}"), delta_color=colour)
    with columns[-1]:
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
        config={"displaylogo": False},
    )
    return some_sentences(twins, words)


def some_sentences(twins: Sequence[Twin], words: Lesson) -> list[str]:
    """How many blocks each network can lose before half of what it can is lost."""
    said = []
    for twin in twins:
        undisturbed = _undisturbed(twin)
        if undisturbed > CHANCE - LOST:
            said.append(words.say("said_lost", name=twin.title(words), undisturbed=undisturbed))
            continue
        half = (undisturbed + CHANCE) / 2
        means = {count: fmean(errors) for count, errors in sorted(twin.found.random.items())}
        over = [count for count, error in means.items() if error > half]
        if over:
            values = {"count": over[0], "error": means[over[0]], "all": len(twin.blocks), "half": half}
            said.append(words.say("said_some", name=twin.title(words), **values))
        elif means:
            last = max(means)
            said.append(words.say("said_some_never", name=twin.title(words), count=last, error=means[last], half=half))
    return said


def _undisturbed(twin: Twin) -> float:
    """The error of the whole network, as it was recorded where it is not measured along."""
    from resnet_viz.studies.block_deletion import BlockDeletion

    each = twin.found.each or BlockDeletion(twin.name, "one").recorded().each
    assert each
    return each.scores[0].error


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
        config={"displaylogo": False},
    )
    return swap_sentences(twins, words)


def swap_sentences(twins: Sequence[Twin], words: Lesson) -> list[str]:
    """What swapping shows, network by network."""
    said = []
    for twin in twins:
        undisturbed, errors = _undisturbed(twin), list(twin.found.swaps.values())
        if undisturbed > CHANCE - LOST:
            said.append(words.say("said_lost", name=twin.title(words), undisturbed=undisturbed))
        elif errors:
            values = {"undisturbed": undisturbed, "middle": median(errors), "high": max(errors), "count": len(errors)}
            said.append(words.say("said_swap", name=twin.title(words), **values))
    return said


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
