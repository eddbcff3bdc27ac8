"""What a teacher takes home of a class: a table of its answers and its runs. Nobody can be told from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from resnet_viz.csv_table import table
from resnet_viz.ui.classroom.classroom import Classroom

ANSWER = ("kind", "name", "question", "round", "option", "words", "right", "count")
RUN = ("status", "steps", "training_error", "test_error")


class RunOutcome(NamedTuple):
    """What became of a run of the class's board, as far as it is known."""

    status: str = ""
    steps: int | str = ""
    training_error: float | str = ""
    test_error: float | str = ""


def answers_csv(found: Classroom, outcome: Callable[[str], RunOutcome]) -> str:
    """A row an option of each round of each question, then a row a run of the class's board, whose `outcome` is asked for.

    >>> print(answers_csv(Classroom("K39TA", "", 0.0, runs=("a run",)), lambda run: RunOutcome("done", 300)).splitlines()[1])
    run,a run,,,,,,,done,300,,
    """
    return table([(*ANSWER, *RUN), *_answers(found), *(("run", run, *[""] * 6, *outcome(run)) for run in found.runs)])


def _answers(found: Classroom) -> Iterator[tuple[object, ...]]:
    for name, poll in found.polls.items():
        ask, options, right = poll.wording
        for number, counts in enumerate(poll.counts(), 1):
            for option, count in enumerate(counts):
                words = options[option] if option < len(options) else ""
                is_right = "" if right is None else int(option == right)
                yield "answer", name, ask, number, option + 1, words, is_right, count, *RunOutcome()
