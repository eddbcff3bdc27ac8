"""How wide a page is: guessed from the browser's name at first, so that a phone needs no second run; then as it is measured."""

from __future__ import annotations

import pytest
import streamlit as st

from resnet_viz.ui.kit import network_picker

PHONES = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0",
)
OTHERS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",  # a tablet
    "",
)


@pytest.mark.parametrize(("agent", "narrow"), [*((one, True) for one in PHONES), *((one, False) for one in OTHERS)])
def test_a_phone_is_narrow_until_it_is_measured(monkeypatch: pytest.MonkeyPatch, agent: str, narrow: bool) -> None:
    monkeypatch.setattr(type(st.context), "headers", property(lambda _: {"User-Agent": agent} if agent else {}))
    monkeypatch.setattr(st, "session_state", {})
    assert network_picker.is_narrow() == narrow
    network_picker.set_narrow(not narrow)
    assert network_picker.is_narrow() != narrow
