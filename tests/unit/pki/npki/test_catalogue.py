"""Every refusal and finding of this package has its words, and no words stand without one."""

import tomllib
from importlib.resources import files

from dojang.pki.npki import errors
from dojang.pki.npki.password import PasswordFinding


def test_words_for_every_code_and_no_others() -> None:
    text = files("dojang.kernel").joinpath("catalogue/npki.toml").read_text("utf-8")
    entries = tomllib.loads(text)
    classes = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.NpkiError)]
    codes = [c.code for c in classes if c is not errors.NpkiError]
    assert len(set(codes)) == len(codes)
    assert set(entries) == {*codes, *(finding.value for finding in PasswordFinding)}
    for entry in entries.values():
        for language in ("ko", "en"):
            words = entry[language]
            assert set(words) == {"title", "cause", "next"}
            assert all(words.values())
