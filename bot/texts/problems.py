"""The words of every problem: what is wrong, and what to do about it."""

from collections import defaultdict

from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import State
from bot.texts import Text, units

_SUPPORT = Text(" JD Cloud says: {message} (request id {request_id})", "京东云返回：{message}（请求 ID {request_id}）")

_LISTS = {"devices", "free", "types", "images", "region"}
"""Facts that may be several, with a comma between them."""

_WITH_STATUS = {Code.INSTANCE_NOT_STOPPED, Code.INSTANCE_BUSY, Code.CLOUD_NOT_RUNNING, Code.CLOUD_NOT_STOPPED}
"""Problems that say in which state an instance is."""

PROBLEMS: dict[Code, Text] = {
    Code.REGION_UNKNOWN: Text(
        "Region {region} is not offered here. Choose another one.", "不支持地域 {region}，请选择其他地域。"
    ),
    Code.INSTANCE_MISSING: Text("Choose an instance.", "请选择云主机。"),
    Code.NO_INSTANCE_FITS: Text(
        "No instance has {words} in its name, id or private IP. Choose one here.",
        "没有名称、ID 或内网 IP 含 {words} 的云主机，请在此选择。",
    ),
    Code.SEVERAL_INSTANCES_FIT: Text(
        "{words} fits several instances: {found}. Choose one here.", "{words} 对应多台云主机：{found}。请在此选择。"
    ),
    Code.INSTANCES_NOT_LISTED: Text(
        "JD Cloud has not told in time which instances there are in {region}. Choose {words} here.",
        "京东云未能及时返回 {region} 的云主机列表，请在此选择 {words}。",
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
    Code.INSTANCE_NOT_FOUND: Text(
        "There is no instance {instance} in {region}. Choose another one.",
        "在 {region} 中找不到云主机 {instance}，请重新选择。",
    ),
    Code.INSTANCE_NOT_STOPPED: Text(
        "{instance} is {status}. Stop it in the JD Cloud console, then try again.",
        "{instance} 当前状态：{status}。请先在京东云控制台停止云主机，然后重试。",
    ),
    Code.INSTANCE_BUSY: Text(
        "{instance} is busy ({status}). Wait until it is stopped, then try again.",
        "{instance} 正在执行其他任务（{status}），请等待其停止后重试。",
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
    Code.NOT_A_MEMBER: Text(
        "Only full members of this workspace may ask for images; guests and people of other organisations may not.",
        "只有本工作区的正式成员可以申请镜像，访客和外部人员不可以。",
    ),
    Code.PERSON_NOT_FOUND: Text(
        "Slack does not know you as somebody of this workspace, so you cannot ask for images here.",
        "Slack 在本工作区中找不到您的账号，因此您无法在此申请镜像。",
    ),
    Code.NOT_A_REQUESTER: Text(
        "You are not among the people who may ask for images. Ask whoever runs this bot.",
        "您不在可申请镜像的人员名单中，请联系机器人管理员。",
    ),
    Code.NOT_AN_APPROVER: Text("You are not among the approvers.", "您不是审批人。"),
    Code.OWN_REQUEST: Text(
        "You cannot approve your own request. Somebody else has to.", "您不能批准自己的申请，需要由他人批准。"
    ),
    Code.NOT_YOUR_REQUEST: Text("Only the person who asked for it can do this.", "只有申请人本人可以这样做。"),
    Code.ALREADY_DECIDED: Text(
        "You have approved {request} already. It needs other people's approvals too.",
        "您已批准过 {request}，还需要其他人批准。",
    ),
    Code.APPROVAL_UNCONFIRMED: Text(
        "Your approval of {request} is noted. It counts as soon as Slack says that you may approve; you need not do anything.",
        "您对 {request} 的批准已记录，待 Slack 确认您的审批权限后计入，无需其他操作。",
    ),
    Code.ROLE_UNKNOWN: Text(
        "Slack has not told in time whether you may do this. Nothing was changed; try again in a moment.",
        "Slack 未能及时确认您的权限，未做任何更改，请稍后再试。",
    ),
    Code.TOO_FEW_APPROVERS: Text(
        "Nobody was asked, because it could never be approved. Approvals needed: {needed}; people who may approve a request of yours: {able}. Whoever runs this bot can add approvers.",
        "未通知审批人，因为该申请无法获得批准。所需批准：{needed} 人；可审批您的申请的人员：{able} 人。请联系机器人管理员增加审批人。",
    ),
    Code.APPROVERS_LEFT: Text(
        "It cannot be approved as things are. Approvals still needed: {missing}; people who still can: {able}. Whoever runs this bot can add approvers.",
        "目前无法完成审批。还需批准：{missing} 人；仍可审批的人员：{able} 人。请联系机器人管理员增加审批人。",
    ),
    Code.REQUEST_NOT_FOUND: Text("There is no request {request} (any more).", "找不到申请 {request}。"),
    Code.TOO_LATE: Text(
        "{request} is already {state}. Nothing was changed.", "{request} 的状态已是“{state}”，未做任何更改。"
    ),
    Code.NOT_RETRIABLE: Text(
        "The plan of {request} no longer holds. Request again instead.", "{request} 的方案已不适用，请重新申请。"
    ),
    Code.APPROVAL_EXPIRED: Text(
        "The approval of {request} is too old by now. Request again instead.", "{request} 的批准已过期，请重新申请。"
    ),
    Code.PLAN_CHANGED: Text(
        "What you saw of {request} is not what is stored. Look at its newest card.",
        "您看到的 {request} 与存储内容不一致，请查看最新卡片。",
    ),
    Code.FORM_GONE: Text(
        "This form is no longer known. Type /createimage for a new one.", "此表单已失效，请输入 /createimage 重新打开。"
    ),
    Code.CLOUD_INVALID: Text(
        "JD Cloud does not accept the request. Change it and request again.", "京东云不接受此请求，请修改后重新申请。"
    ),
    Code.CLOUD_CREDENTIALS: Text(
        "JD Cloud does not accept the bot's key. Whoever runs the bot has to look at it.",
        "京东云不接受机器人的密钥，请联系机器人管理员。",
    ),
    Code.CLOUD_FORBIDDEN: Text(
        "The bot's JD Cloud account may not do this. Whoever runs the bot has to grant it.",
        "机器人的京东云账号无此权限，请联系机器人管理员授权。",
    ),
    Code.CLOUD_NOT_FOUND: Text(
        "JD Cloud cannot find it. Look whether it still exists, then request again.",
        "京东云找不到该资源，请确认其是否存在后重新申请。",
    ),
    Code.CLOUD_CONFLICT: Text(
        "JD Cloud is busy with this instance.",
        "京东云正在处理该云主机的其他任务。",
    ),
    Code.CLOUD_PRECONDITION: Text(
        "Something is not in the state that JD Cloud needs. Put it right, then retry.",
        "资源状态不满足京东云的要求，请处理后重试。",
    ),
    Code.CLOUD_QUOTA: Text(
        "A JD Cloud quota is used up. Delete images or snapshots that are not needed, or have it raised, then retry.",
        "京东云配额已用尽，请删除不需要的镜像或快照，或申请提升配额后重试。",
    ),
    Code.CLOUD_RATE_LIMIT: Text("JD Cloud asks for patience.", "京东云限流。"),
    Code.CLOUD_TASK_CONFLICT: Text(
        "Another task is under way on {instance}.",
        "{instance} 正在执行其他任务。",
    ),
    Code.CLOUD_DISK_BUSY: Text(
        "Disk {disk} is busy.",
        "磁盘 {disk} 正忙。",
    ),
    Code.CLOUD_DISK_STATUS: Text(
        "Disk {disk} is in a state in which no snapshot can be taken. The bot does not try again: put the disk right, then retry.",
        "磁盘 {disk} 当前状态无法创建快照。机器人不会自动重试，请处理后点击重试。",
    ),
    Code.CLOUD_SYSTEM_DISK: Text(
        "The system disk of {instance} is not properly attached. The bot does not try again: put it right, then retry.",
        "{instance} 的系统盘挂载状态异常。机器人不会自动重试，请处理后点击重试。",
    ),
    Code.CLOUD_DUPLICATE_DEVICE: Text(
        "Two disks have the same device name. The bot does not try again: request again with another device name.",
        "两块磁盘的设备名重复。机器人不会自动重试，请更换设备名后重新申请。",
    ),
    Code.CLOUD_DISK_TYPE_MISSING: Text(
        "A disk to add has no type. The bot does not try again: request again with a type.",
        "新增磁盘缺少类型。机器人不会自动重试，请选择类型后重新申请。",
    ),
    Code.CLOUD_DISK_SIZE: Text(
        "A disk to add has a size that JD Cloud does not offer. The bot does not try again: request again with another size.",
        "新增磁盘的大小超出范围。机器人不会自动重试，请更换大小后重新申请。",
    ),
    Code.CLOUD_DISK_SMALLER: Text(
        "Disk {device} is smaller than its snapshot. The bot does not try again: request again with a larger size.",
        "磁盘 {device} 小于其快照。机器人不会自动重试，请加大后重新申请。",
    ),
    Code.CLOUD_DISK_IOPS: Text(
        "A disk to add has an IOPS value that JD Cloud does not offer. The bot does not try again: request again.",
        "新增磁盘的 IOPS 超出范围。机器人不会自动重试，请重新申请。",
    ),
    Code.CLOUD_SNAPSHOT_NOT_FOUND: Text(
        "Snapshot {snapshot} is gone. The bot does not try again: request again with another snapshot.",
        "快照 {snapshot} 不存在。机器人不会自动重试，请更换快照后重新申请。",
    ),
    Code.CLOUD_IMAGE_QUOTA: Text(
        "The quota of private images in {region} is used up. The bot does not try again: delete images that are not needed, or have it raised, then retry.",
        "{region} 的私有镜像配额已用尽。机器人不会自动重试，请删除不需要的镜像或申请提升配额后点击重试。",
    ),
    Code.CLOUD_SNAPSHOT_QUOTA: Text(
        "The quota of snapshots in {region} is used up. The bot does not try again: delete snapshots that are not needed, or have it raised, then retry.",
        "{region} 的快照配额已用尽。机器人不会自动重试，请删除不需要的快照或申请提升配额后点击重试。",
    ),
    Code.CLOUD_NOT_RUNNING: Text(
        "{instance} is {status}, and JD Cloud stops only what is running.",
        "{instance} 当前状态为{status}，京东云只能停止运行中的云主机。",
    ),
    Code.CLOUD_NOT_STOPPED: Text(
        "{instance} is {status}, and JD Cloud starts only what is stopped.",
        "{instance} 当前状态为{status}，京东云只能启动已停止的云主机。",
    ),
    Code.CLOUD_NO_STOCK: Text(
        "JD Cloud has no capacity to start {instance} now. Try again later, or ask JD Cloud for capacity.",
        "京东云目前没有资源启动 {instance}，请稍后重试，或联系京东云申请资源。",
    ),
    Code.CLOUD_CHARGE_STATE: Text(
        "{instance} is in arrears or has expired. Pay or renew it, then try again.",
        "{instance} 已欠费或已到期，请充值或续费后重试。",
    ),
    Code.CLOUD_CHARGE_MODE: Text(
        "JD Cloud does not accept how {instance} would be charged while it is stopped, so it was not stopped. Stop it in the console, then request again.",
        "京东云不接受 {instance} 停机期间的计费方式，未执行停机。请在控制台停止后重新申请。",
    ),
    Code.CLOUD_NO_SYSTEM_DISK: Text(
        "{instance} has no system disk. Attach one in the console, then try again.",
        "{instance} 没有系统盘，请在控制台挂载后重试。",
    ),
    Code.CLOUD_FAILED: Text("JD Cloud had an error of its own.", "京东云内部错误。"),
    Code.CLOUD_UNAVAILABLE: Text("JD Cloud is not available at the moment.", "京东云暂时不可用。"),
    Code.CLOUD_SILENT: Text("JD Cloud is not answering.", "京东云没有响应。"),
    Code.CLOUD_UNREADABLE: Text(
        "Something between the bot and JD Cloud gave an answer that makes no sense.",
        "机器人与京东云之间收到无法识别的响应。",
    ),
    Code.CLOUD_INCOMPLETE: Text(
        "JD Cloud's answer is not whole ({missing}), so nothing was decided by it.",
        "京东云的响应不完整（{missing}），未据此做任何决定。",
    ),
    Code.DISKS_NOT_TOLD: Text(
        "JD Cloud's answer names no data disks of {instance}, and there were {devices}. If they were detached, request again with the disks of now.",
        "京东云的响应未列出 {instance} 的数据盘，而原有 {devices}。若已卸载，请按当前磁盘重新申请。",
    ),
    Code.IMAGE_BROKEN: Text(
        "JD Cloud says that image {image} is broken. It can be deleted in the console; request again for a new one.",
        "京东云报告镜像 {image} 创建出错，可在控制台删除，并重新申请。",
    ),
    Code.IMAGE_GONE: Text(
        "Image {image} is gone from JD Cloud before it was ready. Request again for a new one.",
        "镜像 {image} 在可用之前已从京东云消失，请重新申请。",
    ),
    Code.ANSWER_LOST: Text(
        "JD Cloud was asked twice and did not say whether it makes the image, and no image that it lists carries the request's mark.",
        "已两次请求京东云，均未得知是否创建，且所列镜像均未带有该申请的标记。",
    ),
    Code.SEVERAL_IMAGES: Text(
        "More than one image carries the request's mark: {images}. Look into the console before you decide.",
        "有多个镜像带有该申请的标记：{images}。请先查看控制台再决定。",
    ),
    Code.UNMARKED_IMAGE: Text(
        "Image {images} of this instance has no description, so nobody can tell whether it is the one. Look into the console before you decide.",
        "该云主机的镜像 {images} 没有描述，无法判断是否为本申请的镜像，请先查看控制台再决定。",
    ),
    Code.PATIENCE_OVER: Text("The bot tried again for {duration}.", "机器人已重试 {duration}。"),
    Code.GIVEN_UP: Text(
        "The search for the image was given up. If JD Cloud did make it, it is still there.",
        "已放弃查找镜像。若京东云其实已创建，镜像仍会保留。",
    ),
    Code.GIVEN_UP_WATCHING: Text(
        "JD Cloud still has image {image}, and says {status} of it. Look into the console before it is used or deleted.",
        "京东云仍保留镜像 {image}，状态为 {status}，使用或删除前请先查看控制台。",
    ),
    Code.STILL_WATCHING: Text(
        "JD Cloud is not answering. Still watching.",
        "京东云没有响应，仍在关注。",
    ),
    Code.SLOWER_THAN_USUAL: Text(
        "Slower than usual: it usually takes about {duration}. Still watching.",
        "比平时慢：通常约需 {duration}。仍在等待。",
    ),
    Code.UNPLANNED: Text(
        "Something went wrong in the bot. Tell whoever runs it: reference {reference}.",
        "机器人出错了，请把编号 {reference} 告知管理员。",
    ),
}


def explain(problem: Problem, language: str) -> str:
    """A problem in words, as plain text: to be escaped wherever Slack would read markup in it."""
    facts: defaultdict[str, str] = defaultdict(lambda: "?", problem.facts)
    if problem.code is Code.TOO_LATE:
        facts["state"] = units.state(State(problem.facts["state"]), language)
    if problem.code in _WITH_STATUS:
        facts["status"] = units.instance_status(problem.facts.get("status", "?"), language)
    if problem.code is Code.SLOWER_THAN_USUAL:
        facts["duration"] = units.duration(float(problem.facts["seconds"]), language)
    if minutes := problem.facts.get("minutes"):
        facts["duration"] = units.duration(60 * float(minutes), language)
    if needed := problem.facts.get("needed"):
        facts["snapshots"] = units.snapshots(int(needed), language)
    if unit := problem.facts.get("unit"):
        facts["period"] = units.period(int(problem.facts.get("maximum", "0")), unit, language)
    if characters := problem.facts.get("characters"):
        facts["characters"] = " ".join(units.character(one, language) for one in characters.split(" "))
    for listed in _LISTS & problem.facts.keys():
        facts[listed] = units.listed(problem.facts[listed].split(", "), language)
    words = PROBLEMS[problem.code]
    said = (words.zh if language == "zh" else words.en).format_map(facts)
    # Without a request id it was not JD Cloud that said anything.
    if not problem.facts.get("message") or not problem.facts.get("request_id"):
        return said
    return said + _SUPPORT(language, message=facts["message"], request_id=facts["request_id"])
