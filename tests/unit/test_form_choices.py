"""Whatever is chosen in a form, in whatever order: it makes a plan, and the same choices make the same plan."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cloud import Instance
from bot.domain.disks import boxes
from bot.domain.draft import Draft, DraftJob, boxes_seen, with_chosen, with_instance
from bot.domain.meanwhile import Allowed
from bot.domain.plan import MAX_JOBS, Order, Plan, WhileImaged
from bot.service.check import plan_of
from bot.service.submission import names
from bot.service.typed import Kept, Meant, Named, Typed, as_sent, with_typed
from tests.unit.examples import a_disk, an_instance
from tests.unit.test_screens import a_draft

ALLOWED = Allowed(stopping=True, live_images=True)

FLEET = {
    f"i-{number}": an_instance(
        id=f"i-{number}",
        name="web" if number < 4 else f"db-{number}",  # some share a name, and would share that of their images
        region=("cn-north-1", "cn-east-2")[number % 2],
        status=("stopped", "running")[number % 3 == 0],
        system_disk=a_disk("vda", **({"category": "local", "disk_id": ""} if number == 6 else {})),
        data_disks=tuple(a_disk(f"vd{letter}") for letter in "bcd"[: number % 4]),
    )
    for number in range(14)
}

BLANK = a_draft("en", description="weekly")

Step = tuple[str, Any]


def loaded(draft: Draft) -> Draft:
    """With what the cloud shows of each."""
    for job in draft.jobs:
        instance = FLEET[job.instance_id]
        free = tuple(f"{instance.name}-{n}" for n in range(MAX_JOBS))
        draft = draft.with_job(dataclasses.replace(with_instance(job, instance, ALLOWED), free_names=free))
    return draft


def chosen(draft: Draft, ids: Iterable[str]) -> Draft:
    """With these instances."""
    return loaded(with_chosen(draft, [(FLEET[one].region, one) for one in ids]))


def typed(draft: Draft, job: DraftJob, left_out: Sequence[str], name: str) -> Draft:
    """With the disks and the name of one of them, as its form sends them."""
    assert job.instance
    devices = frozenset(disk.device for disk in boxes(job.instance)) - set(left_out)
    kept = Kept(devices=devices, boxes=boxes_seen(job.instance))
    return with_typed(draft, Typed(kept=kept, named=Named(name=name, instance_id=job.instance_id)))


def as_planned(draft: Draft) -> Plan:
    """The plan of a form as it is sent."""
    sent = as_sent(draft, Typed())
    assert not list(names(sent))
    return plan_of(sent, sent)


IDS = st.sampled_from(sorted(FLEET))
CHOICES = st.dictionaries(
    IDS,
    st.tuples(st.lists(st.sampled_from(["vdb", "vdc", "vdd"]), unique=True), st.booleans()),
    min_size=1,
    max_size=MAX_JOBS,
)
MEANT = st.none() | st.sampled_from(WhileImaged)
ORDER = st.none() | st.sampled_from(Order)


def with_choices(draft: Draft, choices: dict[str, tuple[list[str], bool]]) -> Draft:
    """With the choices of each instance that is there."""
    for job in draft.jobs:
        if job.instance_id in choices:
            left_out, named = choices[job.instance_id]
            name = f"own-{job.instance_id}" if named else draft.names[job.instance_id]
            draft = typed(draft, job, left_out, name)
    return draft


def with_all(draft: Draft, meant: WhileImaged | None, order: Order | None) -> Draft:
    """With what is chosen for all of them, as far as the form offers it."""
    if meant in draft.offered and meant:
        draft = with_typed(draft, Typed(meant=Meant(while_imaged=meant, offered=draft.offered)))
    return with_typed(draft, Typed(order=order)) if order and len(draft.jobs) > 1 else draft


@given(CHOICES, MEANT, ORDER)
def test_whatever_the_form_allows_makes_a_plan(
    choices: dict[str, tuple[list[str], bool]], meant: WhileImaged | None, order: Order | None
) -> None:
    """With every instance in it once, each image under a name of its own, and nothing done to what stands still."""
    draft = with_all(with_choices(chosen(BLANK, choices), choices), meant, order)
    plan = as_planned(draft)
    assert {job.instance_id for job in plan.jobs} == set(choices)
    assert len({(job.region, job.image_name) for job in plan.jobs}) == len(choices)
    assert plan.order is (draft.runs if len(choices) > 1 else Order.SIDE_BY_SIDE)
    for job in plan.jobs:
        instance: Instance = FLEET[job.instance_id]
        assert instance.status == "running" or job.while_imaged is WhileImaged.STOPPED
        assert set(job.left_out) == set(choices[job.instance_id][0]) & {disk.device for disk in boxes(instance)}


@given(CHOICES, MEANT, ORDER, st.lists(st.sets(IDS, max_size=MAX_JOBS), max_size=6), st.randoms(use_true_random=False))
def test_any_order_makes_the_same_plan(
    choices: dict[str, tuple[list[str], bool]],
    meant: WhileImaged | None,
    order: Order | None,
    detours: list[set[str]],
    random: Any,
) -> None:
    """However often instances are added and taken away on the way: what was chosen for each is still there."""
    straight = with_all(with_choices(chosen(BLANK, choices), choices), meant, order)
    winding = BLANK
    for detour in detours:
        ids = sorted(detour)
        random.shuffle(ids)
        winding = with_choices(chosen(winding, ids), choices)
        winding = with_typed(winding, Typed(meant=Meant(while_imaged=winding.meant, offered=winding.offered)))
        winding = with_typed(winding, Typed(order=winding.runs))
    there: list[str] = []
    for one in random.sample(sorted(choices), len(choices)):
        there.append(one)
        winding = with_choices(chosen(winding, there), choices)
    assert as_planned(with_all(winding, meant, order)).hash == as_planned(straight).hash
