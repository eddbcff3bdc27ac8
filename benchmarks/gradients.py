"""The gradient probe against the bare passes, and the lesson's answer to a switch."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

import torch
from playwright.sync_api import Page
from torch.nn import functional as F

from benchmarks import Amount, Row, interleaved
from benchmarks._server import chromium, ours, settle, wait_for
from resnet_viz import build, preset
from resnet_viz.probes.gradients import gradient_norms

BATCH, SIDE = 64, 32
SWITCHES = 8


def rows() -> Iterator[Row | Amount]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    x = torch.randn(BATCH, 3, SIDE, SIDE).contiguous(memory_format=torch.channels_last)
    y = torch.randint(10, (BATCH,))
    for plain in (True, False):
        spec = preset("cifar_resnet56").plain() if plain else preset("cifar_resnet56")
        model = build(spec).to(memory_format=torch.channels_last)

        def bare(model: torch.nn.Module = model) -> None:
            torch.autograd.grad(F.cross_entropy(model(x), y), list(model.parameters()))

        def probe(model: torch.nn.Module = model) -> None:
            gradient_norms(model, x, y)  # type: ignore[arg-type]

        taken = interleaved({"ours": probe, "theirs": bare}, 7)
        what = f"gradient norms, {'plain' if plain else 'residual'}-56, 16 wide, batch {BATCH}"
        yield Row(what, taken["ours"], "forward + backward", taken["theirs"], taken["ours"] / taken["theirs"], "≤ 1.25×")
    torch.set_num_threads(threads)
    with chromium() as browser, ours() as url:
        wait_for(f"{url}/readyz")
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        _show(page, f"{url}/gradients?lang=en&px=32")
        waits = []
        for n in range(SWITCHES):
            settle(page)
            name, said = [("They vanish", "All layers vanish together"), ("They explode", "It explodes towards the input")][n % 2]
            page.evaluate("performance.clearMeasures()")
            if n == 2:  # then every answer would be remembered: another seed
                _show(page, f"{url}/gradients?lang=en&px=32&seed=5")
            start = time.perf_counter()
            page.get_by_role("button", name=name).click()
            page.get_by_text(said).first.wait_for()
            page.wait_for_function("() => performance.getEntriesByName('profiles-paint').length > 0")
            waits.append(time.perf_counter() - start)
        yield Amount("both depth-56 networks on screen after a switch", f"{waits[0] * 1e3:.0f} ms", "≤ 2000 ms, measured anew")
        yield Amount("the same, with what was measured before", f"{median(waits[3:]) * 1e3:.0f} ms", "")


def _show(page: Page, address: str) -> None:
    """Open the lesson and have the sizes shown; returns once they have been measured."""
    page.goto(address)
    page.locator(".st-key-w_predict_size_show button").click()
    page.get_by_role("button", name="They vanish").wait_for()  # only the run that measures has it
    settle(page)
