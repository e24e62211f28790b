/** Making elements without a library: the page is short, and every line of it is meant to be read. */

type Attributes = Readonly<Record<string, string>>;
type Content = Node | string;

/** Returns an element. Attributes are texts; nothing given here is read as markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...content: readonly Content[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...content);
  return made;
}

export function line(text: string, look = ""): HTMLElement {
  return element("p", look ? { class: look } : {}, text);
}

export function notice(kind: "info" | "warning" | "danger", ...lines: readonly string[]): HTMLElement {
  return element("div", { class: `notice notice--${kind}` }, ...lines.map((one) => line(one)));
}

export function facts(pairs: readonly (readonly [string, string])[]): HTMLElement {
  return element("dl", { class: "facts" }, ...pairs.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

export function button(text: string, look: "primary" | "danger" | "quiet" | "", onPress?: () => void): HTMLButtonElement {
  const made = element("button", { type: onPress ? "button" : "submit", class: `button${look && ` button--${look}`} button--wide` }, text);
  if (onPress) made.addEventListener("click", onPress);
  return made;
}

export interface PasswordBox {
  readonly box: HTMLElement;
  readonly input: HTMLInputElement;
}

export function passwordBox(id: string, label: string, isNew: boolean): PasswordBox {
  const input = element("input", {
    id, name: id, type: "password", class: "field__input", autocomplete: isNew ? "new-password" : "current-password",
    autocapitalize: "none", spellcheck: "false",
  });
  const box = element("div", { class: "field" }, element("label", { for: id, class: "field__label" }, label), element("div", { class: "field__box" }, input));
  return { box, input };
}

/** A QR code, dark on light. */
export async function qrCode(text: string, label: string): Promise<Element> {
  const { default: encode } = await import("qr");
  const rows = encode(text, "raw", { ecc: "medium", border: 4 });
  const dark = rows.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : [])));
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ class: "qr", viewBox: `0 0 ${rows.length} ${rows.length}`, role: "img", "aria-label": label })) {
    drawn.setAttribute(key, value);
  }
  for (const [look, path] of [["qr__light", `M0 0h${rows.length}v${rows.length}H0z`], ["qr__dark", dark.join("")]] as const) {
    const part = document.createElementNS("http://www.w3.org/2000/svg", "path");
    part.setAttribute("class", look);
    part.setAttribute("d", path);
    drawn.append(part);
  }
  return drawn;
}
