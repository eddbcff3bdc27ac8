"""A question in a class, and the page Teach, as teacher and students see them in each state."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import streamlit as st

from resnet_viz.studies.claims import CLAIMS
from resnet_viz.studies.quiz import QUESTIONS, answer
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.classroom.classroom import Classroom, digest
from resnet_viz.ui.classroom.here import classes
from resnet_viz.ui.kit.visitor import COOKIE
from resnet_viz.ui.lessons.claims.measurement import measured
from resnet_viz.ui.lessons.claims.verdicts import because, summary, verdict_text
from tests.ui.classroom.browsers import BenchBrowser, a_class
from tests.ui.test_pages import link

WORDS, COMMON, REFUSED = lesson("classroom"), lesson("common").labels, lesson("refused").labels
PAGE, KEY = "block", "block"
RIGHT = 1

Student = Callable[[], BenchBrowser]


@pytest.fixture(autouse=True)
def no_classes() -> Iterator[None]:
    """No test leaves a class behind."""
    yield
    register = classes()
    for code in list(register._classes):
        register._forget(code)


def buttons(browser: BenchBrowser) -> set[str]:
    """What may be done with the question."""
    ours = ("w_predict_", "w_ask_class_", "w_reveal_", "w_vote_again_", "w_begin_anew_")
    return {key.removeprefix("w_").removesuffix(f"_{PAGE}.{KEY}") for key in browser.keys if key.startswith(ours)}


OPTIONS = {f"predict_{KEY}_{i}" for i in range(3)}
SHOW, AGAIN = f"predict_{KEY}_show", f"predict_{KEY}_again"


def now(code: str) -> Classroom:
    found = classes().find(code)
    assert found
    return found


def result(browser: BenchBrowser) -> bool:
    """Whether the page shows what answers its question."""
    return "16,384" in browser.says


def test_a_prediction_asked_revealed_and_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    code, teacher = a_class(monkeypatch)
    one, other, curious = (BenchBrowser(monkeypatch).open(PAGE, **{"class": code}) for _ in range(3))
    assert "class" not in link(one.at), "a link that is passed on invites nobody"
    teacher.open(PAGE)

    # everybody in their own time
    assert buttons(teacher) == {*OPTIONS, SHOW, "ask_class"}
    assert buttons(one) == {*OPTIONS, SHOW}
    one.press(f"w_predict_{KEY}_{RIGHT}")
    curious.press(f"w_{SHOW}")
    assert result(one)
    assert buttons(one) == {AGAIN}
    assert now(code).poll(f"{PAGE}.{KEY}").counts() == ((0, 1),)

    # asked: answers come in and nobody sees a result, neither who has answered before
    teacher.press(f"w_ask_class_{PAGE}.{KEY}")
    assert buttons(teacher) == {"reveal", "vote_again", "begin_anew"}
    assert not result(teacher)
    assert WORDS.labels["asked"] in teacher.says
    for browser in (one, other, curious):
        browser.look()
    assert buttons(other) == OPTIONS
    assert buttons(one) == set()
    assert not result(one)
    assert not result(other)
    assert WORDS.say("answer_in", option=lesson(PAGE).labels[f"predict_{RIGHT}"]) in one.says
    other.press(f"w_predict_{KEY}_0")
    assert WORDS.labels["result_later"] in other.says
    assert not result(other)

    # who has looked in their own time is asked nothing
    assert WORDS.labels["looked"] in curious.says
    assert buttons(curious) == set()
    assert not result(curious)

    # revealed
    teacher.press(f"w_reveal_{PAGE}.{KEY}")
    assert buttons(teacher) == {"vote_again", "begin_anew"}
    one.look()
    other.look()
    for browser in (teacher, one, other):
        assert result(browser)
    assert f"**{COMMON['right']}**" in one.says
    assert f"**{COMMON['wrong']}**" in other.says
    assert buttons(one) == buttons(other) == set(), "nobody takes an answer back"
    poll = now(code).poll(f"{PAGE}.{KEY}")
    assert (poll.counts(), poll.wording.right) == (((1, 1, 0),), RIGHT)

    # the class has talked
    teacher.press(f"w_vote_again_{PAGE}.{KEY}")
    other.look()
    assert not result(other)
    assert buttons(other) == OPTIONS
    assert WORDS.say("asked_again", number=2) in other.says
    other.press(f"w_predict_{KEY}_{RIGHT}")
    assert now(code).poll(f"{PAGE}.{KEY}").counts() == ((1, 1, 0), (0, 1, 0))

    # begun anew
    teacher.press(f"w_begin_anew_{PAGE}.{KEY}")
    for browser in (one, other):
        browser.look()
        assert buttons(browser) == {*OPTIONS, SHOW}, "as if nobody had answered"
        assert not result(browser)


def test_a_reload_keeps_place_and_answer_and_gives_no_second_vote(monkeypatch: pytest.MonkeyPatch) -> None:
    code, teacher = a_class(monkeypatch)
    teacher.open(PAGE).press(f"w_ask_class_{PAGE}.{KEY}")
    student = BenchBrowser(monkeypatch).open(PAGE, **{"class": code.lower()})
    student.press(f"w_predict_{KEY}_2")
    student.open(PAGE)
    assert WORDS.say("answer_in", option=lesson(PAGE).labels["predict_2"]) in student.says
    assert buttons(student) == set()
    assert now(code).poll(f"{PAGE}.{KEY}").counts() == ((0, 0, 1),)


def test_who_is_alone_knows_of_no_class(monkeypatch: pytest.MonkeyPatch) -> None:
    code, teacher = a_class(monkeypatch)
    teacher.open(PAGE).press(f"w_ask_class_{PAGE}.{KEY}")
    alone = BenchBrowser(monkeypatch).open(PAGE)
    assert buttons(alone) == {*OPTIONS, SHOW}
    alone.press(f"w_predict_{KEY}_0")
    assert result(alone)
    assert now(code).poll(f"{PAGE}.{KEY}").counts() == ((0, 0, 0),)


def test_a_class_that_is_not_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = BenchBrowser(monkeypatch).open("teach", **{"class": "AAAAA"})
    assert REFUSED["no_class"].partition("{")[0] in lost.says
    wrong = BenchBrowser(monkeypatch).open("teach", **{"class": "nonsense"})
    assert "`class`" in wrong.says or "class" in wrong.says
    assert "nonsense" in wrong.says


def test_when_the_class_is_over_everybody_is_told_once_and_goes_on_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    code, teacher = a_class(monkeypatch)
    student = BenchBrowser(monkeypatch).open(PAGE, **{"class": code})
    classes().close_class(code, teacher.cookies["resnet_viz_teacher"])
    student.look()
    assert WORDS.say("over", problem=REFUSED["class_over"]) in student.says
    student.look()
    assert REFUSED["class_over"] not in student.says
    assert buttons(student) == {*OPTIONS, SHOW}


def test_a_student_who_says_to_be_the_teacher_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a session whose page once had the teacher's buttons: each press is checked by the key that the browser has now."""
    code, teacher = a_class(monkeypatch)
    teacher.open(PAGE)
    teacher.cookies["resnet_viz_teacher"] = "forged"
    teacher.press(f"w_ask_class_{PAGE}.{KEY}")
    assert REFUSED["not_teacher"] in teacher.says
    assert now(code).poll(f"{PAGE}.{KEY}").state == "free"


def test_the_quiz_in_a_class(monkeypatch: pytest.MonkeyPatch) -> None:
    question = QUESTIONS[0]
    name, right = f"claims.quiz_{question}", answer(question).right
    because = lesson("quiz").say(f"because_{question}", **answer(question).numbers)
    code, teacher = a_class(monkeypatch)
    student = BenchBrowser(monkeypatch).open("claims", **{"class": code})
    teacher.open("claims").press(f"w_ask_class_{name}")
    assert not any(key.startswith(f"w_quiz_{question}") for key in teacher.keys), "bars instead of options"
    student.look()
    student.press(f"w_quiz_{question}_{right}")
    assert because not in student.says
    assert lesson("quiz").say("score", right=0, made=0) in "".join(str(bar.proto.text) for bar in student.at.get("progress"))
    teacher.press(f"w_reveal_{name}")
    student.look()
    assert because in student.says
    assert because in teacher.says
    assert lesson("quiz").say("score", right=1, made=1) in "".join(str(bar.proto.text) for bar in student.at.get("progress"))
    late = BenchBrowser(monkeypatch).open("claims", **{"class": code})
    assert because in late.says, "who did not answer sees it too"
    classes().close_class(code, teacher.cookies["resnet_viz_teacher"])
    student.look()
    assert because in student.says, "what was revealed stays"


def folds(browser: BenchBrowser) -> int:
    """How many further experiments and *Read more* a page offers."""
    return len(browser.at.expander)


def test_what_is_hidden_for_the_class_and_in_a_link(monkeypatch: pytest.MonkeyPatch) -> None:
    code, teacher = a_class(monkeypatch)
    student = BenchBrowser(monkeypatch).open(PAGE, **{"class": code})
    whole = folds(student)
    teacher.open(PAGE)
    assert "w_class_hide" not in teacher.at.session_state, "what is folded is drawn once it is opened"
    teacher.unfold("w_class_code")
    teacher.does(lambda: teacher.at.pills(key="w_class_hide").set_value(["answers", "prose"]).run())  # type: ignore[attr-defined]
    assert now(code).hidden == ("answers", "prose")
    student.look()
    assert folds(student) < whole
    student.press(f"w_predict_{KEY}_{RIGHT}")
    assert not result(student), "an answer is taken, its result waits"
    assert WORDS.labels["result_later"] in student.says
    assert SHOW not in buttons(student)
    teacher.look()
    assert SHOW in buttons(teacher), "the teacher sees everything"
    assert folds(teacher) == whole
    teacher.does(lambda: teacher.at.toggle(key="w_class_present").set_value(True).run())
    assert folds(teacher) == folds(student), "on a projector there is no prose"
    alone = BenchBrowser(monkeypatch).open(PAGE, hide="prose")
    assert folds(alone) == folds(student)
    assert link(alone.at)["hide"] == "prose"
    named = BenchBrowser(monkeypatch).open("build", hide="prose", further="init")
    assert "w_further_init" in named.at.session_state, "what the link has open is shown"
    assert "w_further_thousand" not in named.at.session_state
    wrong = BenchBrowser(monkeypatch).open(PAGE, hide="cheese")
    assert "cheese" in wrong.says
    assert folds(wrong) == whole


def test_everybody_is_brought_to_the_teachers_view(monkeypatch: pytest.MonkeyPatch) -> None:
    code, teacher = a_class(monkeypatch)
    student = BenchBrowser(monkeypatch).open(PAGE, lang="zh", **{"class": code})
    teacher.open("build", net="resnet34", lang="en")
    teacher.press("w_bring")
    assert [each.value for each in teacher.at.toast] == [WORDS.say("brought", count=1)]
    view = now(code).view
    assert (view.number, view.page) == (1, "build")
    assert "resnet34" in view.link
    assert "lang" not in view.link
    student.at.session_state["class_go"] = True
    student.look()
    student.look()
    assert link(student.at)["net"] == "resnet34"
    assert link(student.at)["lang"] == "zh", "in one's own language"
    teacher.open("build", unfold="")
    teacher.press("w_bring")
    student.at.session_state["class_go"] = True
    student.look()
    student.look()
    assert link(student.at)["unfold"] == "", "what is folded too"


def test_a_second_press_of_the_remote_counts_from_where_the_first_one_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it comes before the run of that page has begun."""
    _, teacher = a_class(monkeypatch)
    teacher.open("mixing")
    led: list[str] = []

    def overtaken(page: str, _: dict[str, str]) -> None:
        led.append(page)
        st.stop()

    monkeypatch.setattr("resnet_viz.ui.kit.classroom._open", overtaken)
    for step in (1, 1, -1):
        teacher.at.session_state["class_step"] = step
        teacher.look()
    assert led == ["bottleneck", "build", "bottleneck"]


def test_the_teachers_runs_are_on_every_members_board_before_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    code, teacher = a_class(monkeypatch)
    runs = experiments()
    student = BenchBrowser(monkeypatch).open("degradation", runs=runs[2], **{"class": code})
    key = teacher.cookies["resnet_viz_teacher"]
    classes().act(code, key, lambda found: found.running(runs[:2]))
    student.look()
    student.look()
    assert link(student.at)["runs"].split("!") == runs
    classes().act(code, key, lambda found: found.running(runs[1:2]))
    student.look()
    student.look()
    assert link(student.at)["runs"].split("!") == runs[1:]


def experiments() -> list[str]:
    from resnet_viz.studies.race import network

    return [str(Experiment(network(depth, plain=plain), steps=20)) for depth, plain in ((8, True), (8, False), (14, False))]


def test_a_teacher_may_stop_the_classs_runs_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    from resnet_viz.ui.kit import class_session, run_client

    code, _ = a_class(monkeypatch)
    classes().join(code, digest("student"), "degradation")
    for teaches, owner, may in ((True, "student", True), (True, "stranger", False), (False, "student", False)):
        monkeypatch.setattr(run_client, "teaches", lambda teaches=teaches: teaches)
        monkeypatch.setattr(run_client, "classroom", lambda: now(code))
        assert run_client.right()(owner) is may
    assert class_session.place().code == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_teach_alone_as_teacher_and_as_member(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    words = lesson("teach", language)
    alone = BenchBrowser(monkeypatch).open("teach", lang=language)
    assert words.sections["stored"] in alone.says
    code, teacher = a_class(monkeypatch)
    alone.at.text_input(key="w_join_teach").set_value(f" {code.lower()} ")
    join = next(button for button in alone.at.button if button.label == lesson("classroom", language).labels["join"])
    alone.does(lambda: join.click().run())
    assert classes().joined_by(digest(alone.cookies[COOKIE])) == now(code)
    alone.look()
    assert lesson("classroom", language).say("in_class", code=code) in alone.says
    teacher.open("teach", lang=language)
    assert code in "".join(str(html.value) for html in teacher.at.get("html") if hasattr(html, "value")) + teacher.says
    assert words.labels["questions_none"] in teacher.says
    classes().vote(code, f"{PAGE}.{KEY}", digest(alone.cookies[COOKIE]), 1)
    teacher.look()
    assert words.labels["questions_none"] not in teacher.says
    teacher.press(f"w_ask_class_{PAGE}.{KEY}")
    teacher.press(f"w_reveal_{PAGE}.{KEY}")
    assert now(code).poll(f"{PAGE}.{KEY}").state == "revealed"
    alone.press("w_class_leave")
    alone.look()
    assert now(code).members == {}


def all_numbers(browser: BenchBrowser) -> list[object]:
    """The buttons that offer the table of all claims."""
    return [button for button in browser.at.get("download_button") if button.proto.id.endswith("claims_all_claims.csv")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_claim_came_to_waits_for_the_teacher_wherever_it_stands(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = lesson("claims", language)
    found = {claim: measured(claim) for claim in CLAIMS}
    others = {claim: finding for claim, finding in found.items() if claim != "cost"}
    code, teacher = a_class(monkeypatch)
    student = BenchBrowser(monkeypatch).open("claims", claims="cost.order", further="all", lang=language, **{"class": code})

    def verdicts() -> list[str]:
        return list(student.at.table[0].value[words.labels["column_verdict"]])

    def mark() -> str:
        name = next(name for name in student.at.radio("w_claim").options if name.startswith(f"{CLAIMS.index('cost') + 1}."))
        return str(name).rpartition(" ")[2]

    whole = [verdict_text(claim, finding, words) for claim, finding in found.items()]
    shown = words.labels[f"mark_{found['cost'].verdict}"]
    assert verdicts() == whole
    assert mark() == shown
    teacher.open("claims", claim="cost", lang=language).press("w_ask_class_claims.claim_cost")
    student.look()
    assert verdicts() == ["–" if claim == "cost" else verdict for claim, verdict in zip(CLAIMS, whole, strict=True)]
    assert mark() != shown
    assert summary(others, {}, words) in student.says
    assert all_numbers(student), "those of the others can be taken along"
    assert because("cost", found["cost"], words) not in student.says
    teacher.press("w_reveal_claims.claim_cost")
    student.look()
    assert verdicts() == whole
    assert summary(found, {}, words) in student.says


def test_a_class_whose_answers_are_hidden_sees_what_no_claim_came_to(monkeypatch: pytest.MonkeyPatch) -> None:
    code, teacher = a_class(monkeypatch)
    teacher.open("claims")
    teacher.unfold("w_class_code")
    teacher.does(lambda: teacher.at.pills(key="w_class_hide").set_value(["answers"]).run())  # type: ignore[attr-defined]
    student = BenchBrowser(monkeypatch).open("claims", claims="cost.order", further="all", **{"class": code})
    assert {*student.at.table[0].value[lesson("claims").labels["column_verdict"]]} == {"–"}
    assert WORDS.labels["result_later"] in student.says
    assert not all_numbers(student)
