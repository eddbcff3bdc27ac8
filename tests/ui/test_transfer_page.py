"""Your own classes, run by Streamlit's own test bench."""

from __future__ import annotations

import io
import itertools
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

import numpy as np
import pytest
import safetensors.torch
import streamlit as st
import torch
from PIL import Image
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from resnet_viz.file_limits import MAX_PICTURE, MAX_WEIGHTS
from resnet_viz.nets.presets import parse_network
from resnet_viz.nets.resnet import build
from resnet_viz.nets.weights import card
from resnet_viz.pictures import to_square
from resnet_viz.probes.few_pictures import ByCount
from resnet_viz.probes.linear_head import train_head
from resnet_viz.refused import Refused
from resnet_viz.samples.to_teach import KEPT, SETS, TAUGHT, set_to_teach
from resnet_viz.studies import transfer
from resnet_viz.studies.fine_tuning import FineTuning
from resnet_viz.studies.transfer import Modes
from resnet_viz.text import LANGUAGES, lesson, unbroken
from resnet_viz.text.tour import tour
from resnet_viz.ui.lessons.transfer import (
    arrive,
    classes,
    fine_tuning,
    foreign_weights,
    forgotten_eval,
    how_many,
    judge,
    measured,
    origins,
    take_along,
)
from resnet_viz.ui.lessons.transfer.measured import Backbone
from tests.nets.test_weights_file import published
from tests.thinned import quickly
from tests.ui.test_pages import open_page, texts
from tests.ui.test_streamlit_uploads import as_streamlit_has_them

WORDS = lesson("transfer")
SMALL = "cifar_resnet20"
FURTHER = "training.origins.reading.tune.take.weights"


def pictures(count: int, seed: int = 0) -> list[Image.Image]:
    random = np.random.default_rng(seed)
    return [Image.fromarray(random.integers(0, 256, (60, 80, 3), dtype=np.uint8)) for _ in range(count)]


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """A session's state, for the functions that keep the own classes."""
    state: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", state)
    return state


# The page


@pytest.mark.parametrize(("code", "language"), [*zip(SETS, LANGUAGES, strict=True)])
def test_both_sets_that_ship_are_predicted_seen_and_explained(code: str, language: str) -> None:
    words = lesson("transfer", language)
    at = open_page("transfer", set=code, lang=language, further=FURTHER, **{"from": SMALL})
    assert not at.exception
    assert texts(at).count(lesson("common", language).labels["further_after"]) == 2, "origins and tune tell how many are enough"
    for key in ("compared_best", "origins_said", "tune_said"):
        assert words.labels[key].split("{")[0] not in texts(at), key
    at.button("w_predict_transfer_0").click().run()
    at.button("w_predict_transfer_modes_2").click().run()
    said = texts(at)
    assert not at.exception
    assert said.count(f"**{lesson('common', language).labels['right']}**") == 2
    assert fine_tuning.sentence(FineTuning(code).recorded(), words) in said
    assert any(words.labels[key] in said for key in ("compared_best", "compared_twin"))
    for key in ("modes_because", "origins_said", "reading_said", "training_said", "tune_said"):
        assert words.labels[key].split("{")[0] in said, key
    assert any("class Net(nn.Module)" in code.value for code in at.code)


def test_where_no_count_is_enough_no_option_is_called_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(how_many, "GOOD", 1.01)
    at = open_page("transfer", set="drawings", **{"from": SMALL})
    at.button("w_predict_transfer_1").click().run()
    assert not at.exception
    said, common = texts(at), lesson("common")
    assert WORDS.labels["because_never"].split("{")[0] in said
    assert not any(f"**{common.labels[verdict]}**" in said for verdict in ("right", "wrong"))
    assert "✓" not in said
    assert common.say("your_answer", option=WORDS.labels["predict_1"]) in said


@pytest.mark.parametrize("link", [{}, {"set": "own"}])
def test_the_axis_of_an_open_question_gives_nothing_away(link: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    axes: list[Sequence[int]] = []
    draw = how_many.accuracy_lines
    monkeypatch.setattr(
        how_many, "accuracy_lines", lambda shown, counts, **names: axes.append(counts) or draw(shown, counts, **names)
    )
    open_page("transfer", **link)
    assert min(axes[0]) <= how_many.FEW < max(axes[0]) / 1_000, "there is room for five at most, for some more and for thousands"


@pytest.mark.parametrize("new", ["cup-3", "flower-0", "cat"])
def test_a_link_names_the_picture_that_is_asked_about(new: str) -> None:
    at = open_page("transfer", set="drawings", new=new, **{"from": SMALL})
    assert not at.warning
    assert (WORDS.labels["judge_strange"] in texts(at)) == (new == "cat")


def test_what_a_link_names_wrongly_is_said_and_the_page_goes_on() -> None:
    at = open_page("transfer", new="own", **{"from": "resnet50"})
    (warning,) = at.warning
    assert "“new”" in warning.value
    assert "“from”" in warning.value
    assert not at.exception
    assert WORDS.labels["judge_title"] in [heading.value for heading in at.subheader]


def test_own_classes_begin_empty_and_the_page_says_what_they_need() -> None:
    at = open_page("transfer", set="own", further=FURTHER, **{"from": SMALL})
    assert not at.exception
    assert WORDS.labels["too_few"] in texts(at)
    assert WORDS.labels["judge_title"] not in [heading.value for heading in at.subheader]
    at.button("w_predict_transfer_0").click().run()
    at.button("w_class_add").click().run()
    assert not at.exception
    assert len(at.session_state["transfer_classes"]) == 3


def test_own_pictures_are_learned() -> None:
    at = open_page("transfer", set="own", **{"from": SMALL})
    made = set_to_teach("drawings")
    own = tuple(
        classes.TaughtClass(name, tuple(map(classes.picture_of, taught[:5])))
        for name, taught in zip(("mug", ""), made.taught, strict=False)
    )
    at.session_state["transfer_classes"] = own
    at.session_state["transfer_new"] = made.kept[0][0]
    at.query_params["new"] = "own"
    at.button("w_predict_transfer_0").click().run()
    assert not at.exception
    assert WORDS.labels["too_few"] not in texts(at)
    assert WORDS.labels["judged_agree"].split("{")[0] in texts(at)


# What is the session's own


def test_own_classes_are_bounded(session: dict[str, object]) -> None:
    assert [one.name for one in classes.own()] == ["", ""]
    assert classes.add(0, pictures(30)) == (30, 0)
    assert classes.add(1, pictures(3)) == (0, 3), "they are in the first class already"
    assert classes.add(1, pictures(80, seed=1)) == (70, 0)
    assert classes.room() == 0
    for _ in range(9):
        classes.add_class()
    assert len(classes.own()) == classes.MAX_CLASSES
    classes.remove(0, classes.own()[0].pictures[0].digest)
    assert classes.room() == 1
    for _ in range(9):
        classes.remove_class(0)
    assert [one.pictures for one in classes.own()] == [(), ()]


def test_a_picture_is_made_small_and_square() -> None:
    large = classes.picture_of(Image.new("RGB", (3000, 1000)))
    assert large.image.size == (classes.SIDE, classes.SIDE)
    assert classes.picture_of(Image.new("RGB", (90, 40))).image.size == (40, 40)
    assert len(large.thumbnail) < 4_000


def test_files_are_read_and_what_was_not_taken_is_told(session: dict[str, object]) -> None:
    def file(image: Image.Image) -> bytes:
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        return buffer.getvalue()

    files = [*map(file, pictures(3)), b"no picture"]
    arrive.to_class(0).take([*files, files[0]], 2)
    assert len(classes.own()[0].pictures) == 3
    news = session["transfer_news"]
    assert isinstance(news, arrive.Arrivals)
    assert (news.known, news.no_room, news.lost, len(news.wrong)) == (1, 0, 2, 1)
    arrive.to_be_asked().take(files[:2], 0)
    asked = arrive.new_one()
    assert asked is not None
    assert asked.tobytes() == pictures(2)[1].tobytes()


def test_features_are_of_the_pictures_that_are_there(session: dict[str, object]) -> None:
    of = Backbone(SMALL, card(SMALL))
    classes.add(0, pictures(3))
    classes.add(1, pictures(3, seed=1))
    first = measured.features(classes.Taught("own", classes.own()), of)
    classes.remove(0, classes.own()[0].pictures[1].digest)
    classes.add(1, pictures(1, seed=2))
    taught = classes.Taught("own", classes.own())
    second = measured.features(taught, of)
    torch.testing.assert_close(second[:5], first[[0, 2, 3, 4, 5]])
    kept = session["transfer_features"]
    assert isinstance(kept, dict)
    assert {key[2] for key in kept} == {picture.digest for picture in taught.pictures}


@pytest.mark.parametrize(
    ("answer", "accuracies"), [(0, [0.9]), (0, [0.5, 0.79, 0.8]), (1, [0.5] * 4 + [0.85]), (None, [0.5] * 5)]
)
def test_the_question_is_answered_by_the_curve(answer: int | None, accuracies: list[float]) -> None:
    counts = (1, 3, 5, 8, 11)
    found = how_many.answer([ByCount(n, a) for n, a in zip(counts, accuracies, strict=False)], WORDS)
    assert found.answer == answer
    said = next((a for a in accuracies if a >= how_many.GOOD), accuracies[-1])
    assert f"{said:.0%}" in found.because


@pytest.mark.parametrize(
    ("answer", "evaluation", "alone"), [(0, 0.9, 0.88), (1, 0.9, 0.6), (2, 0.9, 0.33), (2, 0.9, 0.1), (0, 0.3, 0.3)]
)
def test_the_question_on_modes_is_answered_by_the_bars(answer: int, evaluation: float, alone: float) -> None:
    assert forgotten_eval.answer(Modes(evaluation, alone, 0.5, 0.5), 3, WORDS).answer == answer


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("key", "trained", "others"),
    [
        ("compared_best", 0.6, {"pixels": 0.4}),
        ("compared_best", 0.6, {"plain": 0.5, "untrained": 0.4, "pixels": 0.4}),
        ("compared_twin", 0.6, {"plain": 0.6, "untrained": 0.4, "pixels": 0.4}),
        ("compared_not", 0.4, {"plain": 0.3, "untrained": 0.4, "pixels": 0.2}),
    ],
)
def test_the_comparison_says_what_helps(key: str, trained: float, others: dict[str, float], language: str) -> None:
    words = lesson("transfer", language)
    said = how_many.compared({source: [ByCount(1, share)] for source, share in {"trained": trained, **others}.items()}, words)
    assert [name for name in ("compared_best", "compared_twin", "compared_not") if said.endswith(words.labels[name])] == [key]
    assert words.labels["compared_singular"].split("{")[0] in said


def test_the_best_and_the_worst_network_are_named() -> None:
    said = origins.sentence([origins.TrainedOn("a", 0.4), origins.TrainedOn("b", 0.9), origins.TrainedOn("c", 0.3)], WORDS)
    assert "90%: b." in said
    assert "30%: c." in said
    assert "40%" not in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shares", [*itertools.product((1.0, 0.996, 0.5), repeat=3)])
def test_networks_that_come_to_the_same_are_named_together(shares: tuple[float, ...], language: str) -> None:
    words = lesson("transfer", language)
    found = [origins.TrainedOn(name, share) for name, share in zip(("net-a", "net-b", "net-c"), shares, strict=True)]
    said = origins.sentence(found, words)
    shown = {f"{share:.0%}" for share in shares}
    assert all(f"{share:.0%}" in said for share in (max(shares), min(shares)))
    if len(shown) == 1:
        assert said == words.say("origins_alike", share=shown.pop())
    else:
        assert [said.count(one.name) for one in found] == [1, 1, 1], "there are only two percentages"
        best = said.partition("100%")[2].partition("50%")[0]
        assert [one.name in best for one in found] == [one.accuracy > 0.9 for one in found]


def test_a_name_is_no_markdown() -> None:
    assert classes.as_name("[x](https://a.b) `c` :red[d] $e$ <b>") == "xhttpsab c redd e b"
    assert len(classes.as_name("ab " * 40)) <= classes.MAX_NAME


# The verdict and the export


def test_the_guess_is_the_trained_heads_and_the_evidence_its_weights_times_the_maps() -> None:
    """CAM of Zhou et al. 2016: behind the last stage there are only a mean and the layer."""
    of, taught = Backbone(SMALL, card(SMALL)), classes.of_first_set(WORDS)
    square = set_to_teach("drawings").kept[1][2]
    found = judge.judge(square, taught, of)
    x = transfer.as_input([picture.image for picture in taught.pictures] + [square], of.card)
    network = transfer.trained(SMALL)
    rows = transfer.features(network, x)
    head = train_head(rows[:-1], transfer.labels_of([one.pictures for one in taught.classes]), 3)
    shares = head.logits(rows[-1:]).softmax(1)[0]
    torch.testing.assert_close(torch.tensor(found.probabilities), shares, atol=1e-4, rtol=1e-3)
    with torch.no_grad():
        maps = torch.nn.Sequential(*list(network.children())[:-3])(x[-1:])[0]  # (C, h, w)
    cam = torch.einsum("k,khw->hw", head.weight[int(shares.argmax())], maps).relu()
    torch.testing.assert_close(torch.from_numpy(found.evidence), cam / cam.max(), atol=1e-3, rtol=1e-2)
    assert found.nearest == int((rows[:-1] - rows[-1]).norm(dim=1).argmin())


@pytest.mark.parametrize("net", [SMALL, "bottleneck-2.2.2-w16-cifar-c10"])
def test_the_exported_program_says_what_the_page_says(net: str, tmp_path: Path) -> None:
    of, taught = Backbone(net, card(net)), classes.of_first_set(WORDS)
    taught = taught._replace(classes=(taught.classes[0]._replace(name='it\'s "my" {cup}'), *taught.classes[1:]))
    code = take_along.to_classifier(of.card, taught.names)
    with zipfile.ZipFile(io.BytesIO(take_along.archive(of.card, take_along.head_file(taught, of), code))) as made:
        made.extractall(tmp_path)
    picture = set_to_teach("drawings").kept[2][0].resize((300, 260))
    picture.save(tmp_path / "new.png")
    ran = subprocess.run(
        [sys.executable, "classify.py", "new.png"], cwd=tmp_path, capture_output=True, text=True, check=True, env={"PATH": ""}
    )
    lines = [line.split(" ", 1) for line in ran.stdout.splitlines()]
    found = judge.judge(to_square(picture, of.card.size), taught, of)
    expected = sorted(zip(found.probabilities, taught.names, strict=True), reverse=True)
    assert [name for _, name in lines] == [name for _, name in expected]
    np.testing.assert_allclose([float(share) for share, _ in lines], [share for share, _ in expected], atol=2e-3)


# Other people's weights


@pytest.mark.parametrize("kind", ["bare", "wrapped", "safetensors"])
def test_a_file_of_weights_is_recognised(kind: str) -> None:
    spec = parse_network("basic-1.1-w4-cifar-sA-c7")
    state, file = build(spec).state_dict(), io.BytesIO()
    if kind == "safetensors":
        file.write(safetensors.torch.save(state))
    else:
        named = {f"module.{name.replace('fc.', 'linear.')}": value for name, value in state.items()}
        torch.save(state if kind == "bare" else {"epoch": 3, "state_dict": named}, file)
    found = foreign_weights.recognise(file.getvalue())
    assert found.spec == spec
    assert found.undone == (("state_dict", "module.", "linear.") if kind == "wrapped" else ())


def unpacked(size: int) -> bytes:
    """A small archive that is large once it is unpacked."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data/0", bytes(size))
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no_weights"),
        (b"not weights at all", "no_weights"),
        (bytes(8) + b"{}", "no_weights"),
        (safetensors.torch.save({"a": torch.zeros(1)}), "no_resnet"),
        (unpacked(2**20), "weights_unpacked"),
    ],
)
def test_what_is_no_file_of_weights_is_one_sentence(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        foreign_weights.recognise(data)
    assert caught.value.code == code


def test_code_in_a_file_of_weights_does_not_run(tmp_path: Path) -> None:
    class Payload:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "made"),)

    file = io.BytesIO()
    torch.save({"state_dict": Payload()}, file)
    with pytest.raises(Refused) as caught:
        foreign_weights.recognise(file.getvalue())
    assert caught.value.code == "no_weights"
    assert not (tmp_path / "made").exists()


def test_the_place_for_weights_takes_what_torchvision_publishes(monkeypatch: pytest.MonkeyPatch) -> None:
    as_streamlit_has_them(monkeypatch)  # the test bench sends nothing through the server, where large files have their turn
    at = open_page("transfer", lang="en", further="weights", **{"from": SMALL})
    place = at.file_uploader(key="w_transfer_weights")
    assert place.proto.max_upload_size_mb == MAX_WEIGHTS // 10**6
    place.upload("resnet18.pth", published("resnet18", "archive")).run()
    found = re.compile(unbroken("The weights of ResNet-18: 18 layers"))
    assert found.search(texts(at))
    at.run()  # the browser tells of its file again, which has been let go of
    assert not at.exception
    assert found.search(texts(at))


def test_who_brings_a_file_that_is_gone_before_it_is_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    at = open_page("transfer", lang="en", further="weights", **{"from": SMALL})
    monkeypatch.setattr(MemoryUploadedFileManager, "get_files", lambda *_args, **_kwargs: [])
    at.file_uploader(key="w_transfer_weights").upload("resnet18.pth", b"x").run()
    assert not at.exception
    assert any("choose it again" in warning.value for warning in at.warning)


def test_a_picture_that_is_too_large_is_refused_though_a_browser_sent_it() -> None:
    at = open_page("transfer", lang="en", set="own", **{"from": SMALL})
    at.button("w_predict_transfer_show").click().run()
    place = next(one for one in at.file_uploader if one.key.startswith("w_transfer_class_"))
    assert place.proto.max_upload_size_mb == MAX_PICTURE // 2**20
    small = io.BytesIO()
    pictures(1)[0].save(small, "PNG")
    place.upload("small.png", small.getvalue()).upload("large.png", bytes(MAX_PICTURE + 1)).run()
    assert not at.exception
    assert any("up to 20 MB are accepted" in warning.value for warning in at.warning)
    assert len(at.session_state["transfer_classes"][0].pictures) == 1, "and the other is taken"


# The sets that ship


@pytest.mark.parametrize("code", SETS)
def test_a_set_to_teach_is_what_it_says(code: str) -> None:
    made = set_to_teach(code)
    assert {len(own) for own in made.taught} == {TAUGHT}
    assert {len(own) for own in made.kept} == {KEPT}
    every = [image.tobytes() for own in (*made.taught, *made.kept) for image in own]
    assert len(set(every)) == len(every)
    assert {f"class_{name}" for name in made.classes} <= set(WORDS.labels)
    with pytest.raises(ValueError, match="'cats'"):
        set_to_teach("cats")


USUAL = quickly([("cifar_resnet56", code) for code in SETS])


@pytest.mark.parametrize(("net", "code"), [("cifar_resnet20", "drawings"), *USUAL])
def test_what_the_lesson_says_of_the_sets_holds(net: str, code: str) -> None:
    """Five pictures a class are enough; pixels and the untrained network do little better than guessing."""
    found = transfer.measured(net, code)
    assert found.sources.accuracy("trained", 5) > 0.8
    for source in ("untrained", "pixels"):
        assert found.sources.accuracy(source, 5) < 0.55
    assert found.modes.evaluation > 0.8
    assert found.modes.alone < 1 / found.classes + forgotten_eval._LITTLE
    assert found.modes.alone < found.modes.together < found.modes.evaluation
    assert found.modes.bare < found.modes.evaluation


def grid(source: str) -> list[tuple[str, str, int, float]]:
    """(network, set, pictures a class, right guesses) of all networks on offer, with all that they can be taught here."""
    found = []
    for net in transfer.backbones():
        for code in SETS:
            points = measured.by_count(classes.of_set(code), Backbone(net, card(net)), source)
            found += [(net, code, point.pictures, point.accuracy) for point in points]
    return found


@pytest.mark.endurance
def test_what_the_lesson_says_of_an_untrained_network_holds_wherever_it_can_be_asked() -> None:
    """Sometimes better than pixels and sometimes worse, never six of ten: so hardly the architecture helps."""
    untrained, pixels = grid("untrained"), grid("pixels")
    apart = [one[-1] - other[-1] for one, other in zip(untrained, pixels, strict=True)]
    assert max(apart) > 0.05
    assert min(apart) < -0.05
    assert max(share for *_, share in untrained) < 0.6
    of_photographs = [share for net, *_, share in grid("trained") if "Shapes" not in card(net).data]
    assert abs(mean(apart)) < 0.1
    assert mean(of_photographs) - mean(share for *_, share in pixels) > 0.3


@pytest.mark.endurance
def test_networks_of_drawn_figures_do_not_know_these_classes() -> None:
    """What a network was trained on decides: those of Shapes are no better than pixels here."""
    for net in transfer.backbones():
        found = transfer.measured(net, "drawings").sources
        is_cifar = "CIFAR" in card(net).data
        assert (found.accuracy("trained", 5) > 0.75) == is_cifar, net


def test_the_networks_on_offer_see_the_largest_pictures_first() -> None:
    every = transfer.backbones()
    assert len(every) >= 5
    cards = [card(name) for name in every]
    assert [known.size for known in cards] == sorted((known.size for known in cards), reverse=True)
    assert all(known.spec.skips == "all" for known in cards)
    assert transfer.plain_twin("cifar_resnet20") == "basic-3.3.3-w16-cifar-sA-c10-plain"
    assert "plain" not in transfer.sources("bottleneck-2.2.2-w16-cifar-c10")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tour_says_how_many_pictures_as_the_page_does(language: str) -> None:
    """How many are enough is the answer of the page's question, how many the layer has learned from is what is shown above it."""
    at = open_page("transfer", lang=language)
    at.button(key="w_predict_transfer_show").click().run()
    words = lesson("transfer", language)
    assert words.labels["because_one"].split("{")[0] in texts(at)
    taught = set_to_teach(SETS[0]).taught
    assert {len(own) for own in taught} == {TAUGHT}
    assert words.say("judge_all_none", count=TAUGHT * len(taught)) in texts(at)
    step = next(step.words for step in tour(language) if step.light == "picture_judge")
    assert ("One picture a class was enough" if language == "en" else "每类一张就够") in step
    assert re.findall(r"\d+", step) == [str(TAUGHT)]


def test_what_the_page_opens_with_bears_out_its_take_away() -> None:
    """A few pictures a class are enough, for the network and the classes that somebody meets first."""
    at = open_page("transfer", lang="en")
    at.button(key="w_predict_transfer_show").click().run()
    found = re.search(r"With (\d+|one) pictures? a class the layer gets (\d+)% ", texts(at))
    assert found
    assert int(found[2]) >= 80
    because = re.search(r"(One picture a class is enough|With ([1-5]) pictures a class \d+% )", texts(at))
    assert because, "four of five are right with five pictures at most"
