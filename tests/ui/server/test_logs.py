"""Lines for machines: each is JSON, says what happened, and nothing of whom."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.ui.server import logs
from resnet_viz.ui.server.logs import structured_log, without_addresses


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Every logger is afterwards what it was."""
    kept = [(logger := logging.getLogger(name), logger.handlers[:], logger.propagate, logger.level) for name in logs._LOGGERS]
    yield
    for logger, handlers, propagate, level in kept:
        logger.handlers[:], logger.propagate = handlers, propagate
        logger.setLevel(level)


def test_each_line_is_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("RESNET_VIZ_LOG", "json")
    structured_log()
    logging.getLogger("resnet_viz.jobs").info("run %s: %s", "k3", "done")
    try:
        raise ValueError("of 192.0.2.7\nand more")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("从 %s", "[2001:db8::1]:80")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["level"], first["logger"], first["message"]) == ("info", "resnet_viz.jobs", "run k3: done")
    assert first["time"].endswith("+00:00")
    assert "error" not in first
    assert (second["level"], second["message"]) == ("error", "从 (address)")
    assert second["error"].endswith("ValueError: of (address)\nand more")


def test_nothing_changes_unless_it_is_asked_for(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("RESNET_VIZ_LOG", raising=False)
    before = logging.getLogger("resnet_viz").handlers[:]
    structured_log()
    assert logging.getLogger("resnet_viz").handlers == before
    assert not capsys.readouterr().err


@given(st.ip_addresses().filter(lambda address: not address.is_loopback), st.sampled_from(["{}", "[{}]:80", "({})", "{} - GET"]))
def test_no_address_is_left(address: object, around: str) -> None:
    assert str(address) not in without_addresses(around.format(address))


@given(st.text(alphabet="abcdef0123456789 .-/", max_size=40))
def test_other_words_are_left(said: str) -> None:
    if said.count(".") < 3:
        assert without_addresses(said) == said
