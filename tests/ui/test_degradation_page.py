"""The degradation page on Streamlit's test bench; what it says is held against the runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resnet_viz.lab.experiment import Experiment
from resnet_viz.lab.race import CLEAR, DEFAULT_RACE, DEPTHS, DRAMATIC_RACE, Outcome, network, recording, verdict
from resnet_viz.text import lesson
from resnet_viz.ui import race
from tests.ui.test_pages import link, open_page, texts

WORDS = lesson("degradation")


def test_it_opens_with_the_recorded_race_and_what_it_shows() -> None:
    at = open_page("degradation")
    runs = {run["experiment"]: run["error"][-1] for run in recording()["runs"]}
    deep = runs[str(Experiment(network(56, plain=True)))]
    assert WORDS.say("said_deep", steps=300, depth=56, error=deep) in texts(at)
    assert WORDS.labels["hurt_only_plain"] in texts(at)


def test_the_recording_is_of_the_races_on_the_buttons() -> None:
    recorded = {Experiment.parse(run["experiment"]): run for run in recording()["runs"]}
    assert set(recorded) == {*DEFAULT_RACE, *DRAMATIC_RACE}
    assert all(len(run["error"]) == len(run["loss"]) == e.steps for e, run in recorded.items())


def test_the_recording_starts_as_the_run_does_now() -> None:
    from resnet_viz.lab.experiment import run

    recorded = recording()["runs"][0]
    e = replace(Experiment.parse(recorded["experiment"]), steps=5)
    now = [step.smooth_loss for step in run(e)]
    assert now == pytest.approx(recorded["loss"][:5], abs=2e-3)


def test_predictions_are_held_against_the_recording() -> None:
    at = open_page("degradation")
    at.pills("w_predict_degradation").set_value(WORDS.labels["predict_1"]).run()
    assert at.success


def test_controls_make_an_experiment_that_travels() -> None:
    at = open_page("degradation")
    at.select_slider("w_race_depth").set_value(32).run()
    at.number_input("w_race_seed").set_value(5).run()
    at.segmented_control("w_race_norm").set_value("none").run()
    wanted = Experiment(replace(network(32, plain=True), norm="none"), seed=5)
    assert Experiment.parse(link(at)["exp"]) == wanted


@pytest.mark.parametrize("bad", ["basic-3~steps0", "cats", "basic-3.3.3-w8-c10~lr99999"])
def test_a_bad_experiment_in_a_link_is_said(bad: str) -> None:
    at = open_page("home", exp=bad)
    assert "exp" in at.warning[0].value
    assert "exp" not in link(at)


def outcome(depth: int, plain: bool, error: float, steps: int = 300) -> Outcome:
    return Outcome(Experiment(network(depth, plain=plain)), steps, error)


@pytest.mark.parametrize(
    ("outcomes", "key"),
    [
        ([outcome(20, True, 0.2), outcome(56, True, 0.9), outcome(56, False, 0.1)], "hurt_only_plain"),
        ([outcome(20, True, 0.2), outcome(56, True, 0.9)], "hurt_plain"),
        ([outcome(20, True, 0.2), outcome(56, True, 0.9), outcome(56, False, 0.9)], "hurt_both"),
        ([outcome(20, True, 0.2), outcome(56, True, 0.2 + CLEAR / 2)], "hurt_none"),
        ([outcome(56, False, 0.2)], "said_nothing"),
    ],
)
def test_the_sentence_says_what_the_numbers_show(outcomes: list[Outcome], key: str) -> None:
    assert WORDS.labels[key] in race.sentence(outcomes, WORDS)


def test_runs_that_have_not_come_as_far_are_not_compared() -> None:
    found = verdict([outcome(20, True, 0.2, steps=100), outcome(56, True, 0.9), outcome(56, False, 0.5, steps=10)])
    assert found
    assert found.twin is found.shallow is found.hurt_plain is None


def test_depths_are_the_papers() -> None:
    for depth in DEPTHS:
        assert network(depth).depth == network(depth, plain=True).depth == depth
    for depth in (2, 21, 57):
        with pytest.raises(ValueError, match=str(depth)):
            network(depth)
