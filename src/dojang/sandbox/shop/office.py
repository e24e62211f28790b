"""The office as a relying party reaches it: HTTP with our client id and secret."""

from typing import Any

import httpx

from dojang.sandbox.shop.registration import Registration

TIMEOUT_S = 20.0


class OfficeRefused(Exception):
    """The office said no, or nothing; `code` is its dotted code, fit to be shown and looked up."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Office:
    """A client of the office's interface for relying parties. Thread-safe."""

    def __init__(self, registration: Registration) -> None:
        self.registration = registration
        self._http = httpx.Client(
            base_url=registration.issuer,
            auth=(registration.client_id, registration.secret),
            timeout=TIMEOUT_S,
            trust_env=False,
        )

    def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Return the answer. Raises `OfficeRefused` for problems (RFC 9457), OAuth errors and lost connections."""
        try:
            answer = self._http.request(method, path, **request)
        except httpx.HTTPError:
            raise OfficeRefused("office.unreachable") from None
        if answer.is_success:
            return answer
        try:
            said = answer.json()
        except ValueError:
            said = {}
        raise OfficeRefused(str(said.get("code") or said.get("error") or answer.status_code))
