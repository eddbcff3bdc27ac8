"""Claims, measured, run by Streamlit's own test bench."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from fractions import Fraction

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from resnet_viz.nets.weights import WeightsUnavailable
from resnet_viz.studies.claims import CLAIMS, measure
from resnet_viz.studies.quiz import QUESTIONS, answer
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.kit.course import LESSONS
from resnet_viz.ui.kit.visitor import COOKIE
from resnet_viz.ui.kit.votes import tally
from resnet_viz.ui.lessons.claims import claims, quiz
from resnet_viz.ui.lessons.claims.pictures import said
from tests.ui.test_pages import link, open_page, texts

WORDS, QUIZ = lesson("claims"), lesson("quiz")


@pytest.fixture(autouse=True)
def new_round() -> Iterator[None]:
    """No test sees another's votes."""
    tally().clear()
    yield
    tally().clear()


def boxes(at: AppTest) -> str:
    return "\n".join(str(box.value) for kind in ("success", "warning", "info") for box in at.get(kind))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_measured_before_somebody_asks(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "measured", lambda _: pytest.fail("nobody asked"))
    at = open_page("claims", lang=language)
    words = lesson("claims", language)
    shown = [header.value for header in at.subheader]
    for number, claim in enumerate(CLAIMS, 1):
        assert f"{number}. {words.labels[f'claim_{claim}']}" in shown
        assert at.button(key=f"w_measure_{claim}").label == words.labels["measure"]
    assert not boxes(at)
    assert not at.error


@pytest.mark.parametrize("claim", CLAIMS)
def test_measuring_one_gives_its_verdict_its_numbers_and_a_link(claim: str) -> None:
    at = open_page("claims")
    at.button(key=f"w_measure_{claim}").click().run()
    assert not at.exception
    found = claims.measured(claim)
    assert claims.verdict_text(claim, found, WORDS) in boxes(at)
    assert said(claim, found, WORDS) in boxes(at)
    assert link(at)["claims"] == claim
    assert (WORDS.labels["instead"] in texts(at)) == (found.verdict != "holds")
    assert claims.LESSONS[claim] in LESSONS
    assert WORDS.say("summary", count=1, **{v: int(v == found.verdict) for v in ("holds", "corrected", "depends")}) in texts(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_measuring_all(language: str) -> None:
    at = open_page("claims", lang=language)
    at.button(key="w_measure_all").click().run()
    assert not at.exception
    assert not at.error
    words = lesson("claims", language)
    for claim in CLAIMS:
        assert said(claim, claims.measured(claim), words) in boxes(at)
    assert link(at)["claims"].split(".") == list(CLAIMS)
    assert at.button(key="w_measure_all").disabled
    at.button(key="w_close_all").click().run()
    assert "claims" not in link(at)
    assert not boxes(at)


def test_a_link_opens_what_it_names_and_a_bad_one_says_so() -> None:
    at = open_page("claims", claims="cost.shapes")
    assert said("cost", claims.measured("cost"), WORDS) in boxes(at)
    assert said("shapes", claims.measured("shapes"), WORDS) in boxes(at)
    assert said("order", claims.measured("order"), WORDS) not in boxes(at)
    assert link(at)["claims"] == "shapes.cost", "in the page's order"
    bad = open_page("claims", claims="cost.cheese")
    assert any("cheese" in warning.value for warning in bad.warning)


def pick(at: AppTest, claim: str, guess: str) -> None:
    pills = next(p for p in at.get("button_group") if str(p.key).startswith(f"w_guess_{claim}_"))
    pills.select(WORDS.labels[f"guess_{guess}"]).run()
    assert not at.exception


def test_the_class_guesses_before_it_knows() -> None:
    one, other, late = open_page("claims"), open_page("claims"), open_page("claims", claims="cost")
    pick(one, "cost", "holds")
    pick(other, "cost", "not")
    pick(late, "cost", "not")
    one.button(key="w_measure_cost").click().run()
    assert WORDS.say("class_guessed", holds=1, other=1) in texts(one), "who knew the answer is not counted"
    assert WORDS.say("class_guessed", holds=1, other=1) in texts(late.run())
    tally().clear()
    one.run()
    assert WORDS.labels["class_guessed"].split("{")[0] not in texts(one)
    assert WORDS.labels["score"].split("{")[0] not in texts(one), "a new round forgets the guesses"


def test_guesses_are_scored() -> None:
    at = open_page("claims", claims="cost.shapes.order")
    for claim, guess in (("cost", "not"), ("shapes", "holds"), ("order", "holds")):
        pick(at, claim, guess)
    assert WORDS.say("score", right=2, made=3) in texts(at)


def test_damaged_weights_are_a_sentence_and_the_other_claims_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = claims.measured

    def damaged(claim: str) -> object:
        if claim == "attention":
            raise WeightsUnavailable("broken", file="x.safetensors")
        return whole(claim)

    monkeypatch.setattr(claims, "measured", damaged)
    at = open_page("claims", claims="attention.cost")
    assert not at.exception
    assert "x.safetensors" in boxes(at)
    assert said("cost", whole("cost"), WORDS) in boxes(at)


def test_the_numbers_as_a_table() -> None:
    found = {claim: measure(claim) for claim in ("cost", "order", "strides")}
    rows = list(csv.DictReader(io.StringIO(claims.to_csv(found))))
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
        found = claims.measured(claim)
        told = [said(claim, found, words), words.say(f"note_{claim}", **found.numbers)]
        if found.verdict != "holds":
            told.append(words.say(f"instead_{claim}", **found.numbers))
        assert not any("{" in text or "nan" in text for text in told)


# Prose that claims something of its own


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fraction_in_the_note_on_cost(language: str) -> None:
    cost = measure("cost").numbers
    assert cost["claimed_share"] / cost["basic_share"] == Fraction(1, 24) != cost["claimed_ratio"]
    assert "1/24" in lesson("claims", language).labels["note_cost"]


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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", range(1, len(QUESTIONS) + 1))
def test_every_question_and_its_feedback(number: int, language: str) -> None:
    question, words = QUESTIONS[number - 1], lesson("quiz", language)
    found = answer(question)
    at = open_page("claims", quiz=str(number), lang=language)
    options = quiz.option_texts(question, found, words)
    buttons = [b for b in at.button if str(b.key).startswith("w_quiz_") and str(b.key)[-1].isdigit()]
    assert [b.label for b in buttons] == [f"{'ABCD'[i]}. {option}" for i, option in enumerate(options)]
    assert words.say("so_far", count=0) not in texts(at), "shown only after one's own answer"
    choose(at, question, found.right)
    assert words.labels["right"] in boxes(at)
    assert words.say(f"because_{question}", **found.numbers) in boxes(at)
    assert words.say("so_far", count=1) in texts(at)
    if language != "en":
        return
    wrong = open_page("claims", quiz=str(number), lang=language)
    choose(wrong, question, (found.right + 1) % len(options))
    assert words.say("wrong", option=options[found.right]) in boxes(wrong)
    assert words.say("so_far", count=2) in texts(wrong)
    counts = tally().counts(question, len(options))
    assert counts[found.right] == counts[(found.right + 1) % len(options)] == 1


def test_two_sessions_share_the_tally_and_each_votes_once() -> None:
    one, other = open_page("claims"), open_page("claims")
    choose(one, QUESTIONS[0], 0)
    assert QUIZ.say("so_far", count=1) in texts(one)
    choose(other, QUESTIONS[0], 1)
    assert QUIZ.say("so_far", count=2) in texts(other)
    other.run()
    assert tally().counts(QUESTIONS[0], 4) == [1, 1, 0, 0], "running again counts nothing again"
    assert not [b for b in other.button if str(b.key).startswith(f"w_quiz_{QUESTIONS[0]}")], "no second answer"
    one.run()
    assert QUIZ.say("so_far", count=2) in texts(one)


def test_a_reload_brings_back_ones_own_answers_and_no_second_vote(monkeypatch: pytest.MonkeyPatch) -> None:
    def browser(name: str) -> AppTest:
        """A new session in the browser whose cookie says this name."""
        monkeypatch.setattr(type(st.context), "cookies", property(lambda _: {COOKIE: name}))
        return open_page("claims")

    choose(browser("0" * 32), QUESTIONS[0], 1)
    again = browser("0" * 32)
    assert not [b for b in again.button if str(b.key).startswith(f"w_quiz_{QUESTIONS[0]}")]
    assert QUIZ.say("score", right=int(answer(QUESTIONS[0]).right == 1), made=1, all=len(QUESTIONS)) in texts(again)
    choose(browser("1" * 32), QUESTIONS[0], 2)
    assert tally().counts(QUESTIONS[0], 4) == [0, 1, 1, 0]
    pick(browser("1" * 32), CLAIMS[0], "holds")
    assert browser("1" * 32).pills(f"w_guess_{CLAIMS[0]}_{tally().round}").value == "holds"
    choose(browser("no name of ours"), QUESTIONS[0], 2)
    assert tally().voters == 3, "who brings none votes as a session"


def test_next_goes_on_and_the_link_knows() -> None:
    at = open_page("claims")
    choose(at, QUESTIONS[0], 0)
    at.button(key="w_quiz_next").click().run()
    assert link(at)["quiz"] == "2"
    assert QUIZ.labels[f"ask_{QUESTIONS[1]}"] in [header.value for header in at.subheader]
    assert QUIZ.say("score", right=int(answer(QUESTIONS[0]).right == 0), made=1, all=len(QUESTIONS)) in texts(at)


def test_a_new_round_opens_the_questions_for_everybody() -> None:
    one, other = open_page("claims"), open_page("claims")
    for at in (one, other):
        choose(at, QUESTIONS[0], 2)
    one.button(key="w_quiz_clear").click().run()
    assert tally().counts(QUESTIONS[0], 4) == [0, 0, 2, 0], "it asks first"
    assert QUIZ.say("clear_sure", voters=2) in boxes(one)
    one.button(key="w_quiz_clear_no").click().run()
    assert tally().voters == 2
    one.button(key="w_quiz_clear").click().run()
    one.button(key="w_quiz_clear_yes").click().run()
    other.run()
    assert tally().counts(QUESTIONS[0], 4) == [0, 0, 0, 0]
    for at in (one, other):
        choose(at, QUESTIONS[0], 3)
    assert tally().counts(QUESTIONS[0], 4) == [0, 0, 0, 2]
