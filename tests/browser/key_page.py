"""The vault's page as its person sees it in the app's frame, its origin as another port, and what is posted to it."""

import re
import socket
import socketserver
import threading
from typing import TYPE_CHECKING, Any

from browser.customer import CERTIFICATE_PASSWORD, READING_MS, Customer
from browser.inspector import COME_TO_REST
from browser.traffic import spellings

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Frame

# Everything posted between pages and over channels, bytes in hexadecimal, is told to the test.
RECORD = """
{
  const hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
  const spelled = (value) => JSON.stringify(value, (name, one) => one instanceof Uint8Array ? hex(one) : one) ?? "";
  for (const kind of [MessagePort, Window]) {
    const holder = kind === Window ? globalThis : kind.prototype;
    const { postMessage } = holder;
    holder.postMessage = function (message, ...rest) {
      void dojangCrossed(spelled(message));
      return postMessage.call(this ?? globalThis, message, ...rest);
    };
  }
}
"""


class OtherPort:
    """Hands every connection on to the office: its page at another origin, as a proxy before it would."""

    def __init__(self, port: int) -> None:
        class Handing(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with socket.create_connection(("127.0.0.1", port)) as office:
                    back = threading.Thread(target=_copy, args=(office, self.request), daemon=True)
                    back.start()
                    _copy(self.request, office)
                    back.join()

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handing)
        self._server.daemon_threads = True
        self.origin = f"http://localhost:{self._server.server_address[1]}"

    def open(self) -> None:
        """Let people in."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return


class Crossing:
    """What was posted from page to page."""

    def __init__(self, context: "BrowserContext") -> None:
        self.messages: list[str] = []
        context.expose_function("dojangCrossed", lambda message: self.messages.append(message))
        context.add_init_script(RECORD)

    def leaks(self, secrets: list[tuple[str, bytes]]) -> list[str]:
        """Return the names of the secrets that stand in a message in any spelling."""
        crossed = "\n".join(self.messages)
        return sorted({name for name, secret in secrets for spelled in spellings(secret) if spelled in crossed})


class KeyPageCustomer(Customer):
    """A customer whose keys lie on the vault's page."""

    def vault(self) -> "Frame":
        """Wait until the vault asks, and return its page."""
        self.at("dialog.vault[open]", timeout_ms=READING_MS)
        frame = next(one for one in self.page.frames if one.url.endswith("/key.html"))
        frame.locator(".page__actions").wait_for()
        return frame

    def say_yes(self, **typed: str) -> str:
        """Fill the vault's fields in and say yes; return what stood on its page."""
        frame = self.vault()
        shown = frame.locator("#vault").inner_text()
        for name, text in typed.items():
            frame.locator(f"#{name}").fill(text)
        self._touch(frame, "button[type=submit]:not([aria-disabled=true])")
        return shown

    def say_yes_by_passkey(self) -> None:
        """Confirm with the device's lock in the password's place."""
        self._touch(self.vault(), ".button:not([aria-disabled=true]):has-text('패스키로 확인하기')")

    def say_no(self) -> None:
        """Cancel."""
        self._touch(self.vault(), ".button--quiet")

    def _touch(self, frame: "Frame", selector: str) -> None:
        """Press until it is felt: Chromium lets nothing through to a stranger's frame that has only just appeared."""
        frame.evaluate(
            """() => {
              globalThis.dojangFelt = false;
              addEventListener("click", () => { globalThis.dojangFelt = true; }, { once: true, capture: true });
            }"""
        )

        def felt() -> bool:
            frame.locator(selector).click()
            return bool(frame.evaluate("() => globalThis.dojangFelt"))

        self.await_(felt, "the vault's page feels no touch")

    def be_reviewed(self) -> None:
        """Wait until the app says that the vault will ask for the password."""

        def arrived() -> bool:
            self.reviewer.approve_all()
            return "인증서 보관함에서 물어봐요" in self.page.locator("main").inner_text()

        self.await_(arrived, "the password is not asked for")

    def make_keys(self) -> None:
        assert not self.page.locator("input[type=password]").count()  # the app asks for none
        self.press()
        self.say_yes(fresh=CERTIFICATE_PASSWORD, again=CERTIFICATE_PASSWORD)
        self.at(".notice--success", timeout_ms=READING_MS)


def databases(frame: Any) -> list[str]:
    """Return the names of the databases of a page's origin."""
    found: list[str] = frame.evaluate("async () => (await indexedDB.databases()).map(({ name }) => name)")
    return found


def axe_finds(frame: "Frame", axe: str, rules: list[str]) -> list[str]:
    """Return the barriers axe-core finds on the vault's page."""
    frame.locator("button[type=submit]:not([aria-disabled=true])").wait_for()
    frame.evaluate(COME_TO_REST)
    if not frame.evaluate("() => 'axe' in window"):
        frame.evaluate(axe)
    run = "(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags } })"
    return [re.sub(r"\s+", " ", f"{one['id']}: {one['help']}") for one in frame.evaluate(run, rules)["violations"]]
