"""A message to Slack, and what is left of it where Slack refuses the whole."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import ActionsBlock, Block, ContextBlock, SectionBlock

from bot.slack.protocol.markup import chunks, clip, first_chunk, markdown, plain
from bot.texts import card

TEXT = 4000
"""Slack: the text of a message is best kept to 4,000 characters; chat.update takes no more."""

SHORT = 1000
"""Characters of a text that nobody can find too long."""


@dataclass(frozen=True)
class Message:
    """A message: blocks for eyes, text for notifications, screen readers, and a Slack that refuses the blocks."""

    text: str
    blocks: Sequence[Block]
    language: str = "en"

    @classmethod
    def of(cls, lines: Iterable[str], blocks: Sequence[Block], language: str) -> "Message":
        """With as many of the lines as a text may hold; the most important ones come first."""
        return cls(first_chunk(lines, TEXT), blocks, language)

    def and_small(self, line: str) -> "Message":
        """With one more line of markdown at its end, in small."""
        text = first_chunk([self.text, line], TEXT)
        return Message(text, [*self.blocks, ContextBlock(elements=[markdown(line)])], self.language)

    @property
    def kept(self) -> Sequence[Block]:
        """The blocks that no other may take along when it goes: the buttons."""
        return [block for block in self.blocks if isinstance(block, ActionsBlock)]

    def shorter(self, reference: str) -> Iterator["Message"]:
        """What is shown instead, the most first: the text, its first line, and only in the end without the buttons.

        Args:
            reference: to the line in the operator's log that says what Slack refused.
        """
        note = card.SHORTENED(self.language, reference=reference)
        lines = self.text.split("\n")
        words = [SectionBlock(text=markdown(part)) for part in chunks([*lines, note])]
        yield Message(clip(self.text, SHORT), [*words, *self.kept], self.language)
        yield Message(
            clip(lines[0], SHORT), [SectionBlock(text=plain(f"{lines[0]}\n{note}")), *self.kept], self.language
        )
        yield Message(f"{clip(self.text, SHORT)}\n{note}", [], self.language)
