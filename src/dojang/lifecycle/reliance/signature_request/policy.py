"""What a bank decides about signature requests, as data. All at least 1."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRequestPolicy:
    """Bounds of documents and of time.

    A request waits `default_minutes` for its signature, or what its party asks for up to `longest_hours`. What was
    prepared may be signed for `preparation_minutes`. Documents are deleted `keep_hours` after the end of their request.
    What could not be put together within `assembly_hours` has failed.
    """

    max_pdf_bytes: int = 10 * 1024 * 1024
    max_text_bytes: int = 200_000
    default_minutes: int = 60
    longest_hours: int = 168
    preparation_minutes: int = 10
    tries: int = 5
    keep_hours: int = 72
    assembly_hours: int = 24
