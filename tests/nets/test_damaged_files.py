"""A shipped file that is damaged in any way is one sentence with its name, and every other network goes on."""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from resnet_viz import WeightsUnavailable, parse_network, trained
from resnet_viz.nets import weights
from resnet_viz.nets.cards import Card, Garbled, parse_card, parse_history
from resnet_viz.recorder.verify import verify
from resnet_viz.studies.pretrained_pairs import data_of, pairs, subjects, twins
from resnet_viz.text import LANGUAGES
from tests.thinned import quickly

OWN = Path(weights.__file__).parent / "trained"
NAME = "cifar_resnet20"
SHIPPED = weights.shipped()
KINDS = (".safetensors", ".json", ".history.json")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped files, in their place."""
    copied = tmp_path / "trained"
    shutil.copytree(OWN, copied)
    monkeypatch.setattr(weights, "_folder", lambda: copied)
    return copied


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


WAYS: dict[str, Callable[[bytes], bytes | None]] = {
    "missing": lambda _: None,
    "empty": lambda _: b"",
    "truncated": lambda content: content[: len(content) // 2],
    "one byte short": lambda content: content[:-2],
    "one byte changed": flipped,
    "garbage": lambda content: bytes(range(256)) * (len(content) // 256 + 1),
}


def spoil(path: Path, way: str) -> None:
    content = WAYS[way](path.read_bytes())
    path.unlink()
    if content is not None:
        path.write_bytes(content)


def use(name: str, kind: str) -> Any:
    """What needs this file."""
    return {".safetensors": trained, ".json": weights.card, ".history.json": weights.history}[kind](name)


@pytest.mark.parametrize("way", quickly(WAYS, "missing", "one byte changed"))
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_named_and_hides_nothing_else(folder: Path, kind: str, way: str) -> None:
    path = folder / f"{NAME}{kind}"
    spoil(path, way)
    with pytest.raises(WeightsUnavailable) as caught:
        use(NAME, kind)
    assert caught.value.code == ("gone" if way == "missing" else "broken" if kind == ".safetensors" else "garbled")
    for language in LANGUAGES:
        assert path.name in caught.value.said(language)
        assert "\n" not in caught.value.said(language)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value), "it comes back from a worker"
    assert weights.shipped() == SHIPPED
    for other in KINDS:
        if other != kind and kind != ".json":  # without its card nothing of a network can be used
            use(NAME, other)
        use("cifar_resnet56", other)
    whole = [(data_of(name), parse_network(name).depth) for name in subjects()]
    assert len(whole) == 8, "twins know of each other's pictures"
    assert twins("cifar10", 20) == ("basic-3.3.3-w16-cifar-sA-c10-plain", NAME)
    assert any(path.name in str(found) or NAME in str(found) for found in verify(folder) if found.differences) == (
        kind != ".history.json" and (kind, way) != (".json", "missing")
    )


def test_without_either_card_the_twins_say_which_is_damaged(folder: Path) -> None:
    spec = "basic-9.9.9-w8-cifar2-sA-c10"
    for name in (spec, f"{spec}-plain"):
        (folder / f"{name}.json").write_text("{}")
    with pytest.raises(WeightsUnavailable, match=f"{spec}.json"):
        twins("shapes", 56)
    assert twins("cifar10", 56)[1] == "cifar_resnet56"
    assert len(subjects()) == 6
    assert len(pairs()) == 4


def test_without_any_file_a_network_is_unknown(folder: Path) -> None:
    for kind in KINDS:
        (folder / f"{NAME}{kind}").unlink()
    (folder / "notes.json").write_text("{}")
    assert set(SHIPPED) - set(weights.shipped()) == {NAME}
    with pytest.raises(WeightsUnavailable, match="No trained weights called 'cifar_resnet20'"):
        trained(NAME)
    with pytest.raises(WeightsUnavailable, match="cifar10-20"):
        twins("cifar10", 20)


def test_weights_are_refused_though_the_checksum_is_right(folder: Path) -> None:
    """A card and a file that agree, and weights that are no weights of this network."""
    path = folder / f"{NAME}.safetensors"
    whole = load_file(path)
    holes = dict(whole, **{"fc.bias": torch.full_like(whole["fc.bias"], float("nan"))})
    fewer = {name: value for name, value in whole.items() if name != "fc.bias"}
    wider = dict(whole, **{"fc.bias": torch.zeros(11)})
    for state in (holes, fewer, wider):
        save_file(state, path)
        facts = json.loads((folder / f"{NAME}.json").read_text()) | {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        (folder / f"{NAME}.json").write_text(json.dumps(facts))
        weights._card.cache_clear()
        with pytest.raises(WeightsUnavailable, match=path.name):
            trained(NAME)
    weights._card.cache_clear()


def test_no_network_is_built_for_weights_that_are_damaged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(folder / f"{NAME}.safetensors", "one byte changed")
    monkeypatch.setattr(weights, "build", None)
    with pytest.raises(WeightsUnavailable):
        trained(NAME)


# Cards and histories, entry by entry

FACTS: dict[str, Any] = json.loads((OWN / f"{NAME}.json").read_text(encoding="utf-8"))
NEEDED = set(FACTS) - {"precision", "duration_s", "code_version", "command"}
PAST: dict[str, Any] = json.loads((OWN / f"{NAME}.history.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", weights.shipped())
def test_a_card_is_typed(name: str) -> None:
    found = weights.card(name)
    facts = json.loads((OWN / f"{name}.json").read_text(encoding="utf-8"))
    assert found.spec == parse_network(name) == parse_network(facts["spec"])
    for field in set(Card._fields) & set(facts) - {"spec"}:
        own = getattr(found, field)
        assert (list(own) if isinstance(own, tuple) else own) == facts[field], field
    past = weights.history(name)
    assert len({len(values) for noted in past.layers.values() for values in noted.values()} | {len(past.steps)}) == 1
    assert bool(past.epochs) == (not found.experiment), "a live run has no epochs"


@pytest.mark.parametrize("entry", sorted(NEEDED))
def test_every_entry_of_a_card_is_needed(entry: str) -> None:
    with pytest.raises(Garbled, match=f"^{entry} must be .*, and is missing$") as caught:
        parse_card(NAME, json.dumps({key: value for key, value in FACTS.items() if key != entry}))
    assert caught.value.where == entry


WRONG: list[tuple[str, Any]] = [
    ("spec", 3), ("spec", "a tower of blocks"), ("classes", FACTS["classes"][1:]), ("classes", "airplane"), ("classes", [1] * 10),
    ("size", 0), ("size", True), ("size", 32.0), ("size", 10**400), ("mean", [0.5, 0.5]), ("mean", [0.5, 0.5, "0.5"]),
    ("mean", [0.5, 0.5, 2]), ("std", [0.2, 0.2, 0]), ("std", None), ("data", ""), ("data", 7), ("recipe", []), ("seed", -1),
    ("seed", "0"), ("machine", None), ("sha256", "abc"), ("sha256", FACTS["sha256"].upper()), ("test_accuracy", 1.2),
    ("test_accuracy", "0.9"), ("test_loss", -1), ("train_pictures", 0), ("test_pictures", 2.5), ("experiment", 4),
    ("train_error", 3), ("data_sha256", 0), ("test_loss", 10**400), ("test_accuracy", 10**400), ("mean", [0.5, 0.5, 10**400]),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "value"), WRONG)
def test_a_wrong_entry_is_quoted(entry: str, value: Any) -> None:
    with pytest.raises(Garbled) as caught:
        parse_card(NAME, json.dumps(FACTS | {entry: value}))
    assert str(caught.value).startswith(f"{entry} must be ")
    assert caught.value.where.startswith(f"{entry} = ")
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("", "JSON"),
        ("{", "JSON"),
        ("[" * 100_000, "JSON"),
        ('{"size": 1' + "0" * 10_000 + "}", "JSON"),
        ("[]", "an object"),
        ("null", "an object"),
        ('{"spec": NaN}', "finite numbers, got 'NaN'"),
        ('{"size": Infinity}', "finite numbers, got 'Infinity'"),
        ('{"mean": [-Infinity]}', "finite numbers, got '-Infinity'"),
    ],
)
def test_what_is_no_json_object_of_finite_numbers(text: str, accepted: str) -> None:
    with pytest.raises(Garbled, match=rf"^JSON(:\d+:\d+)? must be {accepted}") as caught:
        parse_card(NAME, text)
    assert len(str(caught.value)) < 200


def test_a_card_of_another_network_is_not_believed(folder: Path) -> None:
    shutil.copy(folder / "cifar_resnet56.json", folder / f"{NAME}.json")
    with pytest.raises(WeightsUnavailable, match=r"cifar_resnet20\.json .* spec = 'basic-9\.9\.9"):
        weights.card(NAME)


def changed(**entries: Any) -> str:
    return json.dumps(PAST | entries)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (json.dumps({key: value for key, value in PAST.items() if key != "epochs"}), "epochs"),
        (json.dumps({key: value for key, value in PAST.items() if key != "steps"}), "steps"),
        (json.dumps({key: value for key, value in PAST.items() if key != "layers"}), "layers"),
        (changed(epochs=[]), "epochs = "),
        (changed(epochs=[{"train_error": 0.5}]), "epochs = "),
        (changed(steps=[3, 2]), "steps = "),
        (changed(steps=PAST["steps"][:-1]), "conv1 = "),
        (changed(layers={name: noted for name, noted in PAST["layers"].items() if name != "fc"}), "fc"),
        (changed(layers=PAST["layers"] | {"fc": {"weight_norm": PAST["layers"]["fc"]["weight_norm"]}}), "weight_grad_norm"),
        (changed(layers=PAST["layers"] | {"fc": {"weight_norm": ["1"] * len(PAST["steps"])}}), "fc = "),
        (changed(layers=[]), "layers = "),
    ],
)
def test_a_history_says_what_is_wrong_with_it(text: str, where: str) -> None:
    with pytest.raises(Garbled) as caught:
        parse_history(weights._card(OWN, NAME), text)
    assert caught.value.where.startswith(where)


@settings(max_examples=300)
@given(data=st.data())
def test_no_damage_brings_another_exception(data: st.DataObject) -> None:
    """Random JSON in the place of random entries, and random bytes in the place of random parts."""
    json_values = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=5)
    kind, whole = data.draw(st.sampled_from([("card", FACTS), ("history", PAST)]))
    if data.draw(st.booleans()):
        text = json.dumps(whole | {data.draw(st.sampled_from(sorted(whole))): data.draw(json_values)})
    else:
        text = json.dumps(whole)
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(st.text(max_size=5)) + text[at + data.draw(st.integers(0, 5)) :]
    try:
        parse_card(NAME, text) if kind == "card" else parse_history(weights._card(OWN, NAME), text)
    except Garbled:
        return
