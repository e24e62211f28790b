"""How every sandbox answer looks: JSON and pages that say, each time, that they come from a simulator."""

import base64
import hashlib
import html
import json
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ENVIRONMENT = "sandbox"
_HEADER = (b"x-environment", ENVIRONMENT.encode())

_STYLE = """
 body{font:16px/1.6 system-ui,"Noto Sans KR",sans-serif;margin:0;color:#1b1f24;background:#f6f7f9}
 .mark{background:#7a1f1f;color:#fff;padding:.4rem 1rem;font-weight:600}
 main{max-width:46rem;margin:1rem auto;padding:1rem;background:#fff;border-radius:.75rem}
 table{border-collapse:collapse;width:100%}
 th,td{text-align:left;padding:.35rem .5rem;border-bottom:1px solid #e3e6ea}
 td.sum{text-align:right;font-variant-numeric:tabular-nums}
 button{font:inherit;min-width:3.5rem;min-height:3rem;margin:.2rem;border:1px solid #8a9099;border-radius:.6rem}
 button{background:#fff;cursor:pointer} button:focus-visible{outline:3px solid #1a5fd0}
"""

_PAGE = """<!doctype html>
<html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="environment" content="sandbox"><title>{title} · 모의(sandbox)</title>
<style>{style}</style></head>
<body><p class="mark" role="note">모의 환경(environment: sandbox) · 실제 기관이 아니며 실제 돈과 기록이 아닙니다.</p>
<main><h1>{title}</h1>
{body}
</main></body></html>
"""

# For a page that needs nothing but its style, and may therefore be shown on the office's own origin.
CLOSED = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


class SandboxJSON(JSONResponse):
    """A JSON object that carries `environment: sandbox`."""

    def render(self, content: Any) -> bytes:
        """Encode `content`; anything but an object is wrapped as `items`."""
        marked = dict(content) if isinstance(content, dict) else {"items": content}
        marked["environment"] = ENVIRONMENT
        return json.dumps(marked, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def page(title: str, body: str, *, policy: str | None = None) -> Response:
    """Return a Korean page, plainly marked as simulated. `title` is escaped here, `body` is markup.

    `policy` is its Content-Security-Policy, if it has one of its own.
    """
    headers = {} if policy is None else {"Content-Security-Policy": policy}
    return HTMLResponse(_PAGE.format(title=html.escape(title), style=_STYLE, body=body), headers=headers)


class Marked:
    """ASGI wrapper: every answer, whatever made it, carries the header `X-Environment: sandbox`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, adding the header to the start of each answer."""

        async def marked_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), _HEADER]
            await send(message)

        await self._app(scope, receive, marked_send)
