"""What the live channel tells of a class: its members about the page where they are, its teacher about all of it.

The mark of a message is a digest of what it says, so nothing is told twice, also after the app was started again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from resnet_viz.ui.classroom.classroom import Classroom
from resnet_viz.ui.classroom.poll import Poll
from resnet_viz.ui.classroom.register import Register
from resnet_viz.ui.live.hub import News, Source

CLASS, DESK = "class", "desk"
"""Topics `class:CODE-page` and `desk:CODE`."""
WITH_RUNS = ("degradation", "gradients")
"""Pages that show the class's runs."""


def class_source(classes: Register) -> Source:
    """What members at a page are told: how its questions stand, with answers once they are revealed; where the teacher is."""

    def since(name: str, mark: str) -> News | None:
        code, _, page = name.partition("-")
        found, now = classes.find(code), classes.now()
        if found is None:
            return _news({"status": "closed"}, mark)
        polls = {key: _told(found, key, poll, now) for key, poll in questions_at(found, page).items()}
        said = {"status": class_status(found, page), "polls": polls, "view": list(found.view)}
        return _news(said, mark)

    return since


def desk_source(classes: Register) -> Source:
    """What the teacher is told: all answers as they come, and how many are where."""

    def since(name: str, mark: str) -> News | None:
        found, now = classes.find(name), classes.now()
        if found is None:
            return _news({"status": "closed"}, mark)
        polls = {
            key: {"answered": poll.answered, "expected": found.expected(key, now), "counts": poll.counts()}
            for key, poll in found.polls.items()
        }
        where = dict(found.where(now))
        return _news({"status": desk_status(found), "polls": polls, "where": where}, mark)

    return since


def questions_at(found: Classroom, page: str) -> dict[str, Poll]:
    """The questions of a page that the class has touched, by name."""
    return {key: poll for key, poll in found.polls.items() if key.partition(".")[0] == page}


def class_status(found: Classroom | None, page: str) -> str:
    """What a member's page must be drawn anew for: not the answers of others, nor where the teacher is."""
    if found is None:
        return "closed"
    stages = [f"{key}={poll.stage}" for key, poll in questions_at(found, page).items() if not _is_free(poll)]
    return _digest([*sorted(stages), *found.hidden, *(found.runs if page in WITH_RUNS else ())])


def desk_status(found: Classroom | None) -> str:
    """What the teacher's pages must be drawn anew for, where another of their windows has done something."""
    if found is None:
        return "closed"
    stages = [f"{key}={poll.stage}" for key, poll in found.polls.items() if not _is_free(poll)]
    return _digest([*sorted(stages), *found.hidden, *found.runs])


def _is_free(poll: Poll) -> bool:
    return poll.state == "free" and not poll.resets


def _told(found: Classroom, key: str, poll: Poll, now: float) -> dict[str, Any]:
    """What everybody may know of a question: until it is revealed no more than how many have answered."""
    told: dict[str, Any] = {"state": poll.state}
    if poll.state != "free":
        told |= {"answered": poll.answered, "expected": found.expected(key, now)}
    if poll.state == "revealed":
        told |= {"counts": poll.counts()}
    return told


def _news(said: Mapping[str, object], mark: str) -> News | None:
    line = json.dumps(said, separators=(",", ":"))
    own = hashlib.blake2b(line.encode(), digest_size=6).hexdigest()
    return News(own, line) if own != mark else None


def _digest(parts: list[str]) -> str:
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=6).hexdigest()
