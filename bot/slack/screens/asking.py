"""What a notice says that asks people to do something, and goes on saying once that is settled: its words stay as they
were sent, its buttons go, and a line for each thing that came of it takes their place.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict
from slack_sdk.models.blocks import Block, ContextBlock

from bot.domain.asked import asked_about, is_settled
from bot.domain.lifecycle import Notice
from bot.domain.request import ImageRequest
from bot.slack.protocol.markup import markdown
from bot.slack.protocol.values import ButtonValue
from bot.slack.screens.message import Message
from bot.slack.screens.settled import OF_THE_WHOLE, what_came
from bot.store import Event
from bot.texts.notice import SETTLED

_BLOCKS = tuple[dict[str, Any], ...]


class Line(NamedTuple):
    """What has come of it."""

    how: str  # the event; empty where nobody did anything
    by: str  # whose it was
    words: str  # markdown
    job: int | None = None  # the number of the one that it is about; None for the whole


class Asking(BaseModel):
    """A message that asks for something, as it stands in Slack or soon will: the notice's row keeps it."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    language: str
    text: str
    blocks: _BLOCKS  # without those lines
    jobs: tuple[int, ...]  # the numbers of those about which it still asks
    lines: tuple[Line, ...] = ()
    is_shown: bool = True  # whether Slack shows it so

    @classmethod
    def of(cls, kind: Notice, request: ImageRequest, message: Message) -> "Asking | None":
        """What is asked by a message that is being sent; None where nothing is that may be settled elsewhere.

        Args:
            kind: of the notice.
            request: as it was when the message was made.
            message: as it is sent.
        """
        jobs = asked_about(kind, request)
        blocks = tuple(block.to_dict() for block in message.blocks)
        return cls(language=message.language, text=message.text, blocks=blocks, jobs=jobs) if jobs else None

    @classmethod
    def nothing_more(cls, request: ImageRequest, language: str) -> "Asking":
        """What stands instead of a message of which nobody knows what it said, and whose matter is settled."""
        line = Line("", "", SETTLED(language, request=request.id))
        return cls(language=language, text="", blocks=(), jobs=(), lines=(line,), is_shown=False)

    @property
    def message(self) -> Message:
        """How it looks."""
        blocks = [block for raw in self.blocks if (block := Block.parse(raw))]
        blocks += [ContextBlock(elements=[markdown(line.words)]) for line in self.lines]
        lines = [self.text, *(line.words for line in self.lines)]
        return Message.of(filter(None, lines), blocks, self.language)

    def as_shown(self, *, shown: bool) -> "Asking":
        """It, once Slack shows it so, or where nobody knows what Slack shows of it."""
        return self.model_copy(update={"is_shown": shown})

    def pressed(self, action_id: str, value: str, line: Line) -> "Asking":
        """It, once somebody has pressed one of its buttons: those beside it go with it.

        Args:
            action_id: of the button.
            value: which the button carries.
            line: who has pressed it, and when.
        """
        pressed = {"action_id": action_id, "value": value}
        kept = tuple(raw for raw in self.blocks if not any(pressed.items() <= one.items() for one in _buttons(raw)))
        return self._saying(line, blocks=kept, jobs=self.jobs) if kept != self.blocks else self

    def settled(self, kind: Notice, request: ImageRequest, events: Callable[[], Sequence[Event]]) -> "Asking":
        """It, as its request stands now.

        Args:
            kind: of the notice.
            request: as it stands.
            events: reads those of the request, oldest first, where they are needed.
        """
        now, request = self, replace(request, language=self.language)
        settled = [number for number in self.jobs if is_settled(kind, request, number)]
        happened = events() if settled else ()
        for number in settled:
            left = tuple(job for job in now.jobs if job != number)
            kept = tuple(raw for raw in now.blocks if not _goes(raw, number, left))
            how, by, words = what_came(kind, request, number, happened)
            line = Line(how, by, words, None if how in OF_THE_WHOLE else number)
            now = now._saying(line, jobs=left, blocks=kept)
        return now

    def _saying(self, line: Line, *, blocks: _BLOCKS, jobs: tuple[int, ...]) -> "Asking":
        """With one more line. Who has settled it by a button in it is named already."""
        told = any((one.how, one.by, one.job) == (line.how, line.by, line.job) for one in self.lines if line.by)
        lines = self.lines if told or any(one.words == line.words for one in self.lines) else (*self.lines, line)
        shown = self.is_shown and (lines, blocks) == (self.lines, self.blocks)
        return self.model_copy(update={"lines": lines, "blocks": blocks, "jobs": jobs, "is_shown": shown})


def _buttons(raw: dict[str, Any]) -> Sequence[dict[str, Any]]:
    return raw["elements"] if raw["type"] == "actions" else ()


def _goes(raw: dict[str, Any], number: int, left: Sequence[int]) -> bool:
    """Whether a row of buttons goes, once a job is settled: the one about that, and the last one takes all with it."""
    values = [str(one.get("value", "")) for one in _buttons(raw)]
    return bool(values) and (not left or any(number in ButtonValue.decode(value).jobs for value in values if value))
