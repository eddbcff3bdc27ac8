"""What runs are called, and what they show together: sentences made of values, right for every board."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from resnet_viz.studies.race import Outcome, Verdict, differing, groups, network, values, verdict
from resnet_viz.text import Lesson
from resnet_viz.training.data.sources import FOLDER, folder_name
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.records import StepRecord
from resnet_viz.ui.kit.words import quoted

USUAL = Experiment(network(8))
"""What of a run is as here is not said in its name."""
GUESSING = 0.03
"""So close to the error of guessing an error is called no better."""
_CHOSEN = ("norm", "schedule", "init", "order", "shortcut")
"""Fields whose every value has words of its own."""
_NUMBERS = ("steps", "seed", "lr", "batch", "width")
_HURT = {
    (True, None): "hurt_plain",
    (True, True): "hurt_both",
    (True, False): "hurt_only_plain",
    (False, None): "hurt_none",
    (False, True): "hurt_only_residual",
    (False, False): "hurt_none",
}
"""By whether depth hurt the plain network and its twin."""
_FOLLOW = ("classes",)
"""Fields that only follow from another one."""
_TOLD = ("data", "steps", "batch", "lr", "seed")
"""What a caption says whether it is usual or not."""


def name(run: Experiment, words: Lesson, write: Callable[[str], str] = str) -> str:
    """What a run is called by itself: kind and depth, and what is unusual about it besides its length.

    `write` makes a folder's name fit for where it is shown.
    """
    return _name(run, _unusual(run), words, write)


def names(runs: Sequence[Experiment], words: Lesson, write: Callable[[str], str] = str) -> list[str]:
    """What runs are called beside each other: kind and depth, and wherein they differ."""
    told = differing(runs)
    return [_name(run, told, words, write) for run in runs]


def together(runs: Sequence[Experiment], words: Lesson) -> str:
    """Runs as one wish: what each is called, and once what is unusual about all of them."""
    apart = differing(runs)
    shared = [each for each in _unusual(runs[0]) if each not in apart]
    told = " · ".join(trait(each, runs[0], words, quoted) for each in shared)
    return words.bracketed(" + ".join(names(runs, words, quoted)), told)


def _unusual(run: Experiment) -> list[str]:
    return [each for each in differing([USUAL, run]) if each not in ("steps", *_FOLLOW)]


def _name(run: Experiment, told: Sequence[str], words: Lesson, write: Callable[[str], str]) -> str:
    kind = {"none": "plain", "all": "residual"}.get(str(run.spec.skips), "some")
    kept = sum(run.spec.has_skip(block) for block in run.spec.blocks)
    own = words.say(kind, depth=run.spec.depth, kept=kept, all=len(run.spec.blocks))
    return " · ".join([own, *(trait(each, run, words, write) for each in told if each not in _FOLLOW)])


def trait(field: str, run: Experiment, words: Lesson, write: Callable[[str], str] = str) -> str:
    """What a run has in one of the fields of `race.values`, in words."""
    value = values(run)[field]
    if field == "data":
        return pictures(run.data, words, write)
    if field in _NUMBERS:
        return words.say(f"trait_{field}", value=value)
    return words.labels[f"trait_{field}_{value}"] if field in _CHOSEN else f"{field} {value}"


def pictures(data: str, words: Lesson, write: Callable[[str], str] = str) -> str:
    """What the pictures of a run are called; a folder by its name."""
    if data.startswith(FOLDER):
        return write(folder_name(data))
    kind, *levels = data.split("-")
    harder = words.listed(words.labels[f"level_{level}"] for level in levels)
    return words.bracketed(words.labels[f"data_{kind}"], harder)


def settings(runs: Sequence[Experiment], words: Lesson) -> str:
    """All that these runs of whatever depths and skips share, for a caption; nothing where they have nothing in common."""
    unusual = [each for each in differing([USUAL, runs[0]]) if each not in (*_FOLLOW, *_TOLD)]
    told = [each for each in (*_TOLD[:-1], *unusual, _TOLD[-1]) if each not in differing(runs)]
    return " · ".join(trait(each, runs[0], words, quoted) for each in told)


def outcome(run: Experiment, history: Sequence[StepRecord]) -> Outcome:
    """How far a run has come, from its history."""
    return Outcome(run, len(history), history[-1].smooth_error)


def sentence(outcomes: Sequence[Outcome], words: Lesson) -> str:
    """What the numbers show, and no more. Runs that differ in more than depth and skips are told apart, group by group."""
    apart = groups(outcomes)
    if len(apart) < 2:
        return "".join(_group(group, words) for group in apart)
    fields = differing([group[0].experiment for group in apart])
    fields = tuple(field for field in fields if field not in _FOLLOW)
    told = []
    for group in apart:
        what = " · ".join(trait(field, group[0].experiment, words, quoted) for field in fields)
        told.append(f"**{what}** {_group(group, words)}")
    differs = " · ".join(words.labels.get(f"field_{field}", field) for field in fields)
    return "\n\n".join([*told, words.say("said_differ", what=differs)])


def _group(outcomes: Sequence[Outcome], words: Lesson) -> str:
    """Runs that may be compared, if they have come equally far; else each by itself, plain ones first."""
    found = verdict(outcomes) if len({o.steps for o in outcomes}) == 1 else None
    if found is None or len(outcomes) == 1:
        ordered = sorted(outcomes, key=lambda o: (o.experiment.spec.skips != "none", o.experiment.spec.depth))
        return words.joined(_alone(o, words) for o in ordered)
    return _compared(found, outcomes, words)


def _alone(outcome: Outcome, words: Lesson) -> str:
    """What one run has come to, and whether that is better than guessing."""
    own = names([outcome.experiment], words, quoted)[0]
    told = words.say("said_alone", name=own, steps=outcome.steps, error=outcome.error)
    return words.joined([told, words.labels["said_guessing"]]) if _is_guessing(outcome) else told


def _is_guessing(outcome: Outcome) -> bool:
    return outcome.error > 1 - 1 / outcome.experiment.spec.classes - GUESSING


def _compared(found: Verdict, outcomes: Sequence[Outcome], words: Lesson) -> str:
    deep, twin, shallow = found.plain, found.twin, found.shallow
    parts = [words.say("said_deep", steps=deep.steps, depth=deep.experiment.spec.depth, error=deep.error)]
    if _is_guessing(deep):
        parts.append(words.labels["said_guessing"])
    if twin:
        parts.append(words.say("said_twin", error=twin.error))
    for some in between(deep, outcomes):
        kept = sum(some.experiment.spec.has_skip(block) for block in some.experiment.spec.blocks)
        parts.append(words.say("said_some", kept=kept, all=len(some.experiment.spec.blocks), error=some.error))
    if shallow:
        parts.append(words.say("said_shallow", depth=shallow.experiment.spec.depth, error=shallow.error))
    if found.shallow_twin:
        parts.append(words.say("said_shallow_twin", error=found.shallow_twin.error))
    if found.hurts_plain is not None:
        parts.append(words.labels[_HURT[found.hurts_plain, found.hurts_twin]])
        if found.hurts_plain:
            parts.append(words.labels["not_overfitting"])
    elif found.skips:
        parts.append(words.labels[f"gain_{found.skips}"])
    return words.joined(parts)


def between(deep: Outcome, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The networks like a plain one that have kept some of the skips, and have come as far; the fewest skips first."""
    plain = deep.experiment.spec
    same = [o for o in outcomes if o.steps == deep.steps and not isinstance(o.experiment.spec.skips, str)]
    same = [o for o in same if o.experiment.spec.plain() == plain]
    return sorted(same, key=lambda o: len(o.experiment.spec.skips))
