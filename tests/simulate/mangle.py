"""Answers with a 200 that nothing can rest on: incomplete, of another shape, or against themselves.

Each names what it did to the answer, for the trace. What is left out is what a question needs; an answer that is whole
but behind the times (an image not listed yet) is another trouble, and has its own bound.
"""

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

Json = dict[str, Any]
Way = Callable[[Json], None]
"""Spoils an answer where it stands."""


def mangled(ways: Mapping[str, Way], body: bytes, random: Random) -> tuple[str, bytes]:
    """An answer, spoilt in one of these ways or as a whole: what was done to it, and what is left."""
    name = random.choice((*ways, "no object", "cut short"))
    if name == "no object":
        return name, json.dumps(random.choice(([], "ok", None, 7))).encode()
    if name == "cut short":
        return name, body[: len(body) // 2]
    answer = json.loads(body)
    ways[name](answer)
    return name, json.dumps(answer).encode()


def without(*path: str) -> Way:
    """The last of these names is missing; of every item, where a list is on the way."""

    def spoil(answer: Json) -> None:
        for owner in _owners(answer, path[:-1]):
            owner.pop(path[-1], None)

    return spoil


def with_junk(*path: str, junk: Any = None) -> Way:
    """Something else stands at the last of these names."""

    def spoil(answer: Json) -> None:
        for owner in _owners(answer, path[:-1]):
            owner[path[-1]] = junk

    return spoil


def miscounted(*path: str) -> Way:
    """JD Cloud: `totalCount` says one more than there is in a list that is empty."""

    def spoil(answer: Json) -> None:
        for owner in _owners(answer, path[:-1]):
            owner[path[-1]] = []
            owner["totalCount"] = 1

    return spoil


def _owners(answer: Any, path: tuple[str, ...]) -> list[Json]:
    if isinstance(answer, list):
        return [owner for item in answer for owner in _owners(item, path)]
    if not isinstance(answer, dict):
        return []
    return _owners(answer.get(path[0]), path[1:]) if path else [answer]


def _ways(*path: str) -> dict[str, Way]:
    """The usual ways for what a question is about, at the end of a path."""
    name = ".".join(path)
    return {
        f"no {name}": without(*path),
        f"{name} null": with_junk(*path),
        f"{name} words": with_junk(*path, junk="none"),
        f"{name} a number": with_junk(*path, junk=7),
    }


_NO_RESULT: dict[str, Way] = {
    "no result": without("result"),
    "result null": with_junk("result"),
    "result empty": with_junk("result", junk={}),
}

_IMAGES = _NO_RESULT | _ways("result", "images") | {"images miscounted": miscounted("result", "images")}

CLOUD: Mapping[str, Mapping[str, Way]] = {
    "POST createImage": _NO_RESULT | _ways("result", "imageId") | {"no id": with_junk("result", "imageId", junk="")},
    "GET images": _IMAGES
    | {
        "no desc": without("result", "images", "desc"),
        "no imageId": without("result", "images", "imageId"),
        "no status": without("result", "images", "status"),
    },
    "GET instances": _NO_RESULT
    | _ways("result", "instances")
    | {
        "instances miscounted": miscounted("result", "instances"),
        "no instanceId": without("result", "instances", "instanceId"),
    },
    "GET instance": _NO_RESULT
    | _ways("result", "instance")
    | {
        "no status": without("result", "instance", "status"),
        "no instanceId": without("result", "instance", "instanceId"),
        "no systemDisk": without("result", "instance", "systemDisk"),
        "no dataDisks": without("result", "instance", "dataDisks"),
        "dataDisks words": with_junk("result", "instance", "dataDisks", junk="none"),
        "no deviceName": without("result", "instance", "dataDisks", "deviceName"),
    },
    # Their yes needs no result: what is spoilt is nothing, or the answer as a whole.
    "POST stopInstance": _NO_RESULT,
    "POST startInstance": _NO_RESULT,
    "GET instanceStatus": _NO_RESULT
    | _ways("result", "instanceStatuses")
    | {
        "statuses miscounted": miscounted("result", "instanceStatuses"),
        "no instanceId": without("result", "instanceStatuses", "instanceId"),
        "no status": without("result", "instanceStatuses", "status"),
    },
    "GET snapshots": _NO_RESULT
    | _ways("result", "snapshots")
    | {
        "snapshots miscounted": miscounted("result", "snapshots"),
        "no snapshotId": without("result", "snapshots", "snapshotId"),
        "no images": without("result", "snapshots", "images"),
    },
    "GET quotas": _NO_RESULT
    | _ways("result", "quotas")
    | _ways("result", "quota")
    | {"no limit": without("result", "quotas", "limit"), "no limit of it": without("result", "quota", "limit")},
}
"""By what is asked: the ways in which JD Cloud's answer may be spoilt."""

SLACK: Mapping[str, Mapping[str, Way]] = {
    "chat.postMessage": {**_ways("ts"), **_ways("channel")},
    "conversations.history": _ways("messages"),
    "conversations.replies": _ways("messages"),
    "conversations.open": {**_ways("channel"), "channel empty": with_junk("channel", junk={})},
    "users.info": {**_ways("user"), "user empty": with_junk("user", junk={})},
    "usergroups.users.list": {
        **_ways("users"),
        "users an object": with_junk("users", junk={}),
        "users of objects": with_junk("users", junk=[{"id": "U0BEN"}]),
    },
    "views.open": {**_ways("view"), "view empty": with_junk("view", junk={})},
    "views.push": {**_ways("view"), "view empty": with_junk("view", junk={})},
    "views.update": {**_ways("view"), "view empty": with_junk("view", junk={})},
}
"""By method: the ways in which Slack's answer may be spoilt."""
