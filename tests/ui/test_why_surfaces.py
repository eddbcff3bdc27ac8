"""The panel of the loss surfaces on Streamlit's test bench; what it says is held against the recording and the network."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz.jobs.shared_calls import Call, Progress
from resnet_viz.probes.landscape import Terrain, axis, landscape, terrain
from resnet_viz.studies.loss_surface import LIVE_PICTURES, LossSurface, network, others
from resnet_viz.studies.pretrained_pairs import as_input, twins
from resnet_viz.studies.recorded import recording
from resnet_viz.text import LANGUAGES, lesson, unbroken
from resnet_viz.training.trainer import pictures
from resnet_viz.ui.kit import run_client
from resnet_viz.ui.lessons.why.loss_surfaces import kind, numbers, scale_note, sentence, with_range
from tests.ui.test_pages import link, texts

WORDS = lesson("surfaces")
TITLES = ("plain-56", "residual-56")


def page() -> None:
    import streamlit as st

    from resnet_viz.ui.kit import url_state
    from resnet_viz.ui.kit.shared_params import SHARED
    from resnet_viz.ui.kit.words import text
    from resnet_viz.ui.lessons.why import loss_surfaces
    from resnet_viz.ui.lessons.why.params import PARAMS

    url_state.start()
    url_state.load([*SHARED, *PARAMS])
    words = text("surfaces")
    loss_surfaces.controls(words)
    loss_surfaces.show(words, st.container())
    loss_surfaces.rest(words)
    url_state.save()


def panel(answer: int | None = 0, **given: str) -> AppTest:
    """The explanation, its question answered and *More* open."""
    at = AppTest.from_function(page, default_timeout=60)
    at.session_state["answer_surfaces"] = answer
    at.session_state["w_surfaces_more"] = True
    for key, value in given.items():
        at.query_params[key] = value
    at.run()
    assert not at.exception, at.exception
    return at


class AtOnce:
    """Studies whose workers are this process. `done` is how many calls have results; the others are still to come."""

    def __init__(self, done: int = 10_000) -> None:
        self.done, self.results = done, dict[str, Any]()
        self.stopped = False

    def look(self, calls: Sequence[Call], owner: str = "", rank: int = 0) -> Progress:
        for call in calls[: self.done]:
            if call.key not in self.results:
                self.results[call.key] = call.function(*call.arguments)
        found = self.found(calls)
        return Progress(found.results, None not in found.results, "")

    def found(self, calls: Sequence[Call]) -> Progress:
        return Progress([self.results.get(call.key) for call in calls], True, "")

    def stop(self, calls: Sequence[Call]) -> None:
        self.stopped = True


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], AtOnce]:
    def make(done: int = 10_000) -> AtOnce:
        studies = AtOnce(done)
        monkeypatch.setattr(run_client, "studies", lambda: studies)
        monkeypatch.setattr(run_client, "engine", lambda: type("Engine", (), {"problem": "", "count": 1}))
        return studies

    return make


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_recorded_pair_is_there_at_once_with_its_sentence(language: str) -> None:
    words = lesson("surfaces", language)
    found = [terrain(LossSurface(name).recorded().losses) for name in twins("shapes", 56)]
    said = texts(panel(lang=language))
    titles = [words.say(kind, depth=56) for kind in ("plain", "residual")]
    assert sentence(found, titles, words) in said
    assert words.say("slice_said", params="214,546", points=625, pictures=recording("surfaces")["pictures"]) in said
    assert f"| {found[0].local_minima} / 529 |" in said


def test_what_other_planes_came_to_is_said() -> None:
    rough = [[terrain(losses).roughness for losses in others(name)] for name in twins("shapes", 56)]
    ends = [[f"{pick(side):.0%}" for pick in (min, max)] for side in rough]
    said = next(line for line in texts(panel()).splitlines() if line.startswith("On 3 other random planes"))
    assert all(end in said for side in ends for end in side)


def test_the_rough_surface_is_the_plain_networks() -> None:
    common = lesson("common").labels
    plain, residual = (terrain(LossSurface(name).recorded().losses).roughness for name in twins("shapes", 56))
    right, wrong = texts(panel(0)), texts(panel(1))
    assert common["right"] in right
    assert common["wrong"] in wrong
    assert WORDS.say("predict_because", plain=plain, residual=residual) in wrong


def test_nothing_is_shown_before_it_is_guessed() -> None:
    said = texts(panel(None))
    assert WORDS.labels["table_local_minima"] not in said
    assert "plateau" not in said


def test_it_opens_with_a_height_for_each() -> None:
    assert panel().segmented_control("w_height").value == "own"


def test_a_network_that_is_worse_than_guessing_is_said_to_be() -> None:
    at = panel(surface="untrained")
    residual = terrain(LossSurface(twins("shapes", 56)[1], "untrained").recorded().losses)
    assert residual.centre > 4
    assert WORDS.say("said_worse", name=TITLES[1], centre=residual.centre, chance=np.log(10)) in texts(at)


def test_controls_travel_in_the_link() -> None:
    at = panel(twins="cifar-20", look="map", height="log", reach="0.5", plane="7", points="17")
    assert at.selectbox("w_twins").value == "cifar-20"
    assert at.segmented_control("w_points").value == 17
    assert at.number_input("w_plane").value == 7
    found = [terrain(LossSurface(name, reach=0.5).recorded().losses) for name in twins("cifar10", 20)]
    assert sentence(found, ("plain-20", "residual-20"), WORDS) in texts(at)
    at.segmented_control("w_height").set_value("linear").run()
    at.number_input("w_plane").set_value(8).run()
    assert link(at)["height"] == "linear"
    assert (link(at)["plane"], link(at)["points"]) == ("8", "17")


def test_cifar_is_measured_only_where_its_pictures_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("RESNET_VIZ_HOME", str(tmp_path))
    at = panel(twins="cifar-20")
    assert WORDS.labels["here_not"] in texts(at)
    assert next(button for button in at.button if button.label == WORDS.labels["here"]).disabled


def test_another_plane_is_measured_here(workers: Callable[..., AtOnce]) -> None:
    workers()
    at = panel(twins="shapes-20", plane="5")
    next(button for button in at.button if button.label == WORDS.labels["here"]).click().run()
    found = []
    for name in twins("shapes", 20):
        x, labels = as_input(name, pictures("shapes", 0)[0], LIVE_PICTURES)
        losses = np.zeros((11, 11))
        for point in landscape(network(name, "trained"), x, labels, seed=5):
            losses[point.row, point.column] = point.loss
        found.append(terrain(losses))
    assert sentence(found, ("plain-20", "residual-20"), WORDS) in texts(at)
    next(button for button in at.button if button.label == WORDS.labels["here_back"]).click().run()
    assert sentence(
        [terrain(LossSurface(name).recorded().losses) for name in twins("shapes", 20)], ("plain-20", "residual-20"), WORDS
    ) in texts(at)


def test_while_it_grows_nothing_is_said_of_it_and_it_can_be_stopped(workers: Callable[..., AtOnce]) -> None:
    studies = workers(4)
    at = panel(twins="shapes-20")
    next(button for button in at.button if button.label == WORDS.labels["here"]).click().run()
    assert WORDS.labels["table_local_minima"] not in texts(at)
    next(button for button in at.button if button.label == WORDS.labels["here_stop"]).click().run()
    assert studies.stopped
    assert WORDS.say("here_partly", done=4, all=14) in texts(at)


def test_before_the_first_points_the_recording_stays(workers: Callable[..., AtOnce]) -> None:
    workers(0)
    at = panel()
    next(button for button in at.button if button.label == WORDS.labels["here"]).click().run()
    assert sentence([terrain(LossSurface(name).recorded().losses) for name in twins("shapes", 56)], TITLES, WORDS) in texts(at)


BOWL = Terrain(0.1, 0.1, 5.0, 1, 81, 0.2)
NOISE = Terrain(2.3, 2.25, 2.4, 9, 81, 0.9)


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (BOWL, "bowl"),
        (BOWL._replace(centre=1.0), "slope"),
        (NOISE, "plateau"),
        (NOISE._replace(high=9.0), "ragged"),
        (NOISE._replace(roughness=0.55), "other"),
    ],
)
def test_a_surface_is_called_what_its_numbers_say(found: Terrain, wanted: str) -> None:
    assert kind(found) == wanted
    assert WORDS.say(f"said_{wanted}", name="plain-56", centre=found.centre, low=found.low, high=found.high) in sentence(
        [found, BOWL], TITLES, WORDS
    )


def test_a_difference_is_said_only_where_there_is_one() -> None:
    assert WORDS.labels["said_alike"] in sentence([BOWL, BOWL], TITLES, WORDS)
    assert "higher" not in sentence([BOWL, BOWL], TITLES, WORDS)
    assert WORDS.say("said_higher", name=TITLES[0], difference=0.5) in sentence(
        [BOWL._replace(centre=0.6, low=0.6), BOWL], TITLES, WORDS
    )
    assert WORDS.say("said_rougher", plain=0.9, residual=0.2) in sentence([NOISE, BOWL], TITLES, WORDS)
    assert WORDS.labels["said_alike"] not in sentence([NOISE, BOWL], TITLES, WORDS)
    assert WORDS.say("said_chance", name=TITLES[0], chance=np.log(10)) in sentence([NOISE, BOWL], TITLES, WORDS)


def test_each_surface_is_named_with_its_range_as_far_as_that_is_known() -> None:
    losses = np.array([[2.27, np.nan], [2.379, 2.3]])
    assert with_range("plain-56", losses, WORDS) == unbroken("plain-56: 2.27 to 2.38")
    assert with_range("plain-56", np.full((2, 2), np.nan), WORDS) == "plain-56"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_whether_both_share_a_scale_and_how_their_heights_compare(language: str) -> None:
    words = lesson("surfaces", language)
    heads = {height: words.labels[f"scale_{height}"] for height in ("own", "linear", "log")}
    assert len({*heads.values()}) == 3
    for data, depth in (("shapes", 56), ("shapes", 20), ("cifar10", 56), ("cifar10", 20)):
        for weights in ("trained", "untrained"):
            losses = [LossSurface(name, weights).recorded().losses for name in twins(data, depth)]
            rises = [max(map(max, own.tolist())) - min(map(min, own.tolist())) for own in losses]
            for height, head in heads.items():
                first, said = scale_note(losses, ("one", "two"), height, words)  # type: ignore[arg-type]
                assert first == head
                assert "{" not in said
                assert all(f"{rise:.2f}" in said for rise in rises)
                small, large = ("one", "two") if rises[0] < rises[1] else ("two", "one")
                assert said.index(small) < said.index(large), "the smaller first"
                times = max(rises) / min(rises)
                assert (f" {times:.0f} " in said or f" {times:.1f} " in said) == (times >= 1.1)


def test_of_what_is_not_known_no_height_is_said() -> None:
    nothing = np.full((3, 3), np.nan)
    assert scale_note([nothing, np.array([[1.0, 2.0]])], TITLES, "own", WORDS) == [WORDS.labels["scale_own"]]
    assert f"{1:.2f}" in scale_note([np.array([[1.0, 2.0, np.nan]]), np.array([[0.0, 5.0]])], TITLES, "own", WORDS)[1]


def test_the_file_has_every_point() -> None:
    pair = [LossSurface(name, reach=0.5).recorded() for name in twins("shapes", 56)]
    rows = list(csv.reader(io.StringIO(numbers(pair, TITLES))))
    assert rows[0][2:] == list(TITLES)
    assert len(rows) == 1 + 13 * 13
    a, b, plain, residual = map(float, rows[1 + 13 * 2 + 9])
    assert (a, b) == pytest.approx((axis(13, 0.5)[9], axis(13, 0.5)[2]))
    assert (plain, residual) == pytest.approx((pair[0].losses[2, 9], pair[1].losses[2, 9]))
