"""The form of a disk to add: opened from the request form, and back into its draft."""

import dataclasses
from dataclasses import dataclass

from bot.domain.cloud import Instance, SnapshotStatus
from bot.domain.disks import AddedDisk, Charge, ChargeMode, boxes, check_added, free_devices, smallest_size
from bot.domain.draft import Act, DiskForm, Draft, DraftJob, MachineForm, boxes_seen, inherited_name
from bot.domain.errors import Code, Field, Late, Problem, UserError
from bot.service.change import BY_ITSELF, Change, change_draft
from bot.service.submission import name_problems
from bot.service.typed import Typed, with_typed
from bot.store import Store


@dataclass(frozen=True, kw_only=True)
class DiskForms:
    """The use cases of a disk's form. Its draft holds what is typed, so that a redraw loses nothing."""

    store: Store

    async def add(self, draft_id: str, *, act: Act, instance_id: str, typed: Typed) -> Draft:
        """Opens the form of a new disk of an instance, at the first free device.

        Raises:
            UserError: no instance is shown, or no device is free.
        """

        def change(draft: Draft) -> Draft:
            filled = with_typed(draft, typed)
            job, instance = _shown(filled, instance_id)
            free = free_devices(instance, job.added)
            if not free:
                raise UserError(Problem(Code.NO_FREE_DEVICE, Field.DISKS))
            return dataclasses.replace(filled, disk_form=DiskForm(instance_id=job.instance_id, device=free[0]))

        return await self._change(draft_id, change, act)

    async def edit(self, draft_id: str, *, act: Act, instance_id: str, device: str, typed: Typed) -> Draft:
        """Opens the form of a disk that was added before."""

        def change(draft: Draft) -> Draft:
            filled = with_typed(draft, typed)
            job, _ = _shown(filled, instance_id)
            disk = next((disk for disk in job.added if disk.device == device), None)
            if disk is None:
                raise UserError(Problem(Code.FORM_GONE))
            return dataclasses.replace(filled, disk_form=_form(disk, job.instance_id))

        return await self._change(draft_id, change, act)

    async def remove(self, draft_id: str, *, act: Act, instance_id: str, device: str, typed: Typed) -> Draft:
        """Takes back a disk that was added before."""

        def change(draft: Draft) -> Draft:
            filled = with_typed(draft, typed)
            job, _ = _shown(filled, instance_id)
            left = tuple(disk for disk in job.added if disk.device != device)
            return filled.with_job(dataclasses.replace(job, added=left))

        return await self._change(draft_id, change, act)

    async def open_machine(self, draft_id: str, *, act: Act, instance_id: str, typed: Typed) -> Draft:
        """Opens the form of one of several instances.

        Raises:
            UserError: it is not among them, or not loaded.
        """

        def change(draft: Draft) -> Draft:
            filled = with_typed(draft, typed)
            job, _ = _shown(filled, instance_id)
            return dataclasses.replace(filled, machine_form=MachineForm(instance_id=job.instance_id), disk_form=None)

        return await self._change(draft_id, change, act)

    async def machine_opened(self, draft_id: str, *, instance_id: str, view_id: str) -> Draft:
        """Remembers the view that shows the form of one of several instances."""

        def change(draft: Draft) -> Draft:
            form = draft.machine_form
            if form is None or form.instance_id != instance_id:
                return draft
            return dataclasses.replace(draft, machine_form=dataclasses.replace(form, view_id=view_id))

        return await self._change(draft_id, change, BY_ITSELF)

    async def put_machine(self, draft_id: str, *, act: Act, instance_id: str, typed: Typed) -> Draft:
        """Takes the disks and the name of one of several instances into the draft, as sent.

        Raises:
            UserError: the name is wrong, or its form shows other disks than the draft holds; nothing has changed.
        """

        def change(draft: Draft) -> Draft:
            job, instance = _shown(draft, instance_id)
            if boxes(instance) and (typed.kept is None or typed.kept.boxes != boxes_seen(instance)):
                raise UserError(Problem(Code.INSTANCE_LOADING, Field.DISKS))
            filled = with_typed(draft, typed)
            changed = filled.job(job.instance_id) or job
            if problems := tuple(name_problems(filled, changed)):
                raise UserError(*problems)
            changed = dataclasses.replace(changed, problems=())
            return dataclasses.replace(filled.with_job(changed), machine_form=None, disk_form=None)

        try:
            return await self._change(draft_id, change, act)
        except Late as late:  # whoever sent it shall not think that it is in
            raise UserError(Problem(Code.FORM_GONE)) from late

    async def opened(self, draft_id: str, *, view_id: str) -> Draft:
        """Remembers the view that shows the disk's form."""

        def change(draft: Draft) -> Draft:
            form = draft.disk_form
            return dataclasses.replace(draft, disk_form=form and dataclasses.replace(form, view_id=view_id))

        return await self._change(draft_id, change, BY_ITSELF)

    async def type(self, draft_id: str, *, act: Act, form: DiskForm) -> Draft:
        """Takes what is typed so far: fields that do not apply go, and a snapshot brings its size."""

        def change(draft: Draft) -> Draft:
            before = _open_form(draft, form)
            now = dataclasses.replace(form, instance_id=before.instance_id, replaces=before.replaces)
            if now.snapshot and now.snapshot != before.snapshot:
                now = dataclasses.replace(now, size=str(smallest_size(now.disk_type, now.snapshot)))
            return dataclasses.replace(draft, disk_form=now)

        return await self._change(draft_id, change, act)

    async def put(self, draft_id: str, *, act: Act, form: DiskForm) -> Draft:
        """Takes the disk as sent into the draft, in place of the one that was edited.

        Raises:
            UserError: something in it is wrong, by pure rules; nothing has changed.
        """

        def change(draft: Draft) -> Draft:
            before = _open_form(draft, form)
            job, instance = _shown(draft, before.instance_id)
            others = tuple(disk for disk in job.added if disk.device != before.replaces)
            disk = _disk(form, instance)
            problems = (*_snapshot_problems(form), *check_added(disk, free=free_devices(instance, others)))
            if problems:
                raise UserError(*problems)
            added = tuple(sorted((*others, disk), key=lambda one: one.device))
            changed = dataclasses.replace(job, added=added, problems=())
            return dataclasses.replace(draft.with_job(changed), disk_form=None, problems=())

        try:
            return await self._change(draft_id, change, act)
        except Late as late:  # whoever sent it shall not think that the disk is in
            raise UserError(Problem(Code.FORM_GONE)) from late

    async def _change(self, draft_id: str, change: Change, act: Act) -> Draft:
        return await change_draft(self.store, draft_id, change, act)


def _open_form(draft: Draft, form: DiskForm) -> DiskForm:
    """The form that is open, which what was typed must come from: an earlier one has been left."""
    before = draft.disk_form
    if before is None or (before.view_id and form.view_id and before.view_id != form.view_id):
        raise UserError(Problem(Code.FORM_GONE))
    return before


def _shown(draft: Draft, instance_id: str) -> tuple[DraftJob, Instance]:
    """The instance that it is about; a form that does not say which has one alone."""
    job = draft.job(instance_id) if instance_id else draft.only
    if job is None or job.instance is None:
        raise UserError(Problem(Code.INSTANCE_MISSING, Field.INSTANCE))
    return job, job.instance


def _form(disk: AddedDisk, instance_id: str) -> DiskForm:
    charge = disk.charge
    blank = DiskForm()
    return DiskForm(
        instance_id=instance_id,
        replaces=disk.device,
        device=disk.device,
        from_snapshot=disk.snapshot is not None,
        snapshot=disk.snapshot,
        disk_type=disk.disk_type,
        size=str(disk.size_gb),
        name=disk.name,
        description=disk.description,
        auto_delete=disk.auto_delete,
        multi_attachable=disk.multi_attachable,
        charge_mode=charge.mode,
        charge_unit=charge.unit or blank.charge_unit,
        charge_duration=str(charge.duration or blank.charge_duration),
    )


def _disk(form: DiskForm, instance: Instance) -> AddedDisk:
    prepaid = form.charge_mode is ChargeMode.PREPAID_BY_DURATION
    charge = Charge(
        mode=form.charge_mode,
        unit=form.charge_unit if prepaid else None,
        duration=_number(form.charge_duration) if prepaid else None,
    )
    return AddedDisk(
        device=form.device,
        name=form.name.strip() or inherited_name(form),
        disk_type=form.disk_type,
        size_gb=_number(form.size),
        az=instance.az,
        description=form.description.strip(),
        snapshot=form.snapshot if form.from_snapshot else None,
        auto_delete=form.auto_delete,
        multi_attachable=form.multi_attachable,
        charge=charge,
    )


def _snapshot_problems(form: DiskForm) -> tuple[Problem, ...]:
    if not form.from_snapshot:
        return ()
    if form.snapshot is None:
        return (Problem(Code.SNAPSHOT_MISSING, Field.SNAPSHOT),)
    if form.snapshot.status != SnapshotStatus.AVAILABLE:
        facts = {"snapshot": form.snapshot.id, "status": form.snapshot.status}
        return (Problem(Code.SNAPSHOT_NOT_AVAILABLE, Field.SNAPSHOT, facts),)
    return ()


def _number(text: str) -> int:
    """A whole number; 0, which no rule allows, for anything else."""
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0
