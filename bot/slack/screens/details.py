"""A request in detail: each disk, and each call that JD Cloud is asked, as it is sent; of several machines one at a
time, with a menu of all.
"""

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import Block, SectionBlock, StaticSelectElement
from slack_sdk.models.views import View

from bot.domain.lifecycle import State
from bot.domain.request import ImageRequest
from bot.slack.protocol import ids
from bot.slack.protocol.markup import code, code_blocks, escape, markdown, moment, person, plain
from bot.slack.protocol.values import ButtonValue
from bot.slack.screens import machines
from bot.slack.screens.options import called, option
from bot.slack.screens.plan_lines import disk_lines, machine, parts, releases
from bot.texts import card, request_form, several, units

CALLS = 30
"""Sections that the calls of a machine take at most: Slack sends all of a window back with each click in it."""


def details_view(
    request: ImageRequest,
    calls: Sequence[str],
    language: str,
    *,
    usual_seconds: Mapping[int, float] | None = None,
    number: int = 0,
) -> View:
    """A window with the facts, the disks one by one, and method, address and body of each call, in order.

    Args:
        request: which.
        calls: of the job that is shown.
        language: of whoever looks at it.
        usual_seconds: how long an image of each machine usually takes, by job, as far as that is known.
        number: of the job that is shown.
    """
    plan, usual = request.plan, usual_seconds or {}
    job = plan.jobs[number]
    instance = f"{code(job.instance_name)} {code(job.instance_id)}" if job.instance_name else code(job.instance_id)
    size = units.size(job.size_gb, language)
    facts = [
        card.INSTANCE(language, value=instance),
        card.REGION(language, value=escape(units.region(job.region, language))),
        card.NAME(language, value=code(job.image_name)),
        card.SIZE(language, count=str(len(job.snapshots)), size=size),
        card.REQUESTER(language, value=person(request.requester)),
        *([card.EXPIRES_AT(language, when=moment(request.expires_at))] if request.state is State.PENDING else []),
    ]
    done = [*machine(job, language, usual.get(number), plan.not_before), *releases(job, language)]
    head = card.CALL_HEAD if len(calls) == 1 else card.CALLS_HEAD
    blocks: list[Block] = [
        *([] if plan.only else _choice(request, number, usual, language)),
        SectionBlock(text=markdown("\n".join(facts))),
        *(SectionBlock(text=markdown(part)) for part in parts(done, language)),
        *(SectionBlock(text=markdown(part)) for part in parts(disk_lines(job, language), language)),
        SectionBlock(text=plain(head(language, request=request.id))),
    ]
    shown = [SectionBlock(text=markdown(block)) for call in calls for block in code_blocks(call.splitlines())]
    if (more := len(shown) - CALLS) > 0:
        shown = [*shown[:CALLS], SectionBlock(text=markdown(card.MORE(language, count=str(more))))]
    return View(
        type="modal",
        callback_id=ids.MESSAGE,
        private_metadata=ButtonValue(request.id, plan.hash).encode(),
        title=plain(card.DETAILS(language)),
        close=plain(request_form.CLOSE(language)),
        blocks=[*blocks, *shown],
    )


def _choice(request: ImageRequest, number: int, usual: Mapping[int, float], language: str) -> list[Block]:
    """How all of them run, and which of them is shown."""
    plan = request.plan
    offered = [
        option(str(one), called(job.called, f"{units.place(job.region, language)} · {one + 1}/{len(plan.jobs)}"))
        for one, job in enumerate(plan.jobs)
    ]
    menu = StaticSelectElement(action_id=ids.SHOW_MACHINE, options=offered, initial_option=offered[number])
    return [
        SectionBlock(text=markdown(machines.how(plan, usual, language))),
        SectionBlock(text=plain(several.DETAILS_OF(language)), accessory=menu),
    ]
