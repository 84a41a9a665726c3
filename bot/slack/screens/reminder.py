"""What calls those who can still decide: one line below the card, which says all the rest."""

from collections.abc import Sequence
from dataclasses import replace

from slack_sdk.models.blocks import SectionBlock

from bot.domain.lifecycle import Notice
from bot.domain.request import ImageRequest
from bot.slack.protocol.markup import SECTION, clip, markdown, mentions, moment
from bot.slack.screens.message import Message
from bot.slack.screens.notice_words import what
from bot.texts import reminders as texts
from bot.texts import units


def reminder_message(
    kind: Notice, request: ImageRequest, *, called: Sequence[str], card: str, language: str, now: float
) -> Message:
    """A reminder, a nudge, or the word to those who are asked too. Whoever has asked is named by the card alone: they
    need not hear of it.

    Args:
        kind: which of `CALLS` it is.
        request: which waits for approval.
        called: ids of the people and groups that are mentioned.
        card: a link to the card; empty where the workspace's address is not known.
        language: of the channel.
        now: unix seconds, for how long it has waited.
    """
    line = _WORDS[kind](
        language,
        called=units.listed(mentions(called), language),
        request=request.id,
        what=what(replace(request, language=language)),
        waited=units.waited(now - request.created_at, language),
        when=moment(request.expires_at),
        card=card,
    ).rstrip()
    return Message.of([line], [SectionBlock(text=markdown(clip(line, SECTION)))], language)


_WORDS = {Notice.REMINDER: texts.REMINDER, Notice.ESCALATED: texts.ESCALATED, Notice.NUDGED: texts.NUDGED}
