"""What the channel tells of a class: each only what is theirs, once, and when a page has to be drawn anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from resnet_viz.ui.classroom.class_file import ClassFile
from resnet_viz.ui.classroom.classroom import PRESENT
from resnet_viz.ui.classroom.news import class_source, class_status, desk_source, desk_status
from resnet_viz.ui.classroom.poll import Poll
from resnet_viz.ui.classroom.register import Register
from tests.ui.classroom.test_register import Clock

QUESTION = "block.block"


class Lesson:
    """A class of three at two pages."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.told = Clock(), list[tuple[str, set[str]]]()
        file = ClassFile(folder / "classes.sqlite")
        self.classes = Register(file, lambda code, pages: self.told.append((code, {*pages})), self.clock)
        found, self.key = self.classes.open()
        self.code = found.code
        for member, page in (("a", "block"), ("b", "block"), ("c", "why")):
            self.classes.join(self.code, member, page)

    def poll(self, act: str) -> None:
        def change(poll: Poll) -> Poll:
            made: Poll = getattr(poll, act)()
            return made

        self.classes.act(self.code, self.key, lambda now: now.with_poll(QUESTION, change(now.poll(QUESTION))), "block")

    def at(self, page: str, mark: str = "") -> dict[str, Any]:
        news = class_source(self.classes)(f"{self.code}-{page}", mark)
        return json.loads(news.data) if news else {}

    def desk(self) -> dict[str, Any]:
        news = desk_source(self.classes)(self.code, "")
        assert news
        found: dict[str, Any] = json.loads(news.data)
        return found

    def status(self, page: str) -> str:
        return class_status(self.classes.find(self.code), page)


@pytest.fixture
def lesson(tmp_path: Path) -> Iterator[Lesson]:
    made = Lesson(tmp_path)
    yield made
    made.classes.close()


def test_members_hear_of_no_answers_before_the_reveal_and_of_their_own_page_only(lesson: Lesson) -> None:
    lesson.classes.vote(lesson.code, QUESTION, "a", 1)
    assert lesson.at("block")["polls"] == {QUESTION: {"state": "free"}}
    lesson.poll("asked")
    assert lesson.at("block")["polls"] == {QUESTION: {"state": "asked", "answered": 1, "expected": 3}}
    assert lesson.at("why")["polls"] == {}
    assert lesson.desk()["polls"][QUESTION]["counts"] == [[0, 1]]
    lesson.poll("revealed")
    assert lesson.at("block")["polls"][QUESTION]["counts"] == [[0, 1]]
    for said in (lesson.at("block"), lesson.desk()):
        assert not {"members", "teacher", "a", "b", "c"} & {*json.dumps(said).replace('"', " ").split()}, "nobody is named"


def test_the_same_is_told_once_also_after_a_restart(lesson: Lesson, tmp_path: Path) -> None:
    lesson.poll("asked")
    source = class_source(lesson.classes)
    news = source(f"{lesson.code}-block", "")
    assert news
    assert source(f"{lesson.code}-block", news.mark) is None
    lesson.classes.close()
    again = Register(ClassFile(tmp_path / "classes.sqlite"), clock=lesson.clock)
    assert class_source(again)(f"{lesson.code}-block", news.mark) is None
    again.vote(lesson.code, QUESTION, "a", 0)
    assert class_source(again)(f"{lesson.code}-block", news.mark)
    again.close()


def test_a_page_is_drawn_anew_for_what_it_is_drawn_by_and_not_for_answers(lesson: Lesson) -> None:
    before = lesson.status("block"), lesson.status("why")
    lesson.classes.vote(lesson.code, QUESTION, "a", 1)
    lesson.classes.act(lesson.code, lesson.key, lambda now: now.brought("build", "net=resnet34"))
    assert (lesson.status("block"), lesson.status("why")) == before
    seen = [before[0]]
    for act in ("asked", "revealed", "asked", "revealed", "reset"):
        lesson.poll(act)
        seen.append(lesson.status("block"))
        lesson.classes.vote(lesson.code, QUESTION, "b", 1)
        assert lesson.status("block") == seen[-1]
        assert lesson.status("why") == before[1], "another page"
    assert len({*seen}) == len(seen)
    lesson.classes.act(lesson.code, lesson.key, lambda now: now.hiding(["prose"]))
    assert lesson.status("why") != before[1]
    runs = lesson.status("degradation"), lesson.status("block")
    lesson.classes.act(lesson.code, lesson.key, lambda now: now.running(["a run"]))
    assert lesson.status("degradation") != runs[0]
    assert lesson.status("block") == runs[1], "it shows no runs"
    assert lesson.desk()["status"] == desk_status(lesson.classes.find(lesson.code))


def test_who_is_told(lesson: Lesson) -> None:
    def told() -> list[tuple[str, set[str]]]:
        found = [*lesson.told]
        lesson.told.clear()
        return found

    told()
    lesson.classes.vote(lesson.code, QUESTION, "a", 1)
    assert told() == [(lesson.code, {"block"})]
    lesson.classes.vote(lesson.code, QUESTION, "a", 1)
    assert told() == [], "it has been counted"
    lesson.classes.act(lesson.code, lesson.key, lambda now: now.brought("build", ""))
    assert told() == [(lesson.code, {"block", "why"})]
    lesson.classes.heard(lesson.code, "a", "block")
    assert told() == [], "where they were"
    lesson.classes.close_class(lesson.code, lesson.key)
    assert told() == [(lesson.code, {"block", "why"})]
    assert lesson.at("block") == {"status": "closed"} == lesson.desk()


def test_who_has_left_is_not_waited_for(lesson: Lesson) -> None:
    assert lesson.desk()["where"] == {"block": 2, "why": 1}
    lesson.clock.now += PRESENT + 1
    lesson.classes.heard(lesson.code, "a", "mixing")
    lesson.classes.heard(lesson.code, "nobody of ours", "mixing")
    assert lesson.desk()["where"] == {"mixing": 1}
    lesson.classes.vote(lesson.code, QUESTION, "b", 1)
    lesson.poll("asked")
    assert lesson.at("block")["polls"][QUESTION] == {"state": "asked", "answered": 1, "expected": 2}
