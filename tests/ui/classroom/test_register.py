"""Classes: whatever is done to them, in whatever order, also over a restart, the register holds what a plain model holds."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from resnet_viz.refused import Refused
from resnet_viz.ui.classroom import classroom as classroom_module
from resnet_viz.ui.classroom import register as register_module
from resnet_viz.ui.classroom.class_file import ClassFile
from resnet_viz.ui.classroom.classroom import LENGTH, PRESENT, Classroom, digest, new_code, read_code
from resnet_viz.ui.classroom.poll import MOST_ROUNDS, SHOWN, Poll, Wording
from resnet_viz.ui.classroom.register import AGAIN, DAY, MOST_WRONG, MOST_WRONG_OF_ALL, Register, require_teacher
from resnet_viz.ui.classroom.wrong_tries import WITHIN

MEMBERS = st.sampled_from([f"m{i}" for i in range(6)])
QUESTIONS = st.sampled_from(["block.block", "why.lesion", "claims.quiz_why_paths"])
OPTIONS = st.integers(SHOWN, 3)


class Clock:
    """Time that goes by when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class OneQuestion:
    """What a question is by its rules, kept in the plainest way."""

    def __init__(self) -> None:
        self.state, self.rounds = "free", [dict[str, int]()]

    def vote(self, member: str, option: int) -> None:
        may = self.state == "free" or (self.state == "asked" and option != SHOWN)
        if may and member not in self.rounds[-1]:
            self.rounds[-1][member] = option

    def ask(self) -> None:
        if self.state == "free":
            self.state = "asked"
        elif self.state == "asked" and {*self.rounds[-1].values()} <= {SHOWN}:
            pass  # nobody has answered yet: it is being asked
        elif len(self.rounds) < MOST_ROUNDS:
            self.state = "asked"
            self.rounds.append({})


class ClassesBehave(RuleBasedStateMachine):
    """Two classes and six browsers."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock, self.told = Clock(), list[tuple[str, list[str]]]()
        self.classes = self.made()
        self.keys: dict[str, str] = {}
        self.inside: dict[str, str] = {}
        self.questions: dict[tuple[str, str], OneQuestion] = {}
        self.opened: dict[str, float] = {}

    def made(self) -> Register:
        file = ClassFile(Path(self.folder.name) / "classes.sqlite")
        return Register(file, lambda code, pages: self.told.append((code, [*pages])), self.clock)

    def teardown(self) -> None:
        self.classes.close()
        self.folder.cleanup()

    @initialize()
    def two(self) -> None:
        self.open()
        self.open()

    @precondition(lambda self: len(self.keys) < 3)
    @rule()
    def open(self) -> None:
        found, key = self.classes.open()
        self.keys[found.code], self.opened[found.code] = key, self.clock.now

    @precondition(lambda self: self.keys)
    @rule(member=MEMBERS, page=st.sampled_from(["block", "why"]), data=st.data())
    def join(self, member: str, page: str, data: st.DataObject) -> None:
        code = data.draw(st.sampled_from([*self.keys]))
        self.classes.join(code, member, page)
        self.inside[member] = code

    @rule(member=MEMBERS)
    def leave(self, member: str) -> None:
        self.classes.leave(member)
        self.inside.pop(member, None)

    @precondition(lambda self: self.keys)
    @rule(member=MEMBERS, question=QUESTIONS, option=OPTIONS, data=st.data())
    def vote(self, member: str, question: str, option: int, data: st.DataObject) -> None:
        code = data.draw(st.sampled_from([*self.keys]))
        self.classes.vote(code, question, member, option)
        if self.inside.get(member) == code:
            self.question(code, question).vote(member, option)

    @precondition(lambda self: self.keys)
    @rule(question=QUESTIONS, act=st.sampled_from(["asked", "revealed", "reset"]), data=st.data())
    def teach(self, question: str, act: str, data: st.DataObject) -> None:
        code = data.draw(st.sampled_from([*self.keys]))
        whose = data.draw(st.sampled_from([*self.keys]))
        key = data.draw(st.sampled_from([self.keys[whose], "", "somebody"]))

        def change(found: Classroom) -> Classroom:
            return found.with_poll(question, getattr(found.poll(question), act)())

        if key != self.keys[code]:
            with pytest.raises(Refused, match="only the teacher"):
                self.classes.act(code, key, change)
            return
        self.classes.act(code, key, change)
        mine = self.question(code, question)
        if act == "asked":
            mine.ask()
        elif act == "revealed":
            mine.state = "revealed"
        else:
            self.questions[code, question] = OneQuestion()

    @precondition(lambda self: self.keys)
    @rule(data=st.data())
    def close_one(self, data: st.DataObject) -> None:
        code = data.draw(st.sampled_from([*self.keys]))
        with pytest.raises(Refused, match="only the teacher"):
            self.classes.close_class(code, "somebody")
        self.classes.close_class(code, self.keys[code])
        self.gone(code)

    @rule(seconds=st.sampled_from([1.0, PRESENT, DAY / 3]))
    def time_goes_by(self, seconds: float) -> None:
        self.clock.now += seconds
        for code, opened in [*self.opened.items()]:
            if self.clock.now - opened >= DAY:
                self.gone(code)

    @rule()
    def restart(self) -> None:
        self.classes.close()
        self.classes = self.made()

    def question(self, code: str, question: str) -> OneQuestion:
        return self.questions.setdefault((code, question), OneQuestion())

    def gone(self, code: str) -> None:
        del self.keys[code], self.opened[code]
        self.inside = {member: where for member, where in self.inside.items() if where != code}
        self.questions = {which: question for which, question in self.questions.items() if which[0] != code}

    @invariant()
    def everything_is_as_the_model_has_it(self) -> None:
        for member in [f"m{i}" for i in range(6)]:
            found = self.classes.joined_by(member)
            assert (found.code if found else "") == self.inside.get(member, "")
        for code, key in self.keys.items():
            found = self.classes.find(code)
            assert found
            assert self.classes.taught_by(key) == found
            assert {*found.members} == {member for member, where in self.inside.items() if where == code}
        for (code, name), question in self.questions.items():
            found = self.classes.find(code)
            assert found
            poll = found.poll(name)
            assert (poll.state, [dict(votes) for votes in poll.rounds]) == (question.state, question.rounds)


TestClassesBehave = ClassesBehave.TestCase
TestClassesBehave.settings = settings(max_examples=25, stateful_step_count=30)


def register(tmp_path: Path, clock: Clock | None = None) -> Register:
    return Register(ClassFile(tmp_path / "classes.sqlite"), clock=clock or Clock())


def test_codes_are_read_out_easily_and_read_in_any_way() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    for code in codes:
        assert len(code) == LENGTH
        assert not set(code) & set("0O1IB8S5")
        assert read_code(f" {code[:2].lower()}-{code[2:]} ") == code


@pytest.mark.parametrize("text", ["", "K39T", "K39TAA", "<b>x1", "<b>x", "K" * 10_000, "课堂课堂课"])
def test_what_is_no_code_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(Refused, match="letters and digits"):
        read_code(text)


def test_letters_that_no_code_has_are_named() -> None:
    with pytest.raises(Refused, match="has 0, S in it") as refused:
        read_code("k0-9s0")
    assert "letters and digits" not in str(refused.value), "it has as many as a code has"


def test_everything_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_module, "MOST_CLASSES", 3)
    monkeypatch.setattr(classroom_module, "MOST_MEMBERS", 4)
    monkeypatch.setattr(classroom_module, "MOST_POLLS", 5)
    classes = register(tmp_path)
    found, key = classes.open()
    classes.join(found.code, "first", "block")
    empty, *others = [classes.open()[0].code for _ in range(3)]
    assert classes.find(found.code)
    assert classes.find(empty) is None, "the oldest without a member makes room"
    for code in others:
        classes.join(code, f"of {code}", "block")
    with pytest.raises(Refused, match="room for 3 classes"):
        classes.open()
    for i in range(3):
        classes.join(found.code, str(i), "block")
    with pytest.raises(Refused, match="room for 4 browsers"):
        classes.join(found.code, "one more", "block")
    assert classes.joined_by("one more") is None
    for i in range(5):
        classes.vote(found.code, f"block.q{i}", "0", 1)
    with pytest.raises(Refused, match="5 questions"):
        classes.vote(found.code, "block.one_more", "0", 1)
    with pytest.raises(Refused, match="up to"):
        classes.act(found.code, key, lambda now: now.brought("build", "x" * 3_000))
    for runs in (["a"] * 50, ["b"]):
        assert len(classes.act(found.code, key, lambda now, runs=runs: now.running(runs)).runs) <= 6  # type: ignore[misc]
    classes.close()


def test_votes_of_strangers_and_impossible_options_do_not_count(tmp_path: Path) -> None:
    classes = register(tmp_path)
    found, _ = classes.open()
    classes.vote(found.code, "block.block", "stranger", 1)
    classes.join(found.code, "m", "block")
    for option in (-2, 8, 10**9):
        classes.vote(found.code, "block.block", "m", option)
    assert classes.find(found.code).polls == {}  # type: ignore[union-attr]
    with pytest.raises(Refused, match="no class"):
        classes.vote("AAAAA", "block.block", "m", 1)
    classes.close()


def test_both_rounds_are_kept_side_by_side() -> None:
    poll = Poll().asked().worded(Wording("?", ("a", "b", "c"), 1))
    for member, option in (("x", 0), ("y", 0), ("z", 1)):
        poll = poll.vote(member, option)
    again = poll.revealed().asked().vote("x", 1).vote("y", 1).vote("y", 2)
    assert again.counts() == ((2, 1, 0), (0, 2, 0))
    assert again.answered == 2
    assert Poll.from_json(again.to_json()) == again


def test_who_only_wanted_to_see_is_no_answer_and_gives_none_later() -> None:
    poll = Poll().vote("a", SHOWN).vote("a", 1).vote("b", 1)
    assert (poll.answered, poll.counts()) == (1, ((0, 1),))


def test_who_only_wanted_to_see_is_not_waited_for() -> None:
    found = Classroom("K39TA", digest("key"), 0.0)
    for member in ("looked", "voted", "thinks"):
        found = found.heard(member, "block", 0.0)
    found = found.voted("block.block", "looked", SHOWN).voted("block.block", "voted", 1).left("voted")
    assert found.expected("block.block", 0.0) == 2
    assert found.expected("block.other", 0.0) == 2, "who is here"


def test_a_class_that_is_full_costs_nobody_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classroom_module, "MOST_MEMBERS", 1)
    classes = register(tmp_path)
    own, full = (classes.open()[0].code for _ in range(2))
    classes.join(own, "me", "block")
    classes.join(full, "somebody", "block")
    with pytest.raises(Refused):
        classes.join(full, "me", "block")
    assert classes.joined_by("me") == classes.find(own)
    classes.leave("somebody")
    classes.join(full, "me", "block")
    assert not classes.find(own).members  # type: ignore[union-attr]
    assert classes.joined_by("me") == classes.find(full)
    classes.close()


def test_nobody_elses_key_opens_a_class() -> None:
    found = Classroom("K39TA", digest("key"), 0.0)
    assert require_teacher(found, "key") is found
    for wrong in ("", "Key", digest("key"), "key "):
        with pytest.raises(Refused, match="only the teacher"):
            require_teacher(found, wrong)
    with pytest.raises(Refused, match="only the teacher"):
        require_teacher(None, "key")


def test_the_file_keeps_no_key_and_no_browsers_name_and_forgets_what_is_closed(tmp_path: Path) -> None:
    classes = register(tmp_path)
    found, key = classes.open()
    classes.join(found.code, digest("browser's name"), "block")
    assert classes.write()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert found.code.encode() in kept
    assert key.encode() not in kept
    assert b"browser's name" not in kept
    classes.close_class(found.code, key)
    classes.close()
    assert found.code.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_what_is_a_day_old_is_gone_from_the_file_too(tmp_path: Path) -> None:
    clock = Clock()
    classes = register(tmp_path, clock)
    found, _ = classes.open()
    classes.close()
    clock.now += DAY
    later = register(tmp_path, clock)
    assert later.find(found.code) is None
    later.close()
    with sqlite3.connect(tmp_path / "classes.sqlite") as db:
        assert db.execute("select count(*) from parts").fetchone() == (0,)
    db.close()


def test_a_damaged_file_is_put_aside_and_a_damaged_class_costs_itself(tmp_path: Path) -> None:
    file = tmp_path / "classes.sqlite"
    classes = register(tmp_path)
    one, _ = classes.open()
    other, _ = classes.open()
    classes.close()
    with sqlite3.connect(file) as db:
        db.execute("update parts set said = '{' where code = ? and part = 'head'", (one.code,))
    db.close()
    again = register(tmp_path)
    assert again.find(one.code) is None
    assert again.find(other.code) == other
    again.close()
    file.write_bytes(b"no database at all" * 100)
    empty = register(tmp_path)
    assert empty.find(other.code) is None
    made, _ = empty.open()
    empty.close()
    assert register(tmp_path).find(made.code) == made
    assert [path.name for path in tmp_path.glob("*unreadable*")]


def test_a_file_that_cannot_be_written_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "there"
    folder.write_text("a file where a folder should be")
    classes = Register(ClassFile(folder / "classes.sqlite"), clock=Clock())
    found, _ = classes.open()
    assert not classes.write()
    folder.unlink()
    assert classes.write()
    classes.close()
    assert Register(ClassFile(folder / "classes.sqlite"), clock=Clock()).find(found.code) == found


def test_who_guesses_codes_waits_and_others_do_not(tmp_path: Path) -> None:
    clock = Clock()
    classes = register(tmp_path, clock)
    found, _ = classes.open()
    classes.join(found.code, "inside", "block")
    for i in range(MOST_WRONG):
        for who in ("guesser", "inside"):
            with pytest.raises(Refused, match="no class"):
                classes.join(f"A{i}", who, "block")
    with pytest.raises(Refused, match="in a minute"):
        classes.join(found.code, "guesser", "block")  # not even the right one is looked at now
    assert classes.joined_by("guesser") is None
    classes.join(found.code, "inside", "why")  # a reload of where one is says no code
    classes.join(found.code, "student", "block")
    clock.now += WITHIN
    classes.join(found.code, "guesser", "block")
    classes.close()


def test_who_guesses_under_many_names_waits_too_and_costs_no_memory(tmp_path: Path) -> None:
    clock = Clock()
    classes = register(tmp_path, clock)
    found, _ = classes.open()
    for i in range(2 * MOST_WRONG_OF_ALL):
        with pytest.raises(Refused, match="no class" if i < MOST_WRONG_OF_ALL else "in a minute"):
            classes.join("AAAAA", f"name {i}", "block")
    assert len(classes._wrong._wrong) == MOST_WRONG_OF_ALL
    with pytest.raises(Refused, match="in a minute"):
        classes.join(found.code, "student", "block")
    clock.now += WITHIN
    classes.join(found.code, "student", "block")
    assert not classes._wrong._wrong
    classes.close()


def test_of_two_apps_on_a_folder_one_has_the_classes(tmp_path: Path) -> None:
    clock = Clock()
    one, other = register(tmp_path, clock), register(tmp_path, clock)
    found, key = one.open()
    one.join(found.code, "m", "block")
    assert one.write()
    for ask in (other.open, lambda: other.join(found.code, "n", "block")):
        clock.now += AGAIN
        with pytest.raises(Refused, match="another app on this machine"):
            ask()
    assert (other.taught_by(key), other.joined_by("m")) == (None, None)
    other.close()  # and what it has not is not written over what the first one has
    late = register(tmp_path, clock)
    one.vote(found.code, "block.block", "m", 1)
    kept = one.find(found.code)
    one.close()
    assert late.joined_by("m") is None, "asked a moment ago"
    clock.now += AGAIN
    assert late.joined_by("m") == late.taught_by(key) == kept
    late.close_class(found.code, key)
    late.close()
    assert register(tmp_path, clock).joined_by("m") is None
