"""Telephone numbers as a screen may show them. Pure."""

_SHOWN = 4


def masked_phone(phone: str) -> str:
    """Return `010-****-5678`."""
    return f"{phone[:3]}-****-{phone[-_SHOWN:]}"
