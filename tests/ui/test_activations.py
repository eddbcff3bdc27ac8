"""Inside the network: guesses, skips and pictures, run by Streamlit's own test bench."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from resnet_viz import parse_network, plan, preset
from resnet_viz.draw.guess_bars import percent
from resnet_viz.file_limits import MAX_PICTURE
from resnet_viz.nets.presets import natural_side, short_name
from resnet_viz.nets.receptive_fields import receptive_field
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.nets.weights import card, shipped, trained
from resnet_viz.pictures import to_square
from resnet_viz.samples import samples
from resnet_viz.studies.skip_removal import SkipErrors
from resnet_viz.text import LANGUAGES, lesson, unbroken
from resnet_viz.ui.kit import inference
from resnet_viz.ui.kit.course import place_of
from resnet_viz.ui.lessons.activations import feature_maps
from resnet_viz.ui.lessons.activations.guesses import (
    USUAL,
    Lesioned,
    SkipEffects,
    because,
    guesses_of,
    lesion_sentence,
    size_sentence,
    without_each_skip,
)
from resnet_viz.ui.lessons.activations.skips import DATA, skip_errors, skips_sentence
from tests.ui.test_link import link as link_of
from tests.ui.test_pages import open_page, texts

WORDS = lesson("activations")
CUT = "basic-3.3.3-w16-cifar-sA-c10-cut2.0"
USUAL_NAME = short_name(USUAL)


def shown(**url: str) -> AppTest:
    """The page once the prediction has been answered."""
    at = open_page("activations", **url)
    at.button("w_predict_activations_show").click().run()
    assert not at.exception
    return at


def html(at: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in at.get("html"))


def test_what_a_removed_skip_changes_waits_for_the_prediction() -> None:
    at = open_page("activations", net=CUT, pic="cat")
    assert not at.info
    assert WORDS.labels["before"] not in html(at)
    at.button("w_predict_activations_show").click().run()
    (said,) = [info.value for info in at.info]
    assert "1 of 9" in said
    assert f">{WORDS.labels['before']}<" in html(at)
    assert not shown(pic="cat").info, "nothing was taken from the whole network"


def test_bars_and_sentence_are_the_networks() -> None:
    at = shown(net=CUT, pic="cat")
    picture = to_square(to_square(next(s for s in samples() if s.code == "cat").load(), 512), 32)
    found = []
    for net in ("cifar_resnet20", CUT):
        source = inference.WeightsSource("shipped", "cifar_resnet20")
        logits = inference.model(net, source, 0)(inference.network_input(picture, source, 3))[0]
        index = int(logits.argmax())
        found.append((WORDS.labels[f"class_{card('cifar_resnet20').classes[index]}"], float(logits.softmax(0)[index])))
    (said,) = [info.value for info in at.info]
    assert said == lesion_sentence(Lesioned(1, 9, found[0], found[1]), WORDS)


def test_the_first_guess_before_is_never_lost() -> None:
    generator = np.random.default_rng(0)
    for _ in range(50):
        now, before = (generator.dirichlet(np.ones(10)) for _ in range(2))
        rows = guesses_of(now, before)
        assert [row[0] for row in rows[:3]] == list(np.argsort(now)[::-1][:3])
        assert int(before.argmax()) in [row[0] for row in rows]
        assert all((row[1], row[2]) == (now[row[0]], before[row[0]]) for row in rows)
        assert [row[2] for row in guesses_of(now, None)] == [None] * 3


def test_the_page_opens_with_the_network_for_photographs_and_a_picture_that_it_knows() -> None:
    at = open_page("activations")
    assert at.selectbox("w_net").value == USUAL_NAME
    assert WORDS.labels["sample_church"] in html(at)
    assert f">{WORDS.labels['class_church']}<" in html(at)
    heads = lambda: [head.value for head in at.subheader]  # noqa: E731  # a line of text
    assert WORDS.say("maps_of", name="layer1.1.relu2") in heads(), "maps that still look like the picture"
    at.selectbox("w_net").select("cifar_resnet20").run()
    assert WORDS.say("maps_of", name="layer3.2.relu2") in heads()
    assert WORDS.labels["sample_cat"] in html(at)
    assert f">{WORDS.labels['class_cat']}<" in html(at)


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ({"lang": "en"}, USUAL_NAME),
        ({"lang": "en", "sheet": "worksheet"}, USUAL_NAME),
        ({"lang": "en", "pic": "rings", "pick": "layer1.2"}, "cifar_resnet20"),
        ({"lang": "en", "figure": "inside"}, "cifar_resnet20"),
        ({"lang": "en", "pic": "rings", "net": "resnet34"}, "resnet34"),
        ({"lang": "en", "pic": "rings", "net": USUAL_NAME}, USUAL_NAME),
    ],
)
def test_a_link_made_earlier_keeps_its_network(link: dict[str, str], shown: str) -> None:
    at = open_page("activations", **link)
    assert not at.exception
    assert link_of(at)["net"] == shown


def test_the_networks_own_name_in_a_link_is_no_choice() -> None:
    at = open_page("activations", lang="en", net=USUAL_NAME, pic="rings")
    at.switch_page("../../pages/build.py")
    at.query_params.clear()
    at.run()
    assert "net" not in link_of(at)


@pytest.mark.parametrize("net", ["cifar_resnet20", USUAL_NAME])
@pytest.mark.parametrize("code", ["church", "cat"])
def test_the_skips_that_change_the_guess_are_those_of_networks_that_were_built_without_them(net: str, code: str) -> None:
    spec, source = preset(net), inference.WeightsSource("shipped", net)
    picture = to_square(next(s for s in samples() if s.code == code).load(), 512)
    square = to_square(picture, natural_side(spec))

    def guess(one: ResNetSpec) -> int:
        found = inference.look(short_name(one), source, 0, f"skips-{code}-{net}", (), square)
        return inference.top(found.probabilities, 1)[0][0]

    changed = tuple(name for name in spec.blocks if guess(spec.with_skip(name, False)) != guess(spec))
    assert without_each_skip(spec, picture).changed == changed


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("changed", [(), ("layer2.1",), ("layer1.0", "layer2.1")])
def test_the_skips_that_change_the_guess_are_named(changed: tuple[str, ...], language: str) -> None:
    said = because(changed, 8, "ResNet", lesson("activations", language))
    assert re.findall(r"\d\.\d", said) == [block.removeprefix("layer") for block in changed]


RESIDUAL = [
    pytest.param(USUAL_NAME, 8),
    *(pytest.param(name, 1, marks=pytest.mark.endurance) for name in sorted(shipped()) if not name.endswith("-plain")),
]
"""The shipped networks that the question can be about, and each how many-th sample picture: a picture takes a second."""


def keep(into: dict[str, object], name: str, _module: object, given: object, _sum: object) -> None:
    into[name] = given


@pytest.mark.parametrize(("net", "every"), RESIDUAL)
def test_why_these_skips_matter_is_said_only_as_far_as_the_sizes_go(net: str, every: int) -> None:
    """F and x are taken from the blocks' additions, beside the probe that the page asks."""
    spec, source = card(net).spec, inference.WeightsSource("shipped", net)
    network = inference.model(net, source, 0)
    for sample in samples()[::every]:
        found = without_each_skip(spec, sample.load())
        assert found.blocks == spec.blocks
        terms: dict[str, tuple[torch.Tensor, torch.Tensor]] = {}
        hooks = [network.get_submodule(f"{name}.add").register_forward_hook(partial(keep, terms, name)) for name in spec.blocks]
        square = to_square(sample.load(), natural_side(spec))
        with torch.no_grad():
            network(inference.network_input(square, source, spec.in_channels))
        for hook in hooks:
            hook.remove()
        ratio = {name: float(f.norm() / x.norm()) for name, (f, x) in terms.items()}
        assert found.ratios == pytest.approx([ratio[name] for name in spec.blocks], rel=1e-4)
        said = [size_sentence(found, "ResNet", lesson("activations", language)) for language in LANGUAGES]
        there, rest = ([r for name, r in ratio.items() if (name in found.changed) == inside] for inside in (True, False))
        if not there or not rest:
            assert said == ["", ""]
            continue
        share = np.median(there) / np.median(rest)
        places = [[i for i, name in enumerate(spec.blocks) if (name in found.changed) == inside] for inside in (True, False)]
        early = [place < np.median(places[1]) for place in places[0]]
        place_key = "size_early" if all(early) else "size_mostly_early" if sum(early) > len(early) / 2 else None
        key = "less" if share < 0.9 else "more" if share > 1.1 else "alike"
        for language, each in zip(LANGUAGES, said, strict=True):
            labels = lesson("activations", language).labels
            assert f"{np.median(there):.2f}" in each
            assert f"{np.median(rest):.2f}" in each
            endings = {name: labels[f"size_{name}"].rsplit("}", 1)[1] for name in ("less", "more", "alike")}
            assert [name for name, ending in endings.items() if ending in each] == [key]
            told = [name for name in ("size_early", "size_mostly_early") if labels[name] in each]
            assert told == ([place_key] if key == "less" and place_key else [])


def test_on_the_photographs_of_its_classes_the_usual_network_answers_the_students_question() -> None:
    """Block 1.0 always matters; small branches and an early place go together, and neither is called the cause."""
    known = {*card(USUAL_NAME).classes}
    own = [sample for sample in samples() if known & {*sample.classes}]
    assert len(own) == 10
    for sample in own:
        found = without_each_skip(USUAL, sample.load())
        assert "layer1.0" in found.changed
        for language in LANGUAGES:
            labels = lesson("activations", language).labels
            told = size_sentence(found, "ResNet", lesson("activations", language))
            assert labels["size_early"] in told or labels["size_mostly_early"] in told


def test_where_all_skips_matter_or_none_their_sizes_tell_nothing_apart() -> None:
    blocks = ("layer1.0", "layer2.0")
    for changed in ((), blocks):
        assert size_sentence(SkipEffects(blocks, changed, (0.2, 1.0)), "ResNet", WORDS) == ""
    assert size_sentence(SkipEffects(blocks, blocks[:1], (0.2, float("nan"))), "ResNet", WORDS) == ""
    assert WORDS.labels["size_early"] in size_sentence(SkipEffects(blocks, blocks[:1], (0.2, 1.0)), "ResNet", WORDS)
    assert WORDS.labels["size_early"] not in size_sentence(SkipEffects(blocks, blocks[1:], (1.0, 0.2)), "ResNet", WORDS)


def test_blocks_of_which_one_comes_last_are_not_called_early() -> None:
    blocks = tuple(f"layer{stage}.0" for stage in range(1, 9))
    mostly = size_sentence(SkipEffects(blocks, (*blocks[:2], blocks[-1]), (0.2, 0.2, *[1.0] * 5, 0.2)), "ResNet", WORDS)
    assert WORDS.labels["size_mostly_early"] in mostly
    assert WORDS.labels["size_early"] not in mostly


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_question_is_about_the_network_on_the_page(language: str) -> None:
    words = lesson("activations", language)
    for net, asked in ((USUAL_NAME, USUAL_NAME), ("cifar_resnet56", "cifar_resnet56"), ("resnet50-cut1.0", USUAL_NAME)):
        spec = preset(asked)
        name = lesson("network", language).labels[f"net_{asked}"]
        at = open_page("activations", lang=language, net=net.replace("resnet50", str(preset("resnet50"))), size="64")
        assert words.say("predict_ask", name=name, all=len(spec.blocks)) in texts(at)


def test_a_sentence_says_changed_only_where_it_did() -> None:
    for was, now, language in product((0.0, 1e-9, 0.4, 1.0), (0.1, 0.99999), LANGUAGES):
        words = lesson("activations", language)
        same = lesion_sentence(Lesioned(2, 9, ("cat", was), ("cat", now)), words)
        changed = lesion_sentence(Lesioned(2, 9, ("cat", was), ("dog", now)), words)
        assert same != changed.replace("dog", "cat")
        assert not re.search(r"[{}]|nan", same + changed)


@pytest.mark.parametrize("net", ["resnet18", "basic-2.2-w8-cifar-c7", "basic-3.3.3-w16-cifar-sA-c10-cut2.0"])
def test_an_untrained_network_offers_no_guesses(net: str) -> None:
    at = shown(net=net, size="32", weights="untrained")
    assert WORDS.say("untrained_guess", seed=0) in texts(at)
    assert "class='rv-guesses" not in html(at).replace('"', "'")
    assert not at.info


def test_without_any_skip_a_plain_network_with_weights_of_its_own() -> None:
    at = shown(net="basic-3.3.3-w16-cifar-sA-c10-plain")
    assert WORDS.labels["plain_note"] in texts(at)


def test_the_networks_own_classes_come_first_and_the_others_are_offered_as_unseen() -> None:
    own = {net: [s.code for s in samples() if {*s.classes} & {*card(net).classes}] for net in ("cifar_resnet20", USUAL_NAME)}
    assert {"cat", "airplane", "ship"} <= {*own["cifar_resnet20"]}
    assert {"church", "golf-ball", "parachute"} <= {*own[USUAL_NAME]}
    assert [sample.code for sample in samples()][: sum(map(len, own.values()))] == [*own["cifar_resnet20"], *own[USUAL_NAME]]
    at = open_page("activations")
    assert any(fold.label == WORDS.labels["unseen"] for fold in at.expander)
    at.session_state["w_unseen"] = True
    assert not at.run().exception


@pytest.mark.parametrize("code", ["cat", "airplane", "ship"])
def test_the_network_is_right_about_the_pictures_that_it_is_shown_first(code: str) -> None:
    for name in ("cifar_resnet20", "cifar_resnet56"):
        source = inference.WeightsSource("shipped", name)
        picture = to_square(to_square(next(s for s in samples() if s.code == code).load(), 512), 32)
        found = inference.look(name, source, 0, f"own-{code}", (), picture)
        assert card(name).classes[inference.top(found.probabilities, 1)[0][0]] == code


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("net", [USUAL_NAME, "cifar_resnet20"])
def test_the_filters_on_the_page_are_the_networks(net: str, language: str) -> None:
    words, spec = lesson("activations", language), preset(net)
    at = open_page("activations", net=net, further="filters", lang=language)
    assert not at.exception
    weights = trained(net).conv1.weight.detach().numpy().astype(np.float64)  # (K, 3, k, k)
    grey = weights.mean(1, keepdims=True)
    colour = sum(bool(((one - mean) ** 2).sum() > (one**2).sum() / 2) for one, mean in zip(weights, grey, strict=True))
    assert words.say("filters_said", all=len(weights), colour=colour, rest=len(weights) - colour) in texts(at)
    name, side = lesson("network", language).labels[f"net_{net}"], weights.shape[-1]
    values = {"count": len(weights), "all": len(weights), "side": side, "name": name}
    assert side == (7 if spec.stem == "imagenet" else 3)
    assert words.say("filters_caption_all", **values).split(",")[0].split("，")[0] in texts(at)
    place = place_of("build")
    assert place
    led = words.say("filters_why", number=place.number)
    section = re.search("“(.+)”", led)
    assert section
    assert section[1] in lesson("build", language).sections["head"].splitlines()[0]
    assert "7×7" in lesson("build", language).sections["head"]
    assert led in [link.proto.label for link in at.get("page_link")]


def test_filters_without_training_and_without_colours_are_called_so() -> None:
    plain_noise = open_page("activations", net=USUAL_NAME, weights="untrained", further="filters")
    assert WORDS.labels["filters_untrained"] in texts(plain_noise)
    one_channel = open_page("activations", net=f"{preset('cifar_resnet20')}-in1", further="filters")
    assert WORDS.say("filters_no_colours", channels=1) in texts(one_channel)


def test_a_folded_experiment_shows_both_depths_on_both_sets_of_pictures() -> None:
    at = open_page("activations", further="skips")
    for data in DATA:
        assert skips_sentence(skip_errors(data), WORDS) in texts(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verdict_on_skips_is_that_of_the_numbers(language: str) -> None:
    words = lesson("activations", language)
    for few, many in product((0.0, 0.2, 0.9), repeat=2):
        pair = [SkipErrors(depth, ("layer1.0",), 0.05, (rise + 0.05,), (0.1,), 10) for depth, rise in ((20, few), (56, many))]
        text = skips_sentence(pair, words)
        verdict = "skips_alike" if few == many else "skips_deep" if many > few else "skips_shallow"
        assert words.say(verdict, few=20, many=56) in text
        assert not re.search(r"[{}]|nan", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_prose_on_skips_is_what_was_recorded(language: str) -> None:
    prose = lesson("activations", language).sections["skips"]
    few, many = skip_errors("shapes")
    wanted = [f"{one.whole:.0%}" for one in (few, many)] + [f"{one.skip_median:.0%}" for one in (few, many)]
    wanted.append(f"{many.branch_median:.0%}")
    assert {*wanted} == set(re.findall(r"\d+%", prose))
    for data in DATA:
        few, many = skip_errors(data)
        assert many.skip_median - many.whole > few.skip_median - few.whole, "a skip: the deeper network suffers more"
        assert many.branch_median - many.whole < few.branch_median - few.whole, "a branch: it suffers less"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_prose_on_evidence_has_the_receptive_field(language: str) -> None:
    from resnet_viz.nets.plan import plan
    from resnet_viz.nets.receptive_fields import receptive_fields

    p = plan(USUAL, natural_side(USUAL))
    last = p.stages[-1].layers[-1]
    field = receptive_fields(p.spec)[last.name].size
    assert field > p.input_shape[1]
    prose = lesson("activations", language).sections["evidence"]
    assert str(field) in prose
    assert unbroken(" × ".join(map(str, last.out_shape[1:]))) in prose


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("net", [USUAL_NAME, "cifar_resnet20"])
def test_without_normalising_the_network_reads_the_numbers_as_they_are(net: str, language: str) -> None:
    words, facts = lesson("activations", language), card(net)
    at = open_page("activations", net=net, pic="church", further="reading", read="bare", lang=language)
    assert not at.exception
    square = to_square(to_square(next(s for s in samples() if s.code == "church").load(), 512), facts.size)
    pixels = torch.from_numpy(np.asarray(square, dtype=np.float32) / 255).permute(2, 0, 1)  # (3, S, S)
    mean, std = (torch.tensor(values)[:, None, None] for values in (facts.mean, facts.std))
    said = []
    for x in ((pixels - mean) / std, pixels):
        with torch.no_grad():
            chances = trained(net).eval()(x[None])[0].softmax(0)
        first = int(chances.argmax())
        said.append(words.separated(",", (words.labels[f"class_{facts.classes[first]}"], percent(float(chances[first])))))
    assert any(words.say(key, before=said[0], after=said[1]) in texts(at) for key in ("reading_same", "reading_other"))
    assert html(at).count("<figcaption") == 2, "the third step is left out"
    at.toggle("w_read").set_value(True).run()
    assert html(at).count("<figcaption") == 3
    assert all(f"{value:.3f}" in html(at) for value in (*facts.mean, *facts.std))
    assert said[1] not in texts(at)


@pytest.mark.parametrize("net", ["cifar_resnet20", "bottleneck-1.1-w8-cifar-c10", "basic-1.1-w8-cifar-pre-c10"])
@pytest.mark.parametrize("part", ["", ".conv1", ".bn2"])
@pytest.mark.parametrize("show", ["strip", "maps"])
def test_the_maps_are_named_after_what_they_are_of(net: str, part: str, show: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A strip is a block's, whatever is selected in it, and its places see what the block's output sees."""
    drawn: list[dict[str, Any]] = []
    monkeypatch.setattr(feature_maps, "maps_view", lambda _picture, groups, **given: drawn.append({"groups": groups, **given}))
    at = open_page("activations", net=net, pick=f"layer2.0{part}", show=show, lang="en")
    spec = parse_network(net)
    last = plan(spec, 32).block("layer2.0").layers[-1].name
    is_strip = show == "strip"
    name = "layer2.0" if is_strip else f"layer2.0{part}" if part else last
    assert WORDS.say(f"{show}_of", name=name) in [header.value for header in at.subheader]
    assert WORDS.labels[f"{show}_caption"].partition("{network}")[0].format(name=name) in texts(at)
    assert len(drawn[-1]["groups"]) == (1 if not is_strip else 3 if spec.order == "pre" else 4)
    assert drawn[-1]["field"] == receptive_field(spec, last if is_strip else name)


@pytest.mark.parametrize("read", ["normalised", "bare"])
def test_what_a_removed_skip_changes_is_told_nowhere_before_the_answer(read: str, monkeypatch: pytest.MonkeyPatch) -> None:
    offered: dict[str, Callable[[], str]] = {}
    monkeypatch.setattr("streamlit.download_button", lambda _label, make, name, *_, **__: offered.update({name: make}))
    whole = preset(USUAL_NAME)
    without = whole.with_skip("layer1.0", False)

    def told(at: AppTest) -> tuple[str, str]:
        """The table, and the guesses below the steps of reading."""
        (table,) = (make() for name, make in offered.items() if name.endswith("probabilities.csv"))
        offered.clear()
        return table, html(at)[html(at).rindex("<figcaption") :]

    found = []
    for spec in (whole, without):
        at = open_page("activations", net=str(spec), pic="church", further="reading", read=read)
        found.append(told(at))
    assert found[0] == found[1], "of both it is told of the whole one"
    at.button("w_predict_activations_show").click().run()
    assert all(now != before for now, before in zip(told(at), found[0], strict=True))


def test_a_picture_that_is_too_large_is_refused_though_a_browser_sent_it() -> None:
    at = open_page("activations", lang="en", net=USUAL_NAME)
    at.session_state["w_more_activations"] = True
    at.run()
    place = at.file_uploader(key="w_upload")
    assert place.proto.max_upload_size_mb == MAX_PICTURE // 2**20
    place.upload("large.png", bytes(MAX_PICTURE + 1), "image/png").run()
    assert not at.exception
    assert any("up to 20 MB are accepted" in warning.value for warning in at.warning)


def test_the_reader_chooses_which_square_of_a_wide_picture_is_looked_at() -> None:
    wide = np.zeros((64, 128, 3), np.uint8)
    wide[:, :64], wide[:, 64:] = (200, 30, 30), (30, 30, 200)
    buffer = io.BytesIO()
    Image.fromarray(wide).save(buffer, "PNG")
    at = open_page("activations", net=USUAL_NAME, further="reading")
    at.session_state["w_more_activations"] = True
    at.run()
    at.file_uploader(key="w_upload").upload("wide.png", buffer.getvalue(), "image/png").run()

    def seen() -> list[list[float]]:
        """The colours at the left and at the right of the picture as the network sees it."""
        source = re.search(
            r'class="seen"[^>]*src="data:image/webp;base64,([^"]+)"|src="data:image/webp;base64,([^"]+)"', html(at)
        )
        assert source
        shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(source.group(1) or source.group(2)))).convert("RGB"))
        return [shown[:, columns].mean((0, 1)).tolist() for columns in (slice(0, 40), slice(-40, None))]

    left, right = seen()
    assert left[0] > 150
    assert right[2] > 150, "the middle has both"
    at.slider("w_crop_own").set_value(100).run()
    assert not at.exception
    assert all(colour[2] > 150 for colour in seen())
    at.slider("w_crop_own").set_value(0).run()
    assert all(colour[0] > 150 for colour in seen())
    at.file_uploader(key="w_upload").upload("again.png", buffer.getvalue(), "image/png").run()
    assert at.slider("w_crop_own").value == 50, "another picture begins with its middle"
