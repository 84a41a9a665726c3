"""Words for measures, states and places."""

from bot.domain.cloud import InstanceStatus
from bot.domain.lifecycle import State
from bot.texts import Text

STATES = {
    State.PENDING: Text("waiting for approval", "等待审批"),
    State.APPROVED: Text("approved, starting", "已批准，即将开始"),
    State.SUBMITTING: Text("asking JD Cloud to make the image", "正在请求京东云创建镜像"),
    State.UNSURE: Text("unsure: somebody has to look", "结果不明，需要人工确认"),
    State.BUILDING: Text("JD Cloud is making the image", "京东云正在创建镜像"),
    State.READY: Text("ready", "镜像可用"),
    State.FAILED: Text("failed", "失败"),
    State.REJECTED: Text("rejected", "已驳回"),
    State.CANCELLED: Text("cancelled", "已取消"),
    State.EXPIRED: Text("expired", "已过期"),
}

INSTANCE_STATUSES = {
    InstanceStatus.STOPPED: Text("stopped", "已停止（stopped）"),
    InstanceStatus.RUNNING: Text("running", "运行中（running）"),
    InstanceStatus.ERROR: Text("error", "错误（error）"),
}

REGIONS = {
    "cn-north-1": Text("Beijing", "华北-北京"),
    "cn-east-1": Text("Suqian", "华东-宿迁"),
    "cn-east-2": Text("Shanghai", "华东-上海"),
    "cn-south-1": Text("Guangzhou", "华南-广州"),
}

_SECONDS = Text("{seconds} s", "{seconds} 秒")
_MINUTES = Text("{minutes} min", "{minutes} 分钟")
_HOURS = Text("{hours} h {minutes} min", "{hours} 小时 {minutes} 分钟")
_GIB = Text("{size} GiB", "{size} GiB")


def state(of: State, language: str) -> str:
    """A request's state in words."""
    return STATES[of](language)


def instance_status(status: str, language: str) -> str:
    """An instance's state in words; one that is not known is shown as JD Cloud says it."""
    known = INSTANCE_STATUSES.get(InstanceStatus(status)) if status in set(InstanceStatus) else None
    return known(language) if known else status


def region(region_id: str, language: str) -> str:
    """A region by id and place: `cn-north-1 · Beijing`."""
    place = REGIONS.get(region_id)
    return f"{region_id} · {place(language)}" if place else region_id


def duration(seconds: float, language: str) -> str:
    """How long something took, as people say it: `40 s`, `4 min`, `1 h 5 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return _SECONDS(language, seconds=str(whole))
    minutes = round(whole / 60)
    if minutes < 60:
        return _MINUTES(language, minutes=str(minutes))
    return _HOURS(language, hours=str(minutes // 60), minutes=str(minutes % 60))


def size(gib: int, language: str) -> str:
    """A size in GiB."""
    return _GIB(language, size=f"{gib:,}")
