"""Looks at screens as people come to them: no barrier for anybody, nothing off the edge when enlarged.

Every screen looked at is noted for `test_every_screen.py`, which knows what there is to see.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCREENSHOTS = os.environ.get("DOJANG_SCREENSHOTS")
# best-practice rules judge taste; these are the criteria of WCAG 2.2, levels A and AA
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ENLARGED = {"width": 320, "height": 256}  # a 1280 x 1024 screen at 400 % (WCAG 1.4.10)

_OFF_THE_EDGE = """
() => {
  const edge = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= edge) return [];
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > edge + 1)
    .map((one) => `${one.tagName.toLowerCase()}.${one.className.baseVal ?? one.className}`).slice(-3);
}
"""
_SMALL_TARGETS = """
(least) => [...document.querySelectorAll("main button, .page__actions button, main select, main .choice")]
  .map((one) => [one.textContent.trim().slice(0, 20), one.getBoundingClientRect()])
  .filter(([, box]) => box.height > 0 && box.height < least)
  .map(([text, box]) => `${text}: ${Math.round(box.height)} px`)
"""
COME_TO_REST = """
() => Promise.all(document.getAnimations()
  .filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime))
  .map((one) => one.finished.catch(() => undefined)))
"""
LEAST_TARGET_PX = 47.5
# stories are faster than people: short messages belong to screens before
_SHOW_TOASTS = """
(shown) => document.querySelector(".toasts")?.style.setProperty("visibility", shown ? "visible" : "hidden")
"""


class Inspector:
    """One story's judge."""

    def __init__(self, axe: str, seen: set[str]) -> None:
        self._axe = axe
        self._seen = seen
        self.pictures = ""  # the folder of a story that is shown
        self.barriers: list[str] = []

    def look(self, page: "Page", *names: str) -> None:
        """Judge the screen that shows now; it stands for all these names."""
        name = names[0]
        self._seen.update(names)
        page.evaluate(COME_TO_REST)  # a colour on its way to another is not what people read
        self.picture(page, name)
        self._complain(name, self._axe_finds(page))
        small: list[str] = page.evaluate(_SMALL_TARGETS, LEAST_TARGET_PX)
        self._complain(name, [f"too small to touch: {one}" for one in small])
        self._complain(name, self._off_the_edge(page))

    def picture(self, page: "Page", name: str) -> None:
        """Take a picture where pictures are asked for."""
        if not SCREENSHOTS or not self.pictures:
            return
        folder = Path(SCREENSHOTS) / self.pictures
        folder.mkdir(parents=True, exist_ok=True)
        page.evaluate(_SHOW_TOASTS, False)
        page.screenshot(path=folder / f"{name}.png", animations="disabled")
        page.evaluate(_SHOW_TOASTS, True)

    def _axe_finds(self, page: "Page") -> list[str]:
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(self._axe)
        found: dict[str, Any] = page.evaluate(
            "(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags } })", AXE_RULES
        )
        return [
            f"{one['id']} ({one['help']}) at {[' '.join(map(str, node['target'])) for node in one['nodes']]}"
            for one in found["violations"]
        ]

    def _off_the_edge(self, page: "Page") -> list[str]:
        usual = page.viewport_size
        page.set_viewport_size(ENLARGED)  # type: ignore[arg-type]  # the driver wants its own TypedDict
        off: list[str] = page.evaluate(_OFF_THE_EDGE)
        if usual is not None:
            page.set_viewport_size(usual)
        return [f"off the edge at 400 %: {', '.join(off)}"] if off else []

    def _complain(self, name: str, findings: Iterable[str]) -> None:
        self.barriers += [f"{name}: {one}" for one in findings]


def korean_in(page: "Page", *, but: Iterable[str] = ()) -> str:
    """Return the Korean that stands on the page, names and other data of the person left out."""
    text = page.locator("body").inner_text()
    for one in but:
        text = text.replace(one, "")
    return " ".join(re.findall(r"[가-힣]+", text))
