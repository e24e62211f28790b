"""Every code a person may meet has its words, in both languages, and no others are kept."""

import tomllib
from importlib.resources import files

from dojang.kernel.errors import DojangError
from dojang.lifecycle.identity_proofing.id_document import errors
from dojang.lifecycle.identity_proofing.id_document.finding import FindingCode


def test_catalogue_and_codes_are_the_same_set() -> None:
    catalogue = tomllib.loads(files("dojang.kernel").joinpath("catalogue/id_document.toml").read_text(encoding="utf-8"))
    raised = {
        error.code for error in vars(errors).values() if isinstance(error, type) and issubclass(error, DojangError)
    } - {DojangError.code}
    assert set(catalogue) == {code.value for code in FindingCode} | raised
    for words in catalogue.values():
        for language in ("ko", "en"):
            assert set(words[language]) == {"title", "cause", "next"}
            assert all(words[language].values())
