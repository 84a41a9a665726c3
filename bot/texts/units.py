"""Words for measures, states and places."""

from collections.abc import Iterable, Mapping
from functools import reduce

from bot.domain.cloud import InstanceStatus
from bot.domain.disks import ChargeUnit
from bot.domain.lifecycle import State
from bot.texts import Text

STATES = {
    State.PENDING: Text("waiting for approval", "等待审批"),
    State.APPROVED: Text("approved, starting", "已批准，即将开始"),
    State.WORKING: Text("under way", "进行中"),
    State.PARTLY: Text("partly ready", "部分镜像可用"),
    State.READY: Text("ready", "镜像可用"),
    State.FAILED: Text("failed", "失败"),
    State.REJECTED: Text("rejected", "已驳回"),
    State.CANCELLED: Text("cancelled", "已取消"),
    State.EXPIRED: Text("expired", "已过期"),
}

INSTANCE_STATUSES: Mapping[str, Text] = {
    InstanceStatus.STOPPED: Text("stopped", "已停止"),
    InstanceStatus.RUNNING: Text("running", "运行中"),
    InstanceStatus.ERROR: Text("error", "错误"),
    "pending": Text("pending", "创建中"),
    "starting": Text("starting", "启动中"),
    "stopping": Text("stopping", "停止中"),
    "rebooting": Text("rebooting", "重启中"),
    "rebuilding": Text("rebuilding", "重置系统中"),
    "resizing": Text("resizing", "调整配置中"),
    "deleting": Text("deleting", "删除中"),
}
"""The stable ones, and those in between (Instance Life Cycle)."""

REGIONS = {
    "cn-north-1": Text("Beijing", "华北-北京"),
    "cn-east-1": Text("Suqian", "华东-宿迁"),
    "cn-east-2": Text("Shanghai", "华东-上海"),
    "cn-south-1": Text("Guangzhou", "华南-广州"),
}

_SECONDS = Text("{seconds} s", "{seconds} 秒")
_MINUTES = Text("{minutes} min", "{minutes} 分钟")
_MOMENT = Text("less than a minute", "不到 1 分钟")
_WHOLE_HOURS = Text("{hours} h", "{hours} 小时")
_HOURS = Text("{hours} h {minutes} min", "{hours} 小时 {minutes} 分钟")
_DAYS = Text("{count} days", "{count} 天")
_DAYS_LEFT = Text("{count} days left", "剩余 {count} 天")
_HOURS_LEFT = Text("{count} h left", "剩余 {count} 小时")
_MINUTES_LEFT = Text("{count} min left", "剩余 {count} 分钟")
_MOMENTS_LEFT = Text("a few minutes left", "仅剩几分钟")
_STEP = 300
"""Seconds: a screen that says how long there still is need not change more often."""

_DISK, _DISKS = Text("{count} disk", "{count} 块磁盘"), Text("{count} disks", "{count} 块磁盘")
_PERIODS = {
    ChargeUnit.MONTH: (Text("{count} month", "{count} 个月"), Text("{count} months", "{count} 个月")),
    ChargeUnit.YEAR: (Text("{count} year", "{count} 年"), Text("{count} years", "{count} 年")),
}
_SNAPSHOT = Text("{count} snapshot", "{count} 个快照")
_SNAPSHOTS = Text("{count} snapshots", "{count} 个快照")
_COMMA = Text(", ", "、")
_PAUSE = Text(", ", "，")
_BLANK = Text("space", "空格")
_QUOTED = Text('"{character}"', "“{character}”")
_SENTENCES = Text("{first} {second}", "{first}{second}")
_REGION = Text("{place} ({region})", "{place}（{region}）")
_GIB = Text("{size} GiB", "{size} GiB")


def state(of: State, language: str) -> str:
    """A request's state in words."""
    return STATES[of](language)


def instance_status(status: str, language: str) -> str:
    """An instance's state in words; one that is not known is shown as JD Cloud says it."""
    known = INSTANCE_STATUSES.get(status)
    return known(language) if known else status


def region(region_id: str, language: str) -> str:
    """A region by id and place: `cn-north-1 · Beijing`."""
    place = REGIONS.get(region_id)
    return f"{region_id} · {place(language)}" if place else region_id


def region_in_words(region_id: str, language: str) -> str:
    """The same in a sentence: `Beijing (cn-north-1)`."""
    place = REGIONS.get(region_id)
    return _REGION(language, region=region_id, place=place(language)) if place else region_id


def place(region_id: str, language: str) -> str:
    """A region as people call it: `Beijing`; one that is not known by its id."""
    known = REGIONS.get(region_id)
    return known(language) if known else region_id


def duration(seconds: float, language: str) -> str:
    """How long something took, as people say it: `40 s`, `4 min`, `1 h`, `1 h 5 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return _SECONDS(language, seconds=str(whole))
    minutes = round(whole / 60)
    if minutes < 60:
        return _MINUTES(language, minutes=str(minutes))
    hours, minutes = divmod(minutes, 60)
    if not minutes:
        return _WHOLE_HOURS(language, hours=str(hours))
    return _HOURS(language, hours=str(hours), minutes=str(minutes))


def waited(seconds: float, language: str) -> str:
    """How long something has waited, as people say it, rounded down: `30 min`, `4 h`, `3 days`."""
    minutes = max(0, int(seconds)) // 60
    if not minutes:
        return _MOMENT(language)
    if minutes < 60:
        return _MINUTES(language, minutes=str(minutes))
    if minutes < 48 * 60:
        return _WHOLE_HOURS(language, hours=str(minutes // 60))
    return _DAYS(language, count=str(minutes // (24 * 60)))


def period(count: int, unit: str, language: str) -> str:
    """How long a prepaid disk is paid for: `1 month`, `3 years`."""
    one, several = _PERIODS[ChargeUnit(unit)]
    return (one if count == 1 else several)(language, count=str(count))


def snapshots(count: int, language: str) -> str:
    """So many snapshots: `1 snapshot`, `2 snapshots`."""
    return (_SNAPSHOT if count == 1 else _SNAPSHOTS)(language, count=str(count))


def listed(things: Iterable[str], language: str) -> str:
    """Several things in a sentence."""
    return _COMMA(language).join(things)


def said(parts: Iterable[str], language: str) -> str:
    """Several parts of one statement: Chinese enumerates things with another comma than it parts clauses with."""
    return _PAUSE(language).join(parts)


def sentences(first: str, *others: str, language: str) -> str:
    """Several sentences: Chinese has no blank between them."""
    return reduce(lambda said, other: _SENTENCES(language, first=said, second=other), others, first)


def character(shown: str, language: str) -> str:
    """A character that was made visible (`bot.domain.limits`): a blank has a name, any other stands in quotes."""
    return _BLANK(language) if shown == "space" else _QUOTED(language, character=shown)


def size(gib: int, language: str) -> str:
    """A size in GiB."""
    return _GIB(language, size=f"{gib:,}")


def left(seconds: float, language: str) -> str:
    """How long there still is, in steps that last: `40 min left`, `5 h left`, `3 days left`.

    Rounded down, as nobody is to be promised more time than there is; a day that began a moment ago is a day.
    """
    steps = int(seconds // _STEP)
    minutes = steps * _STEP // 60
    if not steps:
        return _MOMENTS_LEFT(language)
    if minutes < 115:
        return _MINUTES_LEFT(language, count=str(minutes))
    hours = (minutes + 5) // 60
    if hours < 48:
        return _HOURS_LEFT(language, count=str(hours))
    return _DAYS_LEFT(language, count=str(hours // 24))


def disks(count: int, language: str) -> str:
    """So many disks."""
    return (_DISK if count == 1 else _DISKS)(language, count=str(count))
