"""What a form showed when it was sent, and what a plan asks for, in the same words."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any

from bot.demo.jdcloud import Image
from bot.demo.slack import View
from bot.demo.slack.form import Field
from bot.demo.slack.form import fields as elements
from tests.simulate.machines import jobs_of

_ADDED = re.compile(r"• `?(vd[a-z]+)`? · (\d+) GiB · ")
_NAMED = re.compile(r"image `([^`]+)`")
_LEFT_OUT = re.compile(r"^(.*) \*left out", re.MULTILINE)
_RUNS = re.compile(r" · running$", re.MULTILINE)
_DEVICE = re.compile(r"vd[a-z]+")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody asks for of one machine, as far as a person can see it; None for what a form does not show."""

    instance: str
    name: str
    region: str | None = None
    left_out: frozenset[str] | None = None  # devices
    added: frozenset[tuple[str, int]] | None = None  # device and GiB
    meanwhile: str = "stopped"  # what the instance is meant to be

    def differs(self, other: "Wanted") -> str:
        """In what, for a person to read; empty when it does not, as far as both tell."""
        pairs = [(one.name, getattr(self, one.name), getattr(other, one.name)) for one in fields(self)]
        return "; ".join(
            f"{name} {mine!r}, not {theirs!r}"
            for name, mine, theirs in pairs
            if mine != theirs and mine is not None and theirs is not None
        )


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody asks for, as far as a person can see it."""

    machines: tuple[Wanted, ...]  # by instance
    description: str
    not_before: float = 0.0  # unix seconds
    order: str = "side_by_side"

    def of(self, instance: str) -> Wanted | None:
        """What is asked for of a machine."""
        return next((one for one in self.machines if one.instance == instance), None)

    def differs(self, other: "Wish") -> str:
        """In what, for a person to read; empty when it does not."""
        mine, theirs = ([one.instance for one in wish.machines] for wish in (self, other))
        if mine != theirs:
            return f"machines {mine}, not {theirs}"
        whole = [
            f"{name} {getattr(self, name)!r}, not {getattr(other, name)!r}"
            for name in ("description", "not_before", "order")
            if getattr(self, name) != getattr(other, name)
        ]
        each = (one.differs(another) for one, another in zip(self.machines, other.machines, strict=True))
        return "; ".join([*whole, *filter(None, each)])


def in_form(view: View) -> Wish:
    """What stands in the request form, entered or not."""
    by_action: dict[str, list[Field]] = defaultdict(list)
    for element in elements(view.blocks):
        by_action[element.action_id].append(element)

    def entered(action_id: str) -> Any:
        return next((one.entered(view.values) for one in by_action[action_id]), None)

    chosen = sorted({_words(option).rpartition(" · ")[2] for option in entered("instance") or ()})
    meanwhile = str((entered("while_imaged") or {}).get("value", "stopped"))
    if len(chosen) == 1:
        machines = [
            Wanted(
                instance=chosen[0],
                name=(entered("name") or "").strip(),
                left_out=frozenset(_unticked(by_action["disks"], view)),
                added=frozenset(_added(view)),
                meanwhile=meanwhile,
            )
        ]
    else:
        machines = [_in_line(instance, view, meanwhile) for instance in chosen]
    return Wish(
        machines=tuple(machines),
        description=(entered("description") or "").strip(),
        not_before=float(entered("not_before") or 0.0),
        order=str((entered("order") or {}).get("value", "side_by_side")),
    )


def _in_line(instance: str, view: View, meanwhile: str) -> Wanted:
    """What the line of one of several machines says. What is chosen for those that run is nothing to the others."""
    text = next(
        (block["text"]["text"] for block in view.blocks if str(block.get("block_id", "")).endswith(f"/{instance}")), ""
    )
    name = _NAMED.search(text)
    return Wanted(
        instance=instance,
        name=name[1] if name else "",
        left_out=frozenset(device for line in _LEFT_OUT.findall(text) for device in _DEVICE.findall(line)),
        added=frozenset((device, int(size)) for device, size in _ADDED.findall(text)),
        meanwhile=meanwhile if _RUNS.search(text) else "stopped",
    )


def _words(option: dict[str, Any]) -> str:
    return str(option["text"]["text"]) if option else ""


def _unticked(boxes: list[Field], view: View) -> Iterator[str]:
    for group in boxes:
        ticked = {_words(option) for option in group.entered(view.values) or ()}
        for option in group.element["options"]:
            if _words(option) not in ticked:
                yield _words(option).partition(" · ")[0]


def _added(view: View) -> Iterator[tuple[str, int]]:
    for block in view.blocks:
        found = _ADDED.match(block["text"]["text"]) if block["type"] == "section" else None
        if found:
            yield found[1], int(found[2])


def in_plan(plan: str) -> Wish:
    """What the approvers are asked, from the JSON of a stored plan."""
    content = json.loads(plan)
    machines = [
        Wanted(
            region=job["region"],
            instance=job["instance_id"],
            name=job["image_name"],
            left_out=frozenset(disk["device"] for disk in job["data_disks"] if disk["fate"] == "leave_out"),
            added=frozenset((disk["device"], disk["size_gb"]) for disk in job["added"]),
            meanwhile=job.get("while_imaged", "stopped"),
        )
        for job in jobs_of(content)
    ]
    return Wish(
        machines=tuple(sorted(machines, key=lambda one: one.instance)),
        description=content["description"],
        not_before=content.get("not_before") or 0.0,
        order=content.get("order", "side_by_side"),
    )


def in_image(image: Image, attached: frozenset[str], asked: Wanted) -> Wanted:
    """What JD Cloud was asked to make; `attached`: the devices of the instance's data disks. What an image does not
    show is as it was asked for.
    """
    return replace(
        asked,
        region=image.region,
        instance=image.instance_id,
        name=image.name,
        left_out=attached - {disk.device for disk in image.data_disks},
        added=frozenset((disk.device, disk.size_gb) for disk in image.data_disks if disk.device not in attached),
    )


@dataclass
class Sent:
    """A form that somebody sent, and whether they saw that it was taken."""

    wish: Wish
    acknowledged: bool = False


@dataclass
class Sendings:
    """Every form that was sent, by its draft, in the order in which it was."""

    of: dict[str, list[Sent]] = field(default_factory=lambda: defaultdict(list))

    def send(self, draft_id: str, view: View) -> Sent:
        """Somebody presses the button."""
        sent = Sent(in_form(view))
        self.of[draft_id].append(sent)
        return sent

    def acknowledged(self) -> Iterator[str]:
        """The drafts of which a sending was acknowledged."""
        return (draft_id for draft_id, sent in self.of.items() if any(one.acknowledged for one in sent))

    def differs(self, draft_id: str, asked: Wish) -> str:
        """What the approvers are asked is what was acknowledged last, or what was sent since without an answer."""
        sent = self.of[draft_id]
        last = max((number for number, one in enumerate(sent) if one.acknowledged), default=0)
        differences = [asked.differs(one.wish) for one in sent[last:]]
        return "" if "" in differences else "; or ".join(differences) or "nothing was sent"
