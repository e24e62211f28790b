"""The words of notices: every template there is, in Korean and English, and what kind of notice it is.

One TOML file per area, one table per template. `text` is what a text message, an Alimtalk and the list in the app say;
`body` is the e-mail; a push shows the subject alone. Words stand in the bank's own app and in other people's networks:
no template may have room for a name, a number that opens anything, or a link. `#{name}` stands for a parameter, as
Alimtalk writes it. Must not know channels' providers or who is told.
Source: Alimtalk and SMS practice (approved templates; 90 bytes of EUC-KR make a short message).
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dojang.controls.notices.model import Topic

LANGUAGES = ("ko", "en")
SHORT_MESSAGE_BYTES = 90  # EUC-KR; what is longer travels as a long message (LMS)
PARAMETERS = frozenset({"bank", "at", "number", "until", "days", "case", "code", "minutes"})
_VARIABLE = re.compile(r"#\{([a-z]+)\}")
_MEMBERS = frozenset({"security", "topic", *LANGUAGES})
_WORDS = frozenset({"subject", "text", "body"})


class TemplatesBroken(ValueError):
    """The template files contradict themselves or leave something out; found at the first use and by the tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWords:
    """One notice in one language."""

    subject: str
    text: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One template. A `security` one goes to every contact and cannot be turned off."""

    name: str
    topic: Topic
    security: bool
    words: Mapping[str, NoticeWords]

    @property
    def is_optional(self) -> bool:
        """Whether a person may turn it off."""
        return self.topic.is_optional and not self.security

    @property
    def parameters(self) -> frozenset[str]:
        """Names of what the words leave open."""
        return frozenset(
            name
            for words in self.words.values()
            for text in (words.subject, words.text, words.body)
            for name in _VARIABLE.findall(text)
        )

    def render(self, language: str, params: Mapping[str, str]) -> NoticeWords:
        """Return the words with their parameters; any language but "ko" is English. An unknown parameter stays."""
        words = self.words["ko" if language == "ko" else "en"]
        return NoticeWords(
            subject=_render(words.subject, params), text=_render(words.text, params), body=_render(words.body, params)
        )


class Templates:
    """All templates, by name. Raises `TemplatesBroken` for what is incomplete or stands twice."""

    def __init__(self, documents: Iterable[tuple[str, Mapping[str, object]]]) -> None:
        self._templates: dict[str, Template] = {}
        for file_name, entries in documents:
            for name, entry in entries.items():
                if name in self._templates:
                    raise TemplatesBroken(f"{name} stands twice, the second time in {file_name}")
                self._templates[name] = _parse_template(name, entry)

    def __iter__(self) -> Iterator[Template]:
        """Every template, by name."""
        return iter(sorted(self._templates.values(), key=lambda one: one.name))

    def find_template(self, name: str) -> Template | None:
        """Return the template, or None where a name is not known."""
        return self._templates.get(name)


@cache
def load_templates() -> Templates:
    """Return the program's templates, read once. Raises `TemplatesBroken`."""
    found = sorted((one for one in files(__name__).iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    return Templates((one.name, tomllib.loads(one.read_text("utf-8"))) for one in found)


def is_short(text: str) -> bool:
    """Whether a text fits a short message (SMS); what EUC-KR cannot write is sent as a long one."""
    try:
        return len(text.encode("euc-kr")) <= SHORT_MESSAGE_BYTES
    except UnicodeEncodeError:
        return False


def _render(text: str, params: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda match: params.get(match[1], match[0]), text)


def _parse_template(name: str, entry: object) -> Template:
    if not isinstance(entry, dict) or not entry.keys() <= _MEMBERS:
        raise TemplatesBroken(f"{name} has members that nothing knows")
    words = {}
    for language in LANGUAGES:
        texts = entry.get(language)
        if not isinstance(texts, dict) or texts.keys() != _WORDS or not all(map(_is_text, texts.values())):
            raise TemplatesBroken(f"{name} needs subject, text and body in {language}")
        words[language] = NoticeWords(**texts)
    try:
        topic = Topic(entry.get("topic", Topic.SECURITY.value))
    except ValueError:
        raise TemplatesBroken(f"{name} has no topic that is known") from None
    template = Template(name=name, topic=topic, security=entry.get("security") is True, words=words)
    if not template.parameters <= PARAMETERS:
        raise TemplatesBroken(f"{name} has a parameter that is not known")
    if topic is Topic.SECURITY and not template.security:
        raise TemplatesBroken(f"{name} needs a topic or has to be a security notice")
    return template


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
