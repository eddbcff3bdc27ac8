"""A new picture, judged by the layer that was just trained: its guess, the nearest picture it learned from, and the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import streamlit as st
from PIL import Image

from resnet_viz.csv_table import table
from resnet_viz.draw import tiles
from resnet_viz.draw.guess_bars import Guess, guess_bars, percent
from resnet_viz.draw.svg import element
from resnet_viz.kept_with import kept_with
from resnet_viz.pictures import digest, to_square
from resnet_viz.text import Lesson
from resnet_viz.ui.components.gallery import gallery, thumbnail
from resnet_viz.ui.kit import crop, image_input, inference, url_state
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.page import stage
from resnet_viz.ui.kit.turns import one_at_a_time
from resnet_viz.ui.kit.words import sentence_instead, text
from resnet_viz.ui.lessons.transfer import arrive, classes, measured
from resnet_viz.ui.lessons.transfer.classes import Taught
from resnet_viz.ui.lessons.transfer.measured import Backbone
from resnet_viz.ui.lessons.transfer.params import NEW, OWN, SET

if TYPE_CHECKING:
    from resnet_viz.nets.resnet import ResNet
    from resnet_viz.probes.linear_head import Head

_ELSE = "cat"
"""The sample that none of the sets that ship is about: the layer has no way to say so."""
_SIDE = 176
CROP = "transfer"
"""Where the square of a picture of one's own is chosen."""


class Judgement(NamedTuple):
    """What the layer says of a picture."""

    probabilities: tuple[float, ...]
    nearest: int
    """Number of the nearest picture, class after class."""
    cosine: float
    evidence: np.ndarray
    """(h, w), 0 to 1: what speaks for the first guess."""
    overlay: Image.Image
    """The picture with it."""
    milliseconds: float


def show(words: Lesson) -> None:
    """The whole section; nothing where there are too few pictures to learn from, which the section above says."""
    with sentence_instead():
        of, taught = measured.backbone(), classes.teachable(words)
        if taught is None:
            return
        st.subheader(words.labels["judge_title"], anchor=False)
        picture, panel = stage("judge")
        with panel:
            square, is_strange = _choose(words)
        found = judge(square, taught, of)
        with picture:
            _picture(square, found, taught, words)
        st.markdown(said(found, taught, words))
        if is_strange:
            st.info(words.labels["judge_strange"], icon=":material/psychology_alt:")


def judge(image: Image.Image, taught: Taught, of: Backbone) -> Judgement:
    """What the layer, trained on all classes, says of a square picture. Raises `WeightsUnavailable` and `Refused`."""
    return _judge(image, taught, of) if taught.code == OWN else _judge_with_shipped(image, taught.code, of.net)


@kept_with
def _judge_with_shipped(image: Image.Image, code: str, net: str) -> Judgement:
    from resnet_viz.nets.weights import card

    return _judge(image, classes.of_set(code), Backbone(net, card(net)))


def _judge(image: Image.Image, taught: Taught, of: Backbone) -> Judgement:
    import torch

    from resnet_viz.probes.few_pictures import nearest

    head = measured.head(taught, of)
    square = to_square(image, of.card.size)
    look = inference.look(of.net, of.weights, 0, digest(square), ("flatten",), square)
    feature = torch.from_numpy(look.maps["flatten"])  # (F,)
    probabilities = head.logits(feature).softmax(0)
    index, cosine = nearest(feature, measured.features(taught, of))
    evidence = _evidence(look, head, of, int(probabilities.argmax()))
    overlay = tiles.heat_overlay(image, evidence, side=2 * _SIDE)
    return Judgement(tuple(probabilities.tolist()), index, cosine, evidence, overlay, look.ms)


def _evidence(look: inference.Look, head: Head, of: Backbone, target: int) -> np.ndarray:
    """Grad-CAM of one's own class on the last stage: what stands behind that stage runs once more, with one's own layer."""
    import torch

    from resnet_viz.probes.cam import grad_cam

    layer = torch.nn.Linear(head.weight.shape[1], head.weight.shape[0])
    with torch.no_grad():
        layer.weight.copy_(head.weight)
        layer.bias.copy_(head.bias)
    behind = inference.behind_last_stage(inference.model(of.net, of.weights, 0))[:-1]
    short = cast("ResNet", torch.nn.Sequential(torch.nn.Identity(), *behind, layer).eval())
    with one_at_a_time:
        return grad_cam(short, torch.from_numpy(look.last)[None], target, layer="0").numpy()


def said(found: Judgement, taught: Taught, words: Lesson) -> str:
    """The guess in words, and whether the nearest picture agrees with it."""
    first = int(np.argmax(found.probabilities))
    near = measured.labels(taught).tolist()[found.nearest]
    values = {"name": taught.names[first], "share": percent(found.probabilities[first]), "near": taught.names[near]}
    return words.say("judged_agree" if near == first else "judged_differ", cosine=found.cosine, **values)


def learned(square: Image.Image, taught: Taught, words: Lesson) -> str:
    """From how many of the pictures that are shown the layer has learned, and whether this square is one of them."""
    every, this = len(classes.shown(words).pictures), classes.picture_of(square).digest
    known = "one" if this in {picture.digest for picture in taught.pictures} else "none"
    return words.say(f"judge_{'all' if len(taught.pictures) == every else 'some'}_{known}", count=len(taught.pictures))


def _picture(square: Image.Image, found: Judgement, taught: Taught, words: Lesson) -> None:
    first = int(np.argmax(found.probabilities))
    guesses = [Guess(name, share) for name, share in zip(taught.names, found.probabilities, strict=True)]
    told = words.listed(f"{guess.name} {percent(guess.now)}" for guess in guesses)
    files = [Download(words.labels["file_guess"], "guess.csv", "text/csv", lambda: _csv(guesses))]
    caption = words.joined((learned(square, taught, words), words.say("judge_pass", ms=found.milliseconds)))
    near = taught.pictures[found.nearest]
    three = [
        (square, words.labels["judge_new"]),
        (found.overlay, words.say("judge_evidence", name=taught.names[first])),
        (near.image, words.say("judge_nearest", name=taught.names[measured.labels(taught).tolist()[found.nearest]])),
    ]
    with figure("judge", caption, "measured", files=files):
        st.html(_pictures(three))
        st.html(guess_bars(guesses, before="", now="", alt=told))


def _pictures(shown: list[tuple[Image.Image, str]]) -> str:
    """Pictures beside each other, each with its words below."""
    each = [
        element("figure", element("img", src=thumbnail(image, 2 * _SIDE), alt=words), element("figcaption", escape(words)))
        for image, words in shown
    ]
    return element("div", *each, class_="rv-three")


def _csv(guesses: list[Guess]) -> str:
    return table([("class", "probability"), *((guess.name, f"{guess.now:.6f}") for guess in guesses)])


# Which picture


def offered() -> dict[str, Image.Image]:
    """The pictures one may ask about, by what a link calls them: those kept back from learning, and one that is none of these."""
    found = {code: picture.image for code, picture in classes.kept(url_state.get(SET)).items()}
    return {**found, _ELSE: image_input.every()[_ELSE]}


def chosen() -> tuple[str, Image.Image]:
    """Code and square picture: what the link names, the session's own, or the first one."""
    every, own = offered(), arrive.new_one()
    code = url_state.get(NEW)
    if code == OWN and own is not None:
        return OWN, crop.square(own, CROP)
    code = url_state.fitting(NEW, code in every, "own_picture" if code == OWN else "no_picture", pictures=", ".join(every))
    code = code or next(iter(every))
    return code, every[code]


def _choose(words: Lesson) -> tuple[Image.Image, bool]:
    """The controls. Returns the picture, and whether it is known to be of none of the classes."""
    to = arrive.to_be_asked()
    code, square = chosen()
    items = [(name, _title(name, words), thumbnail(image, 64)) for name, image in offered().items()]
    own = arrive.new_one()
    if own is not None:
        items.insert(0, (OWN, text("activations").labels["sample_own"], thumbnail(crop.square(own, CROP), 64)))
    asked: Mapping[str, str] = {"pictures": words.labels["judge_choose"], "paste_hint": "", "paste_heavy": ""}
    pastes = url_state.get(SET) != OWN  # there the class that is being filled takes what is pasted
    listed = {**asked, **({k: text("activations").labels[k] for k in ("paste_hint", "paste_heavy")} if pastes else {})}

    def pasted(data: bytes) -> None:
        to.pasted(data)
        ask_own()

    gallery(items, chosen=code, words=listed, key="transfer_new_one", on_chosen=_take, on_pasted=pasted if pastes else None)
    if own is not None and code == OWN:
        crop.choose(own, CROP)
    if url_state.get(SET) != OWN:
        arrive.tell(words)
    fold = st.expander(text("activations").labels["own"], icon=":material/add_photo_alternate:")
    with fold:
        arrive.files(words, words.labels["judge_bring"], to, key="new", several=False, then=ask_own)
        arrive.camera(words, to, key="new", then=ask_own)
    return square, code == _ELSE and url_state.get(SET) != OWN


def _title(code: str, words: Lesson) -> str:
    if code == _ELSE:
        return text("activations").labels[f"sample_{code}"]
    name, _, number = code.rpartition("-")
    return f"{words.labels[f'class_{name}']} {int(number) + 1}"


def _take(code: str) -> None:
    if code in offered() or (code == OWN and arrive.new_one() is not None):
        url_state.put(NEW, code)


def ask_own() -> None:
    """Ask about the picture that has been brought."""
    if arrive.new_one() is not None:
        url_state.put(NEW, OWN)
