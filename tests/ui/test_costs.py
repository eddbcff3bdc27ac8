"""Whatever a link asks for, a page opens at once: what costs too much is refused in a sentence, what takes long waits."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings

import resnet_viz
from resnet_viz import ResNetSpec, parse_network, plan, preset, presets
from resnet_viz.jobs.onnx_file import onnx_file
from resnet_viz.nets.cost import cost
from resnet_viz.refused import Refused
from resnet_viz.text import LANGUAGES, lesson, unbroken
from resnet_viz.ui.kit import inference, network_files, turns
from resnet_viz.ui.kit.kept import kept
from resnet_viz.ui.kit.numbers import big
from resnet_viz.ui.lessons.bottleneck import times
from tests.conftest import specs
from tests.ui.test_pages import open_page, open_shown, texts

WIDE = "bottleneck-1-w256-g1x1-cifar-sA-in1-c10"
"""20,000 parameters and 2 G multiply-adds, but results of a gigabyte each on a picture of 512 pixels."""
RUNS = {
    "basic-1.1.1.1-w340-c10~steps900~batch8": ("32 MiB", "1,054 MiB"),
    "basic-1.1.1.1-w340-c10~steps2000~batch8": ("6.1", "9.2"),
    "basic-18.18.18-w128-cifar-sA-c10~steps2000!basic-18.18.18-w128-cifar-sA-c10-plain~steps2000": ("6.1", "1,551.4"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("runs", RUNS)
def test_a_link_with_too_dear_a_run_says_the_limit_and_the_value(runs: str, language: str) -> None:
    at = open_page("home", runs=runs, lang=language)  # what a link brings is said as it opens
    said = " ".join(warning.value for warning in at.warning)
    assert all(unbroken(number) in said for number in RUNS[runs]), said
    at.switch_page("../../pages/degradation.py").run()
    assert not at.exception
    assert not at.error


def test_a_sweep_is_judged_by_its_dearest_run() -> None:
    from resnet_viz.ui.lessons.degradation.params import SWEEP

    with pytest.raises(Refused, match="trillion"):
        SWEEP.parse("8.110!1!basic-1.1.1-w8-cifar2-sA-c10~datashapes-large~batch128~steps2000")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["build", "activations"])
def test_a_link_with_huge_results_says_the_limit_and_the_value(name: str, language: str) -> None:
    at = open_page(name, net=WIDE, size="512", lang=language, further="live")
    said = " ".join(warning.value for warning in at.warning)
    assert "256\xa0MiB" in said
    assert not at.exception
    assert not at.error


_OPEN = """
import os, sys
from tests.ui.test_pages import open_page

def status(name):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name)) / 1024

for name in ("build", "activations"):
    open_page(name, net="cifar_resnet20")
before = status("VmRSS")
with open("/proc/self/clear_refs", "w") as file:
    file.write("5")
open_page("build", net=sys.argv[1], size="512")
open_page("activations", net=sys.argv[1], size="512")
open_page("degradation", runs=sys.argv[2])
print(status("VmHWM") - before, flush=True)
os._exit(0)
"""


@pytest.mark.endurance
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the high-water mark of a process is read from /proc")
def test_what_is_refused_costs_no_memory(tmp_path: Path) -> None:
    root = Path(resnet_viz.__file__).parents[1]
    command = [sys.executable, "-W", "ignore", "-c", _OPEN, WIDE, next(iter(RUNS))]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert float(done.stdout.split()[-1]) < 200, "MiB; the pages themselves need some"


def test_what_is_on_offer_is_run() -> None:
    for name in presets():
        size = 32 if name.startswith("cifar") else 224
        assert inference.refusal(plan(preset(name), size), looked_into=True) is None, name
    assert inference.refusal(plan(preset("resnet50"), 512)) is None


@given(specs(largest_stage=20, widths=(2, 64, 1024, 4096)))
@settings(max_examples=100)
def test_whatever_is_run_is_bounded(spec: ResNetSpec) -> None:
    """Depth, weights, work and results of all that passes stay below what is said."""
    for size in (8, 224, 512):
        if inference.refusal(plan(spec, size), looked_into=True) is None:
            found = cost(spec, size)
            assert max(found.inference_bytes, found.capture_bytes) <= inference.MAX_PASS_BYTES
            assert found.weight_bytes < 1.02 * 4 * inference.MAX_PARAMS < inference.MAX_KEPT_BYTES
            assert found.macs <= inference.MAX_MACS


# Kept


def test_what_is_kept_stays_within_its_bytes_and_the_oldest_goes_first() -> None:
    made: list[int] = []

    @kept(most=10, size=lambda n: n, turn=threading.Lock)
    def number(n: int) -> int:
        made.append(n)
        return n

    assert [number(4), number(5), number(4), number(3), number(4)] == [4, 5, 4, 3, 4]
    assert made == [4, 5, 3], "5 had been used least recently and made room for 3"
    assert number.bytes == 7
    number.clear()
    assert number(4) == 4
    assert made == [4, 5, 3, 4]


def test_many_who_ask_at_once_have_it_made_once_and_others_one_at_a_time() -> None:
    lock, inside, most, made = threading.Lock(), [0], [0], []
    start = threading.Barrier(8)

    @kept(most=100, size=lambda n: 1, turn=lambda: lock)
    def number(n: int) -> int:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        made.append(n)
        inside[0] -= 1
        return n

    def ask(n: int) -> None:
        start.wait()
        number(n % 4)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [0, 1, 2, 3]
    assert most == [1]


def test_a_damaged_result_is_not_kept() -> None:
    @kept(most=10, size=lambda n: n, turn=threading.Lock)
    def fails(n: int) -> int:
        raise OSError("damaged")

    for _ in range(2):
        with pytest.raises(OSError, match="damaged"):
            fails(1)
    assert fails.bytes == 0


# Turns


def test_who_waits_too_long_is_told_and_passes_go_on() -> None:
    with turns.measuring():
        with pytest.raises(Refused) as caught, turns.measuring(wait=0.01):
            pass
        assert turns.one_at_a_time.take(0), "a page's own pass does not wait for a measurement"
        turns.one_at_a_time.release()
    assert caught.value.code == "machine_busy"
    with turns.measuring(wait=0.01):
        pass


@pytest.mark.usefixtures("quick")
def test_a_busy_machine_is_a_sentence_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise Refused("machine_busy", seconds=20.0)

    measure = times.measure
    monkeypatch.setattr(times, "measure", busy)
    at = open_shown("bottleneck", "bottleneck", further="times")
    at.button("w_measure").click().run()
    assert [info.value for info in at.info if "20" in info.value]
    monkeypatch.setattr(times, "measure", measure)
    at.button("w_measure_again").click().run()
    assert not [info.value for info in at.info if "20" in info.value]
    note = lesson("bottleneck").say("time_note", threads=times.THREADS, most=times.REPEATS)
    assert note in texts(at), "one can try again"


# ONNX


def test_deep_networks_are_not_exported_and_it_is_said() -> None:
    words = lesson("build")
    numbers = {"limit": "70 M", "depth": 152, "given": "19.4 M", "given_depth": 1202}
    assert words.say("export_onnx_large", **numbers) in texts(
        open_page("build", net="cifar_resnet1202", size="32", further="export")
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("size", "is_refused"), [("512", True), ("320", False), ("32", False)])
def test_an_export_says_that_the_picture_is_too_large_and_offers_weights(size: str, is_refused: bool, language: str) -> None:
    words, common = lesson("build", language), lesson("common", language)
    p = plan(preset("cifar_resnet110"), int(size))
    at = open_page("build", net="cifar_resnet110", size=size, further="export", lang=language)
    assert words.labels["export_about"] in texts(at), "weights have no size of a picture"
    assert words.labels["export_onnx_large"].partition("{")[0] not in texts(at), "it keeps these limits"
    said = common.say("limit_macs", given=big(p.macs, language=language), limit=big(inference.MAX_MACS, 0, language))
    assert (said in texts(at)) == is_refused


def test_an_export_that_takes_too_long_is_ended_and_said() -> None:
    with pytest.raises(Refused) as caught:
        onnx_file("resnet152", 224, 0, seconds=0.01)
    assert caught.value.code == "onnx_slow"
    with pytest.raises(Refused) as caught:
        onnx_file("no network", 224, 0)
    assert caught.value.code == "onnx_failed"


@pytest.mark.endurance
def test_the_onnx_file_is_made_beside_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page offers it once it is there; what it holds is what the exporter makes in this process."""
    pytest.importorskip("onnxscript")
    onnx = pytest.importorskip("onnx")
    network_files.onnx.clear()
    at = open_page("build", net="basic-1-w4-cifar-c10", size="32", further="export")
    at.button("w_onnx").click().run()
    assert not at.error
    assert network_files.onnx.bytes == cost(parse_network("basic-1-w4-cifar-c10"), 32).weight_bytes
    model = onnx.load_model_from_string(network_files.onnx("basic-1-w4-cifar-c10", 32, 0))
    onnx.checker.check_model(model)
    network_files.onnx.clear()


def test_an_export_that_fails_is_a_sentence_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxscript")

    def slow(*_: object) -> bytes:
        raise Refused("onnx_slow", seconds=120.0)

    monkeypatch.setattr(network_files, "onnx_file", slow)
    network_files.onnx.clear()
    at = open_page("build", net="basic-1-w4-cifar-c10", size="32", further="export")
    at.button("w_onnx").click().run()
    assert [info.value for info in at.info if "120" in info.value]
    assert at.button("w_onnx"), "one can try again"
