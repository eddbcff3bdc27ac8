"""Channel mixing, run by Streamlit's own test bench."""

from __future__ import annotations

import re

import numpy as np
import pytest

from resnet_viz.nets.weights import trained
from resnet_viz.probes import mixing
from resnet_viz.probes.two_mixes import WIDTH, TwoMixes
from resnet_viz.samples import samples
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


@pytest.mark.parametrize("picture", [sample.code for sample in samples()])
def test_two_in_a_row_on_every_picture(picture: str) -> None:
    at = open_page("mixing", pic=picture)
    at.button("w_predict_mixing_row_2").click().run()
    assert f"**{lesson('common').labels['right']}**" in texts(at)
    assert not re.search(r"\bnan\b", texts(at))


@pytest.mark.parametrize("plain", [0, 1, 3])
@pytest.mark.parametrize("bent", [0, 1, 3, 16])
def test_the_sentence_about_two_in_a_row_says_what_was_counted(plain: int, bent: int) -> None:
    def found(rank: int, relu: bool) -> TwoMixes:
        return TwoMixes(relu, np.array([1.0] * rank + [0.0] * (WIDTH - rank)), 0.5 * relu)

    said = two_in_a_row.said(found(plain, False), found(bent, True), WORDS)
    assert (WORDS.labels["row_same"].split("{")[0] in said) == (bent <= plain)
    assert str(plain) in said
    assert str(bent) in said


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
