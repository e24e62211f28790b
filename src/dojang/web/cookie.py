"""A browser's session cookie: the same token as the bearer's, kept where no script can read it.

Under TLS the name has the prefix `__Host-`, which binds it to this host (RFC 6265bis 4.1.3.2); a loopback office
without TLS uses the plain name. A cookie is sent by the browser, not by the app: whoever changes something with it must
also send the header `Dojang-Device`, which no other site's page can add unasked (CORS), and we never consent.
"""

from starlette.requests import Request
from starlette.responses import Response

PLAIN_NAME = "dojang-session"
HOST_NAME = f"__Host-{PLAIN_NAME}"
PROOF_HEADER = "Dojang-Device"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def cookie_name(*, over_tls: bool) -> str:
    """Return the cookie's name for an office that subscribers reach by https, or not."""
    return HOST_NAME if over_tls else PLAIN_NAME


def find_token(request: Request, *, over_tls: bool) -> str | None:
    """Return the token of the cookie; None where there is none, or where the app itself did not ask for the change."""
    if request.method not in _SAFE and not request.headers.get(PROOF_HEADER):
        return None
    return request.cookies.get(cookie_name(over_tls=over_tls)) or None


def give(response: Response, token: str, *, over_tls: bool) -> None:
    """Have the browser keep the token until it is closed; the session itself ends earlier."""
    response.set_cookie(
        cookie_name(over_tls=over_tls), token, path="/", secure=over_tls, httponly=True, samesite="strict"
    )


def take_back(response: Response, *, over_tls: bool) -> None:
    """Have the browser forget the token."""
    response.delete_cookie(cookie_name(over_tls=over_tls), path="/", secure=over_tls, httponly=True, samesite="strict")
