"""Slack's signature, over the bytes as they came: nothing is made of a body before it is known who sent it."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

WINDOW = 300.0
"""Seconds that a timestamp may be off (Slack: verifying requests); a request that was overheard is of no use later."""

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True)
class Signature:
    """What the headers of a request claim."""

    timestamp: str
    signature: str

    @classmethod
    def claimed(cls, headers: Mapping[str, str]) -> "Signature | None":
        """None where they are missing or of another shape than Slack's: no body can make that good."""
        timestamp = headers.get("X-Slack-Request-Timestamp", "")
        signature = headers.get("X-Slack-Signature", "")
        if not (_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature)):
            return None
        return cls(timestamp, signature)

    def age(self, now: float) -> float:
        """Seconds since it was made; below zero where it is from the future. Beyond `WINDOW` it proves nothing."""
        return now - int(self.timestamp)

    def proves(self, body: bytes, secret: str) -> bool:
        """Whether Slack signed this body (Slack: HMAC-SHA256 of `v0:timestamp:body`)."""
        signed = b"v0:" + self.timestamp.encode() + b":" + body
        expected = "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected, self.signature)
