"""What a class waits for inside the lessons on the block: a page's first picture after a click, a step of the stepper."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from benchmarks import Amount, p95
from benchmarks._server import chromium, ours, settle, wait_for

ROUNDS = 5
STEPS = 40
FIRST = {
    "block": ".stepper .panels canvas",
    "mixing": ".mixer .frame canvas",
    "shortcuts": "svg.rv",
    "bottleneck": "svg[role=img]",
    "degradation": ".curves canvas",
}
"""What counts as a page's first picture."""

_STEP = """async (key) => {
  const start = performance.now()
  const root = document.activeElement.shadowRoot.activeElement
  root.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }))
  await new Promise(requestAnimationFrame)
  await new Promise(requestAnimationFrame)
  return performance.now() - start
}"""


def rows() -> Iterator[Amount]:
    with chromium() as browser, ours() as url:
        wait_for(f"{url}/readyz")
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        for name, wanted in FIRST.items():
            waits = []
            for _ in range(ROUNDS + 1):  # the first visit loads the component
                page.goto(f"{url}/build?lang=en")
                page.wait_for_selector("svg.rv")
                settle(page)
                start = time.perf_counter()
                page.locator(f"a[href$='/{name}'], a[href*='/{name}?']").first.click()
                page.locator("h1").filter(has_text="Build").wait_for(state="detached")
                page.locator(wanted).first.wait_for()
                page.evaluate("new Promise(requestAnimationFrame)")
                waits.append(time.perf_counter() - start)
            rest = median(waits[1:]) * 1e3
            yield Amount(
                f"click on /{name} to its first picture", f"{rest:.0f} ms", f"≤ 1000 ms; first visit {waits[0] * 1e3:.0f}"
            )
        page.goto(f"{url}/block?lang=en")
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        page.locator(".stepper .stage").focus()
        times = [page.evaluate(_STEP, "ArrowRight" if n // 7 % 2 == 0 else "ArrowLeft") for n in range(STEPS)]
        yield Amount(f"a step of the stepper painted, p95 of {STEPS}", f"{p95(times):.1f} ms", "≤ 100 ms")
