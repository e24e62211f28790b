"""A client of the office's public interface, as any app would have one."""

import base64
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, TypeVar

import httpx

import dojang
from dojang.cli.customer.device import CertificateOrder, DeliveredSet

POLL_S = 0.05

Found = TypeVar("Found")


class OfficeRefused(Exception):
    """The office answered with a problem document (RFC 9457)."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        self.problem = problem
        super().__init__(f"{problem.get('code')}: {problem.get('title')} {problem.get('fields', {})}")

    @property
    def code(self) -> str:
        """The stable dotted code."""
        return str(self.problem.get("code", "unknown"))


class StillWaiting(Exception):
    """What was waited for did not come in time."""


class OfficeClient:
    """One customer's session with one office. A context manager; closes its connections at the end."""

    def __init__(self, base_url: str, *, device_id: str = "dojang-cli", language: str = "ko") -> None:
        headers = {
            "Dojang-Device": device_id,
            "Accept-Language": language,
            "User-Agent": f"dojang/{dojang.__version__}",
        }
        self.base_url = base_url
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=30.0)

    def __enter__(self) -> "OfficeClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def sign_up(self, login_name: str, password: str) -> None:
        """Open an account."""
        self._post("/v1/accounts", {"login_name": login_name, "password": password})

    def sign_in(self, login_name: str, password: str) -> None:
        """Open a session, used from here on."""
        answer = self._post("/v1/sessions", {"login_name": login_name, "password": password})
        self._http.headers["Authorization"] = f"Bearer {answer['token']}"

    def authority(self) -> dict[str, Any]:
        """Return the transport key, the chain and the password rules."""
        return self._get("/v1/authority")

    def quote(self, **asked: Any) -> dict[str, Any]:
        """Return what an application would lead to."""
        return self._post("/v1/terms", asked)

    def apply(self, **asked: Any) -> dict[str, Any]:
        """Open an application with all required consents."""
        consents = self.request("GET", "/v1/consents").json()
        return self._post("/v1/applications", {**asked, "consents": consents})

    def application(self, application_id: str) -> dict[str, Any]:
        """Return the application."""
        return self._get(f"/v1/applications/{application_id}")

    def cancel(self, application_id: str) -> dict[str, Any]:
        """Give the application up."""
        given_up: dict[str, Any] = self.request("DELETE", f"/v1/applications/{application_id}").json()
        return given_up

    def send_photograph(self, application_id: str, kind: str, side: str, jpeg: bytes) -> None:
        """Hand in one photograph of the ID document."""
        path = f"/v1/applications/{application_id}/photographs/{kind}/{side}"
        self.request("PUT", path, content=jpeg, headers={"Content-Type": "image/jpeg"})

    def proofing(self, application_id: str) -> dict[str, Any]:
        """Return where identity proofing stands."""
        return self._get(f"/v1/applications/{application_id}/proofing")

    def await_check(self, application_id: str, check: str, *, timeout_s: float = 60.0) -> dict[str, Any]:
        """Poll until the check no longer runs; return it. Raises `StillWaiting`."""

        def settled() -> dict[str, Any] | None:
            one: dict[str, Any] = next(
                each for each in self.proofing(application_id)["checks"] if each["check"] == check
            )
            return one if one["state"] not in ("running", "parked") else None

        return self._await(settled, timeout_s)

    def read_fields(self, application_id: str) -> list[dict[str, Any]]:
        """Return the fields read from the document."""
        read: list[dict[str, Any]] = self.request("GET", f"/v1/applications/{application_id}/document").json()
        return read

    def confirm_fields(self, application_id: str, corrections: Mapping[str, str]) -> None:
        """Confirm the fields, with corrections."""
        self._post(f"/v1/applications/{application_id}/document/confirmation", {"corrections": dict(corrections)})

    def send_personal_data(self, application_id: str, **entered: Any) -> None:
        """Send name, birth date, sex, telephone (and the RRN when the document has none)."""
        self._post(f"/v1/applications/{application_id}/personal-data", entered)

    def change_phone(self, application_id: str, phone: str) -> None:
        """Enter another telephone for the call."""
        self.request("PUT", f"/v1/applications/{application_id}/phone", json={"phone": phone})

    def send_account(self, application_id: str, bank_code: str, number: str) -> None:
        """Name the account for the micro-deposit."""
        self._post(f"/v1/applications/{application_id}/account", {"bank_code": bank_code, "number": number})

    def applicant(self) -> dict[str, Any]:
        """Return what the office knows of the caller from their last identification."""
        return self._get("/v1/applicant")

    def send_known_account(self, application_id: str) -> None:
        """Name the account confirmed last time, without typing it."""
        self._post(f"/v1/applications/{application_id}/account/known", {})

    def confirm_deposit(self, application_id: str, amount_krw: int, code: str) -> None:
        """Enter what the bank statement shows."""
        body = {"amount_krw": amount_krw, "code": code}
        self._post(f"/v1/applications/{application_id}/deposit/confirmation", body)

    def request_call(self, application_id: str) -> dict[str, Any]:
        """Ask to be called; return the number the screen shows."""
        return self._post(f"/v1/applications/{application_id}/call", {})

    def await_state(self, application_id: str, state: str, *, timeout_s: float = 60.0) -> None:
        """Poll until the application stands in `state`. Raises `StillWaiting`."""
        self._await(lambda: self.application(application_id)["state"] == state or None, timeout_s)

    def enrol(self, application_id: str, order: CertificateOrder, *, idempotency_key: str) -> DeliveredSet:
        """Send the requests, receive the certificate set."""
        body = {
            "signing_request": _base64(order.signing_request_der),
            "key_management_request": _base64(order.key_management_request_der),
            "sealed_r": _base64(order.sealed_r),
        }
        path = f"/v1/applications/{application_id}/certificates"
        return _delivered(self.request("POST", path, json=body, headers={"Idempotency-Key": idempotency_key}).json())

    def offer_renewal(self, serial: str) -> dict[str, Any]:
        """Return what a renewal of one's certificate would lead to."""
        return self._get(f"/v1/certificates/{serial}/renewal")

    def open_renewal(self, **asked: Any) -> dict[str, Any]:
        """Open a renewal, or return the open one."""
        return self._post("/v1/renewals", asked)

    def renew(self, renewal_id: str, signed_request_der: bytes) -> DeliveredSet:
        """Send the request signed with the old key, receive the new certificate set."""
        path = f"/v1/renewals/{renewal_id}/certificates"
        return _delivered(self._post(path, {"request": _base64(signed_request_der)}))

    def acceptance_statement(self, application_id: str) -> bytes:
        """Return the statement to sign in order to accept the set."""
        answer = self._get(f"/v1/applications/{application_id}/acceptance")
        return base64.b64decode(answer["statement"])

    def accept(self, application_id: str, signature: bytes) -> None:
        """Accept the set with the new key's signature over the statement."""
        self._post(f"/v1/applications/{application_id}/acceptance", {"signature": _base64(signature)})

    def certificates(self) -> list[dict[str, Any]]:
        """List every certificate issued to the caller."""
        listed: list[dict[str, Any]] = self.request("GET", "/v1/certificates").json()
        return listed

    def suspend(self, serial: str) -> dict[str, Any]:
        """Suspend one's own certificate set."""
        return self._post(f"/v1/certificates/{serial}/suspension", {})

    def act_statement(self, serial: str, act: str) -> bytes:
        """Return what to sign in order to "revoke" or "resume"."""
        answer = self._get(f"/v1/certificates/{serial}/statements/{act}")
        return base64.b64decode(answer["statement"])

    def resume(self, serial: str, *, signature: bytes | None = None, confirmation: str | None = None) -> dict[str, Any]:
        """Resume one's own certificate set, with one further proof."""
        return self._post(f"/v1/certificates/{serial}/resumption", _proof(signature, confirmation))

    def revoke(
        self, serial: str, reason: str, *, signature: bytes | None = None, confirmation: str | None = None
    ) -> dict[str, Any]:
        """Revoke one's own certificate set, with one further proof."""
        body = {"reason": reason, **_proof(signature, confirmation)}
        return self._post(f"/v1/certificates/{serial}/revocation", body)

    def request_confirmation(self, act: str, target: str) -> dict[str, Any]:
        """Ask for a confirmation call; the number to press is in the answer."""
        return self._post("/v1/confirmations", {"act": act, "target": target})

    def issue_lock(self) -> dict[str, Any]:
        """Return whether issuing is locked."""
        return self._get("/v1/issue-lock")

    def lock_issuing(self) -> dict[str, Any]:
        """Lock issuing in one's own name."""
        return self._post("/v1/issue-lock", {})

    def unlock_issuing(self, **proof: str) -> dict[str, Any]:
        """Ask to unlock, with `confirmation`, or `signature` (base64) and `serial`."""
        return self._post("/v1/issue-lock/unlocking", proof)

    def confirmation(self, confirmation_id: str) -> dict[str, Any]:
        """Return how a confirmation call goes."""
        return self._get(f"/v1/confirmations/{confirmation_id}")

    def succession(self, serial: str) -> bytes:
        """Return the signed succession statement (CMS, DER) of a serial number."""
        return self.request("GET", f"/v1/successions/{serial}").content

    def open_transfer(self) -> dict[str, Any]:
        """Open a slot for sending a certificate to another device."""
        return self._post("/v1/transfers", {})

    def join_transfer(self, number: str) -> dict[str, Any]:
        """Join one's own slot of that number."""
        return self._post("/v1/transfers/join", {"number": number})

    def transfer(self, transfer_id: str) -> dict[str, Any]:
        """Return where the transfer stands, and what the other device left."""
        return self._get(f"/v1/transfers/{transfer_id}")

    def leave_message(self, transfer_id: str, step: str, content: bytes) -> None:
        """Leave a message for the other device."""
        self.request("PUT", f"/v1/transfers/{transfer_id}/messages/{step}", json={"content": _base64(content)})

    def end_transfer(self, transfer_id: str, outcome: str) -> None:
        """End the transfer for both: "done", "mismatch" or "given_up"."""
        self._post(f"/v1/transfers/{transfer_id}/end", {"outcome": outcome})

    def fetch(self, path: str) -> bytes:
        """Return what is published under `path`."""
        return self.request("GET", path).content

    def await_published(self, path: str, accepted: Callable[[bytes], bool], *, timeout_s: float = 30.0) -> bytes:
        """Poll what is published under `path` until `accepted` says yes. Raises `StillWaiting`."""

        def look() -> bytes | None:
            found = self.fetch(path)
            return found if accepted(found) else None

        return self._await(look, timeout_s)

    def _await(self, look: Callable[[], Found | None], timeout_s: float) -> Found:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            found = look()
            if found is not None:
                return found
            time.sleep(POLL_S)
        raise StillWaiting

    def _get(self, path: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.request("GET", path).json()
        return answer

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = self.request("POST", path, json=dict(body))
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask anything of the interface; `options` are httpx's. Raises `OfficeRefused`."""
        answer = self._http.request(method, path, **options)
        if answer.is_error:
            problem = answer.headers.get("content-type", "").startswith("application/problem+json")
            raise OfficeRefused(answer.json() if problem else {"code": f"http.{answer.status_code}"})
        return answer


def _delivered(answer: Mapping[str, Any]) -> DeliveredSet:
    return DeliveredSet(
        signing_der=base64.b64decode(answer["signing"]["certificate"]),
        key_management_der=base64.b64decode(answer["key_management"]["certificate"]),
        chain_der=tuple(base64.b64decode(one) for one in answer["chain"]),
    )


def _proof(signature: bytes | None, confirmation: str | None) -> dict[str, str]:
    if signature is not None:
        return {"signature": _base64(signature)}
    return {} if confirmation is None else {"confirmation": confirmation}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
