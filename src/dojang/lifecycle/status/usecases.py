"""Look up CRLs and what is known of a serial number."""

from collections.abc import Iterator

from dojang.kernel.transaction import Store
from dojang.lifecycle.status.model import ALL, CertificateStatus, Crl, CrlNotFound, ListKind, ListScope, StatusUnknown
from dojang.lifecycle.status.ports import StatusTransaction


def get_crl(
    number: int | None = None,
    *,
    store: Store[StatusTransaction],
    scope: ListScope = ALL,
    kind: ListKind = ListKind.COMPLETE,
) -> Crl:
    """Return the latest issued CRL of a scope and kind, or the one of that number. Raises `CrlNotFound`."""
    if number is None:
        found = store.read(lambda tx: tx.crls.find_latest(scope, kind))
    else:
        found = store.read(lambda tx: tx.crls.find_crl(scope, kind, number))
    if found is None:
        raise CrlNotFound()
    return found


def stream_crl(crl: Crl, *, store: Store[StatusTransaction]) -> Iterator[bytes]:
    """Yield an issued CRL's octets (DER) piece by piece, each read by itself. Raises `CrlNotFound` when it is gone."""
    sent = 0
    for position in range(crl.size_bytes):
        piece = store.read(lambda tx, position=position: tx.crls.find_chunk(crl.content_id, position))  # type: ignore[misc]  # bound at once
        if piece is None:
            raise CrlNotFound()
        yield piece
        sent += len(piece)
        if sent == crl.size_bytes:
            return


def read_crl(crl: Crl, *, store: Store[StatusTransaction]) -> bytes:
    """Return an issued CRL whole, DER. Raises `CrlNotFound` when it is gone."""
    return b"".join(stream_crl(crl, store=store))


def get_status(serial: int, *, store: Store[StatusTransaction]) -> CertificateStatus:
    """Return what is known of an issued serial number. Raises `StatusUnknown`."""
    found = store.read(lambda tx: tx.statuses.find_status(serial))
    if found is None:
        raise StatusUnknown()
    return found
