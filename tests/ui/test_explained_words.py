"""Words of the trade outside of a lesson's sections: in captions of figures and on the card of the next run."""

from __future__ import annotations

import re
from html import escape

import pytest

from resnet_viz.text import LANGUAGES
from resnet_viz.text.glossary import glossary
from tests.ui.test_pages import open_page

TERM = re.compile(r'class="term"[^>]*>([^<]+)<')


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_seed_is_explained_once_where_it_stands_in_view(language: str) -> None:
    seed = next(term for term in glossary(language) if term.key == "seed")
    at = open_page("degradation", lang=language)
    told = [element.value for element in (*at.caption, *at.markdown)]
    explained = [each for each in told if seed.words[0] in TERM.findall(each) or seed.words[-1] in TERM.findall(each)]
    assert len(explained) == 1
    assert escape(seed.meaning) in explained[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_caption_explains_what_no_sentence_before_it_has(language: str) -> None:
    """The first figure's caption stands before the lesson's sections: what it names is explained there and not again."""
    at = open_page("activations", lang=language)
    told = [element.value for element in (*at.caption, *at.markdown)]
    names = [word for each in told for word in TERM.findall(each)]
    keys = [next(term.key for term in glossary(language) if word in term.words) for word in names]
    assert any(TERM.search(caption.value) for caption in at.caption)
    assert len(keys) == len(set(keys))
