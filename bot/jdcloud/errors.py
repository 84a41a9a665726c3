"""What can come of a call besides its answer, sorted by what may be done next.

::

    CloudError(BotError)
    ├── Refused                    a definite no: nothing was done, the same call would be refused again
    │   ├── InvalidParameter       400 INVALID_ARGUMENT, OUT_OF_RANGE, DUPLICATE, …
    │   ├── AuthenticationFailed   401
    │   ├── Forbidden              403
    │   ├── NotFound               404
    │   ├── QuotaExceeded          429 QUOTA_EXCEEDED
    │   └── PreconditionFailed     400 FAILED_PRECONDITION, 409
    │       ├── WrongInstanceStatus   `Please stop the instance first`, `Invalid instance status xx`
    │       └── SystemDiskMissing     `System disk not found`
    ├── NotNow                     a definite no for the moment: nothing was done, the same call may succeed later
    │   ├── TaskConflict           `Conflict with underlay task xx`, 409 ABORTED
    │   ├── DiskBusy               `Disk 'xx' busy in 'xx'`
    │   ├── RateLimited            429 RATE_LIMIT
    │   └── NeverSent              no connection was made
    └── Doubtful                   what was asked for may have been done
        ├── InternalError          500
        ├── ServiceUnavailable     502, 503, 504
        ├── NotAnswered            time-out, reset, closed after the request began to be sent
        ├── UnreadableAnswer       HTML, broken JSON, JSON of another shape
        └── IncompleteAnswer       JD Cloud's own, without what the question needs, or contradicting itself

None of their texts holds a key or a signature. `classify` decides which of them an answer or a lost call is.
"""

import re
from enum import StrEnum
from typing import ClassVar

from bot.domain.cloud import InstanceStatus
from bot.domain.errors import BotError, Code, Field, Problem
from bot.jdcloud.messages import code_of, named_in, status_in

__all__ = [
    "AuthenticationFailed",
    "CloudError",
    "DiskBusy",
    "Doubtful",
    "Forbidden",
    "IncompleteAnswer",
    "InternalError",
    "InvalidParameter",
    "NeverSent",
    "NotAnswered",
    "NotFound",
    "NotNow",
    "Outcome",
    "PreconditionFailed",
    "QuotaExceeded",
    "RateLimited",
    "Refused",
    "ServiceUnavailable",
    "SystemDiskMissing",
    "TaskConflict",
    "UnreadableAnswer",
    "WrongInstanceStatus",
]

_NEEDED = {"stopInstance": Code.CLOUD_NOT_RUNNING, "startInstance": Code.CLOUD_NOT_STOPPED}
"""What is said where an instance is in another state than a call needs; of createImage the form's words are."""


_LONGEST = 1_000
"""Characters of JD Cloud's words that are kept: what it documents has a hundred."""


class Outcome(StrEnum):
    """What a failed call means for the one who made it."""

    REFUSED = "refused"  # nothing was done, and asking again is of no use
    TRY_AGAIN = "try_again"  # nothing was done, and the same call may be made later
    DOUBTFUL = "doubtful"  # it may have been done: look before asking again


class CloudError(BotError):
    """A call of JD Cloud that brought no usable answer.

    Attributes:
        action: "createImage", …
        region: where it was called.
        instance: id of the instance it was about; empty when it was about none.
        http: status of the answer; None when there was none.
        status: JD Cloud's name of the error, "FAILED_PRECONDITION", …; may be empty.
        message: JD Cloud's words, or ours where it said nothing.
        details: more of JD Cloud's words; mostly empty.
        request_id: JD Cloud's id of the call, for its support; may be empty.
        retry_after: seconds to wait, when JD Cloud said so.
    """

    outcome: ClassVar[Outcome]
    code: ClassVar[Code]

    def __init__(
        self,
        *,
        action: str,
        region: str = "",
        instance: str = "",
        http: int | None = None,
        status: str = "",
        message: str = "",
        details: str = "",
        request_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        status, message, details = status[:_LONGEST], message[:_LONGEST], details[:_LONGEST]
        said = " ".join(part for part in (str(http or ""), status, message, details) if part)
        super().__init__(f"{action}: {said}" + (f" (request {request_id})" if request_id else ""))
        self.action = action
        self.region = region
        self.instance = instance
        self.http = http
        self.status = status
        self.message = message
        self.details = details
        self.request_id = request_id
        self.retry_after = retry_after

    def problem(self) -> Problem:
        """The same as data, to be stored and shown: what JD Cloud said, its request id, and what it named."""
        definite = self.outcome is not Outcome.DOUBTFUL  # whatever a failing server says, it may have been done
        code = code_of(self.message) if definite else None
        about = {"instance": self.instance, "region": self.region} | self._facts()
        return Problem(code or self.code, facts=about)

    def _facts(self) -> dict[str, str]:
        return {"message": self.message, "request_id": self.request_id} | named_in(self.message)

    def _about_instance(self, code: Code, **facts: str) -> Problem:
        about = {"instance": self.instance, "region": self.region} | self._facts() | facts
        return Problem(code, Field.INSTANCE, about)


class Refused(CloudError):
    """A definite no: nothing was done, the same call would be refused again."""

    outcome = Outcome.REFUSED


class NotNow(CloudError):
    """A definite no for the moment: nothing was done, the same call may succeed later."""

    outcome = Outcome.TRY_AGAIN


class Doubtful(CloudError):
    """What was asked for may have been done. For a read that means no more than that there is no answer."""

    outcome = Outcome.DOUBTFUL


class InvalidParameter(Refused):
    """Something about the request itself is wrong."""

    code = Code.CLOUD_INVALID


class AuthenticationFailed(Refused):
    """The key is not known, or the signature is not accepted: a wrong secret, a wrong clock."""

    code = Code.CLOUD_CREDENTIALS


class Forbidden(Refused):
    """The key is known and may not do this."""

    code = Code.CLOUD_FORBIDDEN


class NotFound(Refused):
    """What was asked for is not there, or not for this key."""

    code = Code.CLOUD_NOT_FOUND

    def problem(self) -> Problem:
        """Named as the instance when that is what is missing: createImage also misses snapshots."""
        if re.search(r"\binstance\b", self.message, re.IGNORECASE):
            return self._about_instance(Code.CLOUD_INSTANCE_GONE)
        return super().problem()


class QuotaExceeded(Refused):
    """The account holds as many images or snapshots as it may."""

    code = Code.CLOUD_QUOTA


class PreconditionFailed(Refused):
    """Something is not in the state that the call needs."""

    code = Code.CLOUD_PRECONDITION


class WrongInstanceStatus(PreconditionFailed):
    """The instance is not in the state that the call needs."""

    def problem(self) -> Problem:
        """With the status as far as it is known: without one, the message says the most."""
        named = status_in(self.message)
        if self.action in _NEEDED:
            return self._about_instance(_NEEDED[self.action], status=named) if named else super().problem()
        status = named or InstanceStatus.RUNNING  # `Please stop the instance first`
        if status == InstanceStatus.STOPPED:
            return super().problem()
        if status in {InstanceStatus.RUNNING, InstanceStatus.ERROR}:
            return self._about_instance(Code.INSTANCE_NOT_STOPPED, status=status)
        return self._about_instance(Code.INSTANCE_BUSY, status=status)


class SystemDiskMissing(PreconditionFailed):
    """The instance has no system disk to make an image of."""

    def problem(self) -> Problem:
        """As the form says it, of an image."""
        if self.action != "createImage":
            return super().problem()
        return self._about_instance(Code.SYSTEM_DISK_MISSING)


class TaskConflict(NotNow):
    """Another task is under way on the instance, which no field tells beforehand."""

    code = Code.CLOUD_CONFLICT


class DiskBusy(NotNow):
    """Another task is under way on one of the disks."""

    code = Code.CLOUD_CONFLICT


class RateLimited(NotNow):
    """Too many calls in too short a time."""

    code = Code.CLOUD_RATE_LIMIT


class NeverSent(NotNow):
    """No connection was made: certainly nothing of the request arrived."""

    code = Code.CLOUD_SILENT


class InternalError(Doubtful):
    """JD Cloud failed in the middle of it."""

    code = Code.CLOUD_FAILED


class ServiceUnavailable(Doubtful):
    """JD Cloud, or a gateway before it, could not serve the call to its end."""

    code = Code.CLOUD_UNAVAILABLE


class NotAnswered(Doubtful):
    """The request began to be sent, and no whole answer came back."""

    code = Code.CLOUD_SILENT


class UnreadableAnswer(Doubtful):
    """Something answered that is not JD Cloud, or not as it is documented."""

    code = Code.CLOUD_UNREADABLE


class IncompleteAnswer(Doubtful):
    """JD Cloud said yes, and left out something that its question needs, or contradicts itself: it decides nothing."""

    code = Code.CLOUD_INCOMPLETE

    def problem(self) -> Problem:
        """With what is missing, in our words: JD Cloud said nothing about it."""
        facts = {"missing": self.message, "instance": self.instance, "region": self.region}
        return Problem(self.code, facts=facts)
