"""The first two panels of *Why it works*: what they say is held against the recordings and against fresh measurements."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from statistics import median
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from resnet_viz.draw.responses import Response
from resnet_viz.jobs.shared_calls import Call, Progress
from resnet_viz.nets.weights import card, history
from resnet_viz.probes.lesion import LesionScore, lesion, lesion_blocks
from resnet_viz.probes.paths import path_counts, paths, shares, span
from resnet_viz.probes.responses import responses
from resnet_viz.samples import Sample, samples
from resnet_viz.studies.block_deletion import BlockDeletion, ChosenDeletion, Deletions, Slice, merged
from resnet_viz.studies.gradient_paths import GradientPaths
from resnet_viz.studies.pretrained_pairs import has_pictures, subject, subject_pictures, subjects, twins
from resnet_viz.studies.recorded import recording
from resnet_viz.studies.study import Study
from resnet_viz.text import LANGUAGES, lesson, unbroken
from resnet_viz.ui.kit import run_client
from resnet_viz.ui.lessons.why import block_deletion
from resnet_viz.ui.lessons.why.block_deletion import names_of
from resnet_viz.ui.lessons.why.deletion_sentences import Twin, one_sentences, some_sentences
from resnet_viz.ui.lessons.why.layer_responses import response_sentence
from resnet_viz.ui.lessons.why.params import PAIR
from tests.ui.test_pages import link, open_page, texts

WORDS, SMALL = lesson("ensemble"), lesson("responses")
CIFAR = {
    (depth, kind): name for depth in (20, 56) for kind, name in zip(("plain", "residual"), twins("cifar10", depth), strict=True)
}


class AtOnce:
    """Studies that are done when they are asked for."""

    def look(self, asked: Sequence[Call], owner: str = "", rank: int = 0) -> Progress:
        return Progress([call.function(*call.arguments) for call in asked], True, "")

    def found(self, asked: Sequence[Call]) -> Progress:
        return Progress([None, *AtOnce().look(asked[1:]).results], False, "")

    def stop(self, asked: Sequence[Call]) -> None: ...


class NoCluster:
    """An engine without one."""

    problem = ""
    studies = AtOnce()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_client, "engine", NoCluster)


def measured(study: Study[Call, Any]) -> Any:
    """What a study finds when this process makes all its calls."""
    return study.assemble([call.function(*call.arguments) for call in study.calls])


def test_what_was_recorded_of_chosen_blocks_is_part_of_all_deletions() -> None:
    name = twins("shapes", 20)[0]
    whole, one = (ChosenDeletion(name, deleted).recorded() for deleted in ((), ("layer2.1",)))
    assert whole
    assert one
    assert [whole.scores[0].error, one.scores[0].error] == [errors(name)[0], errors(name)[1 + 4]]
    with pytest.raises(KeyError):
        ChosenDeletion(name, ("layer2.1", "layer2.2")).recorded()


def errors(name: str) -> list[float]:
    """Undisturbed, then without each block, as recorded."""
    each = BlockDeletion(name, "one").recorded().each
    assert each
    return [score.error for score in each.scores]


# Responses


def test_responses_are_measured_on_the_photographs() -> None:
    at = open_page("why", panel="small", further="responses")
    ratios = sample_ratios(CIFAR[56, "residual"])
    told = f"half of the branches add less than {median(ratios):.2f} times"
    assert told not in texts(at), "not before the question is answered"
    at.button("w_predict_responses_2").click().run()
    said = texts(at)
    assert told in said
    assert lesson("common").labels["right"] in said, "a third is the nearest"
    assert SMALL.labels["said_deeper"] in said
    compared = [SMALL.labels[key].split("{")[0] for key in ("said_smaller", "said_alike", "said_not_smaller")]
    assert sum(one in said for one in compared) == 1
    assert SMALL.say("pictures", count=len(photographs())) in said


def photographs() -> list[Sample]:
    return [sample for sample in samples() if sample.is_photograph]


@pytest.mark.parametrize(
    ("stds", "said"),
    [
        ((1.0, 0.98, 1.0, 1.02), "said_alike"),
        ((1.0, 0.9, 1.0, 0.8), "said_smaller"),
        ((1.0, 0.9, 1.0, 1.1), "said_not_smaller"),
    ],
)
def test_responses_are_compared_as_they_are(stds: tuple[float, ...], said: str) -> None:
    names = [("plain-20", 20), ("residual-20", 20), ("plain-56", 56), ("residual-56", 56)]
    found = [Response(name, depth, "plain" in name, [std], [0.5]) for (name, depth), std in zip(names, stds, strict=True)]
    told = response_sentence(found, SMALL)
    assert (SMALL.say(said, shallow=0.1, deep=0.2) if said == "said_smaller" else SMALL.labels[said]) in told


def sample_ratios(name: str) -> list[float]:
    """‖F(x)‖ / ‖x‖ of each block, on the sample pictures, normalised here."""
    from resnet_viz.pictures import to_square

    known = card(name)
    mean, std = (torch.tensor(values)[:, None, None] for values in (known.mean, known.std))
    squares = [to_square(to_square(sample.load(), 512), known.size) for sample in photographs()]
    rows = [torch.tensor([*square.tobytes()], dtype=torch.float32).view(known.size, known.size, 3) for square in squares]
    x = torch.stack([(row.permute(2, 0, 1) / 255 - mean) / std for row in rows])  # (N, 3, H, W)
    return [block.ratio for block in responses(subject(name), x).blocks]


def test_what_the_prose_says_of_responses() -> None:
    deep, shallow = (sample_ratios(CIFAR[depth, "residual"]) for depth in (56, 20))
    assert sum(ratio < 0.5 for ratio in deep) > len(deep) / 2, "most branches add less than half the length of x"
    assert 0.8 < median(shallow) < 1.25, "about as much as there was"
    assert "9 blocks" in SMALL.sections["evidence"]
    assert len(shallow) == 9
    assert "15 epochs" in SMALL.sections["evidence"]
    assert {len(history(name).epochs) for name in CIFAR.values()} == {15}


# Lesions


def open_lesions(**link: str) -> AppTest:
    """The ensemble once its question has been answered."""
    return open_page("why", panel="ensemble", **link).button("w_predict_lesion_show").click().run()


def test_it_shows_nothing_before_it_has_been_guessed() -> None:
    said = texts(open_page("why", panel="ensemble"))
    assert "in the median" not in said
    assert "How strong is the evidence?" not in said


def test_the_pair_that_it_opens_with_can_do_all_that_it_invites_to(at_once: None) -> None:
    at = open_lesions(deleted="1.0_2.1_3.1")
    names = names_of(PAIR.default)
    assert has_pictures(names[0])
    undisturbed = [errors(name)[0] for name in names]
    assert max(undisturbed) < 0.5, "both have something to lose"
    x, y = subject_pictures(names[0], 512)
    for name, kind in zip(names, ("plain-20", "residual-20"), strict=True):
        error = lesion_blocks(subject(name), x, y, ("layer1.0", "layer2.1", "layer3.1")).error
        assert without(kind, ["layer1.0", "layer2.1", "layer3.1"], error) in texts(at)


def without(name: str, blocks: list[str], error: float) -> str:
    return WORDS.say("without", name=name, blocks=", ".join(blocks), error=error)


def test_it_says_what_the_recording_shows() -> None:
    said = texts(open_lesions(pair="cifar-56"))
    for kind in ("plain", "residual"):
        undisturbed, *rest = errors(CIFAR[56, kind])
        values = {"low": min(rest), "high": max(rest), "middle": median(rest), "count": 27}
        values["pictures"] = f"{recording('lesion')['networks'][CIFAR[56, kind]]['pictures']:,}"
        worst = card(CIFAR[56, kind]).spec.blocks[rest.index(max(rest))]
        assert WORDS.say("said_one", name=f"{kind}-56", undisturbed=undisturbed, worst=worst, **values) in said


def test_what_the_prose_says_of_lesions() -> None:
    deep, plain, shallow = (errors(CIFAR[key]) for key in ((56, "residual"), (56, "plain"), (20, "residual")))
    assert max(deep) < 0.29
    assert min(plain[1:]) > 0.80
    assert min(shallow[1:]) > 0.23
    assert max(shallow[1:]) < 0.70
    worst = deep.index(max(deep)) - 1
    assert worst == 0, "the network's first block"
    for stage in (1, 2):
        own = deep[1 + 9 * stage : 10 + 9 * stage]
        assert own.index(max(own)) == 0, "the block that changes the shape"
    evidence = WORDS.sections["evidence_lesion"]
    assert all(figure in evidence for figure in ("29%", "80%", "23 and 70%"))
    assert 90 - 100 * errors(twins("shapes", 56)[0])[0] < 1, "plain-56 on Shapes guesses"


def test_the_recording_is_what_is_measured_now() -> None:
    name = twins("shapes", 20)[1]
    x, y = subject_pictures(name, 2_000)
    now = [found.score.error for found in lesion(subject(name), x, y)]
    assert now == pytest.approx(errors(name), abs=2e-3)
    assert set(recording("lesion")["networks"]) == set(recording("paths")["networks"]) == set(subjects())


def test_slices_add_up_to_the_whole() -> None:
    name = twins("shapes", 20)[1]
    found = measured(BlockDeletion(name, "one"))
    assert found.each
    x, y = subject_pictures(name, 512)
    whole = [one.score for one in lesion(subject(name), x, y)]
    assert found.each.pictures == 512
    assert [score.error for score in found.each.scores] == pytest.approx([score.error for score in whole])
    assert [score.loss for score in found.each.scores] == pytest.approx([score.loss for score in whole], rel=1e-4)


def test_partial_results_are_shown_as_far_as_they_are() -> None:
    name = twins("shapes", 20)[0]
    some, swaps = BlockDeletion(name, "some"), BlockDeletion(name, "swap")
    assert some.assemble([None] * len(some.calls)) == Deletions(None, {}, {}, 256)
    first = [Slice(256, (LesionScore(1.0, 0.5),)), *[None] * (len(swaps.calls) - 1)]
    assert swaps.assemble(first).swaps == {("layer1.0", "layer1.1"): 0.5}
    assert merged([None]) is None


def test_a_click_deletes_a_block_in_both_networks() -> None:
    at = open_lesions(pair="cifar-56", deleted="2.3")
    for kind in ("plain", "residual"):
        error = errors(CIFAR[56, kind])[1 + card(CIFAR[56, kind]).spec.blocks.index("layer2.3")]
        assert without(f"{kind}-56", ["layer2.3"], error) in texts(at)
    at.button("w_put_back").click().run()
    assert "deleted" not in link(at)
    assert "without layer2.3" not in texts(at)


def test_several_blocks_are_measured_on_the_workers(at_once: None) -> None:
    at = open_lesions(pair="shapes-20", deleted="1.1_3.2")
    x, y = subject_pictures(twins("shapes", 20)[0], 512)
    for kind, name in zip(("plain-20", "residual-20"), twins("shapes", 20), strict=True):
        error = lesion_blocks(subject(name), x, y, ("layer1.1", "layer3.2")).error
        assert without(kind, ["layer1.1", "layer3.2"], error) in texts(at)


def test_several_blocks_without_pictures_are_said() -> None:
    assert not has_pictures(CIFAR[20, "plain"])
    assert WORDS.labels["several_not"] in texts(open_lesions(pair="cifar-20", deleted="1.1_3.2"))


def test_measuring_here_and_back(at_once: None) -> None:
    at = open_lesions(pair="shapes-20")
    at.button("w_lesion_shapes-20_one_run").click().run()
    name = twins("shapes", 20)[1]
    x, y = subject_pictures(name, 512)
    undisturbed, *rest = [one.score.error for one in lesion(subject(name), x, y)]
    worst = card(name).spec.blocks[rest.index(max(rest))]
    values = {"low": min(rest), "high": max(rest), "middle": median(rest), "count": 9, "pictures": "512"}
    assert WORDS.say("said_one", name="residual-20", undisturbed=undisturbed, worst=worst, **values) in texts(at)
    at.button("w_lesion_shapes-20_one_back").click().run()
    assert "recorded" in texts(at)


@pytest.mark.parametrize("wait", [7.2, None])
def test_who_waits_for_others_is_told_how_long(wait: float | None, at_once: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Waiting(AtOnce):
        def look(self, asked: Sequence[Call], owner: str = "", rank: int = 0) -> Progress:
            assert rank == 0, "only what a class's teacher measures goes before the rest"
            return Progress([None] * len(asked), False, "", wait=wait)

    monkeypatch.setattr(NoCluster, "studies", Waiting())
    at = open_lesions(pair="shapes-20", deletion="swap")
    at.button("w_lesion_shapes-20_swap_run").click().run()
    assert (lesson("common").say("others_measure", seconds=8) in texts(at)) == (wait is not None)


def test_a_stopped_measurement_shows_what_there_is(at_once: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(AtOnce):
        def look(self, asked: Sequence[Call], owner: str = "", rank: int = 0) -> Progress:
            return self.found(asked)

    monkeypatch.setattr(NoCluster, "studies", Slow())
    at = open_lesions(pair="shapes-20", deletion="swap")
    at.button("w_lesion_shapes-20_swap_run").click().run()
    at.button("w_lesion_shapes-20_swap_stopped").click().run()
    assert WORDS.say("here_partly", done=9, all=10) in texts(at)
    assert at.button("w_lesion_shapes-20_swap_run").label == WORDS.labels["here_go_on"]


@pytest.mark.parametrize("bad", ["cats", "1.0.2", "9_9"])
def test_a_bad_link_is_said(bad: str) -> None:
    assert any("deleted" in warning.value for warning in open_page("why", deleted=bad).warning)


def twin(undisturbed: float, rest: Sequence[float], some: dict[int, tuple[float, ...]]) -> Twin:
    scores = tuple(LesionScore(1.0, error) for error in (undisturbed, *rest))
    return Twin("x", 20, False, ("layer1.0", "layer1.1"), Deletions(Slice(10, scores), some, {}, 10))


def test_sentences_say_only_what_the_numbers_show() -> None:
    assert one_sentences([twin(0.88, (0.9, 0.9), {})], WORDS) == [WORDS.say("said_lost", name="residual-20", undisturbed=0.88)]
    fell = some_sentences([twin(0.1, (0.2, 0.3), {1: (0.2, 0.4), 2: (0.6, 0.8)})], WORDS)
    assert fell == [WORDS.say("said_some", name="residual-20", count=2, all=2, error=0.7, half=0.5)]
    stood = some_sentences([twin(0.1, (0.2, 0.3), {1: (0.2, 0.4)})], WORDS)
    assert stood == [WORDS.say("said_some_never", name="residual-20", count=1, error=0.3, half=0.5)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "drawn"), [("one", "bars"), ("some", "points"), ("swap", "points")])
def test_who_has_nothing_to_lose_is_told_of_what_is_drawn(kind: str, drawn: str, language: str) -> None:
    """Bars over blocks, or clouds of points."""
    words = lesson("ensemble", language)
    at = open_lesions(pair="shapes-56", deletion=kind, lang=language)
    lost = block_deletion._twins("shapes-56", "one", None)[0]
    assert lost.plain
    assert lost.found.each
    values = {"name": lost.title(words), "undisturbed": lost.found.each.scores[0].error}
    keys = {"said_lost": "bars", "said_lost_points": "points"}
    assert {kind for key, kind in keys.items() if words.say(key, **values) in texts(at)} == {drawn}


def test_predictions_are_held_against_the_recording() -> None:
    at = open_page("why", panel="ensemble")
    at.button("w_predict_lesion_1").click().run()
    assert lesson("common").labels["right"] in texts(at)


@pytest.mark.parametrize(("kind", "rows"), [("one", 20), ("some", 192), ("swap", 10)])
def test_numbers_can_be_taken_away(kind: str, rows: int) -> None:
    found: list[Any] = block_deletion._twins("cifar-20", kind, None)
    table = list(csv.reader(io.StringIO(block_deletion._numbers(found, kind))))
    assert len(table) == rows + 1


# Paths


def test_what_the_page_says_of_paths() -> None:
    said = texts(open_page("why", panel="ensemble", pair="cifar-56", further="paths"))
    found = GradientPaths(CIFAR[56, "residual"]).recorded()
    assert f"{2**27:,} paths" in said
    first, last = span(found.together)
    assert f"95% of the gradient comes through paths of {first} to {last} blocks" in said
    assert found.counts == path_counts(card(CIFAR[56, "residual"]).spec)


def test_what_the_prose_says_of_paths() -> None:
    deep, shallow = (GradientPaths(CIFAR[depth, "residual"]).recorded() for depth in (56, 20))
    evidence = WORDS.sections["evidence_paths"]
    for name, told in ((CIFAR[56, "residual"], "CIFAR-10"), (twins("shapes", 56)[1], "Shapes")):
        known = GradientPaths(name).recorded()
        too_long = sum(known.counts[span(known.together)[1] + 1 :]) / sum(known.counts)
        assert re.search(unbroken(rf"{too_long:.0%}[^,:]* on {told}"), evidence), "most are too long to matter"
        middle = [sum(i * part for i, part in enumerate(shares(values))) for values in (known.together, known.products)]
        assert middle[0] < middle[1], "in residual-56 green sits to the right of blue"
    parts = shares(shallow.together)
    assert parts.index(max(parts)) == 5, "where most paths are anyway: 4 or 5 of 9"
    assert max(range(10), key=shallow.counts.__getitem__) in (4, 5)
    assert sum(deep.together) > deep.whole, "they do not all point the same way"


def test_paths_are_what_is_measured_now() -> None:
    name = twins("shapes", 20)[1]
    x, y = subject_pictures(name, recording("paths")["networks"][name]["pictures"])
    now, then = paths(subject(name), x, y, samples=1), GradientPaths(name).recorded()
    assert now.together == pytest.approx(then.together, rel=1e-2)
    assert now.whole == pytest.approx(then.whole, rel=1e-3)
    found = measured(GradientPaths(name))
    assert found
    assert [len(sizes) for sizes in found.sizes] == [1, 9, *[16] * 6, 9, 1]
    assert GradientPaths(name).assemble([None] * 11) is None


def test_paths_can_be_measured_here(at_once: None) -> None:
    at = open_page("why", panel="ensemble", pair="shapes-20", further="paths")
    at.button("w_paths_shapes-20_run").click().run()
    found = measured(GradientPaths(twins("shapes", 20)[1]))
    assert found
    first, last = span(found.together)
    assert f"paths of {first} to {last} blocks" in texts(at)


def test_the_pieces_of_a_study_are_short_enough_to_stop() -> None:
    for name in subjects():
        pieces = BlockDeletion(name, "one").calls
        assert len(pieces) >= 4
        assert pieces[-1].arguments[2] == 512
        assert ChosenDeletion(name, ()).calls[-1].arguments[3] == 512
