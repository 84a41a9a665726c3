"""Every word a person reads, in English and Chinese side by side: one catalogue, a file for each surface."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "zh"]


@dataclass(frozen=True)
class Text:
    """One text in each language, with the same `{facts}` in both."""

    en: str
    zh: str

    def __call__(self, language: str, /, **facts: str) -> str:
        """The text for somebody who reads `language`; English for any that is not here."""
        return (self.zh if language == "zh" else self.en).format_map(facts)
