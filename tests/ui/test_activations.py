"""Inside the network: guesses, skips and pictures, run by Streamlit's own test bench."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz import preset
from resnet_viz.nets.weights import card
from resnet_viz.pictures import to_square
from resnet_viz.samples import samples
from resnet_viz.studies.skip_removal import SkipErrors
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.kit import inference
from resnet_viz.ui.lessons.activations.guesses import Lesioned, guesses_of, lesion_sentence
from resnet_viz.ui.lessons.activations.skips import DATA, skip_errors, skips_sentence
from tests.ui.test_pages import open_page, texts

WORDS = lesson("activations")
CUT = "basic-3.3.3-w16-cifar-sA-c10-cut2.0"


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
    own = [sample.code for sample in samples() if {*sample.classes} & {*card("cifar_resnet20").classes}]
    assert {"cat", "airplane", "ship"} <= {*own}
    assert [sample.code for sample in samples()][: len(own)] == own
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
    from resnet_viz.nets.plan import plan, receptive_fields

    p = plan(preset("cifar_resnet20"), 32)
    last = p.stages[-1].layers[-1]
    field = receptive_fields(p.spec)[last.name].size
    assert field > p.input_shape[1]
    prose = lesson("activations", language).sections["evidence"]
    assert str(field) in prose
    assert " × ".join(map(str, last.out_shape[1:])) in prose
