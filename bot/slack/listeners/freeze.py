"""`/createimage freeze` and `unfreeze`: answered where they were typed, for everybody there."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.errors import Code, Problem, UserError
from bot.domain.policy import Membership
from bot.domain.time_zone import TimeZone
from bot.service.freezing import Freezing
from bot.slack.people import People
from bot.slack.protocol.freeze_words import FreezeFor, FrozenNow, NoDuration, Unfreeze
from bot.slack.protocol.payloads import Command
from bot.slack.screens import freeze as screen


@dataclass(frozen=True)
class Answer:
    """What a command is answered at once; empty where a form opens."""

    text: str = ""
    public: bool = False  # for everybody in the conversation


@dataclass(frozen=True, kw_only=True)
class FreezeCommands:
    """Who types them hears what came of it; what has changed is said to everybody in the channel, once."""

    freezing: Freezing
    people: People
    channel_language: str
    clock: Callable[[], float]

    async def answer(
        self, command: Command, meant: FreezeFor | FrozenNow | Unfreeze | NoDuration, language: str
    ) -> Answer:
        """What is said, in the language of whoever typed it or, where all read it, in the channel's."""
        match meant:
            case NoDuration(words):
                return Answer(screen.no_duration(words, language))
            case FrozenNow():
                return Answer(screen.now(await self.freezing.in_force(), language))
            case Unfreeze():
                lifted = await self.freezing.end(actor=command.user_id)
                public = bool(lifted.ended) and command.channel_id not in lifted.channels
                return Answer(screen.lifted(lifted, self.channel_language if public else language), public)
            case FreezeFor():
                begun = await self.freezing.begin(
                    actor=command.user_id,
                    until=meant.until(self.clock(), self._time_zone(command.user_id, meant)),
                    why=meant.why,
                    asked=command.trigger_id,
                )
                public = command.channel_id not in begun.channels
                return Answer(screen.begun_by(begun, self.channel_language if public else language), public)

    def _time_zone(self, user: str, meant: FreezeFor) -> TimeZone:
        """By which clock somebody lives.

        Raises:
            UserError: their clock is needed, and Slack has not told of them.
        """
        if meant.clock is not None and self.people.known(user).membership is Membership.UNKNOWN:
            raise UserError(Problem(Code.ROLE_UNKNOWN))
        return self.people.time_zone(user)
