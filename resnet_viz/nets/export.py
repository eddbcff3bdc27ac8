"""A network to take along: runnable PyTorch code of exactly this network, ONNX, and the layer table."""

from __future__ import annotations

import csv
import importlib.util
import io
from typing import TYPE_CHECKING

from resnet_viz.nets.plan import Plan
from resnet_viz.nets.spec import BlockShape, ResNetSpec

if TYPE_CHECKING:
    from resnet_viz.nets.resnet import ResNet


class ExportUnavailable(RuntimeError):
    """The optional packages that an export needs are not installed. The message is one sentence for the user."""


# PyTorch code


def to_python(spec: ResNetSpec) -> str:
    """One file that needs only torch and builds exactly this network as `Net()`.

    Its parameter names are those of `build(spec)`, so the weights of one load into the other.
    """
    shapes = list(spec.geometry())
    parts = [f'"""{spec}: {spec.depth} layers, {len(spec.blocks)} residual blocks."""\n\nimport torch\nfrom torch import nn\n']
    if any(shape.shortcut == "zero-pad" for shape in shapes):
        parts[0] += "from torch.nn import functional as F\n"
        parts.append(_ZERO_PAD)
    return "\n\n".join([*parts, _block_class(spec, shapes), _net_class(spec, shapes), _MAIN.format(channels=spec.in_channels)])


_ZERO_PAD = '''class ZeroPad(nn.Module):
    """Option A: skip positions, add channels of zeros."""

    def __init__(self, missing, stride):
        super().__init__()
        self.missing, self.stride = missing, stride

    def forward(self, x):
        x = x[:, :, :: self.stride, :: self.stride]
        return F.pad(x, (0, 0, 0, 0, self.missing // 2, self.missing - self.missing // 2))
'''

_MAIN = """if __name__ == "__main__":
    net = Net().eval()
    print(net(torch.randn(1, {channels}, 224, 224)).shape)
"""


def _convolutions(spec: ResNetSpec) -> list[tuple[str, str, int, str, str]]:
    """(in, out, kernel, stride, groups) of the branch, as source text."""
    if spec.block == "basic":
        return [("c_in", "c_mid", 3, "stride", ""), ("c_mid", "c_out", 3, "1", "")]
    one, three = ("stride", "1") if spec.stride_on == "1x1" else ("1", "stride")
    groups = f", groups={spec.groups}" if spec.groups > 1 else ""
    return [("c_in", "c_mid", 1, one, ""), ("c_mid", "c_mid", 3, three, groups), ("c_mid", "c_out", 1, "1", "")]


def _convolution(c_in: str, c_out: str, kernel: int, stride: str, groups: str) -> str:
    step = f", stride={stride}" if stride != "1" else ""
    pad = f", padding={kernel // 2}" if kernel > 1 else ""
    return f"nn.Conv2d({c_in}, {c_out}, {kernel}{step}{pad}{groups}, bias=False)"


def _block_class(spec: ResNetSpec, shapes: list[BlockShape]) -> str:
    """The residual block, with only the branches of code that this network needs."""
    norm, pre = spec.norm == "batch", spec.order == "pre"
    convolutions = _convolutions(spec)
    made, branch = [], []
    for i, (c_in, c_out, kernel, stride, groups) in enumerate(convolutions, 1):
        conv = f"self.conv{i} = {_convolution(c_in, c_out, kernel, stride, groups)}"
        if norm:
            bn = f"self.bn{i} = nn.BatchNorm2d({c_in if pre else c_out})"
            made += [bn, conv] if pre else [conv, bn]
        else:
            made.append(conv)
        branch.append((f"self.conv{i}({{}})", f"self.bn{i}({{}})" if norm else "{}"))
    body = _pre_forward(branch) if pre else _post_forward(branch)
    if pre and norm:
        made[0] = f"self.bn1 = nn.Identity() if first else nn.BatchNorm2d({convolutions[0][0]})"
    if pre:
        made.insert(0, "self.first = first  # the stem has just activated")
    kinds = {shape.shortcut for shape in shapes}
    arguments = "c_in, c_mid, c_out, stride" + (", first" if pre else "") + (", shortcut" if kinds != {"none"} else "")
    if kinds != {"none"}:
        made.append("self.downsample = shortcut" + ("  # None where the skip is removed" if "none" in kinds else ""))
    addition = {
        frozenset({"none"}): "y = residual  # F(x) alone: every skip is removed",
    }.get(frozenset(kinds), "y = residual + self.downsample(source)  # y = F(x) + x")
    if "none" in kinds and len(kinds) > 1:
        addition = "y = residual if self.downsample is None else residual + self.downsample(source)  # y = F(x) + x"
    if kinds == {"none"}:
        body = [line for line in body if not line.startswith("source =")]
    lines = [
        "class Block(nn.Module):",
        f"    def __init__(self, {arguments}):",
        "        super().__init__()",
        *(f"        {line}" for line in made),
        "",
        "    def forward(self, x):",
        *(f"        {line}" for line in body),
        f"        {addition}",
        f"        return {'y' if pre else 'torch.relu(y)'}",
        "",
    ]
    return "\n".join(lines)


def _post_forward(branch: list[tuple[str, str]]) -> list[str]:
    lines, at = ["source = x"], "x"
    for i, (conv, bn) in enumerate(branch):
        step = bn.format(conv.format(at))
        at = "residual"
        lines.append(f"residual = {step if i == len(branch) - 1 else f'torch.relu({step})'}")
    return lines


def _pre_forward(branch: list[tuple[str, str]]) -> list[str]:
    first_bn = branch[0][1]
    lines = [
        f"activated = x if self.first else torch.relu({first_bn.format('x')})",
        "source = x if isinstance(self.downsample, nn.Identity) else activated",
        f"residual = {branch[0][0].format('activated')}",
    ]
    activated = [(conv, "torch.relu(" + bn.format("residual") + ")") for conv, bn in branch[1:]]
    return lines + [f"residual = {conv.format(before)}" for conv, before in activated]


def _shortcut(spec: ResNetSpec, shape: BlockShape) -> str:
    """The source of one block's shortcut."""
    if shape.shortcut == "none":
        return "None"
    if shape.shortcut == "identity":
        return "nn.Identity()"
    if shape.shortcut == "zero-pad":
        return f"ZeroPad({shape.out_channels - shape.in_channels}, {shape.stride})"
    step = f", stride={shape.stride}" if shape.stride > 1 else ""
    conv = f"nn.Conv2d({shape.in_channels}, {shape.out_channels}, 1{step}, bias=False)"
    norm = spec.norm == "batch" and spec.order == "post"
    return f"nn.Sequential({conv}, nn.BatchNorm2d({shape.out_channels}))" if norm else f"nn.Sequential({conv})"


def _net_class(spec: ResNetSpec, shapes: list[BlockShape]) -> str:
    norm, imagenet, width = spec.norm == "batch", spec.stem == "imagenet", spec.width
    kernel, stride = (7, 2) if imagenet else (3, 2 if spec.stem == "cifar/2" else 1)
    made = [f"self.conv1 = {_convolution(str(spec.in_channels), str(width), kernel, str(stride), '')}"]
    made += [f"self.bn1 = nn.BatchNorm2d({width})"] * norm
    made += ["self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)"] * imagenet
    with_shortcut = any(shape.shortcut != "none" for shape in shapes)
    for stage in range(1, len(spec.stages) + 1):
        made.append(f"self.layer{stage} = nn.Sequential(")
        for s in shapes:
            if s.stage == stage:
                first = f", {s.first}" if spec.order == "pre" else ""
                shortcut = f", {_shortcut(spec, s)}" if with_shortcut else ""
                made.append(f"    Block({s.in_channels}, {s.mid_channels}, {s.out_channels}, {s.stride}{first}{shortcut}),")
        made.append(")")
    channels = shapes[-1].out_channels
    made += [f"self.bn_out = nn.BatchNorm2d({channels})"] * (norm and spec.order == "pre")
    made.append(f"self.fc = nn.Linear({channels}, {spec.classes})")
    stem = "self.bn1(self.conv1(x))" if norm else "self.conv1(x)"
    run = [f"x = torch.relu({stem})"]
    run += ["x = self.maxpool(x)"] * imagenet
    run += [f"x = self.layer{stage}(x)" for stage in range(1, len(spec.stages) + 1)]
    if spec.order == "pre":
        run.append(f"x = torch.relu({'self.bn_out(x)' if norm else 'x'})")
    run += ["x = nn.functional.adaptive_avg_pool2d(x, 1).flatten(1)", "return self.fc(x)"]
    lines = ["class Net(nn.Module):", "    def __init__(self):", "        super().__init__()", *(f"        {line}" for line in made), ""]
    return "\n".join([*lines, "    def forward(self, x):", *(f"        {line}" for line in run), ""])


# ONNX and CSV


def onnx_available() -> bool:
    """Whether the packages that ONNX export needs are installed."""
    return all(importlib.util.find_spec(name) for name in ("onnx", "onnxscript"))


def to_onnx(model: ResNet, size: int) -> bytes:
    """The network as one ONNX file for pictures of `size` × `size`, any number at a time."""
    if not onnx_available():
        raise ExportUnavailable('ONNX export needs the optional packages: pip install "resnet-viz[onnx]"')
    import torch

    x = torch.zeros(2, model.spec.in_channels, size, size)
    names = {"input_names": ["picture"], "output_names": ["logits"]}
    batch = {"x": {0: torch.export.Dim("batch", min=1)}}
    program = torch.onnx.export(model.eval(), (x,), dynamo=True, dynamic_shapes=batch, verbose=False, **names)
    return bytes(program.model_proto.SerializeToString())


def to_csv(p: Plan) -> str:
    """The layer table."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["name", "kind", "kernel", "stride", "groups", "in_shape", "out_shape", "params", "macs", "activation_bytes", "inputs"])
    for x in p.layers:
        shapes = ["x".join(map(str, x.in_shape)), "x".join(map(str, x.out_shape))]
        writer.writerow([x.name, x.kind, x.kernel, x.stride, x.groups, *shapes, x.params, x.macs, x.activation_bytes, " ".join(x.inputs)])
    return out.getvalue()
