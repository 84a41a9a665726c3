"""JD Cloud: the key in each region, the calls it may make, and the quotas that are left. Nothing is changed there."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bot.domain.cloud import Quota
from bot.domain.rule import Rulebook
from bot.jdcloud import AuthenticationFailed, CloudError, Forbidden, JDCloud, NotFound, Outcome
from bot.probes.probe import Finding, Level, Probe, ok

_NOBODY = "i-0000000000", "img-0000000000", "vol-0000000000"
"""An instance, an image and a disk that nobody has: a key with the right is told so, one without it is refused."""

_CREDENTIALS = "look at JDCLOUD_ACCESS_KEY, JDCLOUD_SECRET_KEY, JDCLOUD_SESSION_TOKEN, and at `clock`"
_RIGHTS = "let the sub-account make these calls; docs/operating.md lists them all"
_ELSEWHERE = "look at JDCLOUD_REGIONS, JDCLOUD_VM_ENDPOINT, JDCLOUD_DISK_ENDPOINT and the network"

_DISPENSABLE = {"describeSnapshots"}
"""Without these only disks from snapshots and the progress of an image are missing."""


@dataclass(frozen=True, kw_only=True)
class CloudProbes:
    """Questions to JD Cloud."""

    cloud: JDCloud
    regions: Sequence[str]
    rules: Callable[[], Rulebook]

    @property
    def stops(self) -> bool:
        """Whether any rule lets machines be stopped."""
        return any(rule.stopping for rule in self.rules().rules)

    @property
    def images_live(self) -> bool:
        """Whether any rule lets images be made of machines that run."""
        return any(rule.live for rule in self.rules().rules)

    def probes(self) -> Sequence[Probe]:
        """Two for each region."""
        return tuple(probe for region in self.regions for probe in self._of(region))

    def untried(self) -> Sequence[Probe]:
        """The calls that change something, and so cannot be tried."""
        return (
            Probe("createImage", self.create_image),
            *([Probe("stop and start", self.stop_and_start)] if self.stops else []),
            *([Probe("live images", self.live_images)] if self.images_live else []),
        )

    async def create_image(self) -> Finding:
        """A try would be an image."""
        return Finding(
            Level.UNPROVED,
            "cannot be tried without making an image",
            "see that the sub-account may call vm createImage",
        )

    async def stop_and_start(self) -> Finding:
        """A try would be an instance that is down."""
        return Finding(
            Level.UNPROVED,
            "cannot be tried without stopping an instance",
            "see that the sub-account may call vm stopInstance and startInstance, or set ALLOW_STOPPING=false",
        )

    async def live_images(self) -> Finding:
        """JD Cloud's pages contradict each other: createImage's own says stopped only, the SDK's text says either."""
        return Finding(
            Level.UNPROVED,
            "cannot be tried without making an image of a running instance",
            "make one of an instance that nobody needs, or set ALLOW_LIVE_IMAGES=false",
        )

    def _of(self, region: str) -> Sequence[Probe]:
        return (
            Probe(f"jdcloud {region}", partial(self.rights, region)),
            Probe(f"quotas {region}", partial(self.quotas, region)),
        )

    async def rights(self, region: str) -> Finding:
        """The key is valid, and may read what the bot reads."""
        instance, image, disk = _NOBODY
        asked: dict[str, Awaitable[object]] = {
            "describeInstances": self.cloud.instances(region, ids=[instance]),
            "describeInstance": self.cloud.instance(region, instance),
            "describeImages": self.cloud.images(region, [image]),
            "describeSnapshots": self.cloud.snapshots_of_disks(region, [disk]),
        }
        if self.stops:
            asked["describeInstanceStatus"] = self.cloud.instance_statuses(region, [instance])
        refused: dict[str, CloudError] = {}
        answers = await asyncio.gather(*asked.values(), return_exceptions=True)
        for action, answer in zip(asked, answers, strict=True):
            if isinstance(answer, NotFound) and action in {"describeInstance", "describeImages"}:
                continue  # as it should be: nobody has it
            if isinstance(answer, CloudError):
                refused[action] = answer
            elif isinstance(answer, BaseException):
                raise answer
        return _worst(refused) or ok(f"{', '.join(asked)} are allowed")

    async def quotas(self, region: str) -> Finding:
        """What is left for the next image."""
        answers = await asyncio.gather(
            self.cloud.image_quota(region), self.cloud.snapshot_quota(region), return_exceptions=True
        )
        told: list[Quota] = []
        for answer in answers:
            if isinstance(answer, CloudError):
                return _unread(answer)
            if isinstance(answer, BaseException):
                raise answer
            told.append(answer)
        said = ", ".join(f"{quota.used} of {quota.limit} {quota.resource}s" for quota in told)
        if any(quota.left < 1 for quota in told):
            return Finding(
                Level.WARNING, f"used up: {said}", "delete what is no longer needed, or ask JD Cloud for more by ticket"
            )
        return ok(f"{said} in use")


def _worst(refused: dict[str, CloudError]) -> Finding | None:
    """One finding of all that was refused; None when nothing was."""
    for error in refused.values():
        if isinstance(error, AuthenticationFailed):
            return Finding(Level.FAILED, f"the key is not accepted: {error}", _CREDENTIALS)
    for error in refused.values():
        if error.outcome is not Outcome.REFUSED:
            return Finding(Level.FAILED, f"no answer: {error}", _ELSEWHERE)
    if not refused:
        return None
    level = Level.WARNING if refused.keys() <= _DISPENSABLE else Level.FAILED
    for error in refused.values():
        if not isinstance(error, Forbidden):
            return Finding(level, str(error), _ELSEWHERE)
    ids = ", ".join(error.request_id for error in refused.values() if error.request_id)
    return Finding(level, f"not allowed: {', '.join(refused)}" + (f" (requests {ids})" if ids else ""), _RIGHTS)


def _unread(error: CloudError) -> Finding:
    if isinstance(error, Forbidden):
        return Finding(Level.WARNING, f"not allowed: {error.action}", _RIGHTS)
    return Finding(Level.WARNING, f"cannot be read: {error}", "see `jdcloud` of the same region")
