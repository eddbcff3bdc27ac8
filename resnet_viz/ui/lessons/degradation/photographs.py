"""*The same on photographs*: the paper's Fig. 4, on ten classes and recorded by ourselves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal, NamedTuple

import streamlit as st

from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.studies.recorded import recording
from resnet_viz.text import Lesson
from resnet_viz.ui.components.curves import Curve, curves
from resnet_viz.ui.kit import provenance
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.prose import tell
from resnet_viz.ui.lessons.degradation.paper import recipe_told
from resnet_viz.ui.lessons.degradation.recorded_runs import EPOCH_VIEWS, epoch_table


class PhotographRun(NamedTuple):
    """One recorded network."""

    spec: ResNetSpec
    train: Sequence[float]
    """Share of the training pictures it got wrong in each epoch, as it saw them: in random parts."""
    test: Sequence[float]
    wrong: float
    """Share of all test pictures in the end."""

    @property
    def kind(self) -> Literal["plain", "residual"]:
        return "plain" if self.spec.skips == "none" else "residual"


def runs() -> tuple[PhotographRun, ...]:
    """All that were recorded, the shallow ones first."""
    found = (
        PhotographRun(ResNetSpec.parse(run["network"]), run["train_error"], run["test_error"], 1 - run["test_accuracy"])
        for run in recording("photographs")["runs"]
    )
    return tuple(sorted(found, key=lambda run: (run.spec.depth, run.kind)))


def show(words: Lesson) -> None:
    """Errors epoch by epoch, what they say, and how the networks were trained."""
    made, found = recording("photographs"), runs()
    lines = [
        Curve(words.say(run.kind, depth=run.spec.depth), run.kind, run.spec.depth, first=run.train, second=run.test)
        for run in found
    ]
    count, columns = len(found[0].train), {str(run.spec): (run.train, run.test) for run in found}
    note = words.say("recorded_how", made=provenance.pictures(made["data"]), machine=provenance.machine(made["machine"]))
    files = [Download(words.labels["file_csv"], "photographs.csv", "text/csv", partial(epoch_table, columns))]
    with figure("photographs", words.say("caption_photographs", epochs=count), "recorded", note, files=files):
        curves(lines, views=EPOCH_VIEWS, steps=count, words=words.labels, key="photographs_curves", axis="epoch")
    st.markdown(sentence(found, words))
    tell(
        words.say("photographs_recipe", recipe=recipe_told(made["recipe"], words), pictures=made["train_pictures"]),
        "degradation/photographs",
    )


def sentence(found: Sequence[PhotographRun], words: Lesson) -> str:
    """What the recording shows of depth, without skips and with them."""
    shallow, deep = (choose(run.spec.depth for run in found) for choose in (min, max))
    train = {f"{run.kind}_{_which(run, deep)}": run.train[-1] for run in found}
    test = {f"{run.kind}_{_which(run, deep)}": run.wrong for run in found}
    depths = {"shallow": shallow, "deep": deep}
    told = [
        words.say("photographs_said", **depths, **train),
        *(
            words.say(f"photographs_{kind}_{_change(train[f'{kind}_shallow'], train[f'{kind}_deep'])}", **depths)
            for kind in ("plain", "residual")
        ),
        words.say("photographs_test", **depths, **test),
    ]
    return words.joined(told)


def _which(run: PhotographRun, deepest: int) -> str:
    return "deep" if run.spec.depth == deepest else "shallow"


def _change(shallow: float, deep: float) -> Literal["worse", "same", "better"]:
    """What depth does to the training error. A hundredth is less than what another seed changes."""
    return "same" if abs(deep - shallow) < 0.01 else "worse" if deep > shallow else "better"
