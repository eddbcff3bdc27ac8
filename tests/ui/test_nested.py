"""Nested function classes on the page: the sentence is the comparison's, controls travel, the default makes the point."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz.probes.nested import DEPTHS, FAMILIES, POINTS, TARGETS, NestedComparison, compare, distances, rising
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.lessons.why import nested_classes, params
from tests.ui.test_pages import link, open_page, texts


def open_nested(**given: str) -> AppTest:
    """The explanation once its question has been answered."""
    return open_page("why", panel="nested", **given).button("w_predict_nested_show").click().run()


WORDS = lesson("nested")
TARGET, FAMILY, DEPTH = params.TARGET.default, params.FAMILY.default, params.LAYERS.default


@pytest.fixture(scope="module")
def default() -> NestedComparison:
    return compare(TARGETS[TARGET], FAMILY)


def test_the_page_opens_with_a_class_that_got_worse(default: NestedComparison) -> None:
    assert nested_classes.sentence(default, DEPTH, WORDS) not in texts(open_page("why", panel="nested")), (
        "not before it is guessed"
    )
    at = open_nested()
    assert not at.exception
    said = texts(at)
    assert WORDS.title in said
    assert nested_classes.sentence(default, DEPTH, WORDS) in said
    now, then = (default.plain.errors[depth - 1] for depth in (DEPTH, DEPTH - 1))
    assert now > then + 0.02, "the default shows it clearly"
    assert default.residual.errors[DEPTH - 1] < default.residual.errors[DEPTH - 2] - 0.02, "while the other side gains"
    kept, size = default.plain.kept[DEPTH - 1], default.plain.sizes[DEPTH - 2]
    worse = WORDS.say(
        "said_rises", layers=f"{DEPTH} layers", before=f"{DEPTH - 1} layers", now=now, then=then, kept=kept, size=size
    )
    assert worse in said
    assert kept < size


@pytest.mark.parametrize("target", TARGETS)
def test_the_default_family_gets_worse_on_every_target(target: str) -> None:
    found = compare(TARGETS[target], FAMILY)
    assert any(found.plain.rises(depth) for depth in range(1, DEPTHS + 1))
    assert not any(found.residual.rises(depth) for depth in range(1, DEPTHS + 1))
    assert found.residual.errors[-1] < min(found.plain.errors)


def test_controls_are_in_the_link_and_a_link_is_the_view() -> None:
    at = open_nested()
    at.selectbox("w_target").set_value("bell").run()
    at.slider("w_layers").set_value(3).run()
    at.number_input("w_family").set_value(7).run()
    at.toggle("w_copy").set_value(True).run()
    given = {"target": "bell", "layers": "3", "family": "7", "copy": "yes"}
    assert given.items() <= link(at).items()
    expected = nested_classes.sentence(compare(TARGETS["bell"], 7, same=True), 3, WORDS)
    assert expected in texts(at)
    assert expected in texts(open_nested(**given))


@pytest.mark.parametrize(
    ("key", "value"), [("target", "cat"), ("layers", "7"), ("layers", "0"), ("family", "100"), ("copy", "1")]
)
def test_a_bad_link_is_said(key: str, value: str) -> None:
    at = open_page("why", panel="nested", **{key: value})
    assert any(f"“{key}”" in warning.value for warning in at.warning)
    assert key not in link(at)


def test_the_table_of_the_link_is_the_probes() -> None:
    for target in TARGETS:
        assert params.TARGET.parse(target) == target
    assert params.LAYERS.parse(str(DEPTHS)) == DEPTHS
    assert params.FAMILY.parse(str(FAMILIES - 1)) == FAMILIES - 1
    assert set(WORDS.labels) >= {f"target_{target}" for target in TARGETS}


def test_the_prediction_is_answered_by_trying_every_family() -> None:
    at = open_page("why", panel="nested", target="step")
    at.button("w_predict_nested_2").click().run()
    plain = rising(TARGETS["step"], skip=False)
    assert plain > FAMILIES / 2
    assert WORDS.say("predict_because", plain=plain, residual=0) in texts(at)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("same", [False, True])
@pytest.mark.parametrize("target", TARGETS)
def test_the_sentence_says_only_what_the_numbers_show(target: str, same: bool, language: str) -> None:
    words = lesson("nested", language)
    for family in (1, 31, FAMILY):
        found = compare(TARGETS[target], family, same=same)
        for depth in range(1, DEPTHS + 1):
            said = nested_classes.sentence(found, depth, words)
            plain, errors = found.plain, [round(error, 3) for error in found.plain.errors[:depth]]
            assert f"{errors[-1]:.3f}" in said
            assert f"{found.residual.errors[depth - 1]:.3f}" in said
            worse = {"en": "and worse", "zh": "反而更差"}[language]
            assert (worse in said) == (depth > 1 and errors[-1] > errors[-2])
            nested_word = {"en": "cannot get worse", "zh": "不可能变差"}[language]
            assert (nested_word in said) == (depth > 1 and plain.kept[depth - 1] == plain.sizes[depth - 2])
            so_far = words.labels["said_best"].split("{")[0]
            assert (so_far in said) == (depth > 2 and min(errors[:-2]) < min(errors[-2:]))


def test_the_table_can_be_computed_again(default: NestedComparison) -> None:
    head, goal, *rows = csv.reader(io.StringIO(nested_classes.numbers(default)))
    assert head[5] == "f(-1)"
    assert len(head) == 5 + len(POINTS)
    target = np.array(goal[5:], float)
    assert target == pytest.approx(default.goal, abs=1e-5)
    assert [row[:2] for row in rows] == [[name, str(depth)] for name in ("plain", "residual") for depth in range(1, DEPTHS + 1)]
    for row in rows:
        side = getattr(default, row[0])
        depth = int(row[1])
        assert [int(row[2]), int(row[3])] == [side.sizes[depth - 1], side.kept[depth - 1]]
        assert distances(np.array(row[5:], np.float32)[None], target)[0] == pytest.approx(float(row[4]), abs=1e-5)
