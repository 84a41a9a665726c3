"""The settings of the environment as a rule: what holds where no rule of the policy file takes a machine."""

from bot.domain.rule import SETTINGS, Rule
from bot.settings.fields import Settings


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
