"""The calls about instances (service vm)."""

from collections.abc import Mapping, Sequence

from bot.domain import cloud
from bot.jdcloud.answers import Acknowledgement
from bot.jdcloud.call import Call
from bot.jdcloud.instances import InstanceList, InstanceStatusList, OneInstance
from bot.jdcloud.paging import PAGE, all_pages, check_number
from bot.jdcloud.service import Service
from bot.jdcloud.wire import StartInstanceSpec, StopInstanceSpec

__all__ = ["InstanceCalls"]


class InstanceCalls(Service):
    """Instances: which there are, how they are, and whether they run."""

    async def instances(
        self, region: str, *, name: str | None = None, ids: Sequence[str] | None = None
    ) -> tuple[cloud.ListedInstance, ...]:
        """The instances of a region, all pages of them (describeInstances).

        Args:
            region: its id.
            name: part of the name.
            ids: only these, up to 100.

        Raises:
            ValueError: more than 100 ids.
        """
        if ids is not None:
            check_number(ids)
            if not ids:  # a filter without values is none: that would be every instance
                return ()
        filters = [
            {"name": key, "values": values}
            for key, values in (("name", name and [name]), ("instanceId", ids))
            if values
        ]

        def call(number: int) -> Call:
            return self._vm_read(
                "describeInstances", region, "instances", pageNumber=number, pageSize=PAGE, filters=filters
            )

        async def page(number: int) -> tuple[Sequence[cloud.ListedInstance], int]:
            return await self._caller.read(
                call(number), InstanceList, lambda found: found.page(region, number=number, size=PAGE)
            )

        return await all_pages(page, call(1))

    async def instance(self, region: str, instance_id: str) -> cloud.Instance:
        """One instance (describeInstance).

        Raises:
            NotFound: there is none, or not for this key.
        """
        call = self._about(instance_id, "describeInstance", region)
        return await self._caller.read(call, OneInstance, lambda found: found.value(region, instance_id))

    async def instance_statuses(self, region: str, instance_ids: Sequence[str]) -> Mapping[str, str]:
        """The statuses of instances by id; one that the cloud does not know is left out (describeInstanceStatus).

        A status that is not told is empty: the instance is there, and no more is known of it.

        Args:
            region: its id.
            instance_ids: up to 100.

        Raises:
            ValueError: more than 100 ids.
            IncompleteAnswer: one of them may merely be missing.
        """
        check_number(instance_ids)
        if not instance_ids:  # a filter without values is none: that would be every instance
            return {}
        filters = [{"name": "instanceId", "values": instance_ids}]
        # A hundred ids do not fit the 20 of a page that is not asked for its size.
        call = self._vm_read(
            "describeInstanceStatus", region, "instanceStatus", pageNumber=1, pageSize=PAGE, filters=filters
        )
        return await self._caller.read(call, InstanceStatusList, lambda found: found.of(instance_ids))

    async def stop_instance(
        self, region: str, instance_id: str, *, charge_on_stopped: cloud.KeepCharging | None
    ) -> cloud.Accepted:
        """Have an instance shut down (stopInstance). Sent exactly once, whatever happens.

        Args:
            region: its id.
            instance_id: one that is running, with no task under way.
            charge_on_stopped: what `stopping.stop_charging_of` says; None leaves it to the instance's own attribute.

        Raises:
            ValueError: it says something else than to keep charging, such as `stopCharging`.
            CloudError: its `outcome` says whether the instance may be stopping all the same.
        """
        body = StopInstanceSpec(charge_on_stopped=charge_on_stopped).body()
        call = self._about(instance_id, "stopInstance", region, method="POST", suffix=":stopInstance", body=body)
        return await self._accepted(call)

    async def start_instance(self, region: str, instance_id: str) -> cloud.Accepted:
        """Have an instance started (startInstance). Sent exactly once, whatever happens.

        Raises:
            CloudError: its `outcome` says whether the instance may be starting all the same.
        """
        body = StartInstanceSpec().body()
        call = self._about(instance_id, "startInstance", region, method="POST", suffix=":startInstance", body=body)
        return await self._accepted(call)

    async def _accepted(self, call: Call) -> cloud.Accepted:
        _, request_id = await self._caller.once(call, Acknowledgement, lambda _: None)
        return cloud.Accepted("", request_id)
