"""People: they ask for images and press whatever they see, in any order, also when nothing answers."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random

from bot.demo.slack import ConfirmFirst, FormIncomplete, Message, NotShown, Person, Slack, plain_text
from tests.simulate.invariants import Watch

APPROVALS, OPS = "C0APPROVALS", "C0OPS"
BUTTONS = ("Approve", "Approve", "Approve", "Reject", "Cancel", "Retry", "Check again", "Create anyway", "Give up")
_REQUEST = re.compile(r"IR-[0-9A-Z]+")
DECIDE = ("Approve", "Check again", "Create anyway", "Give up")


@dataclass
class People:
    """Everybody in the workspace, as far as they act."""

    slack: Slack
    random: Random
    watch: Watch
    instances: tuple[str, ...]

    async def ask(self, person: Person) -> None:
        """Fills in the form and sends it; gives up where nothing opens or it is not taken."""
        if person.view:
            await person.close(everything=True)
        await person.command("/createimage", self.random.choice(self.instances), channel=OPS)
        if not await self._seen(lambda: person.view is not None and "vda" in plain_text(person.view), 12):
            return
        with suppress(NotShown, FormIncomplete):  # redrawn, or lost its instance, while it was being filled in
            await person.fill("Description", f"run {self.random.randrange(1000)}")
            if self.random.random() < 0.3:
                await person.untick("Data disks", "vdb")
            draft = person.view.content["private_metadata"] if person.view else ""
            errors = await person.submit()
            if errors == {}:
                self.watch.sent(draft)

    async def press(self, person: Person, *labels: str) -> None:
        """Presses one of these buttons on some card, new or as it was seen a while ago."""
        cards = [message for message in self.slack.messages(APPROVALS) if not message.thread_ts]
        shown = [(card, label) for card in cards for label in labels if f"[{label}]" in plain_text(card)]
        if not shown:
            return
        card, label = self.random.choice(shown)
        if self.random.random() < 0.2:
            await asyncio.sleep(self.random.uniform(0, 5))  # thinks about it; the card may change meanwhile
        if self.random.random() < 0.2:
            await asyncio.gather(self._press(person, card, label), self._press(person, card, label))
        else:
            await self._press(person, card, label)

    async def _press(self, person: Person, card: Message, label: str) -> None:
        request = plain_text(card).split(" ", 1)[0]
        try:
            answer = await person.press(label, message=card)
        except ConfirmFirst:
            answer = await person.press(label, message=card, confirm=True)
        if answer.error:
            return
        if label == "Reject":
            if await self._seen(lambda: person.view is not None and "Reason" in plain_text(person.view), 5):
                with suppress(NotShown, FormIncomplete):
                    await person.fill("Reason", "not today")
                    form = str(person.view.content["private_metadata"]) if person.view else ""
                    if await person.submit() == {} and (named := _REQUEST.search(form)):
                        self.watch.decided(named[0], person.id, "reject")
        elif label == "Approve":
            self.watch.decided(request, person.id, "approve")

    async def _seen(self, predicate: Callable[[], bool], seconds: float) -> bool:
        try:
            await self.slack.settle(predicate, timeout=seconds)
        except AssertionError:
            return False
        return True


async def now_and_then(act: Callable[[], Awaitable[None]], random: Random, *, every: float, until: float) -> None:
    """Does something again and again, with pauses of `every` seconds at most."""
    loop = asyncio.get_running_loop()
    while loop.time() < until:
        await asyncio.sleep(random.uniform(0, every))
        await act()
