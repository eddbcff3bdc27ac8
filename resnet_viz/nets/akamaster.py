"""Weights that others have published, under this package's names."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

AKAMASTER_MEAN, AKAMASTER_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""With which those networks' pictures are normalised."""


def from_akamaster(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The CIFAR-10 ResNets of github.com/akamaster/pytorch_resnet_cifar10 (Idelbayev 2018, BSD-2), for `preset("cifar_resnet20")`
    and its like: `state` is what their files hold as `state_dict`.

    Option A has no parameters, so the names differ in two places only: all stand below `module.`, and `linear` is `fc`.

    >>> import torch
    >>> list(from_akamaster({"module.layer1.0.conv1.weight": torch.zeros(1), "module.linear.bias": torch.zeros(1)}))
    ['layer1.0.conv1.weight', 'fc.bias']
    """
    return {key.removeprefix("module.").replace("linear.", "fc."): value for key, value in state.items()}
