"""The form of one of several instances, on top of the request form: its disks, and the name of its image."""

from slack_sdk.models.blocks import Block, SectionBlock
from slack_sdk.models.views import View

from bot.domain.draft import Draft, DraftJob
from bot.slack.protocol import ids
from bot.slack.protocol.markup import clean, clip, code, markdown, plain
from bot.slack.protocol.values import MachineOf
from bot.slack.screens import disk_fields, text_fields
from bot.texts import disk_form
from bot.texts import request_form as texts
from bot.texts.problems import explain

PROBLEMS = 3000
"""Slack: a section's text <= 3000 characters."""


def machine_view(draft: Draft, job: DraftJob) -> View:
    """The form of an instance as its draft stands."""
    language = draft.language
    wrong = ["⚠️ " + clean(explain(problem, language)) for problem in job.problems]
    blocks: list[Block] = [
        *([] if job.stands_still else [SectionBlock(text=markdown(code(job.called)))]),  # whose disks say its name
        *([SectionBlock(text=plain(clip("\n".join(dict.fromkeys(wrong)), PROBLEMS)))] if wrong else []),
        *disk_fields.disks(draft, job),
        *text_fields.name(draft, job),
    ]
    return View(
        type="modal",
        callback_id=ids.MACHINE_FORM,
        private_metadata=MachineOf(draft.id, job.instance_id).encode(),
        title=plain(texts.DISKS_AND_NAME(language)),
        submit=plain(disk_form.DONE(language)),
        close=plain(disk_form.BACK(language)),
        blocks=blocks,
    )
