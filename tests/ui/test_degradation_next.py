"""What is offered next is a function of the board, and a press trains what was announced, with the form's settings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resnet_viz.jobs.limits import Limits
from resnet_viz.jobs.run_state import key_of
from resnet_viz.nets.spec import CHOICES
from resnet_viz.studies.race import DEPTHS, differing, network, setting
from resnet_viz.text import lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit import run_client, run_summary
from resnet_viz.ui.kit.shared_params import MAX_RUNS
from resnet_viz.ui.lessons.degradation import slower
from resnet_viz.ui.lessons.degradation.next_step import Offer, next_seed, offer, twins
from tests.ui.test_pages import link, open_page, texts
from tests.waiting import until

WORDS = lesson("degradation")
PAIR = twins(Experiment(network(56)))


def walk(e: Experiment) -> list[Offer]:
    """All offers from an empty board to the end, each one pressed."""
    wanted = twins(e)
    found = [offer((), wanted)]
    board = wanted
    while (following := offer(board, wanted)).runs:
        found.append(following)
        board = following.board
        assert len(found) < 10, "it ends"
    return [*found, following]


def test_the_doubts_come_in_order() -> None:
    assert [found.key for found in walk(PAIR[0])] == ["first", "shallower", "slower", "norm_none", "seed", "end"]
    shallow = [found.key for found in walk(Experiment(replace(network(20), norm="none")))]
    assert shallow == ["first", "deeper", "slower", "norm_batch", "seed", "end"]


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("norm", CHOICES["norm"])
@pytest.mark.parametrize("init", CHOICES["init"])
def test_an_offer_changes_one_thing_and_keeps_all_other_settings(depth: int, norm: str, init: str) -> None:
    e = Experiment(replace(network(depth), norm=norm, init=init), data="shapes-noise", lr=0.1, seed=5, batch=32)
    for found in walk(e)[1:-1]:
        plain, residual = found.runs
        assert (plain.spec.skips, residual.spec.skips) == ("none", "all")
        assert plain.spec.residual() == residual.spec
        changed = differing([e, residual])
        if found.key in ("shallower", "deeper"):
            assert setting(residual) == setting(e)
            assert (residual.spec.depth < depth) == (found.key == "shallower")
        else:
            assert changed == ({"slower": "steps"}.get(found.key, found.key.partition("_")[0]),)
            assert residual.spec.depth == depth
        assert found.board == (*twins(e), *found.runs)
        assert len(found.board) <= MAX_RUNS
        for run in found.runs:
            Limits().check(run)


def test_what_is_impossible_is_not_offered() -> None:
    longest = replace(PAIR[0], steps=Limits().steps)
    assert "slower" not in [found.key for found in walk(longest)]
    assert "norm_none" not in [found.key for found in walk(Experiment(replace(network(56), zero_gamma=True)))]


def test_one_network_alone_is_offered_its_twin() -> None:
    for one, other in (PAIR, PAIR[::-1]):
        assert offer([one], [one]) == Offer("twin", (other,), (one, other))
    some = Experiment(replace(network(56), skips=frozenset({"layer1.0"})))
    assert offer([some], [some]) == Offer("twin", PAIR, (some, *PAIR))


def test_what_else_is_on_the_board_changes_no_offer() -> None:
    other = twins(Experiment(network(8), lr=0.3))
    assert offer([*other, *PAIR], PAIR) == offer(PAIR, PAIR)
    assert offer(other, PAIR).key == "first"


def test_the_next_seed_is_a_seed() -> None:
    assert next_seed(replace(PAIR[0], seed=999_999)).seed == 0


def test_the_longer_race_keeps_the_settings_of_the_form() -> None:
    e = Experiment(replace(network(8), norm="none", init="xavier"), seed=4, lr=0.1, data="shapes-noise")
    for run in slower.race(e):
        assert {*differing([e, run])} == {"steps", "schedule"}


def test_a_press_trains_the_pair_then_what_is_next_then_the_next_seed() -> None:
    e = Experiment(network(8), steps=12, seed=90)
    at = open_page("degradation", experiment=str(e))
    assert WORDS.labels["next_first"] in texts(at)
    at.button("w_race_train").click().run()
    board = [Experiment.parse(run) for run in link(at)["runs"].split("!")]
    assert board == [*twins(e)]
    engine = run_client.engine()

    def over() -> bool:
        return all((view := engine.view(key_of(run))) and view.run.status == "done" for run in board)

    until(over, 120)
    at.run()
    found = offer(board, twins(e))
    assert found.key == "deeper"
    assert run_summary.together(found.runs, WORDS) == "plain-20 + residual-20 (seed 90)"
    assert run_summary.together(found.runs, lesson("degradation", "zh")).endswith("（种子 90）")
    assert WORDS.say("trains", names=run_summary.together(found.runs, WORDS)) in texts(at), "what a press trains is announced"
    assert at.button("w_race_train").label == WORDS.say("train_again", seed=91)
    at.button("w_race_train").click().run()
    again = [Experiment.parse(run) for run in link(at)["runs"].split("!")]
    assert again == [*twins(e), *twins(replace(e, seed=91))]
    assert Experiment.parse(link(at)["experiment"]) == replace(e, seed=91)
    board = again
    until(over, 120)
    at.run()
    at.button("w_next_run").click().run()
    runs = [Experiment.parse(run) for run in link(at)["runs"].split("!")]
    assert runs == [*offer(again, twins(replace(e, seed=91))).board]
    for run in runs[2:]:
        assert engine.view(key_of(run)), "asked for"
        engine.cancel(key_of(run), right=lambda _owner: True)
