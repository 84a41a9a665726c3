"""Reads the fields of a JSON object strictly: known names, right types, JD Cloud's words for what is wrong."""

import re
from collections.abc import Collection

from bot.demo.jdcloud.refusals import invalid, missing

_CHINESE_LETTERS_DIGITS = r"\u4e00-\u9fffA-Za-z0-9"
IMAGE_NAME = re.compile(rf"[{_CHINESE_LETTERS_DIGITS}_.\-]{{2,32}}")
"""createImage: name, in its current text."""
DISK_NAME = re.compile(rf"[{_CHINESE_LETTERS_DIGITS}_\-]{{1,32}}")
"""Disk: name."""


class Fields:
    """A JSON object of a body. Explicit nulls count as absent: the official SDK sends them.

    Raises:
        Refusal: 400 `INVALID_ARGUMENT`, here for what is no object or has an unknown name, and from every method for
            a value of another kind.
    """

    def __init__(self, value: object, path: str, *, known: Collection[str]) -> None:
        if not isinstance(value, dict):
            raise invalid(path or "body", "not an object")
        self._values = {key: held for key, held in value.items() if held is not None}
        self._path = path
        for key in self._values:
            if key not in known:
                raise invalid(self.name(key), "unknown")

    def name(self, key: str) -> str:
        """How the cloud's messages call a field: `DataDisks.CloudDiskSpec.DiskType`."""
        return ".".join(filter(None, (self._path, key[:1].upper() + key[1:])))

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def require(self, *keys: str) -> None:
        """Refuses when one of them is absent or an empty text."""
        for key in keys:
            if self._values.get(key, "") == "":
                raise missing(self.name(key))

    def text(self, key: str, *, longest: int = 256) -> str:
        """A text, empty when absent."""
        value = self._values.get(key, "")
        if not isinstance(value, str):
            raise invalid(self.name(key), "not a string")
        if len(value) > longest:
            raise invalid(self.name(key), f"longer than {longest} characters")
        return value

    def matching(self, key: str, pattern: re.Pattern[str]) -> str:
        """A text of a certain form."""
        value = self.text(key)
        if not pattern.fullmatch(value):
            raise invalid(self.name(key))
        return value

    def choice(self, key: str, choices: Collection[str], *, default: str) -> str:
        """One of some words."""
        value = self.text(key) or default
        if value not in choices:
            raise invalid(self.name(key), f"not one of {', '.join(sorted(choices))}")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            raise invalid(self.name(key), "not a boolean")
        return value

    def integer(self, key: str) -> int:
        """A whole number that is there."""
        self.require(key)
        value = self._values[key]
        if not isinstance(value, int) or isinstance(value, bool):
            raise invalid(self.name(key), "not an integer")
        return value

    def objects(self, key: str, *, known: Collection[str]) -> list["Fields"]:
        """A list of objects, empty when absent."""
        value = self._values.get(key, [])
        if not isinstance(value, list):
            raise invalid(self.name(key), "not a list")
        return [Fields(item, self.name(key), known=known) for item in value]

    def object(self, key: str, *, known: Collection[str]) -> "Fields":
        """An object that is there."""
        self.require(key)
        return Fields(self._values[key], self.name(key), known=known)
