"""The port through which a document is read."""

from datetime import date
from typing import Protocol

from dojang.lifecycle.identity_proofing.id_document.model import DocumentExamination, DocumentKind


class DocumentReader(Protocol):
    """Turns photographs into an examination."""

    def read_document(
        self, front: bytes, back: bytes | None, *, today: date, expected: DocumentKind | None
    ) -> DocumentExamination:
        """Read one document from photographs of its sides (JPEG or PNG files).

        `expected` is the kind the applicant announced, None when any will do. `today` is the KST date that expiry is
        judged by.
        Raises `UnsupportedFile`, `FileTooLarge`, `ImageTooSmall`, `ReaderTimedOut`, `ReaderBroken`.
        """
        ...
