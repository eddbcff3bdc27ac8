"""A class: a teacher and three students, each in a browser of their own."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from resnet_viz.jobs.run_state import key_of
from resnet_viz.studies.race import network
from resnet_viz.text import lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.classroom.route import ANSWERS, CLOSE, OPEN
from tests.browser.conftest import Visitor, heading, serious_findings_in_both_schemes
from tests.waiting import until

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
WORDS, TEACH, COMMON, BLOCK, DEGRADATION = map(lesson, ("classroom", "teach", "common", "block", "degradation"))
SOON = 30_000
OFFLINE = 10_000
"""Milliseconds by the clock of the browser that is offline."""
OPTIONS = [BLOCK.labels[f"predict_{i}"] for i in range(3)]
RIGHT = 1


def open_class(visit: Visit) -> tuple[Visitor, str]:
    """A teacher at the desk of a new class, and its code."""
    teacher = visit()
    page = teacher.open("/teach?lang=en")
    page.get_by_role("button", name=TEACH.labels["open"], exact=True).click()
    code = page.locator(".rv-invitation strong")
    expect(code).to_be_visible(timeout=SOON)
    teacher.settled()
    return teacher, code.inner_text()


def close_class(teacher: Visitor) -> None:
    page = teacher.open("/teach?lang=en")
    page.get_by_role("checkbox", name=TEACH.labels["close_sure"]).check()
    page.get_by_role("button", name=TEACH.labels["close"]).click()
    expect(page.get_by_role("heading", name=TEACH.labels["join_head"])).to_be_visible(timeout=SOON)
    teacher.settled()


def vote(student: Visitor, option: int) -> None:
    student.page.get_by_role("button", name=OPTIONS[option], exact=True).click()
    expect(student.page.get_by_text(WORDS.say("answer_in", option=OPTIONS[option]))).to_be_visible(timeout=SOON)


def desk_button(teacher: Visitor, label: str) -> None:
    teacher.page.locator(".st-key-desk_block").get_by_role("button", name=WORDS.labels[label]).click()
    teacher.settled()


REMEMBER_NOTES = """() => {
  window.notes = []
  const look = () => {
    for (const each of document.querySelectorAll("[data-testid=stBidiComponentIsolated]")) {
      const note = each.shadowRoot?.querySelector("aside.note:not([hidden])")
      const said = note?.checkVisibility() ? note.textContent : ""
      if (said && window.notes.at(-1) !== said) window.notes.push(said)
    }
    requestAnimationFrame(look)
  }
  look()
}"""
"""From now on, what a tab's note has said, looked at once a frame."""


@pytest.mark.endurance
def test_a_class_joins_votes_sees_and_follows(visit: Visit) -> None:
    teacher, code = open_class(visit)
    by_link, by_code, at_home = visit(), visit(390, 844, has_touch=True), visit()
    students = (by_link, by_code, at_home)
    where = teacher.page.locator(".answers:has(.where) .count")
    where.evaluate("count => { count.wasHere = true }")

    by_link.open(f"/block?class={code}&lang=en")
    page = by_code.open("/teach?lang=en")
    page.get_by_role("textbox", name=WORDS.labels["code"]).fill(code.lower())
    expect(page.get_by_test_id("InputInstructions")).to_contain_text(COMMON.labels["input_submit"])
    page.get_by_role("button", name=WORDS.labels["join"], exact=True).click()
    expect(page.get_by_text(WORDS.say("in_class", code=code))).to_be_visible(timeout=SOON)
    by_code.open("/block?lang=en")
    page = at_home.open("/?lang=en")
    page.get_by_role("button", name=WORDS.labels["join_a_class"]).click()
    page.get_by_role("textbox", name=WORDS.labels["code"]).fill(f"{code[:2]} {code[2:]}")
    page.get_by_role("button", name=WORDS.labels["join"], exact=True).click()
    expect(page.get_by_role("button", name=code)).to_be_visible(timeout=SOON)
    at_home.open("/block?lang=en")
    expect(where).to_have_text(TEACH.say("where_here", count=3), timeout=SOON)
    assert where.evaluate("count => count.wasHere")
    expect(teacher.page.locator(".where li").filter(has_text=BLOCK.title)).to_contain_text("3", timeout=SOON)

    # asked: the students' pages follow by themselves, and the teacher's bars grow while the votes come
    teacher.open("/block?lang=en")
    desk_button(teacher, "ask_class")
    for student in students:
        expect(student.page.get_by_role("button", name=COMMON.labels["show_me"])).to_have_count(0, timeout=SOON)
    bars = teacher.page.locator(".st-key-ask_block li")
    bars.first.wait_for()
    drawn = teacher.page.locator(".st-key-ask_block :is(li i, .count)")
    drawn.evaluate_all("all => all.forEach(each => { each.wasHere = true })")
    for count, (student, option) in enumerate(zip(students, (0, 0, RIGHT), strict=True), 1):
        vote(student, option)
        expect(teacher.page.get_by_text(WORDS.say("bars_answered", answered=count, expected=3))).to_be_visible(timeout=SOON)
    stayed = "all => all.length > 2 && all.every(each => each.wasHere)"
    assert drawn.evaluate_all(stayed), "what is new does not grow, and its words are not read aloud"
    expect(bars.nth(0)).to_contain_text("2 · 67%")
    expect(bars.nth(RIGHT)).to_contain_text("1 · 33%")
    expect(by_link.page.get_by_text(WORDS.say("bars_answered", answered=3, expected=3))).to_be_visible(timeout=SOON)
    assert not by_link.page.locator("body").inner_text().count("67%"), "no student sees the class before the reveal"

    # a reload keeps place and answer
    by_code.page.reload()
    by_code.settled()
    expect(by_code.page.get_by_text(WORDS.say("answer_in", option=OPTIONS[0]))).to_be_visible(timeout=SOON)
    expect(by_code.page.get_by_role("button", name=OPTIONS[1], exact=True)).to_have_count(0)

    # revealed, and voted once more
    desk_button(teacher, "reveal")
    shown = teacher.page.locator(".st-key-answered_block")
    for seen in (shown.locator("li").first, shown.locator("li").last, shown.locator(".st-key-desk_block")):
        expect(seen).to_be_in_viewport(ratio=1, timeout=SOON)
    for student, verdict in zip(students, ("wrong", "wrong", "right"), strict=True):
        answered = student.page.locator(".st-key-answered_block")
        expect(answered).to_contain_text(COMMON.labels[verdict], timeout=SOON)
        expect(answered.locator("li").nth(0)).to_contain_text("2 · 67%")
    desk_button(teacher, "vote_again")
    expect(teacher.page.locator(".st-key-ask_block")).to_be_in_viewport(ratio=1, timeout=SOON)
    for student in students:
        vote(student, RIGHT)
    expect(bars.nth(0).locator(".bar")).to_have_count(2, timeout=SOON)
    expect(bars.nth(0).locator(".number")).to_have_text(["2 · 67%", "0"], timeout=SOON)
    expect(bars.nth(RIGHT).locator(".number")).to_have_text(["1 · 33%", "3 · 100%"], timeout=SOON)

    # brought to another view: one is asked, one follows, one stays
    at_home.page.get_by_role("button", name=code).click()
    at_home.page.get_by_text(WORDS.labels["follow"], exact=True).click()
    at_home.settled()
    at_home.page.evaluate(REMEMBER_NOTES)
    teacher.open("/build?lang=en&net=resnet34")
    teacher.page.get_by_role("button", name=WORDS.labels["bring"]).click()
    expect(at_home.page).to_have_url(re.compile("/build.*net=resnet34"), timeout=SOON)
    expect(at_home.page.get_by_role("heading", level=1)).to_have_text(heading("build"), timeout=SOON)
    going, note = (WORDS.say(f"note_{kind}", title=lesson("build").title) for kind in ("going", "here"))
    assert at_home.page.evaluate("() => window.notes") == [going], "who follows reads where to while the page is on its way"
    for student in (by_link, by_code):
        expect(student.page.get_by_text(note)).to_be_visible(timeout=SOON)
    by_link.page.get_by_role("button", name=WORDS.labels["note_go"]).click()
    expect(by_link.page).to_have_url(re.compile("/build.*net=resnet34"), timeout=SOON)
    by_code.page.get_by_role("button", name=WORDS.labels["note_stay"]).click()
    expect(by_code.page.get_by_text(note)).to_be_hidden()
    expect(by_code.page).to_have_url(re.compile("/block"))

    # the end: everybody goes on alone
    close_class(teacher)
    for student in students:
        expect(student.page.get_by_text(lesson("refused").labels["class_over"])).to_be_visible(timeout=SOON)


@pytest.mark.parametrize("language", ["zh"])
@pytest.mark.endurance
def test_a_phones_head_has_a_line_for_its_tools_in_a_class_too(visit: Visit, language: str) -> None:
    teacher, code = open_class(visit)
    student = visit(390, 844, has_touch=True, is_mobile=True)
    page = student.open(f"/bottleneck?class={code}&lang={language}")
    tools = page.locator(".st-key-tools")
    expect(tools.get_by_role("button", name=code)).to_be_visible()
    tops = tools.evaluate("e => [...e.children].filter(c => c.checkVisibility()).map(c => c.getBoundingClientRect().top)")
    assert len(tops) == 3
    assert len({round(top) for top in tops}) == 1
    close_class(teacher)


@pytest.mark.endurance
def test_the_teachers_runs_are_everybodys_and_only_the_teacher_stops_anothers(visit: Visit) -> None:
    teacher, code = open_class(visit)
    student, other = visit(), visit()
    theirs, shown = (Experiment(network(56), steps=2_000, seed=seed) for seed in (41, 42))
    train, stop = "Train it, 2,000 steps", DEGRADATION.labels["stop"]
    page = student.open(f"/degradation?class={code}&experiment={theirs}&train=all&lang=en")
    page.get_by_role("button", name=train).click()
    expect(page.get_by_role("button", name=stop, exact=True)).to_have_count(1, timeout=SOON)
    desk = teacher.open(f"/degradation?runs={theirs}&lang=en")
    desk.get_by_role("button", name=stop, exact=True).click(timeout=SOON)
    expect(page.get_by_text(re.compile("residual-56.*stopped at step|residual-56.*stopped")).first).to_be_visible(timeout=SOON)

    teacher.open(f"/degradation?experiment={shown}&train=all&lang=en")
    desk.get_by_role("button", name=train).click()
    expect(desk.get_by_role("button", name=stop, exact=True)).to_have_count(1, timeout=SOON)
    board = other.open(f"/degradation?class={code}&lang=en")
    expect(board.locator(f".st-key-run_{key_of(shown)}")).to_be_visible(timeout=SOON)
    expect(board.get_by_role("button", name=stop, exact=True)).to_have_count(0)
    desk.get_by_role("button", name=stop, exact=True).click()
    expect(board.locator(f".st-key-run_{key_of(shown)}")).to_contain_text("stop", timeout=SOON)
    close_class(teacher)


@pytest.mark.endurance
def test_who_was_offline_catches_up(visit: Visit) -> None:
    teacher, code = open_class(visit)
    student = visit()
    student.open(f"/block?class={code}&lang=en")
    teacher.open("/block?lang=en")
    desk_button(teacher, "ask_class")
    vote(student, RIGHT)
    since = student.page.evaluate("performance.now()")
    student.page.context.set_offline(True)
    desk_button(teacher, "reveal")
    desk_button(teacher, "vote_again")
    until(lambda: student.page.evaluate("performance.now()") - since > OFFLINE)
    assert student.page.url.split("?")[0].endswith("/block")
    expect(student.page.get_by_text(WORDS.say("answer_in", option=OPTIONS[RIGHT]))).to_be_visible()
    student.page.context.set_offline(False)
    expect(student.page.get_by_role("button", name=OPTIONS[0], exact=True)).to_be_visible(timeout=2 * SOON)
    vote(student, 0)
    numbers = teacher.page.locator(".st-key-ask_block li").nth(0).locator(".number")
    expect(numbers).to_have_text(["0", "1 · 100%"], timeout=SOON)
    right = teacher.page.locator(".st-key-ask_block li").nth(RIGHT).locator(".number")
    expect(right).to_have_text(["1 · 100%", "0"])  # what was said before the break is kept
    student.complaints = [said for said in student.complaints if "ERR_INTERNET_DISCONNECTED" not in said]
    close_class(teacher)


INPUTS = """() => {
  const found = [], walk = root => { for (const e of root.querySelectorAll('*')) {
    if (e.matches('input, select, textarea') && e.getRootNode() !== document) found.push(e)
    if (e.shadowRoot) walk(e.shadowRoot)
  } }
  document.querySelectorAll('[class*=st-key-picture_], [class*=st-key-figure_]').forEach(walk)
  return found.map(e => e.checkVisibility({ visibilityProperty: true }))
}"""


@pytest.mark.endurance
def test_no_picture_has_controls_where_they_are_hidden(visit: Visit) -> None:
    """The link stands for a class that hides them; Mixing has sliders in its picture."""
    visitor = visit()
    for name in ("mixing", "bottleneck"):
        visitor.open(f"/{name}?lang=en")
        until(lambda: any(visitor.page.evaluate(INPUTS)))
        visitor.open(f"/{name}?lang=en&hide=controls")
        until(lambda: (seen := visitor.page.evaluate(INPUTS)) and not any(seen))


def test_a_student_cannot_do_what_a_teacher_does(visit: Visit) -> None:
    teacher, code = open_class(visit)
    student = visit()
    page = student.open(f"/teach?class={code}&lang=en")
    assert "resnet_viz" not in page.evaluate("document.cookie"), "no script reads a key or a name"
    assert page.locator(".st-key-w_bring").count() == 0
    asks = page.context.request
    here, foreign = {"Origin": student.url}, {"Origin": "http://evil.example"}
    for path in (CLOSE, OPEN):
        assert asks.post(student.url + path, headers=foreign).status == 403
    for answer in (asks.post(student.url + CLOSE, headers=here), asks.get(student.url + ANSWERS)):
        assert answer.status == 403
        assert lesson("refused").labels["not_teacher"] in answer.text()
    owner = teacher.page.context.request.get(teacher.url + ANSWERS)
    assert owner.status == 200
    assert owner.text().startswith("kind,name,")
    close_class(teacher)


@pytest.mark.endurance
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_desk_is_accessible_and_fits_a_phone(visit: Visit, language: str) -> None:
    teacher, _ = open_class(visit)
    teacher.open(f"/teach?lang={language}")
    assert not serious_findings_in_both_schemes(teacher.page)
    teacher.page.set_viewport_size({"width": 390, "height": 844})
    assert teacher.page.evaluate("document.documentElement.scrollWidth") <= 390
    close_class(teacher)
