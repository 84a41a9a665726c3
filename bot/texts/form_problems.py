"""The words of what is wrong with what was chosen or typed, or with what it was found to be."""

from bot.domain.errors import Code
from bot.texts import Text

FORM: dict[Code, Text] = {
    Code.REGION_UNKNOWN: Text(
        "Region {region} is not offered here. Choose another one.", "不支持地域 {region}，请选择其他地域。"
    ),
    Code.INSTANCE_MISSING: Text("Choose an instance.", "请选择云主机。"),
    Code.NO_INSTANCE_FITS: Text(
        "No instance has {words} in its name, id or private IP. Choose one here.",
        "没有名称、ID 或内网 IP 含 {words} 的云主机，请在此选择。",
    ),
    Code.INSTANCES_NOT_LISTED: Text(
        "{words} could not be looked for in {region}. {answer}", "未能在 {region} 中查找 {words}。{answer}"
    ),
    Code.TOO_MANY_INSTANCES: Text(
        "{chosen} instances are too many for one request: choose up to {maximum}.",
        "一次申请最多 {maximum} 台云主机，现已选择 {chosen} 台。",
    ),
    Code.INSTANCE_TWICE: Text("{instance} is chosen twice.", "{instance} 被重复选择。"),
    Code.NAME_TWICE: Text(
        "Two images would be called {name}: give that of {instance} another name.",
        "有两个镜像同名 {name}：请为 {instance} 的镜像另取名称。",
    ),
    Code.INSTANCE_LOADING: Text(
        "Its disks are still loading. Look at them, then send again.", "磁盘仍在加载，请查看后再次提交。"
    ),
    Code.INSTANCE_NOT_LOADED: Text(
        "Its disks could not be loaded, and are being loaded once more. Look at them, then send again.",
        "磁盘未能加载，正在重新加载。请查看后再次提交。",
    ),
    Code.SENT_ALREADY: Text(
        "This form was sent a moment ago and is being checked as it was then. Wait for the answer, then change it.",
        "此表单刚刚已提交，正在按当时的内容核对。请等待结果后再修改。",
    ),
    Code.DISKS_CHANGED: Text(
        "The disks changed meanwhile ({devices}). Look at them, then send again.",
        "磁盘已发生变化（{devices}），请查看后再次提交。",
    ),
    Code.DISKS_MISSING: Text(
        "JD Cloud's answer names no data disks of {instance} this time. Send again; if {devices} were detached, choose the instance anew.",
        "京东云此次的响应未列出 {instance} 的数据盘。请再次提交；若 {devices} 已卸载，请重新选择云主机。",
    ),
    Code.NAME_LENGTH: Text(
        "Use {minimum} to {maximum} characters; this has {length}.",
        "名称需为 {minimum}～{maximum} 个字符，当前 {length} 个。",
    ),
    Code.NAME_CHARACTERS: Text(
        "Use only Chinese, letters, digits, _ - and . here, not: {characters}. Perhaps {instead}?",
        "只能使用中文、字母、数字、_ - 和 .，不能包含：{characters}。可改为 {instead}。",
    ),
    Code.DESCRIPTION_MISSING: Text("Say what the image is for.", "请填写镜像用途。"),
    Code.DESCRIPTION_LENGTH: Text(
        "Use at most {maximum} characters; this has {length}.", "最多 {maximum} 个字符，当前 {length} 个。"
    ),
    Code.NOTE_LENGTH: Text(
        "Use at most {maximum} characters; this has {length}.", "最多 {maximum} 个字符，当前 {length} 个。"
    ),
    Code.REASON_MISSING: Text(
        "Say why, so that the requester knows what to change.", "请说明理由，以便申请人知道如何修改。"
    ),
    Code.REASON_LENGTH: Text(
        "Use at most {maximum} characters; this has {length}.", "最多 {maximum} 个字符，当前 {length} 个。"
    ),
    Code.QUESTION_MISSING: Text("Type a question.", "请填写问题。"),
    Code.QUESTION_LENGTH: Text(
        "Use at most {maximum} characters; this has {length}.", "最多 {maximum} 个字符，当前 {length} 个。"
    ),
    Code.STOPPING_NOT_ALLOWED: Text(
        "Stopping an instance is not allowed here. Choose another way.", "此处不允许停止云主机，请选择其他方式。"
    ),
    Code.LIVE_NOT_ALLOWED: Text(
        "Images of running instances are not allowed here. Choose another way.",
        "此处不允许为运行中的云主机创建镜像，请选择其他方式。",
    ),
    Code.LIVE_ON_LOCAL_DISK: Text(
        "The system disk of {instance} is a local disk: no image can be made while it runs. Choose another way.",
        "{instance} 的系统盘是本地盘，运行中无法创建镜像，请选择其他方式。",
    ),
    Code.INSTANCE_RUNS_NOW: Text(
        "{instance} runs by now. Choose what becomes of it, then send again.",
        "{instance} 目前正在运行，请选择处理方式后再次提交。",
    ),
    Code.NOT_BEFORE_PAST: Text(
        "That time is past. Choose a later one, or clear it to begin as soon as it is approved.",
        "该时间已过。请选择更晚的时间，或清空以便批准后立即开始。",
    ),
    Code.NOT_BEFORE_FAR: Text("Choose a time within the next {days} days.", "请选择 {days} 天以内的时间。"),
    Code.INSTANCE_NOT_FOUND: Text(
        "There is no instance {instance} in {region}. Choose another one.",
        "在 {region} 中找不到云主机 {instance}，请重新选择。",
    ),
    Code.INSTANCE_NOT_STOPPED: Text(
        "{instance} is {status}. Stop it in the JD Cloud console, then try again.",
        "{instance} 当前状态：{status}。请先在京东云控制台停止云主机，然后重试。",
    ),
    Code.INSTANCE_BUSY: Text(
        "{instance} is busy ({status}). Its image can be made once it is stopped.",
        "{instance} 正在执行其他任务（{status}），停止后才能创建镜像。",
    ),
    Code.SYSTEM_DISK_MISSING: Text(
        "{instance} has no system disk, so no image can be made of it.", "{instance} 没有系统盘，无法创建镜像。"
    ),
    Code.DISK_BUSY: Text(
        "Disk {device} is busy ({status}). Wait until it is at rest, then try again.",
        "磁盘 {device} 正忙（{status}），请稍后重试。",
    ),
    Code.DISK_DETACHED: Text(
        "{device} was detached after the request was made. Request again with the disks of now.",
        "{device} 在申请之后被卸载，请按当前磁盘重新申请。",
    ),
    Code.DISK_ATTACHED: Text(
        "{device} ({size} GiB) was attached after the request was made. Request again with the disks of now.",
        "{device}（{size} GiB）在申请之后被挂载，请按当前磁盘重新申请。",
    ),
    Code.DISK_REPLACED: Text(
        "{device} is another disk than when the request was made. Request again with the disks of now.",
        "{device} 在申请之后被更换，请按当前磁盘重新申请。",
    ),
    Code.DISK_RESIZED: Text(
        "{device} was resized from {before} to {now} GiB after the request was made. Request again with the disks of now.",
        "{device} 在申请之后由 {before} GiB 变为 {now} GiB，请按当前磁盘重新申请。",
    ),
    Code.STOP_RELEASES: Text(
        "Stopping {instance} would now release its CPU, memory, GPU and local data disks: its charging was changed after the request was made. Request again to decide that anew.",
        "申请之后 {instance} 的计费设置已更改，现在停止会释放其 CPU、内存、GPU 和本地数据盘。请重新申请并再次决定。",
    ),
    Code.DEVICE_TAKEN: Text("{device} is taken. Free: {free}.", "{device} 已被占用，可用：{free}。"),
    Code.NO_FREE_DEVICE: Text(
        "No device name from vdb to vdi is free, so no disk can be added.", "vdb 至 vdi 均已占用，无法添加磁盘。"
    ),
    Code.DISK_NAME_CHARACTERS: Text(
        "Use only Chinese, letters, digits, _ and - here, not: {characters}. Perhaps {instead}?",
        "只能使用中文、字母、数字、_ 和 -，不能包含：{characters}。可改为 {instead}。",
    ),
    Code.DISK_TYPE_UNKNOWN: Text("Choose one of: {types}.", "请选择：{types}。"),
    Code.DISK_SIZE: Text(
        "Use a whole number of GiB: {type} has {minimum} to {maximum} in steps of {step}.",
        "请填写整数（GiB）：{type} 为 {minimum}～{maximum}，步长 {step}。",
    ),
    Code.DISK_SIZE_RANGE: Text(
        "{size} GiB is outside of what {type} has: use {minimum} to {maximum}.",
        "{size} GiB 超出 {type} 的范围：请使用 {minimum}～{maximum}。",
    ),
    Code.DISK_SIZE_STEP: Text(
        "{size} is not a multiple of {step}: use {below} or {above}.",
        "{size} 不是 {step} 的倍数：请使用 {below} 或 {above}。",
    ),
    Code.SNAPSHOT_TOO_LARGE: Text(
        "A snapshot of {snapshot_size} GiB does not fit on {type}, which has at most {maximum}: choose another type.",
        "{snapshot_size} GiB 的快照超出 {type} 的上限 {maximum} GiB：请选择其他磁盘类型。",
    ),
    Code.DISK_SMALLER_THAN_SNAPSHOT: Text(
        "{size} GiB is too small for the snapshot: use {smallest} or more.",
        "{size} GiB 小于快照：请使用 {smallest} 或更大。",
    ),
    Code.SNAPSHOT_MISSING: Text("Choose a snapshot, or take a blank disk.", "请选择快照，或改用空白盘。"),
    Code.SNAPSHOT_GONE: Text(
        "Snapshot {snapshot} for {device} is gone. Edit that disk and choose another one.",
        "{device} 所选快照 {snapshot} 已不存在，请编辑该磁盘并重新选择。",
    ),
    Code.SNAPSHOT_NOT_AVAILABLE: Text(
        "Snapshot {snapshot} is {status}, not available. Choose another one, or wait.",
        "快照 {snapshot} 当前状态为 {status}，不可用，请重新选择或等待。",
    ),
    Code.DURATION: Text("Use {minimum} to {period}.", "请使用 {minimum}～{period}。"),
    Code.OTHER_CAME_IN: Text(
        "{request} asks for {instance}, too: it came in while this form was open. Send again if there shall be both.",
        "在您填写此表单期间，{request} 也申请了 {instance}。如仍需同时申请，请再次提交。",
    ),
    Code.NAME_TAKEN: Text(
        "Image {image} is called {name} already. Choose another name, or send again to have two of that name.",
        "镜像 {image} 已使用名称 {name}。请更换名称，或再次提交以保留同名镜像。",
    ),
    Code.IMAGE_QUOTA: Text(
        "{region} holds {used} of {limit} private images. Delete one that is not needed, or have the quota raised, then send again.",
        "{region} 的私有镜像配额已用 {used}/{limit}。请删除不需要的镜像或申请提升配额后再提交。",
    ),
    Code.SNAPSHOT_QUOTA: Text(
        "This image needs {snapshots}, and {region} holds {used} of {limit}. Leave out disks, delete snapshots that are not needed, or have the quota raised, then send again.",
        "该镜像需要 {snapshots}，而 {region} 的快照配额已用 {used}/{limit}。请减少磁盘、删除不需要的快照或申请提升配额后再提交。",
    ),
    Code.IMAGE_IN_PROGRESS: Text(
        "Image {image} of {instance} is still being made. Wait until it is done, then send again.",
        "{instance} 的镜像 {image} 仍在创建中，请等待完成后再提交。",
    ),
}
