"""Channel mixing, run by Streamlit's own test bench."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image

from resnet_viz.nets.weights import trained
from resnet_viz.pictures import to_square
from resnet_viz.probes import mixing
from resnet_viz.probes.two_mixes import WIDTH, TwoMixes
from resnet_viz.samples import Sample, samples
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.lessons.mixing import two_in_a_row
from tests.ui.test_pages import open_page, texts

WORDS = lesson("mixing")


@pytest.mark.parametrize("mix", ["learned", "note"])
def test_where_the_learned_mix_comes_from_is_said_beside_it(mix: str) -> None:
    said = [caption.value for caption in open_page("mixing", mix=mix).caption]
    corner = mixing.LEARNED
    assert any(corner.layer in one and f"{corner.all_inputs - 3} more" in one for one in said) == (mix == "learned")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_network_for_photographs_shows_a_projection_that_it_has_learned(language: str) -> None:
    words = lesson("mixing", language)
    at = open_page("mixing", further="learned", lang=language)
    at.selectbox("w_mix_net").select("photo_resnet18").run()
    assert not at.exception
    names = at.selectbox("w_mix_layer").options
    assert [name.split(" ")[0] for name in names] == [f"layer{n}.0.downsample.0" for n in (2, 3, 4)]
    assert words.say("weights_trained", name=lesson("network", language).labels["net_photo_resnet18"]) in [
        caption.value for caption in at.caption
    ]
    weight = trained("photo_resnet18").get_submodule("layer2.0.downsample.0").weight.detach()[:, :, 0, 0]  # (64, 32)
    energy = np.cumsum(np.linalg.svd(weight.numpy(), compute_uv=False) ** 2)
    few = int(np.searchsorted(energy, 0.9 * energy[-1])) + 1
    said = next(element.value for element in at.markdown if "64\xa0×\xa032" in element.value)
    assert f" {few} " in said


@pytest.mark.parametrize("mix", ["note", "learned__row2__relu", "opponent__shift3__shuffle"])
def test_shuffled_pixels_are_predicted_and_then_measured(mix: str) -> None:
    at = open_page("mixing", mix=mix)
    because = WORDS.labels["predict_because"].split("{")[0]
    assert because not in texts(at)
    at.button("w_predict_mixing_2").click().run()
    assert f"**{lesson('common').labels['right']}**" in texts(at)
    assert because in texts(at)


def colours(picture: Image.Image) -> int:
    """How many independent directions the colours of a picture have."""
    pixels = np.asarray(picture, dtype=np.float64).reshape(-1, 3)
    return int(np.linalg.matrix_rank(np.cov(pixels.T), tol=1e-6))


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.code)
def test_two_in_a_row_on_every_picture(sample: Sample) -> None:
    """An option is right where the picture has the three colours that the options speak of, and none where it has not."""
    at = open_page("mixing", pic=sample.code)
    at.button("w_predict_mixing_row_2").click().run()
    common = lesson("common").labels
    few = colours(to_square(sample.load(), 512)) < 3
    assert (f"**{common['right']}**" in texts(at)) == (not few)
    assert ("✓" in texts(at)) == (not few)
    assert (WORDS.labels["row_choose"] in texts(at)) == few
    assert not re.search(r"\bnan\b", texts(at))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("plain", [0, 1, 2, 3])
@pytest.mark.parametrize("bent", [0, 1, 2, 3, 16])
def test_the_sentence_about_two_in_a_row_says_what_was_counted(plain: int, bent: int, language: str) -> None:
    words = lesson("mixing", language)

    def found(rank: int, relu: bool) -> TwoMixes:
        return TwoMixes(relu, np.array([1.0] * rank + [0.0] * (WIDTH - rank)), 0.5 * relu)

    before, after = found(plain, False), found(bent, True)
    said = two_in_a_row.said(before, after, words)
    assert ("50%" in said) == (bent > plain), "how far it is from linear, where the ReLU has made a difference"
    assert (words.labels["row_choose"] in said) == (plain < 3)
    if plain:
        assert all(re.search(rf"(?<!\d){count}(?!\d)", said) for count in (plain, bent))
    assert not re.search(r"\b1 of the \d+ maps are|\b[02-9] of the \d+ maps is", said)
    assert two_in_a_row.answer(before, after) == (2 if plain == 3 < bent else None)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("net", ["", "resnet18", "bottleneck-1-w8-g2x64-cifar-c10"])
def test_further_experiments_open(net: str, language: str) -> None:
    words = lesson("mixing", language)
    at = open_page("mixing", further="ways.cost.learned.attention", lang=language, **({"net": net} if net else {}))
    assert not at.exception
    assert words.sections["ways"] in texts(at)
    assert words.labels["proof_nine"].split("{")[0] in texts(at)
    said = [words.labels[key] in texts(at) for key in ("spectrum_less", "spectrum_same")]
    assert sum(said) == 1
