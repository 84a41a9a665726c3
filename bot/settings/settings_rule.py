"""The settings of the environment as a rule: what holds where no rule of the policy file takes a machine."""

from bot.domain.rule import SETTINGS, Rule
from bot.settings.fields import Settings

VARIABLES = {
    "channel": "APPROVAL_CHANNEL",
    "approvers": "APPROVERS",
    "quorum": "REQUIRED_APPROVALS",
    "requesters": "REQUESTERS",
    "self_approval": "ALLOW_SELF_APPROVAL",
    "stopping": "ALLOW_STOPPING",
    "live": "ALLOW_LIVE_IMAGES",
    "remind_after": "REMIND_AFTER",
}
"""What says it in the environment, by the key that says it in the policy file."""


def settings_rule(settings: Settings) -> Rule:
    """The last rule of every rulebook, which takes every machine."""
    return Rule(
        name=SETTINGS,
        channel=settings.approval_channel,
        approvers=settings.approvers,
        quorum=settings.required_approvals,
        requesters=settings.requesters,
        self_approval=settings.allow_self_approval,
        stopping=settings.allow_stopping,
        live=settings.allow_live_images,
        remind_after=tuple(one.total_seconds() for one in settings.remind_after),
    )
