"""What JD Cloud's messages of errors say: which words of ours they have, and what they name."""

import re

from bot.domain.errors import Code

__all__ = ["code_of", "named_in", "status_in"]

_NAMED = {
    "instance": re.compile(r"\binstance\W{0,2}(i-[\w-]+)", re.IGNORECASE),
    "disk": re.compile(r"\bdisk\W{0,2}'([^']+)'", re.IGNORECASE),
    "snapshot": re.compile(r"\bsnapshot\W{0,2}'([^']+)'", re.IGNORECASE),
    "quota": re.compile(r"\b(\w+) quota\b", re.IGNORECASE),
    "device": re.compile(r"\bdevice\W{0,2}'([^']+)'", re.IGNORECASE),
}
"""What messages name: `Instance 'i-1' not found.`, `Disk 'vol-1' busy in 'x'`, `Image quota limit exceeded`."""

_WORDS = (
    (re.compile(r"\bconflict\s+with\s+underlay\s+task\b", re.IGNORECASE), Code.CLOUD_TASK_CONFLICT),
    (re.compile(r"\bdisk\b.*\bbusy\b", re.IGNORECASE), Code.CLOUD_DISK_BUSY),
    (re.compile(r"\binvalid disk\b.*\bstatus\b", re.IGNORECASE), Code.CLOUD_DISK_STATUS),
    (re.compile(r"\binvalid system disk mount state\b", re.IGNORECASE), Code.CLOUD_SYSTEM_DISK),
    (re.compile(r"\bduplicate devicename\b", re.IGNORECASE), Code.CLOUD_DUPLICATE_DEVICE),
    (re.compile(r"\bdisktype missing\b", re.IGNORECASE), Code.CLOUD_DISK_TYPE_MISSING),
    (re.compile(r"\bdisksizegb out of range\b", re.IGNORECASE), Code.CLOUD_DISK_SIZE),
    (re.compile(r"\blarger than the original size\b", re.IGNORECASE), Code.CLOUD_DISK_SMALLER),
    (re.compile(r"\biops out of range\b", re.IGNORECASE), Code.CLOUD_DISK_IOPS),
    (re.compile(r"\bsnapshot\b.*\bnot found\b", re.IGNORECASE), Code.CLOUD_SNAPSHOT_NOT_FOUND),
    (re.compile(r"\bimage quota\b", re.IGNORECASE), Code.CLOUD_IMAGE_QUOTA),
    (re.compile(r"\bsnapshot quota\b", re.IGNORECASE), Code.CLOUD_SNAPSHOT_QUOTA),
    (re.compile(r"\binvalid charge state\b", re.IGNORECASE), Code.CLOUD_CHARGE_STATE),
    (re.compile(r"\b(keep|stop)charging\b|\border not found\b", re.IGNORECASE), Code.CLOUD_CHARGE_MODE),
    (re.compile(r"\bsystem disk not found\b", re.IGNORECASE), Code.CLOUD_NO_SYSTEM_DISK),
    # createInstances says `Disk type 'xx' is out of stock`; no page says what startInstance does.
    (
        re.compile(
            r"\b(out of stock|sold out|(insufficient|no|not enough)( \w+)? (stock|capacity|resources?))\b"
            r"|\b(stock|capacity|resources?)( is| are)? (insufficient|not enough)\b|库存|售罄|资源不足",
            re.IGNORECASE,
        ),
        Code.CLOUD_NO_STOCK,
    ),
)
"""The messages of the error tables of createImage, stopInstance and startInstance that have words of their own; others
have those of their kind."""

_INSTANCE_STATUS = re.compile(r"invalid instance status\W+(\w+)", re.IGNORECASE)


def code_of(message: str) -> Code | None:
    """The problem that a message is of; None where it has no words of its own."""
    return next((code for words, code in _WORDS if words.search(message)), None)


def named_in(message: str) -> dict[str, str]:
    """What a message names, by what it is: an instance, a disk, a snapshot, a quota, a device."""
    return {fact: match[1] for fact, name in _NAMED.items() if (match := name.search(message))}


def status_in(message: str) -> str:
    """The status of the instance, as far as a message tells it; empty when it does not."""
    match = _INSTANCE_STATUS.search(message)
    return match[1].lower() if match else ""
