"""The call that JD Cloud is asked, as it is sent."""

from slack_sdk.models.blocks import SectionBlock
from slack_sdk.models.views import View

from bot.slack.protocol import ids
from bot.slack.protocol.markup import code_blocks, markdown, plain
from bot.texts import card, request_form


def call_view(request_id: str, call: str, language: str) -> View:
    """A window with the method, the address and the body of a call, line by line."""
    return View(
        type="modal",
        callback_id=ids.MESSAGE,
        title=plain(card.CALL_TITLE(language)),
        close=plain(request_form.CLOSE(language)),
        blocks=[
            SectionBlock(text=plain(card.CALL_HEAD(language, request=request_id))),
            *(SectionBlock(text=markdown(block)) for block in code_blocks(call.splitlines())),
        ],
    )
