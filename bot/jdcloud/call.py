"""One call of JD Cloud, before it is made: what is sent, and how its errors tell of it."""

from dataclasses import dataclass

from bot.jdcloud.errors import CloudError
from bot.jdcloud.signing import JDCloudAuth

__all__ = ["Call"]

_LONGEST_TEXT = 500
"""Characters of what the cloud says that are kept."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """What is sent, and what it is called in logs and errors."""

    action: str  # "describeImages", …
    region: str
    instance: str = ""  # the one it is about, if any
    method: str = "GET"
    url: str
    body: bytes = b""
    auth: JDCloudAuth

    @property
    def upstream(self) -> str:
        """What may fail by itself: a service in a region."""
        return f"jdcloud {self.auth.service} {self.region}"

    def error(
        self,
        kind: type[CloudError],
        *,
        message: str,
        details: str = "",
        http: int | None = None,
        status: str = "",
        request_id: str = "",
        retry_after: float | None = None,
    ) -> CloudError:
        """An error of this call, without secrets and short enough to be shown."""
        return kind(
            action=self.action,
            region=self.region,
            instance=self.instance,
            http=http,
            status=self._showable(status),
            message=self._showable(message),
            details=self._showable(details),
            request_id=self._showable(request_id),
            retry_after=retry_after,
        )

    def _showable(self, text: str) -> str:
        line = " ".join(self.auth.without_secrets(text).split())
        return line if len(line) <= _LONGEST_TEXT else line[: _LONGEST_TEXT - 1] + "…"
