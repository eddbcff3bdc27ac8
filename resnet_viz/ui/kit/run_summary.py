"""What runs are called, and what they show together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from resnet_viz.studies.race import Outcome, verdict
from resnet_viz.text import Lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.records import StepRecord
from resnet_viz.ui.kit.words import quoted


def name(run: Experiment, words: Lesson, write: Callable[[str], str] = str) -> str:
    """What a run is called on the board: kind and depth, and what is unusual about it.

    `write` makes a folder's name fit for where it is shown.
    """
    kind = {"none": "plain", "all": "residual"}.get(str(run.spec.skips), "some")
    kept = sum(run.spec.has_skip(block) for block in run.spec.blocks)
    unusual = [
        words.labels["no_bn"] if run.spec.norm == "none" else "",
        _pictures(run.data, write),
        f"lr {run.lr:g}" if run.lr != 0.02 else "",
        f"#{run.seed}" if run.seed else "",
    ]
    return " ".join(
        [words.say(kind, depth=run.spec.depth, kept=kept, all=len(run.spec.blocks)), *(part for part in unusual if part)]
    )


def _pictures(data: str, write: Callable[[str], str]) -> str:
    own = data.removeprefix("folder-")
    return write(own) if own != data else data.removeprefix("shapes").removeprefix("-")


def outcome(run: Experiment, history: Sequence[StepRecord]) -> Outcome:
    """How far a run has come, from its history."""

    return Outcome(run, len(history), history[-1].smooth_error)


def _alone(outcome: Outcome, words: Lesson) -> str:
    """What one run has come to, and whether that is better than guessing."""
    told = words.say("said_alone", name=name(outcome.experiment, words, quoted), steps=outcome.steps, error=outcome.error)
    chance = 1 - 1 / outcome.experiment.spec.classes
    return f"{told} {words.labels['said_guessing']}" if outcome.error > chance - 0.03 else told


def between(deep: Outcome, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The networks like a plain one that have kept some of the skips, and have come as far; the fewest skips first."""
    plain = deep.experiment.spec
    same = [o for o in outcomes if o.steps == deep.steps and not isinstance(o.experiment.spec.skips, str)]
    same = [o for o in same if o.experiment.spec.plain() == plain]
    return sorted(same, key=lambda o: len(o.experiment.spec.skips))


def sentence(outcomes: Sequence[Outcome], words: Lesson) -> str:
    """What the numbers show, and no more."""

    found = verdict(outcomes)
    if found is None:
        return " ".join([*(_alone(outcome, words) for outcome in outcomes), words.labels["said_nothing"]])
    deep, twin, shallow = found.plain, found.twin, found.shallow
    parts = [words.say("said_deep", steps=deep.steps, depth=deep.experiment.spec.depth, error=deep.error)]
    if twin:
        parts.append(words.say("said_twin", error=twin.error))
    for some in between(deep, outcomes):
        kept = sum(some.experiment.spec.has_skip(block) for block in some.experiment.spec.blocks)
        parts.append(words.say("said_some", kept=kept, all=len(some.experiment.spec.blocks), error=some.error))
    if shallow:
        parts.append(words.say("said_shallow", depth=shallow.experiment.spec.depth, error=shallow.error))
    told = " ".join(parts)
    if found.hurt_plain is None:
        return told
    if found.hurt_plain:
        both = {None: "hurt_plain", True: "hurt_both", False: "hurt_only_plain"}[found.hurt_twin]
        return f"{told} {words.labels[both]} {words.labels['not_overfitting']}"
    return f"{told} {words.labels['hurt_none']}"
