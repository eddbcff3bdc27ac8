"""A square's area is the plan's number, to one scale for all networks."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from resnet_viz import plan, preset
from resnet_viz.draw.palette import VERMILION
from resnet_viz.draw.stage_areas import QUANTITIES, stage_areas
from resnet_viz.nets.plan import Plan
from resnet_viz.text import LANGUAGES, lesson

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*plans: Plan, language: str = "en", upright: bool = False) -> ElementTree.Element:
    names = [f"network {i}" for i in range(len(plans))]
    return ElementTree.fromstring(stage_areas(plans, names, lesson("build", language), "all of it", upright=upright))


def squares(picture: ElementTree.Element) -> list[ElementTree.Element]:
    return list(picture.iter(f"{SVG}rect"))


@pytest.mark.parametrize("upright", [False, True])
def test_areas_are_the_plans_numbers(upright: bool) -> None:
    p, q = plan(preset("resnet18").plain()), plan(preset("resnet50"))
    found = [float(s.get("width", "")) * float(s.get("height", "")) for s in squares(drawn(p, q, upright=upright))]
    count = len(p.parts)
    assert len(found) == 3 * 2 * count
    for i, quantity in enumerate(QUANTITIES):
        areas = found[2 * count * i : 2 * count * (i + 1)]
        costs = [quantity.value(part) for x in (p, q) for part in x.parts]
        assert [area / sum(areas) for area in areas] == pytest.approx([cost / sum(costs) for cost in costs], abs=1e-3)
    totals = [(x.params, x.macs, x.activation_bytes) for x in (p, q)]
    for x, total in zip((p, q), totals, strict=True):
        assert [sum(map(quantity.value, x.parts)) for quantity in QUANTITIES] == pytest.approx(total)


@pytest.mark.parametrize("name", ["resnet18", "resnet152", "cifar_resnet1202"])
def test_everything_stays_inside_and_nothing_overlaps(name: str) -> None:
    for upright in (False, True):
        picture = drawn(plan(preset(name)), plan(preset("resnet18").plain()), upright=upright)
        width, height = map(float, picture.get("viewBox", "").split()[2:])
        boxes = [tuple(float(s.get(key, "")) for key in ("x", "y", "width", "height")) for s in squares(picture)]
        for x, y, w, h in boxes:
            assert x >= -0.01
            assert y >= 0
            assert x + w <= width + 0.01
            assert y + h <= height
        for i, (x, y, w, h) in enumerate(boxes):
            for x2, y2, w2, h2 in boxes[i + 1 :]:
                assert x + w <= x2 + 0.01 or x2 + w2 <= x + 0.01 or y + h <= y2 + 0.01 or y2 + h2 <= y + 0.01


def test_a_networks_squares_stand_on_one_line_and_its_name_as_high_in_all_quantities() -> None:
    p, q = plan(preset("resnet18")), plan(preset("resnet50"))
    picture = drawn(p, q)
    lines = [float(s.get("y", "")) + float(s.get("height", "")) for s in squares(picture)]
    count = len(p.parts)
    for i in range(2):
        of_one = [line for at in range(i * count, len(lines), 2 * count) for line in lines[at : at + count]]
        assert of_one == pytest.approx([of_one[0]] * 3 * count, abs=0.02)
        assert len({text.get("y") for text in picture.iter(f"{SVG}text") if text.text == f"network {i}"}) == 1


def test_a_plain_network_is_vermilion_and_dashed_and_the_second_is_paler() -> None:
    p, q = plan(preset("resnet18").plain()), plan(preset("resnet18"))
    found = squares(drawn(p, q))[: len(p.parts) + len(q.parts)]
    looks = [(s.get("class", ""), s.get("style", "")) for s in found]
    assert all("plain" in look and VERMILION in style and "second" not in look for look, style in looks[: len(p.parts)])
    assert all("residual" in look and "--blue" in style and "second" in look for look, style in looks[len(p.parts) :])


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_the_languages_own(language: str) -> None:
    picture = drawn(plan(preset("resnet18")), language=language)
    said = " ".join(text.text or "" for text in picture.iter(f"{SVG}text"))
    for key in ("chart_params", "chart_macs", "chart_memory", "chart_stem", "chart_head"):
        assert lesson("build", language).labels[key] in said
    assert not re.search(r"nan|inf|-\d", said)


def test_each_language_counts_in_its_own_units() -> None:
    """The same number under the same square: in millions in English, in 万 in Chinese."""

    def numbers(language: str) -> list[float]:
        said = [text.text or "" for text in drawn(plan(preset("resnet18")), language=language).iter(f"{SVG}text")]
        return [float(word) for word in said if re.fullmatch(r"\d+(\.\d+)?", word) and word not in "1234"]

    english, chinese = numbers("en"), numbers("zh")
    assert 8.4 in english
    assert 839 in chinese
    assert lesson("build", "zh").labels["chart_params"] == "参数（万）"
