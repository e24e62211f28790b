"""The vault's own page on an origin of its own: one page and its scripts, and nothing else answers there.

The page holds the keys. Its policy lets it reach no server at all, be framed by the app's origin alone, and load its
own scripts only; no cookie is set or read. PDFs that are to be signed are drawn beside it, in a frame of its own files
with an origin that is nobody's: a large library reads a stranger's document where there is neither key nor storage.
Requests are told apart by their Host header, which a proxy must hand on as it came.
Source: Content Security Policy Level 3.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dojang.web.static_app import KEY_PAGE, STATIC, StaticFile, read_files

PAGE: Final = "key.html"
PAPER: Final = "/paper/"  # what is below draws documents

_NOTHING_PERMITTED: Final = ", ".join(
    f"{name}=()" for name in ("camera", "microphone", "geolocation", "payment", "usb", "serial", "display-capture")
)
_PERMISSIONS: Final = f"publickey-credentials-get=(self), {_NOTHING_PERMITTED}"
_EVERYWHERE: Final[Mapping[str, str]] = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    # the app's page frames these and demands CORP; "same-site" is refused between ports of one IP address, and who may
    # frame them their policies say
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
}


def key_page_headers(app_origin: str) -> Mapping[str, str]:
    """Return the headers of the page's files: `app_origin` alone may frame it."""
    return {
        "Content-Security-Policy": "; ".join(
            [
                "default-src 'none'",
                "script-src 'self' 'wasm-unsafe-eval'",  # Argon2 is WebAssembly
                "style-src 'self'",
                "connect-src 'none'",
                "frame-src 'self'",  # what draws, and nothing that whoever is around this page sends there
                "form-action 'none'",
                "base-uri 'none'",
                f"frame-ancestors {app_origin}",
                "require-trusted-types-for 'script'",
                "trusted-types 'none'",
            ]
        ),
        **_EVERYWHERE,
        "Permissions-Policy": _PERMISSIONS,
    }


def paper_headers(app_origin: str) -> Mapping[str, str]:
    """Return the headers of the frame that draws: scripts of its own files, in an origin that is nobody's."""
    return {
        "Content-Security-Policy": "; ".join(
            [
                "sandbox allow-scripts",  # however it is opened
                "default-src 'none'",
                "script-src 'self' 'wasm-unsafe-eval'",  # some pictures in PDFs are read by WebAssembly
                "connect-src 'self'",  # typefaces and character maps, which are files beside it
                "form-action 'none'",
                "base-uri 'none'",
                f"frame-ancestors 'self' {app_origin}",
                "require-trusted-types-for 'script'",
                "trusted-types 'none'",
            ]
        ),
        **_EVERYWHERE,
        "Access-Control-Allow-Origin": "*",  # its own files are another origin's to it; anybody may read them
        "Permissions-Policy": _NOTHING_PERMITTED,
    }


def read_key_page(app_origin: str, directory: Path = STATIC / KEY_PAGE) -> Mapping[str, StaticFile]:
    """Return the page's files by their address; none where nothing was built. The page is told `app_origin`."""
    files = read_files(directory, key_page_headers(app_origin), {PAGE: ("dojang-app", app_origin)})
    paper = paper_headers(app_origin)
    return {
        address: replace(file, headers=paper) if address.startswith(PAPER) else file for address, file in files.items()
    }


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
