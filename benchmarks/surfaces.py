"""Loss surfaces: a pair on the workers, a point against the textbook way, and frames per second while both are turned."""

from __future__ import annotations

import copy
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks import Amount, Row, interleaved
from benchmarks._server import chromium, ours, wait_for
from resnet_viz.jobs.engine import Engine
from resnet_viz.jobs.store import Store
from resnet_viz.nets.resnet import ResNet
from resnet_viz.probes.landscape import Plane, directions
from resnet_viz.studies.loss_surface import LIVE_PICTURES, LossSurface, network
from resnet_viz.studies.pretrained_pairs import as_input, twins
from resnet_viz.studies.study import assemble_each, in_turns
from resnet_viz.training.trainer import pictures

FRAMES = 120
_TURN = """async frames => {
  const find = root => {
    for (const e of root.querySelectorAll('*')) {
      if (e.shadowRoot) { const f = find(e.shadowRoot); if (f) return f }
      if (e.matches('.surfaces .pair')) return e
    }
  }
  const pair = find(document)
  const times = []
  performance.clearMeasures('surfaces-paint')
  for (let n = 0; n < frames; n++) {
    pair.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }))
    times.push(await new Promise(requestAnimationFrame))
  }
  return [times, performance.getEntriesByName('surfaces-paint').map(m => m.duration)]
}"""


def _pair(seed: int, engine: Engine) -> tuple[float, float]:
    """Seconds until the first level of both surfaces is there, and until both are whole."""
    asked = [LossSurface(name, seed=seed) for name in twins("shapes", 20)]
    made = [call for _, call in in_turns(*asked)]
    start, first = time.perf_counter(), float("nan")
    while True:
        study = engine.studies.look(made)
        if first != first and all(surface.lines for surface in assemble_each(asked, study.results)):
            first = time.perf_counter() - start
        if study.done:
            return first, time.perf_counter() - start
        time.sleep(0.02)


def _textbook(model: ResNet, x: Tensor, labels: Tensor) -> float:
    """One point as anybody would write it: a moved state dict, loaded into a copy."""
    one, two = directions(model)
    moved = copy.deepcopy(model).train()
    moved.load_state_dict({n: w + 0.3 * one[n] - 0.2 * two[n] if n in one else w for n, w in model.state_dict().items()})
    return F.cross_entropy(moved(x), labels).item()


def rows() -> Iterator[Row | Amount]:
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Store(Path(folder) / "lab.sqlite"))
        try:
            engine.prepare()
            _pair(0, engine)  # the cluster starts
            first, whole = _pair(1, engine)
        finally:
            engine.close()
    yield Amount("two 11×11 surfaces, ResNet-20, 128 pictures", f"{whole:.1f} s", f"≤ 30 s; 3×3 points after {first:.1f} s")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    name = twins("shapes", 56)[1]
    x, labels = as_input(name, pictures("shapes", 0)[0], LIVE_PICTURES)
    model = network(name, "trained")
    plane = Plane(model, x, labels)
    taken = interleaved({"ours": lambda: plane.loss(0.3, -0.2), "textbook": lambda: _textbook(model, x, labels)}, 15)
    torch.set_num_threads(threads)
    yield Row("a point, residual-56", taken["ours"], "moved state dict", taken["textbook"], taken["textbook"] / taken["ours"], "")
    with chromium() as browser, ours() as url:
        wait_for(f"{url}/readyz")
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{url}/why?panel=surface")
        page.wait_for_selector(".surfaces .pair canvas")
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        page.wait_for_load_state("networkidle")
        times, paints = page.evaluate(_TURN, FRAMES)
        rate = 1e3 * (len(times) - 1) / (times[-1] - times[0])
        yield Amount("two 25×25 surfaces turned", f"{rate:.1f} fps", f"{median(paints):.1f} ms a picture of both")
