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

_ADDED = re.compile(r"• `?(vd[a-z]+)`? · (\d+) GiB · ")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody asks for, as far as a person can see it."""

    region: str
    instance: str
    name: str
    description: str
    left_out: frozenset[str]  # devices
    added: frozenset[tuple[str, int]]  # device and GiB
    meanwhile: str = "stopped"  # what the instance is meant to be
    not_before: float = 0.0  # unix seconds

    def differs(self, other: "Wish") -> str:
        """In what, for a person to read; empty when it does not."""
        return "; ".join(
            f"{one.name} {getattr(self, one.name)!r}, not {getattr(other, one.name)!r}"
            for one in fields(self)
            if getattr(self, one.name) != getattr(other, one.name)
        )


def in_form(view: View) -> Wish:
    """What stands in the request form, entered or not."""
    by_action: dict[str, list[Field]] = defaultdict(list)
    for element in elements(view.blocks):
        by_action[element.action_id].append(element)

    def entered(action_id: str) -> Any:
        return next((one.entered(view.values) for one in by_action[action_id]), None)

    region, instance = "", ""
    for chosen in entered("instance") or ():
        region, instance = str(chosen["value"]).split("/")[:2]
    return Wish(
        region=region,
        instance=instance,
        name=(entered("name") or "").strip(),
        description=(entered("description") or "").strip(),
        left_out=frozenset(_unticked(by_action["disks"], view)),
        added=frozenset(_added(view)),
        meanwhile=str((entered("while_imaged") or {}).get("value", "stopped")),
        not_before=float(entered("not_before") or 0.0),
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
    return Wish(
        region=content["region"],
        instance=content["instance_id"],
        name=content["image_name"],
        description=content["description"],
        left_out=frozenset(disk["device"] for disk in content["data_disks"] if disk["fate"] == "leave_out"),
        added=frozenset((disk["device"], disk["size_gb"]) for disk in content["added"]),
        meanwhile=content.get("while_imaged", "stopped"),
        not_before=content.get("not_before") or 0.0,
    )


def in_image(image: Image, attached: frozenset[str], asked: Wish) -> Wish:
    """What JD Cloud was asked to make; `attached`: the devices of the instance's data disks. What an image does not
    show is as it was asked for.
    """
    return replace(
        asked,
        region=image.region,
        instance=image.instance_id,
        name=image.name,
        description=image.description.rpartition(" [")[0],
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
