/**
 * Whether a button can really be seen: a page around this one could lay something over it. Chromium tells (Intersection
 * Observer v2, `trackVisibility`); where a browser does not, nothing is known and nothing is refused.
 */

interface Seen extends IntersectionObserverEntry {
  readonly isVisible?: boolean;
}

const SETTLED_MS = 100; // the least a browser lets one ask for

export class Sight {
  /** True until the browser says that nothing lies over the button; false where it never says. */
  isCovered: boolean;
  private readonly observer: IntersectionObserver | undefined;

  /** `onChange` is told whether the button is covered. */
  constructor(button: Element, onChange: (covered: boolean) => void) {
    this.isCovered = "IntersectionObserverEntry" in globalThis && "isVisible" in IntersectionObserverEntry.prototype;
    if (!this.isCovered) return;
    const options = { threshold: 1, trackVisibility: true, delay: SETTLED_MS } as IntersectionObserverInit;
    this.observer = new IntersectionObserver((entries) => {
      this.isCovered = !(entries.at(-1) as Seen).isVisible;
      onChange(this.isCovered);
    }, options);
    this.observer.observe(button);
  }

  close(): void {
    this.observer?.disconnect();
  }
}
