"""What runs are called and what is said of them, over the whole grid of what the page can train."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import replace

import pytest

from resnet_viz.nets.spec import CHOICES
from resnet_viz.studies.race import CLEAR, DEPTHS, Outcome, differing, groups, network, setting, verdict
from resnet_viz.text import LANGUAGES, Lesson, lesson, unbroken
from resnet_viz.training.data.shapes import LEVELS
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.components.curves import training_views
from resnet_viz.ui.kit import run_client, run_summary
from resnet_viz.ui.lessons.degradation import board
from tests.thinned import quickly
from tests.ui.test_pages import open_page, texts

WORDS = lesson("degradation")
ERRORS = (0.0, 0.049, 0.2, 0.86, 0.9, 1.0)


def outcome(depth: int, plain: bool, error: float, steps: int = 300) -> Outcome:
    return Outcome(Experiment(network(depth, plain=plain)), steps, error)


@pytest.mark.parametrize(
    ("outcomes", "key"),
    [
        ([outcome(20, True, 0.2), outcome(56, True, 0.9), outcome(56, False, 0.1)], "hurt_only_plain"),
        ([outcome(20, True, 0.2), outcome(20, False, 0.1), outcome(56, True, 0.9), outcome(56, False, 0.1)], "hurt_only_plain"),
        ([outcome(20, True, 0.2), outcome(20, False, 0.1), outcome(56, True, 0.9), outcome(56, False, 0.2)], "hurt_both"),
        (
            [outcome(20, True, 0.2), outcome(20, False, 0.1), outcome(56, True, 0.2), outcome(56, False, 0.2)],
            "hurt_only_residual",
        ),
        ([outcome(20, True, 0.2), outcome(56, True, 0.9)], "hurt_plain"),
        ([outcome(20, True, 0.2), outcome(56, True, 0.9), outcome(56, False, 0.9)], "hurt_both"),
        ([outcome(20, True, 0.2), outcome(56, True, 0.2 + CLEAR / 2)], "hurt_none"),
        ([outcome(56, True, 0.9), outcome(56, False, 0.2)], "gain_help"),
        ([outcome(8, True, 0.04), outcome(8, False, 0.05)], "gain_alike"),
        ([outcome(8, True, 0.04), outcome(8, False, 0.5)], "gain_hurt"),
    ],
)
def test_the_sentence_says_what_the_numbers_show(outcomes: list[Outcome], key: str) -> None:
    said = run_summary.sentence(outcomes, WORDS)
    verdicts = [name for name in WORDS.labels if name.startswith(("hurt_", "gain_")) and WORDS.labels[name] in said]
    assert verdicts == [key]


def test_runs_that_have_not_come_as_far_are_not_compared() -> None:
    outcomes = [outcome(20, True, 0.2, steps=100), outcome(56, True, 0.9), outcome(56, False, 0.5, steps=10)]
    found = verdict(outcomes)
    assert found
    assert found.twin is found.shallow is found.hurts_plain is found.skips is None
    said = run_summary.sentence(outcomes, WORDS)
    told = ((100, "plain-20"), (300, "plain-56"), (10, "residual-56"))
    assert all(unbroken(f"After {steps} steps {name}") in said for steps, name in told)
    assert "twin" not in said


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lr": 0.1}, "lr"),
        ({"seed": 3}, "seed"),
        ({"steps": 600}, "steps"),
        ({"schedule": "cosine"}, "schedule"),
        ({"batch": 16}, "batch"),
        ({"data": "shapes-noise"}, "data"),
        ({"spec": replace(network(56), norm="none")}, "norm"),
        ({"spec": replace(network(56), init="xavier")}, "init"),
        ({"spec": replace(network(56), order="pre")}, "order"),
        ({"spec": replace(network(56), shortcut="C")}, "shortcut"),
        ({"spec": replace(network(56), width=16)}, "width"),
    ],
)
def test_runs_that_differ_in_more_are_not_held_against_each_other(changes: dict[str, object], field: str) -> None:
    plain, other = Experiment(network(56, plain=True)), replace(Experiment(network(56)), **changes)  # type: ignore[arg-type]
    both = [Outcome(plain, 300, 0.9), Outcome(other, other.steps, 0.1)]
    assert len(groups(both)) == 2
    assert differing([plain, other]) == (field,)
    for language in LANGUAGES:
        words = lesson("degradation", language)
        said = run_summary.sentence(both, words)
        assert words.labels["gain_help"] not in said
        assert words.say("said_differ", what=words.labels[f"field_{field}"]) in said
        assert run_summary.trait(field, other, words) in said
        assert run_summary.trait(field, plain, words) in said
        alone, shared = (run_summary.settings(runs, words).split(" · ") for runs in ([plain], [plain, other]))
        own = {run_summary.trait(field, run, words) for run in (plain, other)}
        assert not own & {*shared}, "a caption says of all runs what all of them share"
        assert [trait for trait in alone if trait not in own] == shared
        assert own & {*run_summary.settings([other], words).split(" · ")}


def test_depth_and_skips_are_no_difference() -> None:
    runs = [Experiment(network(depth, plain=plain)) for depth in DEPTHS for plain in (True, False)]
    runs.append(Experiment(replace(network(56), skips=frozenset({"layer1.0"}))))
    assert len({setting(run) for run in runs}) == 1
    assert differing(runs) == ()


def test_depths_are_the_papers() -> None:
    for depth in DEPTHS:
        assert network(depth).depth == network(depth, plain=True).depth == depth
    for depth in (2, 21, 57):
        with pytest.raises(ValueError, match=str(depth)):
            network(depth)


def test_a_network_alone_is_told_and_held_against_guessing() -> None:
    said = run_summary.sentence([outcome(20, plain=False, error=0.2)], WORDS)
    assert said == unbroken("After 300 steps residual-20 gets 20% of its training pictures wrong.")
    assert WORDS.labels["said_guessing"] in run_summary.sentence([outcome(20, plain=False, error=0.9)], WORDS)
    assert run_summary.sentence([], WORDS) == ""


def test_networks_with_some_skips_stand_between() -> None:
    def some(*blocks: str, error: float) -> Outcome:
        return Outcome(Experiment(replace(network(20), skips=frozenset(blocks))), 300, error)

    one, two = some("layer1.0", error=0.6), some("layer1.0", "layer2.1", error=0.4)
    said = run_summary.sentence([two, outcome(20, plain=True, error=0.8), one, outcome(20, plain=False, error=0.1)], WORDS)
    assert "With 1 of the 9 skips it is 60%. With 2 of the 9 skips it is 40%." in said
    elsewhere = one._replace(steps=100)
    assert "skips it is" not in run_summary.sentence([outcome(20, plain=True, error=0.8), elsewhere], WORDS)


def proper(said: str, words: Lesson) -> None:
    """No gap, no number that is none, and no verdict against another one."""
    assert not re.search(r"nan|inf\b|[{}]|None|  ", said), said
    exclusive = [key for key in ("hurt_only_plain", "hurt_both", "hurt_only_residual", "hurt_none") if words.labels[key] in said]
    assert len(exclusive) <= said.count("\n\n") + 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("depth", quickly(DEPTHS, 8, 56, 110))
def test_sentences_over_the_whole_grid(depth: int, language: str) -> None:
    """Pairs and four of all depths, normalisations, initial weights and pictures, with errors from none to all."""
    words = lesson("degradation", language)
    grid = itertools.product(CHOICES["norm"], CHOICES["init"], ("shapes", f"shapes-{LEVELS[0]}"), ERRORS, ERRORS)
    for norm, init, data, first, second in grid:
        pair = [Experiment(replace(network(depth, plain=plain), norm=norm, init=init), data=data) for plain in (True, False)]
        both = [Outcome(pair[0], 300, first), Outcome(pair[1], 300, second)]
        said = run_summary.sentence(both, words)
        proper(said, words)
        assert f"{first:.0%}" in said
        assert f"{second:.0%}" in said
        helps = words.labels["gain_help"] in said
        assert helps == (first - second > CLEAR)
        assert (words.labels["said_guessing"] in said) == (first > 0.87)
        more = [outcome(20, True, second), outcome(56, True, first), outcome(56, False, second), *both]
        proper(run_summary.sentence(more, words), words)


def test_what_is_the_same_is_not_in_a_name() -> None:
    run = Experiment(replace(network(56, plain=True), norm="none"), seed=7, lr=0.1)
    assert run_summary.names([run, replace(run, spec=run.spec.residual())], WORDS) == ["plain-56", "residual-56"]
    assert run_summary.names([run, replace(run, seed=8)], WORDS) == ["plain-56 · seed 7", "plain-56 · seed 8"]
    assert run_summary.name(run, WORDS) == "plain-56 · no BN · learning rate 0.1 · seed 7"
    assert run_summary.name(replace(run, data="shapes-noise-large"), WORDS).startswith(
        "plain-56 · no BN · Shapes (noisy, 32\xa0×\xa032)"
    )
    assert run_summary.settings([run], WORDS) == "Shapes · 300 steps · 64 pictures a step · learning rate 0.1 · no BN · seed 7"


def test_runs_that_share_nothing_have_no_settings_in_their_caption() -> None:
    run = Experiment(network(56))
    other = replace(run, data="shapes-noise", steps=200, batch=32, lr=0.1, seed=7)
    assert board._caption([run, other], WORDS).startswith(WORDS.labels["caption_board_apart"].partition("{")[0])
    assert ". ." not in board._caption([run, other], WORDS)
    assert run_summary.settings([run], WORDS) in board._caption([run, replace(run, spec=run.spec.plain())], WORDS)


def test_guessing_is_a_line_where_it_is_the_same_for_all() -> None:
    assert [view.chance for view in training_views(10, 10)] == [pytest.approx(0.9), pytest.approx(math.log(10))]
    assert [view.chance for view in training_views(10, 2)] == [None, None]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("steps", "size"), [(300, "shapes"), (2000, "shapes-large")])
def test_how_long_it_takes_is_said_once(steps: int, size: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the button: by the line that measures it, whatever is trained."""
    words, run = lesson("degradation", language), Experiment(network(110), steps=steps, data=size)
    monkeypatch.setattr(run_client.engine(), "seconds_left", lambda *_: 1200.0)
    minutes = 20 * max(1, 2 / run_client.engine().count)  # of two runs, one after the other where there is one worker
    assert words.say("about_minutes", minutes=minutes) in texts(open_page("degradation", lang=language, experiment=str(run)))
    assert not re.search(r"minute|分钟", words.labels["on_shapes"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_has_words_in_a_name(language: str) -> None:
    words = lesson("degradation", language)
    for field in ("norm", "init", "order", "shortcut"):
        for value in CHOICES[field]:
            run = Experiment(replace(network(20), **{field: value}))
            assert run_summary.trait(field, run, words) == words.labels[f"trait_{field}_{value}"]
    other = Experiment(replace(network(20), stem="cifar"), momentum=0.5)
    assert run_summary.name(other, words).endswith(" · stem cifar · momentum 0.5"), "what has no word has its code"
