"""The form that asks why a request is rejected."""

from slack_sdk.models.views import View

from bot.domain import limits
from bot.domain.request import ImageRequest
from bot.slack.protocol import ids
from bot.slack.protocol.markup import name, plain
from bot.slack.screens import machines
from bot.slack.screens.window import text_window
from bot.texts import rejection as texts


def rejection_form(request: ImageRequest, language: str) -> View:
    """Asks for the reason of a rejection."""
    plan = request.plan
    if job := plan.only:
        words = texts.ABOUT(language, request=request.id, name=job.image_name, instance=name(job.called))
    else:
        words = texts.ABOUT_SEVERAL(language, request=request.id, **machines.facts(plan.jobs, language))
    return text_window(
        request,
        language,
        callback_id=ids.REJECT_FORM,
        field=ids.REASON,
        about=plain(words),
        title=texts.TITLE,
        label=texts.REASON,
        send=texts.SEND,
        rule=limits.REASON,
    )
