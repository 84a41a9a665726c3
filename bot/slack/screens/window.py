"""What windows share: those that only say something, those that ask for one text, and what stands at their fields."""

from collections.abc import Iterable, Mapping

from slack_sdk.models.blocks import InputBlock, PlainTextInputElement, SectionBlock
from slack_sdk.models.blocks.basic_components import TextObject
from slack_sdk.models.views import View

from bot.domain.errors import Problem
from bot.domain.limits import TextRule
from bot.domain.request import ImageRequest
from bot.slack.protocol import ids, parse
from bot.slack.protocol.markup import clean, clip, plain
from bot.slack.protocol.values import ButtonValue
from bot.texts import Text
from bot.texts import request_form as texts
from bot.texts.problems import explain

ERROR = 1000
"""Characters of what stands under a field."""


def message_view(words: str, language: str) -> View:
    """A window that only says something."""
    return View(
        type="modal",
        callback_id=ids.MESSAGE,
        title=plain(texts.TITLE(language)),
        close=plain(texts.CLOSE(language)),
        blocks=[SectionBlock(text=plain(words))],
    )


def text_window(
    request: ImageRequest,
    language: str,
    *,
    callback_id: str,
    field: str,
    about: TextObject,
    title: Text,
    label: Text,
    send: Text,
    rule: TextRule,
) -> View:
    """A window that asks for one text about a request.

    Args:
        request: which.
        language: of whoever types it.
        callback_id: of the window.
        field: the id of the field, which the text is read by.
        about: what it is about.
        title: of the window.
        label: of the field.
        send: what its button says.
        rule: how long the text may be.
    """
    element = PlainTextInputElement(action_id=field, multiline=True, max_length=rule.maximum, focus_on_load=True)
    return View(
        type="modal",
        callback_id=callback_id,
        private_metadata=ButtonValue(request.id, request.plan.hash).encode(),
        title=plain(title(language)),
        submit=plain(send(language)),
        close=plain(texts.CLOSE(language)),
        blocks=[SectionBlock(text=about), InputBlock(block_id=field, label=plain(label(language)), element=element)],
    )


def errors_of(problems: Iterable[Problem], blocks: Mapping[str, str], language: str) -> dict[str, str]:
    """Problems at their fields, for the answer to a submission.

    Args:
        problems: what is wrong.
        blocks: action id -> block id of the fields that were submitted; Slack accepts errors for these only.
        language: of the person.

    Raises:
        Unreadable: nothing was submitted: that was no form of ours.
    """
    errors: dict[str, list[str]] = {}
    anywhere = next(iter(blocks.values()), None)
    if anywhere is None:
        raise parse.Unreadable("a form without inputs")
    for problem in problems:
        block_id = blocks.get(problem.field or "", blocks.get(ids.INSTANCE, anywhere))
        errors.setdefault(block_id, []).append(explain(problem, language))
    return {block_id: clip(clean("\n".join(dict.fromkeys(words))), ERROR) for block_id, words in errors.items()}
