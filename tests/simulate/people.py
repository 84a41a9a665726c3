"""People: they ask for images and press whatever they see, in any order, also when nothing answers."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.demo.slack import ConfirmFirst, FormIncomplete, Message, NotShown, Person, Slack, View, plain_text
from tests.simulate.invariants import Watch

APPROVALS, OPS = "C0APPROVALS", "C0OPS"
DECIDE = ("Approve", "Check again", "Create anyway", "Give up")
HELP = ("Try again", "Try again", "Leave it stopped")
BUTTONS = (
    *("Approve", "Approve", "Approve", "Reject", "Cancel", "Retry", "Check again", "Create anyway", "Give up"),
    *("End here", "Start now", "Try again", "Leave it stopped", "Go on"),
)
PATIENT = tuple(label for label in BUTTONS if label not in {"Reject", "Cancel", "End here", "Go on"})
TYPED = {"Reject": "Reason", "Ask": "Question", "Begin now (emergency)": "Why can it not wait?"}
"""Buttons that open a form, and what is typed there."""

MEANWHILE = ("Stop it", "Stop it", "Begin when", "while it runs")
"""What becomes of a machine that runs, by words of the choice."""

ORDERS = ("One after another", "Side by side")

_LOADED = ("vda", "[Disks and name]")
"""What a form shows whose instance is there, or one of several."""

MINDED, AT_HOME = 0.6, 0.3
"""How often, of 1, somebody does not leave that as it is offered; and looks at their own cards as well."""

SOON = 150
"""Seconds until the latest time before which somebody wants nothing done."""

_REQUEST = re.compile(r"IR-[0-9A-Z]+")


@dataclass
class People:
    """Everybody in the workspace, as far as they act."""

    slack: Slack
    random: Random
    watch: Watch
    instances: tuple[str, ...]
    channels: tuple[str, ...] = (APPROVALS,)  # where there are cards to decide on
    haste: float = 0.0  # how often, of 1, somebody does not wait for an answer, or sends something else than before
    how_many: tuple[int, ...] = (1, 1, 1, 2, 3, 4, 5)  # machines they want in one request, by turns
    orders: tuple[str, ...] = ORDERS
    _meanwhile: set["asyncio.Task[None]"] = field(default_factory=set)
    _read: dict[int, tuple[Message | View, str]] = field(default_factory=dict)  # what was read, by its identity

    async def ask(self, person: Person) -> None:
        """Fills in the form, changes their mind, sends it; gives up where nothing opens or it is not taken."""
        if person.view:
            await person.close(everything=True)
        several = self.random.sample(self.instances, min(self.random.choice(self.how_many), len(self.instances)))
        named = self.random.choice((" ".join(several), several[0], ""))
        await person.command("/createimage", named, channel=OPS)
        if not await self._seen(
            lambda: any(self._shows(person, words) for words in (_LOADED if named else ("Instances",))), 12
        ):
            return
        if len(several) > 1:
            for one in several:
                await self._tried(person.choose, "Instances", one)
            await self._seen(lambda: self._shows(person, "How they run"), 12)
            if self.random.random() < MINDED:
                await self._tried(person.choose, "How they run", self.random.choice(self.orders))
        for _ in range(self.random.choice((0, 1, 2, 3, 5)) if named else 5):
            await self._without_waiting(self._change(person))
        await self._tried(person.fill, "Description", f"run {self.random.randrange(1000)}")
        if self.random.random() < MINDED:
            await self._tried(person.choose, "While the image is made", self.random.choice(MEANWHILE))
        for _ in range(3):
            if await self._send(person):
                await self._seen(lambda: not self._shows(person, "Checking"), 8)
                if self._shows(person, "came in while"):  # somebody else's request: it is said once
                    await self._send(person)
                return
            if not self._shows(person, "[Request approval]"):
                return
            await asyncio.sleep(self.random.uniform(0.5, 3))  # until the disks are loaded, or Slack is well again
            if self.random.random() < self.haste:
                await self._tried(person.fill, "Description", f"run {self.random.randrange(1000)} again")

    async def _change(self, person: Person) -> None:
        """Chooses something else in the form."""
        bold = ("none", "add", "remove") if self.haste else ()
        match self.random.choice(("instance", "instance", "disk", "disk", "name", "when", *bold)):
            case "when":
                at = int(asyncio.get_running_loop().time() + self.random.uniform(0, SOON))
                await self._tried(person.choose, "Not before", str(at))
            case "none":
                await self._take_away(person)
            case "instance":
                if self.random.random() < 0.7:
                    await self._take_away(person)
                await self._tried(person.choose, "Instances", self.random.choice(self.instances))
            case "disk":
                act = person.untick if self.random.random() < 0.6 else person.tick
                await self._tried(act, "Data disks", self.random.choice(("vdb", "vdc")))
            case "name":
                await self._tried(person.fill, "Name", f"image-{self.random.randrange(100)}")
            case "add":
                await self._add_disk(person)
            case "remove":
                await self._tried(person.press, "Remove")

    async def _take_away(self, person: Person) -> None:
        """Takes back every instance that is chosen."""
        for chosen in tuple(person.values.get("Instances") or ()):
            await self._tried(person.untick, "Instances", chosen)

    async def _add_disk(self, person: Person) -> None:
        """One more disk, in the form that comes on top."""
        if await self._tried(person.press, "Add a disk") and await self._seen(lambda: self._shows(person, "Size"), 4):
            await self._tried(person.fill, "Size", str(self.random.choice((20, 40, 60))))
            await self._tried(person.fill, "Name", "more")
            if not await self._tried(person.submit) and self._shows(person, "Size"):
                await self._tried(person.close)

    async def _without_waiting(self, act: Awaitable[None]) -> None:
        """Does something, and what comes next perhaps before it was answered."""
        task = asyncio.ensure_future(act)
        self._meanwhile.add(task)
        task.add_done_callback(self._meanwhile.discard)
        hasty = self.random.random() < self.haste
        done, _ = await asyncio.wait({task}, timeout=self.random.choice((0.05, 0.5, 2)) if hasty else None)
        for one in done:
            one.result()

    async def _send(self, person: Person) -> bool:
        """Presses Send, some people twice; whether they saw that it was taken."""
        if self.random.random() < 0.2:
            return any(await asyncio.gather(self._sent(person), self._sent(person)))
        return await self._sent(person)

    async def _sent(self, person: Person) -> bool:
        view = person.view
        if view is None or view.content.get("callback_id") != "request_form":
            return False
        draft = str(view.content["private_metadata"])
        sent = self.watch.sendings.send(draft, view)
        try:
            errors = await person.submit()
        except (NotShown, FormIncomplete):  # Slack does not send it
            self.watch.sendings.of[draft].remove(sent)
            return False
        taken = errors == {} and self._shows(person, "Checking")  # else it says what stands already
        if taken:
            sent.acknowledged = True
            self.watch.sent(draft)
        return taken

    async def press(self, person: Person, *labels: str) -> None:
        """Presses one of these buttons on some card, new or as it was seen a while ago."""
        at_home = self.random.random() < AT_HOME
        own = [message for message in self.slack.dms(person.id) if _is_card(message)] if at_home else []
        posted = [message for channel in self.channels for message in self.slack.messages(channel)]
        cards = [*(message for message in posted if not message.thread_ts), *own]
        shown = [
            (card, label, words)
            for card in cards
            for label in labels
            if f"[{label}" in self._words(card)
            for words in _buttons(self._words(card), label)
        ]
        if not shown:
            return
        card, label, words = self.random.choice(shown)
        if self.random.random() < 0.2:
            await asyncio.sleep(self.random.uniform(0, 5))  # thinks about it; the card may change meanwhile
        if self.random.random() < 0.2:
            await asyncio.gather(*(self._press(person, card, label, words) for _ in range(2)))
        else:
            await self._press(person, card, label, words)

    async def _press(self, person: Person, card: Message, label: str, words: str) -> None:
        assert card.metadata is not None
        request = str(card.metadata["event_payload"]["request"])
        self.watch.rights.click(request, person.id, label)
        try:
            answer = await person.press(words, message=card)
        except ConfirmFirst:
            answer = await person.press(words, message=card, confirm=True)
        if answer.error:
            return
        if label in TYPED:
            if await self._seen(lambda: self._shows(person, TYPED[label]), 5):
                with suppress(NotShown, FormIncomplete):
                    why = "not today" if label == "Reject" else f"{label} {self.random.randrange(10**9)}"
                    await person.fill(TYPED[label], why)
                    form = str(person.view.content["private_metadata"]) if person.view else ""
                    named = _REQUEST.search(form)
                    if named:
                        self.watch.rights.click(named[0], person.id, label)
                    if await person.submit() == {} and named and label == "Reject":
                        self.watch.decided(named[0], person.id, "reject")
        elif label == "Approve":
            self.watch.decided(request, person.id, "approve")

    def _shows(self, person: Person, words: str) -> bool:
        return person.view is not None and words in self._words(person.view)

    def _words(self, shown: Message | View) -> str:
        """What is to be read there. A message or view that changes is another record, so each is read once."""
        if id(shown) not in self._read:
            self._read[id(shown)] = shown, plain_text(shown)  # held, so that no other record gets its identity
        return self._read[id(shown)][1]

    @staticmethod
    async def _tried(act: Callable[..., Awaitable[Any]], *words: str) -> bool:
        """Does something with what is shown; whether it was there, and was taken where something was sent."""
        try:
            return not await act(*words) or act.__name__ != "submit"
        except (NotShown, FormIncomplete):  # redrawn, or lost its instance, while it was being filled in
            return False

    async def _seen(self, predicate: Callable[[], bool], seconds: float) -> bool:
        try:
            await self.slack.settle(predicate, timeout=seconds)
        except AssertionError:
            return False
        return True


def _buttons(card: str, label: str) -> list[str]:
    """The words on the buttons of this label: of several machines each has its own, behind a colon."""
    return re.findall(rf"\[({re.escape(label)}(?:: [^\]]+)?)\]", card)


def _is_card(message: Message) -> bool:
    payload = message.metadata["event_payload"] if message.metadata else {}
    return str(payload.get("kind", "")).startswith("card.")


async def now_and_then(act: Callable[[], Awaitable[None]], random: Random, *, every: float, until: float) -> None:
    """Does something again and again, with pauses of `every` seconds at most."""
    loop = asyncio.get_running_loop()
    while loop.time() < until:
        await asyncio.sleep(random.uniform(0, every))
        await act()
