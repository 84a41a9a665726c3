"""What comes too late for a draft, and what a form says of the disks it shows."""

import dataclasses
from typing import Any

import pytest

from bot.domain.draft import Act, Draft, DraftState, boxes_seen, disks_seen, is_late
from tests.unit.examples import a_disk, an_instance
from tests.unit.test_screens import a_draft, an_added_disk


@pytest.mark.parametrize(
    ("draft", "act", "late"),
    [
        ({}, {}, False),
        ({"state": DraftState.CHECKING}, {}, True),
        ({"state": DraftState.SENT}, {}, True),
        ({"state": DraftState.CHECKING}, {"at": 9_000}, True),
        ({"round": 1}, {"round": 0}, True),
        ({"round": 1}, {"round": 1}, False),
        ({"round": 1}, {"round": None}, False),
        ({"acted_at": 5_000}, {"at": 4_999}, True),
        ({"acted_at": 5_000}, {"at": 5_000}, False),
        ({"acted_at": 5_000}, {"at": 5_001}, False),
        ({"acted_at": 5_000}, {"at": 0}, False),
        ({"round": 1, "acted_at": 5_000}, {"round": 0, "at": 9_000}, True),
    ],
)
def test_late(draft: dict[str, object], act: dict[str, object], *, late: bool) -> None:
    """After it was sent everything; in a new round what was done in an older; within a round what was done before."""
    acted = dataclasses.replace(Act(person="U0AMY"), **act)  # type: ignore[arg-type] # a table of changes
    assert is_late(a_draft("en", **draft), acted) is late


def with_(draft: Draft, **changes: Any) -> Draft:
    """A form of one instance, of which something else is so."""
    return draft.with_job(dataclasses.replace(draft.jobs[0], **changes))


def test_what_a_form_shows() -> None:
    """Other disks, another size, one more: another name for what is shown; what is typed makes none."""
    shown = a_draft("en", instance_id="i-abc123", instance=an_instance())
    extra = a_disk("vdh")
    grown = an_instance(data_disks=(*an_instance().data_disks[:-1], a_disk("vdc", size_gb=999)))
    others = [
        with_(shown, instance=None),
        with_(shown, instance=an_instance(data_disks=(*an_instance().data_disks, extra))),
        with_(shown, instance=grown),
        with_(shown, added=(an_added_disk(),)),
        with_(shown, added=(dataclasses.replace(an_added_disk(), size_gb=30),)),
    ]
    names = {disks_seen(draft) for draft in (shown, *others)}
    assert len(names) == len(others) + 1
    assert disks_seen(dataclasses.replace(with_(shown, left_out=frozenset({"vdb"})), note="typed")) == disks_seen(shown)
    assert boxes_seen(an_instance()) != boxes_seen(grown)
