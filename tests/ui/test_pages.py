"""The pages, run by Streamlit's own test bench."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from resnet_viz import ResNet, WeightsUnavailable, grad_cam, parse_network, plan, preset
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui import streamlit_internals
from resnet_viz.ui.kit import inference
from resnet_viz.ui.kit.course import LESSONS
from resnet_viz.ui.kit.words import quoted

ROOT = Path(__file__).parents[2]


def _go_to(at: AppTest, url: dict[str, str]) -> None:
    for key in list(at.query_params):
        del at.query_params[key]
    for key, value in url.items():
        at.query_params[key] = value


def open_page(name: str, **link: str) -> AppTest:
    """A page by a link to it."""
    at = AppTest.from_file(str(ROOT / "resnet_viz" / "ui" / "main.py"), default_timeout=120)
    if name != "home":
        at.run()  # the test bench knows the pages only after a run
        at.switch_page(f"../../pages/{name}.py")
    _go_to(at, link)
    at.run()
    assert not at.exception, at.exception
    return at


def open_shown(name: str, question: str, **link: str) -> AppTest:
    """The same once somebody has asked to be shown what answers a question."""
    at = open_page(name, **link).button(f"w_predict_{question}_show").click().run()
    assert not at.exception, at.exception
    return at


def open_more(name: str, **link: str) -> AppTest:
    """The same with the controls under *More*."""
    at = open_page(name, **link)
    at.session_state[f"w_more_{name}"] = True
    at.run()
    assert not at.exception, at.exception
    return at


def open_compose(**link: str) -> AppTest:
    """Build with the controls that compose a network."""
    at = open_page("build", **link)
    at.session_state["w_compose"] = True
    at.run()
    assert not at.exception, at.exception
    return at


def go_back(monkeypatch: pytest.MonkeyPatch, at: AppTest, url: dict[str, str], page: str = "") -> None:
    """Back or Forward, as the browser tells it: this address, and that it is no click."""
    if page:
        at.switch_page(f"../../pages/{page}.py")
    _go_to(at, url)
    with monkeypatch.context() as during:
        during.setattr(streamlit_internals, "is_back_or_forward", lambda: True)
        at.run()
    assert not at.exception, at.exception


def link(at: AppTest) -> dict[str, str]:
    return {key: value[0] if isinstance(value, list) else value for key, value in at.query_params.items()}


_EXPLAINED = re.compile(r'<span class="term" tabindex="0">(.*?)<span class="tip".*?</span></span>')


def texts(at: AppTest) -> str:
    """What is read on a page, without the explanations of words."""
    kinds = ("markdown", "caption", "warning", "info", "success", "title")
    return _EXPLAINED.sub(r"\1", "\n".join(str(getattr(e, "value", "")) for kind in kinds for e in at.get(kind)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["home", *LESSONS])
def test_every_page_in_every_language(name: str, language: str) -> None:
    at = open_page(name, lang=language)
    words = lesson(name, language)
    assert at.title[0].value.endswith(words.title)
    assert words.question in texts(at)
    assert lesson("common", language).labels["failure"] not in [error.value for error in at.error]
    assert link(at)["lang"] == language


@pytest.mark.parametrize(
    "name", ["resnet18", "resnet152", "cifar_resnet1202", "bottleneck-2.2-w16-cifar-pre-sC-nobn-c7", "basic-1-w1-in1"]
)
def test_build_shows_the_plans_numbers(name: str) -> None:
    at = open_page("build", net=name, further="live")
    spec = parse_network(name)
    p = plan(spec, 224 if spec.stem == "imagenet" else 32)
    assert not at.metric, "what it costs is to be guessed first"
    at.button("w_predict_build_show").click().run()
    shown = {metric.label: metric.value for metric in at.metric}
    words = lesson("build").labels
    assert shown[words["depth"]] == words["depth_value"].format(depth=p.depth)
    assert f"{p.params:,} parameters counted" in texts(at), "and the built network has as many"
    assert parse_network(link(at)["net"]) == spec


def test_build_compares_with_torchvision() -> None:
    assert "25,557,032 parameters, the same as torchvision's resnet50" in texts(
        open_page("build", net="resnet50", further="live")
    )


def test_the_whole_view_comes_with_the_link() -> None:
    at = open_page("build", net="basic-2.2-w8-cifar-c10-cut2.1", versus="none", size="64", seed="7", pick="layer2.0", lang="zh")
    at.button("w_predict_build_show").click().run()
    assert {
        "net": "basic-2.2-w8-cifar-c10-cut2.1",
        "versus": "none",
        "size": "64",
        "seed": "7",
        "pick": "layer2.0",
        "lang": "zh",
    }.items() <= link(at).items()
    assert "第 2 阶段" in texts(at)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("net", "resnet19"),
        ("net", "basic-0"),
        ("size", "huge"),
        ("lang", "fr"),
        ("versus", "<b>"),
        ("seed", "1e9"),
        ("weights", "x"),
    ],
)
def test_a_bad_link_opens_the_default_and_says_what_was_wrong(key: str, value: str) -> None:
    at = open_page("build", **{key: value})
    assert any(f"“{key}”" in warning.value for warning in at.warning)
    assert key == "lang" or key not in link(at)
    at.run()
    assert not at.warning, "said once"


def test_all_that_is_wrong_with_a_link_stands_together() -> None:
    (warning,) = open_page("build", net="resnet19", size="huge").warning
    assert "“net”" in warning.value
    assert "“size”" in warning.value


@pytest.mark.parametrize(
    ("page", "key", "value", "said"),
    [
        ("activations", "pic", "nosuch", "no_picture"),
        ("activations", "pic", "own", "own_picture"),
        ("activations", "pick", "layer9.9", "no_part"),
        ("activations", "pick", "layer1.0.conv7", "no_part"),
        ("build", "open", "layer9.9", "no_block"),
        ("build", "unfold", "layer7.layer1", "no_stage"),
        ("block", "block", "layer9.9", "no_block"),
        ("block", "follow", "9999.9999.9999", "no_place"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_link_names_and_the_page_has_not_is_said_once(page: str, key: str, value: str, said: str, language: str) -> None:
    at = open_page(page, lang=language, **{key: value})
    (notice,) = [w.value.replace("`", "") for w in at.warning]
    assert f"“{key}”" in notice
    assert value in notice or said == "own_picture"
    assert all(part in notice for part in re.split(r"\{[^}]*\}", lesson("refused", language).labels[said]))
    assert key not in link(at)
    at.run()
    assert not at.warning


@pytest.mark.parametrize("page", ["build", "activations", "block"])
def test_what_a_change_of_network_leaves_behind_goes_in_silence(page: str) -> None:
    there = {"pick": "layer4.1", "open": "layer4.0", "unfold": "layer4"}
    there |= {"block": "layer4.1"} if page == "block" else {}
    at = open_page(page, net="resnet18", size="32", weights="untrained", **there)
    at.session_state[f"w_more_{page}"] = True
    at.run()
    assert not at.warning
    assert there.items() <= link(at).items()
    at.selectbox("w_net").select("cifar_resnet20").run()
    assert not at.warning
    used = {"block"} if page == "block" else {"pick", "open", "unfold"}
    assert not used & set(link(at)), "a link to this view opens it without a word"


def test_a_notice_is_text_and_no_markdown() -> None:
    at = open_page("home", net="![x](http://elsewhere/x.png)")
    assert quoted("![x](http://elsewhere/x.png)") in at.warning[0].value


def test_choosing_a_preset_and_switching_pages_keeps_it() -> None:
    at = open_page("build")
    at.selectbox(key="w_net").select("cifar_resnet32").run()
    assert link(at)["net"] == "cifar_resnet32"
    at.session_state["w_more_activations"] = True
    at.switch_page("../../pages/activations.py").run()
    assert at.selectbox(key="w_net").value == "cifar_resnet32"
    assert link(at)["net"] == "cifar_resnet32"


def test_composing_field_by_field() -> None:
    at = open_compose()
    at.segmented_control(key="w_spec_block").select("bottleneck").run()
    at.number_input(key="w_stage_2").set_value(5).run()
    at.number_input(key="w_spec_groups").set_value(2).run()
    at.segmented_control(key="w_spec_order").select("pre").run()
    at.segmented_control(key="w_skips").select("none").run()
    made = parse_network(link(at)["net"])
    assert made == replace(preset("resnet18"), block="bottleneck", stages=(2, 2, 5, 2), groups=2, order="pre", skips="none")
    at.number_input(key="w_stage_3").set_value(0).run()
    assert parse_network(link(at)["net"]).stages == (2, 2, 5)
    at.segmented_control(key="w_spec_block").select("basic").run()
    assert parse_network(link(at)["net"]).groups == 1, "what a basic block has not is put back"
    assert not at.exception


@pytest.mark.parametrize(("skips", "grown"), [("cut1.1_2.0", "cut1.1_2.0"), ("keep1.1", "cut1.0_2.0_2.1"), ("plain", "plain")])
def test_composing_keeps_what_was_removed(skips: str, grown: str) -> None:
    at = open_compose(net=f"basic-2.2-{skips}")
    at.segmented_control(key="w_spec_order").select("pre").run()
    assert link(at)["net"] == f"basic-2.2-pre-{skips}"
    at.number_input(key="w_stage_0").set_value(3).run()
    assert parse_network(link(at)["net"]) == parse_network(f"basic-3.2-pre-{grown}")
    at.number_input(key="w_stage_1").set_value(0).run()
    assert parse_network(link(at)["net"]) == parse_network("basic-3-pre-" + grown.split("_2")[0])


def test_a_combination_that_is_no_network_is_said_and_not_taken() -> None:
    at = open_compose(net="bottleneck-1.1")
    at.number_input(key="w_spec_width_per_group").set_value(1).run()
    at.number_input(key="w_spec_width").set_value(1).run()
    assert any("no channels" in warning.value for warning in at.warning)
    assert parse_network(link(at)["net"]).width == 64


@pytest.mark.parametrize(
    ("net", "key"),
    [("bottleneck-500.500", "limit_depth"), ("basic-2.2.2.2-w1000", "limit_params"), ("basic-9.9-w256", "limit_macs")],
)
def test_beyond_the_limits_the_numbers_still_come(net: str, key: str) -> None:
    at = open_page("build", net=net, further="live")
    words = lesson("common").labels
    assert any(words[key].split("{")[0] in warning.value for warning in at.warning)
    at.switch_page("../../pages/activations.py").run()
    assert not at.exception
    assert any(words[key].split("{")[0] in warning.value for warning in at.warning)


def test_predictions_are_answered_from_measurement() -> None:
    at = open_page("build")
    at.button("w_predict_build_0").click().run()
    assert f"**{lesson('common').labels['right']}**" in texts(at)
    assert "12%" in texts(at)


def png(colour: tuple[int, int, int] = (10, 200, 30)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_good_picture_is_taken_and_a_bad_one_leaves_it() -> None:
    at = open_more("activations")
    at.file_uploader(key="w_upload").upload("mine.png", png(), "image/png").run()
    assert link(at)["pic"] == "own"
    mine = at.session_state["own_picture"]
    assert mine.getpixel((3, 3)) == (10, 200, 30)
    at.file_uploader(key="w_upload").upload("broken.png", png()[:60], "image/png").run()
    assert any(lesson("activations").labels["picture_damaged"] == w.value for w in at.warning)
    assert at.session_state["own_picture"] is mine
    assert link(at)["pic"] == "own"
    assert not at.exception


def test_one_upload_runs_the_network_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guesses, maps and Grad-CAM are taken from one pass, whatever the page shows of it."""
    at = open_more("activations")
    passes: list[tuple[int, ...]] = []
    forward = ResNet.forward

    def counted(network: ResNet, x: torch.Tensor) -> torch.Tensor:
        passes.append(tuple(x.shape))
        return forward(network, x)

    monkeypatch.setattr(ResNet, "forward", counted)
    at.file_uploader(key="w_upload").upload("mine", png((77, 5, 140)), "").run()  # browsers do not know a type without an ending
    assert link(at)["pic"] == "own"
    assert passes == [(1, 3, 192, 192)]
    at.run()
    assert len(passes) == 1


def test_the_evidence_is_that_of_the_whole_network() -> None:
    """Grad-CAM from the last stage on, against Grad-CAM of the network."""
    square = Image.effect_noise((32, 32), 90).convert("RGB")
    for net, kind in (("cifar_resnet20", "trained"), ("bottleneck-2.2-w16-cifar-pre-sC-c7", "untrained")):
        source = inference.source_of(parse_network(net), kind)
        look = inference.look(net, source, 0, f"noise-{net}", (), square)
        found = inference.evidence(net, source, 0, f"noise-{net}", 3, look)
        expected = grad_cam(inference.model(net, source, 0), inference.network_input(square, source, 3), 3)
        torch.testing.assert_close(torch.from_numpy(found), expected)


def test_somebody_elses_own_picture_does_not_come_with_the_link() -> None:
    at = open_page("activations", pic="own")
    assert "own_picture" not in at.session_state
    assert not at.exception
    assert link(at).get("pic") != "own"


@pytest.mark.parametrize(
    "pick", ["stem", "conv1", "layer2", "layer2.1", "layer3.0.downsample", "layer1.0.add", "fc", "head", "nowhere"]
)
@pytest.mark.parametrize("show", ["maps", "strip"])
def test_any_pick_shows_maps(pick: str, show: str) -> None:
    at = open_page("activations", pick=pick, show=show)
    assert not at.error
    assert at.get("bidi_component"), "the maps are there"


def test_a_refusal_names_what_was_given_and_the_limit() -> None:
    assert inference.refusal(plan(preset("resnet152"))) is None
    assert inference.refusal(plan(preset("cifar_resnet1202"), 32)) is None
    refused = inference.refusal(plan(parse_network("bottleneck-500.500"), 32))
    assert refused == inference.Refusal("limit_depth", "3,002", "1,300")


def test_a_failing_page_shows_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from resnet_viz.ui import server

    shown: list[str] = []
    monkeypatch.setattr("streamlit.error", lambda message, **_: shown.append(message))
    assert server.on_script_error(RuntimeError("inside")) is True
    broken = WeightsUnavailable("broken", file="net.safetensors")
    assert server.on_script_error(broken) is True
    assert shown == [lesson("common").labels["failure"], lesson("weights").say("broken", file="`net.safetensors`")]


def test_a_click_that_overtakes_the_answer_to_the_one_before_undoes_neither() -> None:
    at = open_compose(net="resnet18")
    before = link(at)
    at.selectbox("w_net").select("resnet34").run()
    _go_to(at, before)  # the browser has not heard of the new link yet
    at.number_input("w_seed").set_value(7).run()
    assert (link(at)["net"], link(at)["seed"]) == ("resnet34", "7")
    later = link(at)
    at.number_input("w_seed").set_value(0).run()
    assert link(at)["net"] == "resnet34"
    assert "seed" not in link(at)
    _go_to(at, later)
    at.number_input("w_seed").set_value(7).run()
    assert link(at) == later


def test_back_is_not_a_click(monkeypatch: pytest.MonkeyPatch) -> None:
    at = open_page("build", net="resnet18")
    before = link(at)
    at.selectbox("w_net").select("resnet34").run()
    go_back(monkeypatch, at, before)
    assert link(at) == before
    assert at.selectbox("w_net").value == "resnet18"


# Trained weights that are not there


def test_offline_the_page_says_where_to_put_the_file_and_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))

    def no_network(*_arguments: object, **_options: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr("urllib.request.urlopen", no_network)
    at = open_more("activations", net="resnet18", size="64")
    at.button("w_download").click().run()
    assert not at.exception
    assert str(tmp_path) in texts(at).replace("\\", "")  # without Markdown's escapes
    assert ".pth" in texts(at)
    assert lesson("activations").say("untrained_guess", seed=0) in texts(at)


def test_a_download_of_another_file_is_told_before_anybody_asks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from resnet_viz.download import downloads

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    assert ".pth" not in texts(open_more("activations", net="resnet18", size="64"))
    monkeypatch.setattr(downloads, "running", lambda: tmp_path / "resnet50-0676ba61.pth")
    assert "resnet50-0676ba61.pth" in texts(open_more("activations", net="resnet18", size="64"))
