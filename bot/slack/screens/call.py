"""A request in detail: each disk, and each call that JD Cloud is asked, as it is sent."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, SectionBlock
from slack_sdk.models.views import View

from bot.domain.request import ImageRequest
from bot.slack.protocol import ids
from bot.slack.protocol.markup import code, code_blocks, escape, markdown, moment, person, plain
from bot.slack.screens.plan_lines import disk_lines, machine, parts, releases
from bot.texts import card, request_form, units


def details_view(
    request: ImageRequest, calls: Sequence[str], language: str, *, usual_seconds: float | None = None
) -> View:
    """A window with the facts, the disks one by one, and method, address and body of each call, in order."""
    plan = request.plan
    instance = (
        f"{code(plan.jobs[0].instance_name)} {code(plan.jobs[0].instance_id)}"
        if plan.jobs[0].instance_name
        else code(plan.jobs[0].instance_id)
    )
    size = units.size(plan.size_gb, language)
    facts = [
        card.INSTANCE(language, value=instance),
        card.REGION(language, value=escape(units.region(plan.jobs[0].region, language))),
        card.NAME(language, value=code(plan.jobs[0].image_name)),
        card.SIZE(language, count=str(plan.snapshots), size=size),
        card.REQUESTER(language, value=person(request.requester)),
        card.EXPIRES_AT(language, when=moment(request.expires_at)),
    ]
    done = [*machine(plan.jobs[0], language, usual_seconds, plan.not_before), *releases(plan.jobs[0], language)]
    blocks: list[Block] = [
        SectionBlock(text=markdown("\n".join(facts))),
        *(SectionBlock(text=markdown(part)) for part in parts(done, language)),
        *(SectionBlock(text=markdown(part)) for part in parts(disk_lines(plan.jobs[0], language), language)),
        SectionBlock(text=plain(card.CALL_HEAD(language, request=request.id))),
        *(SectionBlock(text=markdown(block)) for call in calls for block in code_blocks(call.splitlines())),
    ]
    return View(
        type="modal",
        callback_id=ids.MESSAGE,
        title=plain(card.DETAILS(language)),
        close=plain(request_form.CLOSE(language)),
        blocks=blocks,
    )
