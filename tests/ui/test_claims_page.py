"""Claims, measured, and the quiz, run by Streamlit's own test bench."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from fractions import Fraction

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from resnet_viz.nets.weights import WeightsUnavailable
from resnet_viz.studies.claims import CLAIMS, measure
from resnet_viz.studies.quiz import QUESTIONS, answer, claim_of
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.kit.by_browser import own_answers
from resnet_viz.ui.kit.course import LESSONS
from resnet_viz.ui.kit.visitor import COOKIE
from resnet_viz.ui.lessons.claims import one_claim, pictures, quiz_result
from resnet_viz.ui.lessons.claims.measurement import measured
from resnet_viz.ui.lessons.claims.pictures import said
from resnet_viz.ui.lessons.claims.quiz_answers import ask_text, option_texts
from resnet_viz.ui.lessons.claims.verdicts import GUESSES, VERDICTS, because, instead, right_guess, summary, to_csv
from tests.thinned import quickly
from tests.ui.test_pages import link, open_page, texts

WORDS, QUIZ = lesson("claims"), lesson("quiz")


@pytest.fixture(autouse=True)
def no_answers() -> Iterator[None]:
    """No test sees another's answers."""
    own_answers().clear()
    yield
    own_answers().clear()


def boxes(at: AppTest) -> str:
    return "\n".join(str(box.value) for kind in ("success", "warning", "info") for box in at.get(kind))


def guess(at: AppTest, claim: str, option: int | str) -> None:
    at.button(f"w_predict_claim_{claim}_{option}").click().run()
    assert not at.exception


def go_to(at: AppTest, claim: str) -> None:
    at.radio("w_claim").set_value(claim).run()
    assert not at.exception


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("claim", CLAIMS)
def test_nothing_is_measured_before_somebody_guesses(claim: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_claim, "measured", lambda _: pytest.fail("nobody asked"))
    at = open_page("claims", claim=claim, lang=language)
    words = lesson("claims", language)
    assert f"{CLAIMS.index(claim) + 1}. {words.labels[f'claim_{claim}']}" in [header.value for header in at.subheader]
    assert words.labels["guess"] in texts(at)
    assert not at.error
    assert link(at).get("claims") is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("claim", CLAIMS)
def test_a_guess_brings_the_verdict_the_numbers_and_a_link(claim: str, language: str) -> None:
    at, words, common = open_page("claims", claim=claim, lang=language), lesson("claims", language), lesson("common", language)
    found = measured(claim)
    guess(at, claim, right_guess(found))
    assert because(claim, found, words) in texts(at)
    assert f"**{common.labels['right']}**" in texts(at)
    assert link(at)["claims"] == claim
    assert (words.labels["instead"] in texts(at)) == (found.verdict != "holds")
    assert one_claim.LESSONS[claim] in LESSONS
    assert summary({claim: found}, {claim: right_guess(found)}, words) in texts(at)
    guess(at, claim, "again")
    assert because(claim, found, words) not in texts(at)
    assert "claims" not in link(at)


def test_behind_the_last_claim_come_those_that_were_left_out() -> None:
    first, second, *_, last = CLAIMS
    at = open_page("claims", claims=first, claim=last)
    at.button("w_claim_next").click().run()
    assert at.radio("w_claim").value == second


def test_one_claim_after_the_other() -> None:
    at = open_page("claims")
    for claim in CLAIMS:
        assert at.radio("w_claim").value == claim
        guess(at, claim, "show")
        if claim != CLAIMS[-1]:
            at.button("w_claim_next").click().run()
    assert at.button("w_claim_next").disabled
    assert link(at)["claims"].split(".") == list(CLAIMS)
    marks = [option.rpartition(" ")[2] for option in at.radio("w_claim").options]
    assert marks == [WORDS.labels[f"mark_{measured(claim).verdict}"] for claim in CLAIMS]
    assert WORDS.labels["marks"] in texts(at)
    assert all(mark in WORDS.labels["marks"] for mark in marks)


def test_a_name_whose_mark_has_changed_on_the_way_chooses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser names what is chosen by the words that it has drawn."""
    at = open_page("claims", lang="en")
    radio = at.radio("w_claim")
    radio.options[2] += " ✓"
    monkeypatch.setattr(type(radio), "index", 2)
    radio.run()
    assert not at.exception
    monkeypatch.undo()
    assert at.radio("w_claim").value == CLAIMS[0]
    go_to(at, CLAIMS[2])
    assert at.radio("w_claim").value == CLAIMS[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_at_once_as_a_further_experiment(language: str) -> None:
    at, words = open_page("claims", lang=language, further="all"), lesson("claims", language)
    found = {claim: measured(claim) for claim in CLAIMS}
    assert summary(found, {}, words) in texts(at)
    assert not at.exception
    assert not at.error
    said_of_code = at.table[0].value[words.labels["column_claim"]][CLAIMS.index("code")]
    assert said_of_code.startswith(words.labels["claim_code"])
    assert "out = conv3(out)" in said_of_code


def test_a_link_opens_what_it_names_and_a_bad_one_says_so() -> None:
    at = open_page("claims", claims="cost.shapes")
    assert said("shapes", measured("shapes"), WORDS) in texts(at), "the first of them is shown"
    go_to(at, "cost")
    assert said("cost", measured("cost"), WORDS) in texts(at)
    go_to(at, "order")
    assert said("order", measured("order"), WORDS) not in texts(at)
    assert link(at)["claims"] == "shapes.cost", "in the page's order"
    assert link(at)["claim"] == "order"
    bad = open_page("claims", claims="cost.cheese")
    assert any("cheese" in warning.value for warning in bad.warning)


def test_guesses_are_scored() -> None:
    at = open_page("claims")
    for claim, said_ in (("cost", "not"), ("shapes", "holds"), ("order", "holds")):
        go_to(at, claim)
        guess(at, claim, GUESSES.index(said_))
    assert WORDS.say("score", right=2, made=3) in texts(at)


def test_damaged_weights_are_a_sentence_and_the_other_claims_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(claim: str) -> object:
        if claim == "attention":
            raise WeightsUnavailable("broken", file="x.safetensors")
        return measured(claim)

    monkeypatch.setattr(one_claim, "measured", damaged)
    at = open_page("claims", claims="attention.cost", claim="attention")
    assert not at.exception
    assert "x.safetensors" in boxes(at)
    go_to(at, "cost")
    assert said("cost", measured("cost"), WORDS) in texts(at)


def test_the_numbers_as_a_table() -> None:
    found = {claim: measure(claim) for claim in ("cost", "order", "strides")}
    rows = list(csv.DictReader(io.StringIO(to_csv(found))))
    numbers = {(row["claim"], row["number"]): row["value"] for row in rows}
    assert numbers["cost", "share"] == "17/16"
    assert numbers["order", "small_norm_relu"] == "9"
    assert numbers["strides", "resnet18"] == "3"
    assert (numbers["order", "small convolutions"], numbers["strides", "large 1 after 1"]) == ("20", "256")
    assert {row["verdict"] for row in rows} == {"corrected"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_has_all_its_numbers(language: str) -> None:
    words = lesson("claims", language)
    for claim in CLAIMS:
        found = measured(claim)
        told = [because(claim, found, words), words.say(f"note_{claim}", **found.numbers), instead(claim, found, words)]
        assert not any("{" in text or "nan" in text for text in told)
        assert bool(told[-1]) == (found.verdict != "holds")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_summary_counts_what_was_measured(language: str) -> None:
    words, found = lesson("claims", language), {claim: measured(claim) for claim in CLAIMS}
    for few in itertools.combinations(CLAIMS, 2):
        some = {claim: found[claim] for claim in few}
        counts = {verdict: sum(one.verdict == verdict for one in some.values()) for verdict in VERDICTS}
        assert summary(some, {}, words) == words.say("summary", count=2, **counts)
        assert summary(some, dict.fromkeys(few, 0), words).endswith(
            words.say("score", right=sum(one.verdict == "holds" for one in some.values()), made=2)
        )


# Prose that claims something of its own


def test_the_quotient_in_the_note_on_cost() -> None:
    cost = measure("cost").numbers
    assert cost["claimed_quotient"] == Fraction(3, 4) / 18 == Fraction(1, 24) != cost["claimed_ratio"]


def test_a_block_that_changes_the_shape_projects_and_no_other() -> None:
    """As the notes on shapes and on strides say: ResNet-18's very first block needs nothing."""
    from resnet_viz import plan, preset

    blocks = plan(preset("resnet18"), 224).blocks
    assert [block.shortcut == "projection" for block in blocks] == [block.in_shape != block.out_shape for block in blocks]
    assert blocks[0].shortcut == "identity"


def test_the_code_that_is_shown_has_batchnorm_on_the_projection_only() -> None:
    for language in LANGUAGES:
        lines = lesson("claims", language).sections["code"].splitlines()
        assert [("shortcut" in line) for line in lines if "BatchNorm" in line] == [True]


def test_the_sides_in_the_note_on_strides() -> None:
    from resnet_viz import plan, preset

    layers = {layer.name: layer for layer in plan(preset("resnet18"), 224).layers}
    sides = [layers["conv1"].in_shape[1], layers["conv1"].out_shape[1], layers["maxpool"].out_shape[1]]
    for language in LANGUAGES:
        note = lesson("claims", language).labels["note_strides"]
        assert all(str(side) in note for side in sides)


# Quiz


def choose(at: AppTest, question: str, option: int) -> None:
    at.button(key=f"w_quiz_{question}_{option}").click().run()
    assert not at.exception


@pytest.mark.parametrize("number", quickly(range(1, len(QUESTIONS) + 1), *range(1, len(QUESTIONS) + 1, 3)))
def test_every_question_and_its_feedback(number: int) -> None:
    language = list(LANGUAGES)[number % 2]
    question, words = QUESTIONS[number - 1], lesson("quiz", language)
    found = answer(question)
    at = open_page("claims", quiz=str(number), lang=language)
    options = option_texts(question, found, words)
    buttons = [b for b in at.button if str(b.key).startswith("w_quiz_") and str(b.key)[-1].isdigit()]
    assert [b.label for b in buttons] == [f"{'ABCD'[i]}. {option}" for i, option in enumerate(options)]
    assert ask_text(question, found, words) in [header.value for header in at.subheader]
    assert words.say(f"because_{question}", **found.numbers) not in texts(at)
    choose(at, question, found.right)
    assert words.labels["right"] in boxes(at)
    assert words.say(f"because_{question}", **found.numbers) in boxes(at)
    if language != "en":
        return
    wrong = open_page("claims", quiz=str(number), lang=language)
    choose(wrong, question, (found.right + 1) % len(options))
    assert words.say("wrong", option=options[found.right]) in boxes(wrong)
    own, right = ((found.right + step) % len(options) for step in (1, 0))
    assert lesson("common").say("your_answer", option=f"✗ {buttons[own].label}") in texts(wrong)
    assert f"**✓ {buttons[right].label}**" in texts(wrong)


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_picture_stands_under_the_key_that_it_is_given(claim: str, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = []
    monkeypatch.setattr(pictures, "figure", lambda _svg, *, key: keys.append(key))
    pictures.draw(claim, measured(claim), WORDS, "somewhere")
    assert keys in ([], ["somewhere"]), "a table needs none"


@pytest.mark.parametrize("question", [question for question in QUESTIONS if claim_of(question)])
def test_a_question_and_the_claim_above_it_show_the_same_picture(question: str) -> None:
    at = open_page("claims", claim=claim_of(question), quiz=str(QUESTIONS.index(question) + 1))
    guess(at, claim_of(question), "show")
    choose(at, question, 0)
    found = answer(question)
    assert QUIZ.say(f"because_{question}", **found.numbers) in boxes(at)
    assert not at.error


def is_open(at: AppTest, question: str) -> bool:
    return any(str(button.key).startswith(f"w_quiz_{question}_") for button in at.button)


def test_alone_nobody_sees_or_changes_anothers_answers() -> None:
    one, other = open_page("claims"), open_page("claims")
    choose(one, QUESTIONS[0], answer(QUESTIONS[0]).right)
    before = texts(one.run())
    assert not is_open(one, QUESTIONS[0]), "no second answer"
    assert is_open(other.run(), QUESTIONS[0])
    choose(other, QUESTIONS[0], 1)
    assert texts(one.run()) == before
    assert QUIZ.say("score", right=1, made=1) in "".join(str(bar.proto.text) for bar in one.get("progress"))


def test_a_reload_brings_back_ones_own_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def browser(name: str, **view: str) -> AppTest:
        """A new session in the browser whose cookie says this name."""
        monkeypatch.setattr(type(st.context), "cookies", property(lambda _: {COOKIE: name}))
        return open_page("claims", **view)

    choose(browser("0" * 32), QUESTIONS[0], 1)
    assert not is_open(browser("0" * 32), QUESTIONS[0])
    choose(browser("1" * 32), QUESTIONS[0], 2)
    assert own_answers().of("0" * 32) == {QUESTIONS[0]: 1}
    guess(browser("1" * 32), CLAIMS[0], 0)
    back = browser("1" * 32, claims=CLAIMS[0])
    assert lesson("common").say("your_answer", option="").strip() in texts(back), "the link and the cookie bring the guess back"
    assert is_open(browser("no name of ours"), QUESTIONS[0]), "who brings none is a session of its own"


def test_next_and_back_go_on_and_the_link_knows() -> None:
    at = open_page("claims")
    choose(at, QUESTIONS[0], 0)
    assert at.button(key="w_quiz_back").disabled
    at.button(key="w_quiz_next").click().run()
    assert link(at)["quiz"] == "2"
    assert ask_text(QUESTIONS[1], answer(QUESTIONS[1]), QUIZ) in [header.value for header in at.subheader]
    at.button(key="w_quiz_back").click().run()
    assert "quiz" not in link(at)


def test_the_result_comes_after_the_last_question_and_leads_back() -> None:
    at = open_page("claims", quiz=str(len(QUESTIONS)))
    found = answer(QUESTIONS[-1])
    choose(at, QUESTIONS[-1], (found.right + 1) % len(found.options))
    assert at.button(key="w_quiz_next").label == QUIZ.labels["to_result"]
    at.button(key="w_quiz_next").click().run()
    assert link(at)["quiz"] == str(len(QUESTIONS) + 1)
    assert at.button(key="w_quiz_next").disabled
    assert QUIZ.labels["result_back"] in [header.value for header in at.subheader]
    assert quiz_result.missed({QUESTIONS[-1]: -1}, {QUESTIONS[-1]: found.right}) == {"claims": [QUESTIONS[-1]]}
    assert at.button(key="w_quiz_open").label == QUIZ.say("still_open", count=len(QUESTIONS) - 1)
    at.button(key="w_quiz_open").click().run()
    assert "quiz" not in link(at), "the first question that is open"
