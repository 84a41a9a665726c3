"""The words of the Home, and of a request in one line of it."""

from bot.texts import Text

NEW = Text("Create image", "创建镜像")
WAITING = Text("Waiting for your decision", "等待您处理")
NOTHING_WAITS = Text("Nothing waits for you.", "没有需要您处理的申请。")
ROLES_UNKNOWN = Text(
    "Slack has not said yet who approves. What waits for you shows here once it has.",
    "Slack 尚未告知谁是审批人，获知后会在此显示等待您处理的申请。",
)
UNDER_WAY = Text("Under way", "进行中")
ENDED = Text("What became of your requests", "您的申请结果")
NONE = Text("None.", "暂无。")
NO_OTHERS = Text("No others.", "没有其他申请。")
MORE = Text("There are more: they come up as these are dealt with.", "还有更多申请，处理完以上申请后会依次显示。")
OLDER = Text(
    "Older ones: type `/createimage status` and their id.", "更早的申请：输入 `/createimage status` 和申请编号查询。"
)

STANDS = Text("*{request}* · {state}", "*{request}* · {state}")
IMAGE_OF = Text("Image {name} of {instance}", "{instance} 的镜像 {name}")
SMALL = Text("{request} · image {name}", "{request} · 镜像 {name}")
OPEN_CARD = Text("Open its card", "打开卡片")
EXPIRES = Text("Expires {when} ({left})", "{when} 过期（{left}）")
APPROVED = Text("Approved {count} of {quorum}", "已批准 {count}/{quorum}")
UNSURE = Text(
    "Nobody can tell whether JD Cloud made the image. Look for {mark} in {console}, then decide.",
    "无法确定京东云是否已创建镜像。请在{console}中查找 {mark}，然后决定。",
)
CONSOLE = Text("the JD Cloud console", "京东云控制台")
UNSURE_FOR_REQUESTER = Text(
    "Nobody can tell whether JD Cloud made the image. The approvers look into it.",
    "无法确定京东云是否已创建镜像，审批人正在核实。",
)
READY = Text("Image id: {image}", "镜像 ID：{image}")
REJECTED = Text("Rejected by {person}: {reason}", "已被 {person} 驳回：{reason}")
ABOUT = Text("{button}: {request}, {instance}", "{button}：{request}，{instance}")
