"""The misbehaving authority as a whole, over what the sandbox remembers."""

from dojang.pki.certificate import certificate_pem
from dojang.sandbox.authority.holders import Holders
from dojang.sandbox.authority.house import TRUSTED, House
from dojang.sandbox.authority.records import Memory
from dojang.sandbox.authority.statements import Statements


class AuthorityOffice:
    """Hierarchy, customers and statements; `address` is where the sandbox is reached."""

    def __init__(self, memory: Memory, address: str) -> None:
        self.house = House(memory, address)
        self.holders = Holders(self.house)
        self.statements = Statements(self.house, self.holders)

    def trusted_pem(self) -> bytes:
        """Return the root first, then the issuing authorities below it, PEM."""
        return b"".join(certificate_pem(self.house.authority(rank).holding.certificate_der) for rank in TRUSTED)
