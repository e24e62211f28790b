"""Key ceremonies: the authority's keys and certificates made from one witnessed file (RFC 3647 section 4.6.1)."""

from dojang.controls.ceremony.ceremony import CeremonyRecord, run_ceremony
from dojang.controls.ceremony.spec import CeremonySpec
from dojang.controls.ceremony.spec_file import parse_ceremony

__all__ = ["CeremonyRecord", "CeremonySpec", "parse_ceremony", "run_ceremony"]
