"""A network to take away: PyTorch code of exactly this network, an ONNX file, the layer table as CSV.

The code has our module names, so a state dict of `build(spec)` loads into it and the outputs are equal to the last bit.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from resnet_viz.csv_table import table
from resnet_viz.nets.plan import Layer, Plan
from resnet_viz.nets.spec import CONVOLUTIONS, BlockShape, ResNetSpec, ShortcutKind

if TYPE_CHECKING:
    from resnet_viz.nets.resnet import ResNet


class ExportUnavailable(RuntimeError):
    """An export that this installation cannot make. The message is one sentence for the user."""


# PyTorch code


def to_python(spec: ResNetSpec) -> str:
    """Runnable PyTorch code of this network and nothing else: one file that defines `Net`, with every option baked in.

    >>> code = to_python(ResNetSpec(stages=(1,), width=8, stem="cifar", classes=10))
    >>> print(next(line for line in code.splitlines() if "y =" in line).strip())
    y = self.F(x) + x
    """
    return _file(spec, ["import torch", "from torch import nn"], _try_it(spec))


def network_code(spec: ResNetSpec) -> str:
    """The same for code that reads pictures and weights: with the imports that this takes, and without a trial of its own."""
    more = ["import sys", "from pathlib import Path", "", "import numpy as np", "import torch", "from PIL import Image"]
    return _file(spec, [*more, "from safetensors.torch import load_file", "from torch import nn"], [])


def _file(spec: ResNetSpec, imports: Sequence[str], end: Sequence[str]) -> str:
    shapes = tuple(spec.geometry())
    kinds = {shape.shortcut for shape in shapes}
    parts = [
        [f'"""{spec}"""', "", *imports],
        _conv(spec),
        _zero_pad() if "zero-pad" in kinds else [],
        _block(spec, kinds),
        _stage(spec, kinds),
        _network(spec, shapes),
        end,
    ]
    return "\n\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def _indent(lines: Iterable[str], by: int) -> list[str]:
    return [" " * by + line if line else "" for line in lines]


def _conv(spec: ResNetSpec) -> list[str]:
    more, groups = (", groups=1", ", groups=groups") if spec.groups > 1 else ("", "")
    return [
        f"def conv(i, o, kernel, stride=1{more}):",
        f"    return nn.Conv2d(i, o, kernel, stride, kernel // 2{groups}, bias=False)",
    ]


def _zero_pad() -> list[str]:
    return [
        "class ZeroPad(nn.Module):",
        "    def __init__(self, i, o, stride):",
        "        super().__init__()",
        "        self.stride, self.front = stride, (o - i) // 2",
        "        self.back = o - i - self.front",
        "",
        "    def forward(self, x):",
        "        x = x[:, :, :: self.stride, :: self.stride]",
        "        return nn.functional.pad(x, (0, 0, 0, 0, self.front, self.back))",
    ]


def _width_names(spec: ResNetSpec) -> str:
    """The arguments for a block's channels: a basic block is as wide inside as at its end."""
    return "i, o" if spec.block == "basic" else "i, mid, o"


def _flags(spec: ResNetSpec, kinds: set[ShortcutKind]) -> list[str]:
    """The arguments of a block that only some networks need."""
    return ["skip=True"] * _some_skips(kinds) + ["first=False"] * (spec.order == "pre")


def _some_skips(kinds: set[ShortcutKind]) -> bool:
    return "none" in kinds and len(kinds) > 1


def _block(spec: ResNetSpec, kinds: set[ShortcutKind]) -> list[str]:
    arguments = ", ".join([_width_names(spec), "stride=1", *_flags(spec, kinds)])
    return [
        "class Block(nn.Module):",
        f"    def __init__(self, {arguments}):",
        "        super().__init__()",
        *_indent(_block_modules(spec, kinds), 8),
        "",
        "    def F(self, x):",
        *_indent(_residual_branch(spec), 8),
        "",
        "    def forward(self, x):",
        *_indent(_block_forward(spec, kinds), 8),
    ]


def _block_modules(spec: ResNetSpec, kinds: set[ShortcutKind]) -> list[str]:
    batch_norm, pre = spec.norm == "batch", spec.order == "pre"
    if spec.block == "basic":
        sizes = [("i", "o", "3, stride"), ("o", "o", "3")]
    else:
        one, three = ("1, stride", "3") if spec.stride_on == "1x1" else ("1", "3, stride")
        groups = f", groups={spec.groups}" if spec.groups > 1 else ""
        sizes = [("i", "mid", one), ("mid", "mid", three + groups), ("mid", "o", "1")]
    lines = []
    for n, (i, o, rest) in enumerate(sizes, 1):
        norm = f"self.bn{n} = nn.BatchNorm2d({i if pre else o})"
        if batch_norm and pre and n == 1:
            lines += ["if not first:", f"    {norm}"]
        elif batch_norm and pre:
            lines.append(norm)
        lines.append(f"self.conv{n} = conv({i}, {o}, {rest})")
        if batch_norm and not pre:
            lines.append(norm)
    if spec.zero_gamma:
        lines.append(f"nn.init.zeros_(self.bn{len(sizes)}.weight)")
    return lines + _shortcut_modules(spec, kinds) + ["self.first = first"] * pre


def _shortcut_modules(spec: ResNetSpec, kinds: set[ShortcutKind]) -> list[str]:
    some = _some_skips(kinds)
    lines = ["self.skip = skip"] * some
    if not kinds & {"projection", "zero-pad"}:
        return lines
    norm = ", nn.BatchNorm2d(o)" if spec.norm == "batch" and spec.order == "post" else ""
    change = "ZeroPad(i, o, stride)" if "zero-pad" in kinds else f"nn.Sequential(conv(i, o, 1, stride){norm})"
    if spec.shortcut == "C":
        return lines + ["if skip:"] * some + ["    " * some + f"self.downsample = {change}"]
    lines.append("self.downsample = nn.Identity()")
    if spec.order == "pre":
        lines.append("self.changes = stride > 1 or i != o")
    changes = "self.changes" if spec.order == "pre" else "stride > 1 or i != o"
    if some:
        changes = f"skip and {changes}" if spec.order == "pre" else f"skip and ({changes})"
    return [*lines, f"if {changes}:", f"    self.downsample = {change}"]


def _residual_branch(spec: ResNetSpec) -> list[str]:
    lines = []
    count = CONVOLUTIONS[spec.block]
    for n in range(1, count + 1):
        if spec.order == "pre":
            before = f"self.bn{n}(x)" if spec.norm == "batch" else "x"
            text = f"self.conv{n}(torch.relu({before}))" if n > 1 else "self.conv1(x)"
        else:
            text = f"self.bn{n}(self.conv{n}(x))" if spec.norm == "batch" else f"self.conv{n}(x)"
            text = f"torch.relu({text})" if n < count else text
        lines.append(f"return {text}" if n == count else f"x = {text}")
    return lines


def _block_forward(spec: ResNetSpec, kinds: set[ShortcutKind]) -> list[str]:
    pre = spec.order == "pre"
    branch = "self.F(a)" if pre else "self.F(x)"
    if kinds == {"none"}:
        total = branch
    elif not kinds & {"projection", "zero-pad"}:
        total = f"{branch} + x"
    elif not pre:
        total = f"{branch} + self.downsample(x)"
    else:
        total = f"{branch} + self.downsample({'a' if spec.shortcut == 'C' else 'a if self.changes else x'})"
    if _some_skips(kinds):
        total += f" if self.skip else {branch}"
    lines = []
    if pre:
        lines.append(f"a = x if self.first else torch.relu({'self.bn1(x)' if spec.norm == 'batch' else 'x'})")
    lines.append(f"y = {total}" + ("  # y = F(x) + x" if "downsample" in total else ""))
    return [*lines, "return y" if pre else "return torch.relu(y)"]


def _stage(spec: ResNetSpec, kinds: set[ShortcutKind]) -> list[str]:
    some, pre = _some_skips(kinds), spec.order == "pre"
    widths = _width_names(spec)
    arguments = [widths, "blocks", "stride=1", *["cut=()"] * some, *["first=False"] * pre]
    start = [widths, "stride", *["skip=0 not in cut"] * some, *["first=first"] * pre]
    later = [widths.replace("i", "o", 1), *["skip=n not in cut"] * some]
    return [
        f"def stage({', '.join(arguments)}):",
        f"    blocks = [Block({', '.join(later)}) for {'n' if some else '_'} in range(1, blocks)]",
        f"    return nn.Sequential(Block({', '.join(start)}), *blocks)",
    ]


def _stage_call(spec: ResNetSpec, shapes: tuple[BlockShape, ...]) -> str:
    """The line that makes the stage of these blocks."""
    first = shapes[0]
    widths = [first.in_channels, *[first.mid_channels] * (spec.block != "basic"), first.out_channels]
    words = [*map(str, widths), f"blocks={len(shapes)}"]
    words += [f"stride={first.stride}"] * (first.stride > 1)
    cut = [n for n, shape in enumerate(shapes) if shape.shortcut == "none"]
    if cut and spec.skips != "none":
        words.append("cut={" + ", ".join(map(str, cut)) + "}")
    words += ["first=True"] * (first.first and spec.order == "pre")
    return f"self.layer{first.stage} = stage({', '.join(words)})"


def _network(spec: ResNetSpec, shapes: tuple[BlockShape, ...]) -> list[str]:
    batch_norm, pre, imagenet = spec.norm == "batch", spec.order == "pre", spec.stem == "imagenet"
    channels, numbers = shapes[-1].out_channels, range(1, len(spec.stages) + 1)
    stem_reduction = {"imagenet": 4, "cifar/2": 2, "cifar": 1}[spec.stem]
    sizes = [(n, spec.planes(n - 1) * spec.expansion, stem_reduction * 2 ** (n - 1)) for n in numbers]
    stem = f"conv({spec.in_channels}, {spec.width}, {'7, 2' if imagenet else '3, 2' if spec.stem == 'cifar/2' else '3'})"
    modules = [
        f"self.conv1 = {stem}",
        *[f"self.bn1 = nn.BatchNorm2d({spec.width})"] * batch_norm,
        *["self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)"] * imagenet,
        *(_stage_call(spec, tuple(s for s in shapes if s.stage == n)) for n in numbers),
        *[f"self.bn_out = nn.BatchNorm2d({channels})"] * (batch_norm and pre),
        "self.avgpool = nn.AdaptiveAvgPool2d(1)",
        f"self.fc = nn.Linear({channels}, {spec.classes})",
        *_initialisation(spec),
    ]
    steps = [
        f"x = torch.relu({'self.bn1(self.conv1(x))' if batch_norm else 'self.conv1(x)'})",
        *["x = self.maxpool(x)"] * imagenet,
        *(f"x = self.layer{n}(x)  # (N, {out}, H/{by}, W/{by})" for n, out, by in sizes),
        *[f"x = torch.relu({'self.bn_out(x)' if batch_norm else 'x'})"] * pre,
        f"return self.fc(self.avgpool(x).flatten(1))  # (N, {spec.classes})",
    ]
    return [
        "class Net(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        *_indent(modules, 8),
        "",
        f"    def forward(self, x):  # (N, {spec.in_channels}, H, W)",
        *_indent(steps, 8),
    ]


def _initialisation(spec: ResNetSpec) -> list[str]:
    """Only what differs from what torch does anyway."""
    if spec.init == "pytorch":
        return []
    if spec.init == "he":
        return [
            "for module in self.modules():",
            "    if isinstance(module, nn.Conv2d):",
            '        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")',
        ]
    rule = "xavier_normal_(module.weight)" if spec.init == "xavier" else "normal_(module.weight, std=0.01)"
    return [
        "for module in self.modules():",
        "    if isinstance(module, nn.Conv2d | nn.Linear):",
        f"        nn.init.{rule}",
        "nn.init.zeros_(self.fc.bias)",
    ]


def _try_it(spec: ResNetSpec) -> list[str]:
    side = 224 if spec.stem == "imagenet" else 32
    return [
        'if __name__ == "__main__":',
        "    net = Net()",
        '    print(f"{sum(p.numel() for p in net.parameters()):,} parameters")',
        f"    print(net.eval()(torch.randn(1, {spec.in_channels}, {side}, {side})).shape)",
    ]


# ONNX


def onnx_available() -> bool:
    """Whether the optional packages that `to_onnx` needs are installed."""
    return all(importlib.util.find_spec(name) for name in ("onnx", "onnxscript"))


def to_onnx(model: ResNet, size: int) -> bytes:
    """The network in evaluation mode as an ONNX file: input `picture` (batch, C, size, size), output `logits` (batch, classes).

    Raises `ExportUnavailable` where the optional packages are absent.
    """
    if not onnx_available():
        raise ExportUnavailable("ONNX export needs two more packages: pip install onnx onnxscript.")
    import torch

    training = model.training
    x = torch.zeros(2, model.spec.in_channels, size, size)
    try:
        program = torch.onnx.export(
            model.eval(), (x,), input_names=["picture"], output_names=["logits"],
            dynamic_shapes={"x": {0: torch.export.Dim("batch")}}, dynamo=True, verbose=False,
        )  # fmt: skip
    finally:
        model.train(training)
    assert program is not None  # None only comes from the exporter that dynamo=True replaces
    return bytes(program.model_proto.SerializeToString())


# The layer table


def to_csv(p: Plan) -> str:
    """One row a layer under `Layer`'s field names; shapes are written 64x56x56, several inputs with a space between."""
    rows: list[Sequence[object]] = [Layer._fields]
    for layer in p.layers:
        shapes = {name: "x".join(map(str, getattr(layer, name))) for name in ("in_shape", "out_shape")}
        rows.append(layer._replace(inputs=" ".join(layer.inputs), **shapes))  # type: ignore[arg-type]  # text for the table
    return table(rows)
