"""Runnable code of a frozen network with one's own last layer: it loads both from files beside it and classifies a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from resnet_viz.nets.cards import Card
from resnet_viz.nets.export import network_code


def to_classifier(known: Card, classes: Sequence[str]) -> str:
    """One file of PyTorch code: `python classify.py picture.jpg` prints the probability of each class, the likeliest first.

    Beside it lie `backbone.safetensors`, the weights that the card is of, and `head.safetensors` with `fc.weight` (K, F) and
    `fc.bias` (K,). The picture is cut and scaled as `pictures.to_square` does and normalised as the card says.
    """
    spec = replace(known.spec, classes=len(classes))
    return f"{network_code(spec)}\n\n{_READ.format(size=known.size, mean=known.mean, std=known.std, classes=tuple(classes))}"


_READ = """CLASSES = {classes!r}
MEAN, STD = torch.tensor({mean}), torch.tensor({std})


def read(path):  # (1, 3, {size}, {size})
    picture = Image.open(path).convert("RGB")
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    picture = picture.crop((left, top, left + side, top + side)).resize(({size}, {size}), Image.Resampling.LANCZOS)
    x = torch.from_numpy(np.asarray(picture).copy()).permute(2, 0, 1).float() / 255
    return ((x - MEAN[:, None, None]) / STD[:, None, None])[None]


def load(folder):
    weights = load_file(folder / "backbone.safetensors") | load_file(folder / "head.safetensors")  # fc is the head's
    net = Net()
    net.load_state_dict({{name: w.float() if w.is_floating_point() else w for name, w in weights.items()}})
    return net.eval()  # BN by its running averages, also for a single picture


if __name__ == "__main__":
    net = load(Path(__file__).parent)
    with torch.no_grad():
        shares = net(read(sys.argv[1])).softmax(1)[0]
    for share, name in sorted(zip(shares.tolist(), CLASSES), reverse=True):
        print(f"{{share:.6f}} {{name}}")
"""
