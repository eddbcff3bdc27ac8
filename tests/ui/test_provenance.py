"""Machines and pictures of recordings are said in both languages."""

from __future__ import annotations

import pytest

from resnet_viz.nets.published_results import TOP1_ERROR_34, Cited
from resnet_viz.nets.weights import card, shipped
from resnet_viz.studies.recorded import recording
from resnet_viz.text import LANGUAGES
from resnet_viz.ui.kit import provenance, url_state
from resnet_viz.ui.kit.shared_params import LANGUAGE
from tests.ui.test_pages import open_shown, texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_recorded_is_said_in_the_language_of_the_page(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setattr(url_state, "get", {LANGUAGE: language}.get)
    machines = {card(name).machine for name in shipped()} | {recording(name)["machine"] for name in ("race", "sweep", "slower")}
    for machine in machines:
        said = provenance.machine(machine)
        assert "thread(s)" not in said
        assert "torch 2" in said
        assert ("处理器" in said) == (language == "zh")
    assert ("JPEG copy" in provenance.pictures(card("cifar_resnet20").data)) == (language == "en")
    assert "github.com" not in provenance.pictures(card("cifar_resnet20").data)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "question", "view"),
    [
        ("degradation", "degradation", {"recorded": "cifar", "further": "slower.sweep.glimpses"}),
        ("degradation", "degradation", {"recorded": "shapes"}),
        ("activations", "activations", {"further": "skips"}),
        ("gradients", "size", {"training": "cifar-56"}),
        ("why", "surfaces", {"panel": "surface"}),
        ("why", "lesion", {"panel": "ensemble", "further": "paths"}),
    ],
)
def test_no_badge_says_it_as_the_recorder_has_noted_it(name: str, question: str, view: dict[str, str], language: str) -> None:
    said = texts(open_shown(name, question, lang=language, **view))
    assert "torch 2" in said
    assert ("处理器" in said) == (language == "zh")
    assert "thread(s)" not in said
    assert "github.com" not in said


def test_machines_with_threads_and_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(url_state, "get", {LANGUAGE: "en"}.get)
    assert provenance.machine("x86_64 CPU, 4 thread(s), torch 2.15.0") == "x86_64 CPU, 4 threads, torch 2.15.0"
    assert provenance.machine("x86_64 CPU, 1 thread(s), torch 2.15.0") == "x86_64 CPU, one thread, torch 2.15.0"
    assert provenance.machine("NVIDIA H100, torch 2.15.0") == "NVIDIA H100, torch 2.15.0"
    assert provenance.machine("somebody's laptop") == "somebody's laptop"
    assert provenance.pictures("my leaves") == "my leaves"
    assert provenance.pictures("Shapes, drawn from seed 0") == "Shapes (seed 0)"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "He et al. 2015, Tables 2, 3; elsewhere"), ("zh", "He 等 2015，表 2、3；elsewhere")]
)
def test_a_cited_figure_names_its_paper_once(monkeypatch: pytest.MonkeyPatch, language: str, said: str) -> None:
    monkeypatch.setattr(url_state, "get", {LANGUAGE: language}.get)
    assert provenance.cited(*TOP1_ERROR_34.values(), Cited(1.0, "elsewhere")) == said
