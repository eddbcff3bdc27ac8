"""Home and the tour: the course as a map, all choices of skips as a table, and steps that open what they speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz.nets.weights import history
from resnet_viz.studies.claims import measure
from resnet_viz.studies.pretrained_pairs import twins
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.text.tour import read_step, tour
from resnet_viz.training.data.sources import CIFAR
from resnet_viz.ui import lessons
from resnet_viz.ui.kit import tour as ui_tour
from resnet_viz.ui.kit.course import COURSE, PARTS
from resnet_viz.ui.kit.shared_params import SHARED
from resnet_viz.ui.lessons.gradients import norms
from resnet_viz.ui.lessons.gradients.comparison import default_spec
from resnet_viz.ui.lessons.home.recording import experiment
from tests.ui.test_pages import link, open_page

STEPS = tour()


def keys(at: AppTest) -> set[str]:
    """The keys of a page's containers."""

    def of(node: object) -> Iterator[str]:
        yield str(getattr(getattr(node, "proto", None), "id", "")).split("-", 2)[-1]
        for child in getattr(node, "children", {}).values():
            yield from of(child)

    return set(of(at._tree))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_has_every_lesson(language: str) -> None:
    at = open_page("home", lang=language)
    assert {f"card_{place.name}" for place in COURSE} <= keys(at)
    labels = [each.proto.label for each in at.get("page_link")]
    for place in COURSE:
        assert f"{place.number} {lesson(place.name, language).title}" in labels
    parts = lesson("common", language).labels
    assert [each.value for each in at.subheader][: len(PARTS)] == [parts[f"part_{part}"] for part in PARTS]


def test_a_lesson_that_was_seen_has_a_tick() -> None:
    at = open_page("block", lang="en")
    at.switch_page("../../pages/home.py").run()
    ticked = [each.proto.label for each in at.get("page_link") if "✓" in each.proto.label]
    assert ticked == ["1 The residual block ✓"]


def test_the_table_has_every_choice() -> None:
    rows = [list(map(str, row)) for row in experiment().rows()]
    assert len(rows) == 1 + 3 * 512
    assert rows[1][:3] == ["cat", "", "cat"]
    assert float(rows[1][3]) == pytest.approx(0.902, abs=1e-3)
    by_choice = {(row[0], row[1]): row for row in rows[1:]}
    assert len(by_choice) == len(rows) - 1
    assert by_choice["cat", "1.0"][2] == "deer"
    assert all(float(row[3]) >= float(row[5]) >= float(row[7]) for row in rows[1:])


# The tour


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_go_the_same_way(language: str) -> None:
    assert [step._replace(words="") for step in tour(language)] == [step._replace(words="") for step in STEPS]
    assert all(20 < len(step.words) < 260 for step in tour(language))
    assert 15 <= len(STEPS) <= 20
    assert {step.page for step in STEPS} <= {"home", *(place.name for place in COURSE)}


def test_a_step_of_another_form_is_quoted() -> None:
    with pytest.raises(ValueError, match=r"'sum'.*'/block, step 6'"):
        read_step("sum", "/block, step 6\n\nHere.")


@pytest.mark.parametrize("at", range(len(STEPS)))
def test_every_step_opens_the_view_that_it_names(at: int) -> None:
    step = STEPS[at]
    known = {param.name: param for param in (*SHARED, *lessons.params(step.page))}
    for name, text in step.link.items():
        assert known[name].dump(known[name].parse(text)) == text
    page = open_page(step.page, lang="en", tour=str(at + 1), **step.link)
    assert not page.warning
    assert link(page).items() >= step.link.items()


@pytest.mark.parametrize(("page", "light"), sorted({(step.page, step.light) for step in STEPS}))
def test_every_step_lights_what_is_there(page: str, light: str) -> None:
    assert light in keys(open_page(page, lang="en"))


def bar(at: AppTest) -> bool:
    return "tour_bar" in keys(at)


def go(at: AppTest, step: int) -> None:
    """What the bar's report leads to."""
    at.session_state["tour_wanted"] = step
    at.run()
    assert not at.exception, at.exception


def test_the_tour_goes_through_pages_and_leaves_the_page_as_it_is() -> None:
    at = open_page("home", lang="zh")
    assert not bar(at)
    at.button("w_tour").click().run()
    assert bar(at)
    assert link(at) == {"lang": "zh", "tour": "1"}
    cut = next(n for n, step in enumerate(STEPS, 1) if "cut" in step.link.get("net", ""))
    go(at, cut)
    assert at.title[0].value.endswith(lesson("activations", "zh").title)
    assert link(at) == {"lang": "zh", "tour": str(cut), **STEPS[cut - 1].link}
    go(at, cut - 1)
    assert link(at)["net"] == STEPS[cut - 2].link["net"], "the same page, as the other step has it"


@pytest.mark.parametrize("at", [at for at, step in enumerate(STEPS) if step.after])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_step_that_answers_a_question_waits_for_it(at: int, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[str, str]] = []
    monkeypatch.setattr(ui_tour, "tour_bar", lambda **options: given.append((options["light"], options["says"])))
    step = tour(language)[at]
    page = open_page(step.page, lang=language, tour=str(at + 1), **step.link)
    assert given[-1] == (f"ask_{step.after}", lesson("tour", language).labels["tour_after"]), "it lights the question"
    page.button(f"w_predict_{step.after}_show").click().run()
    assert given[-1] == (step.light, step.words)


def test_numbers_of_the_tour_are_measured() -> None:
    said = " ".join(step.words for step in STEPS)
    rows = {(row[0], row[1]): row for row in experiment().rows()}
    whole = rows["cat", ""]
    assert f"{whole[2]}, {float(str(whole[3])):.0%}" in said
    plain20, plain56, residual56 = twins(CIFAR, 20)[0], *twins(CIFAR, 56)
    error = {name: history(name).epochs[-1]["train_error"] for name in (plain20, plain56, residual56)}
    assert f"56 layers get {error[plain56]:.0%} of their training pictures wrong and 20 layers {error[plain20]:.0%}" in said
    assert f"with skips 56 layers get {error[residual56]:.1%}" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tour_says_the_gradients_that_the_lesson_shows(language: str) -> None:
    """The chart that the step lights, and the claim, which the same networks answer.

    Without skips the last bits of every sum grow on their way back, by 56 layers: two threads, or another processor, and the
    norm is another one by a tenth.
    """
    said = next(step.words for step in tour(language) if step.page == "gradients" and re.search(r"\d", step.words))
    plain, residual = (norms.flow(norms.norms(str(spec), "shapes", 0)).first for spec in (default_spec().plain(), default_spec()))
    without, with_skips = map(float, re.findall(r"\d[\d.]*\d", said))
    claimed = measure("gradients").numbers
    assert [plain, claimed["first_plain"]] == pytest.approx([without] * 2, rel=0.2)
    assert [residual, claimed["first_residual"]] == pytest.approx([with_skips] * 2, rel=1e-3)
