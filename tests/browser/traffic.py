"""What the pages of a phone sent and complained about, and whether a secret of the phone was in it.

The browser's own doors for key material are watched: every private key that leaves WebCrypto in the clear and every
20 random bytes drawn (an R) are noted as they are made, so that no story needs to say what its secrets were.
"""

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Request

# A page's violations are also told to the console; listening counts those that a page might swallow.
LISTEN = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP violation: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`);
});
if (globalThis.SubtleCrypto) {
  const hex = (data) => Array.from(new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength),
    (one) => one.toString(16).padStart(2, "0")).join("");
  const { exportKey } = SubtleCrypto.prototype;
  SubtleCrypto.prototype.exportKey = async function (format, key) {
    const exported = await exportKey.call(this, format, key);
    if (format === "pkcs8") await dojangNoteSecret("private key", hex(exported));
    return exported;
  };
  const { getRandomValues } = Crypto.prototype;
  Crypto.prototype.getRandomValues = function (array) {
    const drawn = getRandomValues.call(this, array);
    if (array.byteLength === 20) void dojangNoteSecret("R", hex(array));
    return drawn;
  };
}
"""


@dataclass(slots=True)
class Traffic:
    """What the pages of a context sent and complained about."""

    sent: list[str] = field(default_factory=list, repr=False)  # method, address, headers and body of each request
    addresses: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    secrets: list[tuple[str, bytes]] = field(default_factory=list, repr=False)  # what it is called, its bytes

    def listen(self, context: "BrowserContext") -> None:
        """Hear everything from now on."""
        context.expose_function("dojangNoteSecret", lambda name, digits: self._note(name, digits))
        context.add_init_script(LISTEN)
        context.on("request", lambda request: self.record(request))
        context.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        context.on("weberror", lambda broken: self.errors.append(str(broken.error)))

    @property
    def violations(self) -> list[str]:
        """Violations of the content security policy."""
        return [
            one for one in self.errors if "content security policy" in one.lower() or "csp violation" in one.lower()
        ]

    def record(self, request: "Request") -> None:
        """Note one request."""
        body = (request.post_data_buffer or b"").decode("latin-1")
        self.addresses.append(f"{request.method} {request.url}")
        self.sent.append(f"{request.method} {request.url}\n{request.headers}\n{body}")

    def key_parts(self) -> list[tuple[str, bytes]]:
        """Return what must stand nowhere: the secret numbers of each private key, each R."""
        return [(name, part) for name, secret in self.secrets for part in _parts_of(name, secret)]

    def leaks(self, passwords: dict[str, str]) -> list[str]:
        """Return the names of secrets of the phone, and of these passwords, that stand in a request in any spelling."""
        sent = "\n".join(self.sent)
        parts = [*self.key_parts(), *((name, word.encode()) for name, word in passwords.items())]
        return sorted({name for name, part in parts for spelled in spellings(part) if spelled in sent})

    def _note(self, name: str, digits: str) -> None:
        self.secrets.append((name, bytes.fromhex(digits)))


def _parts_of(name: str, secret: bytes) -> list[bytes]:
    if name != "private key":
        return [secret]
    key = load_der_private_key(secret, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    numbers = key.private_numbers()
    exponent = numbers.d.to_bytes(key.key_size // 8, "big")[:48]
    others = (numbers.p, numbers.q, numbers.dmp1, numbers.dmq1, numbers.iqmp)
    return [exponent, *(one.to_bytes(key.key_size // 16, "big")[:48] for one in others)]


def spellings(secret: bytes) -> list[str]:
    """Return how bytes look in a request: as they are, in hexadecimal, inside base64 of either alphabet."""
    middles = [base64.b64encode(secret[shift:])[:-4].decode() for shift in range(3)]
    return [
        secret.decode("latin-1"),
        secret.hex(),
        *middles,
        *(one.replace("+", "-").replace("/", "_") for one in middles),
    ]
