"""The course: its lessons in the order of the story, in four parts."""

from __future__ import annotations

from typing import NamedTuple


class LessonPlace(NamedTuple):
    """Where a lesson stands in the course. Its page is pages/<name>.py, its text text/<language>/<name>.md."""

    number: int
    name: str
    minutes: int
    part: str
    """The end of its word's key, `part_<part>`."""


COURSE = (
    LessonPlace(1, "block", 8, "idea"),
    LessonPlace(2, "activations", 10, "idea"),
    LessonPlace(3, "degradation", 15, "problem"),
    LessonPlace(4, "gradients", 12, "problem"),
    LessonPlace(5, "why", 12, "problem"),
    LessonPlace(6, "shortcuts", 8, "parts"),
    LessonPlace(7, "mixing", 8, "parts"),
    LessonPlace(8, "bottleneck", 8, "parts"),
    LessonPlace(9, "build", 10, "parts"),
    LessonPlace(10, "transfer", 12, "use"),
    LessonPlace(11, "claims", 10, "use"),
)
LESSONS = tuple(place.name for place in COURSE)
_BY_NAME = {place.name: place for place in COURSE}
PARTS = tuple(dict.fromkeys(place.part for place in COURSE))


def place_of(name: str) -> LessonPlace | None:
    """A lesson's place; None for a page that is no lesson."""
    return _BY_NAME.get(name)


def after(name: str) -> LessonPlace | None:
    """The lesson that follows a page: the first after Home, none after the last."""
    following = COURSE[LESSONS.index(name) + 1 :] if name in LESSONS else COURSE
    return following[0] if following else None
