"""By which name a relying party knows a customer: one of its own for each party (OpenID Connect Core section 8.1)."""

from dojang.kernel.ports import FieldCipher


def subject_for(client_id: str, subscriber_id: str, *, cipher: FieldCipher) -> str:
    """Return the pairwise subject: 64 hex digits, the same for ever, and another for every party."""
    return cipher.blind_index(f"{client_id}\n{subscriber_id}".encode(), purpose="oidc-subject")
