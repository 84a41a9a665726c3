"""Who decides on a request, by when and where: for whoever waits for it."""

from collections.abc import Sequence

from bot.domain.delivery import Card
from bot.domain.quorum import Need
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
    language, when = request.language, moment(request.expires_at)
    where = where_it_stands(card, language, workspace_url)
    return texts.WHO_DECIDES(language, approvers=units.listed(mentions(approvers), language), when=when, where=where)


def who_decides_on_card(
    request: ImageRequest, card: Card | None, *, approvers: Sequence[str], workspace_url: str
) -> str:
    """The same on a card, which says by when."""
    language = request.language
    where = where_it_stands(card, language, workspace_url)
    return texts.WHO_DECIDES_ON_CARD(language, approvers=units.listed(mentions(approvers), language), where=where)


def still_asked(request: ImageRequest, approvers: Sequence[str], needs: Sequence[Need]) -> Sequence[str]:
    """Those of the approvers who have not approved it, and by whose rule it still wants approvals."""
    done = {one for need in needs if not need.missing for one in need.rule.approvers}
    done -= {one for need in needs if need.missing for one in need.rule.approvers}
    done |= {*request.approved_by, *request.unconfirmed}
    return [one for one in approvers if one not in done]


def where_it_stands(card: Card | None, language: str, workspace_url: str) -> str:
    """A link to the card of the approvers, or the conversation that it is to stand in; empty where there is none."""
    if card is None:
        return ""
    link = message_link(workspace_url, card.channel, card.ts, texts.CARD(language)) if card.ts else ""
    return link or conversation(card.conversation)
