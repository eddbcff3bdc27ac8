"""The table in docs/COURSE.md leads to places that exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl

import pytest

from resnet_viz.text import LANGUAGES, lesson, names
from resnet_viz.ui import lessons
from resnet_viz.ui.kit.course import COURSE, LESSONS
from resnet_viz.ui.kit.shared_params import SHARED, further

ROOT = Path(__file__).parents[2]


class Place(NamedTuple):
    """A line of the table."""

    statement: str
    page: str
    text: str
    section: str
    link: str


def places() -> list[Place]:
    rows = re.findall(r"^\|(.+)\|$", (ROOT / "docs" / "COURSE.md").read_text(encoding="utf-8"), re.MULTILINE)
    cells = [[cell.strip() for cell in row.split("|")] for row in rows]
    return [Place(*row) for row in cells if row[1] != "page" and not set(row[1]) <= {"-"}]


@pytest.mark.parametrize("place", places(), ids=lambda place: place.statement)
def test_every_place_exists(place: Place) -> None:
    assert place.page in LESSONS
    assert (ROOT / "pages" / f"{place.page}.py").exists()
    assert place.text in names()
    for language in LANGUAGES:
        assert place.section in lesson(place.text, language).sections
    params = {param.name: param for param in (*SHARED, *lessons.params(place.page))}
    for name, value in parse_qsl(place.link, strict_parsing=bool(place.link)):
        assert name in params, name
        read = params[name].parse(value)
        if params[name] is further(place.page):
            assert {f"further_{key}" for key in read} <= set(lesson(place.text).labels)


def test_every_lesson_is_in_the_table() -> None:
    assert {place.page for place in places()} == set(LESSONS)
    statements = [place.statement for place in places()]
    assert len(set(statements)) == len(statements)


def test_the_readme_names_the_lessons_with_their_numbers() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = [(int(number), title) for number, title in re.findall(r"\b(\d+) \*([^*]+)\*", readme)]
    assert told == [(place.number, lesson(place.name).title) for place in COURSE]
    assert f"A course of { {10: 'ten', 11: 'eleven'}[len(COURSE)] } lessons" in readme
