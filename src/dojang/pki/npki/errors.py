"""What can be refused while reading or writing NPKI formats.

No error carries a password, R, an identification number, a name, or another library's words.
"""

from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


class NpkiError(DojangError):
    """Base of the refusals of this package."""

    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class Malformed(NpkiError):
    """The bytes are not the structure they were offered as. Field: `structure`."""

    code: ClassVar[str] = "npki.malformed"


class AlgorithmUnsupported(NpkiError):
    """The file names an algorithm we do not read. Field: `algorithm` (dotted OID)."""

    code: ClassVar[str] = "npki.algorithm_unsupported"


class IterationCountRefused(NpkiError):
    """The file asks for an absurd number of key-derivation rounds. Fields: `iterations`, `limit`."""

    code: ClassVar[str] = "npki.iteration_count_refused"


class WrongPassword(NpkiError):
    """The password does not open the file, or the file was damaged: the formats cannot tell the two apart."""

    code: ClassVar[str] = "npki.wrong_password"


class PasswordEncodingUnusable(NpkiError):
    """The password bytes are not UTF-8 text, which PKCS#12 needs."""

    code: ClassVar[str] = "npki.password_encoding"


class RandomNumberMissing(NpkiError):
    """The private key carries no R: it signs, but cannot pass 본인확인."""

    code: ClassVar[str] = "npki.random_number_missing"


class RandomNumberUnusable(NpkiError):
    """R is not 20 bytes, or begins with a zero byte where we would write it."""

    code: ClassVar[str] = "npki.random_number_unusable"


class IdentificationNumberMalformed(NpkiError):
    """The identification number is not 10 or 13 digits."""

    code: ClassVar[str] = "npki.identification_number_malformed"


class VirtualIdMissing(NpkiError):
    """The certificate holds no virtual ID (CA and key-management certificates do not)."""

    code: ClassVar[str] = "npki.virtual_id_missing"


class VirtualIdMismatch(NpkiError):
    """Identification number and R do not give the certificate's virtual ID (본인확인 실패)."""

    code: ClassVar[str] = "npki.virtual_id_mismatch"


class HashNotWritable(NpkiError):
    """SHA-1 virtual IDs are read in old certificates and never written."""

    code: ClassVar[str] = "npki.hash_not_writable"
    fault: ClassVar[Fault] = Fault.OURS


class KeyCertificateMismatch(NpkiError):
    """The private key does not belong to the certificate beside it."""

    code: ClassVar[str] = "npki.key_certificate_mismatch"


class FolderNotFound(NpkiError):
    """No NPKI folder matches."""

    code: ClassVar[str] = "npki_folder.not_found"


class FolderAmbiguous(NpkiError):
    """More than one NPKI folder matches. Field: `found`."""

    code: ClassVar[str] = "npki_folder.ambiguous"


class FolderIncomplete(NpkiError):
    """The folder lacks a file it must have. Field: `missing`."""

    code: ClassVar[str] = "npki_folder.incomplete"


class FolderNameUnusable(NpkiError):
    """The subject or CA name gives no folder name a file system can hold."""

    code: ClassVar[str] = "npki_folder.name_unusable"


class FolderNotReadable(NpkiError):
    """The operating system refused to read a file, or the file is far too large to be what its name says."""

    code: ClassVar[str] = "npki_folder.not_readable"


class FolderNotWritable(NpkiError):
    """The operating system refused to write the folder. What was there before is still there."""

    code: ClassVar[str] = "npki_folder.not_writable"


class PasswordRejected(NpkiError):
    """A new certificate password breaks the rules. Field: `findings` (finding codes, all of them)."""

    code: ClassVar[str] = "npki_password.rejected"
