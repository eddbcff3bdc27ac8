"""A class with fewer than two pictures is shown and not learned, and a picture that was learned may be asked about."""

from __future__ import annotations

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from resnet_viz.nets.plan import plan
from resnet_viz.nets.weights import card
from resnet_viz.samples.to_teach import set_to_teach
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.lessons.transfer import classes
from tests.thinned import quickly
from tests.ui.test_pages import go_back, open_page, texts

SMALL = "cifar_resnet20"
ENDINGS = ("all_none", "all_one", "some_none", "some_one")


def judged(patch: pytest.MonkeyPatch, language: str, third: int | None, asked: Image.Image) -> AppTest:
    """Two classes of three pictures; beside them perhaps a third with this number."""
    taught = set_to_teach("drawings").taught
    own = [classes.TaughtClass(name, tuple(map(classes.picture_of, taught[k][:3]))) for k, name in enumerate(("mug", "leaf"))]
    if third is not None:
        own.append(classes.TaughtClass("", tuple(map(classes.picture_of, taught[2][:third]))))
    at = open_page("transfer", lang=language, set="own", **{"from": SMALL})
    at.session_state["transfer_classes"] = tuple(own)
    at.session_state["transfer_new"] = asked
    go_back(patch, at, {"lang": language, "set": "own", "from": SMALL, "new": "own"})
    at.button("w_predict_transfer_show").click().run()
    assert not at.exception
    return at


def wide(image: Image.Image) -> Image.Image:
    """With an odd number of pixels to cut away."""
    made = Image.new("RGB", (image.width + 7, image.height))
    made.paste(image, (3, 0))
    return made


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("third", quickly([None, 0, 1, 2], None, 1))
def test_what_was_learned_is_what_is_said(third: int | None, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words, made = lesson("transfer", language), set_to_teach("drawings")
    count, learned = 6 + (third or 0), 8 if third == 2 else 6
    for asked, is_known in ((made.kept[0][0], False), (made.taught[1][2], True), (wide(made.taught[1][2]), True)):
        at = judged(monkeypatch, language, third, asked)
        ending = f"{'all' if learned == count else 'some'}_{'one' if is_known else 'none'}"
        said = texts(at)
        assert [key for key in ENDINGS if words.say(f"judge_{key}", count=learned) in said] == [ending]
    stations = "".join(str(html.proto.body) for html in at.get("html"))
    width = plan(card(SMALL).spec, 32).stages[-1].out_shape[0]
    head = 3 if third == 2 else 2
    assert words.say("flow_head", width=width, classes=head, weights=f"{(width + 1) * head:,}") in stations
    assert words.say("flow_pictures", count=learned) in stations
