"""Why it works as a page: four explanations, each with its strength, and what is cited below them."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from resnet_viz.nets.published_results import SHORTCUTS_110
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.lessons.why.explanations import EXPLANATIONS, Strength
from resnet_viz.ui.lessons.why.params import PANEL
from resnet_viz.ui.lessons.why.shortcut_kinds import _numbers
from tests.ui.test_pages import open_page, texts
from tests.ui.test_predictions import asked


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", PANEL.options)
def test_each_explanation_says_how_strong_its_evidence_is(code: str, language: str) -> None:
    words = lesson("why", language).labels
    said = texts(open_page("why", panel=code, lang=language))
    assert words[f"evidence_{EXPLANATIONS[code].strength}"] in said
    assert words[f"evidence_of_{code}"] in said
    others = {*get_args(Strength)} - {EXPLANATIONS[code].strength}
    assert not any(words[f"evidence_{other}"] in said for other in others)


@pytest.mark.parametrize("first", PANEL.options)
def test_the_lessons_sentence_comes_last_whichever_explanation_is_read_first(first: str) -> None:
    """Each of the others is offered for as long as it asks something."""
    take_away = lesson("why").sections["take_away"].strip()
    at = open_page("why", panel=first)
    left = [code for code in EXPLANATIONS if code != first]
    for code in (first, *left):
        if code != first:
            at.button(f"w_onward_{code}").click().run()
        assert asked(at) == [EXPLANATIONS[code].question]
        assert take_away not in texts(at)
        at.button(f"w_predict_{EXPLANATIONS[code].question}_0").click().run()
        left = [other for other in left if other != code]
        offered = [str(button.key) for button in at.button if str(button.key).startswith("w_onward_")]
        assert offered == [f"w_onward_{other}" for other in left]
    assert take_away in texts(at)


def test_the_identity_has_the_least_error_of_all_that_was_published() -> None:
    """He et al. 2016 (arXiv 1603.05027), Table 1."""
    errors = {kind: cited.value for kind, cited in SHORTCUTS_110.items()}
    assert min(errors, key=errors.__getitem__) == "identity"
    assert [*errors.values()] == [6.61, 6.91, 8.70, 12.22, 12.35, 20.0]
    rows = _numbers({kind: kind for kind in errors}).strip().splitlines()
    assert len(rows) == 1 + len(errors)
    assert all("Table 1" in row for row in rows[1:])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_came_after_names_its_sources_where_it_is_opened(language: str) -> None:
    closed, opened = (texts(open_page("why", lang=language, **link)) for link in ({}, {"further": "after.shortcuts"}))
    for source in ("1505.00387", "1608.06993", "1709.01507", "1706.03762", "2002.04745", "2201.03545"):
        assert source in opened
        assert source not in closed
    assert lesson("why", language).sections["shortcuts"][:12] in opened


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["gradients", "why", "ensemble", "responses", "surfaces", "nested"])
def test_percent_is_written_in_one_way(name: str, language: str) -> None:
    words = lesson(name, language)
    for said in (*words.sections.values(), *words.labels.values()):
        assert not re.search(r"[\d}] %", said), said
