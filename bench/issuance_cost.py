"""Where the time of one certificate set goes: CPU time by part, each without the parts inside it.

For one thread only. The parts are told apart by wrapping the ports that `issue` is called with; nothing of the program
is touched.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from dojang.kernel.transaction import Store, Transaction
from dojang.pki.keystore import KeyStore, KeyUse, Mechanism
from dojang.pki.public_key import KeyAlgorithm

Tx = TypeVar("Tx", bound=Transaction)
Result = TypeVar("Result")


class Part(StrEnum):
    """What is told apart."""

    CA_KEY = "CA key"  # two signatures, and R opened
    REST = "checking, building, linting"  # with four signatures verified
    STORE = "store"
    AUDIT = "audit log"
    EFFECTS = "effects"


class Stopwatch:
    """Adds up CPU time of the calling thread by part."""

    def __init__(self) -> None:
        self.cpu_s: defaultdict[Part, float] = defaultdict(float)
        self._inside = [0.0]  # per open part: what parts inside it took

    @contextmanager
    def part(self, name: Part) -> Iterator[None]:
        """Count what happens in the block as `name`, except what an inner block counts."""
        self._inside.append(0.0)
        began = time.thread_time()
        try:
            yield
        finally:
            took = time.thread_time() - began
            self.cpu_s[name] += took - self._inside.pop()
            self._inside[-1] += took


def timed(stopwatch: Stopwatch, name: Part, function: Callable[..., Result]) -> Callable[..., Result]:
    """Return the function, timed as a part."""

    def call(*arguments: object) -> Result:
        with stopwatch.part(name):
            return function(*arguments)

    return call


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedStore(Generic[Tx]):
    """A store whose transactions are timed."""

    store: Store[Tx]
    stopwatch: Stopwatch

    def transact(self, work: Callable[[Tx], Result]) -> Result:
        """See `kernel.transaction.Store`."""
        with self.stopwatch.part(Part.STORE):
            return self.store.transact(work)

    def read(self, work: Callable[[Tx], Result]) -> Result:
        """See `kernel.transaction.Store`."""
        with self.stopwatch.part(Part.STORE):
            return self.store.read(work)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedKeyStore:
    """A key store whose private-key operations are timed."""

    keystore: KeyStore = field(repr=False)
    stopwatch: Stopwatch

    def generate(self, label: str, algorithm: KeyAlgorithm, use: KeyUse) -> bytes:
        """See `pki.keystore.KeyStore`."""
        return self.keystore.generate(label, algorithm, use)

    def public_key(self, label: str) -> bytes:
        """See `pki.keystore.KeyStore`."""
        return self.keystore.public_key(label)

    def labels(self) -> frozenset[str]:
        """See `pki.keystore.KeyStore`."""
        return self.keystore.labels()

    def sign(self, label: str, data: bytes, mechanism: Mechanism) -> bytes:
        """See `pki.keystore.KeyStore`."""
        with self.stopwatch.part(Part.CA_KEY):
            return self.keystore.sign(label, data, mechanism)

    def sign_digest(self, label: str, digest: bytes, mechanism: Mechanism) -> bytes:
        """See `pki.keystore.KeyStore`."""
        with self.stopwatch.part(Part.CA_KEY):
            return self.keystore.sign_digest(label, digest, mechanism)

    def decrypt(self, label: str, ciphertext: bytes, mechanism: Mechanism, *, bound_to: bytes = b"") -> bytes:
        """See `pki.keystore.KeyStore`."""
        with self.stopwatch.part(Part.CA_KEY):
            return self.keystore.decrypt(label, ciphertext, mechanism, bound_to=bound_to)

    def delete(self, label: str) -> None:
        """See `pki.keystore.KeyStore`."""
        self.keystore.delete(label)
