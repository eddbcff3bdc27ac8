"""The two residual blocks, y = F(x) + x, with every operation a module of its own.

Nothing is done in place and no module is used twice, so a hook on `bn2`, `downsample` or `add` sees the true tensor of the
residual branch, of the shortcut or of the sum. Parameter names are torchvision's.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from resnet_viz.nets.spec import BlockShape, ResNetSpec


class Add(nn.Module):
    """The addition that makes a network residual."""

    def forward(self, residual: Tensor, shortcut: Tensor) -> Tensor:
        return residual + shortcut


class ZeroPad(nn.Module):
    """Option A: every `stride`-th position, and zeros for the channels that are missing. No parameters. He et al. 2015, §4.1."""

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        missing = out_channels - in_channels
        self.front, self.back = missing // 2, missing - missing // 2

    def forward(self, x: Tensor) -> Tensor:
        x = x[:, :, :: self.stride, :: self.stride]  # (N, C, ⌈H/s⌉, ⌈W/s⌉)
        return F.pad(x, (0, 0, 0, 0, self.front, self.back))  # (N, C', ⌈H/s⌉, ⌈W/s⌉)

    def extra_repr(self) -> str:
        return f"stride={self.stride}, front={self.front}, back={self.back}"


def convolution(i: int, o: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    """A convolution without bias whose padding keeps H×W at stride 1."""
    return nn.Conv2d(i, o, kernel, stride, kernel // 2, groups=groups, bias=False)


def _shortcut(spec: ResNetSpec, shape: BlockShape) -> nn.Module:
    if shape.shortcut == "projection":
        steps: list[nn.Module] = [convolution(shape.in_channels, shape.out_channels, 1, shape.stride)]
        if spec.norm == "batch" and spec.order == "post":
            steps.append(nn.BatchNorm2d(shape.out_channels))
        return nn.Sequential(*steps)
    if shape.shortcut == "zero-pad":
        return ZeroPad(shape.in_channels, shape.out_channels, shape.stride)
    return nn.Identity()


class ResidualBlock(nn.Module):
    """y = F(x) + x, or y = F(x) where the skip is removed.

    Post-activation (He et al. 2015) puts a ReLU after the addition and none before it. Pre-activation (He et al. 2016) moves
    BN and ReLU in front of each convolution; the very first block then starts with its convolution because the stem has just
    activated, and a shortcut that is not the identity reads the activated x, as in the authors' code.
    """

    def __init__(self, spec: ResNetSpec, shape: BlockShape) -> None:
        super().__init__()
        self.pre = spec.order == "pre"
        sizes = _convolution_sizes(spec, shape)
        channels = [sizes[0][0], *(out for _, out, *_ in sizes)]
        for i, (c_in, c_out, kernel, stride, groups) in enumerate(sizes, 1):
            if self.pre and not (shape.first and i == 1):
                self._activation(spec, i, channels[i - 1])
            self.add_module(f"conv{i}", convolution(c_in, c_out, kernel, stride, groups))
            if not self.pre:
                self._activation(spec, i, c_out, relu=i < len(sizes))
        self.branch = tuple(name for name, _ in self.named_children())
        self.skip = shape.shortcut != "none"
        if self.skip:
            self.downsample = _shortcut(spec, shape)
            self.add = Add()
        if not self.pre:
            self.add_module(f"relu{len(sizes)}", nn.ReLU())
        self.after = () if self.pre else (f"relu{len(sizes)}",)
        self.shared = self.branch[: self.branch.index("conv1")] if shape.shortcut in ("zero-pad", "projection") else ()

    def _activation(self, spec: ResNetSpec, i: int, channels: int, relu: bool = True) -> None:
        if spec.norm == "batch":
            self.add_module(f"bn{i}", nn.BatchNorm2d(channels))
        if relu:
            self.add_module(f"relu{i}", nn.ReLU())

    def _run(self, names: tuple[str, ...], x: Tensor) -> Tensor:
        for name in names:
            x = getattr(self, name)(x)
        return x

    def forward(self, x: Tensor) -> Tensor:
        x = self._run(self.shared, x)  # pre-activation that both ways read; empty in a post-activation block
        residual = self._run(self.branch[len(self.shared) :], x)  # F(x)
        y = self.add(residual, self.downsample(x)) if self.skip else residual  # y = F(x) + x
        return self._run(self.after, y)


def _convolution_sizes(spec: ResNetSpec, s: BlockShape) -> list[tuple[int, int, int, int, int]]:
    """(in, out, kernel, stride, groups) of each convolution of the residual branch."""
    if spec.block == "basic":
        return [(s.in_channels, s.mid_channels, 3, s.stride, 1), (s.mid_channels, s.out_channels, 3, 1, 1)]
    first, second = (s.stride, 1) if spec.stride_on == "1x1" else (1, s.stride)
    return [
        (s.in_channels, s.mid_channels, 1, first, 1),
        (s.mid_channels, s.mid_channels, 3, second, spec.groups),
        (s.mid_channels, s.out_channels, 1, 1, 1),
    ]
