"""The subscriber's app as files: what `tools/frontend.py build` left, under headers that allow only what it needs.

Where the vault has an origin of its own, the page names it, may frame it, and nothing else changes: see `key_page.py`.

The files are read once, when the process starts. Every address that is neither a file nor another route's answers a
browser with the app's one page, which shows the right screen itself. Headers: webclient.md 4.5.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

STATIC: Final = Path(__file__).parent / "static"
PAGE: Final = "/index.html"
KEY_PAGE: Final = "key"  # the folder of the vault's own page, which this one does not serve

CONTENT_SECURITY_POLICY: Final = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",  # Argon2 is WebAssembly
        "style-src 'self'",
        "img-src 'self' blob:",  # photographs, before they are sent
        "font-src 'self'",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types dojang-worker",
    ]
)
PERMISSIONS_POLICY: Final = ", ".join(
    [
        "camera=(self)",
        "clipboard-write=(self)",
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
        *(f"{name}=()" for name in ("geolocation", "microphone", "payment", "usb", "serial", "display-capture")),
    ]
)
APP_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,  # on scripts too: a worker obeys its own
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Referrer-Policy": "no-referrer",
}
IMMUTABLE: Final = "public, max-age=31536000, immutable"
ASKED_EACH_TIME: Final = "no-cache"

_TYPES: Final[Mapping[str, str]] = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".pfb": "application/octet-stream",  # typefaces and character maps for PDFs that bring none
    ".bcmap": "application/octet-stream",
    ".wasm": "application/wasm",
    ".txt": "text/plain; charset=utf-8",
}
_COMPRESSED: Final = frozenset({".html", ".js", ".css", ".json", ".webmanifest", ".svg", ".ttf", ".wasm", ".txt"})
# What belongs to programs: an unknown address below these is refused as a problem, not answered with the page.
_PROGRAMS_PLACES: Final = frozenset({"v1", "ca", "crl", "ocsp", "problems", "assets", "icons", "sandbox-window"})

_NOT_BUILT: Final = """<!doctype html>
<html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>도장</title></head><body><main><h1>화면이 아직 만들어지지 않았어요</h1>
<p>인증센터는 열려 있지만 브라우저 앱을 만들지 않았어요.
<code>python tools/frontend.py build</code>로 만든 뒤 다시 열어 주세요.</p>
<p lang="en">The office is open, but the browser app has not been built. Run
<code>python tools/frontend.py build</code>, then start the office again.</p></main></body></html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    """One file, ready to send."""

    content: bytes = field(repr=False)
    gzipped: bytes | None = field(repr=False)
    media_type: str
    cache_control: str
    etag: str
    headers: Mapping[str, str] = field(repr=False)

    def answer(self, request: Request) -> Response:
        """Return the file, compressed where the browser takes that, or 304 where it has it."""
        headers = {**self.headers, "Cache-Control": self.cache_control, "ETag": self.etag}
        if self.gzipped is not None:
            headers["Vary"] = "Accept-Encoding"
        if self.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        compressed = self.gzipped if "gzip" in request.headers.get("accept-encoding", "") else None
        if compressed is not None:
            headers["Content-Encoding"] = "gzip"
        body = self.content if compressed is None else compressed
        if request.method == "HEAD":
            headers["Content-Length"] = str(len(body))
            body = b""
        return Response(body, media_type=self.media_type, headers=headers)


def app_headers(vault_origin: str = "") -> Mapping[str, str]:
    """Return the headers of the app's files. With `vault_origin` its pages may frame the vault's page there."""
    if not vault_origin:
        return APP_HEADERS
    passkeys = "publickey-credentials-get=(self"
    return {
        **APP_HEADERS,
        "Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; frame-src {vault_origin}",
        "Permissions-Policy": PERMISSIONS_POLICY.replace(passkeys, f'{passkeys} "{vault_origin}"'),
    }


def read_static(directory: Path = STATIC, *, vault_origin: str = "") -> Mapping[str, StaticFile]:
    """Return the built app's files by their address, "/index.html" among them; none where nothing was built."""
    if not (directory / "index.html").is_file():
        return {}
    headers = app_headers(vault_origin)
    named = {"index.html": ("dojang-vault", vault_origin)} if vault_origin else {}
    files = read_files(directory, headers, named)
    return {address: file for address, file in files.items() if not address.startswith(f"/{KEY_PAGE}/")}


def read_files(
    directory: Path, headers: Mapping[str, str], named: Mapping[str, tuple[str, str]]
) -> Mapping[str, StaticFile]:
    """Return the files below `directory` by their address. `named` has what pages are told in a meta element each."""
    return {
        f"/{path.relative_to(directory).as_posix()}": _read(
            path, headers, told=named.get(path.name), hashed=path.parent.name == "assets"
        )
        for path in sorted(directory.rglob("*"))
        if path.is_file() and path.suffix in _TYPES and not any(one.startswith(".") for one in path.parts[-2:])
    }


def _read(path: Path, headers: Mapping[str, str], *, told: tuple[str, str] | None, hashed: bool) -> StaticFile:
    content = path.read_bytes()
    if told is not None:
        name, value = told
        meta = f'<meta name="{name}" content="{escape(value, quote=True)}" />'
        content = content.replace(b"</title>", b"</title>" + meta.encode(), 1)
    return StaticFile(
        content=content,
        gzipped=gzip.compress(content, mtime=0) if path.suffix in _COMPRESSED else None,
        media_type=_TYPES[path.suffix],
        cache_control=IMMUTABLE if hashed else ASKED_EACH_TIME,
        etag=f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        headers=headers,
    )


def serve_subscriber_app(app: FastAPI, files: Mapping[str, StaticFile]) -> None:
    """Have `app` answer with the files, and browsers with the page, wherever no route of its own answers."""
    app.router.default = _Files(files, otherwise=app.router.default)


class _Files:
    """ASGI: asked for what no route knows."""

    def __init__(self, files: Mapping[str, StaticFile], *, otherwise: ASGIApp) -> None:
        self._files = files
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._otherwise(scope, receive, send)
            return
        request = Request(scope)
        file = self._files.get(scope["path"])
        if file is None and _wants_page(request):
            file = self._files.get(PAGE)
            if file is None:
                await HTMLResponse(_NOT_BUILT, 503, APP_HEADERS)(scope, receive, send)
                return
        if file is None:
            await self._otherwise(scope, receive, send)
            return
        await file.answer(request)(scope, receive, send)


def _wants_page(request: Request) -> bool:
    """Whether a person's browser goes somewhere in the app."""
    place = request.scope["path"].split("/")[1]
    if place in _PROGRAMS_PLACES or "." in place:
        return False
    return place == "" or "text/html" in request.headers.get("accept", "")
