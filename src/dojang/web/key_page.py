"""The vault's own page on an origin of its own: one page and its scripts, and nothing else answers there.

The page holds the keys. Its policy lets it reach no server at all, be framed by the app's origin alone, and load its
own scripts only; no cookie is set or read. Requests are told apart by their Host header, which a proxy must hand on as
it came. Source: Content Security Policy Level 3.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dojang.web.static_app import KEY_PAGE, STATIC, StaticFile, read_files

PAGE: Final = "key.html"

_PERMISSIONS: Final = ", ".join(
    [
        "publickey-credentials-get=(self)",
        *(
            f"{name}=()"
            for name in ("camera", "microphone", "geolocation", "payment", "usb", "serial", "display-capture")
        ),
    ]
)


def key_page_headers(app_origin: str) -> Mapping[str, str]:
    """Return the headers of the page's files: `app_origin` alone may frame it."""
    return {
        "Content-Security-Policy": "; ".join(
            [
                "default-src 'none'",
                "script-src 'self' 'wasm-unsafe-eval'",  # Argon2 is WebAssembly
                "style-src 'self'",
                "connect-src 'none'",
                "form-action 'none'",
                "base-uri 'none'",
                f"frame-ancestors {app_origin}",
                "require-trusted-types-for 'script'",
                "trusted-types 'none'",
            ]
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        # the app's page frames this one and demands CORP; "same-site" is refused between ports of one IP address, and
        # who may frame it is said above
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Permissions-Policy": _PERMISSIONS,
        "Referrer-Policy": "no-referrer",
    }


def read_key_page(app_origin: str, directory: Path = STATIC / KEY_PAGE) -> Mapping[str, StaticFile]:
    """Return the page's files by their address; none where nothing was built. The page is told `app_origin`."""
    return read_files(directory, key_page_headers(app_origin), {PAGE: ("dojang-app", app_origin)})


class KeyPage:
    """ASGI: the page's files, and nothing else."""

    def __init__(self, files: Mapping[str, StaticFile]) -> None:
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        file = self._files.get(scope["path"]) if scope["method"] in ("GET", "HEAD") else None
        answer = Response(status_code=404) if file is None else file.answer(Request(scope))
        await answer(scope, receive, send)


def apart(office: ASGIApp, key_page: ASGIApp, vault_origin: str) -> ASGIApp:
    """Return what gives requests to `vault_origin` to `key_page`, and all others to `office`."""
    host = urlsplit(vault_origin).netloc.encode()

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        is_vault = scope["type"] == "http" and _host_of(scope) == host
        await (key_page if is_vault else office)(scope, receive, send)

    return choose


def _host_of(scope: Scope) -> bytes:
    host: bytes = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return host.lower()
