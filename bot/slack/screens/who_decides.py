"""Who decides on a request, by when and where: for whoever waits for it."""

from collections.abc import Sequence

from bot.domain.delivery import Card
from bot.domain.request import ImageRequest
from bot.slack.protocol.markup import conversation, mentions, message_link, moment
from bot.texts import notice as texts
from bot.texts import units


def who_decides(request: ImageRequest, card: Card | None, *, approvers: Sequence[str], workspace_url: str) -> str:
    """One line of markdown.

    Args:
        request: which waits for approval.
        card: of the approvers, as far as there is one.
        approvers: ids of people and groups.
        workspace_url: the address that links to messages begin with; empty where it is not known.
    """
    language, where = request.language, ""
    if card and card.ts:
        where = message_link(workspace_url, card.channel, card.ts, texts.CARD(language))
    if card and not where:
        where = conversation(card.conversation)
    when = moment(request.expires_at)
    return texts.WHO_DECIDES(language, approvers=units.listed(mentions(approvers), language), when=when, where=where)
