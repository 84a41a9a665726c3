"""The words on cards, and on the buttons of cards and notices."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.steps import Step, StepState
from bot.texts import Text

HEADLINE = Text("{person} wants an image of {instance} in {place}", "{person} 申请为 {instance}（{place}）创建镜像")

HEADLINE_OWN = Text("You asked for an image of {instance} in {place}", "您申请为 {instance}（{place}）创建镜像")

INSTANCE = Text("Instance: {value}", "云主机：{value}")
REGION = Text("Region: {value}", "地域：{value}")
NAME = Text("Image name: {value}", "镜像名称：{value}")
SIZE = Text("Snapshots: {count}, {size} in all", "快照：{count} 个，共 {size}")
REQUESTER = Text("Requested by: {value}", "申请人：{value}")
EXPIRES = Text("Expires: {when} ({left})", "过期时间：{when}（{left}）")
EXPIRES_AT = Text("Expires: {when}", "过期时间：{when}")
SEEN = Text("{status}, seen {when}", "{status}，{when} 查看")
BEGINS_WHEN_STOPPED = Text(
    "*It begins when {instance} is stopped, by whoever stops it.* Now: {status}, seen {when}.",
    "*等 {instance} 停止后开始，由任何人停止均可。*\n当前：{status}，{when} 查看。",
)
BEGINS_WHEN_AT_REST = Text(
    "*It begins when {instance} is running or stopped.* Now: {status}, seen {when}.",
    "*等 {instance} 处于运行中或已停止后开始。*\n当前：{status}，{when} 查看。",
)
OTHER_WAITS = Text("{request} by {person} already waits for {instance}.", "{person} 的 {request} 已在等待 {instance}。")
OTHER_MAKES = Text(
    "{request} by {person} is already making an image of {instance}.",
    "{person} 的 {request} 正在为 {instance} 创建镜像。",
)
_UNSURE = Text("unsure: somebody has to look", "结果不明，需要人工确认")
STEP_STATES: Mapping[tuple[str, StepState], Text] = {
    (Step.STOP, StepState.PLANNED): Text("about to stop the machine", "即将停止云主机"),
    (Step.STOP, StepState.CALLING): Text("stopping the machine", "正在停止云主机"),
    (Step.STOP, StepState.WORKING): Text("stopping the machine", "正在停止云主机"),
    (Step.STOP, StepState.UNSURE): _UNSURE,
    (Step.IMAGE, StepState.PLANNED): Text("about to make the image", "即将创建镜像"),
    (Step.IMAGE, StepState.CALLING): Text("asking JD Cloud to make the image", "正在请求京东云创建镜像"),
    (Step.IMAGE, StepState.WORKING): Text("JD Cloud is making the image", "京东云正在创建镜像"),
    (Step.IMAGE, StepState.UNSURE): _UNSURE,
    (Step.START, StepState.PLANNED): Text("about to start the machine", "即将启动云主机"),
    (Step.START, StepState.CALLING): Text("starting the machine", "正在启动云主机"),
    (Step.START, StepState.WORKING): Text("starting the machine", "正在启动云主机"),
    (Step.START, StepState.UNSURE): _UNSURE,
}
"""Where a request stands, by the step that is under way."""


@dataclass(frozen=True)
class StepWords:
    """A step, as it is to come, under way, done, and not done; and how much of it is, where the cloud tells that."""

    planned: Text
    under_way: Text
    done: Text
    skipped: Text
    so_far: Text | None = None  # done, of


STEP_LINES: Mapping[str, StepWords] = {
    Step.STOP: StepWords(
        Text("stop", "停止"),
        Text("stopping", "正在停止"),
        Text("stopped", "已停止"),
        Text("not stopped by the bot", "未由机器人停止"),
    ),
    Step.IMAGE: StepWords(
        Text("image", "镜像"),
        Text("making the image", "正在创建镜像"),
        Text("image made", "镜像已完成"),
        Text("no image", "未创建镜像"),
        Text("{done} of {of} snapshots", "{of} 个快照已完成 {done} 个"),
    ),
    Step.START: StepWords(
        Text("start again", "重新启动"),
        Text("starting again", "正在重新启动"),
        Text("running again", "已重新运行"),
        Text("not started by the bot", "未由机器人启动"),
    ),
}
STEP_DONE = Text("✔ {step} {when}", "✔ {step} {when}")
STEP_SKIPPED = Text("– {step}", "– {step}")
STEP_LEFT = Text("– left stopped by {person}", "– 由 {person} 保持停止")
STEP_FAILED = Text("✘ {step}: failed", "✘ {step}：失败")
STEP_UNSURE = Text("? {step}: unsure", "？{step}：结果不明")
STEP_PLANNED = Text("○ {step}", "○ {step}")
STEP_UNDER_WAY = Text("● {step}", "● {step}")
SINCE = Text("since {when}", "自 {when} 起")
SO_FAR = Text("{elapsed} of about {usual}", "已用 {elapsed}，通常约 {usual}")
OFF_SHORT = Text("the machine is off", "云主机处于关机状态")
ENDED_SHORT = Text("ended", "已结束")
ENDING = Text(
    "Ended here by {person}: nothing new begins, and what the bot has stopped is started again.",
    "{person} 已到此结束：不再开始新的步骤，由机器人停止的云主机会再次启动。",
)
ENDED = Text("Ended by {person}; no image was made.", "已由 {person} 结束，未创建镜像。")
MACHINE_OFF = Text(
    "*{instance} is off: the bot has stopped it, and JD Cloud does not start it.* The bot goes on trying.",
    "*{instance} 处于关机状态：机器人已将其停止，但京东云未能启动它。*\n机器人会继续尝试。",
)
WAITS_UNTIL = Text("Approved by {people}. Begins {when}.", "已由 {people} 批准，将于 {when} 开始。")
WAITS_ITS_TURN = Text(
    "Approved by {people}. Begins as soon as the bot gets to it.", "已由 {people} 批准，机器人会尽快开始。"
)
WAITS_UNTIL_STOPPED = Text(
    "Approved by {people}. It begins when the machine is stopped, by whoever stops it, until {when}.",
    "已由 {people} 批准。云主机停止后（由任何人停止均可）即开始，截止时间 {when}。",
)
APPROVAL_EXPIRED = Text(
    "It was approved, and could not begin while the approval was good.", "已批准，但在批准有效期内未能开始。"
)

RESUMED = {
    "retry": Text("Retried by {person}, {when}.", "{person} 于 {when} 重试。"),
    "check_again": Text("{person} asked to look again, {when}.", "{person} 于 {when} 要求再次检查。"),
    "create_anyway": Text("{person} decided to create it anyway, {when}.", "{person} 于 {when} 决定仍然创建。"),
    "start_now": Text("{person} said not to wait, {when}.", "{person} 于 {when} 要求立即开始。"),
    "leave_stopped": Text("{person} said to leave it stopped, {when}.", "{person} 于 {when} 要求保持停止。"),
    "go_on": Text("{person} said to go on, {when}.", "{person} 于 {when} 要求继续。"),
    "start_again": Text("{person} asked to start it again, {when}.", "{person} 于 {when} 要求再次启动。"),
}
ENDED_HERE = Text("{person} ended it here, {when}.", "{person} 于 {when} 到此结束。")
STILL_NO_IMAGE = Text(
    "Looked again {when}, for {person}: still no image.", "应 {person} 要求于 {when} 再次检查：仍未找到镜像。"
)
LOOKED_AGAIN = Text("Looked again {when}, for {person}.", "应 {person} 要求于 {when} 再次检查。")

STOPS_AND_STARTS = Text("Stops {instance}, makes the image, starts it again", "停止 {instance}，创建镜像，再重新启动")
DOWN_FOR = Text("down for about {duration}", "停机约 {duration}")
LIVE = Text("*Made while it runs: the data may be torn*", "*在运行中创建：数据可能不一致*")
NOT_BEFORE = Text("not before {when}", "不早于 {when}")
RELEASES = Text(
    "*Stopping {instance} releases its CPU, memory, GPU and local data disks.* So it is set in JD Cloud "
    "(stopCharging), and it may then not start again.",
    "*停止 {instance} 会释放其 CPU、内存、GPU 和本地数据盘。*\n京东云中的设置为 stopCharging，之后可能无法再次启动。",
)
IN_IMAGE = Text("{disks}, {size}", "{disks}，共 {size}")
LEFT_OUT = Text("{devices} *left out*", "*不包含* {devices}")
ADDS = Text("*adds* {disk}", "*新增* {disk}")
ADDED = Text("{device}, {facts}", "{device}（{facts}）")
LOCAL_OUT = Text("{devices} *local, never included*", "{devices} *为本地盘，不会包含*")
AND_MORE = Text("and {count} more", "另有 {count} 个")
BLANK = Text("blank", "空白盘")
FROM_SNAPSHOT = Text("from snapshot {snapshot}", "来自快照 {snapshot}")
NOTE = Text("Note for the approver: {text}", "给审批人的备注：{text}")

DISK = Text("• {facts}: {becomes}", "• {facts}：{becomes}")
DISK_SYSTEM = Text("system disk, in the image", "系统盘，包含在镜像中")
DISK_IN = Text("in the image", "包含在镜像中")
DISK_OUT = Text("left out", "不包含")
DISK_BLANK = Text("added, blank", "新增空白盘")
DISK_FROM_SNAPSHOT = Text("added from snapshot {snapshot}", "由快照 {snapshot} 新增")
DISK_KEPT = Text("kept when its instance is deleted", "删除云主机时保留")
DISK_SHARED = Text("shared between instances", "多主机共享")
DISK_PREPAID = Text("prepaid for {period}", "预付费 {period}")
DISK_BY_USAGE = Text("paid by usage", "按用量计费")
MORE = Text("… and {count} more.", "……另有 {count} 项。")
SHOWN_ELSEWHERE = Text(
    "{request} is shown in an earlier message of this conversation.", "{request} 显示在此会话中较早的一条消息里。"
)
SHORTENED = Text(
    "(Shortened, as Slack did not take all of it. Reference for whoever runs the bot: {reference})",
    "（Slack 未接受完整内容，因此已缩短显示。请将参考编号告知机器人的管理员：{reference}）",
)
DISK_LOCAL = Text("local disk, never included", "本地盘，不会包含")

ASK = Text("{approvers}: please approve or reject.", "{approvers}：请批准或驳回。")
APPROVED_BEFORE = Text("Approved before that: {people}.", "此前已批准：{people}。")
APPROVED_BY = Text("Approved by {people}.", "批准人：{people}。")
MISSING = Text("Approvals still needed: {count}.", "还需 {count} 人批准。")
MISSING_BY_RULE = Text("Approvals still needed for {rule}: {count}.", "{rule}：还需 {count} 人批准。")
WAITS_FOR_HOURS = Text(
    "Approved by {people}. Begins {when}, when the hours of its rule begin.",
    "已由 {people} 批准，将于 {when} 进入规则允许的时段后开始。",
)
WAITS_FOR_FREEZE = Text(
    "Approved by {people}. Nothing begins until {when}, frozen by {person}{why}.",
    "已由 {people} 批准。{person} 已冻结操作{why}，{when} 之前不会开始。",
)
UNCONFIRMED = Text(
    "Approved by {people}; it counts once Slack has said that they may approve.",
    "{people} 已批准，待 Slack 确认其审批权限后计入。",
)
COUNTS_NOW = Text(
    "Your approval of {request} counts now: it has all the approvals it needs.",
    "您对 {request} 的批准现已计入：所需批准已齐。",
)
WAITING = Text(
    "Approved by {people}. Not started yet, the bot tries again by itself:",
    "已由 {people} 批准，尚未开始，机器人会自动重试：",
)
WAITING_SHORT = Text("approved, waiting", "已批准，等待中")
WAITING_UNAPPROVED = Text("waiting", "等待中")
STARTING_UNAPPROVED = Text("starting", "即将开始")
DOUBTFUL_SHORT = Text("JD Cloud's answer is not known", "京东云的响应不明")
WAITS_FOR = Text(
    "Approved by {people}. Waits for {request}, which is making an image of {instance}.",
    "已由 {people} 批准。正在等待 {request}，它正在为 {instance} 创建镜像。",
)
DOUBTFUL = Text("The bot looks for the image before it asks again:", "机器人会先查找镜像，再决定是否重试：")
BUILDING = Text("Image {image}, begun {since}.", "镜像 {image}，{since} 开始创建。")
CLOUD_SAYS = Text(
    "Image {image}, since {since}. No page documents that status, so the bot keeps watching; "
    "an approver can give it up.",
    "镜像 {image}，自 {since} 起。该状态没有文档说明，机器人会继续关注；审批人可以放弃。",
)
CLOUD_SAYS_SHORT = Text("JD Cloud says {status}", "京东云报告 {status}")
USUALLY = Text("It usually takes about {duration}.", "通常约需 {duration}。")
READY = Text("Image {image} is ready. It took {duration}.", "镜像 {image} 已可用，耗时 {duration}。")
FAILED = Text("The bot does not try again by itself:", "机器人不会自动重试：")
FAILED_IMAGE = Text("Image {image} failed:", "镜像 {image} 失败：")
GIVEN_UP = Text("Given up by {person}:", "{person} 已放弃：")
UNSURE = Text(
    "{approvers}: nobody can tell whether JD Cloud made the image. Please decide.",
    "{approvers}：无法确定京东云是否已创建镜像，请决定如何处理。",
)
REJECTED = Text("Rejected by {person}:", "已被 {person} 驳回：")
CANCELLED = Text("Cancelled by {person}.", "已由 {person} 取消。")
EXPIRED = Text("Nobody decided in time.", "超时未审批。")
CONSOLE = Text("Open the JD Cloud console", "打开京东云控制台")

APPROVE = Text("Approve", "批准")
REJECT = Text("Reject", "驳回")
CANCEL = Text("Cancel", "取消")
RETRY = Text("Retry", "重试")
REQUEST_AGAIN = Text("Request again", "重新申请")
DETAILS = Text("Details", "详情")
BUTTON_OF = Text("{label}: {request}, image of {instance}", "{label}：{request}，{instance} 的镜像")
CALL_HEAD = Text("What JD Cloud is asked for {request}:", "{request} 将向京东云发出的请求：")
CALLS_HEAD = Text("What JD Cloud is asked for {request}, in this order:", "{request} 将依次向京东云发出的请求：")
CHECK_AGAIN = Text("Check again", "再次检查")
CREATE_ANYWAY = Text("Create anyway", "仍然创建")
GIVE_UP = Text("Give up", "放弃")

END_HERE = Text("End here", "到此结束")
START_NOW = Text("Start now", "立即开始")
TRY_AGAIN = Text("Try again", "再试一次")
LEAVE_STOPPED = Text("Leave it stopped", "保持停止")
END_TITLE = Text("End {request} here?", "到此结束 {request}？")
END_TEXT = Text(
    "Nothing new begins. What is under way goes on to its end, and {instance} is started again if the bot stopped it.",
    "不再开始新的步骤。进行中的步骤会继续完成；如果 {instance} 是由机器人停止的，会再次启动。",
)
START_NOW_TITLE = Text("Start {request} now?", "立即开始 {request}？")
LEAVE_STOPPED_TITLE = Text("Leave {request}'s machine stopped?", "让 {request} 的云主机保持停止？")
LEAVE_STOPPED_TEXT = Text(
    "{instance} stays off until somebody starts it; the bot does not try again.",
    "{instance} 会保持停止，直到有人启动它；机器人不再尝试。",
)

APPROVE_TITLE = Text("Approve {request}?", "批准 {request}？")
APPROVE_TEXT = Text(
    "JD Cloud will be asked to make image {name} of {instance}.", "将请求京东云为 {instance} 创建镜像 {name}。"
)
APPROVE_STOPPING_TEXT = Text(
    "{instance} will be stopped, image {name} will be made of it, and it will be started again.",
    "将停止 {instance}，为其创建镜像 {name}，然后重新启动。",
)
APPROVE_RELEASING_TEXT = Text(
    "{instance} will be stopped, which releases its CPU, memory, GPU and local data disks; image {name} will be made of "
    "it, and it will be started again, if it can.",
    "将停止 {instance}（会释放其 CPU、内存、GPU 和本地数据盘），为其创建镜像 {name}，然后尽可能重新启动。",
)
APPROVE_LIVE_TEXT = Text(
    "JD Cloud will be asked to make image {name} of {instance} while it runs: the data may be torn.",
    "将请求京东云在 {instance} 运行中创建镜像 {name}：数据可能不一致。",
)
CANCEL_TITLE = Text("Cancel {request}?", "取消 {request}？")
CANCEL_YES = Text("Cancel the request", "取消申请")
CANCEL_TEXT = Text("Image {name} of {instance} will not be made.", "将不会创建 {instance} 的镜像 {name}。")
CREATE_ANYWAY_TITLE = Text("Create anyway?", "仍然创建？")
CREATE_ANYWAY_TEXT = Text(
    "If JD Cloud did make the image, there will be two.", "如果京东云其实已创建镜像，将会出现两个镜像。"
)
GIVE_UP_TITLE = Text("Give up {request}?", "放弃 {request}？")
GIVE_UP_TEXT = Text(
    "The bot stops looking for the image. If JD Cloud made it, it stays there.",
    "机器人将停止查找镜像；若京东云已创建，镜像会保留。",
)
GIVE_UP_WATCHING_TEXT = Text(
    "The bot stops watching image {image}. It stays in JD Cloud.", "机器人将停止关注镜像 {image}，镜像会保留在京东云。"
)
KEEP = Text("Go back", "返回")
