"""How a customer works the app: by touch, or by keyboard alone, seeing where one is and coming to things in order."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

MOST_TABS = 80

# What the reader's eye follows: a ring around the control or around the card or box it stands in.
_STANDING = """
() => {
  const one = document.activeElement;
  const rings = [one, one.closest(".choice, .field__box")].filter(Boolean).map((each) => getComputedStyle(each));
  const shows = (look) =>
    (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2) || look.boxShadow !== "none";
  const box = one.getBoundingClientRect();
  return {
    ring: rings.some(shows),
    seen: box.bottom > 0 && box.top < innerHeight,
    what: `${one.tagName.toLowerCase()}#${one.id}.${one.className} ${one.textContent.slice(0, 30)}`,
  };
}
"""
_REMEMBER = "() => { globalThis.dojangBefore = document.activeElement; }"
_WENT_BACK = """
() => {
  const [before, now] = [globalThis.dojangBefore, document.activeElement];
  if (!before?.isConnected || now === document.body || before === document.body) return false;
  return Boolean(before.compareDocumentPosition(now) & Node.DOCUMENT_POSITION_PRECEDING);
}
"""


class Hands:
    """A finger."""

    def __init__(self, page: "Page") -> None:
        self.page = page

    def press(self, selector: str) -> None:
        self.page.locator(selector).first.click()

    def type(self, selector: str, text: str) -> None:
        self.page.fill(selector, text)

    def choose(self, selector: str) -> None:
        """A radio button or a box to tick."""
        self.page.locator(selector).check()

    def pick(self, selector: str, value: str) -> None:
        """From a list."""
        self.page.select_option(selector, value)


class Keyboard(Hands):
    """Keys alone. Every control must be reached by Tab, in the order of the page, and be seen to have the focus."""

    def press(self, selector: str) -> None:
        self.reach(selector)
        self.page.keyboard.press("Enter")

    def type(self, selector: str, text: str) -> None:
        self.reach(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, selector: str) -> None:
        found = self.page.locator(selector)
        if found.get_attribute("type") == "checkbox":
            self.reach(selector)
            self.page.keyboard.press("Space")
            return
        name = found.get_attribute("name")
        self.reach(f"input[name={name}]")
        self.page.keyboard.press("Space")
        for _ in range(20):
            if found.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{selector} is out of the arrow keys' reach")

    def pick(self, selector: str, value: str) -> None:
        self.reach(selector)
        for _ in range(self.page.locator(f"{selector} option").count()):
            if self.page.locator(selector).input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} is out of the arrow keys' reach")

    def reach(self, selector: str) -> None:
        """Tab until the control has the focus."""
        self.page.locator(selector).first.wait_for()
        turned = 0
        for _ in range(MOST_TABS):
            if self.page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                standing = self.page.evaluate(_STANDING)
                assert standing["ring"], f"no focus to be seen at {standing['what']}"
                assert standing["seen"], f"the focus is off the screen at {standing['what']}"
                return
            self.page.evaluate(_REMEMBER)
            self.page.keyboard.press("Tab")
            turned += bool(self.page.evaluate(_WENT_BACK))
            assert turned <= 1, "the order of the focus is not that of the page"
        raise AssertionError(f"{selector} is out of the keyboard's reach")
