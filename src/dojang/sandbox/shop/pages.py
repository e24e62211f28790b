"""The shop's pages: plain HTML without scripts. Everything from outside goes through `text`."""

import html
from collections.abc import Iterable, Mapping
from pathlib import Path

from starlette.responses import HTMLResponse, Response

STYLE = Path(__file__).with_name("style.css").read_bytes()

_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="environment" content="sandbox"><title>{title} · {name}</title>{refresh}
<link rel="stylesheet" href="{base}/style.css"></head>
<body><p class="mark" role="note">{mark}</p>
<header><a class="name" href="{base}/">{name}</a><a class="soft" href="{base}/language">{other}</a></header>
<main>{body}</main></body></html>
"""


def text(value: object) -> str:
    """Return `value` as text of a page, never as markup."""
    return html.escape(str(value))


def headers(issuer: str) -> Mapping[str, str]:
    """Return the headers of every page: nothing runs, nothing is framed, forms lead here or to the office alone."""
    policy = (
        f"default-src 'none'; style-src 'self'; form-action 'self' {issuer}; frame-ancestors 'none'; base-uri 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def page(
    title: str,
    body: Iterable[str],
    words: Mapping[str, str],
    *,
    language: str,
    base: str,
    again_s: int | None = None,
    status: int = 200,
) -> Response:
    """Return a page; `body` is markup, `title` text. `again_s` has the browser come back after so many seconds."""
    content = _PAGE.format(
        language=language,
        title=text(title),
        name=text(words["name"]),
        mark=text(words["mark"]),
        other=text(words["other_language"]),
        base=base,
        refresh="" if again_s is None else f'<meta http-equiv="refresh" content="{again_s}">',
        body="\n".join((f"<h1>{text(title)}</h1>", *body)),
    )
    return HTMLResponse(content, status_code=status)


def paragraph(said: str, kind: str = "") -> str:
    """Return a paragraph; `kind` is "soft", "sure", "wrong" or nothing."""
    return f'<p class="{kind}">{text(said)}</p>'


def card(title: str, *body: str) -> str:
    """Return a card with markup inside."""
    return f'<section class="card"><h2>{text(title)}</h2>{"".join(body)}</section>'


def facts(pairs: Iterable[tuple[str, object]]) -> str:
    """Return a list of facts."""
    return "<dl>" + "".join(f"<dt>{text(label)}</dt><dd>{text(value)}</dd>" for label, value in pairs) + "</dl>"


def link(said: str, address: str, kind: str = "quiet") -> str:
    """Return a link that looks like a button."""
    return f'<a class="button {kind}" href="{text(address)}">{text(said)}</a>'


def links(of: Iterable[tuple[str, str]]) -> str:
    """Return a list of links, each text and address; nothing for none."""
    rows = "".join(f'<li><a href="{text(address)}">{text(said)}</a></li>' for said, address in of)
    return f'<ul class="list">{rows}</ul>' if rows else ""


def button(said: str, address: str, form: str, kind: str = "") -> str:
    """Return a form with nothing but a button; `form` is the visitor's own word, which no other site knows."""
    hidden = f'<input type="hidden" name="form" value="{text(form)}">'
    pressed = f'<button class="button {kind}">{text(said)}</button>'
    return f'<form method="post" action="{text(address)}">{hidden}{pressed}</form>'
