"""What a class leaves with its students when it talks, votes again and ends, and how one gets into it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1.element_tree import Block

from resnet_viz.ui.classroom.here import classes
from tests.ui.classroom.browsers import BenchBrowser, a_class
from tests.ui.classroom.test_in_class import (
    AGAIN,
    COMMON,
    KEY,
    OPTIONS,
    PAGE,
    REFUSED,
    RIGHT,
    SHOW,
    WORDS,
    buttons,
    no_classes,
    now,
    result,
)

__all__ = ["no_classes"]
"""A fixture that is used without being asked for."""


def blocks(block: Block) -> Iterator[Block]:
    """All that are in a block."""
    for child in block.children.values():
        if isinstance(child, Block):
            yield child
            yield from blocks(child)


def test_a_class_talks_and_votes_again_before_anybody_sees_what_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    code, teacher = a_class(monkeypatch)
    student = BenchBrowser(monkeypatch).open(PAGE, **{"class": code})
    teacher.open(PAGE).press(f"w_ask_class_{PAGE}.{KEY}")
    teacher.press(f"w_vote_again_{PAGE}.{KEY}")
    assert len(now(code).poll(f"{PAGE}.{KEY}").rounds) == 1, "who has not voted does not vote again"
    student.look()
    student.press(f"w_predict_{KEY}_0")
    teacher.look()
    teacher.press(f"w_vote_again_{PAGE}.{KEY}")
    student.look()
    assert buttons(student) == OPTIONS
    student.press(f"w_predict_{KEY}_{RIGHT}")
    assert not result(student)
    assert now(code).poll(f"{PAGE}.{KEY}").counts() == ((1, 0, 0), (0, 1, 0))


@pytest.mark.parametrize("option", [0, RIGHT, None])
def test_what_was_revealed_stays_when_the_class_is_over(monkeypatch: pytest.MonkeyPatch, option: int | None) -> None:
    code, teacher = a_class(monkeypatch)
    student = BenchBrowser(monkeypatch).open(PAGE, **{"class": code})
    teacher.open(PAGE).press(f"w_ask_class_{PAGE}.{KEY}")
    student.look()
    if option is not None:
        student.press(f"w_predict_{KEY}_{option}")
    teacher.press(f"w_reveal_{PAGE}.{KEY}")
    student.look()
    classes().close_class(code, teacher.cookies["resnet_viz_teacher"])
    student.look()
    assert result(student)
    assert buttons(student) == {AGAIN}, "as if alone"
    for verdict, said in (("wrong", 0), ("right", RIGHT)):
        assert (f"**{COMMON[verdict]}**" in student.says) is (option == said)
    other_code, _ = a_class(monkeypatch)
    student.open(PAGE, **{"class": other_code})
    assert buttons(student) == {*OPTIONS, SHOW}, "another class begins anew"


def test_an_open_question_is_not_answered_by_the_end_of_the_class(monkeypatch: pytest.MonkeyPatch) -> None:
    code, teacher = a_class(monkeypatch)
    student = BenchBrowser(monkeypatch).open(PAGE, **{"class": code})
    teacher.open(PAGE).press(f"w_ask_class_{PAGE}.{KEY}")
    classes().close_class(code, teacher.cookies["resnet_viz_teacher"])
    student.look()
    assert buttons(student) == {*OPTIONS, SHOW}


def test_who_had_voted_sees_the_result_when_the_class_ends_before_it_is_revealed(monkeypatch: pytest.MonkeyPatch) -> None:
    code, teacher = a_class(monkeypatch)
    student = BenchBrowser(monkeypatch).open(PAGE, **{"class": code})
    teacher.open(PAGE).press(f"w_ask_class_{PAGE}.{KEY}")
    student.look()
    student.press(f"w_predict_{KEY}_{RIGHT}")
    assert not result(student)
    classes().close_class(code, teacher.cookies["resnet_viz_teacher"])
    student.look()
    assert result(student)
    assert f"**{COMMON['right']}**" in student.says


def test_what_stands_in_the_way_of_a_code_is_said_where_it_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    code, _ = a_class(monkeypatch)
    student = BenchBrowser(monkeypatch).open("home")
    for typed, why in (("AAAAA", REFUSED["no_class"].partition("{")[0]), ("nonsense", "nonsense")):
        student.at.text_input(key="w_join_home").input(typed)
        student.press("FormSubmitter:join_home-" + WORDS.labels["join"])
        [form] = [block for block in blocks(student.at.main) if block.type == "form"]
        assert why in form.warning[0].value
    student.at.text_input(key="w_join_home").input(code)
    student.press("FormSubmitter:join_home-" + WORDS.labels["join"])
    assert f":green[:material/check_circle:] {WORDS.say('in_class', code=code)}" in student.says
