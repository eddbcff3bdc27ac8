"""A value that is not accepted is said in every language, with the same values."""

from __future__ import annotations

import ast
import copy
import pickle
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import resnet_viz
from resnet_viz.probes.mixing import parse_mix
from resnet_viz.refused import Refused
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui import lessons
from resnet_viz.ui.kit.course import LESSONS
from resnet_viz.ui.kit.shared_params import SHARED

REFUSALS = ("Refused", "Busy", "StoreBusy", "StoreFull", "CheckpointTooLarge", "SchedulerRefused")
PARAMS = {param.name: param for params in (SHARED, *map(lessons.params, LESSONS)) for param in params}
SENTENCES = lesson("refused").labels
ENGLISH = re.compile(r"[A-Za-z]{2,}(?: +[a-z]{2,}){2}")
"""Three English words in a row."""


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def codes_of(written: ast.expr) -> list[str]:
    """A code as it stands there, one of two, or those that begin with what stands before the first placeholder."""
    if isinstance(written, ast.IfExp):
        return [*codes_of(written.body), *codes_of(written.orelse)]
    if isinstance(written, ast.JoinedStr):
        return [code for code in SENTENCES if code.startswith(ast.literal_eval(written.values[0]))]
    return [ast.literal_eval(written)]


def uses() -> Iterator[tuple[str, set[str]]]:
    """(code, names of its values) of every place where something is refused."""
    for path in Path(resnet_viz.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            values = {keyword.arg for keyword in node.keywords if keyword.arg}
            if called in REFUSALS and isinstance(node.args[0], ast.Constant | ast.IfExp | ast.JoinedStr):
                whole = all(keyword.arg for keyword in node.keywords)  # else they come from another refusal
                for code in codes_of(node.args[0]):
                    yield code, values if whole else placeholders(SENTENCES[code])
            elif called == "url_state.fitting":
                codes = [part.value for part in ast.walk(node.args[2]) if isinstance(part, ast.Constant)]
                yield from ((code, values | {"given"}) for code in codes)


def test_every_code_has_its_words_and_every_value_it_quotes() -> None:
    found = list(uses())
    assert {code for code, _ in found} == set(SENTENCES)
    for code, values in found:
        assert placeholders(SENTENCES[code]) <= values, code


@pytest.mark.parametrize("code", SENTENCES)
def test_chinese_has_no_english_sentence(code: str) -> None:
    assert not ENGLISH.search(lesson("refused", "zh").labels[code])
    assert re.search("[\u4e00-\u9fff]", lesson("refused", "zh").labels[code])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("net", text) for text in ("resnet19", "basic-2.2-huge", "basic-2.2-w8-w9", "basic-0", "basic-1-g2x4", "basic-1-v1")),
        *(("net", text) for text in ("basic-1-nobn-zg", "bottleneck-1-w1-g1x1", "basic-1-cut2.0", "basic-1-w9999")),
        *(("mix", text) for text in ("1_2", "1_2_3_4", "note__shift9", "note__row1", "__".join(["1_0_0_0"] * 9))),
        ("size", "7"),
        ("weights", "x"),
        ("pick", "a b"),
        ("unfold", "stem"),
        ("follow", "1.2"),
        ("left", "0.1.1"),
        ("dot", "99.1"),
        ("deleted", "x"),
        ("points", "12"),
        ("claims", "cheese"),
        ("skips", "cut"),
        ("experiment", "basic-1.1.1-w8-cifar2-sA-c10~steps99999"),
    ],
)
def test_what_a_link_may_bring_is_refused_in_every_language(name: str, text: str) -> None:
    with pytest.raises(Refused) as caught:
        PARAMS[name].parse(text)
    english, chinese = (caught.value.said(language) for language in LANGUAGES)
    assert english == str(caught.value)
    assert not ENGLISH.search(chinese)
    assert re.search("[\u4e00-\u9fff]", chinese)


def test_it_travels() -> None:
    """Between processes: a worker's refusal says the same here."""
    with pytest.raises(Refused) as caught:
        parse_mix("1_2")
    for other in (pickle.loads(pickle.dumps(caught.value)), copy.copy(caught.value)):
        assert isinstance(other, ValueError)
        assert (str(other), other.code, other.values) == (str(caught.value), caught.value.code, caught.value.values)
