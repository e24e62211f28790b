"""Web push as `Notifier`: a message encrypted for one browser, signed by the office, handed to its push service.

What is sent is a title and one line without anything personal; the push service cannot read even that. Its address was
chosen by the browser, so it is a stranger's: https only, hosts the settings name, no redirects, no address that is not
public, no answer read. Sources: RFC 8030 (push), 8291 (encryption), 8188 (aes128gcm), 8292 (VAPID).
"""

import base64
import hashlib
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dojang.adapters.notice.vapid import VapidKey
from dojang.adapters.notice.wording import Wording
from dojang.controls.notices.contacts import parse_subscription
from dojang.controls.notices.model import PushRefused
from dojang.kernel.neighbour import NeighbourRefusedUs, NeighbourUnavailable
from dojang.kernel.notice import Channel, NoticeAnswer
from dojang.kernel.ports import Chance, Clock

NEIGHBOUR = "push"
_TTL_S = 3 * 24 * 3600
_TOKEN_LIFE = timedelta(hours=12)  # RFC 8292 section 2: at most a day
_RECORD = 4096
_SALT_BYTES = 16
_TAG_LENGTH = 32  # Topic: at most 32 characters of base64url (RFC 8030 section 5.4)


class WebPushNotifier:
    """`Notifier` over web push for `Channel.PUSH`; `to` is a PushSubscription as JSON. Safe to share between threads.

    `hosts` are push services, those below them included; "host:port" names a port that is not 443.
    """

    def __init__(
        self,
        *,
        key: VapidKey,
        hosts: tuple[str, ...],
        contact: str,
        wording: Wording,
        clock: Clock,
        chance: Chance,
        timeout_s: float = 10.0,
        tls: ssl.SSLContext | None = None,
        allow_private: bool = False,
    ) -> None:
        self._key = key
        self._hosts = hosts
        self._contact = contact
        self._wording = wording
        self._clock = clock
        self._chance = chance
        self._allow_private = allow_private
        self._client = httpx.Client(
            trust_env=False, follow_redirects=False, timeout=timeout_s, verify=tls if tls is not None else True
        )

    def send(
        self, *, notice_id: str, channel: Channel, to: str, language: str, template: str, params: Mapping[str, str]
    ) -> NoticeAnswer:
        """Hand one message over. Raises `NeighbourUnavailable`, `NeighbourRefusedUs`, `TemplateUnknown`."""
        if channel is not Channel.PUSH:
            return NoticeAnswer.UNDELIVERABLE
        try:
            endpoint, subscription = parse_subscription(to, self._hosts)
        except PushRefused:  # the settings name this service no longer
            return NoticeAnswer.UNDELIVERABLE
        if not self._is_public(endpoint):
            return NoticeAnswer.UNDELIVERABLE
        words = self._wording.render(template, language, params)
        tag = _encode(hashlib.sha256(notice_id.encode()).digest())[:_TAG_LENGTH]
        message = json.dumps({"title": self._wording.bank, "body": words.subject, "tag": tag}, ensure_ascii=False)
        keys = json.loads(subscription)["keys"]
        body = encrypt(message.encode(), _decode(keys["p256dh"]), _decode(keys["auth"]), self._chance)
        return self._hand_over(endpoint, body, tag)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _hand_over(self, endpoint: str, body: bytes, tag: str) -> NoticeAnswer:
        headers = {
            "Authorization": f"vapid t={self._token(endpoint)}, k={self._key.public}",
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(_TTL_S),
            "Urgency": "normal",
            "Topic": tag,  # repeated before the browser fetched it, a message replaces itself
        }
        try:
            with self._client.stream("POST", endpoint, content=body, headers=headers) as response:
                status = response.status_code
        except (httpx.HTTPError, httpx.InvalidURL):
            raise NeighbourUnavailable(neighbour=NEIGHBOUR, reason="no_answer") from None
        if 200 <= status < 300:
            return NoticeAnswer.ACCEPTED
        if status in (404, 410):  # RFC 8030 section 7.3: the browser is gone for good
            return NoticeAnswer.UNDELIVERABLE
        if status in (400, 401, 403, 413):
            raise NeighbourRefusedUs(neighbour=NEIGHBOUR)
        raise NeighbourUnavailable(neighbour=NEIGHBOUR, reason=f"http_{status}")

    def _is_public(self, endpoint: str) -> bool:
        """Whether every address the name leads to is public. The name is a known service's own: see `hosts`."""
        if self._allow_private:
            return True
        parts = urlsplit(endpoint)
        try:
            found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise NeighbourUnavailable(neighbour=NEIGHBOUR, reason="no_address") from None
        return all(ipaddress.ip_address(str(one[4][0]).partition("%")[0]).is_global for one in found)

    def _token(self, endpoint: str) -> str:
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((self._clock.now() + _TOKEN_LIFE).timestamp()),
            "sub": self._contact,
        }
        signed = ".".join(
            _encode(json.dumps(one, separators=(",", ":")).encode()) for one in ({"typ": "JWT", "alg": "ES256"}, claims)
        )
        r, s = decode_dss_signature(self._key.private_key.sign(signed.encode(), ECDSA(SHA256())))
        return f"{signed}.{_encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def encrypt(plaintext: bytes, p256dh: bytes, auth: bytes, chance: Chance) -> bytes:
    """Return `plaintext` as one aes128gcm record for the browser with this point and secret (RFC 8291 section 3.4).

    `p256dh` is the uncompressed point, 65 bytes; `auth` 16 bytes. Raises `PushRefused` for a point not on the curve.
    """
    try:
        browser = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), p256dh)
    except ValueError:
        raise PushRefused() from None
    ours = generate_private_key(SECP256R1())
    point = ours.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = ours.exchange(ECDH(), browser)
    salt = chance.token_bytes(_SALT_BYTES)
    material = _derive(auth, shared, b"WebPush: info\0" + p256dh + point, 32)
    key = _derive(salt, material, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(salt, material, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(key).encrypt(nonce, plaintext + b"\x02", None)
    return salt + _RECORD.to_bytes(4, "big") + bytes([len(point)]) + point + sealed


def _derive(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


def _encode(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    bare = text.rstrip("=")
    return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
