"""The words of what JD Cloud refuses, fails at or does not tell, and of what became of an image."""

from bot.domain.errors import Code
from bot.texts import Text

CLOUD: dict[Code, Text] = {
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
    Code.CLOUD_INSTANCE_GONE: Text(
        "JD Cloud has no {instance} in {region} any more: it was deleted, or the bot's key may not see it.",
        "京东云 {region} 已没有 {instance}：它已被删除，或机器人的密钥无权查看。",
    ),
    Code.CLOUD_CONFLICT: Text(
        "JD Cloud is busy with this instance.",
        "京东云正在处理该云主机的其他任务。",
    ),
    Code.CLOUD_PRECONDITION: Text(
        "Something is not in the state that JD Cloud needs. Put it right, then try again.",
        "资源状态不满足京东云的要求，请处理后再试。",
    ),
    Code.CLOUD_QUOTA: Text(
        "A JD Cloud quota is used up. Delete images or snapshots that are not needed, or have it raised, then try again.",
        "京东云配额已用尽，请删除不需要的镜像或快照，或申请提升配额后再试。",
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
        "Disk {disk} is in a state in which no snapshot can be taken. Put the disk right, then try again.",
        "磁盘 {disk} 当前状态无法创建快照。请处理后再试。",
    ),
    Code.CLOUD_SYSTEM_DISK: Text(
        "The system disk of {instance} is not properly attached. Put it right, then try again.",
        "{instance} 的系统盘挂载状态异常。请处理后再试。",
    ),
    Code.CLOUD_DUPLICATE_DEVICE: Text(
        "Two disks have the same device name. Request again with another device name.",
        "两块磁盘的设备名重复。请更换设备名后重新申请。",
    ),
    Code.CLOUD_DISK_TYPE_MISSING: Text(
        "A disk to add has no type. Request again with a type.",
        "新增磁盘缺少类型。请选择类型后重新申请。",
    ),
    Code.CLOUD_DISK_SIZE: Text(
        "A disk to add has a size that JD Cloud does not offer. Request again with another size.",
        "新增磁盘的大小超出范围。请更换大小后重新申请。",
    ),
    Code.CLOUD_DISK_SMALLER: Text(
        "Disk {device} is smaller than its snapshot. Request again with a larger size.",
        "磁盘 {device} 小于其快照。请加大后重新申请。",
    ),
    Code.CLOUD_DISK_IOPS: Text(
        "A disk to add has an IOPS value that JD Cloud does not offer. Request again.",
        "新增磁盘的 IOPS 超出范围。请重新申请。",
    ),
    Code.CLOUD_SNAPSHOT_NOT_FOUND: Text(
        "Snapshot {snapshot} is gone. Request again with another snapshot.",
        "快照 {snapshot} 不存在。请更换快照后重新申请。",
    ),
    Code.CLOUD_IMAGE_QUOTA: Text(
        "The quota of private images in {region} is used up. Delete images that are not needed, or have it raised, then try again.",
        "{region} 的私有镜像配额已用尽。请删除不需要的镜像或申请提升配额后再试。",
    ),
    Code.CLOUD_SNAPSHOT_QUOTA: Text(
        "The quota of snapshots in {region} is used up. Delete snapshots that are not needed, or have it raised, then try again.",
        "{region} 的快照配额已用尽。请删除不需要的快照或申请提升配额后再试。",
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
    Code.NOT_STOPPED: Text(
        "JD Cloud took the request to stop {instance}, and it still runs.",
        "京东云已接受停止 {instance} 的请求，但它仍在运行。",
    ),
    Code.NOT_STARTED: Text(
        "JD Cloud took the request to start {instance}, and it is still stopped.",
        "京东云已接受启动 {instance} 的请求，但它仍处于停止状态。",
    ),
    Code.GONE_STOPPING: Text(
        "JD Cloud took the request to stop {instance}, and does not list it any more.",
        "京东云已接受停止 {instance} 的请求，但已不再列出它。",
    ),
    Code.GONE_STARTING: Text(
        "JD Cloud took the request to start {instance}, and does not list it any more.",
        "京东云已接受启动 {instance} 的请求，但已不再列出它。",
    ),
    Code.STILL_OWED: Text(
        "{instance} is off: the bot has stopped it, and JD Cloud does not start it. The bot goes on trying.",
        "{instance} 处于关机状态：机器人已将其停止，但京东云未能启动它。机器人会继续尝试。",
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
