"""The transcript that witnesses sign: what was made, by whom watched, and the digest of every file.

Markdown in Korean and English. Holds no secret; its own digest is what witnesses may publish.
"""

from collections.abc import Mapping
from datetime import datetime

from dojang.controls.ceremony.spec import CeremonySpec
from dojang.pki.certificate import parse_certificate, spki_of
from dojang.pki.name import display_name
from dojang.pki.public_key import key_identifier
from dojang.pki.validity import KST


def render_transcript(
    spec: CeremonySpec,
    *,
    number: int,
    at: datetime,
    fresh: Mapping[str, str],
    certificates: Mapping[str, bytes],
) -> bytes:
    """Return the transcript of the session with this number, made at `at` (UTC).

    `fresh` are the files of this session, name to SHA-256; `certificates` all certificates of the ceremony by label, of
    which those among the files are described.
    """
    lines = [
        f"# 키 생성 의식 기록 · Key ceremony transcript {number}",
        "",
        f"- 이름 · Title: {spec.title}",
        f"- 장소 · Place: {spec.place}",
        f"- 시각 · Time: {at.astimezone(KST):%Y-%m-%d %H:%M:%S} KST ({at:%Y-%m-%dT%H:%M:%SZ})",
        f"- 정책 식별자 · Policy arc: {spec.operator.arc}",
        "",
        "## 만든 인증서 · Certificates made",
        "",
    ]
    described = {label: one for label, one in certificates.items() if f"{label}.pem" in fresh}
    for label, certificate_der in described.items():
        lines += _certificate_lines(label, certificate_der)
    if not described:
        lines += ["없음 · none", ""]
    lines += ["## 파일과 SHA-256 · Files and SHA-256", "", "| 파일 · file | SHA-256 |", "| --- | --- |"]
    lines += [f"| `{name}` | `{digest}` |" for name, digest in sorted(fresh.items())]
    lines += [
        "",
        "## 참관인 · Witnesses",
        "",
        "위 파일을 직접 계산해 값이 같음을 확인했습니다. · I computed the digests of these files and found them equal.",
        "",
    ]
    lines += [f"- {one.name} ({one.role}) · 서명 · signature: ______________________" for one in spec.witnesses]
    return ("\n".join(lines) + "\n").encode()


def _certificate_lines(label: str, certificate_der: bytes) -> list[str]:
    certificate = parse_certificate(certificate_der)
    return [
        f"### {label}",
        "",
        f"- 소유자 · Subject: {display_name(certificate.subject.public_bytes())}",
        f"- 발급자 · Issuer: {display_name(certificate.issuer.public_bytes())}",
        f"- 일련번호 · Serial: {certificate.serial_number:x}",
        f"- 유효기간 · Validity: {certificate.not_valid_before_utc:%Y-%m-%dT%H:%M:%SZ} … "
        f"{certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}",
        f"- 키 식별자 · Key identifier: {key_identifier(spki_of(certificate_der)).hex()}",
        "",
    ]
