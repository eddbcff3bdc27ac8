"""`build(spec)`: the network itself, with torchvision's parameter names.

The initial value of a parameter depends on the seed and on the parameter's own name and shape, on nothing else. A plain
twin, or a network with one skip removed, therefore starts from exactly the same weights.
"""

from __future__ import annotations

import hashlib
import math

import torch
from torch import Tensor, nn

from resnet_viz.nets.blocks import ResidualBlock, convolution
from resnet_viz.nets.spec import ResNetSpec


class ResNet(nn.Module):
    """The network that a `ResNetSpec` describes: stem, one to four stages of residual blocks, head.

    Input (N, in_channels, H, W), any H and W of at least 1; output (N, classes), the logits.
    """

    def __init__(self, spec: ResNetSpec) -> None:
        super().__init__()
        self.spec = spec
        width, imagenet = spec.width, spec.stem == "imagenet"
        if imagenet:
            self.conv1 = nn.Conv2d(spec.in_channels, width, 7, stride=2, padding=3, bias=False)
        else:
            self.conv1 = convolution(spec.in_channels, width, 3, stride=2 if spec.stem == "cifar/2" else 1)
        if spec.norm == "batch":
            self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        if imagenet:
            self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        shapes = list(spec.geometry())
        for stage in range(1, len(spec.stages) + 1):
            blocks = [ResidualBlock(spec, shape) for shape in shapes if shape.stage == stage]
            self.add_module(f"layer{stage}", nn.Sequential(*blocks))
        channels = shapes[-1].out_channels
        if spec.order == "pre":  # the extra activation after the last addition (He et al. 2016, appendix)
            if spec.norm == "batch":
                self.bn_out = nn.BatchNorm2d(channels)
            self.relu_out = nn.ReLU()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(channels, spec.classes)

    def forward(self, x: Tensor) -> Tensor:
        for child in self.children():  # registered in the order in which they run
            x = child(x)
        return x


def build(spec: ResNetSpec, seed: int = 0) -> ResNet:
    """The network on the CPU in training mode, initialised from `seed`.

    The caller's global random state is not touched.

    >>> from resnet_viz import preset
    >>> net = build(preset("cifar_resnet20"))
    >>> net(torch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 10])
    """
    with torch.device("meta"):  # torch's own initialisation would draw from the global generator
        model = ResNet(spec)
    model.to_empty(device="cpu")
    _initialise(model, spec, seed)
    return model


def _initialise(model: ResNet, spec: ResNetSpec, seed: int) -> None:
    for name, module in model.named_modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_parameters()
        elif isinstance(module, nn.Conv2d | nn.Linear):
            _initialise_weights(module, spec.init, named_generator(seed, name))
    if spec.zero_gamma:
        last = "bn2" if spec.block == "basic" else "bn3"
        for block in spec.blocks:
            nn.init.zeros_(model.get_parameter(f"{block}.{last}.weight"))


def _initialise_weights(module: nn.Conv2d | nn.Linear, init: str, generator: torch.Generator) -> None:
    weight = module.weight
    if init == "xavier":
        nn.init.xavier_normal_(weight, generator=generator)
    elif init == "normal-0.01":
        nn.init.normal_(weight, std=0.01, generator=generator)
    elif init == "he" and isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(weight, mode="fan_out", nonlinearity="relu", generator=generator)
    else:  # torch's own rule, which torchvision leaves to the last layer of its He-initialised networks
        nn.init.kaiming_uniform_(weight, a=math.sqrt(5), generator=generator)
    if module.bias is not None:
        if init in ("he", "pytorch"):
            bound = 1 / math.sqrt(module.in_features if isinstance(module, nn.Linear) else weight[0].numel())
            nn.init.uniform_(module.bias, -bound, bound, generator=generator)
        else:
            nn.init.zeros_(module.bias)


def named_generator(seed: int, name: str) -> torch.Generator:
    """Random numbers that depend on the seed and on a name, on nothing else."""
    digest = hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=7).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest, "big"))
