"""Several apps behind one proxy: a class's code says where it lives, and who comes to another is led there."""

from __future__ import annotations

from pathlib import Path

import pytest

from resnet_viz.refused import Refused
from resnet_viz.text import lesson
from resnet_viz.ui.classroom.class_file import ClassFile
from resnet_viz.ui.classroom.classroom import ALPHABET, LENGTH, read_code
from resnet_viz.ui.classroom.register import Register
from resnet_viz.ui.classroom.replica import check_here, replica
from tests.ui.classroom.browsers import BenchBrowser


@pytest.mark.parametrize("name", ["A", "k", "9"])
def test_codes_begin_with_the_replica(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.setenv("RESNET_VIZ_REPLICA", name)
    register = Register(ClassFile(tmp_path / "classes.sqlite"))
    codes = {register.open()[0].code for _ in range(20)}
    register.close()
    assert {code[0] for code in codes} == {name.upper()}
    assert len({code[1] for code in codes}) > 5
    for code in codes:
        assert read_code(code) == code
        check_here(code)


@pytest.mark.parametrize("name", ["AB", "B", "ä", "-"])
def test_a_name_that_no_code_can_have_is_quoted(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("RESNET_VIZ_REPLICA", name)
    with pytest.raises(ValueError, match=f"got '{name}'"):
        replica()


def test_an_app_alone_has_every_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RESNET_VIZ_REPLICA", raising=False)
    for letter in ALPHABET:
        check_here(letter * LENGTH)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_types_another_apps_code_is_led_there(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setenv("RESNET_VIZ_REPLICA", "A")
    with pytest.raises(Refused):
        check_here("C39TA")
    browser = BenchBrowser(monkeypatch).open("home", **{"class": "C39TA", "lang": language})
    (button,) = browser.at.get("link_button")
    assert button.proto.label == lesson("classroom", language).labels["open_elsewhere"]
    assert button.proto.url == f"/?class=C39TA&lang={language}"
    here = BenchBrowser(monkeypatch).open("home", **{"class": "A39TA", "lang": language})
    assert not here.at.get("link_button"), "it is nowhere, and no other app has it"
