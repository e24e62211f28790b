"""The delegate in office, as whoever answers with it holds it: looked up now and then and after every change, its key
opened once.

Knows only the delegates' own key store: nothing here can reach the authority's key.
"""

import threading
from datetime import datetime, timedelta

from dojang.controls.delegates.model import Delegate, DelegateKind, DelegateMissing
from dojang.controls.delegates.ports import DelegateTransaction
from dojang.kernel.transaction import Store
from dojang.pki.keystore import KeyNotFound, KeyStore
from dojang.pki.signer import DelegateSigner

LOOKED_UP_EVERY = timedelta(seconds=60)


class DelegateHolder:
    """Holds the delegate of one kind for one process."""

    def __init__(self, kind: DelegateKind, *, store: Store[DelegateTransaction], keystore: KeyStore) -> None:
        self._kind = kind
        self._store = store
        self._keystore = keystore
        self._held: tuple[Delegate, DelegateSigner] | None = None
        self._look_up_at: datetime | None = None
        self._change = -1
        self._looking = threading.Lock()

    def get(self, now: datetime, change: int) -> tuple[Delegate, DelegateSigner]:
        """Return the delegate whose validity covers `now`, and its hand. Raises `DelegateMissing`.

        `change` is the number of the last change to any standing or delegate, as the store counts them: delegates are
        looked up again when it is another one.
        """
        held = self.find_held(now, change)
        if held is None:
            with self._looking:
                held = self._look_up(now, change)
        return held

    def find_held(self, now: datetime, change: int) -> tuple[Delegate, DelegateSigner] | None:
        """Return what `get` would, as long as nothing has to be looked up for it; else None."""
        held, due = self._held, self._look_up_at
        if held is None or due is None or now >= due or now > held[0].not_after or change > self._change:
            return None
        return held

    def _look_up(self, now: datetime, change: int) -> tuple[Delegate, DelegateSigner]:
        still = self.find_held(now, change)
        if still is not None:
            return still  # another request was here first
        held = self._held
        found = self._store.read(lambda tx: tx.delegates.find_in_office(self._kind, now))
        if found is None or found.certificate_der is None:
            self._held = None
            raise DelegateMissing(kind=self._kind.value)
        if held is None or held[0].label != found.label:
            held = found, self._open(found.label, found.certificate_der)
        self._held, self._look_up_at, self._change = held, now + LOOKED_UP_EVERY, max(change, self._change)
        return held

    def _open(self, label: str, certificate_der: bytes) -> DelegateSigner:
        try:
            return DelegateSigner(keystore=self._keystore, label=label, certificate_der=certificate_der)
        except KeyNotFound:
            raise DelegateMissing(kind=self._kind.value) from None
