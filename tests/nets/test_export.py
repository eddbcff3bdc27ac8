"""Exported code is run, not read: same names, same weights, same outputs."""

from __future__ import annotations

import csv
import io
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings

from resnet_viz import ResNetSpec, build, parse_network, plan, preset
from resnet_viz.nets import export
from tests.conftest import specs


def run_export(spec: ResNetSpec) -> None:
    scope: dict[str, Any] = {"__name__": "exported"}
    exec(compile(export.to_python(spec), str(spec), "exec"), scope)
    theirs, ours = scope["Net"](), build(spec)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(2, spec.in_channels, 40, 40)
    with torch.no_grad():
        assert torch.equal(theirs.eval()(x), ours.eval()(x))
        assert torch.equal(theirs.train()(x), ours.train()(x))


@pytest.mark.parametrize(
    "text", ["bottleneck-2.1-w16-cut1.1-g2x32-zg", "basic-1.1-w16-pre-zg-xavier", "basic-1-w32-pytorch-nobn"]
)
def test_the_code_starts_from_the_same_rule(text: str) -> None:
    scope: dict[str, Any] = {"__name__": "exported"}
    exec(export.to_python(parse_network(text)), scope)
    theirs, ours = scope["Net"]().state_dict(), build(parse_network(text)).state_dict()
    for key, value in ours.items():
        if value.numel() > 1000:
            assert theirs[key].std().item() == pytest.approx(value.std().item(), rel=0.1), key
        elif ".bn" in key and value.is_floating_point():
            assert torch.equal(theirs[key], value), key


def test_the_code_runs_as_a_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = preset("cifar_resnet20")
    (tmp_path / "net.py").write_text(export.to_python(spec), encoding="utf-8")
    runpy.run_path(str(tmp_path / "net.py"), run_name="__main__")
    assert capsys.readouterr().out.splitlines() == [f"{plan(spec, 32).params:,} parameters", "torch.Size([1, 10])"]


@given(specs(largest_stage=2))
@settings(max_examples=60)
def test_any_network_as_code(spec: ResNetSpec) -> None:
    run_export(spec)


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "cifar_resnet20"])
def test_presets_as_code(name: str) -> None:
    run_export(preset(name))


def test_the_code_holds_only_what_the_network_needs() -> None:
    code = export.to_python(preset("resnet18"))
    assert "ZeroPad" not in code
    assert "groups" not in code
    assert "# y = F(x) + x" in code
    assert "downsample" not in export.to_python(preset("resnet18").plain())


def test_onnx_gives_the_same_logits_for_any_batch() -> None:
    runtime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    model = build(parse_network("basic-1.1-w8-cifar-sA-c10"))
    session = runtime.InferenceSession(export.to_onnx(model, 32))
    assert model.training, "the mode is left as it was"
    model.eval()
    for count in (1, 3):
        x = torch.randn(count, 3, 32, 32)
        (found,) = session.run(None, {"picture": x.numpy()})
        np.testing.assert_allclose(found, model(x).detach().numpy(), rtol=1e-4, atol=1e-5)


def test_without_the_optional_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "onnx_available", lambda: False)
    with pytest.raises(export.ExportUnavailable, match="pip install onnx onnxscript"):
        export.to_onnx(build(parse_network("basic-1-w4")), 32)


def test_the_table_adds_up() -> None:
    p = plan(preset("resnet50"))
    rows = list(csv.DictReader(io.StringIO(export.to_csv(p))))
    assert [row["name"] for row in rows] == [layer.name for layer in p.layers]
    assert sum(int(row["params"]) for row in rows) == p.params
    assert sum(int(row["macs"]) for row in rows) == p.macs
