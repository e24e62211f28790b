"""The shop's web site: which page does what. A customer is whoever's cookie the ledger knows."""

import hmac
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dojang.sandbox.shop import contract as contracts
from dojang.sandbox.shop import events, letter, pages, sign_in, signatures, signed_pdf
from dojang.sandbox.shop.ledger import Document, Ledger
from dojang.sandbox.shop.office import Office, OfficeRefused
from dojang.sandbox.shop.openssl import OpensslRefused
from dojang.sandbox.shop.pages import button, card, facts, link, page, paragraph
from dojang.sandbox.shop.registration import Registration
from dojang.sandbox.shop.signed_pdf import SignatureRefused
from dojang.sandbox.shop.words import LANGUAGES
from dojang.sandbox.state import State

COOKIE, LANGUAGE_COOKIE = "shop_visit", "shop_language"
PRICE_KRW = 3_200
KOREA = timezone(timedelta(hours=9))
MAX_WEBHOOK_BYTES = 256 * 1024
PENDING = ("open", "bound", "signed")
_log = logging.getLogger(__name__)


def shop_app(registration: Registration, state: State) -> Starlette:
    """Return the site; it is mounted where `registration.address` leads."""
    shop = Shop(registration, Ledger(state))
    answers: Mapping[tuple[str, str], Callable[[Visit], Response]] = {
        ("GET", "/"): shop.home,
        ("GET", "/language"): shop.change_language,
        ("POST", "/sign-in"): shop.start_sign_in,
        ("GET", "/back"): shop.finish_sign_in,
        ("POST", "/sign-out"): shop.sign_out,
        ("POST", "/letter"): shop.send_letter,
        ("POST", "/contracts"): shop.make_contract,
        ("GET", "/signed"): shop.take_signature,
        ("GET", "/contracts/{id}"): shop.show_contract,
        ("GET", "/contracts/{id}/file"): shop.download_contract,
    }
    routes = [Route(path, shop.page(act), methods=[method]) for (method, path), act in answers.items()]
    return Starlette(routes=[*routes, Route("/style.css", style), Route("/events", shop.hear, methods=["POST"])])


def style(request: Request) -> Response:
    """Return the style sheet."""
    del request
    return Response(pages.STYLE, media_type="text/css", headers={"X-Content-Type-Options": "nosniff"})


class Visit:
    """One request of a visitor, and what is known of them."""

    def __init__(self, request: Request, ledger: Ledger, form: Mapping[str, Any]) -> None:
        self.request = request
        self.token = request.cookies.get(COOKIE, "")
        self.known: Document = ledger.find_visit(self.token) or {}
        self.subject: str = self.known.get("subject", "")
        self.customer: Document = (ledger.find_customer(self.subject) or {}) if self.subject else {}
        self.form = form
        chosen = request.cookies.get(LANGUAGE_COOKIE) or request.headers.get("accept-language", "ko")[:2]
        self.language = chosen if chosen in LANGUAGES else "ko"
        self.words = LANGUAGES[self.language]

    @property
    def is_ours(self) -> bool:
        """Whether a form came from a page of ours and not from another site."""
        given, kept = str(self.form.get("form", "")), str(self.known.get("form", ""))
        return bool(kept) and hmac.compare_digest(given.encode(), kept.encode())


class Shop:
    """What happens on each page."""

    def __init__(self, registration: Registration, ledger: Ledger) -> None:
        self.office = Office(registration)
        self.ledger = ledger
        self.registration = registration
        self.base = urlsplit(registration.address).path

    def page(self, act: Callable[[Visit], Response]) -> Callable[[Request], Awaitable[Response]]:
        """Return a route: reads the form, runs the page in a thread, turns refusals into a page that says so."""

        async def answer(request: Request) -> Response:
            form = dict(await request.form()) if request.method == "POST" else {}
            response = await run_in_threadpool(self._act, act, request, form)
            response.headers.update(pages.headers(self.registration.issuer))
            return response

        return answer

    def _act(self, act: Callable[[Visit], Response], request: Request, form: Mapping[str, Any]) -> Response:
        visit = Visit(request, self.ledger, form)
        try:
            if request.method == "POST" and visit.subject and not visit.is_ours:
                raise OfficeRefused("shop.form_refused")
            return act(visit)
        except OfficeRefused as refused:
            return self._refused(visit, refused.code)
        except (OpensslRefused, SignatureRefused):
            return self._refused(visit, "shop.verification_failed")

    # ---- signing in

    def home(self, visit: Visit) -> Response:
        """Greet: a stranger with the way in, a customer with what they can do."""
        words = visit.words
        if not visit.customer:
            body = [paragraph(words["welcome_text"]), button(words["sign_in"], f"{self.base}/sign-in", "")]
            return self._page(visit, words["welcome"], *body)
        form = visit.known["form"]
        customer = visit.customer
        known = [(words["serial"], customer["serial"]), (words["standing"], words[customer["standing"]])]
        if customer["formerly"]:
            known.append((words["formerly"], ", ".join(customer["formerly"])))
        rows = pages.links(
            (f"{key} · {words['state_' + one['state']]}", f"{self.base}/contracts/{key}")
            for key, one in self.ledger.list_contracts(visit.subject)
        )
        return self._page(
            visit,
            words["hello"].format(name=customer["name"]),
            facts(known),
            card(
                words["contract"],
                paragraph(words["contract_text"]),
                button(words["make_contract"], f"{self.base}/contracts", form),
            ),
            card(
                words["letter"],
                paragraph(words["letter_text"]),
                button(words["get_letter"], f"{self.base}/letter", form),
                link(words["open_letter"], f"{self.registration.issuer}/letter"),
            ),
            card(words["contracts"], rows) if rows else "",
            button(words["sign_out"], f"{self.base}/sign-out", form, "quiet"),
        )

    def start_sign_in(self, visit: Visit) -> Response:
        """Off to the office; what must fit what comes back is kept on our side."""
        self.ledger.close_visit(visit.token)
        attempt = sign_in.Attempt()
        token = self.ledger.open_visit({"attempt": attempt.as_document()})
        return self._with_cookie(RedirectResponse(sign_in.address_to_sign_in(attempt, self.office), 303), token)

    def finish_sign_in(self, visit: Visit) -> Response:
        """Back with a code, which becomes an identity; from now on we follow the customer's certificate."""
        attempt = visit.known.get("attempt")
        if attempt is None:
            raise OfficeRefused("shop.not_our_attempt")
        self.ledger.close_visit(visit.token)  # one answer an attempt
        who = sign_in.finish(sign_in.Attempt(**attempt), dict(visit.request.query_params), self.office)
        known = self.office.ask("PUT", f"/v1/known-certificates/{who.serial}").json()
        self.ledger.meet(who.subject, who.name, who.serial, known["state"], known["sequence"])
        return self._with_cookie(self._to("/"), self.ledger.open_visit({"subject": who.subject}))

    def sign_out(self, visit: Visit) -> Response:
        """Forget the visitor."""
        self.ledger.close_visit(visit.token)
        return self._to("/")

    def change_language(self, visit: Visit) -> Response:
        """Show the other language from now on."""
        other = "en" if visit.language == "ko" else "ko"
        response = self._to("/")
        response.set_cookie(LANGUAGE_COOKIE, other, path=self.base, httponly=True, samesite="lax")
        return response

    # ---- a letter

    def send_letter(self, visit: Visit) -> Response:
        """Hand out a letter that only this customer can open."""
        customer = self._customer(visit)
        said = visit.words["letter_body"].format(name=customer["name"], number=secrets.randbelow(10**8))
        certificate_pem = letter.recipient_certificate(customer["serial"], self.office)
        return _file(letter.encrypt(said, certificate_pem), "application/pkcs7-mime", "letter.p7m")

    # ---- a contract

    def make_contract(self, visit: Visit) -> Response:
        """Draw up a contract and send the customer to the office to sign it."""
        customer, words = self._customer(visit), visit.words
        contract_id, made_at = secrets.token_hex(8), datetime.now(UTC)
        pdf = contracts.contract_pdf(contract_id, customer["name"], words["item"], PRICE_KRW, made_at)
        asked = signatures.ask(contract_id, pdf, visit.subject, words["purpose"], PRICE_KRW, self.office)
        contract = {
            "subject": visit.subject,
            "state": "asked",
            "request": asked["id"],
            "address": asked["address"],
            "made_at": made_at.isoformat(),
        }
        self.ledger.put_contract(contract_id, contract, pdf)
        return RedirectResponse(asked["address"], 303)

    def take_signature(self, visit: Visit) -> Response:
        """The customer is back from signing: `state` is the contract's id, as we gave it."""
        return self._to(f"/contracts/{visit.request.query_params.get('state', '')}")

    def show_contract(self, visit: Visit) -> Response:
        """Show how far a contract is; what was signed is fetched, verified and kept."""
        contract_id, contract, pdf = self._contract(visit)
        words = visit.words
        if contract["state"] == "asked":
            contract = self._look(contract_id, contract, pdf)
        if contract["state"] == "signed":
            proof = [(words[one], contract[one]) for one in ("signer", "serial", "proven_at")]
            download = link(words["download"], f"{self.base}/contracts/{contract_id}/file", "")
            return self._page(visit, words["signed"], paragraph(words["signed_text"], "sure"), facts(proof), download)
        if contract["state"] == "ended":
            return self._page(visit, words["ended"], paragraph(words["ended_text"]))
        if contract.get("seen") == "signed":  # the office is putting it together
            return self._page(visit, words["pending"], paragraph(words["pending_text"]), again_s=2)
        return self._page(visit, words["state_asked"], link(words["go_on"], contract["address"], ""))

    def download_contract(self, visit: Visit) -> Response:
        """Hand out the contract."""
        contract_id, _, pdf = self._contract(visit)
        return _file(pdf, "application/pdf", f"contract-{contract_id}.pdf")

    def _look(self, contract_id: str, contract: Document, pdf: bytes) -> Document:
        request = signatures.look(contract["request"], self.office)
        if request["state"] in PENDING:
            return {**contract, "seen": request["state"]}
        if request["state"] != "completed":
            after = {**contract, "state": "ended"}
            self.ledger.put_contract(contract_id, after, pdf)
            return after
        signed = signatures.fetch(contract["request"], self.office)
        proof = signed_pdf.verify(signed, pdf, request["signed_by"]["serial"], self.registration)
        after = {
            **contract,
            "state": "signed",
            "signer": proof.name,
            "serial": proof.serial,
            "proven_at": proof.proven_at.astimezone(KOREA).strftime("%Y. %m. %d. %H:%M:%S"),
        }
        self.ledger.put_contract(contract_id, after, signed)
        return after

    # ---- events

    async def hear(self, request: Request) -> Response:
        """Take what the office tells us of certificates we know; 2xx is "taken", anything else "again later"."""
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MAX_WEBHOOK_BYTES:
                return Response(status_code=413)
        now_s = time.time()
        try:
            event = events.read_event(request.headers, body, self.registration, now_s)
            await run_in_threadpool(events.take, event, self.ledger, self.registration, now_s)
        except events.WebhookForged as forged:
            _log.warning("refused: %s", forged)
            return Response(status_code=400)
        except OpensslRefused:
            _log.warning("refused: succession.forged")
            return Response(status_code=400)
        return Response(status_code=204)

    # ---- what pages share

    def _customer(self, visit: Visit) -> Document:
        if not visit.customer:
            raise OfficeRefused("shop.sign_in_first")
        return visit.customer

    def _contract(self, visit: Visit) -> tuple[str, Document, bytes]:
        contract_id = str(visit.request.path_params["id"])
        found = self.ledger.find_contract(contract_id, visit.subject)
        if found is None:
            raise OfficeRefused("shop.no_such_contract")
        return contract_id, *found

    def _page(self, visit: Visit, title: str, *body: str, again_s: int | None = None, status: int = 200) -> Response:
        home = [] if visit.request.url.path == f"{self.base}/" else [link(visit.words["home"], f"{self.base}/")]
        return page(
            title,
            [*body, *home],
            visit.words,
            language=visit.language,
            base=self.base,
            again_s=again_s,
            status=status,
        )

    def _refused(self, visit: Visit, code: str) -> Response:
        said = [paragraph(visit.words["refused_text"], "wrong"), facts([(visit.words["code"], code)])]
        return self._page(visit, visit.words["refused"], *said, status=400)

    def _to(self, path: str) -> RedirectResponse:
        return RedirectResponse(self.base + path, 303)

    def _with_cookie(self, response: Response, token: str) -> Response:
        secure = self.registration.address.startswith("https://")
        response.set_cookie(COOKIE, token, path=self.base, httponly=True, samesite="lax", secure=secure)
        return response


def _file(content: bytes, media_type: str, name: str) -> Response:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
