"""A notice's words as providers are given them: the template's, with the bank's name in them.

Knows no provider.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dojang.controls.notices.model import TemplateUnknown
from dojang.controls.notices.templates import NoticeWords, Template, Templates


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Renders templates. `bank` is what the office is called in notices, in either language."""

    templates: Templates
    bank: str

    def get_template(self, name: str) -> Template:
        """Return the template. Raises `TemplateUnknown`."""
        template = self.templates.find_template(name)
        if template is None:
            raise TemplateUnknown(template=name)
        return template

    def render(self, template: str, language: str, params: Mapping[str, str]) -> NoticeWords:
        """Return the words in "ko" or "en". Raises `TemplateUnknown`."""
        return self.get_template(template).render(language, {**params, "bank": self.bank})
